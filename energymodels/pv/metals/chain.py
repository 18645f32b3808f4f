"""From what a spec says of the metals to the densities of recombination centres in its wafer, on the axes
each depends on. SI.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from energymodels.core.case import Label, chosen, filled
from energymodels.core.columns import by_value, each, power, take
from energymodels.core.model import Array
from energymodels.kernels.constants import K_B_EV, PER_CM3, ZERO_CELSIUS
from energymodels.kernels.pv.metals import boron_oxygen, crystal, pairing
from energymodels.kernels.pv.metals.layout import COLUMNS, LEVELS
from energymodels.pv.metals import data, gettering
from energymodels.pv.metals.fields import Crystal, Feedstock, Process, WaferMetals
from energymodels.pv.metals.inventory import ACCEPTORS, elements_in_use
from energymodels.pv.metals.recipes import process_keys

NOT_SET = -1.0  # stands for a time or a temperature, K, that is not set
ROUTES = ("cz", "rcz", "ccz")  # in the order of the kernel's numbers


@dataclass(frozen=True)
class Wafer:
    """What the cell adds to the chain: its doping and thickness, SI."""

    donor: Array
    acceptor: Array  # index into ``ACCEPTORS``, where it is p-type
    doping: Array  # net
    acceptors: Array  # all of them
    thickness: Array


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


def prepare(given: Given, wafer: Wafer) -> Chain:
    """Return all centres of the wafer."""
    chain, stated = Chain(_elements(given)), given.wafer.metals
    centres = data.centres()
    for owner, metal in enumerate(chain.elements):
        direct = [name for name, c in centres.items() if c.element == metal and name in stated]
        if direct:
            found = {name: _stated(stated[name], name, wafer) for name in direct}
            chain.before[metal] = chain.total[metal] = chain.active[metal] = np.asarray(sum(found.values()))
        elif metal in stated:
            dissolved = stated[metal]
            chain.before[metal] = chain.total[metal] = chain.active[metal] = dissolved
            found = _states(given.wafer, metal, dissolved, wafer)
        else:
            chain.before[metal] = grown(given.feedstock, given.crystal, given.process, metal)
            chain.total[metal], chain.active[metal] = gettered(
                given.process, given.wafer, metal, chain.before[metal], wafer.thickness
            )
            found = _states(given.wafer, metal, chain.active[metal], wafer)
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


def feed(feedstock: Feedstock, metal: str, like: Array) -> Array:
    """Return what a charge brings into the melt of one metal, parts per billion of mass, on as many axes as
    ``like`` has.
    """
    found = filled(feedstock.metals.get(metal), 0.0, like) + filled(feedstock.surface.get(metal), 0.0, like)
    if feedstock.composition is not None:
        share = feedstock.composition.take({k: c.get(metal, 0.0) for k, c in data.compositions().items()})
        found = found + _total(feedstock) * share
    return np.asarray(found)


def _total(feedstock: Feedstock) -> Array:
    """Return all metals of a feedstock together, parts per billion of mass: its grade's, or as given."""
    if feedstock.grade is not None:
        return feedstock.grade.take({k: float(g["total"]["value"]) for k, g in data.grades().items()})
    assert feedstock.total_metals is not None  # one of the two goes with a composition
    return feedstock.total_metals


def segregation(of: Crystal, element: str) -> Array:
    """Return the effective segregation coefficient of an element, 0 where none is published: it stays in the
    melt.
    """
    values = [c.value for c in data.elements()[element].segregation] or [0.0]
    k = take(values, chosen(of.segregation, element, of.position))
    return each(crystal.effectives, k, of.growth_rate, of.boundary_layer, of.melt_diffusivity)


def as_grown(of: Crystal, element: str, charge: Array) -> Array:
    """Return the density in the crystal, m-3, of what a ``charge`` (parts per billion of mass) brings."""
    k = segregation(of, element)
    melt = each(
        crystal.melts, of.route.index, charge, k, filled(of.crucible.get(element), 0.0, of.position),
        of.position, of.pulls, of.pulled_fraction, of.pulled_mass,
    )  # fmt: skip
    return melt * k * data.elements()[element].per_ppbw


def doping_profile(of: Crystal, dopant: str) -> Array:
    """Return doping over that at the seed end: each crystal is doped anew, a continuous feed keeps the melt's
    doping.
    """
    k = segregation(of, dopant)
    return np.where(of.route.means("ccz"), 1.0, power(1.0 - of.position, k - 1.0))


def grown(feedstock: Feedstock, of: Crystal, process: Process, metal: str) -> Array:
    """Return the density of a metal, m-3, in the wafer before gettering: from the melt and from tools."""
    from_melt = as_grown(of, metal, feed(feedstock, metal, of.position))
    return from_melt + filled(process.contamination.get(metal), 0.0, of.position)


def gettered(
    process: Process, wafer: WaferMetals, metal: str, total: Array, thickness: Array
) -> tuple[Array, Array]:
    """Return (total, active) density of a metal in the finished wafer, m-3.

    What is above the solubility at the freezing temperature has precipitated and does not recombine here. A
    process dissolves up to the solubility at its highest temperature, and getters that.
    """
    element = data.elements()[metal]
    freeze = wafer.freeze_temperature
    dissolved = np.minimum(total, _solubility(wafer, element, _dissolving(process, freeze)))
    left = dissolved * _residual(process, element, thickness)
    active = filled(wafer.active.get(metal), element.active[0], freeze)
    return total - dissolved + left, np.minimum(left, _solubility(wafer, element, freeze)) * active


def _dissolving(process: Process, freeze: Array) -> Array:
    """Return the temperature up to which metals dissolve, K: the freezing temperature or the process's
    highest.
    """

    def solve(key: float, temperature: float, freeze: Array) -> Array:
        hottest = gettering.hottest(process_keys()[int(key)], _celsius(temperature))
        return np.maximum(freeze, hottest + ZERO_CELSIUS)

    keys = [process.gettering.index, filled(process.temperature, NOT_SET, freeze)]
    return by_value(solve, keys, freeze)


def _if_set(value: float) -> float | None:
    """Return a number, None for what stands for a field that is not set."""
    return None if value == NOT_SET else value


def _celsius(kelvin: float) -> float | None:
    """Return a temperature, K, in degC as ``gettering`` takes it, to a part in 1e12, which the way there and
    back costs.
    """
    return None if kelvin == NOT_SET else round(kelvin - ZERO_CELSIUS, 9)


def _solubility(wafer: WaferMetals, element: data.Element, T: Array) -> Array:
    """Return the solubility of an element, m-3, at ``T`` K; inf where none is published."""
    if not element.solubility:
        return np.array(np.inf)
    which = chosen(wafer.solubility, element.symbol, wafer.freeze_temperature)
    kt = K_B_EV * T
    return take([c.value for c in element.solubility], which) * np.exp(
        -take([c.activation for c in element.solubility], which) / kt
    )


def _residual(process: Process, element: data.Element, thickness: Array) -> Array:
    """Return the share of the dissolved metal that the process leaves."""
    keys = [c.key for c in element.diffusivity]

    def solve(
        key: float, temperature: float, time: float, factor: float, diffusivity: float, thick: Array
    ) -> Array:
        return gettering.residual(
            element.symbol, process_keys()[int(key)], thick * 1e6,
            temperature=_celsius(temperature), time=_if_set(time), factor=factor,
            diffusivity=keys[int(diffusivity)] if keys else None,
        )  # fmt: skip

    return by_value(
        solve,
        [
            process.gettering.index,
            filled(process.temperature, NOT_SET, thickness),
            filled(process.time, NOT_SET, thickness),
            process.segregation_factor,
            chosen(process.diffusivity, element.symbol, thickness),
        ],
        thickness,
    )


def _states(fields: WaferMetals, metal: str, active: Array, wafer: Wafer) -> dict[str, Array]:
    """Return the density of each centre the metal forms, m-3: by itself, and with the acceptor of a p-type
    wafer.
    """
    centres = data.centres()
    alone = next((name for name, c in centres.items() if c.element == metal and not c.acceptor), "")
    pairs = {
        c.acceptor: name for name, c in centres.items() if c.element == metal and c.acceptor in ACCEPTORS[1:]
    }
    found: dict[str, Array] = {}
    free = active
    for acceptor, name in pairs.items():
        mine = ~wafer.donor & (wafer.acceptor == ACCEPTORS.index(acceptor))
        if metal in PAIRING and np.any(mine):
            found[name] = np.where(mine, active * _paired(fields, metal, wafer), 0.0)
            free = free - found[name]
    return ({alone: free} if alone else {}) | found


@dataclass(frozen=True)
class Pairing:
    """How a metal pairs: [pair]/[M] = N_A prefactor exp(binding/kT), m3, eV; association = rate T/N_A
    exp(barrier/kT), SI, eV.
    """

    prefactor: float
    binding: float
    rate: float
    barrier: float


def _pairing() -> Mapping[str, Pairing]:
    table = data.pairing()
    return {
        m: Pairing(e["prefactor"] / PER_CM3, e["binding"], e["rate"] * PER_CM3, e["barrier"])
        for m, e in table.items()
    }


PAIRING = _pairing()


def _paired(fields: WaferMetals, metal: str, wafer: Wafer) -> Array:
    """Return the share of a metal's donors that is paired with the acceptor."""
    how = PAIRING[metal]
    share = each(
        lambda n, t, s: pairing.paired(n, t, s, how.prefactor, how.binding, how.rate, how.barrier),
        wafer.acceptors, fields.pairing_temperature, fields.pairing_time,
    )  # fmt: skip
    return np.where(fields.pairs.means("dark"), share, 0.0)


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
