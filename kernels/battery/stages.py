"""A step of two stages, for currents and powers that bend again and again: it needs no past to be of second order.

With g = 1 - 1/sqrt(2) (Alexander 1977, key ``alexander1977``, his L-stable method of two stages):

    Y  = y0 + g h F(Y)                       at t + g h
    y1 = y0 + (1 - g) h F(Y) + g h F(y1)     at t + h

Each stage is of the form F = alpha (y - past) that every step of a cell solves. Quadrature by the same formula is exact for a current
that is linear in time: the charge of a profile is that of its trapezoids, and lithium follows it.
"""

from math import sqrt

from energymodels.kernels.battery import work as at
from energymodels.kernels.battery.clock import elapsed
from energymodels.kernels.battery.history import copy
from energymodels.kernels.battery.instant import is_profile, wanted
from energymodels.kernels.battery.layout import D_N, D_P
from energymodels.kernels.battery.material import is_constant
from energymodels.kernels.battery.observe import observe
from energymodels.kernels.battery.stepper import attempt, difference, predict, solve_at
from energymodels.kernels.jit import inner

G = 1.0 - sqrt(0.5)
THIRD = abs(1.0 / 6.0 - 3.0 * G * G + 2.0 * G * G * G)  # error of a step: this times h^3 y'''
GROWTH = 4.0


@inner
def blend(a, x, b, y, out):
    """Set ``out`` to a x + b y."""
    for q in range(out.size):
        out[q] = a * x[q] + b * y[q]


@inner
def two_stages(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance):
    """Step from the newest point to ``t_new``, into the slot after it; the first stage into row STAGE. Return (converged, alpha)."""
    head, new = w.now[at.HEAD], at.new_slot(w)
    t = w.weights[at.TIMES, head]
    alpha = 1.0 / (G * (t_new - t))
    middle = t + G * (t_new - t)
    copy(w.points[at.PAST], w.points[head])
    copy(w.profiles[at.HISTORY], w.profiles[head])
    predict(w, tables, head, min(2, w.now[at.COUNT]), middle)
    goal = wanted(w, c, step, profiles, kind, elapsed(w, middle))
    if not solve_at(w, mesh, c, tables, profiles, middle, alpha, kind, goal, fidelity, tolerance):
        return False, alpha
    stage, profile = w.points[at.STAGE], w.profiles[at.STAGE_PROFILE]
    copy(stage, w.points[new])
    copy(profile, w.profiles[new])
    w.memory[at.STAGE_HEAT] = w.memory[at.HEAT_NOW]
    a = (1.0 - G) / G
    blend(a, stage, 1.0 - a, w.points[head], w.points[at.PAST])
    blend(a, profile, 1.0 - a, w.profiles[head], w.profiles[at.HISTORY])
    blend(1.0 / G, stage, 1.0 - 1.0 / G, w.points[head], w.points[at.PREDICTED])
    if not (is_constant(tables, w.index, D_N) and is_constant(tables, w.index, D_P)):
        blend(1.0 / G, profile, 1.0 - 1.0 / G, w.profiles[head], w.profiles[new])
    goal = wanted(w, c, step, profiles, kind, elapsed(w, t_new))
    return solve_at(w, mesh, c, tables, profiles, t_new, alpha, kind, goal, fidelity, tolerance), alpha


@inner
def take(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance):
    """Step from the newest point to ``t_new`` as the protocol's step asks: in two stages along a profile. Return (converged, alpha)."""
    if is_profile(step):
        return two_stages(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance)
    goal = wanted(w, c, step, profiles, kind, elapsed(w, t_new))
    return attempt(w, mesh, c, tables, profiles, t_new, kind, goal, fidelity, tolerance)


@inner
def stages_error(w, mesh, c, alpha, fidelity):
    """Return the estimated error of the two stages just solved.

    Slopes at the begin, at the stage and at the end give the third derivative. Where the fastest states follow a bend they know
    nothing of it; the two last slopes, whose difference is the error of a method of first order, do. The smaller of both counts.
    """
    new = at.new_slot(w)
    y0, stage, y1 = w.points[w.now[at.HEAD]], w.points[at.STAGE], w.points[new]
    past, slope, other = w.points[at.PAST], w.points[at.SLOPE], w.points[at.PREDICTED]
    h = 1.0 / (G * alpha)
    known = w.now[at.COUNT] > 1
    for q in range(y1.size):
        f1 = alpha * (stage[q] - y0[q])
        f2 = alpha * (y1[q] - past[q])
        error = 0.5 * h * (f2 - f1) / (1.0 - G)
        if known:
            third = 2.0 * THIRD * h * (slope[q] / G - f1 / (G * (1.0 - G)) + f2 / (1.0 - G))
            error = min(max(third, -abs(error)), abs(error))
        other[q] = y1[q] + error
    return difference(w, mesh, c, y1, other, fidelity)


@inner
def stages_factor(error):
    """Return by what the next step may be longer than one of this ``error``, in parts of the tolerance."""
    return min(GROWTH, 1.0 / (1.1 * max(error, 1e-12) ** (1.0 / 3.0)))


@inner
def settle_stages(w, mesh, c, tables, alpha, fidelity, observed):
    """Make the stage the newest point and the end of the step the new one, so that a parabola through all three is the step's.

    The stage is moved to where slopes that are straight within the step would have it. ``observed``: records are kept.
    """
    head, first = w.now[at.HEAD], at.new_slot(w)
    last = (first + 1) % at.HISTORY
    y0, stage, y1, past = w.points[head], w.points[at.STAGE], w.points[first], w.points[at.PAST]
    correction = 0.5 * G / (1.0 - G) / alpha
    for q in range(y1.size):
        f1 = alpha * (stage[q] - y0[q])
        f2 = alpha * (y1[q] - past[q])
        w.points[at.SLOPE, q] = f2
        w.points[last, q] = y1[q]
        y1[q] = stage[q] - correction * (f2 - f1)
    copy(w.profiles[last], w.profiles[first])
    times = w.weights[at.TIMES]
    times[last] = times[first]
    times[first] = times[head] + 1.0 / alpha
    if observed:
        heat = w.memory[at.HEAT_NOW]
        w.memory[at.HEAT_NOW] = w.memory[at.STAGE_HEAT]
        observe(w, mesh, c, tables, fidelity)
        w.memory[at.HEAT_NOW] = heat
    w.now[at.HEAD] = first
    w.now[at.COUNT] = min(w.now[at.COUNT] + 1, at.HISTORY - 1)
    w.now[at.NEXT_ORDER] = 2
