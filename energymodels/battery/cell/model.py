"""The battery models: one adapter of ``kernels.battery.cell.drive`` for three fidelities."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from energymodels.battery.cell import built, lanes
from energymodels.battery.cell.checks import BatteryReview
from energymodels.battery.cell.fields import BatterySpec
from energymodels.battery.cell.mesh import PYBAMM, Mesh, make_mesh, workspace
from energymodels.battery.cell.results import OF_DESIGN, OUTPUTS, PROFILES, REFERENCES
from energymodels.battery.cell.rows import Cells, kernel_rows, program, shared_tables
from energymodels.battery.parameters import names
from energymodels.battery.protocol.program import parse
from energymodels.core.compile_time import told
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.model import Agreement, Array, Block, Model, Output, Prepared, Probe, hand_out
from energymodels.core.review import Context
from energymodels.core.schema import Table, schema
from energymodels.core.values import Fields, Given

if TYPE_CHECKING:
    pass

FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")


class Battery(Model):
    """A lithium-ion cell model; ``name`` gives its fidelity."""

    spec: ClassVar[type[Table]] = BatterySpec
    review = BatteryReview
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    references: ClassVar[Mapping[str, Mapping[str, Agreement]]] = {"pybamm": REFERENCES}
    alike: ClassVar[Mapping[str, Given]] = {"pybamm": {"mesh": "pybamm"}}
    block: ClassVar[int] = 512

    def kernel(self) -> ModuleType:
        from energymodels.kernels.battery.cell import drive

        return drive

    def fields(self, values: Fields) -> dict[str, FieldInfo]:
        found = schema(self.spec)
        if built.FIELD in values:
            found = found | built.brought()
        numbers = parse(values.get("protocol", found["protocol"].default)).placeholders
        return found | dict(numbers) if numbers else found

    def alias(self, name: str) -> tuple[str, str] | None:
        reason = names.refusal(name)
        if reason:
            raise InputError(Fault(name, hint=reason))
        return names.path_of(name)

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        fields = context.fields
        points = fields["series.points"]
        if not points:
            return {}
        end = fields.get("series.end")
        if end is None:
            durations = probe(["duration"]).values["duration"]
            ended = durations[np.isfinite(durations)]
            end = float(ended.max()) if ended.size else 1.0
        return {"time": np.linspace(0.0, end, points)} | self._places(fields)

    def _places(self, fields: Fields) -> dict[str, Array]:
        """Return node positions as fractions of their layers; empty for a model without spatial
        resolution.
        """
        if self.name == "battery.spm":
            return {}
        mesh = make_mesh(fields)
        x = np.concatenate(
            [
                i + np.cumsum(part) - 0.5 * part
                for i, part in enumerate(np.split(mesh.widths, np.cumsum(mesh.counts)[:2]))
            ]
        )
        if self.name == "battery.spme":
            return {"x": x}
        return {"x": x, "x_negative": x[: mesh.counts[0]], "x_positive": x[-mesh.counts[2] :] - 2.0}

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        cells = Cells(columns)
        rows = kernel_rows(cells)
        more, steps, profiles = program(columns)
        tables, index = shared_tables(cells.sets)
        first = {path: column.ravel()[0] for path, column in columns.items()}
        mesh = make_mesh(
            {path: int(v) if path.startswith("points.") else v for path, v in first.items()}
            | {"mesh": schema(self.spec)["mesh"].labels[int(first["mesh"])]},
            across=self.name != "battery.spm",
        )
        own = {
            "side_by_side": lanes.side_by_side(rows | more, steps, tables, index, cells.which)
            if self._by_lanes(first, mesh)
            else np.zeros((1,) * cells.which.ndim, dtype=int)
        }
        shared = {
            "tables": tables, "padded": np.concatenate([tables, lanes.PADDING]), "index": index,
            "widths": mesh.widths, "counts": mesh.counts,
            "radial": mesh.radial,
            "pybamm": np.array([mesh.pybamm]), "program": steps, "profiles": profiles,
        }  # fmt: skip
        nothing = np.full((1,) * cells.which.ndim, np.nan)
        derived = {output.name: cells.of_design.get(output.name, nothing) for output in OF_DESIGN}
        return Prepared(rows | more | own, derived, shared)

    def _by_lanes(self, first: Fields, mesh: Mesh) -> bool:
        """Return whether the mesh is the default one, in place of which lanes have one of their own."""
        return not mesh.pybamm and not any(f"points.{name}" in first for name in PYBAMM)

    def nothing(self, prepared: Prepared) -> Array:
        empty = super().nothing(prepared)
        empty["side_by_side"] = np.ravel(prepared.rows["side_by_side"])[0]
        return empty

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        from energymodels.kernels.battery.cell import row as at

        time = axes.get("time", np.empty(0)) if out.arrays else np.empty(0)
        series = np.empty((at.SERIES, rows.size if time.size else 0, time.size))
        profiles = any(output.name in out.arrays for output in PROFILES)
        left = rows["side_by_side"] == 0
        if profiles:
            left[:] = True
        if not left.all():
            lanes.solve(self.name, rows, axes, np.flatnonzero(~left), time, series, out.scalars, out.status)
            left |= out.status == lanes.UNFINISHED
        inside = np.full((rows.size if profiles else 0, time.size, 2 * axes["widths"].size), np.nan)
        if left.any():
            self._solve_one_by_one(rows, axes, np.flatnonzero(left), time, series, inside, out)
        n, _, p = axes["counts"].tolist()
        nodes = axes["widths"].size
        parts = (inside[..., :nodes], inside[..., nodes : nodes + n], inside[..., 2 * nodes - p :])
        hand_out(at.SERIES_RESULTS, series, out.arrays)
        hand_out((output.name for output in PROFILES), parts, out.arrays)

    def _solve_one_by_one(
        self, rows: Array, axes: Mapping[str, Array], which: Array, time: Array, series: Array,
        inside: Array, out: Block,
    ) -> None:  # fmt: skip
        """Solve the rows ``which`` one after the other, by finite volumes."""
        own = rows[which]
        scalars = np.empty((out.scalars.shape[0], own.size + 1))[:, : own.size]
        codes = np.empty(own.size, dtype=np.int8)
        found = np.empty((series.shape[0], own.size if time.size else 0, time.size))
        places = np.empty((own.size if inside.size else 0, *inside.shape[1:]))
        arrays, mesh = workspace(own, axes, resolved=self.name == "battery.dfn")
        with told(self.name):
            self.kernel().solve(
                own, arrays, mesh, axes["tables"], axes["index"], axes["widths"], axes["program"],
                axes["profiles"], FIDELITIES.index(self.name), time, found, places, scalars, codes,
            )  # fmt: skip
        out.scalars[:, which], out.status[which] = scalars, codes
        if time.size:
            series[:, which] = found
        if inside.size:
            inside[which] = places
