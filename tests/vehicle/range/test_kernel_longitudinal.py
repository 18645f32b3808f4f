"""The kernel of cars on a trace alone: forces, losses, brakes and balances by hand."""

import numpy as np
import pytest
import road

from energymodels.kernels import status
from energymodels.kernels.vehicle import longitudinal as at

STEADY = ([0.0, 100.0], [20.0, 20.0], 0.0)
STOP = ([0.0, 10.0, 20.0, 30.0], [0.0, 20.0, 20.0, 0.0], 0.0)  # from rest, on, and to rest
F = 150.0 + 2.0 * 20.0 + 0.4 * 400.0  # N at 20 m/s


def solve(*cycles, cars=({},)):
    """Return (results of the cars, status)."""
    steps, sums = road.table(*cycles)
    out, codes = np.empty((at.SCALARS, len(cars) + 1))[:, : len(cars)], np.empty(len(cars), np.int8)
    with np.errstate(all="ignore"):
        at.solve(road.rows(*cars), steps, sums, out, codes)
    return out, codes


def one(cycle, **changes):
    out, codes = solve(cycle, cars=(changes,))
    assert codes[0] == status.OK
    return out[:, 0]


def test_steady_speed():
    found = one(STEADY, auxiliary=400.0, cabin=200.0)
    per = F + 600.0 / 20.0
    assert found[at.TRACTIVE] == pytest.approx(F, rel=1e-14)
    assert found[at.ROAD_LOAD] == pytest.approx(F, rel=1e-14)
    assert found[at.CONSUMPTION] == pytest.approx(per, rel=1e-14)
    assert found[at.RANGE] == pytest.approx(50e3 * 3600.0 / per, rel=1e-14)
    assert (found[at.AUXILIARY], found[at.CABIN]) == (pytest.approx(20.0), pytest.approx(10.0))
    assert (found[at.BRAKING], found[at.KINETIC_GAIN]) == (0.0, 0.0)
    assert found[at.POWER_MAX] == found[at.POWER_MIN] == pytest.approx(per * 20.0, rel=1e-14)
    assert (found[at.DURATION_DRIVEN], found[at.DISTANCE_DRIVEN]) == (100.0, 2000.0)


@pytest.mark.parametrize("grade", [0.05, -0.02])
def test_a_hill(grade):
    """Rolling resistance by the cosine, weight by the sine; the road's grade or the case's are the same."""
    slope = np.arctan(grade)
    expected = 150.0 * np.cos(slope) + 2.0 * 20.0 + 160.0 + 1500.0 * 9.81 * np.sin(slope)
    by_road = one((*STEADY[:2], grade))
    by_case = one(STEADY, cosine=np.cos(slope), sine=np.sin(slope))
    for found in (by_road, by_case):
        assert found[at.CONSUMPTION] == pytest.approx(expected, rel=1e-12)
        assert found[at.POTENTIAL_GAIN] == pytest.approx(1500.0 * 9.81 * np.sin(slope), rel=1e-12)
        assert abs(found[at.BALANCE]) < 1e-14


def test_two_grades_add_as_angles():
    a, b = np.arctan(0.05), np.arctan(0.03)
    found = one((*STEADY[:2], 0.05), cosine=np.cos(b), sine=np.sin(b))
    assert found[at.POTENTIAL_GAIN] == pytest.approx(1500.0 * 9.81 * np.sin(a + b), rel=1e-12)


def test_all_braking_comes_back_without_losses():
    """From rest to rest: what is left is the road load."""
    found = one(STOP)
    assert found[at.KINETIC_GAIN] == 0.0
    assert found[at.CONSUMPTION] == pytest.approx(found[at.ROAD_LOAD], rel=1e-13)
    assert found[at.REGENERATED] == found[at.BRAKING] == found[at.RECOVERED] > 0.0
    assert found[at.FRICTION_BRAKES] == 0.0


BRAKE = 10.0 * (1600.0 * 2.0 - 150.0 - 20.0 - 40.0)  # W at 10 m/s of the step that stops the car


def test_what_limits_the_brake_of_the_motor():
    """Its share, its power, and the speed below which friction brakes alone."""
    metres = 400.0
    for changes, taken in (
        ({"regeneration_share": 0.6}, 0.6 * BRAKE), ({"regeneration_power": 5000.0}, 5000.0),
        ({"regeneration_speed": 10.1}, 0.0), ({"regeneration_speed": 9.9}, BRAKE),
    ):  # fmt: skip
        found = one(STOP, **changes)
        assert found[at.BRAKING] == pytest.approx(10.0 * BRAKE / metres, rel=1e-13)
        assert found[at.REGENERATED] == pytest.approx(10.0 * taken / metres, rel=1e-13)
        assert found[at.FRICTION_BRAKES] == pytest.approx(
            10.0 * (BRAKE - taken) / metres, rel=1e-12, abs=1e-9
        )
        assert found[at.POWER_MIN] == pytest.approx(-taken, rel=1e-13)


def test_losses_of_the_drivetrain():
    """k0 while it moves, k1 of the power and k2 of its square, driving or braking."""
    losses = {"loss_constant": 300.0, "loss_linear": 0.05, "loss_square": 1e-6}
    found = one(STEADY, **losses)
    power = F * 20.0
    assert found[at.DRIVETRAIN_LOSS] == pytest.approx(
        (300.0 + 0.05 * power + 1e-6 * power**2) / 20.0, rel=1e-13
    )
    assert found[at.DRIVETRAIN_HEAT] == pytest.approx(found[at.DRIVETRAIN_LOSS] * 20.0, rel=1e-13)
    down = one((*STEADY[:2], -0.1), **losses)
    braking = down[at.BRAKING] * 20.0
    assert down[at.DRIVETRAIN_LOSS] * 20.0 == pytest.approx(
        300.0 + 0.05 * braking + 1e-6 * braking**2, rel=1e-13
    )
    standing = one(([0.0, 50.0, 60.0], [0.0, 0.0, 10.0], 0.0), loss_constant=300.0)
    assert standing[at.DRIVETRAIN_LOSS] == pytest.approx(300.0 * 10.0 / 50.0, rel=1e-13)  # 50 m in 10 s


def test_efficiencies_of_the_battery_and_the_charger():
    found = one(STOP, discharge_efficiency=0.95, charge_efficiency=0.9, charger_efficiency=0.88)
    drawn, returned = one(STOP)[at.TRACTIVE], one(STOP)[at.BRAKING]
    stored = drawn / 0.95 - 0.9 * returned
    assert found[at.CONSUMPTION] == pytest.approx(stored, rel=1e-13)
    assert found[at.RECOVERED] == pytest.approx(0.9 * returned, rel=1e-13)
    assert found[at.BATTERY_LOSS] == pytest.approx(drawn * (1 / 0.95 - 1) + 0.1 * returned, rel=1e-12)
    assert found[at.WALL] == pytest.approx(stored / (0.9 * 0.88), rel=1e-13)
    assert found[at.CHARGING_LOSS] == pytest.approx(found[at.WALL] - stored, rel=1e-12)


def test_a_long_way_down_stores_energy():
    """No range ends then, and no charger is asked."""
    found = one((*STEADY[:2], -0.1))
    assert found[at.CONSUMPTION] < 0.0
    assert found[at.RANGE] == np.inf
    assert found[at.WALL] == found[at.CONSUMPTION]


@pytest.mark.parametrize("seed", range(3))
def test_energy_is_balanced_on_any_trace(seed):
    """To round-off, over blocks of steps that are not full; cycles one after the other do not mix."""
    rng = np.random.default_rng(seed)
    cycles = []
    for many in (5, 40, 17):
        time = np.cumsum(rng.uniform(0.5, 3.0, many + 1))
        speed = np.abs(np.cumsum(rng.normal(size=many + 1))) * 3.0
        cycles.append((time - time[0], speed, rng.uniform(-0.06, 0.06, many)))
    car = {
        "regeneration_share": 0.7, "regeneration_power": 2e4, "loss_constant": 200.0, "loss_linear": 0.05,
        "loss_square": 1e-6, "auxiliary": 300.0, "discharge_efficiency": 0.96, "charge_efficiency": 0.95,
    }  # fmt: skip
    out, codes = solve(*cycles, cars=[car | {"cycle": n} for n in range(3)])
    assert (codes == status.OK).all()
    assert np.abs(out[at.BALANCE]).max() < 1e-13
    for n, cycle in enumerate(cycles):
        alone = one(cycle, **car)
        np.testing.assert_allclose(out[:, n], alone, rtol=1e-12, atol=1e-12)


def test_what_cannot_be_is_out_of_range():
    """A car that goes nowhere, one that weighs nothing known; its neighbour is not concerned."""
    out, codes = solve(([0.0, 10.0], [0.0, 0.0], 0.0), STEADY,
                       cars=[{}, {"cycle": 1, "weight": np.nan}, {"cycle": 1}])  # fmt: skip
    np.testing.assert_array_equal(codes, [status.OUT_OF_RANGE, status.OUT_OF_RANGE, status.OK])
    assert np.isnan(out[:, :2]).all()
    assert np.isfinite(out[:, 2]).all()


def test_series_at_times():
    """Each step's speed and powers until its end; NaN once the cycle is over."""
    steps, _sums = road.table(STEADY, STOP)
    places = np.array([[0, -1, -1], [at.LANES, at.LANES + 2, -1]])
    out = np.empty((3, 2, 3))
    at.series(road.rows({}, {"cycle": 1, "auxiliary": 100.0}), steps, places, out)
    np.testing.assert_allclose(out[:, 0, 0], [20.0, 20.0 * F, 20.0 * F], rtol=1e-14)
    assert np.isnan(out[:, 0, 1:]).all()
    np.testing.assert_allclose(out[:, 1, 1], [10.0, -BRAKE, 100.0 - BRAKE], rtol=1e-13)
    assert np.isnan(out[:, 1, 2]).all()
