"""``pv.diode``: the five points, ours and pvlib's, with the deviation between both tracked beside
the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import energymodels as em

from . import cases


class Sweep:
    """Five points of n curves through ``em.sweep``."""

    params = ([1, 100_000, 1_000_000], [1, 0])
    param_names = ("curves", "threads (0: all)")
    timeout = 300

    def setup(self, curves: int, threads: int) -> None:
        self.points = cases.diode_points(curves)
        self.time_sweep(curves, threads)

    def time_sweep(self, curves: int, threads: int) -> Any:
        return em.sweep("pv.diode", {}, points=self.points, threads=threads or None)

    def peakmem_sweep(self, curves: int, threads: int) -> None:
        self.time_sweep(curves, threads)


class Kernel:
    """The kernel alone, one thread."""

    params = (100_000, 1_000_000)
    param_names = ("curves",)

    def setup(self, curves: int) -> None:
        self.call = cases.bare_kernel(
            "pv.diode", cases.kernel_rows("pv.diode", {}, points=cases.diode_points(curves))
        )
        self.call()

    def time_kernel(self, curves: int) -> None:
        self.call()


class Pvlib:
    """pvlib's vectorised methods on the same curves."""

    params = ([100_000], ["lambertw", "newton", "chandrupatla"])
    param_names = ("curves", "method")
    timeout = 300

    def setup(self, curves: int, method: str) -> None:
        from pvlib import pvsystem

        self.singlediode = pvsystem.singlediode
        self.points = cases.diode_points(curves)
        self.ours = em.sweep("pv.diode", {}, points=self.points)
        self.time_singlediode(curves, method)

    def time_singlediode(self, curves: int, method: str) -> Any:
        return self.singlediode(*self.points.values(), method=method)

    def track_deviation(self, curves: int, method: str) -> float:
        theirs = self.time_singlediode(curves, method)
        return max(
            float(np.max(np.abs(np.asarray(theirs[name]) / self.ours[name].values - 1.0)))
            for name in cases.FIVE
        )

    track_deviation.unit = "largest relative deviation"  # type: ignore[attr-defined]
