"""Sweeps on a Dask cluster: the same bits as here, whatever happens to the workers."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace

import long_sweep
import psutil
import pytest
from deadly import Deadly, Faulty, turned

from energymodels.core.errors import Fault, InputError
from energymodels.core.plan import plan, planned
from energymodels.core.registry import MODELS
from energymodels.core.stores import cluster
from energymodels.core.stores.cluster import on_cluster
from energymodels.core.stores.ledger import done_blocks
from energymodels.core.stores.stream import Stream, stream

OVER = {"photocurrent": "1:40:20", "nNsVth": "0.5:2:20"}
CHUNK = 20
BLOCKS = 20


def sweep(url, run=None, number=1, over=OVER, **more):
    """Return the tally of a sweep into a store."""
    return stream(plan("pv.diode", over), Stream(str(url), run=run, workers=number, chunk=CHUNK, **more))


def chunks(store):
    """Return {key: bytes} of a store but its root, which has the time in it."""
    files = (path for path in store.rglob("*") if path.is_file() and path != store / "zarr.json")
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Return the chunks of the sweep made in this process."""
    store = tmp_path_factory.mktemp("here") / "here.zarr"
    assert sweep(store).done == BLOCKS * CHUNK
    return chunks(store)


@pytest.fixture(scope="module")
def two():
    """Return what solves blocks on two worker processes, and how many at once."""
    with on_cluster(2, threads=1) as found:
        yield found


def children():
    """Return the worker processes that this one started."""
    return [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]


def test_the_same_bits_from_two_processes(two, here, tmp_path):
    tally = sweep(tmp_path / "a.zarr", *two)
    assert (tally.done, tally.failed, two[1]) == (BLOCKS * CHUNK, 0, 2)
    assert chunks(tmp_path / "a.zarr") == here


def test_a_worker_killed_before_its_block_is_done(two, here, tmp_path):
    run, number = two
    mark = tmp_path / "killed"

    def deadly(job, todo):
        return run(turned(job, Deadly, deadly=7, mark=str(mark)), todo)

    before = {one.pid for one in children()}
    assert sweep(tmp_path / "a.zarr", deadly, number).stopped is None
    assert mark.exists()
    assert chunks(tmp_path / "a.zarr") == here
    assert len(before - {one.pid for one in children()}) == 1


def test_a_worker_killed_at_any_time(two, here, tmp_path):
    victims = []

    def kill(tally):
        if tally.done > BLOCKS * CHUNK // 3 and not victims:
            victims.append(children()[0])
            victims[0].send_signal(signal.SIGKILL)

    assert sweep(tmp_path / "a.zarr", *two, progress=kill).stopped is None
    assert victims
    assert chunks(tmp_path / "a.zarr") == here


@pytest.mark.slow
def test_a_block_that_always_kills_its_worker_is_named(two, tmp_path):
    run, number = two
    tally = sweep(tmp_path / "a.zarr", lambda job, todo: run(turned(job, Deadly, deadly=7), todo), number)
    assert isinstance(tally.stopped, ChildProcessError)
    text = "block 7 ends its worker process, alone too, again and again (its cases: photocurrent 7 to 7, "
    assert str(tally.stopped).startswith(text)
    assert 0 < tally.done < BLOCKS * CHUNK


@pytest.mark.parametrize(
    "error", [InputError([Fault("a.b", 3.0, "0 to 1", "m"), Fault("c")]), RuntimeError("two\nlines")]
)
def test_what_goes_wrong_in_a_worker_reaches_the_driver(two, tmp_path, error):
    run, number = two
    with pytest.raises(type(error)) as found:
        sweep(tmp_path / "a.zarr", lambda job, todo: run(turned(job, Faulty, error=error), todo), number)
    assert str(found.value) == str(error)
    assert vars(found.value).get("faults") == vars(error).get("faults")


def test_a_full_disk_in_a_worker_stops_the_sweep(two, tmp_path):
    run, number = two
    full = OSError(28, "No space left on device")
    tally = sweep(tmp_path / "a.zarr", lambda job, todo: run(turned(job, Faulty, error=full), todo), number)
    assert (tally.done, str(tally.stopped)) == (0, str(full))


def test_a_worker_of_another_version_is_refused(two, tmp_path):
    run, number = two

    def older(job, todo):
        return run(replace(job, parts={**job.parts, "version": "0.0"}), todo)

    with pytest.raises(InputError, match=r"worker: not what .* the version of energymodels \(0.0, now"):
        sweep(tmp_path / "a.zarr", older, number)


@pytest.mark.parametrize("model", MODELS)
def test_what_was_asked_for_travels(model):
    asked = plan(model).asked
    assert planned(pickle.loads(pickle.dumps(asked))).fields == plan(model).fields


# a cluster that exists


@contextlib.contextmanager
def running(*words):
    """Run a module of distributed as a process of its own."""
    command = [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:]]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        try:
            yield process
        finally:
            process.terminate()


def test_a_cluster_that_exists(here, tmp_path, monkeypatch, caplog):
    """It has no worker at first; by its address and by the file; it is left as it is."""
    file = tmp_path / "scheduler.json"
    with running(
        "dask_scheduler", "--scheduler-file", file, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    ):
        monkeypatch.setattr(cluster, "ANSWER", 60.0)
        address = cluster._address(str(file))
        monkeypatch.setattr(cluster, "COMING", 0.2)
        with pytest.raises(InputError, match=r"no worker came within 0 s"), on_cluster(address=address):
            pass
        assert "has no workers yet" in caplog.text
        monkeypatch.setattr(cluster, "COMING", 60.0)
        with running(
            "dask_worker", address, "--nthreads", "2", "--no-dashboard", "--local-directory", tmp_path
        ) as worker:
            for name, given in (("a.zarr", {"address": address}), ("b.zarr", {"scheduler_file": str(file)})):
                with on_cluster(**given) as (run, number):
                    assert number == 2
                    assert sweep(tmp_path / name, run, number).stopped is None
                assert chunks(tmp_path / name) == here
            assert worker.poll() is None


def test_nobody_at_the_address(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER", 0.5)
    begun = time.monotonic()
    for given in ({"address": "tcp://127.0.0.1:9"}, {"address": "nonsense"}, {"scheduler_file": "no.json"}):
        with pytest.raises(InputError) as found, on_cluster(**given):
            pass
        assert len(str(found.value).splitlines()) == 1
    file = tmp_path / "damaged.json"
    for text in ("", "[]", '{"address": 3}'):
        file.write_text(text)
        with pytest.raises(InputError), on_cluster(scheduler_file=str(file)):
            pass
    with pytest.raises(InputError, match="cannot be given together"), on_cluster(2, address="tcp://a:1"):
        pass
    assert time.monotonic() - begun < 30.0


# the driver stopped


@contextlib.contextmanager
def sweeping(store):
    """Yield (a process with a sweep that has begun, its workers)."""
    command = [sys.executable, long_sweep.__file__, str(store), "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            for _ in range(5):
                assert process.stdout.readline(), process.stderr.read()
            yield process, psutil.Process(process.pid).children(recursive=True)
        finally:
            process.kill()


def ended(processes, within):
    """Return whether processes end within some seconds."""
    _, alive = psutil.wait_procs(processes, timeout=within)
    return not alive


@pytest.mark.slow
def test_ctrl_c_in_a_terminal(tmp_path):
    """It reaches the workers too, which leave it to the driver; the store can be resumed."""
    store = tmp_path / "a.zarr"
    with sweeping(store) as (process, workers):
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130, errors
        assert "Traceback" not in errors
        assert ended(workers, 5)
    seen = []

    def stop(job, todo):
        seen.append(len(done_blocks(job).numbers))
        return iter(())

    stream(plan("pv.diode", long_sweep.OVER), Stream(str(store), resume=True, run=stop))
    assert seen[0] >= 5


@pytest.mark.slow
def test_no_orphans_when_the_driver_is_killed(tmp_path):
    with sweeping(tmp_path / "a.zarr") as (process, workers):
        process.kill()
        assert ended(workers, 60)
