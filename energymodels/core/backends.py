"""Reference backends by name: the one way to them, so that nothing imports one before it is asked for."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def load_backend(name: str) -> ModuleType:
    """Return the backend ``name``, or a module of it: ``pvlib``, ``pybamm``, ``pybamm.sets``."""
    return import_module(f"energymodels.backends.{name}")
