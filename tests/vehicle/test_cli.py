"""``vehicle.range`` from the command line: runs, sweeps to files, figures, errors."""

import json

import numpy as np
import pytest

import energymodels as em


def test_run(cli):
    found = json.loads(cli("run", "vehicle-model-3-rwd-lfp", "-p", "cycle=wltc_3b", "--json").stdout)
    assert found["range"] == pytest.approx(513.0, rel=0.06)
    assert found["distance"] == pytest.approx(23.266, abs=1e-3)


def test_run_with_coefficients_in_pounds(cli):
    words = [
        "-p",
        "mass=4250 lb",
        "-p",
        "road_load_a=37.17 lbf",
        "-p",
        "road_load_b=0.047 lbf/mph",
        "-p",
        "road_load_c=0.0144 lbf/mph^2",
    ]
    found = json.loads(cli("run", "vehicle.range", *words, "-p", "cycle=udds", "--json").stdout)
    assert found["tractive_energy"] == pytest.approx(137.68, abs=0.01)


def test_run_with_a_band(cli):
    found = json.loads(cli("run", "vehicle-nio-et7", "--sets", "all", "--json").stdout)["range"]
    assert found["low"] < found["value"] < found["high"]


def test_sweep_and_figure(cli, tmp_path):
    out = tmp_path / "winter.nc"
    cli(
        "sweep",
        "vehicle-model-3-rwd-lfp",
        "-v",
        "ambient_temperature=-20:45:14",
        "-v",
        "cycle=cltc_p,90 km/h",
        "-o",
        out,
    )
    ds = em.read(out)
    assert ds.range.dims == ("ambient_temperature", "cycle")
    assert ds.cycle.values.tolist() == ["cltc_p", "90 km/h"]
    warmest = ds.ambient_temperature.values[ds.range.values[:, 0].argmax()]
    assert 15.0 <= warmest <= 25.0
    cli(
        "plot",
        out,
        "-x",
        "ambient_temperature",
        "-y",
        "range",
        "--hue",
        "cycle",
        "-o",
        tmp_path / "winter.png",
    )
    assert (tmp_path / "winter.png").stat().st_size > 10_000


def test_power_to_a_file(cli, tmp_path):
    cli(
        "sweep", "vehicle-leaf-40", "-v", "cycle=udds", "--keep", "battery_power", "-o", tmp_path / "power.nc"
    )
    ds = em.read(tmp_path / "power.nc")
    assert ds.battery_power.sizes["time"] == 1369
    assert np.isfinite(ds.battery_power).all()
    assert ds.battery_power.attrs["units"] == "W"


def test_own_trace(cli, tmp_path):
    (tmp_path / "trace.csv").write_text("time s,speed km/h\n0,0\n1,10\n2,20\n3,10\n4,0\n")
    assert "tractive_energy" in cli("run", "vehicle.range", "-p", f"cycle={tmp_path / 'trace.csv'}").stdout


@pytest.mark.parametrize(("change", "message"), [
    ("cycle=cltc", "did you mean cltc_p?"),
    ("cycle=trace.csv", "no such file"),
    ("mass=-1", "mass = -1: allowed above 0"),
    ("vehicle=tesla", "unknown car"),
    ("altitude=80 degC", "cannot be converted"),
])  # fmt: skip
def test_errors(cli, change, message):
    done = cli("run", "vehicle.range", "-p", change, status=2)
    assert message in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("rows", "message"), [
    ("0,0\n1,10\n2,10\n9,0\n", "a gap of 7 s"), ("0,0\n2,10\n1,0\n", "it must increase"),
    ("0,0\n1,\n2,0\n", "speed is missing"),
])  # fmt: skip
def test_errors_of_traces(cli, tmp_path, rows, message):
    (tmp_path / "trace.csv").write_text("time s,speed km/h\n" + rows)
    assert message in cli("run", "vehicle.range", "-p", f"cycle={tmp_path / 'trace.csv'}", status=2).output


def test_drive(cli):
    found = json.loads(
        cli(
            "run", "drive-zeekr-007", "-p", "cycles_max=1", "-p", "battery_cell.tolerance=1e-3", "--json"
        ).stdout
    )
    assert found["termination"] == "cycles_max"
    assert found["range"] == pytest.approx(688.0, rel=0.08)
    assert (
        "battery_cell.limits.negative_potential"
        in cli("describe", "vehicle.drive", "battery_cell.limits").stdout
    )


def test_charge_stop(cli, tmp_path):
    out = tmp_path / "stop.nc"
    cli(
        "sweep",
        "stop-zeekr-7x",
        "-v",
        "minutes=5,10",
        "-v",
        "pack.fidelity=battery.spme",
        "-o",
        out,
        status=2,
    )
    cli(
        "sweep",
        "stop-zeekr-7x",
        "-v",
        "minutes=5,10",
        "-v",
        "battery_cell.negative.particle_radius=3um,5um",
        "-o",
        out,
    )
    ds = em.read(out)
    assert ds.range_added.dims == ("minutes", "battery_cell_negative_particle_radius")
    assert (ds.range_added.diff("minutes") > 0.0).all()


@pytest.mark.parametrize(("change", "message"), [
    ("pack.cell=battery-lpf-4c", "did you mean battery-lfp-4c"),
    ("battery_cell.thermal=lumpd", "did you mean lumped"),
    ("battery_cell.negative.thickness=5 kg", "cannot be converted"),
])  # fmt: skip
def test_errors_of_packs(cli, change, message):
    done = cli("run", "vehicle.drive", "-p", change, status=2)
    assert message in done.output
    assert "Traceback" not in done.output
