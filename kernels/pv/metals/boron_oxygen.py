"""The boron-oxygen centre, whose density is known by the lifetime it leaves. Flat arrays, SI."""

import numpy as np

from energymodels.kernels.constants import CM3
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.metals.capture import lifetimes as srh_lifetimes

# K, m-3; majority carriers decide, so the intrinsic density hardly matters
T_MEASURED, NI_MEASURED = 300.0, 9.7e15
INJECTION = 0.1  # over the doping, at which the lifetime was measured


@jit
def degraded_lifetimes(boron: np.ndarray, oxygen: np.ndarray) -> np.ndarray:
    """Return the lifetime, s, with all centres active: 7.675e45 [B]^-0.824 [Oi]^-1.748 us, cm-3
    (``bothe2005``, eq. (4)).
    """
    found = np.empty(boron.size)
    for i in range(boron.size):
        found[i] = 7.675e39 * (boron[i] * CM3) ** -0.824 * (oxygen[i] * CM3) ** -1.748
    return found


@jit
def densities(lifetime: np.ndarray, doping: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the density of a centre with ``levels`` that leaves ``lifetime`` at the injection it was
    measured at.
    """
    one = np.ones(doping.size)
    alone = srh_lifetimes(
        INJECTION * doping,
        NI_MEASURED * NI_MEASURED / doping,
        doping,
        T_MEASURED * one,
        NI_MEASURED * one,
        one,
        levels,
    )
    return alone / lifetime
