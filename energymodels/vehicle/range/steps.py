"""Cycles as the kernel's tables: what every case on a cycle shares is computed once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from energymodels.core.model import Array
from energymodels.kernels.vehicle import longitudinal as at
from energymodels.vehicle.data.cycles import Cycle


def tables(cycles: Iterable[Cycle]) -> tuple[Array, Array]:
    """Return (steps of all cycles in blocks, one column of sums a cycle), as ``kernels.vehicle.longitudinal``
    describes them.
    """
    parts = [_steps(cycle) for cycle in cycles]
    sums = np.array([_sums(*part[:5]) for part in parts]).T
    blocks = [_blocks(part) for part in parts]
    ends = np.cumsum([block.size // at.BLOCK for block in blocks])
    sums[at.LAST] = ends
    sums[at.FIRST, 1:] = ends[:-1]
    return np.concatenate(blocks), np.ascontiguousarray(sums)


def _steps(cycle: Cycle) -> Array:
    """Return the steps of a cycle (quantity, step): mid-step speed, acceleration, duration, cosine and sine
    of the road, begin.
    """
    duration = np.diff(cycle.time)
    angle = np.arctan(0.5 * (cycle.grade[1:] + cycle.grade[:-1]))
    speed = 0.5 * (cycle.speed[1:] + cycle.speed[:-1])
    return np.stack(
        [speed, np.diff(cycle.speed) / duration, duration, np.cos(angle), np.sin(angle), cycle.time[:-1]]
    )


def _blocks(steps: Array) -> Array:
    """Return steps in blocks of LANES, the last step again, with duration 0, where there is room."""
    room = -steps.shape[1] % at.LANES
    full = np.concatenate([steps, np.repeat(steps[:, -1:], room, axis=1)], axis=1)
    full[at.DURATION // at.LANES, steps.shape[1] :] = 0.0
    return np.ascontiguousarray(full.reshape(at.STEPS, -1, at.LANES).transpose(1, 0, 2)).ravel()


def _sums(v: Array, a: Array, dt: Array, cosine: Array, sine: Array) -> Array:
    """Return the sums over a cycle that need no case: time, distance, run, rise, powers of speed, change of
    v^2 / 2.
    """
    found = np.zeros(at.SUMS)
    found[at.TIME], found[at.DISTANCE] = dt.sum(), (v * dt).sum()
    found[at.RUN], found[at.RISE] = (v * dt * cosine).sum(), (v * dt * sine).sum()
    found[at.SPEED_2], found[at.SPEED_3] = (v**2 * dt).sum(), (v**3 * dt).sum()
    first, last = v[0] - 0.5 * a[0] * dt[0], v[-1] + 0.5 * a[-1] * dt[-1]
    found[at.KINETIC] = 0.5 * (last**2 - first**2)
    return found


def time_axis(cycles: Iterable[Cycle]) -> Array:
    """Return the starts of all steps of the cycles (s), each once."""
    return np.unique(np.concatenate([cycle.time[:-1] for cycle in cycles]))


def places(steps: Array, sums: Array, time: Array) -> Array:
    """Return the step of each cycle at each time (cycle, time), counted through all blocks; -1 after the
    cycle's end.
    """
    begins = steps.reshape(-1, at.STEPS, at.LANES)[:, at.BEGIN // at.LANES]
    found = np.full((sums.shape[1], time.size), -1)
    for k, (first, last) in enumerate(
        zip(sums[at.FIRST].astype(int), sums[at.LAST].astype(int), strict=True)
    ):
        mine = np.unique(begins[first:last])  # without what fills up the last block
        inside = time < sums[at.TIME, k]
        found[k, inside] = first * at.LANES + np.searchsorted(mine, time[inside], side="right") - 1
    return found
