"""How fast a cell can be charged: rate x temperature x electrode thickness, until the voltage limit or until
lithium may plate.

Lithium may plate where the potential of the negative electrode vs Li/Li+ falls below zero anywhere in
it. Both electrodes are made thicker together, so that their balance stays, and their area shrinks so that the
same can holds them with the separator (the set gives no foils). A C-rate counts what each cell holds.
``lumped`` cells warm up in still air (assumed: the set has no cooling).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.axes import Over
from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.model import Array
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.report.figures import save
from energymodels.studies.charge_rate import figure as charge_rate_figure

if TYPE_CHECKING:
    from xarray import Dataset

TITLE = "capacity that an LFP cell charges before lithium may plate (7056 DFN charges)"
FILES = ("charge-rate.nc", "charge-rate.png")
SPEC = "battery-lfp-18650"
CELL = {"protocol": "Charge at {rate}C until 3.65 V", "rate_basis": "cell", "heat_transfer_coefficient": 10.0}
RATES = (
    *(0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3),
    *(1.5, 1.75, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0),
)
OVER = {"thermal": "isothermal,lumped", "temperature": "0:50:21"}
SCALES = np.linspace(0.4, 1.6, 7)  # thickness of the electrodes over the set's
KEEP = ["capacity", "cell_capacity", "duration", "temperature_max", "negative_potential_min", "termination"]
SERIES = ["state_of_charge", "negative_potential_vs_lithium"]
POINTS = 256  # of the time axis in a full charge


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write ``charge-rate.nc`` and ``charge-rate.png``."""
    import xarray as xr

    say(
        "as built, isothermal at 25 C: charged until 3.65 V, and before the negative electrode is below 0 V "
        "vs Li/Li+"
    )
    parts = []
    for rate in RATES:
        parts.append(charge(rate))
        one = charge_rate_figure.built(parts[-1]).isel(rate=0)
        say(f"{rate:>6g}C {one.charged_fraction.item():>8.1%} {one.safe_fraction.item():>8.1%}")
    ds = xr.concat(parts, "rate", coords="minimal", compat="override", combine_attrs="override")
    ds.attrs["title"] = "Charging an LFP cell: rate, temperature, electrode thickness"
    ds.attrs["seconds"] = sum(part.attrs["seconds"] for part in parts)
    say(f"{ds.status.size} charges in {ds.attrs['seconds']:.1f} s, {int((ds.status != 0).sum())} failed")
    for line in charge_rate_figure.findings(ds):
        say(line)
    data = write(ds, folder / "charge-rate.nc")
    picture = folder / "charge-rate.png"
    save(charge_rate_figure.figure(ds, traces()), picture, "study charge-rate", 110)
    return [data, picture]


def designs(scales: Array) -> dict[str, Array]:
    """Return the fields of cells whose electrodes are ``scales`` times as thick as the set's, in the same
    can.
    """
    of = parameter_set("lfp-18650").scalars
    electrodes, separator = of["negative.thickness"] + of["positive.thickness"], of["separator.thickness"]
    return {
        "negative.thickness": of["negative.thickness"] * scales,
        "positive.thickness": of["positive.thickness"] * scales,
        "cell.electrode_width": of["cell.electrode_width"]
        * (electrodes + separator)
        / (electrodes * scales + separator),
    }


def charge(rate: float, over: Over = OVER, scales: Array = SCALES) -> Dataset:
    """Return the charges at one rate: scalar results, the fraction charged and that before
    lithium may plate.
    """
    ds = _solve(rate, over, scales)
    fraction = ds.capacity / ds.cell_capacity
    ds["charged_fraction"] = fraction.assign_attrs(
        units="1", long_name="fraction of the capacity charged until the voltage limit"
    )
    soc, potential = (ds[name].values for name in SERIES)
    safe = _until_plating(soc, potential, fraction.values, ds.negative_potential_min.values)
    meaning = (
        "fraction of the capacity charged until the voltage limit or a negative electrode below 0 V vs Li/Li+"
    )
    ds["safe_fraction"] = (fraction.dims, safe, {"units": "1", "long_name": meaning})
    return ds.drop_dims("time")


def traces() -> list[tuple[float, Array, Array]]:
    """Return (rate, state of charge, potential of the negative electrode vs Li/Li+) of the cell as
    built at 25 C.
    """
    found = []
    for rate in charge_rate_figure.TRACED:
        ds = _solve(rate, {}, np.ones(1)).squeeze()
        found.append((rate, ds.state_of_charge.values, ds.negative_potential_vs_lithium.values))
    return found


def _solve(rate: float, over: Over, scales: Array) -> Dataset:
    values = CELL | {"series.points": POINTS + 1, "series.end": 3600.0 / rate}
    with warnings.catch_warnings():
        # the file says what was assumed and where the mesh decides
        warnings.simplefilter("ignore", NoteWarning)
        solution = solve(
            SPEC, {"rate": [rate]} | dict(over), values, points=designs(scales), keep=[*KEEP, *SERIES]
        )
    ds = to_dataset(solution, "energymodels study charge-rate").rename(point="thickness")
    thickness = (
        "thickness",
        scales,
        {"units": "1", "long_name": "thickness of both electrodes over the set's"},
    )
    return ds.assign_coords(thickness=thickness)


def _until_plating(soc: Array, potential: Array, charged: Array, least: Array) -> Array:
    """Return the fraction charged when ``potential`` (.., time) first falls below 0, or ``charged`` (..) if
    its ``least`` is above.

    A straight line is drawn between points of time. A fall after a charge's last point counts from that
    point.
    """
    below = potential < 0.0
    after = np.argmax(below, axis=-1)

    def at(series: Array, index: Array) -> Array:
        return np.take_along_axis(series, index[..., None], -1)[..., 0]

    before = np.maximum(after - 1, 0)
    high, low = at(potential, before), at(potential, after)
    part = np.divide(high, high - low, out=np.zeros_like(high), where=after > 0)
    crossed = at(soc, before) + part * (at(soc, after) - at(soc, before))
    last = at(soc, np.maximum(np.count_nonzero(~np.isnan(soc), axis=-1) - 1, 0))
    safe = np.where(below.any(axis=-1), crossed, np.where(least < 0.0, last, charged))
    return np.where(np.isnan(charged), np.nan, safe)
