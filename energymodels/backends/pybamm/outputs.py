"""What a PyBaMM solution says of the outputs of the battery models.

Only outputs that are defined alike are returned.
"""

from __future__ import annotations

import numpy as np

from energymodels.backends.pybamm.parameters import Cell
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.model import Array
from energymodels.kernels.constants import FARADAY, ZERO_CELSIUS

NEGATIVE_POTENTIAL = "Minimum negative electrode surface potential difference [V]"
# extrapolated from the last two nodes
AT_FACE = "Negative electrode surface potential difference at separator interface [V]"
OPTIONS = {"calculate discharge energy": "true", "calculate heat source for isothermal models": "true"}
READ = {
    "voltage": "Voltage [V]",  # at the terminals: behind the contact resistance where the model has one
    "current": "Current [A]",
    "cell_temperature": "Volume-averaged cell temperature [C]",
    "negative_potential_vs_lithium": NEGATIVE_POTENTIAL,
    "discharge_capacity": "Discharge capacity [A.h]",
}
SERIES = (*READ, "state_of_charge", "heat")
TOTALS = {
    "capacity": "Throughput capacity [A.h]",
    "capacity_discharged": "Discharge capacity [A.h]",
    "energy": "Throughput energy [W.h]",
    "energy_discharged": "Discharge energy [W.h]",
}
LITHIUM = {  # A h, or mol m-3 of electrode
    "lithium_in_sei": "Loss of capacity to negative SEI [A.h]",
    "lithium_plated": "Volume-averaged negative lithium plating concentration [mol.m-3]",
    "lithium_dead": "Volume-averaged negative dead lithium concentration [mol.m-3]",
}
SCALARS = (*TOTALS, *LITHIUM, "duration", "temperature_max", "negative_potential_min")
BETWEEN = np.linspace(0.0, 1.0, 5)[:-1]  # where extremes are looked for between the solver's own times


def add_variables(model: pybamm.BaseModel) -> None:
    """Give a PyBaMM model the variables it lacks."""
    model.variables[NEGATIVE_POTENTIAL] = pybamm.min(
        model.variables["Negative electrode surface potential difference [V]"]
    )


def series(solution: pybamm.Solution, cell: Cell, time: Array) -> dict[str, Array]:
    """Return the series at ``time`` in s, by PyBaMM's own interpolation between its steps; NaN
    after the end.
    """
    found = {name: np.full(time.size, np.nan) for name in SERIES}
    if isinstance(solution, pybamm.EmptySolution):
        return found
    inside = time <= solution.t[-1]
    at = time[inside]
    for name, variable in READ.items():
        found[name][inside] = _at(solution, variable, at)
    found["state_of_charge"][inside] = (
        cell.soc - 3600.0 * _at(solution, TOTALS["capacity_discharged"], at) / cell.capacity
    )
    contact = _at(solution, "Contact overpotential [V]", at) * _at(solution, "Current [A]", at)
    found["heat"][inside] = _at(solution, "Total heating [W]", at) + contact
    return found


def scalars(solution: pybamm.Solution, cell: Cell) -> dict[str, float]:
    """Return the scalar outputs: PyBaMM's own integrals over time, extremes between its steps.

    An empty one moved nothing.
    """
    if isinstance(solution, pybamm.EmptySolution):
        return dict.fromkeys((*TOTALS, *LITHIUM, "duration"), 0.0) | {
            "temperature_max": cell.ambient - ZERO_CELSIUS
        }
    found = {name: float(_at(solution, variable, solution.t[-1:])[0]) for name, variable in TOTALS.items()}
    found |= {name: float(_at(solution, variable, solution.t[-1:])[0]) for name, variable in LITHIUM.items()}
    for name in ("lithium_plated", "lithium_dead"):
        found[name] *= cell.negative_volume * FARADAY / 3600.0
    found["lithium_in_sei"] *= cell.pairs
    ends = np.asarray(solution.t)
    fine = np.append((ends[:-1, None] + BETWEEN * np.diff(ends)[:, None]).ravel(), ends[-1])
    found["duration"] = float(ends[-1])
    found["temperature_max"] = float(np.max(_at(solution, READ["cell_temperature"], fine)))
    found["negative_potential_min"] = float(np.min(_at(solution, NEGATIVE_POTENTIAL, fine)))
    return found


def _at(solution: pybamm.Solution, variable: str, time: Array) -> Array:
    """Return a variable at ``time``; the minimum anode potential is that of the nodes and of the
    separator's face.
    """
    found = np.asarray(solution[variable](time), dtype=float).reshape(-1)
    return np.minimum(found, _at(solution, AT_FACE, time)) if variable == NEGATIVE_POTENTIAL else found
