"""Files of input: their text, of a stated size at most, and what tells a file from an older one of the same
name.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, TypeAlias

Stamp: TypeAlias = tuple[str, int, int]  # path, time of the last change in ns, size
MB = 1_000_000
LARGEST = {".toml": 1 * MB, ".json": 20 * MB, ".csv": 100 * MB}  # bytes of a file by its suffix
DEEPEST = 50  # tables and lists within one another
# more names than that joined by dots, which take a reader of TOML a time that grows with their square
_JOINED = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{DEEPEST + 1}}}""")
_TOO_DEEP = f"more than {DEEPEST} tables or lists within one another"


def stamp(file: str | Path) -> Stamp:
    """Return the stamp of a file; one that is not there has a stamp too, with -1 for time and size."""
    path = Path(file).absolute()
    try:
        found = path.stat()
    except (OSError, ValueError):
        return str(path), -1, -1
    return str(path), found.st_mtime_ns, found.st_size


def is_regular(path: Path) -> bool:
    """Return whether a path is that of a file that ends: no folder, device or pipe."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):  # not there, or no path at all
        return False


def text(path: Path, kind: str) -> str:
    """Return the text of a file of a ``kind``, a key of ``LARGEST``, without a byte order mark.

    ValueError says why it cannot be had; no more is read than a file of its kind may have.
    """
    if not is_regular(path):
        raise ValueError("a folder, or a file without an end" if path.exists() else "no such file")
    if path.stat().st_size > LARGEST[kind]:
        raise ValueError(_too_large(kind))
    with path.open("rb") as file:  # some that claim to be empty have no end
        found = file.read(LARGEST[kind] + 1)
    return decoded(found, kind)


def decoded(data: bytes, kind: str) -> str:
    """Return what ``data``, read up to a byte more than a file of its ``kind`` may have, says as UTF-8."""
    if len(data) > LARGEST[kind]:
        raise ValueError(_too_large(kind))
    return data.decode("utf-8-sig")


def _too_large(kind: str) -> str:
    return f"larger than {LARGEST[kind] // MB} MB, more than a file of this kind may have"


def toml(source: str) -> dict[str, Any]:
    """Return the tables that ``source`` says as TOML; ValueError if it is none, or nested too deeply."""
    if _JOINED.search(source):
        raise ValueError(_TOO_DEEP)
    return _shallow(tomllib.loads, source.removeprefix("\ufeff"))


def from_json(source: str) -> Any:
    """Return what ``source`` says as JSON; ValueError if it is none, or nested too deeply."""
    return _shallow(json.loads, source)


def _shallow(read: Any, source: str) -> Any:
    """Return what ``read`` makes of a text; ValueError for one that is nested beyond ``DEEPEST``."""
    try:
        found = read(source)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    level, depth = [found], 0
    while level:
        if depth > DEEPEST:
            raise ValueError(_TOO_DEEP)
        inside = [list(one.values()) if isinstance(one, dict) else one for one in level]
        level, depth = [x for one in inside for x in one if isinstance(x, dict | list)], depth + 1
    return found
