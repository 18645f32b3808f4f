"""Functions of one variable as piecewise cubics, so that a new material is new numbers and never new code.

A table is a stretch of one float array that holds the tables of all materials. From its offset ``o``:

    o+0 LOW, o+1 HIGH     the range the cubics cover o+2 BUCKETS           how many equal buckets cut it; 0
    for a constant, whose value is then at o+6 o+3 PER               buckets per unit of x o+4, o+5
    1 to go on along the end's slope below LOW, above HIGH; 0 to stay at the end's value o+6 + 2 b
    start of bucket b's coefficients, counted from o; then into how many equal intervals it is cut 4 per
    interval        c0 + s (c1 + s (c2 + s c3)) with s from 0 to 1 across the interval

A bucket is cut as finely as its own function needs, so that steep potentials cost memory only where they are
steep.
"""

import numpy as np

from energymodels.kernels.jit import inline, inner

LOW, HIGH, BUCKETS, PER, GO_BELOW, GO_ABOVE, FIRST = np.arange(7)


@inline
def lookup(tables, o, x):
    """Return (value, slope) at ``x`` of the table at offset ``o``."""
    n = int(tables[o + BUCKETS])
    if n == 0:
        return tables[o + FIRST], 0.0
    low = tables[o + LOW]
    high = tables[o + HIGH]
    inside = min(max(x, low), high)
    per = tables[o + PER]
    t = (inside - low) * per
    b = min(int(t), n - 1)
    start = int(tables[o + FIRST + 2 * b])
    many = tables[o + FIRST + 2 * b + 1]
    s = (t - b) * many
    i = min(int(s), int(many) - 1)
    s -= i
    p = o + start + 4 * i
    c1 = tables[p + 1]
    c2 = tables[p + 2]
    c3 = tables[p + 3]
    value = tables[p] + s * (c1 + s * (c2 + s * c3))
    slope = (c1 + s * (2.0 * c2 + 3.0 * s * c3)) * (per * many)
    if x < low:
        slope *= tables[o + GO_BELOW]
    elif x > high:
        slope *= tables[o + GO_ABOVE]
    return value + slope * (x - inside), slope


@inner
def fill(tables, o, factor, x, y, slope):
    """Set ``y`` and ``slope`` to value and slope at every ``x``, times ``factor``."""
    n = int(tables[o + BUCKETS])
    if n == 0:
        for k in range(x.size):
            y[k] = factor * tables[o + FIRST]
            slope[k] = 0.0
        return
    low = tables[o + LOW]
    high = tables[o + HIGH]
    per = tables[o + PER]
    for k in range(x.size):
        inside = min(max(x[k], low), high)
        t = (inside - low) * per
        b = min(int(t), n - 1)
        start = int(tables[o + FIRST + 2 * b])
        many = tables[o + FIRST + 2 * b + 1]
        s = (t - b) * many
        i = min(int(s), int(many) - 1)
        s -= i
        p = o + start + 4 * i
        c1 = tables[p + 1]
        c2 = tables[p + 2]
        c3 = tables[p + 3]
        d = (c1 + s * (2.0 * c2 + 3.0 * s * c3)) * (per * many)
        beyond = x[k] - inside
        if beyond < 0.0:
            d *= tables[o + GO_BELOW]
        elif beyond > 0.0:
            d *= tables[o + GO_ABOVE]
        y[k] = factor * (tables[p] + s * (c1 + s * (c2 + s * c3)) + d * beyond)
        slope[k] = factor * d


@inner
def add(tables, o, factor, x, y, slope):
    """Add value and slope at every ``x``, times ``factor``."""
    for k in range(x.size):
        a, b = lookup(tables, o, x[k])
        y[k] += factor * a
        slope[k] += factor * b
