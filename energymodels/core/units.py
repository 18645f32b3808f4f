"""Units at the edges: text such as ``130um``, ``25 degC`` or ``1e16 cm-3`` into a number in a
field's unit.
"""

from __future__ import annotations

import re
import tokenize
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

LONGEST = 200  # characters of a number with its unit
LONGEST_UNIT = 80
_MANTISSA = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_NUMBER = re.compile(rf"({_MANTISSA}(?:e[+-]?\d+)?|[+-]?(?:inf(?:inity)?|nan))\s*(.*)", re.IGNORECASE)
# What pint is given: names, numbers of up to four digits, products and quotients, brackets ...
_WRITTEN = re.compile(r"(?:[^\W\d_]|[_ */()%°+-]|(?<=\d)\.(?=\d)|(?<!\d)\d{1,4}(?!\d))+")
# ... and powers of a name, or one of a bracket, with an exponent of up to two digits, 0.5 or 1/2. Whole
# numbers raised to powers of powers would take it for ever, and it overlooks signs that it does not know.
_POWER = re.compile(
    r"(?<=[^\W\d])\s*\*\*\s*(?:[+-]?\d{1,2}(?:\.\d)?|\([+-]?\d{1,2}(?:[./]\d)?\))(?![\d.]|\s*\*\*)"
)
_POWER_OF_BRACKET = re.compile(r"\)\s*\*\*\s*[+-]?\d(?:\.\d)?(?![\d.]|\s*\*\*)")
# 4.2x10^15
_TIMES_TEN = re.compile(
    rf"^\s*(?:({_MANTISSA})\s*[x*]\s*|([+-]?))10\s*(?:\^|\*\*)\s*([+-]?\d+)", re.IGNORECASE
)
_EXPONENT = re.compile(r"(?<=[A-Za-z])\^?([+-]?\d+)")

# What people write -> what the unit's own name is; in this order.
_MINUS, _DOTS, _CROSS = "\u2212\u2010\u2011\u2013", "\u00b7\u22c5\u2219\u2022", "\u00d7"
_SIGNS = str.maketrans(dict.fromkeys(_MINUS, "-") | dict.fromkeys(_DOTS, "*") | {_CROSS: "x", "Ω": "ohm "})
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_HABITS = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"(?i)(?:\bdeg(?:rees?)?|°)?\s*\b(?=celsius|fahrenheit)", " "),
        (r"(?:\bdeg(?:rees?)?|°)\s*(?=[CF]\b)", "deg"),
        (r"(?i)celsius", "degC"),
        (r"(?i)fahrenheit", "degF"),
        (r"(?i)ohms?(?![a-z])", "ohm"),
        (r"(?i)ohms?(?=[a-z])", "ohm "),
        (r"\bSun(?=s?\b)", "sun"),
        (r"(?<=[A-Za-z])-(?=[A-Za-z])", " "),
        (r"/ ?100 ?km\b", "/hundred_km"),
    )
)
OFTEN_MEANT = {  # unit of a field -> units in which people have the number at hand
    "K": ("degC",), "degC": ("K",),
    "um": ("m", "mm"), "mm": ("m", "um"), "m": ("mm", "cm"),
    "s": ("ms", "us"), "fA cm-2": ("A cm-2", "A m-2"), "mA cm-2": ("A cm-2", "A m-2"),
    "cm-3": ("m-3",), "ohm cm": ("ohm m",), "ohm cm2": ("ohm m2", "mohm cm2"), "mol m-3": ("mol/L",),
    "1": ("percent",), "A h": ("mA h",), "m3": ("cm3", "L"),
    "kW": ("W",), "kW h": ("W h",), "W": ("kW",), "kg": ("t", "g"), "ohm": ("mohm",), "V": ("mV",),
}  # fmt: skip


# what pint's parser lets through beside its own errors
UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)


def plain(text: str) -> str:
    """Return ``text`` with the signs and spellings that people use for a unit replaced by one: Ω, ℃, cm²,
    ohm-cm, Sun.
    """
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda found: "^" + found[0].translate(_RAISED), text)
    # the signs for ohm, kelvin and degrees become letters
    text = unicodedata.normalize("NFKC", text.replace("º", "°"))
    text = text.translate(_SIGNS)
    for pattern, name in _HABITS:
        text = pattern.sub(name, text)
    return text.strip()


def _to_pint(unit: str) -> str:
    """Rewrite UDUNITS exponents and products (``W m-2``, ``mol.m-3``) for pint; ``^`` and ``**`` pass.

    ValueError for what no unit is written as, which pint never sees.
    """
    if len(unit) > LONGEST_UNIT:
        raise ValueError("too long for a unit")
    text = "1" + unit if unit.startswith("/") else unit
    text = re.sub(
        r"(?<=[A-Za-z0-9])\s*\.\s*(?=[A-Za-z])", " ", text.strip().replace("%", "percent").replace("μ", "u")
    )
    text = _EXPONENT.sub(r"**\1", text).replace("^", "**")
    rest = _POWER_OF_BRACKET.sub(")", _POWER.sub("", text), count=1)
    if "**" in rest or not (_WRITTEN.fullmatch(rest) or not rest):
        raise ValueError("no unit is written like that")
    return text


@cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry()
    for line in (
        "ppbw = 1e-9",  # by weight
        "ppba = 1e-9",  # by atoms: a different quantity, kept apart by the fields' names
        "ppma = 1e-6",
        "sun = 1000 W / m**2",
        "hundred_km = 100 km",  # of consumption
    ):
        registry.define(line)
    return registry


@lru_cache(maxsize=4096)
def _factor(unit: str, into: str) -> tuple[float, float]:
    """Return (scale, offset) so that value_into = scale * value + offset."""
    Q = _registry().Quantity
    zero = Q(0.0, _to_pint(unit)).to(_to_pint(into)).magnitude
    one = Q(1.0, _to_pint(unit)).to(_to_pint(into)).magnitude
    return float(one - zero), float(zero)


def split(text: str) -> tuple[float, str]:
    """Return (number, unit text) of ``text``; ValueError if it does not begin with a number."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"a number with its unit has up to {LONGEST} characters")
    text = _TIMES_TEN.sub(
        lambda found: f"{found[1] or found[2] + '1'}e{int(found[3])} ", plain(text), count=1
    ).strip()
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    if re.match(r",\s*\d", match[2]):
        raise ValueError(
            f"cannot read {match[2]!r}: a decimal comma? A decimal point is a dot, and thousands have no mark"
        )
    return float(match[1]), match[2]


def parse(text: str, unit: str) -> float:
    """Return the number in ``text`` in ``unit``; a bare number is in ``unit`` already.

    ValueError says what is wrong.
    """
    value, given = split(text)
    if given in ("", unit):
        return value
    import pint

    try:
        scale, offset = _factor(given, unit)
    except pint.UndefinedUnitError as error:
        raise ValueError(f"unknown unit {given!r}") from error
    except pint.DimensionalityError as error:
        degrees = f": write {value:g}deg{given}" if given in ("C", "F") and unit in ("K", "degC") else ""
        raise ValueError(f"{given!r} cannot be converted to {unit!r}{degrees}") from error
    except UNREADABLE as error:
        raise ValueError(f"cannot read the unit {given!r}") from error
    return scale * value + offset


def meant(value: float, unit: str, fits: Callable[[float], bool]) -> list[str]:
    """Return ``value`` with each unit that is often meant in place of ``unit`` and with which it ``fits``,
    ready to be typed.
    """
    others = [other for other in OFTEN_MEANT.get(unit, ()) if other != "percent" or 1.0 < value <= 100.0]
    found = [f"{value:.6g}{other.replace(' ', '.')}" for other in others]
    return [text for text in found if fits(parse(text, unit))]


def is_unit(unit: str) -> bool:
    """Return whether ``unit``, or each of several with commas between, can be read."""
    import pint

    try:
        for one in map(str.strip, unit.split(",")):
            _registry().Unit(_to_pint(one) if one != "1" else "")
    except (pint.PintError, *UNREADABLE):
        return False
    return True
