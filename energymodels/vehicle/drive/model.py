"""``vehicle.drive``: an electric car on a drive cycle whose battery is an electrochemical cell in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from energymodels.battery.cell.mesh import workspace
from energymodels.battery.cell.model import FIDELITIES
from energymodels.core.case import view
from energymodels.core.errors import Fault
from energymodels.core.model import Array, Block, Output, Prepared, Probe, hand_out
from energymodels.vehicle.data import cycles
from energymodels.vehicle.pack import rows as pack_rows
from energymodels.vehicle.pack import warmth as pack_warmth
from energymodels.vehicle.pack.fields import DriveSpec
from energymodels.vehicle.pack.model import Packed, split
from energymodels.vehicle.pack.results import OUTPUTS


class Drive(Packed):
    """Adapter of ``kernels.vehicle.pack_drive``."""

    name = "vehicle.drive"
    summary = (
        "electric car whose battery is a cell in a pack: range, voltage, temperature, what ends the drive"
    )
    spec = DriveSpec
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    sources: ClassVar[tuple[str, ...]] = ("guzzella2013", "iso2533", "marquis2019")
    block: ClassVar[int] = 4

    def kernel(self) -> ModuleType:
        from energymodels.kernels.vehicle import pack_drive

        return pack_drive

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
        faults = super().impossible(fields)
        if not fields["pack.soc_min"] < fields["pack.soc_start"]:
            hint = f"must lie below pack.soc_start = {fields['pack.soc_start']:g}"
            faults.append(Fault("pack.soc_min", fields["pack.soc_min"], hint=hint))
        if fields["pack.heating.power"] > 0.0 and not pack_warmth.warms(fields):
            hint = f"heats nothing: {pack_warmth.KEPT}"
            faults.append(Fault("pack.heating.power", fields["pack.heating.power"], unit="kW", hint=hint))
        return faults

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        return super().inert(fields, swept) | pack_warmth.inert(fields, swept)

    def remarks(self, fields: Mapping[str, Any], along: Mapping[str, Array]) -> list[str]:
        return [*super().remarks(fields, along), *pack_warmth.remarks(fields, along)]

    def axes(self, fields: Mapping[str, Any], along: Mapping[str, Array], probe: Probe) -> dict[str, Array]:
        times = []
        for text in along["cycle"].tolist() if "cycle" in along else [fields["cycle"]]:
            ends = cycles.cycle(text).time
            times += [ends[1:] + i * ends[-1] for i in range(fields["series.cycles"])]
        return {"time": np.unique(np.concatenate(times))}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        case = view(DriveSpec, columns)
        rows, derived, shared = pack_rows.prepare(columns, case.pack, case.ambient_temperature)
        return Prepared(rows | pack_rows.of_drive(case, rows), derived, shared)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        kernel = self.kernel()
        time = axes.get("time", np.empty(0)) if out.arrays else np.empty(0)
        series = np.empty((kernel.SERIES, rows.size if time.size else 0, time.size))
        fidelity = int(axes["fidelity"][0]) + FIDELITIES.index("battery.spme")
        room, mesh = workspace(rows, axes, resolved=fidelity == FIDELITIES.index("battery.dfn"))
        kernel.solve(
            split(rows, kernel.CAR), split(rows, kernel.CELL), split(rows, kernel.PACK), axes["steps"],
            axes["cycles"], room, mesh,
            axes["tables"], axes["index"], axes["widths"], fidelity, time, series, out.scalars, out.status,
        )  # fmt: skip
        hand_out(kernel.SERIES_RESULTS, series, out.arrays)


MODEL = Drive()
