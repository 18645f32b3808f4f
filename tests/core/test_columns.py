"""Columns: what a function of many numbers owes to how many there are: nothing."""

import numpy as np
import pytest

from energymodels.core.columns import power

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
