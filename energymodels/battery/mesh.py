"""How the cell is cut into finite volumes, as the arrays the kernels take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from energymodels.model import Array

PYBAMM = {"negative": 20, "separator": 20, "positive": 20, "particle": 20}
DEFAULT = {"negative": 16, "separator": 6, "positive": 16, "particle": 12}
RADIAL_GRADING = 1.5  # edges at 1 - (1 - x)^g: profiles are steep near the surface


@dataclass(frozen=True)
class Mesh:
    """``widths`` (node,) as parts of their layer, ``counts`` (3,), ``radial`` (4, cell): see ``kernels.battery.particle``."""

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
    radial = radial_mesh(points["particle"], 1.0 if pybamm else RADIAL_GRADING, flux_aware=not pybamm)
    return Mesh(widths, counts, radial, pybamm)


def radial_mesh(cells: int, grading: float, *, flux_aware: bool) -> Array:
    """Return volumes, conductances, weights and surface weights (4, cell) of a sphere cut into ``cells``.

    The surface value is extrapolated through the last two nodes, or with ``flux_aware`` by the parabola in r^2 and r that has the
    volume means of the last two cells and the given gradient at the surface, exact for the profile of steady flux.
    """
    edges = 1.0 - (1.0 - np.linspace(0.0, 1.0, cells + 1)) ** grading
    nodes = 0.5 * (edges[1:] + edges[:-1])
    width = np.diff(edges)
    volume = np.diff(edges**3) / 3.0
    conductance = np.zeros(cells)
    conductance[1:] = edges[1:-1] ** 2 / np.diff(nodes)
    weight = np.zeros(cells)
    weight[1:] = width[1:] / (width[1:] + width[:-1])
    part = 0.5 * width[-1] / (nodes[-1] - nodes[-2])
    surface = np.zeros(cells)
    surface[:3] = _surface(edges) if flux_aware else (1.0 + part, -part, 0.0)
    return np.array([volume, conductance, weight, surface])


def _surface(edges: Array) -> Array:
    """Return weights (w0, w1, wg) that give the surface value of 1, r and r^2 from their means in the last two cells and slope at 1."""
    low, high = edges[:-1], edges[1:]
    means = [np.diff(edges ** (3 + p)) / (3 + p) * 3.0 / np.diff(edges**3) for p in range(3)]
    assert low.size >= 2 and high[-1] == 1.0
    system = np.array([[mean[-1], mean[-2], float(p)] for p, mean in enumerate(means)])
    weights: Array = np.linalg.solve(system, np.ones(3))
    return weights
