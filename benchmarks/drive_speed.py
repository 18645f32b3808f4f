"""Cycles of cars on cells per second: run ``python benchmarks/drive_speed.py``.

Every case has its own car, temperature and pack, and drives CLTC-P (1800 s at 1 Hz) until ten cycles are
done; reading the input and making the rows is part of the time. Warm, best of several. Beside the time stands
what a coarse mesh and steps of a second cost: the cell's voltage against a fine mesh and steps of 0.05 s,
over one cycle.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np

from energymodels.core import sweep as engine
from energymodels.core.errors import ProvenanceWarning

CASES = 16
CYCLES = 10.0
REPEATS = 5
SPEC = "drive-zeekr-007"
FINE = {
    "time_step": 0.05,
    "battery_cell.tolerance": 1e-6,
    "battery_cell.points.negative": 20,
    "battery_cell.points.separator": 10,
    "battery_cell.points.positive": 20,
    "battery_cell.points.particle": 15,
}
STOPS = {"pack.temperature": "10:50:8", "minutes": "5,10,15", "station.power": "250,480"}


def points() -> dict[str, Any]:
    """Return random cars and conditions by field."""
    draw = np.random.default_rng(11)
    return {
        "mass": draw.uniform(1700.0, 2500.0, CASES),
        "ambient_temperature": draw.uniform(-10.0, 40.0, CASES),
        "pack.resistance": draw.uniform(0.01, 0.05, CASES),
        "battery_cell.negative.particle_radius": draw.uniform(3.0, 6.0, CASES),
    }


def rate(threads: int, **values: Any) -> float:
    """Return cycles driven in a second."""
    best = 0.0
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = engine.solve(SPEC, {}, {"cycles_max": CYCLES} | values, points=points(), threads=threads)
        best = max(best, float(found.values["cycles_driven"].sum()) / (time.perf_counter() - start))
        assert not found.failed
    return best


def error(**values: Any) -> float:
    """Return the root mean square of the voltage's error over one cycle, mV."""
    one: dict[str, Any] = {"cycles_max": 1.0, "pack.soc_start": 0.8, **values}
    some, fine = (
        engine.solve(SPEC, {}, one | more, keep=["cell_voltage"]).values["cell_voltage"]
        for more in ({}, FINE)
    )
    return 1e3 * float(np.sqrt(np.mean((some - fine) ** 2)))


def main() -> None:
    """Print the tables."""
    warnings.simplefilter("ignore", ProvenanceWarning)
    for fidelity in ("battery.spme", "battery.dfn"):
        values = {"pack.fidelity": fidelity}
        for threads in (1, 2):
            print(f"{fidelity} {threads} thread(s): {rate(threads, **values):6.1f} cycles a second")
        print(f"{fidelity} error of the voltage: {error(**values):.3f} mV rms")
    for threads in (1, 2):
        best = np.inf
        for _ in range(REPEATS):
            start = time.perf_counter()
            found = engine.solve("stop-zeekr-7x", STOPS, threads=threads)
            best = min(best, (time.perf_counter() - start) / found.status.size)
        print(f"charge stops, battery.dfn, {threads} thread(s): {1.0 / best:6.1f} a second")


if __name__ == "__main__":
    main()
