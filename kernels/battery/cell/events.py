"""The ends of a protocol step, and whether a time step passed one."""

from math import isnan

import numpy as np

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.dfn import behind
from energymodels.kernels.jit import inner

COOLER = 0.1  # K below its limit, from which a hot cell is charged again
FRESH = 0.03  # of the electrolyte's concentration above its limit, from which a depleted cell is
NEARLY_NONE = 1e-5  # C-rate: less is no charge
LITTLE = 0.02  # C-rate: a hot cell that takes less had better rest
MET = 1e-7  # how closely an end is met: V, K, parts of the nominal capacity or current
# of the tolerance, V or K: how far on its safe side a limit is held, so that it is not met again at once
SLACK = 0.05
BELOW = 1e-6  # V below 0, at which a potential counts as below; C-rate above a limit that is held exactly
EVENTS = 15
# the last seven end no step: the limits of a charge as fast as they allow, of current, voltage, potential,
# temperature and salt, each held from then on; that a cell has rested enough; and the first sight of a
# potential below 0, of which note is taken
(
    E_VOLTAGE, E_CURRENT, E_TEMPERATURE, E_CAPACITY, E_SOC, E_LOW, E_HIGH, E_NONE,
    L_CURRENT, L_VOLTAGE, L_NEGATIVE, L_WARM, L_SALT, L_READY, E_ONSET,
) = np.arange(EVENTS)  # fmt: skip
# termination codes: positions in ``layout.TERMINATIONS``
(
    END_VOLTAGE,
    END_CURRENT,
    END_TIME,
    END_TEMPERATURE,
    END_CAPACITY,
    END_SOC,
    VOLTAGE_MIN,
    VOLTAGE_MAX,
    NO_CURRENT,
) = np.arange(1, 10)


@inner
def code_of(event):
    """Return the termination code of an event."""
    if event <= E_CURRENT:
        return END_VOLTAGE + event
    if event <= E_SOC:
        return END_TEMPERATURE + event - E_TEMPERATURE
    return VOLTAGE_MIN + event - E_LOW  # and NO_CURRENT


@inner
def set_ends(step, c, w, point, kind):
    """Set w.weights[at.GOALS] and directions of the ends of a step; an end that the step does not have gets
    the direction 0.
    """
    for event in range(E_NONE + 1):
        w.weights[at.SIGNS, event] = 0.0
    charging = 0.0
    if abs(point[at.I]) * c.area > 1e-9 * w.memory[at.NOMINAL]:
        charging = -1.0 if point[at.I] > 0.0 else 1.0
    if not isnan(step[of.END_VOLTAGE]) and kind != of.VOLTAGE:
        w.weights[at.GOALS, E_VOLTAGE] = step[of.END_VOLTAGE]
        upwards = 1.0 if w.weights[at.GOALS, E_VOLTAGE] > point[at.V] else -1.0
        w.weights[at.SIGNS, E_VOLTAGE] = charging if charging != 0.0 else upwards
    if not isnan(step[of.END_CURRENT]):
        w.weights[at.GOALS, E_CURRENT] = step[of.END_CURRENT] * (
            w.memory[at.NOMINAL] / 3600.0 if step[of.END_CURRENT_PER_C] != 0.0 else 1.0
        )
        w.weights[at.SIGNS, E_CURRENT] = (
            1.0 if w.weights[at.GOALS, E_CURRENT] > abs(point[at.I]) * c.area and kind == of.POWER else -1.0
        )
    if not isnan(step[of.END_TEMPERATURE]):
        w.weights[at.GOALS, E_TEMPERATURE] = step[of.END_TEMPERATURE]
        w.weights[at.SIGNS, E_TEMPERATURE] = 1.0 if w.weights[at.GOALS, E_TEMPERATURE] > point[at.T] else -1.0
    if not isnan(step[of.END_CAPACITY]):
        amount = step[of.END_CAPACITY] * (w.memory[at.NOMINAL] if step[of.END_CAPACITY_PER_C] != 0.0 else 1.0)
        w.weights[at.GOALS, E_CAPACITY] = point[at.MOVED] + amount
        w.weights[at.SIGNS, E_CAPACITY] = 1.0
    if not isnan(step[of.END_SOC]):
        w.weights[at.GOALS, E_SOC] = step[of.END_SOC]
        above = w.weights[at.GOALS, E_SOC] > w.memory[at.SOC] - point[at.CHARGE] / w.memory[at.CELL]
        w.weights[at.SIGNS, E_SOC] = 1.0 if above else -1.0
        if step[of.KIND] == of.LIMITS:  # what is met already ends the step at once
            w.weights[at.SIGNS, E_SOC] = 1.0
        elif charging != 0.0:
            w.weights[at.SIGNS, E_SOC] = charging
    if step[of.KIND] == of.LIMITS:
        w.weights[at.GOALS, E_NONE] = NEARLY_NONE
        w.weights[at.SIGNS, E_NONE] = -1.0
        return
    if kind == of.VOLTAGE:  # rests on the voltage it was asked for, at a limit of the cell or within
        return
    w.weights[at.GOALS, E_LOW] = c.voltage_min
    w.weights[at.GOALS, E_HIGH] = c.voltage_max
    # the current keeps its sign: one of the limits cannot be met
    steady = kind == of.CURRENT and step[of.KIND] == of.CURRENT
    if not (steady and charging > 0.0):
        w.weights[at.SIGNS, E_LOW] = -1.0
    if not (steady and charging < 0.0):
        w.weights[at.SIGNS, E_HIGH] = 1.0


@inner
def salt(w, point):
    """Return the concentration of the electrolyte at the back of the negative electrode, mol m-3."""
    return behind(w, point[at.FIRST :])


@inner
def watch(w, mesh, c, step, point, kind):
    """Set goals and directions of the limits that a charge as fast as they allow may meet while it holds the
    one of ``kind``.

    While it waits for a cell to cool or to recover, it carries no current, which ends nothing; nor does a
    small one that heat or salt allow for the moment.
    """
    goals, signs = w.weights[at.GOALS], w.weights[at.SIGNS]
    idle = w.memory[at.IDLE] != 0.0
    signs[E_CURRENT] = 0.0 if idle or kind >= of.WARM or isnan(step[of.END_CURRENT]) else -1.0
    signs[E_NONE] = 0.0 if idle else -1.0
    goals[E_NONE] = LITTLE if kind == of.WARM else NEARLY_NONE
    waiting = w.memory[at.IDLE]
    goals[L_READY] = c.limit_temperature - COOLER if waiting == at.FOR_HEAT else c.limit_salt + FRESH * c.c_e
    signs[L_READY] = 0.0
    if idle:
        signs[L_READY] = -1.0 if waiting == at.FOR_HEAT else 1.0
    if idle:
        for event in range(L_CURRENT, L_READY):
            signs[event] = 0.0
        return
    goals[L_CURRENT] = c.limit_rate + BELOW
    goals[L_VOLTAGE] = c.limit_voltage
    goals[L_NEGATIVE] = c.limit_negative
    goals[L_WARM] = max(c.limit_temperature, point[at.T] + SLACK * c.tolerance)
    goals[L_SALT] = min(c.limit_salt, salt(w, point) - SLACK * c.tolerance * c.c_e)
    signs[L_SALT] = -1.0 if kind != of.SALT else 0.0
    signs[L_CURRENT] = 1.0 if kind != of.CURRENT and c.limit_rate < np.inf else 0.0
    signs[L_VOLTAGE] = 1.0 if kind != of.VOLTAGE else 0.0
    signs[L_NEGATIVE] = -1.0 if kind != of.NEGATIVE and c.limit_negative > -np.inf else 0.0
    signs[L_WARM] = 1.0 if kind != of.WARM and c.lumped != 0.0 and c.limit_temperature < np.inf else 0.0


@inner
def kind_of(event):
    """Return what is held once the limit of ``event`` is met."""
    if event == L_CURRENT:
        return of.CURRENT
    if event == L_VOLTAGE:
        return of.VOLTAGE
    if event == L_SALT:
        return of.SALT
    return of.NEGATIVE if event == L_NEGATIVE else of.WARM


@inner
def passed(event, w, mesh, c, point):
    """Return how far a point lies past an end, in the end's scale; negative before it."""
    if w.weights[at.SIGNS, event] == 0.0:
        return -1.0
    scale = 1.0
    value = point[at.V]
    if event == E_LOW and point[at.I] <= 0.0:
        return -1.0
    if event == E_HIGH and point[at.I] >= 0.0:
        return -1.0
    if event == E_CURRENT:
        value = abs(point[at.I]) * c.area
        scale = w.memory[at.NOMINAL] / 3600.0
    elif event in (L_CURRENT, E_NONE):
        value = -point[at.I] * c.area * 3600.0 / w.memory[at.NOMINAL]
    elif event in (E_TEMPERATURE, L_WARM) or (event == L_READY and w.memory[at.IDLE] == at.FOR_HEAT):
        value = point[at.T]
    elif event in (L_NEGATIVE, E_ONSET):
        value = point[at.LOW]
    elif event in (L_SALT, L_READY):
        value = salt(w, point)
        scale = c.c_e
    elif event == E_CAPACITY:
        value = point[at.MOVED]
        scale = w.memory[at.NOMINAL]
    elif event == E_SOC:
        value = w.memory[at.SOC] - point[at.CHARGE] / w.memory[at.CELL]
    return (value - w.weights[at.GOALS, event]) * w.weights[at.SIGNS, event] / scale


@inner
def first_passed(w, mesh, c, before, after):
    """Return the event that the step from point ``before`` to ``after`` passes first, -1 for none."""
    found = -1
    part = 2.0
    for event in range(EVENTS):
        if w.weights[at.SIGNS, event] == 0.0:
            continue
        g = passed(event, w, mesh, c, after)
        if g >= 0.0:
            g0 = min(passed(event, w, mesh, c, before), 0.0)
            where = g0 / (g0 - g) if g > g0 else 0.0
            if where < part:
                part = where
                found = event
    return found
