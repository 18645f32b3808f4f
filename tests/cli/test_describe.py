"""``describe``: of a model, a spec, a part; folded and wrapped."""

import pytest

from energymodels.cli.common import table_lines
from energymodels.cli.folding import folded_rows
from energymodels.core.registry import MODELS, get_model
from energymodels.core.spec import bundled
from energymodels.kernels.status import MEANINGS

ROWS = [
    (
        "front.j0",
        "fA cm-2",
        "from 0 to 1e+09",
        "surface recombination where there is no metal; excludes a great many other fields",
    ),
    ("wafer.type", "-", "n, p", "base type"),
]
HEADER = ("field", "unit", "allowed", "meaning")


def test_spec_with_its_values(cli):
    lines = cli("describe", "industrial-hjt-2023").stdout.splitlines()
    (header,) = [line for line in lines if line.startswith("field ")]
    place = header.index("spec")
    set_here = {
        line.split("  ")[0]: line[place:].split("  ")[0]
        for line in lines
        if line.startswith(("wafer.t", "front.j0 "))
    }
    assert set_here == {"wafer.thickness": "130", "wafer.tau": "0.007", "wafer.type": "", "wafer.tau_n0": "",
    "wafer.tau_p0": "",
                        "wafer.thermal_donors": "", "front.j0": "1"}  # fmt: skip
    assert "spec" not in cli("describe", "pv.cell").stdout.splitlines()[2].split()


def test_spec_of_ones_own(cli, tmp_path):
    """Fields that a text brings along are there, and a fault in it is said."""
    file = tmp_path / "my.toml"
    file.write_text('model = "battery.spm"\nprotocol = "Discharge at {rate}C"\nrate = 2\n')
    (line,) = [line for line in cli("describe", file).stdout.splitlines() if line.startswith("rate ")]
    assert " 2 " in line
    file.write_text('model = "battery.spm"\nprotocl = "Discharge at 1C"\n')
    assert "did you mean protocol?" in cli("describe", file, status=2).stderr
    assert "wafer.thickness" in cli("describe", "-", stdin='\ufeffmodel = "pv.cell"').stdout


@pytest.mark.parametrize("spec", bundled())
def test_every_spec(cli, spec):
    assert f"spec {spec}" in cli("describe", spec).stdout


@pytest.mark.parametrize("model", MODELS)
def test_status(cli, model):
    text = cli("describe", model, "status").stdout
    for code, name in MEANINGS.items():
        (line,) = [line for line in text.splitlines() if line.split()[:2] == [str(code), name]]
        assert len(line.split()) > 2


def test_validity(cli):
    lines = cli("describe", "pv.cell", "validity").stdout.splitlines()
    flags = next(o for o in get_model("pv.cell").outputs if o.name == "validity").attrs
    for mask, name in zip(flags["flag_masks"], flags["flag_meanings"].split(), strict=True):
        assert any(line.split()[:2] == [str(mask), name] and len(line.split()) > 5 for line in lines)
    assert "voltage_min" in cli("describe", "battery.dfn", "termination").stdout


def test_unknown_names_list_what_there_is(cli):
    said = cli("describe", "pv.cell", "0", status=2).stderr
    assert all(word in said for word in ("wafer.*", "efficiency", "status", "temperature"))
    said = cli("run", "pv.cell", "-p", "0=1", status=2).stderr
    assert all(word in said for word in ("wafer.*", "front.*", "temperature"))
    said = cli("run", "0", status=2).stderr
    assert all(word in said for word in ("pv.cell", "industrial-hjt-2023", "vehicle-zeekr-007"))


def test_twins_are_one_line():
    names = [row[0] for row in folded_rows(get_model("battery.dfn").fields({}))]
    assert "{negative,positive}.particle_radius" in names
    assert "{negative,separator,positive}.thickness" in names
    assert len(names) < 0.8 * len(get_model("battery.dfn").fields({}))
    apart = [row[0] for row in folded_rows(get_model("battery.dfn").fields({}), {"negative.particle_radius"})]
    assert {"negative.particle_radius", "positive.particle_radius"} <= set(apart)


def test_a_table_fits_its_terminal():
    for width in (60, 80, 100):
        lines = table_lines(ROWS, HEADER, width)
        assert max(map(len, lines)) <= width
        words = " ".join(lines).split()
        assert all(word in words for row in ROWS for cell in row for word in cell.split())
    assert len(table_lines(ROWS, HEADER, None)) == 4
    assert table_lines(ROWS, HEADER, 300) == table_lines(ROWS, HEADER, None)
    assert max(map(len, table_lines(ROWS, HEADER, 30))) <= 30


@pytest.mark.parametrize("width", [None, 80, 6])
def test_a_table_may_have_an_empty_column(width):
    assert table_lines([("v_oc", "V", "")], ("output", "unit", ""), width)[-1].strip() in ("v_oc    V", "V")
