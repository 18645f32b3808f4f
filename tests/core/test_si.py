"""The small table of units against pint, for every unit that a field or an output has."""

import numpy as np
import pytest

from energymodels.core import si, units
from energymodels.core.registry import MODELS, get_model
from energymodels.core.schema import schema

FIELDS = {
    info.unit
    for name in MODELS
    for info in schema(get_model(name).spec).values()
    if info.kind in ("number", "integer")
}
OUTPUTS = {output.unit for name in MODELS for output in get_model(name).outputs}
KEPT = sorted(unit for unit in FIELDS | OUTPUTS if unit in si.KEPT)
USED = sorted((FIELDS | OUTPUTS) - {*KEPT})


def by_pint(number, unit):
    """Return ``number`` in SI base units, by pint."""
    quantity = units._registry().Quantity(number, units._to_pint(unit) if unit != "1" else "")
    return quantity.to_base_units().magnitude


@pytest.mark.parametrize("unit", USED)
def test_factors_are_pints(unit):
    scale = si.scale(unit)
    for number in (1.0, 3.7, -2.5e3):
        expected = by_pint(number, unit)
        assert scale.to_si(np.array([number]))[0] == pytest.approx(expected, rel=1e-14)
        assert scale.from_si(np.array([expected]))[0] == pytest.approx(number, rel=1e-14)


@pytest.mark.parametrize("unit", KEPT)
def test_what_is_kept_is_no_number_of_another_unit(unit):
    """An energy per carrier and a share of mass stay as they are; all else is SI."""
    assert si.scale(unit) == si.Scale(1.0, 1.0)
    assert by_pint(1.0, unit) != 1.0


def test_units_are_those_that_are_used():
    """None is in the table in vain."""
    parts = {si._PART.fullmatch(part)["symbol"] for unit in FIELDS | OUTPUTS for part in si._parts(unit)}
    assert parts - {"degC"} == {*si.IN_SI, *si.KEPT}


@pytest.mark.parametrize(("unit", "factor", "inverse"), [
    ("um", 1e-6, 1e6),
    ("mA cm-2", 10.0, 0.1),
    ("fA cm-2", 1e-11, 1e11),
    ("cm-3", 1e6, 1e-6),
    ("percent", 0.01, 100.0),
    ("mA h cm-2", 3.6e4, 1.0 / 3.6e4),
    ("mA h g-1", 3600.0, 1.0 / 3600.0),
    ("W h km-1", 3.6, 1.0 / 3.6),
    ("mm/min", 1.0 / 6e4, 6e4),
    ("1", 1.0, 1.0),
])  # fmt: skip
def test_factors_by_hand(unit, factor, inverse):
    """Both ways are the ratio rounded once."""
    assert si.scale(unit) == si.Scale(factor, inverse)


def test_degrees():
    scale = si.scale("degC")
    assert scale.to_si(np.array([25.0])).tolist() == [298.15]
    kelvin = np.array([298.15, np.nan])
    scale.bring_back(kelvin)
    assert kelvin[0] == 25.0
    assert np.isnan(kelvin[1])


@pytest.mark.parametrize("unit", ["furlong", "kW furlong-1", "mm//min", "um2x"])
def test_unknown_unit_is_named(unit):
    with pytest.raises(ValueError, match="is not in the table"):
        si.scale(unit)
