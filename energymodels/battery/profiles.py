"""Drive cycles: current or power over time from a CSV file."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np

from energymodels.battery.protocol_words import SPELLINGS, UNITS
from energymodels.errors import Fault, InputError
from energymodels.model import Array

Stamp = tuple[str, int, int]  # path, time of the last change in ns, size: what a read file is known by


def stamp(file: str) -> Stamp:
    """Return what tells a file from an older one of the same name; a file that is not there has a stamp too."""
    path = Path(file).absolute()
    try:
        found = path.stat()
    except (OSError, ValueError):
        return str(path), -1, -1
    return str(path), found.st_mtime_ns, found.st_size


def read_profile(file: str, quantity: str) -> Array:
    """Return rows (time in s from 0 on, current in A or power in W, discharge positive). InputError if it is not such a file.

    The header names the columns ``time`` and ``current`` or ``power`` with their units: ``time s``, ``current [mA]``, ``power_W``.
    """
    return _read(stamp(file), quantity)


@lru_cache(maxsize=16)
def _read(known: Stamp, quantity: str) -> Array:
    path = Path(known[0])
    if known[1] < 0 or not path.is_file():
        raise _wrong(path, "no such file")
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip() and line[0] != "#"]
        columns = [_column(cell) for cell in lines[0].split(",")] if lines else []
        time, value = (_find(path, columns, name) for name in ("time", quantity))
        rows = np.array([[float(line.split(",")[i]) for i, _ in (time, value)] for line in lines[1:]])
    except InputError:
        raise
    except (OSError, ValueError, IndexError) as error:
        raise _wrong(path, f"not a table of numbers with a header: {error}") from error
    if len(rows) < 2 or not np.all(np.isfinite(rows)) or rows[0, 0] != 0.0 or not np.all(np.diff(rows[:, 0]) > 0.0):
        raise _wrong(path, "needs at least two rows of finite numbers whose time begins at 0 and increases")
    rows = rows * [UNITS[time[1]].scale, UNITS[value[1]].scale]
    rows.setflags(write=False)
    return rows


def _column(cell: str) -> tuple[str, str]:
    """Return (name, unit) of a cell of the header; both empty if it is not of that form."""
    match = re.fullmatch(r"\s*\"?\s*([A-Za-z]+)[\s_/(\[]+([A-Za-z]+)[\s)\]]*\"?\s*", cell)
    return (match[1].lower(), SPELLINGS.get(match[2].lower(), "")) if match else ("", "")


def _find(path: Path, columns: list[tuple[str, str]], name: str) -> tuple[int, str]:
    """Return (position, unit) of the column ``name``."""
    for i, (found, unit) in enumerate(columns):
        if found == name and unit and UNITS[unit].quantity == name:
            return i, unit
    raise _wrong(path, f"the header has no column {name} with a unit; write e.g. time s,current A or time s,power W")


def _wrong(path: Path, hint: str) -> InputError:
    return InputError(Fault("protocol", str(path), hint=hint))
