"""Text with units into numbers, and every unit the project writes read back."""

import math
import time

import pytest

from energymodels import datasets
from energymodels.core import units
from energymodels.core.dataset import AXIS_ATTRS
from energymodels.core.registry import MODELS, get_model
from energymodels.core.schema import schema

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
    ("1.2 \u2126 cm", "ohm cm", 1.2),  # the ohm sign and the Greek letter
    ("1.2 \u03a9 cm", "ohm cm", 1.2),
    ("1.2 Ohm cm", "ohm cm", 1.2),
    ("1.2 ohms cm", "ohm cm", 1.2),
    ("1.2 ohm-cm", "ohm cm", 1.2),
    ("1.2 Ohm-cm", "ohm cm", 1.2),
    ("1.2 ohm*cm", "ohm cm", 1.2),
    *(
        (f"1.2 {ohm}{dot}cm", "ohm cm", 1.2)
        for ohm in ("ohm", "\u2126", "\u03a9", "Ohm")
        for dot in ("\u22c5", "\u00b7", " \u22c5 ")
    ),
    ("0.3 \u03a9cm\u00b2", "ohm cm2", 0.3),
    ("0.3 \u2126cm2", "ohm cm2", 0.3),
    ("300 m\u2126cm\u00b2", "ohm cm2", 0.3),
    ("1 k\u03a9\u00b7cm", "ohm cm", 1000.0),
    ("1 Sun", "W m-2", 1000.0),
    ("0.5 Suns", "W m-2", 500.0),
    ("25\u2103", "K", 298.15),
    ("25 \u2103", "degC", 25.0),
    ("298.15 \u212a", "degC", 25.0),  # the kelvin sign
    ("25 deg C", "K", 298.15),
    ("25 degrees Celsius", "K", 298.15),
    ("4.2\u00d710^15", "cm-3", 4.2e15),
    ("4.2\u00d710^15 cm^-3", "cm-3", 4.2e15),
    ("4.2 \u00d7 10\u00b9\u2075 cm\u207b\u00b3", "cm-3", 4.2e15),
    ("4.2x10^15 cm-3", "cm-3", 4.2e15),
    ("4.2\u00b710^15/cm\u00b3", "cm-3", 4.2e15),
    ("4.2*10**15", "cm-3", 4.2e15),
    ("10^15 cm-3", "cm-3", 1e15),
    ("5\u00d710^-4 cm\u00b2 s\u207b\u00b9", "cm2 s-1", 5e-4),
    ("\u221240 degF", "K", 233.15),  # the minus sign
    ("130\u00a0\u00b5m", "um", 130.0),  # a space that does not break
    ("12 fA\u00b7cm\u207b\u00b2", "fA cm-2", 12.0),
    ("2500 mAh", "A h", 2.5),
    ("13.2 kWh/100km", "W h km-1", 132.0),
    ("13.2 kWh/100 km", "W h km-1", 132.0),
    ("inf", "s", math.inf),
    ("-inf s", "s", -math.inf),
    ("INF ms", "s", math.inf),
]
WRITTEN = sorted(
    {f.unit for m in MODELS for f in schema(get_model(m).spec).values() if f.kind in ("number", "integer")}
)
RETURNED = sorted(
    {o.unit for m in MODELS for o in get_model(m).outputs}
    | {a["units"] for a in AXIS_ATTRS.values() if "units" in a}
)
KEYS = datasets.keys()
GARBAGE = (
    "um um(",
    "um)",
    "][",
    "um/0",
    "1/0",
    "*",
    ":",
    "um**",
    "'",
    "@",
    "\\",
    "import",
    "furlong/",
    "_000",
    "foo bar",
)


def units_in(tree):
    """Yield the units named in a data file."""
    for name, value in tree.items():
        if name == "unit":
            yield value
        elif name == "columns" and isinstance(value, dict):
            yield from value.values()
        elif isinstance(value, dict):
            yield from units_in(value)
        elif isinstance(value, list):
            yield from (unit for item in value if isinstance(item, dict) for unit in units_in(item))


@pytest.mark.parametrize(("text", "unit", "value"), TEXTS)
def test_text_into_a_unit(text, unit, value):
    """Conversions are one product and one sum: a few units in the last place, for offsets those of the larger
    number.
    """
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
    ("1,5 um", "um", [",5 um", "decimal comma", "dot"]),
    ("0,5", "1", ["decimal comma"]),
    ("1,000.5 um", "um", ["thousands have no mark"]),
    ("25C", "K", ["'C'", "write 25degC"]),
    ("4.10^15", "cm-3", ["^15"]),  # a power, or a product? It is not guessed
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


HOSTILE = (
    "m**9**9**9", "m^9^9", "(9 m)**99", "((9**99)**99)**99 m", "9**9**9", "m99999", "m**123", "m**-2.55",
    "m 12345", "um!", "$um", "um#", "um;", "um\0", "um?", "um&", "{um}", "m@s", "m|s", "m<s", "'um'",
    "um\u202e", "m**0 **2", "m**-0", "(" * 79, "m " * 41,
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_what_no_unit_is_written_as(unit):
    """It is refused before the parser of units computes with it, or passes over signs it does not know."""
    begun = time.process_time()
    with pytest.raises(ValueError, match=r"unit|converted"):
        units.parse(f"3 {unit}", "um")
    assert not units.is_unit(unit) or unit == "m**-0"
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    "text", [" " * 100_000, "1" + " " * 100_000 + "x", "9" * 100_000, "1 " + "m" * 100_000]
)
def test_a_long_text_is_refused_at_once(text):
    begun = time.process_time()
    with pytest.raises(ValueError, match=r"not a number|up to 200 characters"):
        units.parse(text, "um")
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize(("text", "unit", "value"), [
    ("2 (m/s)**2", "m2 s-2", 2.0), ("2 (m/s)^2", "m2 s-2", 2.0), ("2 W/(m2 K)", "W m-2 K-1", 2.0),
    ("4 (m2)**0.5", "m", 4.0), ("3 m**(2)", "m2", 3.0), ("3 m ** +2", "m2", 3.0), (" 3  um ", "um", 3.0),
])  # fmt: skip
def test_powers_and_brackets(text, unit, value):
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("unit", sorted({*WRITTEN, *RETURNED}))
def test_units_of_models_read_back(unit):
    assert units.is_unit(unit)
    assert units.parse(f"3 {unit}" if unit != "1" else "3", unit) == 3.0


def test_units_of_data_read_back():
    found = {unit for key in KEYS for unit in units_in(datasets.table(key))}
    assert {"W m-2 nm-1", "nm", "ohm cm"} <= found
    assert not [unit for unit in found if not units.is_unit(unit)]


@pytest.mark.parametrize(("value", "unit", "low", "high", "texts"), [
    (25.0, "K", 200.0, 450.0, ["25degC"]),
    (298.15, "degC", -60.0, 150.0, ["298.15K"]),
    (1.2e-14, "fA cm-2", 0.01, 1e6, ["1.2e-14A.cm-2"]),
    (3000.0, "s", 1e-10, 1.0, ["3000us"]),
    (75e-6, "um", 1.0, 1e3, ["7.5e-05m"]),
    (9.0, "1", 0.0, 1.0, ["9percent"]),
    (1e9, "1", 0.0, 1e8, []),  # nobody means a billion percent
    (5.0, "eV", 0.0, 1.0, []),
])  # fmt: skip
def test_what_is_meant(value, unit, low, high, texts):
    """Each text can be typed, and stands for a value in range."""
    assert units.meant(value, unit, lambda x: low <= x <= high) == texts
    assert all(low <= units.parse(text, unit) <= high for text in texts)
