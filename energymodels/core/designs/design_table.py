"""Designs from a table: a CSV or Parquet file with a column a field and a row a design."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.designs.design import Design
from energymodels.core.designs.refusals import refusal
from energymodels.core.designs.table_columns import Texts, read_columns
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo, in_unit

SHOWN = 3  # faulty cells of a column are named, further ones counted
_WITH_UNIT = re.compile(r"(.+?)\s*\[([^\[\]]*)\]")
Named = Callable[[str], tuple[str, str]]


def read_table(path: str | Path) -> dict[str, Array]:
    """Return {column: values} of a CSV or Parquet file: float64 where every cell is a bare number or empty
    (NaN), texts otherwise.
    """
    return {
        name: column if isinstance(column, np.ndarray) else np.array(column.known, object)[column.places]
        for name, column in read_columns(path, lambda name: False).items()
    }


@dataclass(frozen=True, eq=False)
class Listed(Design):
    """Designs that a table lists: numbers in the field's unit, or texts."""

    columns: Mapping[str, Array | Texts]

    @property
    def words(self) -> dict[str, list[str]]:
        texts = {path: one for path, one in self.columns.items() if isinstance(one, Texts)}
        return {path: list(filter(None, one.known)) for path, one in texts.items()}

    @property
    def digest(self) -> str:
        told = hashlib.sha256(repr(self.paths).encode())
        for one in self.columns.values():
            told.update(repr(one.known).encode() if isinstance(one, Texts) else b"numbers")
            told.update(np.ascontiguousarray(one.places if isinstance(one, Texts) else one).tobytes())
        return told.hexdigest()

    def _draw(self, start: int, stop: int) -> dict[str, Array]:
        return {
            path: np.array(one.known)[one.places[start:stop]]
            if isinstance(one, Texts)
            else one[start:stop].copy()
            for path, one in self.columns.items()
        }


def _by_itself(name: str) -> tuple[str, str]:
    return name, ""


def make_table_design(
    fields: Mapping[str, FieldInfo], path: str | Path, *, named: Named = _by_itself
) -> Listed:
    """Return the designs that a CSV or Parquet file lists.

    Its header has paths or other names of fields, a unit of bare numbers behind them in brackets if need be;
    cells are as a user types them. ``named`` is as in ``make_design``. InputError lists every fault; numbers
    out of range and missing cells are none, unless no row is left.
    """
    faults: list[Fault] = []
    heads: dict[str, tuple[str, str]] = {}

    def wordy(name: str) -> bool:
        try:
            heads[name] = _head(fields, name, named)
        except InputError as error:
            faults.extend(error.faults)
            return False
        return fields[heads[name][0]].kind in ("label", "text")

    read = read_columns(path, wordy)
    columns: dict[str, Array | Texts] = {}
    for name, (field, unit) in heads.items():
        try:
            if problem := refusal(fields, field, columns):
                raise InputError(problem)
            columns[field] = _column(fields[field], read[name], unit)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    size = len(next(one.places if isinstance(one, Texts) else one for one in columns.values()))
    return Listed(tuple(columns), size, {"table": str(path)}, columns)


def _head(fields: Mapping[str, FieldInfo], name: str, named: Named) -> tuple[str, str]:
    """Return (path, unit of bare numbers) of a column's name; InputError if it is no field that sweeps."""
    path, unit = named(name)
    with_unit = _WITH_UNIT.fullmatch(name)
    if path not in fields and with_unit:
        path, unit = named(with_unit[1])[0], with_unit[2].strip()
    if problem := refusal(fields, path, ()):
        raise InputError(problem)
    if unit and fields[path].kind in ("label", "text"):
        raise InputError(Fault(path, hint=f"words have no unit, [{unit:.40}]"))
    return path, unit


def _column(info: FieldInfo, column: Array | Texts, unit: str) -> Array | Texts:
    """Return a column in the field's unit, or its words; InputError lists cells that are none of the
    field's.
    """
    wordy = info.kind in ("label", "text")
    if isinstance(column, Texts):
        found = _converted(info, column, unit)
        if wordy and not any(column.known):
            raise InputError(Fault(info.path, hint="no row has a value"))
        if wordy:
            return column
        column = np.array(found, dtype=np.float64)[column.places]
    elif unit not in ("", info.unit):
        zero, one = (info.number(f"{number} {unit}") for number in (0, 1))
        column = (one - zero) * column + zero
    above = column > info.low if info.low_open else column >= info.low
    below = column < info.high if info.high_open else column <= info.high
    if not np.any(above & below):
        raise InputError(Fault(info.path, None, info.allowed, info.unit, "no row has such a value"))
    return column


def _converted(info: FieldInfo, column: Texts, unit: str) -> list[object]:
    """Return what the field makes of every text of a column, NaN of an empty one; in range or not."""
    wordy = info.kind in ("label", "text")
    found: list[object] = []
    faults: list[Fault] = []
    for place, text in enumerate(column.known):
        try:
            made = info.parse(text) if wordy and text else info.number(in_unit(text or "nan", unit))
            found.append(made)
        except InputError as error:
            where = f"row {column.row(place) + 1} below the header" if len(faults) < SHOWN else ""
            faults += [replace(f, hint="; ".join(filter(None, (f.hint, where)))) for f in error.faults]
    if len(faults) > SHOWN:
        faults[SHOWN:] = [Fault(info.path, hint=f"{len(faults) - SHOWN} more such cells")]
    if faults:
        raise InputError(faults)
    return found
