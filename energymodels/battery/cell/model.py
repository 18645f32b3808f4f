"""The battery models: one adapter of ``kernels.battery.cell.drive`` for three fidelities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from energymodels.battery.cell import alternatives, built, ending, start
from energymodels.battery.cell.fields import BatterySpec
from energymodels.battery.cell.mesh import make_mesh, workspace
from energymodels.battery.cell.results import OF_DESIGN, OUTPUTS, PROFILES, REFERENCES
from energymodels.battery.cell.rows import FULL, Cells, kernel_rows, program, shared_tables
from energymodels.battery.parameters import names
from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.parameters.sets import remarks as set_remarks
from energymodels.battery.protocol.program import parse
from energymodels.battery.protocol.rules import out_of_limits
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array, Block, Model, Output, Prepared, Probe, Tolerance, hand_out
from energymodels.core.schema import FieldInfo, Table, schema
from energymodels.kernels.constants import ZERO_CELSIUS

if TYPE_CHECKING:
    from energymodels.core.solution import Solution

_PLATING = ("plating_rate_constant", "plating_transfer_coefficient")
_FILM = ("sei_resistivity", "sei_initial_thickness")
_GROWTH = (*_FILM, "sei_partial_molar_volume")
NEEDED = {  # coefficients of the side reactions, by kind
    "plating": {
        "reversible": _PLATING,
        "irreversible": _PLATING,
        "partially reversible": (*_PLATING, "dead_lithium_decay"),
    },
    "sei": {
        "constant": _FILM,
        "reaction limited": (*_GROWTH, "sei_reaction_exchange_current_density", "sei_open_circuit_potential"),
        "solvent-diffusion limited": (
            *_GROWTH,
            "sei_solvent_diffusivity",
            "sei_solvent_concentration",
            "sei_open_circuit_potential",
        ),
    },
}
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")


class Battery(Model):
    """A lithium-ion cell; ``name`` says how much of it is resolved."""

    spec: ClassVar[type[Table]] = BatterySpec
    outputs: ClassVar[tuple[Output, ...]] = OUTPUTS
    references: ClassVar[Mapping[str, Mapping[str, Tolerance]]] = {"pybamm": REFERENCES}
    alike: ClassVar[Mapping[str, Mapping[str, Any]]] = {"pybamm": {"mesh": "pybamm"}}
    block: ClassVar[int] = 64

    def kernel(self) -> ModuleType:
        from energymodels.kernels.battery.cell import drive

        return drive

    def fields(self, values: Mapping[str, Any]) -> dict[str, FieldInfo]:
        found = schema(self.spec)
        found = found | (built.brought() if built.FIELD in values else {})
        return found | dict(parse(values.get("protocol", found["protocol"].default)).placeholders)

    def alias(self, name: str) -> tuple[str, str] | None:
        reason = names.refusal(name)
        if reason:
            raise InputError(Fault(name, hint=reason))
        return names.path_of(name)

    def check(self, fields: Mapping[str, Any]) -> list[Fault]:
        found = parameter_set(fields["parameters"])
        faults = [
            Fault(
                f"{layer}.transport_efficiency",
                hint=f"excludes {layer}.bruggeman_electrolyte, which is given too; leave one out",
            )
            for layer in ("negative", "separator", "positive")
            if {f"{layer}.transport_efficiency", f"{layer}.bruggeman_electrolyte"} <= fields.keys()
        ]
        if {"initial_state", "cell_design"} <= fields.keys():
            hint = (
                "the concentrations of a set are those of its own geometry: give a designed cell a state "
                "of charge or a voltage"
            )
            faults.append(Fault("initial_state", fields["initial_state"], hint=hint))
        if "electrolyte" in found.refused and self.name != "battery.spm":
            faults.append(Fault("parameters", fields["parameters"], hint=found.refused["electrolyte"]))
        if fields["thermal"] == "lumped":
            reason = found.refused.get("lumped")
            if reason and "cell.heat_capacity" not in fields:
                faults.append(Fault("thermal", "lumped", hint=reason))
            elif "heat_transfer_coefficient" not in {*fields, *found.scalars}:
                hint = (
                    f"the set {found.name} gives none, and lumped heat needs one: set it, 0 for an "
                    f"adiabatic cell"
                )
                faults.append(Fault("heat_transfer_coefficient", hint=hint))
        reference = (
            fields.get("cell.reference_temperature", found.scalars["cell.reference_temperature"])
            - ZERO_CELSIUS
        )
        if "temperature" in found.refused and (
            abs(start.temperature(fields) - reference) > 1e-6 or fields["thermal"] == "lumped"
        ):
            faults.append(
                Fault(
                    "temperature", start.temperature(fields), unit="degC", hint=found.refused["temperature"]
                )
            )
        if "temperature" in found.refused and "temperature_profile" in fields:
            faults.append(
                Fault("temperature_profile", fields["temperature_profile"], hint=found.refused["temperature"])
            )
        return faults + built.check(fields) + self._missing(fields, found.name, found.scalars)

    @staticmethod
    def _missing(fields: Mapping[str, Any], name: str, scalars: Mapping[str, float]) -> list[Fault]:
        """Return which coefficients of the side reactions that are asked for nobody gives."""
        faults = []
        for reaction in ("plating", "sei"):
            kind = fields[f"side_reactions.{reaction}"]
            for path in (f"side_reactions.{key}" for key in NEEDED[reaction].get(kind, ())):
                if path not in {*fields, *scalars}:
                    hint = f"side_reactions.{reaction} = {kind} needs it, and the set {name} gives none"
                    faults.append(Fault(path, hint=hint))
        return faults

    def remarks(self, fields: Mapping[str, Any], swept: Mapping[str, Array]) -> list[str]:
        return [
            *set_remarks(fields, swept),
            *alternatives.remarks(fields, swept),
            *start.remarks(fields, swept),
        ]

    def members(
        self, fields: Mapping[str, Any], along: Mapping[str, Array]
    ) -> list[tuple[str, Mapping[str, Any]]]:
        return alternatives.members(fields, along)

    def outcome(self, solution: Solution, found: Mapping[str, Array]) -> list[str]:
        fields, axes = solution.fields, solution.axes
        if "termination_step" not in found:
            return []
        protocols, sets = (ending.of_cases(path, fields[path], axes) for path in ("protocol", "parameters"))
        coldest = ending.of_cases("temperature", start.temperature(fields), axes)
        if "temperature_profile" in fields:  # which keeps to the tables
            coldest = np.full(1, np.inf)
        early = ending.left_out(protocols, found["termination"], found["termination_step"], solution.status)
        return early + ending.beyond_tables(sets, coldest, found["temperature_max"])

    def label(self, name: str, word: str, solution: Solution) -> str:
        number = solution.values.get("termination_step", np.full(1, np.nan)).ravel()[0]
        protocol = parse(str(ending.of_cases("protocol", solution.fields["protocol"], solution.axes)[0]))
        many = name == "termination" and number > 0 and len(protocol.order) > 1
        return f"{word} in {ending.place(protocol, int(number))}" if many else word

    def inert(self, fields: Mapping[str, Any], swept: set[str]) -> dict[str, str]:
        found = {}
        limited = any(step.kind == "charge at limits" for step in parse(fields["protocol"]).steps)
        for path in swept:
            table, _, key = path.partition(".")
            if table == "limits" and not limited:
                found[path] = "it acts on Charge at limits, which the protocol does not have"
            elif path == "limits.temperature" and fields["thermal"] != "lumped":
                found[path] = "an isothermal cell keeps its temperature"
            elif table == "side_reactions" and key not in NEEDED:
                reaction = key.split("_")[0].replace("dead", "plating")
                if (
                    f"side_reactions.{reaction}" not in swept
                    and fields[f"side_reactions.{reaction}"] == "none"
                ):
                    found[path] = f"side_reactions.{reaction} is none"
            elif path == "initial_temperature" and fields["thermal"] != "lumped":
                found[path] = start.ISOTHERMAL
            elif path == "temperature" and "temperature_profile" in fields:
                found[path] = "temperature_profile stands in its place"
        return found

    def impossible(self, fields: Mapping[str, Any]) -> list[Fault]:
        every = parameter_set(fields["parameters"]).scalars | dict(fields)
        faults = []
        for side in ("negative", "positive"):
            porosity, active = every[f"{side}.porosity"], every[f"{side}.active_fraction"]
            if porosity + active > FULL:
                hint = (
                    f"with {side}.active_fraction = {active:.5g} an electrode is more than full; "
                    f"together they are at most 1"
                )
                faults.append(Fault(f"{side}.porosity", porosity, hint=hint))
        for low, high in (("cell.voltage_min", "cell.voltage_max"), ("cell.ocv_min", "cell.ocv_max")):
            if not every[low] < every[high]:
                faults.append(
                    Fault(low, every[low], unit="V", hint=f"must lie below {high} = {every[high]:.5g} V")
                )
        ends = [
            min(every["cell.ocv_min"], every["cell.voltage_min"]),
            max(every["cell.ocv_max"], every["cell.voltage_max"]),
        ]
        if not ends[0] <= every.get("initial_voltage", ends[0]) <= ends[1]:
            allowed = f"from {ends[0]:.5g} to {ends[1]:.5g}"
            faults.append(
                Fault("initial_voltage", every["initial_voltage"], allowed, "V", "the cell's own limits")
            )
        if every.get("limits.voltage", 0.0) > every["cell.voltage_max"] + 1e-9:
            hint = f"the cell's limit is {every['cell.voltage_max']:.5g} V; cell.voltage_max sets it"
            faults.append(Fault("limits.voltage", every["limits.voltage"], unit="V", hint=hint))
        return faults + out_of_limits(
            parse(fields["protocol"]).blocks, every["cell.voltage_min"], every["cell.voltage_max"]
        )

    def data_sources(self, used: Mapping[str, Sequence[Any]]) -> list[str]:
        return list(
            dict.fromkeys(source for name in used["parameters"] for source in parameter_set(name).sources)
        )

    def axes(self, fields: Mapping[str, Any], along: Mapping[str, Array], probe: Probe) -> dict[str, Array]:
        points = fields["series.points"]
        if not points:
            return {}
        end = fields.get("series.end")
        if end is None:
            durations = probe(["duration"]).values["duration"]
            ended = durations[np.isfinite(durations)]
            end = float(ended.max()) if ended.size else 1.0
        return {"time": np.linspace(0.0, end, points)} | self._places(fields)

    def _places(self, fields: Mapping[str, Any]) -> dict[str, Array]:
        """Return where the nodes are, in parts of their layers: none for a model that resolves no layer."""
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
        shared = {
            "tables": tables, "index": index, "widths": mesh.widths, "counts": mesh.counts,
            "radial": mesh.radial,
            "pybamm": np.array([mesh.pybamm]), "program": steps, "profiles": profiles,
        }  # fmt: skip
        nothing = np.full((1,) * cells.which.ndim, np.nan)
        derived = {output.name: cells.of_design.get(output.name, nothing) for output in OF_DESIGN}
        return Prepared(rows | more, derived, shared)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        from energymodels.kernels.battery.cell import row as at

        time = axes.get("time", np.empty(0)) if out.arrays else np.empty(0)
        series = np.empty((at.SERIES, rows.size if time.size else 0, time.size))
        arrays, mesh = workspace(rows, axes, resolved=self.name == "battery.dfn")
        n, s, p = mesh.n, mesh.s, mesh.p
        nodes = n + s + p
        profiles = any(output.name in out.arrays for output in PROFILES)
        inside = np.empty((rows.size if profiles else 0, time.size, 2 * nodes))
        self.kernel().solve(
            rows, arrays, mesh, axes["tables"], axes["index"], axes["widths"], axes["program"],
            axes["profiles"],
            FIDELITIES.index(self.name), time, series, inside, out.scalars, out.status,
        )  # fmt: skip
        parts = (inside[..., :nodes], inside[..., nodes : nodes + n], inside[..., 2 * nodes - p :])
        hand_out(at.SERIES_RESULTS, series, out.arrays)
        hand_out((output.name for output in PROFILES), parts, out.arrays)
