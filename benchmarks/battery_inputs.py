"""Random cases for the battery benchmarks, by our sweep and by PyBaMM with the cases as a list of inputs.

The seed is fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import energymodels as em
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.model import Array

if __package__:  # asv looks into every module of this folder
    from benchmarks.battery_peer import KELVIN, MODELS, POINTS, REGIONS
else:
    from battery_peer import KELVIN, MODELS, POINTS, REGIONS

SET = "Chen2020"
SEED = 20230901
THREADS = 2
CASES = 256
SAMPLES = 2001
SLOWEST = 0.3  # C

# our path, PyBaMM's function
FACTORS = {
    "electrolyte.diffusivity_factor": "Electrolyte diffusivity [m2.s-1]",
    "electrolyte.conductivity_factor": "Electrolyte conductivity [S.m-1]",
    "negative.exchange_current_density_factor": "Negative electrode exchange-current density [A.m-2]",
    "positive.exchange_current_density_factor": "Positive electrode exchange-current density [A.m-2]",
    "negative.diffusivity_factor": "Negative particle diffusivity [m2.s-1]",
    "positive.diffusivity_factor": "Positive particle diffusivity [m2.s-1]",
}
GEOMETRY = {
    "negative.thickness": "Negative electrode thickness [m]",
    "positive.thickness": "Positive electrode thickness [m]",
    "negative.particle_radius": "Negative particle radius [m]",
    "positive.particle_radius": "Positive particle radius [m]",
}
LONGEST = 1.3 * 3600.0 / SLOWEST  # s: every case has ended
Points = dict[str, Any]


def draw(number: int, paths: tuple[str, ...], spread: float = 2.0) -> Points:
    """Return random cases, half of them discharge: rate (log-uniform in 0.3-4C) and factors within ``spread``
    either way.
    """
    rng = np.random.default_rng(SEED)
    rates = np.exp(rng.uniform(np.log(SLOWEST), np.log(4.0), number))
    protocol = [f"{'Discharge' if k % 2 == 0 else 'Charge'} at {{rate}}C" for k in range(number)]
    return {"protocol": protocol, "rate": rates} | {
        path: spread ** rng.uniform(-1.0, 1.0, number) for path in paths
    }


def part(points: Points, number: int) -> Points:
    """Return the first ``number`` cases."""
    return {path: values[:number] for path, values in points.items()}


def size(points: Points) -> int:
    """Return the number of cases."""
    return len(points["rate"])


def sweep(model: str, points: Points, values: dict[str, Any], *, series: float = 0.0) -> Any:
    """Return our sweep; with the voltage to ``series`` s, else scalars only."""
    keep = ["voltage", "duration"] if series else ["capacity", "duration"]
    asked = (
        {"parameters": SET, "series.points": SAMPLES if series else 0}
        | ({"series.end": series} if series else {})
        | values
    )
    return em.sweep({"model": f"battery.{model}"}, {}, asked, points=points, keep=keep, threads=THREADS)


def failures(model: str, points: Points, values: dict[str, Any]) -> int:
    """Return how many of our cases do not finish."""
    return int(np.count_nonzero(sweep(model, points, values).status.values))


class Peer:
    """PyBaMM with the cases as inputs."""

    def __init__(self, model: str, points: int = POINTS, **changes: Any) -> None:
        values = pybamm.ParameterValues(SET)
        self.nominal = float(values["Nominal cell capacity [A.h]"])
        self.starts = {}
        for word, soc in (("Discharge", 1.0), ("Charge", 0.0)):
            full = values.copy()
            full.set_initial_state(soc)
            self.starts[word] = {
                name: float(full[name])
                for name in (
                    f"Initial concentration in {side} electrode [mol.m-3]"
                    for side in ("negative", "positive")
                )
            }
        for path, name in FACTORS.items():
            values[name] = times(values[name], path)
        values.update(
            {
                "Ambient temperature [K]": KELVIN,
                "Initial temperature [K]": KELVIN,
                "Current function [A]": "[input]",
            }
        )
        values.update(dict.fromkeys(self.starts["Charge"], "[input]"))
        built = getattr(pybamm.lithium_ion, MODELS[model])()
        self.simulation = pybamm.Simulation(
            built, parameter_values=values, var_pts=dict.fromkeys(REGIONS, points)
        )
        self.simulation.build()

    def inputs(self, points: Points) -> list[dict[str, float]]:
        """Return the cases as PyBaMM's inputs."""
        found = []
        for k, (protocol, rate) in enumerate(zip(points["protocol"], points["rate"], strict=True)):
            word = protocol.split()[0]
            current = float(rate) * self.nominal * (1.0 if word == "Discharge" else -1.0)
            factors = {path: float(points[path][k]) if path in points else 1.0 for path in FACTORS}
            found.append({"Current function [A]": current} | self.starts[word] | factors)
        return found

    def solve(self, solver: Any, inputs: list[dict[str, float]]) -> list[Any]:
        """Return the solutions."""
        found: list[Any] = solver.solve(self.simulation.built_model, [0.0, LONGEST], inputs=inputs)
        return found

    def curves(
        self, points: Points, axis: Array, tolerance: float = 0.0, *, relative: bool = False
    ) -> tuple[Array, Array]:
        """Return (voltage at ``axis`` by case, NaN after its end, whether it finished); ``tolerance`` 0
        stands for the defaults, and is of the ``relative`` error alone if that is said.
        """
        tight = {"rtol": tolerance} | ({} if relative else {"atol": tolerance}) if tolerance else {}
        voltage = np.full((size(points), axis.size), np.nan)
        good = np.zeros(size(points), dtype=bool)
        solver = pybamm.IDAKLUSolver(options={"num_threads": THREADS}, on_failure="ignore", **tight)
        for k, solution in enumerate(self.solve(solver, self.inputs(points))):
            good[k] = "event" in str(solution.termination)
            inside = axis <= solution.t[-1]
            voltage[k, inside] = solution["Voltage [V]"](axis[inside])
        return voltage, good


def times(original: Any, name: str) -> Any:
    """Return a parameter of PyBaMM times the input ``name``."""
    factor = pybamm.InputParameter(name)
    if not callable(original):
        return factor * original
    function: Callable[..., Any] = original
    return lambda *arguments: factor * function(*arguments)
