"""Solving a grid: it is cut into blocks, and worker threads call the same compiled kernel on them.

Each fills a row buffer of its own; the kernel releases the GIL. A case's result depends on neither cutting,
threads nor neighbours.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from energymodels.core.compile_time import told
from energymodels.core.model import Array, Block, Model, Prepared, scalar_outputs
from energymodels.core.review import Review
from energymodels.core.solution import Solution
from energymodels.kernels import jit


def available_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


A = TypeVar("A")
B = TypeVar("B")
_loaded: set[str] = set()


def _scalars(model: Model, cases: int) -> Array:
    """Return room for the scalar outputs, (output, case).

    It is one case wider than it shows, so that no part of it is contiguous: a kernel is compiled for each
    memory layout it meets.
    """
    return np.empty((len(scalar_outputs(model)), cases + 1))[:, :cases]


def load_kernel(model: Model, columns: Mapping[str, Array]) -> None:
    """Compile the model's kernels, saying so, or load them from the cache, once per process."""
    if model.name in _loaded:
        return
    with np.errstate(all="ignore"), told(model.name):
        try:
            _solve_nothing(model, columns)
        except jit.DAMAGE:
            jit.drop_cache()
            _solve_nothing(model, columns)
    _loaded.add(model.name)


def _solve_nothing(model: Model, columns: Mapping[str, Array]) -> None:
    """Prepare the first case and solve an empty one."""
    prepared = model.prepare({path: column.ravel()[:1] for path, column in columns.items()})
    empty = Block(_scalars(model, 1), {}, np.empty(1, dtype=np.int8))
    model.solve(model.nothing(prepared), prepared.shared, empty)


def _targets(column: Array, values: Array | list[Array]) -> list[tuple[Array, Array]]:
    """Return (where it goes, values) of one field of the row buffer, of each of its entries if it is an
    array.
    """
    if isinstance(values, list):
        return [(column[:, i], one) for i, one in enumerate(values)]
    return [(column, values)]


class _Worker:
    """Fills a row buffer of its own and calls the kernel; one per thread."""

    def __init__(self, solution: Solution, prepared: Prepared, found: Mapping[str, Array], size: int) -> None:
        dtype, rows = solution.model.kernel().ROW, prepared.rows
        self.buffer = np.zeros(size, dtype)
        self.scalars = _scalars(solution.model, size)
        self.found = found
        self.solution = solution
        self.axes = {**solution.output_axes, **prepared.shared}
        self.varying: list[tuple[Array, Array]] = []
        for name in dtype.names:
            for target, values in _targets(self.buffer[name], rows[name]):
                if values.size == 1:
                    target[...] = values.ravel()[0]
                else:
                    self.varying.append((target, np.broadcast_to(values, solution.shape)))
        wanted = enumerate(scalar_outputs(solution.model))
        self.scales = [(i, output) for i, output in wanted if output.name in found]

    def __call__(self, index: tuple[slice, ...], first: int, count: int) -> int:
        rows = self.buffer[:count].view(np.recarray)
        for target, grid in self.varying:
            block = grid[index]
            target[:count].reshape(block.shape)[...] = block
        part = slice(first, first + count)
        arrays = {name: values[part] for name, values in self.solution.values.items()}
        out = Block(self.scalars[:, :count], arrays, self.solution.status[part])
        # interpreted kernels are as quiet as compiled ones; they report by status
        with np.errstate(all="ignore"):
            self.solution.model.solve(rows, self.axes, out)
        for i, output in self.scales:
            output.scale.bring_back(out.scalars[i])
            self.found[output.name][part] = out.scalars[i]
        for output in self.solution.outputs:
            if output.dims and not output.derived:
                output.scale.bring_back(arrays[output.name])
        return count


def run_kernel(
    solution: Solution,
    columns: Mapping[str, Array],
    threads: int,
    chunk: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    with np.errstate(all="ignore"):  # a row that is no number gets a status from the kernel
        prepared = solution.model.prepare_some(columns, solution.plan.context)
    cases = solution.status.size
    found = {name: np.full(cases, np.nan) for name in _looked_at(solution)}
    blocks = list(solution.plan.chunks(chunk))
    size = max(count for _, _, count in blocks)
    solution.threads = max(1, min(threads, len(blocks)))
    try:
        if solution.threads == 1:
            worker = _Worker(solution, prepared, found, size)
            done = 0
            for block in blocks:
                done += worker(*block)
                if progress:
                    progress(done, cases)
        else:
            _run_threads(solution, prepared, found, blocks, size, progress)
    except KeyboardInterrupt:
        solution.notes.append("interrupted: cases with status not_run were not reached")
    solution.validity = prepared.derived.get("validity")
    solution.found = found
    kept = {o.name for o in solution.outputs}
    for name, row in found.items():
        if name == "validity":  # flags that a kernel found
            row = solution.validity = np.nan_to_num(row).astype(np.int8)
        if name in kept:
            solution.values[name] = row
    for output in solution.outputs:
        if output.derived:
            solution.values[output.name] = output.scale.from_si(prepared.derived[output.name])


def _looked_at(solution: Solution) -> list[str]:
    """Return the outputs without dimensions that are kept in memory: those wanted, those with flags, and all
    where notes on the results may look at any.
    """
    every = [output.name for output in scalar_outputs(solution.model)]
    if type(solution.plan.review).outcome is not Review.outcome:
        return every
    kept = {output.name for output in solution.outputs} | {"validity"}
    return [name for name in every if name in kept]


def _run_threads(
    solution: Solution,
    prepared: Prepared,
    found: Mapping[str, Array],
    blocks: list[tuple[tuple[slice, ...], int, int]],
    size: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    local = threading.local()

    def work(block: tuple[tuple[slice, ...], int, int]) -> int:
        if not hasattr(local, "worker"):
            local.worker = _Worker(solution, prepared, found, size)
        count: int = local.worker(*block)
        return count

    done = 0
    for count in in_threads(work, iter(blocks), solution.threads):
        done += count
        if progress:
            progress(done, solution.status.size)


def in_threads(work: Callable[[A], B], tasks: Iterator[A], threads: int) -> Iterator[B]:
    """Yield what ``work`` makes of tasks, in the order in which they end; interrupted, those at work end."""
    with ThreadPoolExecutor(threads) as pool:
        # a few in hand per thread: waiting costs as much as there are
        pending = {pool.submit(work, task) for task in itertools.islice(tasks, 4 * threads)}
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                pending |= {pool.submit(work, task) for task in itertools.islice(tasks, len(finished))}
                yield from [future.result() for future in finished]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
