"""The finite-volume mesh of the cell, as the arrays the kernels take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.core.model import Array
from energymodels.core.values import Fields

PYBAMM = {"negative": 20, "separator": 20, "positive": 20, "particle": 20}
DEFAULT = {"negative": 20, "separator": 10, "positive": 20, "particle": 12}
RADIAL_GRADING = 2.5  # edges at 1 - (1 - x)^g: profiles are steep near the surface
SLOWEST, FASTEST = 1.0, 1e6  # s R^2/D: the rates of change between which few modes meet the sphere
ONE_BY_ONE, DECADES = 40, 6  # modes of the sphere taken as they are at the least, and decades of those beyond


@dataclass(frozen=True)
class Mesh:
    """``widths`` (node,) as parts of their layer, ``counts`` (3,), ``radial`` (7, cell): see
    ``kernels.battery.cell.particle``.
    """

    widths: Array
    counts: Array
    radial: Array
    pybamm: bool


def make_mesh(fields: Fields, *, across: bool = True) -> Mesh:
    """Return the mesh that ``mesh`` and ``points.*`` ask for; without ``across`` one node stands for each
    layer (SPM).
    """
    pybamm = fields.get("mesh", "default") == "pybamm"
    points = (PYBAMM if pybamm else DEFAULT) | {
        name: fields[f"points.{name}"] for name in PYBAMM if fields.get(f"points.{name}") is not None
    }
    counts = np.array([points[name] if across else 1 for name in ("negative", "separator", "positive")])
    widths = np.concatenate([np.full(n, 1.0 / n) for n in counts])
    radial = radial_mesh(points["particle"], 1.0 if pybamm else RADIAL_GRADING, steady=not pybamm)
    return Mesh(widths, counts, radial, pybamm)


def workspace(rows: Array, axes: Mapping[str, Array], *, resolved: bool) -> tuple[Any, Any]:
    """Return (work arrays, mesh) of the kernels for ``rows``; if not ``resolved``, with one particle an
    electrode.
    """
    from energymodels.kernels.battery.cell import work

    n, s, p = axes["counts"].tolist()
    radial = axes["radial"]
    reacting = bool((rows["plating"] + rows["sei"]).any())
    arrays = work.make_work(
        n + s + p, n if resolved else 1, p if resolved else 1, radial.shape[1], n if reacting else 0
    )
    return arrays, work.Mesh(n, s, p, radial, bool(axes["pybamm"][0]))


@lru_cache
def radial_mesh(cells: int, grading: float, *, steady: bool) -> Array:
    """Return the rows of ``kernels.battery.cell.particle`` (7, cell) for a sphere cut into ``cells``.

    Values stand for the middle of a cell, the surface is extrapolated through the last two, and the modes are
    the cells' own. With ``steady`` they stand for the mean over a cell, flux and surface value are exact for
    the parabola in r that a steady flux builds up, and the modes are as many as meet the sphere best.
    """
    rows = _cells(cells, grading, steady)
    return np.array(
        [*rows, *(_fewer(*_of_sphere(2 * cells + ONE_BY_ONE), cells) if steady else _modes(*rows[[0, 1, 3]]))]
    )


def _cells(cells: int, grading: float, steady: bool) -> Array:
    """Return the first four rows of a radial mesh: volumes, conductances, weights, the surface's weights."""
    edges = 1.0 - (1.0 - np.linspace(0.0, 1.0, cells + 1)) ** grading
    width = np.diff(edges)
    volume = np.diff(edges**3) / 3.0
    if steady:
        place = np.diff(edges**5) / (5.0 * volume)  # mean of r^2, whose slope is 2 r
        slope = 2.0 * edges[1:-1]
        end = 1.0
    else:
        place = 0.5 * (edges[1:] + edges[:-1])
        slope = np.ones(cells - 1)
        end = edges[-1]
    conductance = np.zeros(cells)
    conductance[1:] = edges[1:-1] ** 2 * slope / np.diff(place)
    weight = np.zeros(cells)
    weight[1:] = width[1:] / (width[1:] + width[:-1])
    part = (end - place[-1]) / (place[-1] - place[-2])
    surface = np.zeros(cells)
    surface[:2] = (1.0 + part, -part)
    return np.array([volume, conductance, weight, surface])


def _modes(volume: Array, conductance: Array, surface: Array) -> tuple[Array, Array, Array]:
    """Return (eigenvalues, intake, output) of the operator's modes; amplitudes count so that the first is the
    mean.
    """
    share = 3.0 * volume  # of the sphere
    stiffness = np.diag(conductance + np.append(conductance[1:], 0.0))
    stiffness -= np.diag(conductance[1:], 1) + np.diag(conductance[1:], -1)
    root = np.sqrt(share)
    values, vectors = np.linalg.eigh(3.0 * stiffness / np.outer(root, root))
    shapes = vectors / root[:, np.newaxis]
    shapes *= np.where(shapes[-1] < 0.0, -1.0, 1.0)
    values[0], shapes[:, 0] = 0.0, 1.0
    output = surface[0] * shapes[-1] + surface[1] * shapes[-2]
    return values, 3.0 * shapes[-1], output


def _of_sphere(many: int) -> tuple[Array, Array]:
    """Return (eigenvalues, weights) of the modes of a sphere of radius 1 but for its mean.

    Surface over flux is H(s) = tanh r/(r - tanh r) = 3/s + sum of 2/(s + q^2), r^2 = s, tan q = q. ``many``
    modes are taken one by one, those beyond by Gauss's quadrature over the logarithm of their number.
    """
    number = np.arange(1, many + 1)
    q = np.pi * (number + 0.5)
    for _ in range(20):
        q = np.pi * number + np.arctan(q)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    beyond = (many + 0.5) * 10.0 ** (np.arange(DECADES)[:, np.newaxis] + 0.5 * (nodes + 1.0))
    share = beyond * 0.5 * np.log(10.0) * weights
    b = np.pi * (beyond.ravel() + 0.5)
    return np.concatenate([q, b - 1.0 / b]) ** 2, 2.0 * np.concatenate([np.ones(many), share.ravel()])


def _fewer(values: Array, weights: Array, many: int) -> tuple[Array, Array, Array]:
    """Return (eigenvalues, intake, output) of ``many`` modes in place of those given and the mean.

    Galerkin's method on the profiles that belong to ``many - 1`` rates s of change meets H and its slope at
    each of them (Grimme 1997, key ``grimme1997``); rates at equal ratios, and 0 for a steady flux, keep the
    relative error even.
    """
    weight = np.sqrt(weights)
    rates = np.append(0.0, np.geomspace(SLOWEST, FASTEST, many - 2))
    basis, _ = np.linalg.qr(weight[:, np.newaxis] / (values[:, np.newaxis] + rates))
    found, shapes = np.linalg.eigh(basis.T @ (values[:, np.newaxis] * basis))
    gain = np.abs(shapes.T @ (basis.T @ weight))
    return np.append(0.0, found), np.append(3.0, np.sqrt(3.0) * gain), np.append(1.0, gain / np.sqrt(3.0))
