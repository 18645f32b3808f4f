"""How much lithium a cell holds, and how it stands at the end of a case."""

import numpy as np

from energymodels.kernels.battery.cell import side
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.layout import D_N, D_P
from energymodels.kernels.battery.cell.material import is_constant
from energymodels.kernels.battery.cell.observe import DFN
from energymodels.kernels.battery.cell.particle import VOLUME
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner

START = np.int64(0)
ONE = np.int64(1)


@inner
def of_particles(node, radial, profiles, first, n, start, modes):
    """Return the sum over an electrode's ``n`` particles, from node ``first`` on, of mean stoichiometry times
    width, m.

    Their profiles begin at ``start``: amplitudes of ``modes``, of which the first is the mean, or cell by
    cell.
    """
    total = 0.0
    for x in range(n):
        mean = profiles[start + x]
        if not modes:
            mean = 0.0
            for i in range(radial.shape[1]):
                mean += 3.0 * radial[VOLUME, i] * profiles[start + i * n + x]
        total += mean * node[at.DX, first + x]
    return total


@inner
def lithium(w, mesh, c, tables, slot, fidelity):
    """Return all lithium, A s, of the time point in ``slot``: in particles, salt, plated metal and
    SEI.
    """
    node, point, profiles = w.node, w.points[slot], w.profiles[slot]
    n = mesh.n if fidelity == DFN else ONE
    p = mesh.p if fidelity == DFN else ONE
    first_p = mesh.n + mesh.s
    # a particle stands for its electrode
    width_n = 1.0 if fidelity == DFN else c.thickness_n / node[at.DX, 0]
    width_p = 1.0 if fidelity == DFN else c.thickness_p / node[at.DX, first_p]
    theta = of_particles(node, mesh.radial, profiles, START, n, START, is_constant(tables, w.index, D_N))
    total = theta * width_n * c.active_n * c.c_max_n
    start = n * mesh.radial.shape[1]
    theta = of_particles(node, mesh.radial, profiles, first_p, p, start, is_constant(tables, w.index, D_P))
    total += theta * width_p * c.active_p * c.c_max_p
    for k in range(first_p + mesh.p):
        total += node[at.POROSITY, k] * node[at.DX, k] * point[at.FIRST + k]
    return total * c.area * FARADAY + side.lost(w, mesh, c, point)
