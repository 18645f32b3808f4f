"""The kernel of a charging stop alone: from results and series of a cell written by hand."""

import numpy as np
import pytest

from energymodels.kernels import status
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell.row import ROW as CELL
from energymodels.kernels.vehicle import charge_stop as at

WHOLE = 7200.0  # A s of a cell
UNITS, OHM = 100.0, 0.02


def solve(time, current, soc=0.1, codes=(status.OK,), consumption=500.0, ended=None, **found):
    """Charge a cell of 3 V + 0.5 V soc with ``current`` (A, positive) straight between times; return (out,
    codes).
    """
    time, current = np.asarray(time, dtype=float), np.asarray(current, dtype=float)
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (current[1:] + current[:-1]) * np.diff(time))])
    socs = soc + charge / WHOLE
    ocv = 3.0 + 0.5 * socs
    volt = ocv + 0.01 * current
    series = np.full((to.SERIES, 1, time.size), np.nan)
    reached = slice(0, time.size if ended is None else ended)
    for name, values in ((to.VOLTAGE, volt), (to.CURRENT, -current), (to.SOC, socs), (to.OCV, ocv)):
        series[name, 0, reached] = values[reached]
    results = np.zeros((to.SCALARS, 1))
    known = {
        "DURATION": time[-1], "CELL_CAPACITY": WHOLE, "CHARGED": charge[-1],
        "ENERGY_DISCHARGED": -np.trapezoid(volt * current, time), "MEAN_RATE": 1.0, "PEAK_RATE": 2.0,
        "TEMPERATURE_MAX": 310.0, "NEGATIVE_POTENTIAL_MIN": 0.05, "HEAT": 30.0, "TERMINATION": 3,
    }  # fmt: skip
    for name, value in (known | found).items():
        results[getattr(to, name), 0] = value
    cells = np.zeros(1, CELL).view(np.recarray)
    cells["soc"] = soc
    stops = np.zeros(1, at.STOP).view(np.recarray)
    stops["units"], stops["resistance"] = UNITS, OHM
    out, codes = np.empty((at.SCALARS, 2))[:, :1], np.array(codes, dtype=np.int8)
    at.solve(cells, stops, results, series, time, np.array([consumption]), out, codes)
    return out[:, 0], codes[0]


STEADY = (np.linspace(0.0, 3600.0, 7), np.full(7, 1.6))  # 80 % in an hour


def test_a_steady_charge():
    """5760 A s from 10 to 90 %; energy stored counts at the OCV, which is straight in the charge."""
    out, code = solve(*STEADY)
    assert code == status.OK
    stored = UNITS * 5760.0 * (3.0 + 0.5 * 0.5)
    added = stored + UNITS * 0.01 * 1.6 * 5760.0
    assert out[at.ENERGY_STORED] == pytest.approx(stored, rel=1e-13)
    assert out[at.ENERGY_ADDED] == pytest.approx(added, rel=1e-13)
    assert out[at.ENERGY_IN] == pytest.approx(added + UNITS * OHM * 1.6**2 * 3600.0, rel=1e-13)
    assert out[at.SOC_END] == pytest.approx(0.9, rel=1e-13)
    assert out[at.RANGE_ADDED] == pytest.approx(stored / 500.0, rel=1e-13)
    assert out[at.PER_SECOND] == pytest.approx(stored / 500.0 / 3600.0, rel=1e-13)
    assert out[at.MEAN_POWER] == pytest.approx(out[at.ENERGY_IN] / 3600.0, rel=1e-13)
    assert out[at.PEAK_POWER] == pytest.approx(UNITS * (3.45 + 0.016 + OHM * 1.6) * 1.6, rel=1e-13)
    assert out[at.TO_80] == pytest.approx(3150.0, rel=1e-12)
    assert out[at.HEAT] == pytest.approx(UNITS * 30.0 + out[at.ENERGY_IN] - out[at.ENERGY_ADDED], rel=1e-12)
    assert out[at.CONSUMPTION] == 500.0
    assert (out[at.HOTTEST], out[at.LEAST_POTENTIAL], out[at.ENDED]) == (310.0, 0.05, 3.0)
    assert (out[at.MEAN_RATE], out[at.PEAK_RATE]) == (1.0, 2.0)


@pytest.mark.parametrize("samples", [2, 5, 50])
def test_loss_of_a_falling_current_does_not_hang_on_the_samples(samples):
    """The integral of (3 A - t/1200 s)^2 over an hour is 9 - 9 + 3 times 3600 s."""
    time = np.linspace(0.0, 3600.0, samples)
    current = 3.0 - 3.0 * time / 3600.0
    out, _ = solve(time, current)
    assert out[at.ENERGY_IN] - out[at.ENERGY_ADDED] == pytest.approx(UNITS * OHM * 3.0 * 3600.0, rel=1e-9)


def test_a_charge_that_ends_between_samples():
    """What came after the last sample is stored at its OCV."""
    time, current = np.linspace(0.0, 3600.0, 7), np.full(7, 1.6)
    out, _ = solve(time, current, ended=4, CHARGED=3000.0, DURATION=1875.0)
    seen = 1.6 * 1800.0
    soc = 0.1 + seen / WHOLE
    expected = seen * (3.0 + 0.25 * (0.1 + soc)) + (3000.0 - seen) * (3.0 + 0.5 * soc)
    assert out[at.ENERGY_STORED] == pytest.approx(UNITS * expected, rel=1e-12)
    assert out[at.SOC_END] == pytest.approx(0.1 + 3000.0 / WHOLE, rel=1e-12)
    assert np.isnan(out[at.TO_80])


@pytest.mark.parametrize(("soc", "expected"), [(0.8, 0.0), (0.81, np.nan), (0.7, 450.0)])
def test_time_to_80_percent(soc, expected):
    """Once, on the way up; not where the stop begins beyond it."""
    out, _ = solve(STEADY[0] / 10.0, STEADY[1], soc=soc)
    late = solve(STEADY[0] / 6.0, STEADY[1], soc=soc)[0]
    assert late[at.TO_80] == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert np.isnan(out[at.TO_80]) == (soc != 0.8)


def test_no_current_at_all():
    """The limits left none: nothing added, the state of charge stays."""
    out, code = solve([0.0, 1.0], [0.0, 0.0], soc=0.95, DURATION=0.0, TERMINATION=9)
    assert code == status.OK
    assert (out[at.RANGE_ADDED], out[at.ENERGY_IN], out[at.PER_SECOND], out[at.MEAN_POWER]) == (0.0,) * 4
    assert (out[at.SOC_END], out[at.HOTTEST], out[at.CONSUMPTION], out[at.ENDED]) == (0.95, 310.0, 500.0, 9.0)
    assert np.isnan(out[[at.TO_80, at.LEAST_POTENTIAL]]).all()


@pytest.mark.parametrize(("code", "consumption", "expected"), [
    (status.NO_CONVERGENCE, 500.0, status.NO_CONVERGENCE), (status.OK, np.nan, status.OUT_OF_RANGE),
    (status.OK, 0.0, status.OUT_OF_RANGE), (status.TOO_MANY_STEPS, np.nan, status.TOO_MANY_STEPS),
])  # fmt: skip
def test_what_failed_stays_failed(code, consumption, expected):
    out, found = solve(*STEADY, codes=(code,), consumption=consumption)
    assert found == expected
    assert np.isnan(out).all()
