"""The fields of the vehicle model.

What is not set is the car's, and what no car's file says is the generic car's.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Unpack

from energymodels.core.schema import Filled, Label, Number, Table, Text, Usual, choice, quantity, text

BOUNDS = ("given", "low", "high")
ASSUMPTION = "assumption."


def of_car(unit: str, meaning: str, **limits: Unpack[Usual]) -> Any:
    """Return a number field that the car fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the car's", **limits)


def bound(path: str) -> Any:
    """Return a field that chooses the value of ``path``, or an end of its range, in the car's file."""
    return choice(
        "given",
        f"range of {path} in the car's file: given value, or low or high end if the file states a range",
    )


class Drivetrain(Table):
    """Drivetrain losses of motor, inverter and gear at a wheel power, in driving and braking alike."""

    loss_constant: Filled = of_car("W", "constant drivetrain loss while the car moves", ge=0.0, le=1e5)
    loss_linear: Filled = of_car(
        "1", "linear drivetrain loss coefficient: loss per wheel power", ge=0.0, le=10.0
    )
    loss_quadratic: Filled = of_car(
        "1",
        "quadratic drivetrain loss coefficient: additional relative loss at rated power, proportional to "
        "power below",
        ge=0.0,
        le=10.0,
    )
    rated_power: Filled = of_car(
        "kW", "rated wheel power, at which loss_quadratic applies", usual=(1.0, 5e3), gt=0.0, le=1e5
    )


class Regeneration(Table):
    """Regenerative braking; friction brakes do the rest."""

    share: Filled = of_car(
        "1", "regenerative braking fraction: fraction of braking on driven axles", ge=0.0, le=1.0
    )
    power_max: Filled = of_car("kW", "maximum regenerative braking power at the wheels", ge=0.0, le=1e5)
    cutoff_speed: Filled = of_car(
        "km h-1", "cut-off speed of regenerative braking; below it friction brakes only", ge=0.0, le=500.0
    )


class Battery(Table):
    """The battery as an energy buffer (no cell model)."""

    usable_share: Filled = of_car("1", "usable energy fraction of battery_energy", gt=0.0, le=1.0)
    charge_efficiency: Filled = of_car(
        "1", "battery charge efficiency: stored energy over energy in at the terminals", gt=0.0, le=1.0
    )
    discharge_efficiency: Filled = of_car(
        "1",
        "battery discharge efficiency: energy out at the terminals over stored energy used",
        gt=0.0,
        le=1.0,
    )


class Cabin(Table):
    """Heating and cooling at a steady state: a heat pump reaches a fraction of Carnot's coefficient of
    performance.
    """

    climate: Label[Literal["on", "off"]] = choice("on", "cabin climate control (HVAC) on or off")
    heater: Label[Literal["heat_pump", "resistance"]] = choice(
        "heat_pump", "cabin heater; the minimum COP of a heat pump is 1, that of a resistance heater"
    )
    heating_temperature: Filled = of_car("degC", "heating set point of the cabin", ge=-60.0, le=60.0)
    cooling_temperature: Filled = of_car("degC", "cooling set point of the cabin", ge=-60.0, le=60.0)
    heat_transfer: Filled = of_car(
        "W K-1", "cabin heat loss coefficient; ventilation included", ge=0.0, le=1e4
    )
    heat_gain: Filled = of_car("W", "cabin heat gain from occupants, electronics and sun", ge=0.0, le=1e5)
    carnot_share: Filled = of_car(
        "1", "heat pump efficiency relative to Carnot: COP over Carnot COP", gt=0.0, le=1.0
    )
    approach_inside: Filled = of_car(
        "K", "approach temperature of the indoor heat exchanger", ge=0.0, le=100.0
    )
    approach_outside: Filled = of_car(
        "K", "approach temperature of the outdoor heat exchanger", ge=0.0, le=100.0
    )
    cop_max: Filled = of_car("1", "maximum coefficient of performance (COP)", ge=1.0, le=100.0)


class Assumption(Table):
    """Choice within the ranges that the car's file states; a field that is set has no range."""

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

    vehicle: Text = text("generic", "car: a bundled car, or the path of its .toml file")
    cycle: Text = text(
        "wltc_3b",
        "drive cycle: a bundled cycle, the path of a .csv file, or a constant speed such as 90 km/h",
    )
    mass: Filled = of_car(
        "kg",
        "vehicle mass as driven; with road_load_* the equivalent test weight",
        usual=(50.0, 1e5),
        gt=0.0,
        le=1e6,
    )
    road_load_a: Filled = of_car("N", "road load coefficient A (coast-down): constant term", ge=-1e6, le=1e6)
    road_load_b: Filled = of_car(
        "N s m-1", "road load coefficient B (coast-down): linear term in speed", ge=-1e5, le=1e5
    )
    road_load_c: Filled = of_car(
        "N s2 m-2",
        "road load coefficient C (coast-down): quadratic term in speed, at 20 to 25 degC air temperature",
        ge=-1e4,
        le=1e4,
    )
    drag_coefficient: Filled = of_car("1", "drag coefficient Cd", ge=0.0, le=10.0)
    frontal_area: Filled = of_car("m2", "frontal area", ge=0.0, le=100.0)
    rolling_resistance: Filled = of_car("1", "rolling resistance coefficient", ge=0.0, le=1.0)
    rotating_factor: Number | None = quantity(
        None,
        "1",
        "rotational inertia factor: effective inertial mass over vehicle mass; not set: 1 with "
        "road_load_*, else 1.04",
        ge=1.0,
        le=2.0,
    )
    rolling_temperature_coefficient: Filled = of_car(
        "K-1",
        "temperature coefficient of rolling resistance: relative decrease per kelvin above 20 degC, also "
        "of road_load_a and road_load_b",
        ge=0.0,
        le=0.012,
    )
    battery_energy: Filled = of_car("kW h", "battery energy, gross", usual=(1.0, 2e3), gt=0.0, le=1e5)
    auxiliary_power: Filled = of_car(
        "W", "auxiliary power; without traction and HVAC", usual=(10.0, 2e4), ge=0.0, le=1e5
    )
    charger_efficiency: Filled = of_car(
        "1", "charger efficiency: energy to the battery over energy from the grid", gt=0.0, le=1.0
    )
    ambient_temperature: Number = quantity(23.0, "degC", "ambient temperature", ge=-60.0, le=60.0)
    altitude: Number = quantity(
        0.0, "m", "altitude above sea level; reduces air density", ge=-500.0, le=9000.0
    )
    grade: Number = quantity(
        0.0, "percent", "road grade, rise over run; comes on top of the cycle's grade", ge=-60.0, le=60.0
    )
    drivetrain: Drivetrain = Drivetrain()
    regeneration: Regeneration = Regeneration()
    battery: Battery = Battery()
    cabin: Cabin = Cabin()
    assumption: Assumption = Assumption()
