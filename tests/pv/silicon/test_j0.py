"""J0 and the way it was measured: analyses of lifetime curves, and cells that take what each returns."""

import numpy as np
import pytest
from scipy.optimize import brentq

import energymodels as em
from energymodels.core.errors import InputError
from energymodels.pv import silicon

Q, KT = 1.602176634e-19, 8.617333262e-5 * 298.15  # C, eV
WAFER = {"wafer.type": "n", "wafer.doping": 5e15, "wafer.thickness": 180.0, "wafer.tau": 10e-3}


def curve(doping, kind, thickness, j0, tau, window):
    """Return (excess densities, effective lifetimes) of a wafer with mid-gap defects and two faces of ``j0``
    together.
    """
    dn = np.linspace(*window, 41)
    return dn, silicon.lifetime(dn, doping, kind, [(tau, tau, 0.0)], surfaces=(j0, thickness))["effective"]


def v_oc(wafer, **side):
    """Return V_oc, V, with the same fields on both sides."""
    return float(
        em.run(
            "pv.cell", wafer | {f"{name}.{k}": v for name in ("front", "rear") for k, v in side.items()}
        ).v_oc
    )


def test_the_wafer_and_its_own_lifetimes():
    """J0 50 + 50: 687.4 mV.

    Kane and Swanson's slope at 8.6e9 is 80; put back as if it were J0 it moves V_oc by 7 mV.
    """
    true = v_oc(WAFER, j0=50.0)
    assert true == pytest.approx(0.6874, abs=5e-5)
    window = (1e16, 1.5e16)
    found = silicon.j0_kane_swanson(*curve(5e15, "n", 180.0, 100.0, 10e-3, window), 5e15, "n", 180.0, window)
    assert found.j0 == pytest.approx(80.0, abs=0.1)
    assert v_oc(WAFER, j0=found.j0 / 2.0, j0_n_i=8.6e9) - true == pytest.approx(7e-3, abs=1e-4)
    named = {"j0_convention": "kane-swanson", "j0_n_i": 8.6e9, "j0_injection": found.injection}
    assert v_oc(WAFER, j0=found.j0 / 2.0, **named) == pytest.approx(true, abs=1e-4)


@pytest.mark.parametrize(("doping", "kind"), [(1e15, "n"), (5e15, "n"), (1.5e15, "p"), (1e16, "p")])
@pytest.mark.parametrize("window", [(5e15, 1.5e16), (1e16, 3e16)])
@pytest.mark.parametrize("n_i", [8.6e9, 9.65e9])
def test_a_slope_goes_back_into_the_cell(doping, kind, window, n_i):
    """Whatever the wafer, the fit and the n_i of the analysis: V_oc within 0.2 mV, and with Kimmerle's J0,
    which needs no n_i.
    """
    wafer = WAFER | {"wafer.type": kind, "wafer.doping": doping}
    dn, tau = curve(doping, kind, 180.0, 60.0, 10e-3, window)
    true = v_oc(wafer, j0=30.0)
    slope = silicon.j0_kane_swanson(dn, tau, doping, kind, 180.0, window, n_i)
    named = {"j0_convention": "kane-swanson", "j0_n_i": n_i, "j0_injection": slope.injection}
    assert v_oc(wafer, j0=slope.j0 / 2.0, **named) == pytest.approx(true, abs=2e-4)
    narrowed = silicon.j0_kimmerle(dn, tau, doping, kind, 180.0, window, diffusion=False)
    assert v_oc(wafer, j0=narrowed.j0 / 2.0) == pytest.approx(true, abs=2e-4)


def test_conversion_is_the_slope_of_the_narrowed_line():
    """J_front = J0 (exp(V/kT) - 1), J0 the stated one times (n_i/8.6e9)^2 over d/d(dn) of (n0 + p0 + dn)
    exp(-narrowing/kT).
    """
    given = {
        "front.j0": 40.0,
        "front.j0_n_i": 8.6e9,
        "front.j0_convention": "kane-swanson",
        "front.j0_injection": 8e15,
    }
    found = em.run("pv.cell", WAFER | given)
    n0, p0 = silicon.equilibrium(5e15, "n")

    def line(dn):
        return (n0 + p0 + dn) * np.exp(-silicon.band_gap_narrowing(n0 + dn, p0 + dn, 5e15) / KT)

    h = 1e12
    slope = (line(8e15 + h) - line(8e15 - h)) / (2.0 * h)
    j0 = 40.0 * (silicon.intrinsic_density() / 8.6e9) ** 2 / slope
    assert 1.2 < 1.0 / slope < 1.5
    assert float(found.j_front_oc) * 1e12 / np.expm1(float(found.v_oc) / KT) == pytest.approx(j0, rel=1e-6)


def test_metal_and_temperature_follow_the_convention():
    """j0_metal is converted like j0; at another temperature of the analysis n_i and narrowing are those of
    that temperature.
    """
    stated = {"front.j0_n_i": 8.6e9, "front.j0_convention": "kane-swanson", "front.metal_fraction": 1.0}
    metal = em.run("pv.cell", WAFER | stated | {"front.j0_metal": 40.0})
    bare = em.run("pv.cell", WAFER | stated | {"front.metal_fraction": 0.0, "front.j0": 40.0})
    assert float(metal.v_oc) == pytest.approx(float(bare.v_oc), rel=1e-12)
    warm = em.run("pv.cell", WAFER | stated | {"front.j0_metal": 40.0, "front.j0_temperature": 303.15})
    assert 1e-6 < abs(float(warm.v_oc) - float(metal.v_oc)) < 2e-4  # the same n_i: only the narrowing moves


def test_kane_and_swanson_of_a_straight_line():
    dn = np.linspace(3e15, 2e16, 30)
    intrinsic = silicon.lifetime(dn, 1e15, "p")["bulk"]
    rate = 1.0 / 2e-3 + 25e-15 * (1e15 + dn) / (Q * 8.6e9**2 * 160e-4)
    found = silicon.j0_kane_swanson(dn, 1.0 / (1.0 / intrinsic + rate), 1e15, "p", 160.0, (3e15, 2e16))
    assert found.j0 == pytest.approx(25.0, rel=1e-9)
    assert found.tau_srh == pytest.approx(2e-3, rel=1e-9)
    assert found.injection == pytest.approx(1.15e16)


@pytest.mark.parametrize("j0", [5.0, 200.0, 5000.0])
def test_kimmerle_with_carriers_that_diffuse(j0):
    """tau_s of two equal faces solves S = sqrt(D/tau_s) tan(W/2/sqrt(D tau_s)), S = q n_ie^2-weighted J0:
    here by a root finder.
    """
    doping, width = 8e15, 170e-4
    dn = np.linspace(4e15, 1.6e16, 25)
    boost = silicon.radiative_rate(dn, doping, "n") / (
        silicon.radiative_coefficient() * silicon.intrinsic_density() ** 2
    )
    n, p = doping + dn, dn
    mu_e, mu_h = silicon.mobility(n, p, doping, 0.0)
    D = KT * (n + p) * mu_e * mu_h / (n * mu_e + p * mu_h)
    speed = 0.5 * j0 * 1e-15 * boost / (Q * dn)  # of each face

    def slow(S, D):
        def off(log):
            z = 0.5 * width / np.sqrt(D * np.exp(log))
            return np.sqrt(D / np.exp(log)) * np.tan(z) - S

        return np.exp(brentq(off, np.log(width**2 / (np.pi**2 * D)) + 1e-9, 20.0, xtol=1e-13))

    taus = np.array([slow(*pair) for pair in zip(speed, D, strict=True)])
    rate = 1.0 / silicon.lifetime(dn, doping, "n")["bulk"] + 1.0 / 3e-3 + 1.0 / taus
    found = silicon.j0_kimmerle(dn, 1.0 / rate, doping, "n", 170.0, (4e15, 1.6e16))
    assert found.j0 == pytest.approx(j0, rel=1e-5)
    assert found.tau_srh == pytest.approx(3e-3, rel=1e-4 * max(1.0, j0 / 5.0))
    flat = silicon.j0_kimmerle(dn, 1.0 / rate, doping, "n", 170.0, (4e15, 1.6e16), diffusion=False)
    assert flat.j0 < found.j0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: em.run("pv.cell", {"front.j0": 5.0, "front.j0_convention": "kane-swanson"}),
            "front.j0_n_i.*needed.*8.6e9",
        ),
        (lambda: em.run("pv.cell", {"front.j0_convention": "sinton"}), "narrowed"),
        (lambda: em.run("pv.cell", {"front.j0_injection": 1e10}), "cm-3"),
        (lambda: silicon.j0_kane_swanson([1e16], [1e-3], 1e15, "n", 180.0, (1e15, 1e17)), "window.*three"),
        (
            lambda: silicon.j0_kane_swanson([1e15, 1e16], [1e-3], 1e15, "n", 180.0, (1e15, 1e17)),
            "as many as dn",
        ),
        (
            lambda: silicon.j0_kimmerle(
                [1e15, 5e15, 1e16], [1e-3, 0.0, 1e-3], 1e15, "n", 180.0, (1e15, 1e17)
            ),
            "lifetime = 0.0 s",
        ),
        (
            lambda: silicon.j0_kimmerle([1e15, 5e15, 1e16], [1e-3] * 3, 1e15, "n", 0.0, (1e15, 1e17)),
            "thickness = 0.0 um",
        ),
        (
            lambda: silicon.j0_kane_swanson(
                [1e15, 5e15, 1e16], [1e-3] * 3, 1e15, "n", 180.0, (1e15, 1e17), 0.0
            ),
            "n_i = 0.0 cm-3",
        ),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
