"""The kernel of silicon cells alone: a wafer whose surfaces recombine all is an ideal diode."""

import numpy as np
import pytest
from scipy.optimize import brentq

from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.pv.cell import lanes, power, preparation, quasi_neutral, reverse, voltage, writing
from energymodels.kernels.pv.cell import row as at
from energymodels.kernels.pv.metals.layout import AT_T, CENTRES, COLUMNS, LEVELS
from energymodels.kernels.pv.silicon.recombination import RICHTER

KT = K_B_EV * 298.15
J0, JG = 1e-10, 400.0  # A m-2
WAFER = {
    "temperature": 298.15, "thickness": 150e-6, "n0": 1e22, "p0": 1e32 / 1e22, "ions": 1e22, "tau_n": np.inf,
    "tau_p": np.inf, "n1": 1e16, "p1": 1e16, "auger": RICHTER, "j0_front": 0.4 * J0, "j0_rear": 0.6 * J0,
    "j0_passivated": J0, "generation": JG, "irradiance": 1000.0, "n_i": 1e16,
}  # fmt: skip
NO_LEVELS = (np.zeros((0, LEVELS, COLUMNS)), np.zeros(0, dtype=np.int64), 0)


def rows(*wafers):
    found = np.zeros(len(wafers), at.ROW).view(np.recarray)
    for row, changes in zip(found, wafers, strict=True):
        for name, value in (WAFER | changes).items():
            row[name] = value
    return found


def solve(*wafers):
    out = np.empty((at.SCALARS, len(wafers) + 1))[:, : len(wafers)]
    codes = np.empty(len(wafers), dtype=np.int8)
    with np.errstate(all="ignore"):
        quasi_neutral.solve(rows(*wafers), *NO_LEVELS, out, np.empty((0, 0)), codes)
    return out, codes


def test_an_ideal_diode():
    """V_oc = kT ln(1 + JG/J0); the power is largest where J = V dJ0(V)/dV."""
    out, codes = solve({})
    found = out[:, 0]
    assert codes[0] == status.OK
    assert found[at.V_OC] == pytest.approx(KT * np.log1p(JG / J0), rel=1e-9)
    assert found[at.J_SC] == JG

    def slope(v):
        return JG - J0 * np.expm1(v / KT) - v * J0 / KT * np.exp(v / KT)

    v = brentq(slope, 0.0, found[at.V_OC], xtol=1e-14)
    assert found[at.V_MP] == pytest.approx(v, rel=1e-7)
    power = v * (JG - J0 * np.expm1(v / KT))
    assert found[at.V_MP] * found[at.J_MP] == pytest.approx(power, rel=1e-10)
    assert found[at.ETA] == pytest.approx(power / 1000.0, rel=1e-10)
    assert found[at.FF] == pytest.approx(power / (found[at.V_OC] * JG), rel=1e-9)
    assert found[at.PFF] == pytest.approx(found[at.FF], rel=1e-9)


def test_a_lifetime_far_below_is_a_current():
    """In low injection SRH recombines q W dn/tau, beside the surfaces."""
    tau = 1e-6
    out, _ = solve({"tau_p": tau, "tau_n": 1e-12, "n1": 0.0, "p1": 0.0})
    dn = out[at.DN_OC, 0]
    assert dn < 1e-1 * 1e22
    bulk = 1.602176634e-19 * 150e-6 * dn / tau * (1e22 + dn) / (1e22 + dn + 1e-6 * dn)
    surfaces = J0 * np.expm1(out[at.V_OC, 0] / KT)
    assert bulk + surfaces == pytest.approx(JG, rel=1e-5)
    assert out[at.TAU_MP, 0] == pytest.approx(tau, rel=1e-5)


def test_what_metallisation_costs():
    """The implied voltage is that of the passivated surfaces."""
    out, _ = solve({"j0_passivated": 0.1 * J0})
    assert out[at.IMPLIED, 0] == pytest.approx(KT * np.log1p(10.0 * JG / J0), rel=1e-9)


def test_a_case_does_not_know_its_neighbours():
    """Groups are filled up; a case has the same bits alone, first or last, beside hard ones."""
    many = [{"generation": g} for g in np.linspace(10.0, 400.0, lanes.LANES + 3)]
    hard = [{"series": 1e-2}, {"generation": 0.0}, {"n0": np.nan}]
    together, codes = solve(*many, *hard)
    for k in (0, lanes.LANES, lanes.LANES + 2):
        np.testing.assert_array_equal(solve(many[k])[0][:, 0], together[:, k])
    np.testing.assert_array_equal(codes[-3:], [status.OK, status.OK, status.OUT_OF_RANGE])
    assert np.isnan(together[:, -1]).all()


def test_currents_along_the_curve():
    one = rows({}, {"shunt": 2.0})
    voltage = np.array([0.0, 0.3, 0.6])
    out, codes = np.empty((2, 3)), np.zeros(2, dtype=np.int8)
    with np.errstate(all="ignore"):
        quasi_neutral.curves(one, *NO_LEVELS, voltage, out, codes)
    np.testing.assert_allclose(out[0], JG - J0 * np.expm1(voltage / KT), rtol=1e-9)
    np.testing.assert_allclose(out[1], out[0] - 2.0 * voltage, rtol=1e-9)


def test_optical_tables_are_met_between_their_nodes():
    """Bicubic: exact for cubics in 1/T and ln W."""
    x = np.linspace(0.0, 1.0, preparation.T_NODES)[:, None]
    y = np.linspace(0.0, 1.0, preparation.W_NODES)[None, :]

    def surface(x, y):
        return 300.0 + x**3 - 2.0 * x * y**2 + 3.0 * y**3

    T, W = np.array([220.0, 300.0, 440.0]), np.array([2e-6, 1.5e-4, 5e-3])
    u = (1.0 / T - 1.0 / preparation.T_LOW) / (1.0 / preparation.T_HIGH - 1.0 / preparation.T_LOW)
    v = np.log(W / preparation.W_LOW) / np.log(preparation.W_HIGH / preparation.W_LOW)
    table = surface(x, y)
    generation, emission = preparation.optical(T, W, table, np.log(table))
    np.testing.assert_allclose(generation, surface(u, v), rtol=1e-12)
    np.testing.assert_allclose(emission, surface(u, v), rtol=1e-6)
    assert CENTRES > 0


def loaded():
    """Return (work, centres, case) of lanes that all hold the ideal diode."""
    w = np.zeros(lanes.SLOTS)
    centres = (0, 0, np.empty((CENTRES, lanes.COLUMNS, lanes.LANES)))
    case = rows({})[0]
    for lane in range(lanes.LANES):
        lanes.load(w, lane, case, np.full((1, LEVELS, AT_T), np.nan), centres)
    w[lanes.U : lanes.U + lanes.LANES] = lanes.U_START
    return w, centres, case


def test_searches_of_a_group():
    """At open circuit all light is lost; from there the peak lies where power falls to both sides."""
    w, centres, case = loaded()
    voltage.open_circuit(w, centres)
    assert w[lanes.TOTAL] == pytest.approx(JG, rel=voltage.CLOSE)
    with np.errstate(divide="ignore"):
        assert writing.bulk_lifetime(w, 0, case) > 1.0  # only the surfaces recombine
    w[lanes.U : lanes.U + lanes.LANES] -= 3.0
    power.peak(w, centres, False)
    top, u = (JG - w[lanes.TOTAL]) * w[lanes.V], w[lanes.U]
    assert not w[lanes.FAILED : lanes.FAILED + lanes.LANES].any()
    for aside in (-0.01, 0.01):
        w[lanes.U : lanes.U + lanes.LANES] = u + aside
        lanes.state(w, centres)
        assert (JG - w[lanes.TOTAL]) * w[lanes.V] < top


def test_the_inside_is_below_zero_in_reverse_alone():
    """Without series resistance the inside has the terminal voltage; next to nothing recombines there."""
    w, centres, _ = loaded()
    w[lanes.TARGET : lanes.TARGET + lanes.LANES] = 0.1
    assert not reverse.is_reversed(w, 0)
    w[lanes.TARGET : lanes.TARGET + lanes.LANES] = -0.1
    assert reverse.is_reversed(w, 0)
    current = np.empty(lanes.LANES)
    reverse.in_reverse(w, centres, current)
    np.testing.assert_allclose(current, JG, rtol=1e-9)
