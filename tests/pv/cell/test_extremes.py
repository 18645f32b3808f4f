"""``pv.cell`` in the dark, in reverse, far beyond open circuit, and with fields that are legal and absurd:
closed forms.
"""

import numpy as np
import pytest

import energymodels as em
from energymodels.kernels import status
from energymodels.kernels.constants import Q


def curve(values, voltage):
    """Return the current density, mA cm-2, at each of a few voltages."""
    points = {"curve.points": 2, "curve.voltage_max": 10.0}
    return np.array(
        [em.run("pv.cell", values | points | {"curve.voltage_min": v}).j[0].item() for v in voltage]
    )


@pytest.mark.parametrize("values", [
    {"wafer.tau": 1e-40}, {"shunt_resistance": 1e-30}, {"irradiance": 1e-100},
    {"wafer.tau": 1e-30, "irradiance": 1e-60},
    {"shunt_resistance": 1e-20, "wafer.type": "p", "rear.j0": 100.0},
])  # fmt: skip
def test_a_cell_that_is_a_resistor(values):
    """So little voltage is left that all recombination is in proportion to it: half the voltage, half the
    current, a quarter.
    """
    found = em.run("pv.cell", values)
    assert found.status == 0
    assert found.fill_factor.item() == pytest.approx(25.0, rel=1e-9)
    assert found.v_mp.item() == pytest.approx(0.5 * found.v_oc.item(), rel=1e-5)
    assert found.j_mp.item() == pytest.approx(0.5 * found.j_sc.item(), rel=1e-5)


def test_voltage_of_absurd_losses():
    """The current through the shunt, or what a lifetime leaves of the carriers."""
    shunted, short = (
        em.run("pv.cell", {field: value})
        for field, value in (("shunt_resistance", 1e-30), ("wafer.tau", 1e-40))
    )
    assert shunted.v_oc == pytest.approx(1e-3 * shunted.j_sc.item() * 1e-30, rel=1e-9)
    left = 10.0 * short.j_sc.item() * 1e-40 / (Q * 150e-6)  # m-3
    assert short.excess_density_oc == pytest.approx(1e-6 * left, rel=1e-6)


def test_night_gives_nothing():
    """Hours without light are cases like others: 0 W, as in ``pv.diode``; what is a ratio to no current is
    absent.
    """
    ds = em.sweep(
        "pv.cell",
        {},
        {"series_resistance": 0.5, "rear.j0": 10.0},
        points={"irradiance": np.array([0.0, 1e-300, 500.0, 0.0])},
    )
    assert (ds.status == 0).all()
    assert (ds.v_mp * ds.j_mp > 0.0).values.tolist() == [False, False, True, False]
    for name in (
        "v_oc",
        "j_sc",
        "v_mp",
        "j_mp",
        "implied_v_oc",
        "excess_density_oc",
        "j_front_mp",
        "j_srh_oc",
    ):
        assert ds[name].values[[0, 1, 3]].tolist() == [0.0] * 3
    for name in ("fill_factor", "pseudo_fill_factor", "ideality_mp"):
        assert np.isfinite(ds[name]).values.tolist() == [False, False, True, False]
        assert ds[name].attrs["absent"] == "in the dark"
    bright = em.run("pv.cell", {"series_resistance": 0.5, "rear.j0": 10.0, "irradiance": 500.0})
    # next to the dark as by itself
    assert all(ds[name][2] == bright[name] for name in ("efficiency", "v_oc", "j_mp"))


def test_a_day_of_diodes_and_cells():
    light = np.array([0.0, 200.0, 900.0, 300.0, 0.0])
    cell = em.sweep("pv.cell", {"irradiance": light})
    diode = em.sweep(
        "pv.diode", {"photocurrent": 0.04 * light / 1000.0}, {"nNsVth": 0.0257, "saturation_current": 1e-13}
    )
    assert ((cell.v_mp * cell.j_mp).values == 0.0).tolist() == (diode.p_mp.values == 0.0).tolist()


@pytest.mark.parametrize("values", [
    {"wafer.tau": 1e-4}, {"wafer.type": "p", "rear.j0": 50.0, "shunt_resistance": 2000.0},
    {"wafer.metals.FeB": 1e11, "wafer.type": "p"},
    {"wafer.doping": 1e8, "wafer.tau": 1e-3, "temperature": 320.0},
])  # fmt: skip
def test_light_adds_to_the_dark_curve(values):
    """Without series resistance recombination follows from the voltage alone."""
    axis = {"curve.points": 37, "curve.voltage_min": -1.0, "curve.voltage_max": 0.8}
    ds = em.sweep("pv.cell", {"irradiance": "0,1000"}, values | axis)
    assert (ds.status == 0).all()
    dark, bright = ds.j.values
    np.testing.assert_allclose(
        bright - ds.j_generation.values[1], dark, rtol=1e-9, atol=1e-12 * ds.j_generation.values[1]
    )
    assert np.all(np.diff(dark) <= 1e-24)
    assert abs(dark[20]) < 1e-14  # at 0 V


def test_what_recombines_in_reverse():
    """J0 (exp(qV/kT) - 1) ends at -J0; so do the others, and a shunt is ohm's law."""
    j0, none = (curve({"rear.j0": j, "irradiance": 0.0}, [-0.02, -1.0]) for j in (100.0, 0.0))
    factor = -np.expm1(-0.02 * np.array([1.0, 50.0]) / (8.617333262e-5 * 298.15))
    np.testing.assert_allclose(j0 - none, 1e-10 * factor, rtol=1e-9)
    lit = em.run("pv.cell").j_generation.item()
    np.testing.assert_allclose(
        curve({"shunt_resistance": 500.0}, [-3.0, -50.0]), [lit + 6.0, lit + 100.0], rtol=1e-12
    )


@pytest.mark.parametrize("voltage", [-20.0, -0.9, -0.5, -0.43, 0.3, 0.9, 5.0])
@pytest.mark.parametrize(
    "values", [{"rear.j0": 20.0}, {"wafer.type": "p", "wafer.tau": 1e-5, "temperature": 400.0}]
)
def test_series_resistance_shifts_the_voltage(values, voltage):
    """On either side of where the light's current takes the inside through 0 V."""
    (with_series,) = curve(values | {"series_resistance": 10.0}, [voltage])
    inside = voltage + 10.0 * 1e-3 * with_series
    (without,) = curve(values, [inside])
    assert with_series == pytest.approx(without, rel=1e-8)


def test_far_beyond_open_circuit():
    """No number stands for a current that the model does not have; a series resistance keeps the inside where
    it has one.
    """
    axis = {"curve.points": 9, "curve.voltage_max": 10.0}
    ds = em.run("pv.cell", axis)
    assert ds.status == 0
    assert np.isfinite(ds.j).values.tolist() == [True] + [False] * 8
    assert "1e20 cm-3" in ds.j.attrs["absent"]
    with_series = em.run("pv.cell", axis | {"series_resistance": 0.5})
    assert np.all((with_series.j[2:] * -0.5e-3) > with_series.voltage[2:] - 1.1)
    assert np.all((with_series.j[2:] * -0.5e-3) < with_series.voltage[2:] - 0.7)


def test_what_cannot_be_found_has_a_status():
    """The voltage would be below every number; a curve that has none makes its case one without."""
    for values in ({"wafer.tau": 1e-320}, {"shunt_resistance": 1e-310}):
        assert em.run("pv.cell", values | {"curve.points": 5}).status != 0


def test_a_voltage_that_falls_with_injection_is_out_of_range():
    """Far beyond the range of gap narrowing a search ends where no cell can be: at a negative voltage."""
    values = {
        "wafer.resistivity": 1.0, "wafer.compensation": 1e20, "wafer.thickness": 42.1696002197613,
        "wafer.tau": 4.178305590259013e-39, "wafer.capture_ratio": 2.3232925783523152e-38,
        "front.metal_fraction": 8.847126941270969e-11, "front.j0_iron": 3.8885634918952277e-16,
        "shunt_resistance": 0.0007374458626081492, "intrinsic_density": "misiakos1993",
        "temperature": 392.62169806065464,
    }  # fmt: skip
    found = em.run("pv.cell", values)
    assert found.status == status.OUT_OF_RANGE
    assert np.isnan(found.efficiency)
    assert (
        em.run("pv.cell", values | {"shunt_resistance": np.inf, "wafer.compensation": 0.0}).status
        == status.OK
    )
