"""A car that follows a speed trace: force at the wheels, losses of the drivetrain, power of the battery (``guzzella2013``, ch. 2).

    F = c (f_0 C + m g S) + s (m g C - f_0 S) + f_1 v + f_2 v^2 + m' a        P = F v

at the mid-step speed v, with a the change of speed over the step. The road rises by the angle of the trace (cosine c, sine s) and
that of the case (C, S) together. The motor brakes with what share, power and speed allow, friction brakes do the rest. With
wheel power x of the motor, positive while it drives, the battery's terminals give

    x + k_0 + k_1 |x| + k_2 x^2 + P_auxiliary + P_cabin,      k_0 while the car moves

and its stored energy falls by that over the discharge efficiency, or rises by the charge efficiency times what comes in. Stored
energy counts what a discharge at nominal rate gives.
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
# Rows of the table of steps, all cycles one after the other
STEPS = 6
SPEED, ACCELERATION, DURATION, COSINE, SINE, BEGIN = range(STEPS)
# Rows of the table of cycles
SUMS = 9
FIRST, LAST, TIME, DISTANCE, RUN, RISE, SPEED_2, SPEED_3, KINETIC = range(SUMS)
SCALARS = 23
(
    TRACTIVE, BRAKING, CONSUMPTION, WALL, RANGE, REGENERATED, RECOVERED, ROAD_LOAD, KINETIC_GAIN, POTENTIAL_GAIN, FRICTION_BRAKES,
    DRIVETRAIN_LOSS, AUXILIARY, CABIN, BATTERY_LOSS, CHARGING_LOSS, BALANCE, POWER_MAX, POWER_MIN, BATTERY_HEAT,
    DRIVETRAIN_HEAT, DURATION_DRIVEN, DISTANCE_DRIVEN,
) = range(SCALARS)  # fmt: skip


@inline
def _powers(c, steps, i, fixed, tilted):
    """Return (driving, braking, of that by the motor, loss of the drivetrain), W, all positive, in step ``i``."""
    v = steps[SPEED, i]
    force = fixed * steps[COSINE, i] + tilted * steps[SINE, i] + v * (c.viscous + v * c.drag) + c.inertia * steps[ACCELERATION, i]
    power = v * force
    driving = max(power, 0.0)
    braking = driving - power
    motor = min(c.regeneration_share * braking, c.regeneration_power) if v >= c.regeneration_speed else 0.0
    x = driving + motor
    return driving, braking, motor, (c.loss_constant if v > 0.0 else 0.0) + x * (c.loss_linear + c.loss_square * x)


@inline
def _forces(c):
    """Return the forces (N) that go with the cosine and the sine of the trace's angle."""
    return c.rolling * c.cosine + c.weight * c.sine, c.weight * c.cosine - c.rolling * c.sine


@jit
def _solve_one(c, steps, cycles, out, row):
    """Write the scalars of one row; return its status."""
    cycle = cycles[:, c.cycle]
    fixed, tilted = _forces(c)
    base = c.auxiliary + c.cabin
    driven = braked = regenerated = lost = drawn = returned = 0.0
    highest = -inf
    lowest = inf
    for i in range(int(cycle[FIRST]), int(cycle[LAST])):
        dt = steps[DURATION, i]
        driving, braking, motor, loss = _powers(c, steps, i, fixed, tilted)
        terminal = driving - motor + loss + base
        driven += driving * dt
        braked += braking * dt
        regenerated += motor * dt
        lost += loss * dt
        drawn += max(terminal, 0.0) * dt
        returned += max(-terminal, 0.0) * dt
        highest = max(highest, terminal)
        lowest = min(lowest, terminal)
    time = cycle[TIME]
    distance = cycle[DISTANCE]
    stored = drawn / c.discharge_efficiency - c.charge_efficiency * returned
    if not (isfinite(stored) and distance > 0.0):
        return status.OUT_OF_RANGE
    # the trace's own sums, not those of the loop: the balance shows any term that the loop lost
    road = (
        c.rolling * (c.cosine * cycle[RUN] - c.sine * cycle[RISE])
        + c.viscous * cycle[SPEED_2] + c.drag * cycle[SPEED_3]
    )  # fmt: skip
    kinetic = c.inertia * cycle[KINETIC]
    potential = c.weight * (c.cosine * cycle[RISE] + c.sine * cycle[RUN])
    battery = drawn * (1.0 / c.discharge_efficiency - 1.0) + returned * (1.0 - c.charge_efficiency)
    spent = road + kinetic + potential + (braked - regenerated) + lost + base * time + battery
    per = 1.0 / distance
    wall = stored / (c.charge_efficiency * c.charger_efficiency) if stored > 0.0 else stored
    out[TRACTIVE, row] = driven * per
    out[BRAKING, row] = braked * per
    out[CONSUMPTION, row] = stored * per
    out[WALL, row] = wall * per
    out[RANGE, row] = c.energy * distance / stored if stored > 0.0 else inf
    out[REGENERATED, row] = regenerated * per
    out[RECOVERED, row] = c.charge_efficiency * returned * per
    out[ROAD_LOAD, row] = road * per
    out[KINETIC_GAIN, row] = kinetic * per
    out[POTENTIAL_GAIN, row] = potential * per
    out[FRICTION_BRAKES, row] = (braked - regenerated) * per
    out[DRIVETRAIN_LOSS, row] = lost * per
    out[AUXILIARY, row] = c.auxiliary * time * per
    out[CABIN, row] = c.cabin * time * per
    out[BATTERY_LOSS, row] = battery * per
    out[CHARGING_LOSS, row] = (wall - stored) * per
    gross = drawn / c.discharge_efficiency + returned
    out[BALANCE, row] = (stored - spent) / gross if gross > 0.0 else 0.0
    out[POWER_MAX, row] = highest
    out[POWER_MIN, row] = lowest
    out[BATTERY_HEAT, row] = battery / time
    out[DRIVETRAIN_HEAT, row] = lost / time
    out[DURATION_DRIVEN, row] = time
    out[DISTANCE_DRIVEN, row] = distance
    return status.OK


@jit
def solve(rows, steps, cycles, out, codes):
    """Solve every row (``ROW``): ``out[SCALARS, row]`` in J m-1, m, W and s, a status to ``codes[row]``; NaN where it is not OK.

    ``steps`` (6, step) and ``cycles`` (9, cycle) are the tables whose rows are named above.
    """
    for row in range(rows.size):
        codes[row] = _solve_one(rows[row], steps, cycles, out, row)
        if codes[row] != status.OK:
            for k in range(SCALARS):
                out[k, row] = nan


@jit
def series(rows, steps, cycles, places, out):
    """Write (speed in m s-1, wheel power in W, battery power in W) to ``out[3, row, time]``; NaN where a cycle has ended.

    ``places`` (cycle, time) are the steps at the times, -1 after the end. Powers hold until the step's end.
    """
    for row in range(rows.size):
        c = rows[row]
        fixed, tilted = _forces(c)
        for j in range(places.shape[1]):
            i = places[c.cycle, j]
            if i < 0:
                for k in range(3):
                    out[k, row, j] = nan
                continue
            driving, braking, motor, loss = _powers(c, steps, i, fixed, tilted)
            out[0, row, j] = steps[SPEED, i]
            out[1, row, j] = driving - braking
            out[2, row, j] = driving - motor + loss + c.auxiliary + c.cabin
