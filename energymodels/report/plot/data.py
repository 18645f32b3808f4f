"""The results of one or several files that a figure shows, in the units in which their fields were typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from energymodels.core import units
from energymodels.core.errors import Fault, InputError
from energymodels.report.plot.variable import Variable


@dataclass(eq=False)
class Data:
    """Results by the names of their files, and which variables are forced on a log axis or off it."""

    files: dict[str, xr.Dataset]
    forced: Mapping[str, bool] = field(default_factory=dict)
    known: dict[str, Variable] = field(default_factory=dict)

    @property
    def first(self) -> xr.Dataset:
        return next(iter(self.files.values()))

    def __getitem__(self, name: str) -> Variable:
        """Return a variable that all files have."""
        if name not in self.known:
            arrays = [ds[name] for ds in self.files.values()]
            self.known[name] = Variable(name, arrays, name in self.first.coords, self.forced.get(name))
        return self.known[name]


def as_typed(ds: xr.Dataset) -> xr.Dataset:
    """Return a result with every swept field in the unit in which its values were typed."""
    for name in map(str, ds.coords):
        if typed := str(ds[name].attrs.get("typed_unit", "")):
            ds = ds.assign_coords({name: converted(ds[name], typed)})
    return ds


def converted(array: xr.DataArray, unit: str) -> xr.DataArray:
    """Return a variable in another unit; ValueError if it cannot be."""
    own = str(array.attrs.get("units", ""))
    if own == unit:
        return array
    zero, one = (units.parse(f"{number} {own}", unit) for number in (0, 1))
    values = zero + (one - zero) * array.values.astype(float)
    if zero:  # -20 degC is not -19.99999999999997: the way to kelvin and back has added rounding
        values = np.round(values, 9)
    return xr.DataArray(values, dims=array.dims, attrs={**array.attrs, "units": unit})


def alike(files: Mapping[str, xr.Dataset], names: list[str]) -> dict[str, xr.Dataset]:
    """Return results with the variables named in the units of the first file; InputError if they differ in
    kind.
    """
    first, *_ = files.values()
    found = {file: ds.copy() for file, ds in files.items()}
    faults = []
    for file, ds in found.items():
        for name in names:
            unit, own = (str(some[name].attrs.get("units", "1")) for some in (first, ds))
            try:
                if own != unit:
                    array = converted(ds[name], unit)
                    ds[name] = array.dims, array.values, array.attrs
            except ValueError as error:
                faults.append(Fault(f"{name} in {file}", hint=str(error)))
    if faults:
        raise InputError(faults)
    return found
