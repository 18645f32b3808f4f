"""A cell written down as numbers, formulas and points, by section and key: what a BPX file and a bundled set
have in common. ``material`` makes material functions of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from energymodels.core.errors import Fault, InputError

Points: TypeAlias = tuple[Sequence[float], Sequence[float]]
Entry: TypeAlias = "float | str | Points"
Sections: TypeAlias = Mapping[str, Mapping[str, Entry]]

SIDES = ("negative", "positive")
UNITS: dict[str, dict[str, str]] = {  # section -> key -> unit
    "cell": {
        "electrode_area": "m2", "electrode_pairs": "1", "cooling_area": "m2", "volume": "m3",
        "voltage_min": "V",
        "voltage_max": "V", "nominal_capacity": "A h", "reference_temperature": "K",
        "ambient_temperature": "K",
        "initial_temperature": "K", "initial_soc": "1",
        "heat_transfer_coefficient": "W m-2 K-1", "density": "kg m-3", "specific_heat": "J kg-1 K-1",
        "contact_resistance": "ohm",
        "ocv_min": "V", "ocv_max": "V", "interface_resistance": "ohm m2",
        "interface_resistance_activation_energy": "J mol-1",
    },
    "electrolyte": {
        "initial_concentration": "mol m-3", "transference_number": "1", "thermodynamic_factor": "1",
        "conductivity": "S m-1",
        "conductivity_activation_energy": "J mol-1", "diffusivity": "m2 s-1",
        "diffusivity_activation_energy": "J mol-1",
        "solid_conductivity": "S m-1", "solid_conductivity_activation_energy": "J mol-1",
        "liquid_fraction": "1",
    },
    "separator": {"thickness": "m", "porosity": "1", "transport_efficiency": "1"},
}  # fmt: skip
_ELECTRODE = UNITS["separator"] | {
    "particle_radius": "m", "surface_area": "m-1", "conductivity": "S m-1",
    "maximum_concentration": "mol m-3",
    "minimum_stoichiometry": "1", "maximum_stoichiometry": "1", "diffusivity": "m2 s-1",
    "diffusivity_activation_energy": "J mol-1",
    "open_circuit_potential": "V", "entropic_change": "V K-1", "reaction_rate": "mol m-2 s-1",
    "reaction_rate_activation_energy": "J mol-1",
}  # fmt: skip
UNITS |= dict.fromkeys(SIDES, _ELECTRODE)
UNITS["side_reactions"] = {  # at the negative electrode; every entry may be left out
    "plating_rate_constant": "m s-1", "plating_exchange_current_density": "A m-2",
    "plating_transfer_coefficient": "1",
    "plating_typical_concentration": "mol m-3", "plating_initial_concentration": "mol m-3",
    "dead_lithium_decay": "s-1",
    "lithium_partial_molar_volume": "m3 mol-1", "sei_lithium_per_mole": "1",
    "sei_partial_molar_volume": "m3 mol-1",
    "sei_resistivity": "ohm m", "sei_initial_thickness": "m",
    "sei_reaction_exchange_current_density": "A m-2",
    "sei_open_circuit_potential": "V", "sei_solvent_diffusivity": "m2 s-1",
    "sei_solvent_concentration": "mol m-3",
    "sei_kinetic_rate_constant": "m s-1", "sei_ec_diffusivity": "m2 s-1", "sei_ec_concentration": "mol m-3",
    "sei_activation_energy": "J mol-1",
}  # fmt: skip
_SOLID = {  # (section, key) -> path of what a set may say of a hybrid electrolyte
    ("electrolyte", "solid_conductivity"): "electrolyte.solid_conductivity",
    ("electrolyte", "solid_conductivity_activation_energy"): "electrolyte.solid_activation_energy",
    ("electrolyte", "liquid_fraction"): "electrolyte.liquid_fraction",
    ("cell", "interface_resistance"): "cell.interface_resistance",
    ("cell", "interface_resistance_activation_energy"): "cell.interface_activation_energy",
}  # fmt: skip
EXTRA = _SOLID | {("side_reactions", key): f"side_reactions.{key}" for key in UNITS["side_reactions"]}
OPTIONAL = {
    "cooling_area", "volume", "ambient_temperature", "initial_temperature", "initial_soc",
    "heat_transfer_coefficient",
    "density", "specific_heat",
    "contact_resistance", "ocv_min", "ocv_max", "thermodynamic_factor", "entropic_change",
    "conductivity_activation_energy",
    "diffusivity_activation_energy", "reaction_rate_activation_energy", *(key for _, key in EXTRA),
}  # fmt: skip
POSITIVE = {
    "electrode_area", "electrode_pairs", "cooling_area", "volume", "nominal_capacity",
    "reference_temperature", "density",
    "specific_heat", "initial_concentration", "thickness", "porosity", "transport_efficiency",
    "particle_radius", "surface_area",
    "maximum_concentration", "reaction_rate", "conductivity", "diffusivity", "solid_conductivity",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """Entries in SI units, checked: every key that must be there is.

    ``ranges`` holds (low, high) of some, by section and key.
    """

    name: str
    title: str
    sections: Sections
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    refused: Mapping[str, str] | None = None
    ranges: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def number(self, section: str, key: str, default: float | None = None) -> float:
        """Return a number; InputError if the entry is none."""
        value = self.sections[section].get(key, default)
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise InputError(Fault(f"{section}.{key}", value, "a finite number", UNITS[section][key]))
        if key in POSITIVE and value <= 0.0:
            raise InputError(Fault(f"{section}.{key}", value, "above 0", UNITS[section][key]))
        return float(value)

    def has(self, section: str, *keys: str) -> bool:
        """Return whether all entries are there."""
        return all(key in self.sections.get(section, {}) for key in keys)


def checked(sheet: Sheet) -> Sheet:
    """Return ``sheet``; InputError lists every entry that is missing or that nothing reads."""
    faults: list[Fault] = []
    for section, units in UNITS.items():
        given = sheet.sections.get(section, {})
        missing = [key for key in units if key not in given and key not in OPTIONAL]
        faults += [Fault(f"{section}.{key}", hint=f"missing in {sheet.name}") for key in missing]
        faults += [
            Fault(f"{section}.{key}", hint=f"unknown in {sheet.name}") for key in given if key not in units
        ]
    if faults:
        raise InputError(faults)
    return sheet
