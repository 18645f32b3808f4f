"""From what a spec says of the metals to the densities of recombination centres in its wafer, on the axes
each depends on. SI.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from energymodels.core.case import Label, chosen
from energymodels.core.columns import by_value, each
from energymodels.core.model import Array
from energymodels.kernels.pv.metals import boron_oxygen
from energymodels.kernels.pv.metals.layout import COLUMNS, LEVELS
from energymodels.pv.metals import data
from energymodels.pv.metals.fields import Crystal, Feedstock, Process, WaferMetals
from energymodels.pv.metals.gettered import gettered
from energymodels.pv.metals.grown import grown
from energymodels.pv.metals.inventory import ACCEPTORS, elements_in_use
from energymodels.pv.metals.states import Wafer, states_of


@dataclass(frozen=True)
class Given:
    """What a spec says of the metals, SI; ``paths`` are the fields that are set."""

    feedstock: Feedstock
    crystal: Crystal
    process: Process
    defects: Mapping[str, Label[str]]
    wafer: WaferMetals
    paths: Collection[str]


@dataclass
class Chain:
    """Sets of levels of all cases, and for each centre of a row: the owner (index into ``elements``),
    density, index of the set.

    The first ``single`` centres have one level in every set.
    """

    elements: tuple[str, ...]
    # the first captures nothing
    levels: list[Array] = field(default_factory=lambda: [np.zeros((LEVELS, COLUMNS))])
    owners: list[int] = field(default_factory=list)
    single: int = 0
    density: list[Array] = field(default_factory=list)
    pick: list[Array] = field(default_factory=list)
    before: dict[str, Array] = field(default_factory=dict)  # in the wafer before gettering, m-3
    total: dict[str, Array] = field(default_factory=dict)  # in the finished wafer
    active: dict[str, Array] = field(default_factory=dict)  # of these, recombining

    def add(self, centre: data.Centre, owner: int, density: Array, choice: Array, donor: Array) -> None:
        """Add a centre with the set that ``choice`` (label indices) says."""
        first, count = len(self.levels), len(centre.sets)
        self.levels += [s.chain(base) for base in "np" for s in centre.sets]
        chained = max(s.longest for s in centre.sets) > 1
        at = len(self.owners) if chained else self.single
        self.single += not chained
        self.owners.insert(at, owner)
        self.density.insert(at, density)
        self.pick.insert(at, (first + choice + np.where(donor, 0, count)).astype(np.int32))


def _elements(given: Given) -> tuple[str, ...]:
    composition = given.feedstock.composition
    used = [] if composition is None else [composition.words[i] for i in np.unique(composition.index)]
    return elements_in_use(given.paths, used)


def prepare(given: Given, wafer: Wafer, elements: tuple[str, ...] | None = None) -> Chain:
    """Return all centres of the wafer; ``elements`` are the metals looked at, by default those that occur."""
    chain, stated = Chain(_elements(given) if elements is None else elements), given.wafer.metals
    centres = data.centres()
    for owner, metal in enumerate(chain.elements):
        direct = [name for name, c in centres.items() if c.element == metal and name in stated]
        if direct:
            found = {name: _stated(stated[name], name, wafer) for name in direct}
            chain.before[metal] = chain.total[metal] = chain.active[metal] = np.asarray(sum(found.values()))
        elif metal in stated:
            dissolved = stated[metal]
            chain.before[metal] = chain.total[metal] = chain.active[metal] = dissolved
            found = states_of(given.wafer, metal, dissolved, wafer)
        else:
            chain.before[metal] = grown(given.feedstock, given.crystal, given.process, metal)
            chain.total[metal], chain.active[metal] = gettered(
                given.process, given.wafer, metal, chain.before[metal], wafer.thickness
            )
            found = states_of(given.wafer, metal, chain.active[metal], wafer)
        for name, density in found.items():
            chain.add(centres[name], owner, density, chosen(given.defects, name, density), wafer.donor)
    _add_boron_oxygen(chain, given, wafer)
    return chain


def _stated(density: Array, name: str, wafer: Wafer) -> Array:
    """Return the ``density`` of a centre as a spec states it, m-3; pairs are where their acceptor is."""
    acceptor = data.centres()[name].acceptor
    if not acceptor:
        return density
    place = ACCEPTORS.index(acceptor) if acceptor in ACCEPTORS else -1
    return np.where(~wafer.donor & (wafer.acceptor == place), density, 0.0)


def _add_boron_oxygen(chain: Chain, given: Given, wafer: Wafer) -> None:
    """Add the boron-oxygen centre, its density such that the lifetime at an injection of a tenth of the
    doping is Bothe's.

    In compensated silicon the net doping stands for boron, as measured (``macdonald2009``).
    """
    fields = given.wafer
    if not (np.any(fields.bo_active > 0.0) and np.any(fields.oxygen > 0.0)):
        return
    boron = ~wafer.donor & (wafer.acceptor == ACCEPTORS.index("B"))
    centre = data.centres()["BO"]
    which = chosen(given.defects, "BO", fields.oxygen)
    doping = np.where(boron, wafer.doping, 1e22)
    tau = each(boron_oxygen.degraded_lifetimes, doping, fields.oxygen) * fields.bo_factor
    full = by_value(
        lambda i, t, n: boron_oxygen.densities(t, n, centre.sets[int(i)].chain("p")), [which], tau, doping
    )
    density = np.where(boron, fields.bo_active * full, 0.0)
    chain.add(centre, len(chain.elements), density, which, wafer.donor)
