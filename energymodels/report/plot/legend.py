"""Beside and above a figure: what colours, dashes and markers mean, and the title."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energymodels.report.labels import NBSP, amount, escaped, label, short_name, shortened
from energymodels.report.plot.frame import LABEL, SMALL, PlainFormatter
from energymodels.report.plot.marks import BAND, marker_of
from energymodels.report.plot.picture import Picture
from energymodels.report.plot.style import PALETTE, Channel, Look

TITLE = 11.0  # font size
LONG, ENTRY = 240, 34  # characters of a title, and of a line in the legend
GAP = 0.01  # of the width of the figure, between title and legend


def explain(picture: Picture, figure: Figure, axes: list[Axes]) -> None:
    """Add the colour bar and the legend: hue, files, outputs, and what a band over sets is."""
    look: Look = {"frameon": False, "fontsize": SMALL, "title_fontsize": SMALL}
    if picture.scale and picture.hue:
        bar = figure.colorbar(picture.scale, ax=axes, aspect=30)
        bar.set_label(label(picture.data.first, picture.hue.name), fontsize=LABEL)
        bar.ax.tick_params(labelsize=SMALL)
        if not picture.hue.is_log:
            bar.formatter = PlainFormatter()
            bar.update_ticks()
    elif picture.hue:
        look["title"] = label(picture.data.first, picture.hue.name, width=22)
    handles: list[Any] = [
        handle for channel in picture.style.channels for handle in _entries(picture, channel)
    ]
    if picture.sets and picture.kind == "lines" and picture.x.is_field:
        colour = "0.3" if picture.style.channels or picture.scale else PALETTE[0]
        words = f"band: {picture.sets} sets of data"
        handles.append(Patch(color=colour, alpha=BAND, linewidth=0, label=words))
    if handles:
        look["loc"] = "outside right upper" if "title" in look else "outside right center"
        _fit(figure, figure.legend(handles=handles, ncols=1 + len(handles) // 40, **look))


def _entries(picture: Picture, channel: Channel) -> list[Line2D]:
    """Return what stands in the legend for the values of a channel."""
    found = []
    for value in channel.values:
        look = picture.style.entry(channel, value)
        marks = picture.style.marks and channel is picture.style.channels[-1]
        if picture.kind == "points":
            look |= {"marker": marker_of(look), "markersize": 5, "linestyle": "none"}
        elif not marks:
            look["marker"] = "none"
        found.append(Line2D([], [], label=_words(picture, channel, value), **look))
    return found


def _words(picture: Picture, channel: Channel, value: str) -> str:
    if channel.name == "y":
        return short_name(picture.data.first, value)
    text = escaped(value) if channel.name == "file" else amount(value)
    if len(text) <= ENTRY:
        return str(text)
    return textwrap.fill(shortened(text.replace(NBSP, " "), 4 * ENTRY), ENTRY).replace(" ", NBSP)


def _fit(figure: Figure, legend: Legend) -> None:
    """Write a legend that is higher than the figure in letters as small as it takes."""
    figure.draw_without_rendering()
    share = legend.get_window_extent().height / figure.bbox.height
    for text in [*legend.get_texts(), legend.get_title()] if share > 0.97 else []:
        text.set_fontsize(SMALL * 0.97 / share)


def write_title(picture: Picture, figure: Figure, axes: list[Axes]) -> None:
    """Write the title above the panels, in as many lines as keep it off the legend."""
    title = next((t for ds in picture.data.files.values() if (t := str(ds.attrs.get("title", "")))), "")
    titles = {str(ds.attrs.get("title", "")) for ds in picture.data.files.values()}
    text = shortened(title, LONG) if len(titles) == 1 else ""  # files name themselves in the legend
    if not text:
        return
    figure.draw_without_rendering()
    left = min(ax.get_position().x0 for ax in axes)
    right = max(ax.get_position().x1 for ax in axes)
    for legend in figure.legends:
        beside = figure.transFigure.inverted().transform(legend.get_window_extent().p0)[0] - GAP
        right = min(right, beside) if beside > left else right
    heading = figure.suptitle(text, fontsize=TITLE, x=(left + right) / 2)
    share = (right - left) * figure.bbox.width / heading.get_window_extent().width
    for narrower in (1.0, 0.95, 0.9, 0.8, 0.7):  # letters differ in width
        width = max(10, int(len(text) * share * narrower))
        heading.set_text(textwrap.fill(text, width, break_long_words=False))
        if heading.get_window_extent().width <= (right - left) * figure.bbox.width:
            break
