"""Checks and notes on the fields of ``vehicle.charge_stop``."""

from __future__ import annotations

from energymodels.core.schema import schema
from energymodels.vehicle.pack.checks import PackedReview
from energymodels.vehicle.range.fields import VehicleSpec


class ChargeStopReview(PackedReview):
    """The review of ``vehicle.charge_stop``."""

    unused = ("battery_energy", "battery.usable_share", "charger_efficiency")

    def without_effect(self) -> dict[str, str]:
        found, swept = super().without_effect(), self.of.swept
        if "consumption" in self.of.fields and "consumption" not in swept:
            driving = schema(VehicleSpec).keys() - {"ambient_temperature"}
            found |= dict.fromkeys(swept & driving, "consumption is given")
        return found
