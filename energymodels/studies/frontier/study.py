"""Energy against fast charge: mass and fast charge of the same cells, over areal capacity, porosity and
temperature.

A design gives each cell its mass and its geometry, a parameter set its materials; the charge keeps to every
limit at all times and the negative electrode at or above 0 V vs Li/Li+. The design counts capacity
by its materials' mA h/g, the charged cell by its set's potentials between the voltage limits: energies here
are the charged cell's (its capacity, the design's mean voltage and mass), and ``capacity_ratio`` says by how
much the two differ. Pores carry ions by Bruggeman's exponent of 3/2, divided by the sets' reduction of
transport (``REDUCTION``), at every porosity.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.battery.design.geometry import design_fields
from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.model import Array
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.core.values import Given
from energymodels.report.figures import save
from energymodels.studies.frontier import figure as frontier_figure

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

TITLE = (
    "energy against fast charge: W h/kg and 10-80 % of LFP and NMC811 cells, thin to thick (DFN, and "
    "SPMe beside it)"
)
FILES = ("frontier.nc", "frontier.png")
# porosity^1.5 over the effective transport that the sets give (usseglio-viretta2018: 1.35 to 1.81)
REDUCTION = 1.563
MORE_PORES = 0.02  # of the negative electrode over the positive, as in the sets
MODELS = ("battery.dfn", "battery.spme")
TEMPERATURES = (25.0, 40.0, 55.0)
AREAL = np.linspace(1.0, 5.5, 19)  # mA h cm-2
POROSITIES = (0.26, 0.30, 0.34, 0.40)
# C: the fastest charge of these counts; a lower peak may be faster, it leaves more salt in the pores
PEAKS = (10.0, 7.0, 5.0, 3.5)
CHARGE = {
    "protocol": "Charge at limits until 80% SOC or until C/20",
    "rate_basis": "cell",
    "series.points": 0,
}
KEEP = [
    "time_10_to_80",
    "time_0_to_80",
    "mean_c_rate",
    "cell_capacity",
    "specific_energy",
    "negative_potential_min",
]


@dataclass(frozen=True)
class Chemistry:
    """Materials and the design that carries them; ``values`` make the two agree."""

    name: str
    spec: str
    design: str
    values: Given = field(default_factory=dict)


CHEMISTRIES = (
    Chemistry("lfp", "battery-lfp-4c", "design-shenxing-4c"),
    # 400 mA h/g: what the set's negative electrode (33 133 mol/m3, chen2020) holds at the design's density
    Chemistry(
        "nmc811-sic",
        "battery-nmc811-sic",
        "design-qilin-nmc811",
        {"design.negative.specific_capacity": 400.0},
    ),
)


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write ``frontier.nc`` and ``frontier.png``."""
    import xarray as xr

    parts = []
    for chemistry in CHEMISTRIES:
        for model in MODELS:
            parts.append(charges(chemistry, model))
            say(
                f"{chemistry.name}, {model}: {parts[-1].status.size} charges in "
                f"{parts[-1].attrs['seconds']:.1f} s"
            )
    ds = xr.combine_nested(
        [parts[i : i + len(MODELS)] for i in range(0, len(parts), len(MODELS))],
        ["chemistry", "model"],
        combine_attrs="override",
        coords="minimal",
        compat="override",
    )
    ds.attrs["title"] = (
        "Energy against fast charge: LFP and NMC811 cells over areal capacity, porosity and temperature"
    )
    ds.attrs["published"] = "; ".join(
        f"{' '.join(p.label.split())} ({p.source})" for p in frontier_figure.PUBLISHED
    )
    ds.attrs["seconds"] = sum(part.attrs["seconds"] for part in parts)
    say(f"{ds.status.size} charges, {int((ds.status != 0).sum())} failed")
    for line in frontier_figure.findings(ds):
        say(line)
    data = write(ds, folder / "frontier.nc")
    picture = folder / "frontier.png"
    save(frontier_figure.figure(ds), picture, "study frontier", 110)
    return [data, picture]


def transport(porosity: Array | float) -> Array:
    """Return effective over bulk transport in the pores of an electrode, as the sets have it at theirs."""
    return np.asarray(porosity) ** 1.5 / REDUCTION


def cells(areal: Array, porosities: Array) -> dict[str, Array]:
    """Return the designs (point,) of all areal capacities with all porosities, porosity changing fastest."""
    capacity, positive = (grid.ravel() for grid in np.meshgrid(areal, porosities, indexing="ij"))
    negative = positive + MORE_PORES
    return {
        "design.positive.areal_capacity": capacity,
        "design.positive.porosity": positive,
        "design.negative.porosity": negative,
        "positive.transport_efficiency": transport(positive),
        "negative.transport_efficiency": transport(negative),
    }


def charges(
    chemistry: Chemistry,
    model: str,
    areal: Array = AREAL,
    porosities: tuple[float, ...] = POROSITIES,
    temperatures: Sequence[float] | Array = TEMPERATURES,
) -> Dataset:
    """Return the charges of one chemistry by one model: dimensions areal_capacity, porosity, temperature,
    chemistry, model.
    """
    pores = np.asarray(porosities)
    values = CHARGE | {"model": model, "cell_design": chemistry.design} | dict(chemistry.values)
    over = {"limits.c_rate": PEAKS, "temperature": list(temperatures)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)  # the file says what is assumed
        solution = solve(chemistry.spec, over, values, points=cells(areal, pores), keep=KEEP)
    ds = _fastest(_on_grid(to_dataset(solution, "energymodels study frontier"), areal, pores))
    _weigh(ds, float(design_fields(chemistry.design)["cell.capacity"]))
    ds = ds.expand_dims(chemistry=[chemistry.name], model=[model])
    return ds.transpose("chemistry", "model", "areal_capacity", "porosity", ...)


def _fastest(ds: Dataset) -> Dataset:
    """Return the charges with the peak rate that takes the least time from 10 to 80 %, and which that is."""
    best = ds.time_10_to_80.fillna(np.inf).argmin("limits_c_rate")
    found = ds.isel(limits_c_rate=best)
    found["peak_limit"] = found.limits_c_rate.assign_attrs(
        units="1", long_name="peak rate of the fastest charge, C"
    )
    found["unfinished"] = (
        np.isnan(ds.time_10_to_80)
        .sum("limits_c_rate")
        .assign_attrs(units="1", long_name="how many of the peak rates did not come to 80 %")
    )
    return found.drop_vars("limits_c_rate")


def _on_grid(flat: Dataset, areal: Array, porosities: Array) -> Dataset:
    """Return ``flat`` with dimensions areal_capacity and porosity in place of point."""
    import xarray as xr

    of = {"areal_capacity": ("mA h cm-2", "areal capacity of the positive electrode as designed", areal)}
    of["porosity"] = (
        "1",
        f"porosity of the positive electrode; the negative has {MORE_PORES} more",
        porosities,
    )
    found = {}
    for name, values in flat.data_vars.items():
        last = values.transpose(..., "point")
        shape = (*last.shape[:-1], areal.size, porosities.size)
        found[name] = ((*last.dims[:-1], *of), last.values.reshape(shape), values.attrs)
    coords = {
        name: (name, values, {"units": unit, "long_name": meaning})
        for name, (unit, meaning, values) in of.items()
    }
    return xr.Dataset(
        found, coords | {name: flat[name] for name in ("limits_c_rate", "temperature")}, flat.attrs
    )


def _weigh(ds: Dataset, designed: float) -> None:
    """Add what the charged cell holds over what its design says, and its energy by mass."""
    ratio: DataArray = ds.cell_capacity / designed
    about = "capacity of the charged cell over that of its design"
    ds["capacity_ratio"] = ratio.assign_attrs(units="1", long_name=about)
    energy = ds.specific_energy * ratio
    ds["charged_specific_energy"] = energy.assign_attrs(
        units="W h kg-1", long_name="energy of the charged cell by mass"
    )
