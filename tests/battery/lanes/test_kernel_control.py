"""How cases enter lanes, go through their protocols' steps and leave, one lane at a time."""

import numpy as np
import pytest

from energymodels.kernels import status
from energymodels.kernels.battery.cell import events
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.lanes import cases, control, ends, full, loop, single, stepping
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import INTERPRETED, jit
from energymodels.kernels.simd import WIDTH, load, store
from tests.shared import lanes

CHEN = {"parameters": "Chen2020"}


def test_a_case_enters_at_rest_with_its_numbers():
    """Stoichiometries of its state of charge, the salt of the start, and its own row of numbers."""
    made = lanes.put("battery.dfn", CHEN | {"cell.contact_resistance": 0.01})
    w, lane, first = made.w, made.lane, made.first
    assert (made.codes == status.OK).all()
    np.testing.assert_allclose(lane["soc"], np.linspace(0.3, 0.7, WIDTH), rtol=1e-13)
    np.testing.assert_array_equal(made.case["contact"], 0.01)
    np.testing.assert_array_equal(w.now[first["theta_n"]], lane["theta_n"])
    np.testing.assert_array_equal(w.now[first["mode_p"]], lane["theta_p"])
    assert (np.diff(lane["theta_n"]) > 0.0).all()
    np.testing.assert_array_equal(w.now[first["c"] : first["c"] + made.shape.nodes], 1000.0)
    second = first["mode_n"] + made.shape.particles_n  # behind the means
    assert (w.now[second : first["mode_p"]] == 0.0).all()


def test_a_case_that_cannot_be_is_refused():
    """Pores and active material together are more than the electrode."""
    made = lanes.put("battery.spm", CHEN, {"positive.active_fraction": np.linspace(0.9, 0.99, WIDTH)})
    assert (made.codes == status.OUT_OF_RANGE).all()


@jit
def _lithium(w, shape, rows, out):
    for lane in range(WIDTH):
        out[lane] = cases.lithium(w, shape, rows[lane], lane, w.now)


def test_lithium_is_that_of_particles_and_salt():
    made = lanes.put("battery.dfn", CHEN)
    case, found = made.case, np.zeros(WIDTH)
    _lithium(made.w, made.shape, made.rows, found)
    expected = 0.0
    for end in ("n", "p"):
        whole = case[f"active_{end}"] * case[f"c_max_{end}"] * made.lane[f"theta_{end}"]
        expected = expected + case[f"thickness_{end}"] * whole
    for end in ("n", "s", "p"):
        expected = expected + case[f"thickness_{end}"] * case[f"porosity_{end}"] * 1000.0
    np.testing.assert_allclose(found, expected * case["area"] * FARADAY, rtol=1e-13)


@jit
def _step(w, shape, grid, tables, rows, program):
    for lane in range(WIDTH):
        control.begin_step(w, shape, rows, program, lane)


@jit
def _ends(w, rows, program):
    for lane in range(WIDTH):
        control.set_ends(w, rows, program, lane)


@pytest.mark.parametrize(
    ("protocol", "event", "sign", "goal"),
    [
        ("Discharge at 1C until 3 V", events.E_VOLTAGE, -1.0, 3.0),
        ("Charge at 1C until 4.1 V", events.E_VOLTAGE, 1.0, 4.1),
        ("Charge at 1C until 80% SOC", events.E_SOC, 1.0, 0.8),
        ("Hold at 4.1 V until C/20", events.E_CURRENT, -1.0, 0.25),
        ("Discharge at 1C until 3 V", events.E_LOW, -1.0, 2.5),
    ],
)
def test_ends_of_a_step_have_goals_and_directions(protocol, event, sign, goal):
    """A protocol's own, and the cell's limits on the side that the current leads to."""
    made = lanes.put("battery.spm", CHEN | {"protocol": protocol})
    _step(made.w, made.shape, made.grid, made.tables, made.rows, made.program)
    rate = {"D": 5.0, "C": -5.0, "H": -1.0}[protocol[0]]
    made.w.now[of.I] = rate / made.case["area"]
    made.lane["volt"][:] = 3.7
    _ends(made.w, made.rows, made.program)
    np.testing.assert_array_equal(made.lane["signs"][event], sign)
    np.testing.assert_allclose(made.lane["goals"][event], goal, rtol=1e-12)
    other = events.E_HIGH if protocol[0] == "D" else events.E_LOW
    if protocol[0] != "H":
        np.testing.assert_array_equal(made.lane["signs"][other], 0.0)  # the current leads away from it


def test_a_step_begins_with_an_instant_and_an_even_reaction():
    made = lanes.put("battery.dfn", CHEN | {"protocol": "Discharge at 2C until 3 V"})
    _step(made.w, made.shape, made.grid, made.tables, made.rows, made.program)
    case, shape = made.case, made.shape
    np.testing.assert_allclose(made.lane["goal"], 10.0, rtol=1e-12)
    np.testing.assert_array_equal(made.lane["doing"], of.INSTANT)
    first = made.first["theta_p"] + shape.particles_p
    j = made.w.now[first : first + shape.particles_n]
    even = 10.0 / case["area"] * case["radius_n"] / (3.0 * case["active_n"] * case["thickness_n"])
    np.testing.assert_allclose(j, np.broadcast_to(even, j.shape), rtol=1e-12)


@jit
def _measure(w, moved, found):
    ends.measure(w, load(moved))
    store(ends.first_passed(of.lanes(w.lane)), found)


@jit
def _land(w, lane, found):
    ends.land(of.lane_of(w.lane, lane), found)


def test_the_end_that_a_step_passes_first_is_found():
    """By the part of the step at which each is met, were they straight."""
    made = lanes.put("battery.spm", CHEN)
    lane, found = made.lane, np.zeros(WIDTH)
    for event, sign, goal in ((events.E_VOLTAGE, 1.0, 4.0), (events.E_TEMPERATURE, 1.0, 300.0)):
        lane["signs"][event], lane["goals"][event] = sign, goal
    lane["g_before"][events.E_VOLTAGE], lane["g_before"][events.E_TEMPERATURE] = -0.1, -1.0
    lane["volt"][:] = np.where(np.arange(WIDTH) % 2 == 0, 4.1, 3.9)  # half of the step, or not at all
    made.w.now[of.T] = 300.5  # two thirds of it
    _measure(made.w, np.zeros(WIDTH), found)
    expected = np.where(np.arange(WIDTH) % 2 == 0, events.E_VOLTAGE, events.E_TEMPERATURE)
    np.testing.assert_array_equal(found, expected)
    lane["signs"][:] = 0.0
    _measure(made.w, np.zeros(WIDTH), found)
    np.testing.assert_array_equal(found, ends.NONE)


def test_an_end_is_met_by_ever_shorter_steps():
    """Regula falsi on a voltage that bends: a cubic of the step's length, met to 1e-7 V."""
    made = lanes.put("battery.spm", CHEN)
    lane = {name: rows[..., 0] for name, rows in made.lane.items()}
    made.lane["landing"][:] = ends.NONE
    made.lane["g_before"][events.E_VOLTAGE] = -0.3
    made.lane["h"][:] = 10.0
    trials = 0
    while made.lane["accepted"][0] == 0.0 and trials < 40:
        h = made.lane["h"][0]
        made.lane["g"][events.E_VOLTAGE] = -0.3 + 1e-3 * h**3
        _land(made.w, 0, float(events.E_VOLTAGE) if made.lane["g"][events.E_VOLTAGE, 0] >= 0.0 else -1.0)
        trials += 1
    assert made.lane["accepted"][0] == 1.0
    assert made.lane["event"][0] == events.E_VOLTAGE
    assert trials < 15
    assert abs(made.lane["g"][events.E_VOLTAGE, 0]) <= events.MET
    assert made.lane["h"][0] == pytest.approx(300.0 ** (1.0 / 3.0), rel=1e-6)
    assert lane["landing"] == ends.NONE


@jit
def _reject(w, lane):
    return control.reject(w, lane)


def test_steps_that_fail_are_shortened_until_the_lane_gives_up():
    made = lanes.put("battery.spm", CHEN)
    made.lane["doing"][:], made.lane["h"][:] = of.RUN, 1.0
    assert _reject(made.w, 0) == control.DONE
    made.lane["order"][:] = 4.0
    for _ in range(3):
        _reject(made.w, 0)
    assert made.lane["order"][0] == 1.0  # forgets its past after the fourth failure
    made.lane["h"][:] = 1e-11
    assert _reject(made.w, 0) == control.UNFINISHED
    made.lane["doing"][:] = of.INSTANT
    assert _reject(made.w, 0) == control.UNFINISHED


@jit
def _choose(w, misses, tolerance, factor, order):
    s = of.lanes(w.lane)
    stepping.coefficients(w)
    three = (load(misses, 0), load(misses, 1), load(misses, 2))
    choice, grown = stepping.choose(w, three, load(tolerance), s.h > 0.0)
    store(choice, order)
    store(grown, factor)


def test_the_order_with_the_longest_step_is_taken():
    """Equal steps: errors of BDF k are those of its predictor over k + 1."""
    made = lanes.put("battery.spm", CHEN)
    lane = made.lane
    lane["h"][:], lane["order"][:], lane["points"][:] = 1.0, 2.0, 6.0
    lane["psi"][:] = np.arange(1.0, 8.0)[:, np.newaxis]
    factor, order = np.zeros(WIDTH), np.zeros(WIDTH)
    for misses, expected in (((1e-4, 1e-1, 1e-1), 2.0), ((1e-2, 1e-6, 1e-1), 1.0), ((1e-2, 1e-1, 1e-7), 3.0)):
        grid = np.repeat(np.array(misses)[:, np.newaxis], WIDTH, axis=1)
        _choose(made.w, grid, np.full(WIDTH, 1e-3), factor, order)
        np.testing.assert_array_equal(order, expected)
    assert lane["part"][2, 0] == pytest.approx(1.0 / (1.5 * 3.0))  # the error constant of BDF 2 here


@pytest.mark.parametrize("entry", [single, full])
def test_entries_run_what_they_are_given(entry):
    """A rest for a minute, by the loop as the library calls it; nothing to do is done at once."""
    made = lanes.put("battery.spme" if entry is single else "battery.dfn", CHEN)
    out = np.empty((to.SCALARS, WIDTH + 1))[:, :WIDTH]
    codes, series = np.full(WIDTH, status.NOT_RUN, dtype=np.int8), np.empty((to.SERIES, 0, 0))
    from energymodels.kernels.battery.cell.work import make_work

    numbers = made.rows.view(np.ndarray).view(float).reshape(WIDTH, -1)
    for todo in (np.arange(0), np.arange(WIDTH)):
        entry.solve(
            made.rows, numbers, todo, made.w, make_work(1, 1, 1, 1, 0), made.shape, made.grid, made.tables,
            made.index, made.program, np.empty(0), series, out, codes,
        )  # fmt: skip
        assert (codes == (status.OK if todo.size else status.NOT_RUN)).all()
    np.testing.assert_allclose(out[to.DURATION], 60.0, rtol=1e-12)
    np.testing.assert_allclose(out[to.CAPACITY], 0.0, atol=1e-9)
    assert (np.abs(out[to.LITHIUM_GAINED]) < 1e-13).all()
    assert (out[to.TERMINATION] == events.END_TIME).all()


@jit
def _clear(w):
    loop.clear(w)


def test_lanes_without_a_case_hold_no_tables():
    """What an earlier sweep left in the work arrays would lie outside of the tables of this one."""
    made = lanes.put("battery.dfn", CHEN)
    assert made.w.offsets.any()
    _clear(made.w)
    assert not made.w.offsets.any()
    assert not made.w.heads.any()
    np.testing.assert_array_equal(made.lane["doing"], of.IDLE)
    assert INTERPRETED or WIDTH > 1
