"""What is recorded of a time step: the state in words a user knows, and the shares of the terminal voltage."""

import numpy as np

from energymodels.kernels.battery import dfn, electrode, spm
from energymodels.kernels.battery import layout as of
from energymodels.kernels.battery import row as to
from energymodels.kernels.battery import work as at
from energymodels.kernels.battery.history import combine, extrapolate
from energymodels.kernels.battery.material import value
from energymodels.kernels.jit import inner

START = np.int64(0)
SPM, SPME, DFN = np.arange(3)


@inner
def open_circuit(w, tables, charge, dt):
    """Return the open-circuit voltage of the whole cell's mean stoichiometries after ``charge`` (A s) was discharged."""
    x = w.memory[at.THETA_N] - charge / w.memory[at.CHARGE_N]
    y = w.memory[at.THETA_P] + charge / w.memory[at.CHARGE_P]
    u_n = value(tables, w.index, w.coefficients, of.U_N, x)[0] + dt * value(tables, w.index, w.coefficients, of.DUDT_N, x)[0]
    u_p = value(tables, w.index, w.coefficients, of.U_P, y)[0] + dt * value(tables, w.index, w.coefficients, of.DUDT_P, y)[0]
    return u_p - u_n


@inner
def _means(node, row, first, count):
    total = 0.0
    length = 0.0
    for k in range(first, first + count):
        total += node[row, k] * node[at.DX, k]
        length += node[at.DX, k]
    return total / length


@inner
def _shares_dfn(w, mesh, c, tables, temperature, dt):
    """Return (reaction overpotential, diffusion potential) from all nodes of the state just solved."""
    n, s, p = mesh.n, mesh.s, mesh.p
    node = w.node
    dfn.set_nodes(node, tables, w.index, w.coefficients, n, s, p, temperature, dt)
    phi = 0.0  # diffusion part of the electrolyte potential, from the negative collector on
    node[at.DROP, 0] = 0.0
    for k in range(n + s + p - 1):
        chi = electrode.means(node, k, k + 1, mesh.arithmetic)[3]
        phi += chi * (node[at.C, k + 1] - node[at.C, k])
        node[at.DROP, k + 1] = phi
    reaction = _means(node, at.ETA, n + s, p) - _means(node, at.ETA, START, n)
    return reaction, _means(node, at.DROP, n + s, p) - _means(node, at.DROP, START, n)


@inner
def surface_potential(w, mesh, c, tables, thetas, u_f, dudt_f, first, count, length, dt):
    """Return (mean potential of an electrode's surfaces, potential of its node at the separator) for given stoichiometries."""
    total = 0.0
    u = 0.0
    for k in range(first, first + count):
        u = value(tables, w.index, w.coefficients, u_f, thetas[k])[0]
        if dt != 0.0:
            u += dt * value(tables, w.index, w.coefficients, dudt_f, thetas[k])[0]
        total += u * node_weight(w, k, count, length)
    return total, u


@inner
def node_weight(w, k, count, length):
    """Return a node's share of its electrode; the one node of a single particle is all of it."""
    return 1.0 if count == 1 else w.node[at.DX, k] / length


@inner
def surface_potentials(w, mesh, c, tables, thetas, fidelity, dt):
    """Return (mean potential of the positive less the negative surfaces, potential of the negative surface at the separator), V."""
    many_n = mesh.n if fidelity == DFN else 1
    many_p = mesh.p if fidelity == DFN else 1
    n, edge = surface_potential(w, mesh, c, tables, thetas, of.U_N, of.DUDT_N, START, many_n, c.thickness_n, dt)
    p, _ = surface_potential(w, mesh, c, tables, thetas, of.U_P, of.DUDT_P, mesh.n + mesh.s, many_p, c.thickness_p, dt)
    return p - n, edge


@inner
def observe(w, mesh, c, tables, fidelity):
    """Fill the new slot of the series from the step just solved."""
    new = at.new_slot(w)
    point = w.points[new]
    out = w.series[new]
    nodes = mesh.n + mesh.s + mesh.p
    temperature = point[at.T]
    dt = temperature - c.reference_temperature
    out[to.VOLTAGE] = point[at.V]
    out[to.CURRENT] = point[at.I] * c.area
    out[to.TEMPERATURE] = temperature
    out[to.CHARGE] = point[at.CHARGE]
    out[to.NEGATIVE_POTENTIAL] = w.memory[at.LOWEST]
    out[to.HEAT_RATE] = w.memory[at.HEAT_NOW]
    if fidelity == DFN:
        reaction, diffusion = _shares_dfn(w, mesh, c, tables, temperature, dt)
    else:
        k = mesh.n + mesh.s
        reaction = w.node[at.ETA, k] - w.node[at.ETA, 0]
        diffusion = spm.resistances(w, mesh, c, tables, temperature, fidelity == SPME)[0]
    ocp, edge = surface_potentials(w, mesh, c, tables, point[at.FIRST + nodes : at.FIRST + 2 * nodes], fidelity, dt)
    out[to.REACTION] = reaction
    out[to.ELECTROLYTE] = diffusion
    out[to.SMOOTH] = out[to.VOLTAGE] - ocp
    out[to.SMOOTH_NEGATIVE] = out[to.NEGATIVE_POTENTIAL] - edge
    complete(w, c, tables, out, ocp, edge)


@inner
def complete(w, c, tables, out, ocp, edge):
    """Fill in what follows from the smooth parts of a record and the potentials of the surfaces."""
    out[to.SOC] = c.soc - out[to.CHARGE] / w.memory[at.CELL]
    out[to.OCV] = open_circuit(w, tables, out[to.CHARGE], out[to.TEMPERATURE] - c.reference_temperature)
    out[to.VOLTAGE] = ocp + out[to.SMOOTH]
    out[to.NEGATIVE_POTENTIAL] = edge + out[to.SMOOTH_NEGATIVE]
    out[to.PARTICLE] = ocp - out[to.OCV]
    out[to.OHMIC] = out[to.SMOOTH] - out[to.REACTION] - out[to.ELECTROLYTE]


@inner
def sample(w, mesh, c, tables, axis, series, case, fidelity):
    """Write the series at the times of ``axis`` that the step just solved reached.

    Smooth quantities are interpolated by the step's own polynomial, potentials of the surfaces follow from interpolated stoichiometries.
    """
    new = at.new_slot(w)
    t_new = w.weights[at.TIMES, new]
    nodes = mesh.n + mesh.s + mesh.p
    thetas = w.points[at.PREDICTED, at.FIRST + nodes : at.FIRST + 2 * nodes]
    record = w.series[at.HISTORY]
    many = min(w.now[at.NEXT_ORDER], w.now[at.COUNT]) + 1
    while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= t_new:
        t = axis[w.now[at.SAMPLE]]
        extrapolate(w.weights[at.TIMES], new, many, t, w.weights[at.LOWER])
        combine(w.points, new, w.weights[at.LOWER], many, w.points[at.PREDICTED])
        combine(w.series, new, w.weights[at.LOWER], many, record)
        ocp, edge = surface_potentials(w, mesh, c, tables, thetas, fidelity, record[to.TEMPERATURE] - c.reference_temperature)
        complete(w, c, tables, record, ocp, edge)
        for q in range(to.SERIES):
            series[q, case, w.now[at.SAMPLE]] = record[q]
        w.now[at.SAMPLE] += 1
