"""Porous electrodes on the elements of ``elements``: what holds at their nodes, and Newton's equations.

Equations as in ``battery.cell.electrode``, in weak form: with g = 1/(1/kappa + 1/sigma) at the points of
quadrature, u = phi_s - phi_e and shapes s_i,

    i_e = g (u' + X c' + I/sigma)
    charge:   sum of w s_i' i_e + w_i a j_i = I at the separator's face
    lithium:  F eps w_i dc_i/dt - sum of w s_i' (t+ i_e - F D c') = w_i a j_i

Unknowns of a node are v = (du/dj) dj and dc, so that the block of charge is symmetric and positive and needs
no pivots. An element's equations stand in its front: two rows a node, of v and of c, right side, response to
a unit of I. All but its last node are eliminated, whose 2 x 2 block goes on to the next element. In the
separator v is 0.
"""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.material import SMALLEST, STILL
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.elements import ORDER, POINTS, layer_of
from energymodels.kernels.battery.lanes.materials import mix, solid_conductivity
from energymodels.kernels.battery.lanes.particles import first_node
from energymodels.kernels.battery.lanes.state import cases
from energymodels.kernels.battery.lanes.tables import value
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import anywhere, exp, load, log, put, root, size, store, upper, where

# mol m-3: below it the exchange current goes on with the slope of its logarithm, 1/c with its own slope: with
# few nodes a sharper fall leaves Newton's method nothing to follow
SOFT = 3.0
LEAST = 0.3  # mol m-3: transport goes no further down
SIDES = 2 * POINTS
RIGHT, UNIT = SIDES, SIDES + 1  # columns behind those of the unknowns


@inner
def transport(w, shape, c, tables, temperature):
    """Set kappa, D, X and t+ of the electrolyte's bulk and their slopes by c at every node."""
    node = w.node
    solid = solid_conductivity(c, temperature)
    mixed = anywhere(solid > 0.0)
    scale = 2.0 * GAS / FARADAY * temperature
    for k in range(shape.nodes):
        salt = load(node, of.C, k)
        bounded = upper(salt, LEAST)
        moves = where(salt < LEAST, 0.0, 1.0)
        kappa, kappa_slope = value(w, tables, to.KAPPA, bounded)
        d, d_slope = value(w, tables, to.D_E, bounded)
        t, t_slope = value(w, tables, to.T_PLUS, bounded)
        f, f_slope = value(w, tables, to.TDF, bounded)
        if mixed:
            kappa, kappa_slope, t, t_slope = mix(solid, kappa, kappa_slope, t, t_slope)
        t_slope *= moves
        f_slope *= moves
        still = d < STILL
        soft = salt < SOFT
        over = 1.0 / upper(salt, SOFT)
        inverse = where(soft, (2.0 - salt / SOFT) / SOFT, over)
        bend = where(soft, -1.0 / (SOFT * SOFT), -over * over)
        store(kappa, node, of.KAPPA, k)
        store(kappa_slope * moves, node, of.D_KAPPA, k)
        store(where(still, STILL, d), node, of.DIFFUSIVITY, k)
        store(where(still, 0.0, d_slope * moves), node, of.D_DIFFUSIVITY, k)
        store(t, node, of.T_PLUS, k)
        store(t_slope, node, of.D_T_PLUS, k)
        store(scale * (1.0 - t) * f * inverse, node, of.CHI, k)
        own = ((1.0 - t) * f_slope - t_slope * f) * inverse + (1.0 - t) * f * bend
        store(scale * own, node, of.D_CHI, k)


@inner
def interfaces(w, shape, c, tables, side, temperature, which):
    """Set u and its derivatives by j (through the surface stoichiometry A + G j too) and c at the nodes of an
    electrode; the slope of the OCP only where ``which`` says so.
    """
    node = w.node
    first = first_node(shape, side)
    many = shape.n if side == 0 else shape.p
    dt = temperature - c.reference_temperature
    volt = 2.0 * GAS / FARADAY * temperature
    for k in range(first, first + many):
        j, g, salt = load(node, of.J, k), load(node, of.G, k), load(node, of.C, k)
        theta = load(node, of.A, k) + g * j
        u, u_slope = value(w, tables, to.U_N if side == 0 else to.U_P, theta)
        entropic, bend = value(w, tables, to.DUDT_N if side == 0 else to.DUDT_P, theta)
        s, s_slope = value(w, tables, to.S_N if side == 0 else to.S_P, theta)
        small = s < SMALLEST
        s = where(small, SMALLEST, s)
        s_slope = where(small, 0.0, s_slope)
        bounded = upper(salt, SOFT)
        e, e_slope = value(w, tables, to.E_N if side == 0 else to.E_P, bounded)
        e_slope = e_slope / e
        e = e * exp(upper(e_slope * (salt - bounded), -500.0))
        twice = 2.0 * e * s
        square = root(j * j + twice * twice)
        eta = volt * log((size(j) + square) / twice)
        eta = where(j >= 0.0, eta, -eta)
        slope = u_slope + dt * bend
        per = volt / square
        store(theta, node, of.THETA, k)
        store(u, node, of.S, k)
        store(u_slope, node, of.S_SLOPE, k)
        store(twice, node, of.E, k)
        store(eta, node, of.ETA, k)
        store(entropic, node, of.ENTROPIC, k)
        store(u + dt * entropic, node, of.OCP_HERE, k)
        store(u + dt * entropic + eta, node, of.U, k)
        store(slope * g + per * (1.0 - j * s_slope / s * g), node, of.U_J, k)
        store(-per * j * e_slope, node, of.U_C, k)
        put(which, slope, node, of.OCP_SLOPE, k)


@inner
def _points(w, shape, grid, e, current):
    """Set flows at the points of element ``e`` and their derivatives by v and c of its nodes in ``local``.

    Return (integral of what the electrolyte's potential rises by, what a unit of current adds to that); V.
    """
    c, node, local, rows = cases(w.case), w.node, w.local, w.rows
    length, _, efficiency, _, _ = layer_of(c, shape, e)
    h = length * grid.widths[e]
    per_h = 1.0 / h
    resting = e == shape.elements_n
    sigma = c.sigma_n if e < shape.elements_n else c.sigma_p
    base = ORDER * e
    rise, per_rise = 0.0 * h, 0.0 * h
    for m in range(SIDES):
        store(0.0 * h, rows, e, m)
    for q in range(POINTS):
        k = base + q
        slope_c, slope_u = 0.0 * h, 0.0 * h
        for m in range(POINTS):
            slope_c += grid.derive[q, m] * load(node, of.C, base + m)
            slope_u += grid.derive[q, m] * load(node, of.U, base + m)
        slope_c *= per_h
        slope_u *= per_h
        kappa, bend = efficiency * load(node, of.KAPPA, k), efficiency * load(node, of.D_KAPPA, k)
        chi, chi_slope = load(node, of.CHI, k), load(node, of.D_CHI, k)
        t, t_slope = load(node, of.T_PLUS, k), load(node, of.D_T_PLUS, k)
        d = FARADAY * efficiency * load(node, of.DIFFUSIVITY, k)
        d_slope = FARADAY * efficiency * load(node, of.D_DIFFUSIVITY, k)
        over = 1.0 / kappa
        if resting:
            g, flow, own, per_i = 0.0 * h, current, 0.0 * h, 1.0 + 0.0 * h
        else:
            g = kappa * sigma / (kappa + sigma)
            flow = g * (slope_u + chi * slope_c + current / sigma)
            own = g * (flow * bend * over * over + chi_slope * slope_c)
            per_i = g / sigma
        weight = grid.weights[q] * h
        rise += weight * (chi * slope_c - flow * over)
        per_rise -= weight * over * per_i
        store(flow, local, 0, q)
        store(t * flow - d * slope_c, local, 1, q)
        store(per_i, local, 2, q)
        store(t * per_i, local, 3, q)
        for m in range(POINTS):
            s = grid.derive[q, m] * per_h
            by_v = g * s
            by_c = by_v * (load(node, of.U_C, base + m) + chi)
            salt = t * by_c - d * s
            drop = chi * s - over * by_c
            if m == q:
                by_c += own
                salt += t * own + t_slope * flow - d_slope * slope_c
                drop += chi_slope * slope_c + flow * bend * over * over - over * own
            store(by_v, local, 4 + q, m)
            store(by_c, local, 8 + q, m)
            store(t * by_v, local, 12 + q, m)
            store(salt, local, 16 + q, m)
            store(load(rows, e, 2 * m) - weight * over * by_v, rows, e, 2 * m)
            store(load(rows, e, 2 * m + 1) + weight * drop, rows, e, 2 * m + 1)
    return rise, per_rise


@inner
def _assemble(w, shape, grid, e, current, alpha):
    """Fill the front of element ``e`` from its points."""
    c, node, local, front = cases(w.case), w.node, w.local, w.fronts
    length, porosity, _, _, _ = layer_of(c, shape, e)
    h = length * grid.widths[e]
    resting = e == shape.elements_n
    surface = 3.0 * c.active_n / c.radius_n if e < shape.elements_n else 3.0 * c.active_p / c.radius_p
    for i in range(POINTS):
        k = ORDER * e + i
        weight = grid.weights[i] * h
        area = 0.0 * h if resting else surface * weight
        reacted = area * load(node, of.J, k)
        per_v = 0.0 * h if resting else area / load(node, of.U_J, k)
        hold = FARADAY * porosity * alpha * weight
        right_v, right_c = -reacted, reacted - hold * (load(node, of.C, k) - load(node, of.C_BACK, k))
        unit_v, unit_c = 0.0 * h, 0.0 * h
        for q in range(POINTS):
            part = grid.weights[q] * grid.derive[q, i]
            if not resting:
                right_v -= part * load(local, 0, q)
                unit_v -= part * load(local, 2, q)
            right_c += part * load(local, 1, q)
            unit_c += part * load(local, 3, q)
        if i == ORDER and e == shape.elements_n - 1:
            right_v += current
            unit_v += 1.0
        if i == 0 and e == shape.elements_n + 1:
            right_v -= current
            unit_v -= 1.0
        for m in range(POINTS):
            v_v, v_c, c_v, c_c = 0.0 * h, 0.0 * h, 0.0 * h, 0.0 * h
            for q in range(POINTS):
                part = grid.weights[q] * grid.derive[q, i]
                v_v += part * load(local, 4 + q, m)
                v_c += part * load(local, 8 + q, m)
                c_v -= part * load(local, 12 + q, m)
                c_c -= part * load(local, 16 + q, m)
            if resting:
                v_v, v_c = 0.0 * h, 0.0 * h
            if m == i:
                v_v += per_v
                c_v -= per_v
                c_c += hold
                if resting and 0 < i < ORDER:
                    v_v += 1.0
            store(v_v, front, e, 2 * i, 2 * m)
            store(v_c, front, e, 2 * i, 2 * m + 1)
            store(c_v, front, e, 2 * i + 1, 2 * m)
            store(c_c, front, e, 2 * i + 1, 2 * m + 1)
        store(right_v, front, e, 2 * i, RIGHT)
        store(right_c, front, e, 2 * i + 1, RIGHT)
        store(unit_v, front, e, 2 * i, UNIT)
        store(unit_c, front, e, 2 * i + 1, UNIT)


@inner
def _eliminate(front, e, many, columns):
    """Eliminate the first ``many`` unknowns of a front; their rows keep reciprocal pivots on the diagonal."""
    for i in range(many):
        pivot = 1.0 / load(front, e, i, i)
        store(pivot, front, e, i, i)
        for r in range(i + 1, SIDES):
            factor = load(front, e, r, i) * pivot
            for m in range(i + 1, columns):
                store(load(front, e, r, m) - factor * load(front, e, i, m), front, e, r, m)


@inner
def _substitute(w, e, i, column, row_c, row_v):
    """Set the change of unknown ``i`` of element ``e`` from those behind it."""
    found = load(w.fronts, e, i, column)
    for m in range(i + 1, SIDES):
        known = load(w.node, row_v if m % 2 == 0 else row_c, ORDER * e + m // 2)
        found -= load(w.fronts, e, i, m) * known
    found *= load(w.fronts, e, i, i)
    store(found, w.node, row_v if i % 2 == 0 else row_c, ORDER * e + i // 2)


@inner
def solve(w, shape, grid, current, alpha, held):
    """Set R1, R2 to Newton's changes of c and v = (du/dj) dj at a given ``current``, and B1, B2 to those of a
    unit more where any lane is ``held``.

    Return (rise of the electrolyte's potential across the cell, what a unit of current adds), V.
    """
    front = w.fronts
    count = grid.widths.size
    keep = SIDES - 2
    columns = UNIT + 1 if held else UNIT
    rise, per_rise = 0.0 * current, 0.0 * current
    for e in range(count):
        more, per_more = _points(w, shape, grid, e, current)
        rise += more
        per_rise += per_more
        _assemble(w, shape, grid, e, current, alpha)
        if e > 0:
            for r in range(2):
                for m in range(2):
                    left = load(front, e - 1, keep + r, keep + m)
                    store(load(front, e, r, m) + left, front, e, r, m)
                for m in range(RIGHT, columns):
                    store(load(front, e, r, m) + load(front, e - 1, keep + r, m), front, e, r, m)
        _eliminate(front, e, SIDES if e == count - 1 else keep, columns)
    for e in range(count - 1, -1, -1):
        for i in range(SIDES - 1 if e == count - 1 else keep - 1, -1, -1):
            _substitute(w, e, i, RIGHT, of.R1, of.R2)
            if held:
                _substitute(w, e, i, UNIT, of.B1, of.B2)
    return rise, per_rise


@inner
def rise_of(w, shape, grid, row_c, row_v):
    """Return by how much the electrolyte's potential rises with changes of c and v, V."""
    node, rows = w.node, w.rows
    found = load(rows, 0, 0) * 0.0
    for e in range(grid.widths.size):
        for m in range(POINTS):
            k = ORDER * e + m
            found += load(rows, e, 2 * m) * load(node, row_v, k)
            found += load(rows, e, 2 * m + 1) * load(node, row_c, k)
    return found


@inner
def change_of_u(w, row_c, row_v, k):
    """Return the change of u at a node with changes of c and v, V."""
    return load(w.node, row_v, k) + load(w.node, of.U_C, k) * load(w.node, row_c, k)
