"""The straight-line exp, log and log1p against numpy's."""

import numpy as np
import pytest

from energymodels.kernels import elementary
from energymodels.kernels.jit import jit


@jit
def _exp(x, out):
    for i in range(x.size):
        out[i] = elementary.exp(x[i])


@jit
def _log(x, out):
    for i in range(x.size):
        out[i] = elementary.log(x[i])


@jit
def _log1p(x, out):
    for i in range(x.size):
        out[i] = elementary.log1p(x[i])


def _ulps(kernel, reference, x):
    out = np.empty_like(x)
    kernel(x, out)
    expected = reference(x)
    return np.max(np.abs(out - expected) / np.spacing(np.abs(expected)))


RNG = np.random.default_rng(1)
SIZE = 20000


@pytest.mark.parametrize(
    ("kernel", "reference", "x", "allowed"),
    [
        (_exp, np.exp, RNG.uniform(-700.0, 700.0, SIZE), 2.0),
        (_exp, np.exp, RNG.uniform(-1.0, 1.0, SIZE), 2.0),
        (_log, np.log, 10.0 ** RNG.uniform(-300.0, 300.0, SIZE), 2.0),
        (_log, np.log, RNG.uniform(0.5, 2.0, SIZE), 2.0),
        (_log1p, np.log1p, 10.0 ** RNG.uniform(-30.0, 30.0, SIZE), 4.0),  # two roundings more
    ],
)
def test_within_units_in_the_last_place(kernel, reference, x, allowed):
    assert _ulps(kernel, reference, x) <= allowed


def test_result_does_not_depend_on_the_place_in_the_loop():
    """SIMD body and remainder of a loop give the same bits."""
    x = np.full(37, 0.7310585786300049)
    out = np.empty_like(x)
    for kernel in (_exp, _log, _log1p):
        kernel(x, out)
        assert np.unique(out).size == 1


def test_exp_of_very_negative_numbers_vanishes():
    out = np.empty(1)
    _exp(np.array([-750.0]), out)
    assert 0.0 <= out[0] < 1e-300
