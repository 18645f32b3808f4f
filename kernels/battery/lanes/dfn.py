"""The Doyle-Fuller-Newman cell in lanes: one implicit step by Newton's method; see ``battery.cell.dfn``."""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.dfn import HOPELESS, ITERATIONS, SETTLED
from energymodels.kernels.battery.lanes import particles
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.materials import in_series
from energymodels.kernels.battery.lanes.porous import (
    SOFT,
    change_of_u,
    interfaces,
    rise_of,
    solve,
    transport,
)
from energymodels.kernels.battery.lanes.spm import left_over
from energymodels.kernels.battery.lanes.state import cases, lanes
from energymodels.kernels.battery.lanes.tables import set_temperature, value
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    anywhere,
    exp,
    load,
    log,
    lower,
    opposite,
    put,
    root,
    size,
    store,
    upper,
    where,
)


@inner
def _means(w, shape, side, row):
    """Return the mean of a row over the nodes of an electrode."""
    first = particles.first_node(shape, side)
    total, length = load(w.node, row, first) * 0.0, load(w.node, of.WEIGHT, first) * 0.0
    for k in range(first, first + (shape.n if side == 0 else shape.p)):
        weight = load(w.node, of.WEIGHT, k)
        total += weight * load(w.node, row, k)
        length += weight
    return total / length


@inner
def _heat(w, shape, c, temperature):
    """Return the sum over the electrodes of a j (T dU/dT - U) dx, W m-2: heat less the terminal's share."""
    node = w.node
    found = 0.0 * temperature
    for side in range(2):
        first = particles.first_node(shape, side)
        surface = 3.0 * c.active_n / c.radius_n if side == 0 else 3.0 * c.active_p / c.radius_p
        total = 0.0 * temperature
        for k in range(first, first + (shape.n if side == 0 else shape.p)):
            own = temperature * load(node, of.ENTROPIC, k) - load(node, of.OCP_HERE, k)
            total += load(node, of.WEIGHT, k) * load(node, of.J, k) * own
        found += surface * total
    return found


@inner
def note(w, shape, grid, tables):
    """Set what a series tells beside the state just solved."""
    transport(w, shape, cases(w.case), tables, load(w.now, of.T))
    store(_diffusion(w, shape, grid), w.now, of.DIFFUSION)


@inner
def _diffusion(w, shape, grid):
    """Return what concentration alone adds to the mean electrolyte potential from the negative to the
    positive electrode, V.
    """
    node, points = w.node, grid.points.size
    phi = 0.0 * cases(w.case).area
    mean_n, mean_p = phi, phi
    for e in range(grid.widths.size):
        first = (points - 1) * e
        mean, whole = 0.0 * phi, 0.0 * phi
        for q in range(points):
            slope = 0.0 * phi
            for m in range(points):
                slope += grid.derive[q, m] * load(node, of.C, first + m)
            rise = load(node, of.CHI, first + q) * slope
            mean += grid.mean[q] * rise
            whole += grid.weights[q] * rise
        if e < shape.elements_n:
            mean_n += grid.widths[e] * (phi + mean)
        elif e > shape.elements_n:
            mean_p += grid.widths[e] * (phi + mean)
        phi += whole
    return mean_p - mean_n


@inner
def _update(w, shape, c, tolerance, which):
    """Add the changes to c and j where ``which`` says so, damped.

    Return (size of the changes as Newton had them, in tolerances; where one was damped, which keeps neither
    salt nor charge: a step must not end with it).
    """
    node = w.node
    size_c, size_u = 0.0 * tolerance, 0.0 * tolerance
    damped = which & opposite(which)
    for k in range(shape.nodes):
        change, old = load(node, of.R1, k), load(node, of.C, k)
        size_c += change * change
        far = (old > SOFT) & (old + change < 0.1 * old)
        damped = damped | far
        change = where(far, -0.9 * old, change)
        store(change, node, of.R1, k)
        put(which, old + change, node, of.C, k)
    for side in range(2):
        first = particles.first_node(shape, side)
        for k in range(first, first + (shape.n if side == 0 else shape.p)):
            j, twice = load(node, of.J, k), load(node, of.E, k)
            change = load(node, of.R2, k) / load(node, of.U_J, k)
            moved = load(node, of.G, k) * change
            size_u += moved * moved
            square = root(j * j + twice * twice)
            new = j + change
            tame = ((new * j > 0.0) & (size(new) > 0.3 * size(j))) | (size(change) < 0.3 * square)
            if anywhere(which & opposite(tame)):
                x = log((size(j) + square) / twice)
                x = where(j >= 0.0, x, -x) + upper(lower(change / square, 3.0), -3.0)
                change = where(tame, change, 0.5 * twice * (exp(x) - exp(-x)) - j)
                damped = damped | opposite(tame)
            store(change, node, of.R2, k)
            put(which, j + change, node, of.J, k)
    found = upper(root(size_c / shape.nodes) / c.c_e, root(size_u / (shape.n + shape.p)))
    return found / tolerance, damped


@inner
def _remainder(w, shape, tables, side):
    """Return (root mean square, mean) of what Newton's linear model left of an electrode's open-circuit
    potentials after the changes R2 of j.
    """
    node = w.node
    first = particles.first_node(shape, side)
    square, mean, length = (
        0.0 * load(node, of.E, first),
        0.0 * load(node, of.E, first),
        0.0 * load(node, of.E, first),
    )
    for k in range(first, first + (shape.n if side == 0 else shape.p)):
        rise = load(node, of.G, k) * load(node, of.R2, k)
        u = value(w, tables, to.U_N if side == 0 else to.U_P, load(node, of.THETA, k) + rise)[0]
        left = u - load(node, of.S, k) - load(node, of.S_SLOPE, k) * rise
        weight = load(node, of.WEIGHT, k)
        square += weight * left * left
        mean += weight * left
        length += weight
    return root(square / length), mean / length


@inner
def advance(w, shape, grid, tables, active, tolerance):
    """Solve one implicit step in the lanes ``active``; return those in which Newton's method converged.

    ``back`` holds the weighted past, ``ahead`` the predictor; a lane that has converged is frozen.
    """
    c, s, node, now = cases(w.case), lanes(w.lane), w.node, w.now
    alpha, kind, goal, area = s.alpha, s.kind, s.goal, c.area
    lumped = c.lumped != 0.0
    border = kind != 1.0 * to.CURRENT
    temperature = where(lumped, load(w.ahead, of.T), c.temperature)
    current = where(border, load(w.ahead, of.I), goal / area)
    warm = anywhere(active & lumped)
    first_p = shape.nodes - shape.p
    for k in range(shape.nodes):
        store(load(w.ahead, of.FIRST + k), node, of.C, k)
        store(load(w.back, of.FIRST + k), node, of.C_BACK, k)
    for k in range(shape.n):
        store(load(w.ahead, particles.first_current(shape, 0) + k), node, of.J, k)
    for k in range(shape.p):
        store(load(w.ahead, particles.first_current(shape, 1) + k), node, of.J, first_p + k)
    open_ = active
    good = active & opposite(active)  # none yet
    change = 0.0 * alpha
    held = anywhere(active & border)
    volt, ocv, least, heat = change, change, change, change
    for iteration in range(ITERATIONS):
        if warm:
            set_temperature(w, tables, temperature, open_ & lumped)
        if warm or iteration == 0:
            particles.eliminate(w, shape, grid, tables, 0, alpha)
            particles.eliminate(w, shape, grid, tables, 1, alpha)
        transport(w, shape, c, tables, temperature)
        interfaces(w, shape, c, tables, 0, temperature, open_)
        interfaces(w, shape, c, tables, 1, temperature, open_)
        rise, per_rise = solve(w, shape, grid, current, alpha, held)
        resistance = in_series(c, temperature)
        last = shape.nodes - 1
        found = load(node, of.U, last) - load(node, of.U, 0) + rise - current * resistance
        warmth = _heat(w, shape, c, temperature) - current * found
        more = rise_of(w, shape, grid, of.R1, of.R2)
        more += change_of_u(w, of.R1, of.R2, last) - change_of_u(w, of.R1, of.R2, 0)
        previous = change
        change = 0.0 * alpha
        step = change
        if held:
            per_current = rise_of(w, shape, grid, of.B1, of.B2) + per_rise - resistance
            per_current += change_of_u(w, of.B1, of.B2, last) - change_of_u(w, of.B1, of.B2, 0)
            by_volt = (goal - found - more) / per_current
            by_power = (goal / area - (found + more) * current) / (found + per_current * current)
            step = where(border, where(kind == 1.0 * to.POWER, by_power, by_volt), 0.0)
            slight = 0.01 / 3600.0 * c.nominal / area
            change = size(step) / ((size(current + step) + slight) * tolerance)
            more += per_current * step
            for k in range(shape.nodes):
                store(load(node, of.R1, k) + step * load(node, of.B1, k), node, of.R1, k)
                store(load(node, of.R2, k) + step * load(node, of.B2, k), node, of.R2, k)
        lowest = load(node, of.U, 0) + change_of_u(w, of.R1, of.R2, 0)
        for k in range(1, shape.n):
            lowest = lower(load(node, of.U, k) + change_of_u(w, of.R1, of.R2, k), lowest)
        updated, damped = _update(w, shape, c, tolerance, open_)
        change = upper(upper(change, updated), size(more) / tolerance)
        bent_n, mean_n = _remainder(w, shape, tables, 0)
        bent_p, mean_p = _remainder(w, shape, tables, 1)
        mean_ocv = _means(w, shape, 1, of.OCP_HERE) - _means(w, shape, 0, of.OCP_HERE)
        volt = where(open_, found + more + mean_p - mean_n, volt)
        ocv = where(open_, mean_ocv, ocv)
        least = where(open_, lowest, least)
        heat = where(open_, warmth, heat)
        current = where(open_, current + step, current)
        if warm:
            rate = 1.0 / (c.heat_capacity * alpha)
            past = load(w.back, of.T) + rate * (heat * area + c.cooling * c.temperature)
            rise = past / (1.0 + rate * c.cooling) - temperature
            temperature = where(open_ & lumped, temperature + rise, temperature)
            change = upper(change, where(lumped, size(rise) / (100.0 * tolerance), 0.0))
        left = left_over(s, open_, iteration, change, previous, tolerance, opposite(border))
        closed = (left >= 0.0) & (upper(left, upper(bent_n, bent_p) / tolerance) < SETTLED)
        settled = open_ & closed & opposite(damped)
        good = good | settled
        open_ = open_ & opposite(settled) & (change < HOPELESS) & (left >= 0.0)
        if not anywhere(open_):
            break
    particles.finish(w, shape, 0, good)
    particles.finish(w, shape, 1, good)
    for k in range(shape.nodes):
        put(good, load(node, of.C, k), now, of.FIRST + k)
    volt = where(kind == 1.0 * to.VOLTAGE, goal, volt)
    put(good, temperature, now, of.T)
    put(good, current, now, of.I)
    put(good, load(w.back, of.CHARGE) + current * (area / alpha), now, of.CHARGE)
    put(good, load(w.back, of.HEAT) + heat * (area / alpha), now, of.HEAT)
    put(good, ocv, now, of.OCP)
    put(good, volt - ocv, now, of.REST)
    put(good, heat * area, now, of.HEAT_RATE)
    s.volt = where(good, volt, s.volt)
    s.least = where(good, least, s.least)
    return good
