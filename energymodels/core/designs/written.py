"""A distribution as it is written: ``normal(12, 2) fA/cm2``, ``100um:180um:log``, into its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CALL = re.compile(r"\s*([A-Za-z_]+)\s*\(")
_QUOTES = "'\""
# name -> its arguments; ``choice`` takes any number of them
ARGUMENTS = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "factor"),
    "triangular": ("low", "mode", "high"),
    "truncnormal": ("mean", "sd", "low", "high"),
    "choice": (),
}
FORMS = "LOW:HIGH, LOW:HIGH:log, " + ", ".join(
    f"{name}({', '.join(arguments) or 'a, b, ...'})" for name, arguments in ARGUMENTS.items()
)


@dataclass(frozen=True)
class Written:
    """The parts of a distribution's text: name, arguments as texts, and the unit behind them."""

    name: str
    arguments: tuple[str, ...]
    unit: str = ""


def read_written(text: str) -> Written:
    """Return the parts of a distribution's text; ValueError says what is wrong."""
    call = _CALL.match(text)
    if call is None:
        return _range(text)
    name = call[1].lower()
    if name not in ARGUMENTS:
        raise ValueError(f"unknown distribution {call[1][:40]!r}; known: {FORMS}")
    entries, end = _entries(text, call.end())
    expected = ARGUMENTS[name]
    if len(entries) != len(expected) and name != "choice":
        raise ValueError(
            f"{name} has {len(expected)} arguments, {name}({', '.join(expected)}), not {len(entries)}"
        )
    return Written(name, tuple(map(_unquoted, entries)), text[end:].strip())


def _range(text: str) -> Written:
    """Return ``LOW:HIGH`` or ``LOW:HIGH:log`` as the distribution it stands for."""
    low, *rest = text.split(":")
    scale = rest[1].strip() if len(rest) == 2 else "lin"
    if len(rest) not in (1, 2) or scale not in ("log", "lin"):
        raise ValueError(f"a distribution is written {FORMS}; a fixed value or a grid is none")
    return Written({"log": "loguniform", "lin": "uniform"}[scale], (low, rest[0]))


def _entries(text: str, start: int) -> tuple[list[str], int]:
    """Return the entries between parentheses from ``start``, and where what is behind them starts.

    Commas in quotes or in inner parentheses do not part entries; a quote counts at the start of an entry.
    """
    entries, first, depth, quote, blank = [], start, 0, "", True
    for i in range(start, len(text)):
        sign = text[i]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES and blank:
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        blank = blank and sign.isspace()
        if depth < 0 or (sign == "," and not depth and not quote):
            entries.append(text[first:i].strip())
            first, blank = i + 1, True
        if depth < 0:
            return entries, i + 1
    raise ValueError("a quote is not closed" if quote else "a closing parenthesis is missing")


def _unquoted(entry: str) -> str:
    """Return an entry without the quotes around it."""
    if entry[:1] not in tuple(_QUOTES):
        return entry
    if len(entry) < 2 or entry[-1] != entry[0] or entry[0] in entry[1:-1]:
        raise ValueError(f"cannot read {entry[:40]!r}: quotes go around a whole entry")
    return entry[1:-1].strip()
