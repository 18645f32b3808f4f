"""Recombination in bulk silicon: Auger, Shockley-Read-Hall, low-injection radiative coefficient.

Rates in m-3 s-1.
"""

from math import exp, log10, tanh

from energymodels.kernels.constants import CM3, K_B_EV, PER_CM3
from energymodels.kernels.jit import jit

NIEWELT, RICHTER = 0, 1
CM6 = CM3 * CM3


@jit
def richter_coefficients(n0: float, p0: float) -> tuple[float, float]:
    """Return 2.5e-31 g_eeh n0 + 8.5e-32 g_ehh p0, m3 s-1, and the factor of dn^0.92: Richter 2012."""
    g_eeh = 1.0 + 13.0 * (1.0 - tanh((n0 / (3.3e17 * PER_CM3)) ** 0.66))
    g_ehh = 1.0 + 7.5 * (1.0 - tanh((p0 / (7.0e17 * PER_CM3)) ** 0.63))
    doped = 2.5e-31 * CM6 * g_eeh * n0 + 8.5e-32 * CM6 * g_ehh * p0
    return doped, 3.0e-29 * CM3 * PER_CM3**-0.92


@jit
def auger_richter(n: float, p: float, n0: float, p0: float) -> float:
    """Return the Auger rate, m-3 s-1, of Richter 2012 eq. (18) without its radiative term, at 300 K."""
    doped, injected = richter_coefficients(n0, p0)
    dn = n - n0
    return (n * p - n0 * p0) * (doped + injected * max(dn, 0.0) ** 0.92)


@jit
def niewelt_coefficients(total: float) -> tuple[float, float, float, float]:
    """Return C_eeh g_eeh and C_ehh g_ehh, m6 s-1, at n + p = ``total`` m-3, and their slopes by ``total``:
    Niewelt 2022.
    """
    n_ref = 4e17 * PER_CM3
    ratio = total / n_ref
    bell = 1.0 / (1.0 + ratio * ratio)
    slope = -2.0 * ratio * bell * bell / n_ref
    c_eeh, c_ehh = 3.41e-31 * CM6, 1.17e-31 * CM6
    return (
        c_eeh * (1.0 + 3.38 * bell),
        c_ehh * (1.0 + 3.88 * bell),
        c_eeh * 3.38 * slope,
        c_ehh * 3.88 * slope,
    )


@jit
def auger_niewelt(n: float, p: float, n0: float, p0: float) -> float:
    """Return the Auger rate, m-3 s-1, of Niewelt 2022 at 300 K; enhancement by n + p with injection."""
    eeh, ehh, _, _ = niewelt_coefficients(n + p)
    # n^2 p - n0^2 p0 = n (np - n0p0) + n0 p0 (n - n0): no cancellation
    excess = n * p - n0 * p0
    pair0 = n0 * p0
    return eeh * (n * excess + pair0 * (n - n0)) + ehh * (p * excess + pair0 * (p - p0))


@jit
def radiative_coefficient(T: float) -> float:
    """Return B_low, m3 s-1: Trupke 2003, its polynomial in log10 T, measured at 77-300 K."""
    L = log10(T)
    return 10.0 ** (((-2.28765176 * L + 17.94655444) * L - 47.53455728) * L + 28.07323491) * CM3


@jit
def b_rel(n: float, p: float, T: float) -> float:
    """Return B/B_low under Coulomb screening: Altermatt 2005.

    For rates built on n_i without narrowing it must not be used.
    """
    b_min = 0.2 - 0.2 / (1.0 + (T / 320.0) ** 2.5)
    b1 = 2.0 * PER_CM3 * (1.5e18 + (1e7 - 1.5e18) / (1.0 + (T / 550.0) ** 3.0))
    b3 = 2.0 * PER_CM3 * (4e18 + (1e9 - 4e18) / (1.0 + (T / 365.0) ** 3.54))
    x = n + p
    return b_min + (1.0 - b_min) / (1.0 + (x / b1) ** 0.54 + (x / b3) ** 1.25)


@jit
def srh(n: float, p: float, n0: float, p0: float, tau_n: float, tau_p: float, n1: float, p1: float) -> float:
    """Return the Shockley-Read-Hall rate, m-3 s-1, of one level: capture times ``tau_n``, ``tau_p`` (s),
    densities n1, p1.
    """
    return (n * p - n0 * p0) / (tau_p * (n + n1) + tau_n * (p + p1))


@jit
def level_densities(level: float, n_i: float, T: float) -> tuple[float, float]:
    """Return n1, p1, m-3, of a level ``level`` eV above the intrinsic energy; ``n_i`` without gap
    narrowing.
    """
    boltzmann = exp(level / (K_B_EV * T))
    return n_i * boltzmann, n_i / boltzmann
