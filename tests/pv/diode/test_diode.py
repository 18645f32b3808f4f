"""The diode cell against closed forms, 40-digit solutions, pvlib, and what must hold for every cell."""

import mpmath as mp
import numpy as np
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config
from scipy.special import lambertw

from energymodels.kernels import status
from energymodels.kernels.pv.diode import diode
from energymodels.kernels.pv.diode import lanes as at

FAST = config.DISABLE_JIT  # interpreted: the same tests on fewer cells
NAMES = ("i_sc", "v_oc", "i_mp", "v_mp", "p_mp")
CELL = {
    "photocurrent": 6.0,
    "saturation_current": 1e-10,
    "resistance_series": 0.3,
    "shunt": 1 / 500,
    "a": 1.5,
}


def cells(n=1, **fields):
    rows = np.zeros(n, diode.ROW).view(np.recarray)
    for name, value in {**CELL, **fields}.items():
        rows[name] = value
    return rows


def solve(rows):
    out = np.empty((diode.SCALARS, rows.size))
    codes = np.full(rows.size, status.NOT_RUN, np.int8)
    diode.solve(rows, out, codes)
    return out, codes


def solved(rows):
    out, codes = solve(rows)
    assert (codes == status.OK).all()
    return out


def modules(n=100 if FAST else 3000):
    rng = np.random.default_rng(1)
    return cells(
        n,
        photocurrent=rng.uniform(1, 12, n),
        saturation_current=10 ** rng.uniform(-12, -8, n),
        resistance_series=rng.uniform(0.05, 1, n),
        shunt=10 ** -rng.uniform(1.5, 4, n),
        a=rng.uniform(1, 3, n),
    )


def test_ideal_diode_in_closed_form():
    j0 = 10.0 ** np.arange(-16, -2)
    rows = cells(
        j0.size, saturation_current=j0, a=0.0257, photocurrent=0.04, resistance_series=0.0, shunt=0.0
    )
    out = solved(rows)
    x = lambertw(np.e * (1 + 0.04 / j0)).real - 1
    np.testing.assert_array_equal(out[diode.I_SC], 0.04)
    np.testing.assert_allclose(out[diode.V_OC], 0.0257 * np.log1p(0.04 / j0), rtol=5e-16)
    # scipy's W and the e of its argument leave some ulp
    np.testing.assert_allclose(out[diode.V_MP], 0.0257 * x, rtol=5e-15)
    np.testing.assert_allclose(out[diode.I_MP], (0.04 + j0) * x / (1 + x), rtol=5e-15)


def test_single_resistances_leave_one_point_in_closed_form():
    np.testing.assert_allclose(solved(cells(shunt=0.0))[diode.V_OC], 1.5 * np.log1p(6e10), rtol=5e-16)
    assert solved(cells(resistance_series=0.0))[diode.I_SC, 0] == 6.0


def test_shunt_without_diode_is_a_linear_source():
    """At 1 uV the diode takes 4e-12 of the current: what is left is a source of inner resistance
    R_s + R_sh.
    """
    out = solved(
        cells(photocurrent=1e-9, saturation_current=1e-16, shunt=1e-3, a=0.0257, resistance_series=500.0)
    )[:, 0]
    np.testing.assert_allclose(out, [2e-9 / 3, 1e-6, 1e-9 / 3, 5e-7, 1e-15 / 6], rtol=1e-11)


HARD = {
    "weak light": {"photocurrent": 1e-9, "saturation_current": 1e-12, "a": 0.0257, "shunt": 1e-10},
    "more saturation than light": {"photocurrent": 1e-9, "saturation_current": 1e-3, "a": 0.0257},
    "series eats nearly all": {
        "photocurrent": 1e3,
        "saturation_current": 1e-16,
        "resistance_series": 100.0,
        "a": 0.0257,
    },
    "shunt eats nearly all": {"photocurrent": 1e-3, "shunt": 1e3, "a": 0.0257},
    "all of one size": {
        "photocurrent": 1.0,
        "saturation_current": 1e-3,
        "resistance_series": 1.0,
        "shunt": 1.0,
        "a": 1.0,
    },
    "two diodes": {"a": 0.0257, "a_2": 0.0514, "saturation_current_2": 1e-6, "resistance_series": 1e-3},
    "second diode steeper": {
        "a": 0.0514,
        "a_2": 0.0171,
        "saturation_current_2": 1e-14,
        "resistance_series": 1e-3,
    },
    "second diode alone": {"saturation_current": 1e-300, "a": 1.5, "a_2": 1.5, "saturation_current_2": 1e-10},
}


def precise(c):
    """Return the five scalars of a row to 40 digits by bisection of the defining equations."""
    i_l, i_1, r_s, g, a_1, i_2, a_2 = (mp.mpf(float(value)) for value in c)
    a_2 = a_2 or a_1

    def current(v):
        return i_l - i_1 * mp.expm1(v / a_1) - i_2 * mp.expm1(v / a_2) - g * v

    def slope(v):
        return -i_1 / a_1 * mp.exp(v / a_1) - i_2 / a_2 * mp.exp(v / a_2) - g

    def root(f, high):
        low = mp.mpf(0)
        for _ in range(140):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) > 0 else (low, middle)
        return low

    v_oc = root(current, a_1 * mp.log1p(i_l / i_1))
    i_sc = current(root(lambda v: r_s * current(v) - v, v_oc))
    v_d = root(lambda v: current(v) + slope(v) * (v - 2 * r_s * current(v)), v_oc)
    i_mp = current(v_d)
    v_mp = v_d - r_s * i_mp
    return [i_sc, v_oc, i_mp, v_mp, i_mp * v_mp]


@pytest.mark.parametrize("case", HARD.values(), ids=HARD)
def test_hard_cells_to_round_off(case):
    rows = cells(**case)
    with mp.workdps(60):
        expected = np.array(precise(rows[0]), float)
    np.testing.assert_allclose(solved(rows)[:, 0], expected, rtol=2e-15)


@pytest.mark.parametrize("method", ["newton", "chandrupatla"])
def test_random_modules_as_pvlib(method):
    """pvlib's own default tolerances stop near round-off for such modules."""
    rows = modules()
    out = solved(rows)
    theirs = pvlib.pvsystem.singlediode(
        rows.photocurrent,
        rows.saturation_current,
        rows.resistance_series,
        1 / rows.shunt,
        rows.a,
        method=method,
    )
    for ours, name in zip(out, NAMES, strict=True):
        np.testing.assert_allclose(ours, theirs[name], rtol=1e-12, err_msg=name)


def cec_parameters():
    """Return photocurrent, saturation current, R_s, R_sh and a of some 300 modules, each in any light at any
    temperature.
    """
    table = pvlib.pvsystem.retrieve_sam("CECMod")
    table = table[table.columns[:: len(table.columns) // (20 if FAST else 300)]]
    module = [
        table.loc[name].to_numpy(float)
        for name in ("alpha_sc", "a_ref", "I_L_ref", "I_o_ref", "R_sh_ref", "R_s", "Adjust")
    ]
    light, celsius = (
        axis.reshape(-1, 1) for axis in np.meshgrid([10.0, 200.0, 1000.0, 1500.0], [-40.0, 25.0, 90.0])
    )
    return [p.ravel() for p in np.broadcast_arrays(*pvlib.pvsystem.calcparams_cec(light, celsius, *module))]


def cec_cells():
    i_l, i_0, r_s, r_sh, a = cec_parameters()
    return cells(
        i_l.size, photocurrent=i_l, saturation_current=i_0, resistance_series=r_s, shunt=1 / r_sh, a=a
    )


def test_modules_of_the_cec_database_as_pvlib():
    """Also: dP/dV of Bishop's form vanishes at our point."""
    rows = cec_cells()
    out = solved(rows)
    theirs = pvlib.pvsystem.singlediode(*cec_parameters(), method="newton")
    for ours, name in zip(out, NAMES, strict=True):
        np.testing.assert_allclose(ours, theirs[name], rtol=1e-9, err_msg=name)
    v_d = out[diode.V_MP] + rows.resistance_series * out[diode.I_MP]
    i, v, _p, _di_dvd, _dv_dvd, _di_dv, dp_dv, _d2p = pvlib.singlediode.bishop88(
        v_d, *cec_parameters(), gradients=True
    )
    np.testing.assert_allclose(i, out[diode.I_MP], rtol=1e-12)
    np.testing.assert_allclose(v, out[diode.V_MP], rtol=1e-12)
    np.testing.assert_allclose(dp_dv / i, 0.0, atol=1e-11)


def broad(n=100 if FAST else 20000):
    """Return one-diode cells from far inside to just outside of what the lanes take, of any size."""
    rng = np.random.default_rng(2)
    light, a = 10 ** rng.uniform(-9, 3, n), 10 ** rng.uniform(-2, 0.7, n)
    saturation = light * 10 ** rng.uniform(-30, -2.9, n)
    series, shunt = a / light * 10 ** rng.uniform(-6, 2.1, n), light / a * 10 ** rng.uniform(-8, -0.9, n)
    series[::10] = shunt[::7] = 0.0
    return cells(
        n, photocurrent=light, saturation_current=saturation, resistance_series=series, shunt=shunt, a=a
    )


def in_lanes(rows):
    """Return which rows the lanes solve by themselves."""
    w = np.empty(at.SLOTS)
    found = np.zeros(rows.size, bool)
    for k, row in enumerate(rows):
        for lane in range(at.LANES):
            at.load(w, lane, row, diode._ordinary(row))
        at.solve_lanes(w)
        found[k] = (w[at.SOLVED :] == 1.0).all()
    return found


@pytest.mark.parametrize(("family", "share"), [(modules, 0.95), (cec_cells, 0.95), (broad, 0.7)])
def test_lanes_agree_with_the_scalar_searches_and_forty_digits(family, share):
    """What the lanes are for they do solve, and no worse than the searches."""
    rows = family()
    out = solved(rows)
    alone = np.empty_like(out)
    for k, row in enumerate(rows):
        assert diode._solve_one(row, alone, k) == status.OK
    np.testing.assert_allclose(out, alone, rtol=2e-15)
    some = slice(None, None, max(rows.size // (5 if FAST else 25), 1))
    with mp.workdps(60):
        expected = np.array([precise(row) for row in rows[some]], float).T
    np.testing.assert_allclose(out[:, some], expected, rtol=2e-15)
    assert in_lanes(rows[:2000]).mean() > share


def mixed(n):
    """Return ``n`` ordinary modules, every third replaced in turn by a hard, a dark, a two-diode or a faulty
    row, others by any.
    """
    rows = modules(n)
    rows[::4] = broad(n)[::4]
    others = [cells(**case)[0] for case in HARD.values()]
    others += [
        cells(**case)[0]
        for case in ({"photocurrent": 0.0}, {"a": -1.0}, {"shunt": np.nan}, {"photocurrent": np.inf})
    ]
    for i, k in enumerate(range(1, n, 3)):
        rows[k] = others[i % len(others)]
    return rows


def test_a_row_keeps_its_bits_in_any_company():
    """Alone, in any order and behind any number of others: rows that the lanes hand back stand among ordinary
    ones.
    """
    rows = mixed(83)
    out, codes = solve(rows)
    assert set(codes) == {status.OK, status.OUT_OF_RANGE}
    rng = np.random.default_rng(3)
    every = np.arange(rows.size)
    orders = [
        every[::-1],
        *(rng.permutation(every) for _ in range(5)),
        *(every[k:] for k in range(1, 10)),
        *every.reshape(-1, 1),
    ]
    for order in orders:
        again, codes_again = solve(rows[order])
        np.testing.assert_array_equal(again, out[:, order])
        np.testing.assert_array_equal(codes_again, codes[order])


def test_what_the_lanes_hand_back_is_solved_as_if_alone():
    rows = mixed(83)
    out, codes = solve(rows)
    alone = np.full_like(out, np.nan)
    assert codes.tolist() == [diode._solve_one(row, alone, k) for k, row in enumerate(rows)]
    np.testing.assert_allclose(out, alone, rtol=2e-15)
    back = ~in_lanes(rows)
    assert 20 < back.sum() < 60
    np.testing.assert_array_equal(out[:, back], alone[:, back])


@pytest.mark.parametrize("second", [0.0, 1e-6])
def test_current_at_inverts_bishops_explicit_curve(second):
    """A chosen V_d gives voltage and current without a solver; in reverse, at open circuit and far beyond."""
    c = cells(saturation_current_2=second, a_2=3.0)[0]
    v_d = np.linspace(-100.0, 60.0, 161)
    current = 6.0 - 1e-10 * np.expm1(v_d / 1.5) - second * np.expm1(v_d / 3.0) - v_d / 500
    voltage = v_d - 0.3 * current
    ours = np.array([diode.current_at(c, v) for v in voltage])
    np.testing.assert_allclose(ours, current, rtol=1e-13, atol=1e-13)
    assert np.isnan(diode.current_at(c, np.nan))
    assert np.isnan(diode.current_at(cells(a=-1.0)[0], 1.0))


def test_curves_pass_through_the_scalars_and_the_dark():
    rows = cells(3, resistance_series=[0.3, 0.0, 0.3], photocurrent=[6.0, 6.0, 0.0])
    i_sc, v_oc, i_mp, v_mp, _p = solved(rows)
    out = np.empty((3, 1))
    for voltage, current in ((np.zeros(3), i_sc), (v_oc, np.zeros(3)), (v_mp, i_mp)):
        for k in range(3):
            diode.curves(rows[k : k + 1], voltage[k : k + 1], out[k : k + 1])
        np.testing.assert_allclose(out[:, 0], current, rtol=1e-13, atol=1e-13)
    assert diode.current_at(rows[2], 30.0) < 0.0 < diode.current_at(rows[2], -30.0)


def exponent(low, high):
    return st.floats(low, high).map(lambda e: 10.0**e)


ANY = st.fixed_dictionaries(
    {
        "photocurrent": exponent(-9, 3),
        "saturation_current": exponent(-16, -3),
        "resistance_series": st.just(0.0) | exponent(-6, 2),
        "shunt": st.just(0.0) | exponent(-9, 3),
        "a": st.just(0.0257) | exponent(-2, 0.7),
        "saturation_current_2": st.just(0.0) | exponent(-16, -3),
    },
    optional={"a_2": exponent(-2, 0.7)},
).map(lambda fields: {"a_2": 2 * fields["a"], **fields})
MANY = settings(max_examples=40 if FAST else 300, deadline=None)


@MANY
@given(ANY)
def test_points_are_ordered_and_no_other_gives_more(fields):
    rows = cells(**fields)
    i_sc, v_oc, i_mp, v_mp, p_mp = solved(rows)[:, 0]
    assert 0.0 < v_mp < v_oc
    assert 0.0 < i_mp < i_sc <= fields["photocurrent"]
    voltage = np.append(np.linspace(0.0, v_oc, 12), v_mp * np.array([0.999, 1.001]))
    current = np.empty((1, voltage.size))
    diode.curves(rows, voltage, current)
    assert (voltage * current[0] <= p_mp * (1 + 1e-13)).all()
    assert (np.diff(current[0, :12]) <= 1e-13 * i_sc).all()


@MANY
@given(ANY, exponent(-3, 3))
def test_scaled_currents_leave_voltages(fields, factor):
    names = ("photocurrent", "saturation_current", "saturation_current_2", "shunt")
    scaled = {**fields, **{name: fields[name] * factor for name in names}}
    scaled["resistance_series"] = fields["resistance_series"] / factor
    i_sc, v_oc, i_mp, v_mp, p_mp = solved(cells(**fields))[:, 0]
    expected = [i_sc * factor, v_oc, i_mp * factor, v_mp, p_mp * factor]
    np.testing.assert_allclose(solved(cells(**scaled))[:, 0], expected, rtol=1e-13)


@MANY
@given(ANY, st.floats(0.01, 0.99))
def test_two_equal_diodes_are_one(fields, part):
    whole = fields["saturation_current"]
    one = solved(cells(**{**fields, "saturation_current_2": 0.0}))
    two = {"saturation_current": part * whole, "saturation_current_2": (1 - part) * whole, "a_2": fields["a"]}
    np.testing.assert_allclose(solved(cells(**{**fields, **two})), one, rtol=1e-13)
    np.testing.assert_array_equal(solved(cells(**{**fields, "saturation_current_2": 0.0, "a_2": 0.0})), one)


@pytest.mark.parametrize("name", diode.ROW.names)
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_faulty_rows_are_out_of_range_and_spare_their_neighbours(name, value):
    rows = cells(3, saturation_current_2=1e-9, a_2=3.0)
    rows[name][1] = value
    out, codes = solve(rows)
    assert codes.tolist() == [status.OK, status.OUT_OF_RANGE, status.OK]
    assert np.isnan(out[:, 1]).all()
    assert np.isfinite(out[:, [0, 2]]).all()


def test_dark_is_zero_and_what_cannot_be_solved_says_so():
    out, codes = solve(
        cells(3, photocurrent=[0.0, 10.0, 6.0], saturation_current=[1e-10, 1e-307, 0.0], shunt=0.0)
    )
    # dark, V_oc above 709 a, no first diode
    assert codes.tolist() == [status.OK, status.OUT_OF_RANGE, status.OUT_OF_RANGE]
    np.testing.assert_array_equal(out[:, 0], 0.0)
    with np.errstate(all="ignore"):  # interpreted, numpy would warn of the infinity that this row is about
        out, codes = solve(cells(photocurrent=1e-320))
    assert codes[0] == status.NO_CONVERGENCE
    assert np.isnan(out).all()
