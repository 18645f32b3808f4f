"""What the electrochemical models get of a design."""

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets
from energymodels.battery.cell.fields import BatterySpec
from energymodels.battery.design.geometry import design_columns, design_fields, electrochemical
from energymodels.battery.design.materials import NEGATIVES, POSITIVES
from energymodels.core.errors import InputError
from energymodels.core.schema import schema
from energymodels.core.spec import bundled

DESIGNS = [name for name in bundled() if name.startswith("design-")]


@pytest.mark.parametrize("spec", DESIGNS)
def test_fields_are_those_of_the_electrochemical_models(spec):
    fields, infos = electrochemical(design_columns(spec)), schema(BatterySpec)
    assert {f"{side}.{name}" for side in ("negative", "positive")
            for name in ("thickness", "porosity", "active_fraction",
            "collector_thickness")} <= fields.keys()  # fmt: skip
    metal = design_fields(spec)["negative.material"] == "lithium"
    for path, value in fields.items():
        assert np.shape(value) == (), path
        if not (metal and path.startswith("negative.")):  # a foil is no porous electrode
            assert infos[path].holds(float(value)), path


@pytest.mark.parametrize("spec", DESIGNS)
def test_capacity_from_the_volume_of_active_material(spec):
    """Height x width x pairs x thickness x volume fraction x true density x specific capacity x utilisation
    of the positive.
    """
    fields, found = electrochemical(design_columns(spec)), em.run(spec)
    given = design_fields(spec)
    entry = datasets.table(f"battery/design/{given['positive.material']}")
    density = given.get("positive.active_density", entry["density"]["value"])  # g cm-3
    specific = given.get("positive.specific_capacity", entry["specific_capacity"]["value"])  # mA h g-1
    area = fields["cell.electrode_height"] * fields["cell.electrode_width"] * fields["cell.electrode_pairs"]
    # g
    active = area * fields["positive.thickness"] * 1e-6 * fields["positive.active_fraction"] * density * 1e6
    utilisation = found.usable_areal_capacity / found.areal_capacity
    assert active * specific * 1e-3 * utilisation == pytest.approx(float(found.capacity), rel=1e-12)
    assert fields["cell.nominal_capacity"] == pytest.approx(float(found.capacity), rel=1e-13)
    assert area == pytest.approx(float(found.electrode_area), rel=1e-13)


def test_same_numbers_as_the_model():
    fields, found = electrochemical(design_columns("design-blade-135")), em.run("design-blade-135")
    for path, name, factor in (
        ("positive.thickness", "thickness_positive", 1.0),
        ("negative.thickness", "thickness_negative", 1.0),
        ("positive.porosity", "porosity_positive", 1.0),
        ("negative.active_fraction", "active_fraction_negative", 1.0),
        ("cell.volume", "volume", 1e-3),
        ("cell.cooling_area", "cooling_area", 1.0),
        ("cell.heat_capacity", "heat_capacity", 1.0),
    ):
        assert fields[path] == pytest.approx(factor * float(found[name]), rel=1e-14), path
    assert fields["separator.thickness"] == 12.0
    assert fields["negative.collector_thickness"] == 10.0
    assert fields["cell.volume"] == pytest.approx(0.965 * 0.09 * 0.014, rel=1e-12)
    assert fields["cell.cooling_area"] == pytest.approx(
        2 * (0.965 * 0.09 + 0.965 * 0.014 + 0.09 * 0.014), rel=1e-12
    )


def test_columns_broadcast():
    columns = design_columns("design-blade-135", {"cell.fill": 0.9})
    columns["positive.areal_capacity"] = np.linspace(1.0, 4.0, 4).reshape(4, 1)
    columns["negative.thickness"] = np.array([60.0, 70.0, 80.0])
    columns["positive.material"] = np.array(POSITIVES.index("lmfp"))
    fields = electrochemical(columns)
    assert fields["positive.thickness"].shape == (4, 3)
    for i, areal in enumerate((1.0, 2.0, 3.0, 4.0)):
        one = {
            "cell.fill": 0.9,
            "positive.areal_capacity": areal,
            "negative.thickness": 70.0,
            "positive.material": "lmfp",
        }
        alone = electrochemical(design_columns("design-blade-135", one))
        for path, value in alone.items():
            assert np.broadcast_to(fields[path], (4, 3))[i, 1] == value, path


def test_many_designs_in_parts():
    columns = design_columns("battery.design") | {"positive.areal_capacity": np.linspace(1.0, 4.0, 40001)}
    thickness = electrochemical(columns)["positive.thickness"]
    np.testing.assert_allclose(
        thickness, columns["positive.areal_capacity"] * thickness[-1] / 4.0, rtol=1e-12
    )


def test_a_design_that_does_not_fit_is_nan():
    fields = electrochemical(
        design_columns("design-blade-135") | {"positive.areal_capacity": np.array([2.0, 20.0])}
    )
    assert np.isfinite(fields["positive.thickness"]).tolist() == [True, False]
    assert np.isfinite(fields["cell.nominal_capacity"]).tolist() == [True, False]


def test_only_designs_have_columns():
    with pytest.raises(InputError, match=r"pv\.cell"):
        design_columns("industrial-perc-2023")
    with pytest.raises(InputError, match="did you mean"):
        design_columns("design-blade-13")
    with pytest.raises(InputError, match=r"positive\.porosity"):
        design_columns("design-blade-135", {"positive.porosity": 2.0})


def test_labels_are_in_the_order_of_the_materials():
    from energymodels.battery.design.fields import DesignSpec

    infos = schema(DesignSpec)
    assert infos["positive.material"].labels == POSITIVES
    assert infos["negative.material"].labels == NEGATIVES
    assert infos["cell.format"].labels[3] == "cylindrical"
