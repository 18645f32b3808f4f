"""Figures of a result: lines, points or a map, labelled from the metadata of the dataset."""

from __future__ import annotations

import re
import textwrap
import warnings
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullFormatter, ScalarFormatter

from energymodels.errors import Fault, InputError, closest
from energymodels.model import Array

SUFFIXES = (".png", ".svg", ".pdf")
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc3311", "#56b4e9", "#aa4499", "#555555", "#999933")  # apart for colour-blind eyes too
DASHES = ("-", "--", ":", "-.")
WIDTH = 8.0  # inches; 1200 pixels at DPI
DPI = 150
SIZES = {"title": 11.0, "label": 10.5, "small": 9.0, "note": 7.5}
PANELS = 12
LEGEND = 8  # more numbers than this get a colour bar
SYMBOLS = {"um": "µm", "us": "µs", "uV": "µV", "uA": "µA", "ohm": "Ω", "percent": "%", "degC": "°C", "degree": "°", "1": ""}


@dataclass(frozen=True)
class Roles:
    """Who plays what in a figure, by dataset name; ``value`` is the output drawn."""

    ds: xr.Dataset
    kind: Literal["lines", "points", "map"]
    x: str
    y: str
    hue: str | None
    facet: str | None

    @property
    def value(self) -> str:
        return self.hue if self.kind == "map" and self.hue else self.y

    def hidden(self) -> list[str]:
        """Return the dimensions of the output that have no role and more than one value."""
        shown = {d for n in (self.x, self.y if self.kind == "map" else None, self.hue, self.facet) if n for d in self.ds[n].dims}
        shown -= set() if self.kind != "map" else set(self.ds[self.value].dims) - self._placed()
        return [str(d) for d, n in self.ds[self.value].sizes.items() if d not in shown and n > 1]

    def _placed(self) -> set[Any]:
        return {d for n in (self.x, self.y, self.facet) if n for d in self.ds[n].dims}
