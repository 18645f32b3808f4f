"""Vectors of cases: what holds for numbers holds in every lane, compiled and interpreted."""

import numpy as np
import pytest

from energymodels.kernels.jit import jit
from energymodels.kernels.simd import (
    WIDTH,
    Layout,
    anywhere,
    everywhere,
    exp,
    load,
    load_indices,
    log,
    lower,
    number,
    opposite,
    pairs,
    put,
    quads,
    root,
    shifted,
    size,
    store,
    times,
    upper,
    where,
    whole,
)

LAYOUT = Layout("test_simd", ("first", "second"), {"several": 3})
every, one_of = LAYOUT.views()


@jit
def _arithmetic(a, b, out):
    for k in range(a.shape[0]):
        x, y = load(a, k), load(b, k)
        store(x + y, out, 0, k)
        store(x - y, out, 1, k)
        store(x * y, out, 2, k)
        store(x / y, out, 3, k)
        store(-x, out, 4, k)
        store(2.0 + x * 3, out, 5, k)
        store(lower(x, y), out, 6, k)
        store(upper(x, y), out, 7, k)
        store(size(x), out, 8, k)
        store(root(size(x)), out, 9, k)
        store(where((x < y) & opposite(x < 0.0), x, y), out, 10, k)
        store(where((x > y) | (x == y), 1.0, 0.0), out, 11, k)
        x += y
        x *= 2.0
        store(x, out, 12, k)


def test_operators_act_lane_by_lane():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 5, WIDTH))
    out = np.empty((13, 5, WIDTH))
    _arithmetic(a, b, out)
    expected = [
        a + b, a - b, a * b, a / b, -a, 2.0 + 3.0 * a, np.minimum(a, b), np.maximum(a, b), np.abs(a),
        np.sqrt(np.abs(a)), np.where((a < b) & ~(a < 0.0), a, b), np.where(a >= b, 1.0, 0.0), 2.0 * (a + b),
    ]  # fmt: skip
    for q, wanted in enumerate(expected):  # a product and a sum may be one operation
        np.testing.assert_allclose(out[q], wanted, rtol=1e-15, atol=4e-16, err_msg=str(q))


@jit
def _functions(x, out):
    for k in range(x.shape[0]):
        store(exp(load(x, k)), out, 0, k)
        store(log(size(load(x, k))), out, 1, k)


def test_exp_and_log_are_within_a_few_units_of_the_last_place():
    rng = np.random.default_rng(4)
    x = np.concatenate([rng.uniform(-700.0, 700.0, 4000), rng.normal(size=4000)]).reshape(-1, WIDTH)
    out = np.empty((2, *x.shape))
    _functions(x, out)
    np.testing.assert_allclose(out[0], np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(out[1], np.log(np.abs(x)), rtol=4e-16, atol=2e-16)


@jit
def _flags(x, out):
    for k in range(x.shape[0]):
        negative = load(x, k) < 0.0
        out[k, 0] = anywhere(negative)
        out[k, 1] = everywhere(negative)


def test_masks_are_asked_together():
    x = np.ones((3, WIDTH))
    x[1, -1] = x[2] = -1.0
    out = np.zeros((3, 2), dtype=bool)
    _flags(x, out)
    assert out.tolist() == [[False, False], [True, WIDTH == 1], [True, True]]


@jit
def _rows(table, at, x, out):
    i = load_indices(at)
    p, q = pairs(table, shifted(i, 1))
    store(p + q, out, 0)
    a, b, c, d = quads(table, shifted(times(i, 2), whole(load(x))))
    store(a + 10.0 * b + 100.0 * c + 1000.0 * d, out, 1)
    store(number(whole(load(x))), out, 2)


def test_every_lane_looks_at_its_own_row():
    rng = np.random.default_rng(5)
    table = rng.normal(size=64)
    at = rng.integers(0, 20, WIDTH).astype(np.int32)
    x = rng.uniform(0.0, 8.0, WIDTH)
    out = np.empty((3, WIDTH))
    _rows(table, at, x, out)
    place = 2 * at + x.astype(int)
    np.testing.assert_array_equal(out[0], table[at + 1] + table[at + 2])
    np.testing.assert_allclose(
        out[1], [table[p : p + 4] @ [1.0, 10.0, 100.0, 1000.0] for p in place], atol=1e-12
    )
    np.testing.assert_array_equal(out[2], np.trunc(x))


@jit
def _views(array, value, lane):
    s = every(array)
    s.first = load(value)
    s.second = where(s.first > 0.0, s.first, s.second)
    store(2.0 * s.first, s.several, 1)
    put(s.first > 0.0, 7.0, s.several, 2)
    one = one_of(array, lane)
    one.second = one.second + 1.0
    one.several[0] = one.several[1] + one.first


@pytest.mark.parametrize("lane", sorted({0, WIDTH - 1}))
def test_fields_are_read_and_set_by_name(lane):
    rng = np.random.default_rng(6)
    array, value = LAYOUT.make(), rng.normal(size=WIDTH)
    _views(array, value, lane)
    second = np.where(value > 0.0, value, 0.0)
    second[lane] += 1.0
    np.testing.assert_array_equal(array[0], value)
    np.testing.assert_array_equal(array[1], second)
    np.testing.assert_array_equal(array[3], 2.0 * value)
    np.testing.assert_array_equal(array[4], np.where(value > 0.0, 7.0, 0.0))
    assert array[2, lane] == 3.0 * value[lane]
    assert np.count_nonzero(array[2]) == 1
