"""Carrier mobility in silicon by Klaassen 1992 (``klaassen1992a``, ``klaassen1992b``), and resistivity
against doping.

Donors are phosphorus, acceptors boron; gallium takes boron's set (assumed: none was fitted for it).
Equations: part I, appendix. In compensated silicon all donors and acceptors scatter; a double donor counts as
one.
"""

from math import exp, log, nan, sqrt
from typing import TypeAlias

import numpy as np
from numpy import cbrt

from energymodels.kernels.constants import PER_CM3, Q
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.silicon.carriers import COUDERC, compensated, intrinsic_density

Carrier: TypeAlias = tuple[float, float, float, float, float, float]
CM2 = 1e-4
# mu_max, mu_min (m2 V-1 s-1), N_ref (m-3), alpha, theta, effective mass over m_0: part I, theta part II
ELECTRON = (1414.0 * CM2, 68.5 * CM2, 9.2e16 * PER_CM3, 0.711, 2.285, 1.0)
HOLE = (470.5 * CM2, 44.9 * CM2, 2.23e17 * PER_CM3, 0.719, 2.247, 1.258)
F_CW, F_BH = 2.459, 3.828  # weights of Conwell-Weisskopf and Brooks-Herring screening
S1, S2, S3, S4, S5, S6, S7 = 0.89233, 0.41372, 0.19778, 0.28227, 0.005978, 1.80618, 0.72169
# Table 2 prints r5 = -0.01552, eq. (A3) the density Z^3 N of one impurity. The paper's own minority-carrier
# curves (figures 6, 7) are reported to come out only with r5 = -0.8552 and all scatterers N_sc in (A3), as
# the Sentaurus simulator has it; so have we.
R1, R2, R3, R4, R5, R6 = 0.7643, 2.2999, 6.5502, 2.3670, -0.8552, 0.6478
LOWEST, HIGHEST = 1e8 * PER_CM3, 1e20 * PER_CM3  # doping that a resistivity is converted to


@jit
def clusters(density: float, c: float, reference: float) -> float:
    """Return Z N, m-3: at ultra-high ``density`` N dopants scatter as clusters of charge Z."""
    n2 = density * density
    return density * (1.0 + n2 / (c * n2 + reference * reference))


@jit
def minority_impurity(P: float, mass: float, T: float) -> float:
    """Return G(P), the scattering by a repulsive impurity over that by an attractive one; below its minimum
    it stays there.
    """
    t = (T / (300.0 * mass)) ** S4
    u = (300.0 * mass / T) ** S7
    if P < 0.5:  # the minimum lies at 0.24-0.43 in 200-500 K; the error shrinks at least fivefold a step
        lowest = 0.3
        scale = S5 * S6 * u**-S6 / (S1 * S3 * t)
        for _ in range(6):
            lowest = (scale * (S2 + t * lowest) ** (1.0 + S3)) ** (1.0 / (1.0 + S6))
        P = max(P, lowest)
    G: float = 1.0 - S1 * (S2 + t * P) ** -S3 + S5 * (u * P) ** -S6
    return G


@jit
def one_mobility(
    carrier: Carrier, other_mass: float, own: float, foreign: float, other: float, total: float, T: float
) -> float:
    """Return the mobility, m2 V-1 s-1, of one carrier.

    ``carrier`` is ``ELECTRON`` or ``HOLE``, ``other_mass`` the mass over m_0 of the other. In m-3: ``own``
    and ``foreign`` clustered dopants, which attract and repel it, ``other`` carriers of the other sign,
    ``total`` n + p. ``T`` in K.
    """
    highest, lowest, reference, alpha, theta, mass = carrier
    t = T / 300.0
    lattice: float = highest * t**-theta
    scatterers = own + foreign + other
    if scatterers <= 0.0:
        return lattice
    P_CW = 3.97e13 / CM2 * (t / cbrt(scatterers)) ** 2
    P = 1.0 / (F_CW / P_CW + F_BH * total / (1.36e20 * PER_CM3 * mass * t * t))
    power = P**R6
    ratio = mass / other_mass
    F = (R1 * power + R2 + R3 * ratio) / (power + R4 + R5 * ratio)
    effective = own + other / F
    if foreign > 0.0:
        effective += minority_impurity(P, mass, T) * foreign
    span = highest - lowest
    impurity: float = (
        highest
        * highest
        / span
        * t ** (3.0 * alpha - 1.5)
        * (scatterers / effective)
        * (reference / scatterers) ** alpha
    )
    impurity += highest * lowest / span / sqrt(t) * (total / effective)
    return lattice * impurity / (lattice + impurity)


@jit
def mobility(n: float, p: float, donors: float, acceptors: float, T: float) -> tuple[float, float]:
    """Return the electron and hole mobility, m2 V-1 s-1, at carriers ``n``, ``p`` and ionised dopants, m-3,
    and ``T`` K.
    """
    N_D = clusters(donors, 0.21, 4.0e20 * PER_CM3)
    N_A = clusters(acceptors, 0.5, 7.2e20 * PER_CM3)
    mu_e = one_mobility(ELECTRON, HOLE[5], N_D, N_A, p, n + p, T)
    mu_h = one_mobility(HOLE, ELECTRON[5], N_A, N_D, n, n + p, T)
    return mu_e, mu_h


@jit
def resistivity(doping: float, donor: bool, T: float, compensation: float = 0.0) -> float:
    """Return the resistivity in the dark, ohm m, at net ``doping`` m-3 beside ``compensation`` m-3 of the
    opposite dopant.
    """
    most = doping + compensation
    return resistivity_of(doping, donor, most if donor else compensation, compensation if donor else most, T)


@jit
def resistivity_of(doping: float, donor: bool, donors: float, acceptors: float, T: float) -> float:
    """Return the resistivity, ohm m, of net ``doping`` with all ``donors`` and ``acceptors``, m-3, fully
    ionised; both carriers.
    """
    n0, p0, _ = compensated(doping, donors + acceptors, donor, intrinsic_density(T, COUDERC), T)
    mu_e, mu_h = mobility(n0, p0, donors, acceptors, T)
    return 1.0 / (Q * (mu_e * n0 + mu_h * p0))


@jit
def lowest_doping(donor: bool, T: float, compensation: float = 0.0) -> float:
    """Return the doping, m-3, from which on resistivity falls; holes being slower, weak acceptor doping
    raises it first.
    """
    if donor:
        return LOWEST
    n_i = intrinsic_density(T, COUDERC)
    if compensation > 0.0:
        n_i, _, _ = compensated(0.0, 2.0 * compensation, donor, n_i, T)
    mu_e, mu_h = mobility(n_i, n_i, compensation, compensation, T)
    root = sqrt(mu_e / mu_h)
    return max(LOWEST, n_i * (root - 1.0 / root))


@jit
def doping(rho: float, donor: bool, T: float, compensation: float = 0.0) -> float:
    """Return the net doping, m-3, that gives resistivity ``rho``, ohm m, beside ``compensation`` m-3 of the
    opposite dopant.

    NaN where none from ``lowest_doping`` to 1e20 cm-3 does.
    """
    places, logs = np.empty(2), np.empty(2)
    table(donor, T, places, logs, compensation)
    return doping_by_table(rho, donor, T, places, logs, compensation)


@jit
def table(donor: bool, T: float, places: np.ndarray, logs: np.ndarray, compensation: float = 0.0) -> None:
    """Fill ``places`` with ln doping, evenly from the lowest to the highest, and ``logs`` with ln resistivity
    there.
    """
    first, last = log(lowest_doping(donor, T, compensation)), log(HIGHEST)
    for i in range(places.size):
        places[i] = first + (last - first) * i / (places.size - 1)
        logs[i] = log(resistivity(exp(places[i]), donor, T, compensation))


@jit
def doping_by_table(
    rho: float, donor: bool, T: float, places: np.ndarray, logs: np.ndarray, compensation: float = 0.0
) -> float:
    """Return ``doping`` from where ``table`` brackets it: falling ``logs`` at rising ``places``.

    A secant in the logarithms, kept in a bracket and replaced by bisection where it does not gain.
    """
    goal = log(rho)
    if not (logs[0] - goal >= -1e-13 and logs[-1] - goal <= 1e-13):
        return nan
    low, high = 0, places.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if logs[middle] > goal else (low, middle)
    a, b, at_a, at_b = places[low], places[high], logs[low] - goal, logs[high] - goal
    x0, y0, x, y = a, at_a, b, at_b
    if abs(at_a) < abs(at_b):
        x0, y0, x, y = x, y, x0, y0
    if low > 0 and high < places.size - 1:  # begin where a cubic through four nodes crosses
        guess = 0.0
        for i in range(low - 1, high + 2):
            weight = 1.0
            for j in range(low - 1, high + 2):
                if j != i:
                    weight *= (goal - logs[j]) / (logs[i] - logs[j])
            guess += weight * places[i]
        if a < guess < b:
            x0, y0, x = x, y, guess
            y = log(resistivity(exp(x), donor, T, compensation) / rho)
            a, b = (x, b) if y > 0.0 else (a, x)
    for _ in range(100):
        if abs(y) <= 1e-14:  # the round-off of ln doping
            break
        step = -y * (x - x0) / (y - y0) if y != y0 else 0.0
        if not a < x + step < b or abs(y) > 0.5 * abs(y0):
            step = 0.5 * (a + b) - x
        x0, y0 = x, y
        x += step
        y = log(resistivity(exp(x), donor, T, compensation) / rho)
        if y > 0.0:
            a = x
        else:
            b = x
        if abs(x - x0) <= 2e-16 * abs(x):
            break
    return exp(x)
