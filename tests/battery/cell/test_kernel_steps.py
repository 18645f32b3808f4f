"""Protocol steps one after the other: what each asks for is kept, to the second and the coulomb."""

import handmade as cell
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import steps
from energymodels.kernels.battery.cell import work as at

FIDELITIES = [
    (cell.SPM, (1, 1, 1)),
    pytest.param(cell.SPME, (2, 2, 2)),
    pytest.param(cell.DFN, (2, 2, 2)),
]


@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_a_program_is_run_in_its_order(fidelity, counts):
    """Discharge, rest, charge: the charge of each, and no more lithium nor less."""
    program = [
        cell.step(of.CURRENT, 2.0, end_time=60.0),
        cell.step(of.CURRENT, 0.0, end_time=30.0),
        cell.step(of.CURRENT, -1.0, end_time=40.0),
    ]
    found = cell.run(
        program, fidelity=fidelity, counts=counts, time=[30.0, 75.0, 110.0], row=cell.rows(tolerance=1e-4)
    )
    assert found.status == 0
    assert found.out[to.DURATION] == pytest.approx(130.0, rel=1e-14)
    assert found.out[to.LAST_STEP] == 3
    assert found.out[to.CAPACITY] == pytest.approx(160.0, rel=1e-9)
    assert found.out[to.CAPACITY_DISCHARGED] == pytest.approx(80.0, rel=1e-9)
    np.testing.assert_allclose(found.series[to.CURRENT], [2.0, 0.0, -1.0], atol=1e-12)
    assert abs(found.out[to.LITHIUM_GAINED]) < 1e-12


def test_a_voltage_is_held_exactly():
    times = np.linspace(1.0, 600.0, 7)
    found = cell.run([cell.step(of.VOLTAGE, 3.9, end_time=600.0)], time=times)
    np.testing.assert_allclose(found.series[to.VOLTAGE], 3.9, atol=1e-5)
    assert (np.diff(found.series[to.CURRENT]) > 0.0).all()  # charging less and less
    assert found.out[to.ENERGY_DISCHARGED] == pytest.approx(3.9 * found.out[to.CAPACITY_DISCHARGED], rel=1e-8)


def test_current_of_a_hold_is_that_of_a_capacitor():
    """dI/dt = -0.96 V I / (C dV/dI): integrated by another hand, once diffusion has settled."""
    times = np.linspace(60.0, 3000.0, 9)
    found = cell.run(
        [cell.step(of.VOLTAGE, 3.9, end_time=3000.0)], time=times, row=cell.rows(contact=0.2, tolerance=1e-6)
    )

    def slope(current):
        return (cell.voltage(0.5, current + 1e-6, 0.2) - cell.voltage(0.5, current - 1e-6, 0.2)) / 2e-6

    start = found.series[to.CURRENT, 0]
    exact = solve_ivp(
        lambda t, i: 0.96 * i / cell.CAPACITY / slope(i), (60.0, 3000.0), [start], t_eval=times, rtol=1e-9
    )
    np.testing.assert_allclose(found.series[to.CURRENT], exact.y[0], rtol=1e-3)


@pytest.mark.parametrize("power", [6.0, -5.0])
def test_a_power_is_kept(power):
    times = np.linspace(10.0, 300.0, 6)
    row = cell.rows(tolerance=1e-6)
    found = cell.run([cell.step(of.POWER, power, end_time=300.0)], time=times, row=row)
    np.testing.assert_allclose(found.series[to.VOLTAGE] * found.series[to.CURRENT], power, rtol=1e-6)
    close = 1e-6 * cell.FULL * 4.0  # stoichiometries are known to the tolerance, and energy with them
    assert found.out[to.ENERGY_DISCHARGED] == pytest.approx(power * 300.0, abs=close)
    assert found.out[to.ENERGY] == pytest.approx(abs(power) * 300.0, abs=close)


def test_c_rates_count_the_nominal_capacity_or_the_cells():
    per_c = cell.step(of.CURRENT, 0.5, end_time=10.0, value_per_c=1.0)
    nominal = cell.run([per_c], row=cell.rows(nominal=3600.0))
    own = cell.run([per_c], row=cell.rows(nominal=3600.0, nominal_is_cell=1.0))
    assert nominal.out[to.CAPACITY] == pytest.approx(5.0, rel=1e-12)
    assert own.out[to.CAPACITY] == pytest.approx(5.0 * cell.ONE_C, rel=1e-9)
    assert own.out[to.PEAK_RATE] == pytest.approx(0.5, rel=1e-9)
    assert own.out[to.MEAN_RATE] == pytest.approx(0.5, rel=1e-9)


PROFILE = np.array([(0.0, 1.0), (20.0, 3.0), (20.5, -2.0), (50.0, -2.0), (60.0, 0.0)])


@pytest.mark.parametrize("factor", [1.0, -0.5])
def test_charge_of_a_profile_is_that_of_its_trapezoids(factor):
    one = cell.step(
        of.CURRENT_PROFILE, factor, end_time=60.0, profile_first=2.0, profile_count=float(len(PROFILE))
    )
    other_rows = np.full((2, 2), np.nan)  # of another profile
    found = cell.run([one], profiles=np.concatenate([other_rows, PROFILE]), time=[10.0, 20.25, 35.0, 55.0])
    t, i = PROFILE.T
    assert found.out[to.CAPACITY_DISCHARGED] == pytest.approx(factor * np.trapezoid(i, t), rel=1e-10)
    np.testing.assert_allclose(
        found.series[to.CURRENT], factor * np.interp(found.time, t, i), rtol=1e-6, atol=1e-9
    )


def test_a_profile_of_power_is_followed():
    t, p = np.array([0.0, 30.0, 60.0]), np.array([2.0, 8.0, -4.0])
    one = cell.step(of.POWER_PROFILE, 1.0, end_time=60.0, profile_count=3.0)
    found = cell.run([one], profiles=np.column_stack([t, p]), time=[5.0, 30.0, 45.0])
    power = found.series[to.VOLTAGE] * found.series[to.CURRENT]
    np.testing.assert_allclose(power, np.interp(found.time, t, p), rtol=1e-4)
    assert found.out[to.ENERGY_DISCHARGED] == pytest.approx(np.trapezoid(p, t), rel=1e-4)


def test_a_power_beyond_the_cells_is_said():
    """No current gives more than the square of the OCV over four resistances."""
    best = cell.ocv(0.5) ** 2 / (4.0 * 0.02)
    found = cell.run([cell.step(of.POWER, 1.5 * best, end_time=1.0)], row=cell.rows(voltage_min=0.1))
    assert found.status == status.POWER_OUT_OF_REACH
    assert np.isnan(found.out).all()


def test_an_end_that_never_comes_is_said():
    found = cell.run([cell.step(of.CURRENT, 0.0, end_voltage=4.0)])
    assert found.status == status.END_OUT_OF_REACH


def test_steps_are_few_where_nothing_moves():
    """A year of rest costs no more steps than its size can double."""
    found = cell.run([cell.step(of.CURRENT, 0.0, end_time=365.25 * 86400.0)])
    assert found.out[to.TIME_STEPS] < 60
    assert found.out[to.DURATION] == 365.25 * 86400.0
    assert found.out[to.CAPACITY] == 0.0
    np.testing.assert_allclose(found.work.points[found.work.now[at.HEAD], at.V], cell.ocv(0.5), rtol=1e-12)


def test_a_second_after_ten_years():
    """The clock counts from the step's own begin: what follows a long rest is as exact as ever."""
    rest = cell.step(of.CURRENT, 0.0, end_time=10 * 365.25 * 86400.0)
    pulse = cell.step(of.CURRENT, 1.0, end_time=1e-3)
    found = cell.run([rest, pulse])
    assert found.out[to.CAPACITY] == pytest.approx(1e-3, rel=1e-9)


def test_reasons_are_statuses():
    """A case stops with one of the statuses that have a meaning."""
    assert steps.MET < 1e-6
    for code in (status.NO_CONVERGENCE, status.POWER_OUT_OF_REACH, status.ELECTROLYTE_DEPLETED):
        assert status.MEANINGS[code]


def test_an_electrolyte_that_runs_out_is_said():
    """A power that the salt cannot carry: the positive electrode empties within seconds."""
    found = cell.run(
        [cell.step(of.POWER, 30.0, end_time=500.0)],
        row=cell.rows(tolerance=1e-3, constant_d_e=1e-11, voltage_min=-1e9),
        fidelity=cell.DFN, counts=(2, 2, 2),
    )  # fmt: skip
    assert found.status == status.ELECTROLYTE_DEPLETED
