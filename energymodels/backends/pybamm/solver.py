"""PyBaMM as reference backend of the battery models: IDAKLU, relative and absolute tolerance 1e-8, its own
mesh.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from energymodels.backends.pybamm import outputs
from energymodels.backends.pybamm.parameters import Cell, cell
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.backends.pybamm.steps import ending, experiment
from energymodels.battery.cell import start
from energymodels.battery.parameters.sets import bundled, parameter_set
from energymodels.battery.protocol.program import parse
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.registry import get_model
from energymodels.core.values import Fields, Tree
from energymodels.kernels import status

MODELS = {"battery.spm": "SPM", "battery.spme": "SPMe", "battery.dfn": "DFN"}
TOLERANCE = 1e-8  # of the reference, whatever the case's own is
POINTS = {"x_n": "negative", "x_s": "separator", "x_p": "positive", "r_n": "particle", "r_p": "particle"}
DEFAULT_POINTS = 20  # a region, as PyBaMM has them
FAILURES = (pybamm.SolverError, pybamm.ModelError, ArithmeticError, RuntimeError, ValueError)
UNKNOWN: dict[str, tuple[str, object]] = {  # path -> what it is, and its value that changes nothing
    "temperature_profile": ("ambient temperature profile", None),
    "cell.interface_resistance": ("area-specific series resistance", 0.0),
    "side_reactions.plating_activation_energy": ("such activation energy", 0.0),
    "electrolyte.liquid_fraction": ("hybrid solid and liquid electrolyte", 1.0),
}
# PyBaMM's words for an end that is passed where a step starts
PASSED = ("non-positive at initial conditions", "infeasible")


class Watch(pybamm.callbacks.Callback):  # type: ignore[misc]
    """Keep what PyBaMM otherwise only prints: the error that ended an experiment after its first step."""

    error: Exception | None = None

    def on_experiment_error(self, logs: Tree) -> None:
        self.error = logs["error"]


def solve(
    model: str, fields: Fields, columns: Mapping[str, Array], axes: Mapping[str, Array]
) -> tuple[dict[str, Array], Array]:
    """Return (outputs of a battery model, status) for columns of equal length.

    A case that PyBaMM does not finish is NaN with a status; InputError if the spec asks for what PyBaMM does
    not have.
    """
    labels = {path: info.labels for path, info in get_model(model).fields(fields).items()}
    time = axes.get("time", np.empty(0))
    count = next(iter(columns.values())).size
    values = {name: np.full(count, np.nan) for name in (*outputs.SCALARS, "termination")}
    if time.size:
        values |= {name: np.full((count, time.size), np.nan) for name in outputs.SERIES}
    codes = np.full(count, status.NO_CONVERGENCE, dtype=np.int8)
    for i in range(count):
        case = {
            path: labels[path][column[i]] if labels.get(path) else column[i]
            for path, column in columns.items()
        }
        try:
            found = run(model, case, time)
        except InputError:  # a kind of ValueError, but no failure to solve
            raise
        except KeyError as error:
            raise InputError(
                Fault("parameters", case.get("parameters"), hint=f"PyBaMM: {error.args[0]}")
            ) from error
        except FAILURES:
            continue
        codes[i] = status.OK
        for name, value in found.items():
            values[name][i] = value
    return values, codes


def run(model: str, case: Fields, time: Array) -> dict[str, float | Array]:
    """Return the outputs of one case {path: number, label or text}; one of ``FAILURES`` if PyBaMM
    gives up.
    """
    protocol = parse(str(case["protocol"]))
    name = str(case["parameters"])
    case = {**start.temperatures(case), **case}
    known = {**(parameter_set(name).scalars if name in bundled() else {}), **case}
    faults = [
        Fault(path, known[path], hint=f"PyBaMM has no {what}")
        for path, (what, harmless) in UNKNOWN.items()
        if known.get(path, harmless) != harmless
    ]
    if any(step.kind == "charge at limits" for step in protocol.steps):
        faults.append(Fault("protocol", hint="PyBaMM has no charge at limits"))
    if faults:
        raise InputError(faults)
    rows = protocol.program({name: float(case[name]) for name in protocol.placeholders})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PyBaMM assumes about BPX files is set or refused here
        of = cell(case, float(case.get("initial_soc", start.soc(case))))
        simulation = _simulation(model, case, of, experiment(rows, protocol.profiles, of))
        watch = Watch()
        solution = pybamm.EmptySolution()
        try:
            solution = simulation.solve(callbacks=[watch], calc_esoh=False)
        except pybamm.SolverError as error:
            watch.error = error
        if watch.error is not None and not any(words in str(watch.error) for words in PASSED):
            raise watch.error
        steps = [] if isinstance(solution, pybamm.EmptySolution) else solution.cycles[-1].steps
        words = str(watch.error or (steps[-1].termination if steps else ""))
        found: dict[str, float | Array] = {
            **outputs.scalars(solution, of),
            "termination": ending(words, rows[max(len(steps) - 1, 0)]),
        }
        return found | (outputs.series(solution, of, time) if time.size else {})


def _side_reactions(case: Fields) -> dict[str, str]:
    """Return PyBaMM's options of a case's side reactions; an SEI adds its film resistance."""
    plating, sei = (str(case.get(f"side_reactions.{name}", "none")) for name in ("plating", "sei"))
    film = "none" if sei == "none" else "distributed"
    if plating == "partially reversible" and sei == "none":
        sei = "constant"  # for its thickness alone
    return {"lithium plating": plating, "SEI": sei, "SEI film resistance": film}


def _simulation(model: str, case: Fields, of: Cell, protocol: pybamm.Experiment) -> pybamm.Simulation:
    """Return PyBaMM's simulation of a case."""
    options = {
        "thermal": str(case.get("thermal", "isothermal")),
        "contact resistance": "true" if of.contact else "false",
    }
    built = getattr(pybamm.lithium_ion, MODELS[model])(outputs.OPTIONS | options | _side_reactions(case))
    outputs.add_variables(built)
    return pybamm.Simulation(
        built,
        experiment=protocol,
        parameter_values=of.values,
        var_pts={region: int(case.get(f"points.{part}", DEFAULT_POINTS)) for region, part in POINTS.items()},
        solver=pybamm.IDAKLUSolver(rtol=TOLERANCE, atol=TOLERANCE),
    )
