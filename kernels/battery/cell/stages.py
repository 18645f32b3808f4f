"""A step of two stages, for currents and powers that bend again and again: it needs no past to be of second
order.

With g = 1 - 1/sqrt(2) (Alexander 1977, key ``alexander1977``, his L-stable method of two stages):

    Y  = y0 + g h F(Y)                       at t + g h
    y1 = y0 + (1 - g) h F(Y) + g h F(y1)     at t + h

Each stage is of the form F = alpha (y - past) that every step of a cell solves. Quadrature by the same
formula is exact for a current that is linear in time: the charge of a profile is that of its trapezoids, and
lithium follows it.
"""

from math import sqrt

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import elapsed
from energymodels.kernels.battery.cell.history import copy
from energymodels.kernels.battery.cell.instant import is_profile, wanted
from energymodels.kernels.battery.cell.layout import D_N, D_P
from energymodels.kernels.battery.cell.material import is_constant
from energymodels.kernels.battery.cell.observe import observe
from energymodels.kernels.battery.cell.stepper import attempt, difference, predict, solve_at
from energymodels.kernels.jit import inner

G = 1.0 - sqrt(0.5)
THIRD = abs(1.0 / 6.0 - 3.0 * G * G + 2.0 * G * G * G)  # error of a step: this times h^3 y'''
GROWTH = 4.0
HOPELESS = 100.0  # tolerances: so large an error is not looked at twice


@inner
def blend(a, x, b, y, out):
    """Set ``out`` to a x + b y."""
    for q in range(out.size):
        out[q] = a * x[q] + b * y[q]


@inner
def set_past(w, head):
    """Set the weighted past of the second stage."""
    a = (1.0 - G) / G
    blend(a, w.points[at.STAGE], 1.0 - a, w.points[head], w.points[at.PAST])
    blend(a, w.profiles[at.STAGE_PROFILE], 1.0 - a, w.profiles[head], w.profiles[at.HISTORY])


@inner
def two_stages(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance):
    """Step from the newest point to ``t_new``, into the slot after it, the first stage into row STAGE.

    Return (found, alpha).
    """
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
    set_past(w, head)
    blend(1.0 / G, stage, 1.0 - 1.0 / G, w.points[head], w.points[at.PREDICTED])
    if not (is_constant(tables, w.index, D_N) and is_constant(tables, w.index, D_P)):
        blend(1.0 / G, profile, 1.0 - 1.0 / G, w.profiles[head], w.profiles[new])
    goal = wanted(w, c, step, profiles, kind, elapsed(w, t_new))
    return solve_at(w, mesh, c, tables, profiles, t_new, alpha, kind, goal, fidelity, tolerance), alpha


@inner
def take(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance):
    """Step from the newest point to ``t_new`` as the protocol's step asks, a profile in two stages.

    Return (found, alpha).
    """
    if is_profile(step):
        return two_stages(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance)
    goal = wanted(w, c, step, profiles, kind, elapsed(w, t_new))
    return attempt(w, mesh, c, tables, profiles, t_new, kind, goal, fidelity, tolerance)


@inner
def raw_error(alpha, y0, stage, y1, past, slope, known, error):
    """Set ``error`` to the estimated error of two stages.

    Slopes at the start, at the stage and at the end give the third derivative. Where the fastest states
    follow a bend they know nothing of it; the two last slopes, whose difference is the error of a method of
    first order, do. The smaller of both counts.
    """
    h = 1.0 / (G * alpha)
    for q in range(error.size):
        f1 = alpha * (stage[q] - y0[q])
        f2 = alpha * (y1[q] - past[q])
        first = abs(0.5 * h * (f2 - f1) / (1.0 - G))
        error[q] = first
        if known:
            third = 2.0 * THIRD * h * (slope[q] / G - f1 / (G * (1.0 - G)) + f2 / (1.0 - G))
            error[q] = min(max(third, -first), first)


@inner
def stages_error(w, mesh, c, tables, step, profiles, alpha, kind, fidelity):
    """Return the estimated error of the two stages just solved, in parts of the tolerance.

    What the slopes tell overrates states that settle faster than the step is long. So it is looked at twice
    where it is too much.
    """
    head, new = w.now[at.HEAD], at.new_slot(w)
    y0, stage, y1, other = w.points[head], w.points[at.STAGE], w.points[new], w.points[at.PREDICTED]
    known = w.now[at.COUNT] > 1
    raw_error(alpha, y0, stage, y1, w.points[at.PAST], w.points[at.SLOPE], known, other)
    for q in range(other.size):
        other[q] += y1[q]
    error = difference(w, mesh, c, y1, other, fidelity) / c.tolerance
    if not 1.0 < error < HOPELESS:
        return error
    return forgotten(w, mesh, c, tables, step, profiles, alpha, kind, fidelity, error)


@inner
def forgotten(w, mesh, c, tables, step, profiles, alpha, kind, fidelity, error):
    """Return what of an estimated ``error`` (in PREDICTED, with the result) the step's own equations leave,
    in tolerances.

    It goes through the equations of the last stage once more, in which fast states forget it (Hosea and
    Shampine 1996, key ``hosea1996``).
    """
    head, new = w.now[at.HEAD], at.new_slot(w)
    y1, other, known = w.points[new], w.points[at.PREDICTED], w.now[at.COUNT] > 1
    profile, result = w.profiles[new], w.profiles[at.RESULT_PROFILE]
    copy(w.points[at.RESULT], y1)
    copy(result, profile)
    heat = w.memory[at.HEAT_NOW]
    for q in range(other.size):
        w.points[at.PAST, q] += other[q] - y1[q]
        other[q] = y1[q]
    slopes, back = w.profiles[at.SLOPE_PROFILE], w.profiles[at.HISTORY]
    raw_error(alpha, w.profiles[head], w.profiles[at.STAGE_PROFILE], result, back, slopes, known, profile)
    for q in range(profile.size):
        back[q] += profile[q]
        profile[q] = result[q]
    t_new = w.weights[at.TIMES, new]
    goal = wanted(w, c, step, profiles, kind, elapsed(w, t_new))
    if solve_at(w, mesh, c, tables, profiles, t_new, alpha, kind, goal, fidelity, c.tolerance):
        error = difference(w, mesh, c, w.points[at.RESULT], y1, fidelity) / c.tolerance
    copy(y1, w.points[at.RESULT])
    copy(profile, result)
    set_past(w, head)
    w.memory[at.HEAT_NOW] = heat
    return error


@inner
def stages_factor(error):
    """Return by what the next step may be longer than one of this ``error``, in parts of the tolerance."""
    return min(GROWTH, 1.0 / (1.1 * max(error, 1e-12) ** (1.0 / 3.0)))


@inner
def settle_stages(w, mesh, c, tables, alpha, fidelity, observed):
    """Make the stage the newest point and the end of the step the new one, so that a parabola through all
    three is the step's.

    The states of the stage are moved to where slopes that are straight within the step would have them; what
    follows from states, voltages and currents of the surfaces, stays. ``observed``: records are kept.
    """
    head, first = w.now[at.HEAD], at.new_slot(w)
    last = (first + 1) % at.HISTORY
    y0, stage, y1, past = w.points[head], w.points[at.STAGE], w.points[first], w.points[at.PAST]
    for q in range(y1.size):
        w.points[at.SLOPE, q] = alpha * (y1[q] - past[q])
        w.points[last, q] = y1[q]
        y1[q] = stage[q]
    if observed:
        heat = w.memory[at.HEAT_NOW]
        w.memory[at.HEAT_NOW] = w.memory[at.STAGE_HEAT]
        observe(w, mesh, c, tables, fidelity)
        w.memory[at.HEAT_NOW] = heat
    correction = 0.5 * G / (1.0 - G) / alpha
    first_j = at.FIRST + 2 * (mesh.n + mesh.s + mesh.p)
    last_j = at.FIRST + 3 * (mesh.n + mesh.s + mesh.p)
    for q in range(y1.size):
        if q >= last_j or at.FIRST <= q < first_j or q in (at.T, at.CHARGE, at.MOVED, at.HEAT):
            y1[q] -= correction * (w.points[at.SLOPE, q] - alpha * (stage[q] - y0[q]))
    for q in range(w.profiles.shape[1]):
        w.profiles[at.SLOPE_PROFILE, q] = alpha * (w.profiles[first, q] - w.profiles[at.HISTORY, q])
        w.profiles[last, q] = w.profiles[first, q]
    times = w.weights[at.TIMES]
    times[last] = times[first]
    times[first] = times[head] + 1.0 / alpha
    w.now[at.HEAD] = first
    w.now[at.COUNT] = min(w.now[at.COUNT] + 1, at.HISTORY - 1)
    w.now[at.NEXT_ORDER] = 2
