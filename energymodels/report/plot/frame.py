"""Axes of a figure: panels, scales, ticks and labels."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from math import ceil, floor, log10, sqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, LogFormatterSciNotation

from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.report.labels import label
from energymodels.report.plot.output import DPI, WIDTH
from energymodels.report.plot.picture import Panel, Picture
from energymodels.report.plot.roles import SET
from energymodels.report.plot.style import Look
from energymodels.report.plot.variable import Variable

PANELS = 12  # more are refused
SMALLEST, LARGEST = -3, 6  # powers of ten that are written out
NARROWEST = 2.2  # inches a panel has at least
LABEL, SMALL = 10.5, 9.0  # font sizes


class PlainFormatter(Formatter):
    """Ticks that say their whole value: no offset beside the axis, and a power of ten at each tick."""

    ticks: Array = np.zeros(0)

    def set_locs(self, locs: list[float]) -> None:
        super().set_locs(locs)
        self.ticks = np.asarray(locs, dtype=float)

    def __call__(self, x: float, pos: int | None = None) -> str:
        largest = np.abs(self.ticks).max() if self.ticks.size else abs(x)
        power = floor(log10(largest)) if largest else 0
        power = 0 if SMALLEST <= power < LARGEST else power
        text = self.fix_minus(f"{x / 10.0**power:.{self._digits(power)}f}")
        return rf"{text}$\times$10$^{{{power}}}$" if power and x else text

    def _digits(self, power: int) -> int:
        """Return how many decimals tell all ticks, to a thousandth of their step."""
        ticks = self.ticks / 10.0**power
        if ticks.size < 2:
            return 3
        step = np.min(np.diff(np.sort(ticks)))
        return next((n for n in range(15) if np.all(np.abs(np.round(ticks, n) - ticks) < 1e-3 * step)), 15)


class LogFormatter(LogFormatterSciNotation):
    """Ticks of a log axis: plain numbers where the whole axis is of such."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        text = str(super().__call__(x, pos))
        low, high = self.axis.get_view_interval() if self.axis else (0.0, 0.0)
        plain = text and low >= 10.0**SMALLEST and high <= 10.0**LARGEST
        return f"{x:g}" if plain else text


def make_axes(picture: Picture) -> tuple[Figure, list[tuple[Axes, Panel]]]:
    """Return an empty figure and its axes with their panels; InputError if there would be too many.

    Panels of one output fill a grid; outputs with axes of their own have a row each.
    """
    panels = [panel for row in picture.panels for panel in row]
    _check_number(picture, len(panels))
    tall = len(picture.panels)
    columns = len(picture.panels[0])
    if tall == 1 and columns != 3:
        columns = ceil(sqrt(columns))
    rows = ceil(len(panels) / columns)
    height = 5.0 if rows == columns == 1 else 1.6 + 2.4 * rows
    figure = Figure((max(WIDTH, NARROWEST * columns), height), DPI, layout="constrained")
    FigureCanvasAgg(figure)
    share: Any = {"sharex": True, "sharey": True if tall == 1 else "row"}
    axes = figure.subplots(rows, columns, squeeze=False, **share).ravel()
    for place, ax in enumerate(axes):
        ax.set_visible(place < len(panels))
        ax.tick_params(labelbottom=place + columns >= len(panels))
    return figure, list(zip(axes, panels, strict=False))


def _check_number(picture: Picture, number: int) -> None:
    if number > PANELS:
        values = len(picture.data[picture.roles.facet].unique) if picture.roles.facet else number
        hint = f"has {values} values; at most {PANELS} panels are drawn"
        if number > values:
            hint = f"has {values} values, {number} panels in all; at most {PANELS} panels are drawn"
        raise InputError(Fault(picture.roles.facet or "panels", hint=hint))


def frame(picture: Picture, ax: Axes, panel: Panel) -> None:
    """Set scales, ticks, grid and title, before anything is drawn."""
    first = picture.data[panel.ys[0]]
    _axis(ax.xaxis, picture.x, ax.set_xscale, turned=picture.roles.x == SET)
    _axis(ax.yaxis, first, ax.set_yscale)
    ax.tick_params(labelsize=SMALL)
    ax.grid(True, color="0.9", linewidth=0.6 if picture.kind != "map" else 0.0)
    ax.set_axisbelow(True)
    if panel.title:
        grid: Any = ax.get_gridspec()
        ax.set_title(textwrap.fill(panel.title, 90 // grid.ncols, break_long_words=False), fontsize=SMALL)


def _axis(axis: Axis, variable: Variable, set_scale: Callable[[str], None], *, turned: bool = False) -> None:
    if variable.is_label:
        look: Look = {"rotation": 90} if turned else {}
        axis.set_ticks(range(len(variable.unique)), variable.unique, **look)
    elif variable.is_log:
        set_scale("log")
        axis.set_major_formatter(LogFormatter())
        axis.set_minor_formatter(LogFormatter(labelOnlyBase=False))
    else:
        axis.set_major_formatter(PlainFormatter())


def set_limits(picture: Picture, ax: Axes, panel: Panel) -> None:
    """Set the ends of the y axis of lines that are constant, cut off or reach the floor."""
    spans = [picture.span(picture.data[y]) for y in panel.ys]
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    first = picture.data[panel.ys[0]]
    if picture.kind != "lines" or first.is_label:
        return
    if high - low <= 1e-9 * abs(high) and not first.is_log:  # constant but for rounding
        ax.set_ylim(low - (0.05 * abs(low) or 1.0), high + (0.05 * abs(high) or 1.0))
    elif not first.is_log and low > min(
        (picture.data[y].numbers[0] for y in panel.ys if picture.data[y].numbers.size), default=low
    ):
        ax.set_ylim(low, 1.08 * high)


def write_labels(picture: Picture, figure: Figure, axes: list[tuple[Axes, Panel]], room: int) -> None:
    """Write what the axes are, with ``room`` for lines of notes below."""
    ds = picture.data.first
    below = label(ds, picture.roles.x) + "\n" * room
    if len(axes) == 1:
        axes[0][0].set_xlabel(below, fontsize=LABEL)
    else:
        figure.supxlabel(below, fontsize=LABEL)
    if len(picture.panels) == 1 and len(axes) > 1:
        figure.supylabel(label(ds, *axes[0][1].ys), fontsize=LABEL)
        return
    for ax, panel in axes:
        spot: Any = ax.get_subplotspec()
        if spot.is_first_col():
            width = 45 if len(axes) == 1 else 24
            ax.set_ylabel(label(ds, *panel.ys, width=width), fontsize=LABEL)
    figure.align_ylabels([ax for ax, _ in axes])
