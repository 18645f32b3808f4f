"""A protocol step from its begin to its end: time steps of variable size and order, events, records.

A step begins with a step of 1 ns that makes currents and potentials consistent; then order and size follow the estimated
local error. A time step that passes an end is taken again, shorter, until the end is met to ``MET``.
"""

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery import layout as of
from energymodels.kernels.battery import work as at
from energymodels.kernels.battery.events import END_TIME, EVENTS, MET, code_of, first_passed, passed, set_ends
from energymodels.kernels.battery.material import set_temperature
from energymodels.kernels.battery.observe import observe, record, sample
from energymodels.kernels.battery.stepper import attempt, choose, first_step, kept, restart, step_error
from energymodels.kernels.jit import inner

INSTANT = 1e-9  # s
SHORTEST = 1e-10  # s
FIRST_MOVING = 0.01  # s
SCARCE = 1.0  # mol m-3: below it a failure is the electrolyte's
MOST_STEPS = 20000
MOST_FAILURES = 60  # in a row
MOST_LANDINGS = 100  # five are usual
NONE, FAILED = -1, -2  # in place of an event


@inner
def wanted(w, step, profiles, elapsed):
    """Return what a step asks for at a time since it began: A, V or W; discharge positive."""
    value = step[of.VALUE]
    if step[of.VALUE_PER_C] != 0.0:
        value *= w.memory[at.NOMINAL] / 3600.0
    if step[of.KIND] < of.CURRENT_PROFILE:
        return value
    first = int(step[of.PROFILE_FIRST])
    last = first + int(step[of.PROFILE_COUNT]) - 1
    low = first
    high = last
    if elapsed >= profiles[last, 0]:
        return value * profiles[last, 1]
    while high - low > 1:
        middle = (low + high) // 2
        if profiles[middle, 0] <= elapsed:
            low = middle
        else:
            high = middle
    part = (elapsed - profiles[low, 0]) / (profiles[high, 0] - profiles[low, 0])
    return value * (profiles[low, 1] + part * (profiles[high, 1] - profiles[low, 1]))


@inner
def next_corner(step, profiles, elapsed):
    """Return the time since the step began at which its profile next bends, s."""
    if step[of.KIND] < of.CURRENT_PROFILE:
        return np.inf
    for q in range(int(step[of.PROFILE_FIRST]), int(step[of.PROFILE_FIRST] + step[of.PROFILE_COUNT])):
        if profiles[q, 0] > elapsed + 1e-6:
            return profiles[q, 0]
    return np.inf


@inner
def spread(point, mesh, c, current):
    """Spread a current (A m-2) evenly over either electrode."""
    nodes = mesh.n + mesh.s + mesh.p
    j = current * c.radius_n / (3.0 * c.active_n * c.thickness_n)
    for k in range(mesh.n):
        point[at.FIRST + 2 * nodes + k] = j
    j = -current * c.radius_p / (3.0 * c.active_p * c.thickness_p)
    for k in range(mesh.n + mesh.s, nodes):
        point[at.FIRST + 2 * nodes + k] = j


@inner
def start_step(w, mesh, c, tables, kind, goal, fidelity, tolerance):
    """Make currents and potentials consistent with what a step asks for: an instant's step. Return whether it was found.

    The guess has the reaction spread evenly; where Newton's method does not find the way, the jump is taken in parts.
    """
    point = w.points[w.now[at.HEAD]]
    t = w.weights[at.TIMES, w.now[at.HEAD]] + INSTANT
    first_j = at.FIRST + 2 * (mesh.n + mesh.s + mesh.p)
    current = point[at.I]
    start = current * c.area
    if kind == of.VOLTAGE:
        start = point[at.V]
    elif kind == of.POWER:
        start *= point[at.V]
    for parts in (1, 4, 16):
        good = True
        point[at.I] = current
        for part in range(1, parts + 1):
            now = start + (goal - start) * part / parts
            if part == 1:
                guess = current
                if kind != of.VOLTAGE:
                    guess = now / c.area if kind == of.CURRENT else now / (c.area * point[at.V])
                spread(point, mesh, c, guess)
            good, _ = attempt(w, mesh, c, tables, t, kind, now, fidelity, tolerance)
            if not good:
                break
            found = w.points[at.new_slot(w)]
            point[at.I] = found[at.I]
            for q in range(first_j, point.size):
                point[q] = found[q]
        if good:
            return True
    return False


@inner
def why_not(w, mesh, kind, at_once):
    """Return the status of a case that could not be followed any further."""
    least = w.node[at.C, 0]
    for k in range(1, mesh.n + mesh.s + mesh.p):
        least = min(least, w.node[at.C, k])
    if least < SCARCE:
        return status.ELECTROLYTE_DEPLETED
    return status.POWER_OUT_OF_REACH if at_once and kind == of.POWER else status.NO_CONVERGENCE


@inner
def land(w, mesh, c, tables, step, profiles, begun, kind, fidelity, event):
    """Shorten the step just solved until it ends where an end is met; return that end's event.

    Regula falsi on the step's length (Illinois), every value a step of its own, solved more closely than an ordinary one. NONE if
    that shows the end not met after all: the step just solved is an ordinary one. FAILED if a step could not be solved.
    """
    head = w.now[at.HEAD]
    new = at.new_slot(w)
    t = w.weights[at.TIMES, head]
    low = 0.0
    high = w.weights[at.TIMES, new] - t
    g_low = min(passed(event, w, c, w.points[head]), -1e-300)
    g_high = passed(event, w, c, w.points[new])
    side = 0
    for _ in range(MOST_LANDINGS):
        if abs(passed(event, w, c, w.points[new])) <= MET:
            return event
        near = high - low < 1e-13 * (t + high)
        h = high if near else (low * g_high - high * g_low) / (g_high - g_low)
        if not near and not low < h < high:
            h = 0.5 * (low + high)
        goal = wanted(w, step, profiles, t + h - begun)
        good, _ = attempt(w, mesh, c, tables, t + h, kind, goal, fidelity, 0.01 * c.tolerance)
        if not good:
            return FAILED
        earlier = first_passed(w, c, w.points[head], w.points[new])
        if earlier >= 0 and earlier != event:
            event = earlier
            low = 0.0
            g_low = min(passed(event, w, c, w.points[head]), -1e-300)
            side = 0
        g = passed(event, w, c, w.points[new])
        if near:
            return event if g >= -MET else NONE
        if g > 0.0:
            high = h
            g_high = g
            if side == 1:
                g_low *= 0.5
            side = 1
        else:
            low = h
            g_low = g
            if side == -1:
                g_high *= 0.5
            side = -1
    return FAILED


@inner
def run_step(w, mesh, c, tables, step, profiles, fidelity, axis, series, inside, case):
    """Run one protocol step from the newest point. Return (status, termination, time steps)."""
    recording = axis.size > 0
    kind = int(step[of.KIND])
    if kind == of.CURRENT_PROFILE:
        kind = int(of.CURRENT)
    elif kind == of.POWER_PROFILE:
        kind = int(of.POWER)
    tolerance = c.tolerance
    restart(w)
    begun = w.weights[at.TIMES, 0]
    ends_at = begun + step[of.END_TIME]
    before = w.points[0, at.I]
    goal = wanted(w, step, profiles, 0.0)
    if not start_step(w, mesh, c, tables, kind, goal, fidelity, 0.01 * tolerance):
        return why_not(w, mesh, kind, True), 0, 0
    if recording:
        observe(w, mesh, c, tables, fidelity)
        while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= begun + INSTANT:
            record(w, series, inside, case, w.series[at.new_slot(w)], w.points[at.new_slot(w)])
    kept(w, mesh, c, tables, fidelity)
    restart(w)
    point = w.points[0]
    set_ends(step, c, w, point, kind)
    for event in range(EVENTS):
        if passed(event, w, c, point) >= 0.0:
            return status.OK, code_of(event), 1
    if c.lumped != 0.0:
        set_temperature(tables, w.index, w.coefficients, point[at.T])
    h = first_step(w, mesh, c, tables, point[at.I] - before, tolerance)
    if step[of.KIND] != of.CURRENT:  # the current moves by itself, and nothing tells yet how fast
        h = min(h, FIRST_MOVING)
    since = 0  # steps at this order
    failures = 0
    for steps in range(MOST_STEPS):
        t = w.weights[at.TIMES, w.now[at.HEAD]]
        limit = min(ends_at, begun + next_corner(step, profiles, t - begun))
        last = t + 1.01 * h >= limit
        if last:
            h = limit - t
        elif t + 2.0 * h > limit:
            h = 0.5 * (limit - t)
        t_new = limit if last else t + h
        order = min(w.now[at.NEXT_ORDER], w.now[at.COUNT])
        w.now[at.NEXT_ORDER] = order
        goal = wanted(w, step, profiles, t_new - begun)
        good, alpha = attempt(w, mesh, c, tables, t_new, kind, goal, fidelity, tolerance)
        error = step_error(w, mesh, c, alpha, fidelity) / tolerance if good else 0.0
        new = at.new_slot(w)
        event = NONE
        if good and error <= 1.0:
            event = first_passed(w, c, w.points[w.now[at.HEAD]], w.points[new])
            if event >= 0:
                event = land(w, mesh, c, tables, step, profiles, begun, kind, fidelity, event)
                good = event != FAILED
                t_new = w.weights[at.TIMES, new]
                last = last and t_new == limit
        if not good or not error <= 1.0:
            failures += 1
            since = 0
            h *= max(0.2, 0.9 * error ** (-1.0 / (order + 1))) if error > 1.0 else 0.25
            if failures > 3:
                w.now[at.NEXT_ORDER] = 1
            if h < SHORTEST or failures > MOST_FAILURES:
                return why_not(w, mesh, kind, False), 0, steps + 1
            continue
        since += 1
        choice, factor = choose(w, mesh, c, error, since, fidelity)
        if recording:
            observe(w, mesh, c, tables, fidelity)
            sample(w, mesh, c, tables, axis, series, inside, case, fidelity)
        if event >= 0 or (last and limit == ends_at):
            kept(w, mesh, c, tables, fidelity)
            return status.OK, code_of(event) if event >= 0 else END_TIME, steps + 1
        if since > order:
            since = 0
        w.now[at.NEXT_ORDER] = choice
        if failures > 0:
            factor = min(factor, 1.0)
        failures = 0
        h = (t_new - t) * factor
        kept(w, mesh, c, tables, fidelity)
    return status.TOO_MANY_STEPS, 0, MOST_STEPS
