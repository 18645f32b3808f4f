"""The figure and the sentences of the study ``charge-rate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from energymodels.core.model import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure
    from xarray import DataArray, Dataset

BUILT = {"thermal": "isothermal", "temperature": 25.0, "thickness": 1.0}
TRACED = (0.5, 1.0, 2.0, 3.0, 4.0)
TEMPERATURES = (15.0, 25.0, 35.0, 45.0)
SHADES = ("#2166ac", "#1b7837", "#e08214", "#b2182b", "#542788")
ENOUGH, HOT = 0.8, 60.0  # of the capacity; degC that no charge may pass in the last panel
TICKS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0)


Held = TypeVar("Held", "Dataset", "DataArray")


def built(data: Held, **values: str | float | None) -> Held:
    """Return the cell as built, isothermal at 25 C, or at the values given; None keeps an axis."""
    at = {name: value for name, value in (BUILT | values).items() if value is not None}
    return data.sel(thermal=at.pop("thermal")).sel(at, method="nearest")


def fastest(ds: Dataset) -> DataArray:
    """Return the highest rate that charges 80 % before lithium may plate and never above 60 C; NaN where the
    lowest does not.
    """
    safe, hottest = (ds[name].transpose(..., "rate") for name in ("safe_fraction", "temperature_max"))
    log_rate = np.log(ds.rate.values)
    rates = np.exp(np.minimum(_up_to(log_rate, safe.values - ENOUGH), _up_to(log_rate, HOT - hottest.values)))
    return safe.isel(rate=0, drop=True).copy(data=rates)


def _up_to(x: Array, margin: Array) -> Array:
    """Return up to which ``x`` (n,) ``margin`` (.., n) stays positive from the first on, by
    straight lines.
    """
    good = margin >= 0.0
    after = np.where(good.all(-1), x.size, np.argmin(good, axis=-1))
    low = np.clip(after - 1, 0, x.size - 2)
    left, right = (np.take_along_axis(margin, (low + i)[..., None], -1)[..., 0] for i in (0, 1))
    part = np.divide(left, left - right, out=np.zeros_like(left), where=left != right)
    inside = x[low] + part * (x[low + 1] - x[low])
    return np.where(after == 0, np.nan, np.where(after == x.size, x[-1], inside))


def findings(ds: Dataset) -> list[str]:
    """Return what the sweep says, in sentences with figures."""
    rates = fastest(ds)
    plain, warm, thin, heated = (
        f"{float(built(rates, **at)):.2g}C"
        for at in ({}, {"temperature": 45.0}, {"thickness": 0.6}, {"thermal": "lumped"})
    )
    four = built(ds).sel(rate=4.0)
    share = float((ds.safe_fraction < ds.charged_fraction).mean())
    return [
        f"80 % before lithium may plate: up to {plain} at 25 C; {warm} at 45 C; {thin} with electrodes 0.6 "
        f"times as thick",
        f"a cell that warms up in still air from 25 C, to at most {HOT:g} C: up to {heated}",
        f"4C at 25 C: {four.safe_fraction.item():.0%} before lithium may plate, "
        f"{four.charged_fraction.item():.0%} until 3.65 V",
        f"of all charges swept, {share:.0%} pass 0 V vs Li/Li+ before they end",
        "no measured curves of this cell are public: high rates, 4C among them, are an extrapolation "
        "of the set",
    ]


def figure(ds: Dataset, traces: list[tuple[float, Array, Array]]) -> Figure:
    """Return the figure of all charges and of the ``traces`` (rate, state of charge, potential)."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(12, 9), layout="constrained")
    picture.suptitle(
        "An LFP | graphite 18650 cell charged at constant current to 3.65 V: capacity charged before lithium "
        "may plate\n"
        "DFN with About:Energy's set; no measured curves are public: high rates, 4C among them, are an "
        "extrapolation of the set",
        fontsize=12,
    )
    ((a, b), (c, d)) = picture.subplots(2, 2)
    _map(a, built(ds, temperature=None), "temperature", "temperature (°C)", "as built")
    mesh = _map(b, built(ds, thickness=None), "thickness", "thickness of both electrodes / as built", "25 °C")
    picture.colorbar(mesh, ax=[a, b], label="charged before 3.65 V and before 0 V vs Li/Li+ (%)", shrink=0.95)
    _traces(c, traces)
    _fastest(d, fastest(ds))
    return picture


def _rates(axis: Axis) -> None:
    """Label a logarithmic axis of rates."""
    from matplotlib.ticker import NullFormatter

    axis.set_ticks(TICKS, [f"{rate:g}C" for rate in TICKS])
    axis.set_minor_formatter(NullFormatter())


def _map(axes: Axes, ds: Dataset, y: str, label: str, title: str) -> QuadMesh:
    """Draw the fraction charged safely over rate and ``y``; dotted where the voltage limit comes first."""
    safe = 100.0 * ds.safe_fraction.transpose(y, "rate")
    voltage = (ds.safe_fraction >= ds.charged_fraction).transpose(y, "rate")
    args = (ds.rate.values, ds[y].values, safe.values)
    axes.contourf(
        ds.rate.values,
        ds[y].values,
        voltage.values,
        levels=[0.5, 1.5],
        hatches=["."],
        colors="none",
        zorder=3,
    )
    mesh = axes.pcolormesh(*args, cmap="RdYlBu", vmin=0.0, vmax=100.0, shading="gouraud", rasterized=True)
    lines = axes.contour(*args, levels=[5, 20, 50, 80, 95], colors="k", linewidths=[0.6, 0.6, 0.6, 1.8, 0.6])
    axes.clabel(lines, fmt="%.0f %%", fontsize=8)
    axes.set(xscale="log", xlabel="rate", ylabel=label, title=f"Charged without plating: {title}, isothermal")
    _rates(axes.xaxis)
    box = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none"}
    axes.text(
        0.03,
        0.95,
        "dotted: the voltage limit comes first",
        transform=axes.transAxes,
        va="top",
        fontsize=9,
        bbox=box,
    )
    axes.text(
        0.97,
        0.05,
        "lithium may plate\nbefore the cell is full",
        transform=axes.transAxes,
        ha="right",
        fontsize=9,
        bbox=box,
    )
    return mesh


def _traces(axes: Axes, traces: list[tuple[float, Array, Array]]) -> None:
    """Draw the minimum anode potential over the charge: where it passes 0 V, and where 3.65
    V ends the charge.
    """
    axes.axhspan(-100.0, 0.0, color="#b2182b", alpha=0.08)
    axes.axhline(0.0, color="k", linewidth=0.8)
    for (rate, soc, potential), shade in zip(traces, SHADES, strict=True):
        axes.plot(100.0 * soc, 1000.0 * potential, color=shade, linewidth=1.8, label=f"{rate:g}C")
        last = np.flatnonzero(~np.isnan(soc))[-1]
        axes.plot(
            100.0 * soc[last], 1000.0 * potential[last], "x", color=shade, markersize=8, markeredgewidth=2
        )
    axes.plot([], [], "xk", label="3.65 V")
    axes.text(99.0, -96.0, "lithium may plate", ha="right", va="bottom", color="#b2182b")
    axes.set(xlabel="state of charge (%)", ylabel="minimum anode potential vs Li/Li+ (mV)")
    axes.set(
        xlim=(0.0, 100.0),
        ylim=(-100.0, 200.0),
        title="Why: the negative electrode at 25 °C, as built, isothermal",
    )
    axes.legend(fontsize=9)
    axes.grid(alpha=0.3)


def _fastest(axes: Axes, rates: DataArray) -> None:
    """Draw the highest safe rate over the thickness, of cells that keep their temperature and of cells that
    warm up.
    """
    for temperature, shade in zip(TEMPERATURES, SHADES, strict=False):
        for thermal, style in (("isothermal", "-"), ("lumped", "--")):
            line = built(rates, thermal=thermal, temperature=temperature, thickness=None)
            label = f"{temperature:g} °C" if thermal == "isothermal" else None
            axes.plot(line.thickness, line, style, color=shade, linewidth=1.8, label=label)
    axes.plot([], [], "-k", label="isothermal")
    warming = (
        f"warms up in still air (10 W m$^{{-2}}$ K$^{{-1}}$),\nat most to {HOT:g} °C, which decides at 45 °C"
    )
    axes.plot([], [], "--k", label=warming)
    axes.set(xlabel="thickness of both electrodes / as built", ylabel="highest rate", yscale="log")
    axes.set(title=f"Fastest charge without plating to {ENOUGH:.0%}".replace("%", " %"))
    _rates(axes.yaxis)
    axes.set_ylim(0.2, 7.5)
    axes.legend(fontsize=9, ncols=2, loc="lower left")
    axes.grid(alpha=0.3)
