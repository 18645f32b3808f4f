"""The blocks of a sweep that are under way on a Dask cluster."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

from energymodels.core.errors import Fault, InputError
from energymodels.core.stores.job import Done, Job

COMING = 600.0  # s: so long a cluster may be without workers
AHEAD = 2  # blocks sent per thread: one is worked on, the next one waits there
TICK = 2.0  # s: so often it is looked at how many workers there are
TRIES = 5  # to fetch the result of a block from a worker that does not answer


def count(client: Any) -> int:
    """Return how many threads the workers of a cluster have."""
    return sum(client.nthreads().values())


@contextlib.contextmanager
def sent(client: Any, job: Job) -> Iterator[str]:
    """Give a sweep to every worker, and yield its token; at the end no worker has a block of it at work."""
    from energymodels.core.stores.cluster_worker import Holding, stop

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


class Flight:
    """The blocks of a sweep that are under way."""

    def __init__(self, client: Any, job: Job, token: str) -> None:
        self.client, self.job, self.token = client, job, token
        self.sent: dict[Any, tuple[int, Any]] = {}  # (number, future) by key
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.suspects: list[int] = []  # blocks whose workers ended, time and again
        self.room = AHEAD * count(client)
        self.looked = self.alive = time.monotonic()

    def done(self, todo: Iterator[int]) -> Iterator[Done]:
        """Yield the blocks as they are done.

        ChildProcessError if one ends its worker again and again; ConnectionError if the cluster is gone.
        """
        try:
            while self._sent_some(todo) or self.sent:
                yield from self._some()
                if self.suspects:
                    yield from self._each_alone()
        finally:
            with contextlib.suppress(OSError, CancelledError, RuntimeError):
                self.client.cancel([future for _, future in self.sent.values()], force=True)

    def _sent_some(self, todo: Iterator[int]) -> bool:
        """Send blocks as far as there is room; return whether there may be more."""
        while len(self.sent) < self.room:
            number = next(todo, None)
            if number is None:
                return False
            self._send(number)
        return True

    def _send(self, number: int) -> None:
        from energymodels.core.stores.cluster_worker import work

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
        self.looked, threads = time.monotonic(), 0
        with contextlib.suppress(OSError):  # it is busy
            threads = count(self.client)
        if threads:
            self.room, self.alive = AHEAD * threads, self.looked
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
    for _ in range(TRIES):
        try:
            found: Done = future.result()
        except (Exception, CancelledError) as error:
            if future.status == "error" or not isinstance(error, OSError):
                return error
            missed = error
        else:
            return found
    return missed
