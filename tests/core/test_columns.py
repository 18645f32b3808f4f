"""Columns: what a function of many numbers owes to how many there are: nothing."""

import numpy as np
import pytest

from energymodels.core.columns import by_value, power

BASES = np.random.default_rng(3).uniform(0.05, 3.0, 1001)


@pytest.mark.parametrize("exponent", [2.0, 0.5, -1.0, 1.0, 0.0, 1.5, 2.4, 3.0])
def test_power_is_the_same_of_one_and_of_many(exponent):
    """NumPy's own differs in the last bit for 2, -1 and 1/2, where one exponent serves many bases."""
    one = [float(power(np.array([x]), np.array([exponent]))[0]) for x in BASES]
    assert power(BASES, np.array([exponent])).tolist() == one
    assert power(BASES, np.array(exponent)).tolist() == one
    assert power(BASES[:, None], np.array([[exponent, 1.3]]))[:, 0].tolist() == one
    assert power(np.broadcast_to(BASES, (3, BASES.size)), np.full((3, 1), exponent))[2].tolist() == one
    assert [float(power(np.array(x), np.array(exponent))) for x in BASES] == one
    np.testing.assert_allclose(one, BASES**exponent, rtol=3e-16)


def test_shape_of_a_power():
    assert power(np.ones((4, 1)), np.ones((1, 3))).shape == (4, 3)
    assert power(np.array(2.0), np.array(3.0)).shape == ()


def test_by_value_calls_once_for_each_combination_in_the_order_of_places():
    rng = np.random.default_rng(5)
    keys = [rng.integers(0, 3, 200), np.full(200, 7.5), rng.choice([-1.0, 2.5], 200)]
    numbers = np.arange(200.0)
    called = {}

    def function(i, fixed, x, flat):
        assert (i, x) not in called
        called[i, x] = flat.tolist()
        return flat * x + 10.0 * i + fixed

    found = by_value(function, keys, numbers)
    assert found.tolist() == (numbers * keys[2] + 10.0 * keys[0] + 7.5).tolist()
    pairs = np.stack([keys[0], keys[2]], axis=1)
    assert list(called) == [tuple(pair) for pair in np.unique(pairs, axis=0)]
    for pair, flat in called.items():
        assert flat == numbers[np.all(pairs == pair, axis=1)].tolist()


def test_by_value_broadcasts():
    keys = [np.array([[0], [1]]), np.array([[5.0]])]
    grid = by_value(lambda i, x, flat: i + x * flat, keys, np.array([[1.0, 2.0, 3.0]]))
    assert grid.tolist() == [[5.0, 10.0, 15.0], [6.0, 11.0, 16.0]]
    assert by_value(lambda i, flat: i + flat, [np.array([2])], np.array([1.0, 2.0])).tolist() == [3.0, 4.0]


def test_many_different_values_take_time_in_proportion():
    """Of 100 000 values that all differ a mask each would be 1e10 comparisons."""
    values = np.random.default_rng(1).random(100_000)
    found = by_value(lambda value, flat: value * flat, [values], np.full(values.size, 2.0))
    assert found.tolist() == (2.0 * values).tolist()
