"""Lists of entries as Datasets, and back: what is compared, audited or claimed, a place each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.dataset import origin

if TYPE_CHECKING:
    import xarray as xr

Cell: TypeAlias = float | int | bool | str | None
Entry: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True)
class Column:
    """A column of a table: what it means, its unit (of its own in each entry where empty), and its kind."""

    meaning: str
    unit: str = ""
    kind: type = float


def column(values: Iterable[Cell], kind: type) -> Array:
    """Return values as an array: texts with '' for None, numbers with NaN, counts and truth as they are."""
    if kind is str:
        return np.array(["" if value is None else str(value) for value in values], dtype=str)
    if kind is float:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.array(list(values), dtype=kind)


def table(
    dim: str, entries: Sequence[Entry], columns: Mapping[str, Column], attrs: Mapping[str, str]
) -> xr.Dataset:
    """Return a Dataset with a place along ``dim`` for each of ``entries``, which are dictionaries with the
    keys of ``columns``; that of the same name as ``dim`` is its coordinate. ``attrs`` come before those of
    its origin.
    """
    import xarray as xr

    found = {}
    for name, one in columns.items():
        about = {"long_name": one.meaning, **({"units": one.unit} if one.unit else {})}
        found[name] = (dim, column([entry[name] for entry in entries], one.kind), about)
    coords = {dim: found.pop(dim)} if dim in found else {}
    return xr.Dataset(
        found, coords, {"Conventions": "CF-1.11", **attrs, **origin(backend=attrs.get("backend", ""))}
    )


def rows(ds: xr.Dataset, dim: str) -> list[dict[str, Any]]:
    """Return the entries of a table: its coordinate, then its variables along ``dim`` alone."""
    names = [dim, *(str(name) for name, values in ds.data_vars.items() if values.dims == (dim,))]
    columns = {name: ds[name].values.tolist() for name in names}
    return [{name: columns[name][i] for name in names} for i in range(ds.sizes[dim])]
