"""The stages of the impurity chain as functions of arrays: ppbw, cm-3, K, s.

Each stands alone; ``pv.cell`` chains them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.columns import each
from energymodels.core.errors import unknown
from energymodels.core.model import Array
from energymodels.kernels.constants import CM3, K_B_EV, PER_CM3
from energymodels.kernels.pv.metals import boron_oxygen, capture, crystal, pairing
from energymodels.pv import silicon
from energymodels.pv.metals import data
from energymodels.pv.metals.grown import ROUTES
from energymodels.pv.metals.states import PAIRING

ATOMS = 4.994e22  # of silicon, cm-3


def _flat(function: Callable[..., Array], *arguments: ArrayLike) -> Array:
    """Call a flat kernel on numbers or arrays that broadcast."""
    return each(function, *(np.asarray(a, dtype=float) for a in arguments))


def density(ppbw: ArrayLike, element: str) -> Array:
    """Return the atoms per cm3 of silicon of ``ppbw`` parts per billion by mass."""
    return np.asarray(ppbw, dtype=float) * data.element(element).per_ppbw * CM3


def ppbw(density: ArrayLike, element: str) -> Array:
    """Return parts per billion by mass of a ``density``, cm-3."""
    return np.asarray(density, dtype=float) / (data.element(element).per_ppbw * CM3)


def ppba(density: ArrayLike) -> Array:
    """Return parts per billion of atoms of a ``density``, cm-3."""
    return np.asarray(density, dtype=float) / ATOMS * 1e9


def segregation(element: str, key: str | None = None) -> float:
    """Return the equilibrium segregation coefficient."""
    return float(
        data.chosen(f"segregation coefficient of {element}", data.element(element).segregation, key).value
    )


def diffusivity(element: str, T: ArrayLike, key: str | None = None) -> Array:
    """Return the diffusivity in silicon, cm2 s-1."""
    return data.chosen(f"diffusivity of {element}", data.element(element).diffusivity, key).at(T) * 1e4


def solubility(element: str, T: ArrayLike, key: str | None = None) -> Array:
    """Return the solubility in equilibrium with the silicide, cm-3."""
    return data.chosen(f"solubility of {element}", data.element(element).solubility, key).at(T) * CM3


def melt(
    feed: ArrayLike,
    k: ArrayLike,
    position: ArrayLike,
    route: str = "cz",
    *,
    pulls: ArrayLike = 1,
    pulled_fraction: ArrayLike = 0.8,
    pulled_mass: ArrayLike = 1.0,
    crucible: ArrayLike = 0.0,
) -> Array:
    """Return the concentration in the melt, in the unit of ``feed``, at ``position`` of a crystal; times
    ``k`` it is the crystal's.

    ``pulls`` is the crystal's number, ``pulled_fraction`` (rcz) and ``pulled_mass`` (ccz) what each takes of
    the melt; ``crucible`` adds during one pull (rcz, cz) or one melt's mass (ccz).
    """
    if route not in ROUTES:
        raise unknown("route", route, ROUTES)
    return _flat(
        lambda r, *rest: crystal.melts(r.astype(np.int8), *rest),
        ROUTES.index(route), feed, k, crucible, position, pulls, pulled_fraction, pulled_mass,
    )  # fmt: skip


def paired_fraction(
    metal: str, acceptors: ArrayLike, T: ArrayLike = silicon.STC, time: ArrayLike = np.inf
) -> Array:
    """Return the fraction of a metal that is paired after ``time`` s in the dark at ``T`` K, from none;
    ``acceptors`` in cm-3.
    """
    if metal not in PAIRING:
        raise unknown("metal that pairs", metal, PAIRING)
    how = PAIRING[metal]
    acceptors = np.asarray(acceptors, dtype=float) * PER_CM3
    return _flat(
        lambda n, t, s: pairing.paired(n, t, s, how.prefactor, how.binding, how.rate, how.barrier),
        acceptors,
        T,
        time,
    )


def association_time(metal: str, acceptors: ArrayLike, T: ArrayLike = silicon.STC) -> Array:
    """Return the time constant of association with an acceptor in the dark, s; ``acceptors`` in cm-3."""
    if metal not in PAIRING:
        raise unknown("metal that pairs", metal, PAIRING)
    how = PAIRING[metal]
    time = np.vectorize(pairing.association_time, otypes=[float])
    return np.asarray(time(np.asarray(acceptors, dtype=float) * PER_CM3, T, how.rate, how.barrier))


def lifetime(
    centre: str,
    density: ArrayLike,
    dn: ArrayLike,
    doping: ArrayLike,
    doping_type: str,
    *,
    key: str | None = None,
    T: ArrayLike = 300.0,
) -> Array:
    """Return the Shockley-Read-Hall lifetime, s, by a centre of ``density`` cm-3 at excess ``dn`` in a wafer
    of ``doping``, cm-3.

    The levels of a centre share one occupancy (``sah1958``). ``key`` names the published set, the data's
    default if None; ``doping_type`` is n or p.
    """
    if centre not in data.centres():
        raise unknown("centre", centre, data.centres())
    chosen = data.chosen(f"set of {centre}", data.centres()[centre].sets, key)
    levels = chosen.chain(doping_type)
    n0, p0 = silicon.equilibrium(doping, doping_type, T)
    cm3 = [np.asarray(x, dtype=float) * PER_CM3 for x in (dn, n0, p0, silicon.intrinsic_density(T), density)]
    return _flat(
        lambda d, n, p, t, n_i, N: capture.lifetimes(d, n, p, t, n_i, N, levels), *cm3[:3], T, *cm3[3:]
    )


def boron_oxygen_lifetime(boron: ArrayLike, oxygen: ArrayLike) -> Array:
    """Return the lifetime, s, that active boron-oxygen centres leave at an injection of a tenth of the doping
    (``bothe2005``).
    """
    return _flat(
        boron_oxygen.degraded_lifetimes,
        np.asarray(boron, dtype=float) * PER_CM3,
        np.asarray(oxygen, dtype=float) * PER_CM3,
    )


def boron_oxygen_states(
    time: ArrayLike, T: ArrayLike, start: tuple[float, float, float] = (1.0, 0.0, 0.0)
) -> Array:
    """Return the shares (annealed, degraded, regenerated; last dimension) of boron-oxygen centres after
    ``time`` s of light.

    First-order reactions A-B-C (``pvdeg``), solved exactly. The degraded share is what ``wafer.bo_active``
    takes.
    """
    rates = data.boron_oxygen()
    time, T = np.broadcast_arrays(np.asarray(time, dtype=float), np.asarray(T, dtype=float))
    ab, ba, bc, cb = (
        attempt * np.exp(-barrier / (K_B_EV * T))
        for attempt, barrier in (rates[k] for k in ("A-B", "B-A", "B-C", "C-B"))
    )
    zero = np.zeros_like(T)
    matrix = np.stack(
        [np.stack([-ab, ba, zero], -1), np.stack([ab, -ba - bc, cb], -1), np.stack([zero, bc, -cb], -1)], -2
    )
    values, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, np.broadcast_to(np.array(start)[:, None], (*T.shape, 3, 1)))
    grown = np.exp(values.real * time[..., None])[..., None] * weights
    return np.asarray((vectors @ grown)[..., 0].real)
