"""Kernels of centres alone: one level is Shockley, Read and Hall's; pairs and boron-oxygen by hand."""

import numpy as np
import pytest

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.pv.metals import boron_oxygen, capture, pairing
from energymodels.kernels.pv.metals import layout as at

T, N_I = 300.0, 9.7e15


def level(energy, c_n=1e-13, c_p=3e-14, from_c=0.0, power=0.0, barrier=0.0):
    """Return one level as a row; m3 s-1, eV."""
    row = np.zeros(at.COLUMNS)
    row[at.FROM_C], row[at.ENERGY] = from_c, energy
    row[at.C_N], row[at.C_P] = c_n, c_p
    row[at.POWER_N] = row[at.POWER_P] = power
    row[at.BARRIER_N] = row[at.BARRIER_P] = barrier
    return row


def centre(*rows):
    """Return the levels of a centre; what is left captures nothing."""
    found = np.array([level(0.0, 0.0, 0.0)] * at.LEVELS)
    for k, row in enumerate(rows):
        found[k] = row
    return found


def lifetime(levels, dn, n0, p0, density=1e18):
    one = np.ones(1)
    with np.errstate(divide="ignore"):  # 1/c of what captures nothing
        return capture.lifetimes(dn * one, n0 * one, p0 * one, T * one, N_I * one, density * one, levels)[0]


@pytest.mark.parametrize("from_c", [0.0, 1.0])
@pytest.mark.parametrize("dn", [1e18, 1e21, 1e24])
def test_one_level_is_that_of_shockley_read_and_hall(dn, from_c):
    """tau = (tau_p (n + n1) + tau_n (p + p1))/(n0 + p0 + dn)."""
    p0, n0 = 1e22, N_I**2 / 1e22
    n_c, n_v = capture.band_densities(T)
    near = (n_c if from_c else n_v) * np.exp(-0.35 / (K_B_EV * T))
    n1, p1 = (near, N_I**2 / near) if from_c else (N_I**2 / near, near)
    tau_n, tau_p = 1.0 / (1e18 * 1e-13), 1.0 / (1e18 * 3e-14)
    expected = (tau_p * (n0 + dn + n1) + tau_n * (p0 + dn + p1)) / (n0 + p0 + dn)
    assert lifetime(centre(level(0.35, from_c=from_c)), dn, n0, p0) == pytest.approx(expected, rel=1e-12)


def test_density_shortens_in_proportion():
    levels = centre(level(0.4))
    one, ten = (lifetime(levels, 1e21, 1e10, 1e22, density) for density in (1e17, 1e18))
    assert one == pytest.approx(10.0 * ten, rel=1e-13)


def test_levels_that_are_never_both_occupied_add_up():
    """A level at a band edge stays as it is filled: the other is as if alone."""
    alone = lifetime(centre(level(0.4)), 1e21, 1e10, 1e22)
    beside = lifetime(centre(level(-3.0, 1e-30, 1e-30), level(0.4)), 1e21, 1e10, 1e22)
    assert beside == pytest.approx(alone, rel=1e-6)


def test_no_level_captures_nothing():
    assert lifetime(centre(), 1e21, 1e10, 1e22) == np.inf


def test_capture_follows_temperature():
    levels = np.array([level(0.3, power=-1.5, barrier=0.02)])
    found = np.empty((1, at.AT_T))
    capture.at_temperature(levels, 400.0, 1e18, found)
    expected = 1e-13 * 400.0**-1.5 * np.exp(-0.02 / (K_B_EV * 400.0))
    assert found[0, at.INV_C_N] == pytest.approx(1.0 / expected, rel=1e-12)
    assert found[0, at.N1] * found[0, at.P1] == pytest.approx(1e36, rel=1e-12)


def test_pairs_come_to_equilibrium_exponentially():
    share = pairing.bound(1e22, T, 1e-29, 0.6)
    tau = share * pairing.association_time(1e22, T, 5.7e11, 0.66)
    times = tau * np.array([0.0, 1.0, 3.0, np.inf])
    one = np.ones(4)
    found = pairing.paired(1e22 * one, T * one, times, 1e-29, 0.6, 5.7e11, 0.66)
    np.testing.assert_allclose(found, share * -np.expm1([0.0, -1.0, -3.0, -np.inf]), rtol=1e-12)
    assert pairing.paired(0.0 * one, T * one, times, 1e-29, 0.6, 5.7e11, 0.66).max() == 0.0
    assert share / (1.0 - share) == pytest.approx(1e22 * 1e-29 * np.exp(0.6 / (K_B_EV * T)), rel=1e-12)


def test_boron_oxygen_leaves_the_lifetime_it_was_measured_by():
    doping = np.array([1e21, 1e22])
    measured = boron_oxygen.degraded_lifetimes(doping, np.full(2, 7e23))
    assert measured[0] / measured[1] == pytest.approx(10.0**0.824, rel=1e-12)
    levels = centre(level(0.41, 1e-13, 1e-14, 1.0))
    with np.errstate(divide="ignore"):
        density = boron_oxygen.densities(measured, doping, levels)
    one = np.ones(2)
    n_i = boron_oxygen.NI_MEASURED
    with np.errstate(divide="ignore"):
        found = capture.lifetimes(0.1 * doping, n_i**2 / doping, doping, T * one, n_i * one, density, levels)
    np.testing.assert_allclose(found, measured, rtol=1e-12)
