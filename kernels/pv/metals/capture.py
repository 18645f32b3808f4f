"""What a centre with deep levels does to carriers: capture coefficients, level densities, occupation and
rate.

A level is a row of numbers. Capture coefficients, not cross sections: the thermal velocity belongs to the
cross section that somebody measured with it.

The levels of one centre share its charge states: level j lies between the states with j - 1 and j electrons.
In the steady state as many electrons go up through it as down, so that N_j/N_{j-1} = (c_n n + c_p p1)/(c_p p
+ c_n n1), and the centre recombines what each of its levels would as a level by itself of density N_{j-1} +
N_j (``sah1958``).
"""

from math import exp

import numpy as np

from energymodels.kernels.constants import K_B_EV, PER_CM3
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.metals.layout import (
    AT_T,
    BARRIER_N,
    BARRIER_P,
    C_N,
    C_P,
    ENERGY,
    FROM_C,
    INV_C_N,
    INV_C_P,
    LEVELS,
    N1,
    P1,
    POWER_N,
    POWER_P,
)


@jit
def band_densities(T: float) -> tuple[float, float]:
    """Return N_c and N_v, m-3 (``green1990``, eqs. (20) and (21))."""
    return 2.86e19 * PER_CM3 * (T / 300.0) ** 1.58, 3.10e19 * PER_CM3 * (T / 300.0) ** 1.85


@jit
def at_temperature(levels: np.ndarray, T: float, n_i: float, found: np.ndarray) -> None:
    """Fill ``found`` (level, AT_T) from ``levels`` (level, COLUMNS) at ``T`` K; ``n_i`` in m-3.

    inf: captures none.
    """
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
def occupation(now: np.ndarray, n0: float, p0: float) -> tuple[float, float, float, float, float, float]:
    """Return (s0, s1, s2, s3, m1, m2): with x = dn, one centre recombines (n p - n0 p0) (1 + m1 x + m2
    x^2)/(s0 + .. + s3 x^3).

    ``now`` (LEVELS, AT_T) are the levels of one centre at their temperature; s0 is inf where it has none. A
    level multiplies by up = n/c_p + p1/c_n and down = p/c_n + n1/c_p, both straight lines in dn, so that the
    sums over charge states are polynomials: states = sum over s of the product of up below s and of down
    above; ways the same with one level, its own, left out. All their coefficients are positive: nothing
    cancels.
    """
    s0, s1, s2, s3 = 1.0, 0.0, 0.0, 0.0
    t0, t1, t2, t3 = 1.0, 0.0, 0.0, 0.0  # of the highest state alone
    m0, m1, m2 = 0.0, 0.0, 0.0
    for k in range(LEVELS):
        inv_n, inv_p = now[k, INV_C_N], now[k, INV_C_P]
        if not inv_n + inv_p < np.inf:
            break
        up, down = n0 * inv_p + now[k, P1] * inv_n, p0 * inv_n + now[k, N1] * inv_p
        m2, m1, m0 = m2 * down + m1 * inv_n + t2, m1 * down + m0 * inv_n + t1, m0 * down + t0
        t3, t2, t1, t0 = t3 * up + t2 * inv_p, t2 * up + t1 * inv_p, t1 * up + t0 * inv_p, t0 * up
        s3, s2, s1, s0 = (
            s3 * down + s2 * inv_n + t3,
            s2 * down + s1 * inv_n + t2,
            s1 * down + s0 * inv_n + t1,
            s0 * down + t0,
        )
    if m0 == 0.0:
        return np.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    return s0 / m0, s1 / m0, s2 / m0, s3 / m0, m1 / m0, m2 / m0


@jit
def lifetimes(
    dn: np.ndarray,
    n0: np.ndarray,
    p0: np.ndarray,
    T: np.ndarray,
    n_i: np.ndarray,
    density: np.ndarray,
    levels: np.ndarray,
) -> np.ndarray:
    """Return the Shockley-Read-Hall lifetime, s, by a centre of all ``levels`` (LEVELS, COLUMNS): flat
    arrays, SI.
    """
    found = np.empty(dn.size)
    now = np.empty((levels.shape[0], AT_T))
    for i in range(dn.size):
        at_temperature(levels, T[i], n_i[i], now)
        s0, s1, s2, s3, m1, m2 = occupation(now, n0[i], p0[i])
        x = dn[i]
        states = s0 + x * (s1 + x * (s2 + x * s3))
        found[i] = states / (density[i] * (n0[i] + p0[i] + x) * (1.0 + x * (m1 + x * m2)))
    return found
