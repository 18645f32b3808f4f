"""``vehicle.drive`` against the battery models' own protocols, ``vehicle.range``, balances and limits."""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels import datasets
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.errors import InputError
from energymodels.core.sweep import solve
from energymodels.kernels import status

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="thousands of steps: interpreted kernels take minutes"
)
LOSSLESS = {"battery.charge_efficiency": 1.0, "battery.discharge_efficiency": 1.0}
PACK = {"pack.cell": "battery-lfp-4c", "pack.series": 200.0, "pack.parallel": 1.0}
CAR = {"vehicle": "model-3-rwd-lfp", "cycle": "cltc_p"}
BASE = CAR | PACK
MESH = {"points.negative": 5, "points.separator": 3, "points.positive": 5, "points.particle": 6}


def drive(values=None, over=None, keep=None):
    """Return {output: values} of a sweep, a number each for a run."""
    found = solve("vehicle.drive", over or {}, BASE | (values or {}), keep=keep)
    return {name: array.item() if array.size == 1 else array for name, array in found.values.items()} | {
        "status": found.status
    }


def cell(protocol, **values):
    """Return the results of the pack's cell by itself."""
    spec = {"parameters": "lfp-4c", "protocol": protocol, "temperature": 23.0, "series.points": 0} | MESH
    found = solve(
        "battery.spme", {}, spec | {path.replace("__", "."): value for path, value in values.items()}
    )
    assert not found.failed
    return {name: array.item() for name, array in found.values.items() if array.size == 1}


def terminal_power(**values):
    """Return the power (W) of the battery of ``vehicle.range`` at a constant speed."""
    found = solve("vehicle.range", {}, CAR | values, keep=["battery_power"])
    return found.values["battery_power"].ravel()


# Against the battery models' own integration, of variable size and order


def test_constant_power_is_the_cells_own_discharge():
    """Constant speed is constant power: the cell by itself, "Discharge at x W" to its lowest voltage."""
    power = terminal_power(cycle="130 km/h")
    assert np.ptp(power) == 0.0
    found = drive({"cycle": "130 km/h"})
    own = cell(f"Discharge at {float(power[0]) / 200.0!r} W", tolerance=1e-5)
    assert found["termination"] == 1  # voltage_min
    assert found["duration"] == pytest.approx(own["duration"], abs=2.0)
    assert found["capacity_used"] == pytest.approx(own["capacity_discharged"], rel=3e-4)
    assert found["energy_of_cells"] == pytest.approx(0.2 * own["energy_discharged"], rel=3e-4)
    assert found["heat_total"] == pytest.approx(0.2 * own["heat_total"], rel=2e-3)


def test_profile_is_the_cells_own(tmp_path):
    """Ten minutes of WLTC as "Run power from" a file that holds each second's power, on the cell's finest
    steps.
    """
    power = terminal_power(cycle="wltc_3b")[:600]
    rows = "".join(
        f"{t + 1e-5 if t else 0},{p / 200.0:.12g}\n{t + 1},{p / 200.0:.12g}\n"
        for t, p in enumerate(power.tolist())
    )
    (tmp_path / "power.csv").write_text("time s,power W\n" + rows)
    axis = {"series.end": 600.0, "series.points": 601}
    spec = {"parameters": "lfp-4c", "temperature": 23.0, "initial_soc": 0.8, "tolerance": 1e-5}
    own = solve(
        "battery.spme",
        {},
        spec | axis | {"protocol": f"Run power from {tmp_path / 'power.csv'}"},
        keep=["voltage"],
    )
    found = drive(
        {"cycle": "wltc_3b", "pack.soc_start": 0.8, "cycles_max": 1.0},
        keep=["cell_voltage", "state_of_charge"],
    )
    ours, voltage = found["cell_voltage"].ravel()[:599], own.values["voltage"].ravel()[1:600]
    assert np.sqrt(np.mean((ours - voltage) ** 2)) < 0.3e-3
    assert np.ptp(voltage) > 0.02  # or there would be nothing to follow


def test_fidelities_agree_where_currents_are_small():
    one = drive({"cycles_max": 1.0, "pack.soc_start": 0.8}, keep=["cell_voltage"])["cell_voltage"]
    full = drive(
        {"cycles_max": 1.0, "pack.soc_start": 0.8, "pack.fidelity": "battery.dfn"}, keep=["cell_voltage"]
    )["cell_voltage"]
    assert np.sqrt(np.mean((one - full) ** 2)) < 1e-3


@pytest.mark.parametrize("name", ["battery-lfp-4c", "battery-nmc811-sic", "battery-lfp-18650"])
def test_coarse_mesh_and_steps_of_a_second(name):
    """One cycle by the defaults against a fine mesh and steps of 0.1 s: 0.5 mV rms, and less than that in
    energies.
    """
    values = {
        "pack.cell": name,
        "pack.parallel": 60.0 if "18650" in name else 1.0,
        "pack.soc_start": 0.8,
        "cycles_max": 1.0,
    }
    fine = {"time_step": 0.1, "battery_cell.tolerance": 1e-6, "battery_cell.points.particle": 15}
    fine |= {
        f"battery_cell.points.{layer}": many
        for layer, many in (("negative", 20), ("separator", 10), ("positive", 20))
    }
    keep = ["cell_voltage", "capacity_used", "heat_total", "energy_delivered"]
    some, best = drive(values, keep=keep), drive(values | fine, keep=keep)
    assert np.sqrt(np.mean((some["cell_voltage"] - best["cell_voltage"]) ** 2)) < 0.5e-3
    assert some["capacity_used"] == pytest.approx(best["capacity_used"], rel=3e-4)
    assert some["heat_total"] == pytest.approx(
        best["heat_total"], abs=5e-5 * best["energy_delivered"], rel=0.02
    )


# Limits


def test_endless_parallel_cells_are_a_store_of_energy():
    """Without current a cell gives its open-circuit energy: a discharge at C/2000 over the same window, range
    by range.
    """
    window = {"pack.soc_start": 0.6, "pack.soc_min": 0.59, "pack.parallel": 20.0, "cycle": "90 km/h"}
    store = (
        cell("Discharge at C/2000 until 59% SOC", initial_soc=0.6)["energy_discharged"] * 200.0 * 20.0 * 1e-3
    )
    energy = solve(
        "vehicle.range",
        {},
        CAR | LOSSLESS | {"cycle": "90 km/h", "battery_energy": store, "battery.usable_share": 1.0},
    )
    found = drive(window)
    assert found["termination"] == 0  # soc_min
    assert found["soc_end"] == pytest.approx(0.59, abs=1e-12)
    assert found["range"] == pytest.approx(energy.scalars()["range"], rel=1e-3)
    few = drive(window | {"pack.parallel": 1.0})
    assert few["range"] * 20.0 < found["range"]


def test_consumption_at_the_terminals_is_that_of_the_energy_battery():
    """The pack's terminals give what the drivetrain asks for, whatever is behind them."""
    energy = solve("vehicle.range", {}, CAR | LOSSLESS).scalars()
    assert drive({"cycles_max": 1.0, "pack.soc_start": 0.8})["consumption"] == pytest.approx(
        energy["consumption"], rel=1e-9
    )


def test_colder_cells_go_less_far_and_sag_more():
    over = {"pack.temperature": [-20.0, -10.0, 0.0, 15.0, 30.0]}
    found = drive({"cabin.climate": "off", "cycle": "wltc_3b", "pack.soc_min": 0.05}, over)
    assert (np.diff(found["range"]) > 0.0).all()
    assert (np.diff(found["heat_total"] / found["range"]) < 0.0).all()
    sag = drive({"cabin.climate": "off", "pack.soc_start": 0.8, "cycles_max": 1.0}, over)
    assert (np.diff(sag["cell_voltage_min"]) > 0.0).all()


def test_cycles_extrapolate():
    few, all_of_them = drive({"cycles_max": 2.0, "pack.soc_min": 0.1}), drive({"pack.soc_min": 0.1})
    assert (few["termination"], few["cycles_driven"]) == (3, pytest.approx(2.0))
    assert few["distance_driven"] < 0.1 * few["range"]
    assert few["range"] == pytest.approx(all_of_them["range"], rel=0.02)


def test_downhill_there_is_no_end():
    found = drive({"grade": -6.0, "cycle": "50 km/h", "pack.soc_start": 0.5})
    assert found["range"] == np.inf
    assert found["termination"] == 4


def test_regeneration_that_cells_cannot_take_goes_to_friction_brakes():
    """A full cell meets its highest voltage, a cold one the potential of lithium; neither ends the drive."""
    full = drive({"grade": -5.0, "cycle": "wltc_3b", "cycles_max": 1.0, "pack.resistance": 0.2})
    assert full["energy_refused"] > 0.1
    assert full["cell_voltage_max"] == pytest.approx(3.65, abs=3e-4)
    cold = {
        "pack.cell": "battery-lfp-18650",
        "pack.parallel": 50.0,
        "pack.temperature": -15.0,
        "pack.soc_start": 0.7,
        "cycles_max": 1.0,
    }
    held = drive(cold)
    assert held["energy_refused"] > 0.1
    assert held["negative_potential_min"] == pytest.approx(0.0, abs=3e-4)
    free = drive(cold | {"battery_cell.limits.negative_potential": "-inf"})
    assert free["energy_refused"] == 0.0
    assert free["negative_potential_min"] < -0.05
    slow = drive(cold | {"battery_cell.limits.negative_potential": "-inf", "battery_cell.limits.c_rate": 0.1})
    assert slow["charge_rate_max"] == pytest.approx(0.1, rel=1e-6)
    assert slow["energy_delivered"] == pytest.approx(free["energy_delivered"], rel=1e-9)
    assert slow["energy_recovered"] + slow["energy_refused"] == pytest.approx(
        free["energy_recovered"], rel=1e-9
    )


# Balances


@pytest.mark.parametrize("values", [
    {}, {"pack.resistance": 0.1}, {"pack.temperature": -10.0, "pack.resistance": 0.05},
    {"grade": -3.0, "pack.resistance": 0.05},
    {"battery_cell.thermal": "lumped", "battery_cell.heat_transfer_coefficient": 5.0},
    {"pack.fidelity": "battery.dfn", "pack.resistance": 0.1},
], ids=str)  # fmt: skip
def test_energy_balance(values):
    """Newton's method ends where the power is met to 1e-6 in the worst step: 1e-8 of a drive's energy."""
    found = drive({"cycles_max": 3.0, "cycle": "us06"} | values)
    assert abs(found["energy_balance"]) < 1e-8
    gross = found["energy_delivered"] + found["energy_recovered"]
    net = found["energy_delivered"] - found["energy_recovered"]
    assert found["energy_of_cells"] - found["pack_resistance_loss"] == pytest.approx(net, abs=1e-8 * gross)
    assert net / found["distance_driven"] * 1e3 == pytest.approx(found["consumption"], rel=1e-12)


def test_pack_resistance_takes_what_joule_says():
    """At constant speed from the series: R times the square of the pack's current, to the end of
    the cycle.
    """
    values = {"cycle": "130 km/h", "pack.resistance": 0.1, "pack.parallel": 2.0, "cycles_max": 1.0}
    found = drive(
        values,
        keep=["cell_current", "cell_voltage", "battery_power", "pack_resistance_loss", "energy_of_cells"],
    )
    current = 2.0 * found["cell_current"].ravel()
    assert found["pack_resistance_loss"] == pytest.approx(0.1 * np.sum(current**2) / 3.6e6, rel=1e-12)
    assert found["energy_of_cells"] == pytest.approx(
        200.0 * np.sum(current * found["cell_voltage"].ravel()) / 3.6e6, rel=1e-12
    )
    np.testing.assert_allclose(
        found["battery_power"].ravel(),
        current * (200.0 * found["cell_voltage"].ravel() - 0.1 * current),
        rtol=1e-12,
    )
    np.testing.assert_allclose(found["battery_power"].ravel(), terminal_power(cycle="130 km/h"), rtol=1e-6)


def test_heat_warms_cells_that_give_none_off():
    values = {
        "battery_cell.thermal": "lumped",
        "battery_cell.heat_transfer_coefficient": 0.0,
        "cycles_max": 1.0,
        "cycle": "us06",
    }
    found = drive(values, keep=["cell_temperature", "heat_total"])
    of = parameter_set("lfp-4c").scalars
    layers = ("negative", "separator", "positive", "negative.collector", "positive.collector")
    mass = of.get("cell.heat_capacity")
    if mass is None:
        parts = [(f"{layer}." if "." not in layer else f"{layer}_") for layer in layers]
        mass = sum(of[f"{p}thickness"] * of[f"{p}density"] * of[f"{p}specific_heat"] for p in parts)
        mass /= sum(of[f"{p}thickness"] for p in parts)
    rise = found["cell_temperature"].ravel()[-1] - 23.0
    assert rise > 0.1
    assert 200.0 * mass * of["cell.volume"] * rise / 3.6e6 == pytest.approx(found["heat_total"], rel=1e-6)


def test_warm_cells_cool_to_the_air():
    found = drive({"ambient_temperature": 0.0, "pack.temperature": 30.0, "battery_cell.thermal": "lumped",
    "cycle": "50 km/h",
                   "battery_cell.heat_transfer_coefficient": 20.0, "cycles_max": 20.0})  # fmt: skip
    assert found["temperature_max"] <= 30.1
    assert -0.1 < found["temperature_min"] < 15.0  # discharge takes some heat up


def test_series_add_up():
    found = drive(
        {"series.cycles": 2, "cycles_max": 2.0},
        keep=["cell_current", "state_of_charge", "capacity_used", "cell_capacity"],
    )
    current = found["cell_current"].ravel()
    assert current.size == 2 * 1800
    assert np.sum(current) / 3600.0 == pytest.approx(found["capacity_used"], rel=1e-9)
    assert 1.0 - found["state_of_charge"].ravel()[-1] == pytest.approx(
        found["capacity_used"] / found["cell_capacity"], rel=1e-9
    )


# Packs


def test_mass_and_volume_of_a_pack_with_a_designed_cell():
    """Cells over ratio; 106 cells in a pack of 0.75."""
    design = solve("design-catl-btf0-161", {}, {}).scalars()
    found = drive({"pack.cell": "battery-lfp-18650", "battery_cell.cell_design": "design-catl-btf0-161",
                   "pack.series": 106.0, "pack.mass_ratio": 0.75, "pack.volume_ratio": 0.5,
                   "cycles_max": 1.0})  # fmt: skip
    assert found["pack_mass"] == pytest.approx(106.0 * design["mass"] * 1e-3 / 0.75, rel=1e-9)
    assert found["pack_specific_energy"] == pytest.approx(0.75 * design["specific_energy"], rel=1e-9)
    assert found["pack_energy_density"] == pytest.approx(0.5 * design["energy_density"], rel=1e-9)
    assert np.isnan(drive({"cycles_max": 1.0})["pack_mass"])


def test_claimed_ranges():
    """Bundled drives: nothing of them is fitted to these; within 8 %."""
    records = datasets.table("vehicle/records")["record"]
    for spec, car in (("drive-model-3-rwd-lfp", "model-3-rwd-lfp"), ("drive-zeekr-007", "zeekr-007")):
        claim = next(r["value"] for r in records if r["vehicle"] == car and r["cycle"] == "cltc_p")
        assert solve(spec, {}, {}).scalars()["range"] == pytest.approx(claim, rel=0.08)


# Input


def test_a_case_that_is_none_has_a_status():
    found = drive({"cycles_max": 1.0, "pack.soc_start": 0.3}, {"pack.soc_min": [0.1, 0.3, 0.4]})
    assert found["status"].tolist() == [status.OK, status.OUT_OF_RANGE, status.OUT_OF_RANGE]
    assert np.isnan(found["range"][1:]).all()


@pytest.mark.parametrize(("values", "message"), [
    ({"pack.cell": "design-blade-135"}, "is a spec of battery.design, not of a cell"),
    ({"pack.cell": "battery-lfp-4d"}, "did you mean battery-lfp-4c"),
    ({"pack.soc_min": 0.5, "pack.soc_start": 0.4}, "must lie below pack.soc_start = 0.4"),
    ({"pack.series": 0.0}, "pack.series = 0.0: allowed from 1 to 100000"),
    ({"battery_cell.thermal": "lumped"}, "battery_cell.heat_transfer_coefficient"),
    ({"battery_cell.negative.thicknes": 5.0}, "did you mean battery_cell.negative.thickness"),
    ({"battery_cell.negative.thickness": -5.0}, "battery_cell.negative.thickness = -5.0 um: allowed above 0"),
    ({"battery_cell.negative.porosity": 0.9}, "battery_cell.negative.porosity"),
    ({"battery_cell.limits.voltage": 4.0}, "battery_cell.limits.voltage"),
    ({"battery_cell.protocol": "Rest for 1 s"}, "unknown field"),
    ({"cycle": "cltc"}, "did you mean cltc_p"),
])  # fmt: skip
def test_wrong_input(values, message):
    with pytest.raises(InputError) as error:
        drive(values)
    assert message in str(error.value)


def test_sweeps_of_cell_fields_and_sets():
    found = drive(
        {"cycles_max": 1.0},
        {
            "battery_cell.negative.particle_radius": [2.0, 8.0],
            "pack.cell": ["battery-lfp-4c", "battery-nmc811-sic"],
        },
    )
    assert found["cell_voltage_min"].shape == (4,)
    assert len(set(found["cell_voltage_min"].tolist())) == 4
    ds = em.sweep("drive-zeekr-007", {}, {"cycles_max": 1.0}, sets="all", keep=["range"])
    assert ds.sizes["set"] > 20
    assert "battery_cell.negative.porosity=0.3" in [str(name) for name in ds["set"].values]


def test_a_cell_from_a_file(tmp_path):
    path = tmp_path / "cell.toml"
    path.write_text('model = "battery.dfn"\nparameters = "lfp-4c"\n[positive]\nparticle_radius = 0.2\n')
    own = drive({"pack.cell": str(path), "cycles_max": 1.0})
    changed = drive({"battery_cell.positive.particle_radius": 0.2, "cycles_max": 1.0})
    assert own["cell_voltage_min"] == changed["cell_voltage_min"]
    assert own["cell_voltage_min"] != drive({"cycles_max": 1.0})["cell_voltage_min"]
