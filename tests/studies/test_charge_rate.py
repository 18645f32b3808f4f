"""The study of charging rates: its cells, its criterion, its figure's numbers, and its files."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from numba import config

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.studies import get_study
from energymodels.studies.charge_rate import figure as charge_rate_figure
from energymodels.studies.charge_rate import study as charge_rate

# nothing in a study is likely not meant
pytestmark = pytest.mark.filterwarnings("error::energymodels.core.errors.PlausibilityWarning")

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="thousands of time steps, interpreted")
TWO = np.array([0.6, 1.0])


@pytest.fixture(scope="module")
def charges() -> xr.Dataset:
    over = {"thermal": "isothermal,lumped", "temperature": "15,25,35,45"}
    return xr.concat([charge_rate.charge(rate, over, TWO) for rate in (1.0, 2.0, 4.0)], "rate")


def test_thicker_electrodes_fill_the_same_can() -> None:
    cells = charge_rate.designs(charge_rate.SCALES)
    of = parameter_set("lfp-18650").scalars
    stack = cells["negative.thickness"] + cells["positive.thickness"] + of["separator.thickness"]
    np.testing.assert_allclose(
        cells["cell.electrode_width"] * stack, (cells["cell.electrode_width"] * stack)[0], rtol=1e-14
    )
    np.testing.assert_allclose(
        cells["negative.thickness"] / cells["positive.thickness"], 44.4 / 64.3, rtol=1e-14
    )
    one = charge_rate.designs(np.ones(1))
    assert {path: value.item() for path, value in one.items()} == pytest.approx(
        {path: of[path] for path in one}, rel=1e-14
    )


@pytest.mark.parametrize(
    ("potential", "least", "safe"),
    [
        ([0.3, 0.1, -0.1, np.nan], -0.2, 0.15),  # between two points
        ([0.3, 0.2, 0.1, np.nan], 0.05, 0.25),  # never: the voltage limit
        ([0.3, 0.2, 0.1, np.nan], -0.01, 0.2),  # after the last point
        ([-0.1, -0.2, np.nan, np.nan], -0.2, 0.0),  # from the start
        ([-0.1, np.nan, np.nan, np.nan], -0.2, 0.0),
        ([0.3, -0.1, 0.1, 0.2], -0.1, 0.075),  # the first time counts
    ],
)
def test_first_fall_below_zero(potential: list[float], least: float, safe: float) -> None:
    soc = np.where(np.isnan(potential), np.nan, [0.0, 0.1, 0.2, 0.3])
    found = charge_rate._until_plating(soc[None], np.array([potential]), np.array([0.25]), np.array([least]))
    assert found.item() == pytest.approx(safe, abs=1e-15)


def test_a_failed_charge_has_no_fraction() -> None:
    nothing = np.full((1, 4), np.nan)
    assert np.isnan(charge_rate._until_plating(nothing, nothing, nothing[:, 0], nothing[:, 0])).all()


@compiled
@pytest.mark.parametrize(("rate", "temperature"), [(2.0, 25.0), (4.0, 45.0)])
def test_a_charge_to_the_safe_fraction_ends_at_zero_volt(
    charges: xr.Dataset, rate: float, temperature: float
) -> None:
    safe = charges.safe_fraction.sel(
        thermal="isothermal", temperature=temperature, rate=rate, thickness=1.0
    ).item()
    assert 0.05 < safe < 0.9
    protocol = f"Charge at {rate}C until {100.0 * safe} % SOC"
    found = em.run(charge_rate.SPEC, {"protocol": protocol, "rate_basis": "cell", "temperature": temperature})
    # V, within half a point of the time axis
    assert found.negative_potential_min.item() == pytest.approx(0.0, abs=5e-4)
    assert (found.capacity / found.cell_capacity).item() == pytest.approx(safe, rel=1e-6)


@compiled
def test_charges_are_those_of_the_model(charges: xr.Dataset) -> None:
    one = charges.sel(thermal="lumped", temperature=25.0, rate=2.0).isel(thickness=0)
    values = {path: column[0] for path, column in charge_rate.designs(TWO).items()}
    found = em.run(charge_rate.SPEC, charge_rate.CELL | values | {"rate": 2.0, "thermal": "lumped"})
    assert one.capacity.item() == found.capacity.item()
    assert one.charged_fraction.item() == pytest.approx(
        (found.capacity / found.cell_capacity).item(), rel=1e-15
    )


@compiled
def test_warm_thin_and_slow_charge_further(charges: xr.Dataset) -> None:
    still = charges.sel(thermal="isothermal").safe_fraction
    assert (still.diff("temperature") > 0.0).all()
    assert (still.diff("thickness") < 0.0).all()
    assert (still.diff("rate") < 0.0).all()
    assert (charges.safe_fraction <= charges.charged_fraction).all()


def test_highest_rate_by_straight_lines() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    margins = np.array(
        [[3.0, 1.0, -1.0, 5.0], [1.0, 1.0, 1.0, 0.0], [-1.0, 1.0, 1.0, 1.0], [2.0, -2.0, 1.0, 1.0]]
    )
    np.testing.assert_array_equal(charge_rate_figure._up_to(x, margins), [1.5, 3.0, np.nan, 0.5])


@compiled
def test_no_charge_of_the_last_panel_is_too_hot(charges: xr.Dataset) -> None:
    hot = charges.assign(temperature_max=charges.temperature_max * 0.0 + 61.0)
    assert np.isnan(charge_rate_figure.fastest(hot)).all()
    rates = charge_rate_figure.fastest(charges).sel(thickness=1.0, temperature=25.0)
    assert 1.0 < rates.sel(thermal="isothermal") < rates.sel(thermal="lumped") < 4.0


@compiled
def test_the_study_writes_a_file_and_a_figure(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(charge_rate, "RATES", (1.0, 2.0, 4.0))
    monkeypatch.setattr(
        charge_rate.charge, "__defaults__", ({"thermal": "isothermal,lumped", "temperature": "25,45"}, TWO)
    )
    said: list[str] = []
    data, picture = get_study("charge-rate").run(tmp_path, said.append)
    assert (data, picture) == (tmp_path / "charge-rate.nc", tmp_path / "charge-rate.png")
    assert picture.stat().st_size > 50_000
    ds = em.read(data)
    assert ds.safe_fraction.sizes == {"rate": 3, "thermal": 2, "temperature": 2, "thickness": 2}
    assert not (ds.status != 0).any()
    assert all(ds[name].attrs["units"] and ds[name].attrs["long_name"] for name in ds.data_vars)
    assert "24 charges" in " ".join(said)
    assert "extrapolation" in said[-1]
