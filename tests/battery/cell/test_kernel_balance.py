"""The balance of a whole cell: states of charge, capacities and lithium of electrodes that are not alike."""

import handmade as cell
import pytest

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY

UNLIKE = {"thickness_n": 70e-6, "thickness_p": 60e-6, "active_p": 0.5, "c_max_p": 40000.0, "area": 0.2}


NAMES = {"x": at.THETA_N, "y": at.THETA_P, "n": at.CHARGE_N, "p": at.CHARGE_P, "cell": at.CELL, "soc": at.SOC}


def stand(changes=None, **values):
    """Return (found, memory by the names used here) of a cell that runs no step."""
    found = cell.run([], row=cell.rows(**values), changes=changes)
    return found.status == 0, {name: found.work.memory[place] for name, place in NAMES.items()}


def test_charge_of_electrodes():
    good, found = stand(**UNLIKE)
    assert good
    assert found["n"] == pytest.approx(FARADAY * 0.6 * 70e-6 * 0.2 * 30000.0, rel=1e-14)
    assert found["p"] == pytest.approx(FARADAY * 0.5 * 60e-6 * 0.2 * 40000.0, rel=1e-14)


@pytest.mark.parametrize("soc", [0.0, 0.25, 1.0])
def test_stoichiometries_meet_the_limits_and_keep_the_lithium(soc):
    good, found = stand(soc=soc, **UNLIKE)
    assert good
    lithium = 0.1 * found["n"] + 0.9 * found["p"]
    assert found["x"] * found["n"] + found["y"] * found["p"] == pytest.approx(lithium, rel=1e-12)
    volt = 4.4 - 0.8 * found["y"] - 0.5 + 0.4 * found["x"]
    if soc in (0.0, 1.0):
        assert volt == pytest.approx(4.18 if soc else 3.22, rel=1e-12)
    slope = 0.8 * found["n"] / found["p"] + 0.4  # of the OCV by x
    assert found["cell"] == pytest.approx(0.96 / slope * found["n"], rel=1e-11)
    assert volt == pytest.approx(3.22 + 0.96 * soc, rel=1e-12)  # straight potentials


def test_a_voltage_to_start_from_is_a_state_of_charge():
    good, found = stand(start_voltage=3.7, **UNLIKE)
    assert good
    assert found["soc"] == pytest.approx(0.5, rel=1e-11)
    same = stand(soc=found["soc"], **UNLIKE)[1]
    assert same["x"] == pytest.approx(found["x"], rel=1e-11)


@pytest.mark.parametrize("dt", [-25.0, 30.0])
def test_entropy_shifts_the_voltage_and_not_the_capacity(dt):
    changes = {of.DUDT_N: cell.table(1e-4, -2e-4), of.DUDT_P: cell.table(-2e-4, 1e-4)}
    good, found = stand(changes, start_voltage=3.8, temperature=cell.TEMPERATURE + dt)
    cold = stand(None, start_voltage=3.8)[1]
    assert good
    x, y = found["x"], found["y"]
    volt = 4.4 - 0.8 * y + dt * (-2e-4 + 1e-4 * y) - (0.5 - 0.4 * x + dt * (1e-4 - 2e-4 * x))
    assert volt == pytest.approx(3.8, rel=1e-12)
    assert found["cell"] == cold["cell"]
    assert found["x"] != cold["x"]


def test_as_given_need_not_lie_between_the_limits():
    good, found = stand(as_given=1.0, theta_n=0.05, theta_p=0.95)
    assert good
    assert found["soc"] == pytest.approx(-0.0625, rel=1e-11)
    assert (found["x"], found["y"]) == (0.05, 0.95)


@pytest.mark.parametrize("values", [{"ocv_max": 5.0}, {"ocv_min": 2.0}, {"start_voltage": 1.0}])
def test_voltages_out_of_reach_are_said(values):
    assert not stand(**values)[0]
