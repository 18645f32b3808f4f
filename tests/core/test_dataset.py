"""Results explain themselves, and files give back what was written."""

import hashlib
import json
import warnings

import numpy as np
import pytest
import xarray as xr

import energymodels as em
from energymodels import datasets
from energymodels.core.errors import InputError
from energymodels.core.registry import get_model
from energymodels.core.store import SUFFIXES
from energymodels.kernels import status

VERSIONS = ("energymodels_version", "numpy_version", "numba_version", "python_version")
GARBAGE = {
    ".nc": [b"", b"not a netCDF file", b"\x89HDF\r\n\x1a\n" + bytes(64)],
    ".csv": [
        b"",
        b"a,b\n1,2\n",
        b"# {}\na\n1\n",
        b"# []\na\n1\n",
        b"# 3",
        b"\xff\xfe\x00",
        b"# not JSON\na\n1\n",
    ],
    ".zarr": [b"", b"a file"],
}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_read_back_identical(result, suffix, tmp_path):
    """Numbers bit for bit, labels, attributes and their types."""
    path = em.write(result, tmp_path / f"result{suffix}")
    back = em.read(path)
    xr.testing.assert_identical(back, result)
    for name, variable in result.variables.items():
        assert back[name].dtype.kind == variable.dtype.kind
        assert back[name].values.tobytes() == variable.values.tobytes() or variable.dtype.kind == "U"
        assert {k: np.asarray(v).dtype.kind for k, v in back[name].attrs.items()} == {
            k: np.asarray(v).dtype.kind for k, v in variable.attrs.items()
        }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_large_results_read_back(suffix, tmp_path):
    """More cases than a block, a chunk of the file or a buffer holds."""
    ds = em.sweep(
        "pv.diode", {"photocurrent": "1:9:300", "saturation_current": "1e-12:1e-6:70:log"}, keep=["p_mp"]
    )
    xr.testing.assert_identical(em.read(em.write(ds, tmp_path / f"large{suffix}")), ds)


def test_what_was_read_can_be_written(tmp_path):
    first = em.sweep("pv.diode", {"photocurrent": "1,2"})
    path = tmp_path / "r.nc"
    for suffix in (".zarr", ".csv", ".nc"):
        em.write(em.read(em.write(first, path)), path := path.with_suffix(suffix))
    xr.testing.assert_identical(em.read(path), first)


@pytest.mark.parametrize("result", ["grid"], indirect=True)
@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_file_without_us(result, suffix, tmp_path):
    """In the file labels are integers with flags, so that any reader knows them; nothing warns."""
    path = em.write(result, tmp_path / f"result{suffix}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = (
            xr.open_dataset(path, engine="h5netcdf")
            if suffix == ".nc"
            else xr.open_zarr(path, consolidated=False)
        )
        plain = plain.load()
        plain.close()
    for name, coord in result.coords.items():
        if coord.dtype.kind == "U":
            codes, labels = np.atleast_1d(plain[name].flag_values), plain[name].flag_meanings.split()
            meanings = dict(zip(codes.tolist(), labels, strict=True))
            assert plain[name].dtype == np.int8
            assert [meanings[code] for code in plain[name].values.tolist()] == coord.values.tolist()
    assert all(variable.dtype.kind in "fi" for variable in plain.variables.values())


def test_every_variable_is_described(result):
    for name, variable in result.variables.items():
        label = variable.dtype.kind == "U"
        assert variable.attrs["long_name"]
        assert label or variable.attrs["units"]
        if name in result.coords and name not in ("point", "voltage"):
            assert variable.attrs["field"].replace(".", "_") == name
    assert "positive" in result.j_sc.attrs["sign_convention"]


def test_units_are_those_of_the_model(result):
    model = get_model("pv.cell")
    units = {output.name: output.unit for output in model.outputs}
    assert all(result[name].units == units[name] for name in result.data_vars if name != "status")
    for name, coord in result.coords.items():
        if "field" in coord.attrs and coord.dtype.kind != "U":
            assert coord.attrs["units"] == em.load("pv.cell").fields[coord.attrs["field"]].unit, name


def test_status_is_flagged(result):
    assert result.status.dtype == np.int8
    assert (
        dict(zip(result.status.flag_values.tolist(), result.status.flag_meanings.split(), strict=True))
        == status.MEANINGS
    )
    assert result.status.flag_values.dtype == result.status.dtype
    assert result.validity.flag_masks.dtype == result.validity.dtype
    assert len(result.validity.flag_masks) == len(result.validity.flag_meanings.split())


def test_root_attributes(result):
    attrs = result.attrs
    assert attrs["Conventions"] == "CF-1.11"
    assert attrs["model"] == "pv.cell"
    assert attrs["title"]
    assert attrs["energymodels_version"] == em.__version__
    assert all(attrs[name] for name in VERSIONS)
    assert attrs["threads"] >= 1
    assert attrs["seconds"] > 0.0
    assert attrs["history"][:2] == "20"
    assert set(attrs["sources"].split()) <= set(datasets.table("sources"))


def test_attributes_can_be_written_anywhere(result):
    """No bool, dict, list or object: netCDF has none."""
    for attrs in (result.attrs, *(variable.attrs for variable in result.variables.values())):
        for key, value in attrs.items():
            assert type(value) in (str, int, float) or (
                isinstance(value, np.ndarray) and value.dtype == np.int8
            ), key


def test_spec_is_recorded(result):
    attrs = result.attrs
    assert hashlib.sha256(attrs["spec"].encode()).hexdigest() == attrs["spec_sha256"]
    spec = json.loads(attrs["spec"], parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    swept = {coord.attrs["field"] for coord in result.coords.values() if "field" in coord.attrs}
    assert spec["model"] == "pv.cell"
    assert set(spec["swept"]) == swept
    assert not swept & set(spec["fields"])


def test_recorded_spec_gives_the_result_again():
    first = em.run("industrial-topcon-2023", {"wafer.tau": "inf", "temperature": "30degC"})
    recorded = json.loads(first.attrs["spec"])
    second = em.run({"model": recorded["model"], **recorded["fields"]})
    assert second.equals(first)
    assert recorded["name"] == "industrial-topcon-2023"


def test_digest_belongs_to_the_fields():
    def digest(**values):
        return em.run("pv.cell", values).attrs["spec_sha256"]

    assert digest() == digest(temperature=298.15) != digest(temperature=298.2)


def test_backend_is_recorded():
    ds = em.run("pv.diode", backend="pvlib")
    assert ds.attrs["backend"] == "pvlib"
    assert ds.attrs["pvlib_version"]
    assert "backend" not in em.run("pv.diode").attrs


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_overwriting(suffix, tmp_path):
    path = tmp_path / "deep" / "er" / f"result{suffix}"
    first, second = em.run("pv.diode"), em.sweep("pv.diode", {"photocurrent": "1,2"})
    em.write(first, path)
    em.write(second, path)
    xr.testing.assert_identical(em.read(path), second)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_failed_writing_leaves_the_old_file(suffix, tmp_path):
    path = em.write(em.run("pv.diode"), tmp_path / f"result{suffix}")
    broken = em.run("pv.diode", {"photocurrent": 3.0}).assign_attrs(broken=object())
    with pytest.raises((TypeError, ValueError)):
        em.write(broken, path)
    assert em.read(path).i_sc == 7.0


@pytest.mark.parametrize(
    ("suffix", "content"), [(suffix, content) for suffix, contents in GARBAGE.items() for content in contents]
)
def test_unreadable_file(suffix, content, tmp_path):
    path = tmp_path / f"garbage{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"not a result file") as caught:
        em.read(path)
    assert str(path) in str(caught.value)


def test_incomplete_files(tmp_path):
    ds = em.sweep("pv.diode", {"photocurrent": "1,2,3"})
    table = em.write(ds, tmp_path / "short.csv")
    table.write_text("\n".join(table.read_text().splitlines()[:-1]) + "\n")
    store = em.write(ds, tmp_path / "short.zarr")
    (store / "zarr.json").unlink()
    (tmp_path / "empty.zarr").mkdir()
    cut = em.write(ds, tmp_path / "short.nc")
    cut.write_bytes(cut.read_bytes()[:1000])
    for path in (table, store, tmp_path / "empty.zarr", cut):
        with pytest.raises(InputError, match="not a result file"):
            em.read(path)


@pytest.mark.parametrize("name", ["result.txt", "result", "result.nc.gz", "result.NC"])
def test_unknown_format(name, tmp_path):
    for call in (lambda path: em.write(em.run("pv.diode"), path), em.read):
        with pytest.raises(InputError, match=r"\.nc, \.zarr, \.csv"):
            call(tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        em.read(tmp_path / "none.nc")


def test_table_opens_as_a_table(tmp_path):
    """One comment, one header, one row per case."""
    ds = em.sweep("pv.cell", {"wafer.type": "p,n", "wafer.tau": "1ms,inf"})
    lines = em.write(ds, tmp_path / "t.csv").read_text().splitlines()
    assert lines[0].startswith("# {")
    assert lines[1].split(",")[:2] == ["wafer_type", "wafer_tau"]
    rows = [dict(zip(lines[1].split(","), line.split(","), strict=True)) for line in lines[2:]]
    assert [(row["wafer_type"], row["wafer_tau"]) for row in rows] == [
        ("p", "0.001"),
        ("p", "inf"),
        ("n", "0.001"),
        ("n", "inf"),
    ]
    assert [float(row["efficiency"]) for row in rows] == ds.efficiency.values.ravel().tolist()


def test_stores_are_replaced_whole(tmp_path):
    """A store may lie where a smaller one follows: nothing of it stays."""
    path = em.write(em.sweep("pv.diode", {"photocurrent": "1,2"}), tmp_path / "r.zarr")
    em.write(em.run("pv.diode", {"curve.points": 2}), path)
    assert not (path / "photocurrent").exists()
