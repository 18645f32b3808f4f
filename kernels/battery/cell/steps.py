"""A protocol step from its start to its end: time steps of variable size and order, events, records.

A step starts with a step of 1 ns that makes currents and potentials consistent; then order and size follow
the estimated local error. A time step that passes an end is taken again, shorter, until the end is met to
``MET``.

A charge as fast as its limits allow holds one limit at a time, by an equation of the system that every time
step solves; where a step passes another limit, it is shortened to end there, and that limit is held from then
on.
"""

from math import inf, isnan

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import absolute, begin_step, elapsed, set_clock
from energymodels.kernels.battery.cell.events import (
    BELOW,
    E_NONE,
    E_ONSET,
    END_TIME,
    L_CURRENT,
    MET,
    NO_CURRENT,
    code_of,
    first_passed,
    passed,
    set_ends,
    watch,
)
from energymodels.kernels.battery.cell.history import least
from energymodels.kernels.battery.cell.instant import is_profile, next_corner, start_step, wanted
from energymodels.kernels.battery.cell.limits import NONE, REST, rests_for, take_limit
from energymodels.kernels.battery.cell.material import set_temperature
from energymodels.kernels.battery.cell.observe import observe, record, sample
from energymodels.kernels.battery.cell.stages import (
    G,
    settle_stages,
    stages_error,
    stages_factor,
    take,
)
from energymodels.kernels.battery.cell.stepper import choose, first_step, kept, restart, step_error
from energymodels.kernels.jit import inner

SHORTEST = 1e-10  # s
FINE = 1e-6  # of the local time: a shorter step wants the clock set
FIRST_MOVING = 0.01  # s
SCARCE = 1.0  # mol m-3: below it a failure is the electrolyte's
MOST_STEPS = 20000  # from one bend of what is asked for to the next
MOST_FAILURES = 60  # in a row
MOST_LANDINGS = 100  # five are usual
MOST_PHASES = 1000  # limits held one after the other; three are usual
FOREVER = 1e9  # s: a step that ends by no time and has not ended by then never will
FAILED = -2  # in place of an event


@inner
def why_not(w, mesh, kind, at_once):
    """Return the status of a case that could not be followed any further."""
    if least(w.node[at.C], mesh.n + mesh.s + mesh.p) < SCARCE:
        return status.ELECTROLYTE_DEPLETED
    return status.POWER_OUT_OF_REACH if at_once and kind == of.POWER else status.NO_CONVERGENCE


@inner
def land(w, mesh, c, tables, step, profiles, kind, fidelity, event):
    """Shorten the step just solved until it ends where an end is met; return that end's event.

    Regula falsi on the step's length (Illinois), every value a step of its own, solved more closely than an
    ordinary one. NONE if that shows the end not met after all: the step just solved is an ordinary one.
    FAILED if a step could not be solved.
    """
    head = w.now[at.HEAD]
    new = at.new_slot(w)
    t = w.weights[at.TIMES, head]
    low = 0.0
    high = w.weights[at.TIMES, new] - t
    g_low = min(passed(event, w, mesh, c, w.points[head]), -1e-300)
    g_high = passed(event, w, mesh, c, w.points[new])
    side = 0
    for _ in range(MOST_LANDINGS):
        if abs(passed(event, w, mesh, c, w.points[new])) <= MET:
            return event
        near = high - low < 1e-13 * (t + high) + 0.01 * SHORTEST
        h = high if near else (low * g_high - high * g_low) / (g_high - g_low)
        if not near and not low < h < high:
            h = 0.5 * (low + high)
        good, _ = take(w, mesh, c, tables, step, profiles, t + h, kind, fidelity, 0.01 * c.tolerance)
        if not good:
            return FAILED
        earlier = first_passed(w, mesh, c, w.points[head], w.points[new])
        if earlier >= 0 and earlier != event:
            event = earlier
            low = 0.0
            g_low = min(passed(event, w, mesh, c, w.points[head]), -1e-300)
            side = 0
        g = passed(event, w, mesh, c, w.points[new])
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
def enter(w, mesh, c, tables, fidelity, axis, series, inside, case):
    """Keep and record the instant just solved, from which the time steps of a step, or of a limit held,
    begin.
    """
    t = absolute(w, w.weights[at.TIMES, at.new_slot(w)])
    if axis.size > 0:
        observe(w, mesh, c, tables, fidelity)
        while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= t:
            record(w, series, inside, case, w.series[at.new_slot(w)], w.points[at.new_slot(w)])
    kept(w, mesh, c, tables, fidelity, w.now[at.HEAD], True)
    restart(w)
    point = w.points[0]
    w.weights[at.GOALS, E_ONSET] = -BELOW
    w.weights[at.SIGNS, E_ONSET] = 0.0
    if isnan(w.memory[at.ONSET]):
        if point[at.LOW] < -BELOW:
            w.memory[at.ONSET] = -point[at.CHARGE]
        else:
            w.weights[at.SIGNS, E_ONSET] = -1.0
    if c.lumped != 0.0:
        set_temperature(tables, w.index, w.coefficients, point[at.T])


@inner
def run_step(w, mesh, c, tables, step, profiles, fidelity, axis, series, inside, case):
    """Run one protocol step from the newest point. Return (status, termination, time steps)."""
    kind = int(step[of.KIND])
    limited = kind == of.LIMITS
    if kind == of.CURRENT_PROFILE:
        kind = int(of.CURRENT)
    elif kind == of.POWER_PROFILE:
        kind = int(of.POWER)
    restart(w)
    begin_step(w)
    for other in range(L_CURRENT, E_ONSET):
        w.weights[at.SIGNS, other] = 0.0
    total = 0
    event = NONE
    for phase in range(MOST_PHASES):
        before = w.points[0, at.I]
        good = True
        if limited:
            w.memory[at.IDLE] = 0.0
            kind, good = take_limit(w, mesh, c, tables, step, profiles, event, fidelity)
            if kind == NONE:
                w.memory[at.IDLE] = rests_for(w, c, profiles, w.points[0])
                if w.memory[at.IDLE] == 0.0:
                    return status.OK, NO_CURRENT, total
                kind = int(of.CURRENT)
                good = start_step(w, mesh, c, tables, profiles, kind, 0.0, fidelity, 0.01 * c.tolerance)
        else:
            goal = wanted(w, c, step, profiles, kind, 0.0)
            good = start_step(w, mesh, c, tables, profiles, kind, goal, fidelity, 0.01 * c.tolerance)
        if not good:
            return why_not(w, mesh, kind, True), 0, total
        enter(w, mesh, c, tables, fidelity, axis, series, inside, case)
        if phase == 0:
            set_ends(step, c, w, w.points[0], kind)
        if limited:
            watch(w, mesh, c, step, w.points[0], kind)
        if phase == 0:
            for end in range(E_NONE + 1):
                if passed(end, w, mesh, c, w.points[0]) >= 0.0:
                    return status.OK, code_of(end), 1
        h = first_step(w, mesh, c, tables, w.points[0, at.I] - before, c.tolerance)
        # the current moves, and nothing tells yet how fast
        if kind != of.CURRENT or step[of.KIND] == of.CURRENT_PROFILE:
            h = min(h, FIRST_MOVING)
        code, event, steps = follow(
            w, mesh, c, tables, step, profiles, kind, h, fidelity, axis, series, inside, case
        )
        total += steps
        # on charge, heat has a least value: none may be held
        if code == status.NO_CONVERGENCE and limited and kind == of.WARM:
            event = REST
        elif code != status.OK or event == NONE:
            return code, END_TIME if code == status.OK else 0, total
        elif event == E_NONE and limited and rests_for(w, c, profiles, w.points[w.now[at.HEAD]]) != 0.0:
            event = REST
        elif event < L_CURRENT:
            return code, code_of(event), total
        restart(w)
    return status.NO_CONVERGENCE, 0, total


@inner
def follow(w, mesh, c, tables, step, profiles, kind, h, fidelity, axis, series, inside, case):
    """Take time steps, the first of size ``h``, until an event or the step's time ends.

    Return (status, event, time steps).
    """
    tolerance = c.tolerance
    staged = is_profile(step)
    since = 0  # steps at this order
    failures = 0
    steps = 0
    effort = 0  # steps since the last bend
    while effort < MOST_STEPS:
        steps += 1
        effort += 1
        head = w.now[at.HEAD]
        t = w.weights[at.TIMES, head]
        ends = min(step[of.END_TIME], next_corner(w, c, step, profiles, t))  # since the protocol's step began
        limit = ends - w.memory[at.ELAPSED]
        last = t + 1.01 * h >= limit
        if last:
            h = limit - t
        elif t + 2.0 * h > limit:
            h = 0.5 * (limit - t)
        t_new = limit if last else t + h
        order = 2 if staged else min(w.now[at.NEXT_ORDER], w.now[at.COUNT])
        w.now[at.NEXT_ORDER] = order
        good, alpha = take(w, mesh, c, tables, step, profiles, t_new, kind, fidelity, tolerance)
        error = error_of(w, mesh, c, tables, step, profiles, alpha, kind, fidelity) if good else 0.0
        new = at.new_slot(w)
        event = NONE
        if good and error <= 1.0:
            event = first_passed(w, mesh, c, w.points[head], w.points[new])
            if event >= 0:
                event = land(w, mesh, c, tables, step, profiles, kind, fidelity, event)
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
                return why_not(w, mesh, kind, False), NONE, steps
            if h < FINE * t:
                set_clock(w, t, elapsed(w, t))
            continue
        since += 1
        choice, factor = 2, stages_factor(error)
        if not staged:
            choice, factor = choose(w, mesh, c, error, since, fidelity)
        h = max(h, t_new - t) if event == E_ONSET else t_new - t  # the step that was shortened was good
        if last:  # on the clock as exactly as it was asked for
            set_clock(w, t_new, ends)
            effort = 0
        if staged:
            settle_stages(w, mesh, c, tables, 1.0 / (G * (t_new - t)), fidelity, axis.size > 0)
            new = at.new_slot(w)
        if axis.size > 0:
            observe(w, mesh, c, tables, fidelity)
            sample(w, mesh, c, tables, axis, series, inside, case, fidelity)
        kept(w, mesh, c, tables, fidelity, head, kind == of.VOLTAGE)
        if event == E_ONSET:
            w.memory[at.ONSET] = -w.points[new, at.CHARGE]
            w.weights[at.SIGNS, E_ONSET] = 0.0
        elif event >= 0 or (last and ends == step[of.END_TIME]):
            return status.OK, event, steps
        if since > order:
            since = 0
        w.now[at.NEXT_ORDER] = choice
        if failures > 0:
            factor = min(factor, 1.0)
        failures = 0
        h *= factor
        if step[of.END_TIME] == inf and elapsed(w, w.weights[at.TIMES, w.now[at.HEAD]]) > FOREVER:
            return status.END_OUT_OF_REACH, NONE, steps
    return status.TOO_MANY_STEPS, NONE, steps


@inner
def error_of(w, mesh, c, tables, step, profiles, alpha, kind, fidelity):
    """Return the estimated error of the step just solved, in parts of the tolerance."""
    if is_profile(step):
        return stages_error(w, mesh, c, tables, step, profiles, alpha, kind, fidelity)
    return step_error(w, mesh, c, alpha, fidelity) / c.tolerance
