"""Grids: columns over them, blocks they are cut into, and places spread over them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from energymodels.core.arrays import Array, label_index
from energymodels.core.axes import Axis
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.values import Fields

Chunk: TypeAlias = tuple[tuple[slice, ...], int, int]  # where it is in the grid, its first case, its cases
MOST = 10**11  # cases of a sweep


def check_cases(axes: Sequence[Axis]) -> None:
    """Refuse a grid that nobody can solve."""
    cases = math.prod(axis.size for axis in axes)
    if cases > MOST:
        sizes = " x ".join(str(axis.size) for axis in axes)
        raise InputError(Fault("grid", hint=f"{sizes} are {cases:.3g} cases: at most {MOST:.0e}"))


def grid_columns(infos: Mapping[str, FieldInfo], fields: Fields, axes: Sequence[Axis]) -> dict[str, Array]:
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


def spread(shape: Sequence[int], number: int) -> Array:
    """Return places spread evenly over a grid, (place, axis): all of a grid with no more than ``number``."""
    if math.prod(shape) <= number:
        return np.stack(np.unravel_index(np.arange(math.prod(shape)), shape), axis=1)
    root = 2.0  # of x^(d+1) = x + 1: its powers are irrational steps that spread evenly over d axes
    for _ in range(40):
        root = (1.0 + root) ** (1.0 / (len(shape) + 1))
    steps = root ** -(1.0 + np.arange(len(shape)))
    found = (0.5 + np.arange(number)[:, None] * steps) % 1.0 * np.array(shape)
    return np.unique(found.astype(np.int64), axis=0)


def merged(axes: Sequence[Axis], places: Array) -> Axis:
    """Return one axis, ``point``, of some places of a grid, (place, axis)."""
    taken = [axis.taken(places[:, i]) for i, axis in enumerate(axes)]
    missing = [axis.missing for axis in taken if axis.missing is not None]
    return Axis(
        "point",
        {path: values for axis in taken for path, values in axis.values.items()},
        missing=np.any(missing, axis=0) if missing else None,
    )


def blocks(shape: tuple[int, ...], size: int) -> Iterator[Chunk]:
    """Cut a grid into contiguous blocks of at most ``size`` cases."""
    counts = block_shape(shape, size)
    ranges = [range(0, n, count) for n, count in zip(shape, counts, strict=True)]
    first = 0
    for starts in itertools.product(*ranges):
        index = tuple(
            slice(start, min(start + count, n)) for start, count, n in zip(starts, counts, shape, strict=True)
        )
        cases = math.prod(places.stop - places.start for places in index)
        yield index, first, cases
        first += cases


def block_shape(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Return the shape of the largest contiguous block of at most ``size`` cases: one place of the outer
    axes, some of one, all of the inner ones.
    """
    inner = 1
    found = []
    for n in reversed(shape):
        found.append(max(1, min(n, size // inner)))
        inner *= n
    return tuple(reversed(found))
