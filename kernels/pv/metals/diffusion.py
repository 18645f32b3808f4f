"""One step in time of a metal that diffuses between two layers: an L-stable, stiffly accurate Runge-Kutta
method of third order (``alexander1977``) with one of second order inside that tells the error.

The unknowns are the fluxes through the faces of the cells.
"""

from math import inf

from energymodels.kernels.jit import jit
from energymodels.kernels.pv.metals.layers import (
    CAPACITY,
    ENERGY,
    FLUX,
    FRONT,
    GAP,
    NEW,
    PIVOT,
    REAR,
    RIGHT,
    THIN,
    TRANSPORT,
    VOLUME,
    Z1,
    Z2,
    Z3,
    arrhenius,
)

GAMMA = 0.43586652150845899942
C2 = 0.5 * (1.0 + GAMMA)
A21 = 0.5 * (1.0 - GAMMA)
B1 = -0.25 * (6.0 * GAMMA * GAMMA - 16.0 * GAMMA + 1.0)
B2 = 0.25 * (6.0 * GAMMA * GAMMA - 20.0 * GAMMA + 5.0)
# weights of third order less those of second order that leave out the last stage
E1 = B1 - GAMMA / (1.0 - GAMMA)
E2 = B2 - (1.0 - 2.0 * GAMMA) / (1.0 - GAMMA)
E3 = GAMMA


@jit
def _exchange(layer, amount, surface, gap, thinness, stretch, spread, T):
    """Return the row of the face to a layer that holds ``amount``: (diagonal, surplus over ``surface``, the
    next cell's).
    """
    capacity = arrhenius(layer[CAPACITY], layer[ENERGY], T)
    if capacity == 0.0:
        return inf, 0.0
    return gap * spread + 1.0 / (
        layer[TRANSPORT] * stretch
    ) + 1.0 / capacity + thinness, amount / capacity - surface


@jit
def _solve(right, stretch, T, diffusion, layers, work, new):
    """Solve new - stretch L(T) new = right by the fluxes F through the faces, each times ``stretch``.

    F r = the difference across the face, r its resistance; the amounts after it follow from F, and so a
    tridiagonal system.
    """
    thin, gap, flux, pivot = work[THIN], work[GAP], work[FLUX], work[PIVOT]
    last = right.size - 2  # of the cells, and of the faces, which count from 0
    reach = arrhenius(diffusion[0], -diffusion[1], T) * stretch
    spread = 1.0 / reach if reach > 0.0 else inf
    diagonal, drive = _exchange(layers[FRONT], right[0], right[1], gap[0], thin[1], stretch, spread, T)
    pivot[0], flux[0] = 1.0 / diagonal, drive
    for f in range(1, last):
        share = thin[f] * pivot[f - 1]
        pivot[f] = 1.0 / (gap[f] * spread + thin[f] + thin[f + 1] - share * thin[f])
        flux[f] = right[f] - right[f + 1] + share * flux[f - 1]
    diagonal, drive = _exchange(
        layers[REAR], right[last + 1], right[last], gap[last], thin[last], stretch, spread, T
    )
    share = thin[last] * pivot[last - 1]
    flux[last] = (share * flux[last - 1] - drive) / (diagonal - share * thin[last])
    new[last + 1] = right[last + 1] + flux[last]
    for f in range(last - 1, -1, -1):
        flux[f] = (flux[f] + flux[f + 1] * thin[f + 1]) * pivot[f]
        new[f + 1] = right[f + 1] + (flux[f] - flux[f + 1]) * thin[f + 1]
    new[0] = right[0] - flux[0]


@jit
def attempt(state, step, T0, T1, diffusion, layers, work):
    """Make one step into ``work[NEW]``, from T0 to T1; return the error: metal misplaced over metal in the
    wafer.
    """
    z1, z2, z3, right, new = work[Z1], work[Z2], work[Z3], work[RIGHT], work[NEW]
    stretch = GAMMA * step
    _solve(state, stretch, T0 + GAMMA * (T1 - T0), diffusion, layers, work, new)
    for i in range(state.size):
        z1[i] = (new[i] - state[i]) / GAMMA
        right[i] = state[i] + A21 * z1[i]
    _solve(right, stretch, T0 + C2 * (T1 - T0), diffusion, layers, work, new)
    for i in range(state.size):
        z2[i] = (new[i] - right[i]) / GAMMA
        right[i] = state[i] + B1 * z1[i] + B2 * z2[i]
    _solve(right, stretch, T1, diffusion, layers, work, new)
    missed, held = 0.0, 0.0
    for i in range(state.size):
        z3[i] = (new[i] - right[i]) / GAMMA
        inside = 0 < i < state.size - 1
        volume = work[VOLUME, i] if inside else 1.0
        missed += volume * abs(E1 * z1[i] + E2 * z2[i] + E3 * z3[i])
        held += volume * new[i] if inside else 0.0
    return missed / held if held > 0.0 else inf
