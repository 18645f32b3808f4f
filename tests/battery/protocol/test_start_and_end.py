"""Where runs start and where they end: the choice that is made and said, voltages and set states, the step
that ended a case.
"""

import warnings

import numpy as np
import pytest
from comparison import compare
from numba.core import config

import energymodels as em
from energymodels.battery.cell import ending
from energymodels.battery.protocol.program import parse
from energymodels.core import sweep as engine
from energymodels.core.errors import EndWarning, InputError, ProvenanceWarning
from energymodels.core.spec import load
from energymodels.kernels import status

compiled = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole discharges take minutes interpreted")
CHEN = {"parameters": "Chen2020", "series.points": 0}


def said(values, model="battery.spme", over=None):
    """Return (result, what was said of the start and of the end)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = em.sweep(model, over or {}, values)
    return ds, [str(w.message) for w in caught if w.category in (ProvenanceWarning, EndWarning)]


# where a run starts


@compiled
def test_a_rest_does_not_decide():
    """A charge behind a rest of an hour is that of an empty cell; the choice is said, and in the file."""
    ds, words = said(CHEN | {"protocol": "Rest for 1 hour; Charge at 1C until 4.2 V"})
    plain, nothing = said(CHEN | {"protocol": "Charge at 1C until 4.2 V"})
    assert float(ds.capacity) == pytest.approx(3.481, abs=1e-3)
    assert float(ds.capacity) == pytest.approx(float(plain.capacity), rel=1e-4)
    assert len(words) == 1
    assert words[0].startswith("starts at an SOC of 0, since the protocol mainly charges")
    assert words[0] in ds.attrs["comment"]
    assert nothing == []
    assert said(CHEN | {"protocol": "Rest for 1 hour; Charge at 1C until 4.2 V", "initial_soc": 0.5})[1] == []


@compiled
def test_noise_does_not_decide(tmp_path):
    file = tmp_path / "found.csv"
    file.write_text("time s,current A\n0,0.004\n1,-0.002\n2,0.003\n3,-5\n1803,-5\n")
    ds, words = said(CHEN | {"protocol": f"Run current from {file}"})
    assert float(ds.charged_capacity) == pytest.approx(2.5, rel=1e-3)
    assert "mainly charges" in words[0]


@compiled
def test_choice_in_a_sweep():
    texts = [
        "Rest for 1 s; Charge at 1C for 60 s",
        "Discharge at 1C for 60 s",
        "Rest for 1 s; Discharge at 1C for 60 s",
    ]
    ds, words = said(CHEN, over={"protocol": texts})
    assert ds.charged_capacity.values == pytest.approx([1 / 12, -1 / 12, -1 / 12], rel=1e-6)
    assert [word[:56] for word in words] == [
        "starts at an SOC of 0, since 1 of the protocols mainly c",
        "starts at an SOC of 1, since 1 of the protocols mainly d",
    ]


@compiled
@pytest.mark.parametrize("temperature", [0.0, 25.0])
@pytest.mark.parametrize("voltage", [2.6, 3.4, 3.85, 4.19])
def test_initial_voltage(voltage, temperature):
    """The settled cell has that voltage, at its own temperature."""
    values = {
        "parameters": "Ai2020",
        "initial_voltage": voltage + 0.4,
        "temperature": temperature,
        "series.points": 2,
    }
    if voltage + 0.4 > 4.2:
        values["initial_voltage"] = 4.2 - 1e-6
    ds = em.run("battery.spm", values | {"protocol": "Rest for 1 s"})
    assert ds.voltage.values == pytest.approx(values["initial_voltage"], abs=1e-9)
    assert ds.open_circuit_voltage.values == pytest.approx(values["initial_voltage"], abs=1e-9)


@compiled
def test_initial_voltage_is_that_of_pybamm():

    values = {
        "parameters": "Chen2020",
        "initial_voltage": "3.7 V",
        "protocol": "Discharge at 1C for 600 s",
        "series.points": 11,
    }
    assert all(entry["within"] for entry in compare("battery.spm", values | {"tolerance": 1e-6}))


@compiled
def test_initial_state_of_the_set():
    """The stoichiometries that the set gives, which are those of PyBaMM when it is told no state
    of charge.
    """
    from energymodels.backends.pybamm.quiet import pybamm as parameters

    values = {"parameters": "Chen2020", "initial_state": "set", "series.points": 2}
    rest = em.run("battery.dfn", values | {"protocol": "Rest for 1 s"})
    settled = parameters.LithiumIonParameters().ocv_init
    assert float(rest.voltage[0]) == pytest.approx(
        float(parameters.ParameterValues("Chen2020").evaluate(settled).item()), abs=1e-5
    )
    keep = ["negative_surface_stoichiometry", "positive_surface_stoichiometry"]
    inside = em.sweep("battery.dfn", {}, values | {"protocol": "Rest for 1 s"}, keep=keep)
    assert inside.negative_surface_stoichiometry.values == pytest.approx(29866.0 / 33133.0, rel=1e-7)
    assert inside.positive_surface_stoichiometry.values == pytest.approx(17038.0 / 63104.0, rel=1e-7)
    assert all(
        e["within"]
        for e in compare("battery.spm", values | {"protocol": "Discharge at 1C for 600 s", "tolerance": 1e-6})
    )


@compiled
def test_starts_are_swept():
    ds = em.sweep(
        "battery.spm", {"initial_voltage": [3.0, 3.7, 4.9, 2.0]}, CHEN | {"protocol": "Discharge at 1C"}
    )
    assert ds.status.values.tolist() == [status.OK, status.OK, status.OUT_OF_RANGE, status.OUT_OF_RANGE]
    one = em.run("battery.spm", CHEN | {"protocol": "Discharge at 1C", "initial_voltage": 3.7})
    assert float(ds.capacity[1]) == float(one.capacity)


@pytest.mark.parametrize(("values", "message"), [
    ({"initial_voltage": 4.7}, "initial_voltage = 4.7 V: allowed from 2.5 to 4.2 V"),
    ({"initial_voltage": 4.0, "initial_soc": 0.5},
    "initial_soc: excludes initial_voltage|initial_voltage: excludes initial_soc"),
    ({"initial_state": "full"}, "initial_state = full: allowed set"),
    ({"initial_state": "set", "cell_design": "design-tesla-4680"}, "belong to its own geometry"),
])  # fmt: skip
def test_wrong_starts(values, message):
    with pytest.raises(InputError, match=message):
        em.run("battery.spm", CHEN | values)


def test_a_later_start_goes_before_an_earlier():
    spec = load("battery.spm").replace({"initial_soc": 0.5}).replace({"initial_voltage": 4.0})
    assert "initial_soc" not in spec.values


# where a run ended


@pytest.mark.parametrize(("text", "number", "words"), [
    ("(Rest for 1 s; Rest for 2 s) x 100", 2, "step 2 of 200 (cycle 1)"),
    ("(Rest for 1 s; Rest for 2 s) x 100", 199, "step 199 of 200 (cycle 100)"),
    ("Rest for 1 s; (Rest for 1 s; (Rest for 1 s) x 3) x 2; Rest for 1 s", 1, "step 1 of 10"),
    ("Rest for 1 s; (Rest for 1 s; (Rest for 1 s) x 3) x 2; Rest for 1 s", 5, "step 5 of 10 (cycle 1)"),
    ("Rest for 1 s; (Rest for 1 s; (Rest for 1 s) x 3) x 2; Rest for 1 s", 6, "step 6 of 10 (cycle 2)"),
    ("Rest for 1 s; (Rest for 1 s; (Rest for 1 s) x 3) x 2; Rest for 1 s", 10, "step 10 of 10"),
])  # fmt: skip
def test_place(text, number, words):
    assert ending.place(parse(text), number) == words


@compiled
def test_termination_names_the_step():
    """A charge whose end its own limit forestalls: what it was, where, and how much was left out."""
    values = CHEN | {
        "protocol": "(Discharge at 1C for 60 s; Charge at 1C for 30 min) x 100",
        "initial_soc": 0.98,
    }
    solution = engine.solve(load("battery.spm").replace(values), {})
    assert solution.scalars()["termination"] == "voltage_max in step 2 of 200 (cycle 1)"
    assert solution.scalars()["termination_step"] == 2
    ds, words = said(values, "battery.spm")
    assert words == ["the protocol ended by voltage_max in step 2 of 200 (cycle 1): 198 steps were skipped"]
    assert words[0] in ds.attrs["comment"]
    assert ds.termination.attrs["comment"] == "voltage_max in step 2 of 200 (cycle 1)"
    kept = em.sweep("battery.spm", {}, values, keep=["capacity"])
    assert words[0] in kept.attrs["comment"]


@compiled
def test_steps_left_out_in_a_sweep():
    values = CHEN | {"protocol": "Discharge at 1C for 60 s; Charge at 1C for 10 min; Rest for 1 s"}
    ds, words = said(values, "battery.spm", {"initial_soc": [0.5, 0.98, 0.97]})
    assert ds.termination_step.values.tolist() == [3, 2, 2]
    assert words == [
        "2 of 3 cases ended before their protocol's last step, the first by voltage_max in step 2 of 3"
    ]
    assert said(values | {"initial_soc": 0.5}, "battery.spm")[1] == []


@compiled
@pytest.mark.parametrize(("values", "model"), [
    ({"thermal": "isothermal"}, "battery.spm"), ({"thermal": "isothermal"}, "battery.dfn"),
    ({"thermal": "lumped"}, "battery.spme"),
    ({"thermal": "isothermal", "temperature_profile": "0 s 10 degC, 100 s 30 degC"}, "battery.spme"),
])  # fmt: skip
def test_an_end_that_is_never_met(values, model):
    """No cell warms to 40 degC in a room of 25 degC."""
    ds = em.run(model, CHEN | {"protocol": "Rest until 40 degC"} | values)
    assert int(ds.status) == status.END_OUT_OF_REACH
    met = em.run(
        model,
        CHEN
        | {"protocol": "Rest until 20 degC", "temperature_profile": "0 s 10 degC, 100 s 30 degC"}
        | values,
    )
    assert int(met.status) == status.OK


@compiled
def test_temperatures_beyond_the_tables():
    """lfp-18650's functions are known from -40 to 100 degC."""
    values = {"protocol": "Discharge at 1C for 10 s", "series.points": 0}
    ds, words = said(values, over={"temperature": [-45.0, 25.0, 99.0]})
    assert any(
        "1 of 3 cells were colder than -40 degC, beyond which lfp-18650 has no data" in word for word in words
    )
    assert any("colder than -40 degC" in ds.attrs["comment"] for _ in words)
    hot = values | {"thermal": "lumped", "heat_transfer_coefficient": 0.0, "temperature": 99.9}
    ds, words = said(hot | {"protocol": "Discharge at 4C for 60 s"})
    assert float(ds.temperature_max) > 100.0
    assert any("the cell was hotter than 100 degC" in word for word in words)
    assert not any("degC" in word for word in said(values)[1])


# a sweep is its single runs


@compiled
@pytest.mark.parametrize(("parameters", "path", "places"), [
    ("NCA_Kim2011", "negative.porosity", np.linspace(0.30, 0.45, 26)),
    ("NCA_Kim2011", "separator.porosity", np.linspace(0.30, 0.55, 26)),
    ("Chen2020", "electrolyte.initial_concentration", np.linspace(800.0, 1200.0, 26)),
    ("Marquis2019", "negative.maximum_concentration", np.linspace(2.4e4, 2.6e4, 26)),
])  # fmt: skip
def test_powers_are_those_of_single_runs(parameters, path, places):
    """To the last bit, also where an exponent is 2 or a half."""
    model = load("battery.spme").replace(
        {"parameters": parameters, "protocol": "Discharge at 1C for 10 s", "series.points": 0}
    )
    many = engine.solve(model, {path: places}).values
    for i in range(0, places.size, 5):
        one = engine.solve(model.replace({path: float(places[i])}), {}).values
        for name in ("energy", "negative_potential_min", "heat_total"):
            assert many[name].ravel()[i] == one[name].ravel()[0], (name, places[i])


def test_a_profile_that_the_cell_cuts_short_is_said(tmp_path):
    file = tmp_path / "drain.csv"
    file.write_text("time s,current A\n0,5\n36000,5\n", encoding="utf-8")
    values = {
        "parameters": "Chen2020",
        "initial_soc": 0.5,
        "protocol": f"Run current from {file}",
        "series.points": 0,
    }
    with pytest.warns(EndWarning, match="voltage_min ended the profile before its last row"):
        ds = em.run("battery.spm", values)
    assert float(ds.duration) < 36000.0


def test_compare_of_a_case_that_fails_here_is_no_verdict(cli):
    done = cli(
        "compare",
        "battery.spm",
        "-p",
        "parameters=Chen2020",
        "-p",
        "temperature=0",
        "-p",
        "protocol=Rest until 300 K",
        status=1,
    )
    assert "the case failed: end_out_of_reach" in done.stderr
    assert "PAST TOLERANCE" not in done.stdout
