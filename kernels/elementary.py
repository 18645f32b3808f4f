"""exp, log and log1p as straight-line arithmetic, so that a loop over lanes becomes SIMD code; within 2 units
in the last place.

Arguments are finite; ``exp`` saturates outside +-708, ``log`` needs a positive normal number, ``log1p`` one
above -1/2. The interpreter has the standard library's.
"""

import math
from typing import Any

import numba.extending
from numba.core import types

from energymodels.kernels.jit import INTERPRETED, inline

intrinsic: Any = numba.extending.intrinsic

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # 32 bits: n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to whole numbers, which then stand in the low bits
BITS_SQRT_HALF = 0x3FE6A09E667F3BCD


@intrinsic
def _bits(_, value):
    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), code


@intrinsic
def _float(_, bits):
    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), code


@inline
def _exp(x: float) -> float:
    """Return e^x: x = n ln 2 + r, Taylor's series of e^r to r^13, n into the exponent."""
    x = min(max(x, -708.0), 709.0)
    t = x * LOG2_E + ROUND
    n = t - ROUND
    r = x - n * LN2_HIGH - n * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0))
    mid = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    top = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    series = low + r4 * (mid + r4 * (high + r4 * top))
    return series * _float((_bits(t) + 1023) << 52)


@inline
def _log(x: float) -> float:
    """Return ln x: x = 2^e m with m in [1/sqrt 2, sqrt 2), ln m = 2 artanh((m-1)/(m+1)) to its 21st power."""
    bits = _bits(x)
    e = (bits - BITS_SQRT_HALF) >> 52
    m = _float(bits - (e << 52))
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    s2 = s * s
    s4 = s2 * s2
    low = (1.0 / 3.0 + s * 0.2) + s2 * (1.0 / 7.0 + s * (1.0 / 9.0))
    high = (1.0 / 11.0 + s * (1.0 / 13.0)) + s2 * (1.0 / 15.0 + s * (1.0 / 17.0))
    top = 1.0 / 19.0 + s * (1.0 / 21.0)
    series = s * (low + s4 * (high + s4 * top))
    n = float(e)
    return n * LN2_HIGH + (n * LN2_LOW + 2.0 * f * series + 2.0 * f)


@inline
def _log1p(x: float) -> float:
    """Return ln(1 + x), accurate for small x by Kahan's correction."""
    y = 1.0 + x
    d = y - 1.0
    return x if d == 0.0 else _log(y) * (x / d)


exp, log, log1p = (math.exp, math.log, math.log1p) if INTERPRETED else (_exp, _log, _log1p)
