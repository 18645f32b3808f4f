"""Metals and dopants in the crystal: from the feedstock through the melt, and from tools."""

from __future__ import annotations

import numpy as np

from energymodels.core.case import chosen, filled
from energymodels.core.columns import each, power, take
from energymodels.core.model import Array
from energymodels.kernels.pv.metals import crystal
from energymodels.pv.metals import data
from energymodels.pv.metals.fields import Crystal, Feedstock, Process

ROUTES = ("cz", "rcz", "ccz")  # in the order of the kernel's numbers


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
