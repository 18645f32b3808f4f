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
    chosen = np.broadcast_arrays(*keys)
    combined = np.stack([c.ravel().astype(float) for c in chosen], axis=1)
    if len(combined) == 1:
        return each(lambda *rest: function(*combined[0].tolist(), *rest), *columns)
    values, which = np.unique(combined, axis=0, return_inverse=True)
    which, *full = np.broadcast_arrays(which.reshape(chosen[0].shape), *columns)
    flat = [np.ascontiguousarray(a).ravel() for a in full]
    found = np.empty(which.size)
    for i, value in enumerate(values):
        mine = which.ravel() == i
        found[mine] = function(*value.tolist(), *(r[mine] for r in flat))
    return found.reshape(which.shape)


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
