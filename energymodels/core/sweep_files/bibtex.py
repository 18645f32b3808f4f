"""Sources as BibTeX entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts every brace
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: rf"\{sign}" for sign in "&%$#_"},
    }
)
VERBATIM = {"doi", "url"}
_INITIALS = re.compile(r"(?:[A-Z][a-z]?\.[ -]?)+\S")
_JOURNAL = re.compile(
    r"(?P<journal>.*?[^\d\s,]) (?P<volume>\d+(?:-\d+)?)(?: ?\((?P<number>[\d-]+)\))?(?:, (?P<pages>[\w.-]+))?"
)
# of what is published in: words, the kind of entry and the field that says where
PLACES = (
    (r"\bthesis, ", "phdthesis", "school"),
    (r"Conference|Meeting|NUSOD", "inproceedings", "booktitle"),
    (r"^(Springer|Prentice Hall)", "book", "publisher"),
    (r"\bpatent\b|ChemRxiv", "misc", "howpublished"),
)


def entry(key: str, source: Mapping[str, Any]) -> str:
    """Return the entry of a source as ``sources.toml`` has it."""
    kind, where = _where(source)
    fields = {
        "author": authors(source["authors"]) if "authors" in source else "",
        "title": f"{{{escaped(source['title'])}}}" if source.get("title") else "",
        **{name: escaped(text) for name, text in where.items()},
        "year": str(source.get("year", "")),
        "doi": verbatim(source.get("doi", "")),
        "url": verbatim(source.get("url", "")),
        "note": f"Licence: {escaped(source['licence'])}" if "licence" in source else "",
    }
    return formatted(kind, key, fields)


def formatted(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry of the fields that are not empty."""
    lines = [f"  {name} = {{{text}}},\n" for name, text in fields.items() if text]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def escaped(text: str) -> str:
    """Return a text as LaTeX sets it."""
    return " ".join(text.translate(ESCAPED).split())


def verbatim(text: str) -> str:
    """Return a DOI or URL, which LaTeX takes as it is; braces as a URL may have them."""
    return "".join(text.split()).replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def authors(text: str) -> str:
    """Return people by ``and``, everybody else as one name."""
    names, others = re.subn(r",? et al\.?$", "", text)
    parts = names.split(", ")
    people = any(map(_INITIALS.match, parts))
    found = [_name(part) for part in (parts if people else [names])]
    return " and ".join([*found, *(["others"] if others else [])])


def _name(text: str) -> str:
    return escaped(text) if _INITIALS.match(text) else f"{{{escaped(text)}}}"


def _where(source: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return (kind of entry, {field: text} that say where a source was published)."""
    place = source.get("published_in", "").removesuffix(f", {source.get('year')}")
    for words, kind, field in PLACES:
        if re.search(words, place):
            return kind, {field: place.split("thesis, ")[-1]}
    in_journal = _JOURNAL.fullmatch(place)
    if place and (source["kind"] == "paper" or (in_journal and "doi" in source)):
        found = in_journal.groupdict() if in_journal else {"journal": place}
        return "article", {name: text for name, text in found.items() if text}
    if source["kind"] == "standard":
        return "techreport", {"institution": source.get("authors", ""), "howpublished": place}
    return "misc", {"howpublished": place}
