"""Cycles as the kernel's tables: what every case on a cycle shares is computed once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from energymodels.kernels.vehicle import longitudinal as at
from energymodels.model import Array
from energymodels.vehicle.cycles import Cycle


def tables(cycles: Iterable[Cycle]) -> tuple[Array, Array]:
    """Return (steps of all cycles one after the other, one column of sums a cycle); rows as ``kernels.vehicle.longitudinal`` names."""
    parts = [_steps(cycle) for cycle in cycles]
    sums = np.array([_sums(part) for part in parts]).T
    ends = np.cumsum([part.shape[1] for part in parts])
    sums[at.LAST] = ends
    sums[at.FIRST, 1:] = ends[:-1]
    return np.ascontiguousarray(np.concatenate(parts, axis=1)), np.ascontiguousarray(sums)


def _steps(cycle: Cycle) -> Array:
    """Return the steps of a cycle: mid-step speed, acceleration, duration, the road's cosine and sine there, begin."""
    found = np.empty((at.STEPS, cycle.time.size - 1))
    duration = np.diff(cycle.time)
    angle = np.arctan(0.5 * (cycle.grade[1:] + cycle.grade[:-1]))
    found[at.SPEED] = 0.5 * (cycle.speed[1:] + cycle.speed[:-1])
    found[at.ACCELERATION] = np.diff(cycle.speed) / duration
    found[at.DURATION] = duration
    found[at.COSINE], found[at.SINE] = np.cos(angle), np.sin(angle)
    found[at.BEGIN] = cycle.time[:-1]
    return found


def _sums(steps: Array) -> Array:
    """Return the sums over a cycle that need no case: time, distance, run, rise, powers of speed, change of v^2 / 2."""
    found = np.zeros(at.SUMS)
    v, dt = steps[at.SPEED], steps[at.DURATION]
    found[at.TIME], found[at.DISTANCE] = dt.sum(), (v * dt).sum()
    found[at.RUN], found[at.RISE] = (v * dt * steps[at.COSINE]).sum(), (v * dt * steps[at.SINE]).sum()
    found[at.SPEED_2], found[at.SPEED_3] = (v**2 * dt).sum(), (v**3 * dt).sum()
    half = 0.5 * steps[at.ACCELERATION] * dt
    first, last = v[0] - half[0], v[-1] + half[-1]
    found[at.KINETIC] = 0.5 * (last**2 - first**2)
    return found


def time_axis(cycles: Iterable[Cycle]) -> Array:
    """Return the begins of all steps of the cycles (s), each once."""
    return np.unique(np.concatenate([cycle.time[:-1] for cycle in cycles]))


def places(steps: Array, sums: Array, time: Array) -> Array:
    """Return the step of each cycle at each time (cycle, time); -1 after the cycle's end."""
    found = np.full((sums.shape[1], time.size), -1)
    for k, (first, last) in enumerate(zip(sums[at.FIRST].astype(int), sums[at.LAST].astype(int), strict=True)):
        inside = time < steps[at.BEGIN, last - 1] + steps[at.DURATION, last - 1]
        found[k, inside] = first + np.searchsorted(steps[at.BEGIN, first:last], time[inside], side="right") - 1
    return found
