"""Functions f(x, T) as sums of few products g(x) h(T)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energymodels.battery.functions import HIGH_T, LOW_T, WINDOW_C, WINDOW_T, Array, Curve, Function, Surface
from energymodels.kernels.battery.layout import RANK

ROUNDS = 40  # of alternating least squares
NEGLIGIBLE = 2e-8  # relative error left to the separation of x and T, where few products suffice


@dataclass(frozen=True)
class Separation:
    """f(x, T) as a sum of g(x) h(T); ``exact`` holds f at ``x`` and ``T``, the reference temperature first.

    A fitted sum is close only for the T given and for x up to their largest, and keeps f's ratio to its value at the reference
    temperature beyond.
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

    The g are f at few temperatures, the h combinations of f at few x, found by elimination with the largest pivot: exact where a
    sum of as many products exists; else the sum is fitted.
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


def _fit(function: Function, f: Surface, T_ref: float) -> Separation:
    """Return the products closest, in the mean square of relative errors over a window, to f(x, T) / f(x, T_ref).

    The first g is f(x, T_ref), so that nothing is fitted there. Alternating least squares from the singular vectors.
    """
    x, T = samples(function, WINDOW_C), np.linspace(*WINDOW_T, 31)
    at_reference = at_temperature(f, T_ref)

    def ratio(p: Array, t: Array) -> Array:
        p = np.minimum(p, x[-1])
        return surface(f, p, t) / at_reference(p)[:, None]

    def over_temperature(t: Array) -> Array:
        return _project(ratio(x, t).T, np.column_stack([np.ones(x.size), over_x]))

    def shares(p: Array) -> Array:
        values = ratio(p, T)
        return _project(values, products[:, 1:], values - products[:, 0])

    exact = ratio(x, T)
    mean = exact.mean(axis=0)
    over_x = np.linalg.svd((exact - mean) / mean, full_matrices=False)[0][:, : RANK - 1]
    for _ in range(ROUNDS):
        products = over_temperature(T)
        over_x = np.linalg.qr(shares(x))[0]
    products = over_temperature(T)

    def pair(k: int) -> tuple[Curve, Curve]:
        return lambda p: at_reference(p) * shares(p)[:, k - 1], lambda t: over_temperature(t)[:, k]

    pairs = [(at_reference, pair(0)[1]), *(pair(k) for k in range(1, RANK))]
    all_T = np.concatenate([[T_ref], T])
    return Separation(pairs, x, all_T, surface(f, x, all_T), fitted=True)


def _project(values: Array, basis: Array, wanted: Array | None = None) -> Array:
    """Return, for every row of ``wanted``, the shares of ``basis`` (column, share) closest to it relative to ``values``."""
    weighted = basis / values[:, :, None]  # (row, column, share)
    right = (values if wanted is None else wanted) / values
    normal = np.einsum("ijk,ijl->ikl", weighted, weighted)
    return np.linalg.solve(normal, np.einsum("ijk,ij->ik", weighted, right)[..., None])[..., 0]
