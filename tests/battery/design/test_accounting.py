"""Closed forms: masses, volumes, the lithium of the first cycle, limits, and another author's cell model."""

from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core import config

import energymodels as em
from energymodels.battery.design.materials import NEGATIVES, POSITIVES
from energymodels.battery.design.results import COMPONENTS
from energymodels.core.spec import bundled

DESIGNS = [name for name in bundled() if name.startswith("design-")]
FAST = config.DISABLE_JIT


@pytest.mark.parametrize("spec", DESIGNS)
def test_masses_sum_up(spec, design):
    found = design(spec)
    assert sum(found["component"].values()) == pytest.approx(found["mass"], rel=1e-13)
    assert list(found["component"]) == list(COMPONENTS)
    assert min(found["component"].values()) >= 0.0
    assert found["specific_energy"] == pytest.approx(1e3 * found["energy"] / found["mass"], rel=1e-13)
    assert found["energy"] == pytest.approx(found["capacity"] * found["voltage"], rel=1e-13)
    assert found["energy_density"] == pytest.approx(found["energy"] / found["volume"], rel=1e-13)
    liquid = found["component"]["electrolyte"]
    assert found["electrolyte_per_capacity"] == pytest.approx(liquid / found["capacity"], rel=1e-13)


@pytest.mark.parametrize("spec", DESIGNS)
def test_volumes_sum_up(spec, design):
    """The layers by their masses and densities fill the volume of the stack; plated metal comes on top."""
    found, fields = design(spec), em.load(spec).checked()
    mass = found["component"]
    volume = (
        mass["positive coating"] / found["density_positive"]
        + mass["negative coating"] / found["density_negative"]
    )
    volume += sum(
        1e3 * mass[f"{side} foil"] / fields[f"{side}.collector_density"] for side in ("positive", "negative")
    )
    volume += mass["separator"] / ((1.0 - fields["separator.porosity"]) * fields["separator.solid_density"])
    if fields["negative.material"] == "lithium":
        plated = found["first_charge"] - found["charge_consumed"]
        volume += plated * found["electrode_area"] * 1e4 / (3861.0 * 0.534)
    assert found["stack_volume"] == pytest.approx(1e-3 * volume, rel=1e-12)
    assert found["dead_volume"] == pytest.approx(1.0 - found["stack_volume"] / found["volume"], abs=1e-13)


@pytest.mark.parametrize("spec", DESIGNS)
def test_first_charge_is_accounted_for(spec, design):
    found = design(spec)
    parts = found["usable_areal_capacity"] + found["charge_consumed"] + found["charge_stranded"]
    assert parts == pytest.approx(found["first_charge"], rel=1e-13)
    assert found["first_cycle_efficiency"] == pytest.approx(
        found["usable_areal_capacity"] / found["first_charge"], rel=1e-13
    )
    assert found["capacity"] == pytest.approx(
        10.0 * found["usable_areal_capacity"] * found["electrode_area"], rel=1e-13
    )


@given(st.floats(0.7, 1.0), st.floats(0.7, 1.0), st.floats(0.5, 1.5), st.floats(0.0, 1.0))
def test_first_cycle(positive, negative, ratio, added):
    """Lithium by hand: the positive gives C/e_p, the negative keeps its loss, the positive takes back C at
    most.
    """
    given_up = 3.0 / positive
    lost = 3.0 * ratio * (1.0 / negative - 1.0) * (1.0 - added)
    found = em.run("battery.design", {
        "positive.first_cycle_efficiency": positive, "negative.first_cycle_efficiency": negative,
        "negative.np_ratio": ratio,
        "negative.prelithiation": added,
    })  # fmt: skip
    held = min(given_up - lost, 3.0 * ratio)
    assert found.status == 0
    assert found.usable_areal_capacity == pytest.approx(min(held, 3.0), rel=1e-12)
    assert found.charge_consumed == pytest.approx(lost, rel=1e-12, abs=1e-15)
    assert found.charge_stranded == pytest.approx(max(held - 3.0, 0.0), abs=1e-12)


@pytest.mark.parametrize(
    ("reserve", "usable"), [(0.0, 0.97 / 0.98 * 3.0), (0.005, (0.97 / 0.98 + 0.005) * 3.0), (1.0, 3.0)]
)
def test_lithium_metal(reserve, usable, design):
    """Anode-free, a scant reserve, and enough of it; the foil and what is plated make up the thickness of the
    charged cell.
    """
    found = design(
        negative__material="lithium",
        negative__np_ratio=reserve,
        negative__first_cycle_efficiency=0.97,
        positive__first_cycle_efficiency=0.98,
    )
    assert found["usable_areal_capacity"] == pytest.approx(usable, rel=1e-12)
    micrometres = 1e4 / (3861.0 * 0.534)  # per mA h cm-2
    assert found["thickness_negative"] == pytest.approx(
        3.0 * (reserve + 0.97 / 0.98) * micrometres, rel=1e-12
    )
    assert found["porosity_negative"] == 0.0


def test_theory_cap(design):
    """Active materials alone: LiFePO4 of 170 and graphite of 372 mA h g-1 at 3.2 V give 373 W h kg-1."""
    parts = (
        "positive__collector_thickness", "negative__collector_thickness", "separator__areal_mass",
        "electrolyte__filling",
        "housing__mass_fraction", "cell__overhang", "cell__separator_overhang",
    )  # fmt: skip
    bare = dict.fromkeys(parts, 0.0)
    perfect = {
        f"{s}__{k}": 1.0
        for s in ("positive", "negative")
        for k in ("active_mass_fraction", "first_cycle_efficiency")
    }
    found = design(
        positive__specific_capacity=170,
        negative__specific_capacity=372,
        negative__np_ratio=1.0,
        mean_voltage=3.2,
        **bare,
        **perfect,
    )
    assert found["specific_energy"] == pytest.approx(3.2 / (1.0 / 170.0 + 1.0 / 372.0), rel=1e-12)
    assert found["specific_energy"] == pytest.approx(373.0, abs=1.0)


def test_pouch_of_another_author(design):
    """M. J.

    Lacey's notebooks (``cellmodels``): 35 sheets of 30 x 10 cm, 64.4 A h of 0.93 of 3.3 mA h cm-2; 257.2 W h
    kg-1 with 8.3 either way and 925 g with 26, for LFP 208.1 W h kg-1 with 7.0 and 993 g with 30; no
    overhang, a seam of 1 cm.
    """
    lithium = 1.0 / (1.0 + 0.07 / 1.1)
    common = {
        "positive__areal_capacity": 3.3, "positive__active_mass_fraction": 0.95,
        "positive__first_cycle_efficiency": 1.0,
        "positive__collector_thickness": 14, "negative__specific_capacity": 344,
        "negative__coating_density": 1.6,
        "negative__active_mass_fraction": 0.965, "negative__first_cycle_efficiency": lithium,
        "negative__collector_thickness": 8,
        "electrolyte__mass_per_capacity": 1.7 * 1.25, "housing__laminate_mass": 0.0113 * 1.8e3,
        "housing__seam": 10,
        "housing__terminals_mass": 16, "cell__format": "pouch", "cell__positive_sheets": 35,
        "cell__electrode_height": 0.1,
        "cell__electrode_width": 0.3, "cell__overhang": 0, "cell__separator_overhang": 0,
    }  # fmt: skip
    nmc = design(
        positive__material="nmc811", positive__coating_density=3.5, positive__specific_capacity=195, **common
    )
    assert nmc["capacity"] == pytest.approx(64.4, abs=0.1)
    assert nmc["energy"] == pytest.approx(237.8, abs=0.5)
    assert nmc["mass"] == pytest.approx(925.0, abs=26.0)
    assert nmc["specific_energy"] == pytest.approx(257.2, abs=8.3)
    lfp = design(
        positive__coating_density=2.52,
        positive__specific_capacity=165,
        positive__potential=3.375,
        negative__potential=0.17,
        **common,
    )
    assert lfp["mass"] == pytest.approx(993.0, abs=30.0)
    assert lfp["specific_energy"] == pytest.approx(208.1, abs=7.0)
    assert lfp["thickness_positive"] == pytest.approx(83.5, abs=5.4)


def test_winding_of_another_author(design):
    """``cell-size-incidents``: a can of 46 x 80 mm with 0.6 mm of wall, a core of 3 mm and 6 mm of headspace
    holds 2488 cm2 of each side of a cathode of 5.4 mA h cm-2, 85.7 um; this one has no loss by the curvature.
    """
    found = design(
        positive__material="nmc811", positive__areal_capacity=5.4, positive__active_mass_fraction=0.95,
        positive__coating_density=3.4, positive__collector_thickness=14, negative__specific_capacity=344,
        negative__coating_density=1.6, negative__collector_thickness=8, cell__format="cylindrical",
        cell__diameter=46,
        cell__height=80, cell__core_diameter=3, cell__fill=1, cell__room_height=6, cell__overhang=0,
        cell__separator_overhang=0, housing__wall_thickness=0.6, housing__density=7.9,
    )  # fmt: skip
    assert found["thickness_positive"] == pytest.approx(85.73, abs=0.01)
    assert found["sheet_length"] * found["electrode_height"] == pytest.approx(0.2488, rel=0.05)


def test_winding_fills_the_can(design):
    """The length of the spiral times its thickness is the ring between core and can."""
    values = {
        "cell__format": "cylindrical",
        "cell__diameter": 46,
        "cell__height": 80,
        "cell__core_diameter": 4,
        "housing__wall_thickness": 0.5,
    }
    found = design(**values, cell__fill=1)
    double = 2.0 * (found["thickness_positive"] + found["thickness_negative"] + 12.0) + 12.0 + 6.0
    assert found["sheet_length"] * double * 1e-6 == pytest.approx(
        0.25e-6 * pi * (45.0**2 - 4.0**2), rel=1e-12
    )
    assert found["stack_thickness"] == pytest.approx(45.0, rel=1e-12)
    again = design(**values, cell__capacity=found["capacity"])
    assert again["sheet_length"] == pytest.approx(found["sheet_length"], rel=1e-12)
    assert again["mass"] == pytest.approx(found["mass"], rel=1e-12)


def test_every_way_to_say_how_much(design):
    """Sheets, pairs, length, capacity, and share of the thickness of the same stack agree."""
    box = {
        "cell__length": 200.0,
        "cell__height": 100.0,
        "cell__thickness": 30.0,
        "housing__wall_thickness": 1.0,
    }
    one = design(**box, cell__positive_sheets=60)
    assert one["electrode_pairs"] == 120.0
    for other in (
        {"cell__electrode_pairs": 120},
        {"cell__positive_length": one["sheet_length"]},
        {"cell__capacity": one["capacity"]},
        {"cell__fill": one["stack_thickness"] / 28.0},
    ):
        found = design(**box, **other)
        for name in ("capacity", "mass", "stack_thickness", "dead_volume", "heat_capacity"):
            assert found[name] == pytest.approx(one[name], rel=1e-12), (other, name)
    assert one["electrode_height"] == pytest.approx(0.1 - 0.002 - 0.004, rel=1e-12)
    assert one["electrode_width"] == pytest.approx(0.2 - 0.002 - 0.004, rel=1e-12)
    assert one["component"]["housing"] == pytest.approx((600.0 - 19.8 * 9.8 * 2.8) * 2.7, rel=1e-12)


def test_every_way_to_say_how_thick(design):
    one = design(positive__areal_capacity=3.5, positive__porosity=0.33)
    for other in (
        {"positive__loading": one["loading_positive"], "positive__porosity": 0.33},
        {
            "positive__thickness": one["thickness_positive"],
            "positive__coating_density": one["density_positive"],
        },
        {
            "negative__thickness": one["thickness_negative"],
            "positive__areal_capacity": 3.5,
            "positive__porosity": 0.33,
        },
        {
            "negative__areal_capacity": 1.1 * 3.5,
            "positive__areal_capacity": 3.5,
            "positive__coating_density": one["density_positive"],
        },
    ):
        found = design(**other)
        assert found["specific_energy"] == pytest.approx(one["specific_energy"], rel=1e-12), other
        assert found["np_ratio"] == pytest.approx(1.1, rel=1e-12)


def test_extra_sheet(design):
    """One more negative sheet, coated on both sides and wrapped in separator, by hand."""
    values = {
        "cell__positive_sheets": 20,
        "cell__overhang": 0,
        "cell__separator_overhang": 0,
        "electrolyte__mass_per_capacity": 2,
    }
    one, more = design(**values), design(**values, cell__extra_negative_sheets=1)
    area = 0.1 * 0.2 * 1e4
    gained = {
        name: more["component"][name] - one["component"][name]
        for name in ("negative coating", "negative foil", "separator")
    }
    assert gained["negative coating"] == pytest.approx(2e-3 * area * one["loading_negative"], rel=1e-9)
    assert gained["negative foil"] == pytest.approx(area * 6e-4 * 8.96, rel=1e-9)
    assert gained["separator"] == pytest.approx(2.0 * area * 12e-4 * 0.56 * 1.18, rel=1e-9)
    assert more["capacity"] == one["capacity"]
    assert more["stack_thickness"] - one["stack_thickness"] == pytest.approx(
        1e-3 * (2.0 * (one["thickness_negative"] + 12.0) + 6.0), rel=1e-9
    )


def test_electrolyte_fills_the_pores(design):
    values = {"cell__overhang": 0, "cell__separator_overhang": 0}
    found = design(**values)
    depth = 0.3 * (found["thickness_positive"] + found["thickness_negative"]) + 0.44 * 12.0
    assert found["component"]["electrolyte"] == pytest.approx(
        found["electrode_area"] * depth * 1.2, rel=1e-12
    )
    assert design(**values, electrolyte__filling=1.5)["component"]["electrolyte"] == pytest.approx(
        1.5 * found["component"]["electrolyte"], rel=1e-12
    )


def test_heat_capacity_is_that_of_the_parts(design):
    found = design("design-blade-135")
    specific = (900.0, 750.0, 897.0, 385.0, 1900.0, 1600.0, 897.0, 897.0)
    total = sum(1e-3 * m * c for m, c in zip(found["component"].values(), specific, strict=True))
    assert found["heat_capacity"] == pytest.approx(total / (found["volume"] * 1e-3), rel=1e-12)
    assert 800.0 < total / found["mass"] * 1e3 < 1200.0  # J K-1 kg-1 of cells


@pytest.mark.parametrize("size", [1, 3 if FAST else 200])
def test_every_pair_of_materials(size):
    pairs = [(p, n) for p in POSITIVES for n in NEGATIVES if (p == "na-layered") == (n == "hard-carbon")]
    areal = np.linspace(1.0, 6.0, size)
    for positive, negative in pairs:
        ds = em.sweep(
            "battery.design",
            {"positive.areal_capacity": areal},
            {"positive.material": positive, "negative.material": negative},
        )
        assert (ds.status == 0).all()
        assert (np.diff(ds.specific_energy) > 0.0).all()  # thicker electrodes share foils and separator
