"""The one place where kernels are compiled, and the owner of their cache.

Numba watches only the file a function lies in: after an edit in ``b.py`` a cached caller in ``a.py`` would
keep the old result. So the cache folder is named by a digest of all kernel sources. ``NUMBA_CACHE_DIR`` moves
its root. Kernels release the GIL; threads are the caller's business, so one compiled function serves one case
and a million.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import pickle
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba.core.config
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])
SOURCES = Path(__file__).parent
config: Any = numba.core.config
INTERPRETED = bool(config.DISABLE_JIT)
KEEP = 8  # cache folders of other source versions that stay
TRIED = ((0, 64), (0, 68))  # the first and the last Numba with which ``pipeline`` was tried
DAMAGE = (EOFError, pickle.UnpicklingError)  # what Numba raises on a file of the cache that was cut off


def source_digest(folder: Path = SOURCES) -> str:
    """Return a digest of every Python file below ``folder``: paths and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _user_cache() -> Path:
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "energymodels"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "energymodels"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "energymodels"


def _open_cache() -> Path:
    digest = source_digest()
    for root in (_user_cache(), Path(tempfile.gettempdir()) / "energymodels-cache"):
        folder = root / f"kernels-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            old = sorted(root.glob("kernels-*"), key=lambda p: p.stat().st_mtime)[:-KEEP]
        except OSError:  # a read-only home: the next root
            continue
        for stale in old:
            shutil.rmtree(stale, ignore_errors=True)
        return folder
    return Path(tempfile.mkdtemp(prefix="energymodels-cache-"))


CACHE = _open_cache()


def drop_cache() -> None:
    """Remove all compiled kernels of these sources, so that they are compiled again."""
    for path in CACHE.rglob("*.nb[ic]"):
        path.unlink(missing_ok=True)


def _pipeline() -> Any:
    """Return the pipeline of inner functions; None, and a note once a process, where this Numba is not one it
    was tried with, or lacks a name it rests on.
    """
    found = tuple(int(part) for part in re.findall(r"\d+", numba.__version__)[:2])
    first, last = (".".join(map(str, version)) for version in TRIED)
    why = f"tried were {first} to {last}"
    if TRIED[0] <= found <= TRIED[1]:
        try:
            from energymodels.kernels.pipeline import Inner

            return Inner
        except ImportError as error:
            why = str(error)
    logging.getLogger("energymodels").warning(
        "Numba %s (%s): kernels are compiled plainly, with equal results, which takes several times as long",
        numba.__version__,
        why,
    )
    return None


PIPELINE: Any = None if INTERPRETED else _pipeline()
FLAGS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def _compile(function: F, **options: Any) -> F:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)  # read once, while the decorator runs: other packages keep their own cache
    try:
        compiled: F = numba.njit(**(FLAGS | options))(function)
    finally:
        config.CACHE_DIR = before
    return compiled


def jit(function: F) -> F:
    """Compile ``function`` in nopython mode, cached by source digest, GIL released, IEEE division."""
    return _compile(function)


def inline(function: F) -> F:
    """Compile as ``jit`` does and put the body into every caller, so that a caller's loop can become SIMD
    code.
    """
    return _compile(function, forceinline=True) if PIPELINE else _compile(function)


def inner(function: F) -> F:
    """Compile for callers among the kernels only: no machine code, wrappers or cache of its own.

    It becomes part of the entries that call it. Numba would optimise and emit every function again at each
    level of callers, which for the battery models is three quarters of the time.

    No references to arrays are counted, atomic operations that took up to half of the battery models' time:
    an inner function works on its caller's arrays, and may neither make nor return one. Either is an error
    when it is compiled.

    Without ``PIPELINE`` it is compiled as ``jit`` does.
    """
    if not PIPELINE:
        return _compile(function)
    return _compile(
        function,
        cache=False,
        _nrt=False,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        pipeline_class=PIPELINE,
    )


class _Watch(event.Listener):
    """Calls ``begin`` when a kernel starts to be compiled."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self.begin = begin

    def on_start(self, event: Any) -> None:
        self.begin()

    def on_end(self, event: Any) -> None:
        pass


@contextlib.contextmanager
def compiling(begin: Callable[[], None]) -> Iterator[None]:
    """Call ``begin`` each time that a function is compiled inside the ``with`` block.

    Numba says so after it has looked for the entry in use, of these argument types and this processor, in the
    cache: one that waits there is not announced, a file of its name alone does not keep it quiet.
    """
    watch = _Watch(begin)
    event.register("numba:compile", watch)
    try:
        yield
    finally:
        event.unregister("numba:compile", watch)
