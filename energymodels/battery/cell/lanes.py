"""The arrays and the discretisation of the kernels that solve cases side by side."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.battery.cell.mesh import RADIAL_GRADING, radial_mesh

ORDER = 3  # of the elements


@lru_cache
def lobatto(order: int) -> tuple[Any, Any, Any]:
    """Return (points, weights, slopes) of the Gauss-Lobatto points on an element of length 1; slopes (point,
    shape).
    """
    legendre = np.polynomial.legendre.Legendre.basis(order)
    x = np.concatenate([[-1.0], np.sort(legendre.deriv().roots().real), [1.0]])
    value = legendre(x)
    weights = 2.0 / (order * (order + 1) * value**2)
    slopes = np.zeros((order + 1, order + 1))
    for q in range(order + 1):
        for i in range(order + 1):
            if q != i:
                slopes[q, i] = value[q] / (value[i] * (x[q] - x[i]))
    slopes[0, 0] = -order * (order + 1) / 4.0
    slopes[-1, -1] = -slopes[0, 0]
    return 0.5 * (x + 1.0), 0.5 * weights, 2.0 * slopes


def make_grid(elements: int, particle: int) -> Any:
    """Return the discretisation with ``elements`` an electrode and ``particle`` modes a particle."""
    from energymodels.kernels.battery.lanes.state import Grid

    points, weights, slopes = lobatto(ORDER)
    widths = np.array([*[1.0 / elements] * elements, 1.0, *[1.0 / elements] * elements])
    return Grid(slopes, points, weights, widths, radial_mesh(particle, RADIAL_GRADING, steady=True))
