"""Text with units into numbers, and every unit the project writes read back."""

import math

import pytest

from energymodels import datasets, units
from energymodels.model import MODELS, get_model
from energymodels.result import AXIS_ATTRS
from energymodels.schema import schema

TEXTS = [
    ("25degC", "K", 298.15),
    ("25 °C", "K", 298.15),
    ("-40 degF", "K", 233.15),
    ("300", "K", 300.0),
    ("130um", "um", 130.0),
    ("130 µm", "um", 130.0),  # the micro sign and the Greek letter
    ("130 μm", "um", 130.0),
    ("0.13mm", "um", 130.0),
    (".13 mm", "um", 130.0),
    ("+1.3e-4 m", "um", 130.0),
    ("1e16cm-3", "cm-3", 1e16),
    ("1e16 cm^-3", "cm-3", 1e16),
    ("1e16 cm**-3", "cm-3", 1e16),
    ("1e16/cm^3", "cm-3", 1e16),
    ("1e22 m-3", "cm-3", 1e16),
    ("3 fA/cm^2", "fA cm-2", 3.0),
    ("3fA cm-2", "fA cm-2", 3.0),
    ("30 pA.m-2", "fA cm-2", 3.0),
    ("2 mol.m-3", "mol m-3", 2.0),
    ("2 mmol/l", "mol m-3", 2.0),
    ("1 mohm cm2", "ohm cm2", 1e-3),
    ("1 mΩ cm2", "ohm cm2", 1e-3),
    ("5%", "1", 0.05),
    ("5 %", "percent", 5.0),
    ("0.05", "percent", 0.05),
    ("2 ppbw", "1", 2e-9),
    ("2 ppba", "1", 2e-9),
    ("2 ppma", "1", 2e-6),
    ("1 sun", "W m-2", 1000.0),
    ("0.5sun", "W m-2", 500.0),
    ("100 mW/cm2", "W m-2", 1000.0),
    ("36 km/h", "m s-1", 10.0),
    ("1e3eV", "eV", 1e3),  # the e of a unit is not the e of a number
    ("3 ms", "s", 3e-3),
    ("inf", "s", math.inf),
    ("-inf s", "s", -math.inf),
    ("INF ms", "s", math.inf),
]
WRITTEN = sorted({f.unit for m in MODELS for f in schema(get_model(m).spec).values() if f.kind in ("number", "integer")})
RETURNED = sorted(
    {o.unit for m in MODELS for o in get_model(m).outputs} | {a["units"] for a in AXIS_ATTRS.values() if "units" in a}
)
KEYS = datasets.keys()
GARBAGE = ("um um(", "um)", "][", "um/0", "1/0", "*", ":", "um**", "'", "@", "\\", "import", "furlong/", "_000", "foo bar")


def units_in(tree):
    """Yield the units named in a data file."""
    for name, value in tree.items():
        if name == "unit":
            yield value
        elif name == "columns":
            yield from value.values()
        elif isinstance(value, dict):
            yield from units_in(value)
        elif isinstance(value, list):
            yield from (unit for item in value if isinstance(item, dict) for unit in units_in(item))


@pytest.mark.parametrize(("text", "unit", "value"), TEXTS)
def test_text_into_a_unit(text, unit, value):
    """Conversions are one product and one sum: a few units in the last place, for offsets those of the larger number."""
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-14)


def test_own_unit_and_bare_number_are_exact():
    assert units.parse("0.1 fA cm-2", "fA cm-2") == units.parse("0.1", "fA cm-2") == 0.1


@pytest.mark.parametrize(("text", "unit", "words"), [
    ("3 kg", "um", ["kg", "um"]),
    ("25 C", "K", ["C", "K"]),  # coulomb
    ("4C", "1", ["C"]),  # a C-rate is a bare number
    ("3 fuu", "um", ["fuu"]),
    ("um", "um", ["not a number"]),
    ("", "um", ["not a number"]),
    ("1,5 um", "um", [",5 um"]),
])  # fmt: skip
def test_errors_name_the_unit(text, unit, words):
    with pytest.raises(ValueError, match=r".+") as caught:
        units.parse(text, unit)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("unit", GARBAGE)
def test_garbage_is_refused_and_named(unit):
    with pytest.raises(ValueError, match=r"unit|converted") as caught:
        units.parse(f"3 {unit}", "um")
    assert repr(unit) in str(caught.value)
    assert not units.is_unit(unit)


@pytest.mark.parametrize("unit", sorted({*WRITTEN, *RETURNED}))
def test_units_of_models_read_back(unit):
    assert units.is_unit(unit)
    assert units.parse(f"3 {unit}" if unit != "1" else "3", unit) == 3.0


def test_units_of_data_read_back():
    found = {unit for key in KEYS for unit in units_in(datasets.table(key))}
    assert {"W m-2 nm-1", "nm", "ohm cm"} <= found
    assert not [unit for unit in found if not units.is_unit(unit)]
