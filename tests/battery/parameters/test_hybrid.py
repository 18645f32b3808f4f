"""Solid electrolyte beside the liquid, layers in series, designs as geometry, and the ranges of a set."""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.battery.cell import built
from energymodels.battery.design.geometry import design_columns, electrochemical
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.errors import InputError
from energymodels.core.sweep import solve
from energymodels.kernels.constants import GAS

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole charges take minutes interpreted")
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")
SOLID = {"electrolyte.solid_conductivity": 0.3, "electrolyte.solid_activation_energy": 3e4}


def voltage(model, values, time=600.0):
    values = {"series.end": 3000.0, "series.points": 301, "protocol": "Discharge at 1C"} | values
    ds = em.run(model, values)
    assert int(ds.status) == 0
    return float(np.interp(time, ds.time, ds.voltage))


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize("temperature", [25.0, 45.0])
def test_interface_resistance_is_in_series(model, temperature):
    """V falls by I R/A, R that of Arrhenius' law, and nothing else changes."""
    layer = {"cell.interface_resistance": 20.0, "cell.interface_activation_energy": 4e4}
    with_it, without = (voltage(model, {"temperature": temperature} | extra) for extra in (layer, {}))
    resistance = 20e-4 * np.exp(4e4 / GAS * (1.0 / (273.15 + temperature) - 1.0 / 298.15))
    assert without - with_it == pytest.approx(2.0 / 0.08959998 * resistance, rel=1e-6)


@pytest.mark.parametrize("model", FIDELITIES[1:])
def test_all_liquid_has_no_solid(model):
    assert voltage(model, SOLID | {"electrolyte.liquid_fraction": 1.0}) == voltage(model, {})


def test_single_ion_conductors_need_no_salt():
    """With next to no liquid the solid carries the current with t+ = 1: no salt moves, and the DFN's ohmic
    drop is I L/kappa.
    """
    few = {
        "electrolyte.liquid_fraction": 1e-3,
        "electrolyte.solid_conductivity": 1.0,
        "electrolyte.solid_activation_energy": 0.0,
    }
    ds = em.sweep("battery.dfn", {}, few | {"protocol": "Discharge at 0.5C for 10 min"},
                  keep=["electrolyte_concentration", "ohmic_overpotential",
                  "electrolyte_overpotential"])  # fmt: skip
    assert np.nanmax(np.abs(ds.electrolyte_concentration / 1000.0 - 1.0)) < 0.2
    assert abs(float(ds.electrolyte_overpotential[50])) < 1e-4
    # against the same cell whose liquid has that conductivity and transference number
    same = {"electrolyte.conductivity": 1.0 * (1.0 - 1e-3) ** 1.5, "electrolyte.transference_number": 0.999}
    other = em.sweep(
        "battery.dfn", {}, same | {"protocol": "Discharge at 0.5C for 10 min"}, keep=["ohmic_overpotential"]
    )
    assert float(ds.ohmic_overpotential[50]) == pytest.approx(float(other.ohmic_overpotential[50]), rel=5e-3)


@pytest.mark.parametrize("model", FIDELITIES[1:])
def test_less_liquid_charges_slower(model):
    values = {
        "protocol": "Charge at limits until 80% SOC or until C/20",
        "temperature": 45.0,
        "series.points": 0,
    }
    ds = em.sweep(
        "battery-semi-solid-360", {"electrolyte.liquid_fraction": [0.5, 0.7, 0.9]}, values | {"model": model}
    )
    assert (ds.status == 0).all()
    time = ds.time_10_to_80.values
    assert time[0] > time[1] > time[2]


@pytest.mark.parametrize("model", FIDELITIES[1:])
def test_salt_does_not_run_dry_at_the_limits(model):
    """A thick cell that would run dry: every case of its ranges is solved."""
    values = {
        "protocol": "Charge at limits until 80% SOC or until C/20",
        "limits.c_rate": 8.0,
        "series.points": 0,
        "model": model,
    }
    found = solve("battery-semi-solid-360", {}, values, sets="all")
    assert (found.status == 0).mean() > 0.95


# designs


def test_design_gives_the_geometry():
    """Mass and energy are the design's, geometry reaches the cell, and a field of the cell goes before it."""
    values = {"cell_design": "design-shenxing-4c", "protocol": "Discharge at C/5", "series.points": 0}
    plain = em.run("battery.spme", values)
    design = em.run("design-shenxing-4c")
    for name in ("mass", "specific_energy", "energy_density"):
        assert plain[name].item() == pytest.approx(design[name].item(), rel=1e-12)
    given = electrochemical(design_columns("design-shenxing-4c"))
    charge = {
        path: float(value)
        for path, value in given.items()
        if np.isfinite(value) and path != "cell.heat_capacity"
    }
    empty = built.empty("lfp-18650")
    most = {
        side: parameter_set("lfp-18650").scalars[f"{side}.maximum_concentration"]
        for side in ("negative", "positive")
    }
    charge |= {f"{side}.initial_concentration": empty[i] * most[side] for i, side in enumerate(most)}
    of = parameter_set("lfp-18650").scalars
    charge |= {
        f"{layer}.transport_efficiency": of[f"{layer}.transport_efficiency"]
        * (charge[f"{layer}.porosity"] / of[f"{layer}.porosity"]) ** 1.5
        for layer in ("negative", "separator", "positive")
    }
    same = em.run("battery.spme", charge | {"protocol": "Discharge at C/5", "series.points": 0})
    assert plain.capacity.item() == pytest.approx(same.capacity.item(), rel=1e-9)
    thick = em.run("battery.spme", values | {"negative.thickness": 100.0})
    assert thick.mass.item() == plain.mass.item()
    assert thick.cell_capacity.item() != plain.cell_capacity.item()


def test_thicker_electrodes_gain_energy_and_lose_rate_in_one_sweep():
    values = {"cell_design": "design-shenxing-4c", "protocol": "Charge at limits until 80% SOC or until C/50",
    "temperature": 40.0,
              "series.points": 0}  # fmt: skip
    ds = em.sweep("battery.spme", {"design.positive.areal_capacity": [1.5, 2.5, 3.5]}, values)
    assert (np.diff(ds.specific_energy) > 0.0).all()
    assert (np.diff(ds.time_10_to_80) > 0.0).all()


def test_designs_sweep_as_texts():
    ds = em.sweep("battery.spm", {"cell_design": ["design-shenxing-4c", "design-blade-135"]},
                  {"protocol": "Discharge at 1C", "series.points": 0})  # fmt: skip
    for i, name in enumerate(("design-shenxing-4c", "design-blade-135")):
        assert ds.mass.values[i] == pytest.approx(em.run(name).mass.item(), rel=1e-12)


def test_wrong_designs():
    with pytest.raises(InputError, match="did you mean design-shenxing-4c"):
        em.run("battery.spm", {"cell_design": "design-shenxing-4"})
    with pytest.raises(InputError, match=r"design\.positive\.areal_capacity"):
        em.run("battery.spm", {"cell_design": "design-shenxing-4c", "design.positive.areal_capacity": -1.0})
    with pytest.raises(InputError, match="unknown field"):
        em.run("battery.spm", {"design.positive.areal_capacity": 2.0})
    with pytest.raises(InputError, match=r"not of battery\.design"):
        em.run("battery.spm", {"cell_design": "battery-lfp-18650"})


def test_empty_cells_are_those_of_the_set():
    """The stoichiometries that the bundled set gives for its empty cell."""
    negative, positive = built.empty("lfp-18650")
    assert negative == pytest.approx(0.0016261, abs=1e-4)
    assert positive == pytest.approx(0.95038, abs=1e-4)


# ranges


def test_ranges_are_alternatives():
    found = solve(
        "battery-lfp-4c",
        {},
        {"protocol": "Discharge at 1C", "series.points": 0, "model": "battery.spme"},
        sets="all",
    )
    names = found.axes[0].names.tolist()
    assert names[0] == "as given"
    assert "negative.porosity=0.3" in names
    assert not any(name.startswith("side_reactions") for name in names)
    solid = found.axes[0].values["negative.active_fraction"][names.index("negative.porosity=0.3")]
    of = parameter_set("lfp-4c").scalars
    assert solid == pytest.approx(of["negative.active_fraction"] * 0.7 / (1.0 - of["negative.porosity"]))
    assert (found.status == 0).all()
    plating = solve(
        "battery-lfp-4c",
        {},
        {"protocol": "Discharge at 1C", "series.points": 0, "side_reactions.plating": "reversible"},
        sets="all",
    )
    assert any(
        name.startswith("side_reactions.plating_rate_constant") for name in plating.axes[0].names.tolist()
    )


def test_a_field_that_is_set_has_no_range():
    values = {"protocol": "Discharge at 1C", "series.points": 0, "negative.particle_radius": 3.0}
    names = solve("battery-lfp-4c", {}, values | {"model": "battery.spm"}, sets="all").axes[0].names.tolist()
    assert not any("negative.particle_radius" in name for name in names)
