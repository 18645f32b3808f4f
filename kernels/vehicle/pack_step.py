"""One step of a cell in a pack: at a power, a current or a voltage."""

from math import sqrt

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.events import SLACK
from energymodels.kernels.battery.cell.stepper import attempt
from energymodels.kernels.jit import inner

NEWTON = 10.0  # of the tolerance, which is one of errors in time: Newton's method leaves far less
NOTABLE = 1e-3  # C-rate, from which on a current tells the resistance
CLOSELY = 1e-4  # of the tolerance: what Newton's method may leave there
MISSED = 1e-6  # of a power: it is solved for again, more closely
SEARCHES = 12  # for the voltage at the pack's terminals that is the limit at the cell's


@inner
def current_of(w, c, point, power):
    """Return about the current (A m-2) of a ``power`` (W): the surfaces' OCV less what the newest point's
    resistance takes.
    """
    if abs(point[at.I]) * c.area * 3600.0 > NOTABLE * w.memory[at.NOMINAL]:
        w.memory[at.HELD] = (point[at.OCP_MEAN] - point[at.V]) / point[at.I]
    resistance, voltage = w.memory[at.HELD], point[at.OCP_MEAN]
    root = voltage * voltage - 4.0 * resistance * power / c.area
    return 2.0 * power / c.area / (voltage + sqrt(root)) if root > 0.0 else power / (c.area * point[at.V])


@inner
def go(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity):
    """Step to ``t_new`` by backward Euler; the guess has the current that goes with ``goal``,
    spread evenly.
    """
    point = w.points[w.now[at.HEAD]]
    if kind == of.POWER or kind == of.CURRENT:
        guess = goal / c.area if kind == of.CURRENT else current_of(w, c, point, goal)
        change = guess - point[at.I]
        nodes = mesh.n + mesh.s + mesh.p
        first = at.FIRST + 2 * nodes
        j_n = change * c.radius_n / (3.0 * c.active_n * c.thickness_n)
        j_p = -change * c.radius_p / (3.0 * c.active_p * c.thickness_p)
        for k in range(mesh.n):
            point[first + k] += j_n
        for k in range(mesh.n + mesh.s, nodes):
            point[first + k] += j_p
        point[at.I] = guess
    w.now[at.COUNT] = 1
    w.now[at.NEXT_ORDER] = 1
    if not attempt(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity, NEWTON * c.tolerance)[0]:
        return False
    new = w.points[at.new_slot(w)]
    if kind != of.POWER or abs(new[at.V] * new[at.I] * c.area - goal) <= MISSED * abs(goal):
        return True
    return attempt(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity, CLOSELY * c.tolerance)[0]


@inner
def hold_voltage(w, mesh, c, pack, tables, nowhere, t_new, limit, fidelity):
    """Step with the cell's voltage at ``limit``; the pack's terminals have what its resistance adds.

    Return whether found.
    """
    current = 0.0
    for _ in range(SEARCHES):
        goal = limit - current * pack.resistance
        if not go(w, mesh, c, tables, nowhere, t_new, of.VOLTAGE, goal, fidelity):
            return False
        current = w.points[at.new_slot(w), at.I] * c.area
        if abs(goal + current * pack.resistance - limit) <= 0.5 * SLACK * c.tolerance:
            return True
    return False


@inner
def heated(w, c, pack, h):
    """Return the power (W) that the heater takes in a step of ``h`` (s), and let the cell have it."""
    if c.lumped == 0.0:
        return 0.0
    lacking = c.heat_capacity * (pack.warm - w.points[w.now[at.HEAD], at.T]) / h
    power = max(0.0, min(pack.heater, lacking))
    w.memory[at.AROUND] = pack.around + (power / c.cooling if power > 0.0 else 0.0)
    return power
