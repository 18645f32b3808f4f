"""What all lanes do together before and after a step is solved; the fidelity solves it in between."""

from math import isnan

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.events import E_ONSET
from energymodels.kernels.battery.cell.stepper import BISECTIONS, NEARLY
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.cases import enter, lithium
from energymodels.kernels.battery.lanes.control import (
    DONE,
    UNFINISHED,
    begin_step,
    end_of,
    end_step,
    overdue,
    reject,
    set_ends,
    set_out,
)
from energymodels.kernels.battery.lanes.elements import lay_out
from energymodels.kernels.battery.lanes.ends import NONE, first_passed, land, measure, remember
from energymodels.kernels.battery.lanes.observe import sample, smooth
from energymodels.kernels.battery.lanes.state import cases, lane_of, lanes
from energymodels.kernels.battery.lanes.stepping import (
    begin,
    choose,
    coefficients,
    commit,
    norms,
    of_order,
    predict,
)
from energymodels.kernels.battery.lanes.tables import count_terms
from energymodels.kernels.battery.lanes.work import energy, gross
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    anywhere,
    exp,
    load,
    log,
    lower,
    opposite,
    size,
    upper,
    where,
)


@inner
def clear(w):
    """Leave every lane without a case, and without the tables of one."""
    for lane in range(w.now.shape[1]):
        lane_of(w.lane, lane).doing = of.IDLE
        for q in range(w.offsets.shape[0]):
            w.offsets[q, lane] = 0
            w.warm_offsets[q, lane] = 0
            w.coefficients[q, lane] = 0.0
            for m in range(w.heads.shape[1]):
                w.heads[q, m, lane] = 0.0
                w.warm[q, m, lane] = 0.0


@inner
def refill(w, shape, grid, tables, index, rows, numbers, program, todo, queue, scalar, series, out, codes):
    """Put waiting cases into idle lanes. Return how many have been taken."""
    s = lanes(w.lane)
    fresh = False
    for lane in range(w.now.shape[1]):
        one = lane_of(w.lane, lane)
        while one.doing == of.IDLE and queue < todo.size:
            row = todo[queue]
            queue += 1
            for q in range(out.shape[0]):
                out[q, row] = np.nan
            if series.shape[1] > 0:
                for q in range(series.shape[0]):
                    for k in range(series.shape[2]):
                        series[q, row, k] = np.nan
            codes[row] = enter(w, shape, tables, index, rows, numbers, row, lane, scalar)
            if codes[row] == status.OK:
                begin_step(w, shape, rows, program, lane)
                one.began = 0.0
                fresh = True
    if fresh:
        count_terms(w)
        lay_out(w, shape, grid)
        begin(w, s.doing == of.INSTANT)
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.doing == of.INSTANT and one.at == 0.0:
                one.lithium = lithium(w, shape, rows[int(one.row)], lane, w.now)
    return queue


@inner
def before(w):
    """Choose the size of every lane's step and set predictor and past."""
    s = lanes(w.lane)
    h, left = s.h, s.end - s.time
    free = (s.doing == of.RUN) & (s.landing == NONE)
    final = free & (1.01 * h >= left)
    half = free & opposite(final) & (2.0 * h > left)
    h = where(final, left, where(half, 0.5 * left, h))
    s.h = h
    s.final = where(final, 1.0, 0.0)
    s.order = where(free, lower(s.order, s.points), s.order)
    coefficients(w)
    predict(w)


@inner
def newton_tolerance(w):
    """Return the tolerance of Newton's method: closer where a step begins or is to meet an end."""
    s, tolerance = lanes(w.lane), cases(w.case).tolerance
    close = (s.doing == of.INSTANT) | (s.landing != NONE)
    return where(close, 0.01 * tolerance, tolerance)


@inner
def after(w, shape, grid, tables, rows, program, axis, series, out, codes, good):
    """Judge the step just solved in every lane, take it or another, and go on with the protocol."""
    s = lanes(w.lane)
    doing, tolerance = s.doing, cases(w.case).tolerance
    active = doing != of.IDLE
    instant = good & (doing == of.INSTANT)
    run = good & (doing == of.RUN)
    misses = norms(w, shape)
    error = where(s.points > s.order, of_order(s, s.part, 0) * misses[0] / tolerance, 0.0)
    aiming = s.landing != NONE
    fine = run & (aiming | (error <= 1.0))
    current, charge = load(w.past, 0, of.I), load(w.past, 0, of.CHARGE)
    new, moved = load(w.now, of.I), s.moved
    gone = load(w.now, of.CHARGE) - charge
    turned = 0.5 * cases(w.case).area * s.h * (current * current + new * new)
    turned = turned / upper(size(current) + size(new), 1e-300)
    through = where(current * new >= 0.0, size(gone), upper(size(gone), turned))
    measure(w, moved + through)
    found = first_passed(s)
    s.accepted = where(instant | (fine & opposite(aiming) & (found < 0.0)), 1.0, 0.0)
    s.event = NONE + 0.0 * error
    s.count = s.count + where(run | (active & opposite(good)), 1.0, 0.0)
    s.effort = s.effort + 1.0
    s.hold = s.h
    if anywhere(fine & (aiming | (found >= 0.0))):
        s.jump_to = found
        s.look = where(fine & (aiming | (found >= 0.0)), 1.0, 0.0)
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.look != 0.0:
                land(one, one.jump_to)
    taken = run & (s.accepted != 0.0)
    refused = active & opposite(instant) & opposite(fine)
    if anywhere(refused):
        small = upper(0.9 * exp(-log(upper(error, 1.0)) / (s.order + 1.0)), 0.2)
        shorter = s.h * where(run & (error > 1.0), small, 0.25)
        s.h = where(refused, shorter, s.h)
        s.look = where(refused, 1.0, 0.0)
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.look != 0.0 and reject(w, lane) == UNFINISHED:
                codes[int(one.row)] = UNFINISHED
                one.doing = of.IDLE
    step = where(taken | instant, s.hold, 0.0)
    before_volt = s.volt_before
    if axis.size > 0:
        smooth(w, shape, tables)
    if anywhere(taken):
        ready = s.since >= s.order
        choice, factor = choose(w, misses, tolerance, ready)
        settled = s.points > s.order
        choice = where(settled, choice, s.order)
        factor = where(settled, factor, 2.0)
        commit(w, taken)
        s.last = s.order
        s.time = s.time + where(taken, step, 0.0)
        tally(w, shape, tables, taken, before_volt, current, gone, through, step, tolerance)
        since = s.since + 1.0
        since = where(since > s.order, 0.0, since)
        failed = s.failures > 0.0
        factor = where(failed, lower(factor, 1.0), factor)
        met = taken & (s.event == 1.0 * E_ONSET)
        base = where(met, upper(step, s.high), step)
        s.points = where(taken, lower(s.points + 1.0, of.ORDER + 2.0), s.points)
        s.since = where(taken, since, s.since)
        s.order = where(taken, choice, s.order)
        s.failures = where(taken, 0.0, s.failures)
        s.h = where(taken, base * factor, s.h)
        remember(s, taken)
        pass_by(w, taken, charge)
    if anywhere(instant):
        s.time = s.time + where(instant, step, 0.0)
        work = s.volt * gone
        s.energy = s.energy + where(instant, work, 0.0)
        s.work = s.work + where(instant, size(work), 0.0)
        begin(w, instant)
        s.last = where(instant, 1.0, s.last)
        s.look = where(instant, 1.0, 0.0)
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.look != 0.0:
                set_ends(w, rows, program, lane)
    kept = taken | instant
    extremes(w, shape, kept, moved + through)
    if axis.size > 0 and anywhere(kept):
        sample(w, shape, tables, axis, series)
    if anywhere(instant):
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.look != 0.0 and one.doing == of.INSTANT:
                set_out(w, shape, grid, tables, rows, program, lane)
        measure(w, s.moved)
        remember(s, instant)
    s.volt_before = where(kept, s.volt, before_volt)
    progress(w, shape, grid, tables, rows, program, out, codes)


@inner
def progress(w, shape, grid, tables, rows, program, out, codes):
    """End the protocol's steps whose ends are met, and the cases whose last step that was."""
    s = lanes(w.lane)
    again = False
    for lane in range(w.now.shape[1]):
        one = lane_of(w.lane, lane)
        one.look = 0.0
        if one.accepted == 0.0 or one.doing == of.IDLE:
            continue
        ended = -1
        if one.points == 1.0:  # the instant with which a step begins
            best = NONE
            for event in range(E_ONSET):
                if best < 0.0 and one.signs[event] != 0.0 and one.g_before[event] >= 0.0:
                    best = 1.0 * event
            one.event = best
            one.final = 0.0
            if best >= 0.0:
                one.count += 1.0
        elif one.event == E_ONSET:
            one.onset = -w.now[of.CHARGE, lane]
            one.signs[E_ONSET] = 0.0
        ended = end_of(w, program, lane)
        code = DONE
        if ended >= 0:
            code = end_step(w, shape, grid, tables, rows, program, out, lane, ended)
        elif overdue(w, program, lane):
            code = UNFINISHED
        if code == DONE and ended >= 0:
            one.look = 1.0
            again = True
        if code != DONE:
            codes[int(one.row)] = code
            one.doing = of.IDLE
    if again:
        begin(w, s.look != 0.0)


@inner
def tally(w, shape, tables, taken, before_volt, current, gone, through, step, tolerance):
    """Add the energy of the steps just taken."""
    s, c = lanes(w.lane), cases(w.case)
    flat = s.kind == 1.0 * to.VOLTAGE
    net = energy(w, shape, tables, before_volt, current, gone, through, flat | opposite(taken), tolerance)
    work = gross(before_volt, s.volt, current, load(w.now, of.I), net, c.area * step)
    s.energy = s.energy + where(taken, net, 0.0)
    s.work = s.work + where(taken, work, 0.0)


@inner
def extremes(w, shape, kept, moved):
    """Keep the charge throughput and the largest and least values met."""
    s = lanes(w.lane)
    s.moved = where(kept, moved, s.moved)
    s.hottest = where(kept, upper(load(w.now, of.T), s.hottest), s.hottest)
    s.lowest = where(kept, lower(s.least, s.lowest), s.lowest)
    amount = size(load(w.now, of.I)) * cases(w.case).area
    s.largest = where(kept, upper(amount, s.largest), s.largest)
    most = s.most_salt
    if shape.nodes > 2:
        for k in range(shape.nodes):
            most = upper(load(w.now, of.FIRST + k), most)
    s.most_salt = where(kept, most, s.most_salt)


@inner
def pass_by(w, taken, charge):
    """Keep when the steps just taken first charged cells to 10 and 80 %."""
    s = lanes(w.lane)
    after_ = load(w.now, of.CHARGE)
    slack = NEARLY * s.nominal
    for which in range(2):
        goal = (s.soc - (0.1 if which == 0 else 0.8)) * s.cell
        crossed = taken & (after_ < charge) & (charge > goal) & (goal >= after_ - slack)
        if not anywhere(crossed):
            continue
        s.look = where(crossed, 1.0, 0.0)
        for lane in range(w.now.shape[1]):
            one = lane_of(w.lane, lane)
            if one.look == 0.0:
                continue
            if which == 0 and isnan(one.at_10):
                one.at_10 = when(w, lane, goal_of(one, 0.1))
            elif which == 1 and isnan(one.at_80) and not isnan(one.at_10):
                one.at_80 = when(w, lane, goal_of(one, 0.8))


@inner
def goal_of(one, soc):
    """Return the charge, A s, discharged when a lane's cell stands at ``soc``."""
    return (one.soc - soc) * one.cell


@inner
def when(w, lane, goal):
    """Return the time, s, at which the step just taken in a lane had charged to ``goal``, A s."""
    one = lane_of(w.lane, lane)
    low, high = -one.psi[0], 0.0
    for _ in range(BISECTIONS):
        t = 0.5 * (low + high)
        charge, factor = w.past[0, of.CHARGE, lane], t / one.psi[0]
        for m in range(1, int(one.last) + 1):
            charge += factor * w.past[m, of.CHARGE, lane]
            factor *= (t + one.psi[m - 1]) / one.psi[m]
        if charge > goal:
            low = t
        else:
            high = t
    return one.began + one.elapsed + one.time + high
