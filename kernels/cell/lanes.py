"""Cases side by side: they go in groups of ``LANES`` through the same instructions, so that the compiler makes SIMD code of them.

Each lane keeps its own brackets, steps and end. The work array holds one slot of ``LANES`` numbers a quantity: ``w[SLOT + lane]``.
Here are the slots, the state of the cell of ``quasi_neutral`` as a function of u = ln dn, and what the searches for u share.
"""

from math import log

import numpy as np

from energymodels.kernels import elementary
from energymodels.kernels.constants import K_B_EV, Q
from energymodels.kernels.jit import INTERPRETED, inline, jit
from energymodels.kernels.silicon.narrowing import schenk
from energymodels.kernels.silicon.recombination import RICHTER, niewelt_coefficients

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


@inline
def load(w, lane, c):
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
def state(w):
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
def begin(w):
    for i in range(LANES):
        w[LOW + i] = U_MIN
        w[HIGH + i] = U_MAX
        w[DONE + i] = 0.0
        w[LAST_U + i] = np.nan


@inline
def advance(w, i, step, above, close, number):
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
def finish(w):
    """Note the lanes that found no end, and evaluate all."""
    for i in range(LANES):
        if w[DONE + i] == 0.0:
            w[FAILED + i] = 1.0
    state(w)


@inline
def all_done(w):
    done = 0.0
    for i in range(LANES):
        done += w[DONE + i]
    return done == LANES
