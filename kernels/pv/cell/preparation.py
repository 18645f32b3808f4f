"""What the silicon cell needs once per wafer, surface or optical design, as loops over flat arrays."""

from math import exp, log

import numpy as np

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.silicon import mobility
from energymodels.kernels.pv.silicon.carriers import compensated, intrinsic_density
from energymodels.kernels.pv.silicon.narrowing import schenk
from energymodels.kernels.pv.silicon.recombination import (
    level_densities,
    niewelt_coefficients,
    radiative_coefficient,
    richter_coefficients,
)

# nodes of the optical tables: uniform in 1/T and in ln W
T_LOW, T_HIGH, T_NODES = 199.0, 451.0, 28
W_LOW, W_HIGH, W_NODES = 0.9e-6, 1.1e-2, 81
TEMPERATURES = 1.0 / np.linspace(1.0 / T_LOW, 1.0 / T_HIGH, T_NODES)  # K
DOPINGS = 193  # nodes that bracket a doping: fewer steps of its search
THICKNESSES = np.exp(np.linspace(log(W_LOW), log(W_HIGH), W_NODES))  # m


@jit
def _cubic(x: float) -> tuple[float, float, float, float]:
    """Return Lagrange's four weights for nodes -1, 0, 1, 2 at ``x`` in [0, 1]."""
    a, b, c = x + 1.0, x - 1.0, x - 2.0
    return -x * b * c / 6.0, a * b * c / 2.0, -a * x * c / 2.0, a * x * b / 6.0


@jit
def optical(
    T: np.ndarray, thickness: np.ndarray, generation: np.ndarray, emission: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (generation, emission), A m-2, at each (T, thickness) from the tables of
    ``lambertian.tabulate``, bicubic.
    """
    jg = np.empty(T.size)
    j0 = np.empty(T.size)
    for k in range(T.size):
        t = (1.0 / T[k] - 1.0 / T_LOW) / (1.0 / T_HIGH - 1.0 / T_LOW) * (T_NODES - 1)
        w = log(thickness[k] / W_LOW) / log(W_HIGH / W_LOW) * (W_NODES - 1)
        i = min(max(int(t), 1), T_NODES - 3)
        j = min(max(int(w), 1), W_NODES - 3)
        a = _cubic(t - i)
        b = _cubic(w - j)
        g = 0.0
        e = 0.0
        for m in range(4):
            for n in range(4):
                g += a[m] * b[n] * generation[i - 1 + m, j - 1 + n]
                e += a[m] * b[n] * emission[i - 1 + m, j - 1 + n]
        jg[k] = g
        j0[k] = np.exp(e)
    return jg, j0


@jit
def doping_tables(T: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what brackets a doping by its resistivity, for acceptors and donors: see ``mobility.table``."""
    places = np.empty((2, DOPINGS))
    logs = np.empty((2, DOPINGS))
    for kind in range(2):
        mobility.table(kind == 1, T, places[kind], logs[kind])
    return places, logs


@jit
def dopings(
    resistivity: np.ndarray,
    donor: np.ndarray,
    compensation: np.ndarray,
    T: float,
    places: np.ndarray,
    logs: np.ndarray,
) -> np.ndarray:
    """Return the net doping, m-3, of each ``resistivity``, ohm m, beside ``compensation``, m-3, of the
    opposite dopant; ``places`` and ``logs`` are ``doping_tables`` at ``T``.
    """
    found = np.empty(resistivity.size)
    for k in range(found.size):
        kind = 1 if donor[k] else 0
        if compensation[k] > 0.0:
            found[k] = mobility.doping(resistivity[k], donor[k], T, compensation[k])
        else:
            found[k] = mobility.doping_by_table(resistivity[k], donor[k], T, places[kind], logs[kind])
    return found


@jit
def resistivities(
    doping: np.ndarray, donor: np.ndarray, donors: np.ndarray, acceptors: np.ndarray, T: float
) -> np.ndarray:
    """Return the resistivity, ohm m, of each net ``doping`` with all ``donors`` and ``acceptors``, m-3."""
    found = np.empty(doping.size)
    for k in range(found.size):
        found[k] = mobility.resistivity_of(doping[k], donor[k], donors[k], acceptors[k], T)
    return found


@jit
def intrinsic(T: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Return n_i, m-3, at each temperature."""
    found = np.empty(T.size)
    for k in range(T.size):
        found[k] = intrinsic_density(T[k], model[k])
    return found


@jit
def wafers(
    doping: np.ndarray,
    donor: np.ndarray,
    donors: np.ndarray,
    acceptors: np.ndarray,
    n_i: np.ndarray,
    T: np.ndarray,
) -> np.ndarray:
    """Return for each wafer of net ``doping`` with all ``donors`` and ``acceptors``, m-3: n0, p0, narrowing
    (eV), Richter's doping part and injection factor, and of its minority carriers the diffusivity (m2 s-1)
    and the intrinsic recombination rate at low injection (s-1).
    """
    found = np.empty((7, T.size))
    for k in range(T.size):
        n0, p0, narrowing = compensated(doping[k], donors[k] + acceptors[k], donor[k], n_i[k], T[k])
        doped, injected = richter_coefficients(n0, p0)
        found[0, k] = n0
        found[1, k] = p0
        found[2, k] = narrowing
        found[3, k] = doped
        found[4, k] = injected
        mu_e, mu_h = mobility.mobility(n0, p0, donors[k], acceptors[k], T[k])
        found[5, k] = (mu_h if donor[k] else mu_e) * K_B_EV * T[k]
        eeh, ehh, _, _ = niewelt_coefficients(n0 + p0)
        majority = max(n0, p0)
        found[6, k] = (eeh if donor[k] else ehh) * majority**2 + radiative_coefficient(T[k]) * majority
    return found


@jit
def slopes(
    doping: np.ndarray, donor: np.ndarray, ions: np.ndarray, dn: np.ndarray, n_i: np.ndarray, T: np.ndarray
) -> np.ndarray:
    """Return what gap narrowing makes of a slope of the inverse lifetime: n_i^2 d/d(dn) of (exp(qV/kT) -
    1)/dn at excess ``dn``.

    It is 1 without narrowing, where (exp(qV/kT) - 1)/dn = (n0 + p0 + dn)/n_i^2: a straight line, as Kane and
    Swanson take it.
    """
    found = np.empty(T.size)
    for k in range(T.size):
        n0, p0, _ = compensated(doping[k], ions[k], donor[k], n_i[k], T[k])
        kt = K_B_EV * T[k]
        gap, slope = schenk(n0 + dn[k], p0 + dn[k], ions[k], T[k])
        found[k] = exp(-gap / kt) * (1.0 - (n0 + p0 + dn[k]) * slope / kt)
    return found


@jit
def levels(level: np.ndarray, n_i: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return rows of n1, p1, m-3, for each level, eV above the intrinsic energy."""
    found = np.empty((2, T.size))
    for k in range(T.size):
        found[0, k], found[1, k] = level_densities(level[k], n_i[k], T[k])
    return found
