"""A car on a cycle, over and over, whose battery is a cell in a pack of equal ones.

The car asks the pack's terminals for a power in every step of its cycle (``longitudinal``); each cell gives
its part, and a part of the pack's resistance stands behind each cell's terminals. A step is an implicit one
of first order (backward Euler), at most ``time_step`` long, in which the power is constant: the current jumps
with it from step to step, so that a longer past would tell nothing of what comes. Charging power that would
take the cell past its limits of voltage, potential of the negative electrode or current is taken at that
limit, and friction brakes do the rest.

The drive ends at the least state of charge, or where the power would take the cell's voltage below its limit.
A car that derates drives on there with what the cell gives at that voltage. The energy short counts as
distance behind the trace: the same fraction of the way as of the net energy that driving asked for. The drive
ends after a cycle that lacks more than ``short_most`` of its energy.

A heater at the terminals warms the cells, of one temperature, until they have ``warm``: its heat comes to the
cell the way that of the surroundings does, so that these count as warmer by heat over heat transfer.
"""

from math import ceil, inf, nan

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.start import begin
from energymodels.kernels.jit import inner, jit
from energymodels.kernels.vehicle import longitudinal as road
from energymodels.kernels.vehicle.pack_charge import charge
from energymodels.kernels.vehicle.pack_discharge import FAILED, GONE, derate, discharge
from energymodels.kernels.vehicle.pack_row import (
    CAPACITY_USED,
    CELL_CAPACITY,
    COLDEST,
    CYCLES,
    DELIVERED,
    DISTANCE,
    HEATING,
    HOTTEST,
    LEAST_POTENTIAL,
    LEAST_VOLTAGE,
    MOST_CYCLES,
    MOST_VOLTAGE,
    NO_CONSUMPTION,
    OUT_OF_REACH,
    POWER_SHORT,
    SCALARS,
    SERIES,
    SHORT,
    SOC_MIN,
)
from energymodels.kernels.vehicle.pack_row import PACK as PACK
from energymodels.kernels.vehicle.pack_row import RESULTS as RESULTS
from energymodels.kernels.vehicle.pack_row import ROW as ROW
from energymodels.kernels.vehicle.pack_row import SERIES_RESULTS as SERIES_RESULTS
from energymodels.kernels.vehicle.pack_row import TERMINATIONS as TERMINATIONS
from energymodels.kernels.vehicle.pack_step import heated
from energymodels.kernels.vehicle.pack_tally import REST, finish, reached, record, tally

MOST_CYCLES_DRIVEN = 20000  # more than any car drives on one charge


@inner
def take(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with the power ``goal`` (W) or what is to be had.

    Return (how it went, limited, what ended the drive, status).
    """
    if goal <= 0.0:
        good, limited = charge(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)
        return (
            (GONE if good else FAILED),
            limited,
            OUT_OF_REACH,
            (status.OK if good else status.NO_CONVERGENCE),
        )
    how, ended, code = discharge(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)
    if (
        how != GONE
        and pack.derates != 0.0
        and derate(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)
    ):
        return GONE, True, ended, status.OK
    return how, False, ended, code


@inner
def run(w, mesh, c, pack, tables, nowhere, trace, count, distance, fidelity, axis, series, out, case):
    """Drive the ``count`` steps of ``trace`` (speed, W of one cell, s) again and again.

    Return (status, what ended the drive).
    """
    last = c.soc - pack.soc_min  # states of charge to drive with
    driven = 0.0
    for cycle in range(MOST_CYCLES_DRIVEN):
        if cycle >= pack.most_cycles:
            return status.OK, MOST_CYCLES
        used, given, short = out[CAPACITY_USED, case], out[DELIVERED, case], out[SHORT, case]
        for i in range(count):
            many = max(1, ceil(trace[2, i] / pack.time_step - 1e-9))
            h = trace[2, i] / many
            for _ in range(many):
                t_new = w.weights[at.TIMES, w.now[at.HEAD]] + h
                heater = heated(w, c, pack, h)
                goal = trace[1, i] + heater
                how, limited, ended, code = take(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)
                if how != GONE:
                    return code, ended
                begun, new = w.points[w.now[at.HEAD], at.CHARGE], w.points[at.new_slot(w), at.CHARGE]
                part = 1.0
                if new >= last * w.memory[at.CELL]:
                    part = (last * w.memory[at.CELL] - begun) / (new - begun)
                tally(w, c, pack, goal, limited, h, part, out, case)
                out[HEATING, case] += heater * part * h
                driven += part * h * trace[0, i]
                out[DISTANCE, case] = driven
                out[CYCLES, case] = cycle + min((driven - cycle * distance) / distance, 1.0)
                if axis.size > 0:
                    record(w, c, pack, axis, series, case)
                w.now[at.HEAD] = at.new_slot(w)
                if part < 1.0:
                    return status.OK, SOC_MIN
        if out[CAPACITY_USED, case] - used <= REST * w.memory[at.CELL]:
            return status.OK, NO_CONSUMPTION
        short = out[SHORT, case] - short
        if short > pack.short_most * (out[DELIVERED, case] - given + short):
            return status.OK, POWER_SHORT
    return status.TOO_MANY_STEPS, MOST_CYCLES


@inner
def follow(car, steps, cycles, units, trace):
    """Fill ``trace`` with (speed, power of one cell, duration) of the car's cycle; return the number of
    steps.
    """
    fixed, tilted = road.forces(car)
    count = 0
    for block in range(int(cycles[road.FIRST, car.cycle]), int(cycles[road.LAST, car.cycle])):
        for lane in range(road.LANES):
            place = road.BLOCK * block + lane
            if steps[place + road.DURATION] > 0.0:
                speed, _, battery = road.powers(car, steps, place, fixed, tilted)
                trace[0, count] = speed
                trace[1, count] = battery / units
                trace[2, count] = steps[place + road.DURATION]
                count += 1
    return count


@jit
def solve(
    cars, cells, packs, steps, cycles, w, mesh, tables, index, widths, fidelity, axis, series, out, codes
):  # fmt: skip
    """Drive every case: a car (``CAR``), a cell (``CELL``) and its pack (``PACK``).

    Scalars go to ``out[SCALARS, case]``, SI; series to ``series[SERIES, case, time]`` at the times of
    ``axis`` (s, may be empty): what the step that reached the time ended with; a status to ``codes[case]``.
    What a failed case has is NaN. ``steps`` and ``cycles`` are those of ``longitudinal``, the rest is that of
    ``battery.drive``.
    """
    trace = np.empty((3, steps.size // road.STEPS))
    nowhere = np.empty((0, 2))
    for case in range(cars.size):
        car, c, pack = cars[case], cells[case], packs[case]
        for q in range(SERIES):
            for k in range(axis.size):
                series[q, case, k] = nan
        for q in range(SCALARS):
            out[q, case] = 0.0
        codes[case] = status.OUT_OF_RANGE
        count = 0
        if c.area > 0.0 and c.soc > pack.soc_min:
            count = follow(car, steps, cycles, pack.units, trace)
        if count > 0 and np.isfinite(trace[1, :count].sum()):
            codes[case] = begin(w, mesh, c, tables, index, widths, nowhere, fidelity)
        if codes[case] == status.OK:
            if c.lumped != 0.0:
                w.memory[at.AROUND] = pack.around
            w.memory[at.HELD] = 0.0
            point = w.points[0]
            out[LEAST_VOLTAGE, case], out[MOST_VOLTAGE, case] = point[at.V], point[at.V]
            out[HOTTEST, case], out[COLDEST, case] = point[at.T], point[at.T]
            out[LEAST_POTENTIAL, case] = inf
            out[CELL_CAPACITY, case] = w.memory[at.CELL]
            codes[case], ended = run(
                w,
                mesh,
                c,
                pack,
                tables,
                nowhere,
                trace,
                count,
                cycles[road.DISTANCE, car.cycle],
                fidelity,
                axis,
                series,
                out,
                case,
            )
        if codes[case] == status.OK:
            reached(w, c, pack, ended, out, case)
            finish(w, c, pack, out, case)
        else:
            for q in range(SCALARS):
                out[q, case] = nan
