"""Checks and notes on the fields of ``vehicle.range``."""

from __future__ import annotations

from typing import ClassVar

from energymodels.core.errors import Fault, InputError
from energymodels.core.review import Alternative, Review
from energymodels.core.values import Fields
from energymodels.vehicle.data import cycles
from energymodels.vehicle.data.cars import car
from energymodels.vehicle.range import alternatives
from energymodels.vehicle.range.rows import used_group


class RangeReview(Review):
    """The review of a car on a cycle."""

    stores: ClassVar[bool] = True  # the battery is an energy buffer (no cell model)

    def faults(self) -> list[Fault]:
        fields = self.of.fields
        faults: list[Fault] = []
        for find, path in ((cycles.cycle, "cycle"), (car, "vehicle")):
            try:
                find(fields[path])
            except InputError as error:
                faults += error.faults
        return faults or _incomplete(fields)

    def impossible(self) -> list[Fault]:
        fields = self.of.fields
        entries = car(fields["vehicle"]).entries
        low, high = (
            fields.get(f"cabin.{n}_temperature", entries[f"cabin.{n}_temperature"].given)
            for n in ("heating", "cooling")
        )
        if low <= high:
            return []
        return [
            Fault(
                "cabin.heating_temperature",
                low,
                unit="degC",
                hint=f"must not exceed cabin.cooling_temperature, {high:g}",
            )
        ]

    def notes(self) -> list[str]:
        of = self.of.fields, self.of.along
        return [*alternatives.remarks(*of), *(alternatives.cold_battery(*of) if self.stores else [])]

    def alternatives(self) -> list[Alternative]:
        return alternatives.members(self.of.fields, self.of.along)

    def without_effect(self) -> dict[str, str]:
        return alternatives.inert(self.of.fields, self.of.swept)

    def sources(self) -> list[str]:
        found = [source for text in self.of.used["cycle"] for source in cycles.cycle(text).sources]
        cars = [car(name) for name in self.of.used["vehicle"]]
        return list(dict.fromkeys([*found, *alternatives.sources(cars)]))


def _incomplete(fields: Fields) -> list[Fault]:
    """Return missing road load fields, where some of a group are given."""
    one = car(fields["vehicle"])
    group = used_group(fields, one)
    given = [path for path in group if path in fields]
    return [
        Fault(path, hint=f"needed together with {given[0]}; the car {one.name} states none")
        for path in group
        if path not in fields and path not in one.entries
    ]
