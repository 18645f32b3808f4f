"""``energymodels describe MODEL [PATH]``"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from energymodels.cli.common import number, print_table

if TYPE_CHECKING:
    from energymodels.schema import FieldInfo

MANY, NAMED = 8, 6  # a table of more fields that are alike is folded into a line, with so many of their names


@click.command("describe")
@click.argument("model")
@click.argument("path", required=False)
def command(model: str, path: str | None) -> None:
    """Show the fields and outputs of MODEL, or of a bundled spec's: unit, range, default, meaning.

    PATH narrows it to one field, table or output. Without it, a table of many fields that differ in a name only is one line.
    """
    from energymodels.errors import unknown
    from energymodels.model import MODELS, get_model, resolve
    from energymodels.spec import bundled, load

    found = get_model(model if model in MODELS else load(model).model if model in bundled() else model)
    fields = found.fields({})
    outputs = {o.name: o for o in found.outputs}
    tables = _alike(fields)
    if path:
        path = resolve(found, path.removesuffix(".*"))[0]
        known = {*fields, *outputs, *(f.rsplit(".", 1)[0] for f in fields if "." in f)}
        if path not in known:
            raise unknown("field or output", path, known)
        fields = {p: f for p, f in fields.items() if p == path or p.startswith(path + ".")}
        outputs = {n: o for n, o in outputs.items() if n == path}
    else:
        click.echo(f"{found.name}: {found.summary}\n")
    if fields:
        print_table(_rows(fields, tables, fold=not path), ("field", "unit", "allowed", "default", "meaning"))
    if tables and not path:
        click.echo(f"\nall fields of a table with *: energymodels describe {model} TABLE")
    if fields and outputs:
        click.echo()
    if outputs:
        lines = [(o.name, o.unit, ", ".join(o.dims) or "-", o.meaning) for o in outputs.values()]
        print_table(lines, ("output", "unit", "dims", "meaning"))
    if not path and found.sources:
        click.echo(f"\nsources: {', '.join(found.sources)}")


def _rows(fields: Mapping[str, FieldInfo], tables: Mapping[str, list[FieldInfo]], fold: bool) -> list[tuple[str, ...]]:
    """Return a row per field, with ``fold`` one for all fields of each of the ``tables``."""
    rows: list[tuple[str, ...]] = []
    for f in fields.values():
        path, allowed, meaning = f.path, f.allowed, f.meaning
        table = path.rpartition(".")[0]
        if fold and table in tables:
            fellows = tables[table]
            if f is not fellows[0]:
                continue
            names = [g.path.rpartition(".")[2] for g in fellows]
            path, allowed = f"{table}.*", _allowed(fellows)
            meaning = f"{_general([g.meaning for g in fellows])}; {len(names)} names: {', '.join(names[:NAMED])}, ..."
        excludes = f"; excludes {', '.join(_folded(f.conflicts, tables))}" if f.conflicts else ""
        rows.append((path, f.unit or "-", allowed, "not set" if f.default is None else number(f.default), meaning + excludes))
    return rows


def _alike(fields: Mapping[str, FieldInfo]) -> dict[str, list[FieldInfo]]:
    """Return the tables of more than ``MANY`` fields, and nothing else, that differ only in a name and in the labels they take."""
    tables: dict[str, list[FieldInfo]] = {}
    for path, f in fields.items():
        tables.setdefault(path.rpartition(".")[0], []).append(f)
    nested = {table.rpartition(".")[0] for table in tables}
    found = {}
    for table, fellows in tables.items():
        same = {(f.kind, f.unit, f.default, f.fixed, f.conflicts, "" if f.labels else f.allowed) for f in fellows}
        general = len(fellows) > MANY and len(same) == 1 and _general([f.meaning for f in fellows])
        if table and table not in nested and general:
            found[table] = fellows
    return found


def _general(meanings: Sequence[str]) -> str:
    """Return what meanings share, ``*`` for what differs: by word, or between how all begin and end; empty if that is little."""
    texts = [re.findall(r"[\w-]+|[^\w-]+", meaning) for meaning in meanings]
    if len({len(words) for words in texts}) == 1:
        shared = [words[0] if len(set(words)) == 1 else "*" for words in zip(*texts, strict=True)]
    else:
        start, end = _shared(texts), _shared([words[::-1] for words in texts])[::-1]
        shared = [*start, "*", *end] if len(start) + len(end) < min(map(len, texts)) else []
    words = [word for word in shared if re.match(r"[\w-]", word)]
    return re.sub(r"\*( \*)+", "*", "".join(shared)) if len(words) > shared.count("*") else ""


def _shared(texts: Sequence[Sequence[str]]) -> list[str]:
    """Return the words with which all texts begin."""
    words: list[str] = []
    for each in zip(*texts, strict=False):
        if len(set(each)) > 1:
            break
        words.append(each[0])
    return words


def _allowed(fellows: Sequence[FieldInfo]) -> str:
    """Return what fields that are alike allow: if they take different labels, how many."""
    if len({f.allowed for f in fellows}) == 1:
        return fellows[0].allowed
    counts = sorted({len(f.labels) for f in fellows})
    return f"{' to '.join(str(n) for n in dict.fromkeys((counts[0], counts[-1])))} labels"


def _folded(paths: Sequence[str], tables: Mapping[str, list[FieldInfo]]) -> list[str]:
    """Return paths with ``TABLE.*`` in place of all fields of a table of ``tables``."""
    whole = {t for t, fellows in tables.items() if {f.path for f in fellows} <= set(paths)}
    return list(dict.fromkeys(f"{t}.*" if (t := p.rpartition(".")[0]) in whole else p for p in paths))
