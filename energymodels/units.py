"""Units at the edges: text such as ``130um``, ``25 degC`` or ``1e16 cm-3`` into a number in a field's unit."""

from __future__ import annotations

import re
import tokenize
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

_NUMBER = re.compile(
    r"\s*([+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan))\s*(.*?)\s*$", re.IGNORECASE
)
_EXPONENT = re.compile(r"(?<=[A-Za-z])\^?([+-]?\d+)")


# what pint's parser lets through beside its own errors
UNREADABLE = (ArithmeticError, AssertionError, AttributeError, SyntaxError, TypeError, ValueError, tokenize.TokenError)


def _to_pint(unit: str) -> str:
    """Rewrite UDUNITS exponents and products (``W m-2``, ``mol.m-3``) for pint; ``^`` and ``**`` pass."""
    text = "1" + unit if unit.startswith("/") else unit
    text = re.sub(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z])", " ", text.strip().replace("%", "percent").replace("µ", "u").replace("μ", "u"))
    return _EXPONENT.sub(r"**\1", text)


@cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry()
    for line in (
        "ppbw = 1e-9",  # by weight
        "ppba = 1e-9",  # by atoms: a different quantity, kept apart by the fields' names
        "ppma = 1e-6",
        "sun = 1000 W / m**2",
    ):
        registry.define(line)
    return registry


@cache
def _factor(unit: str, into: str) -> tuple[float, float]:
    """Return (scale, offset) so that value_into = scale * value + offset."""
    Q = _registry().Quantity
    zero = Q(0.0, _to_pint(unit)).to(_to_pint(into)).magnitude
    one = Q(1.0, _to_pint(unit)).to(_to_pint(into)).magnitude
    return float(one - zero), float(zero)


def split(text: str) -> tuple[float, str]:
    """Return (number, unit text) of ``text``; ValueError if it does not begin with a number."""
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError("not a number")
    return float(match[1]), match[2]


def parse(text: str, unit: str) -> float:
    """Return the number in ``text`` in ``unit``; a bare number is in ``unit`` already. ValueError says what is wrong."""
    value, given = split(text)
    if given in ("", unit):
        return value
    import pint

    try:
        scale, offset = _factor(given, unit)
    except pint.UndefinedUnitError as error:
        raise ValueError(f"unknown unit {given!r}") from error
    except pint.DimensionalityError as error:
        raise ValueError(f"{given!r} cannot be converted to {unit!r}") from error
    except UNREADABLE as error:
        raise ValueError(f"cannot read the unit {given!r}") from error
    return scale * value + offset


def is_unit(unit: str) -> bool:
    """Return whether ``unit`` can be read."""
    import pint

    try:
        _registry().Unit(_to_pint(unit) if unit != "1" else "")
    except (pint.PintError, *UNREADABLE):
        return False
    return True
