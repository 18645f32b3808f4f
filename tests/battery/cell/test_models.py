"""The battery models as a user meets them: published and computed anchors, PyBaMM, protocols, sweeps, and
what is refused.
"""

import numpy as np
import pytest
from comparison import compare
from numba.core import config

import energymodels as em
from energymodels.core.errors import InputError
from energymodels.kernels import status

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole discharges take minutes interpreted")

FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")
TIGHT = {"mesh": "pybamm", "tolerance": 1e-7}
FINE = {
    "points.negative": 64,
    "points.separator": 24,
    "points.positive": 64,
    "points.particle": 48,
    "tolerance": 1e-6,
}


def at(ds, *times):
    """Return the voltage at times of the axis."""
    return np.interp(times, ds.time, ds.voltage)


def ended(ds):
    """Return what ended a case, in words."""
    words = dict(zip(ds.termination.flag_values.tolist(), ds.termination.flag_meanings.split(), strict=True))
    return words[int(ds.termination)]


def faults(values, spec="battery.spm", over=None):
    with pytest.raises(InputError) as caught:
        em.sweep(spec, over or {}, values)
    return str(caught.value)


# Anchors: PyBaMM's own solutions at rtol = atol = 1e-8 on 20 finite volumes each


@pytest.mark.parametrize(("model", "voltages", "duration", "capacity"), [
    ("battery.dfn", (3.94936, 3.82393, 3.51958, 3.32479), 3594.19, 4.99193),
    ("battery.spme", (3.94610, 3.81981, 3.51829, 3.32573), 3594.59, 4.99249),
    ("battery.spm", (3.99552, 3.87603, 3.57483, 3.38251), 3606.55, 5.00910),
])  # fmt: skip
def test_discharge_at_1c(model, voltages, duration, capacity):
    """To the digits given: 0.02 mV."""
    values = TIGHT | {
        "parameters": "Chen2020",
        "protocol": "Discharge at 1C",
        "series.points": 3601,
        "series.end": 3600.0,
    }
    ds = em.run(model, values)
    np.testing.assert_allclose(at(ds, 60.0, 600.0, 1800.0, 2700.0), voltages, rtol=0.0, atol=2e-5)
    assert ds.duration.item() == pytest.approx(duration, abs=0.02)
    assert ds.capacity.item() == pytest.approx(capacity, abs=2e-5)
    assert ended(ds) == "voltage_min"


@pytest.mark.parametrize(("rate", "at_600", "warmest"), [(1, 3.83879, 38.80), (2, 3.49725, 69.58)])
def test_lumped_heat(rate, at_600, warmest):
    """The end temperature to 0.1 K."""
    values = TIGHT | {
        "parameters": "Chen2020",
        "protocol": f"Discharge at {rate}C",
        "thermal": "lumped",
        "series.end": 600.0,
    }
    ds = em.run("battery.dfn", values)
    assert ds.temperature_max.item() == pytest.approx(warmest, abs=0.1)
    assert ds.voltage.values[-1] == pytest.approx(at_600, abs=1e-4)


@pytest.mark.parametrize(("rate", "capacity", "least"), [
    (0.5, 2.011, 34e-3), (1, 1.941, -3e-3), (2, 1.797, -58e-3), (4, 0.518, -84e-3), (5, 0.099, None),
])  # fmt: skip
def test_charge_of_the_lfp_cell(rate, capacity, least):
    """Capacity to the digits given; the potential was read at the separator's face there, in the last volume
    here: 4 mV.
    """
    ds = em.run("battery-lfp-18650", TIGHT | {"protocol": f"Charge at {rate}C until 3.65 V"})
    assert ds.capacity.item() == pytest.approx(capacity, abs=6e-4)
    if least is not None:
        assert ds.negative_potential_min.item() == pytest.approx(least, abs=4e-3)
    assert ended(ds) == "end_voltage"
    assert ds.capacity_discharged == -ds.capacity


def test_hot_cells_take_more():
    """At 4C the cell at 25 degC takes a quarter of its charge; hot it takes most of it."""
    ds = em.sweep(
        "battery-lfp-18650",
        {"temperature": "10,25,40,55"},
        {"protocol": "Charge at 4C until 3.65 V"},
        keep=["capacity"],
    )
    assert (np.diff(ds.capacity) > 0.0).all()
    assert ds.capacity[1] < 0.6
    assert ds.capacity[-1] > 1.2


def test_adiabatic_discharge_of_the_lfp_cell():
    values = TIGHT | {"protocol": "Discharge at 4C", "thermal": "lumped", "heat_transfer_coefficient": 10.0}
    ds = em.run("battery-lfp-18650", values)
    assert ds.capacity.item() == pytest.approx(1.980, abs=1e-3)
    assert ds.temperature_max.item() == pytest.approx(61.6, abs=0.1)


# PyBaMM, in the same process


@pytest.mark.slow
@pytest.mark.usefixtures("quick_reference")
@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize(("parameters", "protocol"), [
    ("Chen2020", "Discharge at 1C until 2.6 V; Rest for 5 minutes"),
    ("lfp-18650", "Charge at 2C until 3.6 V"),
])  # fmt: skip
def test_parity_with_pybamm(model, parameters, protocol):
    values = {"mesh": "pybamm", "tolerance": 1e-6, "parameters": parameters, "protocol": protocol}
    entries = compare(model, values)
    past = [entry for entry in entries if not entry["within"]]
    assert not past
    (voltage,) = [entry for entry in entries if entry["output"] == "voltage"]
    assert voltage["rms"] < 5e-4


# Convergence


@pytest.mark.parametrize("rate", [1, 2])
def test_default_mesh_is_at_least_twice_as_close_as_that_of_pybamm(rate):
    """Against a fine mesh, over the curve from 1 % on; root mean square of the voltage."""
    found = {}
    for name, mesh in {"fine": FINE, "default": {}, "pybamm": TIGHT}.items():
        values = {
            "parameters": "Chen2020",
            "protocol": f"Discharge at {rate}C",
            "series.end": 3500.0 / rate,
            "series.points": 351,
        }
        found[name] = em.run("battery.dfn", values | mesh)
    assert np.isfinite(found["fine"].voltage[:320]).all()
    error = {name: (found[name].voltage - found["fine"].voltage)[4:320] for name in ("default", "pybamm")}
    rms = {name: float(np.sqrt((e**2).mean())) for name, e in error.items()}
    print(f"{rate}C: rms {rms}, largest", {name: float(np.abs(e).max()) for name, e in error.items()})
    assert rms["default"] <= 0.5 * rms["pybamm"], rms


@pytest.mark.parametrize(("parameters", "temperature", "rate"), [
    ("lfp-18650", -20.0, 0.2), ("lfp-18650", -20.0, 1.0), ("lfp-18650", -20.0, 4.0),
    ("Marquis2019", -20.0, 4.0),
    ("Ecker2015", -20.0, 1.0), ("Ecker2015", 0.0, 4.0), ("Ecker2015", 25.0, 3.0), ("Ecker2015", 25.0, 4.0),
    ("Ecker2015", 25.0, 5.0), pytest.param("ORegan2022", 25.0, 1.0, marks=pytest.mark.slow),
])  # fmt: skip
def test_default_mesh_sees_the_surface_of_particles(parameters, temperature, rate):
    """Capacities in the cold, and where the diffusivity falls to a hundredth with theta, within 2 % of a fine
    mesh's.
    """
    values = {
        "parameters": parameters,
        "temperature": temperature,
        "protocol": f"Discharge at {rate}C",
        "series.points": 0,
    }
    fine = em.run("battery.spm", values | {"points.particle": 100})
    for model in ("battery.spm", "battery.spme"):
        ours = em.run(model, values)
        reference = fine if model == "battery.spm" else em.run(model, values | {"points.particle": 100})
        assert ours.capacity.item() == pytest.approx(reference.capacity.item(), rel=0.02), model


def test_cold_lfp_cell():
    """20 degrees below 0, 1C: 0.053 A h, converged in space; 0.094 with ten cells that do not see the
    surface.
    """
    values = {
        "parameters": "lfp-18650",
        "temperature": -20.0,
        "protocol": "Discharge at 1C until 2 V",
        "series.points": 0,
    }
    assert em.run("battery.dfn", values).capacity.item() == pytest.approx(0.0530, rel=0.02)


def test_flat_potentials_leave_no_ripple():
    """LFP at 1C on the default mesh within 0.1 mV of a fine one."""
    values = {
        "parameters": "lfp-18650",
        "protocol": "Discharge at 1C until 2.5 V",
        "series.points": 341,
        "series.end": 3400.0,
    }
    fine = {"points.negative": 60, "points.separator": 20, "points.positive": 60, "points.particle": 30}
    ours, theirs = (em.run("battery.dfn", values | more).voltage.values[10:] for more in ({}, fine))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_concentrated_electrolyte_in_the_cold():
    """Salt reaches 4260 mol m-3 where Ai2020 discharges at 0 C: PyBaMM gives 1.8573 A h on its mesh.

    The flag is not set.
    """
    values = {
        "parameters": "Ai2020",
        "temperature": 0.0,
        "protocol": "Discharge at 1C until 3 V",
        "series.points": 0,
    }
    ds = em.run("battery.dfn", values | {"mesh": "pybamm"})
    assert ds.capacity.item() == pytest.approx(1.8573, rel=2e-3)
    flags = dict(zip(ds.validity.flag_meanings.split(), ds.validity.flag_masks.tolist(), strict=True))
    assert not int(ds.validity) & flags["electrolyte_functions"]


def test_what_a_run_cannot_be_trusted_in_is_flagged():
    """Salt beyond the functions; an end by empty electrolyte; an end before the outermost cell of a particle
    was felt.
    """
    values = {"series.points": 0, "protocol": "Discharge at 4C"}
    cases = {
        "electrolyte_functions": {"parameters": "Chen2020", "electrolyte.initial_concentration": 3600.0},
        "electrolyte_exhausted": {"parameters": "Chen2020"},
        "particle_surface": {"parameters": "lfp-18650", "temperature": -20.0, "points.particle": 3},
    }
    for name, more in cases.items():
        ds = em.run("battery.dfn", values | more)
        flags = dict(zip(ds.validity.flag_meanings.split(), ds.validity.flag_masks.tolist(), strict=True))
        assert int(ds.validity) & flags[name], name
    assert (
        int(
            em.run(
                "battery.dfn", {"parameters": "Chen2020", "protocol": "Discharge at 1C", "series.points": 0}
            ).validity
        )
        == 0
    )


def test_order_of_convergence_along_the_radius():
    """Second order where the diffusivity depends on theta: a quarter of the cells' size takes nine tenths of
    the error away.
    """
    values = {
        "parameters": "Ecker2015",
        "protocol": "Discharge at 1C",
        "tolerance": 1e-7,
        "series.end": 3e3,
        "series.points": 61,
    }
    ds = em.sweep("battery.spm", {}, values | {"points.particle": 96})
    errors = []
    for cells in (12, 24, 48):
        coarse = em.run("battery.spm", values | {"points.particle": cells})
        errors.append(float(np.abs(coarse.voltage - ds.voltage)[3:].max()))
    assert errors[0] > errors[1] > errors[2]
    assert 0.5 * np.log2(errors[0] / errors[2]) > 1.7, errors


def test_tolerance_is_kept():
    """Tighter steps come closer to the exact solution, in proportion at least to the root of the
    tolerance.
    """
    values = {"parameters": "Chen2020", "protocol": "Discharge at 1C"}
    durations = [
        em.run("battery.dfn", values | {"tolerance": t}).duration.item() for t in (1e-3, 1e-4, 1e-5, 1e-8)
    ]
    errors = np.abs(np.array(durations[:-1]) / durations[-1] - 1.0)
    assert (errors < [1e-3, 1e-4, 1e-5]).all(), errors


# Protocols


@pytest.mark.parametrize("model", FIDELITIES)
def test_constant_current_then_voltage(model):
    """Voltage goes on without a jump, the current falls from its value to C/20; samples between steps are
    interpolated.
    """
    protocol = "Charge at 1C until 3.6 V; Hold at 3.6 V until C/20"
    charge = em.run(model, {"protocol": protocol.split(";")[0]})
    ds = em.run(model, {"protocol": protocol, "series.points": 2001})
    assert ended(ds) == "end_current"
    held = ds.time > charge.duration
    assert ds.duration > charge.duration
    np.testing.assert_allclose(ds.voltage[held], 3.6, rtol=0.0, atol=5e-5)
    current = ds.current[held].values
    assert -2.0 <= current[0] < -1.8
    assert (np.diff(current) > -1e-6).all()
    assert current[-1] == pytest.approx(-0.1, rel=1e-5)
    np.testing.assert_allclose(ds.current[~held], -2.0, rtol=1e-9)
    assert ds.capacity > charge.capacity


ENDS = {
    "end_voltage": ("Discharge at 1C until 3.1 V", {}),
    "end_current": ("Hold at 3.4 V until C/10", {}),
    "end_time": ("Discharge at 1C for 100 s", {}),
    "end_temperature": (
        "Discharge at 3C until 30 degC",
        {"thermal": "lumped", "heat_transfer_coefficient": 5.0},
    ),
    "end_capacity": ("Discharge at 1C until 0.3 A h", {}),
    "end_soc": ("Discharge at 1C until 40% SOC", {}),
    "voltage_min": ("Discharge at 1C", {}),
    "voltage_max": ("Charge at 1C", {}),
}


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize("end", ENDS)
def test_ends(model, end):
    protocol, more = ENDS[end]
    ds = em.run(model, {"protocol": protocol, "initial_soc": 0.6, **more})
    assert ds.status == 0
    assert ended(ds) == end
    last = {name: ds[name].values[-1] for name in ds.data_vars if "time" in ds[name].dims}
    expected = {
        "end_voltage": ("voltage", 3.1),
        "end_temperature": ("cell_temperature", 30.0),
        "end_soc": ("state_of_charge", 0.4),
        "voltage_min": ("voltage", 2.0),
        "voltage_max": ("voltage", 3.65),
    }
    if end in expected:
        name, value = expected[end]
        assert last[name] == pytest.approx(value, abs=1e-6)
    if end == "end_time":
        assert ds.duration.item() == pytest.approx(100.0, rel=1e-9)
    if end == "end_capacity":
        assert ds.capacity.item() == pytest.approx(0.3, rel=1e-7)
    if end == "end_current":
        assert abs(last["current"]) == pytest.approx(0.2, rel=1e-6)


def test_drive_cycle(tmp_path):
    """The current is that of the file, straight between its points; the end is its last time."""
    file = tmp_path / "cycle.csv"
    file.write_text("time s,current A\n0,0\n10,4\n20,4\n30,-4\n60,1\n")
    values = {"protocol": f"Run current from {file}", "initial_soc": 0.5, "series.points": 61}
    ds = em.run("battery.dfn", values)
    np.testing.assert_allclose(
        ds.current, np.interp(ds.time, [0, 10, 20, 30, 60], [0, 4, 4, -4, 1]), rtol=0.0, atol=1e-6
    )
    assert ds.duration.item() == pytest.approx(60.0, rel=1e-9)
    exact = 20.0 + 40.0 + 0.0 - 45.0
    assert ds.capacity_discharged.item() * 3600.0 == pytest.approx(exact, abs=0.05)
    assert ended(ds) == "end_time"


def test_power(tmp_path):
    ds = em.run("battery.dfn", {"protocol": "Discharge at 8 W for 10 minutes", "series.points": 61})
    np.testing.assert_allclose(ds.voltage * ds.current, 8.0, rtol=1e-5)
    assert ds.energy.item() == pytest.approx(8.0 / 6.0, rel=1e-5)


def test_repeats_come_back():
    """As much in as out: after cycles the state of charge is where it was."""
    protocol = "(Discharge at 1C for 60 s; Rest for 30 s; Charge at 1C for 60 s) x 5"
    ds = em.run("battery.spme", {"protocol": protocol, "initial_soc": 0.5})
    assert ds.duration.item() == pytest.approx(5 * 150.0, rel=1e-9)
    assert ds.capacity.item() == pytest.approx(5 * 2 * 2.0 / 60.0, rel=1e-8)
    assert abs(ds.capacity_discharged.item()) < 1e-9
    assert ds.state_of_charge.values[-1] == pytest.approx(0.5, abs=1e-9)


def test_start_depends_on_the_first_step():
    for protocol, soc in (("Discharge at 1C for 1 s", 1.0), ("Charge at 1C for 1 s", 0.0)):
        assert em.run("battery.spm", {"protocol": protocol}).state_of_charge.values[0] == pytest.approx(
            soc, abs=1e-9
        )


# Sweeps


def test_placeholder_is_a_field():
    values = {"protocol": "Charge at {rate}C until 3.65 V", "series.end": 3000.0}
    ds = em.sweep("battery-lfp-18650", {"rate": "1:5:3"}, values)
    assert ds.sizes == {"rate": 3, "time": 101}
    for k, rate in enumerate((1, 3, 5)):
        one = em.run("battery-lfp-18650", values | {"protocol": f"Charge at {rate}C until 3.65 V"})
        for name in ("capacity", "voltage", "termination"):
            np.testing.assert_array_equal(ds[name][k], one[name])
    assert "needs a value" in faults(values)


def test_names_of_pybamm_are_axes():
    """With bare numbers in PyBaMM's units."""
    ours = em.sweep(
        "battery.dfn", {"negative.thickness": "40,60"}, {"protocol": "Discharge at 1C"}, keep=["capacity"]
    )
    theirs = em.sweep(
        "battery.dfn",
        {"Negative electrode thickness [m]": [40e-6, 60e-6]},
        {"protocol": "Discharge at 1C"},
        keep=["capacity"],
    )
    np.testing.assert_allclose(theirs.capacity, ours.capacity, rtol=1e-12)
    assert theirs.capacity.dims == ("negative_thickness",)
    assert ours.capacity[0] != ours.capacity[1]


def test_thicker_electrodes_hold_more():
    values = {"protocol": "Discharge at 0.1 A", "negative.thickness": 200.0, "series.points": 0}
    ds = em.sweep("battery.dfn", {"positive.thickness": "40,60"}, values)
    assert ds.cell_capacity[1] / ds.cell_capacity[0] == pytest.approx(1.5, rel=0.1)
    assert "time" not in ds.sizes


def test_rate_basis():
    values = {"protocol": "Discharge at 1C for 60 s", "rate_basis": "cell", "negative.thickness": 60.0}
    ds = em.run("battery.spm", values)
    assert ds.current.values[1] == pytest.approx(ds.cell_capacity.item(), rel=1e-9)


def test_porosity_and_active_material_beyond_one():
    """Field by field in range, together more than there is room: the case fails, its neighbours do not."""
    ds = em.sweep("battery.dfn", {"negative.active_fraction": "0.6,0.7,0.9"}, {"negative.porosity": 0.35})
    assert ds.status.values.tolist() == [status.OK, status.OUT_OF_RANGE, status.OUT_OF_RANGE]
    assert np.isnan(ds.capacity[1:]).all()
    assert np.isnan(ds.voltage[1:]).all()
    assert (ds.termination[1:] == -1).all()
    ds = em.sweep("battery.spm", {"cell.voltage_min": "2.5,3.7"}, {"protocol": "Discharge at 1C for 60 s"})
    assert ds.status.values.tolist() == [status.OK, status.OUT_OF_RANGE]


@pytest.mark.parametrize("soc", [0.0, 1.0])
def test_starved_electrolyte(soc):
    """4C with hardly any salt, and a thick electrode: a result or a status, and never a hang."""
    protocol = "Charge at 4C until 3.65 V" if soc == 0.0 else "Discharge at 4C"
    over = {"electrolyte.initial_concentration": "100,300,1000", "electrolyte.diffusivity_factor": "0.1,1"}
    ds = em.sweep(
        "battery.dfn", over, {"protocol": protocol, "negative.thickness": 80.0, "cell.voltage_min": 0.5}
    )
    assert np.isin(ds.status, [status.OK, status.ELECTROLYTE_DEPLETED]).all()
    assert (np.isfinite(ds.duration) == (ds.status == status.OK)).all()
    assert ds.time_steps.max() < 5000


# What is refused, and in what words


@pytest.mark.parametrize(("values", "parts"), [
    ({"parameters": "Prada2013", "thermal": "lumped"}, ["thermal", "lumped"]),
    ({"thermal": "lumped"}, ["heat_transfer_coefficient", "lfp-18650", "adiabatic"]),
    ({"parameters": "Chen202"}, ["Chen202", "did you mean Chen2020?"]),
    ({"parameters": "absent.json"}, ["absent.json", "no such file"]),
    ({"parameters": "Sulzer2019"}, ["Sulzer2019"]),
    ({"parameters": " "}, ["parameters"]),
    ({"negative.bruggeman_electrolyte": 1.5, "negative.transport_efficiency": 0.3},
    ["transport_efficiency", "excludes"]),
    ({"cell.voltage_min": 3.7}, ["cell.voltage_min = 3.7 V", "below cell.voltage_max = 3.65 V"]),
    ({"cell.ocv_min": 3.4, "cell.ocv_max": 3.0}, ["cell.ocv_min = 3.4 V", "below cell.ocv_max = 3 V"]),
    ({"negative.porosity": 0.5, "negative.active_fraction": 0.6}, ["negative", "more than 1"]),
    ({"negative.porosity": 1.2}, ["negative.porosity = 1.2", "0", "1"]),
    ({"negative.thickness": "1 m"}, ["negative.thickness", "10000", "um"]),
    ({"temperature": 400}, ["temperature = 400", "150", "degC"]),
    ({"temperature": "25 kg"}, ["temperature", "'kg'", "degC"]),
    ({"initial_soc": 1.1}, ["initial_soc = 1.1", "from 0 to 1"]),
    ({"points.particle": 2}, ["points.particle = 2", "3"]),
    ({"tolerance": 0.1}, ["tolerance = 0.1", "1e-09", "0.01"]),
    ({"mesh": "fine"}, ["mesh = fine", "default", "pybamm"]),
    ({"thermal": "x-lumped"}, ["thermal = x-lumped", "isothermal, lumped"]),
    ({"protocol": "Discharge at 1"}, ["protocol"]),
    ({"protocol": "Discharge quickly"}, ["protocol", "quickly"]),
    ({"protocol": "Rest for 1 h until 3 C"}, ["protocol"]),
    ({"protocol": "Discharge at 1C; Charge at 1C"}, ["protocol", "never reached"]),
    ({"protocol": "Run current from absent.csv"}, ["absent.csv", "no such file"]),
    ({"protocol": "Discharge at {rate}C"}, ["rate", "needs a value"]),
    ({"protocol": "Discharge at {rate}C", "rate": -1}, ["rate = -1"]),
    ({"negative.thicknes": 50}, ["negative.thicknes", "did you mean negative.thickness?"]),
    ({"Negative electrode OCP [V]": 1.0}, ["Negative electrode OCP [V]", "function"]),
    ({"Negative tab width [m]": 1.0}, ["Negative tab width [m]", "tabs are not modelled"]),
    ({"parameters": "ORegan2022", "temperature": 40}, ["temperature = 40", "degC", "ORegan2022"]),
])  # fmt: skip
def test_refusals(values, parts):
    text = faults(values)
    assert all(part in text for part in parts), text


def test_refusals_of_a_sweep():
    """A set in a sweep that cannot be honoured, and all faults at once."""
    text = faults(
        {"thermal": "lumped", "heat_transfer_coefficient": 5.0}, over={"parameters": "Chen2020,Prada2013"}
    )
    assert "lumped" in text
    text = faults({"temperature": 400, "negative.porosity": 2.0, "thermal": "hot"})
    assert all(name in text for name in ("temperature", "negative.porosity", "thermal"))


def test_file_without_heat_transfer_is_not_adiabatic_in_silence(tmp_path):
    """A cell given as a BPX file, run isothermally like the bundled one; lumped it asks for the
    coefficient.
    """
    import json

    from energymodels.backends.pybamm import files as pybamm_files
    from energymodels.battery.parameters.sets import read_bundled

    path = tmp_path / "cell.json"
    path.write_text(json.dumps(pybamm_files._written(read_bundled("lfp-18650"))).replace("\\n", " "))
    ours, bundled = (em.run("battery.spme", {"parameters": str(name)}) for name in (path, "lfp-18650"))
    assert ours.capacity.item() == pytest.approx(bundled.capacity.item(), rel=1e-5)
    assert "heat_transfer_coefficient" in faults({"parameters": str(path), "thermal": "lumped"})
