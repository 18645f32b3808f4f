"""Searches for the excess density of open circuit and of a terminal voltage."""

from math import expm1, log, sqrt

from energymodels.kernels import elementary
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.cell import lanes as at

# fraction of its equation that a search may leave open when it ends: the last steps are far smaller
CLOSE = 1e-6
NO_VOLTAGE = 1e-15  # V, below which round-off of the gap is all there is


@jit
def open_circuit(w, centres):
    """Take every lane from its u to where recombination equals generation, by Newton's method on
    ln J(ln dn).
    """
    at.begin(w)
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            residual = elementary.log(max(w[at.TOTAL + i] / w[at.JG + i], 1e-300))
            at.advance(w, i, -residual * w[at.TOTAL + i] / w[at.DTOTAL + i], residual > 0.0, 1e-8, number)
        if at.all_done(w):
            break
    at.finish(w, centres)
    for i in range(at.LANES):
        if not abs(w[at.TOTAL + i] - w[at.JG + i]) <= CLOSE * w[at.JG + i]:
            w[at.FAILED + i] = 1.0


@jit
def at_voltage(w, centres):
    """Take every lane to the terminal voltage in its TARGET slot, by Newton's method; the voltage inside is
    not below 0.

    DONE becomes -1 where the excess density would pass the largest.
    """
    at.begin(w)
    for i in range(at.LANES):
        v = (w[at.TARGET + i] + w[at.JG + i] * w[at.SERIES + i]) / (1.0 + w[at.SERIES + i] * w[at.SHUNT + i])
        half = 0.5 * (w[at.N0 + i] + w[at.P0 + i])
        pair = w[at.N0 + i] * w[at.P0 + i] * expm1(min(v / (w[at.KT + i]), 60.0))
        w[at.U + i] = min(
            max(log(max(pair / (half + sqrt(half * half + pair)), 1e-300)), at.U_MIN + 0.7), at.U_MAX - 0.1
        )
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            j = w[at.JG + i] - w[at.TOTAL + i]
            beyond = w[at.V + i] - w[at.SERIES + i] * j - w[at.TARGET + i]
            at.advance(
                w,
                i,
                -beyond / (w[at.DV + i] + w[at.SERIES + i] * w[at.DTOTAL + i]),
                beyond > 0.0,
                1e-8,
                number,
            )
        if at.all_done(w):
            break
    at.finish(w, centres)
    for i in range(at.LANES):
        beyond = w[at.V + i] + w[at.SERIES + i] * (w[at.TOTAL + i] - w[at.JG + i]) - w[at.TARGET + i]
        if (
            not abs(beyond)
            <= CLOSE * (abs(w[at.TARGET + i]) + w[at.V + i] + w[at.SERIES + i] * w[at.JG + i]) + NO_VOLTAGE
        ):
            if w[at.U + i] > at.U_MAX - 1e-6:
                w[at.DONE + i] = -1.0
            else:
                w[at.FAILED + i] = 1.0
