"""Combinations of labels and texts: every fault of every combination is found, without checking each."""

import itertools
import logging

import numpy as np
import pytest

import energymodels as em
from energymodels.battery.cell.checks import BatteryReview
from energymodels.core import combinations, pace
from energymodels.core.errors import InputError
from energymodels.core.spec import Spec, load
from energymodels.pv.cell.checks import CellReview

STAINLESS = {"feedstock.total_metals": 1.0, "feedstock.composition": "stainless"}
CHARGE, STOPS = "Charge at 1C until 4.1 V", ["Rest for 1 s", "Charge at {rate}C until 4.1 V"]


def one_by_one(spec, over):
    """Return (fields in use, faults) as a check of every combination finds them."""
    base, fields, faults = load(spec[0]).replace(spec[1]), {}, []
    for words in itertools.product(*over.values()):
        try:
            fields = base.replace(dict(zip(over, words, strict=True))).checked() | fields
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    return fields, faults


def at_once(spec, over):
    """Return the same as a plan finds them."""
    base = load(spec[0]).replace(spec[1])
    lines = [[{path: word} for word in words] for path, words in over.items()]
    check = combinations.Check(base, {}, lines)
    check.run()
    return check.fields, check.faults


@pytest.mark.parametrize(
    ("spec", "over", "faulty"),
    [
        (("pv.cell", {}), {"wafer.dopant": ["P", "Ga", "B"], "wafer.type": ["n", "p"]}, 3),
        (
            ("industrial-perc-2023", STAINLESS | {"crystal.pulls": 2}),
            {
                "crystal.route": ["rcz", "cz", "ccz"],
                "front.j0_convention": ["narrowed", "kane-swanson"],
                "rear.j0_convention": ["kane-swanson", "narrowed"],
            },
            3,
        ),
        (
            ("battery.dfn", {}),
            {
                "protocol": [CHARGE, *STOPS],
                "parameters": ["Chen2020", "Prada2013", "OKane2022"],
                "thermal": ["isothermal", "lumped"],
                "side_reactions.plating": ["none", "reversible"],
            },
            1,
        ),
        (("battery.dfn", {}), {"protocol": [CHARGE, "Charge", "Rest", "Run"]}, 1),
        (("battery.dfn", {"rate": 1.0}), {"protocol": [STOPS[1], f"{CHARGE}; {STOPS[1]}"]}, 0),
        (
            ("battery-lfp-4c", {"design.cell.diameter": 46.0}),
            {
                "cell_design": ["design-shenxing-4c", "design-blade-135", "no-design"],
                "design.cell.format": ["cylindrical", "prismatic"],
            },
            2,
        ),
        (
            ("drive-zeekr-007", {}),
            {
                "cycle": ["cltc_p", "wltc_9", "udds"],
                "pack.cell": ["battery-lfp-4c", "battery-lfp-18650", "pv.cell"],
            },
            2,
        ),
    ],
)
def test_what_is_found_is_what_every_combination_has(spec, over, faulty):
    fields, faults = one_by_one(spec, over)
    ours, found = at_once(spec, over)
    assert len(faults) >= faulty
    assert bool(faulty) or not faults
    assert sorted(map(str, found)) == sorted(map(str, faults))
    if not faults:
        assert ours == fields
        assert list(ours) == list(fields)


@pytest.fixture
def calls(monkeypatch):
    """Count how often specs are filled and reviewed."""
    found = {"filled": 0, "faults": 0}

    def count(kind, name):
        original = getattr(kind, name)

        def counted(self):
            found[name] += 1
            return original(self)

        monkeypatch.setattr(kind, name, counted)

    count(Spec, "filled")
    count(CellReview, "faults")
    count(BatteryReview, "faults")
    return found


def test_only_words_that_a_check_reads_are_combined(calls):
    infos = em.plan("industrial-topcon-2023").infos
    words = ("wafer.dopant", "process.gettering", "auger")
    over = {path: list(infos[path].labels) for path in words}
    calls.update(filled=0, faults=0)
    assert em.plan("industrial-topcon-2023", {"wafer.thickness": [100.0, 120.0], **over}).cases == 120
    assert calls == {"filled": 1, "faults": 3}  # one for each dopant


def test_protocols_and_parameter_sets_are_not_multiplied(calls):
    over = {
        "protocol": [f"Charge at {rate}C until 4.1 V" for rate in range(1, 21)],
        "parameters": ["Chen2020", "OKane2022", "Marquis2019"],
    }
    em.plan("battery.spm", over)
    assert calls == {"filled": 20, "faults": 3}


def test_a_design_over_all_sets_of_data_is_planned_at_once(calls):
    infos = em.plan("industrial-perc-2023", {}, STAINLESS).infos
    sets = [path for path in infos if path.startswith("defects.") and len(infos[path].labels) > 1]
    over = {path: f"choice({', '.join(infos[path].labels)})" for path in sets}
    calls.update(filled=0, faults=0)
    plan = em.plan("industrial-perc-2023", {}, STAINLESS, design={"kind": "random:50", "over": over})
    assert plan.cases == 50
    assert np.prod([len(infos[path].labels) for path in sets]) > combinations.MOST
    assert calls == {"filled": 1, "faults": 1}


def test_more_combinations_than_can_be_checked_are_refused(monkeypatch):
    monkeypatch.setattr(combinations, "MOST", 5)
    over = {"wafer.dopant": ["P", "Ga", "B"], "front.j0_convention": ["narrowed", "kane-swanson"]}
    with pytest.raises(InputError, match=r"wafer.dopant.*6 combinations to check: at most 5"):
        em.plan("pv.cell", over, {"front.j0_n_i": 8.6e9})
    assert em.plan("pv.cell", {"auger": "richter2012,niewelt2022"}).cases == 2


def test_a_check_that_takes_long_says_how_far_it_is(monkeypatch, caplog):
    monkeypatch.setattr(pace, "SOON", 0.0)
    monkeypatch.setattr(pace, "OFTEN", 0.0)
    with caplog.at_level(logging.WARNING, "energymodels"):
        em.plan("battery.spm", {"protocol": [CHARGE, STOPS[0]], "parameters": ["Chen2020", "OKane2022"]})
    lines = [record.getMessage() for record in caplog.records]
    assert "reading the texts of protocol: 2 of 2" in lines
    assert lines[-1] == "checking combinations of labels and texts: 4 of 4"


def test_one_that_is_quick_says_nothing(caplog):
    with caplog.at_level(logging.WARNING, "energymodels"):
        em.plan("battery.spm", {"protocol": [CHARGE, STOPS[0]]})
    assert not caplog.records


def test_lines_come_at_intervals(monkeypatch, caplog):
    clock = iter([0.0, 1.9, 2.1, 11.0, 12.2])
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(clock))
    say = pace.told("reading")
    for done in range(1, 5):
        say(done * 1000, 4000)
    assert [record.getMessage() for record in caplog.records] == [
        "reading: 2,000 of 4,000",
        "reading: 4,000 of 4,000",
    ]
