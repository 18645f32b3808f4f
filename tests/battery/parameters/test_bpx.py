"""BPX files as they are published: state, rounding, single-particle files, what is not used, and slips that
are remarked upon.
"""

import copy
import json
import warnings

import numpy as np
import pytest
from comparison import compare
from numba.core import config

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.errors import EndWarning, InputError, ProvenanceWarning
from energymodels.kernels.battery.cell import layout

compiled = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole discharges take minutes interpreted")
PARTICLE = {
    "Thickness [m]": 5.62e-5, "Particle radius [m]": 4.12e-6, "Surface area per unit volume [m-1]": 499522,
    "Diffusivity [m2.s-1]": 2.728e-14, "Maximum concentration [mol.m-3]": 29730.0,
    "Minimum stoichiometry": 0.005504, "Maximum stoichiometry": 0.75668,
    "Reaction rate constant [mol.m-2.s-1]": 5.199e-6,
    "OCP [V]": "0.1 + 0.8 * exp(-30 * x) + 0.1 * (1 - x) - 0.02 * tanh((x - 0.5) / 0.03)",
    "Entropic change coefficient [V.K-1]": -0.0001,
}  # fmt: skip
OTHER = {
    "Thickness [m]": 5.23e-5, "Particle radius [m]": 4.6e-6, "Surface area per unit volume [m-1]": 432072,
    "Diffusivity [m2.s-1]": 3.2e-14, "Maximum concentration [mol.m-3]": 46200.0,
    "Minimum stoichiometry": 0.42424, "Maximum stoichiometry": 0.96210,
    "Reaction rate constant [mol.m-2.s-1]": 2.305e-5,
    "OCP [V]": {"x": [0.3, 0.42424, 0.6, 0.8, 0.9621, 1.0], "y": [4.45, 4.29, 3.95, 3.75, 3.6228, 3.0]},
    "Entropic change coefficient [V.K-1]": -0.0001,
}  # fmt: skip
POROUS = {"Porosity": 0.253991, "Transport efficiency": 0.128, "Conductivity [S.m-1]": 0.222}
SPM = {  # keys and layout of the standard's example of a single-particle model
    "Header": {"BPX": "1.1.0", "Title": "A single-particle cell", "Model": "SPM"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.016808,
            "Number of electrode pairs connected in parallel to make a cell": 34,
            "Lower voltage cut-off [V]": 2.7, "Upper voltage cut-off [V]": 4.2,
            "Nominal cell capacity [A.h]": 12.5,
            "Reference temperature [K]": 298.15, "External surface area [m2]": 3.78e-2,
            "Volume [m3]": 1.27e-4,
            "Density [kg.m-3]": 1847, "Specific heat capacity [J.K-1.kg-1]": 913,
        },
        "Negative electrode": PARTICLE,
        "Positive electrode": OTHER,
    },
}  # fmt: skip
DFN = copy.deepcopy(SPM)
DFN["Header"]["Model"] = "DFN"
DFN["Parameterisation"] |= {
    "Electrolyte": {
        "Cation transference number": 0.2594,
        "Conductivity [S.m-1]": "0.1297 * (x / 1000) ** 3 - 2.51 * (x / 1000) ** 1.5 + 3.329 * (x / 1000)",
        "Diffusivity [m2.s-1]": 3e-10,
    },
    "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.47, "Transport efficiency": 0.3222},
    "Negative electrode": PARTICLE | POROUS, "Positive electrode": OTHER | POROUS,
}  # fmt: skip
STATE = {
    "Initial conditions": {
        "Initial state-of-charge": 0.4, "Initial temperature [K]": 283.15,
        "Initial electrolyte concentration [mol.m-3]": 1000,
        "Initial hysteresis state: Negative electrode": 1.0,
    },
    "Thermal environment": {"Ambient temperature [K]": 278.15, "Heat transfer coefficient [W.m-2.K-1]": 10.0},
}  # fmt: skip


def changed(base, **sections):
    """Return a file's content with other entries, by section with _ for blanks."""
    content = copy.deepcopy(base)
    for section, entries in sections.items():
        place = content if section in ("State", "Validation", "Header") else content["Parameterisation"]
        title = section.replace("_", " ").replace("User defined", "User-defined")
        place[title] = place.get(title, {}) | copy.deepcopy(entries)
    return content


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a BPX file and gives its path."""

    def write(content, name="cell.json"):
        path = tmp_path / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def said(model, values):
    """Return (result, everything that was said about the run)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = em.run(model, values)
    return ds, [str(w.message) for w in caught if w.category in (ProvenanceWarning, EndWarning)]


# the state


@compiled
def test_state_is_where_a_run_starts(written):
    """State of charge, temperature of the surroundings and of the cell; a field goes before each."""
    file = written(changed(DFN, State=STATE))
    values = {
        "parameters": file,
        "protocol": "Discharge at 1C for 60 s",
        "thermal": "lumped",
        "series.points": 3,
    }
    ds, words = said("battery.spme", values)
    assert ds.state_of_charge[0] == pytest.approx(0.4, abs=1e-9)
    assert ds.cell_temperature[0] == pytest.approx(10.0, abs=1e-6)
    assert any(
        "SOC of 0.4 and 5 degC ambient temperature and 10 degC initial cell temperature, as the State" in word
        for word in words
    )
    assert any("Initial hysteresis state: Negative electrode: not used" in word for word in words)
    for word in words:
        assert word in ds.attrs["comment"]
    cold = em.run("battery.spme", values | {"thermal": "isothermal"})
    assert cold.cell_temperature.values == pytest.approx([5.0, 5.0, 5.0])
    other = em.run(
        "battery.spme", values | {"initial_soc": 0.9, "temperature": 30.0, "initial_temperature": 40.0}
    )
    assert float(other.state_of_charge[0]) == pytest.approx(0.9, abs=1e-9)
    assert float(other.cell_temperature[0]) == pytest.approx(40.0, abs=1e-6)
    both = em.run("battery.spme", values | {"temperature": 30.0})
    assert float(both.cell_temperature[0]) == pytest.approx(30.0, abs=1e-6)


@compiled
def test_state_is_that_of_pybamm(written):
    """PyBaMM's lumped cell of the same file, started as the file says, at the same voltages."""

    values = {
        "parameters": written(changed(DFN, State=STATE)), "protocol": "Discharge at 1C for 10 min",
        "thermal": "lumped",
        "series.points": 21, "tolerance": 1e-6,
    }  # fmt: skip
    entries = {entry["output"]: entry for entry in compare("battery.spme", values)}
    assert all(entry["within"] for entry in entries.values())
    assert entries["temperature_max"]["reference"] == pytest.approx(
        entries["temperature_max"]["ours"], abs=0.02
    )


def test_state_of_charge_out_of_range(written):
    content = changed(DFN, State=STATE)
    content["State"]["Initial conditions"]["Initial state-of-charge"] = 40.0
    with pytest.raises(InputError, match=r"initial_soc = 40\.0: allowed from 0 to 1"):
        parameter_set(written(content))


def test_state_in_degrees_where_kelvin_is_meant(written):
    content = changed(DFN, State=STATE)
    content["State"]["Initial conditions"]["Initial temperature [K]"] = 25.0
    with pytest.raises(
        InputError,
        match=r"Initial temperature = 25\.0 K: allowed from 213.15 to 423.15 K "
        r"\(in degC\?\)",
    ):
        parameter_set(written(content))


def test_version_0_has_the_state_it_gives(written):
    """What the conversion makes up, a state of charge of 1 and the reference temperature, is no state."""
    old = copy.deepcopy(DFN)
    old["Header"]["BPX"] = 0.4
    bare = parameter_set(written(old)).scalars
    assert not {"initial_soc", "temperature", "initial_temperature"} & bare.keys()
    old["Parameterisation"]["Cell"] |= {"Ambient temperature [K]": 288.15, "Initial temperature [K]": 293.15}
    found = parameter_set(written(old, "old.json")).scalars
    assert (found["temperature"], found["initial_temperature"]) == (15.0, 20.0)
    assert "initial_soc" not in found


# rounding


@compiled
def test_pores_and_material_that_round_to_more_than_all(written):
    """1 + 1.6e-7 is what printed digits leave; 1 + 1e-5 is a slip."""
    area = PARTICLE["Surface area per unit volume [m-1]"]
    active = area * PARTICLE["Particle radius [m]"] / 3.0
    values = {"protocol": "Discharge at 1C for 60 s", "series.points": 0}
    whole = changed(DFN, Negative_electrode={"Porosity": 1.0 + 1.6e-7 - active})
    assert em.run("battery.spme", values | {"parameters": written(whole)}).status == 0
    over = changed(DFN, Negative_electrode={"Porosity": 1.0 + 1e-5 - active})
    with pytest.raises(InputError, match="add up to more than 1"):
        em.run("battery.spme", values | {"parameters": written(over, "over.json")})


# single-particle files


@compiled
def test_single_particle_file(written):
    """It runs in battery.spm as the file of the whole cell does, whose electrolyte that model
    does not see.
    """
    values = {
        "protocol": "Discharge at 1C until 2.7 V; Rest for 10 minutes; Charge at 1C until 4.2 V",
        "series.points": 51,
    }
    alone, words = said("battery.spm", values | {"parameters": written(SPM)})
    whole = em.run("battery.spm", values | {"parameters": written(DFN, "whole.json")})
    assert float(alone.capacity) > 10.0
    for name in ("capacity", "duration", "energy", "negative_potential_min"):
        assert float(alone[name]) == pytest.approx(float(whole[name]), rel=1e-12), name
    assert not any("1000 mol m-3" in word for word in words)
    for model in ("battery.spme", "battery.dfn"):
        with pytest.raises(InputError, match=r"of a single-particle model: battery\.spm"):
            em.run(model, values | {"parameters": written(SPM)})


@compiled
def test_single_particle_file_in_pybamm(written):

    values = {
        "parameters": written(SPM),
        "protocol": "Discharge at 1C until 2.7 V",
        "series.points": 21,
        "tolerance": 1e-6,
    }
    assert all(entry["within"] for entry in compare("battery.spm", values))


def test_single_particle_header_of_a_whole_cell(written):
    content = changed(DFN, Header={"Model": "SPM"})
    found = parameter_set(written(content))
    assert "electrolyte" not in found.refused
    assert "its model is SPM, but it gives the whole cell, which is used" in found.notes


# what is not used, and slips


def test_what_is_not_used_is_named(written):
    content = changed(
        DFN,
        Negative_electrode={
            "OCP (lithiation) [V]": 0.1, "OCP (delithiation) [V]": 0.2, "OCP hysteresis decay constant": 0.01,
        },
        User_defined={"Negative electrode double layer capacity [F.m-2]": 0.2,
        "SEI": {"Thickness [m]": 1e-9}},
        State={"Degradation": {"LLI": 0.0, "LAM: Positive electrode": 0.0, "LAM: Negative electrode": 0.0}},
        Validation={"C/20 discharge": {"Time [s]": [0, 1], "Current [A]": [-1, -1],
        "Voltage [V]": [4.2, 4.1]}},
    )  # fmt: skip
    notes = "; ".join(parameter_set(written(content)).notes)
    for words in (
        "OCP (lithiation) [V] is not used", "OCP (delithiation) [V] is not used", "OCP hysteresis decay "
                                                                                  "constant is not used",
        "double layer "
        "capacity [F.m-2] is not used", "SEI is not used", "State / Degradation / LLI", "C/20 discharge",
    ):  # fmt: skip
        assert words in notes, words


@pytest.mark.parametrize(("entries", "words"), [
    ({"Negative_electrode": {"Minimum stoichiometry": 0.75668, "Maximum stoichiometry": 0.005504}},
    "negative.minimum.*swapped"),
    ({"Positive_electrode": {"Minimum stoichiometry": 0.9621, "Maximum stoichiometry": 0.42424}},
    "positive.minimum.*swapped"),
    ({"Positive_electrode": {"Entropic change coefficient [V.K-1]": -0.1}},
    "positive.entropic_change reaches 0.1 V K-1"),
    ({"Negative_electrode": {"Entropic change coefficient [V.K-1]": "0.2 * (x - 0.5)"}},
    "negative.entropic_change reaches 0.09"),
    ({"Separator": {"Thickness [m]": 20.0}}, "separator.thickness = 20 m is unusual"),
    ({"Positive_electrode": {"Diffusivity [m2.s-1]": 3.2e-6}}, "positive.diffusivity is about 3.2e-06"),
])  # fmt: skip
def test_slips_are_remarked_upon(written, entries, words):
    import re

    found = parameter_set(written(changed(DFN, **entries)))
    assert any(re.search(words, note) for note in found.notes)


def test_no_slip_no_remark(written):
    assert parameter_set(
        written(changed(DFN, State={"Initial conditions": STATE["Initial conditions"]}))
    ).notes == ("State / Initial conditions / Initial hysteresis state: Negative electrode: not used",)


@pytest.mark.parametrize("name", ["lfp-18650", "lfp-4c", "nmc811-sic", "semi-solid-360"])
def test_bundled_cells_are_usual(name):
    assert not any(
        "unusual" in note or "swapped" in note or "reaches" in note for note in parameter_set(name).notes
    )


def test_a_set_knows_its_temperatures():
    """Those of the tables over temperature; a set whose functions have none has no such limit."""
    assert parameter_set("lfp-18650").temperatures == pytest.approx((233.15, 373.15))
    found = parameter_set("Prada2013")
    varying = [f for f in range(layout.FUNCTIONS) if (found.index[f, 2::2] != 0).any()]
    assert (found.temperatures == (0.0, np.inf)) == (not varying)
