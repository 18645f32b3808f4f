"""Silicon cell with flat quasi-Fermi levels: everything is an explicit function of one excess density dn.

Internal voltage: V = kT/q ln(n p / n_ie^2), with n_ie by gap narrowing at the same injection. Recombination: emission of the slab,
 Auger, SRH, and the two surfaces as J0 (exp(qV/kT) - 1). Terminal voltage: V - J R_s. The solvers step in u = ln dn.

Cases go in groups of ``LANES`` through the same instructions, so that the compiler makes SIMD code of them; each lane keeps its own
brackets, steps and end, and a group is always full (its last case is repeated), so a case never depends on its neighbours.
The work array holds one slot of ``LANES`` numbers per quantity: ``w[SLOT + lane]``.
"""

from math import exp, expm1, log, sqrt

import numpy as np

from energymodels.kernels import elementary, status
from energymodels.kernels.constants import K_B_EV, Q
from energymodels.kernels.jit import INTERPRETED, inline, jit
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

LANES = 1 if INTERPRETED else 8
# slots: what a case is ...
T, WIDTH, N0, P0, IONS, GAP0, TAU_N, TAU_P, LEVEL, DOPED, INJECTED, NIEWELT, J0R, J0S, SHUNT, SERIES, JG = (
    LANES * i for i in range(17)
)
# ... its state at u = ln dn, and d/du ...
U, V, DV, AUG, SRH, EM1, TOTAL, DTOTAL = (LANES * i for i in range(17, 25))
# ... and its search
LOW, HIGH, DONE, LAST_U, LAST_F, TARGET, FAILED, RATIO, BEST_U, BEST_P = (LANES * i for i in range(25, 35))
SLOTS = 35 * LANES

U_MIN, U_MAX = log(1e-14), log(1e28)
U_START = log(1e22)
ROUNDS = 160
PATIENCE = 12  # after so many rounds every other one halves the bracket
RISING = 4.0  # ratio of capture times above which the lifetime rises so much with injection that the power may have two maxima


@inline
def _load(w, lane, c):
    """Put a case into a lane."""
    w[T + lane] = c.temperature
    w[WIDTH + lane] = Q * c.thickness
    w[N0 + lane] = c.n0
    w[P0 + lane] = c.p0
    w[IONS + lane] = c.ions
    w[GAP0 + lane] = c.narrowing
    perfect = np.isinf(c.tau_n) or np.isinf(c.tau_p)
    # without SRH: any finite times, the rate is switched off by an infinite denominator
    w[TAU_N + lane] = 1.0 if perfect else c.tau_n
    w[TAU_P + lane] = 1.0 if perfect else c.tau_p
    w[LEVEL + lane] = np.inf if perfect else c.tau_p * c.n1 + c.tau_n * c.p1
    minority, majority = (c.tau_p, c.tau_n) if c.n0 > c.p0 else (c.tau_n, c.tau_p)
    w[RATIO + lane] = 0.0 if perfect else majority / minority
    richter = c.auger == RICHTER
    w[DOPED + lane] = c.auger_doped if richter else 0.0
    w[INJECTED + lane] = c.auger_injected if richter else 0.0
    w[NIEWELT + lane] = 0.0 if richter else 1.0
    w[J0R + lane] = c.j0_radiative
    w[J0S + lane] = c.j0_front + c.j0_rear
    w[SHUNT + lane] = c.shunt
    w[SERIES + lane] = c.series
    w[JG + lane] = c.generation


@jit
def _state(w):
    """Evaluate every lane at its u: V in volt, currents in A m-2, and slopes by u."""
    for i in range(LANES):
        dn = elementary.exp(w[U + i])
        n0 = w[N0 + i]
        p0 = w[P0 + i]
        kt = K_B_EV * w[T + i]
        n = n0 + dn
        p = p0 + dn
        pair0 = n0 * p0
        excess = dn * (n0 + p)
        dexcess = dn * (n + p)
        gap, slope = schenk(n, p, w[IONS + i], w[T + i])
        rise = (gap - w[GAP0 + i]) / kt
        x = excess / pair0
        v = kt * (elementary.log1p(x) - rise)
        dv = kt * dexcess / (pair0 + excess) - slope * dn
        boost = elementary.exp(-rise)
        em1 = x * boost + (boost - 1.0)
        dem1 = (em1 + 1.0) * dv / kt

        width = w[WIDTH + i]
        tau_n = w[TAU_N + i]
        tau_p = w[TAU_P + i]
        capture = 1.0 / (tau_p * n + tau_n * p + w[LEVEL + i])
        srh = width * excess * capture
        dsrh = width * dexcess * capture - srh * dn * (tau_p + tau_n) * capture

        eeh, ehh, deeh, dehh = niewelt_coefficients(n + p)
        an = n * excess + pair0 * dn  # n^2 p - n0^2 p0 without cancellation
        ap = p * excess + pair0 * dn
        niewelt = eeh * an + ehh * ap
        dniewelt = 2.0 * dn * (deeh * an + dehh * ap) + eeh * (dn * excess + n * dexcess + pair0 * dn)
        dniewelt += ehh * (dn * excess + p * dexcess + pair0 * dn)
        injected = w[INJECTED + i] * elementary.exp(0.92 * w[U + i])
        rate = w[DOPED + i] + injected
        auger = width * (w[NIEWELT + i] * niewelt + excess * rate)
        dauger = width * (w[NIEWELT + i] * dniewelt + dexcess * rate + excess * 0.92 * injected)

        j0 = w[J0R + i] + w[J0S + i]
        w[V + i] = v
        w[DV + i] = dv
        w[AUG + i] = auger
        w[SRH + i] = srh
        w[EM1 + i] = em1
        w[TOTAL + i] = auger + srh + j0 * em1 + w[SHUNT + i] * v
        w[DTOTAL + i] = dauger + dsrh + j0 * dem1 + w[SHUNT + i] * dv


@inline
def _begin(w):
    for i in range(LANES):
        w[LOW + i] = U_MIN
        w[HIGH + i] = U_MAX
        w[DONE + i] = 0.0
        w[LAST_U + i] = np.nan


@inline
def _advance(w, i, step, above, close, number):
    """Move lane ``i`` by ``step`` in round ``number``; ``above``: it stands above its goal; a step below ``close`` is the last."""
    u = w[U + i]
    low = w[LOW + i] if above else u
    high = u if above else w[HIGH + i]
    moved = u + step
    small = abs(step) < close  # False for NaN
    inside = small or (low < moved < high and (number < PATIENCE or number % 2 == 0))
    moved = moved if inside else 0.5 * (low + high)
    w[LOW + i] = low
    w[HIGH + i] = high
    w[DONE + i] = 1.0 if small or not (inside or low < moved < high) else 0.0
    w[U + i] = moved


@inline
def _finish(w):
    """Note the lanes that found no end, and evaluate all."""
    for i in range(LANES):
        if w[DONE + i] == 0.0:
            w[FAILED + i] = 1.0
    _state(w)


@inline
def _all_done(w):
    done = 0.0
    for i in range(LANES):
        done += w[DONE + i]
    return done == LANES


@jit
def _open_circuit(w):
    """Take every lane from its u to where recombination equals generation, by Newton's method on ln J(ln dn)."""
    _begin(w)
    for number in range(ROUNDS):
        _state(w)
        for i in range(LANES):
            if w[DONE + i] == 0.0:
                residual = elementary.log(max(w[TOTAL + i] / w[JG + i], 1e-300))
                _advance(w, i, -residual * w[TOTAL + i] / w[DTOTAL + i], residual > 0.0, 1e-8, number)
        if _all_done(w):
            break
    _finish(w)


@jit
def _maximum_power(w):
    """Take every lane from its u to the largest (V - J R_s) J.

    There J = s (V - 2 R_s J) with s = dJ_rec/dV; the logarithm of the ratio of both sides is nearly a straight line in u: one step
    with the slope of ln J_rec, then secants.
    """
    _begin(w)
    for number in range(ROUNDS):
        _state(w)
        for i in range(LANES):
            if w[DONE + i] == 0.0:
                j = w[JG + i] - w[TOTAL + i]
                lever = w[V + i] - 2.0 * w[SERIES + i] * j
                s = w[DTOTAL + i] / w[DV + i]
                f = elementary.log(s * lever / j) if lever > 0.0 and j > 0.0 else np.nan
                above = f > 0.0 or j <= 0.0
                secant = (w[U + i] - w[LAST_U + i]) / (f - w[LAST_F + i])
                usable = secant > 0.0  # False for NaN, as in the first round
                step = -f * (secant if usable else w[TOTAL + i] / w[DTOTAL + i])
                w[LAST_U + i] = w[U + i]
                w[LAST_F + i] = f
                _advance(w, i, step, above, 3e-6, number)
        if _all_done(w):
            break
    _finish(w)


@jit
def _try_low_injection(w):
    """Where the lifetime rises with injection the power may have a second maximum at lower voltage: keep the better one."""
    for i in range(LANES):
        j = w[JG + i] - w[TOTAL + i]
        w[BEST_U + i] = w[U + i]
        w[BEST_P + i] = (w[V + i] - j * w[SERIES + i]) * j
        if w[RATIO + i] > RISING:
            tau = w[TAU_P + i] if w[N0 + i] > w[P0 + i] else w[TAU_N + i]
            w[U + i] = log(0.03 * w[JG + i] * tau / w[WIDTH + i])
    _maximum_power(w)
    for i in range(LANES):
        j = w[JG + i] - w[TOTAL + i]
        better = w[RATIO + i] > RISING and (w[V + i] - j * w[SERIES + i]) * j > w[BEST_P + i]
        w[U + i] = w[U + i] if better else w[BEST_U + i]
    _state(w)


@jit
def _at_voltage(w):
    """Take every lane to the terminal voltage in its TARGET slot (V, >= 0), by Newton's method."""
    _begin(w)
    for i in range(LANES):
        v = (w[TARGET + i] + w[JG + i] * w[SERIES + i]) / (1.0 + w[SERIES + i] * w[SHUNT + i])
        half = 0.5 * (w[N0 + i] + w[P0 + i])
        pair = w[N0 + i] * w[P0 + i] * expm1(min(v / (K_B_EV * w[T + i]), 60.0))
        w[U + i] = log(max(pair / (half + sqrt(half * half + pair)), 2e-14))
    for number in range(ROUNDS):
        _state(w)
        for i in range(LANES):
            if w[DONE + i] == 0.0:
                j = w[JG + i] - w[TOTAL + i]
                beyond = w[V + i] - w[SERIES + i] * j - w[TARGET + i]
                _advance(w, i, -beyond / (w[DV + i] + w[SERIES + i] * w[DTOTAL + i]), beyond > 0.0, 1e-8, number)
        if _all_done(w):
            break
    _finish(w)


@inline
def _write_point(w, lane, c, out, k, first):
    """Write the recombination split to ``out[first:first+6, k]``; return the local ideality."""
    out[first, k] = w[J0R + lane] * w[EM1 + lane]
    out[first + 1, k] = w[AUG + lane]
    out[first + 2, k] = w[SRH + lane]
    out[first + 3, k] = c.j0_front * w[EM1 + lane]
    out[first + 4, k] = c.j0_rear * w[EM1 + lane]
    out[first + 5, k] = w[SHUNT + lane] * w[V + lane]
    return w[TOTAL + lane] * w[DV + lane] / (w[DTOTAL + lane] * K_B_EV * w[T + lane])


@inline
def _metallised(c):
    """Return whether metal or a shunt sets the cell apart from its precursor."""
    return c.shunt > 0.0 or c.j0_passivated != c.j0_front + c.j0_rear


@inline
def _judge(c):
    """Return the status of a case before it is solved."""
    if not (c.n0 > 0.0 and c.p0 > 0.0 and c.generation >= 0.0):  # NaN: a resistivity that no doping gives
        return status.OUT_OF_RANGE
    return status.OK if c.generation > 0.0 else status.NO_GENERATION


@jit
def _solve_group(rows, first, out, w):
    """Solve the cases from ``first`` on, as many as there are lanes."""
    count = min(LANES, rows.size - first)
    resistive = False
    precursor = False
    rising = False
    for i in range(LANES):
        c = rows[first + min(i, count - 1)]
        _load(w, i, c)
        w[FAILED + i] = 0.0
        w[U + i] = U_START
        w[TARGET + i] = 0.0
        resistive = resistive or c.series > 0.0
        rising = rising or w[RATIO + i] > RISING
        precursor = precursor or _metallised(c)
    _open_circuit(w)
    for i in range(count):
        k = first + i
        out[V_OC, k] = out[IMPLIED, k] = w[V + i]
        out[DN_OC, k] = exp(w[U + i])
        out[M_OC, k] = _write_point(w, i, rows[k], out, k, OC)
        out[J_SC, k] = w[JG + i]
    for i in range(LANES):  # from open circuit down to a few percent of the current
        lost = log(K_B_EV * w[T + i] / (w[V + i] + 1e-6))
        w[U + i] += min(lost, -0.1) / max(0.5 + 0.5 * w[DTOTAL + i] / w[TOTAL + i], 0.5)
    _maximum_power(w)
    if rising:
        _try_low_injection(w)
    for i in range(count):
        k = first + i
        j = w[JG + i] - w[TOTAL + i]
        v = w[V + i] - j * w[SERIES + i]
        out[J_MP, k] = j
        out[V_MP, k] = v
        out[DN_MP, k] = exp(w[U + i])
        out[M_MP, k] = _write_point(w, i, rows[k], out, k, MP)
        out[PFF, k] = v * j
    if resistive:
        for i in range(LANES):
            w[SERIES + i] = 0.0
        _maximum_power(w)
        for i in range(count):  # only where it is asked for: a case's bits must not depend on its group
            if rows[first + i].series > 0.0:
                out[PFF, first + i] = w[V + i] * (w[JG + i] - w[TOTAL + i])
        for i in range(LANES):
            w[SERIES + i] = rows[first + min(i, count - 1)].series
        _at_voltage(w)
        for i in range(count):
            if w[SERIES + i] > 0.0:
                out[J_SC, first + i] = w[JG + i] - w[TOTAL + i]
    if precursor:
        for i in range(LANES):
            w[SHUNT + i] = 0.0
            w[J0S + i] = rows[first + min(i, count - 1)].j0_passivated
            w[U + i] = log(out[DN_OC, first + min(i, count - 1)])
        _open_circuit(w)
        for i in range(count):
            if _metallised(rows[first + i]):
                out[IMPLIED, first + i] = w[V + i]
    for i in range(count):
        k = first + i
        out[FF, k] = out[V_MP, k] * out[J_MP, k] / (out[V_OC, k] * out[J_SC, k])
        out[PFF, k] /= out[V_OC, k] * out[J_SC, k]
        out[ETA, k] = out[V_MP, k] * out[J_MP, k] / rows[k].irradiance


@jit
def solve(rows, out, codes):
    """Solve every row (``ROW``): scalars to ``out[SCALARS, row]`` in SI, a status to ``codes[row]``; NaN where it is not OK."""
    w = np.empty(SLOTS)
    for first in range(0, rows.size, LANES):
        _solve_group(rows, first, out, w)
        for i in range(min(LANES, rows.size - first)):
            k = first + i
            code = _judge(rows[k])
            codes[k] = status.NO_CONVERGENCE if code == status.OK and w[FAILED + i] != 0.0 else code
            if codes[k] != status.OK:
                out[:, k] = np.nan


@jit
def curves(rows, voltage, out):
    """Write J, A m-2, of every row at every terminal ``voltage`` (V, >= 0) to ``out[row, voltage]``; NaN where it was not found."""
    w = np.empty(SLOTS)
    for k in range(rows.size):
        for first in range(0, voltage.size, LANES):
            for i in range(LANES):
                _load(w, i, rows[k])
                w[FAILED + i] = 0.0
                w[TARGET + i] = voltage[min(first + i, voltage.size - 1)]
            _at_voltage(w)
            for i in range(min(LANES, voltage.size - first)):
                good = _judge(rows[k]) == status.OK and w[FAILED + i] == 0.0
                out[k, first + i] = w[JG + i] - w[TOTAL + i] if good else np.nan
