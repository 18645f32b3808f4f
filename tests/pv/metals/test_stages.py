"""Crystal growth, pairing and lifetime against closed forms and published numbers; each stage by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from energymodels.core.errors import InputError
from energymodels.kernels.pv.metals import crystal
from energymodels.pv.metals import data, stages


def tau(centre, dn, doping, kind, key=None):
    """Return the lifetime, us, that 1e12 cm-3 of a centre leave."""
    return float(stages.lifetime(centre, 1e12, dn, doping, kind, key=key)) * 1e6


def crossover(doping, iron=None, pair=None):
    """Return the excess density at which free and paired iron leave the same lifetime."""

    def gap(log):
        return np.log(tau("Fe_i", 10.0**log, doping, "p", iron) / tau("FeB", 10.0**log, doping, "p", pair))

    return 10.0 ** brentq(gap, 12.0, 16.0)


# Feed and crystal


def test_one_ppbw_of_iron_along_the_crystal():
    """k = 8e-6: 2.0e8 cm-3 at the seed, 2.0e9 at g = 0.9; the eighth pull starts at 6.6 times that; a fed
    melt grows linearly.
    """
    k = stages.segregation("Fe")

    def grown(*place, **how):
        return float(stages.density(k * stages.melt(1.0, k, *place, **how), "Fe"))

    assert grown(0.0) == pytest.approx(2.0e8, rel=0.01)
    assert grown(0.9) == pytest.approx(2.0e9, rel=0.01)
    assert grown(0.0, "rcz", pulls=8) / grown(0.0) == pytest.approx(6.6, rel=0.01)
    assert grown(0.8, "rcz", pulls=8) / grown(0.0) == pytest.approx(33.0, rel=0.01)
    assert grown(0.5, "ccz", pulled_mass=10.0) == pytest.approx(1.2e9, rel=0.01)
    x = np.linspace(0.0, 0.9, 10)
    assert np.allclose(np.diff(stages.melt(1.0, k, x, "ccz")), 0.1, rtol=1e-4)


def test_molybdenum_in_the_melt():
    """2800 ppma in the melt gave 2e13 cm-3 in the crystal (NAA); the older coefficient gives a
    third of that.
    """
    found = {key: stages.segregation("Mo", key) * 2800e-6 * 4.99e22 for key in ("coletti2007", "davis1980")}
    assert found["coletti2007"] == pytest.approx(2e13, rel=0.05)
    assert found["davis1980"] == pytest.approx(2e13, rel=2.5)
    assert found["davis1980"] == pytest.approx(6.3e12, rel=0.01)


AMOUNT = st.floats(0.0, 100.0)
COEFFICIENT = st.sampled_from([0.0, 1e-8, 8e-6, 1e-3, 0.35, 0.8, 1.0, 1.25])
SHARE = st.floats(0.01, 0.98)


@given(AMOUNT, COEFFICIENT, AMOUNT, SHARE)
def test_freezing_conserves_mass(c, k, q, g):
    """What was in the melt and what the crucible gave is in the crystal or still in the melt."""
    solid, _ = quad(
        lambda s: k * crystal.normal_freezing(c, k, q, s), 0.0, g, epsrel=1e-13, epsabs=1e-14, limit=200
    )
    left = (1.0 - g) * crystal.normal_freezing(c, k, q, g)
    assert solid + left == pytest.approx(c + q * g, rel=1e-11, abs=1e-12)


@given(AMOUNT, COEFFICIENT, AMOUNT, st.floats(0.0, 20.0))
def test_continuous_growth_conserves_mass(c, k, q, mass):
    solid, _ = quad(
        lambda m: k * crystal.continuous(c, k, q, m), 0.0, mass, epsrel=1e-13, epsabs=1e-14, limit=200
    )
    assert solid + crystal.continuous(c, k, q, mass) == pytest.approx(
        c + (c + q) * mass, rel=1e-11, abs=1e-12
    )


@given(AMOUNT, COEFFICIENT, AMOUNT, SHARE, st.integers(1, 12))
def test_recharging_is_the_recursion(feed, k, q, pulled, pulls):
    """Freeze, fill up, freeze again."""
    melt = feed
    for _ in range(pulls - 1):
        melt = (1.0 - pulled) * crystal.normal_freezing(melt, k, q, pulled) + pulled * feed
    assert crystal.recharged_start(feed, k, q, pulled, float(pulls)) == pytest.approx(
        melt, rel=1e-11, abs=1e-14
    )


def test_effective_segregation():
    """Burton, Prim and Slichter: k0 at rest, 1 when the melt cannot mix; a layer of one D/f raises a small k
    e-fold.
    """
    assert crystal.effective(8e-6, 1e-5, 0.0, 5e-8) == pytest.approx(8e-6, rel=1e-12)
    assert crystal.effective(8e-6, 1.0, 1.0, 5e-8) == pytest.approx(1.0, rel=1e-12)
    assert crystal.effective(8e-6, 1e-5, 5e-3, 5e-8) == pytest.approx(8e-6 * np.e, rel=1e-4)


# Solubility, diffusion, pairing


def test_iron_dissolves_and_moves_as_published():
    assert stages.solubility("Fe", 1123.15) == pytest.approx(1.2e13, rel=0.05)
    assert stages.solubility("Fe", 1373.15) == pytest.approx(3.0e15, rel=0.05)
    assert np.sqrt(stages.diffusivity("Fe", 1123.15) * 1800.0) * 1e4 == pytest.approx(465.0, rel=0.01)


@pytest.mark.parametrize(
    ("celsius", "share"), [(25.0, 0.9985), (80.0, 0.953), (150.0, 0.461), (200.0, 0.137)]
)
def test_iron_is_paired(celsius, share):
    assert stages.paired_fraction("Fe", 1e16, celsius + 273.15) == pytest.approx(share, abs=0.001)


def test_association_is_as_fast_as_measured():
    """2.09e3 s at 300 K and 1e16 cm-3 (Tan 2011), in inverse proportion to the doping; Debye's A = eps k/(q^2
    D0) within 15 %.
    """
    assert stages.association_time("Fe", 1e16, 300.0) == pytest.approx(2.09e3, rel=0.07)
    assert (
        np.ptp(stages.association_time("Fe", [1e15, 1e16, 1e17], 300.0) * np.array([1e15, 1e16, 1e17]))
        < 1e-9 * 2e19
    )
    debye = 11.7 * 8.8541878128e-12 * 1.380649e-23 / (1.602176634e-19**2 * 1.1e-7) * 1e-6  # s K-1 cm-3
    assert debye * 300.0 / 1e16 * np.exp(0.66 / (8.617333e-5 * 300.0)) == pytest.approx(
        float(stages.association_time("Fe", 1e16, 300.0)), rel=0.15
    )


def test_pairs_form_in_time():
    time = float(stages.association_time("Fe", 1e16, 300.0))
    shares = stages.paired_fraction("Fe", 1e16, 300.0, [0.0, 0.01 * time, 100.0 * time, np.inf])
    assert shares[0] == 0.0
    assert shares[1] == pytest.approx(0.01, rel=0.01)
    assert shares[2] == pytest.approx(shares[3], rel=1e-12)


# Lifetime


@pytest.mark.parametrize(
    ("centre", "key", "values"),
    [
        ("Fe_i", "macdonald2008", (4.60, 80.6, 845.0, 846.0, 848.0)),
        ("Fe_i", "rein2005", (14.4, 90.4, 845.0, 848.0, 856.0)),
        ("Fe_i", "istratov1999", (2.09, 79.9, 865.0, 865.0, 866.0)),
        ("FeB", "macdonald2006", (12.2, 13.7)),
        ("FeB", "rein2005", (20.8, 21.7)),
        ("FeGa", "le", (4.99, 5.22)),
        ("CrB", "sun2014", (2.62,)),
        ("Cr_i", "sun2014", (6.82, None, 17.4)),
        ("CrGa", "anu2025", (9.62, 14.5)),
    ],
)
def test_lifetimes_of_1e12(centre, key, values):
    """Wafers p 1e16, n 5e15, n 1.5e15 at several injections: a separate calculation with the same published
    parameters.
    """
    wafers = [(1e13, 1e16, "p"), (1e15, 1e16, "p"), (1e13, 5e15, "n"), (1e15, 5e15, "n"), (5e15, 1.5e15, "n")]
    for (dn, doping, kind), value in zip(wafers, values, strict=False):
        if value is not None:
            assert tau(centre, dn, doping, kind, None if key == "le" else key) == pytest.approx(
                value, rel=0.01
            )


@pytest.mark.parametrize(
    ("key", "ratio"), [("macdonald2008", 184.0), ("rein2005", 59.0), ("istratov1999", 414.0)]
)
def test_iron_prefers_electrons(key, ratio):
    """The p:n ratio of lifetimes with equal iron, p 1e16 against n 5e15, at dn = 1e13."""
    assert tau("Fe_i", 1e13, 5e15, "n", key) / tau("Fe_i", 1e13, 1e16, "p", key) == pytest.approx(
        ratio, rel=0.01
    )


@pytest.mark.parametrize(
    ("doping", "dn"),
    [
        (1e15, 3.7e13),
        (3e15, 5.1e13),
        (5e15, 6.6e13),
        (1e16, 1.03e14),
        (1.5e16, 1.4e14),
        (3e16, 2.5e14),
        (1e17, 7.6e14),
    ],
)
def test_free_and_paired_iron_cross(doping, dn):
    assert crossover(doping) == pytest.approx(dn, rel=0.02)


def test_crossover_lies_where_published():
    """Published between 1e14 and 3e14 cm-3 near 1 ohm cm; sets that belong together are within 1.6; it rises
    with doping.
    """
    for iron, pair in (
        ("macdonald2008", "macdonald2006"),
        ("rein2005", "rein2005"),
        ("istratov1999", "macdonald2001"),
    ):
        assert 1e14 / 1.6 < crossover(1e16, iron, pair) < 3e14 * 1.6
    assert crossover(3e16) / crossover(3e15) == pytest.approx(4.8, rel=0.02)


def test_a_level_acts_in_its_own_type_only():
    """Nickel's two levels were each measured in one type: that of n-type, with k = 3500, would leave p-type a
    fraction of a us.
    """
    # holes decide
    assert tau("Ni", 1e14, 1e16, "n") == pytest.approx(1e6 / (1e12 * 1e-15 * 1.69e7), rel=0.01)
    assert tau("Ni", 1e13, 1e16, "p") > 500.0


def test_boron_oxygen_lifetimes():
    """Bothe's formula: us, by boron and oxygen."""
    table = {
        5e15: (251, 103, 57, 30.6),
        1e16: (142, 58, 32.2, 17.3),
        1.5e16: (101.4, 41.5, 23.1, 12.4),
        3e16: (57.3, 23.4, 13, 7),
    }
    for boron, values in table.items():
        found = stages.boron_oxygen_lifetime(boron, [3e17, 5e17, 7e17, 1e18]) * 1e6
        assert found == pytest.approx(np.array(values), rel=0.01)


def test_boron_oxygen_degrades_and_regenerates():
    """Degraded within days near room temperature, regenerated within an hour at 473 K; ends where the rates
    balance.
    """
    days = stages.boron_oxygen_states(np.array([0.0, 1.0, 3.0]) * 86400.0, 303.0)
    assert days.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert days[0] == pytest.approx([1.0, 0.0, 0.0])
    assert days[2, 1] > 0.8
    hot = stages.boron_oxygen_states([60.0, 3600.0, 1e9], 473.0, start=(0.0, 1.0, 0.0))
    assert hot[1, 2] > 0.9
    rate = {k: a * np.exp(-e / (8.617333262e-5 * 473.0)) for k, (a, e) in data.boron_oxygen().items()}
    assert hot[2, 1] / hot[2, 2] == pytest.approx(rate["C-B"] / rate["B-C"], rel=1e-6)
    assert hot[2, 0] / hot[2, 1] == pytest.approx(rate["B-A"] / rate["A-B"], rel=1e-6)


@pytest.mark.xfail(
    reason="Chen 1979 measured 50 ns with 1.35e13 of titanium; every published set gives 8 to 18 times that",
    strict=True,
)
@pytest.mark.parametrize("key", ["wang1984", "davis1980"])
def test_titanium_of_chen_1979(key):
    assert float(stages.lifetime("Ti", 1.35e13, 1e12, 3.35e15, "p", key=key)) == pytest.approx(50e-9, rel=1.0)


@pytest.mark.xfail(
    reason="the Westinghouse thresholds need the cell of their time; Davis' sections alone give chromium "
    "ten times less",
    strict=True,
)
def test_westinghouse_threshold_of_chromium():
    """Cells of 200 um diffusion length degraded at 2 to 4e14 cm-3; here where chromium's lifetime equals the
    base's 13 us.
    """
    threshold = brentq(
        lambda log: float(stages.lifetime("Cr_i", 10.0**log, 1e12, 3.4e15, "p", key="davis1980")) - 13e-6,
        10.0,
        17.0,
    )
    assert 2e14 / 2.0 < 10.0**threshold < 4e14 * 2.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stages.density(1.0, "Xx"), "element"),
        (lambda: stages.segregation("Na"), "none is published"),
        (lambda: stages.diffusivity("Fe", 1000.0, "nobody"), "nobody"),
        (lambda: stages.lifetime("Fe", 1e12, 1e14, 1e16, "p"), "Fe_i|FeB|known"),
        (lambda: stages.melt(1.0, 1e-5, 0.5, "float"), "route"),
        (lambda: stages.paired_fraction("Ti", 1e16), "Ti"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
