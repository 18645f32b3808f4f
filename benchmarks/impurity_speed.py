"""Wafers per second through the whole chain, feed to efficiency, with ten elements: run ``python
benchmarks/impurity_speed.py``.

Every wafer has its own feed, place in the ingot, number of pulls, thickness and resistivity; the process is
shared. The metals' fraction of the time is told by the same cells without them.
"""

from __future__ import annotations

import os
import time
import warnings

import numpy as np

from energymodels.core import sweep as engine
from energymodels.core.errors import ProvenanceWarning, ValidityWarning

METALS = ("Fe", "Cr", "Ni", "Cu", "Co", "Mn", "Ti", "V", "Mo", "Zn")
WAFERS = 200_000
SPEC = "industrial-topcon-2023"


def designs(wafers: int, metals: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return random wafers by field."""
    draw = np.random.default_rng(5)
    found = {
        "wafer.thickness": draw.uniform(80.0, 180.0, wafers),
        "wafer.resistivity": draw.uniform(0.5, 5.0, wafers),
        "series_resistance": draw.uniform(0.1, 0.5, wafers),
    }
    if metals:
        found |= {
            "crystal.position": draw.uniform(0.0, 0.8, wafers),
            "crystal.pulls": draw.integers(1, 9, wafers).astype(float),
        }
        found |= {f"feedstock.metals.{metal}": 10.0 ** draw.uniform(-2.0, 1.0, wafers) for metal in metals}
    return found


def rate(metals: tuple[str, ...], threads: int) -> tuple[float, int]:
    """Return (wafers per second by wall clock, failures), the best of three, the first call not counted."""
    values = {"crystal.route": "rcz", "process.gettering": "topcon"} if metals else {}
    best = 0.0
    for count in (1000, WAFERS, WAFERS, WAFERS):
        points = designs(count, metals)
        start = time.perf_counter()
        solution = engine.solve(
            SPEC, {}, values, points=points, threads=threads, keep=["efficiency", "bulk_lifetime_mpp"]
        )
        best = max(best, count / (time.perf_counter() - start) if count == WAFERS else 0.0)
    return best, solution.failed


def main() -> None:
    """Print the table."""
    print(
        f"{WAFERS} wafers of {SPEC}, every one different; reading and checking the input included; "
        f"{os.cpu_count()} processors"
    )
    with warnings.catch_warnings():
        for category in (ProvenanceWarning, ValidityWarning):
            warnings.simplefilter("ignore", category)
        for threads in (1, 2):
            for metals, words in (
                (METALS, "feed to efficiency, 10 elements"),
                ((), "the same cells without metals"),
            ):
                speed, failed = rate(metals, threads)
                print(f"{threads} thread(s), {words:<32} {speed:10.0f} wafers/s, {failed} failed")


if __name__ == "__main__":
    main()
