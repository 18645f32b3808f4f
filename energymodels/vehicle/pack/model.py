"""Common base of the models of cars with a pack of cells."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from energymodels.core.field import FieldInfo
from energymodels.core.model import Array
from energymodels.core.schema import schema
from energymodels.core.values import Fields
from energymodels.vehicle.pack import cell as pack_cell
from energymodels.vehicle.pack.checks import PackedReview
from energymodels.vehicle.range.checks import RangeReview
from energymodels.vehicle.range.model import Range


class Packed(Range):
    """A car whose battery is a pack of cells, in place of an energy buffer."""

    review: ClassVar[type[RangeReview]] = PackedReview

    def fields(self, values: Fields) -> dict[str, FieldInfo]:
        return schema(self.spec) | pack_cell.brought(values)

    def alias(self, name: str) -> tuple[str, str] | None:
        path = pack_cell.renamed(name)
        return None if path is None else (path, "")


def split(rows: Array, dtype: np.dtype[Any]) -> Array:
    """Return the fields of ``dtype`` of wider rows, as rows of their own."""
    found = np.empty(rows.size, dtype).view(np.recarray)
    for name in dtype.names or ():
        found[name] = rows[name]
    return found
