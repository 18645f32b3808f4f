"""The numbers of a protocol: its steps as rows, and the fields and places of the numbers that names stand
for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from energymodels.battery.protocol import words
from energymodels.battery.protocol.words import UNITS, Amount, Blocks, RateField
from energymodels.core.errors import Fault
from energymodels.core.field import FieldInfo
from energymodels.core.model import Array
from energymodels.kernels.battery.cell import layout

KINDS = {
    "charge": layout.CURRENT,
    "discharge": layout.CURRENT,
    "rest": layout.CURRENT,
    "hold": layout.VOLTAGE,
    "current profile": layout.CURRENT_PROFILE,
    "power profile": layout.POWER_PROFILE,
    "charge at limits": layout.LIMITS,
}
ENDS = {
    "voltage": layout.END_VOLTAGE,
    "current": layout.END_CURRENT,
    "rate": layout.END_CURRENT,
    "time": layout.END_TIME,
    "temperature": layout.END_TEMPERATURE,
    "capacity": layout.END_CAPACITY,
    "state of charge": layout.END_SOC,
}


@dataclass(frozen=True)
class Slot:
    """Where the number of a placeholder goes: a step as written, a column of its row, the number's unit, and
    the sign.
    """

    name: str
    step: int
    column: int
    unit: str
    sign: float


def placeholder_fields(blocks: Blocks) -> tuple[dict[str, FieldInfo], list[Fault]]:
    """Return (fields by name, faults) of the placeholders."""
    used: dict[str, list[tuple[str, str]]] = {}
    for i, step in enumerate(words.once(blocks), 1):
        for amount in (step.value, *step.ends):
            if amount is not None and isinstance(amount.number, str):
                what = {"C/": "n of C/n", "C": "C-rate"}.get(amount.unit, amount.quantity)
                place = f"{what} of step {i}" if amount is step.value else f"{what} that ends step {i}"
                used.setdefault(amount.number, []).append((amount.unit, place))
    fields: dict[str, FieldInfo] = {}
    faults: list[Fault] = []
    for name, places in used.items():
        units = dict.fromkeys(unit for unit, _ in places)
        if len(units) > 1:
            written = " and ".join(str(Amount(name, unit)) for unit in units)
            faults.append(
                Fault(
                    "protocol",
                    hint=f"{{{name}}} stands for one quantity in one unit, but is written {written}",
                )
            )
        fields[name] = _field(name, places[0][0], " and ".join(place for _, place in places))
    return fields, faults


def _field(name: str, unit: str, meaning: str) -> FieldInfo:
    info = UNITS[unit]
    limits = {"low": info.low, "low_open": not info.closed, "high": info.high, "high_open": not info.closed}
    if info.quantity == "rate":
        return RateField(name, "number", meaning, None, info.field, **limits, inverse=info.inverse)  # type: ignore[arg-type]
    return FieldInfo(name, "number", meaning, None, info.field or unit, **limits)  # type: ignore[arg-type]


def step_rows(blocks: Blocks, pieces: Mapping[tuple[str, str], Array]) -> tuple[Array, list[Slot]]:
    """Return (rows of the steps as written, where placeholders' numbers go)."""
    steps = list(words.once(blocks))
    rows = np.full((len(steps), layout.STEP), np.nan)
    slots: list[Slot] = []
    begins = dict(zip(pieces, np.cumsum([0, *(len(piece) for piece in pieces.values())]), strict=False))

    def fill(i: int, column: int, amount: Amount, sign: float = 1.0) -> None:
        rows[i, column] = sign * amount.si
        if isinstance(amount.number, str):
            slots.append(Slot(amount.number, i, column, amount.unit, sign))

    for i, step in enumerate(steps):
        rows[i, layout.KIND] = (
            layout.POWER if step.value and step.value.quantity == "power" else KINDS[step.kind]
        )
        for column in (layout.VALUE, layout.VALUE_PER_C, layout.END_CURRENT_PER_C, layout.END_CAPACITY_PER_C):
            rows[i, column] = 0.0
        rows[i, [layout.PROFILE_FIRST, layout.PROFILE_COUNT]] = 0.0
        rows[i, layout.END_TIME] = np.inf
        if step.value:
            fill(i, int(layout.VALUE), step.value, -1.0 if step.kind == "charge" else 1.0)
            rows[i, layout.VALUE_PER_C] = step.value.quantity == "rate"
        for end in step.ends:
            fill(i, int(ENDS[end.quantity]), end)
            if ENDS[end.quantity] == layout.END_CURRENT:
                rows[i, layout.END_CURRENT_PER_C] = end.quantity == "rate"
        if step.file:
            key = (step.file, step.kind.split()[0])
            rows[i, layout.PROFILE_FIRST], rows[i, layout.PROFILE_COUNT] = begins[key], len(pieces[key])
    return rows, slots
