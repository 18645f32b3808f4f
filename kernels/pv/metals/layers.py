"""A wafer between two gettering layers: its cells, and the columns and rows of the arrays."""

from math import exp, expm1, log1p

import numpy as np

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.jit import jit

# columns of a layer: k0 d, m (0: no layer); E, eV; transport, m s-1 (inf: no barrier); what happens to what
# it holds after the step
CAPACITY, ENERGY, TRANSPORT, AFTER = range(4)
LAYER = 4
KEEP, STRIP, RELEASE = 0.0, 1.0, 2.0
FRONT, REAR = 0, 1
# rows of the work array: volumes of the cells and 1 over them, distances of neighbours, the three stages'
# increments, right-hand side, new state, fluxes, 1 over the pivots
VOLUME, THIN, GAP, Z1, Z2, Z3, RIGHT, NEW, FLUX, PIVOT = range(10)
ROWS = 10
STEEPEST = 20.0  # ln of the widest over the finest cell: what moves less than the finest is of no account


@jit
def arrhenius(prefactor: float, energy: float, T: float) -> float:
    """Return prefactor exp(energy/kT)."""
    return prefactor * exp(energy / (K_B_EV * T))


@jit
def _graded(i: int, cells: int, steepness: float) -> float:
    """Return the share that cell ``i``, from 1, has of all ``cells``, each exp(steepness/cells) times as wide
    as the one before.
    """
    return exp(steepness * (i - 1) / cells) * expm1(steepness / cells) / expm1(steepness)


@jit
def mesh(thickness: float, length: float, front: bool, rear: bool, work: np.ndarray) -> None:
    """Fill in the cells of the wafer, finer towards faces with a layer where the metal moves by ``length``
    only; an even number.

    The volumes lie in ``work[VOLUME, 1:-1]``, the distance from the cell before in ``work[GAP]``, half a cell
    at the faces.
    """
    cells = work.shape[1] - 2
    half = cells // 2
    reach = 0.5 * thickness if front and rear else thickness
    steepness = min(max(log1p(5.0 * reach / length), 1.0), STEEPEST) if length > 0.0 else 1.0
    for i in range(1, cells + 1):
        back = cells + 1 - i
        if front and rear:
            share = 0.5 * _graded(min(i, back), half, steepness)
        elif front or rear:
            share = _graded(i if front else back, cells, steepness)
        else:
            share = 1.0 / cells
        work[VOLUME, i] = thickness * share
        work[THIN, i] = 1.0 / work[VOLUME, i]
    for i in range(1, cells):
        work[GAP, i] = 0.5 * (work[VOLUME, i] + work[VOLUME, i + 1])
    work[GAP, 0] = 0.5 * work[VOLUME, 1]
    work[GAP, cells] = 0.5 * work[VOLUME, cells]
