"""Results made again from what lies in them: the same bits, and what differs is found."""

import re

import numpy as np
import pytest

import energymodels as em
from energymodels.core.errors import InputError, OriginWarning
from energymodels.core.plan import Plan
from energymodels.core.store import SUFFIXES
from energymodels.core.sweep_files.rerun import differences
from energymodels.kernels import status

METALS = {"feedstock.total_metals": 1, "feedstock.composition": "stainless"}
OVER = {"wafer.thickness": "100:180:3", "wafer.dopant": "P,Ga"}


@pytest.fixture(scope="module")
def ds():
    return em.sweep("industrial-topcon-2023", OVER, {"front.j0": "12 fA/cm2"})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_result_comes_out_the_same(result, suffix, tmp_path):
    file = em.write(result, tmp_path / f"a{suffix}")
    again = em.rerun(file)
    assert differences(em.read(file), again) == differences(result, again) == {}
    assert again.attrs["sweep"] == result.attrs["sweep"]
    assert again.attrs["spec_sha256"] == result.attrs["spec_sha256"]


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("pv.shockley_queisser", {"over": {"band_gap": np.linspace(1.0, 1.5, 1500)}, "keep": ["efficiency"]}),
        ("industrial-perc-2023", {"over": {}, "sets": 3, "values": METALS}),
        ("pv.diode", {"over": {}, "design": {"kind": "sobol:8", "over": {"photocurrent": "0.03:0.04"}}}),
        ("pv.diode", {"over": {"resistance_series": [0.1, 0.2]}, "backend": "pvlib"}),
        ("pv.cell", {"over": {}, "keep": lambda output: output.name.startswith("v")}),
        ("design-blade-135", {"over": {"positive.areal_capacity": [2, 3]}}),
    ],
    ids=["array", "sets", "design", "backend", "chosen", "battery"],
)
def test_every_kind_of_sweep_comes_out_the_same(spec, options, tmp_path):
    found = em.sweep(spec, **options)
    again = em.rerun(em.write(found, tmp_path / "a.nc"))
    assert differences(found, again) == {}
    assert again.attrs["sweep"] == found.attrs["sweep"]


def test_a_result_holds_all_that_it_needs(tmp_path, monkeypatch):
    """Its spec and the covariance of its design are gone."""
    spec, covariance = tmp_path / "mine.toml", tmp_path / "cov.csv"
    spec.write_text('model = "pv.diode"\ntitle = "mine"\nresistance_series = 0.3\n')
    covariance.write_text("photocurrent,resistance_shunt\n1,0.5\n0.5,1\n")
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(
        'sweep = "mine.toml"\nstore = "a.zarr"\n[design]\nkind = "lhs:8"\ncovariance = "cov.csv"\n'
        '[design.over]\nphotocurrent = "0.03:0.04"\nresistance_shunt = "100:1000:log"\n'
    )
    from energymodels.core.sweep_files.sweep_file import load_sweep

    asked = load_sweep(sweep).asked
    found = em.sweep(asked.spec, {}, design=asked.design)
    file = em.write(found, tmp_path / "a.csv")
    for gone in (spec, covariance, sweep):
        gone.unlink()
    monkeypatch.chdir(tmp_path.parent)
    again = em.rerun(file)
    assert differences(found, again) == {}
    assert again.attrs["title"] == "mine"


def test_rows_of_a_table_are_read_from_the_result(cli, tmp_path):
    table, store = tmp_path / "designs.csv", tmp_path / "a.zarr"
    rows = [f"{dopant},{thickness}" for dopant in ("P", "Ga", "") for thickness in ("0.1 mm", "120um", "")]
    table.write_text("\n".join(["wafer.dopant,wafer.thickness", *rows]))
    cli("sweep", "pv.cell", "--table", table, "-v", "temperature=300,320", "-o", store, status=1)
    table.unlink()
    found = em.read(store)
    assert np.count_nonzero(found.status) == 2 * 5
    assert "bit for bit" in cli("rerun", store).stdout


# on the command line


def test_equal_to_the_last_bit(cli, ds, tmp_path):
    file = em.write(ds, tmp_path / "a.nc")
    number = len(ds.variables)
    assert cli("rerun", file).stdout == f"{file}: {number} of {number} variables are equal bit for bit\n"


def _cut(store):
    """Leave a store as if it had been stopped before its last block."""
    blocks = [path for path in (store / "status/c").rglob("*") if path.is_file()]
    max(blocks, key=lambda path: [int(part) for part in path.relative_to(store / "status/c").parts]).unlink()
    root = store / "zarr.json"
    root.write_text(root.read_text().replace("sweep_complete", "sweep_was_complete"))


@pytest.mark.parametrize(
    "words",
    [
        ("pv.diode", "--design", "sobol:200", "--over", "photocurrent=1:9"),
        ("design-blade-135", "-v", "positive.areal_capacity=2:3:20", "-v", "positive.porosity=0.25:0.3:10"),
    ],
)
def test_of_a_store_that_is_not_done_what_was_run_is_compared(cli, tmp_path, words):
    """Coordinates of cases that were not run, and outputs on fewer axes, are no differences."""
    store = tmp_path / "a.zarr"
    cli("sweep", *words, "--chunk", "50", "-o", store)
    _cut(store)
    assert "variables are equal bit for bit" in cli("rerun", store).stdout


def test_a_table_that_is_not_whole_cannot_be_run_again(cli, tmp_path):
    rows = "\n".join(f"{1 + k / 100}" for k in range(200))
    (tmp_path / "t.csv").write_text(f"photocurrent\n{rows}\n")
    store = tmp_path / "a.zarr"
    cli("sweep", "pv.diode", "--table", tmp_path / "t.csv", "--chunk", "50", "-o", store)
    _cut(store)
    assert "--resume it first" in cli("rerun", store, status=2).stderr


def test_a_changed_number_is_found(cli, ds, tmp_path):
    values = ds.efficiency.values.copy()
    values[1, 1] = np.nextafter(values[1, 1], np.inf)
    file = em.write(ds.assign(efficiency=(ds.efficiency.dims, values)), tmp_path / "a.csv")
    text = cli("rerun", file, status=1).stdout
    assert f"{len(ds.variables) - 1} of {len(ds.variables)} variables are equal" in text
    assert re.search(r"largest relative difference of the others is 1\.\d+e-16", text)
    assert re.search(r"^efficiency +1\.\d+e-16$", text, re.M)


def test_many_changed_numbers_are_counted(cli, ds, tmp_path):
    more = {name: ds[name] * 1.1 for name in list(ds.data_vars)[:12] if ds[name].dtype.kind == "f"}
    text = cli("rerun", em.write(ds.assign(more), tmp_path / "a.nc"), status=1).stdout
    assert "difference of the others is 0.0909" in text
    assert text.splitlines()[-1] == f"and {len(more) - 10} more"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_new_file(cli, ds, tmp_path, suffix):
    old, new = em.write(ds, tmp_path / "a.nc"), tmp_path / f"b{suffix}"
    cli("rerun", old, "-o", new)
    found = em.read(new)
    assert differences(ds, found) == {}
    assert found.attrs["sweep"].partition("[")[2] == ds.attrs["sweep"].partition("[")[2]
    assert f"energymodels rerun {old} -o {new}" in found.attrs["history"]
    cli("rerun", new)


def test_single_precision_stays(cli, tmp_path):
    store = tmp_path / "a.zarr"
    cli("sweep", "pv.shockley_queisser", "-v", "band_gap=1:1.5:11", "--float32", "-o", store)
    assert em.read(store).efficiency.dtype == np.float32
    assert "bit for bit" in cli("rerun", store).stdout
    cli("rerun", store, "-o", tmp_path / "b.zarr")
    assert em.read(tmp_path / "b.zarr").equals(em.read(store))


def test_itself_is_not_overwritten(cli, ds, tmp_path):
    file = em.write(ds, tmp_path / "a.nc")
    before = file.read_bytes()
    assert "is the result itself" in cli("rerun", file, "-o", file, "--force", status=2).stderr
    assert file.read_bytes() == before


def test_other_versions_are_said(cli, ds, tmp_path):
    old = ds.assign_attrs(numpy_version="1.0", kernels_digest="0", python_version="2.7")
    del old.attrs["data_digest"]
    file = em.write(old, tmp_path / "a.nc")
    notes = [line for line in cli("rerun", file).stderr.splitlines() if "another version" in line]
    assert notes == [
        f"note: made with another version of {what}: {then}, now {ds.attrs[key]}"
        for key, what, then in (
            ("kernels_digest", "the kernels", "0"),
            ("data_digest", "the data sets", "unknown"),
            ("numpy_version", "numpy", "1.0"),
        )
    ]
    with pytest.warns(OriginWarning) as told:
        em.rerun(file)
    assert [f"note: {one.message}" for one in told if one.category is OriginWarning] == notes


def test_stopped_while_it_compares(cli, ds, tmp_path, monkeypatch):
    file = em.write(ds, tmp_path / "a.nc")
    solve = Plan.solve

    def stopped(plan, **options):
        solution = solve(plan, **options)
        solution.status[-1] = status.NOT_RUN
        return solution

    monkeypatch.setattr(Plan, "solve", stopped)
    assert "stopped, nothing is compared" in cli("rerun", file, status=130).stderr


def test_cases_that_were_not_run_are_left_out(ds):
    cut, codes = ds.copy(deep=True), ds.status.values.copy()
    cut.efficiency[0, 1] = np.nan
    assert set(differences(cut, ds)) == {"efficiency"}
    codes[0, 1] = status.NOT_RUN
    assert differences(cut.assign(status=(ds.status.dims, codes)), ds) == {}


def test_what_has_no_number_is_infinitely_apart(ds):
    assert differences(ds, ds.drop_vars("v_oc")) == {"v_oc": np.inf}
    assert differences(ds, ds.isel(wafer_dopant=[0]))["efficiency"] == np.inf
    assert differences(ds, ds.assign_coords(wafer_dopant=["P", "B"])) == {"wafer_dopant": np.inf}
    lacks = ds.assign(v_oc=ds.v_oc.where(ds.wafer_thickness > 100))
    assert differences(ds, lacks) == differences(lacks, ds) == {"v_oc": np.inf}
    assert differences(ds * 0.0, ds * -0.0)["v_oc"] == 0.0
    assert differences(lacks, lacks) == {}


# faults


def test_a_changed_input_file_is_refused(cli, tmp_path):
    car = tmp_path / "car.toml"
    own = 'title = "mine"\n[mass]\nvalue = 1800\nunit = "kg"\nmethod = "assumed"\nsource = "unsourced"\n'
    car.write_text(own)
    found = em.run("vehicle.range", {"vehicle": str(car)})
    file = em.write(found, tmp_path / "a.nc")
    assert differences(found, em.rerun(file)) == {}
    car.write_text(own.replace("1800", "1900"))
    assert f"{car}: is an input of this result, and has changed" in cli("rerun", file, status=2).stderr
    car.unlink()
    assert f"{car}: is an input of this result, and is gone" in cli("rerun", file, status=2).stderr


def test_a_result_without_a_sweep(cli, ds, tmp_path):
    cli("compare", "pv.diode", "-o", tmp_path / "a.csv")
    text = cli("rerun", tmp_path / "a.csv", status=2).stderr
    assert "holds no sweep to run again; it was made by: energymodels compare pv.diode" in text
    bare = ds.copy()
    bare.attrs = {}
    with pytest.raises(InputError, match=r"holds no sweep to run again$"):
        em.rerun(em.write(bare, tmp_path / "b.nc"))


def test_a_coordinate_that_is_gone(tmp_path):
    found = em.sweep("pv.shockley_queisser", {"band_gap": np.linspace(1.0, 1.5, 1500)}, keep=["efficiency"])
    file = em.write(found.drop_vars("band_gap"), tmp_path / "a.nc")
    with pytest.raises(InputError, match="lacks the coordinate band_gap"):
        em.rerun(file)


def test_a_sweep_changed_by_hand(ds, tmp_path):
    file = em.write(ds.assign_attrs(sweep=ds.attrs["sweep"].replace("[axes]", "[axs]")), tmp_path / "a.nc")
    with pytest.raises(InputError, match=r"did you mean axes\?"):
        em.rerun(file)


def test_no_such_file(cli, tmp_path):
    assert "no such file" in cli("rerun", tmp_path / "a.nc", status=2).stderr
    assert "results are written as" in cli("rerun", "pv.cell", status=2).stderr
