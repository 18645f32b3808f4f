"""How much lithium a cell holds: by hand, and that it stays."""

import handmade as cell
import numpy as np
import pytest

from energymodels.battery.cell.mesh import radial_mesh
from energymodels.kernels.battery.cell import inventory, particle
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import jit

FIDELITIES = [(cell.SPM, (1, 1, 1)), (cell.SPME, (3, 2, 3)), (cell.DFN, (3, 2, 3))]
FALLING = {of.D_N: cell.table(2e-12, -1e-12), of.D_P: cell.table(3e-12, -2e-12)}
VARYING = {"constant_d_n": np.nan, "constant_d_p": np.nan}


@jit
def held(node, radial, profiles, first, n, start, modes):
    return inventory.of_particles(node, radial, profiles, first, n, start, modes)


@pytest.mark.parametrize("modes", [True, False])
def test_particles_hold_their_mean(modes):
    """Volume means of a profile, or the first of its modes, times the widths of the nodes."""
    rng = np.random.default_rng(2)
    radial, cells, n = radial_mesh(6, 2.5, steady=True), 6, 3
    theta = rng.uniform(0.2, 0.8, (cells, n))
    node = np.zeros((at.NODE, 5))
    node[at.DX] = rng.uniform(1.0, 2.0, 5)
    profiles = np.concatenate([np.full(4, np.nan), theta.ravel()])
    mean = theta[0] if modes else 3.0 * radial[particle.VOLUME] @ theta
    found = held(node, radial, profiles, 2, n, 4, modes)
    assert found == pytest.approx(mean @ node[at.DX, 2:], rel=1e-13)


@pytest.mark.parametrize("varying", [False, True])
@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_lithium_of_a_cell_at_rest(fidelity, counts, varying):
    """F (theta c_max active L of both electrodes + porosity L c_e of all layers) A."""
    row = cell.rows(thickness_n=70e-6, soc=0.2, **(VARYING if varying else {}))
    found = cell.run([], row=row, fidelity=fidelity, counts=counts, changes=FALLING if varying else None)
    solid = 0.6 * 30000.0 * (0.1 * 70e-6 + 0.9 * 50e-6)
    salt = 1000.0 * (0.3 * 70e-6 + 0.5 * 20e-6 + 0.3 * 50e-6)
    assert found.work.memory[at.LITHIUM] == pytest.approx(0.1 * FARADAY * (solid + salt), rel=1e-12)


@pytest.mark.parametrize("varying", [False, True])
@pytest.mark.parametrize(("fidelity", "counts"), FIDELITIES)
def test_lithium_is_kept(fidelity, counts, varying):
    """Out and in, at a current and at a voltage, however diffusion goes."""
    program = [
        cell.step(of.CURRENT, 4.0, end_time=20.0), cell.step(of.CURRENT, -2.0, end_time=10.0),
        cell.step(of.VOLTAGE, 3.9, end_time=20.0),
    ]  # fmt: skip
    row = cell.rows(tolerance=1e-3, **(VARYING if varying else {}))
    found = cell.run(program, row=row, fidelity=fidelity, counts=counts, changes=FALLING if varying else None)
    assert found.status == 0
    assert abs(found.out[to.LITHIUM_GAINED]) < 1e-11
