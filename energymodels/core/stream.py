"""Sweeps into a Zarr store, block by block: what is written stays, whatever stops the rest.

The variable ``status`` is the ledger. A block whose statuses are written is done; all others are done again.
The finished store is the same to the last bit, however it came about.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core import digests
from energymodels.core.arrays import Array
from energymodels.core.dataset import root_attrs
from energymodels.core.errors import Fault, InputError
from energymodels.core.estimate import Estimate, block_size, case_bytes, case_seconds
from energymodels.core.job import Done, Job
from energymodels.core.layout import ROOT, corner, layout, metadata, with_attrs
from energymodels.core.ledger import done_blocks
from energymodels.core.lock import Lock, locked
from energymodels.core.outcome import final_notes
from energymodels.core.places import Folder, place
from energymodels.core.solution import Solution
from energymodels.core.solve import solved
from energymodels.core.workers import available_threads, load_kernel
from energymodels.kernels import status

if TYPE_CHECKING:
    from energymodels.core.plan import Plan

STATE = "sweep_state"  # root attribute with what a sweep needs to go on
COMPLETE = "sweep_complete"


@dataclass
class Tally:
    """How far a sweep into a store has come: ``codes`` counts the cases that ended in each status."""

    cases: int
    codes: Counter[int] = field(default_factory=Counter)
    found: int = 0  # cases that were done before
    seconds: float = 0.0
    stopped: BaseException | None = None

    @property
    def done(self) -> int:
        """How many cases are done."""
        return sum(self.codes.values())

    @property
    def failed(self) -> int:
        """How many of them ended with a status other than ok."""
        return self.done - self.codes[status.OK]

    def failures(self) -> dict[str, int]:
        """Return how many cases ended in each status other than ok, by its name."""
        return {status.MEANINGS[code]: n for code, n in sorted(self.codes.items()) if code != status.OK and n}


Runner: TypeAlias = "Callable[[Job, Iterator[int]], Iterator[Done]]"  # solves the blocks it is given
Progress: TypeAlias = Callable[[Tally], None]


@dataclass(frozen=True)
class Stream:
    """How a plan is streamed into a store.

    ``run`` solves numbered blocks, by default in threads of this process; ``workers`` is how many work at
    once; ``chunk`` is the number of cases a block, by default so many as take about a second.
    """

    url: str
    resume: bool = False
    replace: bool = False
    workers: int = field(default_factory=available_threads)
    chunk: int | None = None
    float32: bool = False
    history: str = ""
    run: Runner | None = None
    progress: Progress | None = None
    say: Callable[[Estimate], bool] | None = None  # told before the first case; False stops there


def stream(plan: Plan, how: Stream) -> Tally:
    """Solve a plan into a store, and return how far it came.

    InputError if the store cannot be written, holds something else, or holds another sweep that cannot be
    resumed.
    """
    with locked(how.url) as lock:
        root = place(how.url).get(ROOT)
        if how.resume and root is not None:
            job = _resumed(plan, how, root)
        elif root is not None and not how.replace:
            raise InputError(Fault(how.url, hint="is there already"))
        else:
            job = _begun(plan, how)
        if job is None:
            return Tally(plan.cases)
        return _worked(plan, how, job, lock)


def _worked(plan: Plan, how: Stream, job: Job, lock: Lock) -> Tally:
    """Solve the blocks that lack, and end the store when all are there."""
    done = done_blocks(job)
    tally = Tally(plan.cases, Counter(done.codes), sum(done.codes.values()))
    begun = time.perf_counter()
    todo = (number for number in range(job.layout.number) if number not in done.numbers)
    run = how.run or _in_threads(how.workers)
    try:
        for one in run(job, todo):
            tally.codes.update(one.codes)
            tally.seconds = time.perf_counter() - begun
            lock.refresh()
            if how.progress:
                how.progress(tally)
    except (KeyboardInterrupt, OSError, MemoryError) as error:
        tally.stopped = error
    tally.codes = Counter(done_blocks(job).codes) if tally.stopped else tally.codes
    if tally.done == tally.cases:
        _end(plan, job)
    return tally


def _end(plan: Plan, job: Job) -> None:
    """Write what is known when all cases are done: notes on the results, and that the store is whole."""
    store = job.place
    if isinstance(store, Folder):
        store.drop_partial()
    notes = [text for text, _ in plan.notes] + final_notes(job)
    attrs: dict[str, Any] = {COMPLETE: 1} | ({"comment": "; ".join(notes)} if notes else {})
    root = store.get(ROOT)
    assert root is not None
    store.put(ROOT, with_attrs(root, attrs))


def _in_threads(threads: int) -> Runner:
    """Return what solves blocks in threads of this process."""
    from energymodels.core.workers import in_threads

    def run(job: Job, todo: Iterator[int]) -> Iterator[Done]:
        return in_threads(job.work, todo, threads)

    return run


def _begun(plan: Plan, how: Stream) -> Job | None:
    """Return the job of a store that begins now, with its metadata written; None if it is not wanted."""
    if not plan.backend:
        load_kernel(plan.model, corner(plan).columns)
    axes = _output_axes(plan)
    tried = _tried(plan, axes)
    size = case_bytes(tried, float32=how.float32)
    seconds = case_seconds(plan, axes)
    chunk = how.chunk or block_size(plan.cases, seconds, size, how.workers)
    of = layout(plan, tried, chunk, float32=how.float32)
    estimate = Estimate(plan.cases, of.number, math.prod(of.block), size, seconds, how.workers)
    if how.say is not None and not how.say(estimate):
        return None
    parts = digests.of_plan(plan, list(of.outputs), how.float32)
    job = Job(_listed(plan, of.outputs), how.url, of, axes, parts, how.float32)
    job.__dict__["plan"] = plan
    state = {"parts": parts, "chunk": chunk, "axes": {dim: values.tolist() for dim, values in axes.items()}}
    attrs = root_attrs(tried, how.history) | {STATE: json.dumps(state)}
    store = job.place
    for key in list(store.keys("")):
        store.drop(key)
    for key, data in {**_held(job), **metadata(of, attrs)}.items():
        store.put(key, data)
    return job


def _held(job: Job) -> dict[str, bytes]:
    """Return the coordinates that are written before any case."""
    return {variable.key({}): variable.encode(values) for variable, values in job.layout.held.values()}


def _listed(plan: Plan, outputs: Iterable[str]) -> Any:
    """Return what was asked for with the outputs by name, which can be sent to others."""
    return replace(plan.asked, keep=list(outputs))


def _resumed(plan: Plan, how: Stream, root: bytes) -> Job:
    """Return the job of a store that was begun; InputError if it is not of this plan, saying what differs."""
    try:
        state = json.loads(json.loads(root)["attributes"][STATE])
        axes = {dim: np.array(values) for dim, values in state["axes"].items()}
        chunk, then = int(state["chunk"]), dict(state["parts"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(Fault(how.url, hint="is no sweep that can be resumed")) from error
    if not plan.backend:
        load_kernel(plan.model, corner(plan).columns)
    tried = _tried(plan, axes)
    of = layout(plan, tried, chunk, float32=how.float32)
    parts = digests.of_plan(plan, list(of.outputs), how.float32)
    if differ := digests.differences(parts, then):
        hint = f"cannot be resumed, what differs: {'; '.join(differ)}"
        raise InputError(Fault(how.url, hint=hint))
    job = Job(_listed(plan, of.outputs), how.url, of, axes, parts, how.float32)
    job.__dict__["plan"] = plan
    return job


def _tried(plan: Plan, axes: Mapping[str, Array]) -> Solution:
    """Return the smallest grid of a plan, solved."""
    found = solved(replace(corner(plan), output_axes=axes))
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def _output_axes(plan: Plan) -> dict[str, Array]:
    """Return the axes of outputs with dimensions; a model may solve all cases once to find them."""

    def probe(names: list[str]) -> Solution:
        found: dict[str, list[Array]] = {name: [] for name in names}
        for index, _, _ in plan.chunks(64 * plan.model.block):
            part = replace(plan.part(index), asked=replace(plan.asked, keep=names))
            one = solved(part)
            if one.interrupted:
                raise KeyboardInterrupt
            for name, values in found.items():
                values.append(one.values[name])
        joined = {name: np.concatenate(values) for name, values in found.items()}
        return Solution(plan, [], joined, np.zeros(0, dtype=np.int8), {})

    if any(output.dims for output in plan.model.outputs if plan.wanted(output)):
        return plan.model.axes(plan.context, probe)
    return {}


def target(url: str | Path) -> str:
    """Return the name of a store as others find it: a URL, or a path from the root."""
    return str(url) if "://" in str(url) else str(Path(url).absolute())
