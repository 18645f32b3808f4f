"""Active materials and the other parts of a cell: numbers by name, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from energymodels import datasets
from energymodels.core.model import Array
from energymodels.core.values import Tree, Used

POSITIVES = ("lfp", "lmfp", "nmc811", "ni-rich", "na-layered")
NEGATIVES = ("graphite", "silicon-graphite", "hard-carbon", "lithium")
UNITS = {  # of what a material says
    "specific_capacity": "mA h g-1", "first_cycle_efficiency": "1", "density": "g cm-3", "potential": "V",
    "active_mass_fraction": "1", "inactive_density": "g cm-3", "specific_heat": "J kg-1 K-1",
}  # fmt: skip
FIELD_OF = {"density": "active_density"}  # where the field of an electrode has another name
KEY_OF = {FIELD_OF.get(key, key): key for key in UNITS}  # of the fields that a material fills in
WEAK = ("recalled", "assumed", "claimed", "typical")


def names(side: str) -> tuple[str, ...]:
    """Return the materials of a side, in the order of the labels of its field ``material``."""
    return POSITIVES if side == "positive" else NEGATIVES


def field_of(key: str) -> str:
    """Return the name that what a material says has among the fields of an electrode."""
    return FIELD_OF.get(key, key)


@cache
def material(name: str) -> Tree:
    """Return a material as its file says; ValueError if an entry is in another unit than its key's."""
    found = datasets.table(f"battery/design/{name}")
    for key, unit in UNITS.items():
        if found[key]["unit"] != unit:
            raise ValueError(f"battery/design/{name}: {key} is in {found[key]['unit']}, not {unit}")
    return found


@cache
def values(side: str, key: str) -> Array:
    """Return what every material of a side says, by the index of its label."""
    found = np.array([float(material(name)[key]["value"]) for name in names(side)])
    found.flags.writeable = False
    return found


@cache
def metals(side: str) -> Array:
    """Return by the index of its label whether a material is a metal that is plated."""
    return np.array([material(name)["kind"] == "metal" for name in names(side)])


def part(name: str, key: str, unit: str) -> float:
    """Return a number of a part of the cell that is no active material; ValueError if it is in
    another unit.
    """
    entry = datasets.table("battery/design/parts")[name][key]
    if entry["unit"] != unit:
        raise ValueError(f"battery/design/parts: {name}.{key} is in {entry['unit']}, not {unit}")
    return float(entry["value"])


def in_use(used: Used) -> Iterator[tuple[str, str, str, Tree]]:
    """Yield (side, material, key, entry) of what materials fill in, given the fields {path:
    values in use}.
    """
    for side in ("positive", "negative"):
        for name in used[f"{side}.material"]:
            for key in UNITS:
                overruled = f"{side}.{field_of(key)}" in used or (
                    key == "potential" and "mean_voltage" in used
                )
                if not overruled:
                    yield side, name, key, material(name)[key]
