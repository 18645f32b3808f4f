"""Checks and notes on the fields of ``pv.cell`` before it is solved."""

from __future__ import annotations

import math

from energymodels.core.errors import Fault
from energymodels.core.review import Alternative, Remark, Review
from energymodels.core.values import Fields
from energymodels.pv.cell.doubts import doubts
from energymodels.pv.metals import alternatives, citations
from energymodels.pv.metals import checks as metals

TYPE_OF = {"B": "p", "Ga": "p", "P": "n"}


class CellReview(Review):
    """The review of ``pv.cell``: its wafer, its surfaces, and the metals of its silicon."""

    def faults(self) -> list[Fault]:
        fields = self.of.fields
        return [*_disagreeing(fields), *metals.faults(fields), *_unstated(fields)]

    def impossible(self) -> list[Fault]:
        return metals.impossible(self.of.fields)

    def notes(self) -> list[str]:
        return metals.remarks(self.of.fields, self.of.along)

    def doubts(self) -> list[Remark]:
        return doubts(self.of.columns, self.of.given)

    def alternatives(self) -> list[Alternative]:
        return alternatives.members(self.of.fields, self.of.along)

    def sources(self) -> list[str]:
        return citations.citations(self.of.used)

    def without_effect(self) -> dict[str, str]:
        fields, swept = self.of.fields, self.of.swept
        found = metals.inert(fields, swept)
        times = {"wafer.tau", "wafer.tau_n0", "wafer.tau_p0"}
        if not swept & times and math.inf in (
            fields.get("wafer.tau"),
            fields.get("wafer.tau_n0"),
            fields.get("wafer.tau_p0"),
        ):
            found |= dict.fromkeys(
                swept & {"wafer.capture_ratio", "wafer.srh_level"}, "the SRH lifetime is infinite"
            )
        if "generation_current_density" in fields:
            inert = swept & {"wafer.thickness", "optical_constants"}
            found |= dict.fromkeys(inert, "generation is imposed, so it acts on recombination only")
        for side in ("front", "rear"):
            if not fields[f"{side}.metal_fraction"] and f"{side}.metal_fraction" not in swept:
                found |= dict.fromkeys(swept & {f"{side}.j0_metal"}, f"{side}.metal_fraction is 0")
            narrowed = fields[f"{side}.j0_convention"] == "narrowed" and f"{side}.j0_convention" not in swept
            if f"{side}.j0_n_i" in fields and narrowed:
                found |= dict.fromkeys(
                    swept & {f"{side}.j0_temperature"},
                    f"{side}.j0_n_i is set, and J0 scales with it alone",
                )
            if narrowed:
                found |= dict.fromkeys(swept & {f"{side}.j0_injection"}, f"{side}.j0_convention is narrowed")
            if not any(fields[f"{side}.{n}"] for n in ("j0", "j0_metal")) and not swept & {
                f"{side}.j0",
                f"{side}.j0_metal",
            }:
                stated = {
                    f"{side}.{n}" for n in ("j0_n_i", "j0_temperature", "j0_convention", "j0_injection")
                }
                found |= dict.fromkeys(swept & stated, f"{side}.j0 is 0")
        return found


def _disagreeing(fields: Fields) -> list[Fault]:
    """Return that the dopant makes another type than the stated one."""
    base, dopant = fields.get("wafer.type"), fields.get("wafer.dopant")
    if base is None or dopant is None or TYPE_OF[dopant] == base:
        return []
    hint = f"type {base} and dopant {dopant} disagree: {dopant} makes {TYPE_OF[dopant]}-type"
    return [Fault("wafer", hint=hint)]


def _unstated(fields: Fields) -> list[Fault]:
    """Return the surfaces whose J0 lacks its intrinsic carrier density."""
    return [
        Fault(
            f"{side}.j0_n_i",
            hint=f"needed with {side}.j0_convention = kane-swanson; many lifetime testers use 8.6e9 cm-3",
        )
        for side in ("front", "rear")
        if fields[f"{side}.j0_convention"] == "kane-swanson" and f"{side}.j0_n_i" not in fields
    ]
