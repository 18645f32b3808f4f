"""The view of a case: units, labels, what is not set, and what a type checker says of it."""

import subprocess
import sys
import textwrap
from typing import Literal

import numpy as np
import pytest

from energymodels.core.case import Label, chosen, filled, view
from energymodels.core.schema import Count, Filled, Number, Table, Text, choice, count, quantity, text
from energymodels.core.schema import Label as LabelField


class Inner(Table):
    """A part."""

    thickness: Number = quantity(100.0, "um", "thickness")
    width: Filled = quantity(None, "mm", "width")
    depth: Number | None = quantity(None, "cm", "depth")


class Named(Table):
    """A part whose fields come from data."""

    by_name = True
    Fe: Number | None = quantity(None, "cm-3", "iron")
    Cr: Number | None = quantity(None, "cm-3", "chromium")


class Whole(Table):
    """A spec."""

    warmth: Number = quantity(25.0, "degC", "warmth")
    kind: LabelField[Literal["n", "p"]] = choice("n", "kind")
    name: Text = text("it", "name")
    pulls: Count = count(1, "pulls")
    inner: Inner = Inner()
    metals: Named = Named()


COLUMNS = {
    "warmth": np.array([[25.0, -10.0]]),
    "kind": np.array([[0, 1]], dtype=np.int8),
    "name": np.array([["it"]]),
    "pulls": np.array([[2]]),
    "inner.thickness": np.array([[130.0], [150.0]]),
    "metals.Fe": np.array([[1e10]]),
}


def test_numbers_are_in_si_and_keep_their_axes():
    case = view(Whole, COLUMNS)
    assert case.warmth.tolist() == [[298.15, 263.15]]
    assert case.inner.thickness.tolist() == [[130e-6], [150e-6]]
    assert case.pulls.tolist() == [[2]]
    assert case.name.tolist() == [["it"]]


def test_a_column_is_converted_once():
    case = view(Whole, COLUMNS)
    assert case.inner.thickness is case.inner.thickness
    assert case.inner is case.inner


def test_what_is_not_set_is_none_unless_it_is_filled_in():
    assert view(Whole, COLUMNS).inner.width is None
    asked = []

    def fill(path):
        asked.append(path)
        return np.array([[4.0]]) if path == "inner.width" else None

    case = view(Whole, COLUMNS, fill)
    assert case.inner.width.tolist() == [[4e-3]]  # in the field's unit before, in SI behind
    assert case.inner.depth is None
    assert case.inner.thickness.size == 2
    assert asked == ["inner.width", "inner.depth"]


def test_labels_are_asked_by_word():
    kind = view(Whole, COLUMNS).kind
    assert kind.means("p").tolist() == [[False, True]]
    assert kind.take({"p": 2.0, "n": 1.0}).tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match="tuple"):
        kind.means("q")
    with pytest.raises(KeyError):
        kind.take({"p": 2.0})


def test_fields_from_data_come_by_name():
    assert {name: one.tolist() for name, one in view(Whole, COLUMNS).metals.items()} == {"Fe": [[1e16]]}


def test_misspelt_field():
    with pytest.raises(AttributeError, match="thicknes is no field; there are thickness, width, depth"):
        view(Whole, COLUMNS).inner.thicknes  # noqa: B018


def test_defaults_have_the_axes_of_the_grid():
    like = np.zeros((2, 3))
    assert filled(None, 1.5, like).tolist() == [[1.5]]
    assert filled(like, 1.5, like) is like
    assert chosen({}, "Fe", like).tolist() == [[0]]
    assert chosen({"Fe": Label(("a", "b"), np.array([[1]]))}, "Fe", like).tolist() == [[1]]


SNIPPET = """
from energymodels.core.case import view
from energymodels.pv.cell.fields import CellSpec

case = view(CellSpec, {})
print(case.wafer.thickness * 2.0, case.crystal.route.means("cz"))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("change", "words"), [
    (("", ""), ["Success"]),
    (("wafer.thickness", "wafer.thicknes"), ['"Wafer" has no attribute "thicknes"']),
    (("case.crystal", "case.cristal"), ['"CellSpec" has no attribute "cristal"']),
    (('means("cz")', 'means("zc")'), ["incompatible type", "zc"]),
    (("wafer.thickness", "wafer.doping"), ["Unsupported operand types", "None"]),
])  # fmt: skip
def test_a_type_checker_finds_it(tmp_path, change, words, root):
    pytest.importorskip("mypy")
    file = tmp_path / "snippet.py"
    file.write_text(textwrap.dedent(SNIPPET).replace(*change))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        "pyproject.toml",
        "--follow-imports=silent",
        file,
    ]
    done = subprocess.run(list(map(str, command)), cwd=root, capture_output=True, text=True, check=False)
    assert all(word in done.stdout for word in words), done.stdout
