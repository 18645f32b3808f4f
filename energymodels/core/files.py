"""Files of input: their text, of a stated size at most, and what tells a file from an older one of the same
name.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

Stamp: TypeAlias = tuple[str, int, int]  # path, time of the last change in ns, size
# bytes of a file by its suffix: what is read, or refused, within a second and some 300 MB
LARGEST = {".toml": 300_000, ".json": 10_000_000, ".csv": 20_000_000}
WIDEST = 10_000  # characters of the header of a table
LONGEST_WHOLE = 300  # digits
DEEPEST = 50  # tables and lists within one another
# more names than that joined by dots, which take a reader of TOML a time that grows with their square
_JOINED = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{DEEPEST + 1}}}""")
NO_FILE = "no such file"
_TOO_DEEP = f"more than {DEEPEST} tables or lists within one another"


def stamp(file: str | Path) -> Stamp:
    """Return the stamp of a file; one that is not there has a stamp too, with -1 for time and size."""
    path = Path(file).absolute()
    try:
        found = path.stat()
    except (OSError, ValueError):
        return str(path), -1, -1
    return str(path), found.st_mtime_ns, found.st_size


def absent(path: Path) -> str:
    """Return why a path is not that of a file that can be read to its end, empty if it is."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # not there, or no path at all
        return NO_FILE
    if stat.S_ISREG(mode):
        return ""
    return "is a folder" if stat.S_ISDIR(mode) else "is a device or a pipe, no file"


def text(path: Path, kind: str) -> str:
    """Return the text of a file of a ``kind``, a key of ``LARGEST``, without a byte order mark.

    ValueError says why it cannot be had; no more is read than a file of its kind may have.
    """
    if why := absent(path):
        raise ValueError(why)
    if path.stat().st_size > LARGEST[kind]:
        raise ValueError(_too_large(kind))
    with path.open("rb") as file:  # some that claim to be empty have no end
        found = file.read(LARGEST[kind] + 1)
    return decoded(found, kind)


def rows(path: Path) -> list[tuple[int, str]]:
    """Return (number counted from 1, text) of the lines of a CSV file, the header first, without comments and
    empty lines; ValueError as of ``text``.
    """
    lines = [
        (i, line)
        for i, line in enumerate(text(path, ".csv").splitlines(), 1)
        if line and (bare := line.lstrip()) and bare[0] != "#"
    ]
    if lines and len(lines[0][1]) > WIDEST:
        raise ValueError(f"a header of more than {WIDEST} characters")
    return lines


def decoded(data: bytes, kind: str) -> str:
    """Return what ``data``, read up to a byte more than a file of its ``kind`` may have, says as UTF-8."""
    if len(data) > LARGEST[kind]:
        raise ValueError(_too_large(kind))
    return data.decode("utf-8-sig")


def _too_large(kind: str) -> str:
    return f"larger than {LARGEST[kind] / 1e6:g} MB, more than a file of this kind may have"


def toml(source: str) -> dict[str, Any]:
    """Return the tables that ``source`` says as TOML; ValueError if it is none, or nested too deeply."""
    if _JOINED.search(source):
        raise ValueError(_TOO_DEEP)
    found: dict[str, Any] = _shallow(tomllib.loads, source.removeprefix("\ufeff"))
    return found


def from_json(source: str) -> Any:
    """Return what ``source`` says as JSON; ValueError if it is none, or nested too deeply.

    A whole number beyond those of floating point is infinite.
    """
    return _shallow(partial(json.loads, parse_int=_whole), source)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) < LONGEST_WHOLE else float(digits)


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
