"""The generic sweep: axes -> columns -> rows -> kernel -> results. A run is a sweep over nothing.

The grid is cut into blocks; worker threads fill their own row buffer and call the same compiled kernel (it releases the GIL), so
a case's result does not depend on the cutting, the threads or its neighbours.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.axes import Axis, Values, make_axes
from energymodels.errors import Fault, InertWarning, InputError, ValidityWarning, closest
from energymodels.kernels import status
from energymodels.kernels.jit import is_compiled
from energymodels.model import Array, Block, Model, Output, get_model, label_index, scalar_outputs
from energymodels.spec import FieldInfo, Spec, load

if TYPE_CHECKING:
    from xarray import Dataset

CHUNK = 16384  # cases per block: rows and results of a block stay in the cache


@dataclass
class Solution:
    """Raw results of a sweep: arrays by output name, over the axes and then the output's own dimensions."""

    spec: Spec
    model: Model
    fields: dict[str, Any]
    axes: list[Axis]
    outputs: list[Output]
    values: dict[str, Array]
    status: Array
    output_axes: dict[str, Array]
    backend: str = ""
    threads: int = 1
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def failed(self) -> int:
        """How many cases ended with a status other than ok."""
        return int(np.count_nonzero(self.status))

    def failures(self) -> dict[str, int]:
        """Return how many cases ended in each status other than ok, by its name."""
        codes, counts = np.unique(self.status[self.status != status.OK], return_counts=True)
        return {status.MEANINGS[int(code)]: int(count) for code, count in zip(codes, counts, strict=True)}

    @property
    def interrupted(self) -> bool:
        """Whether cases were left out."""
        return bool(np.any(self.status == status.NOT_RUN))

    def scalars(self) -> dict[str, float | int | None]:
        """Return the scalar results of the first case by name, None for NaN."""
        found: dict[str, float | int | None] = {}
        for output in self.outputs:
            if not output.dims:
                value = self.values[output.name].ravel()[0].item()
                found[output.name] = None if isinstance(value, float) and not math.isfinite(value) else value
        return found | {"status": int(self.status[0])}


def available_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(spec: Spec | str | Mapping[str, Any], values: Mapping[str, Any] | None = None, *, backend: str = "") -> Dataset:
    """Run a spec (object, bundled name, path or mapping) once, with ``values`` {path: value} on top; return a Dataset."""
    return sweep(spec, {}, values, backend=backend)


def sweep(
    spec: Spec | str | Mapping[str, Any],
    over: Mapping[Any, Values],
    values: Mapping[str, Any] | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int = CHUNK,
    keep: list[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Sweep fields of a spec and return a Dataset with one dimension per axis.

    ``over`` maps paths to arrays, lists or text (``"80um:180um:11"``); a key ``"A,B"`` ties two fields to one axis. ``points`` maps
    paths to equally long arrays: a list of designs, dimension ``point``. ``values`` are set on top of the spec, ``keep`` chooses
    outputs, ``progress`` is called with (cases done, cases). InputError lists every fault of the input.
    """
    from energymodels.result import to_dataset

    return to_dataset(
        solve(spec, over, values, points=points, backend=backend, threads=threads, chunk=chunk, keep=keep, progress=progress)
    )


def solve(
    spec: Spec | str | Mapping[str, Any],
    over: Mapping[Any, Values],
    values: Mapping[str, Any] | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int = CHUNK,
    keep: list[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Do what ``sweep`` does and return the raw arrays; interrupted, it returns what it has, the rest not run."""
    base = spec if isinstance(spec, Spec) else load(spec)
    if values:
        base = base.replace(values)
    model = get_model(base.model)
    if backend and backend not in model.references:
        known = ", ".join(model.references) or "none"
        raise InputError(Fault("backend", backend, hint=f"{model.name} has these backends: {known}"))
    axes = make_axes(base.fields, over, points)
    swept = {path for axis in axes for path in axis.values}
    fields = _check_cross(base, axes)
    columns = _columns(base.fields, fields, axes)
    solution = _allocate(base, model, fields, axes, keep)
    solution.backend = backend
    for path, reason in model.inert(fields, swept).items():
        solution.notes.append(f"sweeping {path}: {reason}")
        warnings.warn(solution.notes[-1], InertWarning, stacklevel=3)
    if not backend:
        _load_kernel(model)
    start = time.perf_counter()
    if backend:
        _run_backend(solution, columns)
    else:
        _run_kernel(solution, columns, threads or available_threads(), chunk, progress)
    solution.seconds = time.perf_counter() - start
    _warn_validity(solution)
    return solution


def _load_kernel(model: Model) -> None:
    """Compile the kernel, saying so, or load it from the cache: by solving no rows at all."""
    kernel = model.kernel()
    if not is_compiled(kernel.solve):
        logging.getLogger("energymodels").warning("compiling the kernels of %s, once per installation ...", model.name)
    nothing = Block(np.empty((len(scalar_outputs(model)), 0)), {}, np.empty(0, dtype=np.int8))
    model.solve(np.empty(0, kernel.ROW).view(np.recarray), {}, nothing)


def _check_cross(base: Spec, axes: list[Axis]) -> dict[str, Any]:
    """Check the spec with every label that could clash with other fields; return the fields in use, swept ones at their first."""
    first = {path: values[0] for axis in axes for path, values in axis.values.items()}
    fields = base.replace(first).checked()
    faults: list[Fault] = []
    for axis in axes:
        for path, values in axis.values.items():
            if base.fields[path].kind == "label":
                for label in dict.fromkeys(values):
                    try:
                        base.replace(first | {path: label}).checked()
                    except InputError as error:
                        faults += error.faults
    if faults:
        raise InputError(faults)
    return fields


def _columns(infos: Mapping[str, FieldInfo], fields: Mapping[str, Any], axes: list[Axis]) -> dict[str, Array]:
    """Return every field in use as an array that broadcasts over the grid."""
    columns: dict[str, Array] = {}
    for path, value in fields.items():
        one = np.array([value]) if infos[path].kind != "label" else label_index(infos[path].labels, [value])
        columns[path] = one.reshape((1,) * len(axes))
    for i, axis in enumerate(axes):
        shape = tuple(axis.size if j == i else 1 for j in range(len(axes)))
        for path, values in axis.values.items():
            array = values if infos[path].kind != "label" else label_index(infos[path].labels, list(values))
            columns[path] = array.reshape(shape)
    return columns


def _allocate(base: Spec, model: Model, fields: dict[str, Any], axes: list[Axis], keep: list[str] | None) -> Solution:
    """Return a solution with room for the results: NaN and not run."""
    output_axes = model.axes(fields)
    outputs = [o for o in model.outputs if all(dim in output_axes for dim in o.dims)]
    names = [o.name for o in outputs]
    wrong = [name for name in keep or [] if name not in names]
    if wrong:
        raise InputError([Fault(name, hint=f"unknown output; {closest(name, names)}".rstrip("; ")) for name in wrong])
    cases = int(np.prod([axis.size for axis in axes], dtype=int))
    values: dict[str, Array] = {}
    for output in outputs:
        if output.dims and (keep is None or output.name in keep):
            values[output.name] = np.full((cases, *(output_axes[dim].size for dim in output.dims)), np.nan)
    kept = [o for o in outputs if keep is None or o.name in keep]
    codes = np.full(cases, status.NOT_RUN, dtype=np.int8)
    return Solution(base, model, fields, axes, kept, values, codes, output_axes)


def _blocks(shape: tuple[int, ...], chunk: int) -> Iterator[tuple[tuple[slice, ...], int, int]]:
    """Cut the grid into contiguous blocks of at most ``chunk`` cases: (index, first case, cases)."""
    inner = 1
    cut = len(shape)
    while cut > 0 and inner * shape[cut - 1] <= chunk:
        cut -= 1
        inner *= shape[cut]
    if cut == 0:
        yield tuple(slice(0, n) for n in shape), 0, inner
        return
    step = max(1, chunk // inner)
    first = 0
    for outer in np.ndindex(*shape[: cut - 1]):
        for start in range(0, shape[cut - 1], step):
            stop = min(start + step, shape[cut - 1])
            index = (*(slice(i, i + 1) for i in outer), slice(start, stop), *(slice(0, n) for n in shape[cut:]))
            yield index, first, (stop - start) * inner
            first += (stop - start) * inner


class _Worker:
    """Fills a row buffer of its own and calls the kernel; one per thread."""

    def __init__(self, solution: Solution, rows: Mapping[str, Array], scalars: Array, size: int) -> None:
        dtype = solution.model.kernel().ROW
        self.buffer = np.zeros(size, dtype).view(np.recarray)
        self.scalars = scalars
        self.solution = solution
        self.varying = {}
        for name in dtype.names:
            if rows[name].size == 1:
                self.buffer[name] = rows[name].ravel()[0]
            else:
                self.varying[name] = np.broadcast_to(rows[name], solution.shape)
        self.scales = [(i, o.scale) for i, o in enumerate(scalar_outputs(solution.model)) if o.scale != 1.0]

    def __call__(self, index: tuple[slice, ...], first: int, count: int) -> int:
        rows = self.buffer[:count]
        for name, grid in self.varying.items():
            block = grid[index]
            rows[name].reshape(block.shape)[...] = block
        part = slice(first, first + count)
        arrays = {name: values[part] for name, values in self.solution.values.items()}
        out = Block(self.scalars[:, part], arrays, self.solution.status[part])
        self.solution.model.solve(rows, self.solution.output_axes, out)
        for i, scale in self.scales:
            out.scalars[i] *= scale
        for output in self.solution.outputs:
            if output.dims and output.scale != 1.0:
                arrays[output.name] *= output.scale
        return count


def _run_kernel(
    solution: Solution, columns: Mapping[str, Array], threads: int, chunk: int, progress: Callable[[int, int], None] | None
) -> None:
    prepared = solution.model.prepare(columns)
    names = [o.name for o in scalar_outputs(solution.model)]
    cases = solution.status.size
    scalars = np.empty((len(names), cases))
    blocks = list(_blocks(solution.shape, chunk))
    size = max(count for _, _, count in blocks)
    solution.threads = max(1, min(threads, len(blocks)))
    try:
        if solution.threads == 1:
            worker = _Worker(solution, prepared.rows, scalars, size)
            done = 0
            for block in blocks:
                done += worker(*block)
                if progress:
                    progress(done, cases)
        else:
            _run_threads(solution, prepared.rows, scalars, blocks, size, progress)
    except KeyboardInterrupt:
        solution.notes.append("interrupted: cases with status not_run were not reached")
    if solution.interrupted:
        scalars[:, solution.status == status.NOT_RUN] = np.nan
    kept = {o.name for o in solution.outputs}
    for name, row in zip(names, scalars, strict=True):
        if name in kept:
            solution.values[name] = row
    for output in solution.outputs:
        if output.derived:
            solution.values[output.name] = (
                prepared.derived[output.name] * output.scale if output.scale != 1.0 else prepared.derived[output.name]
            )


def _run_threads(
    solution: Solution,
    rows: Mapping[str, Array],
    scalars: Array,
    blocks: list[tuple[tuple[slice, ...], int, int]],
    size: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    local = threading.local()

    def work(block: tuple[tuple[slice, ...], int, int]) -> int:
        if not hasattr(local, "worker"):
            local.worker = _Worker(solution, rows, scalars, size)
        count: int = local.worker(*block)
        return count

    done = 0
    with ThreadPoolExecutor(solution.threads) as pool:
        pending = {pool.submit(work, block) for block in blocks}
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                if progress:
                    progress(done, solution.status.size)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _run_backend(solution: Solution, columns: Mapping[str, Array]) -> None:
    """Fill the solution from a reference backend: {output: array over the grid, in the output's unit}, and a status."""
    from importlib import import_module

    backend = import_module(f"energymodels.backends.{solution.backend}")
    grid = {path: np.broadcast_to(column, solution.shape).ravel() for path, column in columns.items()}
    values, codes = backend.solve(solution.model.name, solution.fields, grid, solution.output_axes)
    solution.status[:] = codes
    solution.outputs = [o for o in solution.outputs if o.name in values]
    solution.values = {o.name: values[o.name] for o in solution.outputs}


def _warn_validity(solution: Solution) -> None:
    flags = solution.values.get("validity")
    if flags is None or not np.any(flags):
        return
    output = next(o for o in solution.outputs if o.name == "validity")
    used = int(np.bitwise_or.reduce(np.asarray(flags, dtype=np.int64).ravel()))
    names = [
        m for mask, m in zip(output.attrs["flag_masks"], str(output.attrs["flag_meanings"]).split(), strict=True) if used & mask
    ]
    message = f"outside the range of the formulas for: {', '.join(names)} (see the variable validity)"
    solution.notes.append(message)
    warnings.warn(message, ValidityWarning, stacklevel=4)
