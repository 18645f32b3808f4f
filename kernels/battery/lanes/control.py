"""The protocol's steps in lanes: what each asks for, how it begins, goes on and ends; see
``battery.cell.steps``.
"""

from math import inf, isnan

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.events import (
    BELOW,
    E_CAPACITY,
    E_CURRENT,
    E_HIGH,
    E_LOW,
    E_ONSET,
    E_SOC,
    E_TEMPERATURE,
    E_VOLTAGE,
    END_TIME,
    EVENTS,
    VOLTAGE_MAX,
    VOLTAGE_MIN,
    code_of,
)
from energymodels.kernels.battery.cell.instant import INSTANT
from energymodels.kernels.battery.cell.steps import FIRST_MOVING, FOREVER, MOST_FAILURES, MOST_STEPS, SHORTEST
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.cases import first_step, leave
from energymodels.kernels.battery.lanes.ends import NONE
from energymodels.kernels.battery.lanes.particles import first_current
from energymodels.kernels.battery.lanes.state import lane_of
from energymodels.kernels.jit import inner

UNFINISHED = -3  # a status that leaves a case to the solver of single cases
DONE = -4  # not a status: the case goes on


@inner
def begin_step(w, shape, rows, program, lane):
    """Let a lane's next step of the protocol begin with an instant that makes currents and potentials
    consistent; the reaction is guessed to be even.
    """
    one = lane_of(w.lane, lane)
    c = rows[int(one.row)]
    step = program[int(one.first_step + one.at)]
    goal = step[to.VALUE]
    if step[to.VALUE_PER_C] != 0.0:
        goal *= one.nominal / 3600.0
    one.kind = step[to.KIND]
    one.goal = goal
    one.began += one.elapsed + one.time
    one.elapsed, one.time, one.end = 0.0, 0.0, INSTANT
    one.doing, one.h, one.final = of.INSTANT, INSTANT, 0.0
    one.landing, one.failures, one.effort = NONE, 0.0, 0.0
    one.jump = -w.now[of.I, lane]
    for event in range(EVENTS):
        one.signs[event] = 0.0
    guess = w.now[of.I, lane]
    if step[to.KIND] == to.CURRENT:
        guess = goal / c.area
    first_n, first_p = first_current(shape, 0), first_current(shape, 1)
    for x in range(shape.particles_n):
        w.now[first_n + x, lane] = guess * c.radius_n / (3.0 * c.active_n * c.thickness_n)
    for x in range(shape.particles_p):
        w.now[first_p + x, lane] = -guess * c.radius_p / (3.0 * c.active_p * c.thickness_p)


@inner
def set_ends(w, rows, program, lane):
    """Set goals and directions of the ends of a lane's step, from the instant it begins with."""
    one = lane_of(w.lane, lane)
    c = rows[int(one.row)]
    step = program[int(one.first_step + one.at)]
    kind, nominal = step[to.KIND], one.nominal
    goals, signs = one.goals, one.signs
    current = w.now[of.I, lane] * c.area
    charging = 0.0
    if abs(current) > 1e-9 * nominal:
        charging = -1.0 if current > 0.0 else 1.0
    if not isnan(step[to.END_VOLTAGE]) and kind != to.VOLTAGE:
        goals[E_VOLTAGE] = step[to.END_VOLTAGE]
        upwards = 1.0 if step[to.END_VOLTAGE] > one.volt else -1.0
        signs[E_VOLTAGE] = charging if charging != 0.0 else upwards
    if not isnan(step[to.END_CURRENT]):
        unit = nominal / 3600.0 if step[to.END_CURRENT_PER_C] != 0.0 else 1.0
        goals[E_CURRENT] = step[to.END_CURRENT] * unit
        above = goals[E_CURRENT] > abs(current)
        signs[E_CURRENT] = 1.0 if above and kind == to.POWER else -1.0
    if not isnan(step[to.END_TEMPERATURE]):
        goals[E_TEMPERATURE] = step[to.END_TEMPERATURE]
        signs[E_TEMPERATURE] = 1.0 if step[to.END_TEMPERATURE] > w.now[of.T, lane] else -1.0
    if not isnan(step[to.END_CAPACITY]):
        unit = nominal if step[to.END_CAPACITY_PER_C] != 0.0 else 1.0
        goals[E_CAPACITY] = one.moved + step[to.END_CAPACITY] * unit
        signs[E_CAPACITY] = 1.0
    if not isnan(step[to.END_SOC]):
        goals[E_SOC] = step[to.END_SOC]
        above = step[to.END_SOC] > one.soc - w.now[of.CHARGE, lane] / one.cell
        signs[E_SOC] = 1.0 if above else -1.0
        if charging != 0.0:
            signs[E_SOC] = charging
    if kind != to.VOLTAGE:
        goals[E_LOW], goals[E_HIGH] = c.voltage_min, c.voltage_max
        steady = kind == to.CURRENT
        signs[E_LOW] = 0.0 if steady and charging > 0.0 else -1.0
        signs[E_HIGH] = 0.0 if steady and charging < 0.0 else 1.0


@inner
def set_out(w, shape, grid, tables, rows, program, lane):
    """Let the time steps of a lane's step begin, whose instant has been solved."""
    one = lane_of(w.lane, lane)
    c = rows[int(one.row)]
    step = program[int(one.first_step + one.at)]
    one.elapsed += one.time
    one.time = 0.0
    one.end = step[to.END_TIME] - one.elapsed
    one.doing = of.RUN
    one.goals[E_ONSET] = -BELOW
    if isnan(one.onset):
        if one.least < -BELOW:
            one.onset = -w.now[of.CHARGE, lane]
        else:
            one.signs[E_ONSET] = -1.0
    one.jump += w.now[of.I, lane]
    one.h = first_step(w, shape, grid, tables, c, lane)
    if step[to.KIND] != to.CURRENT:
        one.h = min(one.h, FIRST_MOVING)


@inner
def reject(w, lane):
    """Shorten a lane's step that failed. Return a status, DONE to go on."""
    one = lane_of(w.lane, lane)
    one.failures += 1.0
    one.since = 0.0
    one.landing = NONE
    if one.doing == of.INSTANT:
        return UNFINISHED
    if one.failures > 3.0:
        one.order = 1.0
    if one.h < SHORTEST or one.failures > MOST_FAILURES:
        return UNFINISHED
    return DONE


@inner
def end_of(w, program, lane):
    """Return how the step of a lane ended with the time step just taken: a termination, -1 if it goes on."""
    one = lane_of(w.lane, lane)
    if one.event >= 0.0 and one.event != E_ONSET:
        return code_of(int(one.event))
    step = program[int(one.first_step + one.at)]
    if one.final != 0.0 and step[to.END_TIME] < inf:
        return END_TIME
    return -1


@inner
def overdue(w, program, lane):
    """Return whether a step that ends by no time should have ended long ago, or takes too many."""
    one = lane_of(w.lane, lane)
    step = program[int(one.first_step + one.at)]
    late = step[to.END_TIME] == inf and one.elapsed + one.time > FOREVER
    return late or one.effort >= MOST_STEPS


@inner
def end_step(w, shape, grid, tables, rows, program, out, lane, ended):
    """End a lane's step of the protocol; begin the next one or leave. Return a status, DONE to go on."""
    one = lane_of(w.lane, lane)
    if ended in (VOLTAGE_MIN, VOLTAGE_MAX) or one.at + 1.0 >= one.steps:
        return leave(w, shape, grid, tables, rows, out, lane, ended)
    one.at += 1.0
    begin_step(w, shape, rows, program, lane)
    return DONE
