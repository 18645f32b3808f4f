"""What the models of cars with a cell in a pack share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from energymodels.core.errors import Fault
from energymodels.core.model import Array
from energymodels.core.schema import FieldInfo, schema
from energymodels.vehicle.pack import cell as pack_cell
from energymodels.vehicle.range.fields import ASSUMPTION
from energymodels.vehicle.range.model import Range

STORE = (
    "battery_energy",
    "battery.usable_share",
    "battery.discharge_efficiency",
    "battery.charge_efficiency",
    "charger_efficiency",
)


class Packed(Range):
    """A car whose battery is a cell in a pack, in place of a store of energy."""

    unused: tuple[str, ...] = STORE
    stores: ClassVar[bool] = False

    def fields(self, values: Mapping[str, Any]) -> dict[str, FieldInfo]:
        return schema(self.spec) | pack_cell.brought(values)

    def alias(self, name: str) -> tuple[str, str] | None:
        path = pack_cell.renamed(name)
        return None if path is None else (path, "")

    def check(self, fields: Mapping[str, Any]) -> list[Fault]:
        return super().check(fields) + pack_cell.check(fields)

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
        return super().impossible(fields) + pack_cell.impossible(fields)

    def remarks(self, fields: Mapping[str, Any], along: Mapping[str, Array]) -> list[str]:
        cells = along[pack_cell.FIELD].tolist() if pack_cell.FIELD in along else [fields[pack_cell.FIELD]]
        found = list(super().remarks(fields, along))
        for name in dict.fromkeys(cells):
            mine = pack_cell.cell_fields(dict(fields) | {pack_cell.FIELD: name})
            found += pack_cell.battery(fields).remarks(mine | {"initial_soc": 1.0}, pack_cell.of_cell(along))
        return found

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        found = super().inert(fields, swept)
        store = set(self.unused) | {ASSUMPTION + path.split(".")[-1] for path in self.unused}
        found |= {path: "the pack and its cell stand in its place" for path in swept if path in store}
        cell = set(pack_cell.of_cell(dict.fromkeys(swept)))
        mine = pack_cell.cell_fields(fields) | {"protocol": "Charge at limits until 80% SOC"}
        found |= {
            pack_cell.named(path): why for path, why in pack_cell.battery(fields).inert(mine, cell).items()
        }
        return found

    def members(
        self, fields: Mapping[str, Any], along: Mapping[str, Array]
    ) -> list[tuple[str, Mapping[str, Any]]]:
        store = {ASSUMPTION + path.split(".")[-1] for path in self.unused}
        car = [
            (name, {p: v for p, v in one.items() if p not in store})
            for name, one in super().members(fields, along)
        ]
        cell = []
        if pack_cell.FIELD not in along:
            mine = pack_cell.battery(fields).members(pack_cell.cell_fields(fields), pack_cell.of_cell(along))
            cell = [
                (pack_cell.named(name), {pack_cell.named(p): v for p, v in one.items()}) for name, one in mine
            ]
        now = {path: value for part in (car[:1], cell[:1]) for _, one in part for path, value in one.items()}
        return (
            [("as given", now), *((name, one) for name, one in (*car[1:], *cell[1:]) if one)] if now else []
        )

    def data_sources(self, used: Mapping[str, Sequence[Any]]) -> list[str]:
        from energymodels.battery.parameters.sets import parameter_set

        sets = used.get(pack_cell.named("parameters"), ())
        named = list(sets) or [
            pack_cell.cell_spec(str(n), "battery.spme", True).checked()["parameters"]
            for n in used[pack_cell.FIELD]
        ]
        found = [
            *super().data_sources(used),
            *(source for name in named for source in parameter_set(str(name)).sources),
        ]
        return list(dict.fromkeys(found))


def split(rows: Array, dtype: np.dtype[Any]) -> Array:
    """Return the fields of ``dtype`` of wider rows, as rows of their own."""
    found = np.empty(rows.size, dtype).view(np.recarray)
    for name in dtype.names or ():
        found[name] = rows[name]
    return found
