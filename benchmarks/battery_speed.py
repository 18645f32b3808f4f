"""Time the battery models and PyBaMM in one run, both warm, two threads each: run ``python
benchmarks/battery_speed.py``.

PyBaMM is on its fastest path: one model, the cases as a list of inputs, only the voltage returned. Geometry
and protocols cannot be such inputs, so it rebuilds the model there, point by point. Errors are measured,
PyBaMM's too: root mean square of the voltage over the curve, against the same mesh at tolerance 1e-8 (error
of time) or against a fine mesh (total error). Ours runs at the largest tolerance whose median and 90th
percentile over the cases are no worse than PyBaMM's at its defaults.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

import energymodels as em
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.model import Array

if __package__:  # asv looks into every module of this folder
    from benchmarks.battery_inputs import (
        CASES,
        FACTORS,
        GEOMETRY,
        LONGEST,
        SAMPLES,
        SET,
        SLOWEST,
        THREADS,
        Peer,
        draw,
        failures,
        part,
        size,
        sweep,
    )
    from benchmarks.battery_peer import MODELS
else:
    from battery_inputs import (
        CASES,
        FACTORS,
        GEOMETRY,
        LONGEST,
        SAMPLES,
        SET,
        SLOWEST,
        THREADS,
        Peer,
        draw,
        failures,
        part,
        size,
        sweep,
    )
    from battery_peer import MODELS

REPEATS = 5
DEFAULT = 1e-4  # our tolerance
LOOSE = 3e-3  # relative: PyBaMM's total error is no larger there than at its default, 1e-4
PLAIN = "Charge at {rate}C until 4.2 V"
HOLD = "Hold at 4.2 V until C/20"
LADDER = (3e-3, 2e-3, 1e-3, 7e-4, 5e-4, 3e-4, 2e-4, 1.4e-4, 1e-4, 7e-5, 5e-5, 3e-5, 2e-5, 1e-5, 3e-6, 1e-6)
FINE = {
    "tolerance": 1e-7,
    "points.negative": 80,
    "points.separator": 40,
    "points.positive": 80,
    "points.particle": 80,
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
    work: float  # ratio of the processor times, which other programs disturb less

    @property
    def ratio(self) -> float:
        return self.peer / self.ours


def say(text: str) -> None:
    """Tell how far the run is."""
    print(f"{time.perf_counter() - BEGAN:5.0f} s: {text}", file=sys.stderr, flush=True)


BEGAN = time.perf_counter()


def rms(voltage: Array, reference: Array) -> Array:
    """Return the root mean square deviation in mV of every case, where both have a voltage; NaN where there
    is none.
    """
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


def equal_tolerance(
    model: str, points: Points, values: dict[str, Any], reference: Array, peer: Array
) -> tuple[float, Array]:
    """Return (largest tolerance of the ladder whose errors are no worse than ``peer``'s, its errors)."""
    errors = np.full(size(points), np.nan)
    for tolerance in LADDER:
        found = sweep(model, points, values | {"tolerance": tolerance}, series=LONGEST)
        # a failed case is no good case
        errors = np.where(found.status.values == 0, rms(found.voltage.values, reference), np.inf)
        if no_worse(errors, peer):
            return tolerance, errors
    return LADDER[-1], errors


class Took(NamedTuple):
    """Seconds of a call, by the wall and of all its threads together."""

    wall: float
    work: float


def took(call: Callable[[], object]) -> Took:
    """Return the time of a call."""
    wall, work = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - wall, time.process_time() - work)


def middle(times_: list[Took]) -> Took:
    """Return the medians."""
    return Took(*(median(column) for column in zip(*times_, strict=True)))


def in_turn(number: int, *calls: Callable[[], object], repeats: int = REPEATS) -> list[Took]:
    """Return the median times of each call over ``number``, warm, called in turn."""
    for call in calls:
        call()
    rounds = [[took(call) for call in calls] for _ in range(repeats)]
    medians = (middle(list(column)) for column in zip(*rounds, strict=True))
    return [Took(one.wall / number, one.work / number) for one in medians]


def fastest(
    peer: Peer, inputs: list[dict[str, float]], *, quick: bool, relative: float = 0.0
) -> Callable[[], list[Any]]:
    """Return a call of PyBaMM on ``inputs`` at a ``relative`` tolerance, 0 for its default, its functions
    compiled where that is faster, but for ``quick``.
    """
    tight = {"rtol": relative} if relative else {}
    found = {}
    for compiled in (False,) if quick else (False, True):
        options = {"num_threads": THREADS, "compile": compiled}
        solver = pybamm.IDAKLUSolver(
            options=options, output_variables=["Voltage [V]"], on_failure="ignore", **tight
        )
        try:
            peer.solve(solver, inputs[:2])
            walls = [took(lambda solver=solver: peer.solve(solver, inputs)).wall for _ in range(2)]
        except Exception as error:  # no compiler here
            say(f"PyBaMM with compile={compiled}: {error}")
        else:
            say(f"PyBaMM with compile={compiled}: {min(walls) / len(inputs) * 1e3:.2f} ms")
            found[min(walls)] = solver
    best = found[min(found)]
    return lambda: peer.solve(best, inputs)


def make_line(
    what: str, ours: Took, peer: Took, tolerance: float, failed: str, errors: tuple[str, str] = ("-", "-")
) -> Line:
    """Return a line of times per case."""
    return Line(what, ours.wall * 1e3, peer.wall * 1e3, tolerance, *errors, failed, peer.work / ours.work)


def told(line: Line) -> str:
    """Return a line in words."""
    times_ = (
        f"{line.ours:.3f} ms, {line.peer:.2f} ms, ratio {line.ratio:.1f}, by processor time {line.work:.1f}"
    )
    errors = f"errors {line.our_error}; {line.peer_error} mV at tolerance {line.tolerance:g}"
    return f"{line.what}: {times_}; {errors}; failed {line.failed}"


def equal_mesh(model: str, number: int, checked: int, *, quick: bool) -> Line:
    """Time a model on PyBaMM's mesh at PyBaMM's error of time."""
    peer = Peer(model)
    points = draw(number, tuple(FACTORS))
    some = part(points, checked)
    axis = np.linspace(0.0, LONGEST, SAMPLES)
    usual, _ = peer.curves(some, axis)
    tight, _ = peer.curves(some, axis, 1e-8)
    reference = sweep(model, some, {"mesh": "pybamm", "tolerance": 1e-8}, series=LONGEST).voltage.values
    theirs = rms(usual, tight)
    tolerance, errors = equal_tolerance(model, some, {"mesh": "pybamm"}, reference, theirs)
    say(f"{model}: both at 1e-8 lie {shown(rms(reference, tight))} mV apart")
    values = {"mesh": "pybamm", "tolerance": tolerance}
    call = fastest(peer, peer.inputs(points), quick=quick)
    ours, other = in_turn(number, lambda: sweep(model, points, values), call)
    failed = sum("event" not in str(solution.termination) for solution in call())
    line = make_line(
        f"{MODELS[model]}, PyBaMM's mesh, error of time", ours, other, tolerance,
        f"{failures(model, points, values)}, {failed} of {number}", (shown(errors), shown(theirs)),
    )  # fmt: skip
    say(told(line))
    return line


def own_mesh(model: str, number: int, many: int, checked: int, *, quick: bool) -> list[Line]:
    """Time a model beside PyBaMM at its defaults and at a looser tolerance: at our default, and at the
    largest tolerance whose total error is no larger than PyBaMM's; ``many`` cases of ours, ``number`` of its.
    """
    points = draw(many, tuple(FACTORS))
    some = part(points, checked)
    fine = sweep(model, some, FINE, series=LONGEST).voltage.values
    usual = rms(sweep(model, some, {}, series=LONGEST).voltage.values, fine)
    peer, axis = Peer(model), np.linspace(0.0, LONGEST, SAMPLES)
    lines = []
    for loose in (0.0, LOOSE):
        theirs = rms(peer.curves(some, axis, loose, relative=True)[0], fine)
        call = fastest(peer, peer.inputs(part(points, number)), quick=quick, relative=loose)
        (other,) = in_turn(number, call, repeats=3)
        bad = sum("event" not in str(solution.termination) for solution in call())
        word = f"PyBaMM at rtol {loose:g}" if loose else "PyBaMM at its defaults"
        equal = equal_tolerance(model, some, {}, fine, theirs)
        for tolerance, errors in ((DEFAULT, usual), equal):
            values = {"tolerance": tolerance}
            (ours,) = in_turn(many, lambda values=values: sweep(model, points, values), repeats=3)
            counts = f"{failures(model, points, values)} of {many}, {bad} of {number}"
            what = f"{MODELS[model]}, our mesh, total error, {word}"
            lines.append(make_line(what, ours, other, tolerance, counts, (shown(errors), shown(theirs))))
            say(told(lines[-1]))
    return lines


def agreement(model: str, number: int = 3) -> str:
    """Say how closely PyBaMM on finer and finer meshes comes to our fine one: that they have one limit."""
    points = part(draw(number, tuple(FACTORS)), number)
    axis = np.linspace(0.0, LONGEST, SAMPLES)
    fine = sweep(model, points, FINE, series=LONGEST).voltage.values
    same = sweep(model, points, FINE | {"mesh": "pybamm"}, series=LONGEST).voltage.values
    apart = []
    for mesh in (20, 40, 80):
        voltage, _ = Peer(model, mesh).curves(points, axis, 1e-6)
        apart.append(f"{mesh}: {', '.join(f'{e:.3f}' for e in rms(voltage, fine))}")
        say(f"PyBaMM with points a region from our fine mesh: {apart[-1]} mV")
    last = ", ".join(f"{e:.3f}" for e in rms(same, fine))
    return (
        f"{number} cases from our fine mesh, mV rms: PyBaMM with points a region {'; '.join(apart)}; "
        f"PyBaMM's scheme in our code, 80/40/80/80: {last}"
    )


def rebuilt(points: Points, k: int) -> None:
    """Let PyBaMM build and solve one case of changed geometry."""
    values = pybamm.ParameterValues(SET)
    values.update({name: values[name] * float(points[path][k]) for path, name in GEOMETRY.items()})
    discharged = points["protocol"][k].startswith("Discharge")
    rate = float(points["rate"][k])
    values["Current function [A]"] = (
        float(values["Nominal cell capacity [A.h]"]) * rate * (1.0 if discharged else -1.0)
    )
    values.set_initial_state(1.0 if discharged else 0.0)
    solver = pybamm.IDAKLUSolver(options={"num_threads": THREADS}, output_variables=["Voltage [V]"])
    simulation = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, solver=solver)
    simulation.solve([0.0, 1.6 * 3600.0 / rate])


def charged(points: Points, k: int) -> None:
    """Let PyBaMM build and solve one charge at constant current, then voltage."""
    values = pybamm.ParameterValues(SET)
    values.set_initial_state(0.0)
    experiment = pybamm.Experiment(
        [(f"Charge at {points['rate'][k]}C until 4.2 V", "Hold at 4.2 V until C/20")]
    )
    solver = pybamm.IDAKLUSolver(options={"num_threads": THREADS}, output_variables=["Voltage [V]"])
    model = pybamm.lithium_ion.DFN()
    pybamm.Simulation(model, experiment=experiment, parameter_values=values, solver=solver).solve(
        calc_esoh=False
    )


def against_builds(
    what: str, points: Points, few: int, build: Callable[[Points, int], None], ours: Points
) -> Line:
    """Time our sweep over ``ours`` against ``build`` at ``few`` of ``points``, spread over them."""
    number = size(points)
    failed = 0
    taken = []
    for k in np.linspace(0, number - 1, few).astype(int).tolist():
        try:
            taken.append(took(lambda k=k: build(points, k)))
        except pybamm.SolverError:
            failed += 1
    values = {"mesh": "pybamm"}
    (own,) = in_turn(number, lambda: sweep("dfn", ours, values))
    line = make_line(
        what, own, middle(taken), DEFAULT, f"{failures('dfn', ours, values)} of {number}, {failed} of {few}"
    )
    say(told(line))
    return line


def geometry(number: int, few: int) -> Line:
    """Time a sweep over thicknesses and radii."""
    points = draw(number, tuple(GEOMETRY), 1.3)
    values = pybamm.ParameterValues(SET)
    ours = points | {path: points[path] * float(values[name]) * 1e6 for path, name in GEOMETRY.items()}
    return against_builds("DFN, thicknesses and radii, PyBaMM's mesh", points, few, rebuilt, ours)


def charges(number: int, protocol: str) -> Points:
    """Return charges at rates up to 2C."""
    return {"protocol": [protocol] * number, "rate": np.linspace(SLOWEST, 2.0, number)}


def held(number: int) -> str:
    """Say what a hold at the end of a charge costs, ours against ours."""
    plain, whole = in_turn(
        number,
        *(lambda text=text: sweep("dfn", charges(number, text), {}) for text in (PLAIN, f"{PLAIN}; {HOLD}")),
    )
    more = f"{whole.wall / plain.wall:.2f} times, {whole.work / plain.work:.2f} by processor time"
    return (
        f"DFN, our mesh, {number} charges: {plain.wall * 1e3:.3f} ms plain, {whole.wall * 1e3:.3f} ms "
        f"with hold, {more}"
    )


def compiled() -> None:
    """Compile what is timed in a process of its own."""
    call = (
        "import energymodels as em; [em.run(f'battery.{m}', v) for m in %r for v in ({}, {'mesh': 'pybamm'})]"
    )
    code = call % (tuple(MODELS),)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 our own


def table(lines: list[Line]) -> str:
    """Return the table."""
    heads = (
        "", "ours, ms", "PyBaMM, ms", "ratio", "by processor time", "our tolerance", "our error, mV",
        "PyBaMM's error, mV",
        "failed: ours, PyBaMM's",
    )  # fmt: skip
    rows = ["| " + " | ".join(heads) + " |", "|--" * len(heads) + "|"]
    for line in lines:
        numbers = (
            f"{line.ours:.3f} | {line.peer:.2f} | {line.ratio:.1f} | {line.work:.1f} | {line.tolerance:g}"
        )
        rows.append(f"| {line.what} | {numbers} | {line.our_error} | {line.peer_error} | {line.failed} |")
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Battery models timed beside PyBaMM.")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--many", type=int, default=4096, help="cases of ours at our defaults")
    parser.add_argument("--checked", type=int, default=64, help="cases whose errors are measured")
    parser.add_argument("--few", type=int, default=8, help="points at which PyBaMM is rebuilt")
    parser.add_argument("--models", nargs="+", default=tuple(MODELS), choices=tuple(MODELS))
    parser.add_argument(
        "--quick", action="store_true", help="do not let PyBaMM compile its functions: minutes for the DFN"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to a file")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # PyBaMM's on its set
    compiled()
    lines: list[Line] = []
    notes = ["Errors: rms of the voltage over the curve by case; median, 90th percentile, largest"]
    for model in given.models:
        line = equal_mesh(model, given.cases, given.checked, quick=given.quick)
        lines.append(line)
        lines += own_mesh(model, given.cases, given.many, given.checked, quick=given.quick)
        if model == "dfn":
            lines.append(geometry(given.cases, given.few))
            both = charges(given.cases, f"{PLAIN}; {HOLD}")
            lines.append(
                against_builds(
                    "DFN, protocol (CC-CV charge at a rate), PyBaMM's mesh", both, given.few, charged, both
                )
            )
            notes += [held(given.cases), agreement(model)]
    print(table(lines))
    if not given.markdown:
        notes.append(
            f"energymodels {em.__version__}, PyBaMM {pybamm.__version__}, {THREADS} threads; "
            f"{time.perf_counter() - BEGAN:.0f} s"
        )
        print("\n" + "\n".join(notes))
    if given.json:
        given.json.write_text(
            json.dumps([line._asdict() | {"ratio": line.ratio} for line in lines], indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
