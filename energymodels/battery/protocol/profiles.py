"""What changes over time: current, power or temperature from a CSV file, or temperature as it is written."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from energymodels.battery.parameters.functions import HIGH_T, LOW_T
from energymodels.battery.protocol.words import SPELLINGS, UNITS
from energymodels.core import files
from energymodels.core.errors import Fault, InputError
from energymodels.core.files import Stamp, stamp
from energymodels.core.model import Array
from energymodels.kernels.constants import ZERO_CELSIUS


def read_profile(file: str, quantity: str) -> Array:
    """Return rows (time in s from 0 on, current in A, power in W, discharge positive, or temperature in K).

    The header names the columns ``time`` and the quantity's with their units: ``time s``, ``current [mA]``,
    ``power_W``. InputError if the file is not of that form.
    """
    return _read(stamp(file), quantity)


def temperatures(text: str) -> Array:
    """Return rows (time in s from 0 on, temperature in K) of ``0 s 25 degC, 2 min 60 degC`` or of
    a CSV file.
    """
    try:
        found = read_profile(text, "temperature") if text.lower().endswith(".csv") else _written(text)
    except InputError as error:
        raise InputError([replace(fault, field="temperature_profile") for fault in error.faults]) from None
    if (
        len(found) < 2
        or found[0, 0] != 0.0
        or not np.isfinite(found).all()
        or not np.all(np.diff(found[:, 0]) > 0.0)
    ):
        raise InputError(
            Fault(
                "temperature_profile",
                text,
                hint="needs at least two times, the first 0, each later than the last",
            )
        )
    if not (found[:, 1].min() >= LOW_T and found[:, 1].max() <= HIGH_T):
        allowed = f"from {LOW_T - ZERO_CELSIUS:g} to {HIGH_T - ZERO_CELSIUS:g}"
        raise InputError(Fault("temperature_profile", text, allowed, "degC"))
    return found


def _written(text: str) -> Array:
    """Return the rows of a profile that is written out."""
    rows = []
    for piece in text.split(","):
        match = re.fullmatch(r"\s*([-+.eE0-9]+)\s*(\D+?)\s+([-+.eE0-9]+)\s*(\D+?)\s*", piece)
        units = [SPELLINGS.get(match[i].lower().strip(), "") for i in (2, 4)] if match else ["", ""]
        try:
            if match is None or [UNITS[unit].quantity for unit in units] != ["time", "temperature"]:
                raise ValueError
            rows.append([UNITS[unit].si(float(match[i])) for unit, i in zip(units, (1, 3), strict=True)])
        except (KeyError, ValueError):
            hint = f"cannot read {piece.strip()!r}: write e.g. 0 s 25 degC, 90 s 50 degC, or a CSV file"
            raise InputError(Fault("temperature_profile", text, hint=hint)) from None
    return np.array(rows)


@lru_cache(maxsize=16)
def _read(known: Stamp, quantity: str) -> Array:
    path = Path(known[0])
    if why := files.absent(path):
        raise _wrong(path, why)
    try:
        lines = [line for _, line in files.rows(path)]
        columns = [_column(cell) for cell in lines[0].split(",")] if lines else []
        time, value = (_find(path, columns, name) for name in ("time", quantity))
        rows = np.array([[float(line.split(",")[i]) for i, _ in (time, value)] for line in lines[1:]])
    except InputError:
        raise
    except (OSError, ValueError, IndexError) as error:
        raise _wrong(path, f"not a table of numbers with a header: {error}") from error
    if (
        len(rows) < 2
        or not np.all(np.isfinite(rows))
        or rows[0, 0] != 0.0
        or not np.all(np.diff(rows[:, 0]) > 0.0)
    ):
        raise _wrong(path, "needs at least two rows of finite numbers whose time starts at 0 and increases")
    rows = np.stack([UNITS[unit].si(rows[:, i]) for i, (_, unit) in enumerate((time, value))], axis=1)
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
    unit = {"current": "A", "power": "W"}.get(name, "degC")
    raise _wrong(path, f"the header has no column {name} with a unit; write e.g. time s,{name} {unit}")


def _wrong(path: Path, hint: str) -> InputError:
    return InputError(Fault("protocol", str(path), hint=hint))
