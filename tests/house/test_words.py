"""Words: meanings, outputs and pages use the terms of docs/glossary.md, not paraphrases of them."""

import re

import pytest

from energymodels.cli.flags import STATUS
from energymodels.core.registry import MODELS, get_model

# paraphrases, and the term that stands for each
INSTEAD = {
    r"knobs?": "field, parameter",
    r"lone": "single",
    r"instants?": "at all times, time",
    r"interphase": "SEI",
    r"whichever way": "throughput",
    r"what empties": "C-rate",
    r"nominal capacities an hour": "C-rate",
    r"less charge taken": "net discharged capacity",
    r"least potential": "minimum anode potential vs Li/Li+",
    r"against lithium": "vs Li/Li+",
    r"runs? dry|ran out of salt": "electrolyte depletion",
    r"lowest voltage": "cut-off voltage",
    r"store of energy|battery's store": "energy buffer",
    r"what came back": "net",
    r"place (across|along)": "position",
    r"worth saying": "note",
    r"the trade": "practice",
    r"opposite dopant": "compensating dopant",
    r"more than full": "above 1",
    r"made? good|makes losses good": "compensated",
}
# meanings are short: these words always hide a term there
IN_MEANINGS = {
    r"share (of|lost)": "fraction",
    r"begins?": "start",
    r"least": "minimum",
    r"lowest": "minimum",
    r"highest": "maximum",
    r"whether": "the name of the quantity",
    r"boxe?s?": "rectangular, cuboid",
}
NAME = 65  # characters: a meaning starts with a short name; details follow behind ; : or (


def found(words, text):
    """Return the paraphrases in a text, each with the term to use."""
    plain = re.sub(r"`[^`]*`|^```.*?^```$", "", text, flags=re.M | re.S)
    return [f"{m[0]!r}: {term}" for w, term in words.items() if (m := re.search(rf"\b({w})\b", plain, re.I))]


def meanings(model):
    """Return {path or name: meaning} of the fields and outputs of a model."""
    one = get_model(model)
    return {path: info.meaning for path, info in one.fields({}).items()} | {
        output.name: output.meaning for output in one.outputs
    }


@pytest.mark.parametrize("model", MODELS)
def test_meanings_use_the_terms_of_the_field(model):
    wrong = {
        name: hits for name, text in meanings(model).items() if (hits := found(INSTEAD | IN_MEANINGS, text))
    }
    assert not wrong


@pytest.mark.parametrize("model", MODELS)
def test_a_meaning_starts_with_a_short_name(model):
    long = {name: text for name, text in meanings(model).items() if len(re.split(r"[;:(,]", text)[0]) > NAME}
    assert not long


def test_statuses_use_the_terms_of_the_field():
    assert not [hits for text in STATUS.values() if (hits := found(INSTEAD | IN_MEANINGS, text))]


def test_pages_use_the_terms_of_the_field(root):
    """The glossary itself names the paraphrases; sources keep their titles."""
    pages = {root / "README.md", *(root / "docs").rglob("*.md"), *root.glob("*/README.md")}
    free = {root / "docs" / "glossary.md", root / "docs" / "bibliography.md"}
    texts = {p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in pages - free}
    assert not {name: hits for name, text in texts.items() if (hits := found(INSTEAD, text))}


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("charge moved, whichever way", 1),
        ("charge throughput", 0),
        ("the `knob` of code", 0),
        ("A lone Knob", 2),
        ("cyclone", 0),
    ],
)
def test_a_paraphrase_is_found_as_a_word(text, hits):
    assert len(found(INSTEAD, text)) == hits


def test_the_glossary_is_linked(root):
    assert "glossary.md" in (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "(glossary.md)" in (root / "docs" / "house.md").read_text(encoding="utf-8")
