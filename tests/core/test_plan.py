"""Plans: what they hold, that files are read once, how the grid is cut, and that solving one is the sweep."""

import itertools
import tomllib

import numpy as np
import pytest

import energymodels as em
from energymodels.core.errors import InertWarning, InputError
from energymodels.core.plan import Plan
from energymodels.core.registry import get_model
from energymodels.core.spec import Spec, load

OVER = {"wafer.thickness": "100:180:5", "wafer.dopant": "P,Ga"}


@pytest.fixture(scope="module")
def plan():
    return em.plan("industrial-topcon-2023", OVER, {"front.j0": 10.0})


def test_a_plan_holds_what_was_read(plan):
    assert isinstance(plan, Plan)
    assert (plan.shape, plan.cases, plan.model.name) == ((5, 2), 10, "pv.cell")
    assert plan.fields["front.j0"] == 10.0
    assert plan.columns["wafer.thickness"].shape == (5, 1)
    assert plan.context.swept == set(OVER)
    assert plan.context.words("wafer.dopant") == ["P", "Ga"]
    assert "wafer.thickness" in plan.context.given


def test_a_plan_of_one_case():
    plan = em.plan("pv.diode")
    assert (plan.shape, plan.cases, list(plan.chunks())) == ((), 1, [((), 0, 1)])


@pytest.mark.parametrize("size", [1, 3, 4, 10, 100])
def test_chunks_cover_the_grid_once(plan, size):
    seen = np.zeros(plan.shape, dtype=int)
    first = 0
    for index, start, cases in plan.chunks(size):
        assert start == first
        assert seen[index].size == cases <= max(size, 1)
        seen[index] += 1
        first += cases
    assert np.all(seen == 1)


def test_a_solved_plan_is_the_sweep(plan):
    ours = plan.solve(threads=1, chunk=3).values["efficiency"].reshape(plan.shape)
    ds = em.sweep("industrial-topcon-2023", OVER, {"front.j0": 10.0})
    assert ours.tobytes() == ds.efficiency.values.tobytes()
    again = plan.solve().values["efficiency"]  # a plan can be solved again
    assert again.tobytes() == ours.tobytes()


def test_nothing_is_solved_and_all_faults_are_told(monkeypatch):
    monkeypatch.setattr(Plan, "solve", lambda *_, **__: pytest.fail("solved"))
    assert em.plan("pv.diode", {"photocurrent": [1.0, 2.0]}).cases == 2
    with pytest.raises(InputError) as caught:
        em.plan("pv.diode", {"photocurent": [1.0]}, {"resistance_series": -1.0})
    assert "photocurent" in str(caught.value)
    with pytest.raises(InputError, match="did you mean v_oc"):
        em.plan("pv.diode", keep=["v_ocx"])


def test_notes_are_told_when_it_is_solved():
    plan = em.plan("pv.cell", {"wafer.srh_level": [0.0, 0.1]})
    ((text, category),) = [note for note in plan.notes if note[1] is InertWarning]
    assert "the SRH lifetime is infinite" in text
    with pytest.warns(category, match="the SRH lifetime is infinite"):
        plan.solve()


def test_a_review_says_what_belongs_to_the_fields(plan):
    assert plan.review.faults() == []
    assert plan.review.without_effect() == {}
    assert "niewelt2022" in plan.model.sources
    stainless = {"feedstock.total_metals": 1, "feedstock.composition": "stainless"}
    metals = em.plan("industrial-hjt-2023", {}, stainless)
    names = [name for name, _ in metals.review.alternatives()]
    assert names[0] == "as given"
    assert len(names) > 10
    assert metals.review.sources()


@pytest.mark.parametrize(
    "spec", ["drive-zeekr-007", "stop-zeekr-7x", "industrial-perc-2023", "design-blade-135"]
)
def test_the_second_plan_reads_no_file(spec, monkeypatch):
    em.plan(spec)
    read = []
    original = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text, **options: read.append(1) or original(text, **options))
    em.plan(spec)
    assert not read


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('model = "pv.diode"\nphotocurrent = 1.0\n')
    first = load(path)
    assert load(path) is first
    path.write_text('model = "pv.diode"\nphotocurrent = 12.0\n')
    assert load(path).values["photocurrent"] == 12.0


MANY = {
    "wafer.dopant": "P,Ga,B",
    "process.gettering": "none,pocl3,topcon",
    "auger": "niewelt2022,richter2012",
    "intrinsic_density": "couderc2014,misiakos1993",
    "front.j0_convention": "narrowed,kane-swanson",
}


def test_combinations_that_cannot_differ_are_checked_once(monkeypatch):
    filled, reviewed = [], []
    spec, model = Spec.filled, type(get_model("pv.cell"))
    review = model.reviewed
    monkeypatch.setattr(Spec, "filled", lambda spec_: filled.append(1) or spec(spec_))
    monkeypatch.setattr(model, "reviewed", lambda *args: reviewed.append(1) or review(*args))
    axes = {path: words for path, words in MANY.items() if path != "front.j0_convention"}
    assert em.plan("industrial-topcon-2023", {"wafer.thickness": "100:180:50", **axes}).cases == 50 * 36
    assert len(filled) < 5
    assert len(reviewed) < 36


@pytest.mark.parametrize(
    ("spec", "over", "values"),
    [
        ("industrial-topcon-2023", MANY, {"feedstock.metals.Cr": 1.0}),
        (
            "battery-lfp-18650",
            {
                "side_reactions.plating": "none,irreversible,reversible",
                "side_reactions.sei": "none,reaction limited",
                "protocol": ["Discharge at 1C for 1 min", "Discharge at {rate}C for 1 min"],
                "parameters": "lfp-18650,Chen2020,OKane2022",
            },
            {},
        ),
        (
            "vehicle-model-3-rwd-lfp",
            {"cycle": "udds,nedc,30 km/h", "cabin.heater": "heat_pump,resistance"},
            {},
        ),
    ],
)
def test_no_fault_of_a_combination_is_missed(spec, over, values):
    """Whether all are checked one by one, or those alone that can differ."""
    base = load(spec).replace(values)
    try:
        found = set()
        em.plan(base, over)
    except em.InputError as error:
        found = {str(fault) for fault in error.faults}
    lists = {path: words if isinstance(words, list) else words.split(",") for path, words in over.items()}
    expected = set()
    for words in itertools.product(*lists.values()):
        try:
            base.replace(dict(zip(lists, words, strict=True))).checked()
        except em.InputError as error:
            expected |= {str(fault) for fault in error.faults}
    assert found == expected
    assert bool(found) == (spec != "vehicle-model-3-rwd-lfp")


def test_a_long_check_says_how_far_it_is(monkeypatch, caplog):
    monkeypatch.setattr("energymodels.core.pace.SOON", 0.0)
    monkeypatch.setattr("energymodels.core.pace.OFTEN", 0.0)
    em.plan("industrial-topcon-2023", {"wafer.dopant": "P,Ga", "auger": "niewelt2022,richter2012"})
    assert "checking combinations of labels and texts: 4 of 4" in caplog.text
