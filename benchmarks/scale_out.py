"""Sweeps on worker processes: throughput of two against one, and what a block takes besides solving. Run
``python -m benchmarks.scale_out``.

Processor time tells what the machine would do if nobody else used it: two processes give twice the cases
where a block takes no more of it than with one. Throughput is by wall clock, between the first and the last
block of a sweep; start-up is told apart.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from energymodels.core.plan import Plan, plan
from energymodels.core.stores import job as of_job
from energymodels.core.stores.cluster import on_cluster
from energymodels.core.stores.job import Done, Job
from energymodels.core.stores.stream import Runner, Stream, estimated, stream
from energymodels.core.workers import in_threads

METALS = ("Fe", "Cr", "Ni", "Cu", "Co", "Mn", "Ti", "V", "Mo", "Zn")
SWEEPS: dict[str, tuple[Any, ...]] = {  # name: spec, axes with one of n values, values
    "pv.cell, ten metals": (
        "industrial-topcon-2023",
        {
            "crystal.position": "0:0.8:{n}", "feedstock.metals.Fe": "0.01:10:50:log",
            "wafer.resistivity": "0.5:5:50", "wafer.thickness": "80um:180um:40",
        },
        {"crystal.route": "rcz", "process.gettering": "topcon"}
        | {f"feedstock.metals.{metal}": 1.0 for metal in METALS},
    ),
    "battery.dfn": (
        "battery.dfn",
        {
            "rate": "0.3:4:{n}:log", "negative.thickness": "60um:100um:4",
            "positive.diffusivity_factor": "0.5:2:4:log",
        },
        {"protocol": "Discharge at {rate}C", "series.points": 0.0},
    ),
}  # fmt: skip
SECONDS = 20.0  # of solving on one thread that each sweep has


@dataclass(frozen=True)
class Measured(Done):
    """A block with the processor time of its thread, s: of all, of solving with its preparation."""

    processor: float = 0.0
    solving: float = 0.0
    ended: float = 0.0  # by the clock of the machine
    process: int = 0


class _Solving(threading.local):
    """Processor time of a thread inside ``solved``."""

    seconds = 0.0


_solving = _Solving()
_solved = of_job.solved


def _timed(*args: Any, **options: Any) -> Any:
    begun = time.thread_time()
    found = _solved(*args, **options)
    _solving.seconds = time.thread_time() - begun
    return found


@dataclass(frozen=True)
class Timed(Job):
    """A job that measures its blocks."""

    def work(self, number: int) -> Measured:
        """Solve and write a block, and say what it took."""
        of_job.solved = _timed  # type: ignore[attr-defined]
        begun = time.thread_time()
        done = super().work(number)
        spent = time.thread_time() - begun
        return Measured(
            done.number, done.codes, done.seconds, spent, _solving.seconds, time.time(), os.getpid()
        )


@dataclass
class Row:
    """What a sweep took: threads or processes, cases a block, rates and seconds."""

    cases: int
    blocks: int
    wall: float  # s a block, median
    processor: float  # s a block, mean
    solving: float
    rate: float  # cases per second by wall clock
    started: float


@contextlib.contextmanager
def on_threads(threads: int) -> Iterator[tuple[Runner, int]]:
    """Yield what solves blocks on threads of this process."""

    def run(job: Job, todo: Iterator[int]) -> Iterator[Done]:
        return in_threads(job.work, todo, threads)

    yield run, threads


def measured(of: Plan, how: Any, chunk: int) -> Row:
    """Return what a sweep takes with a runner."""
    found: list[Measured] = []

    def timed(run: Runner) -> Runner:
        def go(job: Job, todo: Iterator[int]) -> Iterator[Done]:
            mine = Timed(**{one.name: getattr(job, one.name) for one in fields(job)})
            for done in run(mine, todo):
                assert isinstance(done, Measured)
                found.append(done)
                yield done

        return go

    folder = tempfile.mkdtemp()
    begun = time.perf_counter()
    try:
        with how as (run, number):
            started = time.perf_counter() - begun
            tally = stream(of, Stream(f"{folder}/a.zarr", run=timed(run), workers=number, chunk=chunk))
            if tally.stopped:
                raise tally.stopped
    finally:
        shutil.rmtree(folder)
    return _row(found, started)


def _row(found: list[Measured], started: float) -> Row:
    """Return what blocks took, the first of each process left out: it reads the plan."""
    found = sorted(found, key=lambda one: one.ended)
    seen: set[int] = set()
    rest: list[Measured] = []
    begun = 0.0  # from here on all were at work
    for one in found:
        if one.process in seen:
            rest.append(one)
        else:
            begun = one.ended
        seen.add(one.process)
    cases = sum(one.cases for one in rest)
    walls = sorted(one.seconds for one in rest)
    later = [one for one in rest if one.ended > begun]
    rate = sum(one.cases for one in later) / (later[-1].ended - begun)
    return Row(
        cases, len(rest), walls[len(walls) // 2], sum(one.processor for one in rest) / cases,
        sum(one.solving for one in rest) / cases, rate, started,
    )  # fmt: skip


def main(words: list[str]) -> None:
    """Print a table for each sweep."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--only", default="")
    given = options.parse_args(words)
    for name, (spec, over, values) in SWEEPS.items():
        if given.only in name:
            few = plan(spec, _axes(over, 2), values)
            each = estimated(few, Stream("", workers=2)).case_seconds * few.cases / 2
            _table(name, plan(spec, _axes(over, max(2, round(given.seconds / each))), values))


def _axes(over: dict[str, str], number: int) -> dict[str, str]:
    return {path: text.format(n=number) for path, text in over.items()}


def _table(name: str, of: Plan) -> None:
    """Print what a sweep takes one way and another."""
    expected = estimated(of, Stream("", workers=2))
    print(f"\n{name}: {expected}; {expected.case_seconds * 1e6:.3g} us a case; load {os.getloadavg()[0]:.1f}")
    print(f"{'':16} {'block':>8} {'s':>7} {'us/case':>9} {'besides':>8} {'cases/s':>9} {'start s':>8}")
    rows = {}
    for label, how in (
        ("1 thread", on_threads(1)), ("2 threads", on_threads(2)),
        ("1 process", on_cluster(1, threads=1)), ("2 processes", on_cluster(2, threads=1)),
    ):  # fmt: skip
        rows[label] = row = measured(of, how, expected.block)
        print(
            f"{label:16} {expected.block:8} {row.wall:7.2f} {row.processor * 1e6:9.3g} "
            f"{1 - row.solving / row.processor:8.1%} {row.rate:9.4g} {row.started:8.1f}"
        )
    for kind in ("thread", "process"):
        one, two = rows[f"1 {kind}"], rows[f"2 {kind}{'es' if kind == 'process' else 's'}"]
        print(
            f"two against one {kind}: throughput {two.rate / one.rate / 2:.2f} of linear, "
            f"processor time {one.processor / two.processor:.2f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
