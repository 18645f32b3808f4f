"""Sums over the steps of a drive, and results from them."""

from math import inf, nan

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import inner
from energymodels.kernels.vehicle.longitudinal import COLD
from energymodels.kernels.vehicle.pack_row import (
    BALANCE,
    BEHIND,
    CAPACITY_USED,
    CELL_ENERGY,
    COLD_VOLTAGE_MIN,
    COLDEST,
    CONSUMPTION,
    CURRENT,
    DELIVERED,
    DERATED,
    DISTANCE,
    DURATION,
    ENDED,
    HEAT,
    HEATING,
    HOTTEST,
    LEAST_POTENTIAL,
    LEAST_VOLTAGE,
    MOST_CYCLES,
    MOST_VOLTAGE,
    NO_CONSUMPTION,
    PACK_LOSS,
    PEAK_CHARGE,
    PEAK_DISCHARGE,
    POTENTIAL,
    POWER,
    RANGE,
    RECOVERED,
    REFUSED,
    SHORT,
    SOC,
    SOC_END,
    TEMPERATURE,
    VOLTAGE,
    VOLTAGE_MIN,
)
from energymodels.kernels.vehicle.pack_step import NOTABLE

REST = 1e-9  # of a state of charge: less than that a cycle is no consumption


@inner
def tally(w, c, pack, goal, limited, h, part, out, case):
    """Add what ``part`` of the step just solved did, of one cell; ``limited`` says that less than ``goal``
    went in or out.
    """
    before, point = w.points[w.now[at.HEAD]], w.points[at.new_slot(w)]
    current = point[at.I] * c.area
    dt = part * h
    power = point[at.V] * current
    lost = pack.resistance * current * current
    out[CELL_ENERGY, case] += (point[at.V] + current * pack.resistance) * current * dt
    out[PACK_LOSS, case] += lost * dt
    out[HEAT, case] += part * (point[at.HEAT] - before[at.HEAT])
    if goal > 0.0:
        out[DELIVERED, case] += (power if limited else goal) * dt
        out[SHORT, case] += (goal - power) * dt if limited else 0.0
        out[DERATED, case] += dt if limited and power < goal * (1.0 - NOTABLE) else 0.0
    else:
        taken = power if limited else goal
        out[RECOVERED, case] -= taken * dt
        out[REFUSED, case] += (taken - goal) * dt
    out[DURATION, case] += dt
    out[CAPACITY_USED, case] += part * (point[at.CHARGE] - before[at.CHARGE])
    out[LEAST_VOLTAGE, case] = min(out[LEAST_VOLTAGE, case], point[at.V] + current * pack.resistance)
    out[MOST_VOLTAGE, case] = max(out[MOST_VOLTAGE, case], point[at.V] + current * pack.resistance)
    out[HOTTEST, case] = max(out[HOTTEST, case], point[at.T])
    out[COLDEST, case] = min(out[COLDEST, case], point[at.T])
    out[LEAST_POTENTIAL, case] = min(out[LEAST_POTENTIAL, case], point[at.LOW])
    out[PEAK_DISCHARGE, case] = max(out[PEAK_DISCHARGE, case], current)
    out[PEAK_CHARGE, case] = max(out[PEAK_CHARGE, case], -current)


@inner
def record(w, c, pack, axis, series, case):
    """Write the step just solved to the times of ``axis`` that it reached."""
    point = w.points[at.new_slot(w)]
    t_new = w.weights[at.TIMES, at.new_slot(w)]
    current = point[at.I] * c.area
    while w.now[at.SAMPLE] < axis.size and axis[w.now[at.SAMPLE]] <= t_new + 1e-6:
        k = w.now[at.SAMPLE]
        series[VOLTAGE, case, k] = point[at.V] + current * pack.resistance
        series[CURRENT, case, k] = current
        series[TEMPERATURE, case, k] = point[at.T]
        series[SOC, case, k] = c.soc - point[at.CHARGE] / w.memory[at.CELL]
        series[POTENTIAL, case, k] = point[at.LOW]
        series[POWER, case, k] = point[at.V] * current * pack.units
        w.now[at.SAMPLE] += 1


@inner
def reached(w, c, pack, ended, out, case):
    """Write how far the drive came and the range: what is short of the net energy that driving took is short
    of the way.
    """
    asked = out[DELIVERED, case] + out[SHORT, case] - out[RECOVERED, case] - out[HEATING, case]
    if out[SHORT, case] > 0.0:
        out[BEHIND, case] = out[DISTANCE, case] * out[SHORT, case] / max(asked, out[SHORT, case])
    out[DISTANCE, case] -= out[BEHIND, case]
    out[RANGE, case] = out[DISTANCE, case]
    if ended == NO_CONSUMPTION:
        out[RANGE, case] = inf
    elif ended == MOST_CYCLES:
        out[RANGE, case] *= (c.soc - pack.soc_min) * w.memory[at.CELL] / out[CAPACITY_USED, case]
    cold = ended == VOLTAGE_MIN and w.points[w.now[at.HEAD], at.T] < COLD
    out[ENDED, case] = COLD_VOLTAGE_MIN if cold else ended


@inner
def finish(w, c, pack, out, case):
    """Turn sums of one cell into those of the pack, and what is left of them into results."""
    net = out[DELIVERED, case] - out[RECOVERED, case]
    gross = out[DELIVERED, case] + out[RECOVERED, case]
    out[BALANCE, case] = (out[CELL_ENERGY, case] - out[PACK_LOSS, case] - net) / gross if gross > 0.0 else 0.0
    out[CONSUMPTION, case] = net * pack.units / out[DISTANCE, case] if out[DISTANCE, case] > 0.0 else nan
    out[SOC_END, case] = c.soc - out[CAPACITY_USED, case] / w.memory[at.CELL]
    out[DERATED, case] /= max(out[DURATION, case], REST)
    for q in (DELIVERED, RECOVERED, REFUSED, SHORT, PACK_LOSS, CELL_ENERGY, HEAT, HEATING):
        out[q, case] *= pack.units
    for q in (PEAK_DISCHARGE, PEAK_CHARGE):
        out[q, case] *= 3600.0 / w.memory[at.NOMINAL]
