"""Values of one field along an axis, read entry by entry: ``80um:180um:11``, ``B,Ga,P``, or arrays from
Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from energymodels.core import units
from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo, in_unit

Values: TypeAlias = str | Sequence[Any] | Array
SHOWN = 3  # entries that are none are named, further ones counted
HELD = 65536  # values of a longer range are made when they are needed
RANGE = "a range is written FIRST:LAST:COUNT or FIRST:LAST:COUNT:log"
MOST = 10**8  # values along an axis: xarray holds them when it opens a result


@dataclass(frozen=True)
class Range:
    """Numbers evenly spaced from ``first`` to ``last``, or their logarithms."""

    first: float
    last: float
    number: int
    log: bool

    def part(self, start: int, stop: int) -> Array:
        """Return the numbers at the places from ``start`` up to ``stop``, as NumPy's ``linspace`` and
        ``geomspace`` have them.
        """
        first, last = (float(np.log10(end)) if self.log else end for end in (self.first, self.last))
        found = np.arange(start, stop, dtype=float)
        parts = max(self.number - 1, 1)
        step = (last - first) / parts
        found = (found * step if step else found / parts * (last - first)) + first
        if self.log:
            found = np.power(10.0, found)
        places = np.arange(start, stop)
        found[places == 0] = self.first
        found[(places == self.number - 1) & (places > 0)] = self.last
        return found


@dataclass(frozen=True)
class Entries:
    """Values of one field along an axis: as given, which are none of the field's and why, and the index they
    came with.
    """

    values: Array
    missing: Array
    faults: list[Fault]
    index: Array | None = None
    typed: str = ""  # the unit in which the values were typed, if it is not the field's
    range: Range | None = None  # too long a one to be held: ``values`` are its first
    good: Any = None  # stands in for an entry that is none; by default the first that is one

    @property
    def size(self) -> int:
        """How many entries there are, in memory or not."""
        return self.values.size if self.range is None else self.range.number

    @property
    def solved(self) -> Array:
        """The values with a good one in place of each that is none."""
        if not self.missing.any():
            return self.values
        good = self.values[~self.missing][0] if self.good is None else self.good
        return np.where(self.missing, good, self.values)


def read_values(info: FieldInfo, values: Values, unit: str = "") -> Array:
    """Return the values of one field along an axis, each checked against the field; bare numbers in ``unit``,
    or the field's.
    """
    found = read_entries(info, values, unit)
    if found.faults:
        raise InputError(found.faults)
    return found.values


def read_entries(info: FieldInfo, values: Values, unit: str = "") -> Entries:
    """Return what ``read_values`` does without refusing numbers that are NaN or out of range: they are noted,
    entry by entry.
    """
    values, index = unindexed(values)
    if unit:
        values = _with_unit(values, unit, info.unit)
    if isinstance(values, str):
        if ":" in values and info.kind != "text":
            found = _ranged(info, values)
            numbers = found.part(0, min(found.number, HELD))
            later = found if found.number > HELD else None
            return Entries(numbers, np.zeros(numbers.size, dtype=bool), [], range=later)
        return _listed(info, values.split(","), index)
    if (
        info.kind in ("number", "integer")
        and isinstance(values, np.ndarray)
        and values.dtype.kind in "fiu"
        and values.size
    ):
        return _numbered(info, np.asarray(values, dtype=float).ravel(), index)
    if info.kind in ("label", "text") and isinstance(values, np.ndarray) and np.any(values == ""):
        return _worded(info, values, index)
    return _listed(info, [values] if np.ndim(values) == 0 else list(values), index)


def unindexed(values: Values) -> tuple[Values, Array | None]:
    """Return (values of a pandas Series as an array or list, its index as ``_index`` has it); others pass."""
    index = _index(values)
    if index is not None or hasattr(values, "to_numpy"):
        values = values.to_numpy(float, na_value=np.nan) if values.dtype.kind in "fiu" else list(values)  # type: ignore[union-attr]
    return values, index


def _index(values: object) -> Array | None:
    """Return the index of a pandas Series, times in UTC and what is no number as text; None for one that only
    counts.
    """
    index = getattr(values, "index", None)
    if index is None or not hasattr(values, "to_numpy") or type(index).__name__ == "RangeIndex":
        return None
    if getattr(index, "tz", None) is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    found = np.asarray(index)
    return found if found.dtype.kind in "fiuM" else np.array([str(name) for name in index])


def _numbered(info: FieldInfo, numbers: Array, index: Array | None) -> Entries:
    """Return numbers as entries: NaN, out of range or not whole where the field counts is none."""
    above = numbers > info.low if info.low_open else numbers >= info.low
    below = numbers < info.high if info.high_open else numbers <= info.high
    whole = (info.kind == "number") | (numbers == np.round(numbers))
    missing = ~(above & below & whole)
    places = np.flatnonzero(missing)
    faults = [_placed(info.fault(float(numbers[i])), _entry(i, numbers.size, index)) for i in places[:SHOWN]]
    if places.size > SHOWN:
        faults.append(Fault(info.path, hint=f"{places.size - SHOWN} more such entries"))
    return Entries(numbers, missing, faults, index)


def _placed(fault: Fault, where: str) -> Fault:
    """Return a fault that also says which entry it is of."""
    return replace(fault, hint="; ".join(filter(None, (fault.hint, where))))


def _entry(place: int, size: int, index: Array | None) -> str:
    """Return which entry of several is meant."""
    if size == 1:
        return ""
    return f"entry {place}, counted from 0" + ("" if index is None else f": {index[place]}")


def _with_unit(values: Values, unit: str, into: str) -> Values:
    """Return ``values`` with ``unit`` behind every bare number, arrays converted to ``into``."""
    if isinstance(values, str):
        first, *rest = values.split(":")
        if not rest:
            return ",".join(str(in_unit(part, unit)) for part in first.split(","))
        return ":".join(str(in_unit(part, unit)) for part in (first, rest[0])) + "".join(
            f":{part}" for part in rest[1:]
        )
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        zero, one = (units.parse(f"{number} {unit}", into) for number in (0, 1))
        return zero + (one - zero) * np.asarray(values, dtype=float)
    return [in_unit(value, unit) for value in ([values] if np.ndim(values) == 0 else values)]


def _listed(info: FieldInfo, values: Sequence[object], index: Array | None = None) -> Entries:
    """Return single values as entries; InputError for those that are no number, label or text at all."""
    faults: list[Fault] = []
    parsed = []
    for i, value in enumerate(values):
        try:
            parsed.append(info.number(value) if info.kind in ("number", "integer") else info.parse(value))
        except InputError as error:
            where = _entry(i, len(values), index)
            faults += [_placed(f, where) for f in error.faults]
    if not values:
        faults.append(Fault(info.path, hint="no values"))
    if faults:
        raise InputError(faults)
    if info.kind in ("number", "integer"):
        return _numbered(info, np.array(parsed, dtype=float), index)
    return Entries(np.array(parsed, dtype=str), np.zeros(len(parsed), dtype=bool), [], index)


def _worded(info: FieldInfo, words: Array, index: Array | None) -> Entries:
    """Return an array of words as entries: an empty one is none, as an empty cell of a table is."""
    missing = words == ""
    if missing.all():
        raise InputError(Fault(info.path, hint="no values"))
    found = _listed(info, np.where(missing, words[~missing][0], words).tolist(), index)
    return replace(found, values=np.where(missing, "", found.values), missing=missing)


def _ranged(info: FieldInfo, text: str) -> Range:
    form = Fault(info.path, text, hint=RANGE)
    parts = text.split(":")
    if (
        info.kind == "label"
        or len(parts) not in (3, 4)
        or (len(parts) == 4 and parts[3] not in ("log", "lin"))
    ):
        raise InputError(form)
    ends = read_values(info, parts[:2])
    number = _count(info, text, parts[2])
    if not np.all(np.isfinite(ends)):
        raise InputError(
            Fault(
                info.path, text, hint="the ends of a range must be finite; list inf by itself: 1e-4,1e-3,inf"
            )
        )
    log = parts[-1] == "log"
    if log and ends.min() <= 0.0:
        raise InputError(Fault(info.path, text, hint="a logarithmic range needs ends above 0"))
    return Range(float(ends[0]), float(ends[1]), number, log)


def _count(info: FieldInfo, text: str, count: str) -> int:
    """Return how many values a range has; InputError for no whole number above 0, or one that is too
    large.
    """
    digits = count.strip().lstrip("0")
    if not digits.isdecimal():
        raise InputError(Fault(info.path, text, hint=RANGE))
    if len(digits) > len(str(MOST)) or int(digits) > MOST:
        raise InputError(Fault(info.path, text, hint=f"an axis has up to {MOST:,} values".replace(",", " ")))
    return int(digits)


def typed_unit(info: FieldInfo, values: Values, unit: str) -> str:
    """Return the unit behind the values as they were typed, ``unit`` behind bare ones; empty if it is the
    field's own, or not one unit.
    """
    if info.kind not in ("number", "integer"):
        return ""
    if getattr(values, "dtype", np.dtype(object)).kind in "fiu":
        values = ()
    if isinstance(values, str):  # of a range the ends have a unit, the number of places has none
        values = values.split(":")[:2] if ":" in values else values.split(",")
    found = {_unit_behind(value) or unit for value in ([values] if np.ndim(values) == 0 else values)}
    typed = (found or {unit}).pop() if len(found) < 2 else ""
    return "" if typed == info.unit else typed


def _unit_behind(value: object) -> str:
    return units.split(value)[1] if isinstance(value, str) else ""
