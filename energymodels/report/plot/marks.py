"""The three kinds of drawing: lines with bands, points, and colours over two axes."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator, MaxNLocator

from energymodels.core.model import Array
from energymodels.report.labels import amount, escaped, short_name, unique
from energymodels.report.plot.picture import Panel, Picture
from energymodels.report.plot.roles import SET, groups
from energymodels.report.plot.style import MARKERS, Look
from energymodels.report.plot.variable import Variable

BAND = 0.18  # opacity
WIDE, THIN = 1.5, 0.7  # points: a line, and one that only leads from label to label
FEW = 25  # places: as many are marked
SMALL = 9.0  # font size


def draw_lines(picture: Picture, ax: Axes, panel: Panel) -> None:
    """Draw a line per file, output and value of the hue, and a band where it stands for several cases."""
    values = picture.hue.unique if picture.hue else [None]
    every = [
        (file, y, value, part)
        for file, ds in panel.files.items()
        for y in panel.ys
        for value, part in groups(ds, picture.roles.hue, values)
    ]
    for place, (file, y, value, part) in enumerate(every):
        look = picture.style.look(hue=value, file=file, y=y)
        aside = 0.06 * (place - (len(every) - 1) / 2) if picture.x.is_label else 0.0  # side by side
        what = (
            [f"{short_name(part, picture.hue.name)} {amount(value, picture.hue.unit)}"] if picture.hue else []
        )
        what += [escaped(file)] if len(picture.data.files) > 1 else []
        what += [short_name(part, y)] if len(panel.ys) > 1 else []
        for case in _cases(picture, part):
            _line(picture, ax, panel, case, y, look, aside, " ".join(what))


def _cases(picture: Picture, part: xr.Dataset) -> list[xr.Dataset]:
    """Return the parts of a result that are a line of their own."""
    dims = picture.several(part)
    ranges = [range(part.sizes[d]) for d in dims]
    return [part.isel(dict(zip(dims, places, strict=True))) for places in itertools.product(*ranges)]


def _line(
    picture: Picture,
    ax: Axes,
    panel: Panel,
    part: xr.Dataset,
    y: str,
    look: Look,
    aside: float,
    name: str,
) -> None:
    """Draw one line with its band."""
    (x,), *values = table(picture, part, y, picture.roles.x)
    middle, low, high = (picture.data[y].places(v) for v in values)
    x = x + aside
    few = (
        part.sizes[picture.run_dim(part)] <= FEW or np.count_nonzero(np.isfinite(middle)) == 1
    )  # nothing to draw a line between
    mark = {"marker": look["marker"], "markersize": 3.5, "markevery": 1}
    if not few:
        mark = {"marker": look["marker"] if picture.style.marks else "None", "markersize": 4.5}
        mark["markevery"] = max(1, x.size // 12)
    width = THIN if picture.x.is_label else WIDE
    (line,) = ax.plot(x, middle, linewidth=width, **look | mark)
    panel.drawn.append((line, name))
    if picture.hidden(part) and (picture.x.is_label or x.size == 1):
        ax.vlines(x, low, high, color=look["color"], alpha=0.3, linewidth=6)
    elif picture.hidden(part):
        ax.fill_between(x, low, high, color=look["color"], alpha=BAND, linewidth=0)


def draw_points(picture: Picture, ax: Axes, panel: Panel) -> None:
    """Draw every case as a point."""
    for (file, ds), y in itertools.product(panel.files.items(), panel.ys):
        names = (picture.roles.x, y, picture.roles.hue or picture.roles.x)
        xs, ys, hue = (array.values.ravel() for array in xr.broadcast(*(ds[n] for n in names)))
        x, values = picture.x.places(xs), picture.data[y].places(ys)
        for value in unique(ds[names[2]]) if picture.hue and not picture.scale else [None]:
            mine = hue == value if value is not None else np.full(hue.shape, True)
            size: Look = {"s": 18, "alpha": 0.85, "linewidths": 0, "rasterized": mine.size > 5000}
            ax.scatter(x[mine], values[mine], **size, **_dots(picture, hue[mine], value, file, y))


def _dots(picture: Picture, hue: Array, value: Any, file: str, y: str) -> Look:
    """Return colour and marker of points."""
    look = picture.style.look(hue=np.nan if picture.scale else value, file=file, y=y)
    found: Look = {"marker": marker_of(look), "color": look["color"]}
    if picture.scale and picture.hue:
        # inf lies above the scale
        values = np.nan_to_num(
            picture.hue.places(hue), nan=np.nan, posinf=2 * picture.scale.get_clim()[1] + 1
        )
        del found["color"]
        found |= {"c": values, "norm": picture.scale.norm, "cmap": picture.scale.cmap}
    return found


def marker_of(look: Look) -> str:
    """Return the marker of points that stands for dashes and marker of a line."""
    dash = ("-", "--", ":", "-.").index(look["linestyle"])
    return MARKERS[(dash + 4 * MARKERS.index(look["marker"])) % len(MARKERS)]


def draw_map(picture: Picture, ax: Axes, panel: Panel) -> None:
    """Draw the hue as colours, with contour lines where both axes hold numbers."""
    scale, hue = picture.scale, picture.hue
    if scale is None or hue is None:
        raise TypeError("a map has an output as its hue")
    y_axis = picture.data[panel.ys[0]]
    for part in panel.files.values():
        (y, x), z, *_ = table(picture, part, hue.name, y_axis.name, picture.roles.x)
        z = hue.places(z)
        look: Look = {"norm": scale.norm, "cmap": scale.cmap, "rasterized": True}
        ax.pcolormesh(_edges(x, picture.x), _edges(y, y_axis), z, **look)
        ax.set_facecolor("0.85")
        levels = _levels(scale, z)
        if levels and min(z.shape) > 3 and not picture.x.is_label and not y_axis.is_label:
            masked = np.ma.masked_invalid(z)
            lines = ax.contour(x, y, masked, levels, colors="white", linewidths=0.8)
            ax.clabel(lines, fmt="%.4g", fontsize=SMALL)


def _levels(scale: ScalarMappable, z: Array) -> list[float]:
    """Return the values at which a map has contour lines."""
    locator = LogLocator() if isinstance(scale.norm, LogNorm) else MaxNLocator(7)
    low, high = np.fmin.reduce(z, None), np.fmax.reduce(z, None)
    return [v for v in locator.tick_values(*scale.get_clim()) if low < v < high]


def table(
    picture: Picture, part: xr.Dataset, output: str, *names: str
) -> tuple[list[Array], Array, Array, Array]:
    """Return the finite places of ``names``, and median, lowest and highest output over the other dimensions.

    Fields ascend, an output on x is as it comes. Of the sets the median sees the first, as given.
    """
    dims = [picture.run_dim(part) if n == picture.roles.x else part[n].dims[0] for n in names]
    array = part[output].expand_dims({d: part.sizes[d] for d in dims if d not in part[output].dims})
    array = array.transpose(*dims, ...)
    lines = [part[n].isel({d: 0 for d in part[n].dims if d not in dims}) for n in names]
    places = [picture.data[n].places(line.values) for n, line in zip(names, lines, strict=True)]
    orders = [_order(p, n in part.coords) for p, n in zip(places, names, strict=True)]
    in_use = array.isel({SET: 0}) if SET in array.dims and SET not in dims else array
    first, values = (
        a.values.astype(float).reshape(*a.shape[: len(dims)], -1)[np.ix_(*orders)] for a in (in_use, array)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing but NaN: a gap
        middle = np.nanmedian(first, axis=-1)
    found = [p[o] for p, o in zip(places, orders, strict=True)]
    return found, middle, np.fmin.reduce(values, -1), np.fmax.reduce(values, -1)


def _order(places: Array, ascending: bool) -> Array:
    """Return the order in which the finite places of an axis are drawn."""
    if ascending:
        return np.argsort(places)[: np.count_nonzero(np.isfinite(places))]
    return np.flatnonzero(np.isfinite(places))


def _edges(middle: Array, axis: Variable) -> Array:
    """Return the borders of cells around ``middle``."""
    at = np.log(middle) if axis.is_log else middle
    half = np.diff(at) / 2 if at.size > 1 else np.array([0.5 * abs(at[0]) or 0.5])
    edges = np.concatenate([at[:1] - half[0], at[:-1] + half[: at.size - 1], at[-1:] + half[-1]])
    return np.exp(edges) if axis.is_log else edges
