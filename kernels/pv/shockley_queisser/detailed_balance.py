"""Limiting efficiency of a single junction in detailed balance (Shockley and Queisser 1961, key
``shockley1961``).

Every photon above the gap yields one electron, the only loss is the cell's own thermal emission, and the
quasi-Fermi levels are apart by qV everywhere: a diode without resistances, J = J_sc - J_0 (exp(qV/kT) - 1).
Tabulated for AM1.5G by Ruhle 2016 (key ``ruhle2016``).
"""

from math import exp, inf, pi

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV, C, H, Q
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.diode.diode import X_MAX, maximum_power, open_circuit

ROW = np.dtype(
    [
        ("band_gap", "f8"),  # eV
        ("temperature", "f8"),  # K
        # emitting faces: 2 bare, 1 with a perfect mirror behind; times n^2 where one faces an index n
        ("sides", "f8"),
        ("irradiance", "f8"),  # W m-2; the spectrum is scaled by irradiance/REFERENCE
    ]
)
RESULTS = ("j_sc", "v_oc", "j_mp", "v_mp", "fill_factor", "efficiency")
SCALARS = len(RESULTS)
J_SC, V_OC, J_MP, V_MP, FILL_FACTOR, EFFICIENCY = range(SCALARS)
REFERENCE = 1000.0  # W m-2 that the tabulated spectrum stands for
GAP_NM = 1e9 * H * C / Q  # wavelength times photon energy, nm eV
PER_NM = Q * 1e-9 / (H * C)  # photon current per irradiance and wavelength, A W-1 nm-1
TERMS = 5000


@jit
def _photons(wavelength, irradiance, i, width):
    """Return the photon current (A m-2) in ``width`` nm above point ``i``: the integral of lambda S, a
    quadratic as S is linear.
    """
    slope = (irradiance[i + 1] - irradiance[i]) / (wavelength[i + 1] - wavelength[i])
    linear = wavelength[i] * slope + irradiance[i]
    return PER_NM * width * (wavelength[i] * irradiance[i] + width * (0.5 * linear + width * slope / 3.0))


@jit
def photon_table(wavelength_nm: np.ndarray, irradiance: np.ndarray) -> np.ndarray:
    """Return the photon current (A m-2) from the first wavelength (nm, rising) up to each; spectral
    irradiance in W m-2 nm-1.
    """
    table = np.zeros(wavelength_nm.size)
    for i in range(wavelength_nm.size - 1):
        table[i + 1] = table[i] + _photons(
            wavelength_nm, irradiance, i, wavelength_nm[i + 1] - wavelength_nm[i]
        )
    return table


@jit
def photon_current(wavelength_nm, irradiance, table, limit):
    """Return the photon current (A m-2) up to the wavelength ``limit`` (nm), inside the table and linear
    between its points.
    """
    i = min(np.searchsorted(wavelength_nm, limit, side="right") - 1, wavelength_nm.size - 2)
    return table[i] + _photons(wavelength_nm, irradiance, i, limit - wavelength_nm[i])


@jit
def emission(u, thermal):
    """Return (current emitted by one face in the dark, A m-2; converged) at u = E_g/kT and kT in joule.

    2 pi q/(h^3 c^2) times the integral of E^2/(exp(E/kT) - 1) from E_g: (kT)^3 sum_n exp(-n u) (u^2/n +
    2u/n^2 + 2/n^3).
    """
    ratio = exp(-u)
    power = 1.0
    total = 0.0
    for n in range(1, TERMS):
        power *= ratio
        term = power * (u * u + (2.0 * u + 2.0 / n) / n) / n
        total += term
        if term <= 1e-17 * total:
            return 2.0 * pi * Q * total * (thermal / H) ** 3 / (C * C), True
    return 0.0, False


@jit
def _solve_one(c, wavelength, irradiance, table, out, row):
    if not (
        0.0 < c.band_gap < inf
        and 0.0 < c.temperature < inf
        and 0.0 < c.sides < inf
        and 0.0 <= c.irradiance < inf
    ):
        return status.OUT_OF_RANGE
    limit = GAP_NM / c.band_gap
    if limit > wavelength[-1]:  # photons beyond the table would be missed
        return status.OUT_OF_RANGE
    if limit <= wavelength[0] or c.irradiance == 0.0:
        return status.NO_GENERATION
    kt = K_B_EV * c.temperature
    u = c.band_gap / kt
    if u > X_MAX:
        return status.OUT_OF_RANGE
    j_sc = photon_current(wavelength, irradiance, table, limit) * c.irradiance / REFERENCE
    if not j_sc > 0.0:
        return status.NO_GENERATION
    j0, good = emission(u, kt * Q)
    j1 = c.sides * j0 / j_sc
    if not good or j1 == 0.0:
        return status.NO_CONVERGENCE
    x_oc, _closed = open_circuit(j1, 0.0, 0.0, 0.0)
    x, i, good = maximum_power(x_oc, j1, 0.0, 0.0, 0.0, 0.0)
    if not good:
        return status.NO_CONVERGENCE
    out[J_SC, row] = j_sc
    out[V_OC, row] = kt * x_oc
    out[J_MP, row] = i * j_sc
    out[V_MP, row] = kt * x
    out[FILL_FACTOR, row] = i * x / x_oc
    out[EFFICIENCY, row] = i * j_sc * kt * x / c.irradiance
    return status.OK


@jit
def solve(rows, wavelength_nm, irradiance, table, out, codes):
    """Solve every row (``ROW``) under a spectrum and its ``photon_table``.

    Scalars go to ``out[SCALARS, row]`` (A m-2, V, ratios), a status to ``codes[row]``; NaN where it is not
    OK. A gap below the spectrum's last photon energy is out of range, one above its first leaves no
    generation.
    """
    for row in range(rows.size):
        codes[row] = _solve_one(rows[row], wavelength_nm, irradiance, table, out, row)
        if codes[row] != status.OK:
            out[:, row] = np.nan
