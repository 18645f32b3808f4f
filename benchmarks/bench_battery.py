"""``battery.*``: milliseconds per case of the three models, PyBaMM beside them, and how far they lie from
each other.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from . import battery_inputs as cells
from .battery_peer import Case, simulate

NUMBER = 64
PYBAMM_MESH = {"mesh": "pybamm"}
CASES = {  # a rate each, all charged and discharged
    "spm": 1.0,
    "spme": 1.0,
    "dfn": 2.0,
}


class Sweep:
    """Random charges and discharges of one cell with factors on its transport and kinetics; see
    ``battery_inputs.draw``.
    """

    params = (["spm", "spme", "dfn"], ["default", "pybamm"])
    param_names = ("model", "mesh")
    timeout = 300

    def setup(self, model: str, mesh: str) -> None:
        self.points = cells.draw(NUMBER, tuple(cells.FACTORS))
        self.time_sweep(model, mesh)

    def time_sweep(self, model: str, mesh: str) -> Any:
        return cells.sweep(model, self.points, {"mesh": mesh})

    def track_failures(self, model: str, mesh: str) -> int:
        return cells.failures(model, self.points, {"mesh": mesh})

    def track_steps(self, model: str, mesh: str) -> float:
        found = cells.em.sweep(
            {"model": f"battery.{model}"},
            {},
            {"parameters": cells.SET, "series.points": 0, "mesh": mesh},
            points=self.points,
            keep=["time_steps"],
        )
        return float(found.time_steps.mean())

    track_failures.unit = f"of {NUMBER} cases"  # type: ignore[attr-defined]
    track_steps.unit = "time steps per case"  # type: ignore[attr-defined]


class Pybamm:
    """The same cases by PyBaMM: IDAKLU at its defaults, two threads, the cases as a list of inputs, the
    voltage alone returned.
    """

    params = ("spm", "spme", "dfn")
    param_names = ("model",)
    timeout = 300

    def setup(self, model: str) -> None:
        warnings.simplefilter("ignore")
        self.peer = cells.Peer(model)
        self.inputs = self.peer.inputs(cells.draw(NUMBER, tuple(cells.FACTORS)))
        options = {"num_threads": cells.THREADS}
        self.solver = cells.pybamm.IDAKLUSolver(
            options=options, output_variables=["Voltage [V]"], on_failure="ignore"
        )
        self.time_solve(model)

    def time_solve(self, model: str) -> None:
        self.peer.solve(self.solver, self.inputs)


class Geometry:
    """Thicknesses and radii, DFN: nothing is rebuilt."""

    timeout = 300

    def setup(self) -> None:
        values = cells.pybamm.ParameterValues(cells.SET)
        drawn = cells.draw(NUMBER, tuple(cells.GEOMETRY), 1.3)
        self.points = drawn | {
            path: drawn[path] * float(values[name]) * 1e6 for path, name in cells.GEOMETRY.items()
        }
        self.time_sweep()

    def time_sweep(self) -> None:
        cells.sweep("dfn", self.points, {})


class Charge:
    """A charge at constant current, then voltage, DFN."""

    params = ("", "; Hold at 4.2 V until C/20")
    param_names = ("then",)
    timeout = 300

    def setup(self, then: str) -> None:
        self.points = {
            "protocol": [f"Charge at {{rate}}C until 4.2 V{then}"] * NUMBER,
            "rate": np.linspace(0.3, 2.0, NUMBER),
        }
        self.time_sweep(then)

    def time_sweep(self, then: str) -> None:
        cells.sweep("dfn", self.points, {})


class Error:
    """How far a case at the default tolerance lies from PyBaMM's at 1e-8: on its mesh, and on ours (then
    mostly PyBaMM's error).
    """

    params = (["spm", "spme", "dfn"], ["discharge", "charge"], ["default", "pybamm"])
    param_names = ("model", "direction", "mesh")
    timeout = 300

    def setup(self, model: str, direction: str, mesh: str) -> None:
        warnings.simplefilter("ignore")
        self.curve = simulate(Case(cells.SET, model, direction, CASES[model]))

    def track_voltage(self, model: str, direction: str, mesh: str) -> float:
        values = {
            "parameters": cells.SET,
            "protocol": f"{direction.capitalize()} at {CASES[model]:g}C",
            "mesh": mesh,
            "series.points": self.curve.time.size,
            "series.end": self.curve.time[-1],
        }
        found = cells.em.run({"model": f"battery.{model}"}, values)
        return float(np.sqrt(np.nanmean((found.voltage.values - self.curve.voltage) ** 2)) * 1e3)

    track_voltage.unit = "mV rms"  # type: ignore[attr-defined]
