"""Numba's pipeline without machine code at its end: inner functions, which only their callers compile.

It rests on names of Numba that are not its public interface, so ``jit`` asks for it only with the versions it
was tried with. What it needs is looked for here, when it is imported: an ImportError says what is missing.

* classes and passes: ``CompilerBase``, ``DefaultPassBuilder``, ``AnalysisPass``, ``register_pass``,
  ``NopythonTypeInference``, ``NativeLowering``;
* of a code library ``LIBRARY``, of a target ``TARGET``, of a compiler's flags ``FLAGS``, and the
  ``OPTIONS`` of compiling;
* of ``numba.np.arraymath`` the flag ``_HAVE_BLAS``, whether SciPy is there;
* of a compiler's state ``cr`` (with ``fndesc`` and ``cfunc``), ``library``, ``reload_init``, ``return_type``,
  ``func_id``, ``targetctx`` and ``flags``; of a library ``_finalized`` and ``_reload_init``.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

from numba.core import types
from numba.core.base import BaseContext
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.options import DefaultOptions
from numba.core.typed_passes import NativeLowering, NopythonTypeInference

LIBRARY = (
    "_finalize_dynamic_globals", "_verify_declare_only_symbols", "_optimize_final_module",
    "_finalize_final_module", "enable_object_caching",
)  # fmt: skip
TARGET = ("insert_user_function",)
FLAGS = ("no_compile",)
BLAS = "scipy.linalg.cython_blas"
OPTIONS = ("_nrt", "no_cpython_wrapper", "no_cfunc_wrapper", "forceinline")


def _load_without_scipy() -> None:
    """Load Numba's array functions without SciPy, a third of the time that a run takes to start.

    Numba imports SciPy's BLAS to see whether it is there, and again when a matrix product is compiled, which
    no kernel has. Whether it is there is known without importing it.
    """
    if "numba.np.arraymath" in sys.modules or BLAS in sys.modules:
        return
    sys.modules[BLAS] = None  # type: ignore[assignment]  # as if it were not there
    try:
        from numba.np import arraymath
    finally:
        del sys.modules[BLAS]
    arraymath._HAVE_BLAS = find_spec("scipy") is not None


def absent(owner: Any, names: tuple[str, ...]) -> list[str]:
    """Return what ``owner`` lacks of the names."""
    return [f"{owner.__name__}.{name}" for name in names if not hasattr(owner, name)]


_missing = [
    *absent(CPUCodeLibrary, LIBRARY),
    *absent(BaseContext, TARGET),
    *absent(Flags, FLAGS),
    *absent(DefaultOptions, OPTIONS),
]
if _missing:
    raise ImportError(f"it has no {_missing[0]}")
_load_without_scipy()


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


class Inner(CompilerBase):
    """Numba's pipeline without machine code at its end."""

    def define_pipelines(self) -> list[Any]:
        self.state.flags.no_compile = True
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_LeaveToCaller, NopythonTypeInference)
        passes.add_pass_after(_NoEntry, NativeLowering)
        passes.finalize()
        return [passes]
