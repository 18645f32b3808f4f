"""Tables on disk: PyBaMM takes seconds to import and tables a second to make, a file of them milliseconds to
read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from energymodels.kernels import jit

SOURCES = (
    *sorted(Path(__file__).parent.glob("*.py")),
    Path(__file__).parents[2] / "backends" / "pybamm" / "sets.py",
    *(jit.SOURCES / "battery" / "cell" / f"{name}.py" for name in ("layout", "tables")),
)
KEEP = 12  # folders that stay: four versions of bundled sets, PyBaMM's and BPX files
DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)
Content = tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]


def digest(data: bytes) -> str:
    """Return a short digest."""
    return hashlib.sha256(data).hexdigest()[:16]


def folder(stamp: str) -> Path:
    """Return the folder of tables made by these sources from packages of this ``stamp``; a sibling of the
    compiled kernels'.
    """
    sources = b"".join(path.read_bytes() for path in SOURCES)
    return Path(jit.CACHE).parent / f"battery-{digest(sources + stamp.encode())}"


def kept(key: str, stamp: str, make: Callable[[], Content]) -> Content:
    """Return (arrays, JSON) made before under ``key``, or made now and kept; a damaged file is made again."""
    path = folder(stamp) / (re.sub(r"[^\w.-]", "_", key) + ".npz")
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays.pop("json")))
        if not isinstance(meta, dict):
            raise ValueError("no table of entries")
        return arrays, meta
    except DAMAGE:
        arrays, meta = make()
    with contextlib.suppress(OSError):  # where nothing can be written, it is made again next time
        _write(path, arrays, meta)
    return arrays, meta


def _write(path: Path, arrays: dict[str, np.ndarray[Any, Any]], meta: dict[str, Any]) -> None:
    """Write one file in one step, so that no reader finds half of it, and drop the folders of old
    versions.
    """
    fresh = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, json=np.array(json.dumps(meta)), **arrays)  # type: ignore[arg-type]
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if fresh:
        old = sorted(path.parent.parent.glob("battery-*"), key=lambda p: p.stat().st_mtime)[:-KEEP]
        for stale in old:
            shutil.rmtree(stale, ignore_errors=True)
