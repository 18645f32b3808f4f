"""BibTeX of what results rest on: it parses, names what it should, and drops nothing."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import energymodels as em
from energymodels import datasets
from energymodels.core.errors import InputError
from energymodels.core.registry import MODELS, get_model
from energymodels.core.sweep_files import bibtex

SOURCES = datasets.table("sources")
TYPES = {"article", "book", "inproceedings", "misc", "phdthesis", "techreport"}
NEEDED = {"article": "journal", "book": "publisher", "inproceedings": "booktitle", "phdthesis": "school"}
words = st.text(st.characters(codec="utf-8"), min_size=1)


def braced(text, start):
    """Return (what stands between the braces at ``start``, where it ends), as BibTeX counts them."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[start + 1 : place], place + 1
    raise AssertionError("a brace is not closed")


def parsed(text):
    """Return {key: (type, {field: text})} of BibTeX; what stands outside entries is a comment."""
    found, at = {}, 0
    while (at := text.find("@", at)) >= 0:
        kind, start = text[at + 1 : text.index("{", at)], text.index("{", at)
        inside, at = braced(text, start)
        key, _, rest = inside.partition(",")
        fields = {}
        while name := re.match(r"\s*(\w+) = (?=\{)", rest):
            fields[name[1]], end = braced(rest, name.end())
            rest = rest[end:].removeprefix(",")
        assert not rest.strip(), rest
        assert key not in found
        found[key] = (kind, fields)
    return found


def test_every_source_has_an_entry():
    for key, source in SOURCES.items():
        ((found, (kind, fields)),) = parsed(bibtex.entry(key, source)).items()
        assert found == key
        assert re.fullmatch(r"[\w.-]+", key)
        assert kind in TYPES
        assert kind not in NEEDED or fields[NEEDED[kind]]
        for name in ("doi", "url", "year"):
            assert fields.get(name, "") == str(source.get(name, "")), key
        for text in (fields.get("title", ""), fields.get("author", ""), fields.get("journal", "")):
            assert not re.search(r"(?<!\\)[&%$#_^~]", text), key


@pytest.mark.parametrize(
    ("key", "kind", "fields"),
    [
        ("zhao1998", "article", {"journal": "Applied Physics Letters", "volume": "73", "pages": "1991"}),
        ("pvlib2023", "article", {"volume": "8", "number": "92", "pages": "5994"}),
        ("coletti2007", "article", {"volume": "131-133", "pages": "15"}),
        ("oregan2022", "article", {"journal": "Electrochimica Acta", "year": "2022"}),
        ("jsap2016-21p-kd-8", "inproceedings", {"booktitle": "JSAP Spring Meeting 2016, 21p-KD-8"}),
        ("rein2005b", "book", {}),
        ("astm-g173", "techreport", {"institution": "ASTM International"}),
        ("codata2018", "article", {"journal": "Reviews of Modern Physics"}),
        ("catl-shenxing", "misc", {"author": "{Paul Tan}"}),
    ],
)
def test_entries_by_what_a_source_is(key, kind, fields):
    found, every = parsed(bibtex.entry(key, SOURCES[key]))[key]
    assert found == kind
    assert fields.items() <= every.items()


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("J. Zhao, C.-T. Sah", "J. Zhao and C.-T. Sah"),
        ("M. A. Green et al.", "M. A. Green and others"),
        ("Wang et al.", "{Wang} and others"),
        ("LONGi, via PR Newswire", "{LONGi, via PR Newswire}"),
        ("AT&T", r"{AT\&T}"),
        ("J. O'Regan, Fraunhofer ISE", "J. O'Regan and {Fraunhofer ISE}"),
    ],
)
def test_authors(text, author):
    assert bibtex.authors(text) == author


@given(words, words, words, words, words)
def test_any_text_is_escaped(authors, title, place, url, licence):
    source = {"authors": authors, "title": title, "published_in": place, "url": url, "licence": licence}
    for kind in ("paper", "press", "standard"):
        (entry,) = parsed(bibtex.entry("key", source | {"kind": kind})).values()
        assert "\n" not in "".join(entry[1].values())


@pytest.mark.parametrize("model", MODELS)
def test_a_result_cites_its_model(model):
    found = parsed(em.cite(model))
    assert next(iter(found)) == "energymodels"
    assert set(get_model(model).sources) <= set(found)


def test_a_result_cites_its_data_and_the_values_of_its_spec(tmp_path):
    stainless = {"feedstock.total_metals": 1, "feedstock.composition": "stainless"}
    ds = em.run("industrial-hjt-2023", stainless)
    found = parsed(em.cite(ds))
    assert set(ds.attrs["data_sources"].split("; ")) <= set(found)
    assert {"itrpv", "lin2024"} <= set(found)
    assert "unsourced" not in em.cite(ds)
    for suffix in (".nc", ".zarr", ".csv"):
        assert em.cite(em.write(ds, tmp_path / f"a{suffix}")) == em.cite(ds)


def test_values_that_somebody_set_are_not_the_spec_s():
    own = {"wafer.tau": 1e-3, "front.j0": 5, "rear.j0": 5, "rear.contact_resistivity": 0.01}
    assert "lin2024" in parsed(em.cite(em.run("industrial-hjt-2023", {"wafer.tau": 1e-3})))
    assert "lin2024" not in parsed(em.cite(em.run("industrial-hjt-2023", own)))
    swept = em.sweep("industrial-hjt-2023", {"wafer.tau": [1e-3, 2e-3]}, dict(list(own.items())[1:]))
    assert "lin2024" not in parsed(em.cite(swept))


def test_keys_without_an_entry_are_listed():
    ds = em.run("pv.diode").assign_attrs(data_sources="my cell; note @2024 {odd}", backend="other")
    text = em.cite(ds)
    assert text.splitlines()[-1] == "% without an entry: my cell, note at 2024 {odd}, other"
    assert list(parsed(text)) == ["energymodels", *get_model("pv.diode").sources]


def test_the_version_is_that_of_the_result():
    ds = em.run("pv.diode").assign_attrs(energymodels_version="0.1.0")
    assert "Version 0.1.0" in parsed(em.cite(ds))["energymodels"][1]["note"]
    assert f"Version {em.__version__}" in em.cite("pv.diode")


def test_the_package_is_cited_as_its_citation_file_says(root):
    lines = (root / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    said = dict(line.strip("- ").split(": ", 1) for line in lines if ": " in line)
    _, fields = parsed(em.cite("pv.diode"))["energymodels"]
    assert fields["title"] == f"{{{said['title']}}}"
    assert fields["author"] == f"{{{said['name']}}}"
    assert said["license"] in fields["note"]


def test_a_sweep_file_and_a_spec_file(tmp_path):
    spec, sweep = tmp_path / "mine.toml", tmp_path / "sweep.toml"
    spec.write_text('model = "pv.diode"\n')
    sweep.write_text('sweep = "mine.toml"\nbackend = "pvlib"\n[axes]\nresistance_series = [0.1, 0.2]\n')
    assert em.cite(str(spec)) == em.cite("pv.diode")
    assert list(parsed(em.cite(sweep))) == [*parsed(em.cite(spec)), "pvlib2023"]
    assert tomllib.loads(em.run(str(spec)).attrs["sweep"])["sweep"] == str(spec)


def test_on_the_command_line(cli):
    assert cli("cite", "pv.diode").stdout == em.cite("pv.diode")
    assert "did you mean pv.diode" in cli("cite", "pv.diod", status=2).stderr
    assert "no such file" in cli("cite", "none.nc", status=2).stderr
    with pytest.raises(InputError):
        em.cite("none.nc")
