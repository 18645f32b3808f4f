"""A case enters a lane, and leaves it with its results: done by one lane at a time."""

from math import isnan, sqrt

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell import row as at
from energymodels.kernels.battery.cell import work as old
from energymodels.kernels.battery.cell.balance import balance
from energymodels.kernels.battery.cell.drive import EXHAUSTED, KEPT, ROOM
from energymodels.kernels.battery.cell.events import END_VOLTAGE, VOLTAGE_MAX, VOLTAGE_MIN
from energymodels.kernels.battery.cell.layout import FUNCTIONS, RANK
from energymodels.kernels.battery.cell.material import set_case, set_temperature
from energymodels.kernels.battery.cell.particle import CONDUCTANCE, VOLUME
from energymodels.kernels.battery.cell.start import EXACTLY
from energymodels.kernels.battery.cell.tables import lookup
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.particles import first_mode, first_surface
from energymodels.kernels.battery.lanes.state import lane_of
from energymodels.kernels.battery.lanes.tables import set_tables
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner


@inner
def enter(w, shape, tables, index, rows, numbers, row, lane, scalar):
    """Put case ``row`` into a lane, at rest; ``numbers`` are the rows' as an array, ``scalar`` work arrays of
    one case. Return a status.
    """
    c = rows[row]
    if not c.area > 0.0:
        return status.OUT_OF_RANGE
    temperature = c.temperature
    if c.lumped != 0.0 and not isnan(c.first_temperature):
        temperature = c.first_temperature
    for f in range(FUNCTIONS):
        for q in range(index.shape[2]):
            scalar.index[f, q] = index[c.set, f, q]
    set_case(scalar.index, scalar.coefficients, c)
    set_temperature(tables, scalar.index, scalar.coefficients, temperature)
    if not balance(tables, scalar, c, temperature - c.reference_temperature):
        return status.OUT_OF_RANGE
    for q in range(w.case.shape[0]):
        w.case[q, lane] = numbers[row, q]
    set_tables(w, tables, scalar.index, scalar.coefficients, RANK, lane)
    _clear(w, shape, c, scalar.memory, row, lane, temperature)
    return status.OK


@inner
def _clear(w, shape, c, memory, row, lane, temperature):
    """Set what a lane keeps of its case and the state at rest."""
    one = lane_of(w.lane, lane)
    one.row, one.first_step, one.steps = row, c.first_step, c.steps
    one.at, one.count, one.sample = 0.0, 0.0, 0.0
    one.began, one.elapsed, one.time = 0.0, 0.0, 0.0
    one.theta_n, one.theta_p = memory[old.THETA_N], memory[old.THETA_P]
    one.charge_n, one.charge_p = memory[old.CHARGE_N], memory[old.CHARGE_P]
    one.cell, one.soc = memory[old.CELL], memory[old.SOC]
    one.nominal = one.cell if c.nominal_is_cell != 0.0 else c.nominal
    one.first_t, one.hottest, one.most_salt = temperature, temperature, c.c_e
    one.lowest, one.largest = np.inf, 0.0
    one.at_10 = 0.0 if abs(one.soc - 0.1) < EXACTLY else np.nan
    one.at_80, one.onset = np.nan, np.nan
    one.moved, one.energy, one.work = 0.0, 0.0, 0.0
    one.curvature = 1.0
    for q in range(shape.rows):
        w.now[q, lane] = 0.0
        for m in range(of.ORDER + 2):
            w.past[m, q, lane] = 0.0
    w.now[of.T, lane] = temperature
    for k in range(shape.nodes):
        w.now[of.FIRST + k, lane] = c.c_e
    for x in range(shape.particles_n):
        w.now[first_surface(shape, 0) + x, lane] = one.theta_n
        w.now[first_mode(shape, 0) + x, lane] = one.theta_n
    for x in range(shape.particles_p):
        w.now[first_surface(shape, 1) + x, lane] = one.theta_p
        w.now[first_mode(shape, 1) + x, lane] = one.theta_p


@inner
def lithium(w, shape, c, lane, state):
    """Return all lithium in a lane's ``state``, A s: in particles and salt."""
    total = 0.0
    for x in range(shape.particles_n):
        width = w.node[of.WEIGHT, x, lane] if shape.particles_n > 1 else c.thickness_n
        total += state[first_mode(shape, 0) + x, lane] * width * c.active_n * c.c_max_n
    first = shape.nodes - shape.p
    for x in range(shape.particles_p):
        width = w.node[of.WEIGHT, first + x, lane] if shape.particles_p > 1 else c.thickness_p
        total += state[first_mode(shape, 1) + x, lane] * width * c.active_p * c.c_max_p
    for k in range(shape.nodes):
        pores = w.node[of.DX, k, lane] * c.porosity_s
        if k < shape.n:
            pores += w.node[of.WEIGHT, k, lane] * (c.porosity_n - c.porosity_s)
        elif k >= first:
            pores += w.node[of.WEIGHT, k, lane] * (c.porosity_p - c.porosity_s)
        total += pores * state[of.FIRST + k, lane]
    return total * c.area * FARADAY


@inner
def diffusivity(w, tables, f, temperature, lane):
    """Return the diffusivity of a lane's particles at a temperature, m2 s-1."""
    q = f * RANK
    warmth = lookup(tables, w.warm_offsets[q, lane], temperature)[0]
    return w.gains[f, lane] * warmth * w.heads[q, of.LOW, lane]


@inner
def first_step(w, shape, grid, tables, c, lane):
    """Return the size of a first step, s, after the current jumped: its error is about the tolerance."""
    one = lane_of(w.lane, lane)
    cells = grid.radial.shape[1]
    volume = grid.radial[VOLUME, cells - 1]
    shortest = 5.0
    for side in range(2):
        per = c.radius_n / (3.0 * c.active_n * c.thickness_n)
        radius, full, f = c.radius_n, c.c_max_n, to.D_N
        if side == 1:
            per = c.radius_p / (3.0 * c.active_p * c.thickness_p)
            radius, full, f = c.radius_p, c.c_max_p, to.D_P
        d = diffusivity(w, tables, f, w.now[of.T, lane], lane)
        j = max(abs(one.jump) * per, 1e-9)
        rise = j / (FARADAY * full * radius * volume)
        rate = d * grid.radial[CONDUCTANCE, cells - 1] / (radius * radius * volume)
        shortest = min(shortest, sqrt(0.5 * c.tolerance / (rise * rate)))
    return max(shortest, 1e-6)


@inner
def validity(w, shape, grid, tables, c, lane, ended):
    """Return the flags of ``row.VALIDITIES`` of a case that ``ended`` as it did."""
    one = lane_of(w.lane, lane)
    flags = 1.0 if one.most_salt > c.most_salt else 0.0
    if ended not in (END_VOLTAGE, VOLTAGE_MIN, VOLTAGE_MAX):
        return flags
    least = c.c_e
    for k in range(shape.nodes):
        least = min(least, w.now[of.FIRST + k, lane])
    if least < EXHAUSTED * c.c_e:
        flags += 2.0
    d_n = diffusivity(w, tables, to.D_N, w.now[of.T, lane], lane)
    d_p = diffusivity(w, tables, to.D_P, w.now[of.T, lane], lane)
    slower = min(d_n / (c.radius_n * c.radius_n), d_p / (c.radius_p * c.radius_p))
    if (one.elapsed + one.time) * slower < grid.radial[VOLUME, -1] ** 2:
        flags += 4.0
    return flags


@inner
def leave(w, shape, grid, tables, rows, out, lane, ended):
    """Write the scalar results of a lane's case, which ``ended`` in its present step. Return a status."""
    one, now = lane_of(w.lane, lane), w.now
    case = int(one.row)
    c = rows[case]
    charge = now[of.CHARGE, lane]
    duration = one.began + one.elapsed + one.time
    unit = one.nominal / 3600.0
    out[at.CAPACITY, case] = one.moved
    out[at.CAPACITY_DISCHARGED, case] = charge
    out[at.ENERGY, case] = one.work
    out[at.ENERGY_DISCHARGED, case] = one.energy
    out[at.DURATION, case] = duration
    out[at.TEMPERATURE_MAX, case] = one.hottest
    out[at.NEGATIVE_POTENTIAL_MIN, case] = one.lowest
    out[at.HEAT, case] = now[of.HEAT, lane]
    out[at.CELL_CAPACITY, case] = one.cell
    out[at.TERMINATION, case] = ended
    out[at.LAST_STEP, case] = one.at + 1.0
    out[at.TIME_STEPS, case] = one.count
    out[at.TIME_10_TO_80, case] = one.at_80 - one.at_10
    out[at.TIME_0_TO_80, case] = one.at_80 if one.soc <= EXACTLY else np.nan
    out[at.PLATING_ONSET, case] = one.onset
    out[at.MEAN_RATE, case] = one.moved / (duration * unit)
    out[at.PEAK_RATE, case] = one.largest / unit
    out[at.CHARGED, case] = -charge
    warmed = c.heat_capacity * (now[of.T, lane] - one.first_t)
    out[at.HEAT_REJECTED, case] = now[of.HEAT, lane] - warmed
    out[at.LITHIUM_PLATED, case] = 0.0
    out[at.LITHIUM_DEAD, case] = 0.0
    out[at.LITHIUM_SEI, case] = 0.0
    out[at.LITHIUM_GAINED, case] = lithium(w, shape, c, lane, now) / one.lithium - 1.0
    out[at.VALIDITY, case] = validity(w, shape, grid, tables, c, lane, ended)
    negative = one.theta_n - charge / one.charge_n
    positive = one.theta_p + charge / one.charge_p
    within = min(negative, positive) > -ROOM and max(negative, positive) < 1.0 + ROOM
    if within and abs(out[at.LITHIUM_GAINED, case]) < KEPT:
        return status.OK
    for q in range(out.shape[0]):
        out[q, case] = np.nan
    return status.OUT_OF_RANGE
