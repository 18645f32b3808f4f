"""A cell at rest: where it stands, and that it stays there."""

import handmade as cell
import numpy as np
import pytest

from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import start
from energymodels.kernels.battery.cell import work as at

FIDELITIES = [(cell.SPM, (1, 1, 1)), (cell.SPME, (3, 2, 3)), (cell.DFN, (3, 2, 3))]
COUNTS = (3, 2, 4)


def at_rest(fidelity=cell.SPM, counts=(1, 1, 1), profiles=(), changes=None, **values):
    """Return (what a case that runs no step begins with, its point)."""
    row = cell.rows(**values)
    found = cell.run([], row=row, fidelity=fidelity, counts=counts, profiles=profiles, changes=changes)
    return found, found.work.points[0]


@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
@pytest.mark.parametrize("soc", [0.0, 0.37, 1.0])
def test_state_of_charge(fidelity, counts, soc):
    found, point = at_rest(fidelity, counts, soc=soc)
    assert found.status == 0
    assert point[at.V] == pytest.approx(cell.ocv(soc), rel=1e-12)
    assert point[at.I] == 0.0
    assert point[at.T] == cell.TEMPERATURE
    n, nodes = counts[0], sum(counts)
    salt, surface = np.split(point[at.FIRST : at.FIRST + 2 * nodes], 2)
    np.testing.assert_array_equal(salt, 1000.0)
    np.testing.assert_allclose(surface[:n], 0.1 + 0.8 * soc, rtol=1e-12)
    np.testing.assert_allclose(surface[n + counts[1] :], 0.9 - 0.8 * soc, rtol=1e-12)
    assert found.out[to.CELL_CAPACITY] == pytest.approx(cell.CAPACITY, rel=1e-12)
    assert found.out[to.CAPACITY] == found.out[to.DURATION] == found.out[to.HEAT] == 0.0


@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_a_cell_at_rest_stays_as_it_is(fidelity, counts):
    found = cell.run([cell.step(of.CURRENT, 0.0, end_time=3600.0)], fidelity=fidelity, counts=counts)
    assert found.out[to.TERMINATION] == of.TERMINATIONS.index("end_time")
    point = found.work.points[found.work.now[at.HEAD]]
    assert point[at.V] == pytest.approx(3.7, abs=1e-9)
    assert abs(found.out[to.CAPACITY]) < 1e-9
    assert abs(found.out[to.HEAT]) < 1e-9
    assert abs(found.out[to.LITHIUM_GAINED]) < 1e-13


def test_start_at_a_voltage():
    found, point = at_rest(start_voltage=3.9, soc=0.1)
    assert point[at.V] == pytest.approx(3.9, rel=1e-12)
    assert found.work.memory[at.SOC] == pytest.approx((3.9 - 3.22) / 0.96, rel=1e-12)


def test_start_as_given():
    """The stoichiometries themselves, whatever the state of charge says."""
    found, point = at_rest(as_given=1.0, theta_n=0.3, theta_p=0.7, soc=0.9)
    assert point[at.V] == pytest.approx(3.1 + 1.2 * 0.3, rel=1e-12)
    assert found.work.memory[at.SOC] == pytest.approx(0.25, rel=1e-12)


def test_start_at_a_voltage_when_warm():
    """The cell is 20 K warmer than where states of charge count; its OCV there is what is met."""
    changes = {of.DUDT_N: cell.constant(0.0), of.DUDT_P: cell.constant(-1e-4)}
    found, point = at_rest(start_voltage=3.9, temperature=cell.TEMPERATURE + 20.0, changes=changes)
    assert point[at.V] == pytest.approx(3.9, rel=1e-12)
    assert found.work.memory[at.SOC] == pytest.approx((3.902 - 3.22) / 0.96, rel=1e-12)


@pytest.mark.parametrize("values", [
    {"area": np.nan}, {"area": 0.0}, {"ocv_max": 9.0}, {"ocv_min": -9.0}, {"start_voltage": 9.0},
    {"theta_n": 0.9, "theta_p": 0.99},
])  # fmt: skip
def test_what_cannot_be_is_out_of_range(values):
    found, _ = at_rest(**values)
    assert found.status == status.OUT_OF_RANGE
    assert np.isnan(found.out).all()


def test_temperature_at_the_start():
    """That of the surroundings, unless a cell that keeps its own begins elsewhere."""
    profile = [(0.0, 280.0), (100.0, 320.0)]
    assert at_rest(first_temperature=310.0)[1][at.T] == cell.TEMPERATURE
    assert at_rest(first_temperature=310.0, lumped=1.0)[1][at.T] == 310.0
    assert at_rest(lumped=1.0)[1][at.T] == cell.TEMPERATURE
    assert at_rest(warmths=2, profiles=profile)[1][at.T] == 280.0
    assert at_rest(warmths=2, profiles=profile, lumped=1.0, first_temperature=300.0)[1][at.T] == 300.0


def test_nodes_carry_widths_and_transport():
    """PART and PART_NEXT make the mean of two nodes one of resistances in series."""
    w = at_rest(cell.DFN, COUNTS)[0].work
    dx, share, pores = w.node[at.DX], w.node[at.SHARE], w.node[at.EFFICIENCY]
    ends = np.cumsum(COUNTS)
    for part, length in zip(np.split(dx, ends[:2]), (50e-6, 20e-6, 50e-6), strict=True):
        assert part.sum() == pytest.approx(length, rel=1e-14)
    assert share[:3].sum() == pytest.approx(1.0, rel=1e-14)
    assert share[5:].sum() == pytest.approx(-1.0, rel=1e-14)
    np.testing.assert_array_equal(share[3:5], 0.0)
    near = w.node[at.PART, :-1] * pores[:-1]
    far = w.node[at.PART_NEXT, :-1] * pores[1:]
    series = 0.5 * (dx[:-1] + dx[1:]) / (0.5 * dx[:-1] / pores[:-1] + 0.5 * dx[1:] / pores[1:])
    np.testing.assert_allclose(near + far, series, rtol=1e-13)
    np.testing.assert_allclose(w.node[at.PART, :2], 0.5, rtol=1e-13)


@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_profiles_are_flat(fidelity, counts):
    """Every cell of a particle, or of its modes the mean alone."""
    n = counts[0] if fidelity == cell.DFN else 1
    p = counts[2] if fidelity == cell.DFN else 1
    by_mode = at_rest(fidelity, counts)[0].work.profiles[0]
    falling = {of.D_N: cell.table(2e-12, -1e-12), of.D_P: cell.table(2e-12, -1e-12)}
    open_ = {"constant_d_n": np.nan, "constant_d_p": np.nan}
    by_cell = at_rest(fidelity, counts, changes=falling, **open_)[0].work.profiles[0]
    for many, first, theta in ((n, 0, 0.5), (p, 6 * n, 0.5)):
        expected = np.repeat([theta, 0.0], [many, 5 * many])
        np.testing.assert_allclose(by_mode[first : first + 6 * many], expected, rtol=1e-12)
        np.testing.assert_allclose(by_cell[first : first + 6 * many], theta, rtol=1e-12)


@pytest.mark.parametrize(("apart", "counts"), [(0.5, True), (5.0, False)])
def test_a_start_at_ten_percent_is_counted_from(apart, counts):
    """The time from 10 to 80 % begins at once where the cell begins there, but for round-off."""
    program = [cell.step(of.CURRENT, -cell.ONE_C, end_soc=0.85)]
    found = cell.run(program, row=cell.rows(soc=0.1 + apart * start.EXACTLY))
    assert bool(np.isfinite(found.out[to.TIME_10_TO_80])) is counts
    if counts:
        assert found.out[to.TIME_10_TO_80] == pytest.approx(0.7 * 3600.0, rel=1e-6)
