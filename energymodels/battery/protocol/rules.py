"""Rules for the steps of a protocol, with hints for what breaks them."""

from __future__ import annotations

import math

from energymodels.battery.protocol.words import UNITS, Amount, Blocks, Step, once
from energymodels.core.errors import Fault

# of ends, where one is needed
EXAMPLES = {"hold": "until C/20", "rest": "for 10 minutes", "charge at limits": "until 80% SOC"}


def listed(quantities: tuple[str, ...]) -> str:
    """Return quantities and their units in words."""
    units = [name for name, unit in UNITS.items() if unit.quantity in quantities and name != "C/"]
    return f"{', '.join(quantities)} ({', '.join(units)})"


def limits(unit: str) -> str:
    """Return the numbers a unit takes, in words."""
    info = UNITS[unit]
    return f"from {info.low:g} to {info.high:g}" if info.closed else f"must be above {info.low:g}"


def wanted(after: str, found: Amount, quantities: tuple[str, ...]) -> str:
    """Return what may stand in place of an amount."""
    if after.lower() == "for":
        return f"for takes a time; write until {found}"
    if found.quantity == "voltage":
        return f"a voltage is held; write Hold at {found}"
    return f"write {listed(quantities)}"


def contradictions(step: Step) -> list[str]:
    """Return why a step cannot end as it says."""
    found: list[str] = []
    ended = ["current" if end.quantity == "rate" else end.quantity for end in step.ends]
    found += [
        f"ends by {quantity} twice; keep one"
        for quantity in dict.fromkeys(ended)
        if ended.count(quantity) > 1
    ]
    if step.kind in EXAMPLES and not ended:
        found.append(f"a {step.kind} needs an end, e.g. {step} {EXAMPLES[step.kind]}")
    if step.kind == "rest":
        found += [
            f"a rest ends by time or temperature, not by {q}"
            for q in ended
            if q not in ("time", "temperature")
        ]
    if step.kind == "hold" and "voltage" in ended:
        found.append(
            "a hold keeps its voltage and cannot end by voltage; end it by current or time, e.g. until C/20"
        )
    if (
        "current" in ended
        and step.kind not in EXAMPLES
        and (step.value is None or step.value.quantity != "power")
    ):
        found.append("current cannot end this step; end it by voltage, time, capacity, SOC or temperature")
    for end in step.ends:
        if end.quantity == "state of charge" and end.si == {
            "charge": 0.0,
            "charge at limits": 0.0,
            "discharge": 1.0,
        }.get(step.kind):
            found.append(f"a {step.kind} never reaches {end}")
    return found


def out_of_limits(blocks: Blocks, low: float, high: float) -> list[Fault]:
    """Return the faults of voltages, other than placeholders, that the limits of a cell (V) keep from being
    reached.
    """
    faults = []
    for step in once(blocks):
        for amount in (*([step.value] if step.value else []), *step.ends):
            if (
                amount.quantity == "voltage"
                and not low - 1e-9 <= amount.si <= high + 1e-9
                and not math.isnan(amount.si)
            ):
                limit, name = (low, "voltage_min") if amount.si < low else (high, "voltage_max")
                hint = (
                    f"{amount} is never reached: the cell's limit of {limit:g} V ends every protocol; "
                    f"cell.{name} sets it"
                )
                faults.append(Fault("protocol", str(step), hint=hint))
    return faults
