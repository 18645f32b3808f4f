"""What takes long to make, kept on disk: arrays and a few words, by a digest of what they are made from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.values import Tree
from energymodels.kernels import jit

KEEP = 12  # folders of one kind that stay: those of other versions
Meta: TypeAlias = dict[str, Any]  # what JSON holds beside the arrays
Content: TypeAlias = tuple[dict[str, Array], Meta]


def digest(data: bytes) -> str:
    """Return a short digest."""
    return hashlib.sha256(data).hexdigest()[:16]


def folder(kind: str, sources: Iterable[Path], stamp: str = "") -> Path:
    """Return the folder of what these source files make with packages of this ``stamp``; a sibling of the
    compiled kernels'.
    """
    text = b"".join(path.read_bytes() for path in sources)
    return Path(jit.CACHE).parent / f"{kind}-{digest(text + stamp.encode())}"


def kept(where: Path, key: str, make: Callable[[], Content]) -> Content:
    """Return (arrays, JSON) made before under ``key``, or made now and kept; a damaged file is made again."""
    path = where / (re.sub(r"[^\w.-]", "_", key) + ".npz")
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays.pop("json")))
        if not isinstance(meta, dict):
            raise ValueError("no table of entries")
        return arrays, meta
    except Exception:  # not there, or damaged, of which zip and NumPy say anything
        arrays, meta = make()
    with contextlib.suppress(OSError):  # where nothing can be written, it is made again next time
        _write(path, arrays, meta)
    return arrays, meta


def _write(path: Path, arrays: dict[str, Array], meta: Tree) -> None:
    """Write one file in one step, so that no reader finds half of it, and drop the folders of old
    versions.
    """
    fresh, kind = not path.parent.exists(), path.parent.name.rpartition("-")[0]
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
        old = sorted(path.parent.parent.glob(f"{kind}-*"), key=lambda p: p.stat().st_mtime)[:-KEEP]
        for stale in old:
            shutil.rmtree(stale, ignore_errors=True)
