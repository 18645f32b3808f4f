"""Silicon cell with flat quasi-Fermi levels: everything is an explicit function of one excess density dn.

Internal voltage: V = kT/q ln(n p / n_ie^2), with n_ie by gap narrowing at the same injection. Recombination: radiative emission of the slab,
Auger, SRH, and the two surfaces as J0 (exp(qV/kT) - 1). Terminal voltage: V - J R_s. The solvers step in u = ln dn.
"""

from math import exp, expm1, log, log1p, sqrt

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV, Q
from energymodels.kernels.jit import jit
from energymodels.kernels.silicon.narrowing import schenk
from energymodels.kernels.silicon.recombination import RICHTER, niewelt_coefficients

ROW = np.dtype(
    [
        ("temperature", "f8"),  # K
        ("thickness", "f8"),  # m
        ("n0", "f8"),  # equilibrium densities and ionised dopants, m-3
        ("p0", "f8"),
        ("ions", "f8"),
        ("narrowing", "f8"),  # in equilibrium, eV
        ("tau_n", "f8"),  # SRH capture times, s
        ("tau_p", "f8"),
        ("n1", "f8"),  # SRH level densities, m-3
        ("p1", "f8"),
        ("auger", "i8"),
        ("auger_doped", "f8"),  # Richter: doping part, m3 s-1
        ("auger_injected", "f8"),  # Richter: factor of dn^0.92
        ("j0_radiative", "f8"),  # A m-2
        ("j0_front", "f8"),
        ("j0_rear", "f8"),
        ("j0_passivated", "f8"),  # both surfaces before metallisation
        ("series", "f8"),  # ohm m2, contacts included
        ("shunt", "f8"),  # S m-2
        ("generation", "f8"),  # A m-2
        ("irradiance", "f8"),  # W m-2
    ]
)
V_OC, J_SC, V_MP, J_MP, IMPLIED, FF, PFF, ETA, DN_MP, DN_OC, M_MP, M_OC, MP, OC = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18
SCALARS = 24  # the last two blocks of six: radiative, auger, srh, front, rear, shunt
U_MIN, U_MAX = log(1e-12), log(1e28)


@jit
def _state(c, dn):  # type: ignore[no-untyped-def]
    """Return (V, dV/du, radiative, Auger, SRH, exp(qV/kT) - 1, d(bulk)/du, d(exp)/du) at excess density ``dn``; V in volt, A m-2."""
    kt = K_B_EV * c.temperature
    n = c.n0 + dn
    p = c.p0 + dn
    pair0 = c.n0 * c.p0
    excess = dn * (c.n0 + p)
    dexcess = dn * (n + p)  # by u
    gap, slope = schenk(n, p, c.ions, c.temperature)
    rise = (gap - c.narrowing) / kt
    x = excess / pair0
    v = kt * (log1p(x) - rise)
    dv = kt * dexcess / (pair0 + excess) - slope * dn
    boost = exp(-rise)
    em1 = x * boost + (boost - 1.0)
    dem1 = (em1 + 1.0) * dv / kt
    w = Q * c.thickness

    capture = 1.0 / (c.tau_p * (n + c.n1) + c.tau_n * (p + c.p1))
    srh = w * excess * capture
    dsrh = 0.0 if srh == 0.0 else w * capture * dexcess - srh * dn * (c.tau_p + c.tau_n) * capture
    if c.auger == RICHTER:
        injected = c.auger_injected * dn**0.92
        auger = w * excess * (c.auger_doped + injected)
        dauger = w * (dexcess * (c.auger_doped + injected) + excess * 0.92 * injected)
    else:
        eeh, ehh, deeh, dehh = niewelt_coefficients(n + p)
        an = n * excess + pair0 * dn
        ap = p * excess + pair0 * dn
        auger = w * (eeh * an + ehh * ap)
        dauger = w * (
            2.0 * dn * (deeh * an + dehh * ap)
            + eeh * (dn * excess + n * dexcess + pair0 * dn)
            + ehh * (dn * excess + p * dexcess + pair0 * dn)
        )
    return v, dv, c.j0_radiative * em1, auger, srh, em1, dsrh + dauger + c.j0_radiative * dem1, dem1


@jit
def _open_circuit(c, j0, shunt, u):  # type: ignore[no-untyped-def]
    """Return (u, converged) where recombination with surfaces ``j0`` and ``shunt`` equals generation, from a first guess ``u``."""
    low = U_MIN
    high = U_MAX
    for _ in range(100):
        v, dv, rad, aug, srh, em1, dbulk, dem1 = _state(c, exp(u))
        total = rad + aug + srh + j0 * em1 + shunt * v
        residual = log(total / c.generation)
        if abs(residual) < 1e-11:
            return u, True
        if residual > 0.0:
            high = u
        else:
            low = u
        u -= residual * total / (dbulk + j0 * dem1 + shunt * dv)
        if not low < u < high:
            u = 0.5 * (low + high)
            if u <= low or u >= high:
                return u, True  # bracket at round-off
    return u, False


@jit
def _maximum_power(c, series, u, low, high):  # type: ignore[no-untyped-def]
    """Return (u, converged) of the largest (V - J R_s) J between the brackets; regula falsi with local power-law first step."""
    j0 = c.j0_front + c.j0_rear
    last_u = np.nan
    last_f = 0.0
    for _ in range(100):
        v, dv, rad, aug, srh, em1, dbulk, dem1 = _state(c, exp(u))
        total = rad + aug + srh + j0 * em1 + c.shunt * v
        slope = (dbulk + j0 * dem1 + c.shunt * dv) / dv  # dJ_rec/dV
        j = c.generation - total
        f = j - slope * (v - 2.0 * series * j)  # dP/dV
        if f > 0.0:
            low = u
        else:
            high = u
        if np.isnan(last_u):
            step = f / (2.0 * slope * (1.0 + series * slope) + slope * slope / total * (v - 2.0 * series * j)) / dv
        else:
            step = -f * (u - last_u) / (f - last_f)
        if abs(step) < 1e-9:
            return u, True
        last_u = u
        last_f = f
        u += step
        if not low < u < high:
            u = 0.5 * (low + high)
            if u <= low or u >= high:
                return u, True
    return u, False


@jit
def _current_at(c, voltage):  # type: ignore[no-untyped-def]
    """Return (J at a terminal voltage >= 0, converged)."""
    if voltage == 0.0 and c.series == 0.0:
        return c.generation, True
    j0 = c.j0_front + c.j0_rear
    low = U_MIN
    high = U_MAX
    v = (voltage + c.generation * c.series) / (1.0 + c.series * c.shunt)
    half = 0.5 * (c.n0 + c.p0)
    pair = c.n0 * c.p0 * expm1(min(v / (K_B_EV * c.temperature), 60.0))
    u = log(pair / (half + sqrt(half * half + pair)))
    for _ in range(100):
        v, dv, rad, aug, srh, em1, dbulk, dem1 = _state(c, exp(u))
        j = c.generation - (rad + aug + srh + j0 * em1 + c.shunt * v)
        beyond = v - c.series * j - voltage
        if abs(beyond) < 1e-13:
            return j, True
        if beyond > 0.0:
            high = u
        else:
            low = u
        u -= beyond / (dv + c.series * (dbulk + j0 * dem1 + c.shunt * dv))
        if not low < u < high:
            u = 0.5 * (low + high)
            if u <= low or u >= high:
                return j, True  # bracket at round-off
    return j, False


@jit
def _point(c, u, out, k, first):  # type: ignore[no-untyped-def]
    """Write the recombination split at ``u`` to ``out[first:first+6, k]``; return (V, J, local ideality)."""
    v, dv, rad, aug, srh, em1, dbulk, dem1 = _state(c, exp(u))
    out[first, k] = rad
    out[first + 1, k] = aug
    out[first + 2, k] = srh
    out[first + 3, k] = c.j0_front * em1
    out[first + 4, k] = c.j0_rear * em1
    out[first + 5, k] = c.shunt * v
    j0 = c.j0_front + c.j0_rear
    total = rad + aug + srh + c.j0_front * em1 + c.j0_rear * em1 + c.shunt * v
    ideality = total * dv / (dbulk + j0 * dem1 + c.shunt * dv) / (K_B_EV * c.temperature)
    return v, c.generation - total, ideality


@jit
def _solve_one(c, out, k):  # type: ignore[no-untyped-def]
    if not (c.n0 > 0.0 and c.p0 > 0.0 and c.generation >= 0.0):  # NaN: a resistivity that no doping gives
        return status.OUT_OF_RANGE
    if c.generation == 0.0:
        return status.NO_GENERATION
    j0 = c.j0_front + c.j0_rear
    u_oc, good = _open_circuit(c, j0, c.shunt, log(1e22))
    v_oc, _, m_oc = _point(c, u_oc, out, k, OC)
    j_sc, ok = _current_at(c, 0.0)
    good = good and ok
    guess = u_oc - 1.7
    u_mp, ok = _maximum_power(c, c.series, guess, U_MIN, u_oc)
    good = good and ok
    v, j_mp, m_mp = _point(c, u_mp, out, k, MP)
    v_mp = v - j_mp * c.series
    ideal = v_mp * j_mp
    if c.series > 0.0:
        u, ok = _maximum_power(c, 0.0, u_mp, U_MIN, u_oc)
        good = good and ok
        s = _state(c, exp(u))
        ideal = s[0] * (c.generation - (s[2] + s[3] + s[4] + j0 * s[5] + c.shunt * s[0]))
    implied = v_oc
    if c.shunt > 0.0 or c.j0_passivated != j0:
        u, ok = _open_circuit(c, c.j0_passivated, 0.0, u_oc)
        good = good and ok
        implied = _state(c, exp(u))[0]
    if not good:
        return status.NO_CONVERGENCE
    out[V_OC, k] = v_oc
    out[J_SC, k] = j_sc
    out[V_MP, k] = v_mp
    out[J_MP, k] = j_mp
    out[IMPLIED, k] = implied
    out[FF, k] = v_mp * j_mp / (v_oc * j_sc)
    out[PFF, k] = ideal / (v_oc * j_sc)
    out[ETA, k] = v_mp * j_mp / c.irradiance
    out[DN_MP, k] = exp(u_mp)
    out[DN_OC, k] = exp(u_oc)
    out[M_MP, k] = m_mp
    out[M_OC, k] = m_oc
    return status.OK


@jit
def solve(rows, out, codes):  # type: ignore[no-untyped-def]
    """Solve every row (``ROW``): scalars to ``out[SCALARS, row]`` in SI, a status to ``codes[row]``; NaN where it is not OK."""
    for k in range(rows.size):
        codes[k] = _solve_one(rows[k], out, k)
        if codes[k] != status.OK:
            out[:, k] = np.nan


@jit
def curves(rows, voltage, out):  # type: ignore[no-untyped-def]
    """Write J, A m-2, of every row at every terminal ``voltage`` (V, >= 0) to ``out[row, voltage]``; NaN where it was not found."""
    for k in range(rows.size):
        for i in range(voltage.size):
            j, good = _current_at(rows[k], voltage[i])
            out[k, i] = j if good else np.nan
