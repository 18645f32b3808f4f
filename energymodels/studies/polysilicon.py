"""Efficiency along the ingot from rod and granular polysilicon, in three cells, with the spread of the
published data.

The totals are upper limits, not measurements: the recalled limit of electronic-grade rod, and what a maker
states of its granules. How they split among metals is not published: stainless steel is the prior, the others
are in the band. The doping is held.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.pv.metals.budget import metal_budget
from energymodels.report.figures import save
from energymodels.studies.stated import stated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from xarray import DataArray, Dataset

TITLE = "efficiency along the ingot: rod against granular polysilicon, p-PERC, n-TOPCon, n-HJT"
CELLS = {
    "p-PERC": ("industrial-perc-2023", "perc"),
    "n-TOPCon": ("industrial-topcon-2023", "topcon"),
    "n-HJT, no gettering": ("industrial-hjt-2023", "none"),
    "n-HJT, POCl3 before": ("industrial-hjt-2023", "pocl3"),
}
FILES = (*(f"polysilicon-{name.lower()}.nc" for name in CELLS), "polysilicon.png")
CLAIMED = stated()["granular-silicon"].value("metals")
FEEDS = {
    "gbt-12963-2014-1": "rod, 1 ppbw (recalled limit)",
    "granular-2025-5-metals": f"granular, {CLAIMED:g} ppbw (claimed)",
}
OVER = {"feedstock.grade": ",".join(FEEDS), "crystal.pulls": [1, 8], "crystal.position": "0:0.8:33"}
COLOURS = ("#b2182b", "#2166ac")
STYLES = {1: "-", 8: "--"}


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write a netCDF file per cell and ``polysilicon.png``; say what the sweeps find."""
    found: dict[str, Dataset] = {}
    paths = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)  # said below, and in the files
        for name, (spec, gettering) in CELLS.items():
            values = {
                "feedstock.composition": "stainless",
                "crystal.route": "rcz",
                "process.gettering": gettering,
            }
            solution = solve(spec, OVER, values, keep=["efficiency", "wafer_metals"], sets="all")
            found[name] = to_dataset(solution, "energymodels study polysilicon")
            found[name].attrs["clean_efficiency"] = float(
                solve(spec, {}, keep=["efficiency"]).values["efficiency"][0]
            )
            paths.append(write(found[name], folder / f"polysilicon-{name.lower()}.nc"))
    for line in _findings(found):
        say(line)
    picture = folder / "polysilicon.png"
    save(_figure(found), picture, "study polysilicon", 110)
    return [*paths, picture]


def _loss(ds: Dataset) -> DataArray:
    """Return the loss against the cell without metals, percent absolute."""
    clean: float = ds.attrs["clean_efficiency"]
    return clean - ds["efficiency"]


def _findings(found: dict[str, Dataset]) -> list[str]:
    """Return what the sweeps say, in sentences with figures."""
    lines = [
        "Loss against a cell without metals, % absolute: stainless composition (minimum to maximum over "
        "published sets and compositions)"
    ]
    for name, ds in found.items():
        for grade, words in FEEDS.items():
            parts = []
            for pull in STYLES:
                some = _loss(ds).sel(feedstock_grade=grade, crystal_pulls=pull)
                at = [some.sel(crystal_position=g, method="nearest") for g in (0.0, 0.8)]
                parts.append(
                    ", ".join(f"{v[0].item():.3f} ({v.min().item():.3f} to {v.max().item():.3f})" for v in at)
                )
            lines.append(f"  {name:<20} {words:<30} crystal 1 at 0, 0.8: {parts[0]}; crystal 8: {parts[1]}")
    limits = metal_budget("industrial-hjt-2023", ["Fe", "Cr", "Co", "Ni"], [0.1], ["n"], sets="all").isel(
        cell=0, loss=0
    )
    one = [limits.sel(element=metal) for metal in limits.element.values]
    texts = [
        f"{m.element.item()} {float(m.feed):.3g} ({float(m.feed_low):.2g} to {float(m.feed_high):.2g})"
        for m in one
    ]
    lines.append(
        f"ppbw that cost a heterojunction cell without gettering 0.1 % in the middle of the first crystal: "
        f"{', '.join(texts)}"
    )
    return [*lines, *_claim(found)]


def _claim(found: dict[str, Dataset]) -> list[str]:
    """Return what half a ppbw in place of one is worth, at most anywhere along the crystal and over sets and
    priors.
    """
    gains = {}
    for name, ds in found.items():
        rod, granular = (ds.efficiency.sel(feedstock_grade=grade) for grade in FEEDS)
        gain = granular - rod
        gains[name] = [
            (float(gain.isel(set=0).sel(crystal_pulls=p).max()), float(gain.sel(crystal_pulls=p).max()))
            for p in STYLES
        ]
    return [
        f"What {CLAIMED:g} in place of 1 ppbw gains, % absolute, maximum along the crystal: "
        f"stainless composition "
        "(maximum over sets and compositions)",
        *(
            f"  {name:<20} crystal 1: {first[0]:.3f} ({first[1]:.3f}); crystal 8: {last[0]:.3f} "
            f"({last[1]:.3f})"
            for name, (first, last) in gains.items()
        ),
        "Not published: the composition of any total of metals, and a measured total of rod; near 0.1 ppbw a "
        "metal the analysis ends.",
    ]


def _figure(found: dict[str, Dataset]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8.2), layout="constrained")
    figure.suptitle(
        "Efficiency along the ingot: metals of the feedstock at their stated upper limits, "
        "stainless-steel composition\n"
        "bands: every published parameter set, coefficient and composition, one at a time; doping held; "
        "typical cells",
        fontsize=12,
    )
    for ax, (name, ds) in zip(figure.subplots(2, 2, sharex=True).ravel(), found.items(), strict=True):
        _panel(ax, name, ds)
    return figure


def _panel(axes: Axes, name: str, ds: Dataset) -> None:
    x = ds.crystal_position.values
    axes.axhline(ds.attrs["clean_efficiency"], color="0.4", linewidth=0.8, linestyle=":")
    for (grade, words), colour in zip(FEEDS.items(), COLOURS, strict=True):
        for pull, style in STYLES.items():
            some = ds.efficiency.sel(feedstock_grade=grade, crystal_pulls=pull)
            axes.plot(x, some.isel(set=0), style, color=colour, label=f"{words}, crystal {pull}")
            axes.fill_between(x, some.min("set"), some.max("set"), color=colour, alpha=0.13, linewidth=0)
    low = min(float(ds.efficiency.min()), ds.attrs["clean_efficiency"] - 0.1)
    axes.set(title=name, xlabel="solidified fraction along the crystal", ylabel="efficiency (%)")
    axes.set_ylim(
        max(low, ds.attrs["clean_efficiency"] - 3.0) - 0.02,
        ds.attrs["clean_efficiency"] + 0.05 * np.ptp(axes.get_ylim()),
    )
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="lower left")
