"""Numbers of statements stand in ``datasets/claims.toml`` alone: studies read them there."""

import ast
import re
from dataclasses import replace

import pytest

from energymodels.claims.entries import entries
from energymodels.studies.frontier import figure as frontier
from energymodels.studies.must_be_true import statements as must_be_true
from energymodels.studies.stated import Stated, stated

NUMBER = re.compile(r"(?<![\w.#-])\d+\.?\d*(?![\w.]*\d)")
# up to here rates, shares and minutes of statements are a study's own choices, too
PLAIN = 30.0
OWN = {  # numbers of a study that are stated elsewhere, of something else
    "charge_rate/figure.py": {1000.0},  # s, mV
    "charge_rate/study.py": {110.0},  # dots an inch
    "claims.py": {110.0},
    "frontier/figure.py": {160.0, 400.0},  # measured on a cell (gorsch2025); mA h/g
    "frontier/study.py": {110.0, 400.0},
    "must_be_true/study.py": {110.0},
    "operating_conditions.py": {150.0, 400.0, 600.0, 800.0, 1000.0},  # W m-2 and degC
    "p_vs_n.py": {110.0, 130.0, 1000.0},  # um
    "polysilicon.py": {110.0},
}


def numbers(path):
    """Return the numbers in a file's code and words, those in comments and docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    words = {id(node.body[0].value) for node in ast.walk(tree)
             if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in words and not isinstance(node.value, bool):
            if isinstance(node.value, int | float):
                found.add(float(node.value))
            elif isinstance(node.value, str):
                found |= {float(number) for number in NUMBER.findall(node.value)}
    return found


def telling():
    """Return the stated numbers that no study has by chance."""
    values = {
        v for one in entries().values() for q in one.quantities.values() for v in (q.value, q.low, q.high)
    }
    return {v for v in values if v > PLAIN or (v > 2.0 and v * 10.0 % 1.0)}


def test_no_study_writes_a_stated_number(root):
    known = telling()
    assert {9.75, 26.81, 460.0, 700.0, 1002.0} <= known
    folder = root / "energymodels" / "studies"
    found = {path.relative_to(folder).as_posix(): numbers(path) & known for path in folder.rglob("*.py")}
    assert {name: some for name, some in found.items() if some} == OWN


def test_numbers_are_found_in_code_and_words(tmp_path):
    path = tmp_path / "study.py"
    path.write_text('"""460 kW."""\nA = 75.0  # 1002\nB = f"400 of {A} km, {9.75:g} min"\nC = "#460460"\n')
    assert numbers(path) == {75.0, 400.0, 9.75}


def changed(name, **by):
    """Return the statements with numbers of one multiplied."""
    known = stated()
    claim = known[name].claim
    more = {q: replace(v, value=by[q] * v.value, low=by[q] * v.low, high=by[q] * v.high)
            for q, v in claim.quantities.items() if q in by}  # fmt: skip
    return known | {name: Stated(replace(claim, quantities={**claim.quantities, **more}))}


@pytest.mark.parametrize(("name", "by", "changes"), [
    ("shenxing-400km", {"range": 2.0, "duration": 3.0, "named_c_rate": 2.0},
     {"minutes": 3.0, "gain": 0.5, "c_rate": 2.0}),
    ("shenxing-80-percent", {"soc_end": 0.5, "duration": 2.0}, {"minutes": 2.0, "gain": 0.5}),
    ("im-l6-charge", {"gained_range": 2.0, "pack_energy": 2.0}, {"gain": 2.0, "c_rate": 0.5}),
    ("zeekr-golden", {"soc_start": 1.0, "duration": 2.0, "peak_power": 3.0}, {"minutes": 2.0, "c_rate": 3.0}),
])  # fmt: skip
def test_what_must_be_true_follows_the_statements(name, by, changes):
    place = ("shenxing-400km", "shenxing-80-percent", "im-l6-charge", "zeekr-golden").index(name)
    now, other = (must_be_true.statements(known) for known in (stated(), changed(name, **by)))
    assert now == must_be_true.STATEMENTS
    for i, (one, two) in enumerate(zip(now, other, strict=True)):
        for key in ("minutes", "gain", "c_rate"):
            factor = changes.get(key, 1.0) if i == place else 1.0
            assert getattr(two, key) == pytest.approx(factor * getattr(one, key), rel=1e-12)
        assert (one.title == two.title) == (i != place)


def test_the_frontier_follows_the_statements():
    minutes, energy = (
        [getattr(one, key) for one in frontier.published(stated())] for key in ("minutes", "energy")
    )
    slow = frontier.published(changed("shenxing-plus", duration=2.0, pack_specific_energy=2.0))
    assert slow[4].minutes == pytest.approx(2.0 * minutes[4])
    assert slow[4].energy == pytest.approx([2.0 * e for e in energy[4]], abs=1.0)
    light = frontier.published(changed("qilin-density", pack_specific_energy=2.0))
    assert light[5].energy == pytest.approx([2.0 * e for e in energy[5]], abs=1.0)
    assert [one.minutes for one in light] == minutes


def test_words_of_statements():
    known = stated()
    assert known["shenxing-400km"].what == "400 of 700 km"
    assert (known["zeekr-golden"].what, known["zeekr-golden"].duration) == ("10-80 %", "9 min 45 s")
    assert known["zeekr-golden"].gain == 0.7
    assert known["qilin-charge"].duration == "10 min"
    assert known["zeekr-golden"].minutes(0.35) == pytest.approx(9.75 / 2.0)
    assert known["im-l6-charge"].sources == "carnewschina-im-l6, carsguide-im-l6"
