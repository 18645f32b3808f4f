"""Functions f(x, T) as sums of few products g(x) h(T)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energymodels.battery.parameters.functions import (
    HIGH_T,
    LOW_T,
    MEASURED,
    WINDOW_C,
    WINDOW_T,
    Array,
    Curve,
    Function,
    Surface,
)
from energymodels.kernels.battery.cell.layout import RANK

ROUNDS = 12  # of alternating least squares
NEGLIGIBLE = 2e-8  # relative error left to the separation of x and T, where few products suffice
SMALL = 1e-2  # of the largest value at a temperature, below which a fit's error counts by that


@dataclass(frozen=True)
class Separation:
    """f(x, T) as a sum of g(x) h(T); ``exact`` holds f at ``x`` and ``T``, the reference temperature first.

    A fitted sum is close only for the T given and for x up to their largest, and keeps f's ratio to its value
    at the reference temperature beyond.
    """

    pairs: list[tuple[Curve, Curve]]
    x: Array
    T: Array
    exact: Array
    fitted: bool


def samples(function: Function, high: float = np.inf) -> Array:
    """Return points over the range of a function up to ``high``, closer at its lower end."""
    if function.high == 1.0:
        return 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, 161))
    high = min(high, function.high)
    return np.union1d(np.geomspace(max(function.low, 1e-2), high, 80), np.linspace(function.low, high, 81))


def surface(f: Surface, x: Array, T: Array) -> Array:
    """Return f at every pair of ``x`` and ``T``."""
    return f(*(a.ravel() for a in np.meshgrid(x, T, indexing="ij"))).reshape(x.size, T.size)


def separate(function: Function, f: Surface, T_ref: float) -> Separation:
    """Return ``f`` as a sum of few products, the first g being f(x, T_ref) and the other h zero at T_ref.

    The g are f at few temperatures, the h combinations of f at few x, found by elimination with the largest
    pivot: exact where a sum of as many products exists; else the sum is fitted.
    """
    x, T = samples(function), np.concatenate([[T_ref], np.linspace(LOW_T, HIGH_T, 29)])
    exact = surface(f, x, T)
    usable = np.asarray(np.isfinite(exact).all(axis=1) & exact.any(axis=1))
    scaled = np.where(usable[:, None], exact, 0.0) / np.where(usable, np.abs(exact).max(axis=1), 1.0)[:, None]
    rows, columns = [int(np.argmax(np.abs(scaled[:, 0])))], [0]
    while True:
        cross = np.linalg.inv(scaled[np.ix_(rows, columns)])
        rest = np.abs(scaled - scaled[:, columns] @ cross @ scaled[rows])
        if rest.max() <= NEGLIGIBLE:
            break
        if len(rows) == RANK:
            if rest.max() > function.tolerance:
                return _fit(function, f, T_ref)
            break
        i, j = np.unravel_index(int(np.argmax(rest)), rest.shape)
        rows.append(int(i))
        columns.append(int(j))
    inverse = np.linalg.inv(exact[np.ix_(rows, columns)])
    pairs = [(at_temperature(f, T[j]), _at_points(f, x[rows], inverse[k])) for k, j in enumerate(columns)]
    return Separation(pairs, x, T, exact, fitted=False)


def at_temperature(f: Surface, T: float) -> Curve:
    """Return f(x, T) as a function of x."""
    return lambda x: f(x, np.full_like(x, T))


def _at_points(f: Surface, points: Array, weights: Array) -> Curve:
    return lambda T: np.asarray(weights @ surface(f, points, T))


def physical(exact: Array, x: Array) -> Array:
    """Return where values (x, T) of an electrolyte's function are usable: up to where, from low x on, they
    stop to be so.

    They are positive and no larger than the largest up to ``MEASURED``: beyond, polynomials in the
    concentration turn up again.
    """
    top = np.nanmax(np.where(np.isfinite(exact) & (x <= MEASURED)[:, np.newaxis], exact, 0.0), axis=0)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(exact) & (exact > 0.0) & (exact <= 1.001 * top)
    return np.logical_and.accumulate(good, axis=0)


def _fit(function: Function, f: Surface, T_ref: float) -> Separation:
    """Return the products closest to f(x, T) over a window, in the mean square of errors relative to f where
    it is not ``SMALL``.

    The first g is f(x, T_ref), so that nothing is fitted there: the others fit the ratio to it. Alternating
    least squares from the singular vectors.
    """
    x, T = samples(function, WINDOW_C), np.linspace(*WINDOW_T, 31)
    at_reference = at_temperature(f, T_ref)
    here = surface(f, x, T)
    usable = physical(here, x)
    top = np.where(usable, here, 0.0).max(axis=0)

    def ratio(p: Array, t: Array) -> Array:
        p = np.minimum(p, x[-1])
        return surface(f, p, t) / at_reference(p)[:, None]

    def scale(values: Array, p: Array, good: Array) -> Array:
        """Return what errors of the ratio are relative to; infinite where they do not count."""
        least = SMALL * top / at_reference(np.minimum(p, x[-1]))[:, None]
        return np.where(good, np.maximum(values, least), np.inf)

    exact = np.where(usable, ratio(x, T), 0.0)
    size = scale(exact, x, usable)

    def over_temperature(t: Array) -> Array:
        values = ratio(x, t)
        good = physical(surface(f, x, t), x)
        most = np.where(good, values * at_reference(x)[:, None], 0.0).max(axis=0)
        sizes = np.where(good, np.maximum(values, SMALL * most / at_reference(x)[:, None]), np.inf)
        return _project(np.where(good, values, 0.0).T, np.column_stack([np.ones(x.size), over_x]), sizes.T)

    def shares(p: Array) -> Array:
        values = ratio(p, T)
        reach = np.interp(np.minimum(p, x[-1]), x, np.arange(x.size))
        good = usable[np.floor(reach).astype(int)]
        return _project(np.where(good, values - products[:, 0], 0.0), products[:, 1:], scale(values, p, good))

    over_x = np.linalg.svd((exact - 1.0) / size, full_matrices=False)[0][:, : RANK - 1]
    for _ in range(ROUNDS):
        products = over_temperature(T)
        over_x = np.linalg.qr(shares(x))[0]
    products = over_temperature(T)

    fine = np.union1d(np.geomspace(x[0], x[-1], 800), np.linspace(x[0], x[-1], 1200))
    over_fine, fine_T = shares(fine), np.union1d(np.linspace(*WINDOW_T, 361), [T_ref])  # exact there
    over_T = over_temperature(fine_T)

    def pair(k: int) -> tuple[Curve, Curve]:
        return lambda p: at_reference(p) * np.interp(p, fine, over_fine[:, k - 1]), lambda t: np.interp(
            t, fine_T, over_T[:, k]
        )

    pairs = [(at_reference, pair(0)[1]), *(pair(k) for k in range(1, RANK))]
    all_T = np.concatenate([[T_ref], T])
    return Separation(pairs, x, all_T, surface(f, x, all_T), fitted=True)


def _project(wanted: Array, basis: Array, scale: Array) -> Array:
    """Return, for every row of ``wanted``, the shares of ``basis`` (column, share) closest to it relative to
    ``scale``.
    """
    weighted = basis / scale[:, :, None]  # (row, column, share)
    right = wanted / scale
    normal = np.einsum("ijk,ijl->ikl", weighted, weighted)
    return np.linalg.solve(normal, np.einsum("ijk,ij->ik", weighted, right)[..., None])[..., 0]
