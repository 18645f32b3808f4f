"""The one place where kernels are compiled, and the owner of their cache.

Numba watches only the file a function lies in: after an edit in ``b.py`` a cached caller in ``a.py`` would
keep the old result. So the cache folder is named by a digest of all kernel sources. ``NUMBA_CACHE_DIR`` moves
its root. Kernels release the GIL; threads are the caller's business, so one compiled function serves one case
and a million.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba.core.config
from numba.core import types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.typed_passes import NativeLowering, NopythonTypeInference

F = TypeVar("F", bound=Callable[..., Any])
SOURCES = Path(__file__).parent
config: Any = numba.core.config
INTERPRETED = bool(config.DISABLE_JIT)
KEEP = 8  # cache folders of other source versions that stay


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
    return _compile(function, forceinline=True)


def _finish_for_callers(library: Any) -> None:
    """Finish the library of an inner function without adding it to the JIT engine.

    The engine resolves a symbol to the module added first. Were this unoptimised copy there, the entry
    compiled in the same process would call it, and run at half its speed until the next start.
    """
    library._finalize_dynamic_globals()
    library._verify_declare_only_symbols()
    library._finalized = True


@register_pass(mutates_CFG=False, analysis_only=True)
class _LeaveToCaller(AnalysisPass):
    """Give an inner function a library that is not optimised by itself: its callers' optimisation
    covers it.
    """

    _name = "leave_to_caller"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        library.enable_object_caching()
        library._optimize_final_module = lambda: None
        library._finalize_final_module = lambda: _finish_for_callers(library)
        state.library = library
        return False


def _holds_array(found: Any) -> bool:
    return isinstance(found, types.Array) or any(map(_holds_array, getattr(found, "types", ())))


@register_pass(mutates_CFG=False, analysis_only=True)
class _NoEntry(AnalysisPass):
    """Make an inner function known to its callers without machine code: Numba knows functions by some builtin
    of their own.
    """

    _name = "no_entry"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        if _holds_array(state.return_type):
            raise TypeError(
                f"{state.func_id.func_qualname} returns an array: an inner function counts no "
                f"references to it"
            )
        key: Any = [].append
        state.targetctx.insert_user_function(key, state["cr"].fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        state["cr"] = state["cr"]._replace(cfunc=key)
        return False


class _Inner(CompilerBase):
    """Numba's pipeline without machine code at its end."""

    def define_pipelines(self) -> list[Any]:
        self.state.flags.no_compile = True
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_LeaveToCaller, NopythonTypeInference)
        passes.add_pass_after(_NoEntry, NativeLowering)
        passes.finalize()
        return [passes]


def inner(function: F) -> F:
    """Compile for callers among the kernels only: no machine code, wrappers or cache of its own.

    It becomes part of the entries that call it. Numba would optimise and emit every function again at each
    level of callers, which for the battery models is three quarters of the time.

    No references to arrays are counted, atomic operations that took up to half of the battery models' time:
    an inner function works on its caller's arrays, and may neither make nor return one. Either is an error
    when it is compiled.
    """
    return _compile(
        function,
        cache=False,
        _nrt=False,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        pipeline_class=_Inner,
    )


def is_compiled(function: Any) -> bool:
    """Return whether ``function`` is compiled or waits in the cache, so that a first call is quick."""
    if INTERPRETED or getattr(function, "signatures", None):
        return True
    return any(CACHE.rglob(f"{Path(function.__code__.co_filename).stem}.{function.__name__}-*.nbi"))
