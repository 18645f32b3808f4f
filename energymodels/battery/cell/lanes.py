"""The arrays and the discretisation of the kernels that solve cases side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.battery.cell.mesh import RADIAL_GRADING, radial_mesh
from energymodels.core.model import Array
from energymodels.kernels.battery.cell.layout import D_N, D_P, KIND, POWER
from energymodels.kernels.battery.cell.tables import BUCKETS

ORDER = 3  # of the elements
ELEMENTS = {"battery.spm": 0, "battery.spme": 2, "battery.dfn": 3}  # an electrode
MODES = {"battery.spm": 10, "battery.spme": 10, "battery.dfn": 8}  # a particle
UNFINISHED = -3  # a status: the case is left to the solver of single cases
PADDING = np.zeros(3)  # a lane reads four numbers where a table holds one


def side_by_side(rows: Mapping[str, Array], steps: Array, tables: Array, index: Array, which: Array) -> Array:
    """Return 1 for the cases of a grid that can be solved in lanes, else 0.

    They have particles of constant diffusivity, neither side reactions nor a profile of the surroundings'
    temperature, and a protocol of constant currents, voltages and powers.
    """
    found = (rows["plating"] == 0) & (rows["sei"] == 0) & (rows["warmths"] == 0)
    for f, name in ((D_N, "constant_d_n"), (D_P, "constant_d_p")):
        even = (index[:, f, 0] == 1) & (tables[index[:, f, 1] + BUCKETS] == 0.0)
        found = found & (even[which] | ~np.isnan(rows[name]))
    other = np.concatenate([[0], np.cumsum(steps[:, KIND] > POWER)])
    first = rows["first_step"]
    return (found & (other[first + rows["steps"]] == other[first])).astype(int)


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
    mean = weights * (1.0 - points)  # the integral of what a slope at a point adds, from there to the end
    return Grid(slopes, points, weights, mean, widths, radial_mesh(particle, RADIAL_GRADING, steady=True))


def solve(
    model: str, rows: Array, axes: Mapping[str, Array], todo: Array, time: Array, series: Array,
    scalars: Array, codes: Array,
) -> None:  # fmt: skip
    """Solve the rows ``todo`` in lanes; those that are left to the solver of single cases have the status
    ``UNFINISHED``.
    """
    from energymodels.kernels.battery.cell.work import make_work
    from energymodels.kernels.battery.lanes import single, state

    elements, modes = ELEMENTS[model], MODES[model]
    resolved = model == "battery.dfn"
    shape = state.make_shape(elements, ORDER, modes, electrolyte=elements > 0, resolved=resolved)
    tables = np.concatenate([axes["tables"], PADDING])
    numbers = rows.view(np.ndarray).view(float).reshape(rows.size, -1)
    single.solve(
        rows, numbers, todo, state.make_lanes(shape), make_work(1, 1, 1, 1, 0), shape,
        make_grid(max(elements, 1), modes), tables, axes["index"], axes["program"], time, series, scalars, codes,
    )  # fmt: skip
