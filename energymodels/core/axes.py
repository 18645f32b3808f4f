"""Sweep axes: fields that run along one dimension, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.entries import Entries, Values, read_entries, typed_unit
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo

Over: TypeAlias = Mapping[Any, Values]  # {"PATH", "PATH,PATH" or a tuple of paths: values along the axis}


@dataclass(frozen=True)
class Axis:
    """One dimension of a sweep: its name, the values of every field that runs along it, and the ``names`` of
    its places if any.
    """

    dim: str
    # float64, or str for labels and texts; where an entry is none, a good one stands in for it
    values: Mapping[str, Array]
    names: Array | None = None
    given: Mapping[str, Array] = field(default_factory=dict)  # as given, of fields with entries that are none
    missing: Array | None = None  # places where a field has no value that it may have
    faults: Sequence[Fault] = ()  # and why
    typed: Mapping[str, str] = field(default_factory=dict)  # unit in which a field's values were typed

    @property
    def names_as(self) -> str:
        """The coordinate that holds the names: the axis's own, unless a field's values are that."""
        return f"{self.dim}_index" if self.dim in map(dim_name, self.values) else self.dim

    @property
    def size(self) -> int:
        return int(next(iter(self.values.values())).size) if self.names is None else int(self.names.size)


def swept_values(axes: Iterable[Axis]) -> dict[str, Array]:
    """Return the values of every field along its axis."""
    return {path: values for axis in axes for path, values in axis.values.items()}


def dim_name(path: str) -> str:
    """Return the name a dotted path has on disk and as a dimension."""
    return path.replace(".", "_")


def _by_itself(name: str) -> tuple[str, str]:
    return name, ""


def make_axes(
    fields: Mapping[str, FieldInfo],
    over: Over,
    points: Mapping[str, Values] | None,
    named: Callable[[str], tuple[str, str]] = _by_itself,
) -> list[Axis]:
    """Return the axes of a sweep: a grid from ``over`` (key ``"A,B"`` or a tuple ties fields), then an axis
    ``point``.

    ``named`` returns (path, unit of bare numbers, empty for the field's own) for a name. Of numbers from
    Python, an entry that is NaN or out of range does not stop the others; InputError if no entry is left, or
    if they are written as text.
    """
    faults: list[Fault] = []
    axes: list[Axis] = []
    seen: list[str] = []

    def read(dim: str | None, wanted: Mapping[str, Values]) -> None:
        found: dict[str, Entries] = {}
        for name, values in wanted.items():
            try:
                path, unit = named(name)
                problem = _refusal(fields, path, seen)
                seen.append(path)
                if problem:
                    raise InputError(problem)
                entries = read_entries(fields[path], values, unit)
                if entries.faults and (isinstance(values, str) or entries.missing.all()):
                    raise InputError(entries.faults)
                found[path] = replace(entries, typed=typed_unit(fields[path], values, unit))
            except InputError as error:
                faults.extend(error.faults)
        clash = _mismatch(found)
        faults.extend(clash)
        if found and not clash:
            axes.append(_axis(dim or dim_name(next(iter(found))), found))

    for key, values in over.items():
        paths = [p.strip() for p in (key.split(",") if isinstance(key, str) else key)]
        read(None, dict.fromkeys(paths, values))
    if points:
        read("point", points)
    if faults:
        raise InputError(faults)
    return axes


def _mismatch(found: Mapping[str, Entries]) -> list[Fault]:
    """Return why fields cannot run along one axis: their numbers of values or their indices differ."""
    if len({e.values.size for e in found.values()}) > 1:
        sizes = ", ".join(f"{p}: {e.values.size}" for p, e in found.items())
        return [Fault(" and ".join(found), hint=f"fields along one axis need equally many values ({sizes})")]
    indexed = {path: e.index for path, e in found.items() if e.index is not None}
    first = next(iter(indexed.values()), np.empty(0))
    if all(np.array_equal(index, first) for index in indexed.values()):
        return []
    return [Fault(" and ".join(indexed), hint="fields along one axis need the same index")]


def _axis(dim: str, found: Mapping[str, Entries]) -> Axis:
    """Return the axis of fields that run along it; an entry that one of them lacks is missing for all."""
    missing = np.any([e.missing for e in found.values()], axis=0)
    return Axis(
        dim,
        {path: e.solved for path, e in found.items()},
        next((e.index for e in found.values() if e.index is not None), None),
        {path: e.values for path, e in found.items() if e.missing.any()},
        missing if np.any(missing) else None,
        [fault for e in found.values() for fault in e.faults],
        {path: e.typed for path, e in found.items() if e.typed},
    )


def _refusal(fields: Mapping[str, FieldInfo], path: str, seen: list[str]) -> Fault | None:
    if path not in fields:
        return Fault(path, hint="unknown field", known=fields, fold=True)
    if fields[path].fixed:
        return Fault(path, hint="shapes the result, so it cannot be swept; set it for the whole sweep")
    if path in seen:
        return Fault(path, hint="swept twice")
    clash = [other for other in fields[path].replaces if other in seen]
    return Fault(path, hint=f"is the same field as {clash[0]}; sweep one of them") if clash else None
