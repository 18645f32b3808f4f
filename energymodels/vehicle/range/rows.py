"""Fields to kernel rows: the car's values where a field is not set, the air, the slope, the cabin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from energymodels.core.model import Array, Prepared
from energymodels.core.schema import schema
from energymodels.vehicle.data.cars import Car, car
from energymodels.vehicle.data.cycles import KMH, cycle
from energymodels.vehicle.range import ambient
from energymodels.vehicle.range.fields import ASSUMED, ASSUMPTION, BODY, ROAD_LOAD, VehicleSpec
from energymodels.vehicle.range.steps import tables

ROTATING = 1.04  # inertia over mass of a car, wheels and motor included, where no test weight says it
ROLLING_HOLDS = 20.0  # degC at which rolling resistance is stated
NONE = (np.nan, np.nan, np.nan)


class Columns:
    """The columns of a grid, with the cars' values where a field is not set."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.columns = columns
        names, which = np.unique(columns["vehicle"], return_inverse=True)
        self.cars = [car(str(name)) for name in names]
        self.which = which.reshape(columns["vehicle"].shape)

    def __getitem__(self, path: str) -> Array:
        if path in self.columns:
            return self.columns[path]
        ends = np.array([_ends(one, path) for one in self.cars])
        if path not in ASSUMED:
            return np.asarray(ends[self.which, 0])
        return np.asarray(ends[self.which, self.columns[ASSUMPTION + ASSUMED[path]]])

    def table(self, name: str) -> dict[str, Array]:
        """Return the columns of the number fields of a table, by their name in it."""
        return {path.removeprefix(f"{name}."): self[path] for path in _numbers(name)}

    @property
    def coasted(self) -> Array:
        """Where road load coefficients are in use."""
        return np.array([used_group(self.columns, one) is ROAD_LOAD for one in self.cars])[self.which]


def _ends(one: Car, path: str) -> tuple[float, float, float]:
    entry = one.entries.get(path)
    return (entry.given, entry.low, entry.high) if entry else NONE


@cache
def _numbers(name: str) -> list[str]:
    return [
        path
        for path, info in schema(VehicleSpec).items()
        if path.startswith(f"{name}.") and info.kind == "number"
    ]


def used_group(fields: Mapping[str, object], one: Car) -> tuple[str, ...]:
    """Return which describe the car's resistance: those that are set, else those of the car."""
    for group in (ROAD_LOAD, BODY):
        if any(path in fields for path in group):
            return group
    return ROAD_LOAD if ROAD_LOAD[0] in one.entries else BODY


def prepare(columns: Mapping[str, Array]) -> Prepared:
    """Return kernel rows, SI, and the tables of the cycles."""
    of = Columns(columns)
    names, which = np.unique(columns["cycle"], return_inverse=True)
    steps, sums = tables([cycle(str(name)) for name in names])
    angle = np.arctan(0.01 * columns["grade"])
    rows = {
        "cycle": which.reshape(columns["cycle"].shape),
        **_resistance(of),
        "cosine": np.cos(angle),
        "sine": np.sin(angle),
        "loss_constant": of["drivetrain.loss_constant"],
        "loss_linear": of["drivetrain.loss_linear"],
        "loss_square": of["drivetrain.loss_quadratic"] / (1e3 * of["drivetrain.rated_power"]),
        "regeneration_share": of["regeneration.share"],
        "regeneration_power": 1e3 * of["regeneration.power_max"],
        "regeneration_speed": KMH * of["regeneration.cutoff_speed"],
        "auxiliary": of["auxiliary_power"],
        "cabin": _cabin(of),
        "discharge_efficiency": of["battery.discharge_efficiency"],
        "charge_efficiency": of["battery.charge_efficiency"],
        "charger_efficiency": of["charger_efficiency"],
        "energy": 3.6e6 * of["battery_energy"] * of["battery.usable_share"],
    }
    return Prepared(rows, shared={"steps": steps, "cycles": sums})


def _resistance(of: Columns) -> dict[str, Array]:
    """Return rolling, viscous and drag coefficients, inertia and weight."""
    temperature, altitude = of["ambient_temperature"], of["altitude"]
    mass, coasted = of["mass"], of.coasted
    weight = mass * ambient.GRAVITY
    warmth = 1.0 / (1.0 + of["rolling_temperature_coefficient"] * (temperature - ROLLING_HOLDS))
    air = 0.5 * ambient.air_density(temperature, altitude) * of["drag_coefficient"] * of["frontal_area"]
    coast = of["road_load_c"] * ambient.density_ratio(temperature, altitude)
    rotating = of.columns.get("rotating_factor", np.where(coasted, 1.0, ROTATING))
    return {
        "rolling": warmth * np.where(coasted, of["road_load_a"], of["rolling_resistance"] * weight),
        "viscous": warmth * np.where(coasted, of["road_load_b"], 0.0),
        "drag": np.where(coasted, coast, air),
        "inertia": rotating * mass,
        "weight": weight,
    }


def _cabin(of: Columns) -> Array:
    labels = schema(VehicleSpec)
    on = of.columns["cabin.climate"] == labels["cabin.climate"].labels.index("on")
    resistance = of.columns["cabin.heater"] == labels["cabin.heater"].labels.index("resistance")
    cabin = of.table("cabin")
    power = ambient.cabin_power(of["ambient_temperature"], cabin, resistance)
    # else the kernel says out of range
    possible = cabin["heating_temperature"] <= cabin["cooling_temperature"]
    return np.where(on, np.where(possible, power, np.nan), 0.0)
