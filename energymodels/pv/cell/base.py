"""The base of a cell: dopants of its wafer and what they leave of carriers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from energymodels.core.columns import each
from energymodels.core.model import Array
from energymodels.kernels.pv.cell import preparation
from energymodels.pv.cell.fields import Wafer
from energymodels.pv.metals.fields import Crystal
from energymodels.pv.metals.grown import doping_profile
from energymodels.pv.metals.inventory import ACCEPTORS

T_RESISTIVITY = 298.15  # K, at which a wafer's resistivity is stated


@dataclass(frozen=True)
class Base:
    """The dopants of a wafer, m-3: where it is n-type, net doping, all donors and all acceptors."""

    donor: Array
    net: Array
    donors: Array
    acceptors: Array


def donor_of(wafer: Wafer, like: Array) -> Array:
    """Return where the wafer is n-type."""
    if wafer.dopant is not None:
        return wafer.dopant.means("P")
    return np.ones((1,) * like.ndim, dtype=bool) if wafer.type is None else wafer.type.means("n")


def acceptor_of(wafer: Wafer, like: Array) -> Array:
    """Return which acceptor a p-type wafer has, index into ``ACCEPTORS``: gallium where no dopant is said."""
    place = {"P": ACCEPTORS.index(""), "B": ACCEPTORS.index("B"), "Ga": ACCEPTORS.index("Ga")}
    if wafer.dopant is None:
        return np.full((1,) * like.ndim, float(place["Ga"]))
    return wafer.dopant.take(place)


def _of_resistivity(rho: Array, donor: Array, compensation: Array) -> Array:
    """Return the net doping, m-3, of a resistivity in ohm m."""
    tables = _doping_tables()
    return each(
        lambda r, d, c: preparation.dopings(r, d, c, T_RESISTIVITY, *tables), rho, donor, compensation
    )


@cache
def _doping_tables() -> tuple[Array, Array]:
    """Return the tables that bracket a doping; making them takes longer than solving a cell."""
    places, logs = preparation.doping_tables(T_RESISTIVITY)
    return places, logs


def _grown(crystal: Crystal, seed: Array, donor: Array, acceptor: Array, compensation: Array) -> Array:
    """Return the net doping, m-3, at its place in a crystal: both dopants segregate; below 0 where the
    opposite one prevails.
    """
    phosphorus = doping_profile(crystal, "P")
    boron, gallium = (doping_profile(crystal, dopant) for dopant in ACCEPTORS[1:])
    own = np.where(donor, phosphorus, np.where(acceptor == 1, boron, gallium))
    at_seed = compensation / np.where(donor, boron, phosphorus)
    net = _of_resistivity(seed, donor, at_seed)
    return np.where(compensation > 0.0, (net + at_seed) * own - compensation, net * own)


def base_of(wafer: Wafer, crystal: Crystal, donor: Array, acceptor: Array) -> Base:
    """Return the doping as given, or along the crystal; each thermal donor is one donor and gives two
    electrons.
    """
    compensation, thermal = wafer.compensation, wafer.thermal_donors
    if wafer.doping is not None:
        net: Array = wafer.doping
    elif crystal.seed_resistivity is not None:
        net = _grown(crystal, crystal.seed_resistivity, donor, acceptor, compensation)
    else:
        assert wafer.resistivity is not None  # one of the three is always given
        net = _of_resistivity(wafer.resistivity, donor, compensation)
    most = net + compensation
    donors = np.where(donor, most, compensation) + thermal
    acceptors = np.where(donor, compensation, most)
    electrons = np.where(donor, net, -net) + 2.0 * thermal
    of_type = np.where(electrons == 0.0, donor, electrons > 0.0)
    return Base(of_type, np.abs(electrons), donors, acceptors)


def resistivity_of(wafer: Wafer, base: Base) -> Array:
    """Return the resistivity, ohm m: as stated, unless thermal donors came on top."""
    thermal, stated = wafer.thermal_donors, wafer.resistivity
    if stated is not None and not np.any(thermal):
        return stated

    def kernel(net: Array, donor: Array, donors: Array, acceptors: Array) -> Array:
        return preparation.resistivities(net, donor, donors, acceptors, T_RESISTIVITY)

    found = each(kernel, base.net, base.donor, base.donors, base.acceptors)
    return found if stated is None else np.where(thermal == 0.0, stated, found)
