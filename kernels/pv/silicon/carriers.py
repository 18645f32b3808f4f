"""Band gap, intrinsic density and equilibrium carriers of silicon."""

from math import exp, expm1, pi, sqrt

from energymodels.kernels.constants import K_B_EV, PER_CM3
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.silicon.narrowing import schenk

COUDERC, MISIAKOS = 0, 1
WIDEST = 0.5  # eV, above any gap narrowing


@jit
def band_gap(T: float) -> float:
    """Return the band gap without narrowing, eV, of silicon at ``T`` K: Paessler 2002, four parameters."""
    E0, alpha, theta, delta = 1.17, 3.23e-4, 446.0, 0.51
    x = 2.0 * T / theta
    d2 = delta * delta
    root = (
        1.0 + pi * pi / (3.0 * (1.0 + d2)) * x**2 + (3.0 * d2 - 1.0) / 4.0 * x**3 + 8.0 / 3.0 * x**4 + x**6
    ) ** (1.0 / 6.0)
    return E0 - alpha * theta * ((1.0 - 3.0 * d2) / expm1(theta / T) + 1.5 * d2 * (root - 1.0))


@jit
def intrinsic_density(T: float, model: int) -> float:
    """Return n_i, m-3, at ``T`` K: Couderc 2014 (0) or Misiakos and Tsamakis 1993 (1)."""
    if model == MISIAKOS:
        return 5.29e19 * PER_CM3 * (T / 300.0) ** 2.54 * exp(-6726.0 / T)
    return 1.541e15 * PER_CM3 * T**1.712 * exp(-band_gap(T) / (2.0 * K_B_EV * T))


@jit
def equilibrium(doping: float, donor: bool, n_i: float, T: float) -> tuple[float, float, float]:
    """Return (n0, p0, gap narrowing in eV) at full ionisation of ``doping`` m-3; n0 p0 = n_i^2
    exp(narrowing/kT).
    """
    return compensated(doping, doping, donor, n_i, T)


@jit
def compensated(doping: float, ions: float, donor: bool, n_i: float, T: float) -> tuple[float, float, float]:
    """Return what ``equilibrium`` does at net ``doping`` m-3 among ``ions`` m-3, all donors and acceptors,
    which narrow the gap.

    Where few carriers screen many ions the plain iteration swings apart: then it halves the bracket. Beyond
    that, Schenk's linear screening fails: 1e17 cm-3 of each dopant and 1e14 of net doping would give 0.3 eV.
    """
    # n_i itself would leave the dopants unscreened
    majority = 0.5 * doping + sqrt(0.25 * doping * doping + n_i * n_i)
    minority = n_i * n_i / majority
    n0, p0 = (majority, minority) if donor else (minority, majority)
    narrowing, low, high = 0.0, 0.0, WIDEST
    for number in range(100):
        before = narrowing
        narrowing = schenk(n0, p0, ions, T)[0]
        low, high = (before, high) if narrowing > before else (low, before)
        if number > 30 or not low <= narrowing <= high:
            narrowing = 0.5 * (low + high)
        nie2 = n_i * n_i * exp(narrowing / (K_B_EV * T))
        majority = 0.5 * doping + sqrt(0.25 * doping * doping + nie2)
        n0, p0 = (majority, nie2 / majority) if donor else (nie2 / majority, majority)
        if abs(narrowing - before) <= 1e-15:
            break
    return n0, p0, narrowing
