"""What the battery kernels count with: differentiation over past points, tables, the balance of the
electrodes.
"""

import numpy as np
import pytest
from scipy.interpolate import PPoly
from scipy.optimize import brentq

from energymodels.kernels.battery.cell import balance, history, layout, tables
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

RANDOM = np.random.default_rng(5)


@jit
def slope_weights(times, head, order, t, weights):
    return history.differentiate(times, head, order, t, weights)


@jit
def value_weights(times, head, count, t, weights):
    history.extrapolate(times, head, count, t, weights)


@jit
def combined(rows, head, weights, count, out):
    history.combine(rows, head, weights, count, out)


@jit
def read(numbers, o, x, y, slope):
    """Look up one by one."""
    for k in range(x.size):
        y[k], slope[k] = tables.lookup(numbers, o, x[k])


@jit
def fill(numbers, o, factor, x, y, slope):
    tables.fill(numbers, o, factor, x, y, slope)


@jit
def add(numbers, o, factor, x, y, slope):
    tables.add(numbers, o, factor, x, y, slope)


@jit
def stoichiometry(numbers, index, voltage, start, lithium, full_n, full_p):
    return balance.stoichiometry_at(numbers, index, voltage, start, lithium, full_n, full_p, 0.0)


def ring(head, seed):
    """Return (irregular times in a ring of points whose newest is ``head``, the same from the newest on, the
    next time).
    """
    rng = np.random.default_rng(seed)
    ordered = 3.0 - np.cumsum(10.0 ** rng.uniform(-2.0, 0.0, at.HISTORY))
    times = np.empty(at.HISTORY)
    times[(head - np.arange(at.HISTORY)) % at.HISTORY] = ordered
    return times, ordered, 3.0


# The past


@pytest.mark.parametrize("order", range(1, 6))
@pytest.mark.parametrize("head", [0, 2, 7])
def test_differentiation_is_exact_for_polynomials_of_its_order(order, head):
    times, past, t = ring(head, order)
    weights = np.zeros(at.HISTORY)
    alpha = slope_weights(times, head, order, t, weights)
    for degree in range(order + 1):
        y = np.polynomial.Polynomial(RANDOM.normal(size=degree + 1))
        found = alpha * (y(t) - weights[:order] @ y(past[:order]))
        scale = alpha * np.abs(weights[:order]).max() * np.abs(y(past[:order])).max()
        assert found == pytest.approx(y.deriv()(t), abs=1e-13 * scale), degree
    assert weights[:order].sum() == pytest.approx(1.0, abs=1e-12 * np.abs(weights).max())


def test_differentiation_of_equal_steps_is_the_textbook_formula():
    """BDF of order 2 and 3: 3/2 y - 2 y1 + 1/2 y2, and 11/6 y - 3 y1 + 3/2 y2 - 1/3 y3, over h."""
    times = np.arange(at.HISTORY, dtype=float) * 0.1
    weights = np.zeros(at.HISTORY)
    for order, first, others in ((2, 1.5, [2.0, -0.5]), (3, 11 / 6, [3.0, -1.5, 1 / 3])):
        assert slope_weights(times, at.HISTORY - 1, order, 0.8, weights) == pytest.approx(
            first / 0.1, rel=1e-12
        )
        np.testing.assert_allclose(weights[:order], np.array(others) / first, rtol=1e-11)


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("head", [0, 3])
def test_extrapolation_is_exact_below_its_count(count, head):
    times, past, t = ring(head, 10 + count)
    weights = np.zeros(at.HISTORY)
    value_weights(times, head, count, t, weights)
    y = np.polynomial.Polynomial(RANDOM.normal(size=count))
    terms = weights[:count] * y(past[:count])
    assert terms.sum() == pytest.approx(y(t), abs=1e-14 * count * np.abs(terms).max())


@pytest.mark.parametrize("count", range(1, 8))
def test_combination_is_the_weighted_sum(count):
    rows, weights = RANDOM.normal(size=(at.HISTORY + 1, 5)), RANDOM.normal(size=at.HISTORY)
    for head in range(at.HISTORY):
        out = np.full(5, np.nan)
        combined(rows, head, weights, count, out)
        np.testing.assert_allclose(
            out, weights[:count] @ rows[(head - np.arange(count)) % at.HISTORY], rtol=1e-12, atol=1e-14
        )


# Tables


@pytest.fixture(scope="module")
def uneven():
    """Return (numbers that hold a table of three buckets cut into 1, 4 and 2 at its offset, the offset, the
    same as PPoly).
    """
    low, high, cuts = -0.5, 2.5, (1, 4, 2)
    edges = np.concatenate([[low], *(low + b + np.arange(1, n + 1) / n for b, n in enumerate(cuts))])
    c = RANDOM.normal(size=(4, edges.size - 1))  # powers 3, 2, 1, 0 of the distance from the left edge
    starts = 12 + 4 * np.cumsum([0, *cuts[:-1]])
    per_interval = c * np.diff(edges) ** np.arange(3, -1, -1)[:, None]
    head = [low, high, 3.0, 1.0, 1.0, 0.0, *np.column_stack([starts, cuts]).ravel()]
    return np.concatenate([np.full(5, np.nan), head, per_interval[::-1].T.ravel()]), 5, PPoly(c, edges)


def test_lookup_is_the_piecewise_cubic(uneven):
    numbers, o, exact = uneven
    x = np.sort(RANDOM.uniform(-0.5, 2.5, 500))
    y, slope = np.empty(x.size), np.empty(x.size)
    read(numbers, o, x, y, slope)
    np.testing.assert_allclose(y, exact(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(slope, exact.derivative()(x), rtol=1e-11, atol=1e-11)


def test_lookup_goes_on_or_stays_beyond_the_ends(uneven):
    numbers, o, exact = uneven
    y, slope = np.empty(4), np.empty(4)
    read(numbers, o, np.array([-3.0, -0.5, 2.5, 4.0]), y, slope)
    first = float(exact.derivative()(-0.5))
    assert y[0] == pytest.approx(exact(-0.5) - 2.5 * first, rel=1e-12)
    assert slope[0] == pytest.approx(first, rel=1e-12)
    last = np.polyval(exact.c[:, -1], 0.5)
    np.testing.assert_allclose(y[[1, 2, 3]], [exact(-0.5), last, last], rtol=1e-12)
    assert slope[3] == 0.0


def test_fill_and_add_are_lookups(uneven):
    numbers, o, _ = uneven
    x = np.array([-3.0, -0.5, -0.2, 0.5, 0.9, 1.5, 2.2, 2.5, 4.0])
    value, by_x, y, slope = (np.empty(x.size) for _ in range(4))
    read(numbers, o, x, value, by_x)
    fill(numbers, o, 3.0, x, y, slope)
    np.testing.assert_allclose(y, 3.0 * value, rtol=1e-13)
    np.testing.assert_allclose(slope, 3.0 * by_x, rtol=1e-13)
    add(numbers, o, -2.0, x, y, slope)
    np.testing.assert_allclose(y, value, rtol=1e-12)
    np.testing.assert_allclose(slope, by_x, rtol=1e-12)


def test_constant_tables(tools):
    numbers = np.concatenate([[np.nan], tools.constant(4.2)])
    x, y, slope = np.array([-1e9, 0.0, 1e9]), np.empty(3), np.empty(3)
    read(numbers, 1, x, y, slope)
    assert (y == 4.2).all()
    assert (slope == 0.0).all()
    fill(numbers, 1, 0.5, x, y, slope)
    assert (y == 2.1).all()


# The balance


@pytest.mark.parametrize("lithium", [2.5, 3.0, 3.6])
def test_balance_against_root_finding(tools, lithium):
    """U_n falls steeply near empty, U_p falls all along; the electrodes hold 3 and 4 units."""
    u_n = (1.5, -4.0, 5.5, -2.9)
    u_p = (4.5, -1.2, 0.9, -0.7)
    numbers, index, _ = tools.material({layout.U_N: tools.table(*u_n), layout.U_P: tools.table(*u_p)})
    n, p = np.polynomial.Polynomial(u_n), np.polynomial.Polynomial(u_p)

    def voltage(x):
        return p((lithium - 3.0 * x) / 4.0) - n(x)

    low, high = max(0.0, (lithium - 4.0) / 3.0), min(1.0, lithium / 3.0)
    assert (np.diff(voltage(np.linspace(low, high, 200))) > 0.0).all()
    for v in np.linspace(voltage(low) + 1e-3, voltage(high) - 1e-3, 7):
        expected = brentq(lambda x, v=v: voltage(x) - v, low, high, xtol=1e-15, rtol=1e-14)
        for start in (low, 0.5 * (low + high), high, -1.0, 2.0):
            x, found = stoichiometry(numbers, index, v, start, lithium, 3.0, 4.0)
            assert found
            assert x == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("voltage", "lithium"), [(5.0, 3.0), (1.0, 3.0), (3.5, 9.0), (3.5, -1.0), (np.nan, 3.0)]
)
def test_balance_that_cannot_be(tools, voltage, lithium):
    functions = {layout.U_N: tools.table(1.5, -4.0, 5.5, -2.9), layout.U_P: tools.table(4.5, -1.2, 0.9, -0.7)}
    numbers, index, _ = tools.material(functions)
    for start in (0.0, 0.5, 1.0):
        assert not stoichiometry(numbers, index, voltage, start, lithium, 3.0, 4.0)[1]
