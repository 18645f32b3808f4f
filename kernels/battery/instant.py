"""What a protocol step asks for, and the instant it begins with: currents and potentials made consistent in a step of 1 ns."""

import numpy as np

from energymodels.kernels.battery import layout as of
from energymodels.kernels.battery import work as at
from energymodels.kernels.battery.events import SLACK
from energymodels.kernels.battery.stepper import along, attempt
from energymodels.kernels.jit import inner

INSTANT = 1e-9  # s


@inner
def wanted(w, c, step, profiles, kind, elapsed):
    """Return what a step asks for at a time since it began: A, V or W; discharge positive. Or the limit of ``kind`` it is at."""
    if step[of.KIND] == of.LIMITS:
        if w.memory[at.IDLE] != 0.0:
            return 0.0
        if kind == of.CURRENT:
            return -c.limit_rate * w.memory[at.NOMINAL] / 3600.0
        slack = SLACK * c.tolerance
        if kind == of.SALT:
            return w.memory[at.HELD]
        return c.limit_voltage - slack if kind == of.VOLTAGE else c.limit_negative + slack
    value = step[of.VALUE]
    if step[of.VALUE_PER_C] != 0.0:
        value *= w.memory[at.NOMINAL] / 3600.0
    if step[of.KIND] < of.CURRENT_PROFILE:
        return value
    return value * along(profiles, int(step[of.PROFILE_FIRST]), int(step[of.PROFILE_COUNT]), elapsed)


@inner
def next_bend(profiles, first, count, t):
    """Return where the straight lines through ``count`` rows of ``profiles`` next bend after ``t``."""
    for q in range(first, first + count):
        if profiles[q, 0] > t + 1e-6:
            return profiles[q, 0]
    return np.inf


@inner
def next_corner(c, step, profiles, begun, t):
    """Return the next time at which what the step asks for or the temperature of the surroundings bends, s."""
    corner = next_bend(profiles, c.first_warmth, c.warmths, t)
    if of.CURRENT_PROFILE <= step[of.KIND] < of.LIMITS:
        bend = next_bend(profiles, int(step[of.PROFILE_FIRST]), int(step[of.PROFILE_COUNT]), t - begun)
        corner = min(corner, begun + bend)
    return corner


@inner
def spread(point, mesh, c, current):
    """Spread a current (A m-2) evenly over either electrode."""
    nodes = mesh.n + mesh.s + mesh.p
    j = current * c.radius_n / (3.0 * c.active_n * c.thickness_n)
    for k in range(mesh.n):
        point[at.FIRST + 2 * nodes + k] = j
    j = -current * c.radius_p / (3.0 * c.active_p * c.thickness_p)
    for k in range(mesh.n + mesh.s, nodes):
        point[at.FIRST + 2 * nodes + k] = j


@inner
def start_step(w, mesh, c, tables, profiles, kind, goal, fidelity, tolerance):
    """Make currents and potentials consistent with what a step asks for: an instant's step. Return whether it was found.

    The guess has the reaction spread evenly; where Newton's method does not find the way, the jump is taken in parts.
    """
    point = w.points[w.now[at.HEAD]]
    t = w.weights[at.TIMES, w.now[at.HEAD]] + INSTANT
    first_j = at.FIRST + 2 * (mesh.n + mesh.s + mesh.p)
    last_j = at.FIRST + 3 * (mesh.n + mesh.s + mesh.p)
    current = point[at.I]
    start = current * c.area
    if kind == of.VOLTAGE:
        start = point[at.V]
    elif kind == of.POWER:
        start *= point[at.V]
    elif kind != of.CURRENT:  # a limit that is met already
        start = goal
    for parts in (1, 4, 16):
        good = True
        point[at.I] = current
        for part in range(1, parts + 1):
            now = start + (goal - start) * part / parts
            if part == 1:
                guess = current
                if kind == of.CURRENT:
                    guess = now / c.area
                elif kind == of.POWER:
                    guess = now / (c.area * point[at.V])
                spread(point, mesh, c, guess)
            good, _ = attempt(w, mesh, c, tables, profiles, t, kind, now, fidelity, tolerance)
            if not good:
                break
            found = w.points[at.new_slot(w)]
            point[at.I] = found[at.I]
            for q in range(first_j, last_j):
                point[q] = found[q]
        if good:
            return True
    return False
