"""PyBaMM as reference backend: known cases, what it refuses, and how series are compared with it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from energymodels.backends.pybamm import solver as backend
from energymodels.core.errors import InputError
from energymodels.core.model import Agreement, Output
from energymodels.kernels import status
from energymodels.kernels.battery.cell import layout
from energymodels.report import compare as comparison

NOTHING = np.empty(0)
CODE = {name: code for code, name in enumerate(layout.TERMINATIONS)}


def run(model, protocol, time=NOTHING, parameters="Chen2020", **case):
    return backend.run(
        f"battery.{model}", {"parameters": parameters, "protocol": protocol, **case}, np.asarray(time, float)
    )


# telemetry


def test_pybamm_is_told_to_send_nothing(root):
    code = (
        "import sys; from energymodels.backends.pybamm.quiet import OPT_OUT, pybamm; import os;"
        "assert os.environ[OPT_OUT] == 'true' and pybamm.config.check_opt_out() and "
        "pybamm.telemetry._posthog.disabled;"
        "assert type(pybamm.telemetry._posthog).__name__ == 'MockTelemetry'"
    )
    plain = {
        name: value for name, value in os.environ.items() if name not in ("PYBAMM_DISABLE_TELEMETRY", "CI")
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=plain, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout


def test_pybamm_is_imported_in_one_place(root):
    found = set()
    for folder in ("energymodels", "cli", "kernels", "datasets"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                if any(name.split(".")[0] == "pybamm" for name in names):
                    found.add(path.name)
    assert found == {"quiet.py"}


# cases that were solved by plain PyBaMM simulations, with no experiment and no code of this library


@pytest.mark.parametrize(
    ("model", "voltages", "duration", "capacity"),
    [
        ("dfn", (3.94936, 3.82393, 3.51958, 3.32479), 3594.19, 4.99193),
        ("spme", (3.94610, 3.81981, 3.51829, 3.32573), 3594.59, 4.99249),
        ("spm", (3.99552, 3.87603, 3.57483, 3.38251), 3606.55, 5.00910),
    ],
)
def test_discharge(model, voltages, duration, capacity):
    found = run(model, "Discharge at {rate}C until 2.5 V", (0, 60, 600, 1800, 2700, 3700), rate=1.0)
    np.testing.assert_allclose(found["voltage"][1:-1], voltages, atol=1e-5)
    assert np.isnan(found["voltage"][-1])
    assert found["duration"] == pytest.approx(duration, abs=0.01)
    assert found["capacity"] == pytest.approx(capacity, abs=1e-5)
    assert found["capacity_discharged"] == pytest.approx(found["capacity"], rel=1e-12)
    assert found["termination"] == CODE["end_voltage"]
    np.testing.assert_allclose(found["current"][:-1], 5.0, rtol=1e-12)
    np.testing.assert_allclose(
        np.diff(found["state_of_charge"][:2]), -60 * 5.0 / 3600 / cell_capacity(), rtol=1e-5
    )
    assert found["negative_potential_min"] <= np.nanmin(found["negative_potential_vs_lithium"])


def cell_capacity():
    """Return the A h between open-circuit voltages of Chen2020, from a C/20 discharge's state of charge."""
    found = run("spm", "Discharge at 1 A until 50% SOC")
    return 2.0 * found["capacity"]


def test_charge_from_empty_into_the_limit():
    found = run("dfn", "Charge at 1C", (0.0, 1000.0))
    assert found["duration"] == pytest.approx(2548.256, abs=0.01)
    assert found["capacity_discharged"] == pytest.approx(-3.53925, abs=1e-5)
    assert found["energy_discharged"] == pytest.approx(-found["energy"], rel=1e-12)
    assert found["state_of_charge"][0] == pytest.approx(0.0, abs=1e-6)
    assert found["negative_potential_min"] == pytest.approx(-0.01697, abs=1e-5)  # at the separator's face
    assert found["termination"] == CODE["voltage_max"]


def test_lumped_heat():
    found = run("dfn", "Discharge at 2C", (0.0, 600.0, 1730.0), thermal="lumped")
    assert found["temperature_max"] == pytest.approx(69.577, abs=0.01)
    assert found["duration"] == pytest.approx(1739.126, abs=0.01)
    assert np.all(found["heat"] > 0.0)
    assert found["termination"] == CODE["voltage_min"]


# protocols


def test_steps_go_on_from_one_another():
    time = np.linspace(0.0, 8000.0, 8001)
    protocol = (
        "Discharge at 1C until 2.6 V; Rest for 10 minutes; Charge at 1C until 4.2 V; Hold at 4.2 V until C/20"
    )
    found = run("spm", protocol, time, initial_soc=0.5)
    assert found["termination"] == CODE["end_current"]
    held = found["voltage"][(time < found["duration"]) & (time > 5800.0)]
    np.testing.assert_allclose(held, 4.2, atol=1e-6)
    current = found["current"][time < found["duration"]]
    assert set(np.round(current[time[: current.size] < 5000.0], 9)) == {5.0, 0.0, -5.0}
    moved = np.trapezoid(current, time[: current.size]) / 3600.0
    assert found["capacity_discharged"] == pytest.approx(moved, abs=5e-3)
    assert found["state_of_charge"][current.size - 1] == pytest.approx(
        0.5 - moved / cell_capacity(), abs=1e-3
    )


@pytest.mark.parametrize(
    ("protocol", "expected", "termination"),
    [
        ("Discharge at 1 A until 0.5 A h; Rest for 1 min", {"duration": 1860.0, "capacity": 0.5}, "end_time"),
        ("Discharge at 10 W until 0.5 A h", {"capacity": 0.5}, "end_capacity"),
        ("Discharge at 4 W for 30 minutes", {"energy_discharged": 2.0}, "end_time"),
        (
            "(Discharge at 1 A for 10 s; Charge at 1 A for 10 s) x 2",
            {"duration": 40.0, "capacity_discharged": 0.0},
            "end_time",
        ),
        ("Charge at 10C", {"duration": 0.0, "capacity": 0.0}, "voltage_max"),
    ],
)
def test_protocols(protocol, expected, termination):
    found = run("spm", protocol, initial_soc=0.99 if "10C" in protocol else 0.9)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-9), name
    assert found["termination"] == CODE[termination]


def test_profiles(tmp_path):
    file = tmp_path / "cycle.csv"
    file.write_text("time s,current A\n0,0\n10,5\n20,5\n30,-5\n40,0\n")
    found = run("spm", f"Run current from '{file}' times 0.5", [0.0, 5.0, 15.0, 25.0, 40.0], initial_soc=0.5)
    np.testing.assert_allclose(found["current"], [0.0, 1.25, 2.5, 0.0, 0.0], atol=1e-9)
    assert found["duration"] == pytest.approx(40.0)
    assert found["capacity_discharged"] == pytest.approx(2.5 * (5 + 10 - 5) / 3600.0, rel=1e-5)


def test_contact_resistance_is_behind_the_terminals_and_heats():
    time = [1.0, 600.0]
    bare = run("spm", "Discharge at 2 A for 700 s", time)
    found = run("spm", "Discharge at 2 A for 700 s", time, **{"cell.contact_resistance": 0.01})
    np.testing.assert_allclose(found["voltage"], bare["voltage"] - 0.02, atol=1e-7)
    np.testing.assert_allclose(found["heat"], bare["heat"] + 0.04, atol=1e-6)


# parameters


def test_fields_reach_pybamm():
    base = run("spm", "Discharge at 1C")
    thick = run(
        "spm",
        "Discharge at 1C",
        **{"negative.thickness": 85.2 * 2, "positive.thickness": 75.6 * 2, "cell.nominal_capacity": 10.0},
    )
    # the same current density per particle
    assert thick["capacity"] == pytest.approx(2.0 * base["capacity"], rel=1e-4)
    constant = run("spm", "Discharge at 1C", **{"negative.diffusivity": 3.3e-14})  # what the set has
    assert constant["duration"] == pytest.approx(base["duration"], rel=1e-7)
    doubled = run(
        "spm", "Discharge at 1C", **{"negative.diffusivity": 1.65e-14, "negative.diffusivity_factor": 2.0}
    )
    assert doubled["duration"] == pytest.approx(base["duration"], rel=1e-7)
    slow = run("spm", "Discharge at 1C", **{"negative.exchange_current_density_factor": 0.1})
    assert slow["duration"] < base["duration"]
    cold = run("spm", "Discharge at 1C for 10 s", [5.0], temperature=0.0)
    assert cold["cell_temperature"] == pytest.approx([0.0], abs=1e-9)


@pytest.mark.parametrize(
    ("parameters", "case", "words"),
    [
        ("Chen202", {}, "did you mean Chen2020"),
        ("Sulzer2019", {}, "no intercalation cell"),
        ("Chen2020_composite", {}, "no intercalation cell"),
        ("absent.json", {}, "no such file"),
        ("Prada2013", {"thermal": "lumped"}, "has no Negative current collector density"),
        ("lfp-18650", {"thermal": "lumped"}, "heat_transfer_coefficient: lfp-18650 gives none"),
    ],
)
def test_refusals(parameters, case, words):
    with pytest.raises(InputError, match=words):
        run("spm", "Discharge at 1C", parameters=parameters, **case)


def values_at(values, c, T):
    """Return a BPX cell's functions of (concentration or stoichiometry, K) and the exchange currents, as
    numbers.
    """
    from energymodels.backends.pybamm.quiet import pybamm

    x, T = pybamm.Scalar(c), pybamm.Scalar(T)
    found = []
    for name in ("Electrolyte conductivity [S.m-1]", "Electrolyte diffusivity [m2.s-1]"):
        found.append(values[name](1000.0 * x, T))
    for side in ("Negative", "Positive"):
        found.append(values[f"{side} particle diffusivity [m2.s-1]"](x, T))
        found += [
            values[f"{side} electrode {what}"](x) for what in ("OCP [V]", "OCP entropic change [V.K-1]")
        ]
        found.append(values[f"{side} electrode exchange-current density [A.m-2]"](1100.0, 9000.0, 20000.0, T))
    return np.array(
        [np.ravel(pybamm.ParameterValues({}).evaluate(pybamm.convert_to_symbol(f)))[0] for f in found]
    )


def test_bundled_cells_and_files_are_read_as_pybamm_reads_them(tmp_path):
    from energymodels.backends.pybamm import files as pybamm_files
    from energymodels.backends.pybamm.quiet import pybamm
    from energymodels.battery.parameters.names import ASKED_FOR, SIDE_REACTIONS
    from energymodels.battery.parameters.sets import read_bundled

    path = tmp_path / "cell.json"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = json.dumps(pybamm_files._written(read_bundled("lfp-18650")))
        path.write_text(written.replace("\\n", " "))  # a formula of BPX has one line
        # runs the formulas, which the backend does not
        theirs = pybamm.ParameterValues.create_from_bpx(str(path))
        ours = [pybamm_files.from_bundled("lfp-18650"), pybamm_files.from_file(path)]
    beside = {
        *SIDE_REACTIONS.values(),
        *ASKED_FOR.values(),
        "Dead lithium decay rate [s-1]",
        "Exchange-current density for stripping [A.m-2]",
    }
    for values in ours:
        assert set(values.keys()) - beside == set(theirs.keys())
        for name in theirs.keys():  # noqa: SIM118 (it is no dict)
            if not callable(theirs[name]):
                assert values[name] == theirs[name], name
        for c, T in ((0.02, 270.0), (0.33, 298.15), (0.9, 330.0)):
            np.testing.assert_allclose(values_at(values, c, T), values_at(theirs, c, T), rtol=1e-12)


def test_formulas_that_numpy_and_pybamm_name_differently():
    from energymodels.backends.pybamm.files import _function
    from energymodels.backends.pybamm.quiet import pybamm

    f = _function("tan(x) + abs(-x) * log10(x + 2) - +arctan(x) / sqrt(x) + 2 ** x", "formula", 0.0, 300.0)
    x = 0.7
    expected = np.tan(x) + x * np.log10(x + 2) - np.arctan(x) / np.sqrt(x) + 2**x
    assert float(f(pybamm.Scalar(x)).evaluate()) == pytest.approx(expected, rel=1e-12)


def test_lfp_cell():
    charge = run("dfn", "Charge at 4C until 3.65 V", parameters="lfp-18650")
    # a quarter of it: this cell cannot take 4C at 25 degC
    assert charge["capacity"] == pytest.approx(0.51763, abs=1e-5)
    assert charge["negative_potential_min"] == pytest.approx(-0.08403, abs=1e-5)
    hot = run(
        "dfn", "Discharge at 4C", parameters="lfp-18650", thermal="lumped", heat_transfer_coefficient=10.0
    )
    assert hot["capacity"] == pytest.approx(1.980, abs=5e-4)
    assert hot["temperature_max"] == pytest.approx(61.63, abs=0.01)


def test_a_set_without_thermal_data_has_heat_all_the_same():
    found = run("spme", "Discharge at 1C for 60 s", [30.0], parameters="Prada2013")
    assert found["heat"][0] > 0.0


def test_a_case_that_pybamm_gives_up_is_reported(monkeypatch):
    def solve(model, case, time):
        if case["rate"] > 1.0:
            raise backend.pybamm.SolverError("IDA_CONV_FAIL")
        return {"duration": 1.0, "voltage": np.ones(time.size)}

    monkeypatch.setattr(backend, "run", solve)
    monkeypatch.setattr(
        backend,
        "get_model",
        lambda name: SimpleNamespace(fields=lambda values: {"rate": SimpleNamespace(labels=())}),
    )
    values, codes = backend.solve("battery.spm", {}, {"rate": np.array([1.0, 2.0])}, {"time": np.zeros(3)})
    assert codes.tolist() == [status.OK, status.NO_CONVERGENCE]
    assert values["duration"][0] == 1.0
    assert np.isnan(values["duration"][1])
    assert np.all(np.isnan(values["voltage"][1]))


# comparison of series

TIME = np.linspace(0.0, 100.0, 11)
TOLERANCES = {"voltage": Agreement(0.0, 1e-3, "why"), "duration": Agreement(2e-4, 0.0, "why")}
REFERENCE = np.append(np.linspace(4.0, 3.1, 10), np.nan)


def entry(ours):
    output = Output("voltage", "V", "voltage", dims=("time",))
    solutions = [
        SimpleNamespace(
            values={"voltage": v[None], "duration": np.array([95.0])},
            status=np.zeros(1),
            output_axes={"time": TIME},
        )
        for v in (np.asarray(ours), REFERENCE)
    ]
    return comparison._entry(output, *solutions, TOLERANCES)


def test_series_are_compared_up_to_the_earlier_end():
    ours = REFERENCE + 5e-4
    ours[-2] = np.nan
    found = entry(ours)
    assert found["within"]
    assert found["rms"] == pytest.approx(5e-4)
    assert found["deviation"] == pytest.approx(5e-4)
    # 1 mV and what 0.02 % of 95 s is worth at 10 mV/s
    assert found["tolerance"] == pytest.approx(1e-3 + 0.01 * 2e-4 * 95.0)


def test_a_series_past_its_tolerance():
    ours = REFERENCE.copy()
    ours[3] += 2e-3
    found = entry(ours)
    assert not found["within"]
    assert found["reference"] == REFERENCE[3]
    assert found["rms"] == pytest.approx(2e-3 / np.sqrt(10))


def test_a_series_that_one_of_them_lacks_is_past_tolerance():
    found = entry(np.full(TIME.size, np.nan))
    assert not found["within"]
    assert np.isnan(found["rms"])
