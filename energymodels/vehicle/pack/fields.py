"""Fields of cars with a pack of cells. The fields of the cell itself are ``battery_cell.*``."""

from __future__ import annotations

import math
from typing import Literal

from energymodels.core.schema import Count, Label, Number, Table, Text, choice, count, quantity, text
from energymodels.vehicle.range.fields import VehicleSpec


class Pack(Table):
    """A pack of identical cells in series and parallel."""

    cell: Text = text("battery-lfp-4c", "cell: a bundled battery.* spec, or the path of its .toml file")
    fidelity: Label[Literal["battery.spme", "battery.dfn"]] = choice(
        "battery.spme", "cell model (fidelity): battery.spme or battery.dfn", fixed=True
    )
    series: Number = quantity(100.0, "1", "number of cells in series", ge=1.0, le=1e5)
    parallel: Number = quantity(2.0, "1", "number of cells in parallel", gt=0.0, le=1e6)
    resistance: Number = quantity(
        0.0,
        "ohm",
        "pack resistance in series with the cells: busbars, cables, contactors, fuse; in vehicle.drive "
        "its heat also warms the cells",
        ge=0.0,
        le=1e3,
    )
    temperature: Number | None = quantity(
        None,
        "degC",
        "initial cell temperature, preconditioned or not; not set: ambient_temperature",
        ge=-60.0,
        le=150.0,
    )
    mass_ratio: Number = quantity(0.75, "1", "cell-to-pack mass ratio", gt=0.0, le=1.0)
    volume_ratio: Number = quantity(0.6, "1", "cell-to-pack volume ratio", gt=0.0, le=1.0)


class Heating(Table):
    """Battery heater, fed by the pack; needs battery_cell.thermal=lumped."""

    power: Number = quantity(
        0.0, "kW", "battery heater power, drawn from the pack terminals; 0: no heater", ge=0.0, le=1e3
    )
    target: Number = quantity(
        15.0, "degC", "target cell temperature of the battery heater", ge=-60.0, le=60.0
    )


class DrivePack(Pack):
    """A pack in a driving car."""

    soc_start: Number = quantity(1.0, "1", "initial SOC", gt=0.0, le=1.0)
    soc_min: Number = quantity(0.0, "1", "minimum SOC, at which the drive ends", ge=0.0, lt=1.0)
    derating: Label[Literal["end", "derate"]] = choice(
        "end",
        "power derating at the lower cut-off voltage: end the drive, or derate the power to what the "
        "cells can deliver",
    )
    short_max: Number = quantity(
        0.5,
        "1",
        "maximum energy shortfall of a cycle with derating, as a fraction of its energy; a cycle with a "
        "larger shortfall is the last",
        ge=0.0,
        le=1.0,
    )
    heating: Heating = Heating()


class DriveSeries(Table):
    """The time axis of the series."""

    cycles: Count = count(1, "number of cycles covered by the time axis", ge=1, le=1000)


class DriveSpec(VehicleSpec):
    """An electric car that drives a cycle, over and over, until the pack is empty."""

    pack: DrivePack = DrivePack()
    cycles_max: Number = quantity(
        math.inf, "1", "maximum number of cycles; range is then extrapolated from the charge used", gt=0.0
    )
    time_step: Number = quantity(1.0, "s", "maximum time step", ge=1e-3, le=60.0)
    series: DriveSeries = DriveSeries()


class StopPack(Pack):
    """A pack at a charging station."""

    fidelity: Label[Literal["battery.spme", "battery.dfn"]] = choice(
        "battery.dfn", "cell model (fidelity): battery.spme or battery.dfn", fixed=True
    )
    soc_start: Number = quantity(0.1, "1", "initial SOC", ge=0.0, lt=1.0)
    current_max: Number = quantity(math.inf, "A", "maximum charge current of the pack", gt=0.0)


class Station(Table):
    """Limits of the charging station; inf: no limit."""

    power: Number = quantity(
        math.inf, "kW", "maximum power of the charging station", usual=(1.0, 1e4), gt=0.0
    )
    current: Number = quantity(math.inf, "A", "maximum current of the charging station", gt=0.0)
    voltage: Number = quantity(math.inf, "V", "maximum voltage of the charging station", gt=0.0)


class ChargeStopSpec(VehicleSpec):
    """An electric car at a charger."""

    pack: StopPack = StopPack()
    station: Station = Station()
    minutes: Number = quantity(10.0, "min", "duration of the charging stop", gt=0.0, le=1e4)
    consumption: Number | None = quantity(
        None,
        "W h km-1",
        "energy consumption used to convert energy to distance; not set: that of vehicle.range for the "
        "car on the cycle",
        gt=0.0,
        le=1e5,
    )
