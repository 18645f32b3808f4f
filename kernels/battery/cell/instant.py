"""What a protocol step asks for, and the instant it begins with: currents and potentials made consistent in a
step of 1 ns.
"""

import numpy as np

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import absolute, elapsed
from energymodels.kernels.battery.cell.events import SLACK
from energymodels.kernels.battery.cell.stepper import along, attempt, row_before
from energymodels.kernels.jit import inner

INSTANT = 1e-9  # s
SOON = 1e-6  # s: a bend of the surroundings' temperature that is nearer is past
ROUNDING = 1e-15  # of absolute times


@inner
def wanted(w, c, step, profiles, kind, since):
    """Return what a step asks for at a time since it began: A, V or W; discharge positive.

    Or the limit of ``kind`` it is at.
    """
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
    return value * along(profiles, int(step[of.PROFILE_FIRST]), int(step[of.PROFILE_COUNT]), since)


@inner
def next_bend(profiles, first, count, t):
    """Return where the straight lines through ``count`` rows of ``profiles`` next bend after ``t``."""
    if count == 0 or t >= profiles[first + count - 1, 0]:
        return np.inf
    return profiles[row_before(profiles, first, count, t) + 1, 0]


@inner
def is_profile(step):
    """Return whether a protocol step follows a profile of current or power."""
    return of.CURRENT_PROFILE <= step[of.KIND] < of.LIMITS


@inner
def next_corner(w, c, step, profiles, t):
    """Return how long after its begin, s, what the step asks for or the surroundings' temperature bends next;
    inf for never.
    """
    now = elapsed(w, t)
    corner = np.inf
    if is_profile(step):
        corner = next_bend(profiles, int(step[of.PROFILE_FIRST]), int(step[of.PROFILE_COUNT]), now)
    if c.warmths > 0:
        since = absolute(w, t)
        bend = next_bend(profiles, c.first_warmth, c.warmths, since + SOON + ROUNDING * since)
        corner = min(corner, bend - w.memory[at.BEGAN])
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
    """Make currents and potentials consistent with what a step asks for: an instant's step.

    Return whether it was found.

    The guess has the reaction spread evenly; where Newton's method does not find the way, the jump is taken
    in parts.
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
    for parts in (1, 4, 16, 64):
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
