"""Band-gap narrowing by Schenk 1998 (finite-temperature random-phase approximation, its Pade fits).

Lengths are in excitonic Bohr radii, energies in excitonic Rydbergs.
"""

from math import pi, sqrt

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.elementary import exp, log, log1p
from energymodels.kernels.jit import inline

A_EX = 3.719e-9  # excitonic Bohr radius, m
RY_EX = 16.55e-3  # excitonic Rydberg, eV
G_E, B_E, C_E, D_E, P_E = 12.0, 8.0, 1.3346, 0.893, 7.0 / 30.0
G_H, B_H, C_H, D_H, P_H = 4.0, 1.0, 1.2365, 1.153, 7.0 / 30.0
H_E, J_E, K_E = 3.91, 2.8585, 0.012  # exponent q = 3/4
H_H, J_H, K_H = 4.20, 2.9307, 0.19  # exponent q = 1/4
ALPHA_E, ALPHA_H = 0.5187, 0.4813
FOUR_PI_3 = (4.0 * pi) ** 3


@inline
def schenk(n: float, p: float, ions: float, T: float) -> tuple[float, float]:
    """Return the gap narrowing, eV, and its slope, eV m3, when n and p rise together.

    ``n``, ``p`` carriers and ``ions`` ionised dopants, m-3; ``T`` in K. Exchange-correlation and ionic parts, shifts of both bands
    summed.
    """
    a3 = A_EX**3
    ne, nh, ni = n * a3, p * a3, ions * a3
    s = ne + nh
    q = ALPHA_E * ne + ALPHA_H * nh
    t = K_B_EV * T / RY_EX
    t2 = t * t
    t3 = t2 * t
    rs = sqrt(s)
    rt = sqrt(t)
    r8 = sqrt(8.0 * pi) * t2 * rt
    fs2 = FOUR_PI_3 * s * s
    dfs2 = 4.0 * FOUR_PI_3 * s

    x = exp(P_E * log(q))
    dx = P_E * x / q
    den0 = fs2 + t3 + 40.0 * s * rs * t
    dden0 = dfs2 + 120.0 * rs * t
    u = s * s / t3
    du = 4.0 * s / t3
    lo = log1p(rs / t)
    dlo = 1.0 / (rs * (t + rs))
    q12 = sqrt(q)
    q14 = sqrt(q12)
    q34 = q12 * q14
    rt2 = sqrt(t / (2.0 * pi))

    # electrons
    cb = exp(log(48.0 / (pi * G_E) * ne) / 3.0)
    inner = cb + C_E * log(1.0 + D_E * x)
    dinner = cb / (3.0 * ne) + C_E * D_E * dx / (1.0 + D_E * x)
    lin = 8.0 * pi * ALPHA_E / G_E * t2
    den = 1.0 / (den0 + B_E * rs * t2)
    xc_e = (fs2 * inner + lin * ne + r8 * rs) * den
    dxc_e = (dfs2 * inner + fs2 * dinner + lin + r8 / rs - xc_e * (dden0 + B_E * t2 / rs)) * den
    screen = rt2 * rs * (1.0 + H_E * lo)
    dscreen = rt2 * ((1.0 + H_E * lo) / rs + rs * H_E * dlo)
    core = J_E * q34 * (1.0 + K_E * q34)
    dcore = J_E * 0.75 * q34 / q * (1.0 + 2.0 * K_E * q34)
    den = 1.0 / (screen + u * core)
    ion_e = ni * (1.0 + u) * den
    dion_e = (ni * du - ion_e * (dscreen + du * core + u * dcore)) * den

    # holes
    cb = exp(log(48.0 / (pi * G_H) * nh) / 3.0)
    inner = cb + C_H * log(1.0 + D_H * x)
    dinner = cb / (3.0 * nh) + C_H * D_H * dx / (1.0 + D_H * x)
    lin = 8.0 * pi * ALPHA_H / G_H * t2
    den = 1.0 / (den0 + B_H * rs * t2)
    xc_h = (fs2 * inner + lin * nh + r8 * rs) * den
    dxc_h = (dfs2 * inner + fs2 * dinner + lin + r8 / rs - xc_h * (dden0 + B_H * t2 / rs)) * den
    screen = rt2 * rs * (1.0 + H_H * lo)
    dscreen = rt2 * ((1.0 + H_H * lo) / rs + rs * H_H * dlo)
    core = J_H * q34 * (1.0 + K_H * q14)
    dcore = J_H * q34 / q * (0.75 + K_H * q14)
    den = 1.0 / (screen + u * core)
    ion_h = ni * (1.0 + u) * den
    dion_h = (ni * du - ion_h * (dscreen + du * core + u * dcore)) * den

    return RY_EX * (xc_e + xc_h + ion_e + ion_h), RY_EX * a3 * (dxc_e + dxc_h + dion_e + dion_h)
