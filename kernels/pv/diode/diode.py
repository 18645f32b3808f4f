"""One- and two-diode cell with series and shunt resistance, explicit in the diode voltage V_d (Bishop 1988,
key ``bishop1988``).

    I = I_L - I_01 (exp(V_d/a_1) - 1) - I_02 (exp(V_d/a_2) - 1) - V_d/R_sh,    V = V_d - I R_s

Every point of the curve is one number, x = V_d/a_1. Currents are in units of I_L, voltages in units of a_1,
so that a cell is (j1, g, j2, k) = (I_01/I_L, a_1/(I_L R_sh), I_02/I_L, a_1/a_2) and r = R_s I_L/a_1. Each
unknown is the only root of a monotone function between known bounds. One exp gives four derivatives, hence
steps of fourth order; a step is the last one when the next would drown in round-off.
"""

from math import exp, expm1, inf, log, log1p

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.diode import lanes as at
from energymodels.kernels.pv.diode.lanes import guess_maximum, is_last, power_step, root_step

ROW = np.dtype(
    [
        ("photocurrent", "f8"),  # A, or A m-2 with resistances times area
        ("saturation_current", "f8"),  # A
        ("resistance_series", "f8"),  # ohm
        ("shunt", "f8"),  # S, 0 without a shunt
        ("a", "f8"),  # V: ideality, cells in series and kT/q multiplied
        ("saturation_current_2", "f8"),  # A, 0 without a second diode
        ("a_2", "f8"),  # V
    ]
)
RESULTS = ("i_sc", "v_oc", "i_mp", "v_mp", "p_mp")
SCALARS = len(RESULTS)
I_SC, V_OC, I_MP, V_MP, P_MP = range(SCALARS)
STEPS = 100  # never met: three are usual, ten are many
X_MAX = 709.0  # exp stays finite


@jit
def _exponential(j, x):
    """Return j (exp(x) - 1) and j exp(x), both to round-off."""
    if x > 0.5:
        grown = j * exp(x) if x < X_MAX else inf
        return grown - j, grown
    m = j * expm1(x)
    return m, m + j


@jit
def _diodes(x, j1, j2, k):
    """Return the current through the diodes and its four derivatives by ``x``."""
    m, d = _exponential(j1, x)
    if j2 == 0.0:
        return m, d, d, d, d
    m2, e = _exponential(j2, k * x)
    e1 = k * e
    e2 = k * e1
    e3 = k * e2
    return m + m2, d + e1, d + e2, d + e3, d + k * e3


@jit
def balance(p, q, b, x, low, high, j1, g, j2, k):
    """Solve p x + q (diode and shunt current) = b for x between the brackets.

    Return (x, diode and shunt current, its slope by x, converged). Open circuit: p = 0, q = b = 1. Terminal
    voltage v: p = 1, q = r, b = v + r.
    """
    scale = max(1.0, k)
    for _ in range(STEPS):
        m, d1, d2, d3, _d4 = _diodes(x, j1, j2, k)
        f = p * x + q * (m + g * x) - b
        if f > 0.0:
            high = x
        else:
            low = x
        d = root_step(f, p + q * (d1 + g), q * d2, q * d3)
        if is_last(scale * d, x):
            x += d
            return x, m + d * (d1 + 0.5 * d * (d2 + d * d3 / 3.0)) + g * x, d1 + d * d2 + g, True
        x += d
        if not low < x < high:
            x = 0.5 * (low + high)
    return x, 0.0, 0.0, False


@jit
def open_circuit(j1, g, j2, k):
    """Return (V_oc/a, converged): closed without shunt and second diode, else from the smallest of the
    bounds.
    """
    z = 1.0 / j1
    x = log(1.0 + z) if z > 2.0 else log1p(z)
    if g == 0.0 and j2 == 0.0:
        return x, True
    if j2 > 0.0:
        x = min(x, log1p(1.0 / j2) / k)
    high = x
    if g * x > 1.0:
        high = 1.0 / g
        x = high
    elif j2 == 0.0:
        e = 1.0 + j1  # at the bound the diode carries I_L: a first step without exp
        x += root_step(g * x, e + g, e, e)
    x, _m, _d, good = balance(0.0, 1.0, 1.0, x, 0.0, high, j1, g, j2, k)
    return x, good


@jit
def maximum_power(x_oc, j1, g, j2, k, r):
    """Return (V_d/a, I/I_L, converged) at the root of dP/dV_d between V_d = 0 and open circuit.

    There I = s V_d/(1 + 2 R_s s) with s = -dI/dV_d, which does not cancel where R_s leaves little of I_L.
    """
    scale = max(1.0, k)
    low = 0.0
    high = x_oc
    x, e, good = guess_maximum(x_oc, j1, g, r)
    if not good:
        x = 0.5 * x_oc
    elif j2 == 0.0:  # a first step without exp
        d = power_step(x, e - j1 + g * x, e + g, e, e, e, r)[1]
        if 0.0 < x + d < x_oc:
            x += d
    for _ in range(STEPS):
        m, s, s1, s2, s3 = _diodes(x, j1, j2, k)
        f, d = power_step(x, m + g * x, s + g, s1, s2, s3, r)
        if f > 0.0:
            low = x
        else:
            high = x
        if is_last(scale * d, x):
            x += d
            s += g + d * (s1 + 0.5 * d * (s2 + d * s3 / 3.0))
            return x, s * x / (1.0 + 2.0 * r * s), True
        x += d
        if not low < x < high:
            x = 0.5 * (low + high)
    return x, 0.0, False


@jit
def _valid(c):
    second = c.saturation_current_2 == 0.0 or (0.0 < c.saturation_current_2 < inf and 0.0 < c.a_2 < inf)
    first = 0.0 < c.saturation_current < inf and 0.0 < c.a < inf
    return (
        first
        and second
        and 0.0 <= c.photocurrent < inf
        and 0.0 <= c.resistance_series < inf
        and 0.0 <= c.shunt < inf
    )


@jit
def _solve_one(c, out, row):
    if not _valid(c):
        return status.OUT_OF_RANGE
    if c.photocurrent == 0.0:
        out[:, row] = 0.0
        return status.OK
    unit = 1.0 / c.photocurrent
    j1 = c.saturation_current * unit
    g = c.a * c.shunt * unit
    j2 = c.saturation_current_2 * unit
    k = c.a / c.a_2 if j2 > 0.0 else 0.0
    r = c.resistance_series * c.photocurrent / c.a

    x_oc, good = open_circuit(j1, g, j2, k)
    if not x_oc < X_MAX:
        return status.OUT_OF_RANGE
    x, lost, slope, ok = balance(1.0, r, r, min(r / (1.0 + r * g), x_oc), 0.0, x_oc, j1, g, j2, k)
    i_sc = x / r if r * slope > 1.0 else 1.0 - lost  # whichever passes on less of the error of x
    good = good and ok
    x, i, ok = maximum_power(x_oc, j1, g, j2, k, r)
    if not (good and ok):
        return status.NO_CONVERGENCE
    out[I_SC, row] = i_sc * c.photocurrent
    out[V_OC, row] = x_oc * c.a
    out[I_MP, row] = i * c.photocurrent
    out[V_MP, row] = (x - r * i) * c.a
    out[P_MP, row] = out[I_MP, row] * out[V_MP, row]
    return status.OK


@inline
def _ordinary(c):
    """Return whether the lanes may solve a row: valid, one diode, and neither saturation current, shunt nor
    R_s prevails.
    """
    one = c.saturation_current_2 == 0.0 and 0.0 < c.a < inf and c.shunt >= 0.0 and c.resistance_series >= 0.0
    bright = one and 1e-30 * c.photocurrent < c.saturation_current < 1e-3 * c.photocurrent
    return (
        bright and c.a * c.shunt < 0.1 * c.photocurrent and c.resistance_series * c.photocurrent < 100.0 * c.a
    )


@jit
def solve(rows, out, codes):
    """Solve every row (``ROW``): scalars to ``out[SCALARS, row]`` (A, V, W), a status to ``codes[row]``; NaN
    where it is not OK.

    In the dark all five are 0. A negative or missing value, or a voltage above 709 a, is out of range. A
    row's bits do not depend on its neighbours: groups are always full (the last row is repeated), and what no
    lane solves goes the scalar way alone.
    """
    w = np.empty(at.SLOTS)
    for first in range(0, rows.size, at.LANES):
        count = min(at.LANES, rows.size - first)
        some = False
        for i in range(at.LANES):
            c = rows[first + min(i, count - 1)]
            ordinary = _ordinary(c)
            at.load(w, i, c, ordinary)
            some = some or ordinary
        if some:
            at.solve_lanes(w)
        for i in range(count):
            row = first + i
            if w[at.SOLVED + i] == 1.0:
                at.store(w, i, out, row)
                codes[row] = status.OK
            else:
                codes[row] = _solve_one(rows[row], out, row)
                if codes[row] != status.OK:
                    out[:, row] = np.nan


@jit
def current_at(c, voltage):
    """Return the current (A) at a terminal voltage (V) of either sign, beyond open circuit too; NaN for a row
    out of range.
    """
    if not (_valid(c) and -inf < voltage < inf):
        return np.nan
    second = c.saturation_current_2 > 0.0
    k = c.a / c.a_2 if second else 0.0
    g = c.a * c.shunt
    q = c.resistance_series / c.a
    x = voltage / c.a
    if q == 0.0:
        return c.photocurrent - _diodes(x, c.saturation_current, c.saturation_current_2, k)[0] - g * x
    b = x + q * c.photocurrent
    high = b / (1.0 + q * g)
    low = 0.0
    if b > 0.0:
        high = min(high, log1p(b / (q * c.saturation_current)))
        if second:
            high = min(high, log1p(b / (q * c.saturation_current_2)) / k)
        x = high
    else:
        low = high
        high = 0.0
        x = low
    x, lost, slope, good = balance(
        1.0, q, b, x, low, high, c.saturation_current, g, c.saturation_current_2, k
    )
    if not good:
        return np.nan
    return (x * c.a - voltage) / c.resistance_series if q * slope > 1.0 else c.photocurrent - lost


@jit
def curves(rows, voltage, out):
    """Write the current (A) of every row (``ROW``) at every terminal voltage (V) to ``out[row, voltage]``."""
    for row in range(rows.size):
        for j in range(voltage.size):
            out[row, j] = current_at(rows[row], voltage[j])
