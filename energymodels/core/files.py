"""Files that are read once: what tells a file from an older one of the same name."""

from __future__ import annotations

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
