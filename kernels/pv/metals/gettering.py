"""A dissolved metal in a wafer between two gettering layers: diffusion, segregation into the layers, and what
they do after a step.

dC/dt = d/dx(D dC/dx) over the wafer; a layer holds an amount A per area, m times the unit of C, and takes up
h (C at the surface - A/(k d)), k = k0 exp(E/kT) its segregation coefficient, d its thickness, h the transport
across the interface. Everything is linear in C, which is 1 everywhere at the start. SI; energies in eV.

Finite volumes whose unknowns are the fluxes through the faces: what one cell loses the next one gains, to the
last digit, and no interface or layer is too permeable. In time an L-stable, stiffly accurate Runge-Kutta
method of third order (``alexander1977``) with one of second order inside that tells the error.
"""

from math import sqrt

import numpy as np

from energymodels.kernels.jit import jit
from energymodels.kernels.pv.metals.diffusion import attempt
from energymodels.kernels.pv.metals.layers import (
    AFTER,
    CAPACITY,
    FRONT,
    KEEP,
    NEW,
    REAR,
    RELEASE,
    ROWS,
    STRIP,
    THIN,
    VOLUME,
    arrhenius,
    mesh,
)
from energymodels.kernels.status import OK, TOO_MANY_STEPS

MOST = 20000  # steps on a straight piece


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
        error = attempt(state, now, begin, end, diffusion, layers, work) / tolerance
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
    """Return (left, taken, status): the fraction of the metal in the wafer after all steps, and in layers or
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
