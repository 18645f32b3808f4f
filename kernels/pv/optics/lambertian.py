"""Absorption and thermal emission of a slab with Lambertian light trapping and a perfect rear mirror."""

from math import exp, log, pi

import numpy as np

from energymodels.kernels import elementary
from energymodels.kernels.constants import K_B_EV, C, H, Q
from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.silicon.carriers import band_gap

A, B = 0.935, 0.67  # Green 2002: fit of the mean path
HC_EV_NM = H * C / Q * 1e9
TRANSPARENT = 1e-30  # m-1


@inline
def absorptance(alpha: float, n: float, thickness: float) -> float:
    """Return the absorbed fraction of light that entered, by Green 2002; ``alpha`` in m-1 (above 0),
    ``thickness`` in m.
    """
    depth = alpha * thickness
    x = A * elementary.exp(B * elementary.log(depth))
    path = (2.0 + x) / (1.0 + x)
    passed = elementary.exp(-2.0 * path * depth)
    return (1.0 - passed) / (1.0 - (1.0 - 1.0 / (n * n)) * passed)


@jit
def _optical(energy: float, shift: float, nk: np.ndarray) -> tuple[float, float]:
    """Return (alpha in m-1, n) at ``energy`` eV from ``nk`` (nm, n, k): ln k linear in wavelength, no
    absorption past its end.
    """
    wavelength = HC_EV_NM / (energy + shift)
    rows = nk.shape[0]
    if wavelength > nk[rows - 1, 0]:
        return TRANSPARENT, nk[rows - 1, 1]
    if wavelength <= nk[0, 0]:
        return 4.0 * pi * nk[0, 2] / (wavelength * 1e-9), nk[0, 1]
    i = np.searchsorted(nk[:, 0], wavelength) - 1
    f = (wavelength - nk[i, 0]) / (nk[i + 1, 0] - nk[i, 0])
    k = exp((1.0 - f) * log(nk[i, 2]) + f * log(nk[i + 1, 2]))
    return 4.0 * pi * k / (wavelength * 1e-9), (1.0 - f) * nk[i, 1] + f * nk[i + 1, 1]


@jit
def _trapezoid(x: np.ndarray) -> np.ndarray:
    """Return the weights of the trapezoidal rule."""
    weights = np.zeros(x.size)
    weights[1:] += 0.5 * (x[1:] - x[:-1])
    weights[:-1] += 0.5 * (x[1:] - x[:-1])
    return weights


@jit
def _shares(energies, shift, nk, thicknesses):
    """Return the absorbed fraction by thickness and energy (eV), the absorption data moved by ``shift``
    eV.
    """
    alpha = np.empty(energies.size)
    index = np.empty(energies.size)
    for i in range(energies.size):
        alpha[i], index[i] = _optical(energies[i], shift, nk)
    share = np.empty((thicknesses.size, energies.size))
    for w in range(thicknesses.size):
        for i in range(energies.size):
            share[w, i] = absorptance(alpha[i], index[i], thicknesses[w])
    return share


@jit
def tabulate(
    temperatures: np.ndarray,
    thicknesses: np.ndarray,
    nk: np.ndarray,
    T_nk: float,
    spectrum: np.ndarray,
    energies: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (generation, ln emission) over (temperature, thickness), both currents in A m-2.

    ``spectrum`` holds (nm, W m-2 nm-1); emission is q 2pi/(h^3 c^2) int A E^2 exp(-E/kT) dE, front only, over
    ``energies`` (eV) that move with the edge. With temperature the edge moves with the band gap, alpha(E, T)
    = alpha(E - Eg(T) + Eg(T_nk)).
    """
    generation = np.empty((temperatures.size, thicknesses.size))
    emission = np.empty((temperatures.size, thicknesses.size))
    lit = HC_EV_NM / spectrum[:, 0]
    photons = spectrum[:, 1] / lit * _trapezoid(spectrum[:, 0])  # A m-2
    at_edge = _shares(energies, 0.0, nk, thicknesses)
    for t in range(temperatures.size):
        T = temperatures[t]
        shift = band_gap(T_nk) - band_gap(T)
        share = _shares(lit, shift, nk, thicknesses)
        E = energies - shift
        thermal = 2.0 * pi * Q * (Q / H) ** 3 / C**2 * E**2 * np.exp(-E / (K_B_EV * T)) * _trapezoid(energies)
        for w in range(thicknesses.size):
            generation[t, w] = (share[w] * photons).sum()
            emission[t, w] = (at_edge[w] * thermal).sum()
    return generation, np.log(emission)
