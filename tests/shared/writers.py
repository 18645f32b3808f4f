"""Writers of stores that are killed or stopped, each a process of its own; run by ``test_stream``.

Only a process of one thread may fork, so it is no part of the test itself, and leaves all that touches Zarr,
which has a thread of its own, to its children. It prints what came of them as JSON.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import energymodels as em
from energymodels.cli import main
from energymodels.core.stores.stream import Stream, stream

OVER = {"photocurrent": "0.01:10:100", "resistance_series": "0:1:20"}
KILLS = 20
PATIENCE = 60.0  # s that a writer may take to begin


def write(store: str, *, resume: bool) -> None:
    """Write the store, one block after the other."""
    stream(em.plan("pv.diode", OVER), Stream(store, resume=resume, workers=1, chunk=20))


def fork(work: Callable[[], object], log: Path) -> int:
    """Start a process that does some work, and return its number."""
    process = os.fork()
    if process:
        return process
    code = 1
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            work()
            code = 0
        except SystemExit as error:
            code = int(error.code or 0)
        except BaseException as error:
            print(repr(error), flush=True)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def ended(process: int) -> int:
    """Wait for a process and return its exit status, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def kill_often(folder: Path, most: float) -> dict[str, object]:
    """Kill writers at random moments up to ``most`` seconds; count those that had ended before, and how often
    there was a store.
    """
    store, moments = folder / "killed.zarr", random.Random(1)
    done = wrote = 0
    for _ in range(KILLS):
        process = fork(lambda: write(str(store), resume=True), folder / "log")
        time.sleep(moments.uniform(0.0, most))
        os.kill(process, signal.SIGKILL)
        done += ended(process) == 0
        wrote += store.is_dir()
    last = ended(fork(lambda: write(str(store), resume=True), folder / "log"))
    return {"done": done, "wrote": wrote, "last": last, "log": (folder / "log").read_text()}


def stop(folder: Path, name: str) -> dict[str, object]:
    """Stop the command line by a signal when it has written something, then let it go on."""
    store = folder / f"{name}.zarr"
    axes = [word for path, values in OVER.items() for word in ("-v", f"{path}={values}")]
    words = ["sweep", "pv.diode", *axes, "--chunk", "2", "--threads", "1", "-o", str(store)]
    number = getattr(signal, name)
    signal.signal(number, signal.SIG_DFL)  # not as a parent that ignores it hands it on
    process = fork(lambda: main(words), folder / "log")
    last = time.monotonic() + PATIENCE
    while len(list(store.glob("status/c/*"))) < 2 and time.monotonic() < last:
        time.sleep(0.002)
    os.kill(process, number)
    code, log = ended(process), (folder / "log").read_text()
    ended(fork(lambda: print(int((em.read(store).status >= 0).sum())), folder / "known"))
    known = int((folder / "known").read_text())
    again = ended(fork(lambda: main([*words, "--resume"]), folder / "log"))
    return {"code": code, "log": log, "known": known, "again": again}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    place = Path(sys.argv[1])
    em.sweep("pv.diode", {"photocurrent": [1.0, 2.0]}, threads=1)  # loads the kernels
    for name in ("xarray", "zarr", "zarr.codecs", "zarr.storage", "numcodecs", "scipy"):
        import_module(name)  # once, not in each child
    assert threading.active_count() == 1
    ended(fork(lambda: write(str(place / "first.zarr"), resume=False), place / "log"))
    begun = time.perf_counter()
    ended(fork(lambda: write(str(place / "whole.zarr"), resume=False), place / "log"))
    killed = kill_often(place, 0.6 * (time.perf_counter() - begun))
    print(
        json.dumps({"killed": killed} | {name: stop(place, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")})
    )
