"""Files that texts name: a protocol's profiles, a car, a parameter set; and what they hold, as digests."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from energymodels.core import files

_NAME = re.compile(r"""\"([^"\n]+)\"|'([^'\n]+)'|([^\s"',;=]+)""")
_SUFFIXES = (".csv", ".json", ".toml")


def digests(texts: Iterable[str]) -> dict[str, str]:
    """Return {path: SHA-256} of the files that some texts are or name: a protocol's profiles, a car; and of
    those that a spec among them names in its turn.
    """
    found: dict[str, str] = {}
    left = list(texts)
    while left:
        for name in _names(left.pop()):
            known = files.stamp(name)
            if name not in found and known[1] >= 0 and Path(name).is_file():
                found[name] = sha256(known)
                left += _texts(known) if name.lower().endswith(".toml") else []
    return dict(sorted(found.items()))


def _names(text: str) -> Iterator[str]:
    """Yield what may be the path of a file: the whole text, and every word in it that ends like one."""
    yield text
    if any(suffix in text.lower() for suffix in _SUFFIXES):
        words = ("".join(parts) for parts in _NAME.findall(text))
        yield from (word for word in words if word.lower().endswith(_SUFFIXES))


@lru_cache(maxsize=256)
def sha256(known: files.Stamp) -> str:
    """Return the digest of a file, read once for each state of it."""
    return hashlib.sha256(Path(known[0]).read_bytes()).hexdigest()


@lru_cache(maxsize=256)
def _texts(known: files.Stamp) -> list[str]:
    """Return all texts in a TOML file."""
    found: list[str] = []

    def look(at: object) -> None:
        if isinstance(at, str):
            found.append(at)
        elif isinstance(at, dict | list):
            for one in at.values() if isinstance(at, dict) else at:
                look(one)

    with contextlib.suppress(ValueError):  # whoever reads it says what is wrong with it
        look(files.toml(files.text(Path(known[0]), ".toml")))
    return found
