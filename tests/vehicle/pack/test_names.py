"""Names of the cell's fields in a car: unique, and the old ones still work and warn."""

import warnings

import pytest

import energymodels as em
from energymodels.battery.cell.model import FIDELITIES
from energymodels.claims import evaluate
from energymodels.core.axes import dim_name
from energymodels.core.errors import InputError, NoteWarning, RenamedWarning
from energymodels.core.registry import get_model
from energymodels.core.schema import schema
from energymodels.core.sweep import solve
from energymodels.vehicle.pack import cell

CARS = ("vehicle.drive", "vehicle.charge_stop")
OLD = {
    "cell.cell.voltage_max": "battery_cell.voltage_max",
    "cell.thermal": "battery_cell.thermal",
    "cell.negative.particle_radius": "battery_cell.negative.particle_radius",
    "cell.cell_design": "battery_cell.cell_design",
    "cell.design.cell.format": "battery_cell.design.cell.format",
}


@pytest.fixture
def warned():
    """Return a list of what is said of old names."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("ignore", NoteWarning)
        warnings.simplefilter("always", RenamedWarning)
        yield said


@pytest.mark.parametrize("fidelity", FIDELITIES[1:])
def test_no_two_fields_of_a_cell_have_one_name(fidelity):
    paths = list(get_model(fidelity).fields({cell.DESIGN: ""}))
    named = [cell.named(path) for path in paths]
    assert len(set(map(dim_name, named))) == len(paths)
    assert cell.of_cell(dict(zip(named, paths, strict=True))) == {
        path: path for path in paths if path not in cell.OF_PACK
    }


@pytest.mark.parametrize("model", CARS)
def test_every_field_of_a_cell_has_its_old_name(model, warned):
    car = get_model(model)
    brought = set(car.fields({"battery_cell.cell_design": ""})) - set(schema(car.spec))
    for path in get_model("battery.dfn").fields({cell.DESIGN: ""}):
        found = car.alias(f"cell.{path}")
        assert found == ((cell.named(path), "") if path not in cell.OF_PACK else None)
        assert found is None or found[0] in brought
    assert len(warned) == len(brought) > 150


@pytest.mark.parametrize(("old", "new"), OLD.items())
def test_an_old_name_is_warned_of(old, new):
    with pytest.warns(RenamedWarning, match=f"^{old} is now called {new};"):
        assert get_model("vehicle.drive").alias(old) == (new, "")


@pytest.mark.parametrize("name", ["cell.thicknes", "cell.protocol", "cell.", "cell", "pack.cell", "mass"])
def test_what_never_was_a_name_is_none(name, warned):
    assert get_model("vehicle.drive").alias(name) is None
    assert not warned


ORDER = ["cell.thermal", "cell.heat_transfer_coefficient", "cell.cell.voltage_max"]
FILES = {
    "old": "[cell]\nthermal = 'lumped'\nheat_transfer_coefficient = 5\n[cell.cell]\nvoltage_max = 3.6\n",
    "new": "[battery_cell]\nthermal = 'lumped'\nheat_transfer_coefficient = 5\nvoltage_max = 3.6\n",
}


def test_old_names_in_a_file(tmp_path, warned):
    found = {}
    for name, text in FILES.items():
        path = tmp_path / f"{name}.toml"
        path.write_text(f"model = 'vehicle.drive'\n{text}")
        found[name] = em.load(path).values
        assert [str(one.message).split()[0] for one in warned] == (ORDER if name == "old" else [])
        warned.clear()
    assert found["old"] == found["new"]
    assert "battery_cell.voltage_max" in found["old"]


def test_both_names_at_once(warned):
    with pytest.raises(InputError, match=r"battery_cell.thermal: given twice, as .* and as cell.thermal"):
        em.load("vehicle.drive").replace(
            {"battery_cell.thermal": "lumped", "cell.thermal": "lumped"}
        ).checked()


def test_sweeps_by_old_names(warned):
    """Axes carry the new name, the fields of a design that is swept too, and nothing else changes."""
    radius = "negative.particle_radius"
    values = {"cycles_max": 1.0, "time_step": 2.0}
    old, new = (
        em.sweep("vehicle.drive", {f"{lead}.{radius}": "3um,5um"}, values)
        for lead in ("cell", "battery_cell")
    )
    assert old.identical(new.assign_attrs(old.attrs))
    assert old.range.dims == ("battery_cell_negative_particle_radius",)
    swept = {"cell.cell_design": ["design-catl-btf0-161"]}
    designed = solve(
        "vehicle.drive",
        swept,
        values | {"pack.cell": "battery-lfp-18650"},
        points={"cell.design.positive.areal_capacity": [4.0]},
        keep=["pack_mass"],
    )
    assert designed.axes[0].dim == "battery_cell_cell_design"
    assert designed.values["pack_mass"].item() > 0.0


def test_a_figure_by_an_old_name(warned):
    values = {"cycles_max": 1.0, "time_step": 2.0}
    ds = em.sweep("vehicle.drive", {"battery_cell.negative.particle_radius": "3um,5um"}, values)
    for name in ("cell.negative.particle_radius", "battery_cell.negative.particle_radius"):
        (axes,) = em.plot(ds, name, "cell_voltage_min").axes
        assert axes.lines[0].get_xdata().tolist() == [3.0, 5.0]
    assert len(warned) == 1
    with pytest.raises(InputError, match=r"cell.negative.particle: unknown x; did you mean battery_cell"):
        em.plot(ds, "cell.negative.particle", "cell_voltage_min")


def test_the_command_line_warns_once(cli):
    done = cli("run", "vehicle.drive", "-p", "cycles_max=1", "-p", "cell.cell.voltage_max=3.6", "--json")
    assert done.stderr.count("cell.cell.voltage_max is now called battery_cell.voltage_max") == 1
    assert "battery_cell" not in cli("run", "vehicle.drive", "-p", "cycles_max=1", "--json").stderr
    shown = cli("describe", "vehicle.drive", "cell.limits")
    assert "battery_cell.limits.voltage" in shown.stdout
    assert "cell.limits is now called battery_cell.limits" in shown.stderr


CLAIM = """
[mine]
subject = "A car"
statement = "3000 kg"
by = "me"
date = ""
evidence = "claimed"
category = "density"
[mine.quantities]
pack_mass = { value = 3000, unit = "kg", method = "claimed", source = "unsourced" }
[mine.checks.mass]
spec = "vehicle.drive"
vary = { "cell.design.electrolyte.filling" = [1.1, 1.3] }
sets = "all"
output = "pack_mass"
quantity = "pack_mass"
[mine.checks.mass.set]
"pack.cell" = "battery-lfp-18650"
"cell.cell_design" = "design-catl-btf0-161"
cycles_max = 1
time_step = 2
"""


def test_old_names_in_a_file_of_statements(tmp_path, warned):
    path = tmp_path / "mine.toml"
    path.write_text(CLAIM)
    (found,) = evaluate.evaluated(path=path)
    assert {str(one.message).split()[0] for one in warned} == {
        "cell.cell_design",
        "cell.design.electrolyte.filling",
    }
    assert found["checks"][0]["model"]["high_with"].startswith("battery_cell.design.electrolyte.filling=1.3")
