"""Docstrings of what is public: numpydoc sections, and examples that run."""

import ast
import doctest
import inspect
import re
from importlib import import_module

import pytest

import energymodels as em

MODULES = (  # whose functions are public too
    "energymodels.battery.design.geometry",
    "energymodels.battery.schedules",
    "energymodels.core.spec",
    "energymodels.pv.metals.stages",
    "energymodels.pv.silicon",
    "energymodels.studies",
)
LATER = {"claims", "compare", "fastcharge", "metal_budget", "records"}  # run whole models or documented elsewhere


def functions(module):
    """Return the public functions that a module defines."""
    return [
        found
        for name, found in vars(import_module(module)).items()
        if inspect.isfunction(found) and found.__module__ == module and not name.startswith("_")
    ]


PUBLIC = [getattr(em, name) for name in em.__all__ if name != "MODULES" and callable(getattr(em, name))]
DOCUMENTED = list(dict.fromkeys([*PUBLIC, *(f for module in MODULES for f in functions(module))]))
