"""The one place where kernels are compiled, and the owner of their cache.

Numba watches only the file a function lies in: after an edit in ``b.py`` a cached caller in ``a.py`` would
keep the old result. So the cache folder is named by a digest of all kernel sources. ``NUMBA_CACHE_DIR`` moves
its root. Kernels release the GIL; threads are the caller's business, so one compiled function serves one case
and a million.

What lies in the cache is run: it must be a folder of this user's in which nobody else can write.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import logging
import os
import pickle
import re
import shutil
import stat
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
OPEN = "others can write to it; they are kept elsewhere"
KEEP = 8  # cache folders of other source versions that stay
TRIED = ((0, 64), (0, 68))  # the first and the last Numba with which ``pipeline`` was tried
USUAL = 8  # cases side by side, as many doubles as the widest vectors have
LANES = int(os.environ.get("ENERGYMODELS_LANES") or USUAL)
DAMAGE = (EOFError, pickle.UnpicklingError)  # what Numba raises on a file of the cache that was cut off


def source_digest(folder: Path = SOURCES) -> str:
    """Return a digest of every Python file below ``folder``: paths and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _user_cache() -> Path | None:
    """Return the folder for caches that the environment names; None without a home."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given).absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()) / "energymodels"
    try:
        home = Path.home()
    except RuntimeError:  # a user that the system does not know
        home = Path()
    usual = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    root = Path(os.environ.get("XDG_CACHE_HOME") or usual) if sys.platform != "darwin" else usual
    return root / "energymodels" if root.is_absolute() else None


def is_own(folder: Path, others: int = 0o022) -> bool:
    """Return whether a path is a folder, no link, of this user's, of whose mode others have none of the bits
    ``others``; OSError if it is not there.
    """
    found = folder.lstat()
    if not hasattr(os, "getuid"):  # temporary folders are a user's own
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & others


def _is_open(root: Path) -> bool:
    """Return whether others can put something into a folder."""
    found = root.stat()
    own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return os.name != "nt" and bool(found.st_mode & (0o002 if own else 0o022))


def _used(root: Path, digest: str) -> Path | None:
    """Return the cache folder in ``root``, made if it is not there; None, and a line, if others can write
    there, OSError if we cannot.
    """
    folder = root / f"kernels-{digest}"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_open(root):
        folder.mkdir(mode=0o700, exist_ok=True)
        if is_own(folder):
            os.utime(folder)
            return folder
    logging.getLogger("energymodels").warning("%s is no safe place for compiled kernels: %s", root, OPEN)
    return None


def _shared() -> Path:
    """Return this user's folder in the shared temporary one, a fresh one if that is not safe."""
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    root = Path(tempfile.gettempdir()) / f"energymodels-cache{user}"
    with contextlib.suppress(OSError):
        root.mkdir(mode=0o700, exist_ok=True)
        if is_own(root, 0o077):
            return root
    fresh = tempfile.mkdtemp(prefix="energymodels-cache-")
    atexit.register(_remove, fresh, os.getpid())
    return Path(fresh)


def _remove(folder: str, process: int) -> None:
    """Remove the folder of a process that ends, not of one that it has started."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _prune(root: Path) -> None:
    """Drop the folders of old versions; another process may be at it too."""
    with contextlib.suppress(OSError):
        for stale in sorted(root.glob("kernels-*"), key=lambda p: p.stat().st_mtime)[:-KEEP]:
            shutil.rmtree(stale, ignore_errors=True)


def _open_cache() -> Path:
    """Return the folder of the cache; where nothing can be written, one that cannot be."""
    digest = source_digest() + ("" if LANES == USUAL else f"-{LANES}")
    for place in (_user_cache, _shared):
        with contextlib.suppress(OSError):  # a read-only home, a full disk: the next
            root = place()
            folder = _used(root, digest) if root else None
            if folder:
                _prune(folder.parent)
                return folder
    return Path(os.devnull) / f"kernels-{digest}"


CACHE = _open_cache()


def drop_cache() -> None:
    """Remove all compiled kernels of these sources, so that they are compiled again."""
    for path in CACHE.rglob("*.nb[ic]"):
        path.unlink(missing_ok=True)


def _pipeline() -> tuple[Any, Any]:
    """Return the pipeline of inner functions and the class of our cache; None and None, and a note once a
    process, where this Numba is not one they were tried with, or lacks a name they rest on.
    """
    found = tuple(int(part) for part in re.findall(r"\d+", numba.__version__)[:2])
    first, last = (".".join(map(str, version)) for version in TRIED)
    why = f"tried were {first} to {last}"
    if TRIED[0] <= found <= TRIED[1]:
        try:
            from energymodels.kernels.cache import Kept
            from energymodels.kernels.pipeline import Inner

            return Inner, Kept
        except ImportError as error:
            why = str(error)
    logging.getLogger("energymodels").warning(
        "Numba %s (%s): kernels are compiled plainly, with equal results, which takes several times as long",
        numba.__version__,
        why,
    )
    return None, None


_FOUND: tuple[Any, Any] = (None, None) if INTERPRETED else _pipeline()
PIPELINE, KEPT = _FOUND
FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def _compile(function: F, *, cache: bool = True, **options: Any) -> F:
    """Compile ``function`` when it is called first; with ``cache`` it is kept."""
    if cache and not INTERPRETED and not KEPT:
        return _kept_by_numba(function, options)
    compiled: F = numba.njit(**(FLAGS | options))(function)
    if cache and not INTERPRETED:
        compiled._cache = KEPT(function, CACHE)  # type: ignore[attr-defined]
    return compiled


def _kept_by_numba(function: F, options: dict[str, Any]) -> F:
    """Compile ``function`` with the cache that this Numba has, without one where it finds no place for it."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)  # read once, while the decorator runs: other packages keep their own cache
    compiled: F
    try:
        compiled = numba.njit(cache=True, **(FLAGS | options))(function)
    except RuntimeError:
        compiled = numba.njit(**(FLAGS | options))(function)
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
