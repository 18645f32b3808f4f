"""``vehicle.range``: an electric car on a drive cycle: energy at wheels, battery and wall, and how far it
goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from energymodels.core.model import Array, Block, Model, Output, Prepared, Probe, hand_out
from energymodels.core.review import Context
from energymodels.vehicle.data import cycles
from energymodels.vehicle.range.checks import RangeReview
from energymodels.vehicle.range.fields import VehicleSpec
from energymodels.vehicle.range.results import OUTPUTS


class Range(Model):
    """Adapter of ``kernels.vehicle.longitudinal``."""

    name = "vehicle.range"
    summary = "electric car on a drive cycle: consumption, losses by item, range"
    spec = VehicleSpec
    review: ClassVar[type[RangeReview]] = RangeReview
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    sources: ClassVar[tuple[str, ...]] = ("guzzella2013", "iso2533")
    block: ClassVar[int] = 1024

    def kernel(self) -> ModuleType:
        from energymodels.kernels.vehicle import longitudinal

        return longitudinal

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        from energymodels.vehicle.range.steps import time_axis

        return {"time": time_axis([cycles.cycle(text) for text in context.words("cycle")])}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        from energymodels.vehicle.range.rows import prepare

        return prepare(columns)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        steps, sums = axes["steps"], axes["cycles"]
        self.kernel().solve(rows, steps, sums, out.scalars, out.status)
        if out.arrays:
            from energymodels.vehicle.range.steps import places

            names = self.kernel().SERIES_RESULTS
            found = np.empty((len(names), rows.size, axes["time"].size))
            self.kernel().series(rows, steps, places(steps, sums, axes["time"]), found)
            hand_out(names, found, out.arrays)


MODEL = Range()
