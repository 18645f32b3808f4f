"""Energy of time steps, net and gross, against closed forms and the first law."""

import handmade as cell
import numpy as np
import pytest
from scipy.integrate import quad

from energymodels.kernels.battery.cell import energy
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

FIDELITIES = [(cell.SPM, (1, 1, 1)), (cell.SPME, (2, 2, 2)), (cell.DFN, (2, 2, 2))]


@jit
def whole(before, point, net, duration):
    return energy.gross(before, point, net, duration)


def point(volt, current):
    found = np.zeros(at.FIRST)
    found[at.V], found[at.I] = volt, current
    return found


@pytest.mark.parametrize(("i0", "i1"), [(2.0, -1.0), (-0.3, 5.0), (1e-9, -4.0)])
def test_gross_energy_where_the_current_turns(i0, i1):
    """The integral of |V I|, both straight."""

    def power(t):
        return abs((3.4 + 0.3 * t) * (i0 + (i1 - i0) * t))

    turn = i0 / (i0 - i1)
    expected = 10.0 * (quad(power, 0.0, turn)[0] + quad(power, turn, 1.0)[0])
    net = 10.0 * quad(lambda t: (3.4 + 0.3 * t) * (i0 + (i1 - i0) * t), 0.0, 1.0)[0]
    assert whole(point(3.4, i0), point(3.7, i1), net, 10.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("net", [4.0, -4.0])
def test_gross_energy_where_it_does_not_is_the_net(net):
    sign = np.sign(net)
    assert whole(point(3.4, sign), point(3.7, 2.0 * sign), net, 1.0) == 4.0
    assert whole(point(3.4, 0.0), point(3.7, 2.0 * sign), net, 1.0) == 4.0


@pytest.mark.parametrize("current", [2.0, -3.0])
def test_energy_of_a_constant_current(current):
    """The voltage is straight in the charge once the particles have settled; they take about a second."""
    found = cell.run([cell.step(of.CURRENT, current, end_time=900.0)], row=cell.rows(tolerance=1e-6))
    charge = 900.0 * current
    mean = cell.voltage(0.5 - 0.5 * charge / cell.CAPACITY, current)
    settling = 1.2 * cell.depletion(abs(current)) * abs(current) * 2.0  # V A s, at most
    assert found.out[to.ENERGY_DISCHARGED] == pytest.approx(mean * charge, abs=settling)
    assert found.out[to.ENERGY] == abs(found.out[to.ENERGY_DISCHARGED])


@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_first_law(fidelity, counts):
    """What the OCV gives is what comes out and what warms: there and back, until all is settled again."""
    program = [
        cell.step(of.CURRENT, 3.0, end_time=200.0), cell.step(of.VOLTAGE, 3.8, end_time=100.0),
        cell.step(of.CURRENT, 0.0, end_time=1000.0),
    ]  # fmt: skip
    found = cell.run(program, fidelity=fidelity, counts=counts, row=cell.rows(tolerance=1e-3))
    soc = 0.5 - found.out[to.CAPACITY_DISCHARGED] / cell.CAPACITY
    stored = 0.5 * (cell.ocv(0.5) + cell.ocv(soc)) * found.out[to.CAPACITY_DISCHARGED]
    lost = found.out[to.HEAT] + found.out[to.ENERGY_DISCHARGED] - stored
    if fidelity == cell.SPM:  # lithium that spreads within particles gives heat that is not counted
        lost += 1.2 * cell.depletion(3.0) * 3.0 * 200.0
    assert abs(lost) < 0.02 * found.out[to.HEAT] + 1.0
    assert found.out[to.HEAT] > 50.0


def test_rest_gives_nothing():
    found = cell.run([cell.step(of.CURRENT, 0.0, end_time=1e4)])
    assert found.out[to.ENERGY] == found.out[to.ENERGY_DISCHARGED] == 0.0


def test_energy_of_a_potential_that_bends():
    """A parabola within a step as long as the case: the integral of its cubic, not the trapezoid's."""
    curved = {of.U_P: cell.table(4.4, -1.2, 0.4)}
    current = 1.0
    found = cell.run([cell.step(of.CURRENT, current, end_time=3000.0)], changes=curved,
                     row=cell.rows(tolerance=1e-4, ocv_min=3.2, ocv_max=4.0, as_given=1.0, theta_n=0.6,
                                   theta_p=0.4))  # fmt: skip
    assert found.status == 0
    y = np.polynomial.Polynomial([0.4 + cell.depletion(current), current / cell.FULL])
    x = np.polynomial.Polynomial([0.6 - cell.depletion(current), -current / cell.FULL])
    volt = 4.4 - 1.2 * y + 0.4 * y**2 - 0.5 + 0.4 * x - 2.0 * cell.overpotential(current) - 0.02 * current
    total = volt.integ()(3000.0) * current
    assert found.out[to.ENERGY_DISCHARGED] == pytest.approx(total, rel=1e-5)
