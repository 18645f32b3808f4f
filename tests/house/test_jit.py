"""What compiles the kernels: another Numba, what is announced, and a damaged cache."""

import json
import os
import pickle
import subprocess
import sys

import pytest

import energymodels as em
from energymodels.kernels import jit

pytestmark = pytest.mark.skipif(jit.INTERPRETED, reason="nothing is compiled")
UNTRIED = "import numba; numba.__version__ = '0.99.0'"
LACKING = "import numba; from numba.core import typed_passes; del typed_passes.NativeLowering"
PROGRAM = """
import json, energymodels as em
from energymodels.kernels import jit
assert jit.PIPELINE is None
found = em.run({model!r})
print(json.dumps({{n: float(v) for n, v in found.data_vars.items() if v.dtype.kind == "f" and not v.ndim}}))
"""


def numbers(found):
    return {n: float(v) for n, v in found.data_vars.items() if v.dtype.kind == "f" and not v.ndim}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("otherwise", "model", "why"),
    [
        (UNTRIED, "pv.diode", "Numba 0.99.0 (tried were 0.64 to "),
        (LACKING, "pv.shockley_queisser", "cannot import name 'NativeLowering'"),
    ],
)
def test_another_numba_compiles_plainly(root, tmp_path, otherwise, model, why):
    """With one note, and the same numbers to the last bit."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", otherwise + PROGRAM.format(model=model)],
        cwd=root,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("kernels are compiled plainly") == 1
    assert why in done.stderr
    assert json.loads(done.stdout) == numbers(em.run(model))


def test_this_numba_is_one_of_those_tried():
    assert jit.PIPELINE is not None


def test_names_that_are_missing_are_found():
    from energymodels.kernels import pipeline

    class Library:
        _finalize_dynamic_globals = None

    lacking = pipeline.absent(Library, pipeline.LIBRARY)
    assert lacking == [f"Library.{name}" for name in pipeline.LIBRARY if name != "_finalize_dynamic_globals"]


# the cache


def _double(x):
    return x + x


def announced(x):
    """Return whether a new process's first call would be announced, by a dispatcher of its own."""
    said = []
    with jit.compiling(lambda: said.append(True)):
        assert jit.jit(_double)(x) == x + x
    return bool(said)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "CACHE", tmp_path)
    assert announced(1.5)
    (index,) = tmp_path.rglob("*.nbi")
    return index


def test_what_waits_in_the_cache_is_not_announced(cached):
    assert not announced(1.5)


def test_another_signature_is(cached):
    assert announced(2)
    assert not announced(2)
    assert not announced(1.5)


def test_another_processor_is(cached, monkeypatch):
    from numba.core.codegen import CPUCodegen

    with monkeypatch.context() as patch:
        patch.setattr(CPUCodegen, "magic_tuple", lambda self: ("another", "processor"))
        assert announced(1.5)
    assert not announced(1.5)


def test_a_file_of_another_numba_is(cached):
    cached.write_bytes(pickle.dumps("0.1") + b"anything")
    assert announced(1.5)


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_file_that_was_cut_off_is_dropped(cached, ending):
    (path,) = cached.parent.glob(f"*.{ending}")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(jit.DAMAGE):
        announced(1.5)
    jit.drop_cache()
    assert announced(1.5)
    assert not announced(1.5)
