"""Time the battery models and PyBaMM in one run, both warm, two threads each: run ``python benchmarks/battery_speed.py``.

PyBaMM is on its fastest path: one model, the cases as a list of inputs, only the voltage returned. Geometry and protocols cannot
be such inputs, so it rebuilds the model there, point by point. Errors are measured, PyBaMM's too: root mean square of the voltage
over the curve, against the same mesh at tolerance 1e-8 (error of time) or against a fine mesh (total error). Ours runs at the
largest tolerance whose median and 90th percentile over the cases are no worse than PyBaMM's at its defaults.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

import energymodels as em
from energymodels.backends.pybamm_quiet import pybamm
from energymodels.model import Array

if __package__:  # asv looks into every module of this folder
    from benchmarks.battery_peer import KELVIN, MODELS, POINTS, REGIONS
else:
    from battery_peer import KELVIN, MODELS, POINTS, REGIONS

SET = "Chen2020"
SEED = 20230901
THREADS = 2
CASES = 256
SAMPLES = 2001
REPEATS = 5
LADDER = (3e-3, 2e-3, 1e-3, 7e-4, 5e-4, 3e-4, 2e-4, 1.4e-4, 1e-4, 7e-5, 5e-5, 3e-5, 2e-5, 1e-5, 3e-6, 1e-6)
FINE = {"mesh": "pybamm", "tolerance": 1e-7, "points.negative": 80, "points.separator": 40, "points.positive": 80, "points.particle": 80}
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
Points = dict[str, Any]


class Line(NamedTuple):
    """A line of the table: times in ms per case."""

    what: str
    ours: float
    peer: float
    tolerance: float
    our_error: str  # mV: median, 90th percentile, largest
    peer_error: str
    failed: str  # ours, PyBaMM's, of how many

    @property
    def ratio(self) -> float:
        return self.peer / self.ours


def say(text: str) -> None:
    """Tell how far the run is."""
    print(f"{time.perf_counter() - BEGAN:5.0f} s: {text}", file=sys.stderr, flush=True)


BEGAN = time.perf_counter()


def draw(number: int, paths: tuple[str, ...], spread: float = 2.0) -> Points:
    """Return random cases, half of them discharge: rate (log-uniform in 0.3-4C) and factors within ``spread`` either way."""
    rng = np.random.default_rng(SEED)
    rates = np.exp(rng.uniform(np.log(SLOWEST), np.log(4.0), number))
    protocol = [f"{'Discharge' if k % 2 == 0 else 'Charge'} at {{rate}}C" for k in range(number)]
    return {"protocol": protocol, "rate": rates} | {path: spread ** rng.uniform(-1.0, 1.0, number) for path in paths}


def part(points: Points, number: int) -> Points:
    """Return the first ``number`` cases."""
    return {path: values[:number] for path, values in points.items()}


def size(points: Points) -> int:
    """Return the number of cases."""
    return len(points["rate"])


def sweep(model: str, points: Points, values: dict[str, Any], *, series: float = 0.0) -> Any:
    """Return our sweep; with the voltage to ``series`` s, else scalars only."""
    keep = ["voltage", "duration"] if series else ["capacity", "duration"]
    asked = {"parameters": SET, "series.points": SAMPLES if series else 0} | ({"series.end": series} if series else {}) | values
    return em.sweep({"model": f"battery.{model}"}, {}, asked, points=points, keep=keep, threads=THREADS)


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
                name: float(full[name]) for name in (f"Initial concentration in {side} electrode [mol.m-3]" for side in ("negative", "positive"))
            }
        for path, name in FACTORS.items():
            values[name] = times(values[name], path)
        values.update({"Ambient temperature [K]": KELVIN, "Initial temperature [K]": KELVIN, "Current function [A]": "[input]"})
        values.update(dict.fromkeys(self.starts["Charge"], "[input]"))
        built = getattr(pybamm.lithium_ion, MODELS[model])()
        self.simulation = pybamm.Simulation(built, parameter_values=values, var_pts=dict.fromkeys(REGIONS, points))
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
        end = 1.3 * 3600.0 / SLOWEST
        found: list[Any] = solver.solve(self.simulation.built_model, [0.0, end], inputs=inputs)
        return found

    def curves(self, points: Points, axis: Array, tolerance: float = 0.0) -> tuple[Array, Array]:
        """Return (voltage at ``axis`` by case, NaN after its end, whether it finished); ``tolerance`` 0 stands for the defaults."""
        tight = {"rtol": tolerance, "atol": tolerance} if tolerance else {}
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


def rms(voltage: Array, reference: Array) -> Array:
    """Return the root mean square deviation in mV of every case, where both have a voltage; NaN where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.sqrt(np.nanmean((voltage - reference) ** 2, axis=1)) * 1e3)


def shown(errors: Array) -> str:
    """Return median, 90th percentile and largest."""
    if not np.isfinite(errors).any():
        return "-"
    return ", ".join(f"{value:.3g}" for value in (*np.nanpercentile(errors, (50, 90)), np.nanmax(errors)))


def no_worse(ours: Array, peer: Array) -> bool:
    """Return whether median and 90th percentile are no larger."""
    return bool((np.nanpercentile(ours, (50, 90)) <= np.nanpercentile(peer, (50, 90))).all())


def equal_tolerance(model: str, points: Points, values: dict[str, Any], end: float, reference: Array, peer: Array) -> tuple[float, Array]:
    """Return (largest tolerance of the ladder whose errors are no worse than ``peer``'s, its errors)."""
    errors = np.full(size(points), np.nan)
    for tolerance in LADDER:
        found = sweep(model, points, values | {"tolerance": tolerance}, series=end)
        errors = rms(found.voltage.values, reference)
        if no_worse(errors, peer):
            return tolerance, errors
    return LADDER[-1], errors


def seconds(call: Callable[[], object]) -> float:
    """Return the wall time of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turn(*calls: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Return the median time of each call, warm, called in turn."""
    for call in calls:
        call()
    rounds = [[seconds(call) for call in calls] for _ in range(repeats)]
    return [median(column) for column in zip(*rounds, strict=True)]


def failures(model: str, points: Points, values: dict[str, Any]) -> int:
    """Return how many of our cases do not finish."""
    return int(np.count_nonzero(sweep(model, points, values).status.values))


def fastest(peer: Peer, inputs: list[dict[str, float]]) -> tuple[Any, str]:
    """Return (PyBaMM's solver, compiled by the system's compiler where that is faster, which it is)."""
    found = {}
    for compiled in (False, True):
        options = {"num_threads": THREADS, "compile": compiled}
        solver = pybamm.IDAKLUSolver(options=options, output_variables=["Voltage [V]"], on_failure="ignore")
        try:
            peer.solve(solver, inputs[:2])
            found[min(seconds(lambda solver=solver: peer.solve(solver, inputs)) for _ in range(2))] = solver, compiled
        except Exception as error:  # noqa: BLE001 - no compiler here
            say(f"PyBaMM, compile={compiled}: {error}")
    solver, compiled = found[min(found)]
    return solver, "compiled" if compiled else "not compiled"


def equal_mesh(model: str, number: int, checked: int) -> tuple[Line, Peer, Array, str]:
    """Time a model on PyBaMM's mesh at PyBaMM's error of time; return its line, the peer, PyBaMM's default voltages, its solver."""
    peer = Peer(model)
    points = draw(number, tuple(FACTORS))
    some = part(points, checked)
    end = 1.3 * 3600.0 / SLOWEST
    axis = np.linspace(0.0, end, SAMPLES)
    usual, good = peer.curves(some, axis)
    tight, _ = peer.curves(some, axis, 1e-8)
    values = {"mesh": "pybamm"}
    reference = sweep(model, some, values | {"tolerance": 1e-8}, series=end).voltage.values
    theirs = rms(usual, tight)
    tolerance, errors = equal_tolerance(model, some, values, end, reference, theirs)
    say(f"{model}: tolerance {tolerance:g}; ours {shown(errors)}; PyBaMM {shown(theirs)}; both tight {shown(rms(reference, tight))} mV")
    inputs = peer.inputs(points)
    solver, how = fastest(peer, inputs)
    values["tolerance"] = tolerance
    ours, other = in_turn(lambda: sweep(model, points, values), lambda: peer.solve(solver, inputs))
    failed = sum("event" not in str(s.termination) for s in peer.solve(solver, inputs))
    line = Line(
        f"{MODELS[model]}, PyBaMM's mesh, error of time", ours / number * 1e3, other / number * 1e3, tolerance, shown(errors), shown(theirs),
        f"{failures(model, points, values)}, {failed} of {number}",
    )  # fmt: skip
    say(f"{line.what}: {line.ours:.3f} ms, {line.peer:.3f} ms ({how}), ratio {line.ratio:.1f}, failed {line.failed}")
    return line, peer, usual, how


def own_mesh(model: str, number: int, checked: int, peer: Peer, usual: Array, other: float) -> list[Line]:
    """Time a model on our mesh at PyBaMM's total error, and at our default tolerance; ``other``: PyBaMM's ms per case."""
    points = draw(number, tuple(FACTORS))
    some = part(points, checked)
    end = 1.3 * 3600.0 / SLOWEST
    fine = sweep(model, some, FINE | {"mesh": "default"}, series=end).voltage.values
    theirs = rms(usual, fine)
    tolerance, errors = equal_tolerance(model, some, {}, end, fine, theirs)
    lines = []
    inputs = peer.inputs(points)
    solver, _ = fastest(peer, inputs)
    for value in dict.fromkeys((tolerance, 1e-4)):
        values = {"tolerance": value}
        errors = rms(sweep(model, some, values, series=end).voltage.values, fine)
        ours, other = in_turn(lambda values=values: sweep(model, points, values), lambda: peer.solve(solver, inputs), repeats=3)
        what = f"{MODELS[model]}, our mesh, total error{'' if value == tolerance else ', default tolerance'}"
        failed = f"{failures(model, points, values)}, - of {number}"
        lines.append(Line(what, ours / number * 1e3, other / number * 1e3, value, shown(errors), shown(theirs), failed))
        say(f"{what}: {lines[-1].ours:.3f} ms, ratio {lines[-1].ratio:.1f}; ours {lines[-1].our_error}, PyBaMM {lines[-1].peer_error} mV")
    return lines


def agreement(model: str, number: int = 3) -> str:
    """Say how closely PyBaMM on finer and finer meshes comes to our fine one: that they have one limit."""
    points = part(draw(number, tuple(FACTORS)), number)
    end = 1.3 * 3600.0 / SLOWEST
    axis = np.linspace(0.0, end, SAMPLES)
    fine = sweep(model, points, FINE | {"mesh": "default"}, series=end).voltage.values
    pybamm_fine = sweep(model, points, FINE, series=end).voltage.values
    told = []
    for mesh in (20, 40, 80):
        voltage, _ = Peer(model, mesh).curves(points, axis, 1e-6)
        told.append(f"{mesh}: {', '.join(f'{e:.3f}' for e in rms(voltage, fine))}")
        say(f"PyBaMM at {mesh} points a region from our fine mesh: {told[-1]} mV")
    other = ", ".join(f"{e:.3f}" for e in rms(pybamm_fine, fine))
    return f"{number} cases, rms in mV from our fine mesh: PyBaMM with points a region {'; '.join(told)}; PyBaMM's scheme in our code at 80/40/80/80: {other}"


def rebuilt(points: Points, k: int) -> object:
    """Let PyBaMM build and solve one case of changed geometry."""
    values = pybamm.ParameterValues(SET)
    values.update({name: values[name] * float(points[path][k]) for path, name in GEOMETRY.items()})
    word = points["protocol"][k].split()[0]
    nominal = float(values["Nominal cell capacity [A.h]"])
    values["Current function [A]"] = nominal * float(points["rate"][k]) * (1.0 if word == "Discharge" else -1.0)
    values.set_initial_state(1.0 if word == "Discharge" else 0.0)
    solver = pybamm.IDAKLUSolver(options={"num_threads": THREADS}, output_variables=["Voltage [V]"])
    return pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, solver=solver).solve([0.0, 1.6 * 3600.0 / float(points["rate"][k])])


def geometry(number: int, few: int) -> Line:
    """Time a sweep over thicknesses and radii."""
    points = draw(number, tuple(GEOMETRY), 1.3)
    values = pybamm.ParameterValues(SET)
    ours = points | {path: points[path] * float(values[name]) * 1e6 for path, name in GEOMETRY.items()}
    peer = 0
    taken = []
    for k in range(few):
        try:
            taken.append(seconds(lambda k=k: rebuilt(points, k)))
        except pybamm.SolverError:
            peer += 1
    mesh = {"mesh": "pybamm"}
    (took,) = in_turn(lambda: sweep("dfn", ours, mesh))
    line = Line("DFN, thicknesses and radii, PyBaMM's mesh", took / number * 1e3, median(taken) * 1e3, 1e-4, "-", "-",
                f"{failures('dfn', ours, mesh)} of {number}, {peer} of {few}")  # fmt: skip
    say(f"{line.what}: {line.ours:.3f} ms, {line.peer:.1f} ms, ratio {line.ratio:.0f}, failed {line.failed}")
    return line


def protocols(number: int, few: int) -> Line:
    """Time a sweep over the rate of a charge at constant current, then voltage."""
    rates = np.linspace(0.3, 2.0, number)
    points = {"protocol": ["Charge at {rate}C until 4.2 V; Hold at 4.2 V until C/20"] * number, "rate": rates}
    taken = []

    def peer(rate: float) -> object:
        values = pybamm.ParameterValues(SET)
        values.set_initial_state(0.0)
        experiment = pybamm.Experiment([(f"Charge at {rate}C until 4.2 V", "Hold at 4.2 V until C/20")])
        solver = pybamm.IDAKLUSolver(options={"num_threads": THREADS}, output_variables=["Voltage [V]"])
        return pybamm.Simulation(pybamm.lithium_ion.DFN(), experiment=experiment, parameter_values=values, solver=solver).solve(calc_esoh=False)

    for rate in np.linspace(0.3, 2.0, few):
        taken.append(seconds(lambda rate=rate: peer(rate)))
    mesh = {"mesh": "pybamm"}
    (took,) = in_turn(lambda: sweep("dfn", points, mesh))
    line = Line("DFN, protocol (CC-CV charge at a rate), PyBaMM's mesh", took / number * 1e3, median(taken) * 1e3, 1e-4, "-", "-",
                f"{failures('dfn', points, mesh)} of {number}, 0 of {few}")  # fmt: skip
    say(f"{line.what}: {line.ours:.3f} ms, {line.peer:.1f} ms, ratio {line.ratio:.0f}, failed {line.failed}")
    return line


def held(number: int) -> str:
    """Say what a hold at the end of a charge costs, ours against ours."""
    rates = np.linspace(0.3, 2.0, number)
    words = {"plain": "Charge at {rate}C until 4.2 V", "cc-cv": "Charge at {rate}C until 4.2 V; Hold at 4.2 V until C/20"}
    calls = [lambda text=text: sweep("dfn", {"protocol": [text] * number, "rate": rates}, {}) for text in words.values()]
    plain, whole = in_turn(*calls)
    return f"DFN, our mesh, {number} charges: {plain / number * 1e3:.3f} ms plain, {whole / number * 1e3:.3f} ms with hold, {whole / plain:.2f} times"


def text(lines: list[Line]) -> str:
    """Return the table."""
    rows = ["| | ours, ms | PyBaMM, ms | ratio | our tolerance | our error, mV | PyBaMM's error, mV | failed: ours, PyBaMM's |", "|--" * 8 + "|"]
    for line in lines:
        rows.append(f"| {line.what} | {line.ours:.3f} | {line.peer:.2f} | {line.ratio:.1f} | {line.tolerance:g} | "
                    f"{line.our_error} | {line.peer_error} | {line.failed} |")  # fmt: skip
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Battery models timed beside PyBaMM.")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--checked", type=int, default=64, help="cases whose errors are measured")
    parser.add_argument("--few", type=int, default=8, help="points at which PyBaMM is rebuilt")
    parser.add_argument("--models", nargs="+", default=tuple(MODELS), choices=tuple(MODELS))
    parser.add_argument("--markdown", action="store_true", help="print the table alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to a file")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    lines: list[Line] = []
    notes = []
    for model in given.models:
        line, peer, usual, how = equal_mesh(model, given.cases, given.checked)
        lines.append(line)
        notes.append(f"{MODELS[model]}: PyBaMM's functions {how}")
        if model == "dfn":
            lines += own_mesh(model, given.cases, given.checked, peer, usual, line.peer)
            notes.append(agreement(model))
            lines += [geometry(given.cases, given.few), protocols(given.cases, given.few)]
            notes.append(held(given.cases))
    print(text(lines))
    if not given.markdown:
        print("\nErrors: rms of the voltage over the curve by case; median, 90th percentile, largest")
        print("\n".join(notes))
        print(f"energymodels {em.__version__}, PyBaMM {pybamm.__version__}, {THREADS} threads, {time.perf_counter() - BEGAN:.0f} s in all")
    if given.json:
        given.json.write_text(json.dumps([line._asdict() | {"ratio": line.ratio} for line in lines], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
