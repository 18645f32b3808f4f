"""Cars on drive cycles per second, the battery an energy buffer (no cell model), beside FASTSim: run ``python
benchmarks/vehicle_speed.py``.

Every case has its own mass, drag, tyres, temperature and auxiliaries; reading and checking the input and
making the rows is part of the time. FASTSim (extra ``peers``) walks its Renault Zoe, one case a call, without
keeping a history; making the car and the cycle is not part of its time. Both warm, in the same run, best of
several.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable

import numpy as np

from energymodels.core import sweep as engine
from energymodels.core.errors import ProvenanceWarning

CASES = 100_000
REPEATS = 5
WALKS = 12
PEER = "2022_Renault_Zoe_ZE50_R135.yaml"


def cases(count: int) -> dict[str, np.ndarray]:
    """Return random cars and conditions by field."""
    draw = np.random.default_rng(7)
    return {
        "mass": draw.uniform(1400.0, 2800.0, count),
        "drag_coefficient": draw.uniform(0.19, 0.32, count),
        "frontal_area": draw.uniform(2.1, 2.9, count),
        "rolling_resistance": draw.uniform(0.006, 0.010, count),
        "ambient_temperature": draw.uniform(-20.0, 45.0, count),
        "auxiliary_power": draw.uniform(150.0, 500.0, count),
    }


def best(function: Callable[[], object], repeats: int) -> float:
    """Return the least time (s) of a call; the first is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def ours(cycle: str, threads: int, keep: list[str] | None = None) -> float:
    """Return the time (s) of one case on ``cycle``."""
    points = cases(CASES)

    def sweep() -> None:
        assert not engine.solve(
            "vehicle.range", {}, {"cycle": cycle}, points=points, threads=threads, keep=keep
        ).failed

    return best(sweep, REPEATS) / CASES


def peer(cycle: str) -> float:
    """Return FASTSim's time (s) of one case; NaN where it is not installed."""
    try:
        import fastsim
    except ImportError:
        return float("nan")
    car, trace = fastsim.Vehicle.from_resource(PEER), fastsim.Cycle.from_resource(f"{cycle}.csv")
    car.set_save_interval(None)
    drives = iter([fastsim.SimDrive(car.copy(), trace) for _ in range(WALKS + 1)])
    return best(lambda: next(drives).walk(), WALKS)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore", ProvenanceWarning)
    print(f"{CASES} cases, every one different, all results; {os.cpu_count()} processors")
    for cycle in ("udds", "hwfet"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = peer(cycle)
        for threads in (1, 2):
            mine = ours(cycle, threads)
            print(
                f"{cycle:8} {threads} thread(s) {1e6 * mine:6.2f} us a case, {1 / mine:8.0f} a second; "
                f"FASTSim {1e3 * theirs:6.2f} ms, {theirs / mine:6.0f} times"
            )
    for cycle in ("cltc_p", "wltc_3b"):
        for threads in (1, 2):
            mine = ours(cycle, threads)
            print(f"{cycle:8} {threads} thread(s) {1e6 * mine:6.2f} us a case, {1 / mine:8.0f} a second")


if __name__ == "__main__":
    main()
