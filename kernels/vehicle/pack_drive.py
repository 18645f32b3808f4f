"""A car on a cycle, over and over, whose battery is a cell in a pack of equal ones.

The car asks the pack's terminals for a power in every step of its cycle (``longitudinal``); each cell gives
its part, and a part of the pack's resistance stands behind each cell's terminals. A step is an implicit one
of first order (backward Euler), at most ``time_step`` long, in which the power is constant: the current jumps
with it from step to step, so that a longer past would tell nothing of what comes. Charging power that would
take the cell past its limits of voltage, potential of the negative electrode or current is taken at that
limit, and friction brakes do the rest.

The drive ends at the least state of charge, or where the power would take the cell's voltage below its limit.
A car that derates drives on there with what the cell gives at that voltage. The energy short counts as
distance behind the trace: the same share of the way as of the net energy that driving asked for. The drive
ends after a cycle that lacks more than ``short_most`` of its energy.

A heater at the terminals warms the cells, of one temperature, until they have ``warm``: its heat comes to the
cell the way that of the surroundings does, so that these count as warmer by heat over heat transfer.
"""

from math import ceil, inf, nan, sqrt

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.events import SLACK
from energymodels.kernels.battery.cell.history import least
from energymodels.kernels.battery.cell.row import ROW as CELL
from energymodels.kernels.battery.cell.start import begin
from energymodels.kernels.battery.cell.stepper import attempt
from energymodels.kernels.battery.cell.steps import why_not
from energymodels.kernels.jit import inner, jit
from energymodels.kernels.vehicle import longitudinal as road
from energymodels.kernels.vehicle.longitudinal import COLD
from energymodels.kernels.vehicle.longitudinal import ROW as CAR

PACK = np.dtype(
    [
        ("units", "f8"),  # cells, in series times in parallel
        ("resistance", "f8"),  # ohm, the pack's, as a part of it stands behind each cell
        ("soc_min", "f8"),
        ("around", "f8"),  # K, of the surroundings
        ("time_step", "f8"),  # s, longest
        ("most_cycles", "f8"),
        ("derates", "f8"),  # 1: drives on with what the cell gives at its lowest voltage
        ("short_most", "f8"),  # of the energy that a cycle asks for
        ("heater", "f8"),  # W a cell
        ("warm", "f8"),  # K, up to which it heats
    ]
)
ROW = np.dtype(CAR.descr + CELL.descr + PACK.descr)
TERMINATIONS = (
    "soc_min", "voltage_min", "power_out_of_reach", "cycles_max", "no_consumption",
    "voltage_min_of_cold_cells", "power_short",
)  # fmt: skip
SOC_MIN, VOLTAGE_MIN, OUT_OF_REACH, MOST_CYCLES, NO_CONSUMPTION, COLD_VOLTAGE_MIN, POWER_SHORT = np.arange(7)
RESULTS = (
    "range", "consumption", "cycles_driven", "duration", "energy_delivered", "energy_recovered",
    "energy_refused", "pack_resistance_loss", "energy_of_cells", "heat_total", "capacity_used",
    "cell_capacity", "soc_end", "cell_voltage_min", "cell_voltage_max", "temperature_max",
    "temperature_min", "negative_potential_min", "discharge_rate_max", "charge_rate_max", "termination",
    "energy_balance", "distance_driven", "energy_short", "distance_behind", "time_derated",
    "heating_energy",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    RANGE, CONSUMPTION, CYCLES, DURATION, DELIVERED, RECOVERED, REFUSED, PACK_LOSS, CELL_ENERGY, HEAT,
    CAPACITY_USED, CELL_CAPACITY,
    SOC_END, LEAST_VOLTAGE, MOST_VOLTAGE, HOTTEST, COLDEST, LEAST_POTENTIAL, PEAK_DISCHARGE, PEAK_CHARGE,
    ENDED, BALANCE, DISTANCE,
    SHORT, BEHIND, DERATED, HEATING,
) = np.arange(SCALARS)  # fmt: skip
SERIES_RESULTS = (
    "cell_voltage", "cell_current", "cell_temperature", "state_of_charge",
    "negative_potential_vs_lithium", "battery_power",
)  # fmt: skip
SERIES = len(SERIES_RESULTS)
VOLTAGE, CURRENT, TEMPERATURE, SOC, POTENTIAL, POWER = np.arange(SERIES)
# of the salt at the start: where the electrolyte holds less somewhere, a power that cannot be met is its
# doing
DRY = 0.1
NEWTON = 10.0  # of the tolerance, which is one of errors in time: Newton's method leaves far less
NOTABLE = 1e-3  # C-rate, from which on a current tells the resistance
HALVINGS = 40  # of the range of currents that a cell may give
BACK = 0.9
CLOSE = 1e-9  # of a power that is met by way of the voltage
CLOSELY = 1e-4  # of the tolerance: what Newton's method may leave there
MISSED = 1e-6  # of a power: it is solved for again, more closely
NO_VOLTAGE = 0.1  # V, lower than any cell is taken
SEARCHES = 12  # for the voltage at the pack's terminals that is the limit at the cell's
MOST_CYCLES_DRIVEN = 20000  # more than any car drives on one charge
REST = 1e-9  # of a state of charge: less than that a cycle is no consumption
GONE, OVER, FAILED = np.arange(3)  # how a step went


@inner
def current_of(w, c, point, power):
    """Return about the current (A m-2) of a ``power`` (W): the surfaces' OCV less what the newest point's
    resistance takes.
    """
    if abs(point[at.I]) * c.area * 3600.0 > NOTABLE * w.memory[at.NOMINAL]:
        w.memory[at.HELD] = (point[at.OCP_MEAN] - point[at.V]) / point[at.I]
    resistance, voltage = w.memory[at.HELD], point[at.OCP_MEAN]
    root = voltage * voltage - 4.0 * resistance * power / c.area
    return 2.0 * power / c.area / (voltage + sqrt(root)) if root > 0.0 else power / (c.area * point[at.V])


@inner
def go(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity):
    """Step to ``t_new`` by backward Euler; the guess has the current that goes with ``goal``,
    spread evenly.
    """
    point = w.points[w.now[at.HEAD]]
    if kind == of.POWER or kind == of.CURRENT:
        guess = goal / c.area if kind == of.CURRENT else current_of(w, c, point, goal)
        change = guess - point[at.I]
        nodes = mesh.n + mesh.s + mesh.p
        first = at.FIRST + 2 * nodes
        j_n = change * c.radius_n / (3.0 * c.active_n * c.thickness_n)
        j_p = -change * c.radius_p / (3.0 * c.active_p * c.thickness_p)
        for k in range(mesh.n):
            point[first + k] += j_n
        for k in range(mesh.n + mesh.s, nodes):
            point[first + k] += j_p
        point[at.I] = guess
    w.now[at.COUNT] = 1
    w.now[at.NEXT_ORDER] = 1
    if not attempt(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity, NEWTON * c.tolerance)[0]:
        return False
    new = w.points[at.new_slot(w)]
    if kind != of.POWER or abs(new[at.V] * new[at.I] * c.area - goal) <= MISSED * abs(goal):
        return True
    return attempt(w, mesh, c, tables, nowhere, t_new, kind, goal, fidelity, CLOSELY * c.tolerance)[0]


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
def hold_voltage(w, mesh, c, pack, tables, nowhere, t_new, limit, fidelity):
    """Step with the cell's voltage at ``limit``; the pack's terminals have what its resistance adds.

    Return whether found.
    """
    current = 0.0
    for _ in range(SEARCHES):
        goal = limit - current * pack.resistance
        if not go(w, mesh, c, tables, nowhere, t_new, of.VOLTAGE, goal, fidelity):
            return False
        current = w.points[at.new_slot(w), at.I] * c.area
        if abs(goal + current * pack.resistance - limit) <= 0.5 * SLACK * c.tolerance:
            return True
    return False


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


@inner
def most(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity):
    """Step with the most current that keeps the cell's lowest voltage and gives no more than ``goal`` (W).

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
    """Step with what the cell gives at its lowest voltage, ``goal`` (W) at most.

    Return whether it gives any.
    """
    if hold_voltage(w, mesh, c, pack, tables, nowhere, t_new, c.voltage_min, fidelity):
        point = w.points[at.new_slot(w)]
        if 0.0 < point[at.V] * point[at.I] * c.area < goal:
            return True
    return most(w, mesh, c, pack, tables, nowhere, t_new, goal, fidelity)


@inner
def heated(w, c, pack, h):
    """Return the power (W) that the heater takes in a step of ``h`` (s), and let the cell have it."""
    if c.lumped == 0.0:
        return 0.0
    lacking = c.heat_capacity * (pack.warm - w.points[w.now[at.HEAD], at.T]) / h
    power = max(0.0, min(pack.heater, lacking))
    w.memory[at.AROUND] = pack.around + (power / c.cooling if power > 0.0 else 0.0)
    return power


@inner
def by_voltage(w, mesh, c, tables, nowhere, t_new, goal, fidelity):
    """Step with the power ``goal`` (W), less than the lowest voltage gives, by way of the voltage.

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
