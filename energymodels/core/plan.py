"""A plan: a spec and its swept fields, with all data they name read and checked once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeAlias

from energymodels.core import plausibility
from energymodels.core.arrays import Array, label_index
from energymodels.core.axes import Axis, Over, make_axes, swept_values
from energymodels.core.columns import of_fields
from energymodels.core.ensemble import sets_axis
from energymodels.core.entries import Values, read_values
from energymodels.core.errors import (
    EntryWarning,
    Fault,
    InertWarning,
    InputError,
    NoteWarning,
    ProvenanceWarning,
    unknown_each,
)
from energymodels.core.field import FieldInfo
from energymodels.core.model import Model, Output
from energymodels.core.registry import get_model, resolve
from energymodels.core.review import Context, Review
from energymodels.core.solution import Solution
from energymodels.core.solve import solved
from energymodels.core.spec import Spec, load
from energymodels.core.values import FieldDict, Fields, Given

Keep: TypeAlias = list[str] | Callable[[Output], bool] | None
Source: TypeAlias = Spec | str | Given
Chunk: TypeAlias = tuple[tuple[slice, ...], int, int]  # where it is in the grid, its first case, its cases


@dataclass(frozen=True)
class Plan:
    """What is going to be solved.

    ``infos`` {path: FieldInfo} are all fields, those that swept texts bring along included; ``axes`` the
    dimensions of the grid; ``review`` what is to be said of the fields in use; ``keep`` chooses outputs.
    """

    spec: Spec
    model: Model
    infos: Mapping[str, FieldInfo]
    axes: list[Axis]
    review: Review
    keep: Keep = None
    backend: str = ""
    notes: list[tuple[str, type[NoteWarning]]] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """The fields in use and the columns of the grid."""
        return self.review.of

    @property
    def fields(self) -> Fields:
        """Every field in use, swept ones at their first value."""
        return self.context.fields

    @property
    def columns(self) -> Mapping[str, Array]:
        """Every field in use as an array that broadcasts over the grid: numbers in the field's unit, indices
        of labels, texts.
        """
        return self.context.columns

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The size of every axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return math.prod(self.shape)

    def chunks(self, size: int | None = None) -> Iterator[Chunk]:
        """Cut the grid into contiguous blocks of at most ``size`` cases, by default the model's number."""
        return _blocks(self.shape, size or self.model.block)

    def wanted(self, output: Output) -> bool:
        """Return whether an output is kept."""
        if isinstance(self.keep, list):
            return output.name in self.keep
        return not output.on_request and (self.keep is None or self.keep(output))

    def solve(
        self,
        *,
        threads: int | None = None,
        chunk: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Solution:
        """Solve all cases; interrupted, it returns what it has, the rest not run.

        ``progress`` is called with (cases done, cases) after each block of ``chunk`` cases.
        """
        return solved(self, threads, chunk, progress)


def plan(
    spec: Source,
    over: Over | None = None,
    values: Given | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    sets: str | int | None = None,
    keep: Keep = None,
    backend: str = "",
) -> Plan:
    """Read and check a sweep, without solving anything.

    Parameters
    ----------
    spec : Spec, str or mapping
        As in ``run``.
    over, values, points, sets, keep, backend : optional
        As in ``sweep``.

    Returns
    -------
    Plan
        The checked sweep: its ``shape``, ``cases``, ``fields`` and ``notes``; ``solve`` solves it.

    Raises
    ------
    InputError
        Lists every fault of the input.

    Examples
    --------
    >>> import energymodels as em
    >>> plan = em.plan("industrial-topcon-2023", {"wafer.thickness": "100:180:5", "wafer.dopant": "P,Ga"})
    >>> plan.shape, plan.cases
    ((5, 2), 10)
    """
    over, points = over or {}, points or {}
    base = spec if isinstance(spec, Spec) else load(spec)
    if values:
        base = base.replace(values)
    model = get_model(base.model)
    if backend and backend not in model.references:
        known = ", ".join(model.references) or "none"
        raise InputError(Fault("backend", backend, hint=f"{model.name} has these backends: {known}"))
    infos = _infos(base, over, points)
    axes = make_axes(infos, over, points, partial(resolve, model))
    fields = _checked(base, infos, axes)
    along = swept_values(axes)
    alone = model.reviewed(fields, along)
    if not axes and (faults := alone.impossible()):
        raise InputError(faults)
    if sets is not None:
        axes.append(sets_axis(alone.alternatives(), infos, along, sets))
    columns = _columns(infos, fields, axes)
    without = alone.without_effect()
    given = [path for path in dict.fromkeys([*base.values, *along]) if path not in without]
    review = model.reviewed(fields, swept_values(axes), columns, given)
    found = Plan(base, model, infos, axes, review, keep, backend)
    _known(model, keep)
    found.notes.extend(_notes(found, alone.notes(), without))
    return found


def _known(model: Model, keep: Keep) -> None:
    """Refuse outputs that the model does not have."""
    names = [output.name for output in model.outputs]
    wrong = [name for name in (keep if isinstance(keep, list) else []) if name not in names]
    if wrong:
        raise unknown_each("output", wrong, names)


def _notes(of: Plan, own: list[str], without: Mapping[str, str]) -> Iterator[tuple[str, type[NoteWarning]]]:
    """Yield what is to be said before anything is solved, each with its category: ``own`` are the model's
    notes on what was asked for, whatever alternatives are tried beside it.
    """
    for fault in (fault for axis in of.axes for fault in axis.faults):
        yield f"not solved, status out_of_range: {fault}", EntryWarning
    for path, reason in without.items():
        yield f"sweeping {path}: {reason}", InertWarning
    for note in own:
        yield note, ProvenanceWarning
    for remark in plausibility.remarks(of.review, of.infos, of.shape):
        yield remark, plausibility.PlausibilityWarning


def _infos(base: Spec, over: Over, points: Mapping[str, Values]) -> dict[str, FieldInfo]:
    """Return the fields of the spec and those that swept texts bring along."""
    infos = dict(base.fields)
    model = get_model(base.model)
    for name, values in (*over.items(), *points.items()):
        path = _path(model, name)
        if path in infos and infos[path].kind == "text":
            for text in dict.fromkeys(read_values(infos[path], values).tolist()):
                infos |= base.replace({path: text}).fields
    return infos


def _path(model: Model, name: object) -> object:
    """Return the path that a name of ``over`` stands for; what is none passes, ``make_axes`` says so."""
    try:
        return resolve(model, name)[0] if isinstance(name, str) else name
    except InputError:
        return name


def _checked(base: Spec, infos: Mapping[str, FieldInfo], axes: list[Axis]) -> FieldDict:
    """Check the spec with all labels and texts that meet in the grid; return the fields in use, swept ones at
    their first.
    """
    if not axes:
        return base.checked()
    first = {path: values[0] for path, values in swept_values(axes).items()}
    fields: FieldDict = {}
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


def _columns(infos: Mapping[str, FieldInfo], fields: Fields, axes: list[Axis]) -> dict[str, Array]:
    """Return every field in use as an array that broadcasts over the grid: numbers, indices of labels,
    texts.
    """
    columns = of_fields(infos, fields, len(axes))
    for i, axis in enumerate(axes):
        shape = tuple(axis.size if j == i else 1 for j in range(len(axes)))
        for path, values in axis.values.items():
            array = values if infos[path].kind != "label" else label_index(infos[path].labels, list(values))
            columns[path] = array.reshape(shape)
    return columns


def _blocks(shape: tuple[int, ...], size: int) -> Iterator[Chunk]:
    """Cut a grid into contiguous blocks of at most ``size`` cases."""
    inner = 1
    cut = len(shape)
    while cut > 0 and inner * shape[cut - 1] <= size:
        cut -= 1
        inner *= shape[cut]
    if cut == 0:
        yield tuple(slice(0, n) for n in shape), 0, inner
        return
    step = max(1, size // inner)
    whole = tuple(slice(0, n) for n in shape[cut:])
    first = 0
    for outer in itertools.product(*(range(n) for n in shape[: cut - 1])):
        for start in range(0, shape[cut - 1], step):
            stop = min(start + step, shape[cut - 1])
            cases = (stop - start) * inner
            yield (*(slice(i, i + 1) for i in outer), slice(start, stop), *whole), first, cases
            first += cases
