"""``vehicle.drive``: an electric car on a drive cycle whose battery is an electrochemical cell in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from energymodels.battery.cell.mesh import workspace
from energymodels.battery.cell.model import FIDELITIES
from energymodels.core.case import view
from energymodels.core.model import Array, Block, Output, Prepared, Probe, hand_out
from energymodels.core.review import Context
from energymodels.kernels.battery.cell.row import ROW as CELL
from energymodels.kernels.vehicle.longitudinal import ROW as CAR
from energymodels.vehicle.data import cycles
from energymodels.vehicle.drive.checks import DriveReview
from energymodels.vehicle.pack import rows as pack_rows
from energymodels.vehicle.pack.fields import DriveSpec
from energymodels.vehicle.pack.model import Packed, split
from energymodels.vehicle.pack.results import OUTPUTS


class Drive(Packed):
    """Adapter of ``kernels.vehicle.pack_drive``."""

    name = "vehicle.drive"
    summary = "electric car whose battery is a pack of cells: range, voltage, temperature, end of the drive"
    spec = DriveSpec
    review = DriveReview
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    sources: ClassVar[tuple[str, ...]] = ("guzzella2013", "iso2533", "marquis2019")
    block: ClassVar[int] = 4

    def kernel(self) -> ModuleType:
        from energymodels.kernels.vehicle import pack_drive

        return pack_drive

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        times = []
        for text in context.words("cycle"):
            ends = cycles.cycle(text).time
            times += [ends[1:] + i * ends[-1] for i in range(context.fields["series.cycles"])]
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
            split(rows, CAR), split(rows, CELL), split(rows, kernel.PACK), axes["steps"],
            axes["cycles"], room, mesh,
            axes["tables"], axes["index"], axes["widths"], fidelity, time, series, out.scalars, out.status,
        )  # fmt: skip
        hand_out(kernel.SERIES_RESULTS, series, out.arrays)


MODEL = Drive()
