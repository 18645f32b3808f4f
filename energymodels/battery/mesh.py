"""How the cell is cut into finite volumes, as the arrays the kernels take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from energymodels.model import Array

PYBAMM = {"negative": 20, "separator": 20, "positive": 20, "particle": 20}
DEFAULT = {"negative": 20, "separator": 10, "positive": 20, "particle": 10}
RADIAL_GRADING = 1.8  # edges at 1 - (1 - x)^g: profiles are steep near the surface


@dataclass(frozen=True)
class Mesh:
    """``widths`` (node,) as parts of their layer, ``counts`` (3,), ``radial`` (7, cell): see ``kernels.battery.particle``."""

    widths: Array
    counts: Array
    radial: Array
    pybamm: bool


def make_mesh(fields: Mapping[str, Any], *, across: bool = True) -> Mesh:
    """Return the mesh that ``mesh`` and ``points.*`` ask for; without ``across`` one node stands for each layer (SPM)."""
    pybamm = fields.get("mesh", "default") == "pybamm"
    points = (PYBAMM if pybamm else DEFAULT) | {
        name: fields[f"points.{name}"] for name in PYBAMM if fields.get(f"points.{name}") is not None
    }
    counts = np.array([points[name] if across else 1 for name in ("negative", "separator", "positive")])
    widths = np.concatenate([np.full(n, 1.0 / n) for n in counts])
    radial = radial_mesh(points["particle"], 1.0 if pybamm else RADIAL_GRADING, steady=not pybamm)
    return Mesh(widths, counts, radial, pybamm)


def workspace(rows: Array, axes: Mapping[str, Array], *, resolved: bool) -> tuple[Any, Any]:
    """Return (work arrays, mesh) of the kernels for ``rows``; if not ``resolved``, with one particle an electrode."""
    from energymodels.kernels.battery import work

    n, s, p = axes["counts"].tolist()
    radial = axes["radial"]
    reacting = bool((rows["plating"] + rows["sei"]).any())
    arrays = work.make_work(n + s + p, n if resolved else 1, p if resolved else 1, radial.shape[1], n if reacting else 0)
    return arrays, work.Mesh(n, s, p, radial, bool(axes["pybamm"][0]))


def radial_mesh(cells: int, grading: float, *, steady: bool) -> Array:
    """Return the rows of ``kernels.battery.particle`` (7, cell) for a sphere cut into ``cells``.

    Values stand for the middle of a cell, and the surface is extrapolated through the last two; with ``steady`` they stand for the
    mean over a cell, and flux and surface value are exact for the parabola in r that a steady flux builds up.
    """
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
    return np.array([volume, conductance, weight, surface, *_modes(volume, conductance, surface)])


def _modes(volume: Array, conductance: Array, surface: Array) -> tuple[Array, Array, Array]:
    """Return (eigenvalues, intake, output) of the operator's modes; amplitudes count so that the first is the mean."""
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
