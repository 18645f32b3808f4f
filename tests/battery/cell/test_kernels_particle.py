"""Diffusion in particles: steps by modes and eliminations against dense algebra, steps in time against the
analytic sphere.
"""

import numpy as np
import pytest
from scipy.linalg import eigh

from energymodels.battery.cell.mesh import radial_mesh
from energymodels.kernels.battery.cell import history, layout, particle
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import jit

VOLUME, CONDUCTANCE, WEIGHT, SURFACE, EIGENVALUE, INTAKE, OUTPUT = range(7)
RANDOM = np.random.default_rng(6)
MESHES = [(20, 1.0, False), (12, 1.5, True), (3, 1.5, True)]
OF_CELLS = [(20, 1.0, False), (12, 1.5, False), (3, 1.5, False)]  # whose modes are those of their own cells
BETA, SOURCE = 0.03, 0.011


@jit
def solve_modes(radial, beta, d, source, b, j, y, factors, a, g):
    particle.eliminate_modes(radial, beta, d, source, b, y, j.size, factors, a, g)
    particle.finish_modes(j, y, j.size, radial.shape[1], factors)


@jit
def newton_step(radial, beta, tables, index, coefficients, source, b, j, change, y, harmonic, work, a, g):
    """Take one of Newton's steps, j changing by ``change``."""
    particle.eliminate(
        radial, beta, tables, index, coefficients, layout.D_N, source, b, y, j, j.size, harmonic, work, a, g
    )
    particle.substitute(source, change, y, j.size, radial.shape[1], work)


@jit
def march(radial, d, flux, times, y, surface, factors, a, g, past, alphas):
    """Take a flux out of a sphere at rest, ``times`` in units of R^2/D, by the formula of order 5 once there
    are five points.
    """
    j = np.ones(1)
    weights = np.zeros(at.HISTORY)
    ring = np.zeros(at.HISTORY)
    cells = radial.shape[1]
    b = np.zeros(cells)
    for k in range(1, times.size):
        head = (k - 1) % at.HISTORY
        ring[head] = times[k - 1]
        for i in range(cells):
            past[head, i] = y[i]
        order = min(k, 5)
        alpha = history.differentiate(ring, head, order, times[k], weights)
        history.combine(past, head, weights, order, b)
        source = flux / alpha
        particle.eliminate_modes(radial, 1.0 / alpha, d, source, b, y, 1, factors, a, g)
        surface[k] = a[0] + g[0]
        particle.finish_modes(j, y, 1, cells, factors)


def laplacian(radial, d=None):
    """Return the dense matrix L of volume dtheta/dt = L theta, ``d`` the diffusivities between neighbours."""
    cells = radial.shape[1]
    L = np.zeros((cells, cells))
    for i in range(1, cells):
        k = radial[CONDUCTANCE, i] * (1.0 if d is None else d[i])
        L[i, i - 1] += k
        L[i, i] -= k
        L[i - 1, i] += k
        L[i - 1, i - 1] -= k
    return L


def surface_of(radial, y):
    """Return the surface values of profiles (cell, particle)."""
    return radial[SURFACE, 0] * y[-1] + radial[SURFACE, 1] * y[-2]


# The mesh


@pytest.mark.parametrize("mesh", MESHES)
def test_mesh_is_a_sphere(mesh):
    cells, grading, steady = mesh
    radial = radial_mesh(cells, grading, steady=steady)
    assert radial[VOLUME].sum() == pytest.approx(1.0 / 3.0, rel=1e-14)
    assert radial[SURFACE, 0] + radial[SURFACE, 1] == pytest.approx(1.0, rel=1e-12)
    if grading == 1.0:
        h = 1.0 / cells
        edges = np.arange(1, cells) * h
        np.testing.assert_allclose(radial[CONDUCTANCE, 1:], edges**2 / h, rtol=1e-12)
        np.testing.assert_allclose(radial[SURFACE, :2], [1.5, -0.5], rtol=1e-12)  # c_N + (c_N - c_N-1)/2
        np.testing.assert_allclose(radial[WEIGHT, 1:], 0.5, rtol=1e-12)


@pytest.mark.parametrize("cells", [3, 12, 40])
def test_profile_of_steady_flux_is_exact(cells):
    """theta = a + c r^2 by its volume means: the flux r^2 dtheta/dr at every edge, and the value at the
    surface.
    """
    radial = radial_mesh(cells, 1.5, steady=True)
    edges = np.cbrt(3.0 * np.concatenate([[0.0], np.cumsum(radial[VOLUME])]))
    a, c = 0.4, 0.2
    means = np.diff(a * edges**3 / 3 + c * edges**5 / 5) / radial[VOLUME]
    np.testing.assert_allclose(
        radial[CONDUCTANCE, 1:] * np.diff(means), 2.0 * c * edges[1:-1] ** 3, rtol=1e-9
    )
    assert surface_of(radial, means) == pytest.approx(a + c, rel=1e-11)


@pytest.mark.parametrize("mesh", OF_CELLS)
def test_modes_are_those_of_the_operator(mesh):
    cells, grading, steady = mesh
    radial = radial_mesh(cells, grading, steady=steady)
    values, shapes = modes(radial)
    np.testing.assert_allclose(radial[EIGENVALUE], values, rtol=1e-10, atol=1e-9 * values[-1] / cells**2)
    np.testing.assert_allclose(radial[INTAKE], 3.0 * shapes[-1], rtol=1e-8)
    np.testing.assert_allclose(radial[OUTPUT], surface_of(radial, shapes), rtol=1e-7, atol=1e-9)
    assert radial[EIGENVALUE, 0] == 0.0
    assert radial[OUTPUT, 0] == pytest.approx(1.0, rel=1e-12)


def modes(radial):
    """Return (eigenvalues, shapes (cell, mode)) of -L, orthonormal by the share of the sphere; the first is 1
    everywhere.
    """
    values, shapes = eigh(-laplacian(radial), np.diag(radial[VOLUME]))
    shapes /= np.sqrt(3.0)
    return values, shapes * np.where(shapes[-1] < 0.0, -1.0, 1.0)


# Eliminations


def answer(s):
    """Return what flux into a sphere raises its surface by, both changing as exp(s t) (D = R = 1): tanh r/(r
    - tanh r), r^2 = s.
    """
    r = np.sqrt(s)
    return np.tanh(r) / (r - np.tanh(r))


@pytest.mark.parametrize(
    ("many", "fastest", "close"),
    [(8, 1e5, 6e-3), (12, 1e5, 1e-4), (12, 1e6, 5e-4), (20, 1e6, 3e-5), (200, 1e6, 1e-5)],
)
def test_few_modes_answer_as_the_sphere(many, fastest, close):
    """From a change slower than diffusion through the sphere to one that only a thousandth of the radius
    follows.
    """
    radial = radial_mesh(many, 2.5, steady=True)
    s = np.geomspace(1.0, fastest, 300)
    found = (radial[INTAKE] * radial[OUTPUT] / (s[:, np.newaxis] + radial[EIGENVALUE])).sum(axis=1)
    np.testing.assert_allclose(found, answer(s), rtol=close)
    assert radial[EIGENVALUE, 0] == 0.0
    assert radial[OUTPUT, 0] == 1.0
    assert (radial[EIGENVALUE, 1:] > 0.0).all()
    steady = (radial[INTAKE] * radial[OUTPUT])[1:] / radial[EIGENVALUE, 1:]
    assert steady.sum() == pytest.approx(0.2, rel=1e-5)  # of the surface above the mean, for a steady flux


@pytest.mark.parametrize("mesh", OF_CELLS)
def test_step_by_modes_against_dense_algebra(mesh):
    """An implicit step of the cells' own equations, taken in amplitudes."""
    cells, grading, steady = mesh
    radial = radial_mesh(cells, grading, steady=steady)
    n, d = 3, 0.7
    b, j = RANDOM.uniform(0.2, 0.8, (cells, n)), RANDOM.normal(size=n)
    _, shapes = modes(radial)
    back = np.linalg.solve(shapes, b)
    y, a, g = np.empty(cells * n), np.empty(n), np.empty(n)
    solve_modes(radial, BETA, d, SOURCE, back.ravel(), j, y, np.empty((5, cells * n)), a, g)
    right = radial[VOLUME][:, None] * b
    right[-1] -= SOURCE * j
    expected = np.linalg.solve(np.diag(radial[VOLUME]) - BETA * d * laplacian(radial), right)
    np.testing.assert_allclose(shapes @ y.reshape(cells, n), expected, rtol=1e-10)
    np.testing.assert_allclose(a + g * j, surface_of(radial, expected), rtol=1e-10)
    np.testing.assert_allclose(y.reshape(cells, n)[0], 3.0 * radial[VOLUME] @ expected, rtol=1e-11)


def residual(radial, d, y, b, j, harmonic):
    """Return the equations of one particle.

    Diffusivity at an edge is its mean over theta between the cells by Simpson's rule, or the harmonic mean by
    the cells' widths.
    """
    w = radial[WEIGHT, 1:]
    mean = (d(y[:-1]) + 4.0 * d(0.5 * (y[:-1] + y[1:])) + d(y[1:])) / 6.0
    if harmonic:
        mean = 1.0 / ((1.0 - w) / d(y[:-1]) + w / d(y[1:]))
    flow = BETA * radial[CONDUCTANCE, 1:] * mean * np.diff(y)
    found = radial[VOLUME] * (y - b)
    found[:-1] -= flow
    found[1:] += flow
    found[-1] += SOURCE * j
    return found


def jacobian(radial, d, y, b, j, harmonic):
    """Return the derivative of the residual by a complex step."""
    found = np.empty((y.size, y.size))
    for i in range(y.size):
        z = y.astype(complex)
        z[i] += 1e-30j
        found[:, i] = residual(radial, d, z, b, j, harmonic).imag / 1e-30
    return found


def dense_newton(radial, d, b, j, harmonic):
    y = b.copy()
    for _ in range(30):
        y -= np.linalg.solve(jacobian(radial, d, y, b, j, harmonic), residual(radial, d, y, b, j, harmonic))
    return y


@pytest.fixture
def varying(tools):
    """Return (d(theta), tables, index, coefficients) of a diffusivity that falls to a fifth."""
    powers = (1.0, -1.9, 1.3, -0.2)
    return np.polynomial.Polynomial(powers), *tools.material({layout.D_N: tools.table(*powers)})


@pytest.mark.parametrize("mesh", MESHES)
def test_newton_step_against_dense_algebra(mesh, varying):
    cells, grading, steady = mesh
    radial = radial_mesh(cells, grading, steady=steady)
    d, *material = varying
    n = 2
    b, y = RANDOM.uniform(0.3, 0.6, (2, cells, n))
    j, change = RANDOM.normal(size=(2, n)) * 0.1
    found, a, g = y.ravel().copy(), np.empty(n), np.empty(n)
    newton_step(
        radial,
        BETA,
        *material,
        SOURCE,
        b.ravel(),
        j,
        change,
        found,
        not steady,
        np.empty((9, cells * n)),
        a,
        g,
    )
    for x in range(n):
        right = residual(radial, d, y[:, x], b[:, x], j[x] + change[x], not steady)
        expected = y[:, x] - np.linalg.solve(jacobian(radial, d, y[:, x], b[:, x], j[x], not steady), right)
        np.testing.assert_allclose(found.reshape(cells, n)[:, x], expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("mesh", MESHES)
def test_nonlinear_surface_and_its_slope(mesh, varying):
    """Where Newton's method has settled, A + G j is the surface value and G its derivative by j."""
    cells, grading, steady = mesh
    radial = radial_mesh(cells, grading, steady=steady)
    d, *material = varying
    b, j = RANDOM.uniform(0.4, 0.5, cells), 0.3

    def surface(j):
        return surface_of(radial, dense_newton(radial, d, b, j, not steady))

    found, a, g = dense_newton(radial, d, b, j, not steady), np.empty(1), np.empty(1)
    newton_step(
        radial,
        BETA,
        *material,
        SOURCE,
        b,
        np.array([j]),
        np.zeros(1),
        found,
        not steady,
        np.empty((9, cells)),
        a,
        g,
    )
    np.testing.assert_allclose(found, dense_newton(radial, d, b, j, not steady), rtol=1e-13)
    assert a[0] + g[0] * j == pytest.approx(surface(j), rel=1e-12)
    h = 1e-3
    assert g[0] == pytest.approx((surface(j + h) - surface(j - h)) / (2.0 * h), rel=1e-5)


# Time


def sphere(tau, terms=400):
    """Return the surface value of a sphere after unit flux out of it since tau = 0 (D = R = 1): theta_0 = 0.

    Separation of variables: -(3 tau + 1/5 - 2 sum of exp(-q^2 tau)/q^2), tan q = q.
    """
    q = np.pi * (np.arange(1, terms) + 0.5)
    for _ in range(20):
        q = np.pi * np.arange(1, terms) + np.arctan(q)
    return -(3.0 * tau + 0.2 - 2.0 * (np.exp(-np.outer(tau, q * q)) / (q * q)).sum(axis=1))


def surfaces(cells, grading, steady, times):
    radial = radial_mesh(cells, grading, steady=steady)
    found = np.zeros(times.size)
    march(radial, 1.0, 1.0, times, np.zeros(cells), found, np.zeros((5, cells)), np.zeros(1), np.zeros(1),
          np.zeros((at.HISTORY, cells)), np.zeros(1))  # fmt: skip
    return found


TIMES = np.concatenate([[0.0], np.geomspace(1e-7, 1.0, 400)])
SEEN = TIMES > 0.05


def worst(*mesh, seen=SEEN):
    """Return the largest error of the surface value relative to its change once the flux is felt across a few
    cells.
    """
    return np.abs(surfaces(*mesh, TIMES) / sphere(TIMES, 4000) - 1.0)[seen].max()


def test_analytic_series_is_itself_right():
    """At once like a flat wall, at last like steady flux."""
    assert sphere(np.array([1e-5]), 3000)[0] == pytest.approx(-2.0 * np.sqrt(1e-5 / np.pi), rel=1e-2)
    assert sphere(np.array([2.0]))[0] == pytest.approx(-6.2, rel=1e-12)


def test_surface_of_the_sphere_converges():
    """Few modes meet it from 3e-5 R^2/D on, when the flux has gone 0.005 R deep; the mesh of PyBaMM needs
    0.05 R^2/D.
    """
    seen = TIMES > 3e-5
    ours = {cells: worst(cells, 2.5, True, seen=seen) for cells in (6, 8, 12)}
    assert ours[12] < 1e-3, ours
    assert ours[8] < 0.3 * ours[6], ours
    assert worst(12, 2.5, True) < 0.1 * worst(20, 1.0, False)


def test_lithium_leaves_as_it_should():
    """What flows out is missing inside, to round-off, whatever the order of the steps."""
    radial = radial_mesh(12, 1.5, steady=True)
    y = np.zeros(12)
    march(radial, 1.0, 1.0, TIMES, y, np.zeros(TIMES.size), np.zeros((5, 12)), np.zeros(1), np.zeros(1),
          np.zeros((at.HISTORY, 12)), np.zeros(1))  # fmt: skip
    assert y[0] == pytest.approx(-3.0 * TIMES[-1], rel=1e-11)
