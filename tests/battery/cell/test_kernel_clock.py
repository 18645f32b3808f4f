"""Time in a case: small numbers on a local clock, whatever came before."""

import handmade as cell
import numpy as np
import pytest

from energymodels.kernels.battery.cell import clock
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

YEARS = 10 * 365.25 * 86400.0


@jit
def read(w, t):
    return clock.elapsed(w, t), clock.absolute(w, t)


@jit
def tick(w, zero, since):
    clock.set_clock(w, zero, since)


@jit
def begin(w):
    clock.begin_step(w)


@pytest.fixture
def w():
    """Return work arrays whose points lie at 0, 1, 2 ... s."""
    arrays = cell.room()[0]
    arrays.weights[at.TIMES, : at.HISTORY] = np.arange(at.HISTORY)
    return arrays


def test_a_fresh_clock_shows_the_time(w):
    assert read(w, 3.5) == (3.5, 3.5)


def test_setting_the_clock_moves_no_moment(w):
    before = [read(w, t) for t in w.weights[at.TIMES, : at.HISTORY]]
    tick(w, 5.0, read(w, 5.0)[0])
    assert w.weights[at.TIMES, 5] == 0.0
    assert [read(w, t) for t in w.weights[at.TIMES, : at.HISTORY]] == before


def test_a_step_begins_where_the_last_one_ended(w):
    tick(w, 5.0, 5.0)
    begin(w)
    assert read(w, 0.0) == (0.0, 5.0)
    assert read(w, 2.0) == (2.0, 7.0)


def test_a_nanosecond_after_ten_years(w):
    """Absolute time rounds to 60 ns by then; the points keep the step to the last digit."""
    tick(w, 0.0, YEARS)
    begin(w)
    w.weights[at.TIMES, :2] = 0.0, 1e-9
    tick(w, 0.0, 0.0)
    assert w.weights[at.TIMES, 1] - w.weights[at.TIMES, 0] == 1e-9
    assert read(w, 1e-9)[0] == 1e-9
    assert read(w, 0.0)[1] == YEARS
