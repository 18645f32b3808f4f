"""Which variables play which part in a figure, by field paths or names in the dataset."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from energymodels.core.errors import Fault, InputError, closest
from energymodels.core.registry import MODELS, get_model, resolve
from energymodels.report.labels import dims_of, path_of, unique

SET = "set"  # the dimension of published alternatives, at its first place the data as given


@dataclass(frozen=True)
class Roles:
    """Names in the dataset of what runs along x, what is drawn, and what tells lines and panels apart."""

    x: str
    ys: tuple[str, ...]
    hue: str | None = None
    facet: str | None = None

    @property
    def names(self) -> list[str]:
        return [name for name in (self.x, *self.ys, self.hue, self.facet) if name]


def find_roles(
    files: Mapping[str, xr.Dataset], x: str | None, ys: Sequence[str], hue: str | None, facet: str | None
) -> Roles:
    """Return the parts of the names given, the same in every file; InputError lists every name that cannot
    play its part, and in which of several files.
    """
    faults: list[Fault] = []
    found: list[Roles] = []
    for file, ds in files.items():
        try:
            found.append(_roles(ds, x, ys, hue, facet))
        except InputError as error:
            where = f" in {file}" if len(files) > 1 else ""
            faults += [Fault(fault.field + where, hint=fault.hint) for fault in error.faults]
    if faults:
        raise InputError(faults)
    if any(roles != found[0] for roles in found):  # the axis of an output, where none is named
        each = ", ".join(f"{roles.x} in {file}" for roles, file in zip(found, files, strict=True))
        raise InputError(Fault("x", hint=f"name one that all files have: it would be {each}"))
    return found[0]


def _roles(ds: xr.Dataset, x: str | None, ys: Sequence[str], hue: str | None, facet: str | None) -> Roles:
    fields = [str(n) for n in ds.coords]
    every = [*fields, *(str(n) for n in ds.data_vars)]
    faults: list[Fault] = []

    def find(name: str | None, role: str, names: list[str]) -> str:
        try:
            return _find(ds, name, role, names) if name else ""
        except InputError as error:
            faults.extend(error.faults)
            return ""

    y = tuple(dict.fromkeys(find(name, "y", every) for name in ys))
    found = (
        find(x, "x", [n for n in every if ds[n].ndim]),
        y,
        find(hue, "hue", every) or None,
        find(facet, "facet", fields) or None,
    )
    if faults:
        raise InputError(faults)
    return Roles(found[0] or default_x(ds, y, found[2:]), *found[1:])


def _find(ds: xr.Dataset, name: str, role: str, names: list[str]) -> str:
    """Return the dataset name of a field path or name; InputError if it is not among ``names``."""
    paths = {path_of(ds, n): n for n in names}
    name = name if paths.get(name, name) in names else _renamed(ds, name)
    if paths.get(name, name) not in names:
        known = name in ds.variables or name in (path_of(ds, str(n)) for n in ds.variables)
        hint = closest(name, paths) if paths else "nothing was swept in this result"
        raise InputError(
            Fault(name, hint=f"{'cannot be' if known else 'unknown'} {role}; {hint}".rstrip("; "))
        )
    return paths.get(name, name)


def _renamed(ds: xr.Dataset, name: str) -> str:
    """Return the path that another name of a field stands for; what is none passes."""
    model = str(ds.attrs.get("model", ""))
    return resolve(get_model(model), name)[0] if model in MODELS else name


def default_x(ds: xr.Dataset, ys: Iterable[str], others: Iterable[str | None]) -> str:
    """Return what runs along x where it is not said: the axis of the first output, time or voltage, or the
    longest swept one that plays no other part.
    """
    taken = dims_of(ds, *others)
    dims = [str(d) for d in ds[next(iter(ys))].dims if d not in taken and d in ds.coords]
    own = [d for d in dims if d in output_axes(ds)]
    swept = sorted(dims, key=lambda d: (ds[d].dtype.kind in "UO", d == SET, -ds.sizes[d]))
    if not dims:
        raise InputError(Fault("x", hint="name what runs along it: nothing was swept in this result"))
    return (own or swept)[0]


def output_axes(ds: xr.Dataset) -> set[Hashable]:
    """Return the dimensions that outputs bring with them, such as time and voltage: no field, list or set."""
    swept = {d for n in ds.coords if "field" in ds[n].attrs for d in ds[n].dims}
    return {d for d in ds.dims if d not in swept | {"point", SET}}


def kind_of(ds: xr.Dataset, roles: Roles, y: str) -> str:
    """Return lines, points (the designs of a list, or fields tied to x) or map; InputError if the names do
    not go together.
    """
    fields, x, hue, facet = set(map(str, ds.coords)), roles.x, roles.hue, roles.facet
    for name in (x, y):
        if ds[name].dtype.kind == "f" and name in fields and not np.isfinite(ds[name].values).any():
            raise InputError(Fault(path_of(ds, name), hint="has no finite value to draw"))
    if y in fields and (hue is None or hue in fields):
        hint = "is a swept field; for a map over two fields give an output as the hue"
        raise InputError(Fault(path_of(ds, y), hint=hint))
    if y not in fields:
        _check_axes(ds, roles, y)
    if x not in fields:
        kind = "lines" if len(_along(ds, roles)) == 1 and y not in fields else "points"
    else:
        shared = dims_of(ds, x) & dims_of(
            ds, y if y in fields else None, hue if hue in fields else None, facet
        )
        # most sets leave a field as given
        repeated = any(SET in dims_of(ds, n) and n != SET for n in (x, y) if n in fields)
        several = ds[x].ndim > 1 or "point" in dims_of(ds, x)
        kind = "points" if shared or repeated or several else ""
    if kind != "points" and y not in fields and hue and hue not in fields:
        raise InputError(Fault(hue, hint="is an output; lines are told apart by a swept field"))
    return kind or ("map" if y in fields else "lines")


def _along(ds: xr.Dataset, roles: Roles) -> list[Hashable]:
    """Return the dimensions along which an output on x runs: its own axis, or the swept ones not named."""
    free = [d for d in ds[roles.x].dims if d not in dims_of(ds, roles.hue, roles.facet)]
    own = [d for d in free if d in output_axes(ds)]
    swept = [d for d in free if d != SET or len(free) == 1]
    return [] if "point" in free else own or swept


def run_dim(ds: xr.Dataset, roles: Roles) -> str:
    """Return the dimension along which a line runs."""
    return str(ds[roles.x].dims[0] if roles.x in ds.coords else _along(ds, roles)[0])


def _check_axes(ds: xr.Dataset, roles: Roles, y: str) -> None:
    """InputError if x or y alone has the axis of an output: there is one value to pair with several."""
    axes = output_axes(ds) - dims_of(ds, roles.hue, roles.facet)
    for one, other in ((roles.x, y), (y, roles.x)):
        alone = (dims_of(ds, other) - dims_of(ds, one)) & axes
        swept = one in ds.coords and one == roles.x
        if alone and not swept:
            axis = ", ".join(sorted(map(str, alone)))
            known = [str(n) for n in ds.data_vars if alone <= dims_of(ds, str(n))]
            hint = f"has one value where {path_of(ds, other)} has several along {axis}"
            raise InputError(Fault(path_of(ds, one), hint=f"{hint}; along {axis} are {', '.join(known)}"))


def groups(ds: xr.Dataset, name: str | None, values: Sequence[object]) -> list[tuple[Any, xr.Dataset]]:
    """Cut ``ds`` into the parts that share a value of a variable with one dimension."""
    if name is None:
        return [(None, ds)]
    mine = unique(ds[name])
    return [
        (v, ds.isel({ds[name].dims[0]: np.flatnonzero(ds[name].values == v)})) for v in values if v in mine
    ]
