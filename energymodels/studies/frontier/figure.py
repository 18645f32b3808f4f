"""The figure and the sentences of the study ``frontier``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.studies.stated import Stated, stated

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from xarray import Dataset

SHADES = ("#2166ac", "#e08214", "#b2182b")
TITLES = {"lfp": "LFP | graphite", "nmc811-sic": "NMC811 | graphite with silicon, 400 mA h/g"}
MAIN = 0.34  # porosity of the curves that bear marks of areal capacity
SPAN = 0.7  # of the capacity: from 10 to 80 %
MARKED = (1.0, 2.0, 3.0, 4.0, 5.0)  # mA h cm-2


@dataclass(frozen=True)
class Published:
    """What is stated of a cell: minutes from 10 to 80 %, cells' W h/kg (low, high), either None where it is
    not published.
    """

    chemistry: str
    label: str
    minutes: float | None
    energy: tuple[float, float] | None
    source: str
    # where the label stands along the other axis, in parts; beside a bar: 0 left of it, 1 right
    at: float = 0.0


def published(known: Mapping[str, Stated]) -> tuple[Published, ...]:
    """Return what is published of such cells: a measurement, and what the statements ``known`` say.

    Where a charge is stated for another span than 10-80 %, the time is that of 10-80 % at the same mean rate.
    """
    zeekr, percent, km = (known[key] for key in ("zeekr-golden", "shenxing-80-percent", "shenxing-400km"))
    plus, qilin = known["shenxing-plus"], known["qilin-charge"]
    return (
        Published("lfp", "BYD Blade, measured 160 W h/kg", None, (160.0, 160.0), "gorsch2025", 0.97),
        _charge("lfp", zeekr, f"Zeekr 7X, measured: {zeekr.what} in {zeekr.duration}", 0.56),
        _charge("lfp", percent, f"Shenxing, claimed: {percent.what} in {percent.duration}", 0.56),
        _charge("lfp", km, f"Shenxing, claimed: {km.what} in {km.duration}", 0.03),
        _packed("lfp", "Shenxing Plus", plus, plus, 1.0),
        _packed("nmc811-sic", "Qilin", qilin, known["qilin-density"], 0.0),
    )


def _charge(
    chemistry: str, of: Stated, label: str, at: float, energy: tuple[float, float] | None = None
) -> Published:
    return Published(chemistry, label, of.minutes(SPAN), energy, of.claim.quantities["duration"].source, at)


def _packed(chemistry: str, name: str, charge: Stated, density: Stated, at: float) -> Published:
    """Return a cell whose pack's specific energy is stated: that over the assumed fraction of mass in
    cells.
    """
    pack, (low, high) = density.value("pack_specific_energy"), density.between("cells_share")
    energy = (float(round(pack / high)), float(round(pack / low)))
    label = f"{name}, claimed:\n{charge.what} in {charge.duration},\na pack of {pack:g} W h/kg"
    return _charge(chemistry, charge, label, at, energy)


PUBLISHED = published(stated())


def most_energy(ds: Dataset, minutes: float) -> tuple[float, float, float]:
    """Return (W h/kg, areal capacity, porosity) of most energy among cells that take ``minutes`` at most.

    Straight lines along the areal capacity. NaN where even the thinnest takes longer.
    """
    found = (np.nan, np.nan, np.nan)
    for porosity in ds.porosity.values:
        line = ds.sel(porosity=porosity)
        time, energy = line.time_10_to_80.values / 60.0, line.charged_specific_energy.values
        over = np.flatnonzero(~(time <= minutes))
        if over.size and over[0] == 0:
            continue
        last = over[0] if over.size else time.size - 1
        part = (
            (minutes - time[last - 1]) / (time[last] - time[last - 1])
            if over.size and np.isfinite(time[last])
            else float(not over.size)
        )
        value, areal = (
            float(v[last - 1] + part * (v[last] - v[last - 1])) for v in (energy, line.areal_capacity.values)
        )
        if not value <= found[0]:
            found = (value, areal, float(porosity))
    return found


def findings(ds: Dataset) -> list[str]:
    """Return what the sweep says, in sentences with figures."""
    full = ds.sel(model="battery.dfn")
    lines = []
    for name in ds.chemistry.values:
        one = full.sel(chemistry=name)
        ratio = float(one.capacity_ratio.mean()) - 1.0
        lines.append(
            f"{name}: the charged cell holds {abs(ratio):.1%} {'more' if ratio > 0.0 else 'less'} than its "
            f"design says; "
            "W h/kg are the charged cell's"
        )
        for T in ds.temperature.values:
            energy, areal, porosity = most_energy(one.sel(temperature=T), 10.0)
            cell = (
                f"{energy:.0f} W h/kg ({areal:.2f} mA h cm-2, porosity {porosity:g})"
                if energy == energy
                else "no cell"
            )
            lines.append(f"  10-80 % in 10 min at {T:g} degC: at most {cell}")
        most = one.charged_specific_energy.max().item()
        lines.append(
            f"  at any time: at most {most:.0f} W h/kg, {one.areal_capacity.values[-1]:g} mA h "
            f"cm-2 as the thickest swept"
        )
        mid = one.sel(porosity=MAIN).isel(temperature=one.sizes["temperature"] // 2)
        thin, thick = (mid.sel(areal_capacity=a, method="nearest") for a in (2.0, 4.0))
        gain = (thick.charged_specific_energy / thin.charged_specific_energy).item() - 1.0
        slower = (thick.time_10_to_80 / thin.time_10_to_80).item()
        lines.append(
            f"  4 in place of 2 mA h cm-2 at {mid.temperature.item():g} degC: {gain:+.1%} W h/kg, "
            f"{slower:.2f} times as long"
        )
    for p in PUBLISHED:
        if p.minutes is not None and p.chemistry in ds.chemistry.values:
            one = full.sel(chemistry=p.chemistry)
            most = ", ".join(
                f"{most_energy(one.sel(temperature=T), p.minutes)[0]:.0f} at {T:g}"
                for T in ds.temperature.values
            )
            want = f", {p.energy[0]:g} to {p.energy[1]:g} needed" if p.energy else ""
            label = p.label.replace("\n", " ")
            lines.append(f"{label} ({p.minutes:.2f} min for 10-80 %): at most, W h/kg by degC, {most}{want}")
    spme = ds.time_10_to_80.sel(model="battery.spme") / full.time_10_to_80 - 1.0
    left = int(ds.unfinished.sum())
    lines.append(
        f"SPMe takes longer than DFN by {float(spme.median()):.1%} (median), {float(spme.min()):.1%} to "
        f"{float(spme.max()):.1%}"
    )
    lines.append(
        f"{left} charges, all at higher peaks, found no current within the limits before 80 %: a "
        f"lower peak counts"
    )
    return lines


def figure(ds: Dataset) -> Figure:
    """Return energy over charging time, a panel for every chemistry."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(14, 7.2), layout="constrained")
    picture.suptitle(
        "Energy against fast charge: mass and fast charge of the same cells from 0 % at their limits (DFN, "
        "negative electrode ≥ 0 V "
        "vs Li/Li+, at most 10C)\nthick: best of all porosities; thin: porosity 0.26, 0.30, 0.34 "
        "(dots: 1 to 5 mA h "
        "cm$^{-2}$), 0.40; an assumed design on published materials",
        fontsize=11,
    )
    for axes, name in zip(
        np.atleast_1d(picture.subplots(1, ds.sizes["chemistry"])), ds.chemistry.values, strict=True
    ):
        _panel(axes, ds.sel(chemistry=name, model="battery.dfn"), str(name))
    return picture


def _panel(axes: Axes, ds: Dataset, name: str) -> None:
    from matplotlib.ticker import NullFormatter

    for T, shade in zip(ds.temperature.values, SHADES, strict=False):
        at = ds.sel(temperature=T)
        minutes, energy = at.time_10_to_80 / 60.0, at.charged_specific_energy
        for porosity in ds.porosity.values:
            axes.plot(
                minutes.sel(porosity=porosity), energy.sel(porosity=porosity), color=shade, lw=0.8, alpha=0.55
            )
        times = np.geomspace(float(minutes.min()), float(minutes.where(energy == energy.max()).min()), 200)
        axes.plot(
            times,
            [most_energy(at, t)[0] for t in times],
            color=shade,
            lw=2.6,
            label=f"{T:g} °C, cell temperature",
        )
        for areal in MARKED:
            x, y = (
                v.sel(porosity=MAIN).sel(areal_capacity=areal, method="nearest").item()
                for v in (minutes, energy)
            )
            axes.plot(x, y, "o", color=shade, ms=5)
            if ds.temperature.values[0] == T:
                axes.annotate(
                    f"{areal:g}", (x, y), xytext=(5, -9), textcoords="offset points", fontsize=8, color=shade
                )
    low, high = float(ds.charged_specific_energy.min()), float(ds.charged_specific_energy.max())
    tops = [p.energy[1] for p in PUBLISHED if p.chemistry == name and p.energy]
    axes.set(xscale="log", xlim=(3.9, 40.0), ylim=(low - 0.03 * low, max([high, *tops]) * 1.05))
    for p in PUBLISHED:
        if p.chemistry == name:
            _mark(axes, p)
    if any(p.chemistry == name and None in (p.minutes, p.energy) for p in PUBLISHED):
        words = (
            "dashed: W h/kg not published\ndotted: time not published\ntime of 10-80 % at the stated "
            "mean rate"
        )
        axes.text(
            0.98, 0.74, words, transform=axes.transAxes, va="top", ha="right", fontsize=8.5, color="0.25"
        )
    ticks = (4, 5, 6, 8, 10, 12, 15, 20, 30, 40)
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(
        xlabel="time from 10 to 80 % (min)",
        ylabel="W h kg$^{-1}$ of the cell that is charged",
        title=TITLES.get(name, name),
    )
    axes.grid(alpha=0.25)
    axes.legend(loc="lower right", fontsize=9)


def _mark(axes: Axes, p: Published) -> None:
    """Mark a published value: a bar where both are stated, a line where one is."""
    box: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
    if p.minutes is not None and p.energy is not None:
        middle = 0.5 * sum(p.energy)
        axes.errorbar(
            p.minutes,
            middle,
            yerr=0.5 * (p.energy[1] - p.energy[0]),
            fmt="*",
            color="k",
            ms=11,
            capsize=4,
            zorder=5,
        )
        place: dict[str, Any] = (
            {"xytext": (16, 0), "ha": "left"} if p.at else {"xytext": (-10, 12), "ha": "right"}
        )
        axes.annotate(
            p.label, (p.minutes, middle), textcoords="offset points", fontsize=8.5, bbox=box, **place
        )
    elif p.minutes is not None:
        axes.axvline(p.minutes, color="0.35", ls="--", lw=1.1)
        where: dict[str, Any] = {
            "transform": axes.get_xaxis_transform(),
            "rotation": 90,
            "va": "bottom",
            "ha": "center",
        }
        axes.text(p.minutes, p.at, p.label, fontsize=7.5, color="0.25", bbox=box, **where)
    elif p.energy is not None:
        axes.axhline(p.energy[0], color="0.35", ls=":", lw=1.3)
        where = {"transform": axes.get_yaxis_transform(), "va": "center", "ha": "right"}
        axes.text(p.at, p.energy[0], p.label, fontsize=8, color="0.25", bbox=box, **where)
