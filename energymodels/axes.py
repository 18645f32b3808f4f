"""Sweep axes: ``80um:180um:11``, ``1e-5:1e-1:41:log``, ``B,Ga,P``, or arrays from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from energymodels import units
from energymodels.errors import Fault, InputError, closest
from energymodels.model import Array
from energymodels.schema import FieldInfo, in_unit

Values: TypeAlias = str | Sequence[Any] | Array


@dataclass(frozen=True)
class Axis:
    """One dimension of a sweep: its name, the values of every field that runs along it, and the ``names`` of its places if any."""

    dim: str
    values: Mapping[str, Array]  # float64, or str for labels and texts
    names: Array | None = None

    @property
    def size(self) -> int:
        return int(next(iter(self.values.values())).size) if self.names is None else int(self.names.size)


def swept_values(axes: Iterable[Axis]) -> dict[str, Array]:
    """Return the values of every field along its axis."""
    return {path: values for axis in axes for path, values in axis.values.items()}


def dim_name(path: str) -> str:
    """Return the name a dotted path has on disk and as a dimension."""
    return path.replace(".", "_")


def read_values(info: FieldInfo, values: Values, unit: str = "") -> Array:
    """Return the values of one field along an axis, each checked against the field; bare numbers in ``unit``, or the field's."""
    if unit:
        values = _with_unit(values, unit, info.unit)
    if isinstance(values, str):
        return _ranged(info, values) if ":" in values and info.kind != "text" else _listed(info, values.split(","))
    if info.kind in ("number", "integer") and isinstance(values, np.ndarray) and values.dtype.kind in "fiu" and values.size:
        numbers = np.asarray(values, dtype=float).ravel()
        above = numbers > info.low if info.low_open else numbers >= info.low
        below = numbers < info.high if info.high_open else numbers <= info.high
        whole = (info.kind == "number") | (numbers == np.round(numbers))
        bad = numbers[~(above & below & whole)]
        if bad.size:
            raise InputError(info.fault(float(bad[0])))
        return numbers
    return _listed(info, [values] if np.ndim(values) == 0 else list(values))


def _with_unit(values: Values, unit: str, into: str) -> Values:
    """Return ``values`` with ``unit`` behind every bare number, arrays converted to ``into``."""
    if isinstance(values, str):
        first, *rest = values.split(":")
        if not rest:
            return ",".join(str(in_unit(part, unit)) for part in first.split(","))
        return ":".join(str(in_unit(part, unit)) for part in (first, rest[0])) + "".join(f":{part}" for part in rest[1:])
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        zero, one = (units.parse(f"{number} {unit}", into) for number in (0, 1))
        return zero + (one - zero) * np.asarray(values, dtype=float)
    return [in_unit(value, unit) for value in ([values] if np.ndim(values) == 0 else values)]


def _listed(info: FieldInfo, values: list[Any]) -> Array:
    faults: list[Fault] = []
    parsed = []
    for value in values:
        try:
            parsed.append(info.parse(value))
        except InputError as error:
            faults += error.faults
    if not values:
        faults.append(Fault(info.path, hint="no values"))
    if faults:
        raise InputError(faults)
    return np.array(parsed, dtype=str if info.kind in ("label", "text") else float)


def _ranged(info: FieldInfo, text: str) -> Array:
    form = Fault(info.path, text, hint="a range is written FIRST:LAST:COUNT or FIRST:LAST:COUNT:log")
    parts = text.split(":")
    if info.kind == "label" or len(parts) not in (3, 4) or (len(parts) == 4 and parts[3] not in ("log", "lin")):
        raise InputError(form)
    ends = _listed(info, parts[:2])
    if not parts[2].strip().isdecimal() or int(parts[2]) < 1:
        raise InputError(form)
    number = int(parts[2])
    if not np.all(np.isfinite(ends)):
        raise InputError(Fault(info.path, text, hint="the ends of a range must be finite; list inf by itself: 1e-4,1e-3,inf"))
    if parts[-1] == "log":
        if ends.min() <= 0.0:
            raise InputError(Fault(info.path, text, hint="a logarithmic range needs ends above 0"))
        grid = np.geomspace(ends[0], ends[1], number)
    else:
        grid = np.linspace(ends[0], ends[1], number)
    grid[0] = ends[0]
    if number > 1:
        grid[-1] = ends[1]
    return grid


def _by_itself(name: str) -> tuple[str, str]:
    return name, ""


def make_axes(
    fields: Mapping[str, FieldInfo],
    over: Mapping[Any, Values],
    points: Mapping[str, Values] | None,
    named: Callable[[str], tuple[str, str]] = _by_itself,
) -> list[Axis]:
    """Return the axes of a sweep: a grid from ``over`` (key ``"A,B"`` or a tuple ties fields), then an axis ``point``.

    ``named`` returns (path, unit of bare numbers, empty for the field's own) for a name.
    """
    faults: list[Fault] = []
    axes: list[Axis] = []
    seen: list[str] = []

    def read(dim: str | None, wanted: Mapping[str, Values]) -> None:
        found: dict[str, Array] = {}
        for name, values in wanted.items():
            try:
                path, unit = named(name)
                problem = _refusal(fields, path, seen)
                seen.append(path)
                if problem:
                    raise InputError(problem)
                found[path] = read_values(fields[path], values, unit)
            except InputError as error:
                faults.extend(error.faults)
        if len({v.size for v in found.values()}) > 1:
            sizes = ", ".join(f"{p}: {v.size}" for p, v in found.items())
            faults.append(Fault(" and ".join(found), hint=f"fields along one axis need equally many values ({sizes})"))
        if found:
            axes.append(Axis(dim or dim_name(next(iter(found))), found))

    for key, values in over.items():
        paths = [p.strip() for p in (key.split(",") if isinstance(key, str) else key)]
        read(None, dict.fromkeys(paths, values))
    if points:
        read("point", points)
    if faults:
        raise InputError(faults)
    return axes


def _refusal(fields: Mapping[str, FieldInfo], path: str, seen: list[str]) -> Fault | None:
    if path not in fields:
        return Fault(path, hint=f"unknown field; {closest(path, fields, fold=True)}".rstrip("; "))
    if fields[path].fixed:
        return Fault(path, hint="shapes the result, so it cannot be swept; set it for the whole sweep")
    if path in seen:
        return Fault(path, hint="swept twice")
    clash = [other for other in fields[path].replaces if other in seen]
    return Fault(path, hint=f"stands for the same thing as {clash[0]}; sweep one of them") if clash else None
