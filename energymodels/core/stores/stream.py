"""Sweeps into a Zarr store, block by block: what is written stays, whatever stops the rest.

The variable ``status`` is the ledger. A block whose statuses are written is done; all others are done again.
The finished store is the same to the last bit, however it came about.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.dataset import root_attrs
from energymodels.core.errors import Fault, InputError, NoteWarning
from energymodels.core.solution import Solution
from energymodels.core.solve import solved
from energymodels.core.store import aside, forget, remove
from energymodels.core.stores import digests
from energymodels.core.stores.estimate import Estimate, block_size, case_bytes, case_seconds
from energymodels.core.stores.job import Done, Job
from energymodels.core.stores.layout import ROOT, Layout, corner, layout, metadata, with_attrs
from energymodels.core.stores.ledger import done_blocks
from energymodels.core.stores.lock import Lock, locked
from energymodels.core.stores.outcome import final_notes
from energymodels.core.stores.places import Folder, is_url, place
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
    notes: list[tuple[str, type[NoteWarning]]] = field(
        default_factory=list
    )  # on the results, of a whole store

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
    say: Callable[[Estimate], None] | None = None  # told what it is going to take before the first case


def stream(plan: Plan, how: Stream) -> Tally:
    """Solve a plan into a store, and return how far it came.

    InputError if the store cannot be written, holds something else, or holds another sweep that cannot be
    resumed. With ``replace`` what was there stays aside until the new store is whole.
    """
    with locked(how.url) as lock:
        root = place(how.url).get(ROOT)
        if how.resume and root is not None:
            tally = _worked(plan, how, _resumed(plan, how, root), lock)
            if tally.done == tally.cases and not is_url(how.url):  # what the first attempt put aside
                forget(Path(how.url))
            return tally
        if root is not None and not how.replace:
            raise InputError(Fault(how.url, hint="is there already"))
        with _replaced(how.url) as kept:
            tally = _worked(plan, how, _begun(plan, how), lock)
            kept(tally.done < tally.cases)
        return tally


@contextlib.contextmanager
def _replaced(url: str) -> Iterator[Callable[[bool], None]]:
    """Put what is at ``url`` aside inside the ``with`` block; it comes back if nothing takes its place, and
    stays where the argument of what is yielded says so.
    """
    old = None if is_url(url) else aside(Path(url))
    keep = [False]
    try:
        yield lambda stay: keep.__setitem__(0, stay)
    except BaseException:
        if old is not None and old.exists() and not (Path(url) / ROOT).exists():
            remove(Path(url))
            old.rename(url)
        raise
    if old is not None and old.exists() and not keep[0]:
        remove(old)


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
        tally.notes = final_notes(job)
        _end(plan, job, [text for text, _ in tally.notes])
    return tally


def _end(plan: Plan, job: Job, found: list[str]) -> None:
    """Write what is known when all cases are done: notes on the results, and that the store is whole."""
    store = job.place
    if isinstance(store, Folder):
        store.drop_partial()
    notes = [text for text, _ in plan.notes] + found
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


@dataclass(frozen=True)
class _Prepared:
    """What is known of a sweep before its first case."""

    tried: Solution
    axes: dict[str, Array]
    chunk: int
    layout: Layout
    estimate: Estimate


def _prepared(plan: Plan, how: Stream, *, timed: bool) -> _Prepared:
    """Return how a plan is cut, and what it is going to take: the seconds where they are ``timed``, or say
    how to cut.
    """
    if not plan.backend:
        load_kernel(plan.model, corner(plan).columns)
    axes = _output_axes(plan)
    tried = _tried(plan, axes)
    size = case_bytes(tried, float32=how.float32)
    seconds = case_seconds(plan, axes) if timed or how.chunk is None else math.nan
    chunk = how.chunk or block_size(plan.cases, seconds, size, how.workers)
    of = layout(plan, tried, chunk, float32=how.float32)
    estimate = Estimate(plan.cases, of.number, math.prod(of.block), size, seconds, how.workers)
    return _Prepared(tried, axes, chunk, of, estimate)


def estimated(plan: Plan, how: Stream) -> Estimate:
    """Return what a plan is going to take; nothing but a few cases is solved, and nothing written."""
    return _prepared(plan, how, timed=True).estimate


def _begun(plan: Plan, how: Stream) -> Job:
    """Return the job of a store that begins now, with its metadata written."""
    found = _prepared(plan, how, timed=how.say is not None)
    if how.say is not None:
        how.say(found.estimate)
    parts = digests.of_plan(plan, list(found.layout.outputs), how.float32)
    job = _job(plan, how, found.layout, found.axes, parts)
    axes = {dim: values.tolist() for dim, values in found.axes.items()}
    state = {"parts": parts, "chunk": found.chunk, "axes": axes}
    attrs = root_attrs(found.tried, how.history, float32=how.float32, chunk=found.chunk)
    attrs |= {STATE: json.dumps(state)}
    if is_url(how.url):  # nothing there was put aside
        job.place.drop_all()
    for key, data in {**_held(job), **metadata(job.layout, attrs)}.items():
        job.place.put(key, data)
    return job


def _job(plan: Plan, how: Stream, of: Layout, axes: Mapping[str, Array], parts: Mapping[str, str]) -> Job:
    """Return the job of a plan, for which it is not planned again here."""
    asked = replace(plan.asked, keep=list(of.outputs))
    job = Job(asked, how.url, of, axes, parts, how.float32)
    job.__dict__["plan"] = plan
    return job


def _held(job: Job) -> dict[str, bytes]:
    """Return the coordinates that are written before any case."""
    return {variable.key({}): variable.encode(values) for variable, values in job.layout.held.values()}


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
    return _job(plan, how, of, axes, parts)


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


def tell(progress: Callable[[int, int], None] | None) -> Progress | None:
    """Return what tells ``progress`` the cases done and all cases."""
    return None if progress is None else lambda tally: progress(tally.done, tally.cases)


def begun(url: str | Path) -> bool:
    """Return whether a store holds a sweep that is not done."""
    root = place(url).get(ROOT)
    try:
        attrs = json.loads(root or b"{}")["attributes"]
    except (ValueError, KeyError, TypeError):
        return False
    return STATE in attrs and COMPLETE not in attrs


def target(url: str | Path) -> str:
    """Return the name of a store as others find it: a URL, or a path from the root."""
    return str(url) if is_url(url) else str(Path(url).resolve())


def foreign_entries(path: Path) -> list[str]:
    """Return what lies in the folder of a store and is no part of it."""
    try:
        root = json.loads((path / ROOT).read_bytes())
        members = root["consolidated_metadata"]["metadata"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    own = {ROOT, *(str(key).partition("/")[0] for key in members)}
    return sorted(one.name for one in path.iterdir() if one.name not in own and not one.name.startswith("."))
