"""Every kernel file is imported by a test of its own wing."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WINGS = ("pv", "battery", "vehicle")


def imported(path):
    """Return the dotted names that a file imports, modules and what is taken from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def kernels(wing):
    """Return {dotted name} of a wing's kernel files."""
    folder = ROOT / "kernels" / wing
    paths = [*folder.rglob("*.py")] if folder.is_dir() else []
    return {
        ".".join(("energymodels", *path.relative_to(ROOT).with_suffix("").parts))
        for path in paths
        if path.name != "__init__.py"
    }


@pytest.mark.parametrize("wing", WINGS)
def test_kernels_are_imported_by_tests_of_their_wing(wing):
    names = set().union(*map(imported, (ROOT / "tests" / wing).rglob("test_*.py")))
    assert kernels(wing)
    assert sorted(kernels(wing) - names) == []
