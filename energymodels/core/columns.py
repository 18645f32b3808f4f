"""Columns: arrays that broadcast over the grid of a sweep, and calls of flat functions on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from energymodels.core.arrays import Array, label_index
from energymodels.core.field import FieldInfo
from energymodels.core.values import Fields


def each(function: Callable[..., Array], *columns: Array) -> Array:
    """Call a flat kernel on columns; leading dimensions of its result come first."""
    full = np.broadcast_arrays(*columns)
    found = function(*(np.ascontiguousarray(a).ravel() for a in full))
    return found.reshape(found.shape[:-1] + full[0].shape)


def by_value(function: Callable[..., Array], keys: list[Array], *columns: Array) -> Array:
    """Call ``function(key values, flat arrays)`` once for each combination of values of ``keys``, and put the
    results together.
    """
    shape = np.broadcast_shapes(*(key.shape for key in keys))
    values, which = _combined([np.broadcast_to(key, shape).ravel() for key in keys])
    if which.size == 1:
        return each(lambda *rest: function(*values[0], *rest), *columns)
    which, *full = np.broadcast_arrays(which.reshape(shape), *columns)
    flat = [np.ascontiguousarray(a).ravel() for a in full]
    found = np.empty(which.size)
    for value, mine in zip(values, _places(which.ravel(), len(values)), strict=True):
        found[mine] = function(*value, *(r[mine] for r in flat))
    return found.reshape(which.shape)


def _combined(keys: list[Array]) -> tuple[list[list[float]], Array]:
    """Return every combination of values that occurs in flat ``keys``, and which of them each place has."""
    first = np.zeros(1, dtype=np.int64)
    which = np.zeros(keys[0].size, dtype=np.int64)
    for key in keys:  # one after the other: to sort whole combinations takes ten times as long
        if (key != key[0]).any():
            found, mine = np.unique(key, return_inverse=True)
            _, first, which = np.unique(which * found.size + mine, return_index=True, return_inverse=True)
    return np.stack([key[first].astype(float) for key in keys], axis=1).tolist(), which


def _places(which: Array, many: int) -> list[Array]:
    """Return the places of each of ``many`` numbers in ``which``, in their order."""
    return np.split(np.argsort(which, kind="stable"), np.cumsum(np.bincount(which, minlength=many))[:-1])


def power(base: Array, exponent: Array) -> Array:
    """Return ``base ** exponent``, to the last bit the same of one number and of many.

    NumPy squares, inverts or takes a root where one exponent of 2, -1 or 1/2 serves many bases, which is not
    its power of single numbers: so every base gets an exponent of its own.
    """
    full = np.broadcast_arrays(base, exponent)
    found: Array = np.power(*(np.array(one, dtype=float).ravel() for one in full))
    return found.reshape(full[0].shape)


def take(values: npt.ArrayLike, labels: Array) -> Array:
    """Return the entry of ``values`` for each label index."""
    return np.asarray(values, dtype=float)[labels]


def column(columns: Mapping[str, Array], path: str, value: float = 0.0) -> Array:
    """Return the column of a field, or one with ``value`` where the field is not set."""
    return columns[path] if path in columns else np.full((1,) * next(iter(columns.values())).ndim, value)


def stack(columns: Mapping[str, Array]) -> Array:
    """Return columns as one array that broadcasts over the grid, a place for each at its end."""
    return np.stack(np.broadcast_arrays(*columns.values()), axis=-1)


def of_fields(infos: Mapping[str, FieldInfo], fields: Fields, ndim: int) -> dict[str, Array]:
    """Return fields of one case as columns over a grid of ``ndim`` axes: numbers, indices of
    labels, texts.
    """
    return {
        path: (label_index(infos[path].labels, [value]) if infos[path].labels else np.array([value])).reshape(
            (1,) * ndim
        )
        for path, value in fields.items()
    }
