"""Temperature coefficients and low-light behaviour of the typical industrial cells, each from one sweep."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from energymodels.core.dataset import to_dataset
from energymodels.core.errors import NoteWarning
from energymodels.core.store import write
from energymodels.core.sweep import solve
from energymodels.report.figures import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from xarray import Dataset

TITLE = "temperature coefficients and low-light table of typical PERC, TOPCon and heterojunction cells"
SPECS = {"PERC": "industrial-perc-2023", "TOPCon": "industrial-topcon-2023", "HJT": "industrial-hjt-2023"}
FILES = (*(f"operating-conditions-{name.lower()}.nc" for name in SPECS), "operating-conditions.png")
OVER = {"temperature": "288.15:348.15:13", "irradiance": "50,100,200,400,600,800,1000,1200"}
STC = {"temperature": 298.15, "irradiance": 1000.0}
OUTPUTS = ("v_oc", "j_sc", "fill_factor", "efficiency")
COLOURS = ("#b2182b", "#2166ac", "#1b7837")


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write one netCDF file per cell and ``operating-conditions.png``; say the two tables."""
    found: dict[str, Dataset] = {}
    paths = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)  # said once below, and flagged in the files
        for name, spec in SPECS.items():
            found[name] = to_dataset(solve(spec, OVER), "energymodels study operating-conditions")
            paths.append(write(found[name], folder / f"operating-conditions-{name.lower()}.nc"))
    _coefficients(found, say)
    _low_light(found, say)
    say(
        "Auger recombination is taken as measured at 300 K (these fits have no temperature coefficient); "
        "the files flag it."
    )
    say(
        "Usual coefficients of efficiency: PERC -0.34 to -0.36, TOPCon -0.29, HJT -0.25 to -0.33 %/K; a "
        "lower V_oc is steeper."
    )
    picture = folder / "operating-conditions.png"
    save(_figure(found), picture, "study operating-conditions", 150)
    return [*paths, picture]


def coefficient(ds: Dataset, output: str) -> float:
    """Return the relative temperature coefficient of ``output`` at 25 C and 1000 W m-2, percent
    per kelvin.
    """
    line = ds[output].sel(irradiance=STC["irradiance"])
    slope = line.differentiate("temperature").sel(temperature=STC["temperature"], method="nearest")
    return float(100.0 * slope / line.sel(temperature=STC["temperature"], method="nearest"))


def _coefficients(found: dict[str, Dataset], say: Callable[[str], None]) -> None:
    say("Temperature coefficients at 25 C (%/K)")
    say("          " + "".join(f"{name:>13}" for name in OUTPUTS))
    for name, ds in found.items():
        say(f"  {name:<8}" + "".join(f"{coefficient(ds, output):>+13.3f}" for output in OUTPUTS))


def _low_light(found: dict[str, Dataset], say: Callable[[str], None]) -> None:
    light = next(iter(found.values())).irradiance.values
    say("Efficiency at 25 C relative to 1000 W m-2 (%)")
    say("  W m-2   " + "".join(f"{value:>8.0f}" for value in light))
    for name, ds in found.items():
        line = ds.efficiency.sel(temperature=STC["temperature"], method="nearest")
        say(
            f"  {name:<8}"
            + "".join(
                f"{v:>8.2f}" for v in 100.0 * line.values / line.sel(irradiance=STC["irradiance"]).item()
            )
        )


def _figure(found: dict[str, Dataset]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (name, ds), colour in zip(found.items(), COLOURS, strict=True):
        line = ds.efficiency.sel(irradiance=STC["irradiance"])
        left.plot(
            line.temperature - 273.15,
            line,
            color=colour,
            label=f"{name}  {coefficient(ds, 'efficiency'):+.3f} %/K",
        )
        line = ds.efficiency.sel(temperature=STC["temperature"], method="nearest")
        right.plot(line.irradiance, line, "o-", color=colour, label=name)
    left.set(xlabel="temperature (°C)", ylabel="efficiency (%)", title="1000 W m$^{-2}$")
    right.set(xlabel="irradiance (W m$^{-2}$)", ylabel="efficiency (%)", title="25 °C")
    right.set_xlim(left=0.0)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    return figure
