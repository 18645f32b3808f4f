"""Fast charging within limits: charge times, and a figure of the charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.battery.protocol.program import parse
from energymodels.core.errors import Fault, InputError
from energymodels.core.spec import Spec

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from xarray import Dataset

    from energymodels.core.solution import Solution

PROTOCOL = "Charge at limits until 80% SOC or until C/50"
ANSWERS = (
    "time_10_to_80", "time_0_to_80", "plating_onset_capacity", "mean_c_rate", "peak_c_rate",
    "temperature_max", "charged_capacity",
    "heat_rejected", "negative_potential_min", "lithium_plated", "lithium_dead", "termination",
)  # fmt: skip
DRAWN = ("current", "voltage", "negative_potential_vs_lithium", "cell_temperature", "state_of_charge")
SETTLED = 0.01  # of the time
LEAST_POINTS = 11  # of the time axis
COLOURS = ("#2166ac", "#1b7837", "#b2182b", "#e08214")


def at_limits(spec: Spec) -> Spec:
    """Return ``spec`` with a charge at its limits to 80 %, unless its own protocol has such a charge."""
    if not spec.model.startswith("battery.") or "protocol" not in spec.fields:
        raise InputError(
            Fault("model", spec.model, hint="fast charging needs battery.dfn, battery.spme or battery.spm")
        )
    own = str(spec.values.get("protocol", "Rest for 1 s"))
    if any(step.kind == "charge at limits" for step in parse(own).steps):
        return spec
    return spec.replace({"protocol": PROTOCOL})


def fastcharge(spec: Spec | str | Mapping[str, Any], values: Mapping[str, Any] | None = None) -> Dataset:
    """Charge a cell as fast as its limits (``limits.*``) allow at every instant.

    Parameters
    ----------
    spec : Spec, str or mapping
        A spec of a battery model, as in ``run``. Its own protocol is run if it has ``Charge at limits``, else
        a charge to 80 % SOC.
    values : mapping, optional
        {path: value} on top of the spec.

    Returns
    -------
    xarray.Dataset
        Times to 80 % SOC in s, onset of plating, mean and peak C-rate, heat and lithium; current, voltage,
        anode potential, temperature and SOC along ``time``.

    Raises
    ------
    InputError
        If the input is wrong, or the spec is of no battery model.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.fastcharge("battery-lfp-18650", {"model": "battery.spm", "limits.c_rate": 2})
    >>> 20 < float(ds.time_0_to_80) / 60 < 60, ds.time_0_to_80.units
    (True, 's')
    """
    from energymodels.core.dataset import to_dataset
    from energymodels.core.spec import load

    base = spec if isinstance(spec, Spec) else load(spec)
    return to_dataset(charge(base.replace(values or {})))


def charge(spec: Spec) -> Solution:
    """Return the fastest charge that the limits of ``spec`` allow; see ``at_limits``."""
    from energymodels.core.sweep import solve

    base = at_limits(spec)
    if base.checked()["series.points"] < LEAST_POINTS:
        raise InputError(
            Fault(
                "series.points",
                base.values["series.points"],
                f"from {LEAST_POINTS}",
                hint="the figure needs a time series",
            )
        )
    return solve(base, {}, keep=lambda output: not output.dims or output.name in DRAWN)


def charged(solution: Solution) -> bool:
    """Return whether there is anything to draw."""
    return not solution.failed and float(solution.values["duration"].ravel()[0]) > 0.0


def figure(solution: Solution) -> Figure:
    """Return current, voltage, potential of the negative electrode and temperature over time, with the limits
    that were set.
    """
    from matplotlib.figure import Figure

    minutes = solution.output_axes["time"] / 60.0
    series = {name: solution.values[name].reshape(-1, minutes.size)[0] for name in DRAWN}
    nominal = _one_c(solution)
    panels = (
        ("current (C)", -series["current"] / nominal, "limits.c_rate"),
        ("voltage (V)", series["voltage"], "limits.voltage"),
        (
            "anode potential\nvs Li/Li+ (V)",
            series["negative_potential_vs_lithium"],
            "limits.negative_potential",
        ),
        ("temperature (°C)", series["cell_temperature"], "limits.temperature"),
    )
    drawing = Figure(figsize=(7.0, 8.5), layout="constrained")
    axes = drawing.subplots(len(panels), 1, sharex=True)
    for ax, (label, values, limit), colour in zip(axes, panels, COLOURS, strict=True):
        ax.plot(minutes, values, color=colour, lw=1.8)
        bound = solution.fields.get(limit)
        if bound is not None and np.isfinite(bound) and _near(values, bound):
            ax.axhline(bound, color="0.4", ls="--", lw=1.0)
            box = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none"}
            ax.annotate(
                "limit",
                (0.5 * minutes[-1], bound),
                ha="center",
                va="center",
                fontsize=8,
                color="0.4",
                bbox=box,
            )
        settled = values[minutes >= SETTLED * minutes[-1]]  # potentials at rest would flatten what matters
        low, high = np.nanmin(settled), np.nanmax(settled)
        room = 0.15 * (high - low) + 1e-3
        ax.set_ylim(low - room, high + room)
        ax.set_ylabel(label)
        ax.grid(alpha=0.25)
        _mark(ax, minutes, series["state_of_charge"])
    axes[-1].set_xlabel("time (min)")
    axes[0].set_title(_headline(solution), fontsize=10)
    return drawing


def _one_c(solution: Solution) -> float:
    """Return the current of 1C, A, from the mean rate and what it moved."""
    found = {
        name: float(solution.values[name].ravel()[0]) for name in ("capacity", "duration", "mean_c_rate")
    }
    return found["capacity"] * 3600.0 / (found["duration"] * found["mean_c_rate"])


def _near(values: Any, bound: float) -> bool:
    """Return whether a limit lies close enough to what is drawn to be worth a line."""
    low, high = np.nanmin(values), np.nanmax(values)
    return bool(low - (high - low) - 1e-3 <= bound <= high + (high - low) + 1e-3)


def _mark(ax: Any, minutes: Any, soc: Any) -> None:
    """Mark where states of charge of 10 % and 80 % are passed."""
    known = np.isfinite(soc)
    for goal in (0.1, 0.8):
        if known.any() and soc[known][0] <= goal <= soc[known][-1] + 1e-6:
            ax.axvline(np.interp(goal, soc[known], minutes[known]), color="0.8", lw=1.0, zorder=0)


def _headline(solution: Solution) -> str:
    found = solution.scalars()
    times = [
        f"{a} to 80 % SOC: {_clock(found[f'time_{a}_to_80'])}"
        for a in ("10", "0")
        if found.get(f"time_{a}_to_80") is not None
    ]
    name = solution.spec.title or solution.spec.name or str(solution.fields["parameters"])
    return (
        f"{name}\n" + ("; ".join(times) or "80 % SOC is not reached") + f"; mean {found['mean_c_rate']:.2f}C"
    )


def _clock(seconds: float) -> str:
    """Return seconds as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s"
