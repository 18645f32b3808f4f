"""What must be true of a cell for a stated fast charge: the region in which cells do it without plating,
whatever its size.

For each statement a thousand cells are drawn from a box: the ranges of the parameter set, published or
assumed, and the bounds of ``statements``. Each is charged by the Doyle-Fuller-Newman model as fast as the
limits allow (the negative electrode at or above 0 V against lithium everywhere, the set's voltage, the stated
peak rate) at temperatures that it keeps. A cell does what is said if it has gained the stated share of its
capacity in the stated minutes; heating up beforehand takes none of them. What is done with every knob at its
worse end survives the whole box, as far as each knob works one way whatever the others are; what the sampled
cells do, most of it. Peaks are stated as power: power over energy counts as the C-rate, which is generous,
for a cell is charged above its mean voltage.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.axes import dim_name
from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.model import Array
from energymodels.core.spec import load
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.kernels.battery.cell.layout import TERMINATIONS
from energymodels.report.figures import save
from energymodels.studies.must_be_true import (
    figure as must_be_true_figure,
)
from energymodels.studies.must_be_true import (
    words as must_be_true_words,
)
from energymodels.studies.must_be_true.statements import (
    AREAL,
    LESSENED,
    STATEMENTS,
    Box,
    Statement,
    boxes,
    fields,
    sample,
)
from energymodels.studies.must_be_true.words import COLD

if TYPE_CHECKING:
    from xarray import Dataset

TITLE = (
    "what must be true of cells for four stated fast charges: Shenxing (two), IM L6, Zeekr (1024 cells "
    "each, DFN)"
)
FILES = ("must-be-true.nc", "must-be-true.png")
CELLS = 1024
TEMPERATURES = (15.0, 25.0, 35.0, 45.0, 55.0, 65.0)
PATIENCE = 3.0  # charges are followed to so many times the stated minutes
MODEL = {
    "model": "battery.dfn",
    "tolerance": 1e-3,
    "points.negative": 12,
    "points.positive": 8,
    "points.separator": 3,
}
CHECKS = {"fine": {"model": "battery.dfn"}, "spme": {"model": "battery.spme"}}
# where ends of the box are looked for: patience, rounds of flips, min that count
PATIENT, ROUNDS, LEAST = 20.0, 6, 1e-2
SOME = 16  # one cell in so many is checked
LOWER = (0.8, 0.6, 0.4)  # of the stated peak, where a charge ends early
# no cooling, and so no limit, which would end the charge
LONE = {"thermal": "lumped", "heat_transfer_coefficient": 0.0}
ROOM = 25.0  # degC, of cells that start at room temperature
KINDS = ("usual", "best", "worst")
AREALS = 12
KEEP = ["duration", "termination", "specific_energy", "temperature_max"]


def cases() -> list[tuple[Statement, float]]:
    """Return every statement with every state of charge from which it is tried."""
    return [(statement, start) for statement in STATEMENTS for start in statement.starts]


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write ``must-be-true.nc`` and ``must-be-true.png``."""
    import xarray as xr

    parts = []
    for statement, start in cases():
        parts.append(case(statement, start))
        for line in must_be_true_words.findings(parts[-1], statement):
            say(line)
    ds = xr.concat(parts, "case", combine_attrs="override", join="outer")
    ds.attrs["title"] = "What must be true of cells for stated fast charges"
    ds.attrs["statement_sources"] = "; ".join(f"{s.name}: {s.source}" for s in STATEMENTS)
    ds.attrs["seconds"] = sum(part.attrs["seconds"] for part in parts)
    for line in must_be_true_words.together(ds):
        say(line)
    data = write(ds, folder / "must-be-true.nc")
    picture = folder / "must-be-true.png"
    save(must_be_true_figure.figure(ds), picture, "study must-be-true", 110)
    return [data, picture]


def case(statement: Statement, start: float) -> Dataset:
    """Return minutes until the stated gain of sampled cells (case, temperature, cell), of the box's ends, and
    the cells' knobs.
    """
    box, temperatures = boxes()[statement.box], TEMPERATURES
    knobs = sample(box, CELLS)
    ds = charge(statement, start, box, knobs, temperatures)
    ds = ds.merge(
        _checks(statement, start, box, {path: values[::SOME] for path, values in knobs.items()}, temperatures)
    )
    lone = charge(statement, start, box, knobs, (ROOM,), LONE)
    about = f"of a cell that starts at {ROOM:g} degC and keeps all its heat"
    ds["lone_minutes"] = (
        "cell",
        lone.minutes.values[0],
        {"units": "min", "long_name": f"time until the stated gain {about}"},
    )
    hottest = {"units": "degC", "long_name": f"highest temperature {about}"}
    ds["lone_temperature_max"] = ("cell", lone.temperature_max.values[0], hottest)
    ds["knob_minutes"], ends = turned(statement, start, box)
    ds["end_minutes"], ds["end_specific_energy"] = at_ends(statement, start, box, ends, temperatures)
    of = load(box.spec).replace({"cell_design": box.design}).fields
    for path in every_knob():
        values = knobs.get(path, np.full_like(knobs[AREAL], np.nan))
        unit, meaning = (
            ("1", "porosity^1.5 over effective transport")
            if path == LESSENED
            else (of[path].unit, of[path].meaning)
        )
        ds[dim_name(path)] = ("cell", values, {"units": unit, "long_name": meaning, "field": path})
    said = {"minutes": statement.minutes, "gain": statement.gain, "peak": statement.c_rate, "start": start}
    for name, value in said.items():
        ds[f"stated_{name}"] = (
            (),
            value,
            {"units": "min" if name == "minutes" else "1", "long_name": f"{name} of the statement"},
        )
    return ds.expand_dims(case=[f"{statement.name}-from-{100.0 * start:g}"])


def every_knob() -> list[str]:
    """Return the knobs of all boxes."""
    return list(dict.fromkeys(path for box in boxes().values() for path in box.knobs))


def charge(
    statement: Statement,
    start: float,
    box: Box,
    knobs: dict[str, Array],
    temperatures: Sequence[float],
    values: Mapping[str, Any] = MODEL,
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
    values: Mapping[str, Any],
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
        warnings.simplefilter("ignore", NoteWarning)  # the box is what is assumed, and the file says so
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


def _checks(
    statement: Statement, start: float, box: Box, knobs: dict[str, Array], temperatures: Sequence[float]
) -> Dataset:
    """Return the minutes of some cells by the default mesh and tolerance, and by SPMe
    (temperature, checked).
    """
    import xarray as xr

    found = xr.Dataset()
    for name, values in CHECKS.items():
        by = charge(statement, start, box, knobs, temperatures, values)
        minutes = by.minutes.rename(cell="checked")
        found[f"{name}_minutes"] = minutes.assign_attrs(
            long_name=f"time until the stated gain: {name}, one cell in {SOME}"
        )
    return found


def turned(statement: Statement, start: float, box: Box) -> tuple[Any, dict[str, tuple[float, float]]]:
    """Return (minutes (knob, end) with one knob at its low or high end, {knob: (its better end, its worse
    end)}).

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
        "long_name": f"time until the stated gain with one knob at an end, {COLD:g} degC",
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
    """Return the corner of the box {knob: value} that is slowest (``worse``) or fastest at a temperature, as
    far as flips find one.

    From the ``ends`` found one by one knobs are flipped to their other end as long as one of them alone makes
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
) -> tuple[Any, Any]:
    """Return (minutes (kind, temperature, place), specific energy (place) of the usual) with all other knobs
    usual, best, worst.

    A place lies along the bounds of areal capacity, which differ from box to box: 0 is the low one, 1 the
    high one.
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
        "long_name": "time until the stated gain, all other knobs usual, at their best "
        "or at their worst ends",
    }
    coords = {"kind": list(KINDS), "temperature": list(temperatures), "place": np.linspace(0.0, 1.0, AREALS)}
    energy = {"units": "W h kg-1", "long_name": "energy as designed by mass, all other knobs usual"}
    usual = ds.specific_energy.values[:AREALS]
    return xr.DataArray(minutes, coords, tuple(coords), attrs=about), xr.DataArray(
        usual, {"place": coords["place"]}, attrs=energy
    )
