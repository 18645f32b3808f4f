"""Sweeps on a Dask cluster: one that is started on this machine, or one that exists.

Each worker gets the sweep once; then only numbers of blocks travel, a few ahead of the work. A worker that
ends loses the blocks that it had at work, which others do again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import multiprocessing.resource_tracker
import os
import pickle
import queue
import signal
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energymodels.core.errors import Fault, InputError
from energymodels.core.job import Done, Job
from energymodels.core.workers import available_threads

if TYPE_CHECKING:
    from energymodels.core.stream import Runner

ANSWER = 10.0  # s: within it a scheduler answers, and its file is there
COMING = 600.0  # s: so long a cluster may be without workers
AHEAD = 2  # blocks sent per thread: one is worked on, the next one waits there
TICK = 2.0  # s: so often it is looked at how many workers there are
log = logging.getLogger("energymodels")


@contextlib.contextmanager
def on_cluster(
    workers: int | None = None, *, address: str = "", scheduler_file: str = "", threads: int | None = None
) -> Iterator[tuple[Runner, int]]:
    """Yield (what solves the blocks of a sweep, how many it works on at once), on a Dask cluster.

    By default that is a cluster of this machine, which ends with the ``with`` block: ``workers`` processes, as
    many as there are processors if it is not given, of ``threads`` each, by default the processors shared
    among them. ``address``, such as ``"tcp://10.0.0.1:8786"``, or the file that a scheduler wrote names one
    that exists, which is left as it is.

    InputError if no scheduler answers within ``ANSWER`` seconds, or it has no worker within ``COMING``.
    """
    given = {"workers": workers is not None, "cluster": bool(address), "scheduler file": bool(scheduler_file)}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise InputError(Fault(named[0], hint=f"cannot be given together with {', '.join(named[1:])}"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        if address or scheduler_file:
            client = stack.enter_context(_client(address or _address(scheduler_file), address or scheduler_file))
            _wait_for_workers(client)
        else:
            client = stack.enter_context(_local(workers or available_threads(), threads))

        def run(job: Job, todo: Iterator[int]) -> Iterator[Done]:
            with _sent(client, job) as token:
                yield from _Flight(client, job, token).done(todo)

        yield run, _count(client)


# the cluster


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the cluster says of itself from the terminal: we say what matters."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado", "asyncio")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.setLevel(level)


@contextlib.contextmanager
def _local(workers: int, threads: int | None) -> Iterator[Any]:
    """Start worker processes of this machine; nobody else can send them work."""
    from distributed import Client, LocalCluster
    from distributed.security import Security

    each = threads or max(1, available_threads() // workers)
    options = {"dashboard_address": None, "memory_limit": 0, "silence_logs": logging.CRITICAL}
    with contextlib.ExitStack() as stack:
        with _deaf():
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=each, security=Security.temporary(), **options
            )
            stack.enter_context(cluster)
            client = stack.enter_context(Client(cluster, set_as_default=False))
        yield client


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let what is started inside the ``with`` block not hear Ctrl-C, which a terminal sends to all: threads and
    processes inherit it. Ours is heard afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    multiprocessing.resource_tracker.ensure_running()  # it lets the thread that starts it hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _client(address: str, name: str) -> Iterator[Any]:
    """Connect to a scheduler; InputError if it does not answer."""
    from distributed import Client

    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        hint = f"no scheduler answers within {ANSWER:.0f} s: {str(error).splitlines()[0]}"
        raise InputError(Fault("cluster", name, hint=hint)) from error
    with client:
        yield client


def _address(file: str) -> str:
    """Return the address that a scheduler wrote to a file."""
    until = time.monotonic() + ANSWER
    while True:
        try:
            return str(json.loads(Path(file).read_text(encoding="utf-8"))["address"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if time.monotonic() > until or not isinstance(error, FileNotFoundError | ValueError):
                missing = isinstance(error, FileNotFoundError)
                hint = f"not there within {ANSWER:.0f} s" if missing else f"no scheduler wrote it: {error!r}"
                raise InputError(Fault("scheduler file", file, hint=hint)) from error
        time.sleep(0.1)


def _count(client: Any) -> int:
    """Return how many threads the workers have."""
    return sum(client.nthreads().values())


def _wait_for_workers(client: Any) -> None:
    """Return when there is a worker; InputError if none comes."""
    if _count(client):
        return
    name = client.scheduler.address
    log.warning("the cluster at %s has no workers yet; waiting for up to %.0f s", name, COMING)
    try:
        client.wait_for_workers(1, timeout=COMING)
    except TimeoutError as error:
        hint = f"no worker came within {COMING:.0f} s"
        raise InputError(Fault("cluster", name, hint=hint)) from error


# the blocks


@contextlib.contextmanager
def _sent(client: Any, job: Job) -> Iterator[str]:
    """Give a sweep to every worker, and yield its token; at the end no worker has a block of it at work."""
    from energymodels.core.cluster_worker import Holding, stop

    token = os.urandom(8).hex()
    try:
        client.register_plugin(Holding(token, pickle.dumps(job)), name=token)
    except ImportError as error:
        raise InputError(Fault("cluster", hint=f"its workers cannot import energymodels: {error}")) from error
    try:
        yield token
    finally:
        with contextlib.suppress(OSError, ValueError, CancelledError, RuntimeError):
            client.run(stop, token, on_error="ignore")
            client.unregister_worker_plugin(token)


class _Flight:
    """The blocks of a sweep that are under way."""

    def __init__(self, client: Any, job: Job, token: str) -> None:
        self.client, self.job, self.token = client, job, token
        self.sent: dict[Any, tuple[int, Any]] = {}  # (number, future) by key
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.suspects: list[int] = []  # blocks whose workers ended, time and again
        self.room = AHEAD * _count(client)
        self.looked = self.alive = time.monotonic()

    def done(self, todo: Iterator[int]) -> Iterator[Done]:
        """Yield the blocks as they are done.

        ChildProcessError if one ends its worker again and again; ConnectionError if the cluster is gone.
        """
        try:
            while True:
                for number in islice(todo, max(0, self.room - len(self.sent))):
                    self._send(number)
                if not self.sent:
                    return
                yield from self._some()
                if self.suspects:
                    yield from self._each_alone()
        finally:
            with contextlib.suppress(OSError, CancelledError, RuntimeError):
                self.client.cancel([future for _, future in self.sent.values()], force=True)

    def _send(self, number: int) -> None:
        from energymodels.core.cluster_worker import work

        key = (f"sweep-{self.token}", number, len(self.suspects))
        future = self.client.submit(work, self.token, number, key=key, pure=False)
        self.sent[key] = number, future
        future.add_done_callback(self.ended.put)

    def _some(self) -> Iterator[Done]:
        """Wait for a block, and yield those that have ended."""
        try:
            ended = [self.ended.get(timeout=TICK)]
        except queue.Empty:
            ended = []
        while not self.ended.empty():
            ended.append(self.ended.get())
        if time.monotonic() > self.looked + TICK:
            self._look()
        yield from self._results(ended)

    def _results(self, futures: list[Any]) -> Iterator[Done]:
        """Yield what came of blocks; raise what went wrong with one, unless its worker ended."""
        from distributed import KilledWorker

        for future, found in zip(futures, self._gathered(futures), strict=True):
            number, _ = self.sent.pop(future.key)
            if isinstance(found, KilledWorker):
                self.suspects.append(number)
            elif isinstance(found, CancelledError):
                raise ConnectionError(f"the cluster at {self.client.scheduler.address} is gone") from found
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found

    def _gathered(self, futures: list[Any]) -> list[Done | BaseException]:
        """Return what came of blocks, in one message where all went well."""
        if len(futures) > 1 and all(future.status == "finished" for future in futures):
            with contextlib.suppress(Exception):  # a worker was lost meanwhile, with what it had to say
                return list(self.client.gather(futures))
        return [_outcome(future) for future in futures]

    def _look(self) -> None:
        """See how many workers there are; ConnectionError if there has been none for long."""
        self.looked = time.monotonic()
        count = _count(self.client)
        if count:
            self.room, self.alive = AHEAD * count, self.looked
        elif self.looked > self.alive + COMING:
            raise ConnectionError(f"the cluster has had no worker for {COMING:.0f} s")

    def _each_alone(self) -> Iterator[Done]:
        """Do blocks whose workers ended once more, with no other at work: so one is found that does it."""
        while self.sent:
            yield from self._some()
        for number in list(self.suspects):
            before = len(self.suspects)
            self._send(number)
            while self.sent:
                yield from self._some()
            if len(self.suspects) > before:
                raise ChildProcessError(self._blame(number))
        self.suspects.clear()

    def _blame(self, number: int) -> str:
        _, index = self.job.layout.where(number)
        grid = zip(self.job.layout.grid, index, strict=True)
        places = ", ".join(f"{dim} {part.start} to {part.stop - 1}" for dim, part in grid)
        return f"block {number} ends its worker process, alone too, again and again (its cases: {places})"


def _outcome(future: Any) -> Done | BaseException:
    """Return the result of a block, or what went wrong with it."""
    try:
        found: Done = future.result()
    except (Exception, CancelledError) as error:
        return error
    return found
