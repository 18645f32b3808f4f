"""What is likely not meant is said, in run and sweep alike, and never where nothing is amiss."""

import warnings

import numpy as np
import pytest

import energymodels as em
from energymodels.core import plausibility
from energymodels.core.errors import PlausibilityWarning
from energymodels.core.plan import plan
from energymodels.core.registry import MODELS, get_model
from energymodels.core.schema import schema
from energymodels.core.spec import bundled
from energymodels.core.sweep import solve
from energymodels.pv.cell.doubts import photons
from energymodels.studies import operating_conditions, p_vs_n, polysilicon


def remarks(spec, values=None):
    """Return what is said of one case, without solving it."""
    planned = plan(spec, {}, values)
    return plausibility.remarks(planned.review, planned.infos, planned.shape)


CELL = {"optical_loss": 0.05}
DOUBTFUL = [
    ("pv.cell", CELL | {"front.j0": 1.2e-14}, ["front.j0 = 1.2e-14 fA cm-2", "1.2e-14A.cm-2?"]),
    ("pv.cell", CELL | {"rear.j0_metal": 5e-14, "rear.metal_fraction": 0.03},
    ["rear.j0_metal = 5e-14", "5e-14A.cm-2?"]),
    ("pv.cell", CELL | {"wafer.tau": 3000.0}, ["wafer.tau = 3000 s", "3000us?"]),
    ("pv.cell", CELL | {"wafer.tau": 3.0}, ["3ms or 3us?"]),
    ("pv.cell", CELL | {"wafer.tau_n0": 500.0, "wafer.tau_p0": 1e-3},
    ["wafer.tau_n0 = 500 s", "500ms or 500us?"]),
    ("pv.cell", {"generation_current_density": 70.0}, ["exceeds the photon current"]),
    ("pv.cell", {"generation_current_density": 45.0}, ["Lambertian limit of the wafer thickness"]),
    ("pv.cell", {"generation_current_density": 42.0, "temperature": "50degC"},
    ["no temperature coefficient", "+0.5"]),
    ("pv.cell", CELL | {"front.j0_metal": 500.0},
    ["front.j0_metal has no effect", "front.metal_fraction is 0"]),
    ("pv.cell", {}, ["optics is the Lambertian limit", "optical_loss"]),
    ("pv.cell", CELL | {"wafer.metals.Fe_i": 1e12, "wafer.pairs": "light"},
    ["wafer.metals.Fe_i", "does not pair", "metals.Fe"]),
    ("battery.spm", {"positive.thickness": 75e-6}, ["positive.thickness = 7.5e-05 um", "7.5e-05m?"]),
    ("battery.dfn", {"negative.particle_radius": 5e-6}, ["5e-06m?"]),
    ("battery.dfn", {"electrolyte.initial_concentration": 1.2}, ["1.2mol/L?"]),
    ("battery.spm", {"cell.nominal_capacity": 2500}, ["2500mA.h?"]),
    ("battery.design", {"positive.thickness": 75e-6}, ["7.5e-05m?"]),
    ("vehicle.range", {"battery_energy": 60000.0}, ["60000W.h?"]),
    ("vehicle.range", {"mass": 1.8}, ["1.8t?"]),
    ("vehicle.charge_stop", {"station.power": 150000.0}, ["150000W?"]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "values", "parts"), DOUBTFUL)
def test_what_is_said(spec, values, parts):
    (text,) = remarks(spec, values)
    assert all(part in text for part in parts)
    assert "; " not in text  # which parts the notes of a result


@pytest.mark.parametrize("spec", bundled())
def test_nothing_is_said_of_a_bundled_spec(spec):
    assert remarks(spec) == []


SWEPT = [
    *(("pv.cell", p_vs_n.OVER, p_vs_n.CELL),),
    *((spec, operating_conditions.OVER, {}) for spec in operating_conditions.SPECS.values()),
    *(
        (spec, polysilicon.OVER, {"feedstock.composition": "stainless"})
        for spec, _ in polysilicon.CELLS.values()
    ),
]


@pytest.mark.parametrize(("spec", "over", "values"), SWEPT)
def test_nothing_is_said_of_the_studies_of_solar_cells(spec, over, values):
    planned = plan(spec, over, values)
    assert plausibility.remarks(planned.review, planned.infos, planned.shape) == []


@pytest.mark.parametrize("model", [m for m in MODELS if m != "pv.cell"])
def test_nothing_is_said_of_defaults(model):
    assert remarks(model) == []


@pytest.mark.parametrize("values", [
    {"wafer.tau": "inf", "front.j0": 0.0, "rear.j0": 0.575},
    {"wafer.tau": "20us", "front.j0": 500.0, "wafer.thickness": 20.0},
    {"wafer.metals.Fe": 1e12, "wafer.pairs": "light"},
    {"wafer.metals.Fe_i": 1e12},
    {"temperature": "50degC"},
])  # fmt: skip
def test_nothing_is_said_of_what_is_meant(values):
    assert remarks("pv.cell", CELL | values) == []
    assert remarks("pv.cell", {"generation_current_density": 0.0, "temperature": 320.0}) == []


def test_the_spectrums_photons():
    """69 mA cm-2 is the current of AM1.5G to 4 um (Green 1982 gives 44 for silicon's share)."""
    assert photons() == pytest.approx(69.0, abs=0.3)


def test_usual_lies_in_what_is_allowed():
    """A range that is usual is allowed, and holds the field's own default."""
    for model in MODELS:
        for info in schema(get_model(model).spec).values():
            if info.usual:
                low, high = info.usual
                assert low < high
                assert all(info.holds(end) for end in info.usual)
                assert info.default is None or info.is_usual(np.array([info.default])).all()


@pytest.mark.parametrize("values", [{"wafer.tau": [1e-3, 3000.0, 1e-4]}, {"wafer.tau": "3000"}])
def test_run_and_sweep_say_the_same(values):
    """Once, with how many cases it concerns, and in the result; the cases are solved nonetheless."""
    with pytest.warns(PlausibilityWarning, match="3000us") as caught:
        found = em.sweep("pv.cell", values | {"wafer.type": "p,n"}, CELL)
    cases = found.status.size
    (text,) = [str(w.message) for w in caught if w.category is PlausibilityWarning]
    assert text.endswith("(2 of 6 cases)" if cases == 6 else "(all 2 cases)")
    assert text in found.attrs["comment"]
    assert (found.status == 0).all()
    with pytest.warns(PlausibilityWarning, match=r"3000us\?$"):
        em.run("pv.cell", CELL | {"wafer.tau": 3000.0})


def test_command_line_says_it_once(cli, tmp_path):
    done = cli("sweep", "pv.cell", "-v", "front.j0=1.2e-14,10", "-o", tmp_path / "a.nc")
    notes = [line for line in done.stderr.splitlines() if line.startswith("note:")]
    assert len(notes) == 2
    assert any("(1 of 2 cases)" in note for note in notes)
    assert cli("run", "pv.cell", "-p", "wafer.tau=3000", "-p", "optical_loss=5%").stderr.count("note:") == 1


def test_a_swept_field_without_effect_is_said_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        solve("pv.cell", {"front.j0_metal": [100.0, 500.0]}, CELL)
    assert [str(w.message) for w in caught] == ["sweeping front.j0_metal: front.metal_fraction is 0"]
