"""Fixtures that import a peer, or skip with the reason it cannot be had."""

from __future__ import annotations

import gc
import importlib.util
import os
import warnings
from pathlib import Path
from types import ModuleType

import pytest


def _bundled_openblas() -> Path | None:
    """Return the OpenBLAS inside SciPy's wheel, whose symbols read scipy_dgetrf_ and so on."""
    import scipy

    home = Path(scipy.__file__).parent
    found = [
        path
        for folder in (home.with_name("scipy.libs"), home / ".dylibs")
        for path in sorted(folder.glob("*openblas*"))
    ]
    return found[0] if found else None


@pytest.fixture(scope="session")
def devsim() -> ModuleType:
    """Import devsim, whose wheel holds no BLAS: with the one that DEVSIM_MATH_LIBS names, or with SciPy's."""
    if importlib.util.find_spec("devsim") is None:
        pytest.skip("devsim is not installed: it is in the extra `peers`")
    library = _bundled_openblas()
    if "DEVSIM_MATH_LIBS" not in os.environ and library:
        os.environ |= {
            "DEVSIM_MATH_LIBS": str(library),
            "DEVSIM_BLAS_PREFIX": "scipy_",
            "DEVSIM_BLAS_SUFFIX": "_",
        }
    try:
        import devsim
    except RuntimeError:
        pytest.skip("devsim found no BLAS and LAPACK: name a library in DEVSIM_MATH_LIBS")
    if not devsim.get_parameter(name="info")["extended_precision"]:
        pytest.skip("this devsim has no extended precision, which flat quasi-Fermi levels need")
    return devsim


@pytest.fixture(scope="session")
def solcore(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Import Solcore, which leaves files open and keeps a folder for its user, with the parts that the tests
    use.
    """
    if importlib.util.find_spec("solcore") is None:
        pytest.skip("solcore is not installed: it is in the extra `peers`")
    os.environ["SOLCORE_USER_DATA"] = str(tmp_path_factory.mktemp("solcore"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import solcore
        import solcore.analytic_solar_cells
        import solcore.light_source
        import solcore.solar_cell
        import solcore.solar_cell_solver

        gc.collect()
    return solcore
