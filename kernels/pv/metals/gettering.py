"""A dissolved metal in a wafer between two gettering layers: diffusion, segregation into the layers, and what
they do after a step.

dC/dt = d/dx(D dC/dx) over the wafer; a layer holds an amount A per area, m times the unit of C, and takes up
h (C at the surface - A/(k d)), k = k0 exp(E/kT) its segregation coefficient, d its thickness, h the transport
across the interface. Everything is linear in C, which is 1 everywhere at the start. SI; energies in eV.

Finite volumes whose unknowns are the fluxes through the faces: what one cell loses the next one gains, to the
last digit, and no interface or layer is too permeable. In time an L-stable, stiffly accurate Runge-Kutta
method of third order (``alexander1977``) with one of second order inside that tells the error.
"""

from math import exp, expm1, inf, log1p, sqrt

import numpy as np

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.jit import jit
from energymodels.kernels.status import OK, TOO_MANY_STEPS

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

GAMMA = 0.43586652150845899942
C2 = 0.5 * (1.0 + GAMMA)
A21 = 0.5 * (1.0 - GAMMA)
B1 = -0.25 * (6.0 * GAMMA * GAMMA - 16.0 * GAMMA + 1.0)
B2 = 0.25 * (6.0 * GAMMA * GAMMA - 20.0 * GAMMA + 5.0)
# weights of third order less those of second order that leave out the last stage
E1 = B1 - GAMMA / (1.0 - GAMMA)
E2 = B2 - (1.0 - 2.0 * GAMMA) / (1.0 - GAMMA)
E3 = GAMMA
MOST = 20000  # steps on a straight piece
POINTS = 6  # of an interpolation
STEEPEST = 20.0  # ln of the widest over the finest cell: what moves less than the finest is of no account


@jit
def arrhenius(prefactor: float, energy: float, T: float) -> float:
    """Return prefactor exp(energy/kT)."""
    return prefactor * exp(energy / (K_B_EV * T))


@jit
def diffusion_length(
    times: np.ndarray, kelvin: np.ndarray, first: np.ndarray, diffusion: np.ndarray
) -> float:
    """Return sqrt(integral of D dt), m, over all steps; Simpson's rule in parts."""
    total = 0.0
    for s in range(first.size - 1):
        for j in range(first[s], first[s + 1] - 1):
            span, rise = times[j + 1] - times[j], kelvin[j + 1] - kelvin[j]
            for i in range(33):
                weight = 4.0 if i % 2 == 1 else 2.0
                if i == 0 or i == 32:
                    weight = 1.0
                total += (
                    span * weight / 96.0 * arrhenius(diffusion[0], -diffusion[1], kelvin[j] + rise * i / 32.0)
                )
    return sqrt(total)


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
def _attempt(state, step, T0, T1, diffusion, layers, work):
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


@jit
def _copy(source, target):
    for i in range(source.size):
        target[i] = source[i]


@jit
def _ramp(state, span, T0, T1, diffusion, layers, work, tolerance, longest):
    """Go through ``span`` s while the temperature goes from T0 to T1, in steps of at most ``longest``; return
    how many.
    """
    t, step, count = 0.0, longest, 0
    while t < span and count < MOST:
        count += 1
        ends = step >= span - t
        now = span - t if ends else step
        begin, end = T0 + (T1 - T0) * (t / span), T1 if ends else T0 + (T1 - T0) * ((t + now) / span)
        error = _attempt(state, now, begin, end, diffusion, layers, work) / tolerance
        # 0.1 for an error that is inf
        wanted = now * min(4.0, max(0.1, 0.9 * max(error, 1e-9) ** (-1.0 / 3.0)))
        if error <= 1.0:
            t = span if ends else t + now
            _copy(work[NEW], state)
            # a step cut short by the end says nothing against longer ones
            step = max(wanted, step) if ends else wanted
        else:
            step = wanted
        step = min(step, longest)
    return count


@jit
def _finish(state, layers, work, held):
    """Note what the layers hold and do to them what follows the step; return what leaves with them."""
    gone = 0.0
    last = state.size - 2
    for face in range(2):
        holder, cell = (0, 1) if face == FRONT else (last + 1, last)
        held[face] = state[holder]
        after = layers[face, AFTER] if layers[face, CAPACITY] > 0.0 else KEEP
        if after == RELEASE:
            state[cell] += state[holder] * work[THIN, cell]
        elif after == STRIP:
            gone += state[holder]
        if after != KEEP:
            state[holder] = 0.0
    return gone


@jit
def _begin(thickness, length, layers, work, state):
    """Lay out the cells and put 1 into each; the layers are empty."""
    front, rear = False, False
    for s in range(layers.shape[0]):
        front = front or layers[s, FRONT, CAPACITY] > 0.0
        rear = rear or layers[s, REAR, CAPACITY] > 0.0
    mesh(thickness, length, front, rear, work)
    for i in range(state.size):
        state[i] = 1.0 if 0 < i < state.size - 1 else 0.0


@jit
def process(
    thickness: float,
    times: np.ndarray,
    kelvin: np.ndarray,
    first: np.ndarray,
    layers: np.ndarray,
    diffusion: np.ndarray,
    length: float,
    tolerance: float,
    pieces: int,
    work: np.ndarray,
    states: np.ndarray,
    held: np.ndarray,
    removed: np.ndarray,
) -> int:
    """Take a wafer of ``thickness`` m through all steps; return a status.

    Points ``first[s]`` to ``first[s + 1]`` of ``times`` (s) and ``kelvin`` belong to step s with its
    ``layers`` (step, face, LAYER); ``diffusion``: D0, m2 s-1, and activation, eV; ``length`` as of
    ``diffusion_length``. The error of a step in time is below ``tolerance``, and each straight piece of the
    profile takes at least ``pieces`` of them. ``states`` (step + 1, cells + 2) receives front layer, cells
    and rear layer at the start and after each step, ``held`` (step + 1, face) what the layers held before
    they were taken away or gave it back, ``removed`` (step + 1,) what has left by then. ``work``: (ROWS,
    cells + 2).
    """
    _begin(thickness, length, layers, work, states[0])
    held[0, FRONT] = held[0, REAR] = removed[0] = 0.0
    for s in range(first.size - 1):
        state = states[s + 1]
        _copy(states[s], state)
        for j in range(first[s], first[s + 1] - 1):
            span = times[j + 1] - times[j]
            if span > 0.0:
                count = _ramp(
                    state,
                    span,
                    kelvin[j],
                    kelvin[j + 1],
                    diffusion,
                    layers[s],
                    work,
                    tolerance,
                    span / pieces,
                )
                if count >= MOST:
                    return TOO_MANY_STEPS
        removed[s + 1] = removed[s] + _finish(state, layers[s], work, held[s + 1])
    return OK


@jit
def residuals(
    thicknesses: np.ndarray,
    times: np.ndarray,
    kelvin: np.ndarray,
    first: np.ndarray,
    layers: np.ndarray,
    diffusion: np.ndarray,
    cells: int,
    tolerance: float,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return (left, taken, status): the share of the metal in the wafer after all steps, and in layers or
    gone, by thickness, m.

    ``taken`` is what is found in the layers, and not 1 - left, so that neither loses digits. Arguments as of
    ``process``.
    """
    length = diffusion_length(times, kelvin, first, diffusion)
    steps = first.size - 1
    work, states = np.zeros((ROWS, cells + 2)), np.empty((steps + 1, cells + 2))
    held, removed = np.empty((steps + 1, 2)), np.empty(steps + 1)
    left, taken, status = np.zeros(thicknesses.size), np.zeros(thicknesses.size), OK
    for i in range(thicknesses.size):
        width = thicknesses[i]
        status = max(
            status,
            process(
                width,
                times,
                kelvin,
                first,
                layers,
                diffusion,
                length,
                tolerance,
                1,
                work,
                states,
                held,
                removed,
            ),
        )
        taken[i] = (removed[steps] + states[steps, 0] + states[steps, cells + 1]) / width
        for j in range(1, cells + 1):
            left[i] += work[VOLUME, j] * states[steps, j] / width
    return left, taken, status


@jit
def _stencil(low: float, spacing: float, size: int, at: float) -> tuple[int, float]:
    """Return the first of the ``POINTS`` neighbours on an equally spaced grid that interpolate at ``at``, and
    how far on it is.
    """
    place = (at - low) / spacing
    first = min(max(int(place) - POINTS // 2 + 1, 0), size - POINTS)
    return first, place - first


@jit
def nodes(low: float, spacing: float, size: int, at: np.ndarray) -> np.ndarray:
    """Return which nodes of a grid interpolation ``at`` these places needs."""
    needed = np.zeros(size, dtype=np.bool_)
    for i in range(at.size):
        first = _stencil(low, spacing, size, at[i])[0]
        for j in range(first, first + POINTS):
            needed[j] = True
    return needed


@jit
def look_up(low: float, spacing: float, logits: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return shares by ln thickness from their logits on an equally spaced grid: Lagrange's polynomial
    through the neighbours.

    The logit runs straight where the metal spreads evenly (share W/(k d) of thin wafers) and where it hardly
    moves (loss 1/W of thick ones), and bends between.
    """
    found = np.empty(at.size)
    for i in range(at.size):
        first, x = _stencil(low, spacing, logits.size, at[i])
        logit = 0.0
        for j in range(POINTS):
            weight = 1.0
            for m in range(POINTS):
                if m != j:
                    weight *= (x - m) / (j - m)
            logit += weight * logits[first + j]
        found[i] = 1.0 / (1.0 + exp(-logit)) if logit > -700.0 else 0.0
    return found
