"""Metals that cells bear: amounts met by direct runs up to where the metal precipitates, physics, reasons,
notes, wrong input.
"""

import json

import numpy as np
import pytest

import energymodels as em
from energymodels.core.errors import InputError
from energymodels.core.sweep import solve
from energymodels.pv.metals.budget import REASONS

PERC, TOPCON, HJT = "industrial-perc-2023", "industrial-topcon-2023", "industrial-hjt-2023"


def with_values(spec, **values):
    return em.load(spec).replace({path.replace("__", "."): value for path, value in values.items()})


def feed(spec, element, kind="n", loss=0.1):
    return em.metal_budget(spec, [element], [loss], [kind]).feed.item()


@pytest.mark.parametrize(
    ("spec", "kind", "element"),
    [(TOPCON, "n", "Cr"), (TOPCON, "p", "Ti"), (PERC, "n", "Cu"), (PERC, "p", "Fe")],
)
@pytest.mark.filterwarnings("ignore::energymodels.core.errors.ProvenanceWarning")
def test_losses_are_met_up_to_where_the_metal_precipitates(spec, kind, element):
    values = {"wafer.dopant": {"n": "P", "p": "Ga"}[kind]}
    ends = solve(spec, {f"process.contamination.{element}": [0.0, 4e22]}, values, keep=["efficiency"]).values[
        "efficiency"
    ]
    losses = (ends[0] - ends[1]) * np.array([0.01, 0.5, 0.9, 0.97, 0.99, 0.995, 0.999])
    found = em.metal_budget(spec, [element], losses, [kind]).isel(cell=0, element=0)
    path = f"process.contamination.{element}"
    direct = solve(
        spec, {path: found.before_gettering.values}, values, keep=["efficiency", "wafer_metals"]
    ).values
    np.testing.assert_allclose(ends[0] - direct["efficiency"], losses, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.wafer, direct["wafer_metals"].ravel(), rtol=1e-9)


def test_what_hurts_more():
    assert feed(HJT, "Fe") > 10.0 * feed(HJT, "Cr")  # in n-type
    assert feed(HJT, "Fe", "n") > 10.0 * feed(HJT, "Fe", "p")
    gettered = with_values(HJT, process__gettering="pocl3", wafer__freeze_temperature=1000.0)
    assert feed(gettered, "Fe", "p") > 10.0 * feed(HJT, "Fe", "p")
    assert feed(gettered, "Ti", "p") < 1.3 * feed(HJT, "Ti", "p")  # hardly moves
    assert feed(with_values(HJT, crystal__position=0.8), "Cr") < feed(HJT, "Cr") / 2.0
    assert feed(with_values(HJT, crystal__route="rcz", crystal__pulls=8), "Cr") < feed(HJT, "Cr") / 3.0


def test_a_place_that_no_crystal_has_is_refused(cli):
    spec = with_values(HJT, crystal__route="rcz", crystal__pulls=8, crystal__position=0.9)
    with pytest.raises(InputError, match=r"ends at crystal.pulled_fraction"):
        em.metal_budget(spec, ["Cr"])
    assert "pulls" in cli("metal-budget", HJT, "--element", "Cr", "-p", "crystal.pulls=8", status=2).stderr


def test_reasons():
    found = em.metal_budget(HJT, ["Cr", "Mo", "Na"], [0.1, 10.0, 90.0], ["n"]).isel(cell=0)
    names = [[REASONS[code] for code in row] for row in found.reason.values]
    assert names == [
        ["reached", "precipitates_before", "above_efficiency"],
        ["reached", "more_than_the_feedstock", "above_efficiency"],
        ["no_such_loss"] * 3,
    ]
    np.testing.assert_array_equal(np.isnan(found.feed), found.reason != 0)
    for name in ("wafer", "before_gettering"):
        np.testing.assert_array_equal(
            np.isnan(found[name]), [[False, True, True], [False, False, True], [True] * 3]
        )


@pytest.mark.parametrize(
    "values", [{"irradiance": 0.0}, {"wafer__resistivity": 1.3e-3, "wafer__compensation": 1e20}]
)
def test_a_cell_that_is_none(values):
    """In the dark, and where no doping gives the resistivity."""
    found = em.metal_budget(with_values(TOPCON, **values), ["Cr"], [0.1], ["n"])
    assert REASONS[found.reason.item()] == "no_cell"
    assert np.isnan([found.efficiency.item(), found.feed.item()]).all()


@pytest.mark.parametrize("values", [
    {"feedstock__metals__Fe": 5.0, "process__contamination__Cr": 1e10}, {"wafer__metals__Cr_i": 1e11},
    {"feedstock__total_metals": 1.0, "feedstock__composition": "stainless"},
])  # fmt: skip
def test_own_metals_are_left_out_and_named(values):
    found, clean = em.metal_budget(with_values(HJT, **values), ["Cr"]), em.metal_budget(HJT, ["Cr"])
    assert found.equals(clean)
    assert all(path.replace("__", ".") in found.attrs["comment"] for path in values)
    assert "left out" not in clean.attrs["comment"]


def test_notes_come_once(cli):
    done = cli("metal-budget", PERC, "--element", "Fe,Cr,Co", "--loss", "0.1", "-p", "temperature=430")
    lines = done.stderr.strip().splitlines()
    assert len(lines) == len(set(lines))
    assert [line for line in lines if "gettering" in line] == [
        "note: gettering perc: segregation of Fe, Cr, Co is assumed, with a range in the data"
    ]
    assert [line for line in lines if "outside the range" in line]


def test_named_twice_is_once():
    assert dict(em.metal_budget(HJT, ["Cr", "Cr"], [0.1, 0.1], ["n", "n"]).sizes) == {
        "cell": 1,
        "element": 1,
        "loss": 1,
    }


def test_dataset_explains_itself(tmp_path):
    found = em.metal_budget(HJT, ["Na", "Cr"], sets="all")
    assert all(v.attrs["long_name"] for v in found.variables.values())
    assert all(v.attrs["units"] for v in found.data_vars.values())
    assert found.equals(em.read(em.write(found, tmp_path / "found.nc")))


def test_json(cli):
    text = cli(
        "metal-budget", TOPCON, "--element", "Fe", "--loss", "0.1", "--type", "n", "--sets", "all", "--json"
    ).stdout
    tree = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert {"wafer": "cm-3", "feed": "ppbw", "efficiency": "percent"}.items() <= tree["units"].items()
    [cell] = tree["cells"]
    iron = cell["elements"]["Fe"]["0.1"]
    assert iron["reason"] == "reached"
    assert iron["feed_low"] < iron["feed"]
    assert iron["unbounded"] == [name for name, value in iron.items() if value is None] == [
        "wafer_high", "before_gettering_high", "feed_high",
    ]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), [
    (["--element", "Fee"], "did you mean Fe"), (["--element", "Fe", "--loss", "0"], "loss"),
    (["--element", ""], "element"),
    (["--element", "Fe", "--loss", "x"], "--loss"), (["--element", "Fe", "--type", "q"], "type"),
    (["--element", "Fe", "--sets", "0"], "sets"), (["--element", "Fe", "-p", "foo.bar=3"], "foo.bar"),
])  # fmt: skip
def test_wrong_input(cli, words, said):
    assert said in cli("metal-budget", HJT, *words, status=2).stderr


def test_wrong_specs(cli):
    assert "did you mean" in cli("metal-budget", "industrial-hjt-2024", "--element", "Fe", status=2).stderr
    assert "pv.cell" in cli("metal-budget", "pv.diode", "--element", "Fe", status=2).stderr


def test_the_old_verb_warns_and_works(cli):
    words = (HJT, "--element", "Cr", "--loss", "0.1", "--type", "n", "--json")
    old, new = cli("tolerance", *words), cli("metal-budget", *words)
    assert old.stdout == new.stdout
    said = "note: energymodels tolerance is now called energymodels metal-budget; the old name still works"
    assert old.stderr.count(said) == 1
    assert said not in new.stderr
    assert "tolerance" not in cli("--help").stdout
