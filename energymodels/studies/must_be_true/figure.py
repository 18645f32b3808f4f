"""The figure of the study ``must-be-true``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from energymodels.core.axes import dim_name
from energymodels.studies.must_be_true.statements import AREAL, STATEMENTS, Statement, boxes
from energymodels.studies.must_be_true.words import met, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure
    from matplotlib.patheffects import AbstractPathEffect
    from xarray import Dataset

BINS = 8  # of areal capacity
LINES: dict[str, tuple[str, Literal["-", "--"]]] = {
    "usual": ("k", "-"),
    "best": ("#762a83", "--"),
    "worst": ("#762a83", "-"),
}


def figure(ds: Dataset) -> Figure:
    """Return a map for every statement: which fraction of the sampled cells does it, by temperature and areal
    capacity.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    picture = Figure(figsize=(13, 10.5), layout="constrained")
    picture.suptitle(
        "What must be true: fraction of sampled cells that make the stated charge without plating (DFN, "
        "negative electrode ≥ 0 V "
        "vs Li/Li+)\nall coefficients and the other design choices drawn from their ranges; the cell "
        "keeps its temperature, "
        "heating up beforehand is not counted",
        fontsize=11.5,
    )
    panels = picture.subplots(2, 2)
    for axes, statement in zip(panels.flat, STATEMENTS, strict=True):
        name = f"{statement.name}-from-{100.0 * statement.starts[0]:g}"
        mesh = _panel(axes, ds.sel(case=name), statement)
    bar = picture.colorbar(mesh, ax=panels, label="cells that do it (%)", shrink=0.6)
    bar.ax.set_ylim(0.0, 100.0)
    words = {"usual": "at their usual values", "best": "at their best ends", "worst": "at their worst ends"}
    handles = [
        Line2D([], [], color=c, linestyle=s, lw=2, label=f"limit, all other parameters {words[k]}")
        for k, (c, s) in LINES.items()
    ]
    handles.append(
        Line2D([], [], color="w", lw=2.5, path_effects=[_outline()], label="half of the sampled cells")
    )
    picture.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=9)
    return picture


def _outline() -> AbstractPathEffect:
    """Return what draws a thin dark edge around a light line."""
    from matplotlib.patheffects import withStroke

    return withStroke(linewidth=3.5, foreground="0.25")


def _panel(axes: Axes, ds: Dataset, statement: Statement) -> QuadMesh:
    """Draw one statement's map, the boundaries of the parameter space's ends over it, and specific energy
    along the top.
    """
    low, high, _how = boxes()[statement.box].knobs[AREAL]
    edges = np.linspace(low, high, BINS + 1)
    middles = 0.5 * (edges[1:] + edges[:-1])
    T, yes = ds.temperature.values, met(ds).transpose("temperature", "cell").values
    bins = np.clip(np.digitize(ds[dim_name(AREAL)].values, edges) - 1, 0, BINS - 1)
    share = 100.0 * np.array([yes[:, bins == i].mean(axis=1) for i in range(BINS)]).T
    half = 0.5 * np.diff(T, append=2.0 * T[-1] - T[-2])
    mesh = axes.pcolormesh(
        edges, np.append(T - half, T[-1] + half[-1]), share, cmap="RdBu", vmin=-25.0, vmax=125.0
    )
    for i, t in enumerate(T):
        for j, x in enumerate(middles):
            axes.text(x, t, percent(share[i, j]), ha="center", va="center", fontsize=8, color="k")
    areal = low + ds.place.values * (high - low)
    for kind, (colour, style) in LINES.items():
        late = np.log(np.nan_to_num(ds.end_minutes.sel(kind=kind).values, nan=np.inf) / statement.minutes)
        margin = np.clip(-late, -3.0, 3.0)
        axes.contour(areal, T, margin, levels=[-1e-9], colors=colour, linestyles=style, linewidths=2.2)
    half_of = axes.contour(middles, T, share, levels=[50.0], colors="w", linewidths=2.0)
    half_of.set(path_effects=[_outline()])
    axes.set_yticks(T)
    axes.set(
        xlabel="areal capacity of the positive electrode (mA h cm$^{-2}$)",
        ylabel="temperature (°C)",
        xlim=(low, high),
    )
    axes.set_ylim(T[0] - half[0], T[-1] + half[-1])
    start = 100.0 * statement.starts[0]
    axes.set_title(
        f"{statement.title}\n{100 * statement.gain:.0f} % from {start:g} %: mean {statement.mean:.2f}C, "
        f"peak ≤ {statement.peak}",
        fontsize=10,
    )
    top = axes.secondary_xaxis("top")
    energy = ds.end_specific_energy.values
    places = np.arange(np.ceil(low), high + 1e-9)
    top.set_ticks(places, [f"{np.interp(x, areal, energy):.0f}" for x in places])
    top.set_xlabel("W h kg$^{-1}$ as designed, usual values", fontsize=8.5)
    top.tick_params(labelsize=8.5)
    return mesh
