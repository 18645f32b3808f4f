"""PyBaMM's parameter sets by name: what there is, and its material, for which PyBaMM is imported.

That takes seconds. So it is done once: ``sets`` keeps the tables by set and version of PyBaMM.
"""

from __future__ import annotations

from energymodels.battery.parameters.functions import Material
from energymodels.core.backends import load_backend


def known() -> list[str]:
    """Return the names of the sets that PyBaMM has, without importing it."""
    from importlib.metadata import entry_points

    return sorted({point.name for point in entry_points(group="pybamm_parameter_sets")})


def stamp() -> str:
    """Return what the values depend on beside the name."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"PyBaMM {version('pybamm')}"
    except PackageNotFoundError:
        return "PyBaMM absent"


def read(name: str) -> Material:
    """Return the material of the set ``name``; InputError says why a set cannot be used."""
    material: Material = load_backend("pybamm.sets").read(name)
    return material
