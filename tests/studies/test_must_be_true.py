"""The study of stated fast charges: the statements' arithmetic, the sample, the bounds, and the files."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.axes import dim_name
from energymodels.studies import get_study
from energymodels.studies.must_be_true import charge as charges
from energymodels.studies.must_be_true import knobs as knobs_of
from energymodels.studies.must_be_true import study as must_be_true
from energymodels.studies.must_be_true import words as must_be_true_words
from energymodels.studies.must_be_true.statements import (
    AREAL,
    REDUCTION,
    STATEMENTS,
    Statement,
    boxes,
    fields,
    sample,
)

# nothing in a study is likely not meant
pytestmark = pytest.mark.filterwarnings("error::energymodels.core.errors.PlausibilityWarning")

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="thousands of time steps, interpreted")
OF = {statement.name: statement for statement in STATEMENTS}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(must_be_true, "CELLS", 16)
    monkeypatch.setattr(must_be_true, "TEMPERATURES", (25.0, 45.0))
    monkeypatch.setattr(knobs_of, "AREALS", 3)


def test_mean_rates_of_the_statements() -> None:
    means = {name: statement.mean for name, statement in OF.items()}
    expected = {
        "shenxing-400-km": 3.43,
        "shenxing-80-percent": 4.80,
        "im-l6-400-km": 2.0,
        "zeekr-measured": 4.31,
    }
    assert means == pytest.approx(expected, abs=0.005)
    assert all(statement.mean < statement.c_rate for statement in STATEMENTS)


def test_every_part_of_a_range_has_one_cell() -> None:
    for box in boxes().values():
        knobs = sample(box, 32)
        assert set(knobs) == set(box.knobs) == set(box.usual)
        for path, (low, high, how) in box.knobs.items():
            part = (
                np.log(knobs[path] / low) / np.log(high / low)
                if how == "log"
                else (knobs[path] - low) / (high - low)
            )
            assert sorted(np.floor(part * 32 + 1e-9).astype(int)) == list(range(32))
            assert low <= box.usual[path] <= high
        np.testing.assert_array_equal(sample(box, 32)[AREAL], knobs[AREAL])


def test_usual_cells_are_those_of_the_sets() -> None:
    for name, box in boxes().items():
        found = fields({path: np.array([value]) for path, value in box.usual.items()})
        of = parameter_set(name)
        assert REDUCTION not in found
        for side in ("negative", "positive"):
            assert found[f"{side}.transport_efficiency"] == pytest.approx(
                of.scalars[f"{side}.transport_efficiency"], rel=1e-3
            )
        ranges = {path for path in of.ranges if not path.startswith("side_reactions")}
        assert {path.removeprefix("design.") for path in found} >= ranges


def test_coldest_temperature_by_straight_lines() -> None:
    minutes = np.array([[20.0, 5.0, np.inf, 30.0, 10.0], [5.0, 4.0, 8.0, 20.0, 9.0]])
    found = must_be_true_words.coldest(minutes, np.array([25.0, 45.0]), 10.0)
    np.testing.assert_allclose(found, [35.0, -np.inf, 45.0, np.inf, -np.inf])


@compiled
def test_4c_takes_twelve_minutes_to_80_percent() -> None:
    """A rate limit alone: 80 % of an hour over 4, so that a strict 4C is no 0-80 % in 10 min, whatever the
    cell.
    """
    of = OF["shenxing-80-percent"]
    strict = Statement(of.name, of.title, of.box, of.minutes, of.gain, 4.0, of.starts, "", of.source)
    box = boxes()[of.box]
    thin = {path: np.array([value]) for path, value in (box.usual | {AREAL: 1.0}).items()}
    found = charges.charge(strict, 0.0, box, thin, (65.0,)).minutes.item()
    assert found == pytest.approx(12.0, rel=1e-6)


@compiled
@pytest.mark.parametrize("name", list(OF))
def test_cells_lie_between_the_ends_of_their_box(small: None, name: str) -> None:
    statement = OF[name]
    ds = must_be_true.case(statement, statement.starts[0]).isel(case=0)
    assert (ds.status == 0).all()
    # warmer is not slower; within the tolerance of a time step
    assert (ds.minutes.diff("temperature") <= 1e-3).all()
    ends = ds.end_minutes
    assert (ends.sel(kind="best") <= ends.sel(kind="usual") + 1e-3).all()
    assert (ends.sel(kind="usual") <= ends.sel(kind="worst") + 1e-3).all()
    low, high = must_be_true_words.bounds(ds)
    place = (ds[dim_name(AREAL)].values - low) / (high - low)
    below, above = (np.asarray(kind(2.0 * place), dtype=int) for kind in (np.floor, np.ceil))
    assert (ds.minutes.values >= ends.sel(kind="best").values[:, below] - 1e-3).all()
    assert (ds.minutes.values <= ends.sel(kind="worst").values[:, above] + 1e-3).all()
    assert ds.stated_minutes.item() == statement.minutes


@compiled
def test_a_cell_gains_what_is_stated_in_its_minutes() -> None:
    statement = OF["zeekr-measured"]
    box = boxes()[statement.box]
    knobs = {path: np.array([value]) for path, value in box.usual.items()}
    minutes = charges.charge(statement, 0.1, box, knobs, (25.0,)).minutes.item()
    values = {path: column[0] for path, column in fields(knobs).items()}
    setting = {
        "protocol": f"Charge at limits for {minutes!r} minutes",
        "initial_soc": 0.1,
        "rate_basis": "cell",
    }
    more = {
        "cell_design": box.design,
        "limits.c_rate": statement.c_rate,
        "temperature": 25.0,
        "series.points": 0,
    }
    found = em.run(box.spec, setting | more | charges.MODEL | values)
    assert (found.charged_capacity / found.cell_capacity).item() == pytest.approx(0.7, abs=2e-4)
    assert found.negative_potential_min.item() > -1e-6


@compiled
def test_the_study_writes_a_file_and_a_figure(small: None, tmp_path) -> None:
    said: list[str] = []
    data, picture = get_study("must-be-true").run(tmp_path, said.append)
    assert picture.stat().st_size > 50_000
    ds = em.read(data)
    assert ds.minutes.sizes == {"case": 6, "temperature": 2, "cell": 16}
    assert all(ds[name].attrs["units"] and ds[name].attrs["long_name"] for name in ds.data_vars)
    assert np.isnan(ds.electrolyte_liquid_fraction.sel(case="zeekr-measured-from-10")).all()
    assert "motor1-zeekr" in ds.attrs["statement_sources"]
    told = "\n".join(said)
    assert all(statement.title in told for statement in STATEMENTS)
    assert "validates none of them" in said[-1]


@compiled
@pytest.mark.parametrize("temperature", [25.0, 65.0])
def test_no_other_corner_is_beyond_the_ends(temperature: float) -> None:
    """Activation energies make the cold's better end the heat's worse one: which end is which is found at
    each temperature.
    """
    statement = OF["im-l6-400-km"]
    box = boxes()[statement.box]
    ends = knobs_of.turned(statement, 0.1, box)[1]
    best, worst = (knobs_of.corner(statement, 0.1, box, temperature, ends, worse) for worse in (False, True))
    if temperature > 25.0:  # a small activation energy gains least from heat
        assert worst["cell.interface_activation_energy"] == min(ends["cell.interface_activation_energy"])
    chosen = np.random.default_rng(2).integers(0, 2, (len(ends), 64))
    many = {
        path: np.append([best[path], worst[path]], np.take(pair, choice))
        for (path, pair), choice in zip(ends.items(), chosen, strict=True)
    }
    many[AREAL] = np.full(66, knobs_of.middle(box))
    minutes = charges.charge(
        statement, 0.1, box, many, (temperature,), patience=knobs_of.PATIENT
    ).minutes.values[0]
    assert minutes[0] - 0.02 <= minutes[2:].min()
    assert minutes[2:].max() <= minutes[1] + 0.02
