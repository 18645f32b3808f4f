"""Band-gap narrowing by Schenk 1998 (finite-temperature random-phase approximation, its Pade fits).

Lengths are in excitonic Bohr radii, energies in excitonic Rydbergs.
"""

from math import pi, sqrt

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.elementary import exp, log
from energymodels.kernels.jit import inline

A_EX = 3.719e-9  # excitonic Bohr radius, m
RY_EX = 16.55e-3  # excitonic Rydberg, eV
G_E, B_E, C_E, D_E = 12.0, 8.0, 1.3346, 0.893
G_H, B_H, C_H, D_H = 4.0, 1.0, 1.2365, 1.153
POWER = 7.0 / 30.0  # of both bands
H_E, J_E, K_E = 3.91, 2.8585, 0.012  # exponent q = 3/4
H_H, J_H, K_H = 4.20, 2.9307, 0.19  # exponent q = 1/4
ALPHA_E, ALPHA_H = 0.5187, 0.4813
FOUR_PI_3 = (4.0 * pi) ** 3
THIRD = 1.0 / 3.0


@inline
def schenk_temperature(T: float) -> tuple[float, float, float, float, float]:
    """Return what ``schenk_at`` needs of the temperature, K: t = kT/Ry, its inverse, t^2, sqrt(8 pi) t^(5/2),
    sqrt(t / 2 pi).
    """
    t = K_B_EV * T / RY_EX
    return t, 1.0 / t, t * t, sqrt(8.0 * pi * t) * t * t, sqrt(t / (2.0 * pi))


@inline
def schenk(n: float, p: float, ions: float, T: float) -> tuple[float, float]:
    """Return the gap narrowing, eV, and its slope, eV m3, when n and p rise together.

    ``n``, ``p`` carriers and ``ions`` ionised dopants, m-3; ``T`` in K. Exchange-correlation and ionic parts,
    shifts of both bands summed.
    """
    t, it, t2, r8, rt2 = schenk_temperature(T)
    return schenk_at(n, p, ions, t, it, t2, r8, rt2)


@inline
def schenk_at(
    n: float, p: float, ions: float, t: float, it: float, t2: float, r8: float, rt2: float
) -> tuple[float, float]:
    """Return what ``schenk`` does, from the terms of ``schenk_temperature``.

    Reciprocals are shared: divisions cost most here.
    """
    a3 = A_EX**3
    ne, nh, ni = n * a3, p * a3, ions * a3
    s = ne + nh
    q = ALPHA_E * ne + ALPHA_H * nh
    rs = sqrt(s)
    x = exp(POWER * log(q))
    log_e, log_h = 1.0 + D_E * x, 1.0 + D_H * x
    common = 1.0 / (ne * nh)
    ine, inh = nh * common, ne * common
    common = 1.0 / (log_e * log_h)
    ilog_e, ilog_h = log_h * common, log_e * common
    common = 1.0 / (q * rs)
    iq, irs = rs * common, q * common

    fs2 = FOUR_PI_3 * s * s
    dfs2 = 4.0 * FOUR_PI_3 * s
    dx = POWER * x * iq
    den0 = fs2 + t2 * t + 40.0 * s * rs * t
    dden0 = dfs2 + 120.0 * rs * t
    it3 = it * it * it
    u = s * s * it3
    du = 4.0 * s * it3
    lo = log(1.0 + rs * it)
    dlo = irs / (t + rs)
    q12 = sqrt(q)
    q14 = sqrt(q12)
    q34 = q12 * q14

    # exchange and correlation: electrons, holes
    cb = exp(log(48.0 / (pi * G_E) * ne) * THIRD)
    inner_e = cb + C_E * log(log_e)
    dinner_e = cb * THIRD * ine + C_E * D_E * dx * ilog_e
    cb = exp(log(48.0 / (pi * G_H) * nh) * THIRD)
    inner_h = cb + C_H * log(log_h)
    dinner_h = cb * THIRD * inh + C_H * D_H * dx * ilog_h
    lin_e, lin_h = 8.0 * pi * ALPHA_E / G_E * t2, 8.0 * pi * ALPHA_H / G_H * t2
    den_e, den_h = den0 + B_E * rs * t2, den0 + B_H * rs * t2
    common = 1.0 / (den_e * den_h)
    xc_e = (fs2 * inner_e + lin_e * ne + r8 * rs) * (den_h * common)
    xc_h = (fs2 * inner_h + lin_h * nh + r8 * rs) * (den_e * common)
    dxc_e = (dfs2 * inner_e + fs2 * dinner_e + lin_e + r8 * irs - xc_e * (dden0 + B_E * t2 * irs)) * (
        den_h * common
    )
    dxc_h = (dfs2 * inner_h + fs2 * dinner_h + lin_h + r8 * irs - xc_h * (dden0 + B_H * t2 * irs)) * (
        den_e * common
    )

    # ions: screening by carriers, electrons and holes
    screen_e, screen_h = rt2 * rs * (1.0 + H_E * lo), rt2 * rs * (1.0 + H_H * lo)
    dscreen_e = rt2 * ((1.0 + H_E * lo) * irs + rs * H_E * dlo)
    dscreen_h = rt2 * ((1.0 + H_H * lo) * irs + rs * H_H * dlo)
    core_e, core_h = J_E * q34 * (1.0 + K_E * q34), J_H * q34 * (1.0 + K_H * q14)
    dcore_e = J_E * 0.75 * q34 * iq * (1.0 + 2.0 * K_E * q34)
    dcore_h = J_H * q34 * iq * (0.75 + K_H * q14)
    den_e, den_h = screen_e + u * core_e, screen_h + u * core_h
    common = 1.0 / (den_e * den_h)
    ion_e, ion_h = ni * (1.0 + u) * (den_h * common), ni * (1.0 + u) * (den_e * common)
    dion_e = (ni * du - ion_e * (dscreen_e + du * core_e + u * dcore_e)) * (den_h * common)
    dion_h = (ni * du - ion_h * (dscreen_h + du * core_h + u * dcore_h)) * (den_e * common)

    return RY_EX * (xc_e + xc_h + ion_e + ion_h), RY_EX * a3 * (dxc_e + dxc_h + dion_e + dion_h)
