"""exp and log of vectors, as in ``elementary``: straight-line arithmetic, within 2 units in the last place.

``exp`` saturates outside +-708; ``log`` needs positive normal numbers.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir

from energymodels.kernels.elementary import BITS_SQRT_HALF, LN2_HIGH, LN2_LOW, LOG2_E, ROUND
from energymodels.kernels.jit import INTERPRETED, inner
from energymodels.kernels.simd.vector import (
    LONG,
    VECTOR,
    WIDTH,
    lower,
    meaning,
    of,
    upper,
    vector,
)


def _power_of_two(t: float) -> float:
    """Return 2^n, n being the whole number in the low bits of t = n + ``ROUND``."""
    return math.ldexp(1.0, int(t - ROUND))


def _exponent(x: float) -> float:
    """Return e of x = 2^e m with m in [1/sqrt 2, sqrt 2)."""
    m, e = math.frexp(x)
    return float(e if m >= math.sqrt(0.5) else e - 1)


def _mantissa(x: float) -> float:
    """Return m of x = 2^e m with m in [1/sqrt 2, sqrt 2)."""
    return math.ldexp(x, -int(_exponent(x)))


def _constant(value: int) -> Any:
    return ir.Constant(LONG, [value] * WIDTH)


def _power_code(_context: Any, builder: Any, _found: Any, t: Any) -> Any:
    n = builder.add(builder.bitcast(t, LONG), _constant(1023))
    return builder.bitcast(builder.shl(n, _constant(52)), VECTOR)


def _exponent_bits(builder: Any, x: Any) -> tuple[Any, Any]:
    bits = builder.bitcast(x, LONG)
    return bits, builder.ashr(builder.sub(bits, _constant(BITS_SQRT_HALF)), _constant(52))


def _exponent_code(_context: Any, builder: Any, _found: Any, x: Any) -> Any:
    return builder.sitofp(_exponent_bits(builder, x)[1], VECTOR)


def _mantissa_code(_context: Any, builder: Any, _found: Any, x: Any) -> Any:
    bits, e = _exponent_bits(builder, x)
    return builder.bitcast(builder.sub(bits, builder.shl(e, _constant(52))), VECTOR)


for _function, _code in (
    (_power_of_two, _power_code), (_exponent, _exponent_code), (_mantissa, _mantissa_code),
):  # fmt: skip
    meaning(_function, of(vector, vector), _code)


@inner
def _exp(x: Any) -> Any:
    """Return e^x: x = n ln 2 + r, Taylor's series of e^r to r^13, n into the exponent."""
    x = upper(lower(x, 709.0), -708.0)
    t = x * LOG2_E + ROUND
    n = t - ROUND
    r = x - n * LN2_HIGH - n * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0))
    mid = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    top = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    return (low + r4 * (mid + r4 * (high + r4 * top))) * _power_of_two(t)


@inner
def _log(x: Any) -> Any:
    """Return ln x: ln m = 2 artanh((m - 1)/(m + 1)) to its 21st power."""
    m = _mantissa(x)
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    s2 = s * s
    s4 = s2 * s2
    low = (1.0 / 3.0 + s * 0.2) + s2 * (1.0 / 7.0 + s * (1.0 / 9.0))
    high = (1.0 / 11.0 + s * (1.0 / 13.0)) + s2 * (1.0 / 15.0 + s * (1.0 / 17.0))
    top = 1.0 / 19.0 + s * (1.0 / 21.0)
    series = s * (low + s4 * (high + s4 * top))
    n = _exponent(x)
    return n * LN2_HIGH + (n * LN2_LOW + 2.0 * f * series + 2.0 * f)


def _quiet_exp(x: float) -> float:
    return math.exp(min(max(x, -708.0), 709.0)) if x == x else math.nan


def _quiet_log(x: float) -> float:
    return math.log(x) if x > 0.0 else math.nan


exp, log = (_quiet_exp, _quiet_log) if INTERPRETED else (_exp, _log)
