"""What must be true of a cell for a stated fast charge: the region in which cells do it without plating,
whatever its size.

For each statement a thousand cells are drawn from a parameter space: the ranges of the parameter set,
published or
assumed, and the bounds of ``statements``. Each is charged by the Doyle-Fuller-Newman model as fast as the
limits allow (the negative electrode at or above 0 V vs Li/Li+ everywhere, the set's voltage, the stated
peak rate) at temperatures that it keeps. A cell does what is said if it has gained the stated fraction of its
capacity in the stated minutes; heating up beforehand takes none of them. What is done with every parameter
at its
worse end survives the whole parameter space, as far as each parameter works one way whatever the others
are; what the sampled
cells do, most of it. Peaks are stated as power: power over energy counts as the C-rate, which is generous,
for a cell is charged above its mean voltage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.axes import dim_name
from energymodels.core.model import Array
from energymodels.core.spec import load
from energymodels.core.store import write
from energymodels.report.figures import save
from energymodels.studies.must_be_true import (
    figure as must_be_true_figure,
)
from energymodels.studies.must_be_true import (
    words as must_be_true_words,
)
from energymodels.studies.must_be_true.charge import charge
from energymodels.studies.must_be_true.knobs import at_ends, every_knob, turned
from energymodels.studies.must_be_true.statements import (
    AREAL,
    REDUCTION,
    STATEMENTS,
    Box,
    Statement,
    boxes,
    sample,
)

if TYPE_CHECKING:
    from xarray import Dataset

TITLE = (
    "what must be true of cells for four stated fast charges: Shenxing (two), IM L6, Zeekr (1024 cells "
    "each, DFN)"
)
FILES = ("must-be-true.nc", "must-be-true.png")
CELLS = 1024
TEMPERATURES = (15.0, 25.0, 35.0, 45.0, 55.0, 65.0)
CHECKS = {"fine": {"model": "battery.dfn"}, "spme": {"model": "battery.spme"}}
SOME = 16  # one cell in so many is checked
# no cooling, and so no limit, which would end the charge
LONE = {"thermal": "lumped", "heat_transfer_coefficient": 0.0}
ROOM = 25.0  # degC, of cells that start at room temperature


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
    """Return minutes until the stated gain of sampled cells (case, temperature, cell), of the parameter
    space's ends, and the cells' parameters.
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
            if path == REDUCTION
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
