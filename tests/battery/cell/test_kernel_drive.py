"""The entry of battery cells alone: cases side by side, sums over a case, and what is doubtful about it."""

import handmade as cell
import numpy as np
import pytest

from energymodels.kernels import status
from energymodels.kernels.battery.cell import drive, electrode
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit


@jit
def between(node, k, o):
    return electrode.means(node, k, o, False)


def test_sums_and_means_of_a_case():
    program = [cell.step(of.CURRENT, 3.0, end_time=30.0), cell.step(of.CURRENT, -1.0, end_time=60.0)]
    out = cell.run(program, row=cell.rows(lumped=1.0)).out
    assert out[to.CHARGED] == -out[to.CAPACITY_DISCHARGED] == pytest.approx(-30.0, rel=1e-9)
    assert out[to.MEAN_RATE] * cell.ONE_C == pytest.approx(150.0 / 90.0, rel=1e-9)
    assert out[to.PEAK_RATE] * cell.ONE_C == pytest.approx(3.0, rel=1e-9)
    assert out[to.HEAT_REJECTED] < out[to.HEAT]
    assert (out[to.LITHIUM_PLATED], out[to.LITHIUM_DEAD], out[to.LITHIUM_SEI]) == (0.0, 0.0, 0.0)


def test_a_case_does_not_know_its_neighbours():
    """One that fails, and the work arrays that another leaves behind, change no bit."""
    good, bad = cell.rows(soc=0.6), cell.rows(area=np.nan)
    rows = np.concatenate([good, bad, cell.rows(soc=0.2), good]).view(np.recarray)
    rows["steps"] = 1
    w, mesh, widths = cell.room()
    tables, index, _ = cell.material(cell.functions())
    out, codes = np.empty((to.SCALARS, 5))[:, :4], np.empty(4, dtype=np.int8)
    with np.errstate(all="ignore"):
        drive.solve(
            rows, w, mesh, tables, index[np.newaxis], widths,
            np.array([cell.step(of.CURRENT, 2.0, end_voltage=3.3)]), np.empty((0, 2)), cell.SPM, np.empty(0),
            np.empty((to.SERIES, 0, 0)), np.empty((0, 0, 6)), out, codes,
        )  # fmt: skip
    np.testing.assert_array_equal(codes, [status.OK, status.OUT_OF_RANGE, status.OK, status.OK])
    np.testing.assert_array_equal(out[:, 0], out[:, 3])
    assert np.isnan(out[:, 1]).all()
    assert out[to.DURATION, 2] < out[to.DURATION, 0]


def test_more_salt_than_the_functions_hold_for_is_said():
    pulse = [cell.step(of.CURRENT, 5.0, end_time=20.0)]
    settings = {"fidelity": cell.SPME, "counts": (2, 2, 2)}
    free = cell.run(pulse, row=cell.rows(tolerance=1e-3), **settings)
    tight = cell.run(pulse, row=cell.rows(tolerance=1e-3, most_salt=1010.0), **settings)
    assert free.out[to.VALIDITY] == 0.0
    assert tight.out[to.VALIDITY] == 1.0


def test_an_end_before_lithium_moved_is_said():
    """A voltage that is met in an instant, by what the outermost cell of a particle does."""
    row = cell.rows(constant_d_n=1e-16, constant_d_p=1e-16)
    found = cell.run([cell.step(of.CURRENT, 2.0, end_voltage=cell.ocv(0.5) - 0.065)], row=row)
    assert of.TERMINATIONS[int(found.out[to.TERMINATION])] == "end_voltage"
    assert found.out[to.VALIDITY] == 4.0


def test_transport_between_nodes():
    """Unlike layers in series; t+ straight between the nodes."""
    node = np.zeros((at.NODE, 2))
    node[at.DX] = 4e-6, 2e-6
    node[at.DIFFUSIVITY] = node[at.KAPPA] = 2.0, 3.0
    node[at.CHI], node[at.T_PLUS] = (0.1, 0.2), (0.3, 0.6)
    node[at.PART], node[at.PART_NEXT] = 1.0 / 3.0, 2.0 / 3.0
    kappa, _, _, chi, _, _, d, _, _, t, _, _, distance = between(node, 0, 1)
    assert distance == pytest.approx(3e-6, rel=1e-14)
    assert d == kappa == pytest.approx(2.0 / 3.0 + 3.0 * 2.0 / 3.0, rel=1e-13)
    assert chi == pytest.approx(3e-6 / (2e-6 / 0.1 + 1e-6 / 0.2), rel=1e-13)
    assert 0.3 < t < 0.6
    backwards = between(node, 1, 0)
    assert backwards[0] == pytest.approx(kappa, rel=1e-14)
