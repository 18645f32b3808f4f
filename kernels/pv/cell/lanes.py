"""Cases side by side: they go in groups of ``LANES`` through the same instructions, so that the compiler
makes SIMD code of them.

Each lane keeps its own brackets, steps and end. The work array holds one slot of ``LANES`` numbers a
quantity: ``w[SLOT + lane]``. Here are the slots, the state of the cell of ``quasi_neutral`` as a function of
u = ln dn, and what the searches for u share.
"""

from math import log

import numpy as np

from energymodels.kernels import elementary
from energymodels.kernels.constants import K_B_EV, Q
from energymodels.kernels.jit import INTERPRETED, inline, jit
from energymodels.kernels.pv.metals.capture import occupation
from energymodels.kernels.pv.metals.layout import INV_C_N, INV_C_P, LEVELS
from energymodels.kernels.pv.silicon.narrowing import schenk_at, schenk_temperature
from energymodels.kernels.pv.silicon.recombination import RICHTER, niewelt_coefficients

LANES = 1 if INTERPRETED else 8
# slots: what a case is ...
CASE = 26
KT, IKT, T1, IT1, T2, R8, RT2, WIDTH, N0, P0, PAIR0, IPAIR0, IONS, GAP0 = (LANES * i for i in range(14))
TAU_N, TAU_P, LEVEL, DOPED, INJECTED, NIEWELT, J0R, J0S, SHUNT, SERIES, JG, HILLS = (
    LANES * i for i in range(14, CASE)
)
# ... its state at u = ln dn, and d/du ...
U, V, DV, AUG, SRH, EM1, TOTAL, DTOTAL = (LANES * i for i in range(CASE, CASE + 8))
# ... and its search
LOW, HIGH, DONE, LAST_U, LAST_F, TARGET, FAILED, OC_U = (LANES * i for i in range(CASE + 8, CASE + 16))
# of hills of the power
PREV_P, RISES, BEST_U, BEST_P, NEXT_U, NEXT_P = (LANES * i for i in range(CASE + 16, CASE + 22))
# ... and what its centres need
EXCESS, DEXCESS, DN, CAPTURE, FALL = (LANES * i for i in range(CASE + 22, CASE + 27))
SIGN = LANES * (CASE + 27)  # of dn: below 0 in reverse
SLOTS = SIGN + LANES
# columns of a centre in the table (centre, column, lane): with excess = n p - n0 p0 it recombines excess (1 +
# WAYS dn + WAYS2 dn^2) / (AT_REST + SLOPE dn + SQUARE dn^2 + CUBE dn^3); one level has the first two only
AT_REST, SLOPE, SQUARE, CUBE, WAYS, WAYS2 = range(6)
COLUMNS = 6

# SRH saturates where the majority carriers have the longer capture time: between low injection and dn ~ N its
# current is about q W N / tau_majority. If the times' ratio is above about 20, dJ/dV falls there, and the
# power may have two maxima when that current is a fair share of the light's. HILLS holds ln of the ratio
# then, else 0.
RISING = 15.0
SCAN = 16

# from where squares of densities stay normal numbers to where gap narrowing still leaves V rising with dn,
# m-3
U_MIN, U_MAX = log(1e-290), log(1e26)
# of n p: a smaller excess narrows the gap in proportion to dn, where a difference of two gaps would be
# round-off
FEW = 1e-3
U_START, U_DARK = log(1e22), log(1e-10)
ROUNDS = 160
PATIENCE = 12  # after so many rounds every other one halves the bracket


@inline
def _hills(c, tau_n, tau_p):
    minority, majority = (tau_p, tau_n) if c.n0 > c.p0 else (tau_n, tau_p)
    return _rising(c, minority, majority)


@inline
def _rising(c, minority, majority):
    plateau = Q * c.thickness * max(c.n0, c.p0) / majority / c.generation
    humped = majority > RISING * minority and 0.01 < plateau < 10.0
    return log(majority / minority) if humped else 0.0


@inline
def _load_centre(w, lane, c, at, k, table):
    """Put centre ``k``, whose levels at the case's temperature are ``at`` (LEVELS, AT_T), into a lane."""
    n_t = c.density[k]
    s0, s1, s2, s3, m1, m2 = occupation(at, c.n0, c.p0)
    traps = n_t > 0.0 and s0 < np.inf
    per = 1.0 / n_t if traps else 0.0
    table[k, AT_REST, lane] = s0 * per if traps else np.inf
    table[k, SLOPE, lane] = s1 * per
    table[k, SQUARE, lane] = s2 * per
    table[k, CUBE, lane] = s3 * per
    table[k, WAYS, lane] = m1 if traps else 0.0
    table[k, WAYS2, lane] = m2 if traps else 0.0
    if traps:
        for level in range(LEVELS):
            if at[level, INV_C_N] < np.inf:
                w[HILLS + lane] = max(
                    w[HILLS + lane], _hills(c, at[level, INV_C_N] * per, at[level, INV_C_P] * per)
                )
        # the charge states move with injection: from the lifetime at low to that at high injection
        if m1 > 0.0:
            high = s3 / m2 if m2 > 0.0 else s2 / m1
            w[HILLS + lane] = max(w[HILLS + lane], _rising(c, s0 / (c.n0 + c.p0) * per, high * per))


@inline
def load(w, lane, c, now, centres):
    """Put a case into a lane; ``now`` (set, LEVELS, AT_T) are all levels at its temperature; ``centres`` as
    in ``state``.
    """
    w[KT + lane] = K_B_EV * c.temperature
    w[IKT + lane] = 1.0 / (K_B_EV * c.temperature)
    w[T1 + lane], w[IT1 + lane], w[T2 + lane], w[R8 + lane], w[RT2 + lane] = schenk_temperature(c.temperature)
    w[PAIR0 + lane] = c.n0 * c.p0
    w[IPAIR0 + lane] = 1.0 / (c.n0 * c.p0)
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
    w[HILLS + lane] = _hills(c, c.tau_n, c.tau_p)
    for k in range(centres[1]):
        _load_centre(w, lane, c, now[c.pick[k]], k, centres[2])
    richter = c.auger == RICHTER
    w[DOPED + lane] = c.auger_doped if richter else 0.0
    w[INJECTED + lane] = c.auger_injected if richter else 0.0
    w[NIEWELT + lane] = 0.0 if richter else 1.0
    w[J0R + lane] = c.j0_radiative
    w[J0S + lane] = c.j0_front + c.j0_rear
    w[SHUNT + lane] = c.shunt
    w[SERIES + lane] = c.series
    w[JG + lane] = c.generation
    w[SIGN + lane] = 1.0


@jit
def state(w, centres):
    """Evaluate every lane at its u: V in volt, currents in A m-2, and slopes by u.

    ``centres``: how many centres of metals have one level, how many there are in all, and their table, those
    of one level first.

    In reverse (SIGN -1, u = ln -dn) V and its slope mean nothing: dn is that of equilibrium with its sign
    turned, to round-off.
    """
    for i in range(LANES):
        dn = w[SIGN + i] * elementary.exp(w[U + i])
        n0 = w[N0 + i]
        p0 = w[P0 + i]
        n = n0 + dn
        p = p0 + dn
        kt = w[KT + i]
        ikt = w[IKT + i]
        pair0 = w[PAIR0 + i]
        excess = dn * (n0 + p)
        dexcess = dn * (n + p)
        gap, slope = schenk_at(n, p, w[IONS + i], w[T1 + i], w[IT1 + i], w[T2 + i], w[R8 + i], w[RT2 + i])
        x = excess * w[IPAIR0 + i]
        rise = (gap - w[GAP0 + i] if x > FEW else slope * dn) * ikt
        v = kt * (elementary.log1p(x) - rise)
        dv = kt * dexcess / (pair0 + excess) - slope * dn
        boost = elementary.exp(-rise)
        em1 = x * boost + (boost - 1.0)
        dem1 = (em1 + 1.0) * dv * ikt

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
        w[DN + i] = dn
        w[EXCESS + i] = excess
        w[DEXCESS + i] = dexcess
    if centres[1] > 0:
        _metals(w, centres)


@inline
def _metals(w, centres):
    """Add what the metals recombine."""
    single, count, table = centres
    # with a constant the compiler unrolls these short loops, and then makes no SIMD code of them
    lanes = table.shape[2]
    for i in range(lanes):
        w[CAPTURE + i] = 0.0
        w[FALL + i] = 0.0
    for k in range(single):
        for i in range(lanes):
            capture = 1.0 / (table[k, AT_REST, i] + table[k, SLOPE, i] * w[DN + i])
            w[CAPTURE + i] += capture
            w[FALL + i] += table[k, SLOPE, i] * capture * capture
    for k in range(single, count):
        for i in range(lanes):
            dn = w[DN + i]
            states = 1.0 / (
                table[k, AT_REST, i]
                + dn * (table[k, SLOPE, i] + dn * (table[k, SQUARE, i] + dn * table[k, CUBE, i]))
            )
            dstates = table[k, SLOPE, i] + dn * (2.0 * table[k, SQUARE, i] + dn * 3.0 * table[k, CUBE, i])
            capture = (1.0 + dn * (table[k, WAYS, i] + dn * table[k, WAYS2, i])) * states
            w[CAPTURE + i] += capture
            w[FALL + i] += (capture * dstates - table[k, WAYS, i] - 2.0 * dn * table[k, WAYS2, i]) * states
    for i in range(lanes):
        srh = w[WIDTH + i] * w[EXCESS + i] * w[CAPTURE + i]
        w[SRH + i] += srh
        w[TOTAL + i] += srh
        w[DTOTAL + i] += w[WIDTH + i] * (
            w[DEXCESS + i] * w[CAPTURE + i] - w[EXCESS + i] * w[DN + i] * w[FALL + i]
        )


@inline
def begin(w):
    """Start a search over all u."""
    for i in range(LANES):
        w[LOW + i] = U_MIN
        w[HIGH + i] = U_MAX
        w[DONE + i] = 0.0
        w[LAST_U + i] = np.nan


@inline
def advance(w, i, step, above, close, number):
    """Move lane ``i``, unless it is done, by ``step`` in round ``number``.

    ``above``: it stands above its goal; a step below ``close`` is the last.
    """
    going = w[DONE + i] == 0.0
    u = w[U + i]
    low = u if going and not above else w[LOW + i]
    high = u if going and above else w[HIGH + i]
    moved = u + step
    small = abs(step) < close  # False for NaN
    inside = small or (low < moved < high and (number < PATIENCE or number % 2 == 0))
    moved = moved if inside else 0.5 * (low + high)
    w[LOW + i] = low
    w[HIGH + i] = high
    w[DONE + i] = 1.0 if not going or small or not (inside or low < moved < high) else 0.0
    w[U + i] = moved if going else u


@inline
def finish(w, centres):
    """Note the lanes that found no end, and evaluate all."""
    for i in range(LANES):
        if w[DONE + i] == 0.0:
            w[FAILED + i] = 1.0
    state(w, centres)


@inline
def recombined(w, lane, at):
    """Return what the centre with the table ``at`` recombines in a lane, A m-2."""
    dn = w[DN + lane]
    states = at[AT_REST, lane] + dn * (at[SLOPE, lane] + dn * (at[SQUARE, lane] + dn * at[CUBE, lane]))
    return w[WIDTH + lane] * w[EXCESS + lane] * (1.0 + dn * (at[WAYS, lane] + dn * at[WAYS2, lane])) / states


@inline
def all_done(w):
    done = 0.0
    for i in range(LANES):
        done += w[DONE + i]
    return done == LANES
