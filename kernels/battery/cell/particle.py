"""Diffusion in spherical particles by finite volumes, an electrode's particles side by side: dtheta/dt =
div(D grad theta)/R^2.

Radii are in units of R, stoichiometries theta = c/c_max. An implicit step is theta - beta div(D grad theta) =
b with beta = 1/(alpha R^2), the flux j/F leaving at the surface. It leaves the surface stoichiometry as a
linear function of j,

    theta_surface = A + G j,

which is all the electrode needs to know; the inner values follow once j is known. Where D does not depend on
theta, the profile is kept as amplitudes of the discrete operator's own modes, the first of which is the mean:
each is one number over another. Where it does, the profile is kept cell by cell, and Newton's tridiagonal
system is eliminated from the centre outwards. The flux between two cells is then that of the integral of D
over theta (Kirchhoff's transformation), by Simpson's rule: a harmonic mean would choke it where D falls by a
factor from cell to cell. PyBaMM takes the harmonic mean.

``radial[row, cell]`` describes the mesh: volumes; r^2/dr of the edge to the cell below; the weight of the
outer cell in the harmonic mean at that edge; weights of the last cell and the one below in the surface value;
eigenvalues of the modes, what a unit of flux takes from each, and what each gives to the surface. Arrays of
profiles are (cell or mode, particle), flattened.
"""

import numpy as np

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.layout import D_N, D_P
from energymodels.kernels.battery.cell.material import is_constant, value, values
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner

VOLUME, CONDUCTANCE, WEIGHT, SURFACE, EIGENVALUE, INTAKE, OUTPUT = np.arange(7)  # rows of the radial mesh
LAST, BELOW = np.arange(2)  # weights in the row SURFACE
NEGATIVE, POSITIVE = np.arange(2)


@inner
def eliminate_modes(radial, beta, d, source, b, y, n, factors, a, g):
    """Diffusivity ``d`` the same everywhere: set ``y`` to the amplitudes without the flux, ``a``, ``g`` and
    each mode's response.

    ``source`` is 1/(F c_max R alpha): what j takes out of the outer cell, per its volume.
    """
    s = beta * d
    response = 0.0
    for x in range(n):
        a[x] = 0.0
    for i in range(radial.shape[1]):
        f = 1.0 / (1.0 + s * radial[EIGENVALUE, i])
        out = radial[OUTPUT, i]
        factors[0, i] = f * source * radial[INTAKE, i]
        response += out * factors[0, i]
        row = i * n
        for x in range(n):
            value = f * b[row + x]
            y[row + x] = value
            a[x] += out * value
    for x in range(n):
        g[x] = -response


@inner
def finish_modes(j, y, n, cells, factors):
    """Let the flux of ``j`` (A m-2) of each particle act on the amplitudes ``y``."""
    for i in range(cells):
        f = factors[0, i]
        row = i * n
        for x in range(n):
            y[row + x] -= f * j[x]


@inner
def diffusivities(radial, tables, index, coefficients, f, y, n, harmonic, mean, inside, outside, scratch):
    """Set ``mean`` to the diffusivity ``f`` between every cell and the one below; ``inside``, ``outside`` to
    its slopes by their y.

    It is the integral of D over the stretch between the two divided by it; with ``harmonic`` the harmonic
    mean by width.
    """
    d, slope = scratch[0], scratch[1]
    values(tables, index, coefficients, f, y, d, slope)
    if harmonic:
        for i in range(1, radial.shape[1]):
            w = radial[WEIGHT, i]
            for p in range(i * n, (i + 1) * n):
                o = p - n
                both = 1.0 / ((1.0 - w) / d[o] + w / d[p])
                mean[p] = both
                inside[p] = both * both * (1.0 - w) / (d[o] * d[o]) * slope[o]
                outside[p] = both * both * w / (d[p] * d[p]) * slope[p]
        return
    for p in range(n, y.size):
        scratch[2, p] = 0.5 * (y[p - n] + y[p])
    values(tables, index, coefficients, f, scratch[2, n : y.size], mean[n:], outside[n:])
    for p in range(n, y.size):
        o = p - n
        mean[p] = (d[o] + 4.0 * mean[p] + d[p]) / 6.0
        inside[p] = (slope[o] + 2.0 * outside[p]) / 6.0
        outside[p] = (slope[p] + 2.0 * outside[p]) / 6.0


@inner
def eliminate(radial, beta, tables, index, coefficients, f, source, b, y, j, n, harmonic, work, a, g):
    """One Newton step at fixed ``j`` of particles whose diffusivity ``f`` depends on theta, linearised at
    ``y``; set ``a``, ``g``.

    ``work[0..2]`` keep forward-eliminated right sides (of changes), reciprocal pivots and upper coefficients
    for ``substitute``.
    """
    cells = radial.shape[1]
    right, pivots, upper = work[0], work[1], work[2]
    mean, inside, outside = work[3], work[4], work[5]
    diffusivities(radial, tables, index, coefficients, f, y, n, harmonic, mean, inside, outside, work[6:])
    for x in range(n):
        pivots[x] = radial[VOLUME, 0]
        right[x] = radial[VOLUME, 0] * (b[x] - y[x])
    for i in range(1, cells):
        v = radial[VOLUME, i]
        k = beta * radial[CONDUCTANCE, i]
        row = i * n
        for x in range(n):
            p = row + x
            o = p - n
            rise = y[p] - y[o]
            flow = k * mean[p] * rise
            inner = k * (inside[p] * rise - mean[p])  # d flow / d theta inside
            outer = k * (outside[p] * rise + mean[p])
            pivot = 1.0 / (pivots[o] - inner)
            r = right[o] + flow
            pivots[o] = pivot
            right[o] = r
            upper[o] = outer
            # the inner cell's change is (r + outer * this cell's change) * pivot
            m = -inner * pivot
            right[p] = v * (b[p] - y[p]) - flow + m * r
            pivots[p] = v + outer - m * outer
    last = (cells - 1) * n
    for x in range(n):
        p = last + x
        o = p - n
        right[p] -= source * j[x]
        pivots[p] = 1.0 / pivots[p]
        change = right[p] * pivots[p]
        per_j = -source * pivots[p]
        change_below = (right[o] + upper[o] * change) * pivots[o]
        per_j_below = upper[o] * per_j * pivots[o]
        s = radial[SURFACE, LAST] * (y[p] + change) + radial[SURFACE, BELOW] * (y[o] + change_below)
        g[x] = radial[SURFACE, LAST] * per_j + radial[SURFACE, BELOW] * per_j_below
        a[x] = s - g[x] * j[x]


@inner
def substitute(source, change_of_j, y, n, cells, work):
    """Add to ``y`` the step that ``eliminate`` prepared, with the change of j the electrode found; return the
    largest change.
    """
    largest = 0.0
    right, pivots, upper = work[0], work[1], work[2]
    last = (cells - 1) * n
    for x in range(n):
        p = last + x
        right[p] = (right[p] - source * change_of_j[x]) * pivots[p]
        y[p] += right[p]
        largest = max(largest, abs(right[p]))
    for i in range(cells - 2, -1, -1):
        row = i * n
        for x in range(n):
            p = row + x
            right[p] = (right[p] + upper[p] * right[p + n]) * pivots[p]
            y[p] += right[p]
            largest = max(largest, abs(right[p]))
    return largest


@inner
def of_side(c, side, alpha):
    """Return (function of the diffusivity, beta = 1/(alpha R^2), what a unit of j takes out of the outer
    cell) of an electrode.
    """
    if side == NEGATIVE:
        return D_N, 1.0 / (alpha * c.radius_n * c.radius_n), 1.0 / (FARADAY * c.c_max_n * c.radius_n * alpha)
    return D_P, 1.0 / (alpha * c.radius_p * c.radius_p), 1.0 / (FARADAY * c.c_max_p * c.radius_p * alpha)


@inner
def eliminate_side(w, mesh, c, tables, side, first, n, start, new, alpha, again):
    """Eliminate the ``n`` particles of an electrode whose first node is ``first``, whose profiles begin at
    ``start``.

    Where the diffusivity does not depend on theta once is enough, unless ``again``: the temperature moved.
    """
    f, beta, source = of_side(c, side, alpha)
    stop = start + n * mesh.radial.shape[1]
    back, y = w.profiles[at.HISTORY, start:stop], w.profiles[new, start:stop]
    a, g, j = (
        w.node[at.A, first : first + n],
        w.node[at.G, first : first + n],
        w.node[at.J, first : first + n],
    )
    if not is_constant(tables, w.index, f):
        eliminate(
            mesh.radial,
            beta,
            tables,
            w.index,
            w.coefficients,
            f,
            source,
            back,
            y,
            j,
            n,
            mesh.pybamm,
            w.newton[side],
            a,
            g,
        )
    elif again:
        d = value(tables, w.index, w.coefficients, f, 0.5)[0]
        eliminate_modes(mesh.radial, beta, d, source, back, y, n, w.newton[side], a, g)


@inner
def change_side(w, mesh, c, tables, side, first, n, start, new, alpha):
    """Move particles whose diffusivity depends on theta, the currents having changed by R2; return the
    largest change.
    """
    f, _, source = of_side(c, side, alpha)
    cells = mesh.radial.shape[1]
    if not is_constant(tables, w.index, f):
        y = w.profiles[new, start : start + n * cells]
        return substitute(source, w.node[at.R2, first : first + n], y, n, cells, w.newton[side])
    return 0.0


@inner
def finish_side(w, mesh, c, tables, side, first, n, start, new, alpha):
    """Set the profiles of particles whose diffusivity does not depend on theta, the currents being final."""
    f, _, _ = of_side(c, side, alpha)
    cells = mesh.radial.shape[1]
    if is_constant(tables, w.index, f):
        finish_modes(
            w.node[at.J, first : first + n],
            w.profiles[new, start : start + n * cells],
            n,
            cells,
            w.newton[side],
        )


@inner
def reached(w, mesh, c, tables, elapsed):
    """Return the least D t/R^2 of either electrode's particles: the square of how deep a change at the
    surface went, in radii.
    """
    d_n = value(tables, w.index, w.coefficients, D_N, w.memory[at.THETA_N])[0]
    d_p = value(tables, w.index, w.coefficients, D_P, w.memory[at.THETA_P])[0]
    return elapsed * min(d_n / (c.radius_n * c.radius_n), d_p / (c.radius_p * c.radius_p))
