"""Specs: what may be written, what replaces what, and what is said of faults."""

import json
import math

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets
from energymodels.core.axes import dim_name
from energymodels.core.errors import InputError
from energymodels.core.registry import MODELS, get_model
from energymodels.core.schema import Table, schema
from energymodels.core.spec import bundled, loads

ALTERNATIVES = [
    ({"wafer.resistivity": 2.0}, {"wafer.doping": 1e16}),
    ({"wafer.tau": 1e-3, "wafer.capture_ratio": 3.0}, {"wafer.tau_n0": 1e-3, "wafer.tau_p0": 2e-3}),
    ({"optical_loss": 0.1}, {"generation_current_density": 40.0}),
]
BOTH_WAYS = [pair[::step] for pair in ALTERNATIVES for step in (1, -1)]


def cell(**tables):
    return em.load({"model": "pv.cell", **tables})


def faults(source, changes=()):
    """Return the faults of a source with changes on top, as text by field."""
    with pytest.raises(InputError) as caught:
        em.load(source).replace(dict(changes)).checked()
    return {fault.field: str(fault) for fault in caught.value.faults}


@pytest.mark.parametrize("model", MODELS)
def test_only_model_is_legal(model, tmp_path):
    file = tmp_path / "bare.toml"
    file.write_text(f'model = "{model}"')
    assert all(
        em.load(source).checked() == em.load(model).checked()
        for source in (file, str(file), {"model": model})
    )


@pytest.mark.parametrize("model", MODELS)
def test_defaults_are_those_shown(model):
    used = em.load(model).checked()
    shown = {
        path: info.default for path, info in schema(get_model(model).spec).items() if info.default is not None
    }
    assert used == shown


@pytest.mark.parametrize(("first", "second"), BOTH_WAYS)
def test_override_replaces_the_alternative(first, second):
    used = em.load({"model": "pv.cell", **first}).replace(second).checked()
    assert second.items() <= used.items()
    assert not first.keys() & used.keys()


def test_half_an_override_drops_the_other_choice():
    assert (
        "needed together"
        in faults({"model": "pv.cell", "wafer.tau": 1e-3}, {"wafer.tau_n0": 1e-3})["wafer.tau_p0"]
    )
    used = cell(wafer={"tau_n0": 1.0, "tau_p0": 2.0}).replace({"wafer.capture_ratio": 7.0}).checked()
    assert used["wafer.capture_ratio"] == 7.0
    assert used["wafer.tau"] == math.inf


@pytest.mark.parametrize(("first", "second"), BOTH_WAYS)
def test_two_alternatives_in_one_source(first, second):
    both = first | second
    assert any("excludes" in text for text in faults({"model": "pv.cell", **both}).values())
    assert any("excludes" in text for text in faults("pv.cell", both).values())


@pytest.mark.parametrize(("type_", "dopant"), [("n", "P"), ("p", "B"), ("p", "Ga")])
def test_type_and_dopant_may_agree(type_, dopant):
    used = cell(wafer={"type": type_, "dopant": dopant}).checked()
    assert (used["wafer.type"], used["wafer.dopant"]) == (type_, dopant)


def test_type_and_dopant_must_agree():
    text = faults({"model": "pv.cell", "wafer": {"type": "n", "dopant": "Ga"}})["wafer"]
    assert all(word in text for word in ("type n", "dopant Ga", "p-type"))
    assert "wafer" in faults("pv.cell", {"wafer.type": "p", "wafer.dopant": "P"})


def test_type_replaces_dopant_and_back():
    assert "wafer.dopant" not in cell(wafer={"dopant": "Ga"}).replace({"wafer.type": "n"}).checked()
    assert "wafer.type" not in cell(wafer={"type": "n"}).replace({"wafer.dopant": "Ga"}).checked()


def test_type_alone_means_its_usual_dopant():
    for type_, dopant in (("p", "Ga"), ("n", "P")):
        assert em.run("pv.cell", {"wafer.type": type_}).equals(em.run("pv.cell", {"wafer.dopant": dopant}))


def test_checked_after_all_overrides():
    """A source may be incomplete or wrong where an override completes or replaces it."""
    half = cell(wafer={"tau_n0": 1e-3})
    assert half.replace({"wafer.tau_p0": 2e-3}).checked()["wafer.tau_p0"] == 2e-3
    wrong = loads('model = "pv.cell"\ntemperature = 1000', "wrong")
    assert wrong.replace({"temperature": 300}).checked()["temperature"] == 300.0
    swap = cell(wafer={"type": "n"}).replace({"wafer.dopant": "Ga", "wafer.type": "p"})
    assert swap.checked()["wafer.dopant"] == "Ga"


def test_later_overrides_win():
    assert (
        em.load("pv.cell")
        .replace({"temperature": 300})
        .replace({"temperature": "27degC"})
        .checked()["temperature"]
        == 300.15
    )


def test_all_faults_at_once():
    source = {
        "model": "pv.cell",
        "temperature": 1000,
        "wafer": {"doping": 1.0, "resistivity": 2.0, "thicknes": 3, "type": "q", "tau": "3 kg"},
        "curve": {"points": 2.5},
    }
    found = faults(source)
    assert {
        "temperature",
        "wafer.doping",
        "wafer.thicknes",
        "wafer.type",
        "wafer.tau",
        "curve.points",
    } <= found.keys()
    assert "excludes" in found["wafer.resistivity"]
    assert all(word in found["temperature"] for word in ("1000", "200", "450", "K"))
    assert "did you mean wafer.thickness?" in found["wafer.thicknes"]
    assert "n, p" in found["wafer.type"]
    assert "'kg'" in found["wafer.tau"]
    assert "whole number" in found["curve.points"]


def test_faults_of_file_and_overrides_together():
    assert faults({"model": "pv.cell", "temperature": 1000}, {"irradiance": -1}).keys() == {
        "temperature",
        "irradiance",
    }


def test_fault_states_value_range_and_unit():
    assert faults("pv.cell", {"wafer.thickness": "1m"})["wafer.thickness"] == (
        "wafer.thickness = 1m: allowed from 1 to 10000 um"
    )
    assert faults("pv.cell", {"shunt_resistance": 0})["shunt_resistance"].endswith(
        " = 0.0 ohm cm2: allowed above 0 ohm cm2"
    )


@pytest.mark.parametrize(
    "value", [True, np.True_, math.nan, np.nan, "nan", "true", "", None, [1.0], {"a": 1.0}]
)
def test_what_is_not_a_number_is_refused(value):
    assert faults({"model": "pv.cell", "front": {"metal_fraction": value}})


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.float32(0.5), "0.5", "50%"])
def test_what_is_a_number(value):
    assert cell(front={"metal_fraction": value}).checked()["front.metal_fraction"] == 0.5


@pytest.mark.parametrize("value", [1, True, "N", "m", ["n"]])
def test_labels_are_exact(value):
    assert "allowed n, p" in faults({"model": "pv.cell", "wafer": {"type": value}})["wafer.type"]


@pytest.mark.parametrize(("model", "field"), [
    ("pv.cell", "wafer.tau"), ("pv.cell", "shunt_resistance"), ("pv.diode", "resistance_shunt"),
])  # fmt: skip
@pytest.mark.parametrize("value", [math.inf, "inf"])
def test_infinite_where_a_limit_is_meant(model, field, value):
    assert em.load(model).replace({field: value}).checked()[field] == math.inf


@pytest.mark.parametrize(
    "field", ["wafer.thickness", "front.j0", "series_resistance", "temperature", "irradiance", "curve.points"]
)
@pytest.mark.parametrize("value", [math.inf, "-inf"])
def test_infinite_where_none_is_meant(field, value):
    assert field in faults("pv.cell", {field: value})


@pytest.mark.parametrize("text", ["model = ", "= 3", 'model = "pv.cell"\nmodel = "pv.cell"', "[", "\x00"])
def test_not_toml(text):
    with pytest.raises(InputError, match=r"^wrong\.toml: not a TOML file"):
        loads(text, "wrong.toml")


def test_not_text(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_bytes(b'model = "\xff\xfe"')
    assert "not a TOML file" in faults(file)[str(file)]


@pytest.mark.parametrize("tree", [
    {}, {"model": 3}, {"model": "pv.cell", "wafer": 3}, {"model": "pv.cell", "temperature": {"value": 300}},
    {"model": "pv.cell", "provenance": 3}, {"model": "pv.cell", "provenance": "x"},
])  # fmt: skip
def test_wrong_shape(tree):
    assert faults(tree)


@pytest.mark.parametrize(("name", "near"), [
    ("pv.cel", "pv.cell"), ("industrial-perc-2022", "industrial-perc-2023"),
    ("longi-hjt-26.8", "longi-hjt-26.81"),
])  # fmt: skip
def test_unknown_source_names_the_closest(name, near):
    assert f"did you mean {near}?" in faults(name)[name]


def test_unknown_model_names_the_closest():
    assert "did you mean pv.diode?" in faults({"model": "pv.diod"})["pv.diod"]
    assert "did you mean pv.diode?" in faults("pv.cell", {"model": "pv.diod"})["pv.diod"]


def test_fields_of_another_model_are_refused():
    found = faults("industrial-perc-2023", {"model": "pv.diode"})
    assert {"wafer.thickness", "front.j0", "optical_loss"} <= found.keys()


@pytest.mark.parametrize("name", bundled())
def test_bundled_specs(name):
    """Every value of a bundled spec says how it was obtained and where from; nothing else is said."""
    spec = em.load(name)
    assert spec.checked()
    assert spec.title
    tagged = {path: entry for path, entry in spec.provenance.items() if path not in ("tier", "note")}
    assert tagged.keys() == spec.values.keys()
    assert {entry["method"] for entry in tagged.values()} <= set(datasets.METHODS)
    assert {entry["source"] for entry in tagged.values()} <= {*datasets.table("sources"), "unsourced"}


def test_bundled_cells_are_there():
    typical = {f"industrial-{kind}-2023" for kind in ("perc", "topcon", "hjt")}
    assert {"longi-hjt-26.81", "longi-hjt-26.30", *typical} <= bundled().keys()
    assert {em.load(name).provenance["tier"] for name in typical} == {"typical"}


@pytest.mark.parametrize("model", MODELS)
def test_outputs_and_fields_have_names_of_their_own(model):
    """In a file a field is a coordinate under its path with underscores, an output a variable."""
    paths = list(schema(get_model(model).spec))
    names = [output.name for output in get_model(model).outputs]
    taken = {
        *paths,
        *map(dim_name, paths),
        "status",
        "point",
        *(dim for o in get_model(model).outputs for dim in o.dims),
    }
    assert len(set(map(dim_name, paths))) == len(paths)
    assert len(set(names)) == len(names)
    assert not taken & set(names)


@pytest.mark.parametrize("model", MODELS)
def test_every_field_and_output_is_described(model):
    found = get_model(model)
    assert all(
        info.meaning and (info.unit or info.kind in ("label", "text")) for info in schema(found.spec).values()
    )
    assert all(output.long_name and output.unit for output in found.outputs)
    assert found.summary
    assert issubclass(found.spec, Table)


@pytest.mark.parametrize("model", MODELS)
def test_fields_in_use_are_a_spec(model):
    """What a result records of its spec loads again, through JSON."""
    used = em.load(model).checked()
    text = json.dumps(
        {path: str(value) if value == math.inf else value for path, value in used.items()}, allow_nan=False
    )
    assert em.load({"model": model, **json.loads(text)}).checked() == used
