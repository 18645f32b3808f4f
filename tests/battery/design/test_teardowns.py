"""Designs against cells that were opened and weighed.

Inputs are the teardowns'; what these leave open is assumed and tagged so.
"""

import pytest

import energymodels as em
from energymodels.battery.design.geometry import design_fields

BTF0, BLADE, TESLA = "design-catl-btf0-161", "design-blade-135", "design-tesla-4680"
# what is not in the teardowns, over its plausible range (the notes of the specs)
OPEN = {
    BTF0: {"electrolyte.filling": (1.0, 1.3), "housing.wall_thickness": (0.6, 1.0),
    "housing.terminals_mass": (100.0, 200.0)},
    BLADE: {
        "electrolyte.filling": (1.0, 1.3), "negative.coating_density": (1.4, 1.6),
        "housing.terminals_mass": (50.0, 120.0),
        "positive.first_cycle_efficiency": (0.96, 0.99), "negative.first_cycle_efficiency": (0.90, 0.94),
        "cell.electrode_height": (0.080, 0.084), "cell.electrode_width": (0.910, 0.935),
    },
    TESLA: {
        "electrolyte.filling": (1.0, 1.3), "negative.coating_density": (1.35, 1.6),
        "positive.coating_density": (3.3, 3.6),
        "housing.terminals_mass": (10.0, 20.0), "cell.electrode_height": (0.065, 0.071),
        "cell.fill": (0.95, 1.0),
    },
}  # fmt: skip


def spread(spec, output):
    """Return lowest and highest of an output as each open input goes over its range alone."""
    found = [float(em.run(spec)[output])]
    for path, ends in OPEN[spec].items():
        ds = em.sweep(spec, {path: list(ends)}, keep=[output])
        assert (ds.status == 0).all(), path
        found += ds[output].values.tolist()
    return min(found), max(found)


def test_open_inputs_are_tagged_assumed():
    for spec, inputs in OPEN.items():
        provenance = em.load(spec).provenance
        for path in inputs:
            assert provenance.get(path, {"method": "recalled"})["method"] in ("assumed", "recalled"), path


def test_blade(design):
    """135 A h, 432 W h, 2.7 kg with 0.3 either way, 160 W h kg-1, 355 W h L-1; 70 um of positive coating."""
    found = design(BLADE)
    assert found["specific_energy"] == pytest.approx(160.0, rel=0.1)
    assert found["energy_density"] == pytest.approx(355.0, rel=0.1)
    assert found["mass"] == pytest.approx(2700.0, abs=300.0)
    assert found["volume"] == pytest.approx(1.216, rel=1e-3)
    assert found["capacity"] == pytest.approx(135.0, rel=0.1)
    assert found["thickness_positive"] == pytest.approx(70.0, rel=0.1)
    assert 0.15 < found["dead_volume"] < 0.35


def test_blade_capacity_is_between_the_two_readings_of_its_areal_capacity(design):
    """2.393 mA h cm-2 may be of the coating, or what the cell's capacity comes to on the sheets: 76 sides of
    assumed size.
    """
    fields = design_fields(BLADE)
    as_of_cell = 2 * 38 * fields["cell.electrode_height"] * fields["cell.electrode_width"] * 2.393 * 10.0
    assert design(BLADE)["capacity"] < 135.0 < as_of_cell


def test_tesla_4680(design):
    """23.125 A h, 85.56 W h, 355 g, 241 W h kg-1, 643 W h L-1; another cell 232.5 W h kg-1, 622.4 W h L-1
    (``ank2023``).
    """
    found = design(TESLA)
    assert found["specific_energy"] == pytest.approx(241.0, rel=0.1)
    assert found["specific_energy"] == pytest.approx(232.5, rel=0.1)
    assert found["energy_density"] == pytest.approx(643.0, rel=0.1)
    assert found["mass"] == pytest.approx(355.0, rel=0.1)
    assert found["capacity"] == pytest.approx(23.125, rel=0.1)
    assert found["volume"] == pytest.approx(0.133, rel=1e-3)
    assert found["thickness_positive"] == pytest.approx(75.0, rel=0.1)
    assert 0.1 < found["dead_volume"] < 0.3


@pytest.mark.parametrize(("spec", "measured", "width"), [(BLADE, 160.0, 0.13), (TESLA, 241.0, 0.11)])
def test_specific_energy_is_within_the_spread_of_what_is_open(spec, measured, width):
    low, high = spread(spec, "specific_energy")
    assert low < measured < high or min(abs(low - measured), abs(high - measured)) < 0.02 * measured
    assert high - low < width * measured


def test_btf0_volume(design):
    """The capacity is the measured one, so energy per outer volume follows from the dimensions alone."""
    found = design(BTF0)
    assert found["capacity"] == pytest.approx(161.5, rel=1e-12)
    assert found["energy_density"] == pytest.approx(356.0, rel=0.01)
    assert 2.0 * found["thickness_positive"] + 12.0 == pytest.approx(200.0, abs=2.0)
    assert 2.0 * found["thickness_negative"] + 5.0 == pytest.approx(148.0, abs=2.0)
    assert found["porosity_positive"] == pytest.approx(0.32, abs=0.02)
    assert found["porosity_negative"] == pytest.approx(0.32, abs=0.02)


@pytest.mark.xfail(
    strict=True,
    reason="open conflict between the teardown's areal capacity and the cell's: 191 for 166 W h kg-1",
)
def test_btf0_specific_energy(design):
    assert design(BTF0)["specific_energy"] == pytest.approx(166.0, rel=0.1)


def test_btf0_conflict(design):
    """With the stated 22.0 m for each winding (2 %) mass and packing close, and the charge is too much by 26
    % before the first cycle and 17 % after; with the measured capacity mass is missing.
    """
    lengths, capacity = design(BTF0, cell__positive_length=44.0), design(BTF0)
    assert lengths["mass"] == pytest.approx(3100.0, rel=0.03)
    assert lengths["stack_thickness"] == pytest.approx(63.0 - 1.6, abs=2.0)
    assert lengths["electrode_area"] * 34.4 == pytest.approx(1.26 * 161.5, rel=0.01)
    assert lengths["capacity"] == pytest.approx(1.17 * 161.5, rel=0.02)
    assert capacity["mass"] < 0.9 * 3100.0
    assert capacity["sheet_length"] == pytest.approx(44.0 / 1.17, rel=0.02)
    low, high = spread(BTF0, "specific_energy")
    assert 1.1 * 166.0 < low < high < 1.2 * 166.0


# What claims ask for


def test_sodium_reaches_its_claim_in_an_ordinary_build_only(design):
    spec = "design-sodium-160"
    assert design(spec)["specific_energy"] > 160.0
    assert (
        design(spec, positive__specific_capacity=140, housing__mass_fraction=0.14)["specific_energy"] < 160.0
    )
    assert design(spec, positive__specific_capacity=160)["specific_energy"] < 175.0


def test_qilin_needs_nothing_unusual(design):
    """A pack of 255 W h kg-1 with 0.80 to 0.85 of its mass in cells needs 300 to 319; measured with graphite:
    241 to 268.
    """
    spec = "design-qilin-nmc811"
    assert design(spec)["specific_energy"] > 255.0 / 0.80
    graphite = {"negative__material": "graphite", "negative__specific_capacity": 354}
    assert 268.0 < design(spec, **graphite)["specific_energy"] < 255.0 / 0.80


def test_semisolid_needs_all_at_once(design):
    spec = "design-semisolid-360"
    less = {
        "positive__areal_capacity": 5.0,
        "negative__specific_capacity": 600,
        "electrolyte__mass_per_capacity": 1.8,
    }
    assert design(spec, **less)["specific_energy"] < 360.0 < design(spec)["specific_energy"] < 400.0


def test_shenxing_plus_needs_something_unusual(design):
    """A pack of 205 W h kg-1 with 0.85 to 0.90 of its mass in cells needs 228 to 241."""
    spec = "design-shenxing-plus"
    low, high = 205.0 / 0.90, 205.0 / 0.85
    assert design(spec)["specific_energy"] < low
    assert design(spec, positive__areal_capacity=4.5, positive__coating_density=2.65)["specific_energy"] < low
    assert low < design(spec, negative__prelithiation=1)["specific_energy"] < high
    dense = {
        "positive__areal_capacity": 4.5, "positive__coating_density": 2.65, "negative__prelithiation": 1,
        "positive__collector_thickness": 10, "housing__mass_fraction": 0.09,
    }  # fmt: skip
    assert low < design(spec, **dense)["specific_energy"] < high
    assert (
        design(spec, **dense, negative__material="silicon-graphite", negative__specific_capacity=450)[
            "specific_energy"
        ]
        > high
    )


def test_fast_charge_costs_energy(design):
    assert (
        design("design-shenxing-4c")["specific_energy"]
        < 0.85 * design("design-shenxing-plus")["specific_energy"]
    )


def test_lmfp_gains_what_is_said(design):
    """10 to 20 % more than LFP in the same build."""
    lfp = design("design-m3p-lmfp", positive__material="lfp", positive__coating_density=2.4)
    assert 1.10 < design("design-m3p-lmfp")["specific_energy"] / lfp["specific_energy"] < 1.20


def test_500_needs_lithium_metal_and_little_electrolyte(design):
    spec = "design-condensed-500"
    assert (
        design(spec, electrolyte__mass_per_capacity=2.0)["specific_energy"]
        < 500.0
        < design(spec)["specific_energy"]
    )
    usual = {
        "positive__areal_capacity": 5.0,
        "negative__np_ratio": 1.0,
        "electrolyte__mass_per_capacity": 2.4,
    }
    assert (
        design(spec, **usual, positive__collector_thickness=12, negative__collector_thickness=8)[
            "specific_energy"
        ]
        < 450.0
    )
    host = {
        "negative__material": "silicon-graphite",
        "negative__specific_capacity": 1000,
        "negative__np_ratio": 1.05,
    }
    assert design(spec, **host)["specific_energy"] < 500.0
