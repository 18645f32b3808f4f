"""Vectors in memory: arrays whose last dimension has ``WIDTH`` entries, and rows of a table that differ from
lane to lane.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import signature
from numba.np import arrayobj

from energymodels.kernels.simd.fields import rows
from energymodels.kernels.simd.vector import (
    ALIGN,
    DOUBLE,
    INDEX,
    INDICES,
    VECTOR,
    WIDTH,
    apart,
    indices,
    mask,
    meaning,
    vector,
)


def load(array: Any, *at: Any) -> Any:
    """Return the vector of an array at its leading indices."""
    found = array[at] if at else array
    return found if np.ndim(found) == 0 else found[0]


def store(value: Any, array: Any, *at: Any) -> None:
    """Put a vector into an array at its leading indices."""
    if np.ndim(array) == len(at):
        array[at] = value
    else:
        array[(*at, 0)] = value


def put(which: Any, value: Any, array: Any, *at: Any) -> None:
    """Put a vector into an array at its leading indices, in the lanes where the mask says so."""
    if which:
        store(value, array, *at)


def load_indices(array: Any, *at: Any) -> Any:
    """Return the indices of an array of 32-bit integers at its leading indices."""
    return int(array[(*at, 0)])


def pairs(table: Any, at: Any) -> Any:
    """Return the numbers of a table at ``at`` and behind it, each lane at its own place."""
    return table[at], table[at + 1]


def quads(table: Any, at: Any) -> Any:
    """Return the four numbers of a table from ``at`` on, each lane at its own place."""
    return table[at], table[at + 1], table[at + 2], table[at + 3]


def shifted(at: Any, by: Any) -> Any:
    """Return the sum of two indices, or of indices and a whole number."""
    return at + by


def times(at: Any, by: int) -> Any:
    """Return indices times a whole number."""
    return at * by


def _place(context: Any, builder: Any, kind: Any, given: Any, at: list[Any], form: Any) -> Any:
    """Return a pointer to the ``WIDTH`` entries of an array at the leading indices ``at``."""
    if kind == rows:
        place = builder.gep(given, [builder.mul(at[0], context.get_constant(types.intp, WIDTH))])
        return builder.bitcast(place, form.as_pointer())
    array = arrayobj.make_array(kind)(context, builder, given)
    shape = cgutils.unpack_tuple(builder, array.shape, kind.ndim)
    strides = cgutils.unpack_tuple(builder, array.strides, kind.ndim)
    inside = [*at, context.get_constant(types.intp, 0)]
    place = cgutils.get_item_pointer2(
        context, builder, array.data, shape, strides, "C", inside, wraparound=False
    )
    return builder.bitcast(place, form.as_pointer())


def _chosen(context: Any, builder: Any, kinds: Any, values: Any) -> list[Any]:
    return [context.cast(builder, value, kind, types.intp) for kind, value in zip(kinds, values, strict=True)]


def _is_place(array: Any, at: Any) -> bool:
    if not all(isinstance(one, types.Integer) for one in at):
        return False
    if array == rows:
        return len(at) == 1
    return isinstance(array, types.Array) and array.layout == "C" and array.ndim == len(at) + 1


def _load_typed(*given: Any) -> Any:
    return signature(vector, *given) if given and _is_place(given[0], given[1:]) else None


def _load_indices_typed(*given: Any) -> Any:
    return signature(indices, *given) if given and _is_place(given[0], given[1:]) else None


def _store_typed(*given: Any) -> Any:
    if len(given) < 2 or not _is_place(given[1], given[2:]):
        return None
    return signature(types.void, vector, *given[1:])


def _put_typed(*given: Any) -> Any:
    if len(given) < 3 or not _is_place(given[2], given[3:]):
        return None
    return signature(types.void, mask, vector, *given[2:])


def _put_code(context: Any, builder: Any, found: Any, which: Any, value: Any, array: Any, *at: Any) -> Any:
    chosen = _chosen(context, builder, found.args[3:], at)
    place = _place(context, builder, found.args[2], array, chosen, VECTOR)
    old = builder.load(apart(builder, place), align=ALIGN)
    builder.store(builder.select(which, value, old), place, align=ALIGN)
    return context.get_dummy_value()


def _load_code(form: Any) -> Any:
    def code(context: Any, builder: Any, found: Any, array: Any, *at: Any) -> Any:
        chosen = _chosen(context, builder, found.args[1:], at)
        place = _place(context, builder, found.args[0], array, chosen, form)
        return builder.load(place, align=form.element.width // 8 if form is INDICES else ALIGN)

    return code


def _store_code(context: Any, builder: Any, found: Any, value: Any, array: Any, *at: Any) -> Any:
    chosen = _chosen(context, builder, found.args[2:], at)
    place = _place(context, builder, found.args[1], array, chosen, VECTOR)
    builder.store(value, place, align=ALIGN)
    return context.get_dummy_value()


def _rows(context: Any, builder: Any, kind: Any, table: Any, at: Any, many: int) -> list[Any]:
    """Load ``many`` numbers for every lane, one load a lane, and turn rows into columns."""
    data = arrayobj.make_array(kind)(context, builder, table).data
    form = ir.VectorType(DOUBLE, many)
    rows = []
    for lane in range(WIDTH):
        offset = builder.zext(builder.extract_element(at, ir.Constant(INDEX, lane)), ir.IntType(64))
        place = builder.bitcast(builder.gep(data, [offset]), form.as_pointer())
        rows.append(builder.load(place, align=ALIGN))
    while len(rows) > 1:
        rows = [_joined(builder, a, b) for a, b in zip(rows[::2], rows[1::2], strict=True)]
    flat = rows[0]
    return [_every(builder, flat, many, q) for q in range(many)]


def _joined(builder: Any, a: Any, b: Any) -> Any:
    lanes = ir.Constant(ir.VectorType(INDEX, 2 * a.type.count), list(range(2 * a.type.count)))
    return builder.shuffle_vector(a, b, lanes)


def _every(builder: Any, flat: Any, many: int, first: int) -> Any:
    """Return every ``many``-th element from ``first`` on."""
    lanes = ir.Constant(INDICES, list(range(first, many * WIDTH, many)))
    return builder.shuffle_vector(flat, ir.Constant(flat.type, ir.Undefined), lanes)


def _rows_meaning(function: Any, many: int) -> None:
    result = types.UniTuple(vector, many)

    def typed(*given: Any) -> Any:
        fit = len(given) == 2 and isinstance(given[0], types.Array) and given[1] == indices
        return signature(result, *given) if fit else None

    def build(context: Any, builder: Any, found: Any, table: Any, at: Any) -> Any:
        found_rows = _rows(context, builder, found.args[0], table, at, many)
        return context.make_tuple(builder, result, found_rows)

    meaning(function, typed, build)


def _whole_typed(*given: Any) -> Any:
    if len(given) != 2 or given[0] != indices:
        return None
    if given[1] == indices:
        return signature(indices, indices, indices)
    return signature(indices, indices, types.int32) if isinstance(given[1], types.Integer) else None


def _whole_code(name: str) -> Any:
    from energymodels.kernels.simd.vector import filled

    def build(_context: Any, builder: Any, _found: Any, a: Any, b: Any) -> Any:
        return getattr(builder, name)(a, b if b.type == INDICES else filled(builder, b, INDICES))

    return build


def _add_all() -> None:
    meaning(load, _load_typed, _load_code(VECTOR))
    meaning(load_indices, _load_indices_typed, _load_code(INDICES))
    meaning(store, _store_typed, _store_code)
    meaning(put, _put_typed, _put_code)
    _rows_meaning(pairs, 2)
    _rows_meaning(quads, 4)
    meaning(shifted, _whole_typed, _whole_code("add"))
    meaning(times, _whole_typed, _whole_code("mul"))


_add_all()
