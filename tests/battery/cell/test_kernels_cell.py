"""Newton's equations of the cell: block eliminations against dense algebra on residuals written from the
equations alone.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from energymodels.kernels.battery.cell import dfn, layout, material, spm
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import jit

N, S, P = 4, 3, 5
NODES = N + S + P
T, DT, ALPHA, CURRENT = 310.0, 12.0, 0.05, 20.0
# plausible cubics in stoichiometry, and in c from 200 to 2000 mol m-3
POWERS = {
    layout.U_N: (0.6, -1.2, 1.1, -0.4),
    layout.U_P: (4.4, -1.0, 0.6, -0.3),
    layout.DUDT_N: (1e-4, -3e-4, 2e-4),
    layout.DUDT_P: (-2e-4, 1e-4, 1e-4),
    layout.S_N: (0.2, 3.0, -2.9, 0.0),
    layout.S_P: (0.3, 2.5, -2.6, 0.0),
    layout.E_N: (2.0, 4e-3, -6e-7),
    layout.E_P: (1.0, 3e-3, -5e-7),
    layout.KAPPA: (0.2, 1.2e-3, -5e-7, 5e-11),
    layout.D_E: (5e-10, -2e-13, 3e-17),
    layout.TDF: (1.0, 4e-4, 1e-7),
    layout.T_PLUS: (0.3, -5e-5, 1e-8),
}


@jit
def linearise(node, c, n, s, p, tables, index, coefficients, current, alpha, border, pybamm, temperature, dt):
    """Evaluate materials and solve for the changes; return the voltage and its changes along R and B."""
    dfn.set_nodes(node, tables, index, coefficients, n, s, p, temperature, dt, 0.0)
    dfn.solve_changes(node, c, n, s, p, current, alpha, border, pybamm)
    v = dfn.voltage(node, c, n, s, p, current, pybamm)
    a = dfn.voltage_change(node, c, n, s, p, at.R1, at.R2, 0.0)
    b = dfn.voltage_change(node, c, n, s, p, at.B1, at.B2, 1.0) if border else 0.0
    return v, a, b, dfn.reversible_and_stored(node, c, n, s, p, temperature)


@jit
def at_face(node, c, n, current, pybamm):
    """Return phi_s - phi_e at the separator's face, its changes along R and along B with a unit of current,
    the least place.
    """
    u = dfn.face(node, c, n, current, pybamm)
    a = dfn.face_change(node, c, n, current, pybamm, at.R1, at.R2, 0.0)
    b = dfn.face_change(node, c, n, current, pybamm, at.B1, at.B2, 1.0)
    return u, a, b, dfn.lowest(node, c, n, current, 0.0, pybamm)[0]


@jit
def electrolyte_changes(w, mesh, tables, current, alpha):
    spm.solve_electrolyte(w, mesh, tables, current, alpha, 0.0)


@jit
def exchange(tables, index, coefficients, f, c):
    return material.exchange_of_electrolyte(tables, index, coefficients, f, c)


@pytest.fixture(scope="module")
def cell(tools):
    """Return a state far from a solution: its nodes, its geometry, its materials as tables and as
    polynomials.
    """
    rng = np.random.default_rng(7)
    c = np.zeros(1, to.ROW).view(np.recarray)
    for name, value in {
        "active_n": 0.6,
        "active_p": 0.5,
        "radius_n": 5e-6,
        "radius_p": 4e-6,
        "sigma_n": 30.0,
        "sigma_p": 2.0,
        "thickness_n": 80e-6,
        "thickness_s": 15e-6,
        "thickness_p": 70e-6,
    }.items():
        c[name] = value
    node = np.zeros((at.NODE, NODES))
    node[at.DX] = np.concatenate(
        [rng.uniform(0.5, 1.5, k) * length / k for k, length in ((N, 80e-6), (S, 15e-6), (P, 70e-6))]
    )
    node[at.POROSITY] = np.repeat([0.3, 0.5, 0.35], [N, S, P])
    node[at.EFFICIENCY] = node[at.POROSITY] ** 1.5
    tor, part = node[at.EFFICIENCY], node[at.DX, :-1] / (node[at.DX, :-1] + node[at.DX, 1:])
    # the share of a stretch from node to node in either node, in series
    both = 1.0 / (part / tor[:-1] + (1.0 - part) / tor[1:])
    node[at.PART, :-1], node[at.PART_NEXT, :-1] = (1.0 - part) * both / tor[:-1], part * both / tor[1:]
    node[at.C] = rng.uniform(700.0, 1400.0, NODES)
    node[at.C_BACK] = node[at.C] + rng.normal(size=NODES) * 20.0
    node[at.J] = np.concatenate([rng.uniform(0.5, 1.5, N), np.zeros(S), -rng.uniform(0.5, 1.5, P)])
    node[at.A] = np.concatenate([rng.uniform(0.6, 0.8, N), np.zeros(S), rng.uniform(0.4, 0.6, P)])
    node[at.G] = -0.02
    node[at.TOTAL_J] = 1.0  # no side reactions
    functions = {
        f: tools.table(*powers, low=0.0 if f < layout.E_N else 200.0, high=1.0 if f < layout.E_N else 2000.0)
        for f, powers in POWERS.items()
    }
    return SimpleNamespace(
        row=c[0],
        node=node,
        material=tools.material(functions),
        f={f: np.polynomial.Polynomial(p) for f, p in POWERS.items()},
    )


def means(cell, c, k, pybamm):
    """Return kappa, X, D, t+ and the distance between nodes k and k + 1.

    The bulk's kappa and D at the face, straight between the nodes, times what the two halves of pores let
    through in series; ``pybamm``: kappa in the pores straight, D in the pores in series. X in series, t+
    straight.
    """
    dx, tor = cell.node[at.DX, k : k + 2], cell.node[at.EFFICIENCY, k : k + 2]
    near = c[k : k + 2]
    distance = 0.5 * dx.sum()
    t = cell.f[layout.T_PLUS](near)
    kappa, d = cell.f[layout.KAPPA](near), cell.f[layout.D_E](near)
    chi = 2.0 * GAS * T / FARADAY * (1.0 - t) * cell.f[layout.TDF](near) / near

    def series(y):
        return distance / (0.5 * dx[0] / y[0] + 0.5 * dx[1] / y[1])

    def straight(y):  # the value at the face
        return (y[0] * dx[1] + y[1] * dx[0]) / dx.sum()

    if pybamm:
        return straight(kappa * tor), series(chi), series(d * tor), straight(t), distance
    own = series(tor)
    return straight(kappa) * own, series(chi), straight(d) * own, straight(t), distance


def interface(cell, c, j, k):
    """Return u = U + dT dU/dT + eta at a node."""
    side = 0 if k < N else 1
    theta = cell.node[at.A, k] + cell.node[at.G, k] * j
    j0 = cell.f[layout.S_N + side](theta) * cell.f[layout.E_N + side](c)
    ocp = cell.f[layout.U_N + side](theta) + DT * cell.f[layout.DUDT_N + side](theta)
    return ocp + 2.0 * GAS * T / FARADAY * np.arcsinh(j / (2.0 * j0))


def electrolyte_currents(cell, c, u, current, pybamm):
    """Return the current in the electrolyte between all neighbours: by Ohm's law in both phases, or all of
    it.
    """
    found = []
    for k in range(NODES - 1):
        kappa, chi, _, _, distance = means(cell, c, k, pybamm)
        if k < N - 1 or k >= N + S:
            sigma = cell.row.sigma_n if k < N else cell.row.sigma_p
            drop = u[k + 1] - u[k] + chi * (c[k + 1] - c[k]) + current * distance / sigma
            found.append(drop / (distance / kappa + distance / sigma))
        else:
            found.append(current + 0.0 * c[k])
    return np.array(found)


def parts(x):
    """Return c of all nodes, j of all nodes."""
    j = np.concatenate([x[NODES : NODES + N], np.zeros(S, x.dtype), x[NODES + N :]])
    return x[:NODES], j


def residual(cell, x, current, pybamm):
    """Return the lithium of every node and the charge of every node of an electrode, both as A m-2."""
    c, j = parts(x)
    u = [interface(cell, c[k], j[k], k) if k < N or k >= N + S else 0.0 for k in range(NODES)]
    i = electrolyte_currents(cell, c, u, current, pybamm)
    flux = []
    for k in range(NODES - 1):
        _, _, d, t, distance = means(cell, c, k, pybamm)
        flux.append(-FARADAY * d * (c[k + 1] - c[k]) / distance + t * i[k])
    zero = np.zeros(1)
    a = 3.0 * np.where(
        np.arange(NODES) < N, cell.row.active_n / cell.row.radius_n, cell.row.active_p / cell.row.radius_p
    )
    source = a * j * cell.node[at.DX]
    stored = FARADAY * cell.node[at.POROSITY] * cell.node[at.DX] * ALPHA * (c - cell.node[at.C_BACK])
    lithium = stored + np.diff(np.concatenate([zero, flux, zero])) - source
    charge = np.diff(np.concatenate([zero, i, zero])) - source
    return np.concatenate([lithium, charge[:N], charge[N + S :]])


def voltage(cell, x, current, pybamm):
    """Return the potential of the positive collector against the negative one, along the metal where there is
    metal.
    """
    c, j = parts(x)
    u = [interface(cell, c[k], j[k], k) if k < N or k >= N + S else 0.0 for k in range(NODES)]
    i = electrolyte_currents(cell, c, u, current, pybamm)
    dx = cell.node[at.DX]
    phi = -0.5 * current * dx[0] / cell.row.sigma_n
    for k in range(N - 1):
        phi = phi - (current - i[k]) * 0.5 * (dx[k] + dx[k + 1]) / cell.row.sigma_n
    phi = phi - u[N - 1]
    for k in range(N - 1, N + S):
        kappa, chi, _, _, distance = means(cell, c, k, pybamm)
        phi = phi + chi * (c[k + 1] - c[k]) - i[k] * distance / kappa
    phi = phi + u[N + S]
    for k in range(N + S, NODES - 1):
        phi = phi - (current - i[k]) * 0.5 * (dx[k] + dx[k + 1]) / cell.row.sigma_p
    return phi - 0.5 * current * dx[-1] / cell.row.sigma_p


def derivative(f, x):
    """Return df/dx by complex steps, exact to round-off."""
    columns = []
    for i in range(x.size):
        z = x.astype(complex)
        z[i] += 1e-30j
        columns.append(f(z).imag / 1e-30)
    return np.array(columns).T


@pytest.mark.parametrize("pybamm", [False, True])
def test_changes_against_dense_algebra(cell, pybamm):
    node = cell.node.copy()
    x = np.concatenate([node[at.C], node[at.J, :N], node[at.J, N + S :]])
    volt, change, per_current, stored = linearise(
        node, cell.row, N, S, P, *cell.material, CURRENT, ALPHA, True, pybamm, T, DT
    )
    J = derivative(lambda z: residual(cell, z, CURRENT, pybamm), x)
    right = residual(cell, x, CURRENT, pybamm)
    by_current = residual(cell, x + 0j, CURRENT + 1e-30j, pybamm).imag / 1e-30
    for rows, expected in (
        ((at.R1, at.R2), -np.linalg.solve(J, right)),
        ((at.B1, at.B2), -np.linalg.solve(J, by_current)),
    ):
        found = np.concatenate([node[rows[0]], node[rows[1], :N], node[rows[1], N + S :]])
        for part in (slice(0, NODES), slice(NODES, None)):
            np.testing.assert_allclose(
                found[part], expected[part], rtol=1e-8, atol=1e-10 * np.abs(expected[part]).max()
            )
    if not pybamm:  # with it the collector's potential is extrapolated
        slope = derivative(lambda z: np.array([voltage(cell, z, CURRENT, pybamm)]), x)[0]
        assert volt == pytest.approx(voltage(cell, x, CURRENT, pybamm), rel=1e-12)
        changes = [
            np.concatenate([node[r1], node[r2, :N], node[r2, N + S :]])
            for r1, r2 in ((at.R1, at.R2), (at.B1, at.B2))
        ]
        assert change == pytest.approx(slope @ changes[0], rel=1e-9)
        own = voltage(cell, x + 0j, CURRENT + 1e-30j, pybamm).imag / 1e-30
        assert per_current == pytest.approx(slope @ changes[1] + own, rel=1e-9)
    reference = 0.0
    for k in [*range(N), *range(N + S, NODES)]:
        side = 0 if k < N else 1
        theta = node[at.A, k] + node[at.G, k] * node[at.J, k]
        a = 3.0 * (cell.row.active_n / cell.row.radius_n if k < N else cell.row.active_p / cell.row.radius_p)
        dudt = cell.f[layout.DUDT_N + side](theta)
        ocp = cell.f[layout.U_N + side](theta) + DT * dudt
        reference += a * node[at.J, k] * node[at.DX, k] * (T * dudt - ocp)
    assert stored == pytest.approx(reference, rel=1e-12)


def face(cell, x, current, pybamm):
    """Return phi_s - phi_e of the negative electrode where it meets the separator.

    The reaction being even within the last cell, the electrolyte's current is that of the separator less a
    quarter of the cell's on the mean of the way. The concentration there lies between the nodes by the
    resistance of the pores.
    """
    c, j = parts(x)
    k = N - 1
    u = [interface(cell, c[m], j[m], m) for m in range(N)]
    if pybamm:
        return 1.5 * u[k] - 0.5 * u[k - 1]
    half = 0.5 * cell.node[at.DX, k]
    solid = 0.25 * 3.0 * cell.row.active_n / cell.row.radius_n * j[k] * 2.0 * half
    kappa = cell.f[layout.KAPPA](c[k]) * cell.node[at.EFFICIENCY, k]
    chi = 2.0 * GAS * T / FARADAY * (1.0 - cell.f[layout.T_PLUS](c[k])) * cell.f[layout.TDF](c[k]) / c[k]
    own, next_ = cell.node[at.DX, k : k + 2] / cell.node[at.EFFICIENCY, k : k + 2]
    drop = (current - solid) * half / kappa - solid * half / cell.row.sigma_n
    return u[k] + drop - chi * own / (own + next_) * (c[k + 1] - c[k])


@pytest.mark.parametrize("current", [CURRENT, -CURRENT])
@pytest.mark.parametrize("pybamm", [False, True])
def test_potential_at_the_face_of_the_separator(cell, pybamm, current):
    node = cell.node.copy()
    x = np.concatenate([node[at.C], node[at.J, :N], node[at.J, N + S :]])
    linearise(node, cell.row, N, S, P, *cell.material, current, ALPHA, True, pybamm, T, DT)
    u, change, per_current, place = at_face(node, cell.row, N, current, pybamm)
    assert u == pytest.approx(face(cell, x, current, pybamm), rel=1e-12)
    slope = derivative(lambda z: np.array([face(cell, z, current, pybamm)]), x)[0]
    changes = [
        np.concatenate([node[r1], node[r2, :N], node[r2, N + S :]])
        for r1, r2 in ((at.R1, at.R2), (at.B1, at.B2))
    ]
    assert change == pytest.approx(slope @ changes[0], rel=1e-9)
    own = np.imag(face(cell, x + 0j, current + 1e-30j, pybamm)) / 1e-30
    assert per_current == pytest.approx(slope @ changes[1] + own, rel=1e-9)
    assert 0 <= place <= N


def test_newton_converges_quadratically(cell):
    """From a poor start to the solution of the residual in a few steps, charge and salt balanced."""
    node = cell.node.copy()
    sizes = []
    for _ in range(12):
        linearise(node, cell.row, N, S, P, *cell.material, CURRENT, ALPHA, False, False, T, DT)
        node[at.C] += node[at.R1]
        node[at.J] += np.where(np.arange(NODES) < N, node[at.R2], 0.0) + np.where(
            np.arange(NODES) >= N + S, node[at.R2], 0.0
        )
        sizes.append(np.abs(node[at.R1]).max())
    assert sizes[-1] < 1e-9
    x = np.concatenate([node[at.C], node[at.J, :N], node[at.J, N + S :]])
    assert np.abs(residual(cell, x, CURRENT, False)).max() < 1e-10 * CURRENT
    a = 3.0 * cell.row.active_n / cell.row.radius_n
    assert a * (node[at.J, :N] * node[at.DX, :N]).sum() == pytest.approx(CURRENT, rel=1e-11)
    salt = (node[at.POROSITY] * node[at.DX] * (node[at.C] - node[at.C_BACK])).sum()
    assert abs(salt) < 1e-12 * (node[at.POROSITY] * node[at.DX] * node[at.C]).sum()


@pytest.mark.parametrize("pybamm", [False, True])
def test_electrolyte_of_single_particles_against_dense_algebra(cell, pybamm):
    """The same salt balance with reactions spread evenly: the current grows straight through an electrode."""
    work = at.make_work(NODES, 1, 1, 3, 0)
    work.node[...] = cell.node
    share = np.concatenate([cell.node[at.DX, :N] / 80e-6, np.zeros(S), -cell.node[at.DX, N + S :] / 70e-6])
    share[:N] /= share[:N].sum()
    share[N + S :] /= -share[N + S :].sum()
    work.node[at.SHARE] = share
    tables, index, coefficients = cell.material
    work.index[...], work.coefficients[...] = index, coefficients
    mesh = at.Mesh(N, S, P, np.zeros((7, 3)), pybamm)
    electrolyte_changes(work, mesh, tables, CURRENT, ALPHA)
    edges = np.concatenate([[0.0], np.cumsum(share)])
    nodes = 0.5 * (edges[1:] + edges[:-1])
    dx = cell.node[at.DX]
    between = (nodes[:-1] * dx[1:] + nodes[1:] * dx[:-1]) / (dx[1:] + dx[:-1]) if pybamm else edges[1:-1]

    def balance(c, current):
        flux = []
        for k in range(NODES - 1):
            _, _, d, t, distance = means(cell, c, k, pybamm)
            flux.append(-FARADAY * d * (c[k + 1] - c[k]) / distance + t * between[k] * current)
        stored = FARADAY * cell.node[at.POROSITY] * dx * ALPHA * (c - cell.node[at.C_BACK])
        return stored + np.diff(np.concatenate([[0.0], flux, [0.0]])) - share * current

    c = cell.node[at.C]
    J = derivative(lambda z: balance(z, CURRENT), c)
    expected = -np.linalg.solve(J, balance(c, CURRENT))
    np.testing.assert_allclose(work.node[at.R1], expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())
    expected = -np.linalg.solve(J, balance(c + 0j, CURRENT + 1e-30j).imag / 1e-30)
    np.testing.assert_allclose(work.node[at.B1], expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())


def test_exchange_current_of_depleted_electrolyte(cell):
    """ln E keeps a finite slope below the least concentration, without a jump, and E stays positive."""
    low = material.DEPLETED
    at_least = exchange(*cell.material, layout.E_N, low)[0]
    assert exchange(*cell.material, layout.E_N, low * (1.0 + 1e-9))[0] == pytest.approx(at_least, rel=1e-8)
    for c in (0.5 * low, 0.0, -1.0, -1e6):
        e, slope = exchange(*cell.material, layout.E_N, c)
        assert e > 0.0
        assert slope == 1.0 / low
