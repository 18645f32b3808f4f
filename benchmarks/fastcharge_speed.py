"""Charging at the limits, timed: against a plain charge, beside PyBaMM's own step that holds the negative
potential, and as a map.

    python benchmarks/fastcharge_speed.py

PyBaMM charges at 4C until phi_s - phi_e of the negative electrode at the separator is 0, then holds it by an
algebraic equation for the current (CustomStepImplicit) until 80 % of the charge is in; its simulation is
built once and solved again, which is timed. Ours are batches of the same case at slightly different
temperatures, on all threads and on one; they hold the minimum anode potential of a node, which is 0.2 % of
the time apart. Errors are of the end of charge, each against its own solution at a tight tolerance.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import energymodels as em
from energymodels.backends.pybamm.parameters import cell
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core import sweep as engine

SPEC = "battery-lfp-18650"
KELVIN, RATE, SOC = 40.0, 4.0, 0.8
EDGE = "Negative electrode surface potential difference at separator interface [V]"
CASES, ROUNDS = 256, 5
LIMITED = {
    "protocol": f"Charge at limits until {100 * SOC:g}% SOC",
    "limits.c_rate": RATE,
    "temperature": KELVIN,
}
PLAIN = {"protocol": "Charge at 1C until 3.65 V", "temperature": KELVIN}
SIDE = 100  # of the map


def pybamm_simulation(model: str, tolerance: float) -> Any:
    """Return PyBaMM's simulation of the limited charge."""
    of = cell({"parameters": "lfp-18650", "temperature": KELVIN}, 0.0)
    built = getattr(pybamm.lithium_ion, model)({"calculate discharge energy": "true"})
    amount = SOC * of.capacity / 3600.0

    def full(variables: Any) -> Any:
        return amount + variables["Discharge capacity [A.h]"]

    reached = pybamm.step.CustomTermination("reached [experiment]", lambda variables: variables[EDGE])
    charged = pybamm.step.CustomTermination("charged [experiment]", full)
    steps = (
        pybamm.step.current(-RATE * of.nominal / 3600.0, duration=3600.0, termination=[reached, charged]),
        pybamm.step.CustomStepImplicit(
            lambda variables: variables[EDGE], duration=7200.0, termination=[charged]
        ),
    )
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance)
    return pybamm.Simulation(
        built, experiment=pybamm.Experiment([steps]), parameter_values=of.values, solver=solver
    )


def best(call: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Return (median, least) time of a call, s."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times), min(times)


def ours(model: str, values: dict[str, Any], threads: int | None = None, **more: Any) -> tuple[Any, float]:
    """Return (solution, ms a case) of a batch."""
    over = {"temperature": np.linspace(KELVIN, KELVIN + 1.0, CASES)}

    def call() -> Any:
        return engine.solve(SPEC, over, values | {"model": model, "series.points": 0} | more, threads=threads)

    found = call()
    return found, best(call)[0] / CASES * 1e3


def line(name: str, value: str, note: str) -> None:
    print(f"| {name} | {value} | {note} |", flush=True)


def against_plain() -> None:
    """A limited charge over a plain one at 1C, by model."""
    for model in ("battery.dfn", "battery.spme", "battery.spm"):
        limited, plain = (ours(model, values) for values in (LIMITED, PLAIN))
        failed = limited[0].failed + plain[0].failed
        note = f"{limited[1]:.2f} ms against {plain[1]:.2f} ms; {failed} failed"
        line(f"{model}, limited charge over a plain 1C charge", f"{limited[1] / plain[1]:.2f}", note)


def beside_pybamm() -> None:
    """PyBaMM's own step at its default tolerance beside ours on its mesh, and how far each is from PyBaMM at
    1e-8.
    """
    for model, name in (("battery.dfn", "DFN"), ("battery.spme", "SPMe")):
        exact = float(pybamm_simulation(name, 1e-8).solve(calc_esoh=False).t[-1])
        simulation = pybamm_simulation(name, 1e-4)
        error = float(simulation.solve(calc_esoh=False).t[-1]) / exact - 1.0
        theirs = best(lambda s=simulation: s.solve(calc_esoh=False))[0] * 1e3  # type: ignore[misc]
        for threads in (1, None):
            found, mine = ours(model, LIMITED, threads, mesh="pybamm")
            tight = engine.solve(
                SPEC, {}, LIMITED | {"model": model, "mesh": "pybamm", "tolerance": 1e-7, "series.points": 0}
            )
            own = (
                float(found.values["duration"].ravel()[0]) / float(tight.values["duration"].ravel()[0]) - 1.0
            )
            which = "one thread" if threads else f"{found.threads} threads"
            note = f"{theirs:.1f} ms against {mine:.2f} ms; end of charge {error:+.1e} against {own:+.1e}"
            line(
                f"{model}, PyBaMM's step that holds the potential over ours, {which}",
                f"{theirs / mine:.0f}",
                note,
            )


def as_map() -> None:
    """Temperatures by thicknesses, SPMe, with what a user sees of progress."""
    scale = np.linspace(0.4, 1.6, SIDE)
    points = {"temperature": np.repeat(np.linspace(15.0, 55.0, SIDE), SIDE)}
    points |= {
        path: np.tile(um * scale, SIDE)
        for path, um in (("negative.thickness", 44.4), ("positive.thickness", 64.3))
    }
    values = {path: value for path, value in LIMITED.items() if path != "temperature"} | {
        "model": "battery.spme",
        "series.points": 0,
    }
    told: list[int] = []
    began = time.perf_counter()
    found = engine.solve(SPEC, {}, values, points=points, progress=lambda done, _: told.append(done))
    took = time.perf_counter() - began
    note = f"{found.threads} threads; {found.failed} failed; progress told {len(told)} times"
    line(f"map of {SIDE} x {SIDE}, battery.spme", f"{took:.1f} s", note)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print("| what | figure | |")
    print("|--|--|--|")
    against_plain()
    beside_pybamm()
    as_map()
    print(f"\nenergymodels {em.__version__}, PyBaMM {pybamm.__version__}")


if __name__ == "__main__":
    main()
