"""The arrays and the discretisation of the kernels that solve cases side by side."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from energymodels.battery.cell.mesh import RADIAL_GRADING, radial_mesh
from energymodels.core.model import Array
from energymodels.kernels.battery.cell.layout import D_N, D_P, KIND, POWER
from energymodels.kernels.battery.cell.tables import BUCKETS

ORDER = 3  # of the elements
# an electrode, and the ratio of their widths from the collector to the separator, where reactions crowd
ELEMENTS = {"battery.spm": (0, 1.0), "battery.spme": (2, 1.0), "battery.dfn": (3, 0.6)}
MODES = {"battery.spm": 10, "battery.spme": 10, "battery.dfn": 10}  # a particle
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
    return np.asarray(found & (other[first + rows["steps"]] == other[first]), dtype=int)


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


@lru_cache
def make_grid(elements: int, ratio: float, particle: int) -> Any:
    """Return the discretisation with ``elements`` an electrode, each ``ratio`` as wide as the one before on
    the way to the separator, and ``particle`` modes a particle.
    """
    from energymodels.kernels.battery.lanes.state import Grid

    points, weights, slopes = lobatto(ORDER)
    own = ratio ** np.arange(elements)
    own /= own.sum()
    widths = np.array([*own, 1.0, *own[::-1]])
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

    (elements, ratio), modes = ELEMENTS[model], MODES[model]
    shape, arrays = _room(model)
    numbers = rows.view(np.ndarray).view(float).reshape(rows.size, -1)
    _entry(model).solve(
        rows, numbers, todo, arrays, make_work(1, 1, 1, 1, 0), shape,
        make_grid(max(elements, 1), ratio, modes), axes["padded"], axes["index"], axes["program"], time,
        series, scalars, codes,
    )  # fmt: skip


_rooms = threading.local()  # work arrays of each thread, by model


def _room(model: str) -> tuple[Any, Any]:
    """Return (sizes, work arrays) of this thread."""
    from energymodels.kernels.battery.lanes import state

    if model not in (kept := _rooms.__dict__):
        elements = ELEMENTS[model][0]
        shape = state.make_shape(
            elements, ORDER, MODES[model], electrolyte=elements > 0, resolved=model == "battery.dfn"
        )
        kept[model] = shape, state.make_lanes(shape)
    found: tuple[Any, Any] = kept[model]
    return found


def _entry(model: str) -> ModuleType:
    """Return the kernel's entry; only what is asked for is compiled."""
    if model == "battery.dfn":
        from energymodels.kernels.battery.lanes import full

        return full
    from energymodels.kernels.battery.lanes import single

    return single
