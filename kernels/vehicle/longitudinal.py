"""A car that follows a speed trace: force at the wheels, losses of the drivetrain, power of the battery
(``guzzella2013``, ch. 2).

    F = c (f_0 C + m g S) + s (m g C - f_0 S) + f_1 v + f_2 v^2 + m' a        P = F v

at the mid-step speed v, with a the change of speed over the step. The road rises by the angle of the trace
(cosine c, sine s) and that of the case (C, S) together. The motor brakes with what share, power and speed
allow, friction brakes do the rest. With wheel power x of the motor, positive while it drives, the battery's
terminals give

    x + k_0 + k_1 |x| + k_2 x^2 + P_auxiliary + P_cabin,      k_0 while the car moves

and its stored energy falls by that over the discharge efficiency, or rises by the charge efficiency times
what comes in. Stored energy counts what a discharge at nominal rate gives.
"""

from math import inf, isfinite, nan

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.jit import inline, jit

ROW = np.dtype(
    [
        ("cycle", "i8"),
        ("rolling", "f8"),  # f_0, N
        ("viscous", "f8"),  # f_1, N s m-1
        ("drag", "f8"),  # f_2, N s2 m-2
        ("inertia", "f8"),  # m', kg
        ("weight", "f8"),  # m g, N
        ("cosine", "f8"),  # C of a constant grade
        ("sine", "f8"),  # S
        ("loss_constant", "f8"),  # k_0, W
        ("loss_linear", "f8"),  # k_1
        ("loss_square", "f8"),  # k_2, W-1
        ("regeneration_share", "f8"),  # of the braking power, on axles with motors
        ("regeneration_power", "f8"),  # W at the wheels, at most
        ("regeneration_speed", "f8"),  # m s-1, below which friction brakes alone
        ("auxiliary", "f8"),  # W
        ("cabin", "f8"),  # W
        ("discharge_efficiency", "f8"),
        ("charge_efficiency", "f8"),
        ("charger_efficiency", "f8"),
        ("energy", "f8"),  # J to drive with
    ]
)
COLD = 283.15  # K, below which it matters that the battery of a real car is cold
# The table of steps: blocks of LANES steps, all cycles one after the other, a slot of LANES numbers a
# quantity, so that the compiler makes SIMD code of them (from 16 lanes on). A cycle's last step, with
# duration 0, fills up its last block.
LANES = 16
STEPS = 6
SPEED, ACCELERATION, DURATION, COSINE, SINE, BEGIN = (LANES * i for i in range(STEPS))
BLOCK = LANES * STEPS
# The table of cycles, (SUMS, cycle); FIRST and LAST are blocks
SUMS = 9
FIRST, LAST, TIME, DISTANCE, RUN, RISE, SPEED_2, SPEED_3, KINETIC = range(SUMS)
RESULTS = (
    "tractive_energy", "braking_energy", "consumption", "wall_consumption", "range",
    "regenerated_energy", "recovered_energy", "road_load_energy", "kinetic_energy_gain",
    "potential_energy_gain", "friction_brake_loss", "drivetrain_loss", "auxiliary_energy",
    "cabin_energy", "battery_loss", "charging_loss", "energy_balance", "battery_power_max",
    "battery_power_min", "battery_heat", "drivetrain_heat", "duration", "distance",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    TRACTIVE, BRAKING, CONSUMPTION, WALL, RANGE, REGENERATED, RECOVERED, ROAD_LOAD, KINETIC_GAIN,
    POTENTIAL_GAIN, FRICTION_BRAKES,
    DRIVETRAIN_LOSS, AUXILIARY, CABIN, BATTERY_LOSS, CHARGING_LOSS, BALANCE, POWER_MAX, POWER_MIN,
    BATTERY_HEAT,
    DRIVETRAIN_HEAT, DURATION_DRIVEN, DISTANCE_DRIVEN,
) = range(SCALARS)  # fmt: skip
SERIES_RESULTS = ("vehicle_speed", "wheel_power", "battery_power")
# What is summed over the steps, and the two ends of the terminal power
TOTALS = 8
DRIVEN, BRAKED, TAKEN, LOST, DRAWN, RETURNED, HIGHEST, LOWEST = (LANES * i for i in range(TOTALS))


@inline
def forces(c):
    """Return the forces (N) that go with the cosine and the sine of the trace's angle."""
    return c.rolling * c.cosine + c.weight * c.sine, c.weight * c.cosine - c.rolling * c.sine


@inline
def _motor(power, v, share, most, slowest, constant, linear, square):
    """Return (driving, braking by the motor, loss of the drivetrain), W, all positive, of a power at the
    wheels.
    """
    driving = power if power > 0.0 else 0.0
    motor = share * (driving - power)
    motor = motor if motor < most else most
    motor = motor if v >= slowest else 0.0
    x = driving + motor
    return driving, motor, (constant if v > 0.0 else 0.0) + x * (linear + square * x)


@inline
def _total(c, steps, first, last, base, w):
    """Sum up a cycle's steps, blocks ``first`` to ``last``, in ``w`` (TOTALS slots)."""
    fixed, tilted = forces(c)
    viscous, drag, inertia = c.viscous, c.drag, c.inertia
    share, most, slowest = c.regeneration_share, c.regeneration_power, c.regeneration_speed
    constant, linear, square = c.loss_constant, c.loss_linear, c.loss_square
    for i in range(LANES * TOTALS):
        w[i] = 0.0
    for i in range(HIGHEST, LOWEST):
        w[i] = -inf
    for i in range(LOWEST, LANES * TOTALS):
        w[i] = inf
    mine = steps[BLOCK * first : BLOCK * last]  # a loop that begins at 0 needs no check for indices below it
    for b in range(last - first):
        at = BLOCK * b
        for i in range(LANES):
            v = mine[at + SPEED + i]
            dt = mine[at + DURATION + i]
            road = fixed * mine[at + COSINE + i] + tilted * mine[at + SINE + i] + v * (viscous + v * drag)
            power = v * (road + inertia * mine[at + ACCELERATION + i])
            driving, motor, loss = _motor(power, v, share, most, slowest, constant, linear, square)
            terminal = driving - motor + loss + base
            given = terminal if terminal > 0.0 else 0.0
            w[DRIVEN + i] += driving * dt
            w[BRAKED + i] += (driving - power) * dt
            w[TAKEN + i] += motor * dt
            w[LOST + i] += loss * dt
            w[DRAWN + i] += given * dt
            w[RETURNED + i] += (given - terminal) * dt
            high, low = w[HIGHEST + i], w[LOWEST + i]
            w[HIGHEST + i] = high if high > terminal else terminal
            w[LOWEST + i] = low if low < terminal else terminal


@inline
def _sum(w, k):
    total = 0.0
    for i in range(LANES):
        total += w[k + i]
    return total


@inline
def _solve_one(c, steps, cycles, w, out, row):
    """Write the scalars of one row; return its status."""
    n = c.cycle
    base = c.auxiliary + c.cabin
    _total(c, steps, int(cycles[FIRST, n]), int(cycles[LAST, n]), base, w)
    braked, taken, lost, drawn, returned = (
        _sum(w, BRAKED),
        _sum(w, TAKEN),
        _sum(w, LOST),
        _sum(w, DRAWN),
        _sum(w, RETURNED),
    )
    time, distance = cycles[TIME, n], cycles[DISTANCE, n]
    stored = drawn / c.discharge_efficiency - c.charge_efficiency * returned
    if not (isfinite(stored + braked) and distance > 0.0):
        return status.OUT_OF_RANGE
    # the trace's own sums, not those of the steps: the balance shows any term that these lost
    run, rise = cycles[RUN, n], cycles[RISE, n]
    road = (
        c.rolling * (c.cosine * run - c.sine * rise)
        + c.viscous * cycles[SPEED_2, n]
        + c.drag * cycles[SPEED_3, n]
    )
    kinetic = c.inertia * cycles[KINETIC, n]
    potential = c.weight * (c.cosine * rise + c.sine * run)
    battery = drawn * (1.0 / c.discharge_efficiency - 1.0) + returned * (1.0 - c.charge_efficiency)
    spent = road + kinetic + potential + (braked - taken) + lost + base * time + battery
    gross = drawn / c.discharge_efficiency + returned
    wall = stored / (c.charge_efficiency * c.charger_efficiency) if stored > 0.0 else stored
    per = 1.0 / distance
    out[TRACTIVE, row] = _sum(w, DRIVEN) * per
    out[BRAKING, row] = braked * per
    out[CONSUMPTION, row] = stored * per
    out[WALL, row] = wall * per
    out[RANGE, row] = c.energy * distance / stored if stored > 0.0 else inf
    out[REGENERATED, row] = taken * per
    out[RECOVERED, row] = c.charge_efficiency * returned * per
    out[ROAD_LOAD, row] = road * per
    out[KINETIC_GAIN, row] = kinetic * per
    out[POTENTIAL_GAIN, row] = potential * per
    out[FRICTION_BRAKES, row] = (braked - taken) * per
    out[DRIVETRAIN_LOSS, row] = lost * per
    out[AUXILIARY, row] = c.auxiliary * time * per
    out[CABIN, row] = c.cabin * time * per
    out[BATTERY_LOSS, row] = battery * per
    out[CHARGING_LOSS, row] = (wall - stored) * per
    out[BALANCE, row] = (stored - spent) / gross if gross > 0.0 else 0.0
    out[POWER_MAX, row] = w[HIGHEST:LOWEST].max()
    out[POWER_MIN, row] = w[LOWEST:].min()
    out[BATTERY_HEAT, row] = battery / time
    out[DRIVETRAIN_HEAT, row] = lost / time
    out[DURATION_DRIVEN, row] = time
    out[DISTANCE_DRIVEN, row] = distance
    return status.OK


@jit
def solve(rows, steps, cycles, out, codes):
    """Solve every row (``ROW``): ``out[SCALARS, row]`` in J m-1, m, W and s, a status to ``codes[row]``; NaN
    where it is not OK.

    ``steps`` (BLOCK numbers a block) and ``cycles`` (SUMS, cycle) are the tables described above.
    """
    w = np.empty(LANES * TOTALS)
    for row in range(rows.size):
        codes[row] = _solve_one(rows[row], steps, cycles, w, out, row)
        if codes[row] != status.OK:
            for k in range(SCALARS):
                out[k, row] = nan


@inline
def powers(c, steps, at, fixed, tilted):
    """Return (speed, m s-1, power at the wheels and of the battery, W) of the step whose numbers begin at
    ``at``.
    """
    v = steps[at + SPEED]
    road = fixed * steps[at + COSINE] + tilted * steps[at + SINE] + v * (c.viscous + v * c.drag)
    power = v * (road + c.inertia * steps[at + ACCELERATION])
    driving, motor, loss = _motor(
        power,
        v,
        c.regeneration_share,
        c.regeneration_power,
        c.regeneration_speed,
        c.loss_constant,
        c.loss_linear,
        c.loss_square,
    )
    return v, power, driving - motor + loss + c.auxiliary + c.cabin


@jit
def series(rows, steps, places, out):
    """Write (speed in m s-1, wheel power in W, battery power in W) to ``out[3, row, time]``; NaN where a
    cycle has ended.

    ``places`` (cycle, time) are the steps at the times, counted through all blocks, -1 after the end. Powers
    hold until the step's end.
    """
    for row in range(rows.size):
        c = rows[row]
        fixed, tilted = forces(c)
        for j in range(places.shape[1]):
            place = places[c.cycle, j]
            for k in range(3):
                out[k, row, j] = nan
            if place >= 0:
                speed, wheel, battery = powers(
                    c, steps, BLOCK * (place // LANES) + place % LANES, fixed, tilted
                )
                out[0, row, j] = speed
                out[1, row, j] = wheel
                out[2, row, j] = battery
