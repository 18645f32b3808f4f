"""A plan: a spec and its swept fields, with all data they name read and checked once."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from energymodels.core import combinations, plausibility
from energymodels.core.arrays import Array
from energymodels.core.asked import Asked as Asked
from energymodels.core.asked import Keep as Keep
from energymodels.core.asked import Source as Source
from energymodels.core.axes import Axis, Over, make_axes, swept_values
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
from energymodels.core.grid import Chunk, blocks, check_cases, grid_columns, merged, spread
from energymodels.core.model import Model, Output
from energymodels.core.pace import told
from energymodels.core.registry import get_model, resolve
from energymodels.core.review import Context, Review
from energymodels.core.solution import Solution
from energymodels.core.solve import solved
from energymodels.core.spec import Spec, load
from energymodels.core.values import FieldDict, Fields, Given

LEVEL = 3  # from a warning here to whoever called ``Plan.solve``
LARGE = 65536  # cases: of a larger grid as many, spread over it, are looked at before it is solved


@dataclass(frozen=True)
class Plan:
    """What is going to be solved.

    ``infos`` {path: FieldInfo} are all fields, those that swept texts bring along included; ``axes`` the
    dimensions of the grid; ``review`` what is to be said of the fields in use, in a large grid looked at in
    places spread over it; ``asked`` what it was made from. ``output_axes`` are those of outputs with
    dimensions, where they are known.
    """

    spec: Spec
    model: Model
    infos: Mapping[str, FieldInfo]
    axes: list[Axis]
    review: Review
    asked: Asked
    notes: list[tuple[str, type[NoteWarning]]] = field(default_factory=list)
    output_axes: Mapping[str, Array] | None = None

    @property
    def backend(self) -> str:
        """The reference backend that solves it in place of our kernel, empty for none."""
        return self.asked.backend

    @property
    def context(self) -> Context:
        """The fields in use and the columns of the grid."""
        return self.review.of

    @property
    def fields(self) -> Fields:
        """Every field in use, swept ones at their first value."""
        return self.context.fields

    @cached_property
    def columns(self) -> Mapping[str, Array]:
        """Every field in use as an array that broadcasts over the grid: numbers in the field's unit, indices
        of labels, texts.
        """
        return grid_columns(self.infos, self.fields, self.axes)

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
        return blocks(self.shape, size or self.model.block)

    def part(self, index: tuple[slice, ...]) -> Plan:
        """Return the plan of a block of the grid."""
        return self._of([axis.part(places) for axis, places in zip(self.axes, index, strict=True)])

    def spread(self, number: int) -> Plan:
        """Return the plan of at most ``number`` cases spread over the grid, as a list of designs."""
        if not self.axes:
            return self
        return self._of([merged(self.axes, spread(tuple(axis.held for axis in self.axes), number))])

    def _in_memory(self) -> Plan:
        """Return the plan with all values of its axes in memory."""
        if not any(axis.drawn is not None for axis in self.axes):
            return self
        return replace(self.part(tuple(slice(0, axis.size) for axis in self.axes)), notes=self.notes)

    def _of(self, axes: list[Axis]) -> Plan:
        """Return the plan over other axes, of which nothing is said."""
        columns = grid_columns(self.infos, self.fields, axes)
        review = type(self.review)(replace(self.context, columns=columns))
        return replace(self, axes=axes, review=review, notes=[])

    def wanted(self, output: Output) -> bool:
        """Return whether an output is kept."""
        keep = self.asked.keep
        if isinstance(keep, list):
            return output.name in keep
        return not output.on_request and (keep is None or keep(output))

    def solve(
        self,
        *,
        threads: int | None = None,
        chunk: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        most: float | None = None,
    ) -> Solution:
        """Solve all cases; interrupted, it returns what it has, the rest not run.

        ``progress`` is called with (cases done, cases) after each block of ``chunk`` cases. InputError if the
        results take more than ``most`` bytes, by default the memory of this machine.
        """
        for text, category in self.notes:
            warnings.warn(text, category, stacklevel=LEVEL)
        solution = solved(self._in_memory(), threads, chunk, progress, most)
        for text, category in solution.said:
            warnings.warn(text, category, stacklevel=LEVEL)
        return solution


def plan(
    spec: Source,
    over: Over | None = None,
    values: Given | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    design: Given | None = None,
    sets: str | int | None = None,
    keep: Keep = None,
    backend: str = "",
) -> Plan:
    """Read and check a sweep, without solving anything.

    Parameters
    ----------
    spec : Spec, str or mapping
        As in ``run``.
    over, values, points, design, sets, keep, backend : optional
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
    base = spec if isinstance(spec, Spec) else load(spec)
    if values:
        base = base.replace(values)
    return planned(Asked(base, over or {}, points or {}, design or {}, sets, keep, backend))


def planned(asked: Asked) -> Plan:
    """Return the plan of what was asked for."""
    base, model = asked.spec, get_model(asked.spec.model)
    if asked.backend and asked.backend not in model.references:
        known = ", ".join(model.references) or "none"
        raise InputError(Fault("backend", asked.backend, hint=f"{model.name} has these backends: {known}"))
    infos = _infos(base, asked)
    axes = make_axes(infos, asked.over, asked.points, partial(resolve, model), asked.design)
    check_cases(axes)
    fields = _checked(base, infos, axes)
    along = swept_values(axes)
    alone = model.reviewed(fields, along)
    if not axes and (faults := alone.impossible()):
        raise InputError(faults)
    if asked.sets is not None:
        axes.append(sets_axis(alone.alternatives(), infos, along, asked.sets))
        check_cases(axes)
    columns = _looked_at(infos, fields, axes)
    without = alone.without_effect()
    given = [path for path in dict.fromkeys([*base.values, *along]) if path not in without]
    review = model.reviewed(fields, swept_values(axes), columns, given)
    found = Plan(base, model, infos, axes, review, asked)
    _known(model, asked.keep)
    found.notes.extend(_notes(found, alone.notes(), without))
    return found


def _looked_at(infos: Mapping[str, FieldInfo], fields: Fields, axes: list[Axis]) -> dict[str, Array]:
    """Return the columns that are looked at before anything is solved: of a large grid places spread over
    it.
    """
    if math.prod(axis.size for axis in axes) > LARGE:
        axes = [merged(axes, spread(tuple(axis.held for axis in axes), LARGE))]
    return grid_columns(infos, fields, [axis.whole() for axis in axes])


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
    for axis in of.axes:
        some = f" (of the first {axis.held:,} designs)" if axis.held < axis.size else ""
        for fault in axis.faults:
            yield f"not solved, status out_of_range: {fault}{some}", EntryWarning
    for text in (text for axis in of.axes if axis.drawn is not None for text in axis.drawn.notes):
        yield text, NoteWarning
    for path, reason in without.items():
        yield f"sweeping {path}: {reason}", InertWarning
    for note in own:
        yield note, ProvenanceWarning
    for remark in plausibility.remarks(of.review, of.infos, of.shape):
        yield remark, plausibility.PlausibilityWarning


def _infos(base: Spec, asked: Asked) -> dict[str, FieldInfo]:
    """Return the fields of the spec and those that swept texts bring along."""
    infos = dict(base.fields)
    for path, texts in _texts(infos, get_model(base.model), asked).items():
        say = told(f"reading the texts of {path}")
        for done, text in enumerate(texts):
            infos |= base.replace({path: text}).fields
            say(done + 1, len(texts))
    return infos


def _texts(infos: Mapping[str, FieldInfo], model: Model, asked: Asked) -> dict[str, list[str]]:
    """Return {path: every text, once each} of the fields along axes that hold texts."""
    found: dict[str, list[str]] = {}
    for name, values in (*asked.over.items(), *asked.points.items()):
        path = _path(model, name)
        if path in infos and infos[path].kind == "text":
            found[path] = list(dict.fromkeys(read_values(infos[path], values).tolist()))
    if asked.design:
        from energymodels.core.designs.texts import texts

        found |= texts(infos, asked.design, lambda name: (str(_path(model, name)), ""))
    return found


def _path(model: Model, name: Any) -> Any:
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
    check = combinations.Check(base, first, combinations.lines(infos, axes))
    check.run()
    if check.faults:
        raise InputError(check.faults)
    return check.fields
