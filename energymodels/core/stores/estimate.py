"""What a sweep is going to take: bytes and seconds, and how it is cut."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.grid import block_shape, spread
from energymodels.core.solution import Solution
from energymodels.core.solve import solved

if TYPE_CHECKING:
    from energymodels.core.plan import Plan

TARGET = 1.0  # s of work a block: more of it is lost when a worker is, less does not outweigh its writing
LEAST = 0.1  # s: below, writing takes longer than solving
MEMORY = 16 * 2**20  # bytes of results a block
SHARE = 4  # blocks a worker, so that all end at about the same time
TRIAL = 0.25  # s of solving from which the time of a case is taken
TRIED = 65536  # cases of a block of it at most
PLACES = 4  # in the grid, from which it is taken


@dataclass(frozen=True)
class Estimate:
    """What a sweep is going to take: ``case_bytes`` before compression, ``case_seconds`` on one thread."""

    cases: int
    blocks: int
    block: int
    case_bytes: int
    case_seconds: float
    workers: int

    @property
    def size(self) -> float:
        """Bytes of the results before compression."""
        return float(self.cases) * self.case_bytes

    @property
    def seconds(self) -> float:
        """Seconds to solve all cases."""
        return self.cases * self.case_seconds / max(1, min(self.workers, self.blocks))

    def __str__(self) -> str:
        cut = "one chunk" if self.blocks == 1 else f"{self.blocks:,} chunks of up to {self.block:,}"
        many = f"{self.cases:,} cases in {cut}"
        return f"{many}; about {in_bytes(self.size)} before compression, {in_time(self.seconds)}"


def in_bytes(size: float) -> str:
    """Return a number of bytes as people read it."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000.0 or unit == "TB":
            break
        size /= 1000.0
    return f"{size:.3g} {unit}"


def in_time(seconds: float) -> str:
    """Return a time as people read it."""
    for most, length, unit in ((99.5, 1.0, "s"), (5400.0, 60.0, "min"), (129600.0, 3600.0, "h")):
        if seconds < most:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds / 86400.0:.3g} days"


def case_bytes(tried: Solution, *, float32: bool) -> int:
    """Return the bytes that the results of a case take."""
    found = 1  # its status
    for output in tried.outputs:
        values = tried.values[output.name]
        width = 4 if float32 and values.dtype == np.float64 else values.dtype.itemsize
        found += width * math.prod(tried.output_axes[dim].size for dim in output.dims)
    return found


def case_seconds(plan: Plan, axes: Mapping[str, Array]) -> float:
    """Return how long a case takes on one thread, s, by blocks spread over the grid: what cases share is
    shared there as in the sweep. Time that others took on a busy machine does not count.
    """
    number = 1
    while True:
        seconds, cases = _trial(plan, axes, number)
        if seconds > TRIAL or number >= min(TRIED, plan.cases):
            return seconds / cases
        number *= 4


def _trial(plan: Plan, axes: Mapping[str, Array], number: int) -> tuple[float, int]:
    """Return (seconds, cases) of some blocks of at most ``number`` cases."""
    clock = time.perf_counter if plan.backend else time.thread_time  # a backend may use other threads
    seconds, cases = 0.0, 0
    for part in _samples(plan, number):
        begun = clock()
        found = solved(replace(part, output_axes=axes), 1)
        seconds += clock() - begun
        if found.interrupted:
            raise KeyboardInterrupt
        cases += part.cases
        if seconds > PLACES * TRIAL:
            break
    return seconds, cases


def _samples(plan: Plan, number: int) -> Iterator[Plan]:
    """Yield the plans of a few blocks of at most ``number`` cases, spread over the grid."""
    if not plan.axes:
        yield plan
        return
    shape = block_shape(plan.shape, number)
    counts = [n // count for n, count in zip(plan.shape, shape, strict=True)]
    for places in spread(counts, PLACES):
        yield plan.part(tuple(slice(i * n, (i + 1) * n) for i, n in zip(places.tolist(), shape, strict=True)))


def block_size(cases: int, seconds: float, size: int, workers: int) -> int:
    """Return how many cases a block has: about a second's, in little memory, and some blocks a worker."""
    share = max(cases / (SHARE * workers), LEAST / seconds)
    found = max(1.0, min(TARGET / seconds, MEMORY / size, share))
    return int(2 ** np.floor(np.log2(found)))
