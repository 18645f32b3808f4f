"""Pairs of a metal with the acceptor: equilibrium and association in the dark.

Densities in m-3, times in s.
"""

from math import exp, expm1

import numpy as np

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.jit import jit


@jit
def bound(acceptors: float, T: float, prefactor: float, binding: float) -> float:
    """Return the share that is paired in equilibrium: [pair]/[M] = N_A prefactor exp(binding/kT)
    (``wijaranakula1993``).

    The isolated metal is taken as positive, as the constant was fitted: above 150 C in p-type silicon part of
    the iron is neutral.
    """
    ratio = acceptors * prefactor * exp(binding / (K_B_EV * T))
    return ratio / (1.0 + ratio)


@jit
def association_time(acceptors: float, T: float, prefactor: float, barrier: float) -> float:
    """Return the time constant of association in the dark, s: prefactor T/N_A exp(barrier/kT)
    (``macdonald2005``, eq. (3)).
    """
    return prefactor * T / acceptors * exp(barrier / (K_B_EV * T))


@jit
def paired(
    acceptors: np.ndarray,
    T: np.ndarray,
    time: np.ndarray,
    prefactor: float,
    binding: float,
    rate: float,
    barrier: float,
) -> np.ndarray:
    """Return the paired share after ``time`` in the dark at ``T``, from no pairs, towards equilibrium.

    The rate is that of association over the equilibrium share, as for any first-order reaction there and
    back.
    """
    found = np.zeros(T.size)
    for i in range(T.size):
        if acceptors[i] > 0.0:
            share = bound(acceptors[i], T[i], prefactor, binding)
            tau = share * association_time(acceptors[i], T[i], rate, barrier)
            found[i] = share if time[i] == np.inf else -share * expm1(-time[i] / tau)
    return found
