"""PyBaMM's side of the battery benchmarks: constant current from full or empty to the cut-off, IDAKLU;
solutions kept in files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from energymodels.backends.pybamm.parameters import load
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.model import Array

MODELS = {"spm": "SPM", "spme": "SPMe", "dfn": "DFN"}
REGIONS = ("x_n", "x_s", "x_p", "r_n", "r_p")
POINTS = 20  # a region, as PyBaMM has them
TIGHT = 1e-8
KELVIN = 298.15
SAMPLES = 1001
LONG = 3.0  # of the time the nominal capacity takes: every cut-off has come by then


class Case(NamedTuple):
    """A constant current."""

    parameters: str
    model: str  # of MODELS
    direction: str  # charge, discharge
    rate: float  # nominal capacities an hour

    @property
    def text(self) -> str:
        """The case in a word, good for a file name."""
        return f"{self.parameters}_{self.model}_{self.direction}_{self.rate:g}C"

    @property
    def soc(self) -> float:
        """State of charge at the start."""
        return 1.0 if self.direction == "discharge" else 0.0


class Curve(NamedTuple):
    """A solution: ``time`` (s) in equal steps to its end, ``voltage`` (V), ``capacity`` and ``nominal`` (A
    h), PyBaMM's last word.

    Where PyBaMM gave up, time and voltage are empty, the capacity 0, and the word starts with "failed".
    """

    time: Array
    voltage: Array
    capacity: float
    nominal: float
    ended: str
    least_electrolyte: float  # mol m-3, NaN without one


def parameter_values(case: Case) -> tuple[Any, float]:
    """Return (PyBaMM's parameter values of a case, its nominal capacity in A h)."""
    values = load(case.parameters)
    nominal = float(values["Nominal cell capacity [A.h]"])
    sign = 1.0 if case.direction == "discharge" else -1.0
    values.update(
        {
            "Current function [A]": sign * case.rate * nominal,
            "Ambient temperature [K]": KELVIN,
            "Initial temperature [K]": KELVIN,
        }
    )
    values.set_initial_state(case.soc)
    return values, nominal


def make_model(name: str, values: Any) -> Any:
    """Return a PyBaMM model, with contact resistance where the set has one."""
    contact = float(values.get("Contact resistance [Ohm]", 0.0)) > 0.0
    return getattr(pybamm.lithium_ion, MODELS[name])({"contact resistance": "true"} if contact else {})


def simulate(case: Case, points: int = POINTS, tolerance: float = TIGHT) -> Curve:
    """Return PyBaMM's solution of a case."""
    values, nominal = parameter_values(case)
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance)
    mesh = dict.fromkeys(REGIONS, points)
    simulation = pybamm.Simulation(
        make_model(case.model, values), parameter_values=values, var_pts=mesh, solver=solver
    )
    try:
        solution = simulation.solve([0.0, LONG * 3600.0 / case.rate])
    except (pybamm.SolverError, pybamm.ModelError, RuntimeError, ValueError) as error:
        return Curve(
            np.empty(0),
            np.empty(0),
            0.0,
            nominal,
            f"failed: {' '.join(str(error).split())[:200]}",
            float("nan"),
        )
    end = float(solution.t[-1])
    time = np.linspace(0.0, end, SAMPLES)
    least = float(np.min(solution["Electrolyte concentration [mol.m-3]"].entries))
    return Curve(
        time,
        solution["Voltage [V]"](time),
        case.rate * nominal * end / 3600.0,
        nominal,
        str(solution.termination),
        least,
    )


def kept(case: Case, folder: Path) -> Curve:
    """Return ``simulate(case)``, from its file in ``folder`` if this version of PyBaMM has been
    there before.
    """
    path = folder / f"{case.text}.npz"
    if path.is_file():
        with np.load(path) as file:
            if str(file["version"]) == pybamm.__version__:
                found = [file[name] for name in Curve._fields]
                return Curve(*found[:2], float(found[2]), float(found[3]), str(found[4]), float(found[5]))
    curve = simulate(case)
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, version=pybamm.__version__, **curve._asdict())
    part.replace(path)
    return curve
