"""A speed trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energymodels.core.arrays import Array

FASTEST = 500.0  # m s-1, above which a speed is in another unit than its file says
KMH = 1.0 / 3.6  # m s-1


@dataclass(frozen=True)
class Cycle:
    """A speed trace: ``time`` (s, from 0 on), ``speed`` (m s-1) at these times, ``grade`` (rise over run) of
    the road there.
    """

    name: str
    time: Array
    speed: Array
    grade: Array
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.time, self.speed, self.grade):
            array.setflags(write=False)

    @property
    def distance(self) -> float:
        """Distance in m, by trapezoids."""
        return float(np.trapezoid(self.speed, self.time))
