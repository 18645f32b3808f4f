"""Batteries on the command line: a cell, a protocol, a sweep into a file, its plot, and what is wrong in one
line.
"""

import json

import numpy as np
import pytest
from numba.core import config

import energymodels as em

FAST = config.DISABLE_JIT
CELL = "battery-lfp-18650"
SHORT = "Charge at 4C for 2 s" if FAST else "Charge at 4C until 3.65 V"


def strict(text):
    """Return JSON, refusing NaN and Infinity, which JSON has not."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


@pytest.mark.parametrize("model", ["battery.dfn", "battery.spme", "battery.spm"])
def test_run_json(cli, model):
    """The protocol, the temperature with its unit and the fidelity are options; what ended the case is a
    word.
    """
    words = ["-p", f"model={model}", "-p", f"protocol={SHORT}", "-p", "temperature=25degC"]
    found = strict(cli("run", CELL, *words, "--json").stdout)
    assert found["status"] == 0
    assert found["termination"] == ("end_time" if FAST else "end_voltage")
    expected = em.run(CELL, {"model": model, "protocol": SHORT})
    assert found["capacity"] == expected.capacity.item()
    assert found["capacity_discharged"] == -found["capacity"]
    assert "voltage" not in found


def test_run_table_says_units(cli):
    text = cli("run", CELL, "-p", f"protocol={SHORT}", "-p", "series.points=0").stdout
    (line,) = [line for line in text.splitlines() if line.startswith("temperature_max")]
    assert "degC" in line
    assert any(line.startswith("capacity") and "A h" in line for line in text.splitlines())


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_sweep_over_the_rate(cli, tmp_path, suffix):
    """A number of the protocol is an axis, and the file gives back what was swept."""
    end = ["until 3.65 V", "for 1 s"][bool(FAST)]
    words = ["-p", f"protocol=Charge at {{rate}}C {end}", "-v", "rate=1:6:3", "-p", "series.points=21"]
    path = tmp_path / f"rates{suffix}"
    done = cli("sweep", CELL, *words, "-o", path)
    assert "3 cases" in done.stderr
    assert "0 failed" in done.stderr
    ds = em.read(path)
    assert ds.sizes == {"rate": 3, "time": 21}
    assert ds.rate.values.tolist() == [1.0, 3.5, 6.0]
    assert ds.time.units == "s"
    assert ds.equals(
        em.sweep(CELL, {"rate": "1:6:3"}, {"protocol": f"Charge at {{rate}}C {end}", "series.points": 21})
    )
    assert "positive" in ds.current.attrs["sign_convention"]
    if not FAST:
        assert (np.diff(ds.capacity) < 0.0).all()
        assert np.isnan(ds.voltage[-1]).any()


def test_plot_of_voltage_over_time(cli, tmp_path):
    end = ["until 3.65 V", "for 1 s"][bool(FAST)]
    words = ["-p", f"protocol=Charge at {{rate}}C {end}", "-v", "rate=1,2,4", "-p", "series.points=21"]
    cli("sweep", CELL, *words, "-o", tmp_path / "r.nc")
    cli("plot", tmp_path / "r.nc", "-x", "time", "-y", "voltage", "--hue", "rate", "-o", tmp_path / "r.png")
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    cli("plot", tmp_path / "r.nc", "-x", "rate", "-y", "capacity", "-o", tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


def test_sweep_of_protocols(cli, tmp_path):
    words = ["-v", "protocol=Discharge at 1C for 2 s,Charge at 1C for 1 s", "-p", "initial_soc=0.5"]
    cli("sweep", CELL, *words, "--keep", "duration,termination", "-o", tmp_path / "p.nc")
    ds = em.read(tmp_path / "p.nc")
    np.testing.assert_allclose(ds.duration, [2.0, 1.0], rtol=1e-9)


def test_describe(cli):
    text = cli("describe", "battery.dfn").stdout
    words = (
        "protocol",
        "{negative,separator,positive}.thickness",
        "heat_transfer_coefficient",
        "negative_potential_vs_lithium",
    )
    assert all(word in text for word in words)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_reference")
@pytest.mark.skipif(bool(FAST), reason="a whole charge takes minutes interpreted")
def test_compare_and_backend(cli):
    words = ["-p", "protocol=Charge at 4C until 3.65 V", "-p", "mesh=pybamm", "-p", "tolerance=1e-6"]
    entries = strict(cli("compare", CELL, *words, "--json").stdout)
    assert {"voltage", "capacity", "duration", "termination"} <= {entry["output"] for entry in entries}
    assert all(entry["within"] for entry in entries)
    text = cli("compare", CELL, *words, "-p", "model=battery.spm").stdout
    assert all(word in text for word in ("voltage", "rms", "capacity"))
    theirs = strict(cli("run", CELL, *words, "-b", "pybamm", "--json").stdout)
    assert theirs["capacity"] == pytest.approx(0.518, abs=1e-3)


@pytest.mark.parametrize(("words", "parts"), [
    (["run", CELL, "-p", "protocol=Charge fast"], ["protocol", "fast"]),
    (["run", CELL, "-p", "protocol=Charge at {rate}C"], ["rate", "needs a value"]),
    (["run", CELL, "-p", "rate=3"], ["rate"]),
    (["run", CELL, "-p", "thermal=lumped"], ["heat_transfer_coefficient"]),
    (["run", CELL, "-p", "thermal=warm"], ["thermal = warm", "isothermal, lumped"]),
    (["run", CELL, "-p", "temperature=400degC"], ["temperature = 400degC", "150", "degC"]),
    (["run", CELL, "-p", "negative.porosity=1.5"], ["negative.porosity", "1"]),
    (["run", CELL, "-p", "parameters=lfp-18651"], ["did you mean lfp-18650?"]),
    (["run", CELL, "-p", "Negative electrode thicknes [m]=1e-4"], ["Negative electrode thicknes [m]"]),
    (["run", CELL, "-b", "pybam"], ["pybam", "pybamm"]),
    (["run", "battery-lfp-18651"], ["did you mean battery-lfp-18650?"]),
    (["sweep", CELL, "-v", "mesh=default,pybamm", "-o", "x.nc"], ["mesh"]),
    (["sweep", CELL, "-v", "rate=1,2", "-o", "x.nc"], ["rate"]),
    (["sweep", CELL, "-p", "protocol=Charge at {rate}C", "-v", "rate=0,2", "-o", "x.nc"], ["rate = 0"]),
    (["sweep", CELL, "-v", "negative.thickness=40,60", "--keep", "voltag", "-o", "x.nc"],
    ["did you mean voltage?"]),
])  # fmt: skip
def test_what_is_wrong(cli, words, parts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = cli(*words, status=2)
    assert all(part.lower() in done.stderr.lower() for part in parts), done.stderr
    assert not done.stdout
    assert not any(tmp_path.iterdir())


def test_failed_case_is_null_and_status_one(cli):
    done = cli("run", CELL, "-p", "negative.initial_concentration=1e6", "--json", status=1)
    found = strict(done.stdout)
    assert found["capacity"] is None
    assert found["termination"] == "not_finished"
    assert "out_of_range" in done.stderr
