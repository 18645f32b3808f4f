"""Ordinary one-diode cells side by side, ``LANES`` at a time and without a branch, so that the compiler makes
SIMD code of them.

Two fourth-order steps from a good guess reach short circuit, open circuit and maximum power of a cell in
daylight; a lane says whether its last steps were small enough. Every other cell is for the searches of
``diode``, which share the formulas of a step. Symbols and units as there. The work array holds one slot of
``LANES`` numbers a quantity: ``w[SLOT + lane]``.
"""

from math import sqrt

from energymodels.kernels.elementary import exp, log
from energymodels.kernels.jit import INTERPRETED, inline, jit

LANES = 1 if INTERPRETED else 8
I_L, I_01, R_S, G_SH, A, I_SC, V_OC, I_MP, V_MP, P_MP, SOLVED = (LANES * i for i in range(11))
SLOTS = 11 * LANES
LAST = 1e-17  # a step d is the last when d^4 < LAST |x|: the error it leaves is a small part of d^4


@inline
def is_last(d, x):
    """Return whether the step ``d`` to ``x`` leaves no more than round-off; False for NaN."""
    square = d * d
    return square * square <= LAST * abs(x)


@inline
def root_step(f, f1, f2, f3):
    """Return Householder's third-order step to the root of f; tame far from the root of an exponential, on
    both sides.
    """
    square = f1 * f1
    curved = f * f2
    return -f * (square - 0.5 * curved) / (f1 * (square - curved) + f * f * f3 / 6.0)


@inline
def power_step(x, lost, s, s1, s2, s3, r):
    """Return f = I - s (V_d - 2 I R_s), which is dP/dV_d, and the step to its root; s = -dI/dV_d with
    derivatives s1 to s3.
    """
    i = 1.0 - lost
    w = x - 2.0 * r * i
    w1 = 1.0 + 2.0 * r * s
    w2 = 2.0 * r * s1
    f = i - s * w
    f1 = -s - s1 * w - s * w1
    f2 = -s1 - s2 * w - 2.0 * s1 * w1 - s * w2
    f3 = -s2 - s3 * w - 3.0 * (s2 * w1 + s1 * w2) - 2.0 * r * s * s2
    return f, root_step(f, f1, f2, f3)


@inline
def risen(e, d):
    """Return the rise of e exp(x) over a small step of x, ``e`` being its value before: the series of e
    (exp(d) - 1).
    """
    return d * e * (1.0 + 0.5 * d * (1.0 + d / 3.0))


@inline
def guess_maximum(x, j1, g, r):
    """Return a guess of V_d/a at maximum power from x = V_oc/a, j1 exp(V_d/a) there, and whether the guess is
    good to some 0.01.

    The diode current, E, solves the quadratic that dP/dV_d = 0 becomes at a fixed V_d; then V_d follows from
    E.
    """
    at_oc = 1.0 + j1 - g * x
    y = x * (x + 4.2) / (x + 8.4)  # V_d/a of the ideal diode within 2 %
    rest = 1.0 + j1 - g * y
    b = 1.0 + y + 2.0 * r * (g - rest)
    c = rest * (1.0 + 2.0 * r * g) - g * y
    good = c > 0.1 and at_oc > 0.1  # the shunt carries the smaller part of the current
    c = max(c, 0.1)
    root = abs(b) + sqrt(b * b + 8.0 * r * c)
    e = (2.0 * c if b > 0.0 else root) / (root if b > 0.0 else 4.0 * r)  # neither form cancels
    guess = x + log(e / max(at_oc, 0.1))
    return guess, e, good and 0.0 < guess < x


@inline
def load(w, lane, c, ordinary):
    """Put a row into a lane; one that is not ordinary leaves it to any cell that is."""
    w[I_L + lane] = c.photocurrent if ordinary else 1.0
    w[I_01 + lane] = c.saturation_current if ordinary else 1e-10
    w[R_S + lane] = c.resistance_series if ordinary else 0.0
    w[G_SH + lane] = c.shunt if ordinary else 0.0
    w[A + lane] = c.a if ordinary else 1.0
    w[SOLVED + lane] = 1.0 if ordinary else 0.0


@inline
def store(w, lane, out, row):
    """Write a lane's five scalars, in the order of ``diode``."""
    out[0, row] = w[I_SC + lane]
    out[1, row] = w[V_OC + lane]
    out[2, row] = w[I_MP + lane]
    out[3, row] = w[V_MP + lane]
    out[4, row] = w[P_MP + lane]


@jit
def solve_lanes(w):
    """Solve every lane; SOLVED stays 1 where all three searches have come to an end."""
    for i in range(LANES):
        unit = 1.0 / w[I_L + i]
        j1 = w[I_01 + i] * unit
        g = w[A + i] * w[G_SH + i] * unit
        r = w[R_S + i] * w[I_L + i] / w[A + i]

        x = log(1.0 + 1.0 / j1)  # without shunt
        shunt = g * x
        e = 1.0 + j1
        x += root_step(min(shunt, 0.5), e + g, e, e)
        e = j1 * exp(x)
        d = root_step(e - j1 + g * x - 1.0, e + g, e, e)
        solved = shunt < 0.5 and is_last(d, x)
        x_oc = x + d

        x = min(r / (1.0 + r * g), x_oc)
        e = j1 * exp(x)
        d = root_step(x + r * (e - j1 + g * x) - r, 1.0 + r * (e + g), r * e, r * e)
        solved = solved and is_last(d, x)
        x += d
        lost = e - j1 + risen(e, d) + g * x
        slope = e + d * e + g
        i_sc = x / r if r * slope > 1.0 else 1.0 - lost  # whichever passes on less of the error of x

        x, e, good = guess_maximum(x_oc, j1, g, r)
        x += power_step(x, e - j1 + g * x, e + g, e, e, e, r)[1]
        x = min(max(x, 0.0), x_oc)
        e = j1 * exp(x)
        d = power_step(x, e - j1 + g * x, e + g, e, e, e, r)[1]
        solved = solved and good and is_last(d, x)
        x += d
        s = e + g + risen(e, d)
        j_mp = s * x / (1.0 + 2.0 * r * s)

        i_mp = j_mp * w[I_L + i]
        v_mp = (x - r * j_mp) * w[A + i]
        w[I_SC + i] = i_sc * w[I_L + i]
        w[V_OC + i] = x_oc * w[A + i]
        w[I_MP + i] = i_mp
        w[V_MP + i] = v_mp
        w[P_MP + i] = i_mp * v_mp
        w[SOLVED + i] = w[SOLVED + i] if solved and 0.0 < x < x_oc else 0.0
