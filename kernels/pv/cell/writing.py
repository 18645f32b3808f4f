"""Results of a lane, as they are written to its case."""

import numpy as np

from energymodels.kernels.constants import Q
from energymodels.kernels.jit import inline
from energymodels.kernels.pv.cell import lanes as at
from energymodels.kernels.pv.cell.row import ETA, FF, M_MP, M_OC, PFF, TAU_15, TAU_MP


@inline
def write_point(w, lane, c, out, k, first):
    """Write the recombination split to ``out[first:first+6, k]``; return the local ideality."""
    out[first, k] = w[at.J0R + lane] * w[at.EM1 + lane]
    out[first + 1, k] = w[at.AUG + lane]
    out[first + 2, k] = w[at.SRH + lane]
    out[first + 3, k] = c.j0_front * w[at.EM1 + lane]
    out[first + 4, k] = c.j0_rear * w[at.EM1 + lane]
    out[first + 5, k] = w[at.SHUNT + lane] * w[at.V + lane]
    return w[at.TOTAL + lane] * w[at.DV + lane] / (w[at.DTOTAL + lane] * w[at.KT + lane])


@inline
def bulk_lifetime(w, i, c):
    """Return the lifetime, s, that emission, Auger and all levels leave the bulk."""
    return Q * c.thickness * w[at.DN + i] / (w[at.J0R + i] * w[at.EM1 + i] + w[at.AUG + i] + w[at.SRH + i])


@inline
def write_centres(w, lane, owners, table, out):
    """Add what each centre recombines, A m-2, to its owner's place in ``out``."""
    out[:] = 0.0
    for k in range(owners.size):
        out[owners[k]] += at.recombined(w, lane, table[k])


@inline
def write_dark(out, k, lifetime, irradiance):
    """Write a case without generation: no voltage and no current, and none of what is a ratio to them."""
    at_1e15 = out[TAU_15, k]
    out[:, k] = 0.0
    out[TAU_15, k], out[TAU_MP, k] = at_1e15, lifetime
    out[FF, k] = out[PFF, k] = out[M_MP, k] = out[M_OC, k] = np.nan
    if irradiance == 0.0:
        out[ETA, k] = np.nan
