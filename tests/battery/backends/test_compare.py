"""``compare`` of batteries: the reference's mesh unless somebody chose one, and what the default mesh
changes.
"""

import numpy as np
import pytest
from comparison import compare
from numba.core import config

import energymodels as em

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole discharges take minutes interpreted")
VALUES = {"parameters": "Chen2020", "protocol": "Discharge at 2C until 2.5 V", "series.points": 11}


def test_the_mesh_is_that_of_the_reference():
    """Ours is the run with mesh=pybamm; what the default mesh gives, and by how much it differs, stand beside
    it.
    """
    entries = {entry["output"]: entry for entry in compare("battery.spme", VALUES)}
    theirs, own = (em.run("battery.spme", VALUES | {"mesh": mesh}) for mesh in ("pybamm", "default"))
    for name in ("capacity", "energy", "duration"):
        entry = entries[name]
        assert entry["setting"] == "mesh=pybamm"
        assert entry["ours"] == float(theirs[name])
        assert entry["own"] == float(own[name])
        assert entry["change"] == entry["own"] - entry["ours"] != 0.0
        assert abs(entry["ours"] - entry["reference"]) < 0.2 * abs(entry["change"])
        assert entry["within"]
    assert np.isnan([entries["voltage"]["own"], entries["termination"]["own"]]).all()


@pytest.mark.parametrize("mesh", ["default", "pybamm"])
def test_a_mesh_that_was_chosen_stays(mesh):
    entries = compare("battery.spme", VALUES | {"mesh": mesh})
    mine = em.run("battery.spme", VALUES | {"mesh": mesh})
    for entry in entries:
        assert entry["setting"] == ""
        assert np.isnan([entry["own"], entry["change"]]).all()
        if entry["output"] == "capacity":
            assert entry["ours"] == float(mine.capacity)


def test_what_is_said_on_the_command_line(cli):
    words = ("-p", "parameters=Chen2020", "-p", "protocol=Discharge at 1C for 60 s")
    said = cli("compare", "battery.spm", *words).stdout
    assert (
        "with mesh=pybamm, as the reference has it; -p mesh=default compares the default instead, which "
        "changes:" in said
    )
    assert said.count("negative_potential_min") == 2
    # 12 mV off in the first seconds
    chosen = cli("compare", "battery.spm", *words, "-p", "mesh=default", status=1).stdout
    assert "mesh" not in chosen
    assert chosen.count("negative_potential_min") == 1
