"""A sweep gives what single runs give, bit for bit: numbers one by one must take the way that arrays of them
take.
"""

import numpy as np
import pytest
from numba.core import config

from energymodels.core.case import view
from energymodels.core.sweep import solve
from energymodels.vehicle.charge_stop.rows import limits
from energymodels.vehicle.pack.fields import ChargeStopSpec

MANY = 6 if config.DISABLE_JIT else 60
RANGES = {  # field -> its range
    "mass": (500.0, 5000.0), "ambient_temperature": (-40.0, 50.0), "altitude": (-100.0, 5000.0),
    "grade": (-10.0, 10.0),
    "rotating_factor": (1.0, 1.2), "rolling_temperature_coefficient": (0.0, 0.01),
    "battery_energy": (20.0, 150.0),
    "auxiliary_power": (0.0, 3000.0), "charger_efficiency": (0.7, 1.0),
    "drivetrain.loss_constant": (0.0, 2000.0),
    "drivetrain.loss_linear": (0.0, 0.3), "drivetrain.loss_quadratic": (0.0, 0.3),
    "drivetrain.rated_power": (50.0, 400.0),
    "regeneration.share": (0.0, 1.0), "regeneration.power_max": (0.0, 150.0),
    "regeneration.cutoff_speed": (0.0, 30.0),
    "battery.charge_efficiency": (0.7, 1.0), "battery.discharge_efficiency": (0.7, 1.0),
    "cabin.heat_transfer": (20.0, 200.0),
    "cabin.heat_gain": (0.0, 600.0), "cabin.carnot_share": (0.1, 0.7), "cabin.approach_outside": (1.0, 30.0),
}  # fmt: skip


@pytest.mark.parametrize("car", ["nio-et7", "leaf-40"])
@pytest.mark.parametrize("path", RANGES)
def test_every_point_is_a_run(path, car):
    values = np.random.default_rng(1).uniform(*RANGES[path], MANY).tolist()
    fixed = {"vehicle": car, "cycle": "hwfet", "ambient_temperature": -5.0, "altitude": 300.0}
    fixed.pop(path, None)
    sweep = solve("vehicle.range", {path: values}, fixed).values
    for i, value in enumerate(values):
        run = solve("vehicle.range", {}, fixed | {path: value}).values
        differing = [name for name, one in run.items() if one.tobytes() != sweep[name][i].tobytes()]
        assert not differing, (value, differing)


def test_limits_of_a_station():
    draw = np.random.default_rng(2).uniform
    size = 20 * MANY
    columns = {
        "pack.series": draw(80.0, 200.0, size), "pack.parallel": draw(1.0, 4.0, size),
        "pack.resistance": draw(0.0, 0.2, size),
        "pack.current_max": np.full(size, np.inf), "station.power": draw(20.0, 600.0, size),
        "station.current": draw(200.0, 900.0, size), "station.voltage": draw(300.0, 1000.0, size),
    }  # fmt: skip
    rows = {
        "limit_voltage": draw(3.6, 4.3, size),
        "limit_rate": draw(1.0, 6.0, size),
        "nominal": draw(1e4, 1e6, size),
    }
    case = view(ChargeStopSpec, columns)
    whole = limits(case.pack, case.station, rows)
    for i in range(size):
        mine = view(ChargeStopSpec, {path: v[i].reshape(()) for path, v in columns.items()})
        one = limits(mine.pack, mine.station, {name: v[i].reshape(()) for name, v in rows.items()})
        assert {name: float(v) for name, v in one.items()} == {name: float(v[i]) for name, v in whole.items()}
