"""The kernel of cell designs alone: one box and one winding whose parts are counted by hand."""

import numpy as np
import pytest

from energymodels.kernels import status
from energymodels.kernels.battery.design import cell
from energymodels.kernels.battery.design import layout as at

SIDE = {
    "loading": 0.2, "density": 2500.0, "solid": 4000.0, "capacity": 30e3, "efficiency": 0.9, "active": 2e-4,
    "foil": 10e-6, "foil_density": 2700.0, "heat": 900.0, "foil_heat": 900.0,
}  # fmt: skip
BOX = {
    "separator": 12e-6, "separator_porosity": 0.4, "separator_mass": 0.008, "separator_heat": 1900.0,
    "electrolyte_density": 1200.0, "filling": 1.1, "electrolyte_heat": 1800.0, "housing_heat": 900.0,
    "mode": at.PAIRS, "amount": 40.0, "electrode_height": 0.1, "electrode_width": 0.2, "voltage": 3.2,
}  # fmt: skip


def examine(**changes):
    """Return (scalars, masses, why it is none)."""
    row = np.zeros(1, at.ROW).view(np.recarray)
    values = {f"{side}_{name}": value for side in ("positive", "negative") for name, value in SIDE.items()}
    for name, value in (values | {"negative_capacity": 33e3} | BOX | changes).items():
        row[name] = value
    out, masses = np.empty((at.SCALARS, 1)), np.empty((1, at.COMPONENTS))
    reasons = np.empty(1, dtype=np.int64)
    with np.errstate(all="ignore"):
        cell.examine(row, out, masses, reasons)
    return out[:, 0], masses[0], reasons[0]


def test_first_cycle():
    """30/0.9 come over, 33 (1/0.9 - 1) stay, what is left goes back."""
    out, _, why = examine()
    assert why == at.FITS
    given, kept = 30e3 / 0.9, 33e3 * (1.0 / 0.9 - 1.0)
    assert out[at.FIRST_CHARGE] == pytest.approx(given, rel=1e-13)
    assert out[at.CONSUMED] == pytest.approx(kept, rel=1e-13)
    assert out[at.USABLE] == pytest.approx(given - kept, rel=1e-13)
    full = examine(prelithiation=1.0)[0]
    assert full[at.CONSUMED] == 0.0
    assert full[at.USABLE] == 30e3
    assert full[at.STRANDED] == pytest.approx(33e3 - 30e3, rel=1e-12)


def test_masses_and_volumes_of_a_stack():
    out, masses, _ = examine()
    area = 40.0 * 0.1 * 0.2
    assert out[at.AREA] == pytest.approx(area, rel=1e-14)
    assert masses[at.COATING_P] == pytest.approx(area * 0.2, rel=1e-13)
    assert masses[at.FOIL_N] == pytest.approx(area * 0.5 * 10e-6 * 2700.0, rel=1e-13)
    assert masses[at.SEPARATOR] == pytest.approx(area * 0.008, rel=1e-13)
    pores = area * (2 * 0.2 / 2500.0 * (1.0 - 2500.0 / 4000.0) + 12e-6 * 0.4)
    assert masses[at.LIQUID] == pytest.approx(pores * 1.1 * 1200.0, rel=1e-12)
    assert out[at.MASS] == pytest.approx(masses.sum(), rel=1e-13)
    stack = area * (2 * (0.2 / 2500.0 + 5e-6) + 12e-6)
    assert out[at.STACK_VOLUME] == pytest.approx(stack, rel=1e-12)
    assert out[at.ENERGY] == pytest.approx(out[at.USABLE] * area * 3.2, rel=1e-13)
    assert out[at.SPECIFIC_ENERGY] == pytest.approx(out[at.ENERGY] / out[at.MASS], rel=1e-13)


def test_a_winding_fills_its_can():
    """Turns of a pair's two sides take up the ring between core and wall."""
    can = {"cylinder": 1.0, "thickness": 0.046, "height": 0.08, "wall": 0.5e-3, "core": 4e-3, "mode": at.FILL,
           "amount": 0.95, "electrode_height": 0.07, "electrode_width": 0.0}  # fmt: skip
    out, _, why = examine(**can)
    assert why == at.FITS
    ring = 0.25 * np.pi * (0.045**2 - 0.004**2)
    pair = 2.0 * (0.2 / 2500.0 + 5e-6) + 12e-6
    assert out[at.WINDING] * 2.0 * pair == pytest.approx(0.95 * ring, rel=1e-12)
    assert out[at.AREA] == pytest.approx(2.0 * out[at.WINDING] * 0.07, rel=1e-13)
    assert examine(**can | {"amount": 1.01})[2] == at.TOO_THICK


@pytest.mark.parametrize(("changes", "why"), [
    ({"positive_density": 4100.0}, at.POROSITY_OF_P), ({"negative_density": 4100.0}, at.POROSITY_OF_N),
    ({"negative_efficiency": 0.4}, at.NO_CHARGE), ({"electrode_height": 0.0}, at.NO_ELECTRODE),
    ({"height": 0.09}, at.TOO_HIGH), ({"length": 0.19, "height": 0.2}, at.TOO_LONG),
    ({"height": 0.2, "length": 0.3, "thickness": 1e-3}, at.TOO_THICK), ({"voltage": 0.0}, at.UNDEFINED),
])  # fmt: skip
def test_why_a_design_is_none(changes, why):
    assert examine(**changes)[2] == why


def test_a_design_that_is_none_has_no_numbers():
    row = np.zeros(1, at.ROW).view(np.recarray)
    out, masses, codes = np.empty((at.SCALARS, 2))[:, :1], np.empty((1, at.COMPONENTS)), np.empty(1, np.int8)
    with np.errstate(all="ignore"):
        cell.solve(row, out, masses, codes)
    assert codes[0] == status.OUT_OF_RANGE
    assert np.isnan(out).all()
    assert np.isnan(masses).all()
