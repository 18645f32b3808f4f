"""Kills writers of a store at random moments; run by ``test_stream``, as only a process of one thread may fork.

It prints how many writers were killed, and how many of them had written something.
"""

import os
import random
import signal
import sys
import time
import warnings
from pathlib import Path

import energymodels as em
from energymodels.core.stream import Stream, stream

OVER = {"photocurrent": "0.01:10:100", "resistance_series": "0:1:20"}
KILLS = 20


def write(store: str, *, resume: bool) -> None:
    """Write the store, one block after the other."""
    stream(em.plan("pv.diode", OVER), Stream(store, resume=resume, workers=1, chunk=10))


def child(store: str) -> int:
    """Start a writer of its own process."""
    process = os.fork()
    if process == 0:
        try:
            write(store, resume=True)
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
    return process


def kill_often(store: str, number: int, most: float) -> tuple[int, int]:
    """Kill so many writers at random moments up to ``most`` seconds; return how many had ended before, and
    before how many kills there was a store.
    """
    ended = wrote = 0
    moments = random.Random(number)
    for _ in range(number):
        process = child(store)
        time.sleep(moments.uniform(0.0, most))
        os.kill(process, signal.SIGKILL)
        _, code = os.waitpid(process, 0)
        ended += code == 0
        wrote += Path(store).is_dir()
    return ended, wrote


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    write(str(folder / "first.zarr"), resume=False)  # loads the kernels
    begun = time.perf_counter()
    write(str(folder / "whole.zarr"), resume=False)
    ended, wrote = kill_often(str(folder / "killed.zarr"), KILLS, 0.5 * (time.perf_counter() - begun))
    code = os.waitstatus_to_exitcode(os.waitpid(child(str(folder / "killed.zarr")), 0)[1])
    print(f"{ended} ended, {wrote} wrote, {code}")
