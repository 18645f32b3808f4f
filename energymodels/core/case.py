"""A case as its model sees it: the fields of the spec by attribute, numbers in SI, converted once.

A spec's class names its fields, so ``view`` returns its columns as if they were an instance of that class:
``case.wafer.thickness`` is an array in m, and a type checker finds a misspelt field. What is set is an array
that broadcasts over the grid, what is not set is None unless something fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from energymodels.core import si
from energymodels.core.field import FieldInfo
from energymodels.core.schema import Table, schema

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


@dataclass(frozen=True)
class _Place:
    """What a name in a table is: a table of its own (``inner``), or the field ``path``."""

    path: str
    inner: type[Table] | None = None
    info: FieldInfo | None = None
    scale: si.Scale | None = None  # of a number


@cache
def _places(table: type[Table], prefix: str) -> dict[str, _Place]:
    """Return what each name of a table at ``prefix`` is."""
    infos, found = schema(table, prefix), {}
    for name, field in table.model_fields.items():
        path, inner = f"{prefix}{name}", field.annotation
        if isinstance(inner, type) and issubclass(inner, Table):
            found[name] = _Place(f"{path}.", inner)
        else:
            info = infos[path]
            number = info.kind in ("number", "integer")
            found[name] = _Place(path, None, info, si.scale(info.unit) if number else None)
    return found


class _Part:
    """A table of a case; what is asked for is kept."""

    def __init__(
        self, table: type[Table], prefix: str, columns: Mapping[str, Array], fill: Fill | None
    ) -> None:
        self._places, self._columns, self._fill = _places(table, prefix), columns, fill

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or name not in self._places:
            raise AttributeError(f"{name} is no field; there are {', '.join(self._places)}")
        found = self.__dict__[name] = self._find(self._places[name])
        return found

    def _find(self, place: _Place) -> object:
        if place.inner is None:
            return self._column(place)
        part = _Part(place.inner, place.path, self._columns, self._fill)
        return part._entries() if place.inner.by_name else part

    def _entries(self) -> dict[str, object]:
        """Return what is set of a table whose fields come from data, by name."""
        return {name: self._find(one) for name, one in self._places.items() if one.path in self._columns}

    def _column(self, place: _Place) -> object:
        values = self._columns.get(place.path)
        if values is None and self._fill is not None:
            values = self._fill(place.path)
        if values is None:
            return None
        if place.scale is not None:
            return place.scale.to_si(values)
        assert place.info is not None
        return Label(place.info.labels, values) if place.info.kind == "label" else values


def view(table: type[T], columns: Mapping[str, Array], fill: Fill | None = None) -> T:
    """Return ``columns`` {path: array}, numbers in the fields' units and labels as indices, as a case of
    ``table``.

    Numbers are given in SI (``si.KEPT`` as they are), labels as ``Label``, texts as they are. ``fill(path)``
    returns a column, in the field's unit, for a field that is not set, or None.
    """
    return cast(T, _Part(table, "", columns, fill))


def filled(values: Array | None, default: float, like: Array) -> Array:
    """Return ``values``, or where they are not set ``default`` for a grid of as many axes as ``like`` has."""
    return np.full((1,) * like.ndim, default) if values is None else values


def chosen(labels: Mapping[str, Label[str]], name: str, like: Array) -> Array:
    """Return the index of the label chosen for ``name``: the first where none is set."""
    return labels[name].index if name in labels else np.zeros((1,) * like.ndim, dtype=np.int8)
