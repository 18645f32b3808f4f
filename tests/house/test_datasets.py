"""Data with provenance: every value says where it is from, and the series are what they say."""

import hashlib
import re
import tomllib

import numpy as np
import pytest

from energymodels import datasets
from energymodels.core.registry import MODELS, get_model
from energymodels.core.spec import bundled, load

KEYS = datasets.keys()
SERIES = [key for key in KEYS if (datasets.ROOT / f"{key}.csv").is_file()]
SOURCES = datasets.table("sources")
RECORDS = datasets.table("pv/records")["record"]
KINDS = {"paper", "press", "dataset", "code", "database", "standard"}
LABELS = {"key", "row", "date", "lab", "architecture", "area_type", "centre", "note", "doi"}


def entries(tree):
    """Yield every table that names a source."""
    if isinstance(tree, dict):
        if "source" in tree:
            yield tree
        for value in tree.values():
            yield from entries(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from entries(value)


def test_nothing_is_missing():
    assert {"pv/am15g", "pv/records", "pv/si-nk-green2008", "pv/si-nk-schinke2015", "sources"} <= set(KEYS)
    assert len(SERIES) >= 3


@pytest.mark.parametrize("key", KEYS)
def test_every_file_parses_and_names_known_sources(key):
    tree = tomllib.loads((datasets.ROOT / f"{key}.toml").read_text(encoding="utf-8"))
    assert datasets.table(key) == tree
    named = {entry[name] for entry in entries(tree) for name in ("source", "via") if name in entry}
    assert named <= {*SOURCES, "unsourced"}
    assert {entry["method"] for entry in entries(tree)} <= set(datasets.METHODS)
    assert {entry["confidence"] for entry in entries(tree) if "confidence" in entry} <= {"h", "m", "l"}


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_sources_are_described(key):
    """A field that is not known for certain is left out, but something must lead to the source."""
    source = SOURCES[key]
    assert source.keys() & {"authors", "title", "published_in", "doi", "url"}
    assert source["kind"] in KINDS
    assert isinstance(source.get("year", 2000), int)
    assert re.fullmatch(r"10\.\d{4,9}/\S+", source.get("doi", "10.1000/none"))


@pytest.mark.parametrize("model", MODELS)
def test_models_cite_known_sources(model):
    assert get_model(model).sources
    assert set(get_model(model).sources) <= set(SOURCES)


def test_sources_named_in_the_code_exist(root):
    """``key`` in a docstring or comment of a kernel or model is a citation key where it looks like one: a
    name and a year.
    """
    cited = {key for folder in ("kernels", "energymodels") for path in (root / folder).rglob("*.py")
             for key in re.findall(r"``([a-z-]+(?:19|20)\d\d[a-z]?)``",
             path.read_text(encoding="utf-8"))}  # fmt: skip
    assert cited
    assert cited <= set(SOURCES)


@pytest.mark.parametrize("key", SERIES)
def test_series(key):
    """The file is the one that was described, and what it describes is a series."""
    meta, found = datasets.table(key), datasets.series(key)
    assert hashlib.sha256((datasets.ROOT / f"{key}.csv").read_bytes()).hexdigest() == meta["sha256"]
    assert list(found.columns) == list(meta["columns"])
    assert len({column.shape for column in found.columns.values()}) == 1
    assert all(np.isfinite(column).all() for column in found.columns.values())
    assert (np.diff(next(iter(found.columns.values()))) > 0.0).all()  # wavelength or time
    assert meta["title"]
    assert meta["place"]


def test_altered_series_is_refused(tmp_path, monkeypatch):
    (tmp_path / "x.toml").write_text('sha256 = "0"\n[columns]\na = "1"')
    (tmp_path / "x.csv").write_text("a\n1\n")
    monkeypatch.setattr(datasets, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="sha256"):
        datasets.series("x")


def test_spectrum_is_the_standard():
    """ASTM G173-03 integrates to 1000.37 W m-2 by the trapezoidal rule over 280-4000 nm."""
    light = datasets.series("pv/am15g").columns
    assert np.trapezoid(light["irradiance"], light["wavelength"]) == pytest.approx(1000.37, abs=0.05)


def test_spectrum_is_that_of_pvlib():
    from pvlib.spectrum import get_reference_spectra

    light, reference = (
        datasets.series("pv/am15g").columns,
        get_reference_spectra(standard="ASTM G173-03")["global"],
    )
    np.testing.assert_array_equal(light["wavelength"], reference.index)
    np.testing.assert_array_equal(light["irradiance"], reference)


@pytest.mark.parametrize("key", ["pv/si-nk-schinke2015", "pv/si-nk-green2008"])
def test_silicon_absorbs_as_known(key):
    """Absorption depths of 2.4 to 2.6 um at 600 nm (its uncertainty is 11 %) and 155 to 160 um at 1000 nm; n
    of 3.9 to 4.0.
    """
    nk = datasets.series(key).columns
    depth = nk["wavelength"] * 1e-3 / (4.0 * np.pi * np.maximum(nk["k"], 1e-30))
    assert np.interp(600.0, nk["wavelength"], depth) == pytest.approx(2.5, rel=0.12)
    assert np.interp(1000.0, nk["wavelength"], depth) == pytest.approx(157.0, rel=0.05)
    assert np.interp(600.0, nk["wavelength"], nk["n"]) == pytest.approx(3.94, abs=0.04)


def test_every_row_of_records_is_there():
    assert sorted({record["row"] for record in RECORDS}) == list(range(1, 49))
    assert len({record["key"] for record in RECORDS}) == len(RECORDS)
    assert all(record["lab"] and record["architecture"] and record["efficiency"] for record in RECORDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["key"])
def test_record(record):
    """Each field is tagged; a cell's efficiency is the product of its parts, each printed to four digits or
    fewer.
    """
    for name in record.keys() - LABELS:
        entry = record[name]
        assert entry["method"] in datasets.METHODS
        assert "value" in entry or {"low", "high"} <= entry.keys()
        if "low" in entry:
            assert entry["low"] <= entry.get("value", entry["high"]) <= entry["high"]
    points = [record.get(name, {}).get("value") for name in ("v_oc", "j_sc", "fill_factor", "efficiency")]
    if None not in points:
        assert points[0] * points[1] * points[2] / 100.0 == pytest.approx(points[3], abs=0.06)


def test_records_are_in_physical_ranges():
    """Below the limit of silicon, and in the units of the table."""
    ranges = {
        "v_oc": (0.6, 0.77),
        "j_sc": (36.0, 44.0),
        "fill_factor": (78.0, 89.5),
        "efficiency": (20.0, 29.5),
    }
    ranges["thickness"] = (40.0, 500.0)
    for name, (low, high) in ranges.items():
        values = [record[name]["value"] for record in RECORDS if "value" in record.get(name, {})]
        assert values
        assert low < min(values) <= max(values) < high, name


def test_dopants_make_their_type():
    for record in RECORDS:
        if {"base", "dopant"} <= record.keys():
            assert record["base"]["value"] == {"P": "n", "B": "p", "Ga": "p"}[record["dopant"]["value"]], (
                record["key"]
            )


def test_published_inputs_are_those_of_the_record():
    """A bundled spec that predicts a record is of that record's wafer and current."""
    paths = {
        "thickness": "wafer.thickness",
        "j_sc": "generation_current_density",
        "resistivity": "wafer.resistivity",
    }
    for record in RECORDS:
        if record["key"] in bundled():
            spec = load(record["key"])
            for name, path in paths.items():
                if "value" in record.get(name, {}):
                    assert spec.values[path] == pytest.approx(record[name]["value"], rel=0.01), (
                        record["key"],
                        name,
                    )
