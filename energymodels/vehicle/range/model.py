"""``vehicle.range``: an electric car on a drive cycle: energy at wheels, battery and wall, and how far it
goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array, Block, Model, Output, Prepared, Probe, hand_out
from energymodels.vehicle.data import cycles
from energymodels.vehicle.data.cars import car
from energymodels.vehicle.range import alternatives as members
from energymodels.vehicle.range.fields import VehicleSpec
from energymodels.vehicle.range.results import OUTPUTS


class Range(Model):
    """Adapter of ``kernels.vehicle.longitudinal``."""

    name = "vehicle.range"
    summary = "electric car on a drive cycle: consumption, losses by item, range"
    spec = VehicleSpec
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    sources: ClassVar[tuple[str, ...]] = ("guzzella2013", "iso2533")
    block: ClassVar[int] = 1024
    stores: ClassVar[bool] = True  # the battery is a store of energy

    def kernel(self) -> ModuleType:
        from energymodels.kernels.vehicle import longitudinal

        return longitudinal

    def check(self, fields: Mapping[str, Any]) -> list[Fault]:
        faults: list[Fault] = []
        for find, path in ((cycles.cycle, "cycle"), (car, "vehicle")):
            try:
                find(fields[path])
            except InputError as error:
                faults += error.faults
        return faults or self._incomplete(fields)

    def _incomplete(self, fields: Mapping[str, Any]) -> list[Fault]:
        from energymodels.vehicle.range.rows import used_group

        one = car(fields["vehicle"])
        group = used_group(fields, one)
        given = [path for path in group if path in fields]
        return [
            Fault(path, hint=f"needed together with {given[0]}; the car {one.name} states none")
            for path in group
            if path not in fields and path not in one.entries
        ]

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
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
                hint=f"must not lie above cabin.cooling_temperature, {high:g}",
            )
        ]

    def remarks(self, fields: Mapping[str, Any], along: Mapping[str, Array]) -> list[str]:
        return [*members.remarks(fields, along), *(members.cold_store(fields, along) if self.stores else [])]

    def members(
        self, fields: Mapping[str, Any], along: Mapping[str, Array]
    ) -> list[tuple[str, Mapping[str, Any]]]:
        return members.members(fields, along)

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        return members.inert(fields, swept)

    def data_sources(self, used: Mapping[str, Sequence[Any]]) -> list[str]:
        found = [source for text in used["cycle"] for source in cycles.cycle(text).sources]
        return list(dict.fromkeys([*found, *members.sources([car(name) for name in used["vehicle"]])]))

    def axes(self, fields: Mapping[str, Any], along: Mapping[str, Array], probe: Probe) -> dict[str, Array]:
        from energymodels.vehicle.range.steps import time_axis

        texts = along["cycle"].tolist() if "cycle" in along else [fields["cycle"]]
        return {"time": time_axis([cycles.cycle(text) for text in texts])}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        from energymodels.vehicle.range.rows import prepare

        return prepare(columns)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        steps, sums = axes["steps"], axes["cycles"]
        self.kernel().solve(rows, steps, sums, out.scalars, out.status)
        if out.arrays:
            from energymodels.vehicle.range.steps import places

            names = self.kernel().SERIES_RESULTS
            found = np.empty((len(names), rows.size, axes["time"].size))
            self.kernel().series(rows, steps, places(steps, sums, axes["time"]), found)
            hand_out(names, found, out.arrays)


MODEL = Range()
