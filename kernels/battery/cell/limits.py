"""A charge as fast as its limits allow: which of them binds now, and the current at which it does.

It holds one limit at a time, by an equation of the system that every time step solves. Where none can be held
by charging, the cell rests until what forbids it has passed.
"""

import numpy as np

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.dfn import behind
from energymodels.kernels.battery.cell.events import (
    BELOW,
    COOLER,
    FRESH,
    L_CURRENT,
    L_READY,
    NEARLY_NONE,
    SLACK,
    kind_of,
    passed,
    salt,
    watch,
)
from energymodels.kernels.battery.cell.instant import INSTANT, start_step, wanted
from energymodels.kernels.jit import inner

MOST_SEARCHES = 60  # twelve are usual
FASTEST = 1024.0  # C-rate
NONE, REST = -1, -3  # in place of an event: any limit; rest at once


@inner
def hot(c, point):
    """Return whether a point is at the limit of temperature."""
    return c.lumped != 0.0 and point[at.T] >= c.limit_temperature - SLACK * c.tolerance


@inner
def dry(w, c, point):
    """Return whether a point is at the limit of salt."""
    return salt(w, point) <= c.limit_salt + SLACK * c.tolerance * c.c_e


@inner
def excess(w, mesh, c, point):
    """Return (by how much a point passes limits of potentials, temperature, salt, V, K s-1 or s-1; the kind
    it passes most).
    """
    slack = SLACK * c.tolerance
    most = point[at.V] - c.limit_voltage + slack
    kind = of.VOLTAGE
    if c.limit_negative + slack - point[at.LOW] > most:
        most = c.limit_negative + slack - point[at.LOW]
        kind = of.NEGATIVE
    if hot(c, point):
        rise = (w.memory[at.HEAT_NOW] - c.cooling * (point[at.T] - w.memory[at.AROUND])) / c.heat_capacity
        if rise > most:
            most = rise
            kind = of.WARM
    if dry(w, c, point):
        fall = (behind(w, w.node[at.C_BACK]) - behind(w, w.node[at.C])) / (INSTANT * c.c_e)
        if fall > most:
            most = fall
            kind = of.SALT
    return most, kind


@inner
def search(w, mesh, c, tables, profiles, fidelity):
    """Find the largest charge that the limits allow from the newest point; solve an instant of it into the
    new slot.

    Return (the kind of the limit it meets, found); NONE for the kind where not even no current keeps the
    limits. Regula falsi (Illinois) on the current.
    """
    tolerance = 0.01 * c.tolerance
    unit = w.memory[at.NOMINAL] / 3600.0
    least = 0.0
    if not start_step(w, mesh, c, tables, profiles, of.CURRENT, least, fidelity, tolerance):
        return of.CURRENT, False
    g_least, kind = excess(w, mesh, c, w.points[at.new_slot(w)])
    if g_least > 0.0:
        return np.int64(NONE), True
    most = min(c.limit_rate, 1.0)
    g_most = np.nan
    while True:  # double the rate until a limit is passed
        if start_step(w, mesh, c, tables, profiles, of.CURRENT, -most * unit, fidelity, tolerance):
            g_most, kind = excess(w, mesh, c, w.points[at.new_slot(w)])
        else:
            g_most = np.nan
        if g_most <= 0.0 and most >= min(c.limit_rate, FASTEST):
            return of.CURRENT, True
        if not g_most <= 0.0:
            break
        least = most
        g_least = g_most
        most = min(2.0 * most, c.limit_rate)
    last = 0
    for _ in range(MOST_SEARCHES):
        rate = (least * g_most - most * g_least) / (g_most - g_least)
        if not least < rate < most:
            rate = 0.5 * (least + most)
        if not start_step(w, mesh, c, tables, profiles, of.CURRENT, -rate * unit, fidelity, tolerance):
            most = rate
            g_most = np.nan
            continue
        g, kind = excess(w, mesh, c, w.points[at.new_slot(w)])
        if abs(g) <= 0.2 * SLACK * c.tolerance or most - least < 1e-12 * most:
            return kind if rate > NEARLY_NONE else np.int64(NONE), True
        if g > 0.0:
            most = rate
            g_most = g
            if last == 1:
                g_least *= 0.5
            last = 1
        else:
            least = rate
            g_least = g
            if last == -1:
                g_most *= 0.5
            last = -1
    return of.CURRENT, False


@inner
def cools(c, profiles):
    """Return whether a cell at its limit of temperature cools below it in the end when it rests."""
    around = profiles[c.first_warmth + c.warmths - 1, 1] if c.warmths > 0 else c.temperature
    return c.lumped != 0.0 and c.cooling > 0.0 and around < c.limit_temperature - COOLER


@inner
def rests_for(w, c, profiles, point):
    """Return what passes while a cell rests that can take no current now: FOR_HEAT, FOR_SALT, or 0 for
    nothing.
    """
    if hot(c, point):
        return at.FOR_HEAT if cools(c, profiles) else 0.0
    return at.FOR_SALT if dry(w, c, point) and c.limit_salt + FRESH * c.c_e < c.c_e else 0.0


@inner
def take_limit(w, mesh, c, tables, step, profiles, event, fidelity):
    """Start to hold the limit that ``event`` stands for, or the one that binds; NONE for any.

    Return as ``search`` does.
    """
    if event == REST:
        return np.int64(NONE), True
    point = w.points[w.now[at.HEAD]]
    w.memory[at.HELD] = salt(w, point)  # to reach another takes time
    if hot(c, point) and not cools(c, profiles):
        return np.int64(NONE), True
    if event not in (NONE, L_READY):
        kind = kind_of(event)
        goal = wanted(w, c, step, profiles, kind, 0.0)
        if start_step(w, mesh, c, tables, profiles, kind, goal, fidelity, 0.01 * c.tolerance):
            watch(w, mesh, c, step, w.points[at.new_slot(w)], kind)
            found = w.points[at.new_slot(w)]
            good = True
            for other in range(L_CURRENT, L_READY):
                good = good and passed(other, w, mesh, c, found) <= BELOW
            # an equation of the heat has a root where the cell discharges too
            if good and -found[at.I] * c.area * 3600.0 > NEARLY_NONE * w.memory[at.NOMINAL]:
                return kind, True
    return search(w, mesh, c, tables, profiles, fidelity)
