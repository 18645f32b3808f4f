"""Backward differentiation on the time points as they are, in Lagrange's form: new steps and orders cost new
weights, no more.

Order k puts a polynomial through the new point t and the k last ones and asks for its slope at t (Brayton,
Gustavson and Hachtel 1972, key ``brayton1972``):

    dy/dt = alpha (y - sum of w_m y_m)

The predictor is the polynomial through the k + 1 last points; what separates it from the solution, d, gives
the local error d / (alpha (t - t_{k+1})).
"""

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import inner


@inner
def extrapolate(times, head, count, t, weights):
    """Set ``weights[m]`` of the polynomial through the last ``count`` points (``head`` the newest) at time
    ``t``.
    """
    for m in range(count):
        own = times[(head - m) % at.HISTORY]
        w = 1.0
        for other in range(count):
            if other != m:
                tau = times[(head - other) % at.HISTORY]
                w *= (t - tau) / (own - tau)
        weights[m] = w


@inner
def differentiate(times, head, order, t, weights):
    """Set ``weights`` of the ``order`` last points in dy/dt = alpha (y - sum w y); return alpha."""
    alpha = 0.0
    for m in range(order):
        own = times[(head - m) % at.HISTORY]
        alpha += 1.0 / (t - own)
        w = 1.0 / (t - own)
        for other in range(order):
            if other != m:
                tau = times[(head - other) % at.HISTORY]
                w *= (t - tau) / (own - tau)
        weights[m] = w
    for m in range(order):
        weights[m] /= alpha
    return alpha


@inner
def combine(rows, head, weights, count, out):
    """Set ``out`` to the weighted sum of the last ``count`` rows."""
    r0 = rows[head]
    w0 = weights[0]
    if count == 1:
        for q in range(out.size):
            out[q] = w0 * r0[q]
        return
    r1 = rows[(head - 1) % at.HISTORY]
    w1 = weights[1]
    if count == 2:
        for q in range(out.size):
            out[q] = w0 * r0[q] + w1 * r1[q]
        return
    r2 = rows[(head - 2) % at.HISTORY]
    w2 = weights[2]
    for q in range(out.size):
        out[q] = w0 * r0[q] + w1 * r1[q] + w2 * r2[q]
    m = 3
    if count - m >= 2:
        r3 = rows[(head - 3) % at.HISTORY]
        r4 = rows[(head - 4) % at.HISTORY]
        w3 = weights[3]
        w4 = weights[4]
        for q in range(out.size):
            out[q] += w3 * r3[q] + w4 * r4[q]
        m = 5
    while m < count:
        r3 = rows[(head - m) % at.HISTORY]
        w3 = weights[m]
        for q in range(out.size):
            out[q] += w3 * r3[q]
        m += 1


@inner
def least(values, many):
    """Return the least of the first ``many`` values."""
    found = values[0]
    for q in range(1, many):
        found = min(found, values[q])
    return found


@inner
def copy(to, source):
    """Copy one array into another."""
    for q in range(to.size):
        to[q] = source[q]
