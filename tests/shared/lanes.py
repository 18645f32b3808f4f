"""Cases put into lanes by hand: what the kernels of ``battery.lanes`` work on, without the loop."""

from types import SimpleNamespace

import numpy as np

import energymodels as em
from energymodels.battery.cell.lanes import ELEMENTS, MODES, ORDER, make_grid
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell.work import make_work
from energymodels.kernels.battery.lanes import cases, elements, particles, tables
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.jit import jit
from energymodels.kernels.simd import WIDTH


@jit
def _enter(w, shape, grid, tables_, index, rows, numbers, scalar, codes):
    for lane in range(WIDTH):
        codes[lane] = cases.enter(w, shape, tables_, index, rows, numbers, lane, lane, scalar)
    tables.count_terms(w)
    elements.lay_out(w, shape, grid)


def put(model="battery.dfn", values=None, points=None):
    """Return lanes that hold a case each, at rest: ``values`` of all, ``points`` {field: one a lane}."""
    asked = {"series.points": 0, "protocol": "Rest for 1 minute"} | (values or {})
    along = {"initial_soc": np.linspace(0.3, 0.7, WIDTH)} if points is None else points
    plan = em.plan(model, {}, asked, points=along)
    prepared = plan.model.prepare_some(plan.columns, plan.context)
    rows = np.zeros(WIDTH, to.ROW)
    for name in to.ROW.names:
        rows[name] = np.ravel(prepared.rows[name])
    many, ratio = ELEMENTS[model]
    shape = of.make_shape(many, ORDER, MODES[model], electrolyte=many > 0, resolved=model == "battery.dfn")
    grid = make_grid(max(many, 1), ratio, MODES[model])
    w, codes = of.make_lanes(shape), np.zeros(WIDTH, dtype=np.int64)
    shared, rows = prepared.shared, rows.view(np.recarray)
    numbers = rows.view(np.ndarray).view(float).reshape(WIDTH, -1)
    scalar = make_work(1, 1, 1, 1, 0)
    _enter(w, shape, grid, shared["padded"], shared["index"], rows, numbers, scalar, codes)
    return SimpleNamespace(
        w=w, shape=shape, grid=grid, rows=rows, tables=shared["padded"], index=shared["index"],
        program=shared["program"], codes=codes, lane=_named(w.lane, of.LANE), case=_named(w.case, of.CASE),
        first={
            "c": int(of.FIRST),
            "theta_n": int(particles_row(shape, 0)), "theta_p": int(particles_row(shape, 1)),
            "mode_n": int(modes_row(shape, 0)), "mode_p": int(modes_row(shape, 1)),
        },
    )  # fmt: skip


@jit
def particles_row(shape, side):
    return particles.first_surface(shape, side)


@jit
def modes_row(shape, side):
    return particles.first_mode(shape, side)


def _named(array, layout):
    """Return {name: its rows of an array}."""
    return {
        name: array[row] if not count else array[row : row + count]
        for name, (row, count) in layout.places.items()
    }
