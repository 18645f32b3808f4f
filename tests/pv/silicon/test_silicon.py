"""Silicon in cm-3: values, shapes, limits in closed form, ranges of validity and refusals.

Warnings are errors.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energymodels.core.errors import InputError, ValidityWarning
from energymodels.kernels.constants import Q
from energymodels.pv import silicon

DEFECT = (1e-3, 4e-3, 0.0)


def decades(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(np.log10(low), np.log10(high)).map(lambda x: 10.0**x)


def test_reference_values():
    """298.15 and 300 K; 0.1 % covers the printed digits."""
    T = [298.15, 300.0]
    np.testing.assert_allclose(silicon.intrinsic_density(T), [8.295e9, 9.685e9], rtol=1e-3)
    np.testing.assert_allclose(silicon.intrinsic_density(T, "misiakos1993"), [8.305e9, 9.696e9], rtol=1e-3)
    np.testing.assert_allclose(silicon.radiative_coefficient(T), [4.749e-15, 4.727e-15], rtol=1e-3)
    np.testing.assert_allclose(silicon.band_gap(T), [1.12465, 1.12416], rtol=1e-5)
    np.testing.assert_allclose(silicon.mobility(1.0, 1.0, 0.0, 0.0, 300.0), [1414.0, 470.5], rtol=1e-6)


def test_resistivity_of_wafers():
    assert silicon.doping(1.0, "B", 300.0) == pytest.approx(1.5e16, rel=0.01)
    assert silicon.doping(1.0, "P", 300.0) == pytest.approx(4.9e15, rel=0.01)
    assert silicon.doping(1.0, "Ga", 300.0) == silicon.doping(1.0, "B", 300.0)
    assert silicon.resistivity(0.0, "P", 300.0) == pytest.approx(3.4e5, rel=0.01)
    assert np.isnan(silicon.doping([1e7, np.inf, 1e-9], "P", 300.0)).all()


@settings(deadline=None)
@given(decades(1e8, 1e20), st.sampled_from(["P", "B", "Ga"]))
def test_resistivity_round_trip(N, dopant):
    if dopant != "P":  # weaker acceptor doping has a stronger one of equal resistivity
        N = max(N, 1.3e10)
    assert silicon.doping(silicon.resistivity(N, dopant, 300.0), dopant, 300.0) == pytest.approx(N, rel=1e-12)


def test_scalars_give_floats_and_arrays_broadcast():
    assert type(silicon.band_gap(300.0)) is float
    assert all(type(x) is float for x in silicon.equilibrium(1e15, "n"))
    dn, N = np.geomspace(1e10, 1e18, 5)[:, None], np.geomspace(1e13, 1e18, 4)
    taus = silicon.lifetime(dn, N, "p", [DEFECT], surfaces=(5.0, 150.0))
    assert {tau.shape for tau in taus.values()} == {(5, 4)}
    assert type(silicon.lifetime(1e15, 1e15, "n")["bulk"]) is float
    assert silicon.resistivity([], "P").shape == (0,)


def test_an_element_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(1)
    n, p, N = 10.0 ** rng.uniform(10, 19, (3, 37))
    for function in (
        lambda i: silicon.mobility(n[i], p[i], N[i], 0.0)[1],
        lambda i: silicon.band_gap_narrowing(n[i], p[i], N[i]),
        lambda i: silicon.resistivity(N[i], "B"),
        lambda i: silicon.lifetime(n[i], N[i], "n", [DEFECT])["bulk"],
        lambda i: silicon.radiative_rate(n[i], N[i], "p"),
    ):
        together = function(slice(None))
        np.testing.assert_array_equal(together[::-3], function(slice(None, None, -3)))
        assert [function(i) for i in range(5)] == list(together[:5])


@settings(deadline=None)
@given(decades(1e8, 1e20), st.sampled_from("np"), st.floats(295.0, 300.0), st.floats(-0.5, 0.5))
def test_rates_vanish_in_equilibrium(N, doping_type, T, level):
    for model in silicon.AUGER_MODELS:
        assert silicon.auger_rate(0.0, N, doping_type, model, T) == 0.0
    assert silicon.radiative_rate(0.0, N, doping_type, T) == 0.0
    assert silicon.srh_rate(0.0, N, doping_type, [DEFECT, (1e-5, 1e-6, level)], T) == 0.0


@settings(deadline=None)
@given(decades(1e4, 1e19), decades(1e10, 1e19), st.sampled_from("np"))
def test_more_carriers_recombine_faster(dn, N, doping_type):
    for rate in (silicon.auger_rate, silicon.radiative_rate, lambda *a: silicon.srh_rate(*a, [DEFECT])):
        assert 0.0 < rate(dn, N, doping_type) < rate(1.1 * dn, N, doping_type)


def test_srh_limits():
    """Mid-gap: the minority capture time at low injection, the sum at high."""
    tau_n0, tau_p0, _ = DEFECT
    dn = np.array([1e6, 1e19])
    assert silicon.lifetime(dn, 1e14, "p", [DEFECT])["srh"] == pytest.approx(
        [tau_n0, tau_n0 + tau_p0], rel=1e-3
    )
    assert silicon.lifetime(dn, 1e14, "n", [DEFECT])["srh"] == pytest.approx(
        [tau_p0, tau_n0 + tau_p0], rel=1e-3
    )


def test_shallow_level_recombines_less():
    """A level E above mid-gap adds tau_p0 n1/N at low injection in p-type: n1 = n_i exp(E/kT)."""
    N, level, T = 1e15, 0.3, 300.0
    n1 = silicon.intrinsic_density(T) * np.exp(level / (8.617333262e-5 * T))
    tau = silicon.lifetime(1e5, N, "p", [(1e-3, 1e-3, level)], T)["srh"]
    assert tau == pytest.approx(1e-3 + 1e-3 * n1 / N, rel=1e-4)


def test_levels_add():
    defects = [DEFECT, (1e-2, 1e-4, 0.2), (np.inf, np.inf, 0.0)]
    taus = silicon.lifetime(1e14, 1e15, "n", defects)
    assert 1.0 / taus["srh"] == pytest.approx(1.0 / taus["srh_0"] + 1.0 / taus["srh_1"], rel=1e-14)
    assert taus["srh_2"] == np.inf
    assert 1.0 / taus["bulk"] == pytest.approx(
        sum(1.0 / taus[k] for k in ("srh", "auger", "radiative")), rel=1e-14
    )
    assert silicon.srh_rate(1e14, 1e15, "n", defects) == pytest.approx(1e14 / taus["srh"], rel=1e-14)
    assert silicon.srh_rate(1e14, 1e15, "n", []) == 0.0
    assert silicon.lifetime(1e14, 1e15, "n")["srh"] == np.inf


def test_auger_limits():
    dn = 1e20
    niewelt = silicon.lifetime(dn, 1e13, "n")["auger"]
    richter = silicon.lifetime(dn, 1e13, "n", model="richter2012")["auger"]
    assert niewelt == pytest.approx(1.0 / (4.58e-31 * dn**2), rel=2e-5)
    assert richter == pytest.approx(1.0 / (3e-29 * dn**1.92), rel=1e-5)


@pytest.mark.parametrize(
    ("doping_type", "N", "dn"), [("n", 1e15, 1e13), ("n", 3e14, 1e16), ("p", 1e16, 1e14), ("p", 1e15, 1e15)]
)
def test_richter_near_its_simple_form(doping_type, N, dn):
    """Eq.

    (21) of the paper, for light doping: another fit to the same lifetimes, Auger and radiative; they part by
    about 10 %.
    """
    n0, p0 = silicon.equilibrium(N, doping_type, 300.0)
    B = silicon.radiative_coefficient(300.0)
    n, p = n0 + dn, p0 + dn
    simple = dn / (n * p * (8.7e-29 * n0**0.91 + 6.0e-30 * p0**0.94 + 3.0e-29 * dn**0.92 + B))
    auger = silicon.auger_rate(dn, N, doping_type, "richter2012", 300.0)
    assert dn / (auger + B * (n * p - n0 * p0)) == pytest.approx(simple, rel=0.1)


def test_radiative_rate_at_low_injection():
    """B n_i^2 (n p/(n0 p0) - 1): gap narrowing in equilibrium divides B; recycled photons do not count."""
    N, dn, T = 1e16, 1e8, 300.0
    n0, p0 = silicon.equilibrium(N, "p", T)
    expected = (
        silicon.radiative_coefficient(T) * silicon.intrinsic_density(T) ** 2 * dn * (n0 + p0 + dn) / (n0 * p0)
    )
    assert silicon.radiative_rate(dn, N, "p", T) == pytest.approx(expected, rel=1e-6)
    assert silicon.radiative_rate(dn, N, "p", T, 0.6) == pytest.approx(0.4 * expected, rel=1e-6)
    assert silicon.lifetime(dn, N, "p", recycling=1.0)["radiative"] == np.inf


def test_surfaces_at_low_injection():
    """1/tau = J0 N/(q W n_ie^2) for a minority excess."""
    N, T, j0, W = 1e15, 300.0, 5.0, 150.0
    n0, p0 = silicon.equilibrium(N, "n", T)
    taus = silicon.lifetime(1e7, N, "n", T=T, surfaces=(j0, W))
    assert 1.0 / taus["surface"] == pytest.approx(j0 * 1e-15 * N / (Q * W * 1e-4 * n0 * p0), rel=1e-5)
    assert 1.0 / taus["effective"] == pytest.approx(1.0 / taus["bulk"] + 1.0 / taus["surface"], rel=1e-14)


def test_validity_in_order():
    names = ["intrinsic_density", "gap_narrowing", "mobility", "auger", "radiative", "absorption"]
    assert list(silicon.VALIDITY) == names
    assert all(
        v.low_T < v.high_T and v.low_density < v.high_density and v.source for v in silicon.VALIDITY.values()
    )


@pytest.mark.parametrize(
    ("call", "source"),
    [
        (lambda: silicon.intrinsic_density(400.0), "couderc2014"),
        (lambda: silicon.intrinsic_density([300.0, 350.0], "misiakos1993"), "misiakos1993"),
        (lambda: silicon.band_gap_narrowing(1e21, 1e10, 1e21), "schenk1998"),
        (lambda: silicon.mobility(1e17, 1e17, 2e20, 0.0), "klaassen1992b"),
        (lambda: silicon.auger_rate(1e15, 1e15, "n", T=330.0), "niewelt2022"),
        (lambda: silicon.auger_rate(1e15, 1e15, "n", "richter2012", 290.0), "richter2012"),
        (lambda: silicon.radiative_rate(1e15, 1e15, "n", 310.0), "trupke2003"),
        (lambda: silicon.b_rel(1e15, 1e15, 310.0), "trupke2003"),
    ],
)
def test_outside_its_range_a_formula_warns(call, source):
    with pytest.warns(ValidityWarning, match=source) as caught:
        call()
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: silicon.band_gap(199.0), r"T = 199.0 K: allowed from 200 to 450 K"),
        (lambda: silicon.intrinsic_density([300.0, np.nan]), "T = nan"),
        (lambda: silicon.resistivity(-1.0, "P"), r"doping = -1.0 cm-3"),
        (lambda: silicon.resistivity(1e24, "P"), r"doping = 1e\+24 cm-3: allowed from 0 to 5e\+22"),
        (lambda: silicon.doping(0.0, "P"), "resistivity = 0.0 ohm cm: allowed above 0"),
        (lambda: silicon.doping(1.0, "As"), "dopant"),
        (lambda: silicon.equilibrium(1e15, "i"), "doping type"),
        (lambda: silicon.band_gap_narrowing(0.0, 1e10, 0.0), "n = 0.0 cm-3"),
        (lambda: silicon.intrinsic_density(300.0, "couderc"), "couderc2014"),
        (lambda: silicon.auger_rate(1e15, 1e15, "n", "richter"), "richter2012"),
        (lambda: silicon.lifetime(1e15, 1e15, "n", model="richter"), "richter2012"),
        (lambda: silicon.lifetime(0.0, 1e15, "n"), "dn = 0.0 cm-3: allowed above 0"),
        (lambda: silicon.lifetime(1e15, 1e15, "n", surfaces=(-1.0, 0.0)), "thickness = 0.0 um"),
        (
            lambda: silicon.srh_rate(1e15, 1e15, "n", [DEFECT, (0.0, 1e-3, 0.9)]),
            r"defects\[1\].level = 0.9 eV",
        ),
        (
            lambda: silicon.radiative_rate(1e15, 1e15, "n", recycling=1.1),
            "recycling = 1.1: allowed from 0 to 1",
        ),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        silicon.lifetime(-1e15, -1.0, "n", [(0.0, 1e-3, 0.0)], T=500.0)
    assert [f.field for f in caught.value.faults] == ["T", "dn", "defects[0].tau_n0", "doping", "dn"]
