"""Functions of one variable into tables of piecewise cubics, and the fourteen functions of a material into
its tables.

The format is that of ``energymodels.kernels.battery.cell.tables``. A function takes and returns arrays; it is
called on many points at once, a few times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from energymodels.battery.parameters.functions import (
    CLIP,
    FLOOR,
    FUNCTIONS,
    HIGH_T,
    LARGEST,
    LOW_T,
    MOST,
    WINDOW_C,
    WINDOW_T,
    Array,
    Curve,
    Function,
    Material,
    Surface,
)
from energymodels.battery.parameters.separation import (
    at_temperature,
    physical,
    samples,
    separate,
    surface,
)
from energymodels.core.errors import Fault, InputError
from energymodels.kernels.battery.cell.layout import RANK
from energymodels.kernels.battery.cell.tables import (
    BUCKETS,
    FIRST,
    GO_ABOVE,
    GO_BELOW,
    HIGH,
    LOW,
    PER,
)

# intervals into which a bucket may be cut
CUTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
FITTED = 1e-4  # relative error of the tables of a fit, which is no closer itself
TRANSPORT = ("KAPPA", "D_E")
# of buckets, tried where a function has kinks that should lie on edges
COUNTS = (64, 100, 128, 160, 200, 250, 400, 500)
# Chebyshev-Lobatto: neighbouring cubics meet, and only values are needed
NODES = np.array([0.0, 0.25, 0.75, 1.0])
CHECKS = np.array([0.03, 0.1, 0.22, 0.37, 0.5, 0.63, 0.78, 0.9, 0.97])
CUBIC = np.linalg.inv(np.vander(NODES, increasing=True)).T  # values at the nodes @ CUBIC are the coefficients
POWERS = np.vander(CHECKS, 4, increasing=True).T


def constant(value: float) -> Array:
    """Return the table of a constant."""
    return np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, value])


def table(
    f: Curve, grid: tuple[float, float, int], allowed: Callable[[Array, Array], Array], goes_on: bool = False
) -> Array:
    """Return the table of ``f`` over a grid (low, high, buckets); ``allowed(x, f(x))`` is the error allowed
    at each point.

    Each bucket is cut into more and more equal intervals until the error measured between the nodes is
    allowed. Where ``f`` is not finite, the table ends.
    """
    low, high, buckets = grid
    samples = np.linspace(low, high, 1025)
    values = f(samples)
    if np.ptp(values) <= 1e-15 * np.abs(values).max():
        return constant(float(values[0]))
    low, high = _finite(samples, values)
    lefts, width = low + (high - low) / buckets * np.arange(buckets), (high - low) / buckets
    found: list[Array] = [np.empty(0)] * buckets
    left_over = np.arange(buckets)
    for many in CUTS:
        # (bucket, interval, point)
        starts = lefts[left_over, None, None] + (width / many) * np.arange(many)[:, None]
        x = np.minimum(starts + width / many * np.concatenate([NODES, CHECKS]), high)
        values = f(x.ravel()).reshape(x.shape)
        coefficients = values[..., : NODES.size] @ CUBIC
        checked = slice(NODES.size, None)
        error = np.abs(coefficients @ POWERS - values[..., checked])
        good = (error <= allowed(x[..., checked], values[..., checked])).all(axis=(1, 2)) | (many == CUTS[-1])
        for bucket, cubics in zip(left_over[good], coefficients[good], strict=True):
            found[bucket] = cubics.ravel()
        left_over = left_over[~good]
        if not left_over.size:
            break
    return _packed(found, low, high, float(goes_on))


def _finite(x: Array, values: Array) -> tuple[float, float]:
    """Return the longest stretch of ``x`` in which ``values`` are finite."""
    ends = np.concatenate([[-1], np.flatnonzero(~np.isfinite(values)), [x.size]])
    longest = int(np.argmax(np.diff(ends)))
    first, last = ends[longest] + 1, ends[longest + 1] - 1
    if last <= first:
        raise ValueError("not finite")
    return float(x[first]), float(x[last])


def _packed(found: Sequence[Array], low: float, high: float, go: float) -> Array:
    buckets = len(found)
    sizes = np.array([cubics.size for cubics in found])
    directory = np.empty((buckets, 2))
    directory[:, 0] = FIRST + 2 * buckets + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    directory[:, 1] = sizes // 4
    header = np.array([low, high, buckets, buckets / (high - low), go, go])
    return np.concatenate([header, directory.ravel(), *found])


def evaluate(tables: Array, o: int, x: Array) -> Array:
    """Return the values at ``x`` of the table at offset ``o``: what a kernel reads, for many
    points at once.
    """
    n = int(tables[o + BUCKETS])
    if n == 0:
        return np.full(np.shape(x), tables[o + FIRST])
    inside = np.clip(x, tables[o + LOW], tables[o + HIGH])
    t = (inside - tables[o + LOW]) * tables[o + PER]
    b = np.minimum(t.astype(np.int64), n - 1)
    start, many = tables[o + FIRST + 2 * b].astype(np.int64), tables[o + FIRST + 2 * b + 1]
    s = (t - b) * many
    i = np.minimum(s.astype(np.int64), many.astype(np.int64) - 1)
    s = s - i
    p = o + start + 4 * i
    c1, c2, c3 = tables[p + 1], tables[p + 2], tables[p + 3]
    slope = (c1 + s * (2.0 * c2 + 3.0 * s * c3)) * (tables[o + PER] * many)
    go = np.where(x < inside, tables[o + GO_BELOW], tables[o + GO_ABOVE])
    value: Array = tables[p] + s * (c1 + s * (c2 + s * c3)) + go * slope * (x - inside)
    return value


Reaches = dict[str, tuple[list[float], list[float]]]  # function -> (K, mol m-3)


def tabulate(
    material: Material,
) -> tuple[Array, NDArray[np.int64], dict[str, float], tuple[str, ...], Reaches]:
    """Return (tables, index (function, rank and offsets), largest error by function, notes, reaches) of a
    material's functions.

    The reaches are those of transport in the electrolyte: up to which concentration a function holds, by
    temperature.
    """
    _check(material)
    T_ref = material.scalars["cell.reference_temperature"]
    parts = [constant(1.0)]
    size = parts[0].size
    index = np.zeros((len(FUNCTIONS), 1 + 2 * RANK), dtype=np.int64)
    errors: dict[str, float] = {}
    notes: list[str] = []
    reaches: Reaches = {}
    with np.errstate(all="ignore"):
        for row, function in zip(index, FUNCTIONS, strict=True):
            f = material.curves[function.key]
            found, fitted = _pairs(function, f, T_ref, material.kinks.get(function.key, ()))
            for pair in found:
                for place, one in enumerate(pair):
                    if one is not None:  # else the constant 1 at offset 0
                        row[1 + 2 * row[0] + place] = size
                        parts.append(one)
                        size += one.size
                row[0] += 1
            errors[function.key] = measure(function, f, np.concatenate(parts), row, T_ref, fitted)
            if function.key in TRANSPORT:
                reaches[function.key] = reach(f, fitted)
            if fitted:
                notes.append(
                    f"{function.meaning}: fitted over {WINDOW_T[0]:g} to {WINDOW_T[1]:g} K and up to "
                    f"{WINDOW_C:g} mol m-3 to "
                    f"{errors[function.key]:.1e}; exact at the reference temperature"
                )
    return np.concatenate(parts), index, errors, tuple(notes), reaches


def _check(material: Material) -> None:
    """Raise InputError for functions that no table can stand for: nowhere a finite value at the reference
    temperature, or of what drives a flow nowhere one above 0.
    """
    T_ref = material.scalars["cell.reference_temperature"]
    faults = []
    for function in FUNCTIONS:
        with np.errstate(all="ignore"):
            values = at_temperature(material.curves[function.key], T_ref)(samples(function))
        good = np.isfinite(values) & (np.abs(values) <= LARGEST if function.potential else True)
        what = f"a value within {LARGEST:g} V" if function.potential else "a finite value"
        if function.thermal:
            good, what = good & (values > 0.0), "a finite value above 0"
        if np.count_nonzero(good[1:] & good[:-1]) < 2:
            faults.append(
                Fault("parameters", material.name, hint=f"{function.meaning}: nowhere {what} at {T_ref:g} K")
            )
    if faults:
        raise InputError(faults)


def reach(f: Surface, fitted: bool) -> tuple[list[float], list[float]]:
    """Return (temperatures, K; up to which concentration f holds there, mol m-3)."""
    T = np.union1d(
        np.linspace(LOW_T, HIGH_T, 29), [edge + side for edge in WINDOW_T for side in (-1e-6, 1e-6)]
    )
    x = np.linspace(CLIP, MOST, 800)
    good = physical(surface(f, x, T), x)
    if fitted:
        inside = (x <= WINDOW_C)[:, np.newaxis] & (WINDOW_T[0] - 5e-7 < T) & (WINDOW_T[1] + 5e-7 > T)
        good = np.where(inside, good, False)
    return T.tolist(), np.where(good, x[:, np.newaxis], 0.0).max(axis=0).tolist()


def _pairs(
    function: Function, f: Surface, T_ref: float, kinks: Sequence[float]
) -> tuple[list[tuple[Array, Array | None]], bool]:
    """Return the tables of every product, None for the constant 1, and whether their sum is a fit."""
    x = samples(function)
    curve = at_temperature(f, T_ref)
    exact = np.abs(curve(x))
    most = float(exact[np.isfinite(exact)].max())
    if not function.thermal:
        return [
            (_over_x(function, curve, lambda p, value: function.allowed(p, value, most), kinks), None)
        ], False
    separation = separate(function, f, T_ref)
    if separation.fitted:  # an end of the window is an edge of buckets
        function = replace(
            function,
            high=function.low + (WINDOW_C - function.low) * function.buckets / round(WINDOW_C / 125.0),
        )
    # of all products but the first
    rest = replace(function, tolerance=FITTED, floor=FLOOR) if separation.fitted else function
    size = np.abs(separation.exact)
    if separation.fitted:
        size = np.where(physical(separation.exact, separation.x), size, 0.0)
        size = np.maximum(size, FLOOR * size.max(axis=0))
    size = np.maximum(size, 0.01 * size[:, :1])
    found: list[tuple[Array, Array | None]] = []
    for g, h in separation.pairs:
        height, factor = np.abs(g(separation.x)), np.abs(h(separation.T))
        share = 1.0 if len(separation.pairs) == 1 else float(np.nanmax(factor * size[:, :1] / size))
        scaled = partial(_local, rest if found else function, curve, most, share)
        bound = (
            0.4
            * rest.tolerance
            * np.nanmin(np.where(height[:, None] > 0.0, size / height[:, None], np.inf), axis=0)
        )
        over_T = _over_temperature(h, separation.T[1:], bound[1:])
        found.append((_over_x(function, g, scaled, kinks), over_T))
    return found, separation.fitted


def _local(function: Function, curve: Curve, most: float, share: float, x: Array, value: Array) -> Array:
    """Return the error allowed of one of several products, by the function's value at the reference
    temperature.
    """
    return function.allowed(x, curve(x.ravel()).reshape(x.shape), most) / share


def _over_temperature(h: Curve, T: Array, bound: Array) -> Array | None:
    """Return the table of ``h``, None for the constant 1; ``bound`` is the error allowed at the temperatures
    ``T``.
    """
    found = table(h, (float(T[0]), float(T[-1]), 4), lambda t, _: np.interp(t, T, bound))
    return None if found[BUCKETS] == 0.0 and found[FIRST] == 1.0 else found


def _over_x(
    function: Function, g: Curve, allowed: Callable[[Array, Array], Array], kinks: Sequence[float]
) -> Array:
    """Return the table of ``g``; with kinks, the smallest of those with several numbers of buckets."""
    counts = (function.buckets, *COUNTS) if kinks else (function.buckets,)
    return min((table(g, function.grid(n), allowed, function.potential) for n in counts), key=len)


def summed(tables: Array, row: NDArray[np.int64], x: Array, T: Array) -> Array:
    """Return f(x, T) from the tables of one row of the index."""
    value = np.zeros(np.shape(x))
    for m in range(row[0]):
        value += evaluate(tables, row[1 + 2 * m], x) * evaluate(tables, row[2 + 2 * m], T)
    return value


def measure(
    function: Function, f: Surface, tables: Array, row: NDArray[np.int64], T_ref: float, fitted: bool = False
) -> float:
    """Return the largest error of a function's tables: V for a potential below ``LARGEST``, else relative to
    the local value.

    A fit's is relative to ``FLOOR`` of the largest value at the temperature where that is more.
    """
    points = samples(function, WINDOW_C if fitted else np.inf)
    x = np.union1d(np.random.default_rng(0).uniform(points[0], points[-1], 3000), points)
    low, high = WINDOW_T if fitted else (LOW_T, HIGH_T)
    temperatures = np.union1d(np.linspace(low, high, 8), [T_ref]) if function.thermal else np.array([T_ref])
    exact = surface(f, x, temperatures)
    error = np.abs(summed(tables, row, *np.meshgrid(x, temperatures, indexing="ij")) - exact)
    if function.potential:
        return float(error[np.abs(exact) <= LARGEST].max())
    usable = physical(exact, x) if fitted else np.isfinite(exact)
    most = np.where(usable, np.abs(exact), 0.0).max(axis=0)
    floor = FLOOR * most if fitted else max(function.floor * float(most.max()), 1e-300)
    return float((error / np.maximum(np.abs(exact), floor))[usable].max())
