"""Numbers of the lanes by name: ``s.h`` is a vector in memory, ``s.h = v`` puts one there.

A ``Layout`` names the rows of an array (row, lane). ``layout.views()`` gives two functions: ``all(array)``
looks at all lanes, ``one(array, lane)`` at one of them, where ``one.h`` is a float. A name of several rows is
taken row by row: ``load(s.psi, m)``, ``store(v, s.psi, m)``, ``one.psi[m]``.

A view is a pointer, and costs nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.core.typing.templates import AttributeTemplate, infer_getattr, signature
from numba.extending import lower_getattr_generic, lower_setattr_generic
from numba.np import arrayobj

from energymodels.kernels.simd.vector import ALIGN, DOUBLE, VECTOR, WIDTH, apart, meaning, register, vector

POINTER = DOUBLE.as_pointer()


class _Seen:
    """The interpreted view, of one lane."""

    def __init__(self, array: Any, places: dict[str, tuple[int, int]], lane: int) -> None:
        object.__setattr__(self, "_of", (array, places, lane))

    def __getattr__(self, name: str) -> Any:
        array, places, lane = object.__getattribute__(self, "_of")
        row, count = places[name]
        return array[row : row + count, lane] if count else array[row, lane]

    def __setattr__(self, name: str, value: Any) -> None:
        array, places, lane = object.__getattribute__(self, "_of")
        array[places[name][0], lane] = value


class Layout:
    """Names of the rows of an array, each of one row, or of as many as ``more`` says."""

    def __init__(self, name: str, singles: tuple[str, ...], more: dict[str, int] | None = None) -> None:
        self.name = name
        self.places: dict[str, tuple[int, int]] = {one: (q, 0) for q, one in enumerate(singles)}
        self.rows = len(singles)
        for one, count in (more or {}).items():
            self.places[one] = (self.rows, count)
            self.rows += count

    def make(self) -> Any:
        """Return an array for them."""
        return np.zeros((self.rows, WIDTH))

    def views(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Return the functions that look at all lanes of an array, and at one."""

        def every(array: Any) -> Any:
            return _Seen(array, self.places, 0)

        def one(array: Any, lane: Any) -> Any:
            return _Seen(array, self.places, int(lane))

        meaning(every, _view_typed(EveryLane(self), 1), _view_code)
        meaning(one, _view_typed(OneLane(self), 2), _view_code)
        return every, one


class _View(types.Type):
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(name=f"{type(self).__name__}_{layout.name}")


class EveryLane(_View):
    """A pointer to the first row."""


class OneLane(_View):
    """A pointer to the first row's entry of one lane."""


class Rows(types.Type):
    """A pointer to several rows."""


class RowsOfOne(types.Type):
    """A pointer to several rows' entries of one lane."""


rows, rows_of_one = Rows("Rows"), RowsOfOne("RowsOfOne")
for _kind in (EveryLane, OneLane, Rows, RowsOfOne):
    register(_kind, POINTER)


def _view_typed(kind: _View, count: int) -> Callable[..., Any]:
    def typed(*given: Any) -> Any:
        if len(given) != count or not isinstance(given[0], types.Array):
            return None
        return signature(kind, given[0], *(types.intp for _ in given[1:]))

    return typed


def _view_code(context: Any, builder: Any, found: Any, array: Any, *lane: Any) -> Any:
    data = arrayobj.make_array(found.args[0])(context, builder, array).data
    return builder.gep(data, list(lane)) if lane else data


def _attribute(kind: type, single: Any, several: Any) -> None:
    @infer_getattr
    class _Typing(AttributeTemplate):
        key = kind

        def generic_resolve(self, view: Any, name: str) -> Any:  # type: ignore[override]
            place = view.layout.places.get(name)
            if place is None:
                return None
            return several if place[1] else single


_attribute(EveryLane, vector, rows)
_attribute(OneLane, types.float64, rows_of_one)


def _place(context: Any, builder: Any, view: Any, value: Any, name: str) -> Any:
    row = view.layout.places[name][0]
    return builder.gep(value, [context.get_constant(types.intp, row * WIDTH)])


@lower_getattr_generic(EveryLane)
def _get_vector(context: Any, builder: Any, view: Any, value: Any, name: str) -> Any:
    place = _place(context, builder, view, value, name)
    if view.layout.places[name][1]:
        return place
    return builder.load(apart(builder, builder.bitcast(place, VECTOR.as_pointer())), align=ALIGN)


@lower_setattr_generic(EveryLane)
def _set_vector(context: Any, builder: Any, found: Any, args: Any, name: str) -> Any:
    place = _place(context, builder, found.args[0], args[0], name)
    return builder.store(args[1], builder.bitcast(place, VECTOR.as_pointer()), align=ALIGN)


@lower_getattr_generic(OneLane)
def _get_number(context: Any, builder: Any, view: Any, value: Any, name: str) -> Any:
    place = _place(context, builder, view, value, name)
    return place if view.layout.places[name][1] else builder.load(place)


@lower_setattr_generic(OneLane)
def _set_number(context: Any, builder: Any, found: Any, args: Any, name: str) -> Any:
    return builder.store(args[1], _place(context, builder, found.args[0], args[0], name))


def _get_item_typed(*given: Any) -> Any:
    if len(given) == 2 and given[0] == rows_of_one and isinstance(given[1], types.Integer):
        return signature(types.float64, rows_of_one, types.intp)
    return None


def _set_item_typed(*given: Any) -> Any:
    if len(given) == 3 and given[0] == rows_of_one and isinstance(given[1], types.Integer):
        return signature(types.void, rows_of_one, types.intp, types.float64)
    return None


def _entry(context: Any, builder: Any, value: Any, row: Any) -> Any:
    return builder.gep(value, [builder.mul(row, context.get_constant(types.intp, WIDTH))])


def _get_item(context: Any, builder: Any, _: Any, value: Any, row: Any) -> Any:
    return builder.load(_entry(context, builder, value, row))


def _set_item(context: Any, builder: Any, _: Any, value: Any, row: Any, number: Any) -> Any:
    builder.store(number, _entry(context, builder, value, row))
    return context.get_dummy_value()


meaning(operator.getitem, _get_item_typed, _get_item)
meaning(operator.setitem, _set_item_typed, _set_item)
