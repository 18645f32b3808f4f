"""Single-particle cells in lanes, without (SPM) and with electrolyte (SPMe): an implicit step.

Equations as in ``battery.cell.spm``; the electrolyte is that of ``elements``.
"""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.dfn import (
    FAR,
    FORGETFUL,
    HOPELESS,
    ITERATIONS,
    SETTLED,
    UNKNOWN,
    WARY,
)
from energymodels.kernels.battery.cell.material import DEPLETED, SMALLEST
from energymodels.kernels.battery.cell.spm import SCARCE
from energymodels.kernels.battery.lanes import elements, particles
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.materials import exchange, in_series, relative, solid_conductivity
from energymodels.kernels.battery.lanes.state import cases, lanes
from energymodels.kernels.battery.lanes.tables import set_temperature, value
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    anywhere,
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
def overpotential(w, shape, tables, side, j, s, temperature):
    """Return (mean overpotential of an electrode, its slope by j, what a unit of current adds to it by way of
    the concentrations' response B1).
    """
    node = w.node
    first = particles.first_node(shape, side)
    many = shape.n if side == 0 else shape.p
    volt = 2.0 * GAS / FARADAY * temperature
    eta, slope, unit, length = 0.0 * j, 0.0 * j, 0.0 * j, 0.0 * j
    for k in range(first, first + many):
        e, relative_slope = exchange(w, tables, to.E_N if side == 0 else to.E_P, load(node, of.C, k))
        twice = 2.0 * e * s
        square = root(j * j + twice * twice)
        weight = load(node, of.WEIGHT, k)
        eta += weight * log((size(j) + square) / twice)
        slope += weight / square
        unit -= weight * j / square * relative_slope * load(node, of.B1, k)
        length += weight
    per = volt / length
    return where(j >= 0.0, eta, -eta) * per, slope * per, unit * per


@inner
def electrode(w, shape, tables, side, j, temperature, dt, which):
    """Return (OCP, its temperature coefficient, overpotential, d(OCP + overpotential)/dj, what a unit of
    current adds by way of the electrolyte) of an electrode.

    OCP's slope goes to its node where ``which`` says so.
    """
    k = particles.first_node(shape, side)
    g = load(w.node, of.G, k)
    theta = load(w.node, of.A, k) + g * j
    ocp, ocp_slope = value(w, tables, to.U_N if side == 0 else to.U_P, theta)
    entropic, bend = value(w, tables, to.DUDT_N if side == 0 else to.DUDT_P, theta)
    s, s_slope = value(w, tables, to.S_N if side == 0 else to.S_P, theta)
    small = s < SMALLEST
    s = where(small, SMALLEST, s)
    s_slope = where(small, 0.0, s_slope)
    eta, slope, unit = overpotential(w, shape, tables, side, j, s, temperature)
    ocp_slope += dt * bend
    put(which, ocp_slope, w.node, of.OCP_SLOPE, k)
    per_j = ocp_slope * g + slope * (1.0 - j * s_slope / s * g)
    return ocp + dt * entropic, entropic, eta, per_j, unit


@inner
def resistances(w, shape, c, tables, temperature):
    """Return (diffusion potential, resistance of electrolyte and solids, that of the negative's electrolyte,
    X, <ln c_n/c>, response of the diffusion potential to the current by nearly empty nodes) of SPMe; V,
    ohm m2.
    """
    node = w.node
    total, length = 0.0 * temperature, 0.0 * temperature
    for k in range(shape.nodes):
        total += load(node, of.DX, k) * load(node, of.C, k)
        length += load(node, of.DX, k)
    average = total / length
    liquid = value(w, tables, to.KAPPA, average)[0]
    kappa = liquid + solid_conductivity(c, temperature)
    chi = 2.0 * (1.0 - value(w, tables, to.T_PLUS, average)[0]) * liquid / kappa
    chi *= value(w, tables, to.TDF, average)[0] * (GAS / FARADAY) * temperature
    ln_n, response_n = _logarithm(w, 0, shape.n, average)
    ln_p, response_p = _logarithm(w, shape.nodes - shape.p, shape.p, average)
    ln_n /= c.thickness_n
    ln_p /= c.thickness_p
    response = chi * (response_p / c.thickness_p - response_n / c.thickness_n)
    negative = c.thickness_n / (3.0 * kappa * c.efficiency_n)
    inside = negative + c.thickness_s / (kappa * c.efficiency_s)
    inside += c.thickness_p / (3.0 * kappa * c.efficiency_p)
    inside += (c.thickness_n / c.sigma_n + c.thickness_p / c.sigma_p) / 3.0
    return chi * (ln_p - ln_n), inside, negative, chi, ln_n, response


@inner
def _logarithm(w, first, many, average):
    """Return (integral of ln c/average over nodes, what a unit of current adds to it by those nearly
    empty).
    """
    node = w.node
    total, response = 0.0 * average, 0.0 * average
    for k in range(first, first + many):
        salt, weight = load(node, of.C, k), load(node, of.WEIGHT, k)
        total += weight * relative(salt, average)
        own = weight * load(node, of.B1, k) / upper(salt, DEPLETED)
        response += where(salt < SCARCE, own, 0.0)
    return total, response


@inner
def least_offset(w, shape, c, tables, current, temperature):
    """Return by how much the least phi_s - phi_e of the negative electrode lies above its mean, V."""
    node = w.node
    if shape.nodes == 2:
        return 0.0 * current
    _, _, negative, chi, ln_n, _ = resistances(w, shape, c, tables, temperature)
    total, length = 0.0 * current, 0.0 * current
    for k in range(shape.nodes):
        total += load(node, of.DX, k) * load(node, of.C, k)
        length += load(node, of.DX, k)
    average = total / length
    l_n = c.thickness_n
    kappa = l_n / (3.0 * negative)
    least = 1e300 + 0.0 * current
    for k in range(shape.n):
        x = load(node, of.PLACE, k)
        per = (l_n / 3.0 + (x * x - l_n * l_n) / (2.0 * l_n)) / kappa
        per += (l_n / 3.0 - x * (2.0 * l_n - x) / (2.0 * l_n)) / c.sigma_n
        offset = chi * (ln_n - relative(load(node, of.C, k), average)) + current * per
        least = lower(offset, least)
    return least


@inner
def note(w, shape, grid, tables):
    """Set what a series tells beside the state just solved."""
    found = 0.0 * lanes(w.lane).h
    if shape.nodes > 2:
        c = cases(w.case)
        found = resistances(w, shape, c, tables, load(w.now, of.T))[0]
    store(found, w.now, of.DIFFUSION)


@inner
def left_over(s, open_, iteration, change, previous, tolerance, trusted):
    """Return what Newton's method leaves after a ``change`` that followed a ``previous`` one, in tolerances;
    -1: it fails. As ``battery.cell.dfn.left_over``, where ``open_`` says so.
    """
    curvature = s.curvature
    if iteration == 0:
        known = trusted & (change * tolerance <= FAR)
        s.curvature = where(open_ & known, lower(WARY * curvature, UNKNOWN), curvature)
        return where(known, curvature * change * change, change)
    measured = upper(FORGETFUL * curvature, lower(change, previous) / (previous * previous))
    near = previous * tolerance <= FAR
    s.curvature = where(open_ & near, measured, curvature)
    left = where(near, lower(measured * change * change, change), change)
    if iteration > 5:
        return where(change > previous, -1.0, left)
    return left


@inner
def potentials(w, shape, c, tables, current, temperature, which):
    """Return (voltage, OCV of the surfaces, OCP and overpotential of the negative electrode, heat, dV/dI,
    d(phi_s - phi_e)/dI of the negative electrode) at the concentrations in C; V, W m-2, ohm m2.
    """
    per_n = c.radius_n / (3.0 * c.active_n * c.thickness_n)
    per_p = -c.radius_p / (3.0 * c.active_p * c.thickness_p)
    dt = temperature - c.reference_temperature
    ocp_n, entropic_n, eta_n, per_j_n, unit_n = electrode(
        w, shape, tables, 0, current * per_n, temperature, dt, which
    )
    ocp_p, entropic_p, eta_p, per_j_p, unit_p = electrode(
        w, shape, tables, 1, current * per_p, temperature, dt, which
    )
    diffusion, inside, response = 0.0 * current, 0.0 * current, 0.0 * current
    if shape.nodes > 2:
        diffusion, inside, _, _, _, response = resistances(w, shape, c, tables, temperature)
    inside += in_series(c, temperature)
    volt = ocp_p + eta_p - ocp_n - eta_n + diffusion - current * inside
    heat = current * (ocp_p - temperature * entropic_p - volt - ocp_n + temperature * entropic_n)
    per_u = per_j_n * per_n + unit_n
    per_current = per_j_p * per_p + unit_p - per_u - inside + response
    return volt, ocp_p - ocp_n, ocp_n + eta_n, heat, per_current, per_u


@inner
def advance(w, shape, grid, tables, active, tolerance):
    """Solve one implicit step in the lanes ``active``; return those in which Newton's method converged.

    ``back`` holds the weighted past, ``ahead`` the predictor; a lane that has converged is frozen. Where the
    current is given and the temperature stands, potentials follow when the salt is known.
    """
    c, s, node, now = cases(w.case), lanes(w.lane), w.node, w.now
    salty = shape.nodes > 2
    alpha, kind, goal, area = s.alpha, s.kind, s.goal, c.area
    lumped = c.lumped != 0.0
    border = kind != 1.0 * to.CURRENT
    temperature = where(lumped, load(w.ahead, of.T), c.temperature)
    current = where(border, load(w.ahead, of.I), goal / area)
    warm = anywhere(active & lumped)
    held = anywhere(active & border)
    for k in range(shape.nodes):
        store(load(w.ahead, of.FIRST + k), node, of.C, k)
        store(load(w.back, of.FIRST + k), node, of.C_BACK, k)
        store(0.0 * alpha, node, of.B1, k)
    open_ = active
    good = active & opposite(active)  # none yet
    change = 0.0 * alpha
    volt, ocv, u_n, heat = change, change, change, change
    for iteration in range(ITERATIONS):
        if warm:
            set_temperature(w, tables, temperature, open_ & lumped)
        if warm or iteration == 0:
            particles.eliminate(w, shape, grid, tables, 0, alpha)
            particles.eliminate(w, shape, grid, tables, 1, alpha)
        previous = change
        change = 0.0 * alpha
        if salty:
            elements.solve(w, shape, grid, tables, current, alpha, solid_conductivity(c, temperature))
            total = 0.0 * alpha
            for k in range(shape.nodes):
                step = load(node, of.R1, k)
                put(open_, load(node, of.C, k) + step, node, of.C, k)
                total += step * step
            change = root(total / shape.nodes) / (c.c_e * tolerance)
        if warm or held:
            found, ocv_, u_, heat_, per_current, per_u = potentials(
                w, shape, c, tables, current, temperature, open_
            )
            moved = 0.0 * alpha
            if held:
                by_volt = (goal - found) / per_current
                by_power = (goal / area - found * current) / (found + per_current * current)
                moved = where(border, where(kind == 1.0 * to.POWER, by_power, by_volt), 0.0)
                slight = 0.01 / 3600.0 * c.nominal / area
                change = upper(change, size(moved) / ((size(current) + slight) * tolerance))
                change = upper(change, size(per_current * moved) / tolerance)
                for k in range(shape.nodes):
                    salt = load(node, of.C, k)
                    put(open_ & border, salt + moved * load(node, of.B1, k), node, of.C, k)
            volt = where(open_, found + per_current * moved, volt)
            ocv = where(open_, ocv_, ocv)
            u_n = where(open_, u_ + per_u * moved, u_n)
            heat = where(open_, heat_, heat)
            current = where(open_, current + moved, current)
        if warm:
            rate = 1.0 / (c.heat_capacity * alpha)
            past = load(w.back, of.T) + rate * (heat * area + c.cooling * c.temperature)
            step = past / (1.0 + rate * c.cooling) - temperature
            temperature = where(open_ & lumped, temperature + step, temperature)
            change = upper(change, where(lumped, size(step) / (100.0 * tolerance), 0.0))
        left = left_over(s, open_, iteration, change, previous, tolerance, opposite(border))
        settled = open_ & (left < SETTLED) & (left >= 0.0)
        good = good | settled
        open_ = open_ & opposite(settled) & (change < HOPELESS) & (left >= 0.0)
        if not anywhere(open_):
            break
    apart = opposite(border) & opposite(lumped)
    if anywhere(good & apart):
        found, ocv_, u_, heat_, _, _ = potentials(w, shape, c, tables, current, temperature, good & apart)
        volt, ocv = where(apart, found, volt), where(apart, ocv_, ocv)
        u_n, heat = where(apart, u_, u_n), where(apart, heat_, heat)
    store(current * (c.radius_n / (3.0 * c.active_n * c.thickness_n)), node, of.J, 0)
    store(
        -current * (c.radius_p / (3.0 * c.active_p * c.thickness_p)),
        node,
        of.J,
        particles.first_node(shape, 1),
    )
    particles.finish(w, shape, 0, good)
    particles.finish(w, shape, 1, good)
    for k in range(shape.nodes):
        put(good, load(node, of.C, k), now, of.FIRST + k)
    least = least_offset(w, shape, c, tables, current, temperature)
    volt = where(kind == 1.0 * to.VOLTAGE, goal, volt)
    put(good, temperature, now, of.T)
    put(good, current, now, of.I)
    put(good, load(w.back, of.CHARGE) + current * (area / alpha), now, of.CHARGE)
    put(good, load(w.back, of.HEAT) + heat * (area / alpha), now, of.HEAT)
    put(good, ocv, now, of.OCP)
    put(good, volt - ocv, now, of.REST)
    put(good, heat * area, now, of.HEAT_RATE)
    s.volt = where(good, volt, s.volt)
    s.least = where(good, u_n + least, s.least)
    return good
