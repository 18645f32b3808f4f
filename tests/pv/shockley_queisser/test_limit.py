"""The Shockley-Queisser limit against published values, exact integrals and what must hold for every gap."""

from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV, C, H, Q
from energymodels.kernels.pv.shockley_queisser import detailed_balance as limit

AM15G = np.loadtxt(Path(__file__).parents[3] / "datasets" / "pv" / "am15g.csv", delimiter=",", skiprows=1)
NM, SPECTRUM = np.ascontiguousarray(AM15G.T)
TABLE = limit.photon_table(NM, SPECTRUM)
MANY = settings(max_examples=30 if config.DISABLE_JIT else 200, deadline=None)


def solve(n=1, **fields):
    rows = np.zeros(n, limit.ROW).view(np.recarray)
    for name, value in {
        "band_gap": 1.34,
        "temperature": 298.15,
        "sides": 2.0,
        "irradiance": 1000.0,
        **fields,
    }.items():
        rows[name] = value
    out = np.empty((limit.SCALARS, n))
    codes = np.full(n, status.NOT_RUN, np.int8)
    limit.solve(rows, NM, SPECTRUM, TABLE, out, codes)
    return out, codes


@pytest.mark.parametrize(
    ("band_gap", "sides", "temperature", "j_sc", "v_oc", "fill_factor", "efficiency"),
    [
        (1.34, 2, 298.15, 350.3, 1.0657, 0.8883, 0.3316),  # Ruhle 2016
        (1.34, 1, 298.15, 350.3, 1.0835, 0.8897, 0.3377),  # "33.7 %" with a perfect mirror
        (1.12, 2, 298.15, 438.1, 0.8605, 0.8685, 0.3274),
        (1.12, 1, 298.15, 438.1, 0.8783, 0.8705, 0.3350),
        (1.34, 2, 300.0, 350.3, 1.0638, 0.8876, 0.3308),
        (1.34, 1, 300.0, 350.3, 1.0817, 0.8891, 0.3369),
    ],
)
def test_published_limits(band_gap, sides, temperature, j_sc, v_oc, fill_factor, efficiency):
    """To half a last digit, with the spectrum as tabulated, 1000.37 W m-2; scaled to 1000 it gives 350.2 A
    m-2 and 33.15 %.
    """
    out, codes = solve(band_gap=band_gap, sides=sides, temperature=temperature)
    assert codes[0] == status.OK
    values = out[[limit.J_SC, limit.V_OC, limit.FILL_FACTOR, limit.EFFICIENCY], 0]
    assert (np.abs(values - [j_sc, v_oc, fill_factor, efficiency]) < [0.06, 6e-5, 6e-5, 6e-5]).all()


def test_best_gap():
    """33.17 % near 1.337 eV; the maximum is flat and rugged at the absorption lines of the air."""
    gaps = np.linspace(1.2, 1.5, 61 if config.DISABLE_JIT else 3001)
    out, _codes = solve(gaps.size, band_gap=gaps)
    best = out[limit.EFFICIENCY].argmax()
    assert abs(gaps[best] - 1.337) < 0.006
    assert abs(out[limit.EFFICIENCY, best] - 0.3317) < 2e-4


def test_photon_current_of_a_linear_spectrum_is_exact():
    """Of S = c + b lambda the photon current is q/(h c) (c lambda^2/2 + b lambda^3/3), whatever the points
    and the end.
    """
    nm = np.array([300.0, 310.0, 500.0, 501.0, 1300.0])
    c, b = 2.0, -0.001

    def exact(upper):
        return Q * 1e-9 / (H * C) * (c * (upper**2 - 300.0**2) / 2 + b * (upper**3 - 300.0**3) / 3)

    table = limit.photon_table(nm, c + b * nm)
    np.testing.assert_allclose(table, exact(nm), rtol=1e-14)
    for upper in (300.0, 305.0, 400.0, 501.0, 900.0, 1300.0):
        np.testing.assert_allclose(
            limit.photon_current(nm, c + b * nm, table, upper), exact(upper), rtol=1e-13
        )


def test_photon_table_of_sunlight():
    """Against the trapezoidal rule on 1/100 of the spacing, whose error falls with the square of it."""
    fine = np.linspace(280.0, 1200.0, 184001)
    photons = np.interp(fine, NM, SPECTRUM) * fine * Q * 1e-9 / (H * C)
    np.testing.assert_allclose(
        limit.photon_current(NM, SPECTRUM, TABLE, 1200.0), np.trapezoid(photons, fine), rtol=1e-8
    )


@pytest.mark.parametrize("u", [0.1, 1.0, 5.0, 52.0, 300.0])
def test_emission_series(u):
    kt = 4e-21
    with mp.workdps(30):
        k = mp.mpf(kt)
        gap = mp.mpf(u)
        z = mp.exp(-gap)
        integral = -(gap**2) * mp.log1p(-z) + 2 * gap * mp.polylog(2, z) + 2 * mp.polylog(3, z)
        if u == 5.0:  # the closed form in turn by quadrature
            assert abs(mp.quad(lambda x: x * x / mp.expm1(x), [5, 20, 80, mp.inf]) / integral - 1) < 1e-12
        expected = float(2 * mp.pi * Q * (k / H) ** 3 / mp.mpf(C) ** 2 * integral)
    current, good = limit.emission(u, kt)
    assert good
    # exp(-u): the ulp of u
    np.testing.assert_allclose(current, expected, rtol=3e-14 if u == 0.1 else 1e-15 * (4 + u))


@MANY
@given(
    st.floats(0.4, 3.5),
    st.floats(150.0, 450.0),
    st.floats(1.0, 30.0),
    st.floats(0.1, 4.0).map(lambda e: 10.0**e),
)
def test_what_holds_for_every_gap(band_gap, temperature, sides, irradiance):
    out, codes = solve(
        4,
        band_gap=band_gap,
        temperature=[temperature, temperature, temperature, temperature + 1.0],
        sides=[sides, 2 * sides, sides, sides],
        irradiance=[irradiance, irradiance, 2 * irradiance, irradiance],
    )
    assert (codes == status.OK).all()
    j_sc, v_oc, j_mp, v_mp, fill_factor, efficiency = out
    assert ((v_mp > 0.0) & (v_mp < v_oc) & (v_oc < band_gap)).all()
    assert ((j_mp > 0.0) & (j_mp < j_sc)).all()
    light = np.array([irradiance, irradiance, 2 * irradiance, irradiance])
    np.testing.assert_allclose(efficiency * light, fill_factor * j_sc * v_oc, rtol=1e-13)
    np.testing.assert_allclose(j_sc[2], 2 * j_sc[0], rtol=1e-15)
    assert efficiency[2] > efficiency[0] > efficiency[1]  # light, mirror
    assert efficiency[0] > efficiency[3]  # heat
    # one diode: the same V_oc whether light doubles or emission halves
    halved, _codes = solve(band_gap=band_gap, temperature=temperature, sides=sides / 2, irradiance=irradiance)
    np.testing.assert_allclose(halved[limit.V_OC, 0], v_oc[2], rtol=1e-14)
    # current and voltage at maximum power lie on the curve, and no voltage gives more
    kt = K_B_EV * temperature
    j0 = j_sc[0] / np.expm1(v_oc[0] / kt)
    np.testing.assert_allclose(j_mp[0], j_sc[0] - j0 * np.expm1(v_mp[0] / kt), rtol=1e-11)
    v = np.linspace(0.0, v_oc[0], 50)
    assert (v * (j_sc[0] - j0 * np.expm1(v / kt)) <= efficiency[0] * irradiance * (1 + 1e-11)).all()


def test_status_of_what_has_no_limit():
    faults = {
        "band_gap": [0.2, 5.0, 1.34, 1.34, 1.34, np.nan],
        "temperature": [298.15, 298.15, 10.0, 0.0, 298.15, 298.15],
    }
    out, codes = solve(6, irradiance=[1e3, 1e3, 1e3, 1e3, 0.0, 1e3], **faults)
    missed, empty = status.OUT_OF_RANGE, status.NO_GENERATION
    assert codes.tolist() == [missed, empty, missed, missed, empty, missed]
    assert np.isnan(out).all()


def test_emission_series_that_does_not_end_says_so():
    """At 10 MK the sum over n needs more terms than it is given."""
    out, codes = solve(temperature=1e7)
    assert codes[0] == status.NO_CONVERGENCE
    assert np.isnan(out).all()
