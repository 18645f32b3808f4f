"""Cutting the text of a protocol into words, numbers, names, file names and marks."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"(?P<blank>[^\S\n]+)|(?P<name>\{[^{}\n]*\})|(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z°]+|%)|(?P<mark>[;\n()/.*])|(?P<other>.)",
    re.DOTALL,
)
# one sign for degrees, minus, a space that does not break
SIGNS = str.maketrans({"\u2103": "°C", "\u2212": "-", "\u00a0": " "})
FILE = re.compile(r"""[^\S\n]*("[^"\n]*"|'[^'\n]*'|[^\s;()]+)""")


class Token(NamedTuple):
    """A piece of the text: kind (word, number, name, file, mark, other, end), as written, and where."""

    kind: str
    text: str
    start: int

    @property
    def key(self) -> str:
        return self.text.lower() if self.kind in ("word", "mark") else ""


def tokens(text: str) -> list[Token]:
    """Return the pieces of ``text`` without blanks, an end behind them; what follows ``from`` is the name of
    a file.
    """
    text = text.translate(SIGNS)
    found: list[Token] = []
    at = 0
    while at < len(text):
        file = FILE.match(text, at) if found and found[-1].key == "from" else None
        match = file or TOKEN.match(text, at)
        assert match is not None
        kind = "file" if file else str(match.lastgroup)
        if kind != "blank":
            found.append(Token(kind, match[1] if file else match[0], match.start(1) if file else at))
        at = match.end()
    return [*found, Token("end", "", len(text))]
