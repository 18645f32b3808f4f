"""Single-particle cells, without (SPM) and with electrolyte (SPMe; Marquis et al. 2019, key ``marquis2019``):
an implicit step.

The interfacial current is the same across an electrode, so each has one particle; SPMe solves the electrolyte
for that current and takes overpotentials as averages over the electrodes (equations of the paper's section on
SPMe in its composite form):

    V = U_p - U_n + <eta_p> - <eta_n> + X (<ln c_p/c> - <ln c_n/c>)
        - I (L_n/3 kappa_n + L_s/kappa_s + L_p/3 kappa_p) - I (L_n/sigma_n + L_p/sigma_p)/3
"""

from math import sqrt

import numpy as np

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import particle, side
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.dfn import (
    HOPELESS,
    ITERATIONS,
    SETTLED,
    START,
    behind,
    left_over,
    store,
    within,
)
from energymodels.kernels.battery.cell.material import (
    DEPLETED,
    SMALLEST,
    exchange_of_electrolyte,
    in_series,
    is_constant,
    keep_positive,
    mix,
    set_temperature,
    solid_conductivity,
    value,
    values,
)
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.elementary import log
from energymodels.kernels.jit import inner

ONE = np.int64(1)
# mol m-3: below it Newton's method needs to know how the diffusion potential answers to the current
SCARCE = 100.0


@inner
def solve_electrolyte(w, mesh, tables, current, alpha, solid):
    """Set R1 to Newton's change of the concentrations at a given ``current`` and B1 to that of a
    unit more.
    """
    nodes = mesh.n + mesh.s + mesh.p
    node = w.node
    values(tables, w.index, w.coefficients, of.D_E, node[at.C], node[at.DIFFUSIVITY], node[at.D_DIFFUSIVITY])
    keep_positive(node[at.DIFFUSIVITY], node[at.D_DIFFUSIVITY])
    values(tables, w.index, w.coefficients, of.T_PLUS, node[at.C], node[at.T_PLUS], node[at.D_T_PLUS])
    if solid > 0.0:
        values(tables, w.index, w.coefficients, of.KAPPA, node[at.C], node[at.KAPPA], node[at.D_KAPPA])
        mix(solid, node[at.KAPPA], node[at.D_KAPPA], node[at.T_PLUS], node[at.D_T_PLUS])
    for k in range(nodes):
        node[at.DIFFUSIVITY, k] *= node[at.EFFICIENCY, k]
        node[at.D_DIFFUSIVITY, k] *= node[at.EFFICIENCY, k]
    gain = 0.0
    right = 0.0
    unit = 0.0
    share = 0.0  # of the current that the electrolyte carries at the edge to the right
    for k in range(nodes):
        before = share
        share += node[at.SHARE, k]
        hold = FARADAY * node[at.POROSITY, k] * node[at.DX, k] * alpha
        diagonal = gain + hold
        right += node[at.SHARE, k] * current - hold * (node[at.C, k] - node[at.C_BACK, k])
        unit += share - before
        n_c1 = 0.0
        n_c2 = 0.0
        flow = 0.0
        t = 0.0
        edge = 0.0
        if k < nodes - 1:
            o = k + 1
            v = node[at.DX, k] / (node[at.DX, k] + node[at.DX, o])
            distance = 0.5 * (node[at.DX, k] + node[at.DX, o])
            d1 = node[at.DIFFUSIVITY, k]
            d2 = node[at.DIFFUSIVITY, o]
            if mesh.pybamm:
                d = d1 * d2 / (v * d2 + (1.0 - v) * d1)
                part1 = v * (d / d1) ** 2
                part2 = (1.0 - v) * (d / d2) ** 2
                # PyBaMM takes the current of the nodes, which bends at the separator
                edge = (1.0 - v) * 0.5 * (before + share) + v * (share + 0.5 * node[at.SHARE, o])
            else:
                part1 = node[at.PART, k]
                part2 = node[at.PART_NEXT, k]
                d = part1 * d1 + part2 * d2
                edge = share
            slope = (node[at.C, o] - node[at.C, k]) * FARADAY / distance
            t = (1.0 - v) * node[at.T_PLUS, k] + v * node[at.T_PLUS, o]
            i = edge * current
            n_c1 = d * FARADAY / distance - slope * part1 * node[at.D_DIFFUSIVITY, k]
            n_c2 = -d * FARADAY / distance - slope * part2 * node[at.D_DIFFUSIVITY, o]
            n_c1 += i * (1.0 - v) * node[at.D_T_PLUS, k]
            n_c2 += i * v * node[at.D_T_PLUS, o]
            flow = t * i - d * slope
        pivot = 1.0 / (diagonal + n_c1)
        f = (right - flow) * pivot
        b = (unit - t * edge) * pivot
        e = n_c2 * pivot
        node[at.R1, k] = f
        node[at.B1, k] = b
        node[at.E11, k] = e
        gain = n_c1 * e - n_c2
        right = flow + n_c1 * f
        unit = t * edge + n_c1 * b
    for k in range(nodes - 2, -1, -1):
        node[at.R1, k] -= node[at.E11, k] * node[at.R1, k + 1]
        node[at.B1, k] -= node[at.E11, k] * node[at.B1, k + 1]


@inner
def electrode(w, tables, first, count, k, u_f, s_f, e_f, dudt_f, temperature, dt, beside):
    """Set u, its parts and derivatives of an electrode at its one node ``k``; the electrolyte enters by
    averages over its nodes.

    U_C is what a unit of current adds to the overpotential by way of the concentrations' response B1.
    ``beside`` is a current that counts in the overpotential though no lithium comes with it: PyBaMM takes
    that of all reactions.
    """
    node = w.node
    j = node[at.J, k]
    theta = node[at.A, k] + node[at.G, k] * j
    ocp, ocp_slope = value(tables, w.index, w.coefficients, u_f, theta)
    entropic, entropic_slope = value(tables, w.index, w.coefficients, dudt_f, theta)
    j += beside
    s, s_slope = value(tables, w.index, w.coefficients, s_f, theta)
    if s < SMALLEST:
        s = SMALLEST
        s_slope = 0.0
    volt = 2.0 * GAS * temperature / FARADAY
    eta = 0.0
    slope = 0.0
    length = 0.0
    e, e_slope, c = (
        node[at.E, first : first + count],
        node[at.E_SLOPE, first : first + count],
        node[at.C, first : first + count],
    )
    values(tables, w.index, w.coefficients, e_f, c, e, e_slope)
    for q in range(count):
        if c[q] <= DEPLETED:
            e[q], e_slope[q] = exchange_of_electrolyte(tables, w.index, w.coefficients, e_f, c[q])
            e_slope[q] *= e[q]
    dx = node[at.DX, first : first + count]
    unit = 0.0
    for q in range(count):
        twice = 2.0 * e[q] * s
        root = sqrt(j * j + twice * twice)
        eta += dx[q] * volt * log((abs(j) + root) / twice)
        slope += dx[q] * volt / root
        unit -= dx[q] * volt * j / root * e_slope[q] / e[q] * node[at.B1, first + q]
        length += dx[q]
    node[at.U_C, k] = unit / length
    eta /= length
    slope /= length
    node[at.ENTROPIC, k] = entropic
    ocp_slope += dt * entropic_slope
    node[at.OCP, k] = ocp + dt * entropic
    node[at.OCP_SLOPE, k] = ocp_slope
    node[at.ETA, k] = eta if j >= 0.0 else -eta
    node[at.U, k] = node[at.OCP, k] + node[at.ETA, k]
    node[at.U_J, k] = ocp_slope * node[at.G, k] + slope * (1.0 - j * s_slope / s * node[at.G, k])


@inner
def mean_concentration(w, mesh, c):
    """Return the mean of the electrolyte's concentration over the cell, mol m-3.

    PyBaMM, whose concentration is (porosity c)/porosity, takes the mean of a product for the product of the
    means.
    """
    node = w.node
    length = c.thickness_n + c.thickness_s + c.thickness_p
    total = 0.0
    other = 0.0
    for k in range(mesh.n + mesh.s + mesh.p):
        if mesh.pybamm:
            total += node[at.DX, k] * node[at.POROSITY, k] * node[at.C, k]
            other += node[at.DX, k] / node[at.POROSITY, k]
        else:
            total += node[at.DX, k] * node[at.C, k]
    return total / length * (other / length if mesh.pybamm else 1.0)


@inner
def relative(concentration, average):
    """Return ln of a concentration over the average; below ``DEPLETED`` it goes on along its slope there,
    as that of the exchange current does.
    """
    if concentration > DEPLETED:
        return log(concentration / average)
    return log(DEPLETED / average) + (concentration - DEPLETED) / DEPLETED


@inner
def response(w, first, many, length):
    """Return what a unit of current adds to the mean of ``relative`` over ``many`` nodes, by those that are
    nearly empty.
    """
    node = w.node
    total = 0.0
    for k in range(first, first + many):
        if node[at.C, k] < SCARCE:
            total += node[at.DX, k] / length * node[at.B1, k] / max(node[at.C, k], DEPLETED)
    return total


@inner
def resistances(w, mesh, c, tables, temperature, with_electrolyte):
    """Return (diffusion potential, resistances of electrolyte, solid, negative electrolyte, X, <ln c_n/c>) of
    SPMe; V, ohm m2.
    """
    n, s, p = mesh.n, mesh.s, mesh.p
    nodes = n + s + p
    node = w.node
    if not with_electrolyte:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    average = mean_concentration(w, mesh, c)
    liquid = value(tables, w.index, w.coefficients, of.KAPPA, average)[0]
    kappa = liquid + solid_conductivity(c, temperature)
    chi = 2.0 * (1.0 - value(tables, w.index, w.coefficients, of.T_PLUS, average)[0]) * liquid / kappa
    chi *= value(tables, w.index, w.coefficients, of.TDF, average)[0] * GAS * temperature / FARADAY
    ln_n = 0.0
    for k in range(n):
        ln_n += node[at.DX, k] * relative(node[at.C, k], average)
    ln_n /= c.thickness_n
    ln_p = 0.0
    for k in range(n + s, nodes):
        ln_p += node[at.DX, k] * relative(node[at.C, k], average)
    ln_p /= c.thickness_p
    negative = c.thickness_n / (3.0 * kappa * c.efficiency_n)
    ohmic = (
        negative + c.thickness_s / (kappa * c.efficiency_s) + c.thickness_p / (3.0 * kappa * c.efficiency_p)
    )
    solid = (c.thickness_n / c.sigma_n + c.thickness_p / c.sigma_p) / 3.0
    if mesh.pybamm:  # PyBaMM extrapolates the parabola to the collector from two nodes
        solid -= 0.375 * c.thickness_p / (p * p * c.sigma_p)
    return chi * (ln_p - ln_n), ohmic, solid, negative, chi, ln_n


@inner
def set_offsets(w, mesh, c, current, negative, chi, ln_n, with_electrolyte):
    """Set by how much phi_s - phi_e of every negative node lies above its mean, and what a unit of current
    adds to that.

    The last one, at the first node of the separator, is of its face.
    """
    node = w.node
    if not with_electrolyte:
        for k in range(mesh.n + 1):
            node[at.OFFSET, k] = 0.0
            node[at.OFFSET_I, k] = 0.0
        return
    average = mean_concentration(w, mesh, c)
    l_n = c.thickness_n
    kappa = l_n / (3.0 * negative)
    x = 0.0
    mean = 0.0
    for k in range(mesh.n):
        mean += node[at.DX, k] / l_n * node[at.B1, k] / max(node[at.C, k], DEPLETED)
    for k in range(mesh.n + 1):
        salt, answer = node[at.C, k], node[at.B1, k]
        if k < mesh.n:
            x += 0.5 * node[at.DX, k]
        elif mesh.pybamm:
            break
        else:
            part = within(node, k - 1)
            salt = part * salt + (1.0 - part) * node[at.C, k - 1]
            answer = part * answer + (1.0 - part) * node[at.B1, k - 1]
        per = (l_n / 3.0 + (x * x - l_n * l_n) / (2.0 * l_n)) / kappa
        per += (l_n / 3.0 - x * (2.0 * l_n - x) / (2.0 * l_n)) / c.sigma_n
        node[at.OFFSET, k] = chi * (ln_n - relative(salt, average)) + current * per
        node[at.OFFSET_I, k] = chi * (mean - answer / max(salt, DEPLETED)) + per
        x += 0.5 * node[at.DX, k]
    if mesh.pybamm:  # PyBaMM extrapolates from two nodes
        for row in (at.OFFSET, at.OFFSET_I):
            node[row, mesh.n] = 1.5 * node[row, mesh.n - 1] - 0.5 * node[row, mesh.n - 2]


@inner
def lowest(node, n):
    """Return (place of the least phi_s - phi_e in the negative electrode, that potential less the mean, V);
    ``n`` is the face.
    """
    least = 1e300
    where = START
    for k in range(n + 1):
        if node[at.OFFSET, k] < least:
            least = node[at.OFFSET, k]
            where = k
    return where, least


@inner
def react(w, mesh, c, alpha, temperature):
    """Set currents of side reactions at the negative nodes.

    Return (their mean, its derivative by the mean u, mean film).
    """
    node = w.node
    a, f, k_plating, warm = side.rates(c, temperature)
    mean = 0.0
    slope = 0.0
    film = 0.0
    for k in range(mesh.n):
        u = node[at.U, 0] + node[at.OFFSET, k]
        pl, pl_u, _, gr, gr_u, own = side.currents(
            w, mesh, c, k, u, node[at.C, k], alpha, a, f, k_plating, warm
        )
        node[at.PLATING, k] = pl
        node[at.PLATING_J, k] = pl_u
        node[at.GROWTH, k] = gr
        node[at.GROWTH_J, k] = gr_u
        part = node[at.DX, k] / c.thickness_n
        mean += part * (pl + gr)
        slope += part * (pl_u + gr_u)
        film += part * own
    return mean, slope, film


@inner
def follow(node, c, n, total):
    """Shift the potential that the side currents see until their mean is ``total``, so that no lithium is
    lost.
    """
    mean = 0.0
    slope = 0.0
    for k in range(n):
        mean += node[at.DX, k] / c.thickness_n * (node[at.PLATING, k] + node[at.GROWTH, k])
        slope += node[at.DX, k] / c.thickness_n * (node[at.PLATING_J, k] + node[at.GROWTH_J, k])
    rise = (total - mean) / slope if slope != 0.0 else 0.0
    for k in range(n):
        node[at.PLATING, k] += node[at.PLATING_J, k] * rise
        node[at.GROWTH, k] += node[at.GROWTH_J, k] * rise


@inner
def advance(w, mesh, c, tables, new, alpha, kind, target, tolerance, with_electrolyte):
    """Solve one implicit step as ``dfn.advance`` does, for SPMe (``with_electrolyte``) or SPM."""
    nodes = mesh.n + mesh.s + mesh.p
    k_p = mesh.n + mesh.s
    cells = mesh.radial.shape[1]
    node = w.node
    lumped = c.lumped != 0.0
    border = kind != of.CURRENT
    straight = is_constant(tables, w.index, of.D_N) and is_constant(tables, w.index, of.D_P)
    per_n = c.radius_n / (3.0 * c.active_n * c.thickness_n)  # interfacial current for a unit of current
    per_p = -c.radius_p / (3.0 * c.active_p * c.thickness_p)
    temperature = w.points[at.PREDICTED, at.T] if lumped else w.memory[at.AROUND]
    current = w.points[at.PREDICTED, at.I] if border else target / c.area
    reacting = side.reacts(c)
    beside = 0.0  # mean current of the side reactions
    for k in range(nodes):
        node[at.C, k] = w.points[at.PREDICTED, at.FIRST + k] if with_electrolyte else c.c_e
        node[at.C_BACK, k] = w.points[at.PAST, at.FIRST + k]
    if reacting:
        beside = w.memory[at.BESIDE]
    node[at.J, 0] = current * per_n - beside
    node[at.J, k_p] = current * per_p
    size = 0.0
    volt = 0.0
    heat = 0.0
    negative = 0.0
    chi = 0.0
    ln_n = 0.0
    per_u = 0.0
    for iteration in range(ITERATIONS):
        first = iteration == 0
        if lumped or (first and c.warmths > 0):
            set_temperature(tables, w.index, w.coefficients, temperature)
        particle.eliminate_side(
            w, mesh, c, tables, particle.NEGATIVE, START, ONE, START, new, alpha, first or lumped
        )
        particle.eliminate_side(
            w, mesh, c, tables, particle.POSITIVE, k_p, ONE, cells, new, alpha, first or lumped
        )
        previous = size
        size = 0.0
        if with_electrolyte:
            solve_electrolyte(w, mesh, tables, current, alpha, solid_conductivity(c, temperature))
            for k in range(nodes):
                node[at.C, k] += node[at.R1, k]
                size += node[at.R1, k] * node[at.R1, k]
            size = sqrt(size / nodes) / (c.c_e * tolerance)
        dt = temperature - c.reference_temperature
        extra = beside if mesh.pybamm else 0.0
        electrode(w, tables, START, mesh.n, START, of.U_N, of.S_N, of.E_N, of.DUDT_N, temperature, dt, extra)
        electrode(w, tables, k_p, mesh.p, k_p, of.U_P, of.S_P, of.E_P, of.DUDT_P, temperature, dt, 0.0)
        diffusion, ohmic, solid, negative, chi, ln_n = resistances(
            w, mesh, c, tables, temperature, with_electrolyte
        )
        inner = ohmic + solid + in_series(c, temperature)
        before = volt
        answer = 1.0  # of intercalation to the current: the side reactions take the rest
        moved = 0.0
        if reacting or kind == of.NEGATIVE:
            set_offsets(w, mesh, c, current, negative, chi, ln_n, with_electrolyte)
        if reacting:
            mean, slope, film = react(w, mesh, c, alpha, temperature)
            answer = 1.0 / (1.0 + slope * node[at.U_J, 0])
            moved = (beside - mean) * answer  # what intercalation gains by it
            beside -= moved
            size = max(size, abs(node[at.U_J, 0] * moved) / tolerance)
            node[at.U, 0] += node[at.U_J, 0] * moved + film * current * per_n
            node[at.U_FILM, 0] = film * per_n
        volt = node[at.U, k_p] - node[at.U, 0] + diffusion - current * inner
        heat = current * (node[at.OCP, k_p] - temperature * node[at.ENTROPIC, k_p] - volt) + side.heat(
            w, mesh, c
        )
        heat -= (current - beside / per_n) * (node[at.OCP, 0] - temperature * node[at.ENTROPIC, 0])
        step = 0.0
        if border:
            per_u = node[at.U_J, 0] * per_n * answer + node[at.U_FILM, 0]  # of u of the negative electrode
            if with_electrolyte:
                per_u += node[at.U_C, 0]
            per_current = node[at.U_J, k_p] * per_p - per_u - inner
            if with_electrolyte:
                per_current += node[at.U_C, k_p] + chi * response(w, k_p, mesh.p, c.thickness_p)
                per_current -= chi * response(w, START, mesh.n, c.thickness_n)
            if kind == of.VOLTAGE:
                step = (target - volt) / per_current
            elif kind == of.POWER:
                step = (target / c.area - volt * current) / (volt + per_current * current)
            elif kind == of.NEGATIVE:
                k, least = lowest(node, mesh.n)
                step = (target - node[at.U, 0] - least) / (per_u + node[at.OFFSET_I, k])
            elif kind == of.SALT:
                step = (target - behind(w, node[at.C])) / behind(w, node[at.B1])
            else:  # the temperature is held where cooling takes away all heat
                surplus = heat - c.cooling * (temperature - w.memory[at.AROUND]) / c.area
                step = -surplus / (heat / current - current * per_current if current != 0.0 else -volt)
            current += step
            volt += per_current * step
            if with_electrolyte:
                for k in range(nodes):
                    node[at.C, k] += step * node[at.B1, k]
            size = max(size, abs(step) / ((abs(current) + 0.01 * c.nominal / 3600.0 / c.area) * tolerance))
            # at a surface's steep end the voltage says more than the current
            size = max(size, abs(per_current * step) / tolerance)
        moved += step * per_n * answer
        beside += step * per_n * (1.0 - answer)
        node[at.J, 0] = current * per_n - beside
        node[at.J, k_p] += step * per_p
        if not straight:
            if not first:
                size = max(size, abs(volt - before) / tolerance)
            size = max(size, _move(w, mesh, c, tables, moved, step * per_p, new, alpha) / tolerance)
        if lumped:
            rate = 1.0 / (c.heat_capacity * alpha)
            past = w.points[at.PAST, at.T] + rate * (heat * c.area + c.cooling * w.memory[at.AROUND])
            change = past / (1.0 + rate * c.cooling) - temperature
            temperature += change
            size = max(size, abs(change) / (100.0 * tolerance))
        if not size < HOPELESS:
            return False
        left = left_over(
            w, iteration, size, previous, tolerance, straight and (not border or kind == of.NEGATIVE)
        )
        if left < 0.0:
            return False
        if left < SETTLED:
            break
    else:
        return False
    particle.finish_side(w, mesh, c, tables, particle.NEGATIVE, START, ONE, START, new, alpha)
    particle.finish_side(w, mesh, c, tables, particle.POSITIVE, k_p, ONE, cells, new, alpha)
    store(w, c, new, alpha, volt, temperature, current, heat * c.area)
    w.points[new, at.OCP_MEAN] = node[at.OCP, k_p] - node[at.OCP, 0]
    point = w.points[new]
    for k in range(nodes):
        point[at.FIRST + k] = node[at.C, k]
    point[at.FIRST + nodes] = node[at.A, 0] + node[at.G, 0] * node[at.J, 0]
    point[at.FIRST + nodes + k_p] = node[at.A, k_p] + node[at.G, k_p] * node[at.J, k_p]
    point[at.FIRST + 2 * nodes] = node[at.J, 0]
    point[at.FIRST + 2 * nodes + k_p] = node[at.J, k_p]
    node[at.U, 0] += per_u * step
    set_offsets(w, mesh, c, current, negative, chi, ln_n, with_electrolyte)
    point[at.LOW] = node[at.U, 0] + lowest(node, mesh.n)[1]
    if reacting:
        w.memory[at.BESIDE] = beside
        follow(node, c, mesh.n, beside)
        side.settle(w, mesh, c, new, alpha)
    return True


@inner
def _move(w, mesh, c, tables, change_n, change_p, new, alpha):
    """Add Newton's changes to particles whose diffusivity depends on theta; return the largest change."""
    k_p = mesh.n + mesh.s
    w.node[at.R2, 0] = change_n
    w.node[at.R2, k_p] = change_p
    moved = particle.change_side(w, mesh, c, tables, particle.NEGATIVE, START, ONE, START, new, alpha)
    return max(
        moved,
        particle.change_side(
            w, mesh, c, tables, particle.POSITIVE, k_p, ONE, mesh.radial.shape[1], new, alpha
        ),
    )
