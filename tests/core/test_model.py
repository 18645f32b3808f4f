"""What a model may do beyond its table of fields: texts, fields they bring along, aliases, checks, shared
arrays, probes.
"""

import json
import re
import sys
from types import SimpleNamespace
from typing import ClassVar, Literal

import numpy as np
import pytest
import xarray as xr

import energymodels as em
from energymodels.core import registry
from energymodels.core import solve as solving
from energymodels.core import sweep as engine
from energymodels.core.dataset import to_dataset
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.model import Model, Output, Prepared
from energymodels.core.review import Review
from energymodels.core.schema import Table, choice, quantity, schema, text
from energymodels.core.store import SUFFIXES


class Echo(Table):
    """A product of factors."""

    sentence: str = text("as it is", "what is echoed; every {name} in it is a factor")
    mode: Literal["plain", "heavy"] = choice("plain", "how it is echoed")
    length: float = quantity(2.0, "um", "length", gt=0.0)
    warmth: float = quantity(20.0, "degC", "warmth", ge=-50.0)


FLAGS = {"flag_values": np.array([-1, 0, 1], dtype=np.int8), "flag_meanings": "none short long"}
ROW = np.dtype([("length", "f8"), ("warmth", "f8"), ("factor", "f8"), ("words", "i8")])


class EchoReview(Review):
    """What there is to say of an echo."""

    def faults(self):
        return [Fault("mode", "heavy", hint="needs more than one word")] if _heavy(self.of.fields) else []


class EchoModel(Model):
    """Echoes its fields."""

    review = EchoReview

    name = "test.echo"
    summary = "echo"
    spec = Echo
    block = 2
    outputs = (
        Output("duration", "s", "length times factor, by a table"),
        Output("outcome", "1", "how long it is", attrs=FLAGS),
        Output("trace", "1", "time over duration", dims=("time",)),
    )
    names: ClassVar[dict[str, tuple[str, str]]] = {
        "Length [m]": ("length", "m"),
        "Warmth [K]": ("warmth", "K"),
    }
    asked: ClassVar[list[list[str]]] = []

    def kernel(self):
        return SimpleNamespace(ROW=ROW, RESULTS=("duration", "outcome"), solve=lambda: None)

    def fields(self, values):
        sentence = str(values.get("sentence", ""))
        if "{}" in sentence:
            raise InputError(Fault("sentence", sentence, hint="a name is missing"))
        found = {
            name: FieldInfo(
                name, "number", f"the factor {name}", 3.0 if name == "usual" else None, "1", low=0.0
            )
            for name in re.findall(r"\{(\w+)\}", sentence)
        }
        return schema(self.spec) | found

    def alias(self, name):
        if name == "Weight [kg]":
            raise InputError(Fault(name, hint="has no weight"))
        return self.names.get(name)

    def axes(self, context, probe):
        self.asked.append(["duration"])
        return {"time": np.linspace(0.0, probe(["duration"]).values["duration"].max(), 3)}

    def prepare(self, columns):
        rows = {path: columns[path] for path in ("length", "warmth")}
        factors = [column for path, column in columns.items() if path not in schema(self.spec)]
        rows["factor"] = np.prod(np.broadcast_arrays(1.0, *factors), axis=0)
        rows["words"] = np.vectorize(lambda sentence: len(str(sentence).split()))(columns["sentence"])
        return Prepared(rows, shared={"table": np.arange(100.0)})

    def solve(self, rows, axes, out):
        for i, row in enumerate(rows):
            duration = row.length * row.factor * axes["table"][row.words]
            failed = row.factor > 50.0
            out.scalars[:, i] = [np.nan, np.nan] if failed else [duration, duration > 10.0]
            if "trace" in out.arrays:
                out.arrays["trace"][i] = np.nan if failed else axes["time"] / duration
            out.status[i] = 1 if failed else 0


def _heavy(fields):
    return fields["mode"] == "heavy" and " " not in fields["sentence"]


@pytest.fixture(autouse=True)
def echo(monkeypatch):
    """Register the model for one test."""
    monkeypatch.setitem(registry.HOMES, "test.echo", "echo_of_the_tests")
    monkeypatch.setattr(registry, "MODELS", (*registry.MODELS, "test.echo"))
    monkeypatch.setitem(sys.modules, "energymodels.echo_of_the_tests", SimpleNamespace(MODEL=EchoModel()))
    monkeypatch.setattr(EchoModel, "asked", [])
    return EchoModel


def faults(call, *args, **options):
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    return {fault.field: str(fault) for fault in caught.value.faults}


def wrong(**values):
    return faults(em.load({"model": "test.echo", **values}).checked)


# Text


def test_text_is_stripped_and_never_empty():
    assert em.load({"model": "test.echo", "sentence": "  a b \n"}).checked()["sentence"] == "a b"
    for value in ("", "  ", 3.0, None, True, ["a"], "a\0"):
        assert "sentence" in wrong(sentence=value)


@pytest.mark.parametrize(
    "given", ["one, two: three ,four", ["one", "two: three", "four"], np.array(["one", "two: three", "four"])]
)
def test_texts_are_swept_as_lists(given):
    ds = em.sweep("test.echo", {"sentence": given}, keep=["duration"])
    assert ds.sentence.values.tolist() == ["one", "two: three", "four"]
    assert ds.duration.values.tolist() == [2.0, 4.0, 2.0]
    assert "units" not in ds.sentence.attrs


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "texts",
    [["a b; c", "a, b", 'say "x"\n and y', "a  b"], [f"number {i}" for i in range(300)], ["one", "two"]],
)
def test_texts_read_back_identical(suffix, texts, tmp_path):
    ds = em.sweep("test.echo", {"sentence": [*texts, texts[0]], "length": "1,2"}, keep=["duration"])
    path = em.write(ds, tmp_path / f"texts{suffix}")
    xr.testing.assert_identical(em.read(path), ds)
    xr.testing.assert_identical(em.read(em.write(em.read(path), tmp_path / f"again{suffix}")), ds)
    one = ds.isel(sentence=0)
    xr.testing.assert_identical(em.read(em.write(one, tmp_path / f"one{suffix}")), one)


# Fields that texts bring along


def test_brought_field_is_set_and_swept():
    spec = em.load({"model": "test.echo", "sentence": "{x} times {usual}", "x": "5"})
    assert spec.checked() == em.load("test.echo").checked() | {
        "sentence": "{x} times {usual}",
        "x": 5.0,
        "usual": 3.0,
    }
    ds = em.sweep(spec, {"usual": "1:3:3"}, keep=["duration"])
    assert ds.duration.values.tolist() == [30.0, 60.0, 90.0]
    assert ds.usual.attrs["long_name"] == "the factor usual"
    recorded = json.loads(ds.attrs["spec"])["fields"]
    assert (recorded["sentence"], recorded["x"]) == ("{x} times {usual}", 5.0)


def test_brought_field_needs_a_value_in_range():
    assert "needs a value: the factor x" in wrong(sentence="{x}")["x"]
    assert "from 0" in wrong(sentence="{x}", x=-1.0)["x"]
    assert "unknown field" in wrong(sentence="{x}", x=1.0, y=2.0)["y"]


def test_brought_field_has_a_name_of_its_own():
    for name in ("length", "duration", "time", "status", "point", "title"):
        assert "choose another" in wrong(sentence=f"{{{name}}}")[name]


def test_faults_of_texts_and_others_together():
    assert wrong(sentence="{}", x=1.0, length=-1.0).keys() == {"sentence", "length"}
    assert (
        em.load({"model": "test.echo", "sentence": "{}"}).replace({"sentence": "a"}).checked()["sentence"]
        == "a"
    )


def test_values_of_a_replaced_text_are_dropped():
    spec = em.load({"model": "test.echo", "sentence": "{x} {y}", "x": 1.0, "y": 2.0})
    assert spec.replace({"sentence": "{y}"}).checked()["y"] == 2.0
    assert "x" not in spec.replace({"sentence": "{y}"}).values
    assert "x" in faults(spec.replace({"sentence": "{y}", "x": 1.0}).checked)


def test_swept_texts_bring_fields():
    ds = em.sweep("test.echo", {"sentence": ["{x}", "{x} again"], "x": "1,2"}, keep=["duration"])
    assert ds.duration.values.tolist() == [[2.0, 4.0], [4.0, 8.0]]
    assert faults(em.sweep, "test.echo", {"sentence": ["{x}", "again"], "x": "1,2"}).keys() == {"x"}
    points = {"sentence": ["{x} a b", "{x}", "{x}"], "x": np.array([1.0, 2.0, 3.0])}
    assert em.sweep("test.echo", {}, points=points, keep=["duration"]).duration.values.tolist() == [
        6.0,
        4.0,
        6.0,
    ]


# Aliases


def test_alias_takes_its_own_unit():
    spec = em.load({"model": "test.echo", "Length [m]": 3e-6})
    for name, value in (
        (None, None),
        ("Length [m]", 3e-6),
        ("Length [m]", "3um"),
        ("Length [m]", "3e-6"),
        ("length", 3),
    ):
        assert (spec.replace({name: value}) if name else spec).checked()["length"] == pytest.approx(
            3.0, rel=1e-15
        )
    assert spec.replace({"Warmth [K]": 300}).checked()["warmth"] == pytest.approx(26.85, rel=1e-12)
    assert "length" in faults(spec.replace({"Length [m]": "three"}).checked)
    assert "length" in faults(spec.replace({"Length [m]": True}).checked)


@pytest.mark.parametrize("given", [
    "1e-6:3e-6:3", "1um:3e-6:3", "1e-6,2um,3e-6", [1e-6, "2e-6", "3 um"], np.array([1e-6, 2e-6, 3e-6]),
])  # fmt: skip
def test_alias_is_swept(given):
    for options in ({"over": {"Length [m]": given}}, {"over": {}, "points": {"Length [m]": given}}):
        if ":" in given and "points" in options:
            continue
        ds = em.sweep("test.echo", keep=["duration"], **options)
        np.testing.assert_allclose(ds.length, [1.0, 2.0, 3.0], rtol=1e-15)
        assert ds.length.attrs["units"] == "um"
    ds = em.sweep("test.echo", {"Warmth [K]": np.array([273.15, 300.0])}, keep=["duration"])
    np.testing.assert_allclose(ds.warmth, [0.0, 26.85], atol=1e-12)


def test_alias_and_path_exclude_each_other():
    assert (
        "given twice"
        in faults(em.load("test.echo").replace({"length": 1, "Length [m]": 1e-6}).checked)["length"]
    )
    assert (
        "swept twice" in faults(em.sweep, "test.echo", {"length": "1,2", "Length [m]": "1e-6,2e-6"})["length"]
    )


def test_refused_name_says_why():
    assert "has no weight" in faults(em.load("test.echo").replace({"Weight [kg]": 1}).checked)["Weight [kg]"]
    assert "has no weight" in faults(em.sweep, "test.echo", {"Weight [kg]": "1,2"})["Weight [kg]"]


# Check, shared arrays, blocks, axes, codes


def test_check_sees_all_that_meets_in_the_grid():
    assert "more than one word" in wrong(mode="heavy", sentence="short")["mode"]
    over = {"mode": "plain,heavy", "sentence": ["as it is", "short"]}
    # (heavy, short) is neither's first
    assert "more than one word" in faults(em.sweep, "test.echo", over)["mode"]
    points = {"mode": ["plain", "heavy"], "sentence": ["short", "a b"]}
    assert em.sweep("test.echo", {}, points=points).status.values.tolist() == [0, 0]


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_is_told_per_block(threads):
    seen = []
    engine.solve(
        "test.echo",
        {"length": "1:9:9"},
        threads=threads,
        keep=["duration"],
        progress=lambda *c: seen.append(c),
    )
    assert seen[-1] == (9, 9)
    if threads == 1:
        assert [done for done, _ in seen] == [2, 4, 6, 8, 9]


def test_axis_ends_where_the_longest_case_does(echo):
    ds = em.sweep("test.echo", {"length": "1:9:9"})
    assert ds.time.values.tolist() == [0.0, 13.5, 27.0]
    assert ds.time.attrs["units"] == "s"
    assert ds.trace[:, -1].values.tolist() == [27.0 / (3.0 * n) for n in range(1, 10)]
    assert echo.asked == [["duration"]]
    assert "time" not in em.sweep("test.echo", {"length": "1:9:9"}, keep=["duration"]).coords
    assert echo.asked == [["duration"]]


def test_interrupted_probe_interrupts(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(EchoModel, "solve", interrupted)
    monkeypatch.setattr(solving, "load_kernel", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        engine.solve("test.echo", {"length": "1,2"}, threads=1)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_codes_are_whole_numbers_with_words(suffix, tmp_path):
    solution = engine.solve(
        "test.echo", {"x": "1,2,60"}, {"sentence": "{x} a b", "x": 1.0}, keep=["outcome", "duration"]
    )
    assert solution.scalars()["outcome"] == "short"
    ds = to_dataset(solution)
    assert ds.outcome.dtype == np.int8
    assert ds.outcome.values.tolist() == [0, 1, -1]
    assert np.isnan(ds.duration[-1])
    xr.testing.assert_identical(em.read(em.write(ds, tmp_path / f"codes{suffix}")), ds)


def test_command_line(cli, tmp_path):
    words = ["-p", "sentence={x} a b", "-p", "Length [m]=4e-6", "-p", "x=2"]
    done = cli("run", "test.echo", *words, "--json")
    assert json.loads(done.stdout) == {"duration": pytest.approx(24.0), "outcome": "long", "status": 0}
    assert "long" in cli("run", "test.echo", *words).stdout
    sweep = [
        "-v",
        "sentence={x} a,{x}",
        "-v",
        "x=1:3:3",
        "-v",
        "Length [m]=1e-6,2e-6",
        "-o",
        tmp_path / "r.nc",
    ]
    cli("sweep", "test.echo", *sweep)
    assert em.read(tmp_path / "r.nc").sizes == {"sentence": 2, "x": 3, "length": 2, "time": 3}
    assert "text" in cli("describe", "test.echo").stdout
    assert "um" in cli("describe", "test.echo", "Length [m]").stdout
    assert "has no weight" in cli("run", "test.echo", "-p", "Weight [kg]=1", status=2).stderr
