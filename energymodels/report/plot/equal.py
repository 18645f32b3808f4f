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
SAMPLES = 200  # points of a line that are compared
DASH = 4.0  # length, in widths of the line


def tell_apart(figure: Figure, axes: list[tuple[Axes, Panel]], scaled: bool) -> list[str]:
    """Draw lines that coincide within their width so that each is seen, and return what to say of them.

    ``scaled``: their colours are of a scale, and they are only counted.
    """
    figure.draw_without_rendering()
    found: dict[str, list[int]] = {}
    for place, (ax, panel) in enumerate(axes):
        for group in coinciding(ax, panel):
            lines = [panel.drawn[i][0] for i in group]
            names = list(dict.fromkeys(panel.drawn[i][1] for i in group))
            what = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            if scaled or len(names) == 1:
                what = f"{len(group)} of {len(panel.drawn)} lines"
            found.setdefault(what, []).append(place)
            if len({str(line.get_color()) for line in lines}) == len(lines):
                _interleave(lines)
    some = "" if len(axes) == 1 else " in some panels"
    return [
        f"equal within the width of a line{'' if len(places) == len(axes) else some}: {what}"
        for what, places in found.items()
    ]


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
    """Return whether all points, of shape (points, 2), lie within ``width`` of a path of shape (corners, 2)."""
    if len(points) == 0 or len(path) == 0:
        return False
    if (points.min(0) < path.min(0) - width).any() or (points.max(0) > path.max(0) + width).any():
        return False
    some = points[np.unique(np.linspace(0, len(points) - 1, SAMPLES).astype(int))]
    begin, step = path[:-1], np.diff(path, axis=0)
    if len(path) == 1:
        begin, step = path, np.zeros((1, 2))
    length = np.maximum((step**2).sum(1), 1e-30)
    return all(_distance(point, begin, step, length) <= width for point in some)


def _distance(point: Array, begin: Array, step: Array, length: Array) -> float:
    """Return the distance of a point to the nearest of some segments; ``length`` is squared."""
    along = np.clip(((point - begin) * step).sum(1) / length, 0.0, 1.0)
    return float(np.sqrt((((begin + along[:, None] * step) - point) ** 2).sum(1).min()))


def _interleave(lines: list[Line2D]) -> None:
    """Give each line the dashes that the others leave free, and rings around each other's markers."""
    for place, line in enumerate(lines):
        line.set_linestyle((place * DASH, (DASH, (len(lines) - 1) * DASH)))
        line.set_dash_capstyle("butt")
        if place and line.get_marker() not in ("None", "none", ""):
            line.set_markerfacecolor("none")
            line.set_markersize(line.get_markersize() + 3.0 * place)
