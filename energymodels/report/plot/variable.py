"""One variable of the results that a figure shows: its values in all files, and how its axis looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from energymodels.core.model import Array
from energymodels.report.labels import unit_text

FEW = 20  # one value in so many
DECADES = 12  # a log axis reaches no further down


@dataclass(eq=False)
class Variable:
    """A variable by its name in the datasets, with its array of every file in one unit.

    ``forced`` says whether its axis is logarithmic; None lets the values say it.
    """

    name: str
    arrays: Sequence[xr.DataArray]
    is_field: bool
    forced: bool | None = None

    @property
    def unit(self) -> str:
        return unit_text(self.arrays[0])

    @property
    def path(self) -> str:
        return str(self.arrays[0].attrs.get("field", self.name))

    @property
    def is_label(self) -> bool:
        return self.arrays[0].dtype.kind in "UO"

    @cached_property
    def numbers(self) -> Array:
        """The finite values, once each and ascending."""
        if self.is_label:
            return np.zeros(0)
        every = np.concatenate([np.unique(array.values[np.isfinite(array.values)]) for array in self.arrays])
        return np.unique(every).astype(float)

    @cached_property
    def unique(self) -> list[Any]:
        """The values once each: labels in their order, numbers ascending without NaN."""
        every = [value for array in self.arrays for value in array.values.flat]
        if self.is_label:
            return list(dict.fromkeys(every))
        return [v for v in np.unique(every).tolist() if v == v]

    @property
    def has_infinity(self) -> bool:
        return not self.is_label and any(np.isinf(array.values).any() for array in self.arrays)

    @cached_property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic: a field is spaced in powers, an output spans three decades, and
        not by a few of its lowest values alone.
        """
        values = self.numbers
        if self.forced is not None or values.size == 0:
            return bool(self.forced)
        if not self.is_field:
            return bool(values[-1] > 1e3 * values[values.size // FEW] > 0.0 < values[0])
        return values[0] >= 0.0 and self._in_powers(values[values > 0.0], 99.9 if values[0] == 0.0 else 9.99)

    @staticmethod
    def _in_powers(values: Array, ratio: float) -> bool:
        """Return whether positive values span ``ratio`` in steps that are more even in their logarithms."""
        if values.size < 2 or not values[-1] > ratio * values[0]:
            return False
        uneven = [np.std(np.diff(v)) / np.ptp(v) for v in (np.log(values), values)]
        return bool(uneven[0] <= uneven[1])

    @cached_property
    def floor(self) -> float:
        """The least place on a log axis: the decade below the lowest positive value, DECADES below the
        highest at most.
        """
        positive = self.numbers[self.numbers > 0.0]
        if positive.size == 0:
            return 1.0
        lowest = max(positive[0], positive[-1] * 10.0**-DECADES)
        return float(10.0 ** (np.ceil(np.log10(lowest)) - 1.0))

    @property
    def has_floor(self) -> bool:
        """Whether values lie below what a log axis can show."""
        return bool(self.is_log and self.numbers.size and self.numbers[0] < self.floor)

    def places(self, values: npt.ArrayLike) -> Array:
        """Return where values lie on the axis: labels at 0, 1, 2, what is below the floor of a log axis on
        it.
        """
        if self.is_label:
            return np.array([self.unique.index(v) for v in np.ravel(values)], dtype=float)
        found = np.asarray(values, dtype=float)
        return np.where(found < self.floor, self.floor, found) if self.has_floor else found
