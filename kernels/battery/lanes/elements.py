"""The electrolyte on Gauss-Lobatto elements: nodes are their points of quadrature, and shared at faces.

Weak form with that quadrature (Karniadakis and Sherwin 2005, key ``karniadakis2005``, chapter 2): what leaves
one node enters another, so salt is kept to round-off.
"""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.material import STILL
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.materials import mix
from energymodels.kernels.battery.lanes.state import cases
from energymodels.kernels.battery.lanes.tables import value
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import anywhere, load, store, where

ORDER = 3  # of the elements
POINTS = ORDER + 1
RIGHT, UNIT = POINTS, POINTS + 1  # columns of a front behind those of its nodes


@inner
def layer_of(c, shape, e):
    """Return (thickness, porosity, transport efficiency, a unit current's share of the electrolyte's at the
    layer's left end and what it gains across the layer) of element ``e``.
    """
    if e < shape.elements_n:
        return c.thickness_n, c.porosity_n, c.efficiency_n, 0.0, 1.0
    if e == shape.elements_n:
        return c.thickness_s, c.porosity_s, c.efficiency_s, 1.0, 0.0
    return c.thickness_p, c.porosity_p, c.efficiency_p, 1.0, -1.0


@inner
def lay_out(w, shape, grid):
    """Set the widths of the nodes."""
    c = cases(w.case)
    if shape.nodes == 2:
        store(c.thickness_n, w.node, of.WEIGHT, 0)
        store(c.thickness_p, w.node, of.WEIGHT, 1)
        return
    for k in range(shape.nodes):
        store(0.0 * c.area, w.node, of.WEIGHT, k)
        store(0.0 * c.area, w.node, of.DX, k)
    place = 0.0 * c.area
    for e in range(grid.widths.size):
        length = c.thickness_s
        if e < shape.elements_n:
            length = c.thickness_n
        elif e > shape.elements_n:
            length = c.thickness_p
        for q in range(POINTS):
            k = ORDER * e + q
            share = length * (grid.widths[e] * grid.weights[q])
            store(load(w.node, of.DX, k) + share, w.node, of.DX, k)
            store(place + length * (grid.widths[e] * grid.points[q]), w.node, of.PLACE, k)
            if e != shape.elements_n:
                store(load(w.node, of.WEIGHT, k) + share, w.node, of.WEIGHT, k)
        place += length * grid.widths[e]


@inner
def set_transport(w, shape, tables, solid):
    """Set D and t+ and their slopes at every node; ``solid`` is the conductivity of a solid fraction."""
    node = w.node
    for k in range(shape.nodes):
        salt = load(node, of.C, k)
        d, slope = value(w, tables, to.D_E, salt)
        still = d < STILL
        t, t_slope = value(w, tables, to.T_PLUS, salt)
        if anywhere(solid > 0.0):
            kappa, kappa_slope = value(w, tables, to.KAPPA, salt)
            _, _, t, t_slope = mix(solid, kappa, kappa_slope, t, t_slope)
        store(where(still, STILL, d), node, of.DIFFUSIVITY, k)
        store(where(still, 0.0, slope), node, of.D_DIFFUSIVITY, k)
        store(t, node, of.T_PLUS, k)
        store(t_slope, node, of.D_T_PLUS, k)


@inner
def _assemble(w, shape, grid, e, current, alpha):
    """Fill ``square`` with the equations of element ``e``: Newton's matrix, right side and that of a unit of
    current.
    """
    node, square = w.node, w.square
    length, porosity, efficiency, share, gain = layer_of(cases(w.case), shape, e)
    h = length * grid.widths[e]
    begin = 0.0
    first = 0
    if e >= shape.elements_n:
        first = shape.elements_n
    if e > shape.elements_n:
        first += 1
    for other in range(first, e):
        begin += grid.widths[other]
    for i in range(POINTS):
        k = ORDER * e + i
        hold = FARADAY * porosity * alpha * h * grid.weights[i]
        even = gain * grid.widths[e] * grid.weights[i]
        for m in range(POINTS):
            store(0.0 * h, square, i, m)
        store(hold, square, i, i)
        store(even * current - hold * (load(node, of.C, k) - load(node, of.C_BACK, k)), square, i, RIGHT)
        store(even + 0.0 * h, square, i, UNIT)
    for q in range(POINTS):
        k = ORDER * e + q
        slope = 0.0 * h
        for m in range(POINTS):
            slope += grid.derive[q, m] * load(node, of.C, ORDER * e + m)
        slope = slope / h
        d = FARADAY * efficiency * load(node, of.DIFFUSIVITY, k)
        carried = share + gain * (begin + grid.widths[e] * grid.points[q])
        t = load(node, of.T_PLUS, k)
        flux = t * carried * current - d * slope
        bend = FARADAY * efficiency * load(node, of.D_DIFFUSIVITY, k) * slope
        bend -= load(node, of.D_T_PLUS, k) * carried * current
        for i in range(POINTS):
            part = grid.weights[q] * grid.derive[q, i]
            store(load(square, i, RIGHT) + part * flux, square, i, RIGHT)
            store(load(square, i, UNIT) + part * carried * t, square, i, UNIT)
            store(load(square, i, q) + part * bend, square, i, q)
            per = part * (d / h)
            for m in range(POINTS):
                store(load(square, i, m) + per * grid.derive[q, m], square, i, m)


@inner
def _eliminate(w, e):
    """Eliminate all nodes of the element in ``square`` but its last one."""
    square, front = w.square, w.front
    for i in range(ORDER):
        k = ORDER * e + i
        pivot = 1.0 / load(square, i, i)
        for m in range(i + 1, POINTS + 2):
            own = load(square, i, m) * pivot
            store(own, square, i, m)
            store(own, front, k, m - 1)
        for r in range(i + 1, POINTS):
            factor = load(square, r, i)
            for m in range(i + 1, POINTS + 2):
                store(load(square, r, m) - factor * load(square, i, m), square, r, m)


@inner
def solve(w, shape, grid, tables, current, alpha, solid):
    """Set R1 to Newton's change of the concentrations at a given ``current``, evenly spread over either
    electrode, and B1 to that of a unit more.
    """
    set_transport(w, shape, tables, solid)
    square, front, node = w.square, w.front, w.node
    last = ORDER
    diagonal, right, unit = 0.0 * current, 0.0 * current, 0.0 * current
    for e in range(grid.widths.size):
        _assemble(w, shape, grid, e, current, alpha)
        store(load(square, 0, 0) + diagonal, square, 0, 0)
        store(load(square, 0, RIGHT) + right, square, 0, RIGHT)
        store(load(square, 0, UNIT) + unit, square, 0, UNIT)
        _eliminate(w, e)
        diagonal, right, unit = load(square, last, last), load(square, last, RIGHT), load(square, last, UNIT)
    k = shape.nodes - 1
    store(right / diagonal, node, of.R1, k)
    store(unit / diagonal, node, of.B1, k)
    for e in range(grid.widths.size - 1, -1, -1):
        for i in range(ORDER - 1, -1, -1):
            k = ORDER * e + i
            r, b = load(front, k, RIGHT - 1), load(front, k, UNIT - 1)
            for m in range(i + 1, POINTS):
                up = load(front, k, m - 1)
                r -= up * load(node, of.R1, ORDER * e + m)
                b -= up * load(node, of.B1, ORDER * e + m)
            store(r, node, of.R1, k)
            store(b, node, of.B1, k)
