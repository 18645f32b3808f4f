"""The kernel of a car whose battery is a cell in a pack alone: a cell and a cycle written by hand."""

import handmade as cell
import numpy as np
import pytest
import road
from scipy.optimize import brentq

from energymodels.kernels import status
from energymodels.kernels.battery.cell import work
from energymodels.kernels.battery.cell.start import begin
from energymodels.kernels.jit import jit
from energymodels.kernels.vehicle import pack_charge, pack_discharge, pack_drive, pack_step, pack_tally
from energymodels.kernels.vehicle import pack_row as at

PACK = {
    "units": 1000.0, "soc_min": 0.1, "around": cell.TEMPERATURE, "time_step": 1.0, "most_cycles": 1000.0,
    "warm": 0.0,
}  # fmt: skip
STEADY = ([0.0, 60.0], [20.0, 20.0], 0.0)
NO_CAR = {"rolling": 0.0, "viscous": 0.0, "drag": 0.0, "inertia": 0.0, "weight": 0.0}


def drive(cycle=STEADY, power=None, pack=None, time=(), **values):
    """Drive; ``power`` (W of a cell) stands for the car. Return (results, series, status, work)."""
    changes = {} if power is None else NO_CAR | {"auxiliary": power * 1000.0}
    cars = road.rows(changes)
    packs = np.zeros(1, at.PACK).view(np.recarray)
    for name, value in (PACK | (pack or {})).items():
        packs[name] = value
    steps, sums = road.table(cycle)
    w, mesh, widths = cell.room(cell.SPME, (2, 2, 2))
    tables, index, _ = cell.material(cell.functions())
    axis = np.asarray(time, dtype=float)
    series = np.empty((at.SERIES, 1 if axis.size else 0, axis.size))
    out, codes = np.empty((at.SCALARS, 2))[:, :1], np.empty(1, dtype=np.int8)
    cells = cell.rows(**{"limit_voltage": 4.5, "voltage_max": 4.5, "tolerance": 1e-4, "soc": 0.5} | values)
    with np.errstate(all="ignore"):
        pack_drive.solve(
            cars, cells, packs, steps, sums, w, mesh, tables, index[np.newaxis], widths, cell.SPME, axis,
            series, out, codes,
        )  # fmt: skip
    return out[:, 0], series[:, 0] if axis.size else None, int(codes[0]), w


def ended(found):
    out, _, code, _ = found
    assert code == status.OK
    return at.TERMINATIONS[int(out[at.ENDED])]


def test_steady_speed_until_the_least_state_of_charge():
    """Power times time at the pack's terminals, whatever the cell does; the rest is speed times time."""
    found = drive(pack={"soc_min": 0.45, "time_step": 10.0})
    out = found[0]
    assert ended(found) == "soc_min"
    power = 20.0 * (150.0 + 40.0 + 160.0)
    assert out[at.SOC_END] == pytest.approx(0.45, abs=1e-9)
    assert out[at.CAPACITY_USED] == pytest.approx(0.05 * cell.CAPACITY, rel=1e-9)
    assert out[at.DELIVERED] == pytest.approx(power * out[at.DURATION], rel=1e-9)
    assert out[at.DISTANCE] == pytest.approx(20.0 * out[at.DURATION], rel=1e-12)
    assert out[at.RANGE] == out[at.DISTANCE]
    assert out[at.CYCLES] == pytest.approx(out[at.DURATION] / 60.0, rel=1e-12)
    assert out[at.CONSUMPTION] == pytest.approx(power / 20.0, rel=1e-9)
    assert abs(out[at.BALANCE]) < 1e-5
    assert out[at.CELL_CAPACITY] == pytest.approx(cell.CAPACITY, rel=1e-12)
    volt = out[at.CELL_ENERGY] / 1000.0 / out[at.CAPACITY_USED]
    assert cell.ocv(0.45) - 0.2 < volt < cell.ocv(0.5)


def test_a_limit_of_cycles_tells_the_range_from_the_charge_used():
    found = drive(pack={"most_cycles": 2.0, "time_step": 10.0})
    out = found[0]
    assert ended(found) == "cycles_max"
    assert out[at.DURATION] == pytest.approx(120.0, rel=1e-12)
    share = 0.4 * cell.CAPACITY / out[at.CAPACITY_USED]
    assert out[at.RANGE] == pytest.approx(2400.0 * share, rel=1e-12)


def test_series_are_those_of_the_pack():
    found = drive(power=6.0, pack={"most_cycles": 1.0, "resistance": 0.01, "time_step": 5.0},
                  time=[5.0, 30.0, 60.0, 61.0])  # fmt: skip
    out, series = found[:2]
    volt, amp = series[at.VOLTAGE], series[at.CURRENT]
    np.testing.assert_allclose((volt - 0.01 * amp)[:3] * amp[:3], 6.0, rtol=1e-5)
    np.testing.assert_allclose(series[at.POWER, :3], 6000.0, rtol=1e-5)
    assert np.isnan(series[:, 3]).all()
    assert (np.diff(series[at.SOC, :3]) < 0.0).all()
    assert out[at.PACK_LOSS] == pytest.approx(0.01 * amp[1] ** 2 * 60.0 * 1000.0, rel=2e-2)
    assert out[at.PEAK_DISCHARGE] == pytest.approx(amp[2] / cell.ONE_C, rel=1e-6)
    assert out[at.LEAST_VOLTAGE] == pytest.approx(volt[2], rel=1e-9)


def most_at(volt, ohm=0.02):
    """Return what a cell gives at a voltage at half charge before its salt has moved, W, but for its salt."""
    amp = brentq(lambda i: cell.ocv(0.5) - 2.0 * cell.overpotential(i) - ohm * i - volt, 0.0, 1e3)
    return amp * volt


def test_a_power_that_is_too_much_ends_the_drive():
    found = drive(power=1.2 * most_at(3.0), voltage_min=3.0)
    assert ended(found) == "voltage_min"
    assert found[0][at.DISTANCE] == 0.0
    cold = drive(power=1.2 * most_at(3.0), voltage_min=3.0, temperature=270.0, pack={"around": 270.0})
    assert ended(cold) == "voltage_min_of_cold_cells"


def test_a_car_that_derates_takes_what_there_is():
    """At the lowest voltage all the time; what is short counts as distance behind."""
    goal = 1.2 * most_at(3.0)
    found = drive(power=goal, voltage_min=3.0, pack={"derates": 1.0, "short_most": 1.0, "most_cycles": 1.0,
                  "time_step": 30.0}, time=[30.0, 60.0])  # fmt: skip
    out, series = found[:2]
    assert ended(found) == "cycles_max"
    np.testing.assert_allclose(series[at.VOLTAGE], 3.0, atol=1e-5)
    assert out[at.DELIVERED] + out[at.SHORT] == pytest.approx(goal * 60.0 * 1000.0, rel=1e-9)
    assert out[at.DERATED] == pytest.approx(1.0, rel=1e-9)
    assert out[at.BEHIND] == pytest.approx(1200.0 * out[at.SHORT] / (goal * 6e4), rel=1e-9)
    assert out[at.DISTANCE] == pytest.approx(1200.0 - out[at.BEHIND], rel=1e-12)
    little = drive(power=goal, voltage_min=3.0, pack={"derates": 1.0, "short_most": 0.01, "time_step": 60.0})
    assert ended(little) == "power_short"


@pytest.mark.parametrize(("values", "check"), [
    ({"limit_voltage": 3.8}, lambda s: s[at.VOLTAGE].max() <= 3.8 + 1e-4),
    ({"limit_rate": 1.0}, lambda s: -s[at.CURRENT].min() <= cell.ONE_C * (1.0 + 1e-4)),
    ({"limit_negative": 0.27}, lambda s: s[at.POTENTIAL].min() >= 0.27 - 1e-4),
])  # fmt: skip
def test_what_a_cell_may_not_take_is_refused(values, check):
    """Braking at 20 W a cell for a minute: friction brakes do the rest."""
    found = drive(power=-20.0, pack={"most_cycles": 1.0, "time_step": 10.0}, time=np.arange(10.0, 61.0, 10.0),
                  **values)  # fmt: skip
    out, series = found[:2]
    assert ended(found) in ("no_consumption", "cycles_max")
    assert check(series)
    assert out[at.REFUSED] > 0.0
    assert out[at.RECOVERED] + out[at.REFUSED] == pytest.approx(20.0 * 60.0 * 1000.0, rel=1e-6)
    free = drive(power=-4.0, pack={"most_cycles": 1.0, "time_step": 10.0})[0]
    assert free[at.REFUSED] == 0.0
    assert free[at.RECOVERED] == pytest.approx(4.0 * 60.0 * 1000.0, rel=1e-9)


def test_a_car_that_uses_nothing_comes_as_far_as_it_likes():
    found = drive(power=-1.0, pack={"time_step": 10.0})
    assert ended(found) == "no_consumption"
    assert found[0][at.RANGE] == np.inf


def test_a_heater_warms_the_cells_and_no_further():
    """Its heat comes by way of the surroundings; h (T_a - T) and the cell's own losses warm them too."""
    cold = cell.TEMPERATURE - 20.0
    found = drive(
        power=1.0, pack={"heater": 10.0, "warm": cold + 5.0, "around": cold, "most_cycles": 1.0},
        lumped=1.0, temperature=cold, heat_capacity=20.0, cooling=0.01, time=[5.0, 60.0],
    )  # fmt: skip
    out, series = found[:2]
    assert ended(found) == "cycles_max"
    amp = series[at.CURRENT, 0]
    own = (0.02 * amp + 2.0 * cell.overpotential(amp)) * amp
    assert series[at.TEMPERATURE, 0] == pytest.approx(cold + (10.0 + own) * 5.0 / 20.0, abs=0.02)
    assert series[at.TEMPERATURE, 1] == pytest.approx(cold + 5.0, abs=0.1)
    assert out[at.COLDEST] == pytest.approx(cold, abs=1e-9)
    losses = out[at.HEAT] / 1000.0
    gone = 0.01 * 5.0 * 60.0  # W K-1 K s, at most
    assert out[at.HEATING] / 1000.0 == pytest.approx(20.0 * 5.0 - losses, abs=gone + 2.0)
    assert out[at.DELIVERED] / 1000.0 == pytest.approx(60.0 + out[at.HEATING] / 1000.0, rel=1e-6)


@pytest.mark.parametrize(("values", "pack"), [
    ({"soc": 0.1}, {}), ({"area": np.nan}, {}), ({"ocv_max": 9.0}, {}), ({}, {"units": 0.0}),
])  # fmt: skip
def test_what_cannot_be_is_out_of_range(values, pack):
    out, _, code, _ = drive(pack=pack, **values)
    assert code == status.OUT_OF_RANGE
    assert np.isnan(out).all()


def test_first_order_in_the_step():
    """Backward Euler on a power that stays: half the step, half the error of the charge it takes."""
    ends = [
        drive(power=8.0, pack={"most_cycles": 1.0, "time_step": h}, tolerance=1e-6)[0][at.CAPACITY_USED]
        for h in (20.0, 10.0, 5.0, 2.5)
    ]
    changes = np.abs(np.diff(ends))
    assert 1.5 < changes[0] / changes[1] < 2.6
    assert 1.5 < changes[1] / changes[2] < 2.6


@jit
def stepped(w, mesh, c, pack, tables, index, widths, nowhere, goal, seconds, out):
    """Make one step with a power from the start and add up what it did; return (good, kept to limits)."""
    begin(w, mesh, c, tables, index, widths, nowhere, cell.SPME)
    if pack_step.heated(w, c, pack, seconds) != 0.0:
        return False, False
    limited = False
    if goal > 0.0:
        how = pack_discharge.discharge(w, mesh, c, pack, tables, nowhere, seconds, goal, cell.SPME)[0]
        good = how == pack_discharge.GONE
    else:
        good, limited = pack_charge.charge(w, mesh, c, pack, tables, nowhere, seconds, goal, cell.SPME)
    pack_tally.tally(w, c, pack, goal, limited, seconds, 1.0, out, 0)
    return good, limited


@pytest.mark.parametrize("goal", [6.0, -6.0])
def test_one_step_has_the_power_that_was_asked_for(goal):
    w, mesh, widths = cell.room(cell.SPME, (2, 2, 2))
    tables, index, _ = cell.material(cell.functions())
    pack = np.zeros(1, at.PACK).view(np.recarray)
    pack["resistance"] = 0.01
    c = cell.rows(limit_voltage=4.5, voltage_max=4.5, tolerance=1e-4, soc=0.5)[0]
    out = np.zeros((at.SCALARS, 1))
    found = stepped(w, mesh, c, pack[0], tables, index[np.newaxis], widths, np.empty((0, 2)), goal, 2.0, out)
    assert found == (True, False)
    point = w.points[work.new_slot(w)]
    assert point[work.V] * point[work.I] * c.area == pytest.approx(goal, rel=1e-6)
    assert out[at.DELIVERED if goal > 0.0 else at.RECOVERED, 0] == 2.0 * abs(goal)
    assert out[at.CELL_ENERGY, 0] - out[at.PACK_LOSS, 0] == pytest.approx(2.0 * goal, rel=1e-6)
