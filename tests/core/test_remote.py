"""Stores at URLs, a local object store among them: the same bytes as in a folder."""

import logging
import os
import subprocess
import sys

import boto3
import pytest
from moto.server import ThreadedMotoServer

import energymodels as em
from energymodels.core.errors import InputError
from energymodels.core.plan import plan
from energymodels.core.stores.lock import Lock
from energymodels.core.stores.places import Remote, place
from energymodels.core.stores.stream import Stream, stream

OVER = {"photocurrent": "1:40:20", "nNsVth": "0.5:2:20"}
CASES = 400


@pytest.fixture(scope="module")
def bucket():
    """Run an object store, and return the URL of a bucket in it; s3fs finds it by the environment."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in found.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="bucket")
        yield "s3://bucket"
    server.stop()


@pytest.fixture(params=["s3", "memory", "file"])
def url(request, bucket, tmp_path):
    """Return the URL of a store that is not there."""
    tops = {"s3": bucket, "memory": "memory://", "file": f"file://{tmp_path}"}
    found = f"{tops[request.param]}/{tmp_path.name}/a.zarr"
    yield found
    place(found).drop_all()


def sweep(where, over=OVER, **more):
    """Return the tally of a sweep into a store."""
    return stream(plan("pv.diode", over), Stream(str(where), workers=2, chunk=50, **more))


def chunks(where):
    """Return {key: bytes} of a store but its root, which has the time in it."""
    return {key: place(where).get(key) for key in place(where).keys("") if key != "zarr.json"}


def some(job, todo):
    """Solve three blocks, and be interrupted."""
    for _ in range(3):
        yield job.work(next(todo))
    raise KeyboardInterrupt


def test_the_same_bytes_as_in_a_folder(url, tmp_path):
    assert sweep(url).done == CASES
    sweep(tmp_path / "here.zarr")
    assert chunks(url) == chunks(tmp_path / "here.zarr")
    assert em.read(url).drop_attrs().identical(em.read(tmp_path / "here.zarr").drop_attrs())
    assert place(f"{url}.lock").get("") is None


def test_a_remote_store_is_resumed(url, tmp_path):
    tally = sweep(url, run=some)
    assert isinstance(tally.stopped, KeyboardInterrupt)
    assert tally.done == CASES * 3 // 10
    assert sweep(url, resume=True).found == tally.done
    sweep(tmp_path / "here.zarr")
    assert chunks(url) == chunks(tmp_path / "here.zarr")


def test_a_remote_store_is_replaced(url):
    other = {"photocurrent": "1:41:20", "nNsVth": "0.5:2:20"}
    assert sweep(url).done == CASES
    with pytest.raises(InputError, match="is there already"):
        sweep(url, other)
    tally = sweep(url, other, replace=True)
    assert (tally.found, tally.done) == (0, CASES)
    assert float(em.read(url).i_sc.max()) > 40.5


def test_a_remote_store_has_one_writer(url):
    first = Lock(url)
    first.take()
    with pytest.raises(InputError, match="writes it now"):
        sweep(url)
    first.release()
    assert sweep(url).done == CASES


def test_an_object_is_made_once(bucket):
    here = Remote(f"{bucket}/once")
    assert here.put_new("a", b"1")
    assert not here.put_new("a", b"2")
    assert (here.get("a"), here.get("b"), here.head("a", 1)) == (b"1", None, (b"1", 1))
    here.drop("a")
    here.drop("a")
    assert list(here.keys("")) == []
    here.drop_all()


def test_what_is_not_there_is_said_in_a_line(bucket, monkeypatch):
    for missing, kind in (
        (f"{bucket}/none.zarr", InputError), ("nosuch://a/b.zarr", InputError), (f"{bucket}/a.nc", InputError)
    ):  # fmt: skip
        with pytest.raises(kind) as found:
            em.read(missing)
        assert len(str(found.value).splitlines()) == 1
    with pytest.raises(OSError, match=r"s3://nobucket: .*bucket does not exist"):
        sweep("s3://nobucket/a.zarr")
    with pytest.raises(InputError, match="only a sweep writes to a URL"):
        em.write(em.run("pv.diode"), f"{bucket}/a.zarr")


def command(*words):
    """Run the command line as a process of its own."""
    code = "import sys; sys.argv[0] = 'energymodels'; from energymodels.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=os.environ, capture_output=True, text=True, timeout=100
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.slow
def test_the_command_line_writes_to_an_object_store(bucket, tmp_path):
    """From worker processes; what is there already is kept."""
    words = ("sweep", "pv.diode", "-v", "photocurrent=1:40:20", "-v", "nNsVth=0.5:2:20", "--chunk", "50")
    url = f"{bucket}/cli.zarr"
    done = command(*words, "-o", url, "--workers", "2", "--threads", "1")
    assert done.returncode == 0, done.stderr
    sweep(tmp_path / "here.zarr")
    assert chunks(url) == chunks(tmp_path / "here.zarr")
    other = command("sweep", "pv.diode", "-v", "photocurrent=1,2", "-o", url)
    assert (other.returncode, "is a result of another command" in other.stderr) == (2, True), other.stderr
    wrong = command("sweep", "pv.diode", "-v", "photocurrent=1,2", "-o", "s3://nobucket/a.zarr")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1), wrong.stderr
