"""Light in a cell: tables of what silicon takes up, by temperature and thickness."""

from __future__ import annotations

from functools import cache

import numpy as np

from energymodels import datasets
from energymodels.core.kept import Content, digest, folder, kept
from energymodels.core.model import Array
from energymodels.kernels.jit import SOURCES
from energymodels.kernels.pv.cell import preparation
from energymodels.kernels.pv.optics import lambertian
from energymodels.pv.cell.fields import CellSpec

OPTICS = ("pv/si-nk-schinke2015", "pv/si-nk-green2008")
# eV: from the end of the absorption data to where emission is below 1e-12 of its peak
ENERGIES = np.linspace(0.8554, 1.8, 474)
# what the optical tables are made by
OPTICAL = tuple(SOURCES / "pv" / name for name in ("optics/lambertian.py", "cell/preparation.py")) + (
    SOURCES / "constants.py",
)


@cache
def optical_tables(key: str) -> tuple[Array, Array]:
    """Return (generation, ln emission) over the nodes of ``preparation`` for one set of optical constants."""
    digests = "".join(str(datasets.table(name)["sha256"]) for name in (key, "pv/am15g"))
    digests += digest(ENERGIES.tobytes())
    arrays, _ = kept(folder("optics", OPTICAL, digests), key, lambda: _optical_tables(key))
    return arrays["generation"], arrays["emission"]


def _optical_tables(key: str) -> Content:
    nk = datasets.series(key)
    light = datasets.series("pv/am15g").columns
    generation, emission = lambertian.tabulate(
        preparation.TEMPERATURES,
        preparation.THICKNESSES,
        np.column_stack([nk.columns["wavelength"], nk.columns["n"], nk.columns["k"]]),
        float(nk.meta["temperature"]["value"]),
        np.column_stack([light["wavelength"], light["irradiance"]]),
        ENERGIES,
    )
    return {"generation": generation, "emission": emission}, {}


def optics(source: Array, T: Array, thickness: Array) -> tuple[Array, Array]:
    """Return the Lambertian (generation, emission), A m-2; ``source`` is the index in ``OPTICS``."""
    source, T, thickness = np.broadcast_arrays(source, T, thickness)
    found = np.empty((2, *T.shape))
    for i in np.unique(source):
        mine = source == i
        found[:, mine] = preparation.optical(T[mine], thickness[mine], *optical_tables(OPTICS[i]))
    return found[0], found[1]


def generation_of(case: CellSpec, lambertian_j: Array) -> Array:
    """Return the generation, A m-2: imposed, or what is left of the Lambertian limit."""
    suns = case.irradiance / 1000.0
    if case.generation_current_density is not None:
        return case.generation_current_density * suns
    assert case.optical_loss is not None
    return lambertian_j * (1.0 - case.optical_loss) * suns
