"""A charge as fast as its limits allow: which one binds, at which current, and when the next takes over."""

import handmade as cell
import numpy as np
import pytest
from scipy.optimize import brentq

from energymodels.kernels.battery.cell import events, limits
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to

FAST = cell.step(of.LIMITS, end_soc=0.8)


def potential(soc, current):
    """Return phi_s - phi_e of the negative electrode, V, at a current that has lasted."""
    x = 0.1 + 0.8 * soc - cell.depletion(current)
    return 0.5 - 0.4 * x + cell.overpotential(current)


def test_a_rate_binds_until_the_voltage_does():
    """2C until 4.1 V, which is then held: the switch is where the voltage at 2C is 4.1 V."""
    row = cell.rows(soc=0.2, limit_rate=2.0, limit_voltage=4.1)
    switch = (4.1 - cell.voltage(0.0, -2.0 * cell.ONE_C)) / 0.96
    last = 3600.0 / 2.0 * (switch - 0.2)
    times = np.array([30.0, 0.9 * last, last - 1.0, last + 30.0, last + 200.0])
    found = cell.run([cell.step(of.LIMITS, end_time=last + 300.0)], row=row, time=times)
    assert found.status == 0
    rate, volt = -found.series[to.CURRENT] / cell.ONE_C, found.series[to.VOLTAGE]
    np.testing.assert_allclose(rate[:3], 2.0, rtol=1e-6)
    assert (rate[3:] < 2.0).all()
    assert (volt[:3] < 4.1).all()
    np.testing.assert_allclose(volt[3:], 4.1, atol=1e-6)
    assert found.out[to.PEAK_RATE] == pytest.approx(2.0, rel=1e-6)


def test_a_negative_potential_binds_at_its_current():
    """u(soc, I) = limit gives the current at each state of charge, but for what diffusion lags behind."""
    row = cell.rows(
        soc=0.2, limit_negative=0.3, limit_voltage=9.0, voltage_max=9.0, contact=1e-3, tolerance=1e-6
    )
    found = cell.run([cell.step(of.LIMITS, end_soc=0.45)], row=row, time=np.linspace(20.0, 120.0, 6))
    assert of.TERMINATIONS[int(found.out[to.TERMINATION])] == "end_soc"
    here = np.isfinite(found.series[to.CURRENT])
    assert here.sum() >= 3
    np.testing.assert_allclose(found.series[to.NEGATIVE_POTENTIAL, here], 0.3, atol=1e-6)
    for soc, current in zip(found.series[to.SOC, here], found.series[to.CURRENT, here], strict=True):
        expected = brentq(lambda i, s=soc: potential(s, i) - 0.3, -500.0, 0.0)
        assert current == pytest.approx(expected, rel=5e-3)
    assert found.out[to.NEGATIVE_POTENTIAL_MIN] == pytest.approx(0.3, abs=1e-6)


def test_the_tighter_limit_binds():
    """At rest to begin with, the limit met at the lesser current is held."""
    times = [1e-6]
    for limit, other in ((3.9, "voltage"), (4.5, "negative")):
        row = cell.rows(limit_voltage=limit, limit_negative=0.2, contact=1e-3)
        found = cell.run([cell.step(of.LIMITS, end_time=1.0)], row=row, time=times)
        volt, u = found.series[to.VOLTAGE, 0], found.series[to.NEGATIVE_POTENTIAL, 0]
        assert bool(volt == pytest.approx(limit, abs=1e-4)) is (other == "voltage")
        assert bool(u == pytest.approx(0.2, abs=1e-4)) is (other == "negative")
        assert volt < limit + 1e-6
        assert u > 0.2 - 1e-6


def test_temperature_is_held_where_cooling_takes_the_heat():
    """I^2 R and the reactions' heat at the limit are h (T - T_a)."""
    row = cell.rows(
        soc=0.1, lumped=1.0, limit_temperature=cell.TEMPERATURE + 2.0, limit_rate=8.0, cooling=1.0,
        heat_capacity=20.0, tolerance=1e-6,
    )  # fmt: skip
    times = np.linspace(40.0, 250.0, 6)
    found = cell.run([cell.step(of.LIMITS, end_time=250.0)], row=row, time=times)
    assert found.status == 0
    assert found.out[to.TEMPERATURE_MAX] == pytest.approx(cell.TEMPERATURE + 2.0, abs=1e-4)
    held = found.series[to.TEMPERATURE] > cell.TEMPERATURE + 1.9999
    assert held.sum() >= 3
    heat = found.series[to.HEAT_RATE, held]
    np.testing.assert_allclose(heat, 1.0 * 2.0, rtol=1e-3)
    warm = (cell.TEMPERATURE + 2.0) / cell.TEMPERATURE

    def losses(current):
        return 0.02 * current**2 + 2.0 * warm * cell.overpotential(current) * current

    expected = brentq(lambda i: losses(i) - 2.0, 0.1, 100.0)
    np.testing.assert_allclose(-found.series[to.CURRENT, held], expected, rtol=2e-3)


def test_a_cell_in_hot_surroundings_rests_until_it_is_cooler():
    """Nothing charges while even a resting cell warms; then T falls to COOLER below the limit."""
    limit, hot, cold = cell.TEMPERATURE + 10.0, cell.TEMPERATURE + 20.0, cell.TEMPERATURE
    row = cell.rows(
        lumped=1.0, limit_temperature=limit, first_temperature=limit, limit_rate=0.5, tolerance=1e-6,
        cooling=1.0, heat_capacity=500.0, warmths=3,
    )  # fmt: skip
    warmth = [(0.0, hot), (20.0, hot), (20.01, cold)]
    most = hot + (limit - hot) * np.exp(-20.0 / 500.0)
    wait = 20.0 + 500.0 * np.log((most - cold) / (10.0 - limits.COOLER))
    found = cell.run(
        [cell.step(of.LIMITS, end_time=wait + 20.0)], row=row, profiles=warmth,
        time=[10.0, wait - 0.5, wait + 1.0],
    )  # fmt: skip
    assert found.status == 0
    assert found.out[to.TEMPERATURE_MAX] == pytest.approx(most, abs=1e-3)
    current = found.series[to.CURRENT]
    assert (current[:2] == 0.0).all()
    assert current[2] == pytest.approx(-0.5 * cell.ONE_C, rel=1e-6)
    assert found.out[to.CHARGED] == pytest.approx(20.0 * 0.5 * cell.ONE_C, rel=5e-3)


def test_a_hot_cell_that_cools_anyway_is_charged():
    """As long as its temperature falls."""
    row = cell.rows(
        lumped=1.0, limit_temperature=cell.TEMPERATURE + 1.0, first_temperature=cell.TEMPERATURE + 5.0,
        limit_rate=0.5,
    )  # fmt: skip
    found = cell.run([cell.step(of.LIMITS, end_time=20.0)], row=row)
    assert found.status == 0
    assert found.out[to.TEMPERATURE_MAX] == cell.TEMPERATURE + 5.0
    assert found.out[to.CHARGED] == pytest.approx(20.0 * 0.5 * cell.ONE_C, rel=1e-6)


def test_a_hot_cell_that_does_not_cool_takes_nothing():
    row = cell.rows(
        lumped=1.0, cooling=0.0, limit_temperature=cell.TEMPERATURE, first_temperature=cell.TEMPERATURE + 1.0
    )
    found = cell.run([FAST], row=row)
    assert found.status == 0
    assert of.TERMINATIONS[int(found.out[to.TERMINATION])] == "no_current"
    assert found.out[to.CHARGED] == 0.0


@pytest.mark.parametrize("limit", [{"limit_voltage": 3.6}, {"limit_negative": 0.4}])
def test_limits_that_leave_no_current(limit):
    """The OCV at half charge is 3.7 V, the negative electrode at 0.3 V."""
    found = cell.run([FAST], row=cell.rows(**limit))
    assert found.status == 0
    assert of.TERMINATIONS[int(found.out[to.TERMINATION])] == "no_current"
    assert found.out[to.CAPACITY] == 0.0


def test_a_held_voltage_ends_when_hardly_any_current_is_left():
    found = cell.run([cell.step(of.LIMITS)], row=cell.rows(limit_voltage=3.8, limit_rate=1.0))
    assert of.TERMINATIONS[int(found.out[to.TERMINATION])] == "no_current"
    assert 0.5 + found.out[to.CHARGED] / cell.CAPACITY == pytest.approx((3.8 - 3.22) / 0.96, abs=1e-4)


def test_salt_at_the_back_is_kept():
    """At the back of the negative electrode the salt never falls below its limit by more than slack."""
    row = cell.rows(
        soc=0.1, limit_salt=700.0, limit_rate=6.0, constant_d_e=5e-11, tolerance=1e-3, factor_d_n=1.0
    )
    found = cell.run(
        [cell.step(of.LIMITS, end_time=120.0)], row=row, fidelity=cell.SPME, counts=(3, 2, 3),
        time=np.linspace(1.0, 120.0, 12),
    )  # fmt: skip
    assert found.status == 0
    back = found.inside[:, 0]
    assert back[0] > 720.0
    assert back[-1] == pytest.approx(700.0, abs=1.0)
    assert back.min() > 700.0 - 1.0
    rate = -found.series[to.CURRENT] / cell.ONE_C
    assert rate[0] == pytest.approx(6.0, rel=1e-6)
    assert rate[-1] < 5.9


def test_what_is_held_shows_no_event_of_its_own():
    """A kind of limit for each event that no step ends with."""
    assert len({events.L_CURRENT, events.L_VOLTAGE, events.L_NEGATIVE, events.L_WARM, events.L_SALT}) == 5
    assert limits.NONE < 0
    assert limits.REST < 0
