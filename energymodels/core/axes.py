"""Sweep axes: fields that run along one dimension, and what keeps them from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.designs.refusals import refusal
from energymodels.core.entries import Entries, Values, read_entries, typed_unit
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.values import Given

if TYPE_CHECKING:
    from energymodels.core.designs.design import Design

SAMPLE = 4096  # designs that are looked at before any is solved
Over: TypeAlias = Mapping[Any, Values]  # {"PATH", "PATH,PATH" or a tuple of paths: values along the axis}


@dataclass(frozen=True)
class Drawn:
    """Values that are made when they are needed, of a design or a long range: ``draw(start, stop)`` returns
    those of its places by path, the same bits however they are cut.

    ``words`` {path: every label or text that can come up}.
    """

    size: int
    draw: Callable[[int, int], Mapping[str, Entries]]
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    digest: str = ""  # differs if any value can differ that no end of a range tells
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Axis:
    """One dimension of a sweep: its name, the values of every field that runs along it, and the ``names`` of
    its places if any.

    With ``drawn`` they are made when they are needed, and ``values`` are those of its first places.
    """

    dim: str
    # float64, or str for labels and texts; where an entry is none, a good one stands in for it
    values: Mapping[str, Array]
    names: Array | None = None
    given: Mapping[str, Array] = field(default_factory=dict)  # as given, of fields with entries that are none
    missing: Array | None = None  # places where a field has no value that it may have
    faults: Sequence[Fault] = ()  # and why
    typed: Mapping[str, str] = field(default_factory=dict)  # unit in which a field's values were typed
    drawn: Drawn | None = None

    @property
    def names_as(self) -> str:
        """The coordinate that holds the names: the axis's own, unless a field's values are that."""
        return f"{self.dim}_index" if self.dim in map(dim_name, self.values) else self.dim

    @property
    def size(self) -> int:
        return self.held if self.drawn is None else self.drawn.size

    @property
    def held(self) -> int:
        """How many places have their values in memory."""
        return int(next(iter(self.values.values())).size) if self.names is None else int(self.names.size)

    def part(self, places: slice) -> Axis:
        """Return the axis of some of its places, with their values in memory."""
        if self.drawn is not None:
            found = self.drawn.draw(places.start, places.stop)
            return replace(_axis(self.dim, found), typed=self.typed, faults=())
        return self.taken(places)

    def whole(self) -> Axis:
        """Return the axis with all its values in memory."""
        return self if self.drawn is None else self.part(slice(0, self.size))

    def taken(self, places: slice | Array) -> Axis:
        """Return the axis of some of the places that are in memory."""
        return replace(
            self,
            values={path: values[places] for path, values in self.values.items()},
            names=None if self.names is None else self.names[places],
            given={path: values[places] for path, values in self.given.items()},
            missing=None if self.missing is None else self.missing[places],
            faults=(),
            drawn=None,
        )

    def words(self, paths: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the combinations of labels or texts of some fields that occur along the axis, once each."""
        if self.drawn is not None:
            return list(itertools.product(*(self.drawn.words[path] for path in paths)))
        return list(dict.fromkeys(zip(*(self.values[path].tolist() for path in paths), strict=True)))


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
    design: Given | None = None,
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
                problem = refusal(fields, path, seen)
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
    if design:
        axes.append(_design_axis(fields, design, seen, named))
    return axes


def _design_axis(
    fields: Mapping[str, FieldInfo], design: Given, seen: list[str], named: Callable[[str], tuple[str, str]]
) -> Axis:
    """Return the axis ``point`` of designs that are drawn when they are needed."""

    made = _made(fields, design, named)
    if faults := list(filter(None, (refusal(fields, path, seen) for path in made.paths))):
        raise InputError(faults)
    first = _first(made.size, lambda stop: _drawn_entries(fields, made.draw(0, stop), {}), made.words)
    good = {path: entries.solved[0] for path, entries in first.items()}

    def draw(start: int, stop: int) -> dict[str, Entries]:
        return _drawn_entries(fields, made.draw(start, stop), good)

    return replace(_axis("point", first), drawn=Drawn(made.size, draw, made.words, made.digest, made.notes))


def _made(fields: Mapping[str, FieldInfo], design: Given, named: Callable[[str], tuple[str, str]]) -> Design:
    """Return the design that is asked for: the rows of a table, or one drawn from distributions."""
    from energymodels.core.designs.design import make_design
    from energymodels.core.designs.design_table import make_table_design

    if "table" in design:
        return make_table_design(fields, str(design["table"]), named=named)
    return make_design(fields, named=named, **design)  # type: ignore[arg-type]


def _drawn_entries(
    fields: Mapping[str, FieldInfo], values: Mapping[str, Array], good: Mapping[str, object]
) -> dict[str, Entries]:
    """Return drawn values as entries; in place of one that is none stands the same good one everywhere."""
    return {path: replace(_entries(fields[path], one), good=good.get(path)) for path, one in values.items()}


def _entries(info: FieldInfo, values: Array) -> Entries:
    """Return drawn values of a field as entries; an empty word is none."""
    if values.dtype.kind == "f":
        return read_entries(info, values)
    missing = values == ""
    fault = Fault(info.path, hint=f"no value ({np.count_nonzero(missing)} entries)")
    return Entries(values, missing, [fault] if missing.any() else [])


def _first(
    size: int, draw: Callable[[int], dict[str, Entries]], words: Mapping[str, Sequence[str]]
) -> dict[str, Entries]:
    """Return so many first places that every word comes up, and a good value of every field."""
    number = min(size, SAMPLE)
    while True:
        found = draw(number)
        seen = all(set(words[path]) <= set(found[path].values.tolist()) for path in words)
        if number == size or (seen and not any(entries.missing.all() for entries in found.values())):
            break
        number = min(size, 4 * number)
    none = [fault for entries in found.values() if entries.missing.all() for fault in entries.faults]
    if none:
        raise InputError(none)
    return found


def _mismatch(found: Mapping[str, Entries]) -> list[Fault]:
    """Return why fields cannot run along one axis: their numbers of values or their indices differ."""
    if len({e.size for e in found.values()}) > 1:
        sizes = ", ".join(f"{p}: {e.size}" for p, e in found.items())
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
        _later(found),
    )


def _later(found: Mapping[str, Entries]) -> Drawn | None:
    """Return what makes the values of long ranges that run along one axis."""
    ranges = {path: e.range for path, e in found.items() if e.range is not None}
    if not ranges:
        return None

    def draw(start: int, stop: int) -> dict[str, Entries]:
        good = np.zeros(stop - start, dtype=bool)
        return {path: Entries(one.part(start, stop), good, []) for path, one in ranges.items()}

    return Drawn(next(iter(ranges.values())).number, draw)
