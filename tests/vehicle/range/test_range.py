"""``vehicle.range`` against integrations written here, closed forms, balances, certified consumption and
claims.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config
from scipy.integrate import quad

import energymodels as em
from energymodels import datasets
from energymodels.core.errors import InertWarning, InputError
from energymodels.core.sweep import solve
from energymodels.kernels import status
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.kernels.vehicle import longitudinal
from energymodels.vehicle.data.cars import car
from energymodels.vehicle.data.cars import names as cars
from energymodels.vehicle.data.cycles import NAMES, cycle
from energymodels.vehicle.range import ambient
from energymodels.vehicle.range.fields import BODY, ROAD_LOAD
from energymodels.vehicle.range.steps import tables

RECORDS = datasets.table("vehicle/records")["record"]
EPA = sorted({record["vehicle"] for record in RECORDS if record["source"] == "epa-testcar"})
LBF, MPH, LB = 4.4482216152605, 0.44704, 0.45359237
G = 9.80665
FAST = config.DISABLE_JIT
EXAMPLES = settings(max_examples=5 if FAST else 60)
PLAIN = {  # no losses, no limits: what is left is mechanics
    "vehicle": "generic", "auxiliary_power": 0.0, "cabin.climate": "off", "drivetrain.loss_constant": 0.0,
    "drivetrain.loss_linear": 0.0, "drivetrain.loss_quadratic": 0.0, "regeneration.share": 1.0,
    "regeneration.power_max": 1e5,
    "regeneration.cutoff_speed": 0.0, "battery.charge_efficiency": 1.0, "battery.discharge_efficiency": 1.0,
    "battery.usable_share": 1.0, "charger_efficiency": 1.0,
}  # fmt: skip


def run(values=None, spec="vehicle.range"):
    """Return the scalar results of one case."""
    solution = solve(spec, {}, values)
    assert not solution.failed
    return solution.scalars()


def mechanics(name, mass, a, b, c):
    """Return (positive, negative) wheel energy over distance in W h/km: mid-step speeds, change of speed per
    step.
    """
    trace = cycle(name)
    positive = negative = distance = 0.0
    for i in range(trace.time.size - 1):
        dt = float(trace.time[i + 1] - trace.time[i])
        v = 0.5 * float(trace.speed[i] + trace.speed[i + 1])
        force = a + b * v + c * v**2 + mass * float(trace.speed[i + 1] - trace.speed[i]) / dt
        positive += max(force * v, 0.0) * dt
        negative += max(-force * v, 0.0) * dt
        distance += v * dt
    return positive / distance / 3.6, negative / distance / 3.6


# Mechanics


@pytest.mark.parametrize("name", NAMES)
def test_tractive_energy_of_coast_down_coefficients(name):
    """Model 3 RWD: 4250 lb, 37.17 lbf, 0.0470 lbf/mph, 0.01440 lbf/mph^2; any integration at mid-step speeds
    gives the same.
    """
    found = run(PLAIN | {
        "cycle": name, "mass": "4250 lb", "road_load_a": "37.17 lbf", "road_load_b": "0.0470 lbf/mph",
        "road_load_c": "0.01440 lbf/mph^2",
    })  # fmt: skip
    positive, negative = mechanics(name, 4250 * LB, 37.17 * LBF, 0.047 * LBF / MPH, 0.0144 * LBF / MPH**2)
    assert found["tractive_energy"] == pytest.approx(positive, rel=1e-9)
    assert found["braking_energy"] == pytest.approx(negative, rel=1e-9)
    assert found["consumption"] == pytest.approx(positive - negative, rel=1e-9)
    assert found["wall_consumption"] == found["consumption"]


@pytest.mark.parametrize("name", ["udds", "hwfet"])
def test_tractive_energy_of_the_continuous_motion(name):
    """Speed on straight lines, power integrated within each second: the mid-step rule is good to 0.1 % of
    that.
    """
    mass, a, b, c = 4250 * LB, 37.17 * LBF, 0.047 * LBF / MPH, 0.0144 * LBF / MPH**2
    trace, total = cycle(name), 0.0
    for v0, v1 in zip(trace.speed[:-1].tolist(), trace.speed[1:].tolist(), strict=True):
        total += quad(lambda t, u=v0,
        s=v1 - v0: max((u + s * t) * (a + (u + s * t) * (b + (u + s * t) * c) + mass * s), 0.0), 0, 1,
                      limit=20, epsabs=1e-3)[0]  # fmt: skip
    found = run({"vehicle": "model-3-rwd-lfp-2021", "cycle": name})["tractive_energy"]
    assert found == pytest.approx(total / trace.distance / 3.6, rel=1e-3)


@pytest.mark.parametrize("name", ["udds", "cltc_p"])
def test_tractive_energy_of_a_body(name):
    """Drag, area and rolling resistance at 15 degC and sea level, air of 1.225 kg m-3; inertia 1.04 times the
    mass.
    """
    values = {"mass": 1860.0, "drag_coefficient": 0.219, "frontal_area": 2.22, "rolling_resistance": 0.007}
    found = run(PLAIN | values | {"cycle": name, "ambient_temperature": 15.0})
    positive, _ = mechanics(name, 1.04 * 1860.0, 0.007 * 1860.0 * G, 0.0, 0.5 * 1.225 * 0.219 * 2.22)
    assert found["tractive_energy"] == pytest.approx(positive, rel=1e-5)  # of the table's 1.225


def test_no_rotating_mass_in_a_test_weight():
    coefficients = {"mass": 1900.0, "road_load_a": 150.0, "road_load_b": 1.0, "road_load_c": 0.3}
    same = run(coefficients | {"rotating_factor": 1.0})
    assert run(coefficients) == same
    assert run(coefficients | {"rotating_factor": 1.04})["tractive_energy"] > same["tractive_energy"]
    body = {"mass": 1900.0, "drag_coefficient": 0.23, "frontal_area": 2.3, "rolling_resistance": 0.007}
    assert run(body) == run(body | {"rotating_factor": 1.04})


@pytest.mark.parametrize(("temperature", "altitude", "density"), [
    (15.0, 0.0, 1.22500), (2.0, 2000.0, 1.00649), (-4.5, 3000.0, 0.90912), (-17.5, 5000.0, 0.73612),
])  # fmt: skip
def test_air_is_the_standard_atmosphere(temperature, altitude, density):
    """Table of ISO 2533."""
    assert ambient.air_density(np.array(temperature + ZERO_CELSIUS), np.array(altitude)) == pytest.approx(
        density, abs=2e-5
    )


def test_coefficients_hold_from_20_to_25_degrees():
    ds = em.sweep(
        "vehicle.range",
        {"ambient_temperature": [20.0, 23.0, 25.0, -10.0, 40.0]},
        {"vehicle": "leaf-40", "cycle": "hwfet"},
    )
    energy = ds.tractive_energy.values
    assert energy[0] == energy[1] == energy[2]
    assert energy[3] > energy[0] > energy[4]
    thick = run({"vehicle": "leaf-40", "cycle": "90 km/h", "ambient_temperature": -10.0})["tractive_energy"]
    c = 0.01945 * LBF / MPH**2 * 25.0**2
    force = 25.89 * LBF + 0.3449 * LBF / MPH * 25.0 + c * (293.15 / 263.15)
    assert thick == pytest.approx(force / 3.6, rel=1e-12)


def test_altitude_thins_the_air_of_coefficients_too():
    low, high = em.sweep(
        "vehicle.range", {"altitude": [0.0, 2000.0]}, {"vehicle": "leaf-40", "cycle": "120 km/h"}
    ).tractive_energy.values
    c = 0.01945 * LBF / MPH**2 * (120 / 3.6) ** 2
    assert low - high == pytest.approx(c * (1 - 79495.0 / 101325.0) / 3.6, rel=1e-4)  # pressures of the table


def test_cold_tyres():
    """UN GTR 15: road load at 20 degC is that at T times 1 + 0.0086 (T - 20), but for the air's part."""
    values = PLAIN | {
        "cycle": "36 km/h",
        "drag_coefficient": 0.0,
        "frontal_area": 2.0,
        "rolling_resistance": 0.01,
        "mass": 2000.0,
    }
    cold = run(values | {"ambient_temperature": -10.0, "rolling_temperature_coefficient": 0.0086})
    assert cold["tractive_energy"] == pytest.approx(0.01 * 2000.0 * G / 3.6 / (1 - 0.0086 * 30), rel=1e-12)


@pytest.mark.parametrize("grade", [5.0, -0.5, -8.0])
def test_constant_grade(grade):
    """At constant speed the force is m g (sin + c_r cos) and drag, and the height gained is run times the
    sine.
    """
    values = {
        "mass": 2000.0,
        "drag_coefficient": 0.0,
        "frontal_area": 2.0,
        "rolling_resistance": 0.01,
        "grade": grade,
    }
    found = run(PLAIN | values | {"cycle": "72 km/h"})
    angle = np.arctan(grade / 100.0)
    force = 2000.0 * G * (np.sin(angle) + 0.01 * np.cos(angle))
    assert found["tractive_energy"] == pytest.approx(max(force, 0.0) / 3.6, rel=1e-12)
    assert found["braking_energy"] == pytest.approx(max(-force, 0.0) / 3.6, rel=1e-12)
    assert found["potential_energy_gain"] == pytest.approx(2000.0 * G * np.sin(angle) / 3.6, rel=1e-12)
    assert (
        found["range"] is None
        if force < 0.0
        else found["range"] == pytest.approx(60.0 * 3.6e3 / force, rel=1e-12)
    )


def test_grades_of_cycle_and_road_add_as_angles(tmp_path):
    lines = "".join(f"{t},36,10\n" for t in range(11))
    (tmp_path / "hill.csv").write_text("time s,speed km/h,grade %\n" + lines)
    hill = run(PLAIN | {"cycle": str(tmp_path / "hill.csv"), "grade": "5 percent"})
    once = run(PLAIN | {"cycle": "36 km/h", "grade": 100.0 * np.tan(np.arctan(0.1) + np.arctan(0.05))})
    assert hill["tractive_energy"] == pytest.approx(once["tractive_energy"], rel=1e-12)
    assert hill["potential_energy_gain"] == pytest.approx(once["potential_energy_gain"], rel=1e-12)


# Drivetrain, regeneration, battery


def test_losses_at_constant_speed():
    """Closed form: 2000 N at 20 m/s are 40 kW; losses 150 W, 10 % and 5 % (40 / 200); 500 W of auxiliaries;
    98 % get out.
    """
    found = run(PLAIN | {
        "cycle": "72 km/h", "mass": 2000.0, "road_load_a": 2000.0, "road_load_b": 0.0, "road_load_c": 0.0,
        "drivetrain.loss_constant": 150.0, "drivetrain.loss_linear": 0.1, "drivetrain.loss_quadratic": 0.05,
        "drivetrain.rated_power": 200.0, "auxiliary_power": 500.0, "battery.discharge_efficiency": 0.98,
        "battery.charge_efficiency": 0.95, "charger_efficiency": 0.9, "battery_energy": 80.0,
        "battery.usable_share": 0.9,
    })  # fmt: skip
    loss = 150.0 + 4000.0 + 0.05 * 40.0 / 200.0 * 40e3
    terminal = 40e3 + loss + 500.0
    assert found["battery_power_max"] == pytest.approx(terminal / 1e3)
    assert found["drivetrain_heat"] == pytest.approx(loss)
    assert found["battery_heat"] == pytest.approx(terminal * (1 / 0.98 - 1))
    assert found["consumption"] == pytest.approx(terminal / 0.98 / 20 / 3.6)
    assert found["wall_consumption"] == pytest.approx(found["consumption"] / 0.95 / 0.9)
    assert found["charging_loss"] == pytest.approx(found["wall_consumption"] - found["consumption"])
    assert found["range"] == pytest.approx(72e3 / found["consumption"])


def test_braking_downhill():
    """-1000 N at 20 m/s: the motor takes 60 % up to 10 kW, loses 5 %, 200 W go to auxiliaries, 95 % of the
    rest is stored.
    """
    values = PLAIN | {
        "cycle": "72 km/h", "mass": 2000.0, "road_load_a": -1000.0, "road_load_b": 0.0, "road_load_c": 0.0,
        "drivetrain.loss_linear": 0.05, "auxiliary_power": 200.0, "battery.charge_efficiency": 0.95,
    }  # fmt: skip
    for share, limit, taken in ((0.6, 100.0, 12e3), (0.6, 10.0, 10e3), (0.0, 100.0, 0.0)):
        found = run(values | {"regeneration.share": share, "regeneration.power_max": limit})
        assert found["regenerated_energy"] == pytest.approx(taken / 20 / 3.6)
        assert found["friction_brake_loss"] == pytest.approx((20e3 - taken) / 20 / 3.6)
        stored = max(0.95 * taken - 200.0, 0.0) * 0.95
        assert found["recovered_energy"] == pytest.approx(stored / 20 / 3.6)
    assert run(values | {"regeneration.cutoff_speed": "73 km/h"})["regenerated_energy"] == 0.0
    assert run(values | {"regeneration.cutoff_speed": "72 km/h"})["regenerated_energy"] > 0.0


CASES = st.fixed_dictionaries(
    {
        "vehicle": st.sampled_from(["generic", "leaf-40", "nio-et7"]),
        "cycle": st.sampled_from(["hwfet", "50 km/h"] if FAST else [*NAMES, "50 km/h"]),
        "mass": st.floats(500.0, 5000.0),
        "grade": st.floats(-10.0, 10.0),
        "ambient_temperature": st.floats(-40.0, 50.0),
        "altitude": st.floats(-100.0, 5000.0),
        "auxiliary_power": st.floats(0.0, 5000.0),
        "drivetrain.loss_constant": st.floats(0.0, 1000.0),
        "drivetrain.loss_linear": st.floats(0.0, 0.5),
        "drivetrain.loss_quadratic": st.floats(0.0, 0.5),
        "regeneration.share": st.floats(0.0, 1.0),
        "regeneration.power_max": st.floats(0.0, 200.0),
        "regeneration.cutoff_speed": st.floats(0.0, 60.0),
        "battery.charge_efficiency": st.floats(0.5, 1.0),
        "battery.discharge_efficiency": st.floats(0.5, 1.0),
        "cabin.heater": st.sampled_from(["heat_pump", "resistance"]),
    }
)
SPENT = (
    "road_load_energy", "kinetic_energy_gain", "potential_energy_gain", "friction_brake_loss",
    "drivetrain_loss",
    "auxiliary_energy", "cabin_energy", "battery_loss",
)  # fmt: skip


@EXAMPLES
@given(CASES)
def test_energy_balance(case):
    """What leaves the store is spent: the road's and the motion's parts come from sums of their own, not from
    the steps' power.
    """
    found = run(case)
    gross = found["consumption"] + 2.0 * found["recovered_energy"]
    assert sum(found[name] for name in SPENT) == pytest.approx(found["consumption"], abs=1e-9 * gross)
    assert abs(found["energy_balance"]) < 1e-9
    assert found["braking_energy"] == pytest.approx(
        found["regenerated_energy"] + found["friction_brake_loss"], rel=1e-12
    )
    wheel = sum(found[name] for name in ("road_load_energy", "kinetic_energy_gain", "potential_energy_gain"))
    assert found["tractive_energy"] - found["braking_energy"] == pytest.approx(wheel, abs=1e-9 * gross)


@EXAMPLES
@given(CASES)
def test_losses_cost_range(case):
    def rises(path, values, sign=1):
        case_ = {key: value for key, value in case.items() if key != path}
        energy = em.sweep("vehicle.range", {path: values}, case_).consumption.values
        assert (sign * np.diff(energy) >= -1e-9 * np.abs(energy).max()).all(), path

    rises("auxiliary_power", [0.0, 300.0, 3000.0])
    rises("drivetrain.loss_constant", [0.0, 100.0, 1000.0])
    rises("drivetrain.loss_linear", [0.0, 0.1, 0.3])
    rises("battery.discharge_efficiency", [0.8, 0.9, 1.0], -1)
    rises("battery.charge_efficiency", [0.8, 0.9, 1.0], -1)


def test_a_cycle_that_ends_moving(tmp_path):
    """Kinetic energy that the car has at the end is not lost."""
    (tmp_path / "start.csv").write_text("time s,speed m/s\n0,0\n5,10\n10,20\n")
    values = PLAIN | {"cycle": str(tmp_path / "start.csv"), "mass": 2000.0, "rotating_factor": 1.0}
    found = run(values)
    assert found["kinetic_energy_gain"] == pytest.approx(0.5 * 2000.0 * 20.0**2 / 100.0 / 3.6)
    assert abs(found["energy_balance"]) < 1e-14


# Cabin


def test_no_climate_in_mild_air():
    ds = em.sweep("vehicle.range", {"ambient_temperature": [19.0, 23.0, 25.0]}, {"cycle": "udds"})
    assert (ds.cabin_energy == 0.0).all()


def test_cabin_in_the_cold_and_the_heat():
    """A steady state: 90 W/K of 30 K less 150 W of gains, over 40 % of Carnot's performance between -22 and
    45 degC.
    """
    cold = run({"cycle": "36 km/h", "ambient_temperature": -10.0})
    heat = 90.0 * 30.0 - 150.0
    assert cold["cabin_energy"] == pytest.approx(heat / (0.4 * 318.15 / 67.0) / 36.0)
    assert run({"cycle": "36 km/h", "ambient_temperature": -10.0, "cabin.heater": "resistance"})[
        "cabin_energy"
    ] == pytest.approx(heat / 36.0)
    hot = run({"cycle": "36 km/h", "ambient_temperature": 40.0})
    assert hot["cabin_energy"] == pytest.approx((90.0 * 13.0 + 150.0) / (0.4 * 275.15 / 50.0) / 36.0)
    assert (
        run({"cycle": "36 km/h", "ambient_temperature": 40.0, "cabin.climate": "off"})["cabin_energy"] == 0.0
    )


def test_impossible_climate_in_a_sweep():
    solution = solve("vehicle.range", {"cabin.heating_temperature": [20.0, 30.0]}, {"cycle": "50 km/h"})
    assert solution.failures() == {"out_of_range": 1}
    assert np.isnan(solution.values["range"]).tolist() == [False, True]


def test_heat_pump_between_resistance_and_its_limit():
    ds = em.sweep(
        "vehicle.range",
        {"ambient_temperature": "-60:15:26", "cabin.heater": "heat_pump,resistance"},
        {"cycle": "udds"},
    )
    pump, resistance = ds.cabin_energy.values.T
    assert (pump <= resistance).all()
    assert (pump >= resistance / 5.0).all()
    assert (np.diff(pump) < 0.0).all()


# Certified cars and claims


def predicted(record):
    conditions = record.get("conditions", {})
    return run({"vehicle": record["vehicle"], "cycle": record["cycle"]} | conditions)[record["output"]]


def test_losses_of_the_generic_drivetrain_are_the_split():
    """Inverter 0.97-0.98, motor 0.92-0.95, gear 0.97-0.98: 12.5 % at the middle, 9.6 and 15.5 % at the ends,
    on both EPA cycles.
    """
    for label, efficiency in (
        ("given", 0.975 * 0.935 * 0.975),
        ("low", 0.98 * 0.95 * 0.98),
        ("high", 0.97 * 0.92 * 0.97),
    ):
        ds = em.sweep(
            "vehicle.range", {"vehicle": EPA, "cycle": "udds,hwfet"}, {"assumption.drivetrain_loss": label}
        )
        energy = ((ds.tractive_energy + ds.regenerated_energy) * ds.distance).sum()
        assert float((ds.drivetrain_loss * ds.distance).sum() / energy) == pytest.approx(
            1 / efficiency - 1, abs=5e-4
        )


@pytest.mark.parametrize(("name", "tolerance"), [("udds", 6.0), ("hwfet", 5.0)])
def test_certified_wall_consumption(name, tolerance):
    """Nine cars by one drivetrain, which knows none of these figures: median deviation."""
    records = [record for record in RECORDS if record["source"] == "epa-testcar" and record["cycle"] == name]
    assert len(records) == len(EPA) == 9
    errors = [100.0 * abs(predicted(record) / record["value"] - 1.0) for record in records]
    assert np.median(errors) <= tolerance
    assert max(errors) < 12.0


def test_certified_cars_differ_in_nothing_but_road_load_and_battery():
    for name in EPA:
        own = {"mass", "road_load_a", "road_load_b", "road_load_c", "battery_energy", "battery.usable_share"}
        assert car(name).own == own


@pytest.mark.parametrize("record",
[r for r in RECORDS if r["vehicle"].startswith("model-3-rwd-lfp") and r["output"] == "range"],
                         ids=lambda r: f"{r['vehicle']}-{r['cycle']}")  # fmt: skip
def test_stated_range_of_the_model_3(record):
    assert predicted(record) == pytest.approx(record["value"], rel=0.06)


def test_nio_et7_on_the_road():
    (record,) = [r for r in RECORDS if r["vehicle"] == "nio-et7"]
    assert predicted(record) == pytest.approx(record["value"], rel=0.08)


def test_records_name_cars_cycles_and_results():
    outputs = run().keys()
    for record in RECORDS:
        assert record["vehicle"] in cars()
        assert cycle(record["cycle"])
        assert record["output"] in outputs


# Cars


@pytest.mark.parametrize("name", cars())
def test_car(name):
    """Each states its own mass, resistance and battery; the rest is the generic car's; where it is assumed it
    says so.
    """
    found = car(name)
    tree = datasets.table(f"vehicle/cars/{name}")
    assert found.title == tree["title"]
    assert {"mass", "battery_energy"} <= found.own
    assert len(found.own & {"road_load_a", "drag_coefficient"}) == 1
    assert all(entry.method in datasets.METHODS and entry.source for entry in found.entries.values())
    sourced = {entry.source for entry in found.entries.values()} - {"unsourced"}
    assert sourced <= set(datasets.table("sources"))
    assert solve("vehicle.range", {}, {"vehicle": name}).status == status.OK


@pytest.mark.parametrize("name", [name for name in cars() if name != "generic"])
def test_every_car_has_a_spec(name):
    spec = em.load(f"vehicle-{name}")
    assert spec.values["vehicle"] == name
    assert spec.provenance["vehicle"]["note"]


def test_fields_go_on_top_of_the_car():
    found = run({"mass": 3000.0, "battery_energy": 75.0}, "vehicle-nio-et7")
    same = run({"vehicle": "nio-et7", "cycle": "cltc_p", "mass": 3000.0, "battery_energy": 75.0})
    assert found == same
    assert found["consumption"] > run(None, "vehicle-nio-et7")["consumption"]


def test_one_description_of_resistance_replaces_the_other():
    body = {"drag_coefficient": 0.25, "frontal_area": 2.3, "rolling_resistance": 0.008}
    coefficients = {"road_load_a": 120.0, "road_load_b": 1.0, "road_load_c": 0.4}
    leaf = em.load("vehicle-leaf-40")
    assert run(body | {"mass": 1700.0}, leaf) != run(None, leaf)
    assert run(coefficients, leaf.replace(body)) == run(coefficients, leaf)
    with pytest.raises(InputError, match="road_load_a: excludes drag_coefficient"):
        leaf.replace(body | coefficients).checked()
    with pytest.raises(InputError, match="frontal_area: needed together with drag_coefficient"):
        run({"drag_coefficient": 0.25}, leaf)
    with pytest.raises(InputError, match="road_load_b: needed together with road_load_a"):
        run({"road_load_a": 100.0, "road_load_c": 0.4})
    # the generic car has the rest
    assert run({"drag_coefficient": 0.1})["consumption"] < run()["consumption"]


def test_a_car_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'mass = 1928\nroad_load_a = "37 lbf"\nroad_load_b = 0\nroad_load_c = 0.3\nbattery_energy = "55 kWh"\n'
        "[regeneration]\nshare = 0.6\n"
    )
    found = run({"vehicle": str(path)})
    same = {
        "mass": 1928.0,
        "road_load_a": 37 * LBF,
        "road_load_b": 0.0,
        "road_load_c": 0.3,
        "battery_energy": 55.0,
    }
    expected = run(same | {"regeneration.share": 0.6})
    assert found["range"] == pytest.approx(expected["range"], rel=1e-12)
    path.write_text("mass = 1928\ndrag_coefficient = 0.2\n")
    with pytest.raises(InputError, match="needs drag_coefficient, frontal_area, rolling_resistance together"):
        run({"vehicle": str(path)})


BOTH = "mass = 5\n" + "".join(f"{name} = 0.5\n" for name in (*ROAD_LOAD, *BODY))


@pytest.mark.parametrize(("text", "message"), [
    ("mass = -5\n", "mass = -5"), ("mas = 5\n", "did you mean mass"), ("mass = ", "not a TOML file"),
    ('mass = "5 W"\n', "cannot be converted"),
    ("mass = { value = 5, low = 6, high = 7 }\n", "outside its own range"),
    (BOTH, "excludes"),
])  # fmt: skip
def test_files_that_are_no_car(tmp_path, text, message):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(InputError) as error:
        run({"vehicle": str(tmp_path / "x.toml")})
    assert message in str(error.value)


@pytest.mark.parametrize(("values", "message"), [
    ({"mass": -1000.0}, "mass = -1000.0 kg: allowed above 0"),
    ({"cycle": "uds"}, "did you mean udds"),
    ({"cycle": "none.csv"}, "no such file"),
    ({"vehicle": "nio-et8"}, "did you mean nio-et7"),
    ({"vehicle": "none.toml"}, "no such file"),
    ({"mass": "2 m"}, "cannot be converted"),
    ({"battery.charge_efficiency": 1.2}, "allowed above 0 to 1"),
    ({"ambient_temperature": 90.0}, "from -60 to 60 degC"),
    ({"cabin.heating_temperature": 30.0}, "must not exceed cabin.cooling_temperature, 27"),
    ({"road_load": 3.0}, "unknown field"),
])  # fmt: skip
def test_wrong_input(values, message):
    with pytest.raises(InputError) as error:
        run(values)
    assert message in str(error.value)


# Alternatives


def test_band_of_assumed_values():
    ds = em.sweep("vehicle-nio-et7", {}, sets="all")
    assert ds.range.dims == ("set",)
    assert "mass=2770" in ds.set.values
    assert ds.range.min() < ds.range[0] < ds.range.max()
    heavy = ds.sel(set="mass=2770")
    assert float(heavy.range) == run({"mass": 2770.0}, "vehicle-nio-et7")["range"]
    assert "mass=2770" not in em.sweep("vehicle-nio-et7", {}, {"mass": 2500.0}, sets="all").set.values


def test_band_over_several_cars():
    ds = em.sweep("vehicle.range", {"vehicle": "nio-et7,leaf-40"}, sets="all")
    alone = em.sweep("vehicle.range", {}, {"vehicle": "leaf-40"}, sets="all")
    assert "battery_energy high" in ds.set.values
    both = (
        ds.sel(vehicle="leaf-40", set="battery_energy high")
        if "vehicle" in ds.indexes
        else ds.isel(vehicle=1).sel(set="battery_energy high")
    )
    assert float(both.range) == float(alone.sel(set="battery_energy=39").range)
    assert float(ds.isel(vehicle=0).sel(set="battery_energy high").range) == float(
        ds.isel(vehicle=0, set=0).range
    )


def test_random_combinations():
    ds = em.sweep("vehicle-im-l6", {}, sets=50)
    alone = em.sweep("vehicle-im-l6", {}, sets="all")
    assert ds.range.min() < alone.range.min()


def test_inert_assumptions():
    with pytest.warns(InertWarning, match="states no range of rolling_resistance"):
        em.sweep("vehicle-leaf-40", {"assumption.rolling_resistance": "given,high"})
    with pytest.warns(InertWarning, match=r"cabin\.climate is off"):
        em.sweep("vehicle-leaf-40", {"cabin.heat_transfer": "50,90"}, {"cabin.climate": "off"})


# Batches and series


def test_batch_of_cars_cycles_and_temperatures():
    over = {
        "vehicle": "leaf-40,nio-et7",
        "cycle": "udds,hwfet,50 km/h",
        "ambient_temperature": [-10.0, 23.0, 40.0],
    }
    ds = em.sweep("vehicle.range", over)
    assert ds.range.shape == (2, 3, 3)
    one = run({"vehicle": "nio-et7", "cycle": "hwfet", "ambient_temperature": -10.0})
    assert float(ds.range[1, 1, 0]) == one["range"]
    assert {"us-40cfr86", "us-40cfr600", "epa-testcar", "paultan-et7"} <= set(
        ds.attrs["data_sources"].split("; ")
    )


def test_series_of_power():
    """The battery's power each second: with its time axis, what a cell can be driven by."""
    ds = em.sweep(
        "vehicle.range",
        {"cycle": "udds,hwfet"},
        {"vehicle": "leaf-40"},
        keep=["battery_power", "wheel_power", "vehicle_speed"],
    )
    full = em.sweep("vehicle.range", {"cycle": "udds,hwfet"}, {"vehicle": "leaf-40"})
    assert ds.time.values.tolist() == list(range(1369))
    udds, hwfet = ds.battery_power.values
    assert np.isnan(hwfet[765:]).all()
    assert not np.isnan(hwfet[:765]).any()
    drawn, taken = np.maximum(udds, 0.0).sum(), np.maximum(-udds, 0.0).sum()
    stored = (drawn - 0.957 * taken) / float(full.distance[0]) / 3.6e3
    assert stored == pytest.approx(float(full.consumption[0]), rel=1e-12)
    assert udds.max() / 1e3 == pytest.approx(float(full.battery_power_max[0]), rel=1e-12)
    assert udds.min() / 1e3 == pytest.approx(float(full.battery_power_min[0]), rel=1e-12)
    positive = np.maximum(ds.wheel_power.values[0], 0.0).sum() / float(full.distance[0]) / 3.6e3
    assert positive == pytest.approx(float(full.tractive_energy[0]), rel=1e-12)
    assert ds.vehicle_speed.values[0].sum() == pytest.approx(11990.4, abs=0.1)


def test_series_of_uneven_steps(tmp_path):
    """Times of a trace are kept; of several, each time of any; power holds until the step's end."""
    (tmp_path / "a.csv").write_text("time s,speed m/s\n0,0\n4,8\n10,8\n")
    over = {"cycle": [str(tmp_path / "a.csv"), "36 km/h"]}
    ds = em.sweep("vehicle.range", over, keep=["vehicle_speed", "battery_power"])
    assert ds.time.values.tolist() == list(range(600))
    assert ds.vehicle_speed.values[0, :11].tolist() == pytest.approx(
        [4.0] * 4 + [8.0] * 6 + [np.nan], nan_ok=True
    )
    alone = em.sweep("vehicle.range", {"cycle": [str(tmp_path / "a.csv")]}, keep=["battery_power"])
    assert alone.time.values.tolist() == [0.0, 4.0]
    assert alone.battery_power.values[0].tolist() == ds.battery_power.values[0, [0, 4]].tolist()


def test_rows_out_of_range():
    """Kernel: a row that is not a number, and one that does not move, end with a status and NaN; their
    neighbours do not.
    """
    steps, sums = tables([cycle("50 km/h")])
    rows = np.zeros(3, longitudinal.ROW).view(np.recarray)
    for name in ("cosine", "discharge_efficiency", "charge_efficiency", "charger_efficiency"):
        rows[name] = 1.0
    rows.rolling = [100.0, np.nan, 100.0]
    out, codes = np.empty((longitudinal.SCALARS, 3)), np.empty(3, np.int8)
    longitudinal.solve(rows, steps, sums, out, codes)
    assert codes.tolist() == [status.OK, status.OUT_OF_RANGE, status.OK]
    assert np.isnan(out[:, 1]).all()
    assert out[longitudinal.TRACTIVE, 2] == pytest.approx(100.0)
