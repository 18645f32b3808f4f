"""Checks and notes on the fields of a car with a pack of cells."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.errors import Fault, InputError
from energymodels.core.review import Alternative, Review
from energymodels.core.values import FieldDict, Fields
from energymodels.vehicle.pack import cell as pack_cell
from energymodels.vehicle.range.checks import RangeReview
from energymodels.vehicle.range.fields import ASSUMPTION

STORE = (
    "battery_energy",
    "battery.usable_share",
    "battery.discharge_efficiency",
    "battery.charge_efficiency",
    "charger_efficiency",
)


class PackedReview(RangeReview):
    """The review of a car and of the cell in its pack."""

    unused: ClassVar[tuple[str, ...]] = STORE
    stores: ClassVar[bool] = False

    @cached_property
    def cell(self) -> FieldDict:
        """The checked fields of the cell; InputError lists what is wrong."""
        return pack_cell.cell_fields(self.of.fields)

    @property
    def warms(self) -> bool:
        """Whether the cell has a lumped thermal model."""
        return bool(self.cell["thermal"] == "lumped")

    def faults(self) -> list[Fault]:
        found = super().faults()
        try:
            self.cell  # noqa: B018 it is checked when it is asked for
        except InputError as error:
            found += [pack_cell.named_fault(fault) for fault in error.faults]
        return found

    def impossible(self) -> list[Fault]:
        of_cell = pack_cell.battery(self.of.fields).reviewed(self.cell).impossible()
        return super().impossible() + [pack_cell.named_fault(fault) for fault in of_cell]

    def _cell(self, fields: Fields) -> Review:
        """Return the review of the cell that ``fields`` name and change, with what is swept of it."""
        battery = pack_cell.battery(self.of.fields)
        return battery.reviewed(fields, pack_cell.of_cell(self.of.along))

    def notes(self) -> list[str]:
        found = super().notes()
        for name in self.of.words(pack_cell.FIELD):
            fields = dict(self.of.fields) | {pack_cell.FIELD: name}
            mine = self.cell if fields == self.of.fields else pack_cell.cell_fields(fields)
            found += self._cell(mine | {"initial_soc": 1.0}).notes()
        return found

    def without_effect(self) -> dict[str, str]:
        found = super().without_effect()
        store = set(self.unused) | {ASSUMPTION + path.split(".")[-1] for path in self.unused}
        found |= {path: "the pack and its cell replace it" for path in self.of.swept if path in store}
        mine = self.cell | {"protocol": "Charge at limits until 80% SOC"}
        return found | {pack_cell.named(p): why for p, why in self._cell(mine).without_effect().items()}

    def alternatives(self) -> list[Alternative]:
        store = {ASSUMPTION + path.split(".")[-1] for path in self.unused}
        of_car = super().alternatives()
        car = [(name, {p: v for p, v in one.items() if p not in store}) for name, one in of_car]
        cell = []
        if pack_cell.FIELD not in self.of.along:
            mine = self._cell(self.cell).alternatives()
            named = ({pack_cell.named(p): v for p, v in one.items()} for _, one in mine)
            cell = [(pack_cell.named(name), one) for (name, _), one in zip(mine, named, strict=True)]
        now = {path: value for part in (car[:1], cell[:1]) for _, one in part for path, value in one.items()}
        changed = [(name, one) for name, one in (*car[1:], *cell[1:]) if one]
        return [("as given", now), *changed] if now else []

    def sources(self) -> list[str]:
        cells = self.of.used[pack_cell.FIELD]
        sets = self.of.used.get(pack_cell.named("parameters")) or [
            pack_cell.cell_spec(str(name), "battery.spme", True).checked()["parameters"] for name in cells
        ]
        of_sets = (source for name in sets for source in parameter_set(str(name)).sources)
        return list(dict.fromkeys([*super().sources(), *of_sets]))
