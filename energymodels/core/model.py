"""The interface of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from energymodels.core.arrays import Array as Array
from energymodels.core.arrays import label_index as label_index
from energymodels.core.field import FieldInfo
from energymodels.core.outputs import Agreement as Agreement
from energymodels.core.outputs import Output as Output
from energymodels.core.review import Context, Review
from energymodels.core.review import Remark as Remark
from energymodels.core.schema import Table, schema
from energymodels.core.values import Fields, Given

if TYPE_CHECKING:
    from energymodels.core.solution import Solution

Probe: TypeAlias = "Callable[[list[str]], Solution]"


@dataclass(frozen=True)
class Prepared:
    """Kernel inputs by record field and results known from the fields alone; arrays broadcast over the grid.

    A list of arrays fills the first entries of a field that is an array. ``shared`` arrays, such as tables
    the rows point into, reach ``Model.solve`` whole, among its ``axes``.
    """

    rows: Mapping[str, Array | list[Array]]
    derived: Mapping[str, Array] = field(default_factory=dict)
    shared: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """Where a chunk of cases goes: ``scalars`` (scalar output, case), ``arrays`` name -> (case, *dims),
    ``status`` (case,).
    """

    scalars: Array
    arrays: Mapping[str, Array]
    status: Array


class Model(ABC):
    """One model: its schema, its outputs and its way to a kernel.

    Columns are {path: array} that broadcast over the grid, numbers in the fields' units, labels as indices
    into ``FieldInfo.labels``, texts as they are.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    spec: ClassVar[type[Table]]
    outputs: ClassVar[tuple[Output, ...]]
    sources: ClassVar[tuple[str, ...]] = ()
    references: ClassVar[Mapping[str, Mapping[str, Agreement]]] = {}  # backend -> output -> agreement
    # backend -> fields that make the model cut space and time as it does
    alike: ClassVar[Mapping[str, Given]] = {}
    block: ClassVar[int] = 16384  # cases per block of work: its rows and results stay in the cache

    review: ClassVar[type[Review]] = Review  # what is to be said of them

    @abstractmethod
    def kernel(self) -> ModuleType:
        """Return the kernel module: ``ROW``, the jitted ``solve`` and ``RESULTS``, the names of what it finds
        in the order of ``Block.scalars``.
        """

    def fields(self, values: Fields) -> dict[str, FieldInfo]:
        """Return every field by dotted path: those of ``spec`` and those that ``values``, as somebody wrote
        them, bring along.

        InputError if ``values`` do not say which those are.
        """
        return schema(self.spec)

    def nothing(self, prepared: Prepared) -> Array:
        """Return the row of a case that is none, of the kind of the first one: to load the kernel with."""
        import numpy as np

        return np.zeros(1, self.kernel().ROW).view(np.recarray)

    def alias(self, name: str) -> tuple[str, str] | None:
        """Return (path, unit of bare numbers) of the field that ``name`` also stands for; InputError refuses
        it with a reason.
        """
        return None

    def reviewed(
        self,
        fields: Fields,
        along: Mapping[str, Array] | None = None,
        columns: Mapping[str, Array] | None = None,
        given: Collection[str] = (),
    ) -> Review:
        """Return the review of fields; the arguments are those of ``Context``."""
        return self.review(Context(self.name, fields, along or {}, columns or {}, given))

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        """Return output axes shared by all cases of ``context``.

        Asked only if an output with dimensions is wanted. ``probe(names)`` solves the same cases by the
        kernel for these outputs without dimensions.
        """
        return {}

    @abstractmethod
    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        """Return kernel rows, SI, from columns."""

    def prepare_some(self, columns: Mapping[str, Array], context: Context) -> Prepared:
        """Return kernel rows of some cases of a plan, ``context`` being that of all."""
        return self.prepare(columns)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        """Solve a chunk of rows into ``out``; ``axes`` are the output axes and what ``prepare`` shares."""
        self.kernel().solve(rows, out.scalars, out.status)


def scalar_outputs(model: Model) -> list[Output]:
    """Return the outputs without dimensions that a model's kernel finds, in the order of its ``RESULTS``."""
    known = {output.name: output for output in model.outputs}
    return [known[name] for name in model.kernel().RESULTS]


def hand_out(names: Iterable[str], values: Iterable[Array], arrays: Mapping[str, Array]) -> None:
    """Copy the results called ``names`` into those of ``arrays`` that are wanted."""
    for name, found in zip(names, values, strict=True):
        if name in arrays:
            arrays[name][...] = found
