"""Charges of sampled cells that a statement is about."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.model import Array
from energymodels.core.sweep import solve
from energymodels.core.values import Given
from energymodels.kernels.battery.cell.layout import TERMINATIONS
from energymodels.studies.must_be_true.statements import (
    Box,
    Statement,
    fields,
)

if TYPE_CHECKING:
    from xarray import Dataset

PATIENCE = 3.0  # charges are followed to so many times the stated minutes
MODEL = {
    "model": "battery.dfn",
    "tolerance": 1e-3,
    "points.negative": 12,
    "points.positive": 8,
    "points.separator": 3,
}
LOWER = (0.8, 0.6, 0.4)  # of the stated peak, where a charge ends early
KEEP = ["duration", "termination", "specific_energy", "temperature_max"]


def charge(
    statement: Statement,
    start: float,
    box: Box,
    knobs: dict[str, Array],
    temperatures: Sequence[float],
    values: Given = MODEL,
    patience: float = PATIENCE,
) -> Dataset:
    """Return ``minutes`` (temperature, cell) until the gain, inf where it is not reached, NaN where the case
    failed, and energies.

    ``stopped`` says where a charge found no current that keeps the limits before it was done: not reached, as
    well. Where a charge stopped or failed lower peaks are tried, which the statement allows.
    """
    ds = _charge(statement, start, box, knobs, temperatures, values, patience, 1.0)
    ds["lowered"] = ds.stopped * 0
    ds.lowered.attrs |= {"units": "1", "long_name": "whether a lower peak was tried"}
    for part in LOWER:
        bad = (ds.stopped.values == 1) | (ds.status.values != 0)
        cells = np.flatnonzero(bad.any(axis=0))
        if not cells.size:
            break
        ds.lowered.values[bad] = 1
        some = {path: column[cells] for path, column in knobs.items()}
        again = _charge(statement, start, box, some, temperatures, values, patience, part)
        for name in ("minutes", "stopped", "status", "temperature_max"):
            ds[name].values[:, cells] = np.where(bad[:, cells], again[name].values, ds[name].values[:, cells])
        ds.attrs["seconds"] += again.attrs["seconds"]
    return ds


def _charge(
    statement: Statement,
    start: float,
    box: Box,
    knobs: dict[str, Array],
    temperatures: Sequence[float],
    values: Given,
    patience: float,
    peak: float,
) -> Dataset:
    goal = 100.0 * (start + statement.gain)
    setting = {
        "protocol": f"Charge at limits until {goal!r}% SOC or for {patience * statement.minutes!r} minutes",
        "initial_soc": start,
        "cell_design": box.design,
        "rate_basis": "cell",
        "limits.c_rate": peak * statement.c_rate,
        "series.points": 0,
    }
    over = {"temperature": list(temperatures)}
    base = setting | (MODEL if "model" not in values else {}) | dict(values)
    with warnings.catch_warnings():
        # the parameter space is what is assumed, and the file says so
        warnings.simplefilter("ignore", NoteWarning)
        solution = solve(box.spec, over, base, points=fields(knobs), keep=KEEP)
    ds = to_dataset(solution, "energymodels study must-be-true").rename(point="cell")
    ds = ds.drop_vars([name for name in ds.coords if name != "temperature"])
    ended = ds.termination.transpose("temperature", "cell")
    reached = ended == TERMINATIONS.index("end_soc")
    minutes = (ds.duration / 60.0).where(reached, np.inf).where(ds.status == 0)
    ds["minutes"] = minutes.assign_attrs(units="min", long_name="time until the stated gain")
    stopped = (ended == TERMINATIONS.index("no_current")).astype(np.int8)
    ds["stopped"] = stopped.assign_attrs(
        units="1", long_name="whether no current was found that keeps the limits"
    )
    return ds.drop_vars(["duration", "termination"]).transpose("temperature", "cell")
