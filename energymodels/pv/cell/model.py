"""``pv.cell``: a silicon cell with flat quasi-Fermi levels and injection-dependent recombination."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import numpy as np

from energymodels.core.case import view
from energymodels.core.model import Array, Block, Model, Prepared, Probe
from energymodels.core.review import Context
from energymodels.pv.cell.checks import CellReview
from energymodels.pv.cell.fields import CellSpec
from energymodels.pv.cell.results import OUTPUTS
from energymodels.pv.cell.rows import rows
from energymodels.pv.metals import inventory


class Cell(Model):
    """Adapter of ``kernels.pv.cell.quasi_neutral``."""

    name = "pv.cell"
    summary = (
        "silicon solar cell with flat quasi-Fermi levels, injection-dependent recombination and lumped "
        "resistances"
    )
    spec = CellSpec
    review = CellReview
    sources = (
        "couderc2014", "misiakos1993", "paessler2002", "schenk1998", "klaassen1992a", "klaassen1992b",
        "niewelt2022", "richter2012",
        "green2002", "schinke2015", "green2008", "astm-g173", "codata2018",
    )  # fmt: skip
    outputs = OUTPUTS

    def kernel(self) -> ModuleType:
        from energymodels.kernels.pv.cell import quasi_neutral

        return quasi_neutral

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        fields = context.fields
        found = {}
        if fields["curve.points"]:
            found["voltage"] = np.linspace(
                fields["curve.voltage_min"], fields["curve.voltage_max"], fields["curve.points"]
            )
        if used := inventory.metals(fields, context.along):
            found["element"] = np.array(used)
        return found

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        centres = axes["levels"], axes["owners"], int(axes["single"])
        split = np.empty((rows.size if "j_metals_mp" in out.arrays else 0, axes["places"].size))
        self.kernel().solve(rows, *centres, out.scalars, split, out.status)
        if "j_metals_mp" in out.arrays:
            out.arrays["j_metals_mp"][...] = split[:, : out.arrays["j_metals_mp"].shape[1]]
        if "j" in out.arrays:
            self.kernel().curves(rows, *centres, axes["voltage"], out.arrays["j"], out.status)

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        return rows(view(CellSpec, columns), columns)

    def prepare_some(self, columns: Mapping[str, Array], context: Context) -> Prepared:
        metals = inventory.metals(context.fields, context.along)  # of all cases: an axis of the results
        return rows(view(CellSpec, columns), columns, metals)


MODEL = Cell()
