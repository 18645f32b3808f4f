"""Manufacturers' statements: the arithmetic, the rule of the verdict, the file, and what the models give."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction

import numpy as np
import pytest
from numba import config

import energymodels as em
from energymodels import datasets
from energymodels.claims import entries, evaluate, relations, words
from energymodels.claims.evaluate import evaluated
from energymodels.claims.relations import Value
from energymodels.claims.verdict import (
    CONSISTENT,
    INCONSISTENT,
    UNCHECKED,
    UNPUBLISHED,
    UNUSUAL,
    VERDICTS,
    Outcome,
    meets,
    verdict,
)
from energymodels.core import sweep as engine
from energymodels.core.errors import InputError
from energymodels.core.spec import bundled
from energymodels.studies import claims as study

F = Fraction
compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="thousands of time steps, interpreted")
BUNDLED = entries.entries()


def stated(**numbers: float | F) -> dict[str, Value]:
    return {name: Value(float(x), float(x), float(x), "claimed") for name, x in numbers.items()}


def implied(**numbers: float | F) -> dict[str, float]:
    given = stated(**numbers)
    values = relations.all_values(given, relations.implied(given))
    return {name: value.value for name, value in values.items() if name not in given}


# Arithmetic: (what is stated, what is implied, as a fraction, as the reference prints it)
TABLE = {
    "Shenxing 0-80 %": ({"soc_start": 0, "soc_end": F("0.8"), "duration": 10}, "mean_c_rate", F(24, 5),
    "4.80"),
    "a strict 4C": ({"named_c_rate": 4, "duration": 10}, "window_at_named_rate", F(2, 3), "0.667"),
    "Shenxing 400 km": ({"gained_range": 400, "range": 700, "duration": 10}, "mean_c_rate", F(24, 7), "3.43"),
    "Shenxing -10 degC": ({"soc_start": 0, "soc_end": F("0.8"), "duration": 30}, "mean_c_rate", F(8, 5),
    "1.60"),
    "Shenxing Plus": ({"gained_range": 600, "range": 1000, "duration": 10}, "mean_c_rate", F(18, 5), "3.60"),
    "Shenxing Plus at 12 kWh/100 km": (
        {"gained_range": 600, "range": 1000, "duration": 10, "consumption": 120}, "mean_power", F(432),
        "432"),
    "Shenxing 2": ({"gained_range": 520, "range": 800, "duration": 5}, "mean_c_rate", F(39, 5), "7.80"),
    "Shenxing 2, 12C and 1.3 MW": ({"peak_power": 1300, "peak_c_rate": 12}, "pack_energy", F(1300, 12),
    "108"),
    "Shenxing 2, consumption": ({"peak_power": 1300, "peak_c_rate": 12, "range": 800}, "consumption",
    F(1300, 12) * F(5, 4), "135"),
    "Shenxing 2 -10 degC": ({"soc_start": F("0.05"), "soc_end": F("0.8"), "duration": 15}, "mean_c_rate",
    F(3), "3.00"),
    "Shenxing Pro": ({"gained_range": 478, "range": 683, "duration": 10}, "mean_c_rate", F(478 * 6, 683),
    "4.20"),
    "Qilin": ({"soc_start": F("0.1"), "soc_end": F("0.8"), "duration": 10}, "mean_c_rate", F(21, 5), "4.20"),
    "Zeekr 7X": ({"soc_start": F("0.1"), "soc_end": F("0.8"), "duration": F("9.75")}, "mean_c_rate",
    F(42) / F("9.75"), "4.31"),
    "Zeekr 7X power": (
        {"soc_start": F("0.1"), "soc_end": F("0.8"), "duration": F("9.75"), "pack_energy": 75},
        "mean_power", F(75) * F("0.7") / F("0.1625"), "323"),
    "Zeekr 7X peak": ({"peak_power": 460, "pack_energy": 75}, "peak_c_rate", F(460, 75), "6.13"),
    "Zeekr 7X 0-70 %": ({"soc_start": 0, "soc_end": F("0.7"), "duration": 10}, "mean_c_rate", F(21, 5),
    "4.20"),
    "Han L": ({"gained_range": 400, "range": 701, "duration": 5}, "mean_c_rate", F(4800, 701), "6.85"),
    "Han L power": (
        {"gained_range": 400, "range": 701, "duration": 5, "pack_energy": F("83.2")},
        "mean_power", F("83.2") * F(4800, 701), "570"),
    "Han L peak": ({"peak_power": 1000, "pack_energy": F("83.2")}, "peak_c_rate", F(1000) / F("83.2"),
    "12.02"),
    "Han L at 90 %": ({"peak_power": 600, "pack_energy": F("83.2")}, "peak_c_rate", F(600) / F("83.2"),
    "7.21"),
    "Xiaomi 5": ({"gained_range": 220, "range": 800, "duration": 5, "pack_energy": 101}, "mean_power",
    F(101) * F(33, 10), "333"),
    "Xiaomi 5 rate": ({"gained_range": 220, "range": 800, "duration": 5}, "mean_c_rate", F(33, 10), "3.30"),
    # 2.925
    "Xiaomi 10": ({"gained_range": 390, "range": 800, "duration": 10}, "mean_c_rate", F(117, 40), "2.92"),
    "Xiaomi 15": ({"gained_range": 510, "range": 800, "duration": 15}, "mean_c_rate", F(51, 20), "2.55"),
    "IM L6": ({"gained_range": 400, "range": 1002, "duration": 12}, "mean_c_rate", F(2000, 1002), "2.00"),
    "IM L6 peak": ({"peak_power": 400, "pack_energy": 130}, "peak_c_rate", F(40, 13), "3.08"),
    "IM L6 consumption": ({"pack_energy": 130, "range": 1002}, "consumption", F(130000, 1002), "130"),
    "sodium-ion": ({"window": F("0.8"), "duration": 15}, "mean_c_rate", F(16, 5), "3.20"),
    "Wang 2022, 75 %": ({"window": F("0.75"), "duration": 12}, "mean_c_rate", F(15, 4), "3.75"),
    "Wang 2022, 70 %": ({"window": F("0.7"), "duration": 11}, "mean_c_rate", F(42, 11), "3.82"),
    "NIO": ({"trip": 1044, "trip_consumption": 132, "charge_left": F("0.03")}, "usable_energy",
    F("137.808") / F("0.97"), "142"),
    "NIO pack": ({"pack_energy": 150, "pack_mass": 575}, "pack_specific_energy", F(150000, 575), "261"),
    "NIO cells": (
        {"pack_energy": 150, "pack_mass": 575, "cell_specific_energy": 360}, "cells_share",
        F(150000, 575 * 360), "0.725"),
    "NIO envelope": (
        {"pack_energy": 150, "pack_length": 2062, "pack_width": 1539, "pack_height": 186},
        "pack_energy_density", F(150000) / (F(2062 * 1539 * 186) / 10**6), "254"),
    "Tesla LFP": ({"cells_mass": F("328.6"), "pack_mass": 438}, "cells_share", F("328.6") / 438, "0.75"),
    "Shenxing Plus cell, low": (
        {"pack_specific_energy": 205, "cells_share": F("0.9")}, "cell_specific_energy", F(205) / F("0.9"),
        "228"),
    "Shenxing Plus cell, high": (
        {"pack_specific_energy": 205, "cells_share": F("0.85")}, "cell_specific_energy", F(205) / F("0.85"),
        "241"),
    "Zeekr 001 trip": ({"trip": F("922.9"), "trip_consumption": 147}, "trip_energy", F("922.9") * F("0.147"),
    "135.7"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_implied_rates_are_exact(name):
    given, target, exact, printed = TABLE[name]
    found = implied(**given)[target]
    assert found == pytest.approx(float(exact), rel=1e-14)
    digits = len(printed.partition(".")[2])
    assert abs(found - float(printed)) <= 0.5 * 10.0**-digits * (1.0 + 1e-9)


@pytest.mark.parametrize(
    ("claim", "quantity", "value"),
    [
        ("shenxing-80-percent", "mean_c_rate", 4.8),
        ("shenxing-400km", "mean_c_rate", 24 / 7),
        ("shenxing-2", "pack_energy", 1300 / 12),
        ("shenxing-plus", "mean_power", 432.0),
        ("flash-400km", "peak_c_rate", 1000 / 83.2),
        ("zeekr-golden", "mean_power", 52.5 / 0.1625),
        ("nio-150-density", "cells_share", 150000 / 575 / 360),
        ("nio-et7-trip", "usable_energy", 137.808 / 0.97),
        ("im-l6-charge", "mean_c_rate", 2000 / 1002),
        ("xiaomi-15-min", "mean_power", 101 * 2.55),
    ],
)
def test_bundled_statements_imply_it(claim, quantity, value):
    first = next(
        one for one in relations.implied(BUNDLED[claim].quantities) if one.relation.target == quantity
    )
    assert first.value.value == pytest.approx(value, rel=1e-14)


def test_ranges_are_taken_at_both_ends():
    given = stated(pack_specific_energy=205) | {"cells_share": Value(0.875, 0.85, 0.9, "assumed")}
    (one,) = [one for one in relations.implied(given) if one.relation.target == "cell_specific_energy"]
    assert (one.value.low, one.value.value, one.value.high) == pytest.approx(
        (205 / 0.9, 205 / 0.875, 205 / 0.85), rel=1e-14
    )
    assert one.value.method == "assumed"  # what an assumption went into is one


def test_what_was_computed_is_not_computed_back():
    given = stated(peak_power=1300, peak_c_rate=12, range=800)
    assert sorted(one.relation.target for one in relations.implied(given)) == ["consumption", "pack_energy"]
    assert not relations.contradictions(given, relations.implied(given))


@pytest.mark.parametrize(
    ("numbers", "words_of"),
    [
        (
            {"soc_start": 0, "soc_end": 0.8, "duration": 10, "named_c_rate": 4},
            ["mean_c_rate of 4.8 is above named_c_rate of 4"],
        ),
        ({"soc_start": 0.1, "soc_end": 0.8, "duration": 10, "named_c_rate": 4}, []),  # 5 % is rounding
        (
            {"peak_power": 1000, "pack_energy": 83.2, "peak_c_rate": 10},
            ["pack_energy is stated", "peak_c_rate is stated"],
        ),
        ({"pack_energy": 150, "pack_mass": 575, "pack_specific_energy": 260}, []),
        (
            {"pack_energy": 150, "pack_mass": 500, "pack_specific_energy": 260},
            ["is stated as 260 W h kg-1 and is 300"],
        ),
        ({"gained_range": 800, "range": 700}, ["gained_range of 800 km is above range of 700 km"]),
        (
            {"pack_specific_energy": 260, "cell_specific_energy": 240},
            ["pack_specific_energy of 260", "cells_share"],
        ),
        (
            {"soc_start": 0, "soc_end": 0.8, "gained_range": 400, "range": 700},
            ["window follows as 0.8 and is 0.5714"],
        ),
    ],
)
def test_statements_that_contradict_themselves(numbers, words_of):
    given = stated(**numbers)
    found = relations.contradictions(given, relations.implied(given))
    assert len(found) == len(words_of)
    assert all(any(text in one for one in found) for text in words_of)


# The verdict

YES, NO, NOTHING = Outcome((True,)), Outcome((False,)), Outcome()
TORN = Outcome((True,), (), ("it says two things",))


@pytest.mark.parametrize(
    ("plain", "assumptions", "expected"),
    [
        (YES, [], (CONSISTENT, ())),
        (YES, [("a", NO)], (CONSISTENT, ())),
        (Outcome((True, None)), [], (CONSISTENT, ())),
        (NO, [], (INCONSISTENT, ())),
        (Outcome((True, False)), [("a", Outcome((False, True)))], (INCONSISTENT, ())),
        (NO, [("a", NO), ("b", YES), ("c", YES)], (UNUSUAL, ("b", "c"))),
        (TORN, [], (INCONSISTENT, ())),
        (TORN, [("a", TORN), ("b", YES)], (UNUSUAL, ("b",))),
        (Outcome((), (), ("it says two things",)), [], (INCONSISTENT, ())),
        (NOTHING, [], (UNPUBLISHED, ())),
        (Outcome((None,)), [], (UNPUBLISHED, ())),
        (Outcome((None,), ("no spec",)), [], (UNCHECKED, ())),
        (Outcome((True, None), ("no spec",)), [], (UNCHECKED, ())),
        (Outcome((False, None), ("no spec",)), [], (INCONSISTENT, ())),
        (NO, [("a", Outcome((True, None), ("no spec",)))], (INCONSISTENT, ())),
    ],
)
def test_the_rule(plain, assumptions, expected):
    assert verdict(plain, assumptions) == expected


@pytest.mark.parametrize(
    ("relation", "claimed", "band", "tolerance", "expected"),
    [
        ("at_least", (10, 10), (5, 10), 0.0, True),
        ("at_least", (10, 10), (5, 9.9), 0.0, False),
        ("at_least", (9, 11), (5, 9.5), 0.0, True),
        ("at_least", (10, 10), (20, 30), 0.0, True),
        ("at_least", (10, 10), (5, 9.5), 0.06, True),
        ("at_most", (10, 10), (10, 20), 0.0, True),
        ("at_most", (10, 10), (11, 20), 0.0, False),
        ("at_most", (10, 10), (1, 2), 0.0, True),
        ("equals", (10, 10), (9, 11), 0.0, True),
        ("equals", (10, 10), (11, 12), 0.0, False),
        ("equals", (10, 10), (8, 9), 0.0, False),
        ("equals", (10, 12), (11, 20), 0.0, True),
        ("equals", (10, 10), (9.3, 9.3), 0.08, True),
        ("shown", (10, 10), (0, 1), 0.0, None),
    ],
)
def test_meets(relation, claimed, band, tolerance, expected):
    assert meets(relation, claimed, band, tolerance) is expected


# The file

ENTRY = """
[mine]
subject = "A cell"
statement = "{claimed} W h/kg"
by = "me"
date = ""
evidence = "claimed"
category = "density"
[mine.quantities]
cell_specific_energy = {{ value = {claimed}, unit = "W h kg-1", method = "claimed", source = "unsourced" }}
[mine.checks.density]
spec = "{spec}"
vary = {{ "electrolyte.filling" = [1.1, 1.0, 1.3] }}
output = "specific_energy"
quantity = "cell_specific_energy"
[[mine.unusual]]
name = "lithium added"
why = "nobody says so"
runs = {{ density = {{ set = {{ "negative.prelithiation" = 1 }} }} }}
"""


def own(claimed: float, spec: str = "design-shenxing-4c") -> dict:
    (one,) = entries.read(tomllib.loads(ENTRY.format(claimed=claimed, spec=spec))).values()
    return evaluate.evaluate(one)


def test_a_new_statement_is_an_entry():
    cells = engine.solve(
        "design-shenxing-4c", {"electrolyte.filling": [1.1, 1.0, 1.3]}, keep=["specific_energy"]
    )
    given, best, worst = cells.values["specific_energy"]
    added = engine.solve(
        "design-shenxing-4c",
        {},
        {"electrolyte.filling": 1.0, "negative.prelithiation": 1.0},
        keep=["specific_energy"],
    )
    most = added.values["specific_energy"].item()
    found = own(float(given))
    assert found["checks"][0]["model"] == {
        "value": given, "low": worst, "high": best, "low_with": "electrolyte.filling=1.3",
        "high_with": "electrolyte.filling=1.0",
    }  # fmt: skip
    assert (found["verdict"], found["checks"][0]["met_as_given"], found["assumptions"]) == (
        CONSISTENT,
        True,
        [],
    )
    found = own(0.5 * (given + best))
    assert (found["verdict"], found["checks"][0]["met_with"]) == (CONSISTENT, ["electrolyte.filling=1.0"])
    found = own(0.5 * (best + most))
    assert (found["verdict"], found["holds_under"]) == (UNUSUAL, ["lithium added"])
    assert (own(most + 0.1)["verdict"], own(most + 0.1)["holds_under"]) == (INCONSISTENT, [])


def test_a_spec_that_is_not_there_is_said():
    found = own(100.0, "battery-of-tomorrow")
    assert found["verdict"] == UNCHECKED
    assert "battery-of-tomorrow" in found["checks"][0]["reason"]
    json.dumps(found, allow_nan=False)


def test_a_run_without_a_result_meets_nothing():
    tree = tomllib.loads(ENTRY.format(claimed=100, spec="design-blade-135"))
    tree["mine"]["checks"]["density"]["set"] = {"cell.positive_sheets": 400}  # do not fit
    tree["mine"]["checks"]["density"]["vary"] = {"electrolyte.filling": [1.1, 1.0]}
    tree["mine"]["unusual"] = []
    (one,) = entries.read(tree).values()
    found = evaluate.evaluate(one)
    assert (found["verdict"], found["checks"][0]["met"], found["checks"][0]["model"]) == (
        INCONSISTENT,
        False,
        {},
    )
    assert found["checks"][0]["reason"]


def test_units_of_statements_are_converted():
    tree = tomllib.loads(
        ENTRY.format(claimed=0.1, spec="design-shenxing-4c").replace("W h kg-1", "kW h kg-1")
    )
    (one,) = entries.read(tree).values()
    assert one.quantities["cell_specific_energy"].value == pytest.approx(100.0, rel=1e-14)


def test_everything_wrong_with_a_file_is_said_at_once():
    tree = tomllib.loads(ENTRY.format(claimed=100, spec="design-shenxing-4c"))
    mine = tree["mine"]
    del mine["by"]
    mine["evidence"] = "heard"
    mine["quantities"] |= {
        "rang": {"value": 1},
        "range": 700,
        "duration": {"value": 1, "unit": "kg", "method": "claimed"},
    }
    mine["quantities"]["trip"] = {"value": 3, "low": 4, "unit": "km", "method": "guessed"}
    mine["checks"]["density"] |= {
        "quantity": "specific_enrgy",
        "relation": "more",
        "vary": {"x": 3},
        "like": "fast",
    }
    mine["unusual"][0] |= {"drop": ["range_"], "runs": {"densty": {"verdict": "consistent"}}}
    mine["verdict"] = "consistent"
    with pytest.raises(InputError) as caught:
        entries.read(tree)
    fields = {fault.field for fault in caught.value.faults}
    assert fields == {
        "mine.by", "mine.evidence", "mine.verdict", "mine.quantities.rang", "mine.quantities.range",
        "mine.quantities.duration",
        "mine.quantities.trip", "mine.quantities.trip.method", "mine.checks.density.quantity",
        "mine.checks.density.relation",
        "mine.checks.density.vary.x", "mine.checks.density.like", "mine.unusual.lithium added.drop",
        "mine.unusual.lithium added.runs.densty", "mine.unusual.lithium added.runs.densty.verdict",
    }  # fmt: skip
    assert "did you mean range?" in str(caught.value)


def test_a_wrong_run_names_the_check():
    tree = tomllib.loads(ENTRY.format(claimed=100, spec="design-shenxing-4c"))
    tree["mine"]["checks"]["density"]["set"] = {"positive.porosty": 0.3}
    (one,) = entries.read(tree).values()
    with pytest.raises(InputError, match=r"mine\.checks\.density: positive\.porosty"):
        evaluate.evaluate(one)


@pytest.mark.parametrize("claim", BUNDLED.values(), ids=list(BUNDLED))
def test_bundled_statements_are_sourced(claim):
    assert all(claim.texts[key] for key in ("subject", "statement", "by", "evidence", "category"))
    assert set(claim.sources) <= set(datasets.table("sources"))
    assert claim.sources or any(
        value.note or value.source == "unsourced" for value in claim.quantities.values()
    )
    assert {check.run.spec for check in claim.checks} <= set(bundled())
    assert claim.missing  # no maker tells all
    assert all(
        value.method in ("claimed", "measured", "published", "recalled", "assumed")
        for value in claim.quantities.values()
    )


def test_no_verdict_is_written_down():
    text = (datasets.ROOT / "claims.toml").read_text(encoding="utf-8")
    data = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert not any(word in data for word in VERDICTS)


def test_all_asked_for_are_there():
    subjects = " ".join(f"{claim.texts['subject']} {claim.texts['statement']}" for claim in BUNDLED.values())
    for word in (
        "Shenxing 4C",
        "Shenxing Plus",
        "second generation",
        "Shenxing Pro, fast",
        "Shenxing Pro, long-life",
        "Qilin, NMC",
        "Qilin, LFP",
        "1032 km",
        "IM L6",
        "368",
        "WeLion",
        "1044 km",
        "500 W h/kg",
        "sodium-ion",
        "Naxtra",
        "M3P",
        "Blade",
        "flash charge",
        "5.5C",
        "SU7 Max",
        "0.5 ppbw",
        "26.81 %",
    ):
        assert word in subjects


# What the models give


@pytest.fixture(scope="module")
def found():
    if config.DISABLE_JIT:
        pytest.skip("thousands of time steps, interpreted")
    return {claim["name"]: claim for claim in evaluated()}


def test_all_statements_have_a_verdict(found):
    assert list(found) == list(BUNDLED)
    assert {claim["verdict"] for claim in found.values()} <= set(VERDICTS) - {UNCHECKED}
    json.dumps(list(found.values()), allow_nan=False)
    for claim in found.values():
        assert (claim["verdict"] == UNUSUAL) == bool(claim["holds_under"])
        assert all(check["met"] is None or check["model"] for check in claim["checks"])
        assert not any(check["reason"] for check in claim["checks"])  # nothing failed


def test_ranges_are_those_of_the_vehicles(found):
    (check,) = found["zeekr-001"]["checks"]
    band = engine.solve("vehicle-zeekr-001", {}, keep=["range"], sets="all").band()["range"]
    assert {key: check["model"][key] for key in ("value", "low", "high")} == band


def test_charges_are_those_of_the_cells(found):
    values = {
        "protocol": "Charge at limits for 10 minutes", "thermal": "lumped", "heat_transfer_coefficient": 50,
        "limits.temperature": 60, "limits.c_rate": 6, "rate_basis": "cell", "series.points": 0,
    }  # fmt: skip
    cell = engine.solve(
        "battery-lfp-4c", {}, values, keep=["capacity", "cell_capacity", "peak_c_rate"]
    ).scalars()
    (assumed,) = [a for a in found["shenxing-80-percent"]["assumptions"] if "4C" in a["name"]]
    assert assumed["checks"][0]["model"]["value"] == cell["capacity"] / cell["cell_capacity"]


def test_a_strict_4c_charges_two_thirds_in_ten_minutes(found):
    """Whatever the cell: so 0 to 80 % in the same time is out of reach of it, and the statement needs more
    than its name says.
    """
    for name in ("shenxing-400km", "shenxing-80-percent", "qilin-charge"):
        assert found[name]["checks"][0]["model"]["high"] <= 2.0 / 3.0 + 1e-6
    assert found["shenxing-80-percent"]["checks"][0]["met"] is False
    assert found["shenxing-80-percent"]["contradictions"]


def test_shares_never_pass_the_room_that_is_left(found):
    for claim in found.values():
        start = claim["quantities"].get("soc_start", {"value": 0.0})["value"]
        for check in claim["checks"]:
            if check["output"] == "capacity / cell_capacity":
                assert check["model"].get("high", check["model"]["value"]) <= 1.0 - start + 1e-6


def test_what_rests_on_an_assumption_is_marked(found):
    cells = {one["quantity"]: one for one in found["shenxing-plus"]["implied"]}
    assert cells["mean_power"]["method"] == cells["cell_specific_energy"]["method"] == "assumed"
    assert cells["mean_c_rate"]["method"] == "derived"
    assert "432 kW*" in words.implies(found["shenxing-plus"])


def test_what_decides_nothing_is_only_shown(found):
    for name in ("granular-silicon", "sodium-charge"):
        assert found[name]["verdict"] == UNPUBLISHED
        assert all(check["met"] is None and check["model"] for check in found[name]["checks"])


def test_the_study_writes_what_it_found(found, monkeypatch, tmp_path):
    monkeypatch.setattr(study, "evaluated", lambda: list(found.values()))
    said: list[str] = []
    data, table, picture = study.run(tmp_path, said.append)
    assert json.loads(data.read_text(encoding="utf-8")) == list(found.values())
    lines = table.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(found) + 2
    assert all(line.count("|") == 5 for line in lines)
    assert picture.stat().st_size > 50_000
    assert sum(int(line.split(": ")[1].split(" of ")[0]) for line in said) == len(found)


def test_lines_of_the_figure(found):
    charges = {row.label: row for row in study.rows(list(found.values()), (study.CHARGE, "1"))}
    row = charges["Zeekr 7X, 75 kWh (Golden battery, 5.5C): 10 to 80 %, 9.75 min"]
    assert row.claimed == pytest.approx([42.0 / 9.75] * 3, rel=1e-12)  # C-rates
    densities = study.rows(list(found.values()), ("specific_energy", "W h kg-1"))
    assert all(100.0 < low <= value <= high < 600.0 for value, low, high in (row.model for row in densities))
    assert [row.claimed for row in densities if "Plus" in row.label] == [
        pytest.approx((205 / 0.875, 205 / 0.9, 205 / 0.85))
    ]


# The command line


def test_cli_shows_one_in_full(cli):
    text = cli("claims", "shenxing-plus" if not config.DISABLE_JIT else "condensed").stdout
    assert all(
        word in text
        for word in (
            "verdict: needs unusual assumptions",
            "stated:",
            "not published:",
            "sources:",
            "assuming:",
        )
    )


@compiled
def test_cli_table_and_json(cli, found, monkeypatch):
    tree = json.loads(
        cli("claims", "--json").stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON")
    )
    assert tree == list(found.values())
    monkeypatch.setattr("energymodels.claims.claims", lambda *_: list(found.values()))
    lines = {
        line.split()[0]: line
        for line in cli("claims").stdout.splitlines()
        if line and line.split()[0] in found
    }
    assert set(lines) == set(found)


def test_cli_refuses_unknown_names_and_files(cli, tmp_path):
    assert "did you mean shenxing-plus?" in cli("claims", "shenxing-plu", status=2).stderr
    assert "no such file" in cli("claims", "-f", tmp_path / "none.toml", status=2).stderr
    (tmp_path / "bad.toml").write_text("a = [")
    assert "not a TOML file" in cli("claims", "-f", tmp_path / "bad.toml", status=2).stderr
    (tmp_path / "bad.toml").write_text("a = 3")
    assert "must be the table of a statement" in cli("claims", "-f", tmp_path / "bad.toml", status=2).stderr


def test_cli_reads_a_file_of_ones_own(cli, tmp_path):
    (tmp_path / "mine.toml").write_text(ENTRY.format(claimed=100, spec="design-shenxing-4c"))
    (one,) = json.loads(cli("claims", "-f", tmp_path / "mine.toml", "--json").stdout)
    assert (one["name"], one["verdict"]) == ("mine", CONSISTENT)
    assert np.isfinite(one["checks"][0]["model"]["value"])
    assert "mine" in cli("claims", "-f", tmp_path / "mine.toml").stdout


def test_cli_writes_a_table(cli, tmp_path):
    (tmp_path / "mine.toml").write_text(ENTRY.format(claimed=100, spec="design-shenxing-4c"))
    words = ("claims", "-f", tmp_path / "mine.toml", "--json", "-o", tmp_path / "a.csv")
    found = json.loads(cli(*words).stdout)
    ds = em.read(tmp_path / "a.csv")
    assert evaluate.entries_of(ds) == found
    assert (ds.claim.item(), ds.verdict.item()) == ("mine", CONSISTENT)
    assert " claims -f " in ds.attrs["history"]
