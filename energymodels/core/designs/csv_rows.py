"""Rows of a CSV file, read one at a time: comment lines start with ``#``, the first row is the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from energymodels.core.errors import Fault, InputError

LIMIT = 2**30  # bytes of a file
LINE = 2**20  # characters: a longer line is read as several, which are ragged


def file_of(path: str | Path, limit: int = LIMIT) -> Path:
    """Return a path that is a file of at most ``limit`` bytes; InputError if it is none."""
    found = Path(path)
    try:
        size = found.stat().st_size
        if not found.is_file():
            raise InputError(Fault(str(path), hint="is not a file"))
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(Fault(str(path), hint=getattr(error, "strerror", None) or str(error))) from error
    if size > limit:
        raise InputError(
            Fault(str(path), hint=f"has {size / 2**30:.2f} GiB; a file is read up to {limit / 2**30:g} GiB")
        )
    return found


def csv_rows(path: str | Path) -> Iterator[list[str]]:
    """Yield every row, the header (without spaces around its names) first; each has as many cells as that.

    InputError if the file cannot be read as such a table.
    """
    try:
        with file_of(path).open(encoding="utf-8-sig", newline="") as file:
            lines = iter(partial(file.readline, LINE), "")
            reader = csv.reader("\n" if line.startswith("#") else line for line in lines)
            rows = filter(None, reader)  # blank lines are none
            header = [name.strip() for name in next(rows, [])]
            if not header:
                raise InputError(Fault(str(path), hint="is empty: the first row names the fields"))
            yield header
            for row in rows:
                if len(row) != len(header):
                    raise InputError(_ragged(path, reader.line_num, row, header))
                yield row
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise InputError(Fault(str(path), hint=f"cannot be read as CSV: {error}")) from error


def _ragged(path: str | Path, line: int, cells: list[str], header: list[str]) -> Fault:
    semicolons = "; cells are parted by commas" if len(header) == 1 and ";" in header[0] else ""
    return Fault(
        str(path),
        hint=f"line {line} has {len(cells)} cells, the header has {len(header)}; a text with commas stands "
        f'in "quotes"{semicolons}',
    )
