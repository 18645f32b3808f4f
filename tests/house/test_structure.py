"""What must stay true of the tree: who imports whom, no circles, no nested conditional expressions."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import figures

WINGS = {"pv", "battery", "vehicle"}
MAY = {  # folder of the library: what it may import of the others
    "core": set(),
    "report": {"core"},
    "pv": {"core"},
    "battery": {"core"},
    "vehicle": {"core", "battery"},
    "claims": {"core", *WINGS},
    "backends": {"core", "battery"},  # a backend reads our parameter sets
    "studies": {"core", "report", "claims", *WINGS},
}


def imported(folder: str) -> set[str]:
    """Return the folders of the library that one imports, wherever it does."""
    return {other for (one, other) in figures.arrows() if one == folder}


@pytest.mark.parametrize("folder", MAY)
def test_imports_go_one_way(folder):
    ours = {other for other in imported(folder) if other in MAY}
    assert ours <= MAY[folder]


@pytest.mark.parametrize("wing", sorted(WINGS))
def test_a_wing_uses_its_own_kernels(wing):
    theirs = {other for other in imported(wing) if other.startswith("kernels/")}
    assert theirs <= {f"kernels/{name}" for name in ({"vehicle", "battery"} if wing == "vehicle" else {wing})}


@pytest.mark.parametrize("wing", ["pv", "battery"])
def test_kernels_of_a_wing_import_no_other_wing(wing):
    assert imported(f"kernels/{wing}") <= {"kernels"}


def test_no_circles_of_imports():
    assert figures.circles(figures.graph()) == []


def test_no_nested_conditional_expressions():
    assert figures.nested_choices("energymodels", "kernels", "datasets", "cli", "docs", "benchmarks") == []


@pytest.mark.parametrize("wing", sorted(WINGS))
def test_kernels_have_four_fifths_as_much_test_as_source(wing):
    tests = sum(map(figures.lines, figures.kernel_tests(wing)))
    assert tests >= 0.8 * sum(map(figures.lines, figures.files(f"kernels/{wing}")))


def test_figures_are_printed(capsys):
    figures.main()
    text = capsys.readouterr().out
    assert "who imports whom" in text
    assert "arguments by position" in text


def test_circles_are_found():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert figures.circles(edges) == [["a", "b", "c"]]
