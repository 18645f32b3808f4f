"""Vectors of ``WIDTH`` doubles, masks and indices as types of Numba, each one register to LLVM.

LLVM cuts them to what the processor has. A product and a sum of vectors may become one fused operation, so
bits differ between processors with and without it, and from the interpreted run; they do not depend on what
the other lanes hold.

Every name here is a Python function, which serves the interpreted run, where a vector is one
NumPy float, so that a division by 0 is no error; ``meaning``
gives it its code.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typeconv.castgraph import Conversion
from numba.core.typing.templates import AbstractTemplate, builtin_registry, infer_global, signature
from numba.extending import lower_builtin, lower_cast, models, register_model

from energymodels.kernels.jit import INTERPRETED, LANES

WIDTH = 1 if INTERPRETED else LANES
DOUBLE, INDEX = ir.DoubleType(), ir.IntType(32)
VECTOR = ir.VectorType(DOUBLE, WIDTH)
BITS = ir.VectorType(ir.IntType(1), WIDTH)
INDICES = ir.VectorType(INDEX, WIDTH)
LONG = ir.VectorType(ir.IntType(64), WIDTH)
FUSED = ("contract",)
ALIGN = 8  # bytes: NumPy promises no more


class Kind(types.Type):
    """A type of which a plain value becomes one by filling every lane."""

    plain: tuple[type, ...] = ()

    def __init__(self) -> None:
        super().__init__(name=f"{type(self).__name__}{WIDTH}")

    def can_convert_from(self, _: Any, other: Any) -> Conversion | None:
        return Conversion.safe if isinstance(other, self.plain) else None

    def unify(self, _: Any, other: Any) -> Any:
        return self if isinstance(other, self.plain) else None


class Vector(Kind):
    """``WIDTH`` doubles."""

    plain = (types.Float, types.Integer)


class Mask(Kind):
    """Yes or no in every lane."""

    plain = (types.Boolean,)


class Indices(Kind):
    """``WIDTH`` whole numbers of 32 bits."""


vector, mask, indices = Vector(), Mask(), Indices()


def register(kind: type, form: ir.Type) -> None:
    """Let values of a type be ``form`` to LLVM."""

    @register_model(kind)
    class _Model(models.PrimitiveModel):
        def __init__(self, manager: Any, found: Any) -> None:
            super().__init__(manager, found, form)


for _kind, _form in ((Vector, VECTOR), (Mask, BITS), (Indices, INDICES)):
    register(_kind, _form)


def filled(builder: Any, value: Any, form: Any) -> Any:
    """Return a vector with ``value`` in every lane."""
    first = builder.insert_element(ir.Constant(form, ir.Undefined), value, ir.Constant(INDEX, 0))
    lanes = ir.Constant(INDICES, [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(form, ir.Undefined), lanes)


def apart(builder: Any, place: Any) -> Any:
    """Return a pointer of which LLVM does not know that it is ``place``.

    It would make a masked store of what is put back where a mask says so, which takes AMD's processors
    without AVX-512 some 20 times as long.
    """
    kind = ir.FunctionType(place.type, [place.type])
    return builder.asm(kind, "", "=r,0", [place], side_effect=False)


@lower_cast(types.Float, Vector)
@lower_cast(types.Integer, Vector)
def _number_to_vector(context: Any, builder: Any, source: Any, _: Any, value: Any) -> Any:
    return filled(builder, context.cast(builder, value, source, types.float64), VECTOR)


@lower_cast(types.Boolean, Mask)
def _flag_to_mask(context: Any, builder: Any, source: Any, _: Any, value: Any) -> Any:
    flag = builder.icmp_unsigned("!=", value, ir.Constant(value.type, 0))
    return filled(builder, flag, BITS)


def meaning(function: Any, typed: Callable[..., Any], build: Callable[..., Any]) -> None:
    """Give a function its code: ``typed(*types)`` returns its signature or None, ``build(context, builder,
    signature, *values)`` the result.
    """

    class _Typing(AbstractTemplate):
        key = function

        def generic(self, args: Any, kws: Any) -> Any:
            return None if kws else typed(*args)

    if getattr(operator, function.__name__, None) is function:  # it has meanings already
        infer_global(function)(_Typing)
    else:
        builtin_registry.register_global(function, types.Function(_Typing))

    @lower_builtin(function, types.VarArg(types.Any))
    def _code(context: Any, builder: Any, found: Any, args: Any) -> Any:
        return build(context, builder, found, *args)


def of(result: Any, *kinds: Any) -> Callable[..., Any]:
    """Return the typing of a function of such arguments, of which one at least is no plain value."""

    def typed(*given: Any) -> Any:
        if len(given) != len(kinds) or not any(isinstance(one, Kind) for one in given):
            return None
        fit = all(
            one == kind or (isinstance(kind, Kind) and isinstance(one, kind.plain))
            for one, kind in zip(given, kinds, strict=True)
        )
        return signature(result, *kinds) if fit else None

    return typed


def _arithmetic(name: str) -> Callable[..., Any]:
    return lambda _context, builder, _found, a, b: getattr(builder, name)(a, b, flags=FUSED)


def _comparison(sign: str) -> Callable[..., Any]:
    return lambda _context, builder, _found, a, b: builder.fcmp_ordered(sign, a, b)


def where(which: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where the mask says yes, else ``b``."""
    return a if which else b


def opposite(which: Any) -> Any:
    """Return a mask's opposite."""
    return not which


def anywhere(which: Any) -> bool:
    """Return whether a mask says yes in any lane."""
    return bool(which)


def everywhere(which: Any) -> bool:
    """Return whether a mask says yes in every lane."""
    return bool(which)


def lower(a: Any, b: Any) -> Any:
    """Return the smaller of two; ``b`` if either is no number."""
    return a if a < b else b


def upper(a: Any, b: Any) -> Any:
    """Return the larger of two; ``b`` if either is no number."""
    return a if a > b else b


def size(x: Any) -> Any:
    """Return the absolute value."""
    return abs(x)


def root(x: Any) -> Any:
    """Return the square root; NaN of a negative number."""
    return math.sqrt(x) if x >= 0.0 else math.nan


def whole(x: Any) -> Any:
    """Return x cut to a whole number toward 0, as indices; |x| below 2^31."""
    return int(x)


def number(i: Any) -> Any:
    """Return indices as numbers."""
    return float(i)


def _intrinsic(name: str) -> Callable[..., Any]:
    def build(_context: Any, builder: Any, _found: Any, x: Any) -> Any:
        kind = ir.FunctionType(VECTOR, [VECTOR])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{WIDTH}f64"), [x])

    return build


def _over_lanes(sign: str, ends: int) -> Callable[..., Any]:
    """Return the code that makes one flag of a mask."""

    def build(_context: Any, builder: Any, _found: Any, which: Any) -> Any:
        form = ir.IntType(WIDTH)
        return builder.icmp_unsigned(sign, builder.bitcast(which, form), ir.Constant(form, ends))

    return build


def _pick(sign: str) -> Callable[..., Any]:
    def build(_context: Any, builder: Any, _found: Any, a: Any, b: Any) -> Any:
        return builder.select(builder.fcmp_ordered(sign, a, b), a, b)

    return build


def _where_typed(*given: Any) -> Any:
    if len(given) != 3 or given[0] != mask:
        return None
    kind = mask if any(one == mask or isinstance(one, types.Boolean) for one in given[1:]) else vector
    return signature(kind, mask, kind, kind)


def _add_all() -> None:
    for name, code in (("add", "fadd"), ("sub", "fsub"), ("mul", "fmul"), ("truediv", "fdiv")):
        for prefix in ("", "i"):
            meaning(getattr(operator, prefix + name), of(vector, vector, vector), _arithmetic(code))
    for name, sign in (("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("eq", "=="), ("ne", "!=")):
        meaning(getattr(operator, name), of(mask, vector, vector), _comparison(sign))
    both = of(mask, mask, mask)
    meaning(operator.and_, both, lambda _c, builder, _f, a, b: builder.and_(a, b))
    meaning(operator.or_, both, lambda _c, builder, _f, a, b: builder.or_(a, b))
    meaning(operator.neg, of(vector, vector), lambda _c, builder, _f, a: builder.fneg(a))
    meaning(opposite, of(mask, mask), lambda _c, builder, _f, a: builder.not_(a))
    meaning(where, _where_typed, lambda _c, builder, _f, which, a, b: builder.select(which, a, b))
    meaning(anywhere, of(types.boolean, mask), _over_lanes("!=", 0))
    meaning(everywhere, of(types.boolean, mask), _over_lanes("==", -1))
    meaning(lower, of(vector, vector, vector), _pick("<"))
    meaning(upper, of(vector, vector, vector), _pick(">"))
    meaning(size, of(vector, vector), _intrinsic("llvm.fabs"))
    meaning(root, of(vector, vector), _intrinsic("llvm.sqrt"))
    meaning(whole, of(indices, vector), lambda _c, builder, _f, x: builder.fptosi(x, INDICES))
    meaning(number, of(vector, indices), lambda _c, builder, _f, i: builder.sitofp(i, VECTOR))


_add_all()
