"""``battery.design``: a cell from its materials, loadings and dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import numpy as np

from energymodels.battery.design.checks import DesignReview
from energymodels.battery.design.fields import DesignSpec
from energymodels.battery.design.results import COMPONENTS, OUTPUTS
from energymodels.battery.design.rows import rows_of
from energymodels.core.model import Array, Block, Model, Prepared, Probe
from energymodels.core.review import Context


class Design(Model):
    """Adapter of ``kernels.battery.design.cell``."""

    name = "battery.design"
    summary = "capacity, energy, masses and volumes of a cell from its materials, loadings and dimensions"
    spec = DesignSpec
    review = DesignReview
    sources = ("batpac", "cellmodels", "crc")
    outputs = OUTPUTS

    def kernel(self) -> ModuleType:
        from energymodels.kernels.battery.design import cell

        return cell

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        return {"component": np.array(COMPONENTS)}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        return Prepared(rows_of(columns))

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        masses = out.arrays.get("component_mass")
        if masses is None:
            masses = np.empty((rows.size, len(COMPONENTS)))
        self.kernel().solve(rows, out.scalars, masses, out.status)


MODEL = Design()
