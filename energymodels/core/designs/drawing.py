"""Points of the unit cube, one a design, in cuts that do not change them; the sequences are those of
``scipy.stats.qmc``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError, nearest

LIMIT = 10**10  # designs
WHOLE = 10**7  # designs of a Latin hypercube, which cannot be drawn in parts
BITS = 53  # of a Sobol' point: as many as a float64 holds
_COUNT = re.compile(r"[0-9]+(\.[0-9]+)?([eE]\+?[0-9]{1,3})?")
_EDGE = 2.0**-54
STATE = ("_quasi", "_shift", "_sv")  # of SciPy's Sobol' engine: last point, shift, direction numbers
_STEP = 2**16  # points that are drawn to get past them


def read_kind(text: object) -> tuple[str, int]:
    """Return (kind, number of designs) of ``sobol:4096``; InputError says what is wrong."""
    if not isinstance(text, str):
        raise InputError(Fault("design", str(text)[:80], hint=_form()))
    kind, _, count = (part.strip() for part in text.partition(":"))
    if kind not in KINDS:
        hint = "; ".join(filter(None, (nearest(kind[:80], KINDS), _form())))
        raise InputError(Fault("design", text[:80], hint=hint))
    if not _COUNT.fullmatch(count) or (size := Decimal(count)) != size.to_integral_value():
        raise InputError(Fault("design", text[:80], hint=f"{count[:40]!r} is no count; {_form()}"))
    most = WHOLE if kind == "lhs" else LIMIT
    if not 1 <= size <= most:
        advice = "; sobol and halton draw more" if kind == "lhs" and size > most else ""
        raise InputError(Fault("design", text[:80], hint=f"{kind} draws from 1 to {most:,} designs{advice}"))
    return kind, int(size)


def _form() -> str:
    return f"a design is written KIND:COUNT with a kind of {', '.join(KINDS)}, as sobol:4096"


def points(kind: str, size: int, fields: int, seed: int, start: int, stop: int) -> Array:
    """Return points ``start`` to ``stop`` - 1 of ``size`` as (fields, points), each above 0 and below 1."""
    found = KINDS[kind](size, fields, seed, start, stop) if stop > start else np.empty((0, fields))
    cube: Array = np.clip(np.ascontiguousarray(found.T), _EDGE, 1.0 - 2 * _EDGE)
    return cube


def _random(size: int, fields: int, seed: int, start: int, stop: int) -> Array:
    """Independent points: every number takes one step of PCG64, which can leap."""
    generator = np.random.Generator(np.random.PCG64(seed).advance(start * fields))
    return generator.random((stop - start, fields))


def _sobol(size: int, fields: int, seed: int, start: int, stop: int) -> Array:
    """A scrambled Sobol' sequence; Owen, J. Complexity 14 (1998) 466."""
    from scipy.stats import qmc

    engine = qmc.Sobol(fields, scramble=True, bits=BITS, rng=seed)
    if start:
        return np.asarray(_leap(engine, start).random(stop - start))
    # one point and then the others: the whole at once warns where its size is no power of two
    return np.concatenate([engine.random(1), engine.random(stop - 1)])


def _leap(engine: Any, start: int) -> Any:
    """Return a Sobol' engine that goes on at point ``start``.

    ``fast_forward`` takes a step a point, and of 53 bits it fails. A point is the sum modulo 2 of the
    direction numbers of the bits in the Gray code of its place, so that the one before is known at once; of a
    SciPy that names them otherwise the points before are drawn.
    """
    if not all(hasattr(engine, name) for name in STATE):
        for drawn in (1, *(min(_STEP, start - i) for i in range(1, start, _STEP))):
            engine.random(drawn)
        return engine
    before = start - 1
    gray = before ^ (before >> 1)
    bits = [bit for bit in range(gray.bit_length()) if gray >> bit & 1]
    engine._quasi = engine._shift ^ np.bitwise_xor.reduce(engine._sv[:, bits], axis=1)
    engine.num_generated = start
    return engine


def _halton(size: int, fields: int, seed: int, start: int, stop: int) -> Array:
    """A scrambled Halton sequence; Owen, arXiv:1706.02808."""
    from scipy.stats import qmc

    engine = qmc.Halton(fields, rng=seed)
    engine.num_generated = start  # ``fast_forward`` draws the points before and lets them go
    return np.asarray(engine.random(stop - start))


def _lhs(size: int, fields: int, seed: int, start: int, stop: int) -> Array:
    """A part of a Latin hypercube, which is drawn as a whole once."""
    return _hypercube(size, fields, seed)[start:stop]


@lru_cache(maxsize=1)
def _hypercube(size: int, fields: int, seed: int) -> Array:
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(fields, rng=seed).random(size))


KINDS: dict[str, Callable[[int, int, int, int, int], Array]] = {
    "sobol": _sobol,
    "halton": _halton,
    "lhs": _lhs,
    "random": _random,
}
