"""Segregation from the melt into the crystal.

Concentrations in any unit of mass fraction; times and masses relative to the melt.

A well-stirred melt of mass 1 holds ``c``. What the crucible gives, ``q``, enters evenly over one pull.
"""

from math import exp, expm1, log1p

import numpy as np

from energymodels.kernels.jit import jit

CZ, RCZ, CCZ = 0, 1, 2


@jit
def effective(k: float, growth_rate: float, layer: float, diffusivity: float) -> float:
    """Return the effective segregation coefficient: Burton, Prim and Slichter (``burton1953``).

    m s-1, m, m2 s-1.
    """
    if k == 0.0:
        return 0.0
    return k / (k + (1.0 - k) * exp(-growth_rate * layer / diffusivity))


@jit
def effectives(
    k: np.ndarray, growth_rate: np.ndarray, layer: np.ndarray, diffusivity: np.ndarray
) -> np.ndarray:
    """Return ``effective`` of flat arrays."""
    found = np.empty(k.size)
    for i in range(k.size):
        found[i] = effective(k[i], growth_rate[i], layer[i], diffusivity[i])
    return found


@jit
def normal_freezing(c: float, k: float, q: float, g: float) -> float:
    """Return the melt's concentration after the share ``g`` has solidified: d(c (1 - g))/dg = -k c + q,
    Scheil (``scheil1942``).
    """
    loss = log1p(-g)
    power = 1.0 - k  # the melt grows richer as (1 - g)^-power
    given = expm1(-power * loss) / power if abs(power) > 1e-12 else -loss
    return c * exp(-power * loss) + q * given


@jit
def recharged_start(feed: float, k: float, q: float, pulled: float, pulls: float) -> float:
    """Return the melt's concentration at the start of pull number ``pulls``, each of which solidifies
    ``pulled`` and is filled up.

    c' = (1 - pulled) c_end + pulled feed, exactly: a geometric series.
    """
    left = 1.0 - pulled
    gain = normal_freezing(0.0, k, q, pulled) * left + feed * pulled
    kept = exp(k * log1p(-pulled))  # what stays of the melt's metal
    times = pulls - 1.0
    # (1 - kept^times)/(1 - kept), also as kept goes to 1
    lost = expm1(k * log1p(-pulled))
    series = expm1(times * k * log1p(-pulled)) / lost if lost != 0.0 else times
    return feed * kept**times + gain * series


@jit
def continuous(feed: float, k: float, q: float, mass: float) -> float:
    """Return the concentration of a melt fed as fast as it solidifies, after ``mass`` times its own: dc/dm =
    feed + q - k c.
    """
    grown = -expm1(-k * mass) / k if k * mass > 1e-12 else mass
    return feed * exp(-k * mass) + (feed + q) * grown


@jit
def melts(
    route: np.ndarray,
    feed: np.ndarray,
    k: np.ndarray,
    q: np.ndarray,
    g: np.ndarray,
    pulls: np.ndarray,
    pulled: np.ndarray,
    mass: np.ndarray,
) -> np.ndarray:
    """Return the melt's concentration at the place ``g`` of each crystal, flat arrays.

    Cz: ``g`` is the fraction of the melt that has solidified. RCz: ``g`` of crystal number ``pulls``, each
    ``pulled`` of the melt. CCz: crystals of ``mass`` times the melt, one after the other.
    """
    found = np.empty(g.size)
    for i in range(g.size):
        if route[i] == CCZ:
            found[i] = continuous(feed[i], k[i], q[i], (pulls[i] - 1.0 + g[i]) * mass[i])
        else:
            start = recharged_start(feed[i], k[i], q[i], pulled[i], pulls[i]) if route[i] == RCZ else feed[i]
            found[i] = normal_freezing(start, k[i], q[i], g[i])
    return found
