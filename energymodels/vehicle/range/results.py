"""Outputs of ``vehicle.range``, by the kernel's names."""

from __future__ import annotations

from energymodels.core.model import Output

UNIT = "W h km-1"
ENDLESS = "where driving takes no energy: infinite"
DRAWN = {"sign_convention": "power that the battery delivers is positive"}
DRIVEN = {"sign_convention": "traction power is positive, braking power negative"}


def _energy(name: str, long_name: str) -> Output:
    return Output(name, UNIT, f"{long_name}, per distance")


SCALARS = (
    _energy("tractive_energy", "tractive energy at the wheels"),
    _energy("braking_energy", "braking energy at the wheels, as a positive number"),
    _energy("consumption", "energy consumption: net energy drawn from the battery"),
    _energy(
        "wall_consumption",
        "energy consumption from the grid: energy to recharge it, charging losses included",
    ),
    Output("range", "km", "range: distance that the usable energy lasts for", absent=ENDLESS),
    _energy("regenerated_energy", "regenerative braking energy at the wheels"),
    _energy("recovered_energy", "recovered energy: energy stored in the battery while braking"),
    _energy("road_load_energy", "road load energy: rolling resistance and aerodynamic drag"),
    _energy("kinetic_energy_gain", "kinetic energy gain: end minus start"),
    _energy("potential_energy_gain", "potential energy gain: end minus start"),
    _energy("friction_brake_loss", "friction brake loss"),
    _energy("drivetrain_loss", "drivetrain loss: motor, inverter and gear"),
    _energy("auxiliary_energy", "auxiliary energy"),
    _energy("cabin_energy", "HVAC energy: electric energy of cabin heating and cooling"),
    _energy("battery_loss", "battery loss while driving"),
    _energy("charging_loss", "charging loss in charger and battery"),
    Output(
        "energy_balance",
        "1",
        "energy balance error; relative to the energy through the battery: round-off",
    ),
    Output("battery_power_max", "kW", "maximum battery power (peak discharge)", attrs=DRAWN),
    Output("battery_power_min", "kW", "minimum battery power (peak charge is negative)", attrs=DRAWN),
    Output("battery_heat", "W", "battery heat, cycle mean"),
    Output("drivetrain_heat", "W", "drivetrain heat (motor, inverter, gear), cycle mean"),
    Output("duration", "s", "duration of the cycle"),
    Output("distance", "km", "distance of the cycle"),
)
SERIES = (
    Output("vehicle_speed", "m s-1", "vehicle speed; in the middle of the step that starts at the time",
    dims=("time",), on_request=True),
    Output("wheel_power", "W", "wheel power; until the end of the step", dims=("time",), attrs=DRIVEN,
    on_request=True),
    Output(
        "battery_power", "W", "battery power at the terminals; until the end of the step", dims=("time",),
        attrs=DRAWN, on_request=True
    ),
)  # fmt: skip
OUTPUTS = (*SCALARS, *SERIES)
