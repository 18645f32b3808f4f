"""Sweep files: they read back to the same sweep, to the last bit, and say all that is wrong with them."""

import math
import re
import struct
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import energymodels as em
from energymodels.core.asked import Asked
from energymodels.core.errors import InputError
from energymodels.core.plan import planned
from energymodels.core.spec import Spec, load
from energymodels.core.sweep_files import toml
from energymodels.core.sweep_files.sweep_file import SweepFile, is_sweep, load_sweep, reads, recorded, written
from energymodels.core.sweep_files.sweep_values import LONG

EXAMPLE = """
sweep = "industrial-topcon-2023"
outputs = ["efficiency", "v_oc"]
sets = "all"
store = "out.zarr"
float32 = true
chunk = 65536
[values]
"series_resistance" = "300 mohm cm2"
[values.wafer]
thickness = "130 um"
[axes]
"wafer.thickness" = "100:180:5"
"wafer.tau_n0,wafer.tau_p0" = [1e-4, "1 ms"]
[axes.rear]
j0 = "1:100:50:log"
[design]
kind = "sobol:4096"
seed = 1
covariance = "cov.csv"
[design.over]
"front.j0" = "normal(12, 2) fA/cm2"
"""
numbers = st.floats() | st.integers(-(2**70), 2**70)
words = st.text(st.characters(codec="utf-8"))
entries = st.recursive(
    numbers | words | st.booleans() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=8,
)


def same(one, other):
    """Return whether two values are the same, floats to the last bit."""
    if isinstance(one, float) and isinstance(other, float):
        nan = math.isnan(one) and math.isnan(other)
        return nan or struct.pack("d", one) == struct.pack("d", other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def asked(spec="pv.cell", *arguments, **options):
    """Return what a plan was asked for."""
    return em.plan(spec, *arguments, **options).asked


def back(sweep, coordinates=None, **options):
    """Return a sweep written and read again."""
    return reads(written(sweep, **options), "x.toml", coordinates)


# TOML


@settings(max_examples=50)
@given(st.dictionaries(words, entries, max_size=5), words)
def test_toml_reads_back(tree, name):
    other = {key: one for key, one in tree.items() if key != name}
    found = tomllib.loads(toml.lines(other) + toml.table(toml.key(name), tree))
    assert same(found.pop(name, {}), tree)
    assert same(found, other)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(5e-324), 5e-324),
        (np.int8(-3), -3),
        (np.array(2.5), 2.5),
        ((1, "a"), [1, "a"]),
        (None, "None"),
        (True, True),
    ],
)
def test_toml_of_other_types(value, read):
    assert same(tomllib.loads(toml.lines({"a": value}))["a"], read)


# round trips


def test_an_example_is_read(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(EXAMPLE)
    sweep = load_sweep(file)
    spec = load("industrial-topcon-2023").replace(
        {"series_resistance": "300 mohm cm2", "wafer.thickness": "130 um"}
    )
    over = {
        "wafer.thickness": "100:180:5",
        "wafer.tau_n0,wafer.tau_p0": [1e-4, "1 ms"],
        "rear.j0": "1:100:50:log",
    }
    design = {
        "kind": "sobol:4096",
        "seed": 1,
        "covariance": str(tmp_path / "cov.csv"),
        "over": {"front.j0": "normal(12, 2) fA/cm2"},
    }
    assert sweep == SweepFile(
        Asked(spec, over, {}, design, "all", ["efficiency", "v_oc"]), str(tmp_path / "out.zarr"), True, 65536
    )
    assert list(sweep.asked.over) == list(over)
    assert is_sweep(file)


def test_the_examples_of_the_guide_are_plans(root):
    page = (root / "docs" / "guide" / "sweeps.md").read_text(encoding="utf-8")
    cases = [
        planned(reads(text, "x.toml").asked).cases
        for text in re.findall(r"^```toml\n(.*?)^```", page, re.M | re.S)
    ]
    assert len(cases) == 2
    assert cases[0] > 5 * 3 * 64
    assert cases[1] == 3


def test_a_spec_or_its_file_is_no_sweep_file(tmp_path):
    spec = tmp_path / "mine.toml"
    spec.write_text('model = "pv.diode"\nphotocurrent = 0.04\n')
    assert not any(map(is_sweep, (spec, tmp_path, tmp_path / "none.toml", "pv.cell")))
    with pytest.raises(InputError, match=r"must begin with sweep = .* this is a spec"):
        load_sweep(spec)
    sweep = tmp_path / "sweep.toml"
    sweep.write_text('sweep = "mine.toml"\n[axes]\nphotocurrent = [0.03, 0.04]\n')
    with pytest.raises(InputError, match="energymodels sweep reads this sweep file"):
        load(str(sweep))
    found = load_sweep(sweep).asked
    assert (found.spec.model, found.spec.values) == ("pv.diode", {"photocurrent": 0.04})
    assert planned(found).cases == 2


@pytest.mark.parametrize("whole", [False, True])
@settings(max_examples=50)
@given(
    values=st.dictionaries(st.sampled_from(["wafer.thickness", "front.j0", "temperature"]), numbers | words),
    over=st.dictionaries(
        st.sampled_from(["rear.j0", "auger", "shunt_resistance, series_resistance"]),
        words | numbers | st.lists(numbers | words),
    ),
    points=st.dictionaries(st.sampled_from(["wafer.tau", "optical_loss"]), words | st.lists(numbers)),
    keep=st.none() | st.lists(words),
    sets=st.none() | words | st.integers(),
    chunk=st.none() | st.integers(1, 2**40),
    float32=st.booleans(),
    title=words,
)
def test_sweeps_read_back(whole, values, over, points, keep, sets, chunk, float32, title):
    spec = replace(load("industrial-perc-2023").replace(values), title=title)
    design = {"kind": "lhs:10", "over": {"wafer.srh_level": "uniform(0, 0.1)"}, "seed": 3}
    sweep = SweepFile(Asked(spec, over, points, design, sets, keep), "", float32, chunk, {"a.json": "00"})
    found = back(sweep, whole=whole)
    assert repr(found) == repr(replace(sweep, asked=replace(sweep.asked, design=found.asked.design)))
    assert found.asked.design == design
    assert written(found, whole=whole) == written(sweep, whole=whole)


def test_a_name_that_stands_for_the_spec_is_enough():
    text = written(SweepFile(asked("industrial-perc-2023", {"front.j0": [1, 2]}, {"temperature": 300})))
    assert "[spec]" not in text
    assert "[values]\ntemperature = 300\n" in text
    assert "[spec]" in written(
        SweepFile(asked(Spec("pv.cell", {"temperature": 300}, "industrial-perc-2023")))
    )


def test_a_name_may_be_a_file_that_is_gone():
    sweep = SweepFile(asked(Spec("pv.cell", {"temperature": 300}, "gone/mine.toml")))
    assert back(sweep) == sweep


@pytest.mark.parametrize("model", em.MODELS)
def test_every_model_reads_back(model):
    sweep = SweepFile(asked(model))
    assert back(sweep, whole=True) == sweep


# arrays


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nan, 3.0, 0.1 + 0.2]),
        np.array([1, 2, 3], dtype=np.int16),
        np.array([1.5, 0.1], dtype=np.float32),
        range(1, 4),
        ("1 um", 2, 3.0),
        pd.Series([1.0, np.nan], index=pd.date_range("2024-01-01", periods=2, tz="Europe/Berlin")),
        pd.Series([1, 2], index=[10, 20]),
        pd.Series([1.0, 2.0], index=["a", "b c"]),
        pd.Series([1.0, 2.0]),
    ],
    ids=lambda values: type(values).__name__,
)
def test_arrays_make_the_same_axis(values):
    key = "wafer.thickness"
    for one in (asked(over={key: values}), asked(points={key: values})):
        first, second = (planned(found).axes[0] for found in (one, back(SweepFile(one)).asked))
        assert first.values[key].tobytes() == second.values[key].tobytes()
        for part in ("names", "missing"):
            was, now = getattr(first, part), getattr(second, part)
            assert (was is None) == (now is None)
            assert was is None or (was.dtype == now.dtype and was.tolist() == now.tolist())


ALIAS = "Negative particle radius [m]"  # of numbers in another unit than their field's


@pytest.mark.parametrize("values", [np.linspace(1e-6, 7e-6, 50), np.linspace(1e-6, 7e-6, 50).tolist()])
def test_numbers_in_the_unit_of_an_alias_are_converted_as_they_were(values):
    one = asked("battery.spm", {ALIAS: values})
    first, second = (planned(found).axes[0] for found in (one, back(SweepFile(one)).asked))
    assert second == replace(first, values=second.values)
    assert [v.tobytes() for v in first.values.values()] == [v.tobytes() for v in second.values.values()]


def test_long_arrays_are_read_from_the_result():
    taus = np.geomspace(1e-5, 1e-2, LONG + 1)
    series = pd.Series(taus, index=np.arange(taus.size) * 2)
    for options in (
        {"over": {"wafer.tau": taus}},
        {"over": {"wafer.tau": series}},
        {"points": {"wafer.tau": series}},
    ):
        plan = em.plan("pv.cell", **options)
        ds = em.sweep("pv.cell", **{"over": {}, **options}, keep=["v_oc"])
        text = recorded(plan, ())
        assert len(text) < 500
        again = planned(reads(text, "x.nc", lambda name, ds=ds: ds[name].values).asked)
        assert again.axes[0].values["wafer.tau"].tobytes() == taus.tobytes()
        assert again.axes[0].names_as == plan.axes[0].names_as
        assert np.array_equal(again.axes[0].names, plan.axes[0].names) or again.axes[0].names is None
        with pytest.raises(InputError, match="stand in results only"):
            reads(text, "x.toml")
    tied = {"front.j0,rear.j0": taus.tolist()}
    assert 'coordinate = "front_j0"' in written(SweepFile(Asked(Spec("pv.cell"), tied)))
    in_units = {"front.j0,rear.j0": ["1 fA/cm2"] * taus.size}
    assert "coordinate" not in written(SweepFile(Asked(Spec("pv.cell"), in_units)))


# in results


def test_a_result_keeps_the_names_of_outputs_and_the_digests_of_files(tmp_path):
    plan = em.plan("pv.cell", keep=lambda output: output.name == "v_oc")
    assert reads(recorded(plan, ["v_oc"]), "").asked.keep == ["v_oc"]
    assert reads(written(SweepFile(plan.asked)), "").asked.keep == ["v_oc"]
    profile, spec = tmp_path / "warm up.csv", tmp_path / "cell.toml"
    profile.write_text("time s,current A\n0,1\n60,1\n")
    spec.write_text(f'model = "battery.spm"\nprotocol = "Run current from \\"{profile}\\""\n')
    files = reads(recorded(em.plan("vehicle.drive", {}, {"pack.cell": str(spec)}), ()), "").files
    assert list(files) == [str(spec), str(profile)]
    assert all(len(digest) == 64 for digest in files.values())
    before = files[str(profile)]
    profile.write_text("time s,current A\n0,1\n60,2\n")
    assert (
        reads(recorded(em.plan("battery.spm", {}, em.load(spec).values), ()), "").files[str(profile)]
        != before
    )


# faults


def test_every_fault_is_told_at_once():
    with pytest.raises(InputError) as caught:
        reads(
            'sweep = "industrial-topcn"\noutput = ["a"]\nchunk = 0\nfloat32 = 1\nsets = true\nbackend = 2\n'
            'store = []\nvalues = 1\n[axes]\n"wafer.tau" = [[1, [2]]]\n"front.j0" = 1\nfront.j0 = 2\n'
            'rear.j0 = 2024-01-01\ntemperature = {coordinate = "temperature"}\n'
            '[design]\nknd = 1\nseed = "a"\n[table]\nfil = 1\n[points]\n',
            "x.toml",
        )
    told = [str(fault) for fault in caught.value.faults]
    for words in (
        "output: unknown key; did you mean outputs?",
        'sets = true: allowed "all" or a number of draws',
        "backend = 2: allowed the name of a reference backend",
        "store = []: allowed the path of the result",
        "float32 = 1: allowed true or false",
        "chunk = 0: allowed a whole number of cases from 1",
        "values = 1: must be a table, [values]",
        "front.j0: given twice",
        "industrial-topcn: neither a bundled spec, a file nor a model; did you mean industrial-topcon-2023?",
        "table.fil: unknown key; did you mean table.file?",
        "table: excludes points; leave one out",
        "table.file: needs a CSV or Parquet file",
        "design.knd: unknown key; did you mean design.kind?",
        'design.seed = "a": allowed a whole number',
        'design.kind: needs a kind and a number, such as "sobol:4096"',
    ):
        assert words in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must begin with sweep"),
        ("sweep = ", "not a TOML file"),
        ("sweep = " + "[" * 100_000, "not a TOML file"),
        ('sweep = "pv.cell"\nchunk = ' + "1" * 5000, "not a TOML file"),
        (f'sweep = "pv.cell"\n[axes]\n{"a." * 5000}b = 1', "tables nested too deeply"),
        (f'sweep = "{"x" * 5000}"', "xxx: File name too long"),
        ('sweep = "a\\u0000b"', "neither a bundled spec, a file nor a model"),
        ("sweep = 1", "sweep = 1: allowed a spec, the file of one, or a model"),
        ('sweep = "pv.cell"\n[axes]\n"wafer.tau" = [[1], 2]', "wafer.tau: values are a text such as"),
        ('sweep = "pv.cell"\n[axes]\n"wafer.tau" = {values = [[1], 2]}', "wafer.tau: values are a text"),
        ('sweep = "pv.cell"\n[axes]\n"wafer.tau" = 2024-01-01', "wafer.tau: values are a text such as"),
        ('sweep = "pv.cell"\n[axes]\n"wafer.tau" = {coordinate = 1}', "stand in results only"),
        (
            'sweep = "pv.cell"\n[axes]\n"wafer.tau" = {values = [1.0], index = [1], dtype = "nn"}',
            "wafer.tau: no index of these values",
        ),
        ('sweep = "pv.cell"\n[axes]\n"wafer.tau" = {values = [1.0], index = [1, 2]}', "no index of these"),
        ('sweep = "pv.cell"\n[spec]\nmodel = "pv.cel"', "did you mean pv.cell"),
    ],
)
def test_faults(text, words):
    with pytest.raises(InputError) as caught:
        reads(text, "x.toml")
    assert words in str(caught.value)


def test_unknown_fields_are_told_by_the_plan():
    sweep = reads('sweep = "pv.cell"\n[axes]\nwafer.thicknes = "1:2:3"', "x.toml")
    with pytest.raises(InputError, match=r"did you mean wafer\.thickness"):
        planned(sweep.asked)


def test_a_file_that_is_none(tmp_path):
    binary = tmp_path / "x.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path, tmp_path / "gone.toml"):
        with pytest.raises(InputError, match="not a sweep file"):
            load_sweep(path)
        assert not is_sweep(path)
