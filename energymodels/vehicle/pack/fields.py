"""The fields of cars whose battery is a cell in a pack. Those of the cell itself are ``battery_cell.*``."""

from __future__ import annotations

import math
from typing import Literal

from energymodels.core.schema import Count, Label, Number, Table, Text, choice, count, quantity, text
from energymodels.vehicle.range.fields import VehicleSpec


class Pack(Table):
    """Equal cells in series and in parallel."""

    cell: Text = text(
        "battery-lfp-4c", "cell: a bundled spec of battery.*, or the path of a .toml file of one"
    )
    fidelity: Label[Literal["battery.spme", "battery.dfn"]] = choice(
        "battery.spme", "how much of the cell is resolved", fixed=True
    )
    series: Number = quantity(100.0, "1", "cells in series", ge=1.0, le=1e5)
    parallel: Number = quantity(2.0, "1", "cells in parallel", gt=0.0, le=1e6)
    resistance: Number = quantity(
        0.0,
        "ohm",
        "of all that is in series with the cells: busbars, cables, contactors, fuse; in a drive its heat "
        "warms the cells too",
        ge=0.0,
        le=1e3,
    )
    temperature: Number | None = quantity(
        None,
        "degC",
        "of the cells at the start, preheated or not; not set: ambient_temperature",
        ge=-60.0,
        le=150.0,
    )
    mass_ratio: Number = quantity(0.75, "1", "mass of the cells over that of the pack", gt=0.0, le=1.0)
    volume_ratio: Number = quantity(0.6, "1", "volume of the cells over that of the pack", gt=0.0, le=1.0)


class Heating(Table):
    """A heater of the cells, fed by the pack itself; cells need battery_cell.thermal=lumped to be warmed."""

    power: Number = quantity(
        0.0, "kW", "power of the battery's heater, from the pack's terminals; 0: none", ge=0.0, le=1e3
    )
    target: Number = quantity(
        15.0, "degC", "temperature of the cells up to which it heats", ge=-60.0, le=60.0
    )


class DrivePack(Pack):
    """A pack to drive with."""

    soc_start: Number = quantity(1.0, "1", "state of charge at the start", gt=0.0, le=1.0)
    soc_min: Number = quantity(0.0, "1", "state of charge at which the drive ends", ge=0.0, lt=1.0)
    derating: Label[Literal["end", "derate"]] = choice(
        "end",
        "where a power would take cells below their lowest voltage: the drive ends, or goes on with "
        "what they give there",
    )
    short_max: Number = quantity(
        0.5,
        "1",
        "share of a cycle's energy that may be lacking, with derating; one that lacks more is the last",
        ge=0.0,
        le=1.0,
    )
    heating: Heating = Heating()


class DriveSeries(Table):
    """The time axis of the series."""

    cycles: Count = count(1, "cycles that the time axis covers", ge=1, le=1000)


class DriveSpec(VehicleSpec):
    """An electric car that drives a cycle, over and over, until its cells give no more."""

    pack: DrivePack = DrivePack()
    cycles_max: Number = quantity(
        math.inf, "1", "cycles at most; range is then extrapolated by the charge that they used", gt=0.0
    )
    time_step: Number = quantity(1.0, "s", "longest step of the time integration", ge=1e-3, le=60.0)
    series: DriveSeries = DriveSeries()


class StopPack(Pack):
    """A pack to be charged."""

    fidelity: Label[Literal["battery.spme", "battery.dfn"]] = choice(
        "battery.dfn", "how much of the cell is resolved", fixed=True
    )
    soc_start: Number = quantity(0.1, "1", "state of charge at the start", ge=0.0, lt=1.0)
    current_max: Number = quantity(math.inf, "A", "current that the pack takes, at most", gt=0.0)


class Station(Table):
    """What the charger gives at most; inf: no limit."""

    power: Number = quantity(math.inf, "kW", "power, at most", usual=(1.0, 1e4), gt=0.0)
    current: Number = quantity(math.inf, "A", "current, at most", gt=0.0)
    voltage: Number = quantity(math.inf, "V", "voltage, at most", gt=0.0)


class ChargeStopSpec(VehicleSpec):
    """An electric car at a charger."""

    pack: StopPack = StopPack()
    station: Station = Station()
    minutes: Number = quantity(10.0, "min", "how long the car stays", gt=0.0, le=1e4)
    consumption: Number | None = quantity(
        None,
        "W h km-1",
        "that turns energy into distance; not set: what vehicle.range has for the car on the cycle",
        gt=0.0,
        le=1e5,
    )
