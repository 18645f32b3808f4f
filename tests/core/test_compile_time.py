"""How long compiling takes is said before, and measured for the next time."""

import logging
from types import SimpleNamespace

import pytest

import energymodels as em
from energymodels.core import compile_time, workers
from energymodels.core.compile_time import COSTS, expected, measured, remember
from energymodels.kernels import jit


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "CACHE", tmp_path / "cache" / "kernels-0")
    jit.CACHE.mkdir(parents=True)
    return tmp_path / "cache"


def test_every_model_has_a_cost():
    assert set(COSTS) == set(em.MODELS)


def test_the_first_time():
    assert expected("pv.cell") != expected("pv.diode")
    assert expected("another").startswith("usually ")
    low, high = (float(word) for word in expected("pv.cell").split()[1:4:2])
    assert low < COSTS["pv.cell"] < high


def test_the_next_time():
    remember("pv.cell", 3.0 * COSTS["pv.cell"])
    assert expected("pv.cell") == f"it took {3.0 * COSTS['pv.cell']:.0f} s here the last time"
    assert expected("pv.diode").startswith(f"about {3.0 * COSTS['pv.diode']:.0f} s here")


@pytest.mark.parametrize("content", ["", "[1]", '{"pv.cell": "soon"}'])
def test_a_damaged_file_says_nothing(folder, content):
    (folder / "compile-seconds.json").write_text(content)
    assert measured() == {}
    remember("pv.cell", 12.0)
    assert measured() == {"pv.cell": 12.0}


def test_nowhere_to_write(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(jit, "CACHE", tmp_path / "file" / "kernels-0")
    remember("pv.cell", 12.0)
    assert measured() == {}


def _plus_one(x):
    return x + 1.0


def _plus_two(x):
    return x + 2.0


@pytest.mark.skipif(jit.INTERPRETED, reason="nothing is compiled")
def test_compiling_is_told_once(caplog):
    compiled = [jit.jit(f) for f in (_plus_one, _plus_two)]
    for calls in range(2):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "energymodels"), compile_time.told("pv.cell"):
            assert [f(1.0) for f in compiled] == [2.0, 3.0]
        if calls == 0:
            first, last = caplog.messages
            assert first.startswith("compiling the kernels of pv.cell, once per installation: usually ")
            assert last.startswith("compiled the kernels of pv.cell in ")
            assert measured().keys() == {"pv.cell"}
    assert caplog.messages == []


def test_kernels_of_a_damaged_cache_are_compiled_again(monkeypatch):
    (jit.CACHE / "lanes.solve-1.py311.nbi").touch()
    tries = []

    def solve(model, columns):
        tries.append(list(jit.CACHE.iterdir()))
        if len(tries) == 1:
            raise EOFError("Ran out of input")

    monkeypatch.setattr(workers, "_solve_nothing", solve)
    monkeypatch.setattr(workers, "_loaded", set())
    workers.load_kernel(SimpleNamespace(name="pv.cell"), {})
    assert [len(found) for found in tries] == [1, 0]
    workers.load_kernel(SimpleNamespace(name="pv.cell"), {})
    assert len(tries) == 2


def test_functions_compiled_later_are_not_the_whole():
    remember("pv.cell", 40.0)
    remember("pv.cell", 1.0)
    assert measured()["pv.cell"] == 40.0
