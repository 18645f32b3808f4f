"""A cell at rest, where every case starts."""

from math import isnan

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import side
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.balance import balance
from energymodels.kernels.battery.cell.inventory import lithium
from energymodels.kernels.battery.cell.layout import D_N, D_P
from energymodels.kernels.battery.cell.material import is_constant, set_case, set_temperature
from energymodels.kernels.battery.cell.observe import DFN, open_circuit
from energymodels.kernels.battery.cell.stepper import surroundings
from energymodels.kernels.jit import inner

EXACTLY = 1e-9  # of a state of charge
START = np.int64(0)


@inner
def begin(w, mesh, c, tables, index, widths, profiles, fidelity):
    """Set materials, geometry and the state of the cell at rest in slot 0. Return a status."""
    around = surroundings(c, profiles, 0.0)
    temperature = around
    if c.lumped != 0.0 and not isnan(c.first_temperature):
        temperature = c.first_temperature
    for f in range(index.shape[1]):
        for q in range(index.shape[2]):
            w.index[f, q] = index[c.set, f, q]
    set_case(w.index, w.coefficients, c)
    set_temperature(tables, w.index, w.coefficients, temperature)
    if not balance(tables, w, c, temperature - c.reference_temperature):
        return status.OUT_OF_RANGE
    w.memory[at.CURVATURE] = 1.0
    w.memory[at.NOMINAL] = w.memory[at.CELL] if c.nominal_is_cell != 0.0 else c.nominal
    w.memory[at.AROUND] = around
    w.memory[at.HOTTEST] = temperature
    w.memory[at.FIRST_T] = temperature
    w.memory[at.LEAST_POTENTIAL] = np.inf
    w.memory[at.LARGEST_CURRENT] = 0.0
    w.memory[at.MOST_SALT] = c.c_e
    w.memory[at.AT_10] = 0.0 if abs(w.memory[at.SOC] - 0.1) < EXACTLY else np.nan
    w.memory[at.AT_80] = np.nan
    w.memory[at.ONSET] = np.nan
    w.memory[at.BESIDE] = 0.0
    w.memory[at.IDLE] = 0.0
    w.memory[at.REAR] = max(mesh.n // 4, 1) if fidelity == DFN else 1.0
    w.memory[at.BEGAN] = 0.0
    w.memory[at.ELAPSED] = 0.0
    w.weights[at.TIMES, 0] = 0.0
    w.now[at.HEAD] = 0
    w.now[at.SAMPLE] = 0
    lay_out(w, mesh, c, widths)
    point = w.points[0]
    for q in range(point.size):
        point[q] = 0.0
    point[at.T] = temperature
    point[at.V] = open_circuit(w, tables, 0.0, 0.0, temperature - c.reference_temperature)
    point[at.LOW] = np.inf
    point[at.OCP_MEAN] = point[at.V]
    nodes = mesh.n + mesh.s + mesh.p
    for k in range(nodes):
        point[at.FIRST + k] = c.c_e
        point[at.FIRST + nodes + k] = w.memory[at.THETA_N] if k < mesh.n else w.memory[at.THETA_P]
    many_n = mesh.n if fidelity == DFN else 1
    split = mesh.radial.shape[1] * many_n
    fill_profiles(w.profiles[0, :split], many_n, w.memory[at.THETA_N], is_constant(tables, w.index, D_N))
    fill_profiles(
        w.profiles[0, split:],
        mesh.p if fidelity == DFN else 1,
        w.memory[at.THETA_P],
        is_constant(tables, w.index, D_P),
    )
    if side.reacts(c):
        side.begin(w, mesh, c, point)
    w.memory[at.LITHIUM] = lithium(w, mesh, c, tables, START, fidelity)
    return status.OK


@inner
def fill_profiles(profiles, many, theta, modes):
    """Set particles to the same stoichiometry all through: every cell, or the first of the modes alone."""
    for q in range(profiles.size):
        profiles[q] = theta if q < many or not modes else 0.0


@inner
def lay_out(w, mesh, c, widths):
    """Set widths, porosities and transport of the nodes; ``widths`` are parts of their layer."""
    for k in range(mesh.n + mesh.s + mesh.p):
        if k < mesh.n:
            thickness, porosity, efficiency, share = c.thickness_n, c.porosity_n, c.efficiency_n, widths[k]
        elif k < mesh.n + mesh.s:
            thickness, porosity, efficiency, share = c.thickness_s, c.porosity_s, c.efficiency_s, 0.0
        else:
            thickness, porosity, efficiency, share = c.thickness_p, c.porosity_p, c.efficiency_p, -widths[k]
        w.node[at.DX, k] = widths[k] * thickness
        w.node[at.POROSITY, k] = porosity
        w.node[at.EFFICIENCY, k] = efficiency
        w.node[at.SHARE, k] = share
        w.node[at.J, k] = 0.0
        w.node[at.TOTAL_J, k] = 1.0
        w.node[at.TOTAL_C, k] = 0.0
    for k in range(mesh.n + mesh.s + mesh.p - 1):
        own, other = w.node[at.EFFICIENCY, k], w.node[at.EFFICIENCY, k + 1]
        part = w.node[at.DX, k] / (w.node[at.DX, k] + w.node[at.DX, k + 1])
        both = own * other / (part * other + (1.0 - part) * own)
        w.node[at.PART, k] = (1.0 - part) * both / own
        w.node[at.PART_NEXT, k] = part * both / other
