"""Spherical particles in lanes, as modes: see ``battery.cell.particle``; D depends on temperature alone."""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.particle import EIGENVALUE, INTAKE, OUTPUT
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.state import cases
from energymodels.kernels.battery.lanes.tables import value
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    load,
    put,
    store,
)


@inner
def side_of(c, side):
    """Return (radius, largest concentration) of an electrode's particles."""
    if side == 0:
        return c.radius_n, c.c_max_n
    return c.radius_p, c.c_max_p


@inner
def eliminate(w, shape, grid, tables, side, alpha):
    """Set A and G of an electrode's particles, theta_surface = A + G j; the modes' fractions go to
    ``w.fractions``.
    """
    c = cases(w.case)
    radius, most = side_of(c, side)
    d = value(w, tables, to.D_N if side == 0 else to.D_P, 0.5 + 0.0 * alpha)[0]
    rate = d / (alpha * radius * radius)
    source = 1.0 / (FARADAY * most * radius * alpha)
    many = shape.particles_n if side == 0 else shape.particles_p
    first = first_mode(shape, side)
    node = first_node(shape, side)
    response = 0.0 * alpha
    for x in range(many):
        store(response, w.node, of.A, node + x)
    for m in range(shape.modes):
        fraction = 1.0 / (1.0 + rate * grid.radial[EIGENVALUE, m])
        taken = fraction * source * grid.radial[INTAKE, m]
        store(fraction, w.fractions, 2 * side, m)
        store(taken, w.fractions, 2 * side + 1, m)
        response += grid.radial[OUTPUT, m] * taken
        out = grid.radial[OUTPUT, m] * fraction
        for x in range(many):
            a = load(w.node, of.A, node + x) + out * load(w.back, first + m * many + x)
            store(a, w.node, of.A, node + x)
    for x in range(many):
        store(-response, w.node, of.G, node + x)


@inner
def finish(w, shape, side, which):
    """Set the modes of an electrode's particles for the currents J, and their surfaces, in the state, where
    ``which`` says so.
    """
    many = shape.particles_n if side == 0 else shape.particles_p
    first = first_mode(shape, side)
    node = first_node(shape, side)
    surface = first_surface(shape, side)
    current = first_current(shape, side)
    for x in range(many):
        j = load(w.node, of.J, node + x)
        theta = load(w.node, of.A, node + x) + load(w.node, of.G, node + x) * j
        put(which, theta, w.now, surface + x)
        put(which, j, w.now, current + x)
        for m in range(shape.modes):
            row = first + m * many + x
            y = load(w.fractions, 2 * side, m) * load(w.back, row) - load(w.fractions, 2 * side + 1, m) * j
            put(which, y, w.now, row)


@inner
def first_node(shape, side):
    """Return the node of an electrode's first particle."""
    return 0 if side == 0 else shape.nodes - shape.p


@inner
def first_surface(shape, side):
    """Return the row of an electrode's first surface stoichiometry."""
    return of.FIRST + shape.nodes + (0 if side == 0 else shape.particles_n)


@inner
def first_current(shape, side):
    """Return the row of an electrode's first interfacial current."""
    after = of.FIRST + shape.nodes + shape.particles_n + shape.particles_p
    return after + (0 if side == 0 else shape.particles_n)


@inner
def first_mode(shape, side):
    """Return the row of an electrode's first mode."""
    after = of.FIRST + shape.nodes + 2 * (shape.particles_n + shape.particles_p)
    return after + (0 if side == 0 else shape.particles_n * shape.modes)
