"""Which metals a spec speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from energymodels.impurity import data
from energymodels.model import Array

FEED = ("feedstock.metals", "feedstock.surface", "crystal.crucible", "process.contamination")
ACCEPTORS = ("", "B", "Ga")  # of p-type wafers; the first for n-type


def elements_in_use(paths: Iterable[str], compositions: Iterable[str]) -> tuple[str, ...]:
    """Return the metals that fields in use speak of, in the data's order; ``compositions`` are those that occur."""
    found = {metal for key in compositions for metal in data.compositions()[key]}
    for path in paths:
        table, _, name = path.rpartition(".")
        if table in FEED:
            found.add(name)
        elif table == "wafer.metals":
            found.add(data.centres()[name].element)
    return tuple(m for m in data.metals() if m in found)


def metals(fields: Mapping[str, object], along: Mapping[str, Array]) -> tuple[str, ...]:
    """Return the metals of a sweep: those of its checked fields, the values ``along`` which some are swept included."""
    return elements_in_use(fields, compositions(fields, along))


def from_melt(paths: Iterable[str]) -> bool:
    """Return whether fields in use speak of what comes from a melt: its metals, carbon."""
    return any(path.startswith(("feedstock.", "crystal.crucible.")) for path in paths)


def in_crystal(paths: Iterable[str]) -> bool:
    """Return whether the place in the crystal matters: for what comes from the melt, or the doping that follows the seed's."""
    paths = set(paths)
    return "crystal.seed_resistivity" in paths or from_melt(paths)


def stated(paths: Iterable[str]) -> bool:
    """Return whether fields in use state the centres of the finished wafer, so that nothing before it acts."""
    return any(path.startswith("wafer.metals.") for path in paths)


def compositions(fields: Mapping[str, object], along: Mapping[str, Array]) -> list[str]:
    """Return the compositions that occur in a sweep."""
    return [str(key) for key in np.unique(along.get("feedstock.composition", [fields.get("feedstock.composition") or []]))]
