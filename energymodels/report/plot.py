"""Figures of a result: lines, points or a map, labelled from the metadata of the dataset."""

from __future__ import annotations

import textwrap
import warnings
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator, ScalarFormatter

from energymodels.core.errors import Fault, InputError, closest
from energymodels.core.model import MODELS, Array, get_model, resolve
from energymodels.report import figures
from energymodels.report.labels import (
    amount,
    dims_of,
    groups,
    label,
    path_of,
    shortened,
    unique,
    unit_text,
)

SUFFIXES = (".png", ".svg", ".pdf")
# safe for the colour-blind
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc3311", "#56b4e9", "#aa4499", "#555555", "#999933")
WIDTH, DPI = 8.0, 150  # inches and pixels per inch: 1200 pixels
TITLE, LABEL, SMALL, NOTE = 11.0, 10.5, 9.0, 7.5  # font sizes
PANELS, LEGEND = 12, 8  # more panels are refused; more numbers than LEGEND get a colour bar
BAND = 0.18  # opacity
SET = "set"  # the dimension of published alternatives, at its first place the data as given


def plot(ds: xr.Dataset, x: str, y: str, hue: str | None = None, facet: str | None = None) -> Figure:
    """Return a figure of the output ``y`` over the swept field ``x``, a line per ``hue``, a panel per
    ``facet``.

    Names are field paths or names in the dataset. Two swept fields ``x`` and ``y`` with an output as ``hue``
    make a map; a list of designs is drawn as points. An output over the dimension ``set``, with no name along
    it, is drawn as given; lines have a band over the sets. InputError lists names that are unknown or cannot
    play their part.
    """
    picture = _picture(ds, *_roles(ds, x, y, hue, facet))
    panels = groups(picture.ds, picture.facet)
    if len(panels) > PANELS:
        raise InputError(
            Fault(str(facet), hint=f"has {len(panels)} values; at most {PANELS} panels are drawn")
        )
    figure, axes, columns = _grid(len(panels))
    for ax, (value, part) in zip(axes, panels, strict=True):
        picture.frame(ax)
        {"lines": picture.lines, "points": picture.points, "map": picture.map}[picture.kind](ax, part)
        if picture.facet:
            title = f"{path_of(ds, picture.facet)} = {amount(value, unit_text(ds[picture.facet]))}"
            ax.set_title(textwrap.fill(title, 90 // columns, break_long_words=False), fontsize=SMALL)
    picture.dress(figure, axes)
    return figure


def check_suffix(path: str | Path) -> Path:
    """Return ``path``; InputError if figures cannot be written in its format."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise InputError(Fault("figure", str(path), hint=f"figures are written as {', '.join(SUFFIXES)}"))
    return Path(path)


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure in the format of the suffix, without a date, and return its path."""
    return figures.save(figure, check_suffix(path), "plot", DPI)


def _grid(number: int) -> tuple[Figure, list[Axes], int]:
    """Return an empty figure, its ``number`` panels with shared axes, and how many stand in a row."""
    columns = 3 if number == 3 else ceil(sqrt(number))
    rows = ceil(number / columns)
    figure = Figure((WIDTH, 5.0 if number == 1 else 1.6 + 2.4 * rows), DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for place, ax in enumerate(axes):
        ax.set_visible(place < number)
        ax.tick_params(labelbottom=place + columns >= number)
    return figure, list(axes[:number]), columns


def _find(ds: xr.Dataset, name: str, role: str, names: list[str]) -> str:
    """Return the dataset name of a field path or name; InputError if it is not among ``names``."""
    paths = {path_of(ds, n): n for n in names}
    name = name if paths.get(name, name) in names else _renamed(ds, name)
    if paths.get(name, name) not in names:
        known = name in ds.variables or name in (path_of(ds, str(n)) for n in ds.variables)
        hint = closest(name, paths) if paths else "nothing was swept in this result"
        raise InputError(
            Fault(name, hint=f"{'cannot be' if known else 'unknown'} {role}; {hint}".rstrip("; "))
        )
    return paths.get(name, name)


def _renamed(ds: xr.Dataset, name: str) -> str:
    """Return the path that another name of a field stands for; what is none passes."""
    model = str(ds.attrs.get("model", ""))
    return resolve(get_model(model), name)[0] if model in MODELS else name


def _roles(
    ds: xr.Dataset, x: str, y: str, hue: str | None, facet: str | None
) -> tuple[str, str, str, str | None, str | None]:
    """Return how to draw, and the dataset names of x, y, hue and facet; InputError lists every name that
    cannot be one.
    """
    faults: list[Fault] = []
    found: dict[str, str] = {}
    fields = [str(n) for n in ds.coords]
    every = [*fields, *(str(n) for n in ds.data_vars)]
    wanted = {
        "x": (x, [n for n in every if ds[n].ndim == 1]),
        "y": (y, every),
        "hue": (hue, every),
        "facet": (facet, fields),
    }
    for role, (name, names) in wanted.items():
        try:
            found |= {role: _find(ds, name, role, names)} if name else {}
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    x, y, hue, facet = found["x"], found["y"], found.get("hue"), found.get("facet")
    return _kind(ds, fields, x, y, hue, facet), x, y, hue, facet


def _kind(ds: xr.Dataset, fields: list[str], x: str, y: str, hue: str | None, facet: str | None) -> str:
    """Return lines, points (the designs of a list, or fields tied to x) or map; InputError if the names do
    not go together.
    """
    for name in (
        n for n in (x, y) if n in fields and ds[n].dtype.kind == "f" and not np.isfinite(ds[n].values).any()
    ):
        raise InputError(Fault(path_of(ds, name), hint="has no finite value to draw"))
    if y in fields and (hue is None or hue in fields):
        raise InputError(
            Fault(
                path_of(ds, y), hint="is a swept field; for a map over two fields give an output as the hue"
            )
        )
    shared = dims_of(ds, x) & dims_of(ds, y if y in fields else None, hue if hue in fields else None, facet)
    # most sets leave a field as given
    repeated = any(SET in dims_of(ds, n) and n != SET for n in (x, y) if n in fields)
    if shared or repeated or "point" in dims_of(ds, x):
        return "points"
    if y not in fields and hue and hue not in fields:
        raise InputError(Fault(hue, hint="is an output; lines are told apart by a swept field"))
    return "map" if y in fields else "lines"


def _picture(ds: xr.Dataset, kind: str, x: str, y: str, hue: str | None, facet: str | None) -> _Picture:
    """Return the picture of what is drawn of ``ds``: points and maps have no room for sets that no name tells
    apart.
    """
    output = hue if hue and y in ds.coords else y
    named = dims_of(ds, *(n for n in (x, y, hue, facet) if n != output))
    sets = 0 if SET in named else int(ds[output].sizes.get(SET, 1)) - 1
    return _Picture(ds.isel({SET: 0}) if sets and kind != "lines" else ds, kind, x, y, hue, facet, sets)


@dataclass(frozen=True)
class _Picture:
    """How the dataset is drawn, lines, points or map, and the names in it that play a part.

    ``sets`` counts the sets of data beside the data as given, where no name tells them apart.
    """

    ds: xr.Dataset
    kind: str
    x: str
    y: str
    hue: str | None
    facet: str | None
    sets: int = 0

    def is_label(self, name: str) -> bool:
        return self.ds[name].dtype.kind in "UO"

    def numbers(self, name: str) -> Array:
        """Return the finite values of a variable, once each and ascending."""
        return np.unique(self.ds[name].values[np.isfinite(self.ds[name].values)]).astype(float)

    def is_log(self, name: str) -> bool:
        """Return whether a coordinate is spaced in powers, or an output spans three decades."""
        values = np.zeros(0) if self.is_label(name) else self.numbers(name)
        if values.size < 2 or values[0] <= 0.0 or name not in self.ds.coords:
            return bool(values.size and values[-1] > 1e3 * values[0] > 0.0)
        uneven = [np.std(np.diff(v)) / np.ptp(v) for v in (np.log(values), values)]
        return bool(values[-1] > 9.99 * values[0] and uneven[0] <= uneven[1])

    def scale(self) -> ScalarMappable | None:
        """Return the colour scale of the hue; None where a legend names its few values."""
        if (
            not self.hue
            or self.is_label(self.hue)
            or (self.hue in self.ds.coords and len(unique(self.ds[self.hue])) <= LEGEND)
        ):
            return None
        norm = LogNorm if self.is_log(self.hue) else Normalize
        return ScalarMappable(norm(*self.span(self.hue)), colormaps["viridis"].with_extremes(over="black"))

    def span(self, name: str) -> tuple[float, float]:
        """Return the ends of what is drawn of a variable: all of it, but not the steep negative tail of a
        curve.
        """
        values = self.numbers(name)
        low, high = (float(values[0]), float(values[-1])) if values.size else (0.0, 1.0)
        curve = name in self.ds.data_vars and any(
            "field" not in self.ds[n].attrs for n in (self.x, self.y) if n in self.ds.coords
        )
        return (-0.1 * high if curve and low < -high < 0.0 else low), high

    def style(self, value: Any) -> dict[str, Any]:
        if scale := self.scale():
            return {"color": scale.to_rgba(value) if np.isfinite(value) else "black"}
        place = unique(self.ds[self.hue]).index(value) if self.hue else 0
        return {
            "color": PALETTE[place % len(PALETTE)],
            "linestyle": ("-", "--", ":", "-.")[place // len(PALETTE) % 4],
        }

    def places(self, name: str, values: Any) -> Array:
        """Return where values of a variable lie on its axis; labels lie at 0, 1, 2."""
        labels = unique(self.ds[name]) if self.is_label(name) else []
        return np.array([labels.index(v) for v in values] if labels else values, dtype=float)

    def table(self, part: xr.Dataset, output: str, *names: str) -> tuple[list[Array], Array, Array, Array]:
        """Return the finite places of ``names``, ascending, and median, lowest and highest output over the
        other dimensions.

        Of the sets the median sees the first, as given.
        """
        dims = [part[n].dims[0] for n in names]
        array = (
            part[output]
            .expand_dims({d: part.sizes[d] for d in dims if d not in part[output].dims})
            .transpose(*dims, ...)
        )
        places = [self.places(n, part[n].values) for n in names]
        orders = [np.argsort(p)[: np.count_nonzero(np.isfinite(p))] for p in places]
        in_use = array.isel({SET: 0}) if SET in array.dims and SET not in dims else array
        first, values = (
            a.values.astype(float).reshape(*a.shape[: len(dims)], -1)[np.ix_(*orders)]
            for a in (in_use, array)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # nothing but NaN: a gap
            middle = np.nanmedian(first, axis=-1)
        return (
            [p[o] for p, o in zip(places, orders, strict=True)],
            middle,
            np.fmin.reduce(values, -1),
            np.fmax.reduce(values, -1),
        )

    def lines(self, ax: Axes, part: xr.Dataset) -> None:
        """Draw a line per value of the hue, and a band where it stands for more than one case."""
        several = groups(part, self.hue)
        for place, (value, some) in enumerate(several):
            (x,), middle, low, high = self.table(some, self.y, self.x)
            few = x.size <= 25 or np.count_nonzero(np.isfinite(middle)) == 1  # nothing to draw a line between
            style = self.style(value) | ({"marker": "o", "markersize": 3.5} if few else {})
            if self.is_label(self.x):
                x = x + 0.06 * (place - (len(several) - 1) / 2)  # side by side
            ax.plot(x, middle, linewidth=0.7 if self.is_label(self.x) else 1.5, **style)
            if self.hidden() and (self.is_label(self.x) or x.size == 1):
                ax.vlines(x, low, high, color=style["color"], alpha=0.3, linewidth=6)
            elif self.hidden():
                ax.fill_between(x, low, high, color=style["color"], alpha=BAND, linewidth=0)

    def points(self, ax: Axes, part: xr.Dataset) -> None:
        """Draw every case as a point."""
        arrays = xr.broadcast(*(part[n] for n in (self.x, self.y, self.hue or self.x)))
        x, y, hue = (array.values.ravel() for array in arrays)
        scale = self.scale()
        for value in unique(part[self.hue]) if self.hue and not scale else [None]:
            mine = hue == value if value is not None else np.full(hue.shape, True)
            look: dict[str, Any] = {"s": 18, "alpha": 0.85, "linewidths": 0, "rasterized": mine.size > 5000}
            if scale:
                # inf lies above the scale
                values = np.nan_to_num(hue, nan=np.nan, posinf=2 * scale.get_clim()[1] + 1)
                look |= {"c": values, "norm": scale.norm, "cmap": scale.cmap}
            else:
                look["color"] = self.style(value)["color"]
            ax.scatter(self.places(self.x, x[mine]), self.places(self.y, y[mine]), **look)

    def map(self, ax: Axes, part: xr.Dataset) -> None:
        """Draw the hue as colours, with contour lines where both axes hold numbers."""
        scale = self.scale()
        assert scale is not None
        assert self.hue is not None
        (y, x), z, *_ = self.table(part, self.hue, self.y, self.x)
        look: dict[str, Any] = {"norm": scale.norm, "cmap": scale.cmap, "rasterized": True}
        ax.pcolormesh(_edges(x, self.is_log(self.x)), _edges(y, self.is_log(self.y)), z, **look)
        ax.set_facecolor("0.85")
        locator = LogLocator() if isinstance(scale.norm, LogNorm) else MaxNLocator(7)
        levels = [
            v
            for v in locator.tick_values(*scale.get_clim())
            if np.fmin.reduce(z, None) < v < np.fmax.reduce(z, None)
        ]
        if levels and min(z.shape) > 3 and not self.is_label(self.x) and not self.is_label(self.y):
            ax.clabel(
                ax.contour(x, y, np.ma.masked_invalid(z), levels, colors="white", linewidths=0.8),
                fmt="%.4g",
                fontsize=SMALL,
            )

    def hidden(self) -> list[str]:
        """Return the dimensions of the output that are drawn as one value: a median, of sets the first."""
        output, second = (self.hue, self.y) if self.kind == "map" else (self.y, self.hue)
        names = [n for n in (self.x, second, self.facet) if n]
        shown = dims_of(self.ds, *names)
        if all(len(unique(self.ds[n])) < self.ds[n].size for n in names if SET in dims_of(self.ds, n)):
            shown.discard(SET)  # some sets share a value
        return [
            str(d)
            for d, n in self.ds[output].sizes.items()
            if d not in shown and n > 1 and self.kind != "points"
        ]

    def meaning(self) -> str:
        """Return what a line, a point or a colour stands for where that is one of several values; empty where
        it is not.
        """
        over, some = ", ".join(path_of(self.ds, d) for d in self.hidden() if d != SET), SET in self.hidden()
        parts = ["as given"] if self.sets else ["the first set"] if some else []
        if over:
            parts.append(f"median over {over}" if parts or self.kind == "map" else "median")
        if self.kind == "lines" and (over or (some and not self.sets)):
            parts.append(f"band: range over {' and '.join(filter(None, (over, 'the sets' if some else '')))}")
        elif self.kind != "lines" and self.sets:
            parts.append(f"without the {self.sets} sets of data")
        return (
            f"{ {'lines': 'line', 'map': 'colour'}.get(self.kind, 'points') }: {', '.join(parts)}"
            if parts
            else ""
        )

    def notes(self) -> list[str]:
        """Return what a reader must know of what is not, or not plainly, drawn."""
        ds, found = self.ds, [what] if (what := self.meaning()) else []
        for name in (n for n in (self.x, self.y, self.hue) if n and n in ds.coords and not self.is_label(n)):
            if np.isinf(ds[name].values).any() and (name != self.hue or self.scale()):
                found.append(f"{path_of(ds, name)} = ∞ is {'black' if name == self.hue else 'not shown'}")
        value = self.hue if self.kind == "map" and self.hue else self.y
        if self.kind != "points" and (low := self.span(value)[0]) > np.fmin.reduce(ds[value].values, None):
            found.append(f"values below {amount(low, unit_text(ds[value]))} cut off")
        failed = int(np.count_nonzero(ds["status"].values)) if "status" in ds else 0
        return found + ([f"{failed} of {ds['status'].size} cases failed"] if failed else [])

    def dress(self, figure: Figure, axes: list[Axes]) -> None:
        """Add labels, title, notes and what the colours mean."""
        notes = textwrap.fill("; ".join(self.notes()), 140)
        figure.text(0.008, 0.008, notes, fontsize=NOTE, color="0.3", va="bottom")
        figure.suptitle(shortened(str(self.ds.attrs.get("title", "")), 90), fontsize=TITLE)
        below = label(self.ds, self.x) + "\n" * len(notes.splitlines())  # room for the notes
        if len(axes) == 1:
            axes[0].set_xlabel(below, fontsize=LABEL)
            axes[0].set_ylabel(label(self.ds, self.y), fontsize=LABEL)
        else:
            figure.supxlabel(below, fontsize=LABEL)
            figure.supylabel(label(self.ds, self.y), fontsize=LABEL)
        self.explain(figure, axes)

    def explain(self, figure: Figure, axes: list[Axes]) -> None:
        """Add the colour bar or the legend of the hue, and what a band over sets is."""
        handles: list[Line2D | Patch] = []
        look: dict[str, Any] = {"frameon": False, "fontsize": SMALL, "title_fontsize": SMALL}
        if scale := self.scale():
            bar = figure.colorbar(scale, ax=axes, aspect=30)
            bar.set_label(label(self.ds, str(self.hue)), fontsize=LABEL)
            bar.ax.tick_params(labelsize=SMALL)
        elif self.hue:
            dot = {"marker": "o", "markersize": 5, "linestyle": "none"} if self.kind == "points" else {}
            handles += [
                Line2D([], [], label=amount(v), **(self.style(v) | dot)) for v in unique(self.ds[self.hue])
            ]
            look["title"] = label(self.ds, self.hue, 22)
            if self.hue == SET:
                look["fontsize"] = SMALL * min(1.0, 18 / len(handles))  # sets are many
        if self.sets and self.kind == "lines":
            colour = "0.3" if self.hue else PALETTE[0]
            handles.append(
                Patch(color=colour, alpha=BAND, linewidth=0, label=f"band: {self.sets} sets of data")
            )
        if handles:
            figure.legend(
                handles=handles,
                loc="outside right upper" if "title" in look else "outside right center",
                **look,
            )

    def frame(self, ax: Axes) -> None:
        """Set scales, ticks and grid, before anything is drawn."""
        for name, axis, scale in ((self.x, ax.xaxis, ax.set_xscale), (self.y, ax.yaxis, ax.set_yscale)):
            if self.is_label(name):
                turned: dict[str, Any] = {"rotation": 90} if name == self.x == SET else {}
                axis.set_ticks(range(len(unique(self.ds[name]))), unique(self.ds[name]), **turned)
            elif self.is_log(name):
                scale("log")
            else:
                axis.set_major_formatter(ScalarFormatter(useOffset=False))
        if self.kind == "lines":
            low, high = self.span(self.y)
            if high - low <= 1e-9 * abs(high):  # constant but for rounding
                ax.set_ylim(low - (0.05 * abs(low) or 1.0), high + (0.05 * abs(high) or 1.0))
            elif low > self.numbers(self.y)[0]:
                ax.set_ylim(low, 1.08 * high)
        ax.tick_params(labelsize=SMALL)
        ax.grid(True, color="0.9", linewidth=0.6 if self.kind != "map" else 0.0)
        ax.set_axisbelow(True)


def _edges(middle: Array, log: bool) -> Array:
    """Return the borders of cells around ``middle``."""
    at = np.log(middle) if log else middle
    half = np.diff(at) / 2 if at.size > 1 else np.array([0.5 * abs(at[0]) or 0.5])
    edges = np.concatenate([at[:1] - half[0], at[:-1] + half[: at.size - 1], at[-1:] + half[-1]])
    return np.exp(edges) if log else edges
