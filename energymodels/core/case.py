"""A case as its model sees it: the fields of the spec by attribute, numbers in SI, converted once.

A spec's class names its fields, so ``view`` returns its columns as if they were an instance of that class:
``case.wafer.thickness`` is an array in m, and a type checker finds a misspelt field. What is set is an array
that broadcasts over the grid, what is not set is None unless something fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from energymodels.core import si
from energymodels.core.schema import FieldInfo, Table, schema

if TYPE_CHECKING:
    from energymodels.core.model import Array

L = TypeVar("L")
T = TypeVar("T", bound=Table)
Fill: TypeAlias = "Callable[[str], Array | None]"


class Label(Generic[L]):
    """Which of a field's labels each case has: ``index`` into ``words``."""

    def __init__(self, words: tuple[str, ...], index: Array) -> None:
        self.words = words
        self.index: npt.NDArray[np.int8] = index

    def means(self, word: L) -> npt.NDArray[np.bool_]:
        """Return where the label is ``word``."""
        return np.asarray(self.index == self.words.index(str(word)))

    def take(self, by_word: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """Return the number that belongs to the label of each case."""
        return np.array([by_word[word] for word in self.words], dtype=float)[self.index]


class _Part:
    """A table of a case; what is asked for is kept."""

    def __init__(
        self,
        table: type[Table],
        prefix: str,
        infos: Mapping[str, FieldInfo],
        columns: Mapping[str, Array],
        fill: Fill | None,
    ) -> None:
        self._table, self._prefix = table, prefix
        self._infos, self._columns, self._fill = infos, columns, fill

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or name not in self._table.model_fields:
            raise AttributeError(f"{self._prefix}{name} is no field of {self._table.__name__}")
        found = self._find(name)
        self.__dict__[name] = found
        return found

    def _find(self, name: str) -> object:
        inner = self._table.model_fields[name].annotation
        if isinstance(inner, type) and issubclass(inner, Table):
            part = _Part(inner, f"{self._prefix}{name}.", self._infos, self._columns, self._fill)
            return part._entries() if inner.by_name else part
        return self._column(f"{self._prefix}{name}")

    def _entries(self) -> dict[str, object]:
        """Return what is set of a table whose fields come from data, by name."""
        names = self._table.model_fields
        return {name: self._find(name) for name in names if self._prefix + name in self._columns}

    def _column(self, path: str) -> object:
        values = self._columns.get(path)
        if values is None and self._fill is not None:
            values = self._fill(path)
        info = self._infos[path]
        if values is None or info.kind == "text":
            return values
        if info.kind == "label":
            return Label(info.labels, values)
        return si.scale(info.unit).to_si(values)


def view(table: type[T], columns: Mapping[str, Array], fill: Fill | None = None) -> T:
    """Return ``columns`` {path: array}, numbers in the fields' units and labels as indices, as a case of
    ``table``.

    Numbers are given in SI (``si.KEPT`` as they are), labels as ``Label``, texts as they are. ``fill(path)``
    returns a column, in the field's unit, for a field that is not set, or None.
    """
    return cast(T, _Part(table, "", schema(table), columns, fill))


def filled(values: Array | None, default: float, like: Array) -> Array:
    """Return ``values``, or where they are not set ``default`` for a grid of as many axes as ``like`` has."""
    return np.full((1,) * like.ndim, default) if values is None else values


def chosen(labels: Mapping[str, Label[str]], name: str, like: Array) -> Array:
    """Return the index of the label chosen for ``name``: the first where none is set."""
    return labels[name].index if name in labels else np.zeros((1,) * like.ndim, dtype=np.int8)
