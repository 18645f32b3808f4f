"""Compiled kernels on disk: a file for each function, its argument types and processor, that begins with a
digest of the rest.

Numba's own cache runs machine code that is damaged, and ends on a full disk. Here a damaged file is as good
as none, and what cannot be written is compiled again next time. Processes that compile at once write the
same; each file appears in one step.

It rests on names of Numba that are not its public interface: ``FunctionCache`` with its ``_index_key``,
``load_overload`` and ``save_overload``, and ``CompileResultCacheImpl``.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import logging
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.serialize import dumps

if not hasattr(FunctionCache, "_index_key"):
    raise ImportError("FunctionCache has no _index_key")
SIZE = hashlib.sha256().digest_size


@cache
def _stamp(file: str) -> bytes:
    """Return a digest of a source file."""
    return hashlib.sha256(Path(file).read_bytes()).digest()


@cache
def _say_unkept(folder: Path) -> None:
    logging.getLogger("energymodels").warning(
        "compiled kernels cannot be kept in %s: they are compiled again next time", folder
    )


class Files:
    """The files of one function in a ``folder``, by key."""

    def __init__(self, folder: Path, name: str, source: str) -> None:
        self.folder, self.name, self.source = folder, name, source

    def path(self, key: object) -> Path:
        """Return where an entry lies."""
        what = repr((numba.__version__, sys.version_info[:3], key)).encode() + _stamp(self.source)
        return self.folder / f"{self.name}-{hashlib.sha256(what).hexdigest()[:16]}.nbc"

    def load(self, key: object) -> Any:
        """Return an entry, None if there is none that is whole."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data[SIZE:]).digest() != data[:SIZE]:
            return None
        return pickle.loads(data[SIZE:])  # noqa: S301  # only ours are in a folder that ``jit`` trusts

    def save(self, key: object, found: object) -> None:
        """Write an entry in one step; OSError if it cannot be written."""
        data, path = dumps(found), self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(part, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise

    def flush(self) -> None:
        """Forget every entry."""
        for path in self.folder.glob(f"{self.name}-*.nbc"):
            path.unlink(missing_ok=True)


class Kept(FunctionCache):
    """Numba's cache of one function, with ``Files`` in a folder of ours."""

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        source = inspect.getfile(function)
        where = folder / f"{Path(source).parent.name}.{Path(source).stem}"
        name = f"{function.__qualname__}-{function.__code__.co_firstlineno}".replace("<locals>.", "")
        self._name, self._py_func = repr(function), function
        self._impl = CompileResultCacheImpl.__new__(CompileResultCacheImpl)  # without a place of its own
        self._cache_path = str(where)
        self._cache_file: Any = Files(where, name, source)
        self.enable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled before, None if that is not there or not what this Numba reads."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever a file of another build makes of it: it is compiled
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled; on a full disk it is not."""
        try:
            super().save_overload(sig, data)
        except OSError:
            _say_unkept(Path(self._cache_path).parent)

    def _save_overload(self, sig: Any, data: Any) -> None:
        if self._enabled and not data.lifted and not data.library.has_dynamic_globals:
            self._cache_file.save(self._index_key(sig, data.codegen), self._impl.reduce(data))
