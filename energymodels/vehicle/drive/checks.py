"""Checks and notes on the fields of ``vehicle.drive``."""

from __future__ import annotations

from energymodels.core.errors import Fault
from energymodels.vehicle.pack import warmth
from energymodels.vehicle.pack.checks import PackedReview


class DriveReview(PackedReview):
    """The review of ``vehicle.drive``."""

    def impossible(self) -> list[Fault]:
        fields, faults = self.of.fields, super().impossible()
        if not fields["pack.soc_min"] < fields["pack.soc_start"]:
            hint = f"must lie below pack.soc_start = {fields['pack.soc_start']:g}"
            faults.append(Fault("pack.soc_min", fields["pack.soc_min"], hint=hint))
        if fields["pack.heating.power"] > 0.0 and not self.warms:
            hint = f"has no effect: {warmth.KEPT}"
            faults.append(Fault("pack.heating.power", fields["pack.heating.power"], unit="kW", hint=hint))
        return faults

    def without_effect(self) -> dict[str, str]:
        return super().without_effect() | warmth.inert(self.of.fields, self.of.swept, self.warms)

    def notes(self) -> list[str]:
        return [*super().notes(), *warmth.remarks(self.of.fields, self.of.along, self.warms)]
