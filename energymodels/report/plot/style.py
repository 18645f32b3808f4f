"""How lines and points are told apart: by colour, then dashes, then markers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize

from energymodels.report.plot.variable import Variable

# safe for the colour-blind
Look: TypeAlias = dict[str, Any]  # keywords of Matplotlib, for a line, dots or a legend
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc3311", "#56b4e9", "#aa4499", "#555555", "#999933")
DASHES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LEGEND = 8  # more numbers than these get a colour bar


@dataclass(frozen=True)
class Channel:
    """One thing that tells lines apart, ``hue``, ``file`` or ``y``, and its values."""

    name: str
    values: list[Any]


@dataclass(frozen=True)
class Style:
    """The channels in order, first by colour, or after a colour ``scale`` by dashes."""

    channels: list[Channel]
    scale: ScalarMappable | None

    def look(self, **values: Any) -> Look:
        """Return colour, linestyle and marker of a line by its value in each channel."""
        found: Look = {"color": PALETTE[0], "linestyle": "-", "marker": "o"}
        if self.scale:
            hue = values["hue"]
            found["color"] = self.scale.to_rgba(hue) if np.isfinite(hue) else "black"
        slots = ["linestyle", "marker"] if self.scale else ["color", "linestyle", "marker"]
        for slot, channel in zip(slots, self.channels, strict=False):
            found |= _slot(slot, channel.values.index(values[channel.name]))
        return found

    def entry(self, channel: Channel, value: object) -> Look:
        """Return the look of one value of a channel in the legend, the others' neutral."""
        look = self.look(
            **{"hue": np.nan} | {c.name: c.values[0] for c in self.channels} | {channel.name: value}
        )
        by_colour = not self.scale and channel is self.channels[0]
        return look if by_colour else look | {"color": "0.3"}

    @property
    def marks(self) -> bool:
        """Return whether markers tell lines apart."""
        return len(self.channels) > (1 if self.scale else 2)


def _slot(slot: str, place: int) -> Look:
    """Return what the value at ``place`` of a channel has of its own."""
    if slot == "color":
        return {"color": PALETTE[place % len(PALETTE)], "linestyle": DASHES[place // len(PALETTE) % 4]}
    table = DASHES if slot == "linestyle" else MARKERS
    return {slot: table[place % len(table)]}


def colour_scale(hue: Variable | None) -> ScalarMappable | None:
    """Return the colour scale of the hue; None where a legend names its few values."""
    if hue is None or hue.is_label or (hue.is_field and len(hue.unique) <= LEGEND):
        return None
    low, high = (hue.numbers[0], hue.numbers[-1]) if hue.numbers.size else (0.0, 1.0)
    if hue.is_log:
        norm: Normalize = LogNorm(max(low, hue.floor) if hue.has_floor else low, high)
    else:
        norm = Normalize(low, high)
    return ScalarMappable(norm, colormaps["viridis"].with_extremes(over="black", under="0.6"))
