"""What is recorded of a time step: the state in words a user knows, and the shares of the
terminal voltage.
"""

import numpy as np

from energymodels.kernels.battery.cell import electrode, side, spm
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import absolute
from energymodels.kernels.battery.cell.history import combine, extrapolate
from energymodels.kernels.battery.cell.material import set_temperature, solid_conductivity, value
from energymodels.kernels.jit import inner

START = np.int64(0)
SCARCE = 10.0  # mol m-3
SPM, SPME, DFN = np.arange(3)


@inner
def open_circuit(w, tables, charge, lost, dt):
    """Return the open-circuit voltage of the whole cell's mean stoichiometries after ``charge`` (A s) was
    discharged.

    ``lost`` is the lithium (A s) that side reactions took from the negative electrode.
    """
    x = w.memory[at.THETA_N] - (charge + lost) / w.memory[at.CHARGE_N]
    y = w.memory[at.THETA_P] + charge / w.memory[at.CHARGE_P]
    u_n = (
        value(tables, w.index, w.coefficients, of.U_N, x)[0]
        + dt * value(tables, w.index, w.coefficients, of.DUDT_N, x)[0]
    )
    u_p = (
        value(tables, w.index, w.coefficients, of.U_P, y)[0]
        + dt * value(tables, w.index, w.coefficients, of.DUDT_P, y)[0]
    )
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
def diffusion_potential(w, mesh):
    """Return what concentration alone adds to the mean electrolyte potential from the negative to the
    positive electrode, V.
    """
    n, s, p = mesh.n, mesh.s, mesh.p
    node = w.node
    phi = 0.0
    node[at.DROP, 0] = 0.0
    for k in range(n + s + p - 1):
        phi += electrode.means(node, k, k + 1, mesh.pybamm)[3] * (node[at.C, k + 1] - node[at.C, k])
        node[at.DROP, k + 1] = phi
    return _means(node, at.DROP, n + s, p) - _means(node, at.DROP, START, n)


@inner
def surfaces(w, mesh, c, tables, point, temperature, fidelity):
    """Return (OCV of the surfaces, reaction overpotential, phi_s - phi_e of the negative electrode at the
    separator) of a point, V.

    Means over the electrodes, from a point's own stoichiometries, currents and concentrations. Concentrations
    count as no less than ``SCARCE``: where one falls through decades within a step, its logarithm cannot be
    interpolated.
    """
    n, s, p = mesh.n, mesh.s, mesh.p
    nodes = n + s + p
    first = n + s
    node = w.node
    dt = temperature - c.reference_temperature
    if c.lumped != 0.0 or c.warmths > 0:
        set_temperature(tables, w.index, w.coefficients, temperature)
    for k in range(nodes):
        node[at.C, k] = max(point[at.FIRST + k], SCARCE)
        node[at.A, k] = point[at.FIRST + nodes + k]
        node[at.G, k] = 0.0
        node[at.J, k] = point[at.FIRST + 2 * nodes + k]
    if fidelity == DFN:
        electrode.interfaces(
            node,
            START,
            n,
            tables,
            w.index,
            w.coefficients,
            of.U_N,
            of.S_N,
            of.E_N,
            of.DUDT_N,
            temperature,
            dt,
        )
        electrode.interfaces(
            node,
            first,
            nodes,
            tables,
            w.index,
            w.coefficients,
            of.U_P,
            of.S_P,
            of.E_P,
            of.DUDT_P,
            temperature,
            dt,
        )
        ocp = _means(node, at.OCP, first, p) - _means(node, at.OCP, START, n)
        return ocp, _means(node, at.ETA, first, p) - _means(node, at.ETA, START, n), node[at.U, n - 1]
    extra = 0.0
    if mesh.pybamm and side.reacts(c):
        extra = point[at.I] * c.radius_n / (3.0 * c.active_n * c.thickness_n) - node[at.J, 0]
    spm.electrode(w, tables, START, n, START, of.U_N, of.S_N, of.E_N, of.DUDT_N, temperature, dt, extra)
    spm.electrode(w, tables, first, p, first, of.U_P, of.S_P, of.E_P, of.DUDT_P, temperature, dt, 0.0)
    return node[at.OCP, first] - node[at.OCP, 0], node[at.ETA, first] - node[at.ETA, 0], node[at.U, 0]


@inner
def mean_potential(w, c, tables, thetas, u_f, dudt_f, first, count, length, dt):
    """Return the mean open-circuit potential of an electrode's surfaces, V."""
    total = 0.0
    for k in range(first, first + count):
        u = value(tables, w.index, w.coefficients, u_f, thetas[k])[0]
        if dt != 0.0:
            u += dt * value(tables, w.index, w.coefficients, dudt_f, thetas[k])[0]
        total += u if count == 1 else u * w.node[at.DX, k] / length
    return total


@inner
def surface_ocv(w, mesh, c, tables, point, fidelity):
    """Return the OCV of the mean surfaces of a point, V."""
    nodes = mesh.n + mesh.s + mesh.p
    thetas = point[at.FIRST + nodes : at.FIRST + 2 * nodes]
    dt = point[at.T] - c.reference_temperature
    n = mesh.n if fidelity == DFN else 1
    p = mesh.p if fidelity == DFN else 1
    u_p = mean_potential(w, c, tables, thetas, of.U_P, of.DUDT_P, mesh.n + mesh.s, p, c.thickness_p, dt)
    return u_p - mean_potential(w, c, tables, thetas, of.U_N, of.DUDT_N, START, n, c.thickness_n, dt)


@inner
def observe(w, mesh, c, tables, fidelity):
    """Fill the new slot of the series from the step just solved."""
    new = at.new_slot(w)
    point = w.points[new]
    out = w.series[new]
    out[to.CURRENT] = point[at.I] * c.area
    out[to.TEMPERATURE] = point[at.T]
    out[to.CHARGE] = point[at.CHARGE]
    out[to.HEAT_RATE] = w.memory[at.HEAT_NOW]
    ocp, reaction, edge = surfaces(w, mesh, c, tables, point, point[at.T], fidelity)
    for k in range(mesh.n + mesh.s + mesh.p):
        w.node[at.C, k] = point[at.FIRST + k]
    if fidelity == DFN:
        electrode.electrolytes(
            w.node, tables, w.index, w.coefficients, point[at.T], solid_conductivity(c, point[at.T])
        )
        out[to.ELECTROLYTE] = diffusion_potential(w, mesh)
    else:
        out[to.ELECTROLYTE] = spm.resistances(w, mesh, c, tables, point[at.T], fidelity == SPME)[0]
    out[to.SMOOTH] = point[at.V] - ocp - reaction
    out[to.SMOOTH_NEGATIVE] = point[at.LOW] - edge
    complete(w, c, tables, out, side.lost(w, mesh, c, point), ocp, reaction, edge)


@inner
def complete(w, c, tables, out, lost, ocp, reaction, edge):
    """Fill in what follows from the smooth parts of a record, the lithium ``lost`` and the potentials of the
    surfaces.
    """
    out[to.SOC] = w.memory[at.SOC] - out[to.CHARGE] / w.memory[at.CELL]
    out[to.OCV] = open_circuit(w, tables, out[to.CHARGE], lost, out[to.TEMPERATURE] - c.reference_temperature)
    out[to.LOST] = lost
    out[to.VOLTAGE] = ocp + reaction + out[to.SMOOTH]
    out[to.NEGATIVE_POTENTIAL] = edge + out[to.SMOOTH_NEGATIVE]
    out[to.REACTION] = reaction
    out[to.PARTICLE] = ocp - out[to.OCV]
    out[to.OHMIC] = out[to.SMOOTH] - out[to.ELECTROLYTE]


@inner
def record(w, series, inside, case, values, state):
    """Write a record to the next sample of a case, and the profiles of its state where they are wanted."""
    k = w.now[at.SAMPLE]
    for q in range(to.SERIES):
        series[q, case, k] = values[q]
    if inside.shape[0] > 0:
        for q in range(inside.shape[2]):
            inside[case, k, q] = state[at.FIRST + q]
    w.now[at.SAMPLE] += 1


@inner
def sample(w, mesh, c, tables, axis, series, inside, case, fidelity):
    """Write the series at the times of ``axis`` that the step just solved reached.

    The step's own polynomial interpolates states and what is smooth; potentials of the surfaces follow from
    the states.
    """
    new = at.new_slot(w)
    t_new = absolute(w, w.weights[at.TIMES, new])
    zero = absolute(w, 0.0)
    values = w.series[at.HISTORY]
    state = w.points[at.PREDICTED]
    many = min(w.now[at.NEXT_ORDER], w.now[at.COUNT]) + 1
    while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= t_new:
        t = min(axis[w.now[at.SAMPLE]] - zero, w.weights[at.TIMES, new])
        extrapolate(w.weights[at.TIMES], new, many, t, w.weights[at.LOWER])
        combine(w.points, new, w.weights[at.LOWER], many, state)
        combine(w.series, new, w.weights[at.LOWER], many, values)
        ocp, reaction, edge = surfaces(w, mesh, c, tables, state, values[to.TEMPERATURE], fidelity)
        complete(w, c, tables, values, side.lost(w, mesh, c, state), ocp, reaction, edge)
        record(w, series, inside, case, values, state)
