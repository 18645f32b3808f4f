"""Plausibility warnings on a spec of ``pv.cell``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import numpy as np

from energymodels import datasets
from energymodels.core.model import Array, Remark
from energymodels.kernels.constants import C, H, Q
from energymodels.pv.metals import checks as metals

STANDARD = 298.15  # K, at which a generation is stated
IMPOSED = "generation_current_density"
IDEAL = (
    "optics is the Lambertian limit: no reflection, shading or parasitic absorption "
    "(optical_loss is the fraction lost)"
)


def doubts(columns: Mapping[str, Array], given: Collection[str]) -> list[Remark]:
    """Return what is likely not meant, and in which cases."""
    found = [*_generation(columns, given), *metals.doubts(columns, given)]
    if not {"optical_loss", IMPOSED} & set(given):
        found.append(Remark(IDEAL, np.array(True)))
    for side in ("front", "rear"):
        if f"{side}.j0_metal" in given:
            where = (columns[f"{side}.j0_metal"] > 0.0) & (columns[f"{side}.metal_fraction"] == 0.0)
            text = (
                f"{side}.j0_metal has no effect: {side}.metal_fraction is 0, and then all recombination "
                f"is in {side}.j0"
            )
            found.append(Remark(text, where))
    return found


@cache
def photons() -> float:
    """Return the current of all photons of AM1.5G, each giving one electron, mA cm-2."""
    light = datasets.series("pv/am15g").columns
    per_photon = H * C / (light["wavelength"] * 1e-9)
    return float(0.1 * Q * np.trapezoid(light["irradiance"] / per_photon, light["wavelength"]))


def _generation(columns: Mapping[str, Array], given: Collection[str]) -> list[Remark]:
    """Return what an imposed generation exceeds, and that it does not follow the temperature."""
    if IMPOSED not in given:
        return []
    from energymodels.pv.cell.optics import optics

    T, imposed, thickness = columns["temperature"], columns[IMPOSED], columns["wafer.thickness"] * 1e-6
    limit, standard = (
        0.1 * optics(columns["optical_constants"], t, thickness)[0] for t in (T, np.full_like(T, STANDARD))
    )
    beyond = imposed > photons()
    above = (imposed > limit) & ~beyond
    change = 100.0 * (limit / standard - 1.0)
    away = (T != STANDARD) & (imposed > 0.0) & np.isfinite(change)
    found = [
        Remark(
            f"{IMPOSED} exceeds the photon current of the whole AM1.5G spectrum, {photons():.1f} mA cm-2",
            beyond,
        )
    ]
    if np.any(above):
        least = float(np.broadcast_to(limit, above.shape)[above].min())
        text = f"{IMPOSED} exceeds the Lambertian limit of the wafer thickness, {least:.2f} mA cm-2"
        found.append(Remark(text, above))
    if np.any(away):
        most = float(max(np.broadcast_to(change, away.shape)[away], key=abs))
        text = (
            f"{IMPOSED} has no temperature coefficient: absorption alone changes it by {most:+.2f} % "
            f"from {STANDARD:g} K on"
        )
        found.append(Remark(text, away))
    return found
