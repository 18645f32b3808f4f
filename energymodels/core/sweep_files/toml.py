"""TOML as it is written: what ``tomllib`` reads back to the same values, to the last bit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from functools import lru_cache
from json.encoder import encode_basestring
from numbers import Integral
from types import UnionType
from typing import Any

from energymodels.core.values import Tree

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def text(words: str) -> str:
    """Return a basic string: JSON's, in which DEL is escaped too."""
    found = encode_basestring(words)
    return found.replace("\x7f", "\\u007f") if "\x7f" in words else found


@lru_cache(maxsize=1024)
def key(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else text(name)


def value(of: object) -> str:
    """Return a value on one line: what is neither text, truth, number, date, list nor table is a number if it
    can be one, else its text.
    """
    if write := _WRITERS.get(type(of)):
        return write(of)
    for kinds, write in _KINDS:
        if isinstance(of, kinds):
            return write(of)
    try:
        return repr(float(of))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return text(str(of))


def _inline(entries: Tree) -> str:
    return "{" + ", ".join([f"{key(str(name))} = {value(one)}" for name, one in entries.items()]) + "}"


def _array(entries: Iterable[object]) -> str:
    return "[" + ", ".join([value(one) for one in entries]) + "]"


def _truth(of: bool) -> str:
    return "true" if of else "false"


def _whole(of: Integral) -> str:
    return str(int(of))


# of the types that most values have, and of all others that are such
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: text, float: float.__repr__, int: _whole, bool: _truth, dict: _inline, list: _array,
}  # fmt: skip
_KINDS: tuple[tuple[type | UnionType, Callable[[Any], str]], ...] = (
    (str, text),
    (float, float.__repr__),
    (Integral, _whole),
    (Mapping, _inline),
    (tuple | list, _array),
    (date | time, lambda of: of.isoformat()),
)


def lines(entries: Tree) -> str:
    """Return entries, a line each."""
    return "".join([f"{key(name)} = {value(one)}\n" for name, one in entries.items()])


def table(name: str, entries: Tree) -> str:
    """Return a table with its header, nothing of an empty one."""
    return f"\n[{name}]\n{lines(entries)}" if entries else ""
