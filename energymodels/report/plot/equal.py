"""Lines that lie on each other: dashes that leave room for one another, and a note that says so."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from energymodels.core.model import Array
from energymodels.report.plot.picture import Panel

MOST = 60  # lines in a panel that are compared
SAMPLES = 200  # places along a line that are compared
DASH = 4.0  # length, in widths of the line


def tell_apart(figure: Figure, axes: list[tuple[Axes, Panel]], *, counted: bool) -> list[str]:
    """Draw lines that coincide within their width so that each is seen, and return what to say of them.

    They are ``counted`` where a scale of colours names none.
    """
    figure.draw_without_rendering()
    found: dict[str, list[Panel]] = {}
    for ax, panel in axes:
        for group in coinciding(ax, panel):
            lines = [panel.drawn[i][0] for i in group]
            if len({str(line.get_color()) for line in lines}) == len(lines):
                _overlay(lines)
            found.setdefault(_names(panel, group, counted), []).append(panel)
    return [
        f"equal within the width of a line{_where(panels, len(axes))}: {what}"
        for what, panels in found.items()
    ]


def _names(panel: Panel, group: list[int], counted: bool) -> str:
    """Return what stands for the lines of a group: their names, or how many they are."""
    names = list(dict.fromkeys(panel.drawn[i][1] for i in group))
    if counted or len(names) == 1:
        return f"{len(group)} of {len(panel.drawn)} lines"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _where(panels: list[Panel], number: int) -> str:
    """Return in which panels that is, empty if in all."""
    titles = [panel.title for panel in panels]
    if len(panels) == number or not titles[0]:
        return ""
    return f" at {titles[0]}" if len(titles) == 1 else f" in {len(titles)} of {number} panels"


def coinciding(ax: Axes, panel: Panel) -> list[list[int]]:
    """Return the groups of lines of a panel that lie on each other as they are drawn, by their places."""
    lines = [line for line, _ in panel.drawn][:MOST]
    paths = [ax.transData.transform(np.column_stack(line.get_data())) for line in lines]
    paths = [path[np.isfinite(path).all(axis=1)] for path in paths]
    owner = list(range(len(lines)))
    for i, j in combinations(range(len(lines)), 2):
        width = lines[i].get_linewidth() * ax.figure.dpi / 72
        if lies_on(paths[i], paths[j], width) or lies_on(paths[j], paths[i], width):
            owner = [owner[i] if own == owner[j] else own for own in owner]
    groups = [[k for k, own in enumerate(owner) if own == first] for first in dict.fromkeys(owner)]
    return [group for group in groups if len(group) > 1]


def lies_on(points: Array, path: Array, width: float) -> bool:
    """Return whether all points lie within ``width`` of a path; both of shape (number, 2)."""
    if len(points) == 0 or len(path) == 0:
        return False
    if (points.min(0) < path.min(0) - width).any() or (points.max(0) > path.max(0) + width).any():
        return False
    some = _along(points)
    begin, step = path[:-1], np.diff(path, axis=0)
    if len(path) == 1:
        begin, step = path, np.zeros((1, 2))
    length = np.maximum((step**2).sum(1), 1e-30)
    return all(_distance(point, begin, step, length) <= width for point in some)


def _along(path: Array) -> Array:
    """Return places along a path, evenly apart."""
    length = np.append(0.0, np.cumsum(np.hypot(*np.diff(path, axis=0).T)))
    places = np.linspace(0.0, length[-1], SAMPLES)
    return np.column_stack([np.interp(places, length, column) for column in path.T])


def _distance(point: Array, begin: Array, step: Array, length: Array) -> float:
    """Return the distance of a point to the nearest of some segments; ``length`` is squared."""
    along = np.clip(((point - begin) * step).sum(1) / length, 0.0, 1.0)
    return float(np.sqrt((((begin + along[:, None] * step) - point) ** 2).sum(1).min()))


def _overlay(lines: list[Line2D]) -> None:
    """Draw the longest line below, and on it the others in dashes that leave room for all, with rings around
    the markers.
    """
    below, *others = sorted(lines, key=lambda line: -np.isfinite(line.get_ydata()).sum())
    for place, line in enumerate(others, start=1):
        line.set_zorder(below.get_zorder() + 0.01 * place)
        line.set_linestyle((place * DASH, (DASH, len(others) * DASH)))
        line.set_dash_capstyle("butt")
        if line.get_marker() not in ("None", "none", ""):
            line.set_markerfacecolor("none")
            line.set_markersize(line.get_markersize() + 2.0 * place)
