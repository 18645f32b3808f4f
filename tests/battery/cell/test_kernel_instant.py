"""What a step of a protocol asks for, where that bends, and the instant it begins with."""

import handmade as cell
import numpy as np
import pytest
from scipy.optimize import brentq

from energymodels.kernels.battery.cell import instant
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

PROFILE = np.array([(0.0, np.nan), (0.0, 1.0), (2.0, 5.0), (3.0, -1.0)])
WARM = np.array([(0.0, 290.0), (100.0, 300.0), (250.0, 295.0)])


@jit
def asked(w, c, step, profiles, kind, since, out):
    """Set ``out`` to what is wanted at times since the step began, and to its next corners."""
    for k in range(since.size):
        out[0, k] = instant.wanted(w, c, step, profiles, kind, since[k])
        out[1, k] = instant.next_corner(w, c, step, profiles, since[k])


def ask(step, since, kind=of.CURRENT, profiles=PROFILE, began=0.0, idle=0.0, **values):
    """Return (what is wanted, next corner) of a step at times since it began."""
    w, _, _ = cell.room()
    w.memory[at.NOMINAL], w.memory[at.BEGAN], w.memory[at.IDLE] = 7200.0, began, idle
    w.memory[at.HELD] = 650.0
    out = np.empty((2, len(since)))
    asked(w, cell.rows(**values)[0], step, profiles, int(kind), np.asarray(since, dtype=float), out)
    return out


def test_constants_are_asked_for_as_they_are():
    for kind, value in ((of.CURRENT, -3.0), (of.VOLTAGE, 3.9), (of.POWER, 7.0)):
        wanted, corner = ask(cell.step(kind, value), [0.0, 1e9], kind)
        np.testing.assert_array_equal(wanted, value)
        assert (corner == np.inf).all()
    wanted, _ = ask(cell.step(of.CURRENT, 0.5, value_per_c=1.0), [0.0])
    assert wanted[0] == 1.0


def test_profiles_are_straight_between_their_rows():
    step = cell.step(of.CURRENT_PROFILE, 2.0, profile_first=1.0, profile_count=3.0)
    since = [0.0, 1.0, 2.0, 2.75, 3.0, 50.0]
    wanted, corner = ask(step, since)
    np.testing.assert_allclose(wanted, [2.0, 6.0, 10.0, 1.0, -2.0, -2.0], rtol=1e-14)
    np.testing.assert_array_equal(corner, [2.0, 2.0, 3.0, 3.0, np.inf, np.inf])


def test_limits_are_asked_for_a_little_on_their_safe_side():
    step = cell.step(of.LIMITS)
    values = {"limit_rate": 3.0, "limit_voltage": 4.1, "limit_negative": 0.01, "tolerance": 1e-4}
    slack = 0.05 * 1e-4
    for kind, expected in (
        (of.CURRENT, -6.0), (of.VOLTAGE, 4.1 - slack), (of.NEGATIVE, 0.01 + slack), (of.SALT, 650.0),
    ):  # fmt: skip
        assert ask(step, [0.0], kind, **values)[0, 0] == pytest.approx(expected, rel=1e-14)
    assert ask(step, [0.0], of.CURRENT, idle=at.FOR_HEAT, **values)[0, 0] == 0.0


def test_surroundings_bend_at_times_of_the_case():
    """A step that began after 30 s sees the bend at 100 s after 70; the last row bends no more."""
    step = cell.step(of.CURRENT, 1.0)
    _, corner = ask(step, [0.0, 69.0, 70.0, 300.0], profiles=WARM, began=30.0, warmths=3)
    np.testing.assert_allclose(corner, [70.0, 70.0, 220.0, np.inf])


COUNTS = [(cell.SPM, (1, 1, 1)), (cell.SPME, (2, 2, 2)), (cell.DFN, (2, 2, 2))]


def at_once(kind, value, fidelity=cell.SPM, counts=(1, 1, 1)):
    """Return (voltage, current) at the instant a step begins with."""
    found = cell.run([cell.step(kind, value, end_time=1e-3)], fidelity=fidelity, counts=counts, time=[0.0])
    assert found.status == 0
    return found.series[to.VOLTAGE, 0], found.series[to.CURRENT, 0]


def before_diffusion(current):
    """Return the voltage before any lithium moved, V."""
    return cell.ocv(0.5) - 2.0 * cell.overpotential(current) - 0.02 * current


@pytest.mark.parametrize("current", [5.0, -20.0, 0.0])
def test_an_instant_at_a_current(current):
    volt, amp = at_once(of.CURRENT, current)
    assert amp == pytest.approx(current, rel=1e-14)
    assert volt == pytest.approx(before_diffusion(current), rel=1e-8)


@pytest.mark.parametrize("goal", [3.3, 3.7, 4.2])
def test_an_instant_at_a_voltage(goal):
    volt, amp = at_once(of.VOLTAGE, goal)
    assert volt == goal
    expected = brentq(lambda i: before_diffusion(i) - goal, -100.0, 100.0)
    assert amp == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("goal", [30.0, -40.0])
def test_an_instant_at_a_power(goal):
    volt, amp = at_once(of.POWER, goal)
    assert volt * amp == pytest.approx(goal, rel=1e-6)
    assert volt == pytest.approx(before_diffusion(amp), rel=1e-8)


@pytest.mark.parametrize(("fidelity", "counts"), COUNTS)
def test_a_jump_in_every_fidelity(fidelity, counts):
    """From rest to 20C and to 4.6 V at once, which Newton's method may have to take in parts."""
    assert at_once(of.CURRENT, -20.0 * cell.ONE_C, fidelity, counts)[1] == pytest.approx(-20.0 * cell.ONE_C)
    volt, amp = at_once(of.VOLTAGE, 4.6, fidelity, counts)
    assert volt == 4.6
    assert -60.0 < amp < -5.0
