"""Fields to kernel rows: the car's values where a field is not set, the air, the slope, the cabin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.core.case import view
from energymodels.core.model import Array, Prepared
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.vehicle.data.cars import Car, car, paths
from energymodels.vehicle.data.cycles import cycle
from energymodels.vehicle.range import ambient
from energymodels.vehicle.range.fields import ASSUMED, ASSUMPTION, BODY, ROAD_LOAD, Cabin, VehicleSpec
from energymodels.vehicle.range.steps import tables

ROTATING = 1.04  # inertia over mass of a car, wheels and motor included, where no test weight says it
ROLLING_HOLDS = 20.0 + ZERO_CELSIUS  # K, at which rolling resistance is stated
NONE = (np.nan, np.nan, np.nan)


class Cars:
    """The cars of a grid, which fill in what is not set."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns = columns
        names, which = np.unique(columns["vehicle"], return_inverse=True)
        self.cars = [car(str(name)) for name in names]
        self.which = which.reshape(columns["vehicle"].shape)

    def __call__(self, path: str) -> Array | None:
        """Return what the cars say of a field, in its unit, NaN where one says nothing; None of a field that
        is not theirs to say.
        """
        if path not in paths():
            return None
        ends = np.array([_ends(one, path) for one in self.cars])
        which = self.columns[ASSUMPTION + ASSUMED[path]] if path in ASSUMED else 0
        return np.asarray(ends[self.which, which])

    @property
    def coasted(self) -> Array:
        """Where road load coefficients are in use."""
        return np.array([used_group(self.columns, one) is ROAD_LOAD for one in self.cars])[self.which]


def _ends(one: Car, path: str) -> tuple[float, float, float]:
    entry = one.entries.get(path)
    return (entry.given, entry.low, entry.high) if entry else NONE


def used_group(fields: Mapping[str, object], one: Car) -> tuple[str, ...]:
    """Return which describe the car's resistance: those that are set, else those of the car."""
    for group in (ROAD_LOAD, BODY):
        if any(path in fields for path in group):
            return group
    return ROAD_LOAD if ROAD_LOAD[0] in one.entries else BODY


def prepare(columns: Mapping[str, Array]) -> Prepared:
    """Return kernel rows, SI, and the tables of the cycles, from columns in the fields' units."""
    cars = Cars(columns)
    return prepare_case(view(VehicleSpec, columns, cars), cars.coasted)


def prepare_case(case: VehicleSpec, coasted: Array) -> Prepared:
    """Return kernel rows, SI, and the tables of the cycles; ``coasted``: where road load coefficients are in
    use.
    """
    names, which = np.unique(case.cycle, return_inverse=True)
    steps, sums = tables([cycle(str(name)) for name in names])
    angle = np.arctan(case.grade)
    drivetrain, regeneration, battery = case.drivetrain, case.regeneration, case.battery
    rows = {
        "cycle": which.reshape(case.cycle.shape),
        **_resistance(case, coasted),
        "cosine": np.cos(angle),
        "sine": np.sin(angle),
        "loss_constant": drivetrain.loss_constant,
        "loss_linear": drivetrain.loss_linear,
        "loss_square": drivetrain.loss_quadratic / drivetrain.rated_power,
        "regeneration_share": regeneration.share,
        "regeneration_power": regeneration.power_max,
        "regeneration_speed": regeneration.cutoff_speed,
        "auxiliary": case.auxiliary_power,
        "cabin": _cabin(case.cabin, case.ambient_temperature),
        "discharge_efficiency": battery.discharge_efficiency,
        "charge_efficiency": battery.charge_efficiency,
        "charger_efficiency": case.charger_efficiency,
        "energy": case.battery_energy * battery.usable_share,
    }
    return Prepared(rows, shared={"steps": steps, "cycles": sums})


def _resistance(case: VehicleSpec, coasted: Array) -> dict[str, Array]:
    """Return rolling, viscous and drag coefficients, inertia and weight."""
    temperature, altitude, mass = case.ambient_temperature, case.altitude, case.mass
    weight = mass * ambient.GRAVITY
    warmth = 1.0 / (1.0 + case.rolling_temperature_coefficient * (temperature - ROLLING_HOLDS))
    air = 0.5 * ambient.air_density(temperature, altitude) * case.drag_coefficient * case.frontal_area
    coast = case.road_load_c * ambient.density_ratio(temperature, altitude)
    rotating = case.rotating_factor
    if rotating is None:
        rotating = np.where(coasted, 1.0, ROTATING)
    return {
        "rolling": warmth * np.where(coasted, case.road_load_a, case.rolling_resistance * weight),
        "viscous": warmth * np.where(coasted, case.road_load_b, 0.0),
        "drag": np.where(coasted, coast, air),
        "inertia": rotating * mass,
        "weight": weight,
    }


def _cabin(cabin: Cabin, outside: Array) -> Array:
    """Return the power of heating and cooling, W, by the temperature ``outside``, K."""
    power = ambient.cabin_power(outside, cabin)
    # else the kernel says out of range
    possible = cabin.heating_temperature <= cabin.cooling_temperature
    return np.where(cabin.climate.means("on"), np.where(possible, power, np.nan), 0.0)
