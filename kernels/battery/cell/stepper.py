"""One time step of any fidelity, its estimated error, and the size and order of the next."""

from math import isnan, sqrt

from energymodels.kernels.battery.cell import dfn, particle, side, spm
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import absolute, elapsed, set_clock
from energymodels.kernels.battery.cell.energy import energy, gross
from energymodels.kernels.battery.cell.history import combine, copy, differentiate, extrapolate
from energymodels.kernels.battery.cell.material import is_constant, value
from energymodels.kernels.battery.cell.observe import DFN, SPM, SPME, surface_ocv
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner

ORDER = 5
BISECTIONS = 40
NEARLY = 2e-7  # of the nominal capacity
PLATED = 100.0  # mol m-3 of electrode: plated lithium whose error counts as 1
GROWTH = (0.0, 4.0, 2.0, 2.0, 1.5, 1.5)  # most that a step grows, by order


@inner
def row_before(profiles, first, count, x):
    """Return the last but the very last of ``count`` rows of ``profiles`` that lies at ``x`` or before."""
    low = first
    high = first + count - 1
    while high - low > 1:
        middle = (low + high) // 2
        if profiles[middle, 0] <= x:
            low = middle
        else:
            high = middle
    return low


@inner
def along(profiles, first, count, x):
    """Return the value at ``x`` of the straight lines through rows (x, y) of ``profiles``, at its ends that
    of the last row.
    """
    last = first + count - 1
    if x >= profiles[last, 0]:
        return profiles[last, 1]
    low = row_before(profiles, first, count, x)
    part = (x - profiles[low, 0]) / (profiles[low + 1, 0] - profiles[low, 0])
    return profiles[low, 1] + part * (profiles[low + 1, 1] - profiles[low, 1])


@inner
def surroundings(c, profiles, t):
    """Return the temperature of the surroundings at time ``t``, K."""
    return along(profiles, c.first_warmth, c.warmths, t) if c.warmths > 0 else c.temperature


@inner
def predict(w, tables, head, many, t_new):
    """Set the predictor at ``t_new`` by the polynomial through the last ``many`` points, ``head``
    the newest.
    """
    extrapolate(w.weights[at.TIMES], head, many, t_new, w.weights[at.PREDICT])
    combine(w.points, head, w.weights[at.PREDICT], many, w.points[at.PREDICTED])
    if not (is_constant(tables, w.index, of.D_N) and is_constant(tables, w.index, of.D_P)):
        combine(w.profiles, head, w.weights[at.PREDICT], many, w.profiles[at.new_slot(w)])


@inner
def solve_at(w, mesh, c, tables, profiles, t_new, alpha, kind, target, fidelity, tolerance):
    """Solve for the point at ``t_new``, into the slot after the newest, from the weighted past.

    Return whether it converged.
    """
    new = at.new_slot(w)
    w.weights[at.TIMES, new] = t_new
    if c.warmths > 0:
        w.memory[at.AROUND] = surroundings(c, profiles, absolute(w, t_new))
    if fidelity == DFN:
        good = dfn.advance(w, mesh, c, tables, new, alpha, kind, target, tolerance)
    else:
        good = spm.advance(w, mesh, c, tables, new, alpha, kind, target, tolerance, fidelity == SPME)
    if good and kind == of.VOLTAGE:
        w.points[new, at.V] = target
    return good


@inner
def attempt(w, mesh, c, tables, profiles, t_new, kind, target, fidelity, tolerance):
    """Step from the newest point to ``t_new``, into the slot after it. Return (converged, alpha)."""
    head, count, order = w.now[at.HEAD], w.now[at.COUNT], w.now[at.NEXT_ORDER]
    alpha = differentiate(w.weights[at.TIMES], head, order, t_new, w.weights[at.BACK])
    combine(w.points, head, w.weights[at.BACK], order, w.points[at.PAST])
    combine(w.profiles, head, w.weights[at.BACK], order, w.profiles[at.HISTORY])
    predict(w, tables, head, min(order + 1, count), t_new)
    return solve_at(w, mesh, c, tables, profiles, t_new, alpha, kind, target, fidelity, tolerance), alpha


@inner
def difference(w, mesh, c, a, b, fidelity):
    """Return the norm of the difference of two points: the largest of T (100 K), I (1C) and the
    concentrations' root mean squares.

    Surfaces count as stoichiometries and as potentials (1 V), so that steep ends of a potential are met with
    care. The voltage is no state, and its wiggles are no error; but the mean potentials (50 V) tell of a pole
    that a step would jump over.
    """
    nodes = mesh.n + mesh.s + mesh.p
    size = max(0.02 * abs(a[at.OCP_MEAN] - b[at.OCP_MEAN]), 0.01 * abs(a[at.T] - b[at.T]))
    size = max(size, abs(a[at.I] - b[at.I]) * c.area * 3600.0 / w.memory[at.NOMINAL])
    if fidelity != SPM:
        total = 0.0
        for q in range(at.FIRST, at.FIRST + nodes):
            d = a[q] - b[q]
            total += d * d
        size = max(size, sqrt(total / nodes) / c.c_e)
    for which in range(2):
        first = 0 if which == 0 else mesh.n + mesh.s
        many = mesh.n if which == 0 else mesh.p
        if fidelity != DFN:
            many = 1
        total = 0.0
        for k in range(first, first + many):
            d = a[at.FIRST + nodes + k] - b[at.FIRST + nodes + k]
            slope = w.node[at.OCP_SLOPE, k]
            total += d * d * max(1.0, slope * slope)
        size = max(size, sqrt(total / many))
    if c.plating > 0:
        total = 0.0
        first = side.first_state(mesh)
        for q in range(first, first + 2 * mesh.n):
            d = a[q] - b[q]
            total += d * d
        size = max(size, sqrt(total / mesh.n) / PLATED)
    if c.sei > side.CONSTANT:
        first = side.first_state(mesh) + 2 * mesh.n
        for q in range(first, first + mesh.n):
            size = max(size, abs(a[q] - b[q]) / b[q])
    return size


@inner
def step_error(w, mesh, c, alpha, fidelity):
    """Return the estimated error of the step just solved; 0 where there is no past to tell."""
    head, count, order = w.now[at.HEAD], w.now[at.COUNT], w.now[at.NEXT_ORDER]
    if count <= order:
        return 0.0
    new = at.new_slot(w)
    reach = w.weights[at.TIMES, new] - w.weights[at.TIMES, (head - order) % at.HISTORY]
    return difference(w, mesh, c, w.points[new], w.points[at.PREDICTED], fidelity) / (alpha * reach)


@inner
def neighbour_error(w, mesh, c, order, row, fidelity):
    """Return the estimated error of the step just solved, had it been of ``order``."""
    head = w.now[at.HEAD]
    new = at.new_slot(w)
    t_new = w.weights[at.TIMES, new]
    extrapolate(w.weights[at.TIMES], head, order + 1, t_new, w.weights[row])
    combine(w.points, head, w.weights[row], order + 1, w.points[at.PREDICTED])
    alpha = 0.0
    for m in range(order):
        alpha += 1.0 / (t_new - w.weights[at.TIMES, (head - m) % at.HISTORY])
    reach = t_new - w.weights[at.TIMES, (head - order) % at.HISTORY]
    return difference(w, mesh, c, w.points[new], w.points[at.PREDICTED], fidelity) / (alpha * reach)


@inner
def choose(w, mesh, c, error, since, fidelity):
    """Return (order, factor of the step size) for the step after the one just solved with ``error`` (parts of
    the tolerance).
    """
    count, order = w.now[at.COUNT], w.now[at.NEXT_ORDER]
    if count <= order:
        return order, 2.0
    best = 1.0 / (1.2 * max(error, 1e-12) ** (1.0 / (order + 1)) + 1e-6)
    choice = order
    if since > order:
        if order > 1:
            lower = neighbour_error(w, mesh, c, order - 1, at.LOWER, fidelity) / c.tolerance
            factor = 1.0 / (1.3 * max(lower, 1e-12) ** (1.0 / order) + 1e-6)
            if factor > best:
                best = factor
                choice = order - 1
        if order < ORDER and count > order + 1:
            higher = neighbour_error(w, mesh, c, order + 1, at.HIGHER, fidelity) / c.tolerance
            factor = 1.0 / (1.4 * max(higher, 1e-12) ** (1.0 / (order + 2)) + 1e-6)
            if factor > best:
                best = factor
                choice = order + 1
    return choice, min(best, GROWTH[choice])


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
    """Return the size of a first step, s, after the current jumped by ``jump`` (A m-2): its error is about
    the tolerance.
    """
    size = _first_step(
        w,
        mesh,
        tables,
        jump,
        w.memory[at.THETA_N],
        of.D_N,
        c.radius_n,
        c.c_max_n,
        c.active_n,
        c.thickness_n,
        tolerance,
    )
    more = _first_step(
        w,
        mesh,
        tables,
        jump,
        w.memory[at.THETA_P],
        of.D_P,
        c.radius_p,
        c.c_max_p,
        c.active_p,
        c.thickness_p,
        tolerance,
    )
    return max(min(size, more, 5.0), 1e-6)


@inner
def restart(w):
    """Forget all points but the newest, which moves to slot 0, and let the clock count from it: what follows
    has a kink.
    """
    head = w.now[at.HEAD]
    if head != 0:
        copy(w.profiles[0], w.profiles[head])
        copy(w.points[0], w.points[head])
        copy(w.series[0], w.series[head])
        w.weights[at.TIMES, 0] = w.weights[at.TIMES, head]
    zero = w.weights[at.TIMES, 0]
    set_clock(w, zero, elapsed(w, zero))
    w.now[at.HEAD] = 0
    w.now[at.COUNT] = 1
    w.now[at.NEXT_ORDER] = 1


@inner
def kept(w, mesh, c, tables, fidelity, start, flat):
    """Make the new slot the newest point; add its energy; keep the largest temperature and the least
    potential.

    The step came from slot ``start``; ``flat`` as in ``energy``.
    """
    new = at.new_slot(w)
    before, point = w.points[start], w.points[new]
    point[at.OCP_MEAN] = surface_ocv(w, mesh, c, tables, point, fidelity)
    work = energy(w, mesh, c, tables, fidelity, start, flat)
    point[at.ENERGY] = before[at.ENERGY] + work
    duration = w.weights[at.TIMES, new] - w.weights[at.TIMES, start]
    point[at.WORK] = before[at.WORK] + gross(before, point, work, c.area * duration)
    w.memory[at.HOTTEST] = max(w.memory[at.HOTTEST], point[at.T])
    w.memory[at.LEAST_POTENTIAL] = min(w.memory[at.LEAST_POTENTIAL], point[at.LOW])
    w.memory[at.LARGEST_CURRENT] = max(w.memory[at.LARGEST_CURRENT], abs(point[at.I]) * c.area)
    for k in range(at.FIRST, at.FIRST + mesh.n + mesh.s + mesh.p):
        w.memory[at.MOST_SALT] = max(w.memory[at.MOST_SALT], point[k])
    pass_soc(w, c, at.AT_10, 0.1, start)
    if not isnan(w.memory[at.AT_10]):
        pass_soc(w, c, at.AT_80, 0.8, start)
    w.now[at.HEAD] = new
    w.now[at.COUNT] = min(w.now[at.COUNT] + 1, at.HISTORY - 1)


@inner
def pass_soc(w, c, which, soc, start):
    """Keep the time in ``memory[which]`` at which the step from slot ``start`` first charged the cell to
    ``soc``, if it did.
    """
    goal = (w.memory[at.SOC] - soc) * w.memory[at.CELL]  # charge discharged by then
    new = at.new_slot(w)
    before, after = w.points[start, at.CHARGE], w.points[new, at.CHARGE]
    near = after - NEARLY * w.memory[at.NOMINAL]  # a step that ends by state of charge ends nearly there
    if not isnan(w.memory[which]) or after >= before or not before > goal >= near:
        return
    times = w.weights[at.TIMES]
    many = min(w.now[at.NEXT_ORDER], w.now[at.COUNT]) + 1
    low = times[start]
    high = times[new]
    for _ in range(BISECTIONS):
        t = 0.5 * (low + high)
        extrapolate(times, new, many, t, w.weights[at.LOWER])
        charge = 0.0
        for m in range(many):
            charge += w.weights[at.LOWER, m] * w.points[(new - m) % at.HISTORY, at.CHARGE]
        if charge > goal:
            low = t
        else:
            high = t
    w.memory[which] = absolute(w, high)
