"""The study of energy against fast charge: its cells, its choice of the best, and its files."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from numba import config

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.studies import get_study
from energymodels.studies.frontier import figure as frontier_figure
from energymodels.studies.frontier import study as frontier

# nothing in a study is likely not meant
pytestmark = pytest.mark.filterwarnings("error::energymodels.core.errors.PlausibilityWarning")

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="thousands of time steps, interpreted")
AREAL = np.array([1.5, 3.0, 4.5])
LFP = frontier.CHEMISTRIES[0]


@pytest.fixture(scope="module")
def charges() -> xr.Dataset:
    return frontier.charges(LFP, "battery.dfn", AREAL, (0.28, 0.4), (25.0, 55.0)).squeeze()


@pytest.mark.parametrize("name", ["lfp-4c", "nmc811-sic"])
def test_transport_is_that_of_the_sets_at_their_porosities(name: str) -> None:
    of = parameter_set(name).scalars
    for side in ("negative", "positive"):
        assert frontier.transport(of[f"{side}.porosity"]) == pytest.approx(
            of[f"{side}.transport_efficiency"], rel=1e-3
        )


def test_every_areal_capacity_meets_every_porosity() -> None:
    cells = frontier.cells(np.array([1.0, 2.0]), np.array([0.3, 0.4]))
    np.testing.assert_array_equal(cells["design.positive.areal_capacity"], [1.0, 1.0, 2.0, 2.0])
    np.testing.assert_array_equal(cells["design.positive.porosity"], [0.3, 0.4, 0.3, 0.4])
    np.testing.assert_allclose(cells["design.negative.porosity"], [0.32, 0.42, 0.32, 0.42], rtol=1e-15)


def test_most_energy_is_the_upper_envelope() -> None:
    seconds = 60.0 * np.array([[5.0, 4.0], [10.0, 8.0], [20.0, np.nan]])  # areal capacity, porosity
    energy = np.array([[100.0, 90.0], [200.0, 180.0], [250.0, 230.0]])
    dims = ("areal_capacity", "porosity")
    coords = {"areal_capacity": [1.0, 2.0, 3.0], "porosity": [0.3, 0.4]}
    ds = xr.Dataset({"time_10_to_80": (dims, seconds), "charged_specific_energy": (dims, energy)}, coords)
    assert frontier_figure.most_energy(ds, 4.5) == pytest.approx((90.0 + 90.0 * 0.5 / 4.0, 1.125, 0.4))
    assert frontier_figure.most_energy(ds, 8.0) == pytest.approx((180.0, 2.0, 0.4))
    assert frontier_figure.most_energy(ds, 10.0) == pytest.approx((200.0, 2.0, 0.3))
    assert frontier_figure.most_energy(ds, 30.0) == pytest.approx((250.0, 3.0, 0.3))
    assert np.isnan(frontier_figure.most_energy(ds, 3.0)).all()


def test_stated_spans_at_their_mean_rates() -> None:
    """10-80 % at the mean C-rates of the claims, 4.8C, 3.43C and 3.6C, takes 42 min over the rate."""
    minutes = {
        p.label.split(":")[1].split()[0]: p.minutes
        for p in frontier_figure.PUBLISHED
        if p.source.startswith("catl-shenxing")
    }
    assert minutes == pytest.approx({"0-80": 42.0 / 4.8, "400": 42.0 / 3.4286, "600": 42.0 / 3.6}, rel=1e-4)


@compiled
def test_thicker_and_denser_cells_hold_more_and_take_longer(charges: xr.Dataset) -> None:
    assert (charges.status == 0).all()
    assert (charges.charged_specific_energy.diff("areal_capacity") > 0.0).all()
    assert (charges.charged_specific_energy.diff("porosity") < 0.0).all()
    cold = charges.time_10_to_80.sel(temperature=25.0)
    assert (cold.diff("areal_capacity") > 0.0).all()
    assert (cold.diff("porosity") < 0.0).all()
    assert (charges.time_10_to_80.diff("temperature") < 0.0).all()
    assert (charges.time_10_to_80 >= 0.7 * 3600.0 / max(frontier.PEAKS) - 1e-6).all()


@compiled
def test_cells_are_weighed_by_the_design_and_charged_by_the_model(charges: xr.Dataset) -> None:
    one = charges.sel(temperature=25.0, porosity=0.28, areal_capacity=3.0)
    design = em.run(
        LFP.design, {"positive.areal_capacity": 3.0, "positive.porosity": 0.28, "negative.porosity": 0.30}
    )
    energy = float(design.specific_energy)
    assert float(one.specific_energy) == pytest.approx(energy, rel=1e-9)
    assert float(one.charged_specific_energy) == pytest.approx(
        energy * float(one.cell_capacity) / 140.0, rel=1e-9
    )
    values = {path: column[0] for path, column in frontier.cells(np.array([3.0]), np.array([0.28])).items()}
    peak = {"cell_design": LFP.design, "limits.c_rate": float(one.peak_limit), "temperature": 25.0}
    found = em.run(LFP.spec, frontier.CHARGE | peak | values)
    assert float(one.time_10_to_80) == pytest.approx(float(found.time_10_to_80), rel=1e-12)


@compiled
def test_the_study_writes_a_file_and_a_figure(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(
        frontier.charges, "__defaults__", (np.array([1.0, 3.0, 5.0]), (0.26, 0.34), (25.0, 55.0))
    )
    said: list[str] = []
    data, picture = get_study("frontier").run(tmp_path, said.append)
    assert picture.stat().st_size > 50_000
    ds = em.read(data)
    assert ds.time_10_to_80.sizes == {
        "chemistry": 2,
        "model": 2,
        "areal_capacity": 3,
        "porosity": 2,
        "temperature": 2,
    }
    assert all(ds[name].attrs["units"] and ds[name].attrs["long_name"] for name in ds.data_vars)
    assert "catl-qilin" in ds.attrs["published"]
    told = "\n".join(said)
    assert "less than its design says" in told
    assert "SPMe takes longer than DFN" in told
