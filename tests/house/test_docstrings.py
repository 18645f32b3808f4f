"""Docstrings of what is public: numpydoc sections, and examples that run."""

import doctest
import inspect
import re
from importlib import import_module

import pytest
from numba.core import config

import energymodels as em

SLOW = ("claims", "records")  # a second or two compiled, far longer interpreted
MODULES = (  # whose functions are public too
    "energymodels.battery.design.geometry",
    "energymodels.battery.schedules",
    "energymodels.core.spec",
    "energymodels.pv.metals.stages",
    "energymodels.pv.silicon.carriers",
    "energymodels.pv.silicon.lifetime_curves",
    "energymodels.pv.silicon.recombination",
    "energymodels.studies",
)


def functions(module):
    """Return the public functions that a module defines."""
    return [
        found
        for name, found in vars(import_module(module)).items()
        if inspect.isfunction(found) and found.__module__ == module and not name.startswith("_")
    ]


def function(name):
    """Return a public name's function; the package ``claims`` is called as its function is."""
    found = getattr(em, name)
    return found.claims if inspect.ismodule(found) else found


PUBLIC = [function(name) for name in em.__all__ if name not in ("InputError", "MODELS")]
DOCUMENTED = list(dict.fromkeys([*PUBLIC, *(f for module in MODULES for f in functions(module))]))
each = pytest.mark.parametrize("documented", DOCUMENTED, ids=lambda f: f"{f.__module__}.{f.__name__}")


def sections(documented):
    """Return {heading: text} of a docstring."""
    lines = inspect.getdoc(documented).splitlines()
    starts = [i for i, line in enumerate(lines) if i and re.fullmatch("-{3,}", line)]
    ends = [i - 1 for i in starts[1:]] + [len(lines)]
    return {
        lines[start - 1]: "\n".join(lines[start + 1 : end]) for start, end in zip(starts, ends, strict=True)
    }


@each
def test_sections(documented):
    found = sections(documented)
    wanted = {"Parameters", "Examples"} | ({"Returns"} if inspect.isfunction(documented) else set())
    if not inspect.signature(documented).parameters:
        wanted.discard("Parameters")
    assert wanted <= found.keys()
    assert list(found) == [
        name for name in ("Parameters", "Returns", "Raises", "Examples") if name in found
    ]  # numpydoc's order


@each
def test_every_parameter_is_described(documented):
    text = sections(documented).get("Parameters", "")
    described = {
        name.strip()
        for line in text.splitlines()
        if not line.startswith(" ")
        for name in line.partition(" : ")[0].split(",")
    }
    assert described == set(inspect.signature(documented).parameters)


@each
def test_examples_run(documented):
    if config.DISABLE_JIT and documented.__name__ in SLOW:
        pytest.skip("run compiled only")
    finder = doctest.DocTestFinder(recurse=False)
    (test,) = finder.find(documented, documented.__name__, globs={})
    assert test.examples
    assert not any(doctest.SKIP in example.options for example in test.examples)
    told = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    assert told == []
