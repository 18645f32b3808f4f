"""Sweeps into a store: the same bits as in memory, whatever stopped them on the way."""

import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numba.core import config

import energymodels as em
from energymodels.core.errors import InputError
from energymodels.core.stores import digests, ledger
from energymodels.core.stores.job import Job
from energymodels.core.stores.lock import Lock, locked
from energymodels.core.stores.places import Folder
from energymodels.core.stores.stream import Stream, begun, estimated, stream

pytestmark = [
    pytest.mark.skipif(config.DISABLE_JIT, reason="interpreted kernels are not what is written"),
    pytest.mark.filterwarnings("ignore::energymodels.core.errors.EntryWarning"),
]
DIODE = {"photocurrent": "0.01:10:9", "resistance_series": "0:1:4"}
TABLE = "wafer.thickness [um],wafer.dopant,front.j0\n100,P,10\n,Ga,20\n120,,30\n140,Ga,12 fA/cm2\n"
CASES = {
    "grid": ("pv.diode", DIODE, {}, 5),
    "labels and metals": (
        "industrial-topcon-2023",
        {
            "wafer.dopant": "P,Ga",
            "feedstock.metals.Fe": "0,1,5",
            "wafer.thickness,rear.j0": [120.0, 130.0],
        },
        {"keep": ["efficiency", "wafer_metals", "base_doping", "grown_metals", "validity", "j_metals_mp"]},
        2,
    ),
    "curves": ("pv.cell", {"wafer.tau": "1e-5:1e-2:5:log"}, {"values": {"curve.points": 7}}, 2),
    "series": (
        "battery.spm",
        {"rate": "0.5,1,2"},
        {"values": {"protocol": "Discharge at {rate}C for 5 min", "series.points": 5}},
        2,
    ),
    "points": (
        "pv.diode",
        {"resistance_series": [0.0, 1.0]},
        {"points": {"photocurrent": [1.0, np.nan, 3.0]}},
        2,
    ),
    "design": (
        "industrial-topcon-2023",
        {"temperature": "25degC,50degC"},
        {
            "design": {
                "kind": "sobol:16",
                "over": {"front.j0": "normal(5, 6)", "wafer.dopant": "choice(P, Ga)"},
            }
        },
        4,
    ),
    "sets": (
        "industrial-hjt-2023",
        {"wafer.thickness": "100,140"},
        {"sets": "all", "values": {"feedstock.total_metals": 1, "feedstock.composition": "stainless"}},
        3,
    ),
    "one case": ("pv.diode", {}, {}, 1),
}


def files(store):
    """Return the digest of every file of a store but its root, which says when it was made."""
    found = {}
    for path in sorted(Path(store).rglob("*")):
        if path.is_file() and path.relative_to(store).as_posix() != "zarr.json":
            found[path.relative_to(store).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def content(array):
    """Return the dimensions, values and attributes of a variable; a comment is of a single case alone."""
    attrs = {key: str(value) for key, value in array.attrs.items() if key != "comment"}
    return array.dims, array.dtype, array.values.tobytes(), attrs


def written(tmp_path, over=DIODE, name="a.zarr", chunk=5, **options):
    """Write a store and return its path."""
    how = Stream(str(tmp_path / name), chunk=chunk, **options)
    stream(em.plan("pv.diode", over), how)
    return tmp_path / name


@pytest.mark.parametrize("name", CASES)
def test_a_store_is_what_a_sweep_in_memory_is(tmp_path, name):
    spec, over, options, chunk = CASES[name]
    ours = em.sweep(spec, over, **options)
    plan = em.plan(spec, over, **options)
    tally = stream(plan, Stream(str(tmp_path / "a.zarr"), chunk=chunk, workers=2))
    theirs = em.read(tmp_path / "a.zarr")
    assert (tally.done, tally.failed) == (ours.status.size, int((ours.status != 0).sum()))
    assert set(theirs.variables) == set(ours.variables)
    assert set(theirs.coords) == set(ours.coords)
    for variable in ours.variables:
        a, b = ours[variable], theirs[variable]
        assert (a.dims, a.dtype, a.values.tobytes()) == (b.dims, b.dtype, b.values.tobytes()), variable
        assert {k: str(v) for k, v in a.attrs.items() if k != "comment"} == {
            k: str(v) for k, v in b.attrs.items()
        }
    for key in ("spec", "sources", "data_sources", "comment", "title"):
        assert theirs.attrs.get(key) == ours.attrs.get(key), key


def test_a_table_of_designs(tmp_path):
    (tmp_path / "designs.csv").write_text(TABLE)
    plan = em.plan("industrial-topcon-2023", design={"table": str(tmp_path / "designs.csv")})
    stream(plan, Stream(str(tmp_path / "a.zarr"), chunk=3))
    ds = em.read(tmp_path / "a.zarr")
    assert ds.wafer_dopant.values.tolist() == ["P", "Ga", "", "Ga"]
    assert ds.status.values.tolist() == [0, 3, 3, 0]
    assert np.isnan(ds.efficiency.values).tolist() == [False, True, True, False]
    assert ds.identical(em.read(tmp_path / "a.zarr"))


def test_xarray_opens_it_at_any_moment(tmp_path, monkeypatch):
    seen = []
    original = Job.work

    def work(job, number):
        done = original(job, number)
        with xr.open_zarr(job.url, chunks=None) as ds:
            seen.append(int((ds.status >= 0).sum()))
        return done

    monkeypatch.setattr(Job, "work", work)
    written(tmp_path, workers=1)
    assert seen == sorted(set(seen))
    assert seen[-1] == 36


def test_a_long_range_is_not_held(tmp_path):
    over = {"photocurrent": "0.01:10:70000:log"}
    plan = em.plan("pv.diode", over, keep=["p_mp"])
    assert plan.axes[0].held == 65536
    stream(plan, Stream(str(tmp_path / "a.zarr"), chunk=30000))
    ds = em.read(tmp_path / "a.zarr")
    np.testing.assert_array_equal(ds.photocurrent.values[1:-1], np.geomspace(0.01, 10.0, 70000)[1:-1])
    again = em.sweep("pv.diode", {"photocurrent": ds.photocurrent.values[::7000]}, keep=["p_mp"])
    np.testing.assert_array_equal(ds.p_mp.values[::7000], again.p_mp.values)


def test_writers_killed_and_stopped(tmp_path):
    script = Path(__file__).parents[1] / "shared/writers.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"]["last"] == 0, found["killed"]
    assert found["killed"]["wrote"] > 5
    assert files(tmp_path / "killed.zarr") == files(tmp_path / "whole.zarr")
    assert not list(tmp_path.glob("*.lock"))
    whole = em.read(tmp_path / "whole.zarr")
    for name, code in (("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)):
        one = found[name]
        assert (one["code"], one["again"]) == (code, 0), one
        assert 0 < one["known"] < 2000
        assert f"{one['known']:,} of 2,000 cases done, 0 failed; --resume does the rest" in one["log"]
        assert whole.drop_attrs().equals(em.read(tmp_path / f"{name}.zarr").drop_attrs())


def test_what_differs_cannot_be_resumed(tmp_path, monkeypatch):
    store = written(tmp_path)

    def refused(word, over=DIODE, values=None, **options):
        with pytest.raises(InputError, match=word):
            stream(em.plan("pv.diode", over, values), Stream(str(store), resume=True, chunk=5, **options))

    refused("the spec", values={"resistance_shunt": 7.0})
    refused("an axis", DIODE | {"photocurrent": "0.01:11:9"})
    refused("an axis", dict(reversed(DIODE.items())))
    refused("precision", float32=True)
    with pytest.raises(InputError, match="outputs kept"):
        stream(em.plan("pv.diode", DIODE, keep=["p_mp"]), Stream(str(store), resume=True, chunk=5))
    before = files(store)
    for name, word in (("source_digest", "kernels"), ("of_data", "data sets")):
        with monkeypatch.context() as patch:
            owner = digests.jit if name == "source_digest" else digests
            patch.setattr(owner, name, lambda *_: "another")
            refused(word)
    with monkeypatch.context() as patch:
        patch.setattr(em, "__version__", "0.0.1")
        refused(r"the version of energymodels \(.*now 0.0.1\)")
    assert files(store) == before
    assert stream(em.plan("pv.diode", DIODE), Stream(str(store), resume=True)).done == 36


def test_what_the_power_failure_lost_is_done_again(tmp_path):
    store, again = written(tmp_path), written(tmp_path, name="b.zarr")
    victims = sorted((again / "p_mp/c").rglob("*"))
    victim = next(path for path in victims if path.is_file())
    victim.write_bytes(victim.read_bytes()[:-7])
    (again / "v_oc/c" / victim.relative_to(again / "p_mp/c")).unlink()
    (again / "status/c/.aa.partial").write_bytes(b"half")
    tally = stream(em.plan("pv.diode", DIODE), Stream(str(again), resume=True))
    assert tally.done - tally.found == 4  # a block
    assert files(again) == files(store)


def test_a_full_disk(tmp_path, monkeypatch):
    original, room = Folder.put, [60]

    def put(self, key, data):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        original(self, key, data)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", put)
        plan = em.plan("pv.diode", DIODE)
        tally = stream(plan, Stream(str(tmp_path / "a.zarr"), chunk=5, workers=1))
    assert isinstance(tally.stopped, OSError)
    assert 0 < tally.done < 36
    assert begun(tmp_path / "a.zarr")
    assert int((em.read(tmp_path / "a.zarr").status == 0).sum()) == tally.done
    stream(em.plan("pv.diode", DIODE), Stream(str(tmp_path / "a.zarr"), resume=True))
    assert files(tmp_path / "a.zarr") == files(written(tmp_path, name="b.zarr"))


SMALL = """
mount -t tmpfs -o size={size}k tmpfs {folder} || exit 77
cd {folder}
{python} -c 'from energymodels.cli import main; main()' sweep pv.diode -v photocurrent=0.01:10:300 \
-v resistance_series=0:1:200 {more} -o {name}
code=$?
{python} -c 'import energymodels as em; print(int((em.read("{name}").status == 0).sum()))' 2>&1
ls -A
exit $code
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="no unshare to mount a small file system with")
@pytest.mark.parametrize("name", ["a.zarr", "a.nc"])
def test_a_small_file_system(tmp_path, name):
    more = "--chunk 2000" if name == "a.zarr" else ""
    text = SMALL.format(size=900, folder=tmp_path, python=sys.executable, name=name, more=more)
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", text]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this user may not mount a file system")
    assert done.returncode == 2, done.stderr + done.stdout
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    if name == "a.zarr":
        solved = int(done.stdout.splitlines()[0])
        assert 0 < solved < 60000
        assert f"{solved:,} of 60,000 cases done" in done.stderr
    else:
        assert ".part" not in done.stdout


def test_one_writer_at_a_time(tmp_path):
    store = written(tmp_path)
    with locked(store), pytest.raises(InputError, match=f"process {os.getpid()} on {socket.gethostname()}"):
        written(tmp_path, resume=True)
    assert not list(tmp_path.glob("*.lock"))


@pytest.mark.parametrize(
    ("theirs", "lives"),
    [
        ({"host": socket.gethostname(), "process": 2**22 + 1, "begun": "1"}, False),
        ({"host": socket.gethostname(), "process": os.getpid(), "begun": "another"}, False),
        ({"host": "elsewhere", "process": 1, "said": 0.0}, False),
        ({"host": "elsewhere", "process": 1, "said": 4e9}, True),
    ],
)
def test_the_lock_of_a_dead_writer_is_taken(tmp_path, theirs, lives):
    (tmp_path / "a.zarr.lock").write_text(json.dumps(theirs))
    if lives:
        with pytest.raises(InputError, match="process 1 on elsewhere"):
            written(tmp_path)
    else:
        written(tmp_path)
        assert not list(tmp_path.glob("*.lock"))


def test_a_store_taken_over_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("energymodels.core.stores.lock.AWAKE", 0.0)
    lock = Lock(tmp_path / "a.zarr")
    lock.take()
    lock.refresh()
    (tmp_path / "a.zarr.lock").write_text(json.dumps({"token": "theirs"}))
    with pytest.raises(InputError, match="taken this store over"):
        lock.refresh()
    lock.release()
    assert (tmp_path / "a.zarr.lock").exists()


def test_single_precision(tmp_path):
    ds, whole = em.read(written(tmp_path, float32=True)), em.sweep("pv.diode", DIODE)
    assert ds.p_mp.dtype == np.float32
    np.testing.assert_array_equal(ds.p_mp.values, whole.p_mp.values.astype(np.float32))
    assert ds.photocurrent.dtype == np.float64


def test_an_estimate_writes_nothing(tmp_path):
    found = estimated(em.plan("pv.diode", {"photocurrent": "0.1:10:50000"}), Stream("", workers=2))
    assert found.cases == 50000
    assert found.blocks * found.block >= 50000
    size = em.sweep("pv.diode", {"photocurrent": [1.0, 2.0]}).drop_vars("photocurrent").nbytes / 2
    assert found.case_bytes == size
    assert 0.0 < found.seconds < 10.0
    assert "50,000 cases in" in str(found)


def test_too_many_cases_are_refused_before_anything_is_allocated():
    many = {"photocurrent": "0.1:10:100000000", "resistance_series": "0:1:100000"}
    with pytest.raises(InputError, match="at most 1e"):
        em.plan("pv.diode", many)
    with pytest.raises(InputError, match="an axis has up to 100 000 000 values"):
        em.plan("pv.diode", {"photocurrent": "0.1:10:" + 30 * "9"})
    with pytest.raises(InputError, match="chunk by chunk"):
        em.plan("pv.diode", {"photocurrent": "0.1:10:5000"}).solve(most=1e5)


def test_blocks_that_are_done_are_known_from_their_statuses(tmp_path):
    store = written(tmp_path)
    plan = em.plan("pv.diode", DIODE)
    numbers = []
    stream(plan, Stream(str(store), resume=True, run=lambda job, todo: iter(numbers.extend(todo) or [])))
    assert numbers == []
    for path in list((store / "status/c").rglob("*"))[-2:]:
        if path.is_file():
            path.unlink()
    stream(plan, Stream(str(store), resume=True, run=lambda job, todo: iter(numbers.extend(todo) or [])))
    assert numbers
    assert ledger.HEADER == 16
