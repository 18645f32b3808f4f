"""``battery.design``: a cell from its materials, loadings and dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from energymodels.battery.design import checks as rules
from energymodels.battery.design.fields import DesignSpec
from energymodels.battery.design.results import COMPONENTS, OUTPUTS
from energymodels.battery.design.rows import rows_of
from energymodels.core.errors import Fault
from energymodels.core.model import Array, Block, Model, Prepared, Probe


class Design(Model):
    """Adapter of ``kernels.battery.design.cell``."""

    name = "battery.design"
    summary = "capacity, energy, masses and volumes of a cell from its materials, loadings and dimensions"
    spec = DesignSpec
    sources = ("batpac", "cellmodels", "crc")
    outputs = OUTPUTS

    def kernel(self) -> ModuleType:
        from energymodels.kernels.battery.design import cell

        return cell

    def axes(self, fields: Mapping[str, Any], along: Mapping[str, Array], probe: Probe) -> dict[str, Array]:
        return {"component": np.array(COMPONENTS)}

    def check(self, fields: Mapping[str, Any]) -> list[Fault]:
        return rules.faults(fields)

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
        return rules.impossible(fields)

    def remarks(self, fields: Mapping[str, Any], along: Mapping[str, Array]) -> list[str]:
        return rules.remarks(fields, along)

    def data_sources(self, used: Mapping[str, Sequence[Any]]) -> list[str]:
        return rules.sources(used)

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        return rules.inert(fields, swept)

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        return Prepared(rows_of(columns))

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        masses = out.arrays.get("component_mass")
        if masses is None:
            masses = np.empty((rows.size, len(COMPONENTS)))
        self.kernel().solve(rows, out.scalars, masses, out.status)


MODEL = Design()
