"""Drive cycles from CSV files: time in s, speed in km/h or m/s, and the grade of the road if there is one.

The header names the columns with their units: ``time s,speed km/h``, ``time_s,speed_m_s``, ``Time [s], Speed
[km/h], Grade [%]``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np

from energymodels.core import files
from energymodels.core.errors import Fault, InputError
from energymodels.core.files import Stamp, stamp
from energymodels.core.model import Array
from energymodels.vehicle.data.trace import FASTEST, KMH, Cycle

SCALES = {
    "time": {"s": 1.0, "sec": 1.0, "seconds": 1.0, "min": 60.0},
    "speed": {
        "km/h": KMH, "km_h": KMH, "kmh": KMH, "kph": KMH, "km h-1": KMH, "m/s": 1.0, "m_s": 1.0, "mps": 1.0,
        "m s-1": 1.0,
        "mph": 0.44704,
    },
    "grade": {"%": 0.01, "percent": 0.01, "1": 1.0},
}  # fmt: skip
SAME = 0.01  # steps of a regular trace differ by less
GAP = 1.5  # steps, of a regular trace
LONG = 20.0  # median steps, of any other
STEEPEST = 1.0  # rise over run


def read_cycle(file: str) -> Cycle:
    """Return the cycle in a CSV file. InputError says which line is wrong and how."""
    return _read(stamp(file))


@lru_cache(maxsize=16)
def _read(known: Stamp) -> Cycle:
    path = Path(known[0])
    if why := files.absent(path):
        raise _wrong(path, why)
    try:
        lines = files.rows(path)
    except (OSError, ValueError) as error:
        raise _wrong(path, f"not a text file: {error}") from error
    columns = _header(path, lines[0][1] if lines else "")
    if len(lines) < 3:
        raise _wrong(path, "needs a header and at least two rows")
    rows = np.array([_row(path, i, line, columns) for i, line in lines[1:]]).reshape(len(lines) - 1, -1)
    numbers = [i for i, _ in lines[1:]]
    _check(path, numbers, rows)
    grade = rows[:, 2].copy() if rows.shape[1] > 2 else np.zeros(len(rows))
    return Cycle(path.name, rows[:, 0] - rows[0, 0], rows[:, 1].copy(), grade)


def _header(path: Path, line: str) -> list[tuple[str, int, float]]:
    """Return (name, position, scale) of the columns time and speed, and of grade if there is one."""
    found = {}
    for i, cell in enumerate(line.split(",")):
        match = re.fullmatch(r"\s*\"?([A-Za-z]+)[\s_(\[]+(.+?)[)\]\s\"]*", cell)
        name, unit = (match[1].lower(), match[2].lower()) if match else (cell.strip(' "').lower(), "")
        if name in SCALES and name not in found:
            if unit not in SCALES[name]:
                said = f"the unit {unit!r}" if unit else "no unit"
                raise _wrong(path, f"column {name} has {said}; known: {', '.join(SCALES[name])}")
            found[name] = (name, i, SCALES[name][unit])
    missing = [name for name in ("time", "speed") if name not in found]
    if missing:
        raise _wrong(
            path, f"the header has no column {' and no column '.join(missing)}; write e.g. time s,speed km/h"
        )
    return [found[name] for name in SCALES if name in found]


def _row(path: Path, number: int, line: str, columns: list[tuple[str, int, float]]) -> list[float]:
    cells = line.split(",")
    found = []
    for name, i, scale in columns:
        cell = cells[i].strip(' "') if i < len(cells) else ""
        try:
            value = float(cell)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise _wrong(
                path,
                f"line {number}: {name} is {cell!r}, not a number"
                if cell
                else f"line {number}: {name} is missing",
            )
        found.append(value * scale)
    return found


def _check(path: Path, numbers: list[int], rows: Array) -> None:
    """Raise InputError unless time increases without gaps and speeds and grades are possible."""
    if len(rows) < 2:
        raise _wrong(path, "needs at least two rows")
    steps = np.diff(rows[:, 0])
    for at in np.flatnonzero(steps <= 0.0)[:1]:
        raise _wrong(
            path,
            f"line {numbers[at + 1]}: time goes from {rows[at, 0]:g} to {rows[at + 1, 0]:g} "
            f"s; it must increase",
        )
    usual = float(np.median(steps))
    regular = np.mean(np.abs(steps - usual) <= SAME * usual) > 0.5
    for at in np.flatnonzero(steps > (GAP if regular else LONG) * usual)[:1]:
        hint = (
            f"line {numbers[at + 1]}: a gap of {steps[at]:g} s after {rows[at, 0]:g} s, where steps are "
            f"{usual:g} s; fill it"
        )
        raise _wrong(path, hint)
    for at in np.flatnonzero((rows[:, 1] < 0.0) | (rows[:, 1] > FASTEST))[:1]:
        speed = f"{rows[at, 1] / KMH:g} km/h"
        raise _wrong(
            path, f"line {numbers[at]}: a speed of {speed}; allowed from 0 to {FASTEST / KMH:g} km/h"
        )
    if not np.any(rows[:, 1] > 0.0):
        raise _wrong(path, "the car does not move: every speed is 0")
    for at in np.flatnonzero(np.abs(rows[:, 2:3]) > STEEPEST)[:1]:
        raise _wrong(path, f"line {numbers[at]}: a grade of {rows[at, 2]:.0%}; allowed from -100 % to 100 %")


def _wrong(path: Path, hint: str) -> InputError:
    return InputError(Fault("cycle", str(path), hint=hint))
