"""Plans solved: by the model's kernel or by a reference backend, and what is found in the results."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.backends import load_backend
from energymodels.core.errors import EndWarning, Fault, InputError, NoteWarning, ValidityWarning, unknown_each
from energymodels.core.model import Model, Output, Probe
from energymodels.core.solution import Solution
from energymodels.core.workers import available_threads, load_kernel, run_kernel
from energymodels.kernels import status

if TYPE_CHECKING:
    from energymodels.core.plan import Plan

LEAST, BLOCKS = 64, 4  # cases of a block, blocks for each thread


def solved(
    plan: Plan,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    most: float | None = None,
) -> Solution:
    """Return the solution of a plan; interrupted, it holds what there is, the rest not run.

    InputError if the results take more than ``most`` bytes, by default the memory that is there.
    """
    threads = threads or available_threads()
    by_kernel = partial(_by_kernel, threads, chunk or block_of(plan.cases, threads, plan.model.block))
    probes: list[Solution] = []

    def probe(names: list[str]) -> Solution:
        probes.append(_allocate(plan, lambda output: output.name in names, probe))
        by_kernel(probes[-1], None)
        if probes[-1].interrupted:
            raise KeyboardInterrupt
        return probes[-1]

    solution = _allocate(plan, plan.wanted, probe, most)
    solution.notes.extend(text for text, _ in plan.notes)
    if plan.backend:
        _by_backend(solution)
    else:
        by_kernel(solution, progress)
        solution.seconds += sum(one.seconds for one in probes)
    _finish(solution)
    return solution


def block_of(cases: int, threads: int, most: int) -> int:
    """Return how many cases a block of work has: ``most``, or so few that each thread gets several."""
    return max(1, min(most, max(LEAST, cases // (BLOCKS * threads))))


def _say(solution: Solution, text: str, category: type[NoteWarning]) -> None:
    """Keep something with the result that is to be said of it."""
    solution.notes.append(text)
    solution.said.append((text, category))


def _fit(plan: Plan, outputs: list[Output], axes: Mapping[str, Array], most: float | None) -> None:
    """Refuse results that take more memory than there is, before any is taken."""
    size = sum(8.0 * plan.cases * math.prod(axes[dim].size for dim in output.dims) for output in outputs)
    room = memory() if most is None else most
    if size > room:
        text = (
            f"{plan.cases:,} cases have about {size / 1e9:.3g} GB of results, more than {room / 1e9:.3g} GB"
        )
        hint = "write them to a .zarr store, chunk by chunk, keep fewer outputs, or take a shorter series"
        raise InputError(Fault("sweep", hint=f"{text}; {hint}"))


def memory() -> float:
    """Return how many bytes of memory this machine has, infinity if it does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return math.inf


def _allocate(
    plan: Plan, wanted: Callable[[Output], bool], probe: Probe, most: float | None = None
) -> Solution:
    """Return a solution with room for the results: NaN and not run."""
    kept = [output for output in plan.model.outputs if wanted(output)]
    shaped = any(output.dims for output in kept)
    axes = _output_axes(plan, probe) if shaped else {}
    lost = [output.name for output in kept if not axes.keys() >= set(output.dims)]
    if lost and isinstance(plan.asked.keep, list):
        names = [output.name for output in plan.model.outputs if axes.keys() >= set(output.dims)]
        raise unknown_each("output", lost, names)
    kept = [output for output in kept if output.name not in lost]
    _fit(plan, kept, axes, most)
    values: dict[str, Array] = {}
    for output in kept:
        if output.dims and not output.derived:
            values[output.name] = np.full((plan.cases, *(axes[dim].size for dim in output.dims)), np.nan)
    return Solution(plan, kept, values, np.full(plan.cases, status.NOT_RUN, dtype=np.int8), axes)


def _output_axes(plan: Plan, probe: Probe) -> dict[str, Array]:
    """Return the axes of outputs with dimensions: known beforehand, or those that the model finds."""
    return plan.model.axes(plan.context, probe) if plan.output_axes is None else dict(plan.output_axes)


def _by_kernel(
    threads: int, chunk: int, solution: Solution, progress: Callable[[int, int], None] | None
) -> None:
    """Fill the solution by the model's kernel, loaded before the clock starts."""
    load_kernel(solution.model, solution.plan.columns)
    start = time.perf_counter()
    run_kernel(solution, solution.plan.columns, threads, chunk, progress)
    solution.seconds = time.perf_counter() - start


def _by_backend(solution: Solution) -> None:
    """Fill the solution from a reference backend: {output: array over the grid, in the output's unit}, and a
    status.
    """
    start = time.perf_counter()
    solve = load_backend(solution.backend).solve
    columns = solution.plan.columns.items()
    grid = {path: np.broadcast_to(column, solution.shape).ravel() for path, column in columns}
    values, codes = solve(solution.model.name, solution.fields, grid, solution.output_axes)
    solution.status[:] = codes
    solution.outputs = [output for output in solution.outputs if output.name in values]
    solution.values = {output.name: values[output.name] for output in solution.outputs}
    solution.seconds = time.perf_counter() - start


def _finish(solution: Solution) -> None:
    """Give statuses to cases without a result, make codes of codes, and say how it went."""
    _clear(solution, _missing(solution), status.OUT_OF_RANGE)
    _find_not_finite(solution)
    _make_codes(solution)
    _say_validity(solution)
    for word in solution.plan.review.outcome(solution, solution.found):
        _say(solution, word, EndWarning)
    solution.found = {}


def _missing(solution: Solution) -> Array:
    """Return which cases lack a value of a field along an axis."""
    found = np.zeros(solution.shape, dtype=bool)
    for i, axis in enumerate(solution.axes):
        if axis.missing is not None:
            found |= axis.missing.reshape([-1 if j == i else 1 for j in range(len(solution.axes))])
    return found.ravel()


def _clear(solution: Solution, which: Array, code: int) -> None:
    """Give the cases ``which`` a status, and NaN for every result but those known from other fields alone."""
    if not which.any():
        return
    solution.status[which] = code
    for output in solution.outputs:
        if output.name in solution.values and not output.derived:
            solution.values[output.name][which] = np.nan


def _find_not_finite(solution: Solution) -> None:
    """Give a status to cases that ended well but for a result that is not finite and may not be absent.

    Whatever solved them; what else was found of such a case stays.
    """
    bad = np.zeros(solution.status.size, dtype=bool)
    for output in solution.outputs:
        values = solution.values[output.name]
        if values.dtype.kind == "f" and not output.absence and not _finite(values):
            bad |= _by_case(solution, output, ~np.isfinite(values))
    solution.status[bad & (solution.status == status.OK)] = status.NOT_FINITE


def _finite(values: Array) -> bool:
    """Return whether all values are; of a single one Python says so sooner than NumPy."""
    return math.isfinite(values.item()) if values.size == 1 else bool(np.isfinite(values).all())


def _by_case(solution: Solution, output: Output, flags: Array) -> Array:
    """Return which cases have a flag anywhere in an output."""
    if output.derived:  # lives on the axes it depends on
        flags = np.broadcast_to(flags, solution.shape + flags.shape[len(solution.shape) :])
    return np.asarray(flags.reshape(solution.status.size, -1).any(axis=1))


def _make_codes(solution: Solution) -> None:
    """Turn outputs that are codes into int8, -1 where there is none."""
    for output in solution.outputs:
        if "flag_values" in output.attrs:
            values = np.asarray(solution.values[output.name], dtype=float)
            solution.values[output.name] = np.where(np.isnan(values), -1.0, values).astype(np.int8)


def _say_validity(solution: Solution) -> None:
    """Say which formulas were used beyond their range."""
    if solution.validity is None or not np.any(solution.validity):
        return
    used = int(np.bitwise_or.reduce(np.asarray(solution.validity, dtype=np.int64).ravel()))
    _say(solution, validity_note(solution.model, used), ValidityWarning)


def validity_note(model: Model, used: int) -> str:
    """Return which formulas were used beyond their range, by their flags; empty if none."""
    attrs = next((output.attrs for output in model.outputs if output.name == "validity"), None)
    if attrs is None or not used:
        return ""
    masks = zip(attrs["flag_masks"], str(attrs["flag_meanings"]).split(), strict=True)
    names = ", ".join(name for mask, name in masks if used & mask)
    return f"outside the range of the formulas for: {names} (see the variable validity)"
