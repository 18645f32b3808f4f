"""The generic drivetrain against certified cars: how far off it is, and how many of them its band of losses
holds.

Fifty configurations: the nine that have a file of their own and the 41 of ``vehicle/certified``, of 2012 to
2018 and 17 makes. Nothing is fitted to a single car; the range of the constant loss is from the spread of all
295 that were certified.
"""

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets
from energymodels.vehicle.data.cars import car

CERTIFIED = datasets.table("vehicle/certified")
RECORDS = [r for r in datasets.table("vehicle/records")["record"] if r["source"] == "epa-testcar"]
NINE = sorted({record["vehicle"] for record in RECORDS})
LBF, MPH, LB, MILE = 4.4482216152605, 0.44704, 0.45359237, 1.609344
UNITS = (LB, LBF, LBF / MPH, LBF / MPH**2)
FIELDS = ("mass", "road_load_a", "road_load_b", "road_load_c")
CYCLES = ("udds", "hwfet")


def measured():
    """Return (fields of all fifty, consumption at the wall in W h/km on UDDS and HWFET), the nine first."""
    inputs, walls = [], []
    for name in NINE:
        inputs.append([car(name).entries[path].given for path in FIELDS])
        walls.append(
            [
                next(r["value"] for r in RECORDS if (r["vehicle"], r["cycle"]) == (name, cycle))
                for cycle in CYCLES
            ]
        )
    for row in CERTIFIED["cars"]["miles_per_gallon_equivalent"]:
        inputs.append([given * unit for given, unit in zip(row[2:6], UNITS, strict=True)])
        walls.append([33705.0 / economy / MILE for economy in row[6:]])
    for row in CERTIFIED["cars"]["kwh_per_100_miles"]:
        inputs.append([given * unit for given, unit in zip(row[2:6], UNITS, strict=True)])
        walls.append([10.0 * economy / MILE for economy in row[6:]])
    return dict(zip(FIELDS, np.array(inputs).T, strict=True)), np.array(walls).T


CARS, WALL = measured()


def predicted(cycle, values=None, sets=None):
    return em.sweep("vehicle.range", {}, {"cycle": cycle} | (values or {}), points=CARS, sets=sets)


def deviation(cycle):
    return 100.0 * (predicted(cycle).wall_consumption.values / WALL[CYCLES.index(cycle)] - 1.0)


def consumption_at(cycle, found):
    """Return the consumption (W h/km, car and percentile) of each car if it had the efficiencies of all
    certified ones.
    """
    of = CERTIFIED["population"]
    driving, braking = found.tractive_energy.values[:, None], found.braking_energy.values[:, None]
    efficiency = np.array(of[f"efficiency_{cycle}"])
    resting = of["auxiliary_power"] * (found.duration / found.distance).values[:, None] / 3600.0
    return (driving / efficiency - braking * efficiency + resting) / of["battery_over_wall"]


def test_the_cars():
    assert WALL.shape == (2, 50)
    assert len(NINE) == 9
    assert all(np.isfinite(values).all() for values in CARS.values())


@pytest.mark.parametrize(("cycle", "group", "median", "bias"), [
    ("udds", slice(9), 3.8, 2.7), ("hwfet", slice(9), 4.3, 4.3),
    ("udds", slice(9, None), 7.5, -6.3), ("hwfet", slice(9, None), 7.5, 1.8),
    ("udds", slice(None), 6.1, -5.3), ("hwfet", slice(None), 5.3, 3.0),
])  # fmt: skip
def test_what_the_medians_are_of(cycle, group, median, bias):
    """Medians of the deviation's size and of the deviation, percent, as the README has them: the nine, the
    41, all.
    """
    found = deviation(cycle)[group]
    assert np.median(np.abs(found)) == pytest.approx(median, abs=0.06)
    assert np.median(found) == pytest.approx(bias, abs=0.06)


def test_these_cars_are_like_all_certified_ones():
    """Their efficiencies on UDDS have the quartiles of all 295; the highway's are up to 3 % above."""
    for cycle, tolerance in (("udds", 0.006), ("hwfet", 0.032)):
        found = predicted(cycle)
        driving, braking = found.tractive_energy.values, found.braking_energy.values
        of = CERTIFIED["population"]
        net = of["battery_over_wall"] * WALL[CYCLES.index(cycle)] - of["auxiliary_power"] / 3600.0 * (
            found.duration / found.distance
        )
        efficiency = (-net + np.sqrt(net**2 + 4.0 * driving * braking)) / (2.0 * braking)
        known = dict(zip(of["percentiles"], of[f"efficiency_{cycle}"], strict=True))
        for percentile in (25, 50, 75):
            assert np.percentile(efficiency, percentile) == pytest.approx(known[percentile], abs=tolerance)


def test_constant_loss_spans_the_efficiencies_of_certified_cars():
    """UDDS, the median of the nine: 1490 W have the 5th percentile's consumption, 0 W do not reach down to
    the 95th's.
    """
    entry = car("generic").entries["drivetrain.loss_constant"]
    least, most = (predicted("udds", {"drivetrain.loss_constant": x}) for x in (0.0, 1000.0))
    per_watt = (most.wall_consumption - least.wall_consumption).values / 1000.0
    needed = (consumption_at("udds", least) - least.wall_consumption.values[:, None]) / per_watt[:, None]
    median = np.median(needed[:9], axis=0)
    assert entry.high == pytest.approx(median[0], abs=5.0)
    assert entry.low == 0.0
    assert median[-1] < 0.0


def band(cycle):
    """Return (share of the cars within the band of all alternatives, its mean width and that of all certified
    cars, W h/km).
    """
    found = predicted(cycle, sets="all").wall_consumption.values
    wall = WALL[CYCLES.index(cycle)]
    low, high = found.min(axis=1), found.max(axis=1)
    published = consumption_at(cycle, predicted(cycle))
    return (
        np.mean((low <= wall) & (wall <= high)),
        np.mean(high - low),
        np.mean(published[:, 0] - published[:, -1]),
    )


def test_the_band_holds_four_fifths_of_the_cars_and_is_no_wider_than_theirs():
    """The spread of all certified cars is from the 5th to the 95th percentile of their efficiency."""
    share, width, published = band("udds")
    assert share >= 0.80
    assert width <= published


@pytest.mark.xfail(
    strict=True,
    reason="on the highway 23 of 50 cars need less than the band has; it is not low load that decides there",
)
def test_the_band_of_the_highway_holds_as_many():
    assert band("hwfet")[0] >= 0.80


def test_the_band_of_the_highway_as_it_is():
    share, width, published = band("hwfet")
    assert share == pytest.approx(0.44, abs=0.03)
    assert width <= published
