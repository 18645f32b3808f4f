"""Cells in lanes: the parts against closed forms, and whole cases against the solver of single cases."""

import os
import subprocess
import sys

import numpy as np
import pytest

import energymodels as em
from energymodels.battery.cell.lanes import ORDER, lobatto, make_grid
from energymodels.kernels.battery.cell import tables as single
from energymodels.kernels.battery.cell.layout import FUNCTIONS, RANK
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes import stepping, tables
from energymodels.kernels.jit import INTERPRETED, jit
from energymodels.kernels.simd import WIDTH, load, store

FAST = INTERPRETED
CASES = 3 if FAST else 24


@jit
def _lookup(tables_, heads, offsets, x, out):
    value, slope = tables.lookup(tables_, heads, offsets, 0, load(x))
    store(value, out, 0)
    store(slope, out, 1)


@jit
def _set(w, tables_, index, coefficients, lane):
    tables.set_tables(w, tables_, index, coefficients, RANK, lane)


@jit
def _one(tables_, offset, x):
    return single.lookup(tables_, offset, x)


def test_each_lane_looks_up_its_own_table():
    """Steep, constant and outside of its range, as the solver of single cases does."""
    from tests.shared.handmade import constant, table

    parts = [np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]), table(3.0, -1.0, below=1.0, above=0.0)]
    parts += [constant(2.5), table(4.0, 2.0, below=0.0, above=1.0)]
    offsets = np.cumsum([0, *(part.size for part in parts)])[:-1]
    whole = np.concatenate([*parts, np.zeros(3)])
    w = of.make_lanes(of.make_shape(0, ORDER, 3, electrolyte=False, resolved=False))
    rng = np.random.default_rng(2)
    which = rng.integers(0, 4, WIDTH)
    index = np.zeros((FUNCTIONS, 1 + 2 * RANK), dtype=np.int64)
    index[:, 0] = 1
    for lane in range(WIDTH):
        index[0, 1] = offsets[which[lane]]
        _set(w, whole, index, np.ones((FUNCTIONS, RANK + 1)), lane)
    for low, high in ((0.0, 1.0), (-1.0, 0.0), (1.0, 2.0)):
        x, out = rng.uniform(low, high, WIDTH), np.empty((2, WIDTH))
        _lookup(whole, w.heads, w.offsets, x, out)
        for lane in range(WIDTH):
            expected = _one(whole, offsets[which[lane]], x[lane])
            np.testing.assert_allclose(out[:, lane], expected, rtol=1e-14, atol=1e-14)


@jit
def _predict(w):
    stepping.coefficients(w)
    stepping.predict(w)


@jit
def _commit(w):
    stepping.commit(w, of.lanes(w.lane).h > 0.0)


@jit
def _begin(w):
    stepping.begin(w, of.lanes(w.lane).h > 0.0)


@jit
def _inside(w, time, out):
    stepping.inside_weights(w, load(time))
    store(stepping.inside(w, 0), out)


def test_backward_differentiation_is_exact_for_polynomials_of_its_order():
    """Whatever the steps are, each lane with its own: predictor, slope at the new point, and values within
    the step.
    """
    w = of.make_lanes(of.make_shape(0, ORDER, 3, electrolyte=False, resolved=False))
    rng = np.random.default_rng(8)
    order = 1.0 + np.arange(WIDTH) % 5
    factors = rng.normal(size=(6, WIDTH)) * (np.arange(6)[:, np.newaxis] <= order)
    place = {name: row for name, (row, _) in of.LANE.places.items()}
    w.lane[place["h"]] = 1.0
    t = np.zeros(WIDTH)
    w.now[0] = factors[0]
    _begin(w)
    for step in range(1, 9):
        h = rng.uniform(0.5, 1.5, WIDTH)
        w.lane[place["h"]], w.lane[place["order"]] = h, np.minimum(order, step)
        w.lane[place["last"]] = w.lane[place["order"]]
        _predict(w)
        t = t + h
        powers = t ** np.arange(6)[:, np.newaxis]
        w.now[0] = (factors * powers).sum(0)
        if step > 6:  # points enough for every order
            slope = (np.arange(1, 6)[:, np.newaxis] * factors[1:] * powers[:-1]).sum(0)
            np.testing.assert_allclose(w.ahead[0], w.now[0], rtol=1e-10, atol=1e-9)
            found = w.lane[place["alpha"]] * (w.now[0] - w.back[0])
            np.testing.assert_allclose(found, slope, rtol=1e-9, atol=1e-8)
        _commit(w)
        if step > 6:
            out = np.empty(WIDTH)
            _inside(w, -0.3 * h, out)
            expected = (factors * (t - 0.3 * h) ** np.arange(6)[:, np.newaxis]).sum(0)
            np.testing.assert_allclose(out, expected, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("order", [2, 3, 4])
def test_the_elements_integrate_and_differentiate_polynomials(order):
    """Gauss-Lobatto quadrature to the order 2 n - 1, slopes to the order n."""
    x, weights, slopes = lobatto(order)
    for power in range(2 * order):
        assert weights @ x**power == pytest.approx(1.0 / (power + 1.0), rel=1e-13)
    for power in range(1, order + 1):
        np.testing.assert_allclose(slopes @ x**power, power * x ** (power - 1), atol=1e-12)


def test_layers_are_covered_by_elements():
    grid = make_grid(3, 0.6, 8)
    for part in (grid.widths[:3], grid.widths[3:4], grid.widths[4:]):
        assert part.sum() == pytest.approx(1.0, rel=1e-15)
    assert grid.widths[0] == pytest.approx(grid.widths[2] / 0.36)


PROTOCOLS = (
    "Charge at {c_rate}C until 3.6 V; Hold at 3.6 V until C/20; Rest for 10 minutes",
    "Discharge at {c_rate}C until 2.5 V; Rest for 30 minutes; Charge at 0.5C for 20 minutes",
    "Discharge at {c_rate}C for 5 minutes; Discharge at 5 W for 20 minutes or until 2.5 V; "
    "Hold at 3.2 V for 10 minutes",
)


@pytest.mark.parametrize("model", ["battery.spm", "battery.spme", "battery.dfn"])
@pytest.mark.parametrize("protocol", PROTOCOLS[:1] if FAST else PROTOCOLS)
def test_lanes_find_what_the_solver_of_single_cases_finds(model, protocol):
    """By another discretisation; the lithium is kept, the charge is the current's, a hold holds."""
    rng = np.random.default_rng(11)
    points = {
        "c_rate": np.exp(rng.uniform(np.log(0.3), np.log(2.0), CASES)),
        "temperature": rng.uniform(5.0, 45.0, CASES),
        "negative.thickness": rng.uniform(30.0, 60.0, CASES),
        "positive.particle_radius": rng.uniform(0.04, 0.1, CASES),
        "initial_soc": rng.uniform(0.3, 0.7, CASES),
    }
    values: dict = {"parameters": "lfp-18650", "protocol": protocol, "thermal": "lumped"}
    values |= {"heat_transfer_coefficient": 10.0, "series.points": 21, "tolerance": 1e-5}
    if FAST:
        values |= {"protocol": "Charge at {c_rate}C for 2 minutes", "tolerance": 1e-3}
    values["series.end"] = 3600.0
    lanes = em.sweep(model, {}, values, points=points)
    other = em.sweep(model, {}, values | {"points.particle": 12}, points=points)
    assert (lanes.status == 0).all()
    np.testing.assert_array_equal(lanes.termination, other.termination)
    close = 3e-3 if model == "battery.dfn" else 2e-3
    for name in ("capacity", "energy", "duration"):
        np.testing.assert_allclose(lanes[name], other[name], rtol=close, err_msg=name)
    np.testing.assert_allclose(lanes.temperature_max, other.temperature_max, atol=0.05)
    np.testing.assert_allclose(lanes.negative_potential_min, other.negative_potential_min, atol=2e-3)
    assert abs(lanes.lithium_gained).max() < 1e-12
    for name in ("voltage", "negative_potential_vs_lithium", "particle_overpotential"):
        apart = np.sqrt(np.nanmean((lanes[name].values - other[name].values) ** 2))
        assert apart < 2e-3, (name, apart)
    found = lanes.discharge_capacity.values[:, -1]
    ended = np.isfinite(found) & (lanes.duration.values <= 3600.0)
    np.testing.assert_allclose(found[ended], lanes.capacity_discharged.values[ended], rtol=1e-9, atol=1e-12)


@pytest.mark.skipif(FAST, reason="one lane has no neighbours")
@pytest.mark.parametrize("model", ["battery.spm", "battery.spme", "battery.dfn"])
def test_no_bit_depends_on_order_neighbours_or_threads(model):
    """Cases of several sets, protocols and temperatures, alone and in any company."""
    rng = np.random.default_rng(12)
    points = {
        "parameters": rng.choice(["Marquis2019", "OKane2022", "Chen2020"], 24),
        "protocol": rng.choice(
            ["Charge at 1C for 10 minutes; Hold at 3.9 V for 5 minutes", "Discharge at 2C until 3.2 V"], 24
        ),
        "thermal": rng.choice(["isothermal", "lumped"], 24),
        "temperature": rng.uniform(0.0, 45.0, 24),
        "initial_soc": rng.uniform(0.3, 0.8, 24),
    }
    values = {"series.points": 7, "series.end": 600.0}
    whole = em.sweep(model, {}, values, points=points)
    order = rng.permutation(24)
    names = [name for name in whole.data_vars if whole[name].dims and "point" in whole[name].dims]
    shuffled = em.sweep(
        model, {}, values, points={k: v[order] for k, v in points.items()}, threads=2, chunk=7
    )
    for name in names:
        if name not in points:
            np.testing.assert_array_equal(shuffled[name].values, whole[name].values[order], err_msg=name)
    for k in (0, 11):
        alone = em.sweep(model, {}, values, points={name: v[k : k + 1] for name, v in points.items()})
        for name in names:
            if name not in points:
                np.testing.assert_array_equal(alone[name].values[0], whole[name].values[k], err_msg=name)


SWEEP = """
import hashlib
import energymodels as em
values = {"parameters": "Chen2020", "series.points": 5, "series.end": 600.0, "thermal": "lumped"}
values["protocol"] = "Charge at {rate}C for 5 minutes; Hold at 4 V for 5 minutes"
found = em.sweep("battery.spme", {"rate": "0.5:2:11"}, values)
assert (found.status == 0).all()
names = sorted(map(str, found.data_vars))
print(hashlib.sha256(b"".join(found[name].values.tobytes() for name in names)).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.skipif(FAST, reason="there is one lane")
def test_no_bit_depends_on_how_many_lanes_there_are():
    """Of the same processor: eight lanes and four are the same code."""

    def run(lanes):
        environment = os.environ | {"ENERGYMODELS_LANES": lanes}
        call = [sys.executable, "-W", "ignore", "-c", SWEEP]
        return subprocess.run(call, env=environment, check=True, capture_output=True, text=True).stdout

    assert run("4") == run("")


@pytest.mark.parametrize("model", ["battery.spme", "battery.dfn"])
def test_what_lanes_do_not_finish_the_solver_of_single_cases_does(model, monkeypatch):
    """To its bits, beside others that stay as they are."""
    from energymodels.battery.cell import lanes

    values = {"protocol": "Charge at 1C for 1 minute", "series.points": 5, "series.end": 60.0}
    over = {"initial_soc": [0.2, 0.4, 0.6]}
    usual = em.sweep(model, over, values)
    alone = em.sweep(model, over, values | {"points.particle": 12})
    real = lanes.solve

    def unfinished(model, rows, axes, todo, time, series, scalars, codes):
        real(model, rows, axes, todo, time, series, scalars, codes)
        codes[1] = lanes.UNFINISHED

    monkeypatch.setattr(lanes, "solve", unfinished)
    mixed = em.sweep(model, over, values)
    assert (mixed.status == 0).all()
    for name in ("capacity", "energy", "duration", "voltage", "heat_total"):
        np.testing.assert_array_equal(mixed[name][1], alone[name][1], err_msg=name)
        np.testing.assert_array_equal(mixed[name][::2], usual[name][::2], err_msg=name)


@pytest.mark.parametrize(
    ("changes", "by_lanes"),
    [
        ({}, True),
        ({"side_reactions.sei": "constant"}, False),
        ({"protocol": "Charge at limits until C/2"}, False),
        ({"mesh": "pybamm"}, False),
        ({"points.negative": 20}, False),
        ({"parameters": "Ecker2015", "protocol": "Charge at 1C for 10 s"}, False),
        ({"parameters": "Ecker2015", "protocol": "Charge at 1C for 10 s", "negative.diffusivity": 1e-14,
          "positive.diffusivity": 1e-14}, True),
    ],
)  # fmt: skip
def test_which_cases_are_solved_in_lanes(changes, by_lanes):
    found = em.plan("battery.dfn", {}, {"protocol": "Charge at 1C for 10 s"} | changes)
    prepared = found.model.prepare_some(found.columns, found.context)
    assert prepared.rows["side_by_side"].ravel()[0] == by_lanes
