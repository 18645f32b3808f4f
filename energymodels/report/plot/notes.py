"""The note below a figure: what a reader must know of what is not, or not plainly, drawn."""

from __future__ import annotations

import numpy as np

from energymodels.report.labels import amount, path_of
from energymodels.report.plot.picture import Picture
from energymodels.report.plot.roles import SET


def notes(picture: Picture) -> list[str]:
    """Return what is to be said below a figure."""
    found = [what] if (what := _meaning(picture)) else []
    return found + _infinite(picture) + _floors(picture) + _cut(picture) + _failed(picture)


def _meaning(picture: Picture) -> str:
    """Return what a line, a point or a colour stands for where that is one of several values; empty where it
    is not.
    """
    ds = picture.data.first
    hidden, each = picture.hidden(ds), picture.several(ds)
    over, some = ", ".join(path_of(ds, d) for d in hidden if d != SET), SET in hidden
    reduced = picture.sets and (picture.kind != "lines" or not picture.x.is_field)
    parts = ["the first set"] if some and not picture.sets else []
    parts = ["as given"] if picture.sets else parts
    if each:
        parts.append(f"one for every {' and '.join(path_of(ds, d) for d in each)}")
    if over:
        parts.append(f"median over {over}" if parts or picture.kind == "map" else "median")
    if picture.kind == "lines" and (over or (some and not picture.sets)):
        parts.append(f"band: range over {' and '.join(filter(None, (over, 'the sets' if some else '')))}")
    elif reduced:
        parts.append(f"without the {picture.sets} sets of data")
    what = {"lines": "line", "map": "colour"}.get(picture.kind, "points")
    return f"{what}: {', '.join(parts)}" if parts else ""


def _infinite(picture: Picture) -> list[str]:
    found = []
    for name in dict.fromkeys((picture.roles.x, *picture.roles.ys, picture.roles.hue)):
        if name and picture.data[name].is_field and picture.data[name].has_infinity:
            by_colour = name == picture.roles.hue
            if not by_colour or picture.scale:
                how = "black" if by_colour else "not shown"
                found.append(f"{picture.data[name].path} = ∞ is {how}")
    return found


def _floors(picture: Picture) -> list[str]:
    """Return what lies on the floor of a log axis."""
    found = []
    for name in dict.fromkeys((picture.roles.x, *picture.roles.ys, picture.roles.hue)):
        if name and picture.data[name].has_floor and (name != picture.roles.hue or picture.scale):
            variable = picture.data[name]
            floor = amount(variable.floor, variable.unit)
            what = "0" if variable.numbers[0] == 0.0 else "values"
            if np.count_nonzero(variable.numbers < variable.floor) > 1:
                what = "values"
            least = "" if what == "0" else f" below {floor}"
            found.append(f"{variable.path}: {what}{least} drawn at the floor of the log axis, {floor}")
    return found


def _cut(picture: Picture) -> list[str]:
    found = []
    for y in map(picture.data.__getitem__, picture.roles.ys):
        low = picture.span(y)[0]
        if picture.kind == "lines" and y.numbers.size and low > y.numbers[0]:
            found.append(f"values below {amount(low, y.unit)} cut off")
    return found


def _failed(picture: Picture) -> list[str]:
    every = {file: ds["status"].values for file, ds in picture.data.files.items() if "status" in ds}
    bad = {file: int(np.count_nonzero(status)) for file, status in every.items()}
    return [
        f"{n} of {every[file].size} cases failed" + (f" in {file}" if len(picture.data.files) > 1 else "")
        for file, n in bad.items()
        if n
    ]
