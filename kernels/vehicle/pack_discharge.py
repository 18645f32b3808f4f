"""Steps with driving power, or what the cell gives at its lowest voltage."""

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.history import least
from energymodels.kernels.battery.cell.stepper import attempt
from energymodels.kernels.battery.cell.steps import why_not
from energymodels.kernels.jit import inner
from energymodels.kernels.vehicle.pack_row import OUT_OF_REACH, VOLTAGE_MIN
from energymodels.kernels.vehicle.pack_step import CLOSELY, SEARCHES, go, hold_voltage

# of the salt at the start: where the electrolyte holds less somewhere, a power that cannot be met is its
# doing
DRY = 0.1
HALVINGS = 40  # of the range of currents that a cell may give
BACK = 0.9
CLOSE = 1e-9  # of a power that is met by way of the voltage
NO_VOLTAGE = 0.1  # V, lower than any cell is taken
GONE, OVER, FAILED = np.arange(3)  # how a step went


@inner
def most(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with the most current that keeps the cell's lower cut-off voltage and gives no more than
    ``goal`` (W).

    Return whether found.

    Halves the range of currents: a current is what a step is solved for most safely, however little the cell
    can give.
    """
    low, high = 0.0, 2.0 * goal / max(c.voltage_min, NO_VOLTAGE)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        good = go(w, mesh, c, tables, nowhere, t_new, of.CURRENT, middle, fidelity)
        v = w.points[at.new_slot(w), at.V]
        if good and v + middle * pack.resistance >= c.voltage_min and v * middle <= goal:
            low = middle
        else:
            high = middle
    for _ in range(SEARCHES):
        if low > 0.0 and go(w, mesh, c, tables, nowhere, t_new, of.CURRENT, low, fidelity):
            return True
        low *= BACK  # from where the step was solved once, and is not from here
    return False


@inner
def derate(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with what the cell gives at its lower cut-off voltage, ``goal`` (W) at most.

    Return whether it gives any.
    """
    if hold_voltage(w, mesh, c, pack, tables, nowhere, t_new, c.voltage_min, fidelity):
        point = w.points[at.new_slot(w)]
        if 0.0 < point[at.V] * point[at.I] * c.area < goal:
            return True
    return most(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)


@inner
def by_voltage(w, mesh, c, tables, nowhere, t_new, goal, fidelity):
    """Step with the power ``goal`` (W), less than the lower cut-off voltage gives, by way of the voltage.

    Return whether found.

    Near the most power that a cold cell gives, Newton's method loses its way along the power; the current at
    a voltage is safe. It is solved for so closely that the search sees a smooth function.
    """
    low, high = c.voltage_min, w.points[w.now[at.HEAD], at.OCP_MEAN]
    point = w.points[at.new_slot(w)]
    surplus, lack = point[at.V] * point[at.I] * c.area - goal, -goal
    for _ in range(HALVINGS):
        v = (low * lack - high * surplus) / (lack - surplus)
        if not attempt(w, mesh, c, tables, nowhere, t_new, of.VOLTAGE, v, fidelity, CLOSELY * c.tolerance)[0]:
            return False
        more = v * point[at.I] * c.area - goal
        if abs(more) <= CLOSE * goal:
            return True
        if more > 0.0:
            low, surplus, lack = v, more, 0.5 * lack
        else:
            high, lack, surplus = v, more, 0.5 * surplus
    return False


@inner
def discharge(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with the power ``goal`` (W). Return (how it went, what ended the drive, status)."""
    if go(w, mesh, c, tables, nowhere, t_new, of.POWER, goal, fidelity):
        point = w.points[at.new_slot(w)]
        low = point[at.V] + point[at.I] * c.area * pack.resistance < c.voltage_min
        return (OVER if low else GONE), VOLTAGE_MIN, status.OK
    if go(w, mesh, c, tables, nowhere, t_new, of.VOLTAGE, c.voltage_min, fidelity):
        point = w.points[at.new_slot(w)]
        if point[at.V] * point[at.I] * c.area < goal:  # not even there is so much to be had
            return OVER, VOLTAGE_MIN, status.OK
        if by_voltage(w, mesh, c, tables, nowhere, t_new, goal, fidelity):
            return GONE, VOLTAGE_MIN, status.OK
        return FAILED, VOLTAGE_MIN, status.NO_CONVERGENCE
    if least(w.points[w.now[at.HEAD], at.FIRST :], mesh.n + mesh.s + mesh.p) < DRY * c.c_e:
        return OVER, OUT_OF_REACH, status.OK
    return FAILED, OUT_OF_REACH, why_not(w, mesh, of.POWER, False)
