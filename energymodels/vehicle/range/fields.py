"""The fields of the vehicle model.

What is not set is the car's, and what no car's file says is the generic car's.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from energymodels.core.schema import Filled, Label, Number, Table, Text, choice, quantity, text

BOUNDS = ("given", "low", "high")
ASSUMPTION = "assumption."


def of_car(unit: str, meaning: str, **limits: Any) -> Any:
    """Return a number field that the car fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the car's", **limits)


def bound(path: str) -> Any:
    """Return a field that chooses the value of ``path``, or an end of its range, in the car's file."""
    return choice(
        "given", f"which {path} of the car's file: as given, or an end of its range where it states one"
    )


class Drivetrain(Table):
    """Motor, inverter and gear: what they lose at a power at the wheels, driving and braking alike."""

    loss_constant: Filled = of_car(
        "W", "loss while the car moves, which decides consumption at low load", ge=0.0, le=1e5
    )
    loss_linear: Filled = of_car("1", "loss over power at the wheels", ge=0.0, le=10.0)
    loss_quadratic: Filled = of_car(
        "1", "loss over power at rated power, on top; below that in proportion to power", ge=0.0, le=10.0
    )
    rated_power: Filled = of_car(
        "kW", "power at the wheels that loss_quadratic belongs to", usual=(1.0, 5e3), gt=0.0, le=1e5
    )


class Regeneration(Table):
    """What the motor may take of the braking; friction brakes do the rest."""

    share: Filled = of_car("1", "share of the braking on axles with motors", ge=0.0, le=1.0)
    power_max: Filled = of_car("kW", "power at the wheels, at most", ge=0.0, le=1e5)
    cutoff_speed: Filled = of_car("km h-1", "speed below which friction brakes alone", ge=0.0, le=500.0)


class Battery(Table):
    """The battery as a store of energy."""

    usable_share: Filled = of_car("1", "share of battery_energy that driving can draw", gt=0.0, le=1.0)
    charge_efficiency: Filled = of_car("1", "energy stored over energy in at the terminals", gt=0.0, le=1.0)
    discharge_efficiency: Filled = of_car(
        "1", "energy out at the terminals over stored energy used", gt=0.0, le=1.0
    )


class Cabin(Table):
    """Heating and cooling at a steady state: a heat pump reaches a share of Carnot's coefficient of
    performance.
    """

    climate: Label[Literal["on", "off"]] = choice("on", "whether the cabin is heated and cooled")
    heater: Label[Literal["heat_pump", "resistance"]] = choice(
        "heat_pump", "what heats; a heat pump never gives less than a resistance"
    )
    heating_temperature: Filled = of_car(
        "degC", "temperature up to which the cabin is heated", ge=-60.0, le=60.0
    )
    cooling_temperature: Filled = of_car("degC", "temperature down to which it is cooled", ge=-60.0, le=60.0)
    heat_transfer: Filled = of_car("W K-1", "heat to the outside, fresh air included", ge=0.0, le=1e4)
    heat_gain: Filled = of_car("W", "heat from people, electronics and sun", ge=0.0, le=1e5)
    carnot_share: Filled = of_car("1", "share of Carnot's coefficient of performance", gt=0.0, le=1.0)
    approach_inside: Filled = of_car(
        "K", "how much further than the cabin the refrigerant goes inside", ge=0.0, le=100.0
    )
    approach_outside: Filled = of_car(
        "K", "how much further than the air the refrigerant goes outside", ge=0.0, le=100.0
    )
    cop_max: Filled = of_car("1", "coefficient of performance, at most", ge=1.0, le=100.0)


class Assumption(Table):
    """Which end of a range, where the car's file states one; a field that is set has none."""

    mass: Literal["given", "low", "high"] = bound("mass")
    drag_coefficient: Literal["given", "low", "high"] = bound("drag_coefficient")
    frontal_area: Literal["given", "low", "high"] = bound("frontal_area")
    rolling_resistance: Literal["given", "low", "high"] = bound("rolling_resistance")
    battery_energy: Literal["given", "low", "high"] = bound("battery_energy")
    usable_share: Literal["given", "low", "high"] = bound("battery.usable_share")
    rolling_temperature: Literal["given", "low", "high"] = bound("rolling_temperature_coefficient")
    auxiliary_power: Literal["given", "low", "high"] = bound("auxiliary_power")
    charger_efficiency: Literal["given", "low", "high"] = bound("charger_efficiency")
    charge_efficiency: Literal["given", "low", "high"] = bound("battery.charge_efficiency")
    drivetrain_loss: Literal["given", "low", "high"] = bound("drivetrain.loss_linear")
    drivetrain_loss_constant: Literal["given", "low", "high"] = bound("drivetrain.loss_constant")
    regeneration_share: Literal["given", "low", "high"] = bound("regeneration.share")
    regeneration_power: Literal["given", "low", "high"] = bound("regeneration.power_max")
    regeneration_cutoff: Literal["given", "low", "high"] = bound("regeneration.cutoff_speed")
    heat_transfer: Literal["given", "low", "high"] = bound("cabin.heat_transfer")
    heat_gain: Literal["given", "low", "high"] = bound("cabin.heat_gain")
    carnot_share: Literal["given", "low", "high"] = bound("cabin.carnot_share")


ASSUMED = {  # path of a car's value -> field that chooses within its range
    "mass": "mass",
    "drag_coefficient": "drag_coefficient",
    "frontal_area": "frontal_area",
    "rolling_resistance": "rolling_resistance",
    "battery_energy": "battery_energy",
    "battery.usable_share": "usable_share",
    "rolling_temperature_coefficient": "rolling_temperature",
    "auxiliary_power": "auxiliary_power",
    "charger_efficiency": "charger_efficiency",
    "battery.charge_efficiency": "charge_efficiency",
    "drivetrain.loss_linear": "drivetrain_loss",
    "drivetrain.loss_constant": "drivetrain_loss_constant",
    "regeneration.share": "regeneration_share",
    "regeneration.power_max": "regeneration_power",
    "regeneration.cutoff_speed": "regeneration_cutoff",
    "cabin.heat_transfer": "heat_transfer",
    "cabin.heat_gain": "heat_gain",
    "cabin.carnot_share": "carnot_share",
}
ROAD_LOAD = ("road_load_a", "road_load_b", "road_load_c")
BODY = ("drag_coefficient", "frontal_area", "rolling_resistance")


class VehicleSpec(Table):
    """An electric car on a drive cycle."""

    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = ((ROAD_LOAD, BODY),)

    vehicle: Text = text("generic", "car: a bundled one, or the path of a .toml file of one")
    cycle: Text = text(
        "wltc_3b", "drive cycle: a bundled one, the path of a .csv file, or a constant speed such as 90 km/h"
    )
    mass: Filled = of_car(
        "kg", "mass as driven; with road_load_* the equivalent test weight", usual=(50.0, 1e5), gt=0.0, le=1e6
    )
    road_load_a: Filled = of_car("N", "road load that does not depend on speed", ge=-1e6, le=1e6)
    road_load_b: Filled = of_car("N s m-1", "road load per speed", ge=-1e5, le=1e5)
    road_load_c: Filled = of_car(
        "N s2 m-2", "road load per speed squared, in the air of 20 to 25 degC", ge=-1e4, le=1e4
    )
    drag_coefficient: Filled = of_car("1", "drag coefficient", ge=0.0, le=10.0)
    frontal_area: Filled = of_car("m2", "frontal area", ge=0.0, le=100.0)
    rolling_resistance: Filled = of_car("1", "rolling resistance over weight", ge=0.0, le=1.0)
    rotating_factor: Number | None = quantity(
        None, "1", "inertia over mass; not set: 1 with road_load_*, else 1.04", ge=1.0, le=2.0
    )
    rolling_temperature_coefficient: Filled = of_car(
        "K-1",
        "by how much rolling resistance, or road_load_a and road_load_b, fall per kelvin above 20 degC",
        ge=0.0,
        le=0.012,
    )
    battery_energy: Filled = of_car("kW h", "energy of the battery", usual=(1.0, 2e3), gt=0.0, le=1e5)
    auxiliary_power: Filled = of_car(
        "W", "electric power of what is not driving or climate", usual=(10.0, 2e4), ge=0.0, le=1e5
    )
    charger_efficiency: Filled = of_car(
        "1", "charger's energy to the battery over that from the wall", gt=0.0, le=1.0
    )
    ambient_temperature: Number = quantity(23.0, "degC", "temperature of the air", ge=-60.0, le=60.0)
    altitude: Number = quantity(0.0, "m", "height above the sea, which thins the air", ge=-500.0, le=9000.0)
    grade: Number = quantity(
        0.0, "percent", "rise of the road over its run, on top of what the cycle says", ge=-60.0, le=60.0
    )
    drivetrain: Drivetrain = Drivetrain()
    regeneration: Regeneration = Regeneration()
    battery: Battery = Battery()
    cabin: Cabin = Cabin()
    assumption: Assumption = Assumption()
