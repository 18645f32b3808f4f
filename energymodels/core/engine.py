"""The generic sweep: axes -> columns -> rows -> kernel -> results. A run is a sweep over nothing."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core import plausibility
from energymodels.core.axes import Axis, Values, make_axes, read_values, swept_values
from energymodels.core.backends import load_backend
from energymodels.core.columns import of_fields
from energymodels.core.ensemble import sets_axis
from energymodels.core.errors import (
    EndWarning,
    EntryWarning,
    Fault,
    InertWarning,
    InputError,
    ProvenanceWarning,
    ValidityWarning,
    closest,
)
from energymodels.core.model import Array, Model, Output, Probe, get_model, label_index, resolve
from energymodels.core.schema import FieldInfo
from energymodels.core.solution import Solution
from energymodels.core.spec import Spec, load
from energymodels.core.workers import available_threads, load_kernel, run_kernel
from energymodels.kernels import status

if TYPE_CHECKING:
    from xarray import Dataset

Keep: TypeAlias = list[str] | Callable[[Output], bool] | None


def run(
    spec: Spec | str | Mapping[str, Any], values: Mapping[str, Any] | None = None, *, backend: str = ""
) -> Dataset:
    """Run a spec (object, bundled name, path or mapping) once, with ``values`` {path: value} on top; return a
    Dataset.
    """
    return sweep(spec, {}, values, backend=backend)


def sweep(
    spec: Spec | str | Mapping[str, Any],
    over: Mapping[Any, Values],
    values: Mapping[str, Any] | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int | None = None,
    keep: Keep = None,
    sets: str | int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Sweep fields of a spec and return a Dataset with one dimension per axis.

    ``over`` maps paths to arrays, lists or text (``"80um:180um:11"``); a key ``"A,B"`` ties two fields to one
    axis. ``points`` maps paths to equally long arrays: a list of designs, dimension ``point``. ``values`` are
    set on top of the spec, ``keep`` chooses outputs by name or by a test; ``progress`` is called with (cases
    done, cases) after each block of ``chunk`` cases, by default the model's number. ``sets`` adds an axis
    ``set`` of published alternatives to the data in use: "all" takes each once in place of the default, a
    number draws so many random combinations. The first place is the spec as it stands. InputError lists every
    fault of the input.
    """
    from energymodels.core.dataset import to_dataset

    return to_dataset(
        solve(
            spec,
            over,
            values,
            points=points,
            backend=backend,
            threads=threads,
            chunk=chunk,
            keep=keep,
            sets=sets,
            progress=progress,
        )
    )


def solve(
    spec: Spec | str | Mapping[str, Any],
    over: Mapping[Any, Values],
    values: Mapping[str, Any] | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int | None = None,
    keep: Keep = None,
    sets: str | int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Do what ``sweep`` does and return the raw arrays; interrupted, it returns what it has, the rest not
    run.
    """
    base = spec if isinstance(spec, Spec) else load(spec)
    if values:
        base = base.replace(values)
    model = get_model(base.model)
    if backend and backend not in model.references:
        known = ", ".join(model.references) or "none"
        raise InputError(Fault("backend", backend, hint=f"{model.name} has these backends: {known}"))
    infos = _infos(base, over, points or {})
    axes = make_axes(infos, over, points, partial(resolve, model))
    fields = _check_cross(base, infos, axes)
    if not axes and (faults := model.impossible(fields)):
        raise InputError(faults)
    along = swept_values(axes)
    if sets is not None:
        axes.append(sets_axis(model, infos, fields, along, sets))
    columns = _columns(infos, fields, axes)
    solve_by_kernel = partial(_by_kernel, columns, threads or available_threads(), chunk or model.block)
    probes: list[Solution] = []

    def probe(names: list[str]) -> Solution:
        probes.append(_allocate(base, infos, model, fields, axes, names, probe))
        solve_by_kernel(probes[-1], None)
        if probes[-1].interrupted:
            raise KeyboardInterrupt
        return probes[-1]

    solution = _allocate(base, infos, model, fields, axes, keep, probe)
    solution.backend = backend
    for fault in (fault for axis in axes for fault in axis.faults):
        solution.notes.append(f"not solved, status out_of_range: {fault}")
        warnings.warn(solution.notes[-1], EntryWarning, stacklevel=3)
    inert = model.inert(fields, set(along))
    for path, reason in inert.items():
        solution.notes.append(f"sweeping {path}: {reason}")
        warnings.warn(solution.notes[-1], InertWarning, stacklevel=3)
    for remark in model.remarks(fields, along):
        solution.notes.append(remark)
        warnings.warn(remark, ProvenanceWarning, stacklevel=3)
    given = [path for path in dict.fromkeys([*base.values, *along]) if path not in inert]
    for remark in plausibility.remarks(model, infos, columns, given, solution.shape):
        solution.notes.append(remark)
        warnings.warn(remark, plausibility.PlausibilityWarning, stacklevel=3)
    if backend:
        _by_backend(solution, columns)
    else:
        solve_by_kernel(solution, progress)
        solution.seconds += sum(one.seconds for one in probes)
    _clear(solution, _missing(solution), status.OUT_OF_RANGE)
    _find_not_finite(solution)
    _make_codes(solution)
    _warn_validity(solution)
    for word in model.outcome(solution, solution.found):
        solution.notes.append(word)
        warnings.warn(word, EndWarning, stacklevel=3)
    solution.found = {}
    return solution


def _infos(base: Spec, over: Mapping[Any, Values], points: Mapping[str, Values]) -> dict[str, FieldInfo]:
    """Return the fields of the spec and those that swept texts bring along."""
    infos = dict(base.fields)
    for path, values in (*over.items(), *points.items()):
        if path in infos and infos[path].kind == "text":
            for text in dict.fromkeys(read_values(infos[path], values).tolist()):
                infos |= base.replace({path: text}).fields
    return infos


def _check_cross(base: Spec, infos: Mapping[str, FieldInfo], axes: list[Axis]) -> dict[str, Any]:
    """Check the spec with all labels and texts that meet in the grid; return the fields in use, swept ones at
    their first.
    """
    first = {path: values[0] for path, values in swept_values(axes).items()}
    fields: dict[str, Any] = {}
    faults: list[Fault] = []
    for words in _words(infos, axes):
        try:
            fields = base.replace(first | words).checked() | fields
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise InputError(faults)
    return fields


def _words(infos: Mapping[str, FieldInfo], axes: list[Axis]) -> Iterator[dict[str, str]]:
    """Yield {path: label or text} of all combinations that occur in the grid, once each."""
    lines = []
    for axis in axes:
        wordy = [path for path in axis.values if infos[path].kind in ("label", "text")]
        if wordy:
            met = dict.fromkeys(zip(*(axis.values[path].tolist() for path in wordy), strict=True))
            lines.append([dict(zip(wordy, words, strict=True)) for words in met])
    for parts in itertools.product(*lines):
        yield {path: word for part in parts for path, word in part.items()}


def _columns(infos: Mapping[str, FieldInfo], fields: Mapping[str, Any], axes: list[Axis]) -> dict[str, Array]:
    """Return every field in use as an array that broadcasts over the grid: numbers, indices of
    labels, texts.
    """
    columns = of_fields(infos, fields, len(axes))
    for i, axis in enumerate(axes):
        shape = tuple(axis.size if j == i else 1 for j in range(len(axes)))
        for path, values in axis.values.items():
            array = values if infos[path].kind != "label" else label_index(infos[path].labels, list(values))
            columns[path] = array.reshape(shape)
    return columns


def _allocate(
    base: Spec,
    infos: Mapping[str, FieldInfo],
    model: Model,
    fields: dict[str, Any],
    axes: list[Axis],
    keep: Keep,
    probe: Probe,
) -> Solution:
    """Return a solution with room for the results: NaN and not run."""
    if keep is None or callable(keep):
        wanted = {o.name for o in model.outputs if not o.on_request and (keep is None or keep(o))}
    else:
        wanted = set(keep)
    shaped = any(o.dims and o.name in wanted for o in model.outputs)
    output_axes = model.axes(fields, swept_values(axes), probe) if shaped else {}
    outputs = [o for o in model.outputs if all(dim in output_axes for dim in o.dims)]
    names = [o.name for o in outputs]
    wrong = [name for name in (keep if isinstance(keep, list) else []) if name not in names]
    if wrong:
        raise InputError(
            [
                Fault(
                    name,
                    hint=f"unknown output; {closest(name, [o.name for o in model.outputs])}".rstrip("; "),
                )
                for name in wrong
            ]
        )
    cases = int(np.prod([axis.size for axis in axes], dtype=int))
    values: dict[str, Array] = {}
    for output in outputs:
        if output.dims and output.name in wanted and not output.derived:
            values[output.name] = np.full((cases, *(output_axes[dim].size for dim in output.dims)), np.nan)
    kept = [o for o in outputs if o.name in wanted]
    codes = np.full(cases, status.NOT_RUN, dtype=np.int8)
    return Solution(base, model, infos, fields, axes, kept, values, codes, output_axes)


def _by_kernel(
    columns: Mapping[str, Array],
    threads: int,
    chunk: int,
    solution: Solution,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Fill the solution by the model's kernel, loaded before the clock starts."""
    load_kernel(solution.model, columns)
    start = time.perf_counter()
    run_kernel(solution, columns, threads, chunk, progress)
    solution.seconds = time.perf_counter() - start


def _by_backend(solution: Solution, columns: Mapping[str, Array]) -> None:
    """Fill the solution from a reference backend: {output: array over the grid, in the output's unit}, and a
    status.
    """
    start = time.perf_counter()
    solve = load_backend(solution.backend).solve
    grid = {path: np.broadcast_to(column, solution.shape).ravel() for path, column in columns.items()}
    values, codes = solve(solution.model.name, solution.fields, grid, solution.output_axes)
    solution.status[:] = codes
    solution.outputs = [o for o in solution.outputs if o.name in values]
    solution.values = {o.name: values[o.name] for o in solution.outputs}
    solution.seconds = time.perf_counter() - start


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
        lacking = (
            ~np.isfinite(values)
            if values.dtype.kind == "f" and not output.absence
            else np.zeros(1, dtype=bool)
        )
        if lacking.any():
            bad |= _by_case(solution, output, lacking)
    solution.status[bad & (solution.status == status.OK)] = status.NOT_FINITE


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


def _warn_validity(solution: Solution) -> None:
    if solution.validity is None or not np.any(solution.validity):
        return
    output = next(o for o in solution.model.outputs if o.name == "validity")
    used = int(np.bitwise_or.reduce(np.asarray(solution.validity, dtype=np.int64).ravel()))
    names = [
        m
        for mask, m in zip(
            output.attrs["flag_masks"], str(output.attrs["flag_meanings"]).split(), strict=True
        )
        if used & mask
    ]
    message = f"outside the range of the formulas for: {', '.join(names)} (see the variable validity)"
    solution.notes.append(message)
    warnings.warn(message, ValidityWarning, stacklevel=4)
