"""A protocol's program as steps of a PyBaMM experiment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

import numpy as np

from energymodels.backends.pybamm.parameters import Cell
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.kernels.battery.cell import layout

LONG = 1e6  # s: no step without an end of its own takes as long
PROFILES = (layout.CURRENT_PROFILE, layout.POWER_PROFILE)
UNSURE = "a hold, a profile or a step of power"
TEMPERATURE = "Volume-averaged cell temperature [K]"
CODES = {name: code for code, name in enumerate(layout.TERMINATIONS)}
# PyBaMM goes on to the next step after an event with this in its name, and stops after any other
MARK = " [experiment]"

ASKED = {
    "end_voltage": layout.END_VOLTAGE,
    "end_soc": layout.END_SOC,
    "end_current": layout.END_CURRENT,
    "end_temperature": layout.END_TEMPERATURE,
    "end_time": layout.END_TIME,
    "end_capacity": layout.END_CAPACITY,
}

Expression = Callable[[Mapping[str, pybamm.Symbol]], pybamm.Symbol]


class End(pybamm.step.BaseTermination):  # type: ignore[misc]
    """The end of a step where ``expression`` of the model's variables, positive until then, reaches 0."""

    def __init__(self, name: str, value: float, sign: float, expression: Expression) -> None:
        super().__init__(value)
        self.name, self.sign, self.expression = name, sign, expression

    def get_event_name(self, step: pybamm.step.BaseStep) -> str:
        return self.name if self.name.startswith("voltage_m") else self.name + MARK

    def get_event_expression(
        self, variables: Mapping[str, pybamm.Symbol], step: pybamm.step.BaseStep
    ) -> pybamm.Symbol:
        return self.expression(variables)

    def __repr__(self) -> str:  # PyBaMM takes steps that read alike for the same
        return f"{self.name}({self.sign!r} {self.value!r})"

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


def ending(words: str, row: Array) -> int:
    """Return the code in ``layout.TERMINATIONS`` for PyBaMM's words on how a step ended; ``row`` is the
    step's.
    """
    for name in re.findall(r"(?:event: |')(\w+)", words):
        if name in CODES:
            return CODES[name]
    asked = [name for name, place in ASKED.items() if np.isfinite(row[place])]
    if "final time" in words:
        asked = [name for name in asked if name in ("end_time", "end_capacity")] or [
            "end_time" if row[layout.PROFILE_COUNT] else "none"
        ]
    return CODES[asked[0]] if asked else CODES["none"]


def experiment(rows: Array, profiles: Array, cell: Cell) -> pybamm.Experiment:
    """Return the PyBaMM experiment of a program: ``rows`` (step, field of ``layout``), ``profiles`` (time in
    s, value).
    """
    return pybamm.Experiment([tuple(_step(row, profiles, cell, first=i == 0) for i, row in enumerate(rows))])


def _step(row: Array, profiles: Array, cell: Cell, *, first: bool) -> pybamm.step.BaseStep:
    """Return one step."""
    kind = int(row[layout.KIND])
    value = float(row[layout.VALUE]) * (cell.nominal / 3600.0 if row[layout.VALUE_PER_C] else 1.0)
    seconds = float(row[layout.END_TIME])
    target: float | Array = value
    sign = 0.0 if kind == layout.VOLTAGE else float(np.sign(value))
    if kind in PROFILES:
        begin = int(row[layout.PROFILE_FIRST])
        target = profiles[begin : begin + int(row[layout.PROFILE_COUNT])] * [1.0, value]
        sign = float(np.sign(target[0, 1]))
    elif kind == layout.CURRENT and value and np.isfinite(row[layout.END_CAPACITY]):
        seconds = min(seconds, _amount(row, cell) / abs(value))
    ends = [*_ends(row, kind, sign, cell, first=first), *_limits(row, kind, sign, cell)]
    return _maker(kind)(target, duration=min(seconds, LONG), termination=ends)


def _maker(kind: int) -> Callable[..., pybamm.step.BaseStep]:
    """Return PyBaMM's constructor of a step of this kind."""
    if kind == layout.VOLTAGE:
        return cast("Callable[..., pybamm.step.BaseStep]", pybamm.step.voltage)
    power = kind in (layout.POWER, layout.POWER_PROFILE)
    return cast("Callable[..., pybamm.step.BaseStep]", pybamm.step.power if power else pybamm.step.current)


def _amount(row: Array, cell: Cell) -> float:
    """Return the charge in A s that ends a step."""
    return float(row[layout.END_CAPACITY]) * (cell.nominal if row[layout.END_CAPACITY_PER_C] else 1.0)


def _ends(row: Array, kind: int, sign: float, cell: Cell, *, first: bool) -> list[End]:
    """Return the ends that a step asks for, but for time.

    ``sign`` is its current's, 0 where it is not known beforehand.
    """
    found: list[End] = []

    def add(name: str, value: float, direction: float, variable: Expression) -> None:
        """Add an end at ``value``, reached from above if ``direction`` is 1, from below if it is -1."""
        found.append(End(name, value, direction, lambda variables: direction * (variable(variables) - value)))

    voltage, soc, kelvin = (
        float(row[place]) for place in (layout.END_VOLTAGE, layout.END_SOC, layout.END_TEMPERATURE)
    )
    if np.isfinite(voltage):
        # if the current starts with 0
        falling = voltage < (cell.ocv if first else 0.5 * (cell.voltage_min + cell.voltage_max))
        add("end_voltage", voltage, sign or (1.0 if falling else -1.0), lambda v: v["Voltage [V]"])
    if np.isfinite(soc):
        if not first and (not sign or kind in PROFILES):
            raise InputError(
                Fault("protocol", hint=f"PyBaMM cannot end {UNSURE} by state of charge but in the first step")
            )
        theta = cell.empty + soc * (cell.full - cell.empty)
        towards = 1.0 if soc <= cell.soc else -1.0
        add(
            "end_soc",
            theta,
            towards if first else sign,
            lambda v: v["Negative electrode stoichiometry"],
        )
    if np.isfinite(row[layout.END_CURRENT]):
        current = float(row[layout.END_CURRENT]) * (
            cell.nominal / 3600.0 if row[layout.END_CURRENT_PER_C] else 1.0
        )
        add(
            "end_current",
            current,
            -1.0 if kind == layout.POWER and sign > 0.0 else 1.0,
            lambda v: abs(v["Current [A]"]),
        )
    if np.isfinite(kelvin):
        resting = kind == layout.CURRENT and not sign and not first
        add(
            "end_temperature",
            kelvin,
            1.0 if resting or kelvin <= cell.ambient else -1.0,
            lambda v: v[TEMPERATURE],
        )
    if np.isfinite(row[layout.END_CAPACITY]) and (kind != layout.CURRENT or not sign):
        if not first:
            raise InputError(
                Fault("protocol", hint=f"PyBaMM cannot end {UNSURE} by capacity but in the first step")
            )
        add("end_capacity", _amount(row, cell) / 3600.0, -1.0, lambda v: v["Throughput capacity [A.h]"])
    return found


def _limits(row: Array, kind: int, sign: float, cell: Cell) -> list[End]:
    """Return the cell's own limits, of which a step can reach the one its current drives it to, if it does
    not end before.
    """
    low, high, end = cell.voltage_min, cell.voltage_max, row[layout.END_VOLTAGE]
    if kind in PROFILES or (kind == layout.VOLTAGE and not low <= row[layout.VALUE] <= high):
        return [
            End(
                "voltage_min",
                low,
                1.0,
                lambda v: 1.0 + (v["Current [A]"] > 0.0) * (v["Voltage [V]"] - low - 1.0),
            ),
            End(
                "voltage_max",
                high,
                -1.0,
                lambda v: 1.0 + (v["Current [A]"] < 0.0) * (high - v["Voltage [V]"] - 1.0),
            ),
        ]
    if sign > 0.0 and not end >= low:
        return [End("voltage_min", low, 1.0, lambda v: v["Voltage [V]"] - low)]
    if sign < 0.0 and not end <= high:
        return [End("voltage_max", high, -1.0, lambda v: high - v["Voltage [V]"])]
    return []
