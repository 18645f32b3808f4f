"""What a deep level does to carriers: capture coefficients and level densities at a temperature.

A level is a row of numbers. Capture coefficients, not cross sections: the thermal velocity belongs to the cross section that
somebody measured with it.
"""

from math import exp

import numpy as np

from energymodels.kernels.constants import K_B_EV, PER_CM3
from energymodels.kernels.impurity.layout import (
    AT_T,
    BARRIER_N,
    BARRIER_P,
    C_N,
    C_P,
    ENERGY,
    FROM_C,
    INV_C_N,
    INV_C_P,
    N1,
    P1,
    POWER_N,
    POWER_P,
)
from energymodels.kernels.jit import jit


@jit
def band_densities(T: float) -> tuple[float, float]:
    """Return N_c and N_v, m-3 (``green1990``, eqs. (20) and (21))."""
    return 2.86e19 * PER_CM3 * (T / 300.0) ** 1.58, 3.10e19 * PER_CM3 * (T / 300.0) ** 1.85


@jit
def at_temperature(levels: np.ndarray, T: float, n_i: float, found: np.ndarray) -> None:
    """Fill ``found`` (level, AT_T) from ``levels`` (level, COLUMNS) at ``T`` K; ``n_i`` in m-3. inf: captures none."""
    n_c, n_v = band_densities(T)
    kt = K_B_EV * T
    for k in range(levels.shape[0]):
        c_n = levels[k, C_N] * T ** levels[k, POWER_N] * exp(-levels[k, BARRIER_N] / kt)
        c_p = levels[k, C_P] * T ** levels[k, POWER_P] * exp(-levels[k, BARRIER_P] / kt)
        near = (n_c if levels[k, FROM_C] != 0.0 else n_v) * exp(-levels[k, ENERGY] / kt)
        far = n_i * n_i / near
        found[k, INV_C_N] = 1.0 / c_n
        found[k, INV_C_P] = 1.0 / c_p
        found[k, N1] = near if levels[k, FROM_C] != 0.0 else far
        found[k, P1] = far if levels[k, FROM_C] != 0.0 else near


@jit
def lifetimes(
    dn: np.ndarray, n0: np.ndarray, p0: np.ndarray, T: np.ndarray, n_i: np.ndarray, density: np.ndarray, levels: np.ndarray
) -> np.ndarray:
    """Return the Shockley-Read-Hall lifetime, s, by all ``levels`` (level, COLUMNS) of one centre: flat arrays, SI."""
    found = np.empty(dn.size)
    now = np.empty((levels.shape[0], AT_T))
    for i in range(dn.size):
        at_temperature(levels, T[i], n_i[i], now)
        rate = 0.0
        for k in range(levels.shape[0]):
            slow = now[k, INV_C_P] * (n0[i] + now[k, N1] + dn[i]) + now[k, INV_C_N] * (p0[i] + now[k, P1] + dn[i])
            rate += density[i] * (n0[i] + p0[i] + dn[i]) / slow
        found[i] = 1.0 / rate
    return found
