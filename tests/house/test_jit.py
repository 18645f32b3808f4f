"""What compiles the kernels: another Numba, what is announced, a damaged cache, and whose files are run."""

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

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
    (entry,) = tmp_path.rglob("*.nbc")
    return entry


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


def test_an_entry_of_another_numba_is(cached, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("numba.__version__", "0.1")
        assert announced(1.5)
    assert not announced(1.5)


def _flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: _flipped(data, 0),
        lambda data: _flipped(data, len(data) // 2),  # in the machine code
        lambda data: b"\0" * len(data),
        lambda data: hashlib.sha256(b"junk").digest() + b"junk",  # whole, and no entry
    ],
)
def test_a_damaged_entry_is_compiled_again(cached, damage):
    cached.write_bytes(damage(cached.read_bytes()))
    assert announced(1.5)
    assert not announced(1.5)


def test_a_folder_in_place_of_an_entry(cached, caplog):
    cached.unlink()
    cached.mkdir()
    assert announced(1.5)


class _Full(io.BytesIO):
    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_means_uncached(tmp_path, monkeypatch, caplog):
    from energymodels.kernels import cache

    cache._say_unkept.cache_clear()
    monkeypatch.setattr(jit, "CACHE", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(cache.os, "fdopen", lambda handle, mode: os.close(handle) or _Full())
        assert announced(1.5)
        assert announced(2)
    assert [record.message for record in caplog.records] == [
        f"compiled kernels cannot be kept in {tmp_path}: they are compiled again next time"
    ]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert announced(1.5)
    assert not announced(1.5)


def folder(path, mode):
    path.mkdir()
    path.chmod(mode)
    return path


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A home, and a temporary folder that everybody shares."""
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    home, temporary = folder(tmp_path / "home", 0o755), folder(tmp_path / "tmp", 0o1777)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(jit.tempfile, "tempdir", str(temporary))
    return home, temporary


def test_an_empty_setting_is_none(places, monkeypatch, caplog):
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "")
    assert jit._open_cache().parent == places[0] / ".cache" / "energymodels"
    assert not caplog.records


@pytest.mark.parametrize("mode", [0o777, 0o1777])
@pytest.mark.parametrize("name", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
def test_a_folder_in_which_others_can_write_is_not_used(places, monkeypatch, caplog, name, mode):
    given = folder(places[0] / "open", mode)
    if name == "XDG_CACHE_HOME":
        folder(given / "energymodels", mode)
    monkeypatch.setenv(name, str(given))
    assert jit._open_cache().parent == places[1] / f"energymodels-cache-{os.getuid()}"
    (record,) = caplog.records
    assert "others can write to it" in record.message
    assert not list(given.rglob("kernels-*"))


def test_an_own_folder_with_a_planted_one_inside(places, monkeypatch, caplog):
    given = folder(places[0] / "own", 0o700)
    planted = folder(given / f"kernels-{jit.source_digest()}", 0o777)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(given))
    assert jit._open_cache() != planted
    assert len(caplog.records) == 1


PLANTED = {
    "a link": lambda path, other: path.symlink_to(other, target_is_directory=True),
    "a link to nothing": lambda path, other: path.symlink_to(other / "absent"),
    "a folder that others read": lambda path, other: folder(path, 0o755),
    "a folder that others write to": lambda path, other: folder(path, 0o777),
    "a file": lambda path, other: path.touch(),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=list(PLANTED))
def test_what_waits_in_the_shared_folder_is_not_run(places, monkeypatch, plant):
    home, temporary = places
    planted = temporary / f"energymodels-cache-{os.getuid()}"
    plant(planted, home)
    (home / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(home / "file"))
    found = jit._open_cache()
    assert found.parents[1] == temporary
    assert found.parent != planted
    assert found.parent.lstat().st_mode & 0o777 == 0o700
    assert jit._open_cache().parent != found.parent


def test_another_users_folder_is_not_run(places, monkeypatch):
    planted = folder(places[1] / f"energymodels-cache-{os.getuid() + 1}", 0o700)
    assert jit.is_own(planted, 0o077)
    monkeypatch.setattr(os, "getuid", lambda: planted.stat().st_uid + 1)
    assert not jit.is_own(planted)
    assert jit._shared() != planted


def test_where_there_is_no_place_at_all(monkeypatch, places):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    monkeypatch.setattr(jit.tempfile, "mkdtemp", full)
    found = jit._open_cache()
    assert not found.exists()
    monkeypatch.setattr(jit, "CACHE", found)
    assert announced(1.5)


# processes of their own

TWICE = "from energymodels.kernels import jit\n\n\n@jit.jit\ndef twice(x):\n    return x + x\n"
CALL = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from twice import twice, jit
said = []
with jit.compiling(lambda: said.append(True)):
    print("begun", flush=True)
    found = twice(1.5)
print(found, bool(said), jit.CACHE)
"""


@pytest.fixture
def process(root, tmp_path):
    """Return a function that starts a process that calls a kernel; files have at most so many bytes."""
    (tmp_path / "twice.py").write_text(TWICE)
    given = {"PYTHONPATH": f"{root}{os.pathsep}{tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def start(most=10**8, **environment):
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CALL, str(most)],
            cwd=tmp_path, env=os.environ | given | environment, stdout=-1, stderr=-1, text=True,
        )  # fmt: skip

    return start


def ended(process):
    """Return (words of the last line that a process wrote, what it wrote to standard error)."""
    with process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.splitlines()[-1].split(), err


def test_a_file_system_without_room(process, tmp_path):
    (value, compiled, _), said = ended(process(0, TMPDIR=str(tmp_path)))
    assert (value, compiled) == ("3.0", "True")
    assert said.count("cannot be kept") == 1


def test_killed_while_it_compiles_and_two_at_once(process):
    """What a killed process leaves is no hindrance, and two that write the same entry agree."""
    with process() as killed:
        assert killed.stdout.readline() == "begun\n"
        killed.kill()
    found = [ended(one)[0] for one in (process(), process())]
    assert [one[0] for one in found] == ["3.0", "3.0"]
    assert ended(process())[0][:2] == ["3.0", "False"]
