"""Sweeps on a Dask cluster: one that is started on this machine, or one that exists.

Each worker gets the sweep once; then only numbers of blocks travel, a few ahead of the work. A worker that
ends loses the blocks that it had at work, which others do again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import multiprocessing.resource_tracker
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energymodels.core.errors import Fault, InputError
from energymodels.core.stores.flight import COMING, Flight, count, sent
from energymodels.core.stores.job import Done, Job
from energymodels.core.workers import available_threads

if TYPE_CHECKING:
    from energymodels.core.stores.stream import Runner

ANSWER = 10.0  # s: within it a scheduler answers, and its file is there
SETTINGS = {  # of a cluster of this machine
    "distributed.comm.timeouts.connect": "120 s",  # workers may be too busy to answer
    "distributed.worker.profile.enabled": False,  # nobody looks at it
    "distributed.admin.system-monitor.interval": "5 s",
    "distributed.admin.tick.interval": "200 ms",
}
LOCAL: dict[str, Any] = {  # no pages, no limits, little said
    "memory_limit": 0,
    "silence_logs": logging.CRITICAL,
    "scheduler_kwargs": {
        "allowed_failures": 1,  # then a block is tried alone
        "dashboard": False,
        "dashboard_address": "127.0.0.1:0",  # any port: another cluster may have the usual one
    },
}
log = logging.getLogger("energymodels")


@contextlib.contextmanager
def on_cluster(
    workers: int | None = None, *, address: str = "", scheduler_file: str = "", threads: int | None = None
) -> Iterator[tuple[Runner, int]]:
    """Yield (what solves the blocks of a sweep, how many it works on at once), on a Dask cluster.

    By default that is a cluster of this machine, which ends with the ``with`` block: ``workers`` processes,
    by default as many as there are processors, of ``threads`` each, by default the processors shared among
    them. ``address``, such as ``"tcp://10.0.0.1:8786"``, or the file that a scheduler wrote names one that
    exists, which is left as it is.

    InputError if no scheduler answers within ``ANSWER`` seconds, or it has no worker within ``COMING``.
    """
    given = {"workers": workers is not None, "cluster": bool(address), "scheduler file": bool(scheduler_file)}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise InputError(Fault(named[0], hint=f"cannot be given together with {', '.join(named[1:])}"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        if address or scheduler_file:
            client = stack.enter_context(
                _client(address or _address(scheduler_file), address or scheduler_file)
            )
            _wait_for_workers(client)
        else:
            client = stack.enter_context(_local(workers or available_threads(), threads))

        def run(job: Job, todo: Iterator[int]) -> Iterator[Done]:
            with sent(client, job) as token:
                yield from Flight(client, job, token).done(todo)

        yield run, count(client)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the cluster says of itself from the terminal: we say what matters."""
    import distributed  # noqa: F401 - it sets the levels of its loggers when it is loaded

    loggers = [
        logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado", "asyncio")
    ]
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
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    each = threads or max(1, available_threads() // workers)
    safe = Security.temporary()
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(SETTINGS))
        with _deaf():
            cluster = stack.enter_context(LocalCluster(None, workers, each, security=safe, **LOCAL))
            client = stack.enter_context(Client(cluster, set_as_default=False))
        yield client


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let what is started inside the ``with`` block not hear Ctrl-C, which a terminal sends to all.

    Threads and processes inherit that. What comes for this process meanwhile is heard afterwards.
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


def _wait_for_workers(client: Any) -> None:
    """Return when there is a worker; InputError if none comes."""
    if count(client):
        return
    name = client.scheduler.address
    log.warning("the cluster at %s has no workers yet; waiting for up to %.0f s", name, COMING)
    try:
        client.wait_for_workers(1, timeout=COMING)
    except TimeoutError as error:
        hint = f"no worker came within {COMING:.0f} s"
        raise InputError(Fault("cluster", name, hint=hint)) from error
