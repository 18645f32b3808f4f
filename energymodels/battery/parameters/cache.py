"""Tables of parameter sets on disk: PyBaMM takes seconds to import and tables a second to make, a file of
them milliseconds to read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from energymodels.core import kept as disk
from energymodels.core.kept import Content as Content
from energymodels.core.kept import digest as digest
from energymodels.kernels import jit

SOURCES = (
    *sorted(Path(__file__).parent.glob("*.py")),
    Path(__file__).parents[2] / "backends" / "pybamm" / "sets.py",
    *(jit.SOURCES / "battery" / "cell" / f"{name}.py" for name in ("layout", "tables")),
)


def folder(stamp: str) -> Path:
    """Return the folder of tables made by these sources from packages of this ``stamp``."""
    return disk.folder("battery", SOURCES, stamp)


def kept(key: str, stamp: str, make: Callable[[], Content]) -> Content:
    """Return (arrays, JSON) made before under ``key`` by packages of this ``stamp``, or made now and kept."""
    return disk.kept(folder(stamp), key, make)
