"""Steps with charging power, or what the limits of the cell leave of it."""

from math import inf

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.events import SLACK
from energymodels.kernels.jit import inner
from energymodels.kernels.vehicle.pack_step import go, hold_voltage


@inner
def within(w, c, pack, goal):
    """Return whether the step just solved charges with no more than ``goal`` and keeps the limits of the
    cell.
    """
    point = w.points[at.new_slot(w)]
    slack = SLACK * c.tolerance
    current = point[at.I] * c.area
    return (
        current <= 0.0
        and point[at.V] * current >= goal * (1.0 + slack) - 1e-9
        and point[at.V] + current * pack.resistance <= c.limit_voltage + slack
        and point[at.LOW] >= c.limit_negative - slack
        and -current * 3600.0 <= c.limit_rate * w.memory[at.NOMINAL] * (1.0 + slack)
    )


@inner
def charge(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with the charging power ``goal`` (W, negative), or what the limits leave of it.

    Return (found, kept to the limits).
    """
    if go(w, mesh, c, tables, nowhere, t_new, of.POWER, goal, fidelity) and within(w, c, pack, goal):
        return True, False
    most = -c.limit_rate * w.memory[at.NOMINAL] / 3600.0
    if (
        c.limit_rate < inf
        and go(w, mesh, c, tables, nowhere, t_new, of.CURRENT, most, fidelity)
        and within(w, c, pack, goal)
    ):
        return True, True
    if hold_voltage(w, mesh, c, pack, tables, nowhere, t_new, c.limit_voltage, fidelity) and within(
        w, c, pack, goal
    ):
        return True, True
    least = c.limit_negative
    if (
        least > -inf
        and go(w, mesh, c, tables, nowhere, t_new, of.NEGATIVE, least, fidelity)
        and within(w, c, pack, goal)
    ):
        return True, True
    return go(w, mesh, c, tables, nowhere, t_new, of.CURRENT, 0.0, fidelity), True
