"""Particles, electrolyte, electrodes and the quadrature of energy in lanes, against closed forms."""

import numpy as np
import pytest

from energymodels.kernels.battery.lanes import (
    dfn,
    elements,
    materials,
    observe,
    particles,
    porous,
    spm,
    stepping,
    work,
)
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import INTERPRETED, jit
from energymodels.kernels.simd import WIDTH, load, opposite, store, where
from tests.shared import lanes

CHEN = {"parameters": "Chen2020"}


@jit
def _particles(w, shape, grid, tables, alpha, which):
    s = of.lanes(w.lane)
    particles.eliminate(w, shape, grid, tables, 0, load(alpha))
    particles.eliminate(w, shape, grid, tables, 1, load(alpha))
    particles.finish(w, shape, 0, s.h > 0.0)
    particles.finish(w, shape, 1, s.h > 0.0)
    which[0] = 1.0


def test_a_steady_flux_makes_a_parabola():
    """Implicit steps without end: the surface lies j R/(5 D F c_max) below the mean, which falls by
    3 j t/(R F c_max).
    """
    made = lanes.put("battery.spm", CHEN)
    w, case = made.w, made.case
    made.lane["h"][:] = 1.0
    j = np.linspace(-2.0, 2.0, WIDTH)
    w.node[of.J, 0] = w.node[of.J, 1] = j
    start = w.now.copy()
    for _ in range(60):
        w.back[:] = w.now
        _particles(w, made.shape, made.grid, made.tables, np.full(WIDTH, 1e-3), np.zeros(1))
    for side, radius, full in (("n", "radius_n", "c_max_n"), ("p", "radius_p", "c_max_p")):
        d = {"n": 3.3e-14, "p": 4e-15}[side]
        mean = w.now[made.first[f"mode_{side}"]]
        fallen = 3.0 * j * 60e3 / (case[radius] * FARADAY * case[full])
        np.testing.assert_allclose(mean, start[made.first[f"mode_{side}"]] - fallen, rtol=1e-12)
        below = j * case[radius] / (5.0 * d * FARADAY * case[full])
        found = mean - w.now[made.first[f"theta_{side}"]]
        np.testing.assert_allclose(found, below, rtol=2e-3 if side == "n" else 5e-2, atol=1e-12)


@jit
def _electrolyte(w, shape, grid, tables, current, alpha):
    elements.solve(w, shape, grid, tables, load(current), load(alpha), 0.0 * load(current))
    for k in range(shape.nodes):
        store(load(w.node, of.C, k) + load(w.node, of.R1, k), w.node, of.C, k)


def test_the_electrolyte_settles_where_diffusion_balances_the_current():
    """In the separator dc/dx = -(1 - t+) I/(F D): a flux of salt that comes and goes at constant rates. Salt
    is kept to round-off at every step.
    """
    values = CHEN | {
        "electrolyte.diffusivity": 2e-10, "electrolyte.transference_number": 0.3,
        "electrolyte.initial_concentration": 1000.0,
    }  # fmt: skip
    made = lanes.put("battery.spme", values)
    w, shape, node, case = made.w, made.shape, made.w.node, made.case
    current = np.linspace(-10.0, 10.0, WIDTH)
    node[of.C] = 1000.0
    pores = np.zeros_like(node[of.DX])
    pores += node[of.DX] * case["porosity_s"]
    pores[: shape.n] += node[of.WEIGHT][: shape.n] * (case["porosity_n"] - case["porosity_s"])
    pores[-shape.p :] += node[of.WEIGHT][-shape.p :] * (case["porosity_p"] - case["porosity_s"])
    before = (pores * node[of.C]).sum(0)
    for _ in range(40):
        node[of.C_BACK] = node[of.C]
        _electrolyte(w, shape, made.grid, made.tables, current, np.full(WIDTH, 1e-3))
        np.testing.assert_allclose((pores * node[of.C]).sum(0), before, rtol=1e-13)
    left, right = shape.n - 1, shape.nodes - shape.p
    slope = (node[of.C, right] - node[of.C, left]) / case["thickness_s"]
    d = 2e-10 * case["efficiency_s"]
    np.testing.assert_allclose(slope, -0.7 * current / (FARADAY * d), rtol=1e-9, atol=1e-6)


def test_widths_of_the_nodes_cover_the_layers():
    made = lanes.put("battery.dfn", CHEN)
    node, shape, case = made.w.node, made.shape, made.case
    np.testing.assert_allclose(node[of.WEIGHT][: shape.n].sum(0), case["thickness_n"], rtol=1e-14)
    np.testing.assert_allclose(node[of.WEIGHT][-shape.p :].sum(0), case["thickness_p"], rtol=1e-14)
    whole = case["thickness_n"] + case["thickness_s"] + case["thickness_p"]
    np.testing.assert_allclose(node[of.DX].sum(0), whole, rtol=1e-14)
    np.testing.assert_allclose(node[of.PLACE][-1], whole, rtol=1e-14)


@jit
def _residual(w, shape, grid, tables, temperature, current, alpha, out):
    """The right sides of Newton's equations at C and J, front by front, before any elimination."""
    c = of.cases(w.case)
    warm = load(temperature)
    porous.transport(w, shape, c, tables, warm)
    porous.interfaces(w, shape, c, tables, 0, warm, warm > 0.0)
    porous.interfaces(w, shape, c, tables, 1, warm, warm > 0.0)
    rise, per_rise = porous.solve(w, shape, grid, load(current), load(alpha), True)
    store(rise, out, 0)
    store(per_rise, out, 1)
    store(porous.rise_of(w, shape, grid, of.R1, of.R2), out, 2)


def _state(made, salt=1000.0):
    """Fill nodes with a state that is none at rest: salt that varies, currents that differ."""
    w, shape, case = made.w, made.shape, made.case
    x = np.linspace(-1.0, 1.0, shape.nodes)[:, np.newaxis]
    w.node[of.C] = salt * (1.0 + 0.3 * np.sin(2.0 * x) * np.linspace(0.5, 1.0, WIDTH))
    w.node[of.C_BACK] = w.node[of.C] * (1.0 - 1e-3)
    for first, many, sign, end in ((0, shape.n, 1.0, "n"), (shape.nodes - shape.p, shape.p, -1.0, "p")):
        w.node[of.J, first : first + many] = sign * (1.0 + 0.2 * x[:many])
        w.node[of.A, first : first + many] = 0.5
        w.node[of.G, first : first + many] = -1e-3
        assert (case[f"active_{end}"] > 0.0).all()
    return np.full(WIDTH, 298.15), np.linspace(5.0, 20.0, WIDTH), np.full(WIDTH, 0.1)


def _settle(made, warm, current, alpha):
    """Take seven of Newton's steps; return the largest change of a concentration in each, by lane."""
    sizes, node = [], made.w.node
    for _ in range(7):
        _residual(made.w, made.shape, made.grid, made.tables, warm, current, alpha, np.zeros((3, WIDTH)))
        sizes.append(np.abs(node[of.R1]).max(0))
        node[of.C] += node[of.R1]
        for first, many in ((0, made.shape.n), (made.shape.nodes - made.shape.p, made.shape.p)):
            part = slice(first, first + many)
            node[of.J, part] += node[of.R2, part] / node[of.U_J, part]
    return sizes


def test_newton_converges_quadratically_and_keeps_charge():
    """Four steps from a state that is none; then the current of each electrode is the cell's, and the salt
    that a step gains is what the electrodes give.
    """
    made = lanes.put("battery.dfn", CHEN)
    shape, node, case = made.shape, made.w.node, made.case
    warm, current, alpha = _state(made)
    sizes = _settle(made, warm, current, alpha)
    assert (sizes[-1] < 1e-7).all()
    assert (sizes[4] < 1e-2 * sizes[2]).all()
    for first, many, end, sign in ((0, shape.n, "n", 1.0), (shape.nodes - shape.p, shape.p, "p", -1.0)):
        part = slice(first, first + many)
        surface = 3.0 * case[f"active_{end}"] / case[f"radius_{end}"]
        total = surface * (node[of.WEIGHT, part] * node[of.J, part]).sum(0)
        np.testing.assert_allclose(total, sign * current, rtol=1e-11)
    pores = node[of.DX] * case["porosity_s"]
    pores[: shape.n] += node[of.WEIGHT][: shape.n] * (case["porosity_n"] - case["porosity_s"])
    pores[-shape.p :] += node[of.WEIGHT][-shape.p :] * (case["porosity_p"] - case["porosity_s"])
    gained = (pores * (node[of.C] - node[of.C_BACK])).sum(0)
    assert (np.abs(gained) < 1e-10 * (pores * node[of.C]).sum(0)).all()


def test_the_border_is_the_derivative_by_the_current():
    """B1, B2 and the rise of the potential, against the difference of two currents."""
    made = lanes.put("battery.dfn", CHEN)
    w, shape, node = made.w, made.shape, made.w.node
    warm, current, alpha = _state(made)
    _settle(made, warm, current, alpha)
    found = []
    for step in (-1e-4, 1e-4):
        out = np.zeros((3, WIDTH))
        _residual(w, shape, made.grid, made.tables, warm, current + step, alpha, out)
        found.append((node[of.R1].copy(), node[of.R2].copy(), out[0] + out[2]))
    c, v, rise = ((high - low) / 2e-4 for low, high in zip(*found, strict=True))
    np.testing.assert_allclose(node[of.B1], c, rtol=1e-5, atol=1e-6 * np.abs(c).max())
    electrodes = np.r_[0 : shape.n, shape.nodes - shape.p : shape.nodes]
    np.testing.assert_allclose(node[of.B2][electrodes], v[electrodes], rtol=1e-5, atol=1e-7)
    assert np.isfinite(rise).all()


@jit
def _materials(w, tables, salt, solid, out):
    c = of.cases(w.case)
    e, slope = materials.exchange(w, tables, 8, load(salt))
    store(e, out, 0)
    store(slope, out, 1)
    store(materials.relative(load(salt), 1000.0 + 0.0 * load(salt)), out, 2)
    kappa, kappa_slope, t, t_slope = materials.mix(load(solid), 1.0 + 0.0 * load(salt), 2.0, 0.3, 0.1)
    store(kappa, out, 3)
    store(t, out, 4)
    store(kappa_slope + t_slope, out, 5)
    store(materials.in_series(c, 298.15 + 0.0 * load(salt)), out, 6)
    store(materials.arrhenius(c.energy_interface, c, 298.15 + 0.0 * load(salt)), out, 7)


def test_materials_are_those_of_single_cases():
    """The exchange current keeps a finite logarithm where salt is gone; a solid conductor beside the liquid
    pulls conductivity and transference number up, and is none where there is none.
    """
    made = lanes.put("battery.spme", CHEN | {"cell.contact_resistance": 0.01})
    salt = np.where(np.arange(WIDTH) % 2 == 0, 500.0, 5e-3)
    solid = np.where(np.arange(WIDTH) % 2 == 0, 0.0, 1.0)
    out = np.zeros((8, WIDTH))
    _materials(made.w, made.tables, salt, solid, out)
    dry = salt < 1.0
    assert (out[0] > 0.0).all()
    np.testing.assert_allclose(out[1][dry], 100.0)
    np.testing.assert_allclose(out[2][~dry], np.log(0.5), rtol=1e-13)
    np.testing.assert_allclose(out[2][dry], np.log(1e-5) - 0.5, rtol=1e-13)
    np.testing.assert_allclose(out[3], 1.0 + solid)
    np.testing.assert_allclose(out[4], np.where(solid > 0.0, 1.0 - 0.5 * 0.7, 0.3))
    np.testing.assert_allclose(out[6], 0.01 * made.case["area"], rtol=1e-13)
    np.testing.assert_allclose(out[7], 1.0, rtol=1e-13)


@jit
def _work(w, shape, tables, numbers, out):
    s = of.lanes(w.lane)
    before, current, charge = load(numbers, 0), load(numbers, 1), load(numbers, 2)
    nobody = opposite(s.h > 0.0)
    net = work.energy(w, shape, tables, before, current, charge, charge, nobody, 1e-6 + 0.0 * charge)
    store(net, out, 0)
    store(work.gross(before, s.volt, current, load(w.now, of.I), net, load(numbers, 3)), out, 1)
    store(observe.mean_potential(w, shape, tables), out, 2)
    stepping.inside_weights(w, -0.5 * s.h)
    store(stepping.inside(w, of.I), out, 3)


def test_the_energy_of_a_step_is_the_integral_of_voltage_and_current():
    """Of a voltage that is straight in time and a constant current; the surfaces stand, so that their
    potential is a constant.
    """
    made = lanes.put("battery.spm", CHEN)
    w, case = made.w, made.case
    hours, current = 100.0, np.linspace(1.0, 5.0, WIDTH)
    made.lane["h"][:] = made.lane["psi"][0] = hours
    made.lane["psi"][1:] = 2.0 * hours
    made.lane["last"][:] = 1.0
    w.past[0] = w.now
    w.past[0, of.I] = w.now[of.I] = current
    out, numbers = np.zeros((4, WIDTH)), np.zeros((4, WIDTH))
    _work(w, made.shape, made.tables, numbers, out)
    ocv = out[2].copy()
    w.past[0, of.REST], w.past[1, of.REST] = -0.1, -0.04  # it fell by 0.04 V in the step
    made.lane["volt"][:] = ocv - 0.1
    numbers[:] = [ocv - 0.06, current, current * case["area"] * hours, case["area"] * hours]
    _work(w, made.shape, made.tables, numbers, out)
    expected = (ocv - 0.08) * numbers[2]
    np.testing.assert_allclose(out[0], expected, rtol=1e-12)
    np.testing.assert_allclose(out[1], expected, rtol=1e-12)
    np.testing.assert_allclose(out[3], current, rtol=1e-14)


@jit
def _left(w, change, previous, first, out):
    s = of.lanes(w.lane)
    every = s.h > 0.0
    found = spm.left_over(s, every, 0 if first else 1, load(change), load(previous), 1e-4, every)
    store(found, out)


def test_what_newton_leaves_follows_from_the_curvature_it_has_met():
    made = lanes.put("battery.spm", CHEN)
    made.lane["h"][:], made.lane["curvature"][:] = 1.0, 0.01
    out, change = np.zeros(WIDTH), np.full(WIDTH, 2.0)
    _left(made.w, change, change, True, out)
    np.testing.assert_allclose(out, 0.04)  # the curvature times the square of the change
    np.testing.assert_allclose(made.lane["curvature"], 0.0105)
    _left(made.w, np.full(WIDTH, 0.5), np.full(WIDTH, 5.0), False, out)
    np.testing.assert_allclose(made.lane["curvature"], 0.02)  # 0.5 over 5 squared
    np.testing.assert_allclose(out, 0.02 * 0.25)


@jit
def _advance(w, shape, grid, tables, resolved, out):
    s = of.lanes(w.lane)
    good = s.h < 0.0
    if resolved:
        good = dfn.advance(w, shape, grid, tables, s.h > 0.0, 1e-6 + 0.0 * s.h)
    else:
        good = spm.advance(w, shape, grid, tables, s.h > 0.0, 1e-6 + 0.0 * s.h)
    store(where(good, s.volt, np.nan), out)


@pytest.mark.parametrize("model", ["battery.spm", "battery.dfn"])
def test_a_cell_at_rest_has_its_open_circuit_voltage(model):
    """And none of its states moves; a current through it for an instant costs its resistance."""
    made = lanes.put(model, CHEN)
    w, lane = made.w, made.lane
    lane["h"][:], lane["alpha"][:], lane["goal"][:], lane["kind"][:] = 1.0, 1e9, 0.0, 0.0
    w.ahead[:], w.back[:] = w.now, w.now
    before, out = w.now.copy(), np.zeros(WIDTH)
    _advance(w, made.shape, made.grid, made.tables, model == "battery.dfn", out)
    states = slice(made.first["c"], made.first["c"] + made.shape.nodes)
    np.testing.assert_allclose(w.now[states], before[states], rtol=1e-12)
    np.testing.assert_allclose(w.now[of.OCP], out, atol=1e-9)
    assert (np.diff(out) > 0.0).all()  # more charge, more voltage
    lane["goal"][:] = 2.0
    w.ahead[:] = w.now
    loaded = np.zeros(WIDTH)
    _advance(w, made.shape, made.grid, made.tables, model == "battery.dfn", loaded)
    assert (loaded < out - 1e-3).all()
    if not INTERPRETED and model == "battery.spm":  # linear at a small current: 2 R T/F asinh(j/2 j0)
        lane["goal"][:] = 1e-6
        _advance(w, made.shape, made.grid, made.tables, False, loaded)
        assert np.abs(out - loaded).max() < 1e-7 * GAS * 298.15
