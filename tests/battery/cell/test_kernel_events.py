"""What ends a protocol step, and where, against closed forms of a cell written by hand."""

import handmade as cell
import numpy as np
import pytest
from scipy.optimize import brentq

from energymodels.kernels.battery.cell import events
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import jit

HOUR = 3600.0


@jit
def code(event):
    return events.code_of(event)


@jit
def kind(event):
    return events.kind_of(event)


def ended(found):
    assert found.status == 0
    return of.TERMINATIONS[int(found.out[to.TERMINATION])]


def soc_end(found):
    return 0.5 - found.out[to.CAPACITY_DISCHARGED] / cell.CAPACITY


@pytest.mark.parametrize(("rate", "goal"), [(1.0, 3.5), (0.3, 3.3), (3.0, 3.4), (-1.0, 3.9), (-2.0, 4.1)])
def test_a_voltage_ends_a_constant_current(rate, goal):
    """The voltage falls by 0.96 V times the charge moved, once the particles have settled."""
    current = rate * cell.ONE_C
    found = cell.run([cell.step(of.CURRENT, current, end_voltage=goal)])
    assert ended(found) == "end_voltage"
    assert soc_end(found) == pytest.approx((goal - cell.voltage(0.0, current)) / 0.96, abs=1e-6)
    assert found.out[to.DURATION] == pytest.approx(found.out[to.CAPACITY] / abs(current), rel=1e-9)


def test_a_current_ends_a_hold():
    """Where the voltage is held the charge that is left follows from the current."""
    least = 0.05 * cell.ONE_C
    for end in ({"end_current": least}, {"end_current": 0.05, "end_current_per_c": 1.0}):
        found = cell.run([cell.step(of.VOLTAGE, 3.9, **end)])
        assert ended(found) == "end_current"
        left = brentq(lambda s: cell.voltage(s, -least) - 3.9, 0.0, 1.0)
        assert soc_end(found) == pytest.approx(left, abs=2e-5)  # diffusion lags a little behind


def test_a_time_ends_a_step_exactly():
    found = cell.run([cell.step(of.CURRENT, 1.0, end_time=123.456)])
    assert ended(found) == "end_time"
    assert found.out[to.DURATION] == 123.456
    assert found.out[to.CAPACITY] == pytest.approx(123.456, rel=1e-12)


@pytest.mark.parametrize("end", [
    {"end_capacity": 100.0}, {"end_capacity": 100.0 / cell.CAPACITY, "end_capacity_per_c": 1.0},
])  # fmt: skip
@pytest.mark.parametrize("current", [2.0, -1.0])
def test_a_capacity_ends_a_step(end, current):
    """It counts from the begin of its own step."""
    program = [cell.step(of.CURRENT, 1.0, end_time=50.0), cell.step(of.CURRENT, current, **end)]
    found = cell.run(program)
    assert ended(found) == "end_capacity"
    assert found.out[to.DURATION] == pytest.approx(50.0 + 100.0 / abs(current), rel=1e-6)
    assert found.out[to.CAPACITY] == pytest.approx(150.0, rel=1e-6)
    assert found.out[to.CAPACITY_DISCHARGED] == pytest.approx(50.0 + np.sign(current) * 100.0, rel=1e-6)


@pytest.mark.parametrize("goal", [0.3, 0.75])
def test_a_state_of_charge_ends_a_step(goal):
    current = np.copysign(cell.ONE_C, 0.5 - goal)
    found = cell.run([cell.step(of.CURRENT, current, end_soc=goal)])
    assert ended(found) == "end_soc"
    assert soc_end(found) == pytest.approx(goal, abs=1e-7)
    assert found.out[to.DURATION] == pytest.approx(abs(0.5 - goal) * HOUR, rel=1e-6)


def warmed(current):
    """Return (heat at 0 K in W, by K in W K-1) of the cell's resistances under a current."""
    reaction = 4.0 * GAS / FARADAY * np.arcsinh(cell.density(current) / (2.0 * cell.EXCHANGE))
    return 0.02 * current**2, reaction * current


def test_a_temperature_ends_a_step():
    """C dT/dt = I (I R + e T) - h (T - T_a) is straight in T."""
    current, goal = 3.0 * cell.ONE_C, cell.TEMPERATURE + 1.5
    found = cell.run(
        [cell.step(of.CURRENT, current, end_temperature=goal)], row=cell.rows(lumped=1.0, tolerance=1e-7)
    )
    assert ended(found) == "end_temperature"
    constant, slope = warmed(current)
    rate, last = (0.2 - slope) / 50.0, (constant + 0.2 * cell.TEMPERATURE) / (0.2 - slope)
    duration = np.log((last - cell.TEMPERATURE) / (last - goal)) / rate
    assert found.out[to.DURATION] == pytest.approx(duration, rel=1e-4)
    assert found.out[to.TEMPERATURE_MAX] == pytest.approx(goal, abs=1e-6)


@pytest.mark.parametrize(("current", "limit", "word"), [
    (2.0, {"voltage_min": 3.4}, "voltage_min"), (-2.0, {"voltage_max": 4.0}, "voltage_max"),
])  # fmt: skip
def test_the_cells_own_limits_end_a_case(current, limit, word):
    """Whatever steps are left."""
    program = [cell.step(of.CURRENT, current, end_time=1e5), cell.step(of.CURRENT, 0.0, end_time=10.0)]
    found = cell.run(program, row=cell.rows(**limit))
    assert ended(found) == word
    assert found.out[to.LAST_STEP] == 1
    (goal,) = limit.values()
    assert soc_end(found) == pytest.approx((goal - cell.voltage(0.0, current)) / 0.96, abs=1e-6)


def test_a_limit_on_the_other_side_ends_nothing():
    """A discharge from above the highest voltage, a charge from below the lowest."""
    down = cell.run([cell.step(of.CURRENT, 1.0, end_time=60.0)], row=cell.rows(voltage_max=3.5))
    up = cell.run([cell.step(of.CURRENT, -1.0, end_time=60.0)], row=cell.rows(voltage_min=3.8))
    rest = cell.run([cell.step(of.CURRENT, 0.0, end_time=60.0)], row=cell.rows(voltage_min=3.8))
    assert [ended(found) for found in (down, up, rest)] == ["end_time"] * 3


@pytest.mark.parametrize(("soc", "word"), [(0.30, "end_voltage"), (0.28, "end_soc")])
def test_the_earlier_of_two_ends_counts(soc, word):
    """A discharge at 1C is at 3.45 V when 0.29 is left: within one time step of either end."""
    current = cell.ONE_C
    goal = cell.voltage(0.29 + (0.01 if soc < 0.29 else -0.01), current)
    found = cell.run([cell.step(of.CURRENT, current, end_voltage=goal, end_soc=soc)])
    first = 0.30
    assert ended(found) == ("end_soc" if word == "end_voltage" else "end_voltage")
    assert soc_end(found) == pytest.approx(first, abs=1e-5)


@pytest.mark.parametrize(("current", "end"), [
    (2.0, {"end_voltage": 4.0}), (-2.0, {"end_voltage": 3.5}), (2.0, {"end_soc": 0.6}),
    (-2.0, {"end_soc": 0.4}),
])  # fmt: skip
def test_an_end_that_is_met_already_ends_at_once(current, end):
    found = cell.run([cell.step(of.CURRENT, current, **end)])
    assert ended(found) == next(iter(end))
    assert found.out[to.DURATION] < 1e-8
    assert found.out[to.TIME_STEPS] == 1


def test_onset_of_plating_is_the_first_potential_below_zero():
    """u = U_N(x) - eta on charge; U_N of 0.2 V - 0.4 V x is 0 at x = 0.5, half full."""
    current = -cell.ONE_C
    found = cell.run(
        [cell.step(of.CURRENT, current, end_soc=0.9)], row=cell.rows(soc=0.1, ocv_min=3.52, ocv_max=4.48),
        changes={of.U_N: cell.table(0.2, -0.4)},
    )  # fmt: skip
    assert ended(found) == "end_soc"
    where = (0.2 - cell.overpotential(-current)) / 0.4 - cell.depletion(-current)  # mean stoichiometry
    charged = (where - 0.1) / 0.8 - 0.1
    assert found.out[to.PLATING_ONSET] == pytest.approx(charged * cell.CAPACITY, rel=1e-5)
    never = cell.run([cell.step(of.CURRENT, current, end_soc=0.6)])
    assert np.isnan(never.out[to.PLATING_ONSET])


def test_codes_are_words():
    """Each event that ends a step has the place of its name."""
    names = [
        (events.E_VOLTAGE, "end_voltage"), (events.E_CURRENT, "end_current"),
        (events.E_TEMPERATURE, "end_temperature"), (events.E_CAPACITY, "end_capacity"),
        (events.E_SOC, "end_soc"), (events.E_LOW, "voltage_min"), (events.E_HIGH, "voltage_max"),
        (events.E_NONE, "no_current"),
    ]  # fmt: skip
    for event, name in names:
        assert of.TERMINATIONS[code(event)] == name


def test_a_limit_that_is_met_is_held():
    pairs = {
        events.L_CURRENT: of.CURRENT, events.L_VOLTAGE: of.VOLTAGE, events.L_NEGATIVE: of.NEGATIVE,
        events.L_WARM: of.WARM, events.L_SALT: of.SALT,
    }  # fmt: skip
    assert {event: kind(event) for event in pairs} == pairs
