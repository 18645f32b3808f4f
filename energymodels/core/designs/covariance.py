"""Correlated distributions: a Gaussian copula from a covariance or correlation matrix in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.designs.csv_rows import csv_rows
from energymodels.core.designs.distributions import Distribution
from energymodels.core.errors import Fault, InputError, closest

Source: TypeAlias = str | Path | Mapping[str, Any]
CLOSE = 1e-6  # relative: how well a diagonal has to agree with the variances
SYMMETRIC = 1e-9  # of the larger variance
NEGATIVE = 1e-8  # an eigenvalue of the correlation matrix this far below 0 is round-off
SINGULAR = 1e-10  # a pivot this small is 0


@dataclass(frozen=True)
class Mixing:
    """How independent normal variables of fields become correlated: a lower triangular matrix, by rows."""

    paths: tuple[str, ...]
    lower: tuple[tuple[float, ...], ...]

    def __call__(self, u: Mapping[str, Array]) -> dict[str, Array]:
        """Return points of the unit cube, by field, with those of ``paths`` correlated."""
        from scipy.special import ndtr, ndtri

        normal = [ndtri(u[path]) for path in self.paths]
        # summed by terms: a matrix product may round differently in another cut
        mixed = [sum(a * z for a, z in zip(row, normal, strict=True) if a) for row in self.lower]
        tiny = np.finfo(float).tiny
        found = [np.clip(ndtr(z), tiny, 1.0 - 2.0**-53) for z in mixed]
        return dict(u) | dict(zip(self.paths, found, strict=True))


def read_covariance(source: Source, drawn: Mapping[str, Distribution]) -> Mixing:
    """Return how fields are correlated: from a CSV file with a header of paths, then a square matrix, or
    from {"paths": names, "matrix": rows}.

    The diagonal holds the variances of normal distributions, or ones: then it is the correlation matrix of
    the normal variables behind any distributions. InputError lists what is wrong.
    """
    name = "covariance" if isinstance(source, Mapping) else str(source)
    head, *rows = _rows(source) if isinstance(source, Mapping) else csv_rows(source)
    paths = tuple(map(str, head))
    faults = _header(name, paths, drawn)
    if faults:
        raise InputError(faults)
    matrix = _matrix(name, paths, rows)
    faults = _asymmetry(name, paths, matrix) or _diagonal(name, paths, matrix, drawn)
    if faults:
        raise InputError(faults)
    spread = np.sqrt(np.diag(matrix))
    correlation = (matrix + matrix.T) / 2.0 / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1.0)
    least = float(np.linalg.eigvalsh(correlation)[0])
    if least < -NEGATIVE:
        hint = f"is not positive semidefinite: its correlation matrix has an eigenvalue of {least:.3g}"
        raise InputError(Fault(name, hint=hint))
    return Mixing(paths, tuple(tuple(row) for row in _lower(correlation).tolist()))


def _rows(source: Mapping[str, Any]) -> list[list[Any]]:
    """Return the header and the rows of a matrix that was given itself; InputError if it is none."""
    paths, matrix = source.get("paths"), source.get("matrix")
    rows = [paths, *matrix] if isinstance(matrix, list) else []
    if not isinstance(paths, list) or not all(
        isinstance(row, list) and len(row) == len(paths) for row in rows
    ):
        rows = []
    if not rows or not paths or source.keys() != {"paths", "matrix"}:
        hint = "give a file, or a list `paths` and a list `matrix` of rows as long"
        raise InputError(Fault("covariance", hint=hint))
    return rows


def _header(name: str, paths: tuple[str, ...], drawn: Mapping[str, Distribution]) -> list[Fault]:
    """Return the faults of the fields that a file names."""
    faults = []
    for i, path in enumerate(paths):
        if path not in drawn:
            hint = f"{path!r:.80} is not among the fields drawn; {closest(path, drawn)}".rstrip("; ")
            faults.append(Fault(name, hint=hint))
        elif path in paths[:i]:
            faults.append(Fault(name, hint=f"names {path} twice"))
        elif drawn[path].name == "choice":
            faults.append(Fault(name, hint=f"{path} is drawn by choice, which has no order to correlate"))
    return faults


def _matrix(name: str, paths: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> Array:
    """Return the numbers below the header; InputError if they are none or not square."""
    if len(rows) != len(paths):
        hint = f"{len(rows)} rows below a header of {len(paths)} fields: the matrix has to be square"
        raise InputError(Fault(name, hint=hint))
    faults = []
    found = np.zeros((len(paths), len(paths)))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            try:
                found[i, j] = float(cell)
            except (TypeError, ValueError, OverflowError):
                found[i, j] = np.nan
            if not np.isfinite(found[i, j]):
                faults.append(Fault(name, hint=f"{_pair(paths, i, j)}: {cell!r:.40} is not a finite number"))
    if faults:
        raise InputError(faults)
    return found


def _asymmetry(name: str, paths: tuple[str, ...], matrix: Array) -> list[Fault]:
    """Return the fault of the pair that differs most from its mirror image, if any differs."""
    apart = np.abs(matrix - matrix.T)
    if (apart <= SYMMETRIC * np.abs(matrix).max()).all():
        return []
    i, j = divmod(int(apart.argmax()), len(paths))
    there, back = matrix[i, j], matrix[j, i]
    return [Fault(name, hint=f"is not symmetric: {_pair(paths, i, j)} is {there:g} and {back:g}")]


def _diagonal(
    name: str, paths: tuple[str, ...], matrix: Array, drawn: Mapping[str, Distribution]
) -> list[Fault]:
    """Return the faults of a diagonal that is neither all ones nor the variances."""
    found = np.diag(matrix)
    if np.allclose(found, 1.0, rtol=CLOSE, atol=0.0):
        return []
    faults = []
    for path, value in zip(paths, found.tolist(), strict=True):
        if drawn[path].name != "normal":
            hint = f"{path} is not normal, so the diagonal has to be all ones: a correlation matrix"
            faults.append(Fault(name, hint=hint))
        elif abs(value - drawn[path].numbers[1] ** 2) > CLOSE * drawn[path].numbers[1] ** 2:
            hint = f"{path} has {value:g} on the diagonal, but the variance {drawn[path].numbers[1] ** 2:g}"
            faults.append(Fault(name, hint=hint))
    return faults


def _pair(paths: tuple[str, ...], i: int, j: int) -> str:
    return paths[i] if i == j else f"{paths[i]} with {paths[j]}"


def _lower(correlation: Array) -> Array:
    """Return the Cholesky factor of a correlation matrix that may be singular."""
    lower = np.zeros_like(correlation)
    for j in range(len(lower)):
        pivot = correlation[j, j] - lower[j, :j] @ lower[j, :j]
        if pivot > SINGULAR:
            lower[j, j] = np.sqrt(pivot)
            lower[j + 1 :, j] = (correlation[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    lower /= np.linalg.norm(lower, axis=1, keepdims=True)
    return lower
