"""What ``vehicle.range`` gives, by the kernel's names."""

from __future__ import annotations

from energymodels.core.model import Output

UNIT = "W h km-1"
ENDLESS = "where driving takes no energy: inf"
DRAWN = {"sign_convention": "power that the battery delivers is positive"}
DRIVEN = {"sign_convention": "power that drives the car is positive, that which brakes it negative"}


def _energy(name: str, long_name: str) -> Output:
    return Output(name, UNIT, f"{long_name}, over distance")


SCALARS = (
    _energy("tractive_energy", "positive energy at the wheels"),
    _energy("braking_energy", "negative energy at the wheels, as a positive number"),
    _energy("consumption", "energy out of the battery's store, less what came back"),
    _energy("wall_consumption", "energy from the wall that puts it back"),
    Output("range", "km", "range: distance that the usable energy lasts for", absent=ENDLESS),
    _energy("regenerated_energy", "energy at the wheels that the motor takes while braking"),
    _energy("recovered_energy", "energy stored while the battery takes power"),
    _energy("road_load_energy", "energy spent on rolling and in the air"),
    _energy("kinetic_energy_gain", "kinetic energy at the end less that at the begin"),
    _energy("potential_energy_gain", "potential energy at the end less that at the begin"),
    _energy("friction_brake_loss", "energy turned to heat in friction brakes"),
    _energy("drivetrain_loss", "energy lost in motor, inverter and gear"),
    _energy("auxiliary_energy", "energy of auxiliaries"),
    _energy("cabin_energy", "electric energy of heating and cooling"),
    _energy("battery_loss", "energy lost in the battery while driving"),
    _energy("charging_loss", "energy lost in charger and battery while charging from the wall"),
    Output(
        "energy_balance",
        "1",
        "what the terms of the balance leave of the energy through the battery: round-off",
    ),
    Output("battery_power_max", "kW", "highest power of the battery", attrs=DRAWN),
    Output("battery_power_min", "kW", "lowest power of the battery", attrs=DRAWN),
    Output("battery_heat", "W", "heat of the battery, mean over the cycle"),
    Output("drivetrain_heat", "W", "heat of motor, inverter and gear, mean over the cycle"),
    Output("duration", "s", "duration of the cycle"),
    Output("distance", "km", "length of the cycle"),
)
SERIES = (
    Output("vehicle_speed", "m s-1", "speed in the middle of the step that begins at the time",
    dims=("time",), on_request=True),
    Output("wheel_power", "W", "power at the wheels, until the step's end", dims=("time",), attrs=DRIVEN,
    on_request=True),
    Output(
        "battery_power", "W", "power at the battery's terminals, until the step's end", dims=("time",),
        attrs=DRAWN, on_request=True
    ),
)  # fmt: skip
OUTPUTS = (*SCALARS, *SERIES)
