"""Size, order and error of time steps: polynomials, the controller's law, an exact solution of diffusion."""

import handmade as cell
import numpy as np
import pytest

from energymodels.battery.cell.mesh import radial_mesh
from energymodels.kernels.battery.cell import history, particle, stepper
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import jit

TABLES = cell.material(cell.functions())


@jit
def stepped(w, mesh, c, tables, t_new, since, current):
    """Return (error of a step to ``t_new`` with ``current`` there, the predictor's, alpha, order, factor)."""
    head, order, many = w.now[at.HEAD], w.now[at.NEXT_ORDER], min(w.now[at.NEXT_ORDER] + 1, w.now[at.COUNT])
    alpha = history.differentiate(w.weights[at.TIMES], head, order, t_new, w.weights[at.BACK])
    stepper.predict(w, tables, head, many, t_new)
    guess = w.points[at.PREDICTED, at.I]
    new = at.new_slot(w)
    w.weights[at.TIMES, new] = t_new
    history.copy(w.points[new], w.points[head])
    w.points[new, at.I] = current
    error = stepper.step_error(w, mesh, c, alpha, 0)
    choice, factor = stepper.choose(w, mesh, c, error / c.tolerance, since, 0)
    return error, guess, alpha, choice, factor


@jit
def lines(profiles, first, count, x, out, rows):
    for k in range(x.size):
        out[k] = stepper.along(profiles, first, count, x[k])
        rows[k] = stepper.row_before(profiles, first, count, x[k])


@jit
def first_steps(w, mesh, c, tables, jumps, tolerance, out):
    for k in range(jumps.size):
        out[k] = stepper.first_step(w, mesh, c, tables, jumps[k], tolerance)


def history_of(order, count, past):
    """Return (work arrays, mesh, row) whose newest points have the currents and times of ``past``."""
    w, mesh, _ = cell.room()
    w.index[...] = TABLES[1]
    w.memory[at.NOMINAL] = 3600.0 * 0.1  # a change of 1 A m-2 counts as 1
    w.now[at.HEAD], w.now[at.COUNT], w.now[at.NEXT_ORDER] = 5, count, order
    for m, (t, y) in enumerate(past):
        slot = (5 - m) % at.HISTORY
        w.weights[at.TIMES, slot], w.points[slot, at.I] = t, y
    return w, mesh, cell.rows(tolerance=1e-3)[0]


TIMES = 3.0 - np.cumsum([0.0, 0.4, 0.7, 0.3, 0.9, 0.5, 0.8])


@pytest.mark.parametrize("order", range(1, stepper.ORDER + 1))
def test_predictor_is_exact_for_polynomials_of_its_order(order):
    y = np.polynomial.Polynomial(np.random.default_rng(order).normal(size=order + 1))
    w, mesh, c = history_of(order, 7, zip(TIMES, y(TIMES), strict=True))
    error, guess, *_ = stepped(w, mesh, c, TABLES[0], 3.5, 0, y(3.5))
    assert guess == pytest.approx(y(3.5), rel=1e-10, abs=1e-10)
    assert error < 1e-10


@pytest.mark.parametrize("order", range(1, stepper.ORDER + 1))
def test_estimated_error_is_that_of_the_formula(order):
    """For a polynomial one degree higher the formula's own solution misses by just what is estimated."""
    y = np.polynomial.Polynomial.fromroots(np.linspace(-0.5, 2.0, order + 1))
    w, mesh, c = history_of(order, 7, zip(TIMES, y(TIMES), strict=True))
    error, _, alpha, *_ = stepped(w, mesh, c, TABLES[0], 3.5, 0, y(3.5))
    solved = w.weights[at.BACK, :order] @ y(TIMES[:order]) + y.deriv()(3.5) / alpha
    assert error == pytest.approx(abs(solved - y(3.5)), rel=1e-8)


def test_no_past_tells_no_error():
    w, mesh, c = history_of(1, 1, [(3.0, 1.0)])
    error, _, _, choice, factor = stepped(w, mesh, c, TABLES[0], 3.5, 0, 100.0)
    assert (error, choice, factor) == (0.0, 1, 2.0)


@pytest.mark.parametrize("order", range(1, stepper.ORDER + 1))
@pytest.mark.parametrize("parts", [0.05, 0.5, 1.0])
def test_size_of_the_next_step(order, parts):
    """With the order kept, (1.2^(k+1) error)^(-1/(k+1)) and never more than the order's growth."""
    y = np.polynomial.Polynomial.fromroots(TIMES[: order + 1])
    w, mesh, c = history_of(order, 7, zip(TIMES, np.zeros(7), strict=True))
    _, _, alpha, *_ = stepped(w, mesh, c, TABLES[0], 3.5, 0, 0.0)
    change = parts * 1e-3 * alpha * (3.5 - TIMES[order])
    error, _, _, choice, factor = stepped(w, mesh, c, TABLES[0], 3.5, 0, change)
    assert error == pytest.approx(parts * 1e-3, rel=1e-10)
    assert choice == order
    wanted = 1.0 / (1.2 * parts ** (1.0 / (order + 1)))
    assert factor == pytest.approx(min(wanted, stepper.GROWTH[order]), rel=1e-5)
    assert abs(y(TIMES[0])) < 1e-12


def test_order_follows_the_smoothness():
    """Up where a straight past goes on bending smoothly, down where the higher orders see but noise."""
    smooth = np.exp(0.1 * TIMES)
    w, mesh, c = history_of(2, 7, zip(TIMES, smooth, strict=True))
    assert stepped(w, mesh, c, TABLES[0], 3.5, 3, np.exp(0.35))[3] == 3
    noise = 1e-6 * (-1.0) ** np.arange(7)
    w, mesh, c = history_of(4, 7, zip(TIMES, noise, strict=True))
    assert stepped(w, mesh, c, TABLES[0], 3.5, 5, -1e-6)[3] == 3
    w, mesh, c = history_of(4, 7, zip(TIMES, noise, strict=True))
    assert stepped(w, mesh, c, TABLES[0], 3.5, 4, -1e-6)[3] == 4  # too early to tell


def test_straight_lines_through_rows():
    rows = np.array([(-9.0, np.nan), (0.0, 1.0), (2.0, 5.0), (3.0, -1.0), (7.0, 2.0)])
    x = np.array([-1.0, 0.0, 0.5, 2.0, 2.5, 6.9, 7.0, 99.0])
    out, before = np.empty(x.size), np.empty(x.size, dtype=np.int64)
    lines(rows, 1, 4, x, out, before)
    np.testing.assert_allclose(out[1:], np.interp(x[1:], *rows[1:].T), rtol=1e-14)
    np.testing.assert_array_equal(before[1:], [1, 1, 2, 2, 3, 3, 3])


def test_first_step_follows_the_jump():
    """By the square root of tolerance over jump, for an error that grows with the square of the step."""
    w, mesh, _ = cell.room()
    tables, index, coefficients = cell.material(
        cell.functions({of.D_N: cell.constant(1e-12), of.D_P: cell.constant(1e-12)})
    )
    w.index[...], w.coefficients[...] = index, coefficients
    out = np.empty(5)
    jumps = np.array([1.0, 4.0, -4.0, 0.0, 1e30])
    first_steps(w, mesh, cell.rows()[0], tables, jumps, 1e-4, out)
    assert out[0] == pytest.approx(2.0 * out[1], rel=1e-12)
    assert out[1] == out[2]
    assert (out[3], out[4]) == (5.0, 1e-6)
    finer = np.empty(1)
    first_steps(w, mesh, cell.rows()[0], tables, jumps[:1], 1e-6, finer)
    assert finer[0] == pytest.approx(0.1 * out[0], rel=1e-12)


def surface(t, current, ramp=False):
    """Return how far the surface lies below the mean at times after a current began, by the mesh's own modes.

    With ``ramp`` the current rises evenly from 0 to ``current`` at the last of ``t``.
    """
    radial = radial_mesh(6, 2.5, steady=True)
    rate = radial[particle.EIGENVALUE, 1:] * 1e-12 / 25e-12
    push = radial[particle.INTAKE, 1:] * radial[particle.OUTPUT, 1:]
    push = push * cell.density(current) / (FARADAY * 30000.0 * 5e-6)
    decayed = -np.expm1(-np.outer(t, rate)) / rate
    if ramp:
        return ((t[:, None] - decayed) / rate) @ push / t[-1]
    return decayed @ push


@pytest.mark.parametrize("ramp", [False, True])
def test_global_error_follows_the_tolerance(ramp):
    """Against the exact solution of the particles' modes: within ten tolerances, and ever closer."""
    current, times = 10.0, np.array([0.05, 0.2, 1.0, 3.0, 8.0, 20.0])
    kind = of.CURRENT_PROFILE if ramp else of.CURRENT
    one = cell.step(kind, 1.0 if ramp else current, end_time=20.0, profile_count=2.0)
    errors = []
    for tolerance in (1e-3, 1e-4, 1e-5):
        row = cell.rows(tolerance=tolerance)
        found = cell.run([one], row=row, time=times, profiles=[(0.0, 0.0), (20.0, current)])
        now = current * times / 20.0 if ramp else np.full(times.size, current)
        moved = 0.5 * now * times if ramp else now * times
        exact = cell.ocv(0.5 - moved / cell.CAPACITY) - 2.0 * cell.overpotential(now) - 0.02 * now
        exact = exact - 1.2 * surface(times, current, ramp)
        errors.append(np.abs(found.series[to.VOLTAGE] - exact).max())
    assert errors[0] < 10.0 * 1e-3
    assert errors[2] < 10.0 * 1e-5
    assert errors[2] < 0.5 * errors[0]


def test_time_between_states_of_charge():
    """At 1C a tenth of the capacity takes six minutes, wherever the steps end."""
    found = cell.run([cell.step(of.CURRENT, -cell.ONE_C, end_soc=0.95)], row=cell.rows(soc=0.0))
    assert found.out[to.TIME_10_TO_80] == pytest.approx(0.7 * 3600.0, rel=1e-6)
    assert found.out[to.TIME_0_TO_80] == pytest.approx(0.8 * 3600.0, rel=1e-6)
    later = cell.run([cell.step(of.CURRENT, -cell.ONE_C, end_soc=0.95)], row=cell.rows(soc=0.2))
    assert np.isnan(later.out[to.TIME_10_TO_80])
    assert np.isnan(later.out[to.TIME_0_TO_80])


def test_extremes_are_kept():
    """The largest current and the hottest moment of a case, wherever in it they were."""
    program = [
        cell.step(of.CURRENT, 5.0, end_time=20.0), cell.step(of.CURRENT, -1.0, end_time=20.0),
    ]  # fmt: skip
    found = cell.run(program, row=cell.rows(lumped=1.0, cooling=5.0, heat_capacity=10.0))
    assert found.out[to.PEAK_RATE] * cell.ONE_C == pytest.approx(5.0, rel=1e-9)
    end = found.work.points[found.work.now[at.HEAD], at.T]
    assert found.out[to.TEMPERATURE_MAX] > end + 0.01
