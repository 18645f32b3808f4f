"""The structure that the figures tell of: wings, the direction of imports, circles, nested choices."""

import figures
import pytest


@pytest.fixture(scope="module")
def arrows():
    return set(figures.arrows())


def test_wings_meet_only_where_a_car_has_a_battery(arrows):
    for one in figures.WINGS:
        for other in set(figures.WINGS) - {one}:
            allowed = (one, other) == ("vehicle", "battery")
            assert ((one, other) in arrows) is allowed, (one, other)
            kernels = {(one, f"kernels/{other}"), (f"kernels/{one}", f"kernels/{other}")}
            assert not kernels & arrows or allowed, kernels & arrows


@pytest.mark.parametrize("folder", ["core", "report"])
def test_what_knows_no_physics_imports_no_wing(arrows, folder):
    """Models are named in the registry and imported when they are asked for."""
    above = {*figures.WINGS, *(f"kernels/{wing}" for wing in figures.WINGS), "studies", "claims", "cli"}
    assert not {other for one, other in arrows if one == folder} & above


def test_wings_import_nothing_above_them(arrows):
    above = {"claims", "studies", "cli"}
    for wing in figures.WINGS:
        assert not {other for one, other in arrows if one == wing} & above


def test_kernels_import_kernels(arrows):
    for one, other in arrows:
        if one.startswith("kernels"):
            assert other.startswith("kernels"), (one, other)


def test_modules_load_without_circles():
    assert figures.circles(figures.graph(lazy=False)) == []


def test_no_circles_inside_functions():
    assert figures.circles(figures.graph()) == []


def test_no_nested_conditional_expressions():
    assert figures.nested_choices(*figures.SOURCES) == []


@pytest.mark.parametrize("wing", ["pv", "battery", "vehicle"])
def test_kernels_have_four_fifths_as_much_test_as_source(wing):
    tests = sum(map(figures.lines, figures.kernel_tests(wing)))
    assert tests >= 0.8 * sum(map(figures.lines, figures.files(f"kernels/{wing}")))


def test_no_nested_conditional_expressions_in_tests():
    assert figures.nested_choices("tests") == []


# what counts is counted right


def test_circles_are_found():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert sorted(figures.circles(edges)) == [["a", "b", "c"], ["d", "e"]]


def test_figures_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    (tmp_path / "kernels" / "pv").mkdir(parents=True)
    path = tmp_path / "kernels" / "pv" / "one.py"
    path.write_text(
        "from typing import TYPE_CHECKING, Any\n"
        "if TYPE_CHECKING:\n    from energymodels.core import spec\n"
        "def f(a, b, *, c: Any):\n    '''Doc.'''\n    from energymodels.core import axes\n"
        "    return a if b else (c if a else b)\n"
    )
    ((_, found),) = figures.functions("kernels")
    assert (figures.length(found), figures.positional(found)) == (2, 2)
    assert figures.nested_choices("kernels") == ["kernels/pv/one.py:7"]
    assert figures.anys("kernels") == 1
    assert figures.by_folder("kernels") == {"kernels/pv": (1, 7)}
    assert set(figures.imports(path)) == {
        ("typing.TYPE_CHECKING", False), ("typing.Any", False), ("energymodels.core.spec", True),
        ("energymodels.core.axes", False),
    }  # fmt: skip
    assert figures.room(figures.module(path)) == "kernels/pv"


def test_the_page_is_printed(capsys):
    figures.main()
    page = capsys.readouterr().out
    for words in ("tests over sources", "nested conditional", "circles", "who imports whom", "by position"):
        assert words in page
