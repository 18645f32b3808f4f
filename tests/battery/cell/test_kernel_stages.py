"""Steps of two stages: the formula's order and exactness, and what it gives along a profile."""

import handmade as cell
import numpy as np
import pytest

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import stages
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

G = stages.G


@jit
def estimate(alpha, y0, stage, y1, past, slope, known, error):
    stages.raw_error(alpha, y0, stage, y1, past, slope, known, error)


@jit
def growth(error):
    return stages.stages_factor(error)


@jit
def second_past(w):
    stages.set_past(w, w.now[at.HEAD])


def linear_step(z, y0):
    """Return (stage, end) of a step of y' = z y, h = 1."""
    stage = y0 / (1.0 - G * z)
    return stage, (y0 + (1.0 - G) * z * stage) / (1.0 - G * z)


def test_the_past_of_the_second_stage():
    """alpha (y1 - past) = F(y1) is y1 = y0 + (1 - g) h F(Y) + g h F(y1)."""
    w = cell.room()[0]
    stage, end = linear_step(-0.7, 1.0)
    w.points[w.now[at.HEAD]], w.points[at.STAGE] = 1.0, stage
    second_past(w)
    assert (end - w.points[at.PAST]) / G == pytest.approx(-0.7 * end, rel=1e-13)


def test_second_order_and_stiffly_stable():
    """exp(z) to z^2, with z^3 missed by what THIRD says; nothing is left of what is infinitely fast."""
    misses = [abs(linear_step(z, 1.0)[1] - np.exp(z)) for z in (-1e-2, -5e-3)]
    assert np.log2(misses[0] / misses[1]) == pytest.approx(3.0, abs=0.02)
    assert misses[1] == pytest.approx(stages.THIRD * 5e-3**3, rel=0.02)
    assert abs(linear_step(-1e9, 1.0)[1]) < 1e-8


def judged(slopes, h, known=True):
    """Return the estimated error of a step whose slopes at begin, stage and end are given."""
    alpha = 1.0 / (G * h)
    f0, f1, f2 = (np.atleast_1d(np.asarray(f, dtype=float)) for f in slopes)
    y0 = np.ones(f0.size)
    y1 = 2.0 * y0
    error = np.empty(f0.size)
    estimate(alpha, y0, y0 + f1 / alpha, y1, y1 - f2 / alpha, f0, known, error)
    return error


def test_estimate_of_slopes_on_a_parabola():
    """THIRD h^3 y''' where that is the lesser, and 0 for slopes that are straight."""
    h, bend = 0.5, 3.0
    slope = np.polynomial.Polynomial([2.0, 1.0, 0.5 * bend])
    found = judged([slope(0.0), slope(G * h), slope(h)], h)
    assert abs(found[0]) == pytest.approx(stages.THIRD * h**3 * bend, rel=1e-10)
    straight = np.polynomial.Polynomial([2.0, 1.0])
    assert abs(judged([straight(0.0), straight(G * h), straight(h)], h)[0]) < 1e-14


def test_estimate_after_a_bend():
    """A slope at the begin that knows nothing of the rest: the two last ones tell h^2/2 y'' at most."""
    h = 0.5
    first = 0.5 * h * abs(1.2 - 1.0) / (1.0 - G)
    for begin in (1e3, -1e3):
        assert abs(judged([begin, 1.0, 1.2], h)[0]) == pytest.approx(first, rel=1e-10)
    assert judged([1.0, 1.0, 1.2], h, known=False)[0] == pytest.approx(first, rel=1e-10)


def test_size_of_the_next_step():
    assert growth(1.0) == pytest.approx(1.0 / 1.1)
    assert growth(8.0) == pytest.approx(0.5 / 1.1)
    assert growth(0.0) == stages.GROWTH
    errors = np.geomspace(1e-9, 50.0, 30)
    assert (np.diff([growth(e) for e in errors]) <= 0.0).all()


NOISE = np.random.default_rng(3).uniform(-4.0, 4.0, 13)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6])
def test_charge_of_a_profile_does_not_hang_on_the_steps(tolerance):
    """Quadrature by the formula is exact for a current that is straight from bend to bend."""
    t = np.linspace(0.0, 60.0, NOISE.size)
    one = cell.step(of.CURRENT_PROFILE, 1.0, end_time=60.0, profile_count=float(NOISE.size))
    found = cell.run([one], profiles=np.column_stack([t, NOISE]), row=cell.rows(tolerance=tolerance))
    assert found.out[to.CAPACITY_DISCHARGED] == pytest.approx(np.trapezoid(NOISE, t), rel=1e-11)
    assert abs(found.out[to.LITHIUM_GAINED]) < 1e-13


def test_steps_end_at_the_bends():
    """What a current does at its peak is seen, however short: a pulse of 1 ms within an hour."""
    rows = [(0.0, 0.0), (1000.0, 0.0), (1000.0005, 8.0), (1000.001, 0.0), (3600.0, 0.0)]
    one = cell.step(of.CURRENT_PROFILE, 1.0, end_time=3600.0, profile_count=5.0)
    found = cell.run([one], profiles=rows)
    assert found.out[to.CAPACITY] == pytest.approx(0.004, rel=1e-6)
    assert found.out[to.PEAK_RATE] * cell.ONE_C == pytest.approx(8.0, rel=1e-6)
