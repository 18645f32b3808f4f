"""Charging at the limits: they hold at every instant, one of them binds, and PyBaMM driven with the same
current agrees.
"""

import json

import numpy as np
import pytest
import xarray as xr
from numba.core import config

import energymodels as em
from energymodels.backends.pybamm import solver as backend
from energymodels.battery.protocol.program import describe, parse
from energymodels.battery.schedules import last_rate, staged
from energymodels.core.errors import InertWarning, InputError

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole charges take minutes interpreted")
CHARGE = {"protocol": "Charge at limits until 80% SOC or until C/50", "limits.c_rate": 4.0}
LUMPED = {"thermal": "lumped", "heat_transfer_coefficient": 10.0}
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")


def ended(ds):
    words = dict(zip(ds.termination.flag_values.tolist(), ds.termination.flag_meanings.split(), strict=True))
    return words[int(ds.termination)]


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize(("temperature", "more"), [
    (25.0, {}),
    (45.0, {"limits.negative_potential": 0.01}),
    (25.0, LUMPED | {"limits.temperature": 38.0}),
    (35.0, {"limits.voltage": 3.45, "limits.c_rate": 8.0,
    "protocol": "Charge at limits until 95% SOC or until C/20"}),
])  # fmt: skip
def test_limits_hold_and_one_binds(model, temperature, more):
    """None is passed by more than 1e-6 at any of 2001 instants, and the largest slack of the closest one is
    1e-3.
    """
    values = CHARGE | {"temperature": temperature, "series.points": 2001} | more
    ds = em.run(model, values)
    assert int(ds.status) == 0
    part = ds.isel(time=ds.time.values < ds.duration.item())
    slack = np.array([
        values["limits.c_rate"] + part.current / 2.0,  # 2 A h
        values.get("limits.voltage", 3.65) - part.voltage,
        part.negative_potential_vs_lithium - values.get("limits.negative_potential", 0.0),
        values.get("limits.temperature", np.inf) - part.cell_temperature,
    ])  # fmt: skip
    assert slack.min() > -1e-4  # interpolated between time steps
    assert slack.min(axis=0).max() < 2e-3
    assert ds.negative_potential_min.item() >= values.get("limits.negative_potential", 0.0) - 1e-6
    assert ds.peak_c_rate.item() <= values["limits.c_rate"] + 1e-5
    assert ds.temperature_max.item() <= values.get("limits.temperature", 100.0) + 5e-4


@pytest.mark.usefixtures("quick_reference")
def test_pybamm_agrees_with_the_current_that_was_found(tmp_path):
    """Driven with that current over time, PyBaMM's cell keeps the potential that was asked for, to 1 mV, once
    it is reached.
    """
    values = CHARGE | {
        "temperature": 40.0,
        "limits.c_rate": 3.0,
        "limits.negative_potential": 0.005,
        "mesh": "pybamm",
        "tolerance": 1e-5,
    }
    ds = em.run("battery.dfn", values | {"series.points": 1201})
    held = np.abs(ds.negative_potential_vs_lithium.values - 0.005) < 1e-4
    assert held.sum() > 300
    end = ds.duration.item()
    known = ds.time.values < end
    lines = [
        f"{t!r},{i!r}"
        for t, i in zip(ds.time.values[known].tolist(), ds.current.values[known].tolist(), strict=True)
    ]
    (tmp_path / "found.csv").write_text("time s,current A\n" + "\n".join(lines), encoding="utf-8")
    case = {
        "parameters": "lfp-18650",
        "temperature": 40.0,
        "initial_soc": 0.0,
        "protocol": f'Run current from "{tmp_path / "found.csv"}"',
    }
    theirs = backend.run("battery.dfn", case, ds.time.values[known & held][:-1])
    np.testing.assert_allclose(theirs["negative_potential_vs_lithium"], 0.005, atol=1e-3)


@pytest.mark.parametrize("model", FIDELITIES)
def test_loose_limits_are_a_constant_current(model):
    alike = {"temperature": 60.0, "series.points": 0, "points.particle": 12}  # on one mesh
    limited = em.run(model, CHARGE | alike | {"limits.negative_potential": -1.0})
    plain = em.run(model, alike | {"protocol": "Charge at 4C until 80% SOC"})
    for name in ("capacity", "duration", "energy", "negative_potential_min", "time_10_to_80", "time_0_to_80"):
        assert limited[name].item() == pytest.approx(plain[name].item(), rel=1e-4, abs=1e-5), name
    assert plain.duration.item() == pytest.approx(0.8 * plain.cell_capacity.item() / 8.0 * 3600.0, rel=1e-6)


@pytest.mark.parametrize("model", FIDELITIES)
def test_voltage_alone_is_constant_current_constant_voltage(model):
    values = {
        "temperature": 25.0,
        "series.points": 0,
        "limits.c_rate": 1.0,
        "limits.voltage": 3.5,
        "limits.negative_potential": -np.inf,
    }
    limited = em.run(model, values | {"protocol": "Charge at limits until C/20"})
    known = {
        "temperature": 25.0,
        "series.points": 0,
        "protocol": "Charge at 1C until 3.5 V; Hold at 3.5 V until C/20",
    }
    plain = em.run(model, known)
    for name in ("capacity", "duration", "energy"):
        assert limited[name].item() == pytest.approx(plain[name].item(), rel=3e-4), name


def test_a_little_more_current_is_too_much():
    """A profile with 1 % more than was found passes the limit of the potential while that binds."""
    ds = em.run(
        "battery.spme",
        CHARGE
        | {
            "temperature": 45.0,
            "limits.c_rate": 5.0,
            "limits.negative_potential": 0.01,
            "series.points": 801,
        },
    )
    assert ds.negative_potential_min.item() == pytest.approx(0.01, abs=1e-4)
    at = ds.isel(time=400)
    again = {"temperature": 45.0, "series.points": 0, "initial_soc": 0.0}
    rates = -ds.current.values[:401] / 2.0
    steps = "; ".join(
        f"Charge at {rate:.9f}C for {dt:.9f} s"
        for rate, dt in zip(rates[1:], np.diff(ds.time.values[:401]), strict=True)
    )
    more = em.run("battery.spme", again | {"protocol": f"{steps}; Charge at {1.01 * rates[-1]:.9f}C for 1 s"})
    assert float(at.negative_potential_vs_lithium) == pytest.approx(0.01, abs=1e-4)
    assert more.negative_potential_min.item() < 0.01 - 2e-4


@pytest.mark.parametrize("model", ["battery.spme", "battery.dfn"])
def test_warmer_cells_and_smaller_margins_charge_faster(model):
    over = {"temperature": [20.0, 30.0, 40.0, 50.0], "limits.negative_potential": [-0.01, 0.0, 0.01, 0.02]}
    ds = em.sweep(model, over, CHARGE | {"series.points": 0})
    assert (ds.status == 0).all()
    time = ds.time_10_to_80.values
    assert (np.diff(time, axis=0) <= 1e-3).all()
    assert (np.diff(time, axis=1) >= -1e-3).all()


def test_times_between_states_of_charge():
    ds = em.run("battery.spme", CHARGE | {"temperature": 40.0, "series.points": 4001})
    soc, known = ds.state_of_charge.values, np.isfinite(ds.state_of_charge.values)
    at = np.interp([0.1, 0.8], soc[known], ds.time.values[known])
    assert ds.time_10_to_80.item() == pytest.approx(ds.duration.item() - at[0], abs=0.05)
    assert ds.time_0_to_80.item() == pytest.approx(ds.duration.item(), rel=1e-6)
    later = em.run("battery.spme", CHARGE | {"temperature": 40.0, "initial_soc": 0.1, "series.points": 0})
    assert np.isnan(later.time_0_to_80.item())
    assert later.time_10_to_80.item() == pytest.approx(later.duration.item(), rel=1e-6)
    assert later.mean_c_rate.item() == pytest.approx(
        0.7 * later.cell_capacity.item() / 2.0 / (later.duration.item() / 3600.0), rel=1e-6
    )


def test_eighty_percent_in_ten_minutes_is_4_8c():
    ds = em.run(
        "battery.spm",
        {
            "protocol": "Charge at 4.8C until 80% SOC",
            "rate_basis": "cell",
            "temperature": 60.0,
            "series.points": 0,
        },
    )
    assert ds.time_0_to_80.item() == pytest.approx(600.0, abs=1e-3)
    assert ds.mean_c_rate.item() == pytest.approx(4.8, abs=1e-5)


def test_limits_that_leave_no_current():
    ds = em.run(
        "battery.dfn", CHARGE | {"initial_soc": 0.5, "limits.negative_potential": 0.3, "series.points": 0}
    )
    assert ended(ds) == "no_current"
    assert ds.charged_capacity.item() == 0.0
    hot = em.run(
        "battery.dfn",
        CHARGE | LUMPED | {"heat_transfer_coefficient": 0.0, "limits.temperature": 35.0, "series.points": 0},
    )
    assert ended(hot) == "no_current"
    assert hot.temperature_max.item() == pytest.approx(35.0, abs=1e-3)
    rested = em.run("battery.dfn", CHARGE | {"protocol": "Charge at limits until 80% SOC; Rest for 1 h",
                                             "limits.negative_potential": 0.3,
                                             "initial_soc": 0.5, "series.points": 0})  # fmt: skip
    assert rested.duration.item() == pytest.approx(3600.0)


def test_plating_begins_at_the_face_of_the_separator():
    """0.454 A h at 40 C: PyBaMM's potential at the separator's interface on 60 points; 0.549 at the last of
    twenty nodes.
    """
    values = {
        "protocol": "Charge at 4C until 3.65 V",
        "temperature": 40.0,
        "initial_soc": 0.0,
        "series.points": 0,
    }
    ds = em.run("battery-lfp-18650", values)
    assert ds.plating_onset_capacity.item() == pytest.approx(0.454, rel=0.02)


@pytest.mark.parametrize("temperature", [10.0, 40.0, 60.0])
def test_time_of_a_charge_at_limits_does_not_hang_on_the_mesh(temperature):
    """The potential that binds is that of the separator's face: within 0.3 % of a mesh eight
    times as fine.
    """
    values = {
        "protocol": "Charge at limits until 80% SOC",
        "temperature": temperature,
        "initial_soc": 0.0,
        "series.points": 0,
    }
    found = [
        em.run("battery-lfp-18650", values | more).time_10_to_80.item()
        for more in ({}, {"points.negative": 160})
    ]
    assert found[0] == pytest.approx(found[1], rel=3e-3)
    if temperature == 40.0:
        assert found[1] == pytest.approx(800.6, abs=0.5)


@pytest.mark.usefixtures("quick_reference")
@pytest.mark.parametrize("temperature", [0.0, 25.0, 60.0])
def test_lfp_at_4c_as_pybamm_gives_it(temperature):
    """A quarter of the capacity at 25 C, nearly all at 60 C with plating in the last 5 % only."""
    case = {
        "parameters": "lfp-18650",
        "protocol": "Charge at 4C until 3.65 V",
        "temperature": temperature,
        "initial_soc": 0.0,
    }
    ours = em.run("battery.dfn", case | {"mesh": "pybamm", "tolerance": 1e-5, "series.points": 0})
    time = np.linspace(0.0, ours.duration.item(), 1001)
    theirs = backend.run("battery.dfn", case, time)
    below = theirs["negative_potential_vs_lithium"] < 0.0
    assert ours.capacity.item() == pytest.approx(theirs["capacity"], rel=0.01)
    assert ours.negative_potential_min.item() == pytest.approx(theirs["negative_potential_min"], abs=2e-3)
    assert ours.plating_onset_capacity.item() == pytest.approx(
        time[np.argmax(below)] * 8.0 / 3600.0, abs=0.01
    )
    share = {0.0: (0.0, 0.01), 25.0: (0.2, 0.3), 60.0: (0.95, 1.0)}[temperature]
    assert share[0] < ours.capacity.item() / ours.cell_capacity.item() < share[1]
    if temperature == 60.0:
        assert ours.plating_onset_capacity.item() > 0.95 * ours.capacity.item()


@pytest.mark.parametrize(("temperature", "plates"), [(22.0, True), (60.0, False)])
def test_hot_cells_of_mohtat_do_not_plate_at_6c(temperature, plates):
    ds = em.run(
        "battery.dfn",
        {
            "parameters": "Mohtat2020",
            "protocol": "Charge at 6C",
            "temperature": temperature,
            "series.points": 0,
        },
    )
    assert (ds.negative_potential_min.item() < 0.0) == plates
    assert np.isfinite(ds.plating_onset_capacity.item()) == plates


# temperature over time


def test_imposed_temperature_of_an_isothermal_cell():
    ds = em.run(
        "battery.dfn",
        {
            "protocol": "Charge at 1C until 80% SOC",
            "temperature_profile": "0 s 25 degC, 2 min 50 degC, 20 min 30 degC",
        },
    )
    known = np.isfinite(ds.cell_temperature)
    expected = np.interp(ds.time.values, [0.0, 120.0, 1200.0], [25.0, 50.0, 30.0])
    np.testing.assert_allclose(ds.cell_temperature.values[known], expected[known], atol=1e-6)


def test_surroundings_that_warm_up_steadily():
    """A resting lumped cell behind a ramp r t: T - T_0 = r (t - tau (1 - exp(-t/tau)))."""
    ds = em.run(
        "battery.spm",
        {
            "protocol": "Rest for 20 min",
            "initial_soc": 0.5,
            "temperature_profile": "0 s 20 degC, 30 min 50 degC",
            "tolerance": 1e-6,
        }
        | LUMPED
        | {"heat_transfer_coefficient": 40.0},
    )
    tau = 999.0 * 1940.0 * 1.7e-5 / (40.0 * 0.00431)  # heat capacity over cooling, of the set
    t = ds.time.values
    np.testing.assert_allclose(
        ds.cell_temperature, 20.0 + 30.0 / 1800.0 * (t - tau * (1.0 - np.exp(-t / tau))), atol=2e-3
    )


def test_preheating_costs_heat_and_saves_time():
    values = CHARGE | {"thermal": "lumped", "heat_transfer_coefficient": 200.0, "series.points": 0}
    cold = em.run("battery.spme", values | {"temperature": 5.0})
    heated = em.run(
        "battery.spme", values | {"temperature_profile": "0 s 5 degC, 60 s 55 degC, 600 s 55 degC"}
    )
    assert heated.duration.item() < 0.5 * cold.duration.item()
    assert heated.heat_rejected.item() < 0.0 < cold.heat_rejected.item()


@pytest.mark.parametrize(("text", "words"), [
    ("0 s 25 degC, 3 min 60", "cannot read '3 min 60'"),
    ("0 s 25 degC", "at least two times"),
    ("0 s 25 degC, 60 s 20 degC, 30 s 25 degC", "each later than the last"),
    ("0 s 25 degC, 60 s 500 degC", "from -40 to 100"),
    ("nothing.csv", "no such file"),
])  # fmt: skip
def test_temperature_profiles_that_are_none(text, words):
    with pytest.raises(InputError, match=words):
        em.run("battery.spm", {"temperature_profile": text})


def test_temperature_profile_from_a_file(tmp_path):
    (tmp_path / "warm.csv").write_text("time min,temperature degC\n0,25\n2,45\n60,45\n", encoding="utf-8")
    one = em.run(
        "battery.spme", CHARGE | {"temperature_profile": str(tmp_path / "warm.csv"), "series.points": 0}
    )
    other = em.run(
        "battery.spme",
        CHARGE | {"temperature_profile": "0 s 25 degC, 2 min 45 degC, 1 h 45 degC", "series.points": 0},
    )
    assert one.duration.item() == other.duration.item()


# schedules of several stages


@pytest.mark.parametrize(
    ("rates", "last"), [((4.8, 5.2, 5.2), 4.160), ((5.2, 5.2, 4.8), 4.160), ((4.4, 5.6, 5.2), 4.252)]
)
def test_ten_minute_schedules(rates, last):
    """The best schedules of Attia et al. 2020: the fourth rate follows from the other three, and ten minutes
    are exact.
    """
    assert last_rate(rates) == pytest.approx(last, abs=5e-4)
    ds = em.run(
        "battery.spm",
        {"protocol": staged(rates), "rate_basis": "cell", "temperature": 60.0, "series.points": 0},
    )
    assert ds.duration.item() == pytest.approx(600.0, abs=1e-3)
    assert ds.charged_capacity.item() == pytest.approx(0.8 * ds.cell_capacity.item(), rel=1e-6)


def test_a_schedule_without_time_left():
    with pytest.raises(InputError, match="10 minutes are over"):
        last_rate((3.0, 3.0, 3.0))


# words


def test_words():
    assert describe(parse("charge AT limits until 80 % soc or until C/50")) == (
        "Charge at limits until 80% SOC or until C/50"
    )
    assert parse("Charge at limits until 80% SOC").course.direction == "charge"
    with pytest.raises(InputError, match=r"needs an end, e\.g\. Charge at limits until 80% SOC"):
        parse("Charge at limits")
    with pytest.raises(InputError, match="never reaches 0% SOC"):
        parse("Charge at limits until 0% SOC")


def test_limits_without_such_a_charge_are_inert():
    with pytest.warns(InertWarning, match="Charge at limits"):
        em.sweep("battery.spm", {"limits.c_rate": [1.0, 2.0]}, {"series.points": 0})


# the verb


def test_fastcharge(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = json.loads(cli("fastcharge", "battery-lfp-18650", "-p", "temperature=45", "--json").stdout)
    assert {"time_10_to_80", "time_0_to_80", "plating_onset_capacity", "mean_c_rate", "peak_c_rate",
    "temperature_max",
            "charged_capacity", "heat_rejected"} <= found.keys()  # fmt: skip
    assert found["time_10_to_80"] < found["time_0_to_80"]
    assert found["plating_onset_capacity"] is None
    assert not list(tmp_path.iterdir())
    assert "time_10_to_80" in cli("fastcharge", "battery-lfp-18650", "-p", "limits.c_rate=2").stdout
    assert (tmp_path / "fastcharge.png").stat().st_size > 20_000
    cli("fastcharge", "battery-lfp-18650", "-p", "limits.c_rate=2", "-o", "other.svg", "--json")
    assert (tmp_path / "other.svg").is_file()


def test_fastcharge_keeps_a_protocol_with_limits(cli):
    words = ("-p", "protocol=Charge at limits until 50% SOC", "-p", "temperature=45", "--json")
    found = json.loads(cli("fastcharge", "battery-lfp-18650", *words).stdout)
    assert found["time_0_to_80"] is None
    assert found["termination"] == "end_soc"


@pytest.mark.parametrize(("words", "message"), [
    (("longi-hjt-26.30",), "fast charging needs"),
    (("battery-lfp-18650", "-p", "limits.c_rate=-1"), "limits.c_rate"),
    (("battery-lfp-18650", "-p", "limits.voltage=4V"), "cut-off voltage cell.voltage_max = 3.65 V"),
    (("battery-lfp-18650", "-o", "picture.txt"), ".png"),
    (("battery-lfp-18650", "-p", "limits.c_rte=1"), "limits.c_rate"),
])  # fmt: skip
def test_fastcharge_with_wrong_input(cli, words, message):
    assert message in cli("fastcharge", *words, status=2).stderr


def test_fastcharge_fields_sweep(cli, tmp_path):
    out = tmp_path / "map.nc"
    cli("sweep", "battery-lfp-18650", "-p", "model=battery.spme", "-p",
    "protocol=Charge at limits until 80% SOC",
        "-p", "series.points=0", "-v", "temperature=30:50:3", "-v", "limits.c_rate=2,4", "-o",
        out)  # fmt: skip
    ds = xr.open_dataset(out)
    assert ds.time_10_to_80.shape == (3, 2)
    assert np.isfinite(ds.time_10_to_80).all()


# ends and limits that meet or exclude each other


@pytest.mark.parametrize("soc", [0.8, 0.9])
@pytest.mark.parametrize("protocol", ["Charge at limits until 80% SOC", "Charge at 1C until 80% SOC"])
def test_a_state_of_charge_that_is_met_ends_at_once(protocol, soc):
    ds = em.run("battery.spme", {"protocol": protocol, "initial_soc": soc, "series.points": 0})
    assert ended(ds) == "end_soc"
    assert ds.charged_capacity.item() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("soc", "protocol"), [
    (0.5, "Charge at 1C until 90% SOC; Discharge at 1C until 5% SOC; Charge at 2C until 85% SOC"),
    (0.8, "Discharge at 0.001C for 1 s; Discharge at 1C until 5% SOC; Charge at 2C until 85% SOC"),
])  # fmt: skip
def test_time_counts_from_ten_to_eighty_percent_of_one_charge(soc, protocol):
    ds = em.run(
        "battery.spm", {"protocol": protocol, "initial_soc": soc, "temperature": 60.0, "series.points": 0}
    )
    assert ds.time_10_to_80.item() == pytest.approx(0.7 * ds.cell_capacity.item() / 4.0 * 3600.0, rel=1e-5)


@pytest.mark.parametrize(("profile", "end"), [
    ("0 s 5 degC, 600 s 60 degC", "no_current"),
    ("0 s 25 degC, 120 s 25 degC, 180 s 36 degC", "no_current"),
    ("0 s 25 degC, 60 s 60 degC, 600 s 60 degC, 660 s 10 degC", "end_soc"),
])  # fmt: skip
@pytest.mark.parametrize("model", ["battery.spme", "battery.dfn"])
def test_surroundings_that_pass_the_limit(model, profile, end):
    """A cell rests for heat only where the surroundings cool it in the end."""
    values = LUMPED | {
        "heat_transfer_coefficient": 20.0,
        "limits.temperature": 35.0,
        "temperature_profile": profile,
    }
    ds = em.run(
        model,
        values | {"parameters": "lfp-4c", "protocol": "Charge at limits until 80% SOC", "series.points": 0},
    )
    assert int(ds.status) == 0
    assert ended(ds) in (end, "end_soc")


def test_salt_that_cannot_recover_is_not_waited_for():
    ds = em.run("battery.spme", {"parameters": "lfp-4c", "protocol": "Charge at limits until 90% SOC",
                                 "limits.salt_concentration": 990.0, "series.points": 0})  # fmt: skip
    assert ended(ds) == "no_current"


@pytest.mark.parametrize("words", [("-p", "initial_soc=1"), ("-p", "limits.negative_potential=3")])
def test_nothing_to_draw(cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    assert "no charge to draw" in cli("fastcharge", "battery-lfp-18650", *words).stderr
    assert not list(tmp_path.iterdir())


def test_a_charge_is_drawn_over_time(cli):
    assert "series.points" in cli("fastcharge", "battery-lfp-18650", "-p", "series.points=0", status=2).stderr


def test_profiles_from_files_are_checked(tmp_path):
    (tmp_path / "hot.csv").write_text("time s,temperature degC\n0,25\n10,500\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"temperature_profile.*from -40 to 100"):
        em.run("battery.spm", {"temperature_profile": str(tmp_path / "hot.csv")})
    with pytest.raises(InputError, match="temperature_profile"):
        em.run("battery.spm", {"temperature_profile": "0 s -- degC, 10 s 30 degC"})


def test_metal_electrodes_are_refused():
    with pytest.raises(InputError, match="metal"):
        em.run("battery.spm", {"cell_design": "design-condensed-500"})
