"""Checks and notes on the fields of a battery model, and on its results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from energymodels.battery.cell import alternatives, built, ending, start
from energymodels.battery.cell.rows import FULL
from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.parameters.sets import remarks as set_remarks
from energymodels.battery.protocol.program import parse
from energymodels.battery.protocol.rules import out_of_limits
from energymodels.core.arrays import Array
from energymodels.core.errors import Fault
from energymodels.core.review import Alternative, Review
from energymodels.core.values import Fields
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


class BatteryReview(Review):
    """The review of a battery model."""

    def faults(self) -> list[Fault]:
        fields = self.of.fields
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
                "the initial concentrations of a set belong to its own geometry: with a cell_design set "
                "initial_soc or initial_voltage"
            )
            faults.append(Fault("initial_state", fields["initial_state"], hint=hint))
        if "electrolyte" in found.refused and self.of.model != "battery.spm":
            faults.append(Fault("parameters", fields["parameters"], hint=found.refused["electrolyte"]))
        if fields["thermal"] == "lumped":
            reason = found.refused.get("lumped")
            if reason and "cell.heat_capacity" not in fields:
                faults.append(Fault("thermal", "lumped", hint=reason))
            elif "heat_transfer_coefficient" not in {*fields, *found.scalars}:
                hint = (
                    f"needed by the lumped thermal model, and the set {found.name} has none: set "
                    f"it, 0 for an "
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
    def _missing(fields: Fields, name: str, scalars: Mapping[str, float]) -> list[Fault]:
        """Return faults for missing coefficients of the side reactions in use."""
        faults = []
        for reaction in ("plating", "sei"):
            kind = fields[f"side_reactions.{reaction}"]
            for path in (f"side_reactions.{key}" for key in NEEDED[reaction].get(kind, ())):
                if path not in {*fields, *scalars}:
                    hint = f"side_reactions.{reaction} = {kind} needs it, and the set {name} has none"
                    faults.append(Fault(path, hint=hint))
        return faults

    def notes(self) -> list[str]:
        of = self.of.fields, self.of.along
        return [*set_remarks(*of), *alternatives.remarks(*of), *start.remarks(*of)]

    def alternatives(self) -> list[Alternative]:
        return alternatives.members(self.of.fields, self.of.along)

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

    def without_effect(self) -> dict[str, str]:
        fields, swept = self.of.fields, self.of.swept
        found = {}
        limited = any(step.kind == "charge at limits" for step in parse(fields["protocol"]).steps)
        for path in swept:
            table, _, key = path.partition(".")
            if table == "limits" and not limited:
                found[path] = "it acts on Charge at limits only, and the protocol has no such step"
            elif path == "limits.temperature" and fields["thermal"] != "lumped":
                found[path] = "thermal is isothermal: the temperature is constant"
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
                found[path] = "temperature_profile replaces it"
        return found

    def impossible(self) -> list[Fault]:
        fields = self.of.fields
        every = parameter_set(fields["parameters"]).scalars | dict(fields)
        faults = []
        for side in ("negative", "positive"):
            porosity, active = every[f"{side}.porosity"], every[f"{side}.active_fraction"]
            if porosity + active > FULL:
                hint = f"porosity and {side}.active_fraction = {active:.5g} add up to more than 1"
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
                Fault(
                    "initial_voltage",
                    every["initial_voltage"],
                    allowed,
                    "V",
                    "the voltage limits of the cell",
                )
            )
        if every.get("limits.voltage", 0.0) > every["cell.voltage_max"] + 1e-9:
            hint = f"exceeds the upper cut-off voltage cell.voltage_max = {every['cell.voltage_max']:.5g} V"
            faults.append(Fault("limits.voltage", every["limits.voltage"], unit="V", hint=hint))
        return faults + out_of_limits(
            parse(fields["protocol"]).blocks, every["cell.voltage_min"], every["cell.voltage_max"]
        )

    def sources(self) -> list[str]:
        names = self.of.used["parameters"]
        return list(dict.fromkeys(source for name in names for source in parameter_set(name).sources))
