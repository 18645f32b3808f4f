"""Where salt runs out, where a voltage jumps far, and where a cell holds next to nothing: still a result or
a status.
"""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.kernels import status

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="time steps, interpreted")

# 6.3C drives the salt at the back of the negative electrode to nothing; the hold goes on at what diffuses
DEPLETED = {
    "parameters": "lfp-18650", "initial_soc": 0.06, "temperature": 54.0,
    "electrolyte.initial_concentration": 670.0, "negative.particle_radius": 0.06,
    "negative.diffusivity_factor": 0.143, "positive.diffusivity_factor": 2.6,
    "positive.exchange_current_density_factor": 0.41, "series.points": 0,
    "protocol": "Charge at 6.3C until 3.65 V; Hold at 3.65 V until C/20",
}  # fmt: skip
# at -4 degC through an interface of 100 ohm cm2 and more, 3C is at 5.7 V: the hold begins 1.5 V below
FAR = {
    "parameters": "semi-solid-360", "initial_soc": 0.990662, "temperature": -3.64669, "series.points": 0,
    "negative.diffusivity_factor": 1.86167, "positive.diffusivity_factor": 5.14052,
    "negative.exchange_current_density_factor": 0.204501,
    "positive.exchange_current_density_factor": 0.524049,
    "negative.particle_radius": 4.52356, "positive.particle_radius": 0.0487404,
    "electrolyte.initial_concentration": 1278.65, "negative.thickness": 21.8641,
    "positive.thickness": 28.2684,
    "protocol": "Charge at 3.161C until 4.2 V; Hold at 4.2 V until C/20",
}  # fmt: skip


def test_a_hold_goes_on_where_salt_has_run_out():
    """Newton's method knows how the diffusion potential answers to the current: hundreds of steps, not
    thousands, to the same charge at a hundredth of the tolerance.
    """
    coarse, fine = (em.run("battery.spme", DEPLETED | {"tolerance": tolerance}) for tolerance in (1e-4, 1e-6))
    for found in (coarse, fine):
        assert found.status == status.OK
        assert found.time_steps < 1000
    assert coarse.charged_capacity.item() == pytest.approx(fine.charged_capacity.item(), rel=1e-6)
    assert coarse.duration.item() == pytest.approx(fine.duration.item(), rel=1e-4)
    assert coarse.lithium_gained.item() == pytest.approx(0.0, abs=1e-10)


def test_it_does_so_as_the_resolved_cell_does():
    """The reaction being uniform, SPMe lacks only how it evens out: the hold is 5 % shorter."""
    single, resolved = (em.run(f"battery.{name}", DEPLETED) for name in ("spme", "dfn"))
    assert resolved.status == status.OK
    assert single.charged_capacity.item() == pytest.approx(resolved.charged_capacity.item(), rel=1e-3)
    assert single.duration.item() == pytest.approx(resolved.duration.item(), rel=0.1)


@pytest.mark.parametrize("fidelity", ["spm", "spme", "dfn"])
def test_a_far_jump_of_the_voltage_is_taken(fidelity):
    assert em.run(f"battery.{fidelity}", FAR).status == status.OK


def test_a_cell_that_holds_nothing_is_out_of_range():
    """The instant with which a step begins takes more than there is: -1e20 V is no voltage."""
    found = em.run("battery.spm", {"cell.electrode_pairs": 4.4e-35})
    assert found.status == status.OUT_OF_RANGE
    assert np.isnan(found.energy)
