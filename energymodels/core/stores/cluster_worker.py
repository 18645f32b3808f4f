"""What runs in the workers of a cluster: they keep a sweep by its token, and get only numbers of blocks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from distributed import WorkerPlugin

from energymodels.core.errors import Fault, InputError, NoteWarning
from energymodels.core.solve import solved
from energymodels.core.stores.job import Done, Job
from energymodels.kernels import jit

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TICK = 0.02  # s: so often a worker that is asked to stop looks whether its blocks have ended


@dataclass
class Held:
    """A sweep as a worker process holds it: read, checked and compiled when the first block comes."""

    data: bytes
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_work: int = 0
    stopped: bool = False

    @cached_property
    def job(self) -> Job:
        """The job, ready to be worked on; InputError where it would not be the same one."""
        job = _read(self.data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoteWarning)  # said where the sweep was begun
            plan = job.plan
            first = plan.part(tuple(slice(0, 1) for _ in plan.axes))
            if not plan.backend:
                with compiling_once():
                    solved(replace(first, output_axes=job.output_axes), 1)
        return job

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Count a block that is worked on inside the ``with`` block, unless the sweep was stopped."""
        with self.lock:
            if self.stopped:
                raise LookupError("the sweep was stopped")
            self.at_work += 1
        try:
            yield
        finally:
            with self.lock:
                self.at_work -= 1


_held: dict[str, Held] = {}  # sweeps by token
_ready = threading.Lock()  # one thread of a process reads, checks and compiles


def _read(data: bytes) -> Job:
    """Return the job that was sent; InputError where it cannot be read, as by another version."""
    try:
        job: Job = pickle.loads(data)  # noqa: S301 - it comes from the cluster, which runs what it is sent
    except (ImportError, AttributeError, TypeError) as error:
        hint = f"has another version of energymodels than where the sweep was begun: {error}"
        raise InputError(Fault("worker", hint=hint)) from error
    return job


def work(token: str, number: int) -> Done:
    """Solve a block and write it."""
    held = _held[token]
    with held.working():
        with _ready:
            job = held.job
        return job.work(number)


async def stop(token: str) -> None:
    """Begin no more blocks of a sweep, and return when those at work have ended."""
    held = _held.get(token)
    if held is None:
        return
    held.stopped = True
    while held.at_work:
        await asyncio.sleep(TICK)


class Holding(WorkerPlugin):
    """Gives a sweep to every worker, those that come later or again included."""

    def __init__(self, token: str, data: bytes) -> None:
        self.token, self.data = token, data

    def setup(self, worker: Any) -> None:
        """Hold the sweep."""
        _held.setdefault(self.token, Held(self.data))

    def teardown(self, worker: Any) -> None:
        """Let it go."""
        _held.pop(self.token, None)


@contextlib.contextmanager
def compiling_once() -> Iterator[None]:
    """Let one process of a machine load its kernels first, which compiles them if need be.

    All that wait for it go on together when it is through, with what it left in the cache.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # a cache or a file system without locks: each for itself
            file = os.open(jit.CACHE / "compile.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, file)
            if fcntl is not None:
                _wait_in_line(file)
        yield


def _wait_in_line(file: int) -> None:
    """Return at once as the only one, or with all others when that one is through."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(file, fcntl.LOCK_SH)
