"""Where a cell stands at a state of charge: the stoichiometries at which its open-circuit voltage meets its
limits.
"""

from math import isnan

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.tables import lookup
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner

STEPS = 100
STRIDE = 1.0 / 256.0


@inner
def _open_circuit(tables, index, x, lithium, full_n, full_p, dt):
    """Return (open-circuit voltage, slope by x) at negative stoichiometry ``x``; the positive one holds the
    rest of ``lithium``.

    ``dt`` is how much warmer than the reference temperature the cell is, K.
    """
    y = (lithium - full_n * x) / full_p
    u_n, slope_n = lookup(tables, index[of.U_N, 1], x)
    u_p, slope_p = lookup(tables, index[of.U_P, 1], y)
    if dt != 0.0:
        change, bend = lookup(tables, index[of.DUDT_N, 1], x)
        u_n += dt * change
        slope_n += dt * bend
        change, bend = lookup(tables, index[of.DUDT_P, 1], y)
        u_p += dt * change
        slope_p += dt * bend
    return u_p - u_n, -slope_p * full_n / full_p - slope_n


@inner
def stoichiometry_at(tables, index, voltage, start, lithium, full_n, full_p, dt):
    """Return (negative stoichiometry at an open-circuit voltage, found).

    It is the first one met on the way from ``start``: fitted potentials can have poles, and the voltage
    several roots. Newton's method is kept inside the bracket.
    """
    lowest = max(0.0, (lithium - full_p) / full_n)
    highest = min(1.0, lithium / full_n)
    x = min(max(start, lowest), highest)
    v = _open_circuit(tables, index, x, lithium, full_n, full_p, dt)[0] - voltage
    up = v < 0.0
    before = x
    while (v < 0.0) == up:
        before = x
        x = min(x + STRIDE, highest) if up else max(x - STRIDE, lowest)
        if x == before:
            return x, False
        v = _open_circuit(tables, index, x, lithium, full_n, full_p, dt)[0] - voltage
    low = min(x, before)
    high = max(x, before)
    for _ in range(STEPS):
        v, slope = _open_circuit(tables, index, x, lithium, full_n, full_p, dt)
        v -= voltage
        if v > 0.0:
            high = x
        else:
            low = x
        step = -v / slope if slope > 0.0 else 0.0
        if not (slope > 0.0 and low < x + step < high):
            step = 0.5 * (low + high) - x
        x += step
        if abs(step) < 1e-15:
            break
    return x, True


@inner
def balance(tables, w, c, dt):
    """Set stoichiometries, charges, capacity and state of charge in ``w.memory``; return whether the voltages
    can be met.

    States of charge count at the reference temperature; a voltage to start from is that of the cell, ``dt`` K
    warmer.
    """
    full_n = FARADAY * c.active_n * c.thickness_n * c.area * c.c_max_n
    full_p = FARADAY * c.active_p * c.thickness_p * c.area * c.c_max_p
    lithium = c.theta_n * full_n + c.theta_p * full_p
    full, found = stoichiometry_at(tables, w.index, c.ocv_max, c.theta_n, lithium, full_n, full_p, 0.0)
    empty, good = stoichiometry_at(tables, w.index, c.ocv_min, c.theta_n, lithium, full_n, full_p, 0.0)
    soc = c.soc
    x = empty + soc * (full - empty)
    y = (lithium - full_n * x) / full_p
    met = True
    if c.as_given != 0.0:
        x = c.theta_n
        y = c.theta_p
    elif not isnan(c.start_voltage):
        x, met = stoichiometry_at(tables, w.index, c.start_voltage, c.theta_n, lithium, full_n, full_p, dt)
        y = (lithium - full_n * x) / full_p
    if c.as_given != 0.0 or not isnan(c.start_voltage):
        soc = (x - empty) / (full - empty)
    w.memory[at.SOC] = soc
    w.memory[at.THETA_N] = x
    w.memory[at.THETA_P] = y
    w.memory[at.CHARGE_N] = full_n
    w.memory[at.CHARGE_P] = full_p
    w.memory[at.CELL] = (full - empty) * full_n
    return found and good and met
