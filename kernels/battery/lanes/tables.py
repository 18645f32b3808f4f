"""Material functions of the lanes, each lane with its own tables: see ``battery.cell.tables``."""

from energymodels.kernels.battery.cell.layout import FUNCTIONS, RANK
from energymodels.kernels.battery.cell.tables import (
    BUCKETS,
    FIRST,
    GO_ABOVE,
    GO_BELOW,
    HIGH,
    LOW,
    PER,
)
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    load,
    load_indices,
    lower,
    number,
    pairs,
    put,
    quads,
    shifted,
    times,
    upper,
    where,
    whole,
)


@inner
def lookup(tables, heads, offsets, q, x):
    """Return (value, slope) at ``x`` of the tables of head ``q``."""
    low, high = load(heads, q, of.LOW), load(heads, q, of.HIGH)
    per, many = load(heads, q, of.PER), load(heads, q, of.BUCKETS)
    inside = lower(upper(x, low), high)
    t = (inside - low) * per
    bucket = whole(upper(lower(t, many - 1.0), 0.0))
    first = shifted(load_indices(offsets, q), FIRST)
    start, cuts = pairs(tables, shifted(first, times(bucket, 2)))
    flat = many < 0.5  # a constant
    cuts = where(flat, 1.0, cuts)
    s = (t - number(bucket)) * cuts
    cut = whole(upper(lower(s, cuts - 1.0), 0.0))
    s -= number(cut)
    place = shifted(shifted(first, -FIRST), shifted(whole(where(flat, 1.0 * FIRST, start)), times(cut, 4)))
    c0, c1, c2, c3 = quads(tables, place)
    slope = (c1 + s * (2.0 * c2 + 3.0 * s * c3)) * (per * cuts)
    slope *= where(x < low, load(heads, q, of.BELOW), where(x > high, load(heads, q, of.ABOVE), 1.0))
    slope = where(flat, 0.0, slope)
    rise = where(flat, 0.0, s * (c1 + s * (c2 + s * c3)) + slope * (x - inside))
    return c0 + rise, slope


@inner
def value(w, tables, f, x):
    """Return (f, df/dx) of function ``f`` at ``x`` and the temperature the coefficients were last set to."""
    first = f * RANK
    if w.terms[f] == 0:  # constant in every lane
        return load(w.coefficients, first) * load(w.heads, first, of.LOW), load(w.gains, f) * 0.0
    a, b = lookup(tables, w.heads, w.offsets, first, x)
    gain = load(w.coefficients, first)
    a *= gain
    b *= gain
    for m in range(1, w.terms[f]):
        more, slope = lookup(tables, w.heads, w.offsets, first + m, x)
        gain = load(w.coefficients, first + m)
        a += more * gain
        b += slope * gain
    return a, b


@inner
def set_temperature(w, tables, temperature, which):
    """Set the coefficients of every table to ``temperature`` (K), where ``which`` says so."""
    for f in range(FUNCTIONS):
        for m in range(max(w.terms[f], 1)):
            q = f * RANK + m
            found = lookup(tables, w.warm, w.warm_offsets, q, temperature)[0] * load(w.gains, f)
            put(which, found, w.coefficients, q)


@inner
def _set_head(tables, heads, offsets, q, lane, offset):
    """Let head ``q`` of a lane be that of the table at ``offset``.

    Of a constant, LOW is its value.
    """
    offsets[q, lane] = offset
    many = tables[offset + BUCKETS]
    heads[q, of.LOW, lane] = tables[offset + (LOW if many > 0.0 else FIRST)]
    heads[q, of.HIGH, lane] = tables[offset + HIGH] if many > 0.0 else tables[offset + FIRST]
    heads[q, of.PER, lane] = tables[offset + PER] if many > 0.0 else 0.0
    heads[q, of.BUCKETS, lane] = many
    heads[q, of.BELOW, lane] = tables[offset + GO_BELOW]
    heads[q, of.ABOVE, lane] = tables[offset + GO_ABOVE]


@inner
def set_tables(w, tables, index, coefficients, gain, lane):
    """Give a lane the functions of its case: a scalar ``index`` and ``coefficients``, of which ``gain`` is
    the column of the case's factor.

    Terms that the case does not have are the constant at offset 0, times 0.
    """
    for f in range(FUNCTIONS):
        w.gains[f, lane] = coefficients[f, gain]
        for m in range(RANK):
            q = f * RANK + m
            has = m < index[f, 0]
            _set_head(tables, w.heads, w.offsets, q, lane, index[f, 1 + 2 * m] if has else 0)
            _set_head(tables, w.warm, w.warm_offsets, q, lane, index[f, 2 + 2 * m] if has else 0)
            w.coefficients[q, lane] = coefficients[f, m] if has else 0.0


@inner
def count_terms(w):
    """Set how many terms of each function the lanes need; 0 where all of them have one constant."""
    for f in range(FUNCTIONS):
        most = 0
        for lane in range(w.gains.shape[1]):
            for m in range(RANK):
                q = f * RANK + m
                used = w.coefficients[q, lane] != 0.0
                if used and (m > 0 or w.heads[q, of.BUCKETS, lane] > 0.0):
                    most = max(most, m + 1)
        w.terms[f] = most
