"""Absorption and thermal emission of a slab with Lambertian light trapping and a perfect rear mirror."""

from math import exp, log, pi

import numpy as np

from energymodels.kernels.constants import K_B_EV, C, H, Q
from energymodels.kernels.jit import jit
from energymodels.kernels.silicon.carriers import band_gap

A, B = 0.935, 0.67  # Green 2002, eq. (15)
HC_EV_NM = H * C / Q * 1e9


@jit
def absorptance(alpha: float, n: float, thickness: float) -> float:
    """Return the absorbed share of light that entered: Green 2002, eqs. (13)-(15). ``alpha`` in m-1, ``thickness`` in m."""
    depth = alpha * thickness
    x = A * depth**B
    path = (2.0 + x) / (1.0 + x)
    passed = exp(-2.0 * path * depth)
    return (1.0 - passed) / (1.0 - (1.0 - 1.0 / (n * n)) * passed)


@jit
def _optical(energy: float, shift: float, nk: np.ndarray) -> tuple[float, float]:
    """Return (alpha in m-1, n) at ``energy`` eV from the table ``nk`` (nm, n, k): ln k linear in wavelength, alpha zero past its end."""
    wavelength = HC_EV_NM / (energy + shift)
    rows = nk.shape[0]
    if wavelength > nk[rows - 1, 0]:
        return 0.0, nk[rows - 1, 1]
    if wavelength <= nk[0, 0]:
        return 4.0 * pi * nk[0, 2] / (wavelength * 1e-9), nk[0, 1]
    i = np.searchsorted(nk[:, 0], wavelength) - 1
    f = (wavelength - nk[i, 0]) / (nk[i + 1, 0] - nk[i, 0])
    k = exp((1.0 - f) * log(nk[i, 2]) + f * log(nk[i + 1, 2]))
    return 4.0 * pi * k / (wavelength * 1e-9), (1.0 - f) * nk[i, 1] + f * nk[i + 1, 1]


@jit
def tabulate(
    temperatures: np.ndarray, thicknesses: np.ndarray, nk: np.ndarray, T_nk: float, spectrum: np.ndarray, energies: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (generation, ln emission) over (temperature, thickness), both currents in A m-2.

    ``spectrum`` holds (nm, W m-2 nm-1); emission is q 2pi/(h^3 c^2) int A E^2 exp(-E/kT) dE over ``energies`` (eV), front only.
    With temperature the absorption edge moves with the band gap, alpha(E, T) = alpha(E - Eg(T) + Eg(T_nk)).
    """
    generation = np.zeros((temperatures.size, thicknesses.size))
    emission = np.zeros((temperatures.size, thicknesses.size))
    alpha = np.empty(max(spectrum.shape[0], energies.size))
    index = np.empty(alpha.size)
    value = np.empty(alpha.size)
    for t in range(temperatures.size):
        T = temperatures[t]
        shift = band_gap(T_nk) - band_gap(T)
        last = 0
        for i in range(spectrum.shape[0]):
            alpha[i], index[i] = _optical(HC_EV_NM / spectrum[i, 0], shift, nk)
            if alpha[i] > 0.0:
                last = i
        for w in range(thicknesses.size):
            for i in range(last + 2):
                a = 0.0 if alpha[i] == 0.0 else absorptance(alpha[i], index[i], thicknesses[w])
                value[i] = a * spectrum[i, 1] * spectrum[i, 0] / HC_EV_NM  # A m-2 nm-1
            for i in range(last + 1):
                generation[t, w] += 0.5 * (value[i] + value[i + 1]) * (spectrum[i + 1, 0] - spectrum[i, 0])
        scale = 2.0 * pi * Q * (Q / H) ** 3 / C**2
        for i in range(energies.size):
            alpha[i], index[i] = _optical(energies[i], shift, nk)
        for w in range(thicknesses.size):
            for i in range(energies.size):
                a = 0.0 if alpha[i] == 0.0 else absorptance(alpha[i], index[i], thicknesses[w])
                value[i] = a * scale * energies[i] ** 2 * exp(-energies[i] / (K_B_EV * T))
            total = 0.0
            for i in range(energies.size - 1):
                total += 0.5 * (value[i] + value[i + 1]) * (energies[i + 1] - energies[i])
            emission[t, w] = log(total)
    return generation, emission
