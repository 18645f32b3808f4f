"""Entries as Datasets and back, and through every kind of file."""

import numpy as np
import pytest

import energymodels as em
from energymodels.core.store import SUFFIXES
from energymodels.core.table import Column, rows, table

COLUMNS = {
    "name": Column("its name", kind=str),
    "said": Column("what is said of it", kind=str),
    "value": Column("how much", "V"),
    "within": Column("whether", kind=bool),
    "many": Column("how many", "1", int),
}
ENTRIES = [
    {"name": "a", "said": "two words, a comma", "value": 1.5, "within": True, "many": 3},
    {"name": "b", "said": None, "value": None, "within": False, "many": 0},
]


@pytest.fixture
def ds():
    return table("name", ENTRIES, COLUMNS, {"title": "entries"})


def test_entries_become_columns(ds):
    assert ds.name.values.tolist() == ["a", "b"]
    assert ds.value.units == "V"
    assert ds.said.values.tolist() == ["two words, a comma", ""]
    assert np.isnan(ds.value.values).tolist() == [False, True]
    assert (ds.within.dtype, ds.many.dtype) == (bool, int)
    assert ds.sel(name="a").value == 1.5


def test_and_back(ds):
    one, other = rows(ds, "name")
    assert one == ENTRIES[0]
    assert (other["said"], other["within"], other["many"]) == ("", False, 0)
    assert np.isnan(other["value"])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_through_files(ds, suffix, tmp_path):
    path = em.write(ds, tmp_path / f"entries{suffix}")
    assert em.read(path).identical(ds)


def test_no_entries_are_a_table_too():
    assert rows(table("name", [], COLUMNS, {}), "name") == []


def test_says_what_made_it(ds):
    assert ds.attrs["energymodels_version"] == em.__version__
    assert all(ds.attrs[name] for name in ("numpy_version", "numba_version", "python_version"))
    assert ds.attrs["history"].endswith("Z energymodels, from Python")
