"""Files that are read once: what tells a file from an older one of the same name, and which files a text
names.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

Stamp: TypeAlias = tuple[str, int, int]  # path, time of the last change in ns, size


def stamp(file: str | Path) -> Stamp:
    """Return the stamp of a file; one that is not there has a stamp too, with -1 for time and size."""
    path = Path(file).absolute()
    try:
        found = path.stat()
    except (OSError, ValueError):
        return str(path), -1, -1
    return str(path), found.st_mtime_ns, found.st_size


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
            known = stamp(name)
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
def sha256(known: Stamp) -> str:
    """Return the digest of a file, read once for each state of it."""
    return hashlib.sha256(Path(known[0]).read_bytes()).hexdigest()


@lru_cache(maxsize=256)
def _texts(known: Stamp) -> list[str]:
    """Return all texts in a TOML file."""
    found: list[str] = []

    def look(at: object) -> None:
        if isinstance(at, str):
            found.append(at)
        elif isinstance(at, dict | list):
            for one in at.values() if isinstance(at, dict) else at:
                look(one)

    with contextlib.suppress(ValueError, RecursionError):  # whoever reads it says what is wrong with it
        look(tomllib.loads(Path(known[0]).read_text(encoding="utf-8-sig")))
    return found
