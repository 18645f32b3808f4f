"""Rows of fields, those that are alike in one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from energymodels.cli.common import number

if TYPE_CHECKING:
    from energymodels.core.field import FieldInfo

MANY, NAMED = 8, 6  # a table of more fields that are alike is folded into a line, with so many of their names
BIG = 60  # a first level of more rows than this is a line


def plain_rows(fields: Mapping[str, FieldInfo]) -> list[tuple[str, ...]]:
    """Return a row per field: path, unit, allowed, default, meaning."""
    return [_row(f, path, f.conflicts) for path, f in fields.items()]


def folded_rows(fields: Mapping[str, FieldInfo], apart: Collection[str] = ()) -> list[tuple[str, ...]]:
    """Return rows of fields, one for all of a table that are alike and one for twins such as {front,rear}.j0.

    A first level of very many rows is one as well. Fields ``apart`` keep a row of their own.
    """
    tables = alike({path: f for path, f in fields.items() if path not in apart})
    firsts = {path: table for table, fellows in tables.items() for path in (fellows[0].path,)}
    hidden = {f.path for fellows in tables.values() for f in fellows[1:]}
    twins = _twins({p: f for p, f in fields.items() if p not in {*firsts, *hidden, *apart}}, tables)
    hidden |= {path for names in twins.values() for path in names[1:]}
    rows: dict[str, tuple[str, ...]] = {}
    for path, f in fields.items():
        if path in firsts:
            rows[path] = _table_row(firsts[path], tables)
        elif path not in hidden:
            names = twins.get(path, [path])
            conflicts = _folded(f.conflicts, tables) if len(names) == 1 else _general_paths(f, names, tables)
            rows[path] = _row(f, _braced(names), conflicts)
    return _without_big(rows, fields, apart)


def _row(f: FieldInfo, path: str, conflicts: Sequence[str]) -> tuple[str, ...]:
    unit = "" if f.unit in ("", "1") else f" {f.unit}"
    usual = f"; usual: {f.usual[0]:g} to {f.usual[1]:g}{unit}" if f.usual else ""
    excludes = f"; excludes {', '.join(conflicts)}" if conflicts else ""
    default = "not set" if f.default is None else number(f.default)
    return path, f.unit or "-", f.allowed, default, f"{f.meaning}{usual}{excludes}"


def _table_row(table: str, tables: Mapping[str, list[FieldInfo]]) -> tuple[str, ...]:
    """Return the row that stands for all fields of a table that are alike."""
    fellows = tables[table]
    names = [f.path.rpartition(".")[2] for f in fellows]
    _, unit, _, default, _ = _row(fellows[0], "", ())
    meaning = f"{general([f.meaning for f in fellows])}; {len(names)} names: {', '.join(names[:NAMED])}, ..."
    conflicts = _folded(fellows[0].conflicts, tables)
    return (
        f"{table}.*",
        unit,
        _allowed(fellows),
        default,
        meaning + (f"; excludes {', '.join(conflicts)}" if conflicts else ""),
    )


def _without_big(
    rows: Mapping[str, tuple[str, ...]], fields: Mapping[str, FieldInfo], apart: Collection[str]
) -> list[tuple[str, ...]]:
    """Return the rows, those of a first level that has very many in one."""
    counts: dict[str, int] = {}
    for path in rows:
        top = path.split(".")[0]
        counts[top] = counts.get(top, 0) + (path not in apart)
    found: list[tuple[str, ...]] = []
    said: set[str] = set()
    for path, row in rows.items():
        top = path.split(".")[0]
        if counts[top] <= BIG or path in apart:
            found.append(row)
        elif top not in said:
            said.add(top)
            inside = [p.split(".")[1] for p in fields if p.startswith(f"{top}.")]
            names = list(dict.fromkeys(inside))
            found.append(
                (f"{top}.*", "-", "-", "-", f"{len(inside)} fields: {', '.join(names[:NAMED])}, ...")
            )
    return found


def alike(fields: Mapping[str, FieldInfo]) -> dict[str, list[FieldInfo]]:
    """Return the tables of more than ``MANY`` fields, and nothing else, that differ only in a name and in the
    labels they take.
    """
    tables: dict[str, list[FieldInfo]] = {}
    for path, f in fields.items():
        tables.setdefault(path.rpartition(".")[0], []).append(f)
    nested = {table.rpartition(".")[0] for table in tables}
    found = {}
    for table, fellows in tables.items():
        same = {
            (f.kind, f.unit, f.default, f.fixed, f.conflicts, "" if f.labels else f.allowed) for f in fellows
        }
        if (
            table
            and table not in nested
            and len(fellows) > MANY
            and len(same) == 1
            and general([f.meaning for f in fellows])
        ):
            found[table] = fellows
    return found


def general(meanings: Sequence[str]) -> str:
    """Return what meanings share, ``*`` for what differs: by word, or between how all start and end; empty if
    that is little.
    """
    texts = [re.findall(r"[\w-]+|[^\w-]+", meaning) for meaning in meanings]
    if len({len(words) for words in texts}) == 1:
        shared = [words[0] if len(set(words)) == 1 else "*" for words in zip(*texts, strict=True)]
    else:
        start, end = _shared(texts), _shared([words[::-1] for words in texts])[::-1]
        shared = [*start, "*", *end] if len(start) + len(end) < min(map(len, texts)) else []
    words = [word for word in shared if re.match(r"[\w-]", word)]
    return re.sub(r"\*( \*)+", "*", "".join(shared)) if len(words) > shared.count("*") else ""


def _shared(texts: Sequence[Sequence[str]]) -> list[str]:
    """Return the words with which all texts start."""
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


def _twins(fields: Mapping[str, FieldInfo], tables: Mapping[str, list[FieldInfo]]) -> dict[str, list[str]]:
    """Return {first path: all paths} of fields that differ in the name of their table only."""
    same: dict[tuple[object, ...], list[str]] = {}
    for path, f in fields.items():
        above, _, name = path.rpartition(".")
        if above:
            over, _, table = above.rpartition(".")
            conflicts = tuple(p.replace(f"{above}.", "*.") for p in _folded(f.conflicts, tables))
            key = (
                over,
                name,
                f.kind,
                f.unit,
                f.allowed,
                f.default,
                f.fixed,
                f.usual,
                f.meaning.replace(f"{table}.", "*."),
                conflicts,
            )
            same.setdefault(key, []).append(path)
    return {paths[0]: paths for paths in same.values() if len(paths) > 1}


def _braced(paths: Sequence[str]) -> str:
    """Return paths as one, with what differs in braces: {front,rear}.j0."""
    if len(paths) == 1:
        return paths[0]
    above, _, name = paths[0].rpartition(".")
    over = above.rpartition(".")[0]
    tables = ",".join(path.rpartition(".")[0].rpartition(".")[2] for path in paths)
    return f"{over}{'.' if over else ''}{{{tables}}}.{name}"


def _general_paths(f: FieldInfo, names: Sequence[str], tables: Mapping[str, list[FieldInfo]]) -> list[str]:
    """Return what each of the twins ``names`` excludes, as one: the first's paths with its table
    in braces.
    """
    above = f.path.rpartition(".")[0]
    every = _braced(names).rpartition(".")[0]
    return [
        f"{every}.{p.removeprefix(above + '.')}" if p.startswith(f"{above}.") else p
        for p in _folded(f.conflicts, tables)
    ]
