"""``pv.cell``: cells per second, the sweep's own share, and how far the maximum power lies from that of a
fine curve.
"""

from __future__ import annotations

from typing import Any

from energymodels.core import sweep as engine

from . import cases


class Sweep:
    """Mixed cells on a grid; see ``cases.CELL``."""

    params = ([1, 50], [1, 0])
    param_names = ("times 20000 cells", "threads (0: all)")
    timeout = 300

    def setup(self, taus: int, threads: int) -> None:
        self.grid = cases.cell_grid(taus)
        self.time_solve(taus, threads)

    def time_solve(self, taus: int, threads: int) -> Any:
        return engine.solve("pv.cell", self.grid, cases.CELL, threads=threads or None)

    def track_cells_per_second(self, taus: int, threads: int) -> float:
        solution = self.time_solve(taus, threads)
        return float(solution.status.size / solution.seconds)

    def track_machinery(self, taus: int, threads: int) -> float:
        return cases.machinery_share("pv.cell", self.grid, cases.CELL, threads=threads or None).work

    def peakmem_solve(self, taus: int, threads: int) -> None:
        self.time_solve(taus, threads)

    track_cells_per_second.unit = "cells/s"  # type: ignore[attr-defined]
    track_machinery.unit = "of the kernel time"  # type: ignore[attr-defined]


class One:
    """One cell, as the command line runs it."""

    def setup(self) -> None:
        self.time_run()

    def time_run(self) -> None:
        engine.solve("industrial-topcon-2023", {})


class Kernel:
    """The kernel alone, one thread, 20000 cells."""

    def setup(self) -> None:
        self.call = cases.bare_kernel("pv.cell", cases.kernel_rows("pv.cell", cases.cell_grid(1), cases.CELL))
        self.call()

    def time_kernel(self) -> None:
        self.call()


class Pvlib:
    """pvlib's maximum power of one diode per cell, with the cell's own short circuit, open circuit and
    resistance.
    """

    params = (20_000, 1_000_000)
    param_names = ("diodes",)
    timeout = 300

    def setup(self, diodes: int) -> None:
        from pvlib import singlediode

        self.bishop88_mpp = singlediode.bishop88_mpp
        self.diodes = cases.equivalent_diodes(diodes // 20_000)
        self.time_bishop88_mpp(diodes)

    def time_bishop88_mpp(self, diodes: int) -> None:
        self.bishop88_mpp(*self.diodes, method="newton")


def track_deviation() -> float:
    """Return how far the maximum power lies from that of a fine curve."""
    return cases.power_deviation()


track_deviation.unit = "largest relative deviation"  # type: ignore[attr-defined]
