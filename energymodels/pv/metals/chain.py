"""From what a spec says of the metals to the densities of recombination centres in its wafer, on the axes
each depends on. SI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from energymodels.core.columns import by_value, column, each, power, take
from energymodels.core.model import Array
from energymodels.kernels.constants import K_B_EV, PER_CM3, ZERO_CELSIUS
from energymodels.kernels.pv.metals import boron_oxygen, crystal, pairing
from energymodels.kernels.pv.metals.layout import COLUMNS, LEVELS
from energymodels.pv.metals import data, gettering
from energymodels.pv.metals.inventory import ACCEPTORS, elements_in_use
from energymodels.pv.metals.recipes import process_keys

ROUTES = ("cz", "rcz", "ccz")  # in the order of the kernel's numbers
Columns = Mapping[str, Array]


@dataclass(frozen=True)
class Wafer:
    """What the cell adds to the chain: its doping and thickness, SI."""

    donor: Array
    acceptor: Array  # index into ``ACCEPTORS``, where it is p-type
    doping: Array  # net
    acceptors: Array  # all of them
    thickness: Array


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


def _elements(columns: Columns) -> tuple[str, ...]:
    used = np.unique(columns["feedstock.composition"]).tolist() if "feedstock.composition" in columns else []
    return elements_in_use(columns, [list(data.compositions())[i] for i in used])


def _choice(columns: Columns, path: str) -> Array:
    """Return which published set is used: the first where the field is not set."""
    return column(columns, path).astype(np.int8)


def prepare(columns: Columns, wafer: Wafer) -> Chain:
    """Return all centres of the wafer."""
    chain = Chain(_elements(columns))
    centres = data.centres()
    for owner, metal in enumerate(chain.elements):
        direct = [
            name for name, c in centres.items() if c.element == metal and f"wafer.metals.{name}" in columns
        ]
        if direct:
            found = {name: _stated(columns, name, wafer) for name in direct}
            chain.before[metal] = chain.total[metal] = chain.active[metal] = np.asarray(sum(found.values()))
        elif f"wafer.metals.{metal}" in columns:
            dissolved = columns[f"wafer.metals.{metal}"] * PER_CM3
            chain.before[metal] = chain.total[metal] = chain.active[metal] = dissolved
            found = _states(columns, metal, dissolved, wafer)
        else:
            chain.before[metal] = grown(columns, metal)
            chain.total[metal], chain.active[metal] = gettered(
                columns, metal, chain.before[metal], wafer.thickness
            )
            found = _states(columns, metal, chain.active[metal], wafer)
        for name, density in found.items():
            chain.add(centres[name], owner, density, _choice(columns, f"defects.{name}"), wafer.donor)
    _add_boron_oxygen(chain, columns, wafer)
    return chain


def _stated(columns: Columns, name: str, wafer: Wafer) -> Array:
    """Return the density of a centre that a spec states, m-3; pairs are where their acceptor is."""
    density = columns[f"wafer.metals.{name}"] * PER_CM3
    acceptor = data.centres()[name].acceptor
    if not acceptor:
        return density
    place = ACCEPTORS.index(acceptor) if acceptor in ACCEPTORS else -1
    return np.where(~wafer.donor & (wafer.acceptor == place), density, 0.0)


def feed(columns: Columns, metal: str) -> Array:
    """Return what a charge brings into the melt of one metal, parts per billion of mass."""
    found = column(columns, f"feedstock.metals.{metal}") + column(columns, f"feedstock.surface.{metal}")
    if "feedstock.composition" in columns:
        share = take(
            [c.get(metal, 0.0) for c in data.compositions().values()], columns["feedstock.composition"]
        )
        if "feedstock.grade" in columns:
            total = take([g["total"]["value"] for g in data.grades().values()], columns["feedstock.grade"])
        else:
            total = columns["feedstock.total_metals"]
        found = found + total * share
    return np.asarray(found)


def segregation(columns: Columns, element: str) -> Array:
    """Return the effective segregation coefficient of an element, 0 where none is published: it stays in the
    melt.
    """
    values = [c.value for c in data.elements()[element].segregation] or [0.0]
    k = take(values, _choice(columns, f"crystal.segregation.{element}"))
    speed = columns["crystal.growth_rate"] * 1e-3 / 60.0
    return each(
        crystal.effectives,
        k,
        speed,
        columns["crystal.boundary_layer"] * 1e-3,
        columns["crystal.melt_diffusivity"] * 1e-4,
    )


def as_grown(columns: Columns, element: str, charge: Array) -> Array:
    """Return the density in the crystal, m-3, of what a ``charge`` (parts per billion of mass) brings."""
    k = segregation(columns, element)
    melt = each(
        crystal.melts, columns["crystal.route"], charge, k, column(columns, f"crystal.crucible.{element}"),
        columns["crystal.position"], columns["crystal.pulls"], columns["crystal.pulled_fraction"],
        columns["crystal.pulled_mass"],
    )  # fmt: skip
    return melt * k * data.elements()[element].per_ppbw


def doping_profile(columns: Columns, dopant: str) -> Array:
    """Return doping over that at the seed end: each crystal is doped anew, a continuous feed keeps the melt's
    doping.
    """
    k = segregation(columns, dopant)
    return np.where(
        columns["crystal.route"] == crystal.CCZ, 1.0, power(1.0 - columns["crystal.position"], k - 1.0)
    )


def grown(columns: Columns, metal: str) -> Array:
    """Return the density of a metal, m-3, in the wafer before gettering: from the melt and from tools."""
    return (
        as_grown(columns, metal, feed(columns, metal))
        + column(columns, f"process.contamination.{metal}") * PER_CM3
    )


def gettered(columns: Columns, metal: str, total: Array, thickness: Array) -> tuple[Array, Array]:
    """Return (total, active) density of a metal in the finished wafer, m-3.

    What is above the solubility at the freezing temperature has precipitated and does not recombine here. A
    process dissolves up to the solubility at its highest temperature, and getters that.
    """
    element = data.elements()[metal]
    freeze = columns["wafer.freeze_temperature"]
    dissolved = np.minimum(total, _solubility(columns, element, _dissolving(columns)))
    left = dissolved * _residual(columns, element, thickness)
    active = column(columns, f"wafer.active.{metal}", element.active[0])
    return total - dissolved + left, np.minimum(left, _solubility(columns, element, freeze)) * active


def _dissolving(columns: Columns) -> Array:
    """Return the temperature up to which metals dissolve, degC: the freezing temperature or the process's
    highest.
    """

    def solve(process: float, temperature: float, freeze: Array) -> Array:
        return np.maximum(freeze, gettering.hottest(process_keys()[int(process)], _if_set(temperature)))

    keys = [columns["process.gettering"], column(columns, "process.temperature", -1.0)]
    return by_value(solve, keys, columns["wafer.freeze_temperature"])


def _if_set(value: float) -> float | None:
    """Return a number, None for what stands for a field that is not set."""
    return None if value < 0.0 else value


def _solubility(columns: Columns, element: data.Element, celsius: Array) -> Array:
    if not element.solubility:
        return np.array(np.inf)
    which = _choice(columns, f"wafer.solubility.{element.symbol}")
    kt = K_B_EV * (celsius + ZERO_CELSIUS)
    return take([c.value for c in element.solubility], which) * np.exp(
        -take([c.activation for c in element.solubility], which) / kt
    )


def _residual(columns: Columns, element: data.Element, thickness: Array) -> Array:
    """Return the share of the dissolved metal that the process leaves."""
    keys = [c.key for c in element.diffusivity]

    def solve(
        process: float, temperature: float, time: float, factor: float, diffusivity: float, thick: Array
    ) -> Array:
        return gettering.residual(
            element.symbol, process_keys()[int(process)], thick * 1e6,
            temperature=_if_set(temperature), time=_if_set(time), factor=factor,
            diffusivity=keys[int(diffusivity)] if keys else None,
        )  # fmt: skip

    return by_value(
        solve,
        [
            columns["process.gettering"],
            column(columns, "process.temperature", -1.0),
            column(columns, "process.time", -1.0),
            columns["process.segregation_factor"],
            _choice(columns, f"process.diffusivity.{element.symbol}"),
        ],
        thickness,
    )


def _states(columns: Columns, metal: str, active: Array, wafer: Wafer) -> dict[str, Array]:
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
            found[name] = np.where(mine, active * _paired(columns, metal, wafer), 0.0)
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


def _paired(columns: Columns, metal: str, wafer: Wafer) -> Array:
    """Return the share of a metal's donors that is paired with the acceptor."""
    how = PAIRING[metal]
    share = each(
        lambda n, t, s: pairing.paired(n, t, s, how.prefactor, how.binding, how.rate, how.barrier),
        wafer.acceptors, columns["wafer.pairing_temperature"], columns["wafer.pairing_time"],
    )  # fmt: skip
    return np.where(columns["wafer.pairs"] == 0, share, 0.0)


def _add_boron_oxygen(chain: Chain, columns: Columns, wafer: Wafer) -> None:
    """Add the boron-oxygen centre, its density such that the lifetime at an injection of a tenth of the
    doping is Bothe's.

    In compensated silicon the net doping stands for boron, as measured (``macdonald2009``).
    """
    if not (np.any(columns["wafer.bo_active"] > 0.0) and np.any(columns["wafer.oxygen"] > 0.0)):
        return
    boron = ~wafer.donor & (wafer.acceptor == ACCEPTORS.index("B"))
    centre = data.centres()["BO"]
    which = _choice(columns, "defects.BO")
    doping = np.where(boron, wafer.doping, 1e22)
    tau = (
        each(boron_oxygen.degraded_lifetimes, doping, columns["wafer.oxygen"] * PER_CM3)
        * columns["wafer.bo_factor"]
    )
    full = by_value(
        lambda i, t, n: boron_oxygen.densities(t, n, centre.sets[int(i)].chain("p")), [which], tau, doping
    )
    density = np.where(boron, columns["wafer.bo_active"] * full, 0.0)
    chain.add(centre, len(chain.elements), density, which, wafer.donor)
