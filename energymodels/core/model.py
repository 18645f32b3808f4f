"""What a model is, and the registry of models."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from energymodels.core.errors import Fault, unknown
from energymodels.core.outputs import Output as Output
from energymodels.core.outputs import Tolerance as Tolerance
from energymodels.core.schema import FieldInfo, Table, schema

if TYPE_CHECKING:
    from energymodels.core.solution import Solution

Array: TypeAlias = npt.NDArray[Any]
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
class Remark:
    """What is likely not meant, and in which cases: ``where`` is an array of bool that broadcasts over the
    grid.
    """

    text: str
    where: Array


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
    references: ClassVar[Mapping[str, Mapping[str, Tolerance]]] = {}  # backend -> output -> tolerance
    # backend -> fields that make the model cut space and time as it does
    alike: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    block: ClassVar[int] = 16384  # cases per block of work: its rows and results stay in the cache

    @abstractmethod
    def kernel(self) -> ModuleType:
        """Return the kernel module: ``ROW``, the jitted ``solve`` and ``RESULTS``, the names of what it finds
        in the order of ``Block.scalars``.
        """

    def fields(self, values: Mapping[str, Any]) -> dict[str, FieldInfo]:
        """Return every field by dotted path: those of ``spec`` and those that ``values``, as somebody wrote
        them, bring along.

        InputError if ``values`` do not say which those are.
        """
        return schema(self.spec)

    def alias(self, name: str) -> tuple[str, str] | None:
        """Return (path, unit of bare numbers) of the field that ``name`` also stands for; InputError refuses
        it with a reason.
        """
        return None

    def check(self, fields: Mapping[str, Any]) -> list[Fault]:
        """Return what is wrong with fields that are right one by one."""
        return []

    def remarks(self, fields: Mapping[str, Any], swept: Mapping[str, Array]) -> list[str]:
        """Return what must be said of the fields in use: recalled or assumed values, what the data lack."""
        return []

    def doubts(self, columns: Mapping[str, Array], given: Collection[str]) -> list[Remark]:
        """Return what is likely not meant in some cases; ``given`` are the paths that somebody wrote or
        sweeps.

        A field's own ``usual`` range needs no remark here.
        """
        return []

    def members(
        self, fields: Mapping[str, Any], along: Mapping[str, Array]
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the published alternatives to the data in use, one at a time: (name, {path: value}).

        The first is what is in use, with every path that the others change; ``along`` are the values of swept
        fields.
        """
        return []

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
        """Return why a single case with these fields is none, though each is right; in a sweep such a case
        gets a status.
        """
        return []

    def outcome(self, solution: Solution, found: Mapping[str, Array]) -> list[str]:
        """Return what must be said of how cases went; ``found`` holds every scalar output by name, kept or
        not.
        """
        return []

    def label(self, name: str, word: str, solution: Solution) -> str:
        """Return what the ``word`` of a code, output ``name`` of the first case, is shown as."""
        return word

    def axes(self, fields: Mapping[str, Any], along: Mapping[str, Array], probe: Probe) -> dict[str, Array]:
        """Return output axes shared by all cases, from the checked fields and the values ``along`` which some
        are swept.

        Asked only if an output with dimensions is wanted. ``probe(names)`` solves the same cases by the
        kernel for these outputs without dimensions.
        """
        return {}

    @abstractmethod
    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        """Return kernel rows, SI, from columns."""

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        """Solve a chunk of rows into ``out``; ``axes`` are the output axes and what ``prepare`` shares."""
        self.kernel().solve(rows, out.scalars, out.status)

    def data_sources(self, used: Mapping[str, Sequence[Any]]) -> list[str]:
        """Return where the data come from that the fields {path: every word in use, or a number} call for."""
        return []

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        """Return {swept path: why it does not act fully} given the fields in use (those not swept have one
        value).
        """
        return {}


_FILES = {
    "battery.design": "battery.design.model",
    "battery.dfn": "battery.cell.dfn",
    "battery.spm": "battery.cell.spm",
    "battery.spme": "battery.cell.spme",
    "pv.cell": "pv.cell.model",
    "pv.diode": "pv.diode.model",
    "pv.shockley_queisser": "pv.shockley_queisser.model",
    "vehicle.charge_stop": "vehicle.charge_stop.model",
    "vehicle.drive": "vehicle.drive.model",
    "vehicle.range": "vehicle.range.model",
}
MODELS = tuple(_FILES)


def get_model(name: str) -> Model:
    """Return a registered model; unknown names get the closest valid one."""
    if name not in _FILES:
        raise unknown("model", name, MODELS)
    model = import_module(f"energymodels.{_FILES[name]}").MODEL
    assert isinstance(model, Model)
    return model


def resolve(model: Model, name: str) -> tuple[str, str]:
    """Return (path, unit of bare numbers, empty for the field's own) of a field's path or alias; unknown
    names pass.
    """
    return (name, "") if name in schema(model.spec) else model.alias(name) or (name, "")


def scalar_outputs(model: Model) -> list[Output]:
    """Return the outputs without dimensions that a model's kernel finds, in the order of its ``RESULTS``."""
    known = {output.name: output for output in model.outputs}
    return [known[name] for name in model.kernel().RESULTS]


def hand_out(names: Iterable[str], values: Iterable[Array], arrays: Mapping[str, Array]) -> None:
    """Copy the results called ``names`` into those of ``arrays`` that are wanted."""
    for name, found in zip(names, values, strict=True):
        if name in arrays:
            arrays[name][...] = found


def label_index(labels: tuple[str, ...], values: list[str]) -> Array:
    """Return the indices of ``values`` in ``labels``."""
    return np.array([labels.index(value) for value in values], dtype=np.int8)
