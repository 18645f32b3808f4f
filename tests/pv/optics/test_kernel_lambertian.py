"""Absorption of a slab that scatters: its limits, and the currents of one that lets nothing through."""

import numpy as np
import pytest
from scipy.constants import c, e, h

from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.pv.optics import lambertian


@pytest.mark.parametrize("n", [1.5, 3.6])
def test_weak_absorption_is_enhanced_by_4_n_squared(n):
    """Yablonovitch's limit."""
    for depth in (1e-9, 1e-7):
        share = lambertian.absorptance(depth / 1e-4, n, 1e-4)
        assert share == pytest.approx(4.0 * n * n * depth, rel=1e-3)


def test_strong_absorption_is_complete_and_more_is_more():
    depths = np.geomspace(1e-9, 50.0, 40)
    shares = np.array([lambertian.absorptance(d / 1e-4, 3.6, 1e-4) for d in depths])
    assert (np.diff(shares) >= 0.0).all()
    assert shares[-1] == pytest.approx(1.0, abs=1e-12)


def test_currents_of_an_opaque_slab():
    """Every photon gives an electron; emission is that of a black body into a hemisphere."""
    nk = np.array([[200.0, 3.6, 5.0], [5000.0, 3.6, 5.0]])
    light = np.linspace(300.0, 1100.0, 2001)
    spectrum = np.column_stack([light, np.full(light.size, 0.5)])
    energies = np.linspace(1.0, 2.5, 4001)
    generation, emission = lambertian.tabulate(
        np.array([300.0]), np.array([1e-3]), nk, 300.0, spectrum, energies
    )
    photons = np.trapezoid(0.5 * light * 1e-9 / (h * c), light)
    assert generation[0, 0] == pytest.approx(e * photons, rel=1e-6)
    black = 2.0 * np.pi * e * (e / h) ** 3 / c**2 * energies**2 * np.exp(-energies / (K_B_EV * 300.0))
    assert emission[0, 0] == pytest.approx(np.log(np.trapezoid(black, energies)), abs=1e-6)


def test_nothing_absorbs_beyond_the_last_row():
    nk = np.array([[300.0, 3.6, 1e-3], [1000.0, 3.6, 1e-4]])
    light = np.linspace(1100.0, 1200.0, 11)
    spectrum = np.column_stack([light, np.ones(light.size)])
    energies = np.linspace(1.1, 1.5, 101)
    generation, _ = lambertian.tabulate(np.array([300.0]), np.array([1e-4]), nk, 300.0, spectrum, energies)
    assert generation[0, 0] < 1e-20
