"""Which metals a spec speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from energymodels.core.model import Array
from energymodels.pv.metals import data

FEED = ("feedstock.metals", "feedstock.surface", "crystal.crucible", "process.contamination")
ACCEPTORS = ("", "B", "Ga")  # of p-type wafers; the first for n-type


def element(name: str) -> str:
    """Return the metal that ``wafer.metals.<name>`` speaks of: a centre's, or one whose pairs follow from the
    wafer.
    """
    centre = data.centres().get(name)
    return centre.element if centre else name


def acceptor(name: str) -> str:
    """Return the acceptor that ``wafer.metals.<name>`` is paired with, empty if it is alone or pairs by
    itself.
    """
    centre = data.centres().get(name)
    return centre.acceptor if centre else ""


def states_centre_of(path: str, metal: str) -> bool:
    """Return whether a field states a centre of the metal by its name, alone or paired."""
    table, _, name = path.rpartition(".")
    return table == "wafer.metals" and name != metal and element(name) == metal


def free_to_pair(paths: Collection[str], used: Iterable[str]) -> list[str]:
    """Return which of the metals ``used`` pair as the wafer and time have it: all but those whose centres are
    stated.
    """
    return [metal for metal in used if not stated(paths) or f"wafer.metals.{metal}" in paths]


def elements_in_use(paths: Iterable[str], compositions: Iterable[str]) -> tuple[str, ...]:
    """Return the metals that fields in use speak of, in the data's order; ``compositions`` are those that
    occur.
    """
    found = {metal for key in compositions for metal in data.compositions()[key]}
    for path in paths:
        table, _, name = path.rpartition(".")
        if table in FEED:
            found.add(name)
        elif table == "wafer.metals":
            found.add(element(name))
    return tuple(m for m in data.metals() if m in found)


def metals(fields: Mapping[str, object], along: Mapping[str, Array]) -> tuple[str, ...]:
    """Return the metals of a sweep: those of its checked fields, the values ``along`` which some are swept
    included.
    """
    return elements_in_use(fields, compositions(fields, along))


def from_melt(paths: Iterable[str]) -> bool:
    """Return whether fields in use speak of what comes from a melt: its metals, carbon."""
    return any(path.startswith(("feedstock.", "crystal.crucible.")) for path in paths)


def in_crystal(paths: Iterable[str]) -> bool:
    """Return whether the place in the crystal matters: for what comes from the melt, or the doping that
    follows the seed's.
    """
    paths = set(paths)
    return "crystal.seed_resistivity" in paths or from_melt(paths)


def stated(paths: Iterable[str]) -> bool:
    """Return whether fields in use state the centres of the finished wafer, so that nothing
    before it acts.
    """
    return any(path.startswith("wafer.metals.") for path in paths)


def compositions(fields: Mapping[str, object], along: Mapping[str, Array]) -> list[str]:
    """Return the compositions that occur in a sweep."""
    return [
        str(key)
        for key in np.unique(along.get("feedstock.composition", [fields.get("feedstock.composition") or []]))
    ]
