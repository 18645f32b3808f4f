"""``vehicle.charge_stop``: distance gained at a charger, as fast as cell, pack and station allow."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from energymodels.battery.cell.mesh import workspace
from energymodels.battery.cell.model import FIDELITIES
from energymodels.core.model import Array, Block, Output, Prepared, Probe
from energymodels.core.review import Context
from energymodels.vehicle.charge_stop import rows as stop_rows
from energymodels.vehicle.charge_stop.checks import ChargeStopReview
from energymodels.vehicle.charge_stop.results import OUTPUTS
from energymodels.vehicle.pack.fields import ChargeStopSpec
from energymodels.vehicle.pack.model import Packed, split

SAMPLES = 601  # of the charge, from which peaks and the energy stored come


class ChargeStop(Packed):
    """Adapter of ``kernels.battery.cell.drive`` and ``kernels.vehicle.charge_stop``."""

    name = "vehicle.charge_stop"
    summary = "electric car at a charging station: range added, energy, power, temperature after some minutes"
    spec = ChargeStopSpec
    review = ChargeStopReview
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    sources: ClassVar[tuple[str, ...]] = ("guzzella2013", "iso2533", "marquis2019", "doyle1993")
    block: ClassVar[int] = 16

    def kernel(self) -> ModuleType:
        from energymodels.kernels.vehicle import charge_stop

        return charge_stop

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        return {}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        return stop_rows.prepare(columns)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        for seconds in np.unique(rows["seconds"]):  # each stay has a time axis of its own
            mine = np.flatnonzero(rows["seconds"] == seconds)
            scalars, codes = self._solve(rows[mine], float(seconds), axes)
            out.scalars[:, mine], out.status[mine] = scalars, codes

    def _solve(self, rows: Array, seconds: float, axes: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return (scalars, status) of rows with the same stay."""
        from energymodels.kernels.battery.cell import drive
        from energymodels.kernels.battery.cell import row as at

        kernel, time = self.kernel(), np.linspace(0.0, seconds, SAMPLES)
        fidelity = int(axes["fidelity"][0]) + FIDELITIES.index("battery.spme")
        room, mesh = workspace(rows, axes, resolved=fidelity == FIDELITIES.index("battery.dfn"))
        found = np.empty((at.SCALARS, rows.size + 1))[:, : rows.size]
        series = np.empty((at.SERIES, rows.size, time.size))
        inside = np.empty((0, time.size, 2 * axes["widths"].size))
        codes = np.empty(rows.size, dtype=np.int8)
        cells = split(rows, kernel.CELL)
        entry: ModuleType = drive
        entry.solve(
            cells, room, mesh, axes["tables"], axes["index"], axes["widths"], axes["program"],
            axes["profiles"], fidelity, time,
            series, inside, found, codes,
        )  # fmt: skip
        scalars = np.empty((kernel.SCALARS, rows.size + 1))[:, : rows.size]
        kernel.solve(
            cells,
            split(rows, kernel.STOP),
            found,
            series,
            time,
            self._consumption(rows, axes),
            scalars,
            codes,
        )
        return scalars, codes

    def _consumption(self, rows: Array, axes: Mapping[str, Array]) -> Array:
        """Return the consumption of each row, J m-1: the one given, or that of the car on its cycle."""
        from energymodels.kernels.vehicle import longitudinal

        entry: ModuleType = longitudinal
        found = np.empty((longitudinal.SCALARS, rows.size + 1))[:, : rows.size]
        codes = np.empty(rows.size, dtype=np.int8)
        entry.solve(split(rows, longitudinal.ROW), axes["steps"], axes["cycles"], found, codes)
        return np.where(np.isnan(rows["consumption"]), found[longitudinal.CONSUMPTION], rows["consumption"])


MODEL = ChargeStop()
