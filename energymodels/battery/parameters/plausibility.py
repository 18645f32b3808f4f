"""What looks like a slip in a sheet: numbers in another unit, limits the wrong way round."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.parameters.functions import Surface
from energymodels.battery.parameters.sheet import UNITS, Sheet

SIDES = ("negative", "positive")
# key -> (least, most) of electrodes and separators that are built, in the sheet's SI units, with room to
# spare
USUAL = {
    "thickness": (2e-6, 1e-3),
    "particle_radius": (1e-8, 1e-4),
    "surface_area": (1e3, 1e9),
    "maximum_concentration": (5e3, 2e5),
    "conductivity": (1e-6, 1e6),
    "reaction_rate": (1e-10, 1e-2),
}
DIFFUSIVITY = {"negative": (1e-19, 1e-10), "positive": (1e-19, 1e-10), "electrolyte": (1e-13, 1e-8)}  # m2 s-1
ENTROPY = 5e-3  # V K-1, several times what any insertion material shows between its ends
INSIDE = np.linspace(0.05, 0.95, 91)  # of stoichiometry
SALT = 1000.0  # mol m-3


def remarks(sheet: Sheet, curves: Mapping[str, Surface]) -> list[str]:
    """Return what a reader should look at twice, in words."""
    return [*_limits(sheet, curves), *_numbers(sheet), *_functions(sheet, curves)]


def _limits(sheet: Sheet, curves: Mapping[str, Surface]) -> list[str]:
    found, low, high = [], {}, {}
    for side in SIDES:
        low[side], high[side] = (sheet.number(side, f"{end}_stoichiometry") for end in ("minimum", "maximum"))
        if low[side] >= high[side]:
            found.append(
                f"{side}.minimum_stoichiometry = {low[side]:g} is not below the maximum, "
                f"{high[side]:g}: swapped?"
            )
    T = np.array([sheet.number("cell", "reference_temperature")])
    full, empty = (
        float((curves["U_P"](np.array([p]), T) - curves["U_N"](np.array([n]), T))[0])
        for p, n in ((low["positive"], high["negative"]), (high["positive"], low["negative"]))
    )
    if full <= empty and not found:
        found.append(
            f"the stoichiometry limits give {full:.4g} V when full and {empty:.4g} V when empty: swapped?"
        )
    return found


def _numbers(sheet: Sheet) -> list[str]:
    found = []
    for section in ("separator", *SIDES):
        for key, (least, most) in USUAL.items():
            value = sheet.sections[section].get(key)
            if isinstance(value, int | float) and not least <= value <= most:
                found.append(
                    f"{section}.{key} = {value:g} {UNITS[section][key]} is unusual: cells have "
                    f"{least:g} to {most:g}"
                )
    return found


def _functions(sheet: Sheet, curves: Mapping[str, Surface]) -> list[str]:
    found = []
    T_ref = sheet.number("cell", "reference_temperature")
    for section, (least, most) in DIFFUSIVITY.items():
        x = np.array([SALT]) if section == "electrolyte" else INSIDE
        values = curves["D_E" if section == "electrolyte" else f"D_{section[0].upper()}"](
            x, np.full_like(x, T_ref)
        )
        middle = float(np.median(values))
        if not least <= middle <= most:
            found.append(
                f"{section}.diffusivity is about {middle:.3g} m2 s-1, which is unusual: cells have "
                f"{least:g} to {most:g}"
            )
    for side in SIDES:
        largest = float(np.abs(curves[f"DUDT_{side[0].upper()}"](INSIDE, np.full_like(INSIDE, T_ref))).max())
        if largest > ENTROPY:
            found.append(
                f"{side}.entropic_change reaches {largest:.3g} V K-1, and no material comes near: in mV K-1?"
            )
    return found
