"""Design choices and coefficients one by one, and all at their better or worse ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.axes import dim_name
from energymodels.studies.must_be_true.charge import charge
from energymodels.studies.must_be_true.statements import (
    AREAL,
    Box,
    Statement,
    boxes,
)
from energymodels.studies.must_be_true.words import COLD

if TYPE_CHECKING:
    from xarray import DataArray

# where ends of the parameter space are looked for: patience, rounds of flips, min that count
PATIENT, ROUNDS, LEAST = 20.0, 6, 1e-2
KINDS = ("usual", "best", "worst")
AREALS = 12


def every_knob() -> list[str]:
    """Return the parameters of all parameter spaces."""
    return list(dict.fromkeys(path for box in boxes().values() for path in box.knobs))


def turned(statement: Statement, start: float, box: Box) -> tuple[DataArray, dict[str, tuple[float, float]]]:
    """Return (minutes (parameter, end) with one parameter at its low or high end, {knob: (its better end,
    its worse end)}).

    The others are at their usual values, areal capacity in the middle of its bounds, at 15 degC, where limits
    bind.
    """
    import xarray as xr

    paths = [path for path in box.knobs if path != AREAL]
    usual = box.usual | {AREAL: middle(box)}
    many = {path: np.full(2 * len(paths), value) for path, value in usual.items()}
    for i, path in enumerate(paths):
        many[path][2 * i : 2 * i + 2] = box.knobs[path][:2]
    minutes = charge(statement, start, box, many, (COLD,), patience=PATIENT).minutes.values.reshape(-1, 2)
    ends = {}
    for path, (at_low, at_high) in zip(paths, minutes, strict=True):
        both = box.knobs[path][:2]
        ends[path] = both if at_low <= at_high else both[::-1]
    wide = np.full((len(every_knob()), 2), np.nan)
    wide[[every_knob().index(path) for path in paths]] = minutes
    attrs = {
        "units": "min",
        "long_name": f"time until the stated gain with one parameter at an end, {COLD:g} degC",
    }
    coords = {"knob": [dim_name(path) for path in every_knob()], "end": ["low", "high"]}
    return xr.DataArray(wide, coords, ("knob", "end"), attrs=attrs), ends


def corner(
    statement: Statement,
    start: float,
    box: Box,
    temperature: float,
    ends: Mapping[str, tuple[float, float]],
    worse: bool,
) -> dict[str, float]:
    """Return the corner of the parameter space {knob: value} that is slowest (``worse``) or fastest at a
    temperature, as far as flips find one.

    From the ``ends`` found one by one parameters are flipped to their other end as long as one of them
    alone makes
    it slower, or faster: which end is the worse one may depend on the temperature (activation energies) and
    on the others.
    """
    paths = list(ends)
    now = {path: pair[int(worse)] for path, pair in ends.items()}
    for _ in range(ROUNDS):
        flipped = {path: sum(ends[path]) - now[path] for path in paths}
        many = {path: np.full(len(paths) + 1, now[path]) for path in paths} | {
            AREAL: np.full(len(paths) + 1, middle(box))
        }
        for i, path in enumerate(paths):
            many[path][i + 1] = flipped[path]
        minutes = charge(statement, start, box, many, (temperature,), patience=PATIENT).minutes.values[0]
        with np.errstate(invalid="ignore"):
            gained = minutes[1:] - minutes[0] if worse else minutes[0] - minutes[1:]
        better = [path for path, by in zip(paths, gained, strict=True) if by > LEAST]
        if not better:
            break
        now |= {path: flipped[path] for path in better}
    return now


def middle(box: Box) -> float:
    """Return the middle of the bounds of areal capacity."""
    low, high, _how = box.knobs[AREAL]
    return 0.5 * (low + high)


def at_ends(
    statement: Statement,
    start: float,
    box: Box,
    ends: Mapping[str, tuple[float, float]],
    temperatures: Sequence[float],
) -> tuple[DataArray, DataArray]:
    """Return (minutes (kind, temperature, place), specific energy (place) of the usual) with all other
    parameters usual, best, worst.

    A place lies along the bounds of areal capacity, which differ from parameter space to parameter space: 0
    is the low one, 1 the high one.
    """
    import xarray as xr

    low, high, _how = box.knobs[AREAL]
    minutes = np.empty((len(KINDS), len(temperatures), AREALS))
    for i, temperature in enumerate(temperatures):
        corners = [corner(statement, start, box, temperature, ends, worse) for worse in (False, True)]
        many = {
            path: np.repeat([c.get(path, np.nan) for c in (box.usual, *corners)], AREALS)
            for path in box.knobs
        }
        many[AREAL] = np.tile(np.linspace(low, high, AREALS), len(KINDS))
        ds = charge(statement, start, box, many, (temperature,))
        minutes[:, i] = ds.minutes.values.reshape(len(KINDS), AREALS)
    about = {
        "units": "min",
        "long_name": "time until the stated gain, all other parameters usual, at their best "
        "or at their worst ends",
    }
    coords = {"kind": list(KINDS), "temperature": list(temperatures), "place": np.linspace(0.0, 1.0, AREALS)}
    energy = {"units": "W h kg-1", "long_name": "energy as designed by mass, all other parameters usual"}
    usual = ds.specific_energy.values[:AREALS]
    return xr.DataArray(minutes, coords, tuple(coords), attrs=about), xr.DataArray(
        usual, {"place": coords["place"]}, attrs=energy
    )
