"""``vehicle.charge_stop`` against the cell's own charge at its limits, closed forms and limits."""

import numpy as np
import pytest
from numba.core import config

from energymodels.core.errors import InertWarning, InputError
from energymodels.core.sweep import solve

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="thousands of steps: interpreted kernels take minutes"
)
BASE = {
    "vehicle": "zeekr-007",
    "cycle": "cltc_p",
    "pack.cell": "battery-lfp-4c",
    "pack.series": 228.0,
    "pack.parallel": 1.0,
}
COLD = {"pack.temperature": 10.0}
NOMINAL = 101.0  # A h, of the cell


def stop(values=None, over=None):
    """Return {output: values} of a sweep, a number each for a run."""
    found = solve("vehicle.charge_stop", over or {}, BASE | (values or {}))
    assert not found.failed
    return {name: array.item() if array.size == 1 else array for name, array in found.values.items()}


def cell(protocol, **values):
    spec = {"parameters": "lfp-4c", "protocol": protocol, "series.points": 0, "tolerance": 1e-3}
    found = solve(
        "battery.dfn", {}, spec | {path.replace("__", "."): value for path, value in values.items()}
    )
    assert not found.failed
    return {name: array.item() for name, array in found.values.items() if array.size == 1}


def test_without_a_station_it_is_the_cells_own_charge():
    found = stop(COLD | {"minutes": 30.0})
    own = cell("Charge at limits for 30 minutes", temperature=10.0, initial_soc=0.1)
    assert found["energy_added"] == pytest.approx(228.0 * own["energy"] * 1e-3, rel=1e-12)
    assert found["soc_end"] == pytest.approx(0.1 + own["charged_capacity"] / own["cell_capacity"], rel=1e-12)
    for name in ("mean_c_rate", "peak_c_rate", "negative_potential_min", "temperature_max"):
        assert found[name] == pytest.approx(own[name], rel=1e-12)
    assert found["time_to_80"] == pytest.approx(own["time_10_to_80"], abs=1.0)
    assert found["negative_potential_min"] > -1e-3


def test_energy_stored_is_that_of_the_open_circuit():
    found = stop(COLD | {"minutes": 5.0})
    slow = cell(f"Discharge at C/2000 until {100.0 * found['soc_end']!r}% SOC", temperature=10.0)[
        "energy_discharged"
    ]
    more = cell("Discharge at C/2000 until 10% SOC", temperature=10.0)["energy_discharged"]
    assert found["energy_stored"] == pytest.approx(228e-3 * (more - slow), rel=2e-3)
    assert found["energy_stored"] < found["energy_added"]


def test_a_stations_current_and_a_packs_resistance():
    """200 A for 10 minutes through 0.05 ohm."""
    found = stop({"station.current": 200.0, "pack.resistance": 0.05, "pack.temperature": 25.0})
    assert found["mean_c_rate"] == pytest.approx(200.0 / NOMINAL, rel=1e-6)
    assert found["energy_in"] - found["energy_added"] == pytest.approx(
        0.05 * 200.0**2 * 600.0 / 3.6e6, rel=1e-6
    )
    assert found["power_mean"] == pytest.approx(found["energy_in"] * 6.0, rel=1e-12)
    same = stop({"pack.current_max": 200.0, "pack.resistance": 0.05, "pack.temperature": 25.0})
    assert [same[name] for name in ("range_added", "power_peak")] == [
        found[name] for name in ("range_added", "power_peak")
    ]
    split = stop({"station.current": 400.0, "pack.parallel": 2.0, "pack.temperature": 25.0})
    assert split["mean_c_rate"] == found["mean_c_rate"]


@pytest.mark.parametrize("power", [100.0, 250.0, 400.0])
def test_a_stations_power_is_kept(power):
    """It counts at the cell's highest voltage: never more, and little less."""
    found = stop({"station.power": power, "pack.resistance": 0.03, "pack.temperature": 35.0})
    assert 0.9 * power < found["power_peak"] <= power


def test_a_stations_voltage_is_kept():
    """It leaves a cell 3.3 V, above which there is no charge."""
    found = stop({"station.voltage": 228.0 * 3.3, "pack.temperature": 25.0, "minutes": 60.0})
    whole = stop({"pack.temperature": 25.0, "minutes": 60.0})
    assert found["soc_end"] < 0.9 < whole["soc_end"]


def test_distance_is_energy_over_consumption():
    given = stop({"consumption": 120.0})
    assert given["range_added"] == pytest.approx(1e3 * given["energy_stored"] / 120.0, rel=1e-12)
    assert given["range_per_minute"] == pytest.approx(
        60.0 * given["range_added"] / given["duration"], rel=1e-12
    )
    car = solve("vehicle.range", {}, {"vehicle": "zeekr-007", "cycle": "cltc_p"}).scalars()["consumption"]
    assert stop()["consumption_used"] == pytest.approx(car, rel=1e-12)


def test_warmer_longer_and_emptier_gain_more():
    found = stop({"consumption": 120.0, "station.power": 480.0}, {
        "pack.temperature": [-10.0, 5.0, 20.0], "minutes": [3.0, 6.0, 9.0], "pack.soc_start": [0.1, 0.5],
    })["range_added"].reshape(3, 3, 2)  # fmt: skip
    assert (np.diff(found, axis=0) >= -1e-9).all()
    assert (np.diff(found, axis=1) > 0.0).all()
    assert (np.diff(found, axis=2) < 0.0).all()


def test_preheated_cells_in_cold_air():
    """Cells that give off no heat do not know how cold the air is; others do."""
    adiabatic = {
        "battery_cell.thermal": "lumped",
        "battery_cell.heat_transfer_coefficient": 0.0,
        "pack.temperature": 40.0,
        "consumption": 120.0,
    }
    cold, mild = (
        stop(adiabatic | {"ambient_temperature": -10.0}),
        stop(adiabatic | {"ambient_temperature": 40.0}),
    )
    assert cold["energy_added"] == pytest.approx(mild["energy_added"], rel=1e-3)
    cooled = {"battery_cell.heat_transfer_coefficient": 100.0, "station.power": 100.0}
    assert stop(adiabatic | cooled | {"ambient_temperature": -10.0})["temperature_max"] == pytest.approx(
        40.0, abs=0.05
    )
    assert stop(adiabatic | {"station.power": 400.0})["temperature_max"] > 42.0


def test_sweep_of_minutes_is_separate_runs():
    found = stop(COLD, {"minutes": [5.0, 10.0, 15.0]})
    for i, minutes in enumerate((5.0, 10.0, 15.0)):
        assert stop(COLD | {"minutes": minutes})["range_added"] == found["range_added"][i]


def test_what_does_not_act_is_said():
    with pytest.warns(InertWarning, match=r"mass: consumption is given"):
        stop({"consumption": 120.0, "minutes": 1.0}, {"mass": [2000.0, 2100.0]})
    with pytest.warns(InertWarning, match=r"battery_energy: the pack and its cell"):
        stop({"minutes": 1.0}, {"battery_energy": [70.0, 80.0]})


@pytest.mark.parametrize(("values", "message"), [
    ({"minutes": 0.0}, "minutes = 0.0 min: allowed above 0"),
    ({"station.power": -5.0}, "station.power"),
    ({"pack.soc_start": 1.0}, "pack.soc_start = 1.0: allowed from 0 below 1"),
    ({"pack.cell": "vehicle-leaf-40"}, "not of a cell"),
    ({"pack.soc_min": 0.1}, "unknown field"),
])  # fmt: skip
def test_wrong_input(values, message):
    with pytest.raises(InputError) as error:
        stop(values)
    assert message in str(error.value)
