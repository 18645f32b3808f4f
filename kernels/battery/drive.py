"""A case from its first step to its end: protocol steps, time steps of variable size and order, events, records.

A protocol step begins with a step of 1 ns that makes currents and potentials consistent; then order and size follow the estimated
local error. A step that passes an end is taken again, shorter, until the end is met to ``MET``.
"""

from math import isnan, sqrt

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery import dfn, spm
from energymodels.kernels.battery import layout as of
from energymodels.kernels.battery import particle
from energymodels.kernels.battery import row as to
from energymodels.kernels.battery import work as at
from energymodels.kernels.battery.balance import balance
from energymodels.kernels.battery.history import combine, differentiate, extrapolate
from energymodels.kernels.battery.material import is_constant, set_case, set_temperature, value
from energymodels.kernels.battery.observe import DFN, SPM, SPME, observe, open_circuit, sample
from energymodels.kernels.battery.row import ROW
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner, jit

ORDER = 5
GROWTH = (0.0, 2.0, 2.0, 2.0, 1.5, 1.5)
INSTANT = 1e-9  # s
SHORTEST = 1e-10  # s
MOST_STEPS = 20000
MOST_FAILURES = 60  # in a row
MET = 1e-8  # how closely an end is met: V, K, parts of the nominal capacity or current
EVENTS = 7
E_VOLTAGE, E_CURRENT, E_TEMPERATURE, E_CAPACITY, E_SOC, E_LOW, E_HIGH = np.arange(EVENTS)
# termination codes: positions in ``layout.TERMINATIONS``
END_VOLTAGE, END_CURRENT, END_TIME, END_TEMPERATURE, END_CAPACITY, END_SOC, VOLTAGE_MIN, VOLTAGE_MAX = np.arange(1, 9)


@inner
def code_of(event):
    """Return the termination code of an event."""
    if event <= E_CURRENT:
        return END_VOLTAGE + event
    if event <= E_SOC:
        return END_TEMPERATURE + event - E_TEMPERATURE
    return VOLTAGE_MIN + event - E_LOW


@inner
def begin(w, mesh, c, tables, index, fidelity):
    """Set materials, geometry and the state of the cell at rest in slot 0. Return a status."""
    w.index[:] = index[c.set]
    set_case(w.index, w.gain, c)
    set_temperature(tables, w.index, w.gain, w.coefficients, c.temperature)
    w.memory[:] = 0.0
    w.memory[at.CURVATURE] = 1.0
    if not balance(tables, w, c):
        return status.OUT_OF_RANGE
    n, s, p = mesh.n, mesh.s, mesh.p
    node = w.node
    node[:] = 0.0
    for k in range(n + s + p):
        if k < n:
            node[at.DX, k] = mesh.widths[k] * c.thickness_n
            node[at.POROSITY, k] = c.porosity_n
            node[at.EFFICIENCY, k] = c.efficiency_n
            node[at.SHARE, k] = mesh.widths[k]
        elif k < n + s:
            node[at.DX, k] = mesh.widths[k] * c.thickness_s
            node[at.POROSITY, k] = c.porosity_s
            node[at.EFFICIENCY, k] = c.efficiency_s
        else:
            node[at.DX, k] = mesh.widths[k] * c.thickness_p
            node[at.POROSITY, k] = c.porosity_p
            node[at.EFFICIENCY, k] = c.efficiency_p
            node[at.SHARE, k] = -mesh.widths[k]
    cells = mesh.radial.shape[1] * (n if fidelity == DFN else 1)
    w.profiles[0, :cells] = w.memory[at.THETA_N]
    w.profiles[0, cells:] = w.memory[at.THETA_P]
    w.times[0] = 0.0
    w.now[:] = 0
    point = w.points[0]
    point[:] = 0.0
    point[at.T] = c.temperature
    point[at.V] = open_circuit(w, tables, 0.0, c.temperature - c.reference_temperature)
    nodes = n + s + p
    point[at.FIRST : at.FIRST + nodes] = c.c_e
    point[at.FIRST + nodes : at.FIRST + nodes + n] = w.memory[at.THETA_N]
    point[at.FIRST + nodes + n + s : at.FIRST + 2 * nodes] = w.memory[at.THETA_P]
    return status.OK


@inner
def attempt(w, mesh, c, tables, t_new, kind, target, fidelity, tolerance):
    """Step from the newest point to ``t_new``, into the slot after it. Return (converged, alpha)."""
    head, count, order = w.now[at.HEAD], w.now[at.COUNT], w.now[at.NEXT_ORDER]
    new = at.new_slot(w)
    alpha = differentiate(w.times, head, order, t_new, w.weights[at.BACK])
    many = min(order + 1, count)
    extrapolate(w.times, head, many, t_new, w.weights[at.PREDICT])
    combine(w.points, head, w.weights[at.BACK], order, w.past)
    combine(w.points, head, w.weights[at.PREDICT], many, w.predicted)
    combine(w.profiles, head, w.weights[at.BACK], order, w.back)
    if not (is_constant(tables, w.index, of.D_N) and is_constant(tables, w.index, of.D_P)):
        combine(w.profiles, head, w.weights[at.PREDICT], many, w.profiles[new])
    w.times[new] = t_new
    if fidelity == DFN:
        return dfn.advance(w, mesh, c, tables, new, alpha, kind, target, tolerance), alpha
    return spm.advance(w, mesh, c, tables, new, alpha, kind, target, tolerance, fidelity == SPME), alpha


@inner
def difference(w, mesh, c, a, b, fidelity, nominal):
    """Return the norm of the difference of two points: the largest of T (100 K), I (10C) and root mean squares of the concentrations.

    Surfaces count as stoichiometries and as potentials (1 V), so that steep ends of a potential are met with care.
    """
    nodes = mesh.n + mesh.s + mesh.p
    size = max(0.01 * abs(a[at.T] - b[at.T]), abs(a[at.I] - b[at.I]) * c.area * 360.0 / nominal)
    if fidelity != SPM:
        total = 0.0
        for q in range(at.FIRST, at.FIRST + nodes):
            d = a[q] - b[q]
            total += d * d
        size = max(size, sqrt(total / nodes) / c.c_e)
    for side in range(2):
        first = 0 if side == 0 else mesh.n + mesh.s
        many = 1 if fidelity != DFN else mesh.n if side == 0 else mesh.p
        total = 0.0
        for k in range(first, first + many):
            d = a[at.FIRST + nodes + k] - b[at.FIRST + nodes + k]
            slope = w.node[at.OCP_SLOPE, k]
            total += d * d * max(1.0, slope * slope)
        size = max(size, sqrt(total / many))
    return size


@inner
def neighbour_error(w, mesh, c, order, row, fidelity, nominal):
    """Return the estimated error of the step just solved, had it been of ``order``."""
    head = w.now[at.HEAD]
    new = at.new_slot(w)
    t_new = w.times[new]
    extrapolate(w.times, head, order + 1, t_new, w.weights[row])
    combine(w.points, head, w.weights[row], order + 1, w.predicted)
    alpha = 0.0
    for m in range(order):
        alpha += 1.0 / (t_new - w.times[(head - m) % at.HISTORY])
    reach = t_new - w.times[(head - order) % at.HISTORY]
    return difference(w, mesh, c, w.points[new], w.predicted, fidelity, nominal) / (alpha * reach)


@inner
def set_ends(step, c, w, point, kind, nominal, goals, signs):
    """Set goals and directions of the ends of a step; an end that the step does not have gets the direction 0."""
    signs[:] = 0.0
    charging = 0.0
    if abs(point[at.I]) * c.area > 1e-9 * nominal:
        charging = -1.0 if point[at.I] > 0.0 else 1.0
    if not isnan(step[of.END_VOLTAGE]) and kind != of.VOLTAGE:
        goals[E_VOLTAGE] = step[of.END_VOLTAGE]
        signs[E_VOLTAGE] = charging if charging != 0.0 else (1.0 if goals[E_VOLTAGE] > point[at.V] else -1.0)
    if not isnan(step[of.END_CURRENT]):
        goals[E_CURRENT] = step[of.END_CURRENT] * (nominal / 3600.0 if step[of.END_CURRENT_PER_C] != 0.0 else 1.0)
        signs[E_CURRENT] = 1.0 if goals[E_CURRENT] > abs(point[at.I]) * c.area and kind == of.POWER else -1.0
    if not isnan(step[of.END_TEMPERATURE]):
        goals[E_TEMPERATURE] = step[of.END_TEMPERATURE]
        signs[E_TEMPERATURE] = 1.0 if goals[E_TEMPERATURE] > point[at.T] else -1.0
    if not isnan(step[of.END_CAPACITY]):
        amount = step[of.END_CAPACITY] * (nominal if step[of.END_CAPACITY_PER_C] != 0.0 else 1.0)
        goals[E_CAPACITY] = point[at.MOVED] + amount
        signs[E_CAPACITY] = 1.0
    if not isnan(step[of.END_SOC]):
        goals[E_SOC] = step[of.END_SOC]
        signs[E_SOC] = 1.0 if goals[E_SOC] > c.soc - point[at.CHARGE] / w.memory[at.CELL] else -1.0
    goals[E_LOW] = c.voltage_min
    signs[E_LOW] = -1.0
    goals[E_HIGH] = c.voltage_max
    signs[E_HIGH] = 1.0


@inner
def passed(event, w, c, point, goals, signs, nominal):
    """Return how far a point lies past an end, in the end's scale; negative before it."""
    if signs[event] == 0.0:
        return -1.0
    scale = 1.0
    value = point[at.V]
    if event == E_LOW and point[at.I] <= 0.0:
        return -1.0
    if event == E_HIGH and point[at.I] >= 0.0:
        return -1.0
    if event == E_CURRENT:
        value = abs(point[at.I]) * c.area
        scale = nominal / 3600.0
    elif event == E_TEMPERATURE:
        value = point[at.T]
    elif event == E_CAPACITY:
        value = point[at.MOVED]
        scale = nominal
    elif event == E_SOC:
        value = c.soc - point[at.CHARGE] / w.memory[at.CELL]
    return (value - goals[event]) * signs[event] / scale


@inner
def first_passed(w, c, before, after, goals, signs, nominal):
    """Return the event that the step from point ``before`` to ``after`` passes first, -1 for none."""
    found = -1
    part = 2.0
    for event in range(EVENTS):
        g = passed(event, w, c, after, goals, signs, nominal)
        if g >= 0.0:
            g0 = min(passed(event, w, c, before, goals, signs, nominal), 0.0)
            where = g0 / (g0 - g) if g > g0 else 0.0
            if where < part:
                part = where
                found = event
    return found


@inner
def _first_step(w, mesh, tables, jump, theta, d_f, radius, full, active, thickness, tolerance):
    cells = mesh.radial.shape[1]
    j = max(abs(jump) * radius / (3.0 * active * thickness), 1e-9)
    volume = mesh.radial[particle.VOLUME, cells - 1]
    rise = j / (FARADAY * full * radius * volume)
    d = value(tables, w.index, w.coefficients, d_f, theta)[0]
    rate = d * mesh.radial[particle.CONDUCTANCE, cells - 1] / (radius * radius * volume)
    return sqrt(0.5 * tolerance / (rise * rate))


@inner
def first_step(w, mesh, c, tables, jump, tolerance):
    """Return the size of a first step, s, after the current jumped by ``jump`` (A m-2): its error is about the tolerance."""
    size = _first_step(w, mesh, tables, jump, w.memory[at.THETA_N], of.D_N, c.radius_n, c.c_max_n, c.active_n, c.thickness_n, tolerance)
    more = _first_step(w, mesh, tables, jump, w.memory[at.THETA_P], of.D_P, c.radius_p, c.c_max_p, c.active_p, c.thickness_p, tolerance)
    return max(min(size, more, 5.0), 1e-6)


@inner
def wanted(step, profiles, elapsed, nominal):
    """Return what a step asks for at a time since it began: A, V or W; discharge positive."""
    value = step[of.VALUE]
    if step[of.VALUE_PER_C] != 0.0:
        value *= nominal / 3600.0
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
def start_step(w, mesh, c, tables, kind, goal, fidelity, tolerance):
    """Make currents and potentials consistent with what a step asks for: an instant's step. Return whether it was found.

    The guess has the reaction spread evenly; where Newton's method does not find the way, the jump is taken in parts.
    """
    n, s, p = mesh.n, mesh.s, mesh.p
    nodes = n + s + p
    point = w.points[w.now[at.HEAD]]
    t = w.times[w.now[at.HEAD]] + INSTANT
    before = point[at.I]
    guess = goal / c.area
    if kind == of.POWER:
        guess /= point[at.V]
    way = kind if kind == of.CURRENT else of.CURRENT
    if kind != of.VOLTAGE:
        for parts in (1, 4, 16):
            good = True
            for part in range(1, parts + 1):
                now = before + (guess - before) * part / parts
                if part == 1:
                    spread(point, mesh, c, now, nodes)
                target = now * c.area
                good, _ = attempt(w, mesh, c, tables, t, way, target, fidelity, tolerance)
                if not good:
                    break
                point[at.FIRST + 2 * nodes :] = w.points[at.new_slot(w), at.FIRST + 2 * nodes :]
            if good:
                break
        if not good:
            return False
        if kind == of.CURRENT:
            return True
        point[at.I] = guess
    return attempt(w, mesh, c, tables, t, kind, goal, fidelity, tolerance)[0]


@inner
def spread(point, mesh, c, current, nodes):
    """Spread a current (A m-2) evenly over either electrode."""
    j = current * c.radius_n / (3.0 * c.active_n * c.thickness_n)
    for k in range(mesh.n):
        point[at.FIRST + 2 * nodes + k] = j
    j = -current * c.radius_p / (3.0 * c.active_p * c.thickness_p)
    for k in range(mesh.n + mesh.s, nodes):
        point[at.FIRST + 2 * nodes + k] = j


@inner
def restart(w):
    """Forget all points but the newest, which moves to slot 0: what follows has a kink."""
    head = w.now[at.HEAD]
    if head != 0:
        w.profiles[0] = w.profiles[head]
        w.points[0] = w.points[head]
        w.series[0] = w.series[head]
        w.times[0] = w.times[head]
    w.now[at.HEAD] = 0
    w.now[at.COUNT] = 1
    w.now[at.NEXT_ORDER] = 1


@inner
def kept(w, extremes):
    """Make the new slot the newest point and keep the largest temperature and the least potential."""
    new = at.new_slot(w)
    w.now[at.HEAD] = new
    w.now[at.COUNT] = min(w.now[at.COUNT] + 1, at.HISTORY - 1)
    extremes[0] = max(extremes[0], w.points[new, at.T])
    extremes[1] = min(extremes[1], w.memory[at.LOWEST])


@inner
def step_error(w, mesh, c, alpha, fidelity, nominal):
    """Return the estimated error of the step just solved; 0 where there is no past to tell."""
    head, count, order = w.now[at.HEAD], w.now[at.COUNT], w.now[at.NEXT_ORDER]
    if count <= order:
        return 0.0
    new = at.new_slot(w)
    reach = w.times[new] - w.times[(head - order) % at.HISTORY]
    return difference(w, mesh, c, w.points[new], w.predicted, fidelity, nominal) / (alpha * reach)


@inner
def choose(w, mesh, c, error, since, fidelity, nominal):
    """Return (order, factor of the step size) for the step after the one just solved with ``error`` (parts of the tolerance)."""
    count, order = w.now[at.COUNT], w.now[at.NEXT_ORDER]
    if count <= order:
        return order, 2.0
    best = 1.0 / (1.2 * max(error, 1e-12) ** (1.0 / (order + 1)) + 1e-6)
    choice = order
    if since > order:
        if order > 1:
            lower = neighbour_error(w, mesh, c, order - 1, at.LOWER, fidelity, nominal) / c.tolerance
            factor = 1.0 / (1.3 * max(lower, 1e-12) ** (1.0 / order) + 1e-6)
            if factor > best:
                best = factor
                choice = order - 1
        if order < ORDER and count > order + 1:
            higher = neighbour_error(w, mesh, c, order + 1, at.HIGHER, fidelity, nominal) / c.tolerance
            factor = 1.0 / (1.4 * max(higher, 1e-12) ** (1.0 / (order + 2)) + 1e-6)
            if factor > best:
                best = factor
                choice = order + 1
    return choice, min(best, GROWTH[choice])


@inner
def run_step(w, mesh, c, tables, step, profiles, nominal, fidelity, axis, series, case, extremes, goals, signs):
    """Run one protocol step from the newest point. Return (status, termination, time steps)."""
    recording = axis.size > 0
    kind = int(step[of.KIND])
    if kind == of.CURRENT_PROFILE:
        kind = of.CURRENT
    elif kind == of.POWER_PROFILE:
        kind = of.POWER
    tolerance = c.tolerance
    restart(w)
    begun = w.times[0]
    ends_at = begun + step[of.END_TIME]
    before = w.points[0, at.I]
    goal = wanted(step, profiles, 0.0, nominal)
    if not start_step(w, mesh, c, tables, kind, goal, fidelity, 0.01 * tolerance):
        return status.NO_CONVERGENCE, 0, 0
    if recording:
        observe(w, mesh, c, tables, fidelity)
        if begun == 0.0:
            while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= INSTANT:
                series[:, case, w.now[at.SAMPLE]] = w.series[at.new_slot(w), : to.SERIES]
                w.now[at.SAMPLE] += 1
    kept(w, extremes)
    restart(w)
    point = w.points[0]
    set_ends(step, c, w, point, kind, nominal, goals, signs)
    for event in range(EVENTS):
        if passed(event, w, c, point, goals, signs, nominal) >= 0.0:
            return status.OK, code_of(event), 1
    h = first_step(w, mesh, c, tables, point[at.I] - before, tolerance)
    since = 0  # steps at this order
    failures = 0
    for steps in range(MOST_STEPS):
        t = w.times[w.now[at.HEAD]]
        limit = min(ends_at, begun + next_corner(step, profiles, t - begun))
        last = t + 1.01 * h >= limit
        if last:
            h = limit - t
        elif t + 2.0 * h > limit:
            h = 0.5 * (limit - t)
        t_new = limit if last else t + h
        order = min(w.now[at.NEXT_ORDER], w.now[at.COUNT])
        w.now[at.NEXT_ORDER] = order
        goal = wanted(step, profiles, t_new - begun, nominal)
        good, alpha = attempt(w, mesh, c, tables, t_new, kind, goal, fidelity, tolerance)
        error = step_error(w, mesh, c, alpha, fidelity, nominal) / tolerance if good else 0.0
        if not good or not error <= 1.0:
            failures += 1
            since = 0
            h *= max(0.2, 0.9 * error ** (-1.0 / (order + 1))) if good else 0.25
            if failures > 3:
                w.now[at.NEXT_ORDER] = 1
            if h < SHORTEST or failures > MOST_FAILURES:
                return status.NO_CONVERGENCE, 0, steps
            continue
        new = at.new_slot(w)
        event = first_passed(w, c, w.points[w.now[at.HEAD]], w.points[new], goals, signs, nominal)
        if event >= 0:
            event = land(w, mesh, c, tables, step, profiles, begun, kind, nominal, fidelity, event, goals, signs)
            if event < 0:
                return status.NO_CONVERGENCE, 0, steps
        if recording:
            observe(w, mesh, c, tables, fidelity)
            sample(w, mesh, c, tables, axis, series, case, fidelity)
        if event >= 0 or (last and limit == ends_at):
            kept(w, extremes)
            return status.OK, code_of(event) if event >= 0 else END_TIME, steps
        since += 1
        choice, factor = choose(w, mesh, c, error, since, fidelity, nominal)
        if choice != order:
            w.now[at.NEXT_ORDER] = choice
            since = 0
        if failures > 0:
            factor = min(factor, 1.0)
        failures = 0
        h = (t_new - t) * factor
        kept(w, extremes)
    return status.TOO_MANY_STEPS, 0, MOST_STEPS


@inner
def land(w, mesh, c, tables, step, profiles, begun, kind, nominal, fidelity, event, goals, signs):
    """Shorten the step just solved until it ends where an end is met; return that end's event, -1 if a step failed.

    Regula falsi on the step's length (Illinois), every value a step of its own.
    """
    head = w.now[at.HEAD]
    new = at.new_slot(w)
    t = w.times[head]
    low = 0.0
    high = w.times[new] - t
    g_low = min(passed(event, w, c, w.points[head], goals, signs, nominal), -1e-300)
    g_high = passed(event, w, c, w.points[new], goals, signs, nominal)
    weight_low = g_low
    h = high
    for _ in range(60):
        if h == high and (g_high <= MET or high - low < 1e-12 * (t + 1.0)):
            return event
        h = (low * g_high - high * weight_low) / (g_high - weight_low)
        if not low < h < high:
            h = 0.5 * (low + high)
        if high - low < 1e-12 * (t + 1.0):
            h = high
        goal = wanted(step, profiles, t + h - begun, nominal)
        good, _ = attempt(w, mesh, c, tables, t + h, kind, goal, fidelity, 0.01 * c.tolerance)
        if not good:
            return -1
        earlier = first_passed(w, c, w.points[head], w.points[new], goals, signs, nominal)
        if earlier >= 0 and earlier != event:
            event = earlier
            low = 0.0
            g_low = min(passed(event, w, c, w.points[head], goals, signs, nominal), -1e-300)
            weight_low = g_low
        g = passed(event, w, c, w.points[new], goals, signs, nominal)
        if abs(g) <= MET:
            return event
        if g > 0.0:
            high = h
            g_high = g
            weight_low *= 0.5
        else:
            low = h
            g_low = g
            weight_low = g
    return -1


@inner
def report(w, out, case, extremes, ended, steps):
    """Write the scalar results of a case."""
    point = w.points[w.now[at.HEAD]]
    out[to.CAPACITY, case] = point[at.MOVED]
    out[to.CAPACITY_DISCHARGED, case] = point[at.CHARGE]
    out[to.ENERGY, case] = point[at.WORK]
    out[to.ENERGY_DISCHARGED, case] = point[at.ENERGY]
    out[to.DURATION, case] = w.times[w.now[at.HEAD]]
    out[to.TEMPERATURE_MAX, case] = extremes[0]
    out[to.NEGATIVE_POTENTIAL_MIN, case] = extremes[1]
    out[to.HEAT, case] = point[at.HEAT]
    out[to.CELL_CAPACITY, case] = w.memory[at.CELL]
    out[to.TERMINATION, case] = ended
    out[to.TIME_STEPS, case] = steps


@jit
def solve(rows, tables, index, widths, counts, radial, surface, arithmetic, program, profiles, fidelity, axis, series, out, codes):
    """Run every row (``ROW``).

    Scalars go to ``out[SCALARS, row]``, series to ``series[SERIES, row, time]`` at the times of ``axis`` (s, may be empty), a status
    to ``codes[row]``. What a failed case did not reach is NaN. ``tables`` begins with the constant 1.
    """
    mesh = at.Mesh(counts[0], counts[1], counts[2], widths, radial, surface, arithmetic)
    many_n = mesh.n if fidelity == DFN else 1
    many_p = mesh.p if fidelity == DFN else 1
    w = at.make_work(mesh.n + mesh.s + mesh.p, many_n, many_p, radial.shape[1])
    goals = np.zeros(EVENTS)
    signs = np.zeros(EVENTS)
    extremes = np.zeros(2)
    for row in range(rows.size):
        c = rows[row]
        out[:, row] = np.nan
        if axis.size > 0:
            series[:, row] = np.nan
        codes[row] = begin(w, mesh, c, tables, index, fidelity) if c.area > 0.0 else status.OUT_OF_RANGE
        if codes[row] != status.OK:
            continue
        nominal = w.memory[at.CELL] if c.nominal_is_cell != 0.0 else c.nominal
        extremes[0] = c.temperature
        extremes[1] = np.inf
        total = 0
        ended = 0
        for q in range(c.steps):
            codes[row], ended, steps = run_step(
                w, mesh, c, tables, program[c.first_step + q], profiles, nominal, fidelity, axis, series, row, extremes, goals, signs
            )
            total += steps
            if codes[row] != status.OK or ended >= VOLTAGE_MIN:
                break
        if codes[row] == status.OK:
            report(w, out, row, extremes, ended, total)
