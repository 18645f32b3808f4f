"""p- against n-type wafers: base type x lifetime x capture asymmetry x resistivity x thickness, same surfaces
and resistances.

The surfaces and the series resistance are those of a good cell with passivated contacts, chosen for the
comparison (assumed, not a measured cell): the study is about the wafer. Generation is modelled: the
Lambertian limit of each thickness less 5 %.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.dataset import to_dataset
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.report.figures import save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure
    from xarray import DataArray, Dataset

TITLE = "p-type against n-type wafers (over 200 000 cells)"
FILES = ("p-vs-n.nc", "p-vs-n.png")
CELL = {"front.j0": 2.5, "rear.j0": 2.5, "series_resistance": 0.3, "optical_loss": 0.05}
OVER = {
    "wafer.type": "p,n",
    "wafer.tau": "1e-5:1e-1:33:log",
    "wafer.capture_ratio": "0.01:100:25:log",
    "wafer.resistivity": "0.3:30:17:log",
    "wafer.thickness": "80um:180um:9",
}
KEEP = [
    "v_oc",
    "fill_factor",
    "pseudo_fill_factor",
    "efficiency",
    "j_radiative_mp",
    "j_auger_mp",
    "j_srh_mp",
    "j_front_mp",
    "j_rear_mp",
]
COLOURS = {"p": "#b2182b", "n": "#2166ac"}
SHOWN = {"wafer_resistivity": 1.0, "wafer_thickness": 130.0}


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write ``p-vs-n.nc`` and ``p-vs-n.png``."""
    solution = solve("pv.cell", OVER, CELL, keep=[*KEEP, "base_doping", "validity"])
    cases = solution.status.size
    say(
        f"{cases} cells in {solution.seconds:.2f} s, {cases / solution.seconds:.0f} per second, "
        f"{solution.failed} failed"
    )
    ds = to_dataset(solution, "energymodels study p-vs-n")
    ds.attrs["title"] = "Silicon cells on p- and n-type wafers with the same surfaces"
    picture = folder / "p-vs-n.png"
    data = write(ds, folder / "p-vs-n.nc")
    save(_figure(ds), picture, "study p-vs-n", 110)
    for line in _findings(ds):
        say(line)
    return [data, picture]


def _at(ds: Dataset, **values: float) -> Dataset:
    """Return the cells of 1 ohm cm and 130 um, or of the values given."""
    return ds.sel(SHOWN | values, method="nearest")


def _gain(ds: Dataset) -> DataArray:
    """Return the efficiency of n-type less that of p-type."""
    efficiency = ds["efficiency"]
    return efficiency.sel(wafer_type="n") - efficiency.sel(wafer_type="p")


def _findings(ds: Dataset) -> list[str]:
    """Return what the sweep says, in sentences with figures."""
    equal = _gain(_at(ds, wafer_tau=1e-3, wafer_capture_ratio=1.0)).item()
    asymmetric = _gain(_at(ds, wafer_tau=1e-3, wafer_capture_ratio=100.0)).item()
    perfect = _gain(_at(ds, wafer_tau=1e-1, wafer_capture_ratio=1.0, wafer_resistivity=0.3)).item()
    share = float((_gain(ds) > 0.0).mean()) * 100.0
    return [
        f"1 ohm cm, 1 ms, symmetric capture: n - p = {equal:+.2f} % absolute (p has three times the doping: "
        f"less SRH)",
        f"the same with defects that catch electrons 100 times faster than holes: {asymmetric:+.2f} %",
        f"0.3 ohm cm, 100 ms, where Auger decides: {perfect:+.2f} %",
        f"n is ahead in {share:.0f} % of the cells swept, all compared at equal tau_p0",
    ]


def _figure(ds: Dataset) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 9), layout="constrained")
    figure.suptitle(
        "p- against n-type silicon: same surfaces (J0 5 fA cm$^{-2}$ in all), 0.3 Ω cm$^2$, light at 95 % "
        "of the Lambertian limit\n"
        "dotted: a diffusion length is under four "
        "thicknesses, where this model sees less than the whole loss",
        fontsize=12,
    )
    ((a, b), (c, d)) = figure.subplots(2, 2)
    _map(a, _at(ds), "wafer_tau", "SRH lifetime τ$_{p0}$ (s)", "1 Ω cm, 130 µm")
    fixed_tau = ds.sel(wafer_thickness=130.0, wafer_tau=1e-3, method="nearest")
    mesh = _map(b, fixed_tau, "wafer_resistivity", "resistivity (Ω cm)", "τ$_{p0}$ = 1 ms, 130 µm")
    figure.colorbar(mesh, ax=[a, b], label="efficiency of n less p (% absolute)", shrink=0.9)
    _lines(c, ds)
    _split(d, ds)
    return figure


def _map(axes: Axes, ds: Dataset, x: str, label: str, title: str) -> QuadMesh:
    """Draw n less p over ``x`` and the asymmetry; dotted where a diffusion length is under four
    thicknesses.
    """
    grid = _gain(ds).transpose("wafer_capture_ratio", x)
    bent = (ds.validity != 0).any("wafer_type").transpose("wafer_capture_ratio", x)
    axes.contourf(
        grid[x].values,
        grid.wafer_capture_ratio.values,
        bent.values,
        levels=[0.5, 1.5],
        hatches=["."],
        colors="none",
        zorder=3,
    )
    args = (grid[x].values, grid.wafer_capture_ratio.values, grid.values)
    mesh = axes.pcolormesh(*args, cmap="RdBu", vmin=-3.0, vmax=3.0, shading="gouraud", rasterized=True)
    lines = axes.contour(
        *args,
        levels=[-2.0, -1.0, -0.3, 0.0, 0.3, 1.0, 2.0],
        colors="k",
        linewidths=[0.6] * 3 + [1.8] + [0.6] * 3,
    )
    axes.clabel(lines, fmt="%+.1f", fontsize=8)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=label,
        ylabel="capture asymmetry τ$_{p0}$/τ$_{n0}$",
        title=f"Which base wins: {title}",
    )
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none"}
    axes.text(
        0.03,
        0.95,
        "n-type better: the defect captures electrons",
        transform=axes.transAxes,
        va="top",
        color=COLOURS["n"],
        bbox=box,
    )
    axes.text(
        0.03,
        0.05,
        "p-type better: it captures holes, or symmetric",
        transform=axes.transAxes,
        color=COLOURS["p"],
        bbox=box,
    )
    return mesh


def _lines(axes: Axes, ds: Dataset) -> None:
    for tau, style in ((1e-3, "-"), (1e-1, ":")):
        for ratio, width in ((1.0, 2.2), (100.0, 1.1)):
            for kind, colour in COLOURS.items():
                some = ds.efficiency.sel(wafer_type=kind).sel(
                    wafer_tau=tau, wafer_capture_ratio=ratio, wafer_thickness=130.0, method="nearest"
                )
                label = f"{kind}, τ$_{{p0}}$ = {tau * 1e3:g} ms, asymmetry {ratio:g}"
                axes.plot(some.wafer_resistivity, some, style, color=colour, linewidth=width, label=label)
    axes.set(
        xscale="log",
        xlabel="resistivity (Ω cm)",
        ylabel="efficiency (%)",
        title="Doping against Auger, 130 µm",
    )
    axes.set_ylim(axes.get_ylim()[0] - 1.7, 26.9)
    axes.legend(fontsize=8, ncols=2, loc="lower center")
    axes.grid(alpha=0.3)


def _split(axes: Axes, ds: Dataset) -> None:
    """Stack the recombination at maximum power for three wafers of 1 ohm cm and one of 0.3 ohm cm."""
    wafers = (
        ("1 Ω cm, 1 ms\nsymmetric", 1e-3, 1.0, 1.0),
        ("1 Ω cm, 1 ms\nasymmetry 100", 1e-3, 100.0, 1.0),
        ("0.3 Ω cm, 100 ms\nsymmetric", 1e-1, 1.0, 0.3),
    )
    parts = {
        "SRH": ["j_srh_mp"],
        "Auger": ["j_auger_mp"],
        "surfaces": ["j_front_mp", "j_rear_mp"],
        "radiative": ["j_radiative_mp"],
    }
    shades = ("#e08214", "#542788", "#7f7f7f", "#35978f")
    names: list[str] = []
    for i, (_, tau, ratio, resistivity) in enumerate(wafers):
        for kind, offset in (("p", -0.19), ("n", 0.19)):
            case = _at(
                ds.sel(wafer_type=kind),
                wafer_tau=tau,
                wafer_capture_ratio=ratio,
                wafer_resistivity=resistivity,
            )
            bottom = 0.0
            for (part, members), shade in zip(parts.items(), shades, strict=True):
                height = float(sum(case[m].item() for m in members))
                axes.bar(
                    i + offset,
                    height,
                    0.34,
                    bottom=bottom,
                    color=shade,
                    label=None if part in names else part,
                )
                names.append(part)
                bottom += height
            axes.text(
                i + offset,
                bottom + 0.02,
                f"{kind}\n{case.efficiency.item():.2f} %",
                ha="center",
                fontsize=9,
                color=COLOURS[kind],
            )
    axes.set_xticks(np.arange(len(wafers)), [w[0] for w in wafers])
    axes.set(ylabel="recombination at maximum power (mA cm$^{-2}$)", title="Why")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.15)
    axes.legend(fontsize=8, ncols=4, loc="upper center")
