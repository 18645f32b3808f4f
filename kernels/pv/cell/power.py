"""Searches for the highest power, of which there may be two hills."""

import numpy as np

from energymodels.kernels import elementary
from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.cell import lanes as at


@jit
def _maximum_power(w, centres):
    """Take every lane from its u, within its brackets, to the largest (V - J R_s) J.

    There J = s (V - 2 R_s J) with s = dJ_rec/dV; the logarithm of the ratio of both sides is nearly a
    straight line in u: one step with the slope of ln J_rec, then secants.
    """
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            j = w[at.JG + i] - w[at.TOTAL + i]
            lever = w[at.V + i] - 2.0 * w[at.SERIES + i] * j
            f = (
                elementary.log(w[at.DTOTAL + i] * lever / (w[at.DV + i] * j))
                if lever > 0.0 and j > 0.0
                else np.nan
            )
            secant = (w[at.U + i] - w[at.LAST_U + i]) / (f - w[at.LAST_F + i])
            usable = secant > 0.0  # False for NaN, as in the first round
            step = -f * (secant if usable else w[at.TOTAL + i] / w[at.DTOTAL + i])
            w[at.LAST_U + i] = w[at.U + i]
            w[at.LAST_F + i] = f
            # J is a difference: what is small in u must be small in J
            close = 3e-6 * min(1.0, abs(j) / w[at.DTOTAL + i])
            at.advance(w, i, step, f > 0.0 or j <= 0.0, close, number)
        if at.all_done(w):
            break
    at.finish(w, centres)


@inline
def _power(w, i):
    j = w[at.JG + i] - w[at.TOTAL + i]
    return (w[at.V + i] - j * w[at.SERIES + i]) * j


@inline
def _spacing(w, i):
    """Return the spacing of the scan, which ends where recombination at low injection is below a percent of
    the light's.
    """
    return (w[at.HILLS + i] + 6.0) / at.SCAN


@jit
def _scan(w, centres):
    """Scan the power from open circuit down and note the two highest hills among the samples."""
    for i in range(at.LANES):
        w[at.U + i] = w[at.OC_U + i]
        w[at.PREV_P + i] = 0.0
        w[at.RISES + i] = 0.0
        w[at.BEST_P + i] = -1.0
        w[at.NEXT_P + i] = -1.0
    for _ in range(at.SCAN):
        for i in range(at.LANES):
            w[at.U + i] -= _spacing(w, i)
        at.state(w, centres)
        for i in range(at.LANES):
            power = _power(w, i)
            top = w[at.PREV_P + i] if w[at.RISES + i] == 1.0 and power < w[at.PREV_P + i] else -2.0
            place = w[at.U + i] + _spacing(w, i)
            best = top > w[at.BEST_P + i]
            second = not best and top > w[at.NEXT_P + i]
            next_u = place if second else w[at.NEXT_U + i]
            next_p = top if second else w[at.NEXT_P + i]
            w[at.NEXT_U + i] = w[at.BEST_U + i] if best else next_u
            w[at.NEXT_P + i] = w[at.BEST_P + i] if best else next_p
            w[at.BEST_U + i] = place if best else w[at.BEST_U + i]
            w[at.BEST_P + i] = top if best else w[at.BEST_P + i]
            w[at.RISES + i] = 1.0 if power >= w[at.PREV_P + i] else 0.0
            w[at.PREV_P + i] = power


@inline
def _bracket(w, i, u):
    w[at.LOW + i] = u - _spacing(w, i)
    w[at.HIGH + i] = u + _spacing(w, i)
    w[at.U + i] = u


@jit
def peak(w, centres, hilly):
    """Take every lane from its guess u to the highest power; where there may be two hills of nearly one
    height, climb both.
    """
    at.begin(w)
    if hilly:
        for i in range(at.LANES):
            w[at.LAST_F + i] = w[at.U + i]
        _scan(w, centres)
        for i in range(at.LANES):
            w[at.U + i] = w[at.LAST_F + i]
            if w[at.HILLS + i] > 0.0 and w[at.BEST_P + i] > 0.0:
                _bracket(w, i, w[at.BEST_U + i])
    _maximum_power(w, centres)
    again = False
    for i in range(at.LANES):
        close = hilly and w[at.HILLS + i] > 0.0 and w[at.NEXT_P + i] > 0.9 * w[at.BEST_P + i]
        w[at.BEST_U + i] = w[at.U + i]
        w[at.BEST_P + i] = _power(w, i) if close else np.inf
        if close:
            _bracket(w, i, w[at.NEXT_U + i])
            w[at.DONE + i] = 0.0
            w[at.LAST_U + i] = np.nan
            again = True
    if again:
        _maximum_power(w, centres)
        for i in range(at.LANES):
            w[at.U + i] = w[at.U + i] if _power(w, i) > w[at.BEST_P + i] else w[at.BEST_U + i]
        at.state(w, centres)
    for i in range(at.LANES):
        if not _on_top(w, i):
            w[at.FAILED + i] = 1.0


@inline
def _on_top(w, i):
    """Return whether a lane stands where J = s (V - 2 R_s J)."""
    j = w[at.JG + i] - w[at.TOTAL + i]
    lever = w[at.V + i] - 2.0 * w[at.SERIES + i] * j
    return j > 0.0 and abs(w[at.DTOTAL + i] * lever - w[at.DV + i] * j) <= 0.1 * w[at.DV + i] * j
