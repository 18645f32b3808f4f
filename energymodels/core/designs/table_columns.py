"""Columns of a table of designs as they are read: numbers as float64, texts each kept once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.designs.csv_rows import csv_rows
from energymodels.core.designs.parquet import is_parquet, parquet_parts
from energymodels.core.errors import Fault, InputError

BLOCK = 8192  # rows that are read at once
CELLS = 2**27  # of a table: 1 GiB as numbers


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts of a column: ``places`` of each row among those that occur; a missing one is empty."""

    known: tuple[str, ...]
    places: Array

    def row(self, place: int) -> int:
        """Return the first row that has the text at ``place``."""
        return int(np.argmax(self.places == place))


class Column:
    """A column that grows: of numbers until a cell is none, unless it is ``wordy``."""

    def __init__(self, wordy: bool) -> None:
        self._numbers: list[Array] | None = None if wordy else []
        self._places: list[Array] = []
        self._known: dict[str, int] = {}

    def add(self, cells: Sequence[str] | Array) -> None:
        """Add cells, texts or numbers; an empty one is missing."""
        if self._numbers is not None:
            try:
                self._numbers.append(_floats(cells))
                return
            except ValueError:
                before, self._numbers = self._numbers, None
                for numbers in before:
                    self._add_texts(_texts(numbers))
        self._add_texts(_texts(cells))

    def _add_texts(self, cells: Sequence[str]) -> None:
        known = self._known
        found = [known.setdefault(cell, len(known)) for cell in cells]
        self._places.append(np.array(found, dtype=np.int32))

    def whole(self) -> Array | Texts:
        """Return the numbers, or the texts."""
        if self._numbers is not None:
            return np.concatenate(self._numbers)
        return Texts(tuple(self._known), np.concatenate(self._places))


def _floats(cells: Sequence[str] | Array) -> Array:
    """Return cells as numbers; ValueError if one has a unit or is a word."""
    if isinstance(cells, np.ndarray):
        return cells
    if "_" in "".join(cells):  # which Python reads as a mark between digits
        raise ValueError
    return np.array([float(cell) if cell else np.nan for cell in cells])


def _texts(cells: Sequence[str] | Array) -> Sequence[str]:
    """Return cells as texts; of a number the shortest that gives the same one again."""
    if not isinstance(cells, np.ndarray):
        return list(map(str.strip, cells))
    return ["" if np.isnan(cell) else repr(cell).removesuffix(".0") for cell in cells.tolist()]


def read_columns(path: str | Path, wordy: Callable[[str], bool]) -> dict[str, Array | Texts]:
    """Return {name: column} of a CSV or Parquet file; columns that are ``wordy`` by name stay texts.

    InputError if there is no such file, it is damaged or larger than ``CELLS`` and the limit of a file.
    """
    parts = parquet_parts(path, BLOCK, CELLS) if is_parquet(path) else _csv_parts(path)
    columns: dict[str, Column] = {}
    for part in parts:
        columns = columns or {name: Column(wordy(name)) for name in part}
        for name, cells in part.items():
            columns[name].add(cells)
    if not columns:
        raise InputError(Fault(str(path), hint="has no rows: a design is a row"))
    return {name: column.whole() for name, column in columns.items()}


def _csv_parts(path: str | Path) -> Iterator[dict[str, list[str] | Array]]:
    """Yield {column: cells} of up to ``BLOCK`` rows after each other."""
    rows = csv_rows(path)
    names = next(rows)
    _check_names(path, names)
    read = 0
    while block := list(islice(rows, BLOCK)):
        read += len(block) * len(names)
        if read > CELLS:
            raise InputError(Fault(str(path), hint=f"a table is read up to {CELLS} cells"))
        yield dict(zip(names, map(list, zip(*block, strict=True)), strict=True))


def _check_names(path: str | Path, names: Sequence[str]) -> None:
    """Refuse columns without a name, and two of one."""
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    faults = [Fault(str(path), hint=f"column {name!r:.80} stands twice in the header") for name in twice]
    if "" in names:
        hint = f"column {names.index('') + 1} has no name; the first row names the fields"
        faults.append(Fault(str(path), hint=hint))
    if faults:
        raise InputError(faults)
