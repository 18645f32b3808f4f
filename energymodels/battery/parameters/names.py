"""PyBaMM's names of parameters and our dotted paths, both ways."""

from __future__ import annotations

import re

_UNIT = re.compile(r"\[([^\]]+)\]$")
_SIDES = {"negative": "Negative", "positive": "Positive"}
_CELL = {
    "cell.electrode_height": "Electrode height [m]",
    "cell.electrode_width": "Electrode width [m]",
    "cell.electrode_pairs": "Number of electrodes connected in parallel to make a cell",
    "cell.nominal_capacity": "Nominal cell capacity [A.h]",
    "cell.voltage_min": "Lower voltage cut-off [V]",
    "cell.voltage_max": "Upper voltage cut-off [V]",
    "cell.ocv_min": "Open-circuit voltage at 0% SOC [V]",
    "cell.ocv_max": "Open-circuit voltage at 100% SOC [V]",
    "cell.contact_resistance": "Contact resistance [Ohm]",
    "cell.cooling_area": "Cell cooling surface area [m2]",
    "cell.volume": "Cell volume [m3]",
    "cell.reference_temperature": "Reference temperature [K]",
    "cell.ambient_temperature": "Ambient temperature [K]",
    "cell.initial_temperature": "Initial temperature [K]",
    "cell.heat_capacity": "Cell heat capacity [J.K-1.m-3]",
    "heat_transfer_coefficient": "Total heat transfer coefficient [W.m-2.K-1]",
    "electrolyte.initial_concentration": "Initial concentration in electrolyte [mol.m-3]",
}
SIDE_REACTIONS = {  # key -> PyBaMM's name, of the coefficients of side reactions at the negative electrode
    "plating_rate_constant": "Lithium plating kinetic rate constant [m.s-1]",
    "plating_transfer_coefficient": "Lithium plating transfer coefficient",
    "dead_lithium_decay": "Dead lithium decay constant [s-1]",
    "sei_initial_thickness": "Initial SEI thickness [m]",
    "sei_resistivity": "SEI resistivity [Ohm.m]",
    "sei_partial_molar_volume": "SEI partial molar volume [m3.mol-1]",
    "sei_lithium_per_mole": "Ratio of lithium moles to SEI moles",
    "sei_reaction_exchange_current_density": "SEI reaction exchange current density [A.m-2]",
    "sei_open_circuit_potential": "SEI open-circuit potential [V]",
    "sei_solvent_diffusivity": "SEI solvent diffusivity [m2.s-1]",
    "sei_solvent_concentration": "Bulk solvent concentration [mol.m-3]",
    "sei_activation_energy": "SEI growth activation energy [J.mol-1]",
}
ASKED_FOR = {  # the same of those that only PyBaMM asks for
    "plating_exchange_current_density": "Exchange-current density for plating [A.m-2]",
    "plating_typical_concentration": "Typical plated lithium concentration [mol.m-3]",
    "plating_initial_concentration": "Initial plated lithium concentration [mol.m-3]",
    "lithium_partial_molar_volume": "Lithium metal partial molar volume [m3.mol-1]",
    "sei_kinetic_rate_constant": "SEI kinetic rate constant [m.s-1]",
    "sei_ec_diffusivity": "EC diffusivity [m2.s-1]",
    "sei_ec_concentration": "EC initial concentration in electrolyte [mol.m-3]",
}
_LAYER = {
    "thickness": "thickness [m]",
    "porosity": "porosity",
    "bruggeman_electrolyte": "Bruggeman coefficient (electrolyte)",
    "density": "density [kg.m-3]",
    "specific_heat": "specific heat capacity [J.kg-1.K-1]",
}
_ELECTRODE = {
    "active_fraction": "{Side} electrode active material volume fraction",
    "particle_radius": "{Side} particle radius [m]",
    "maximum_concentration": "Maximum concentration in {side} electrode [mol.m-3]",
    "initial_concentration": "Initial concentration in {side} electrode [mol.m-3]",
    "conductivity": "{Side} electrode conductivity [S.m-1]",
    "bruggeman_electrode": "{Side} electrode Bruggeman coefficient (electrode)",
    "collector_thickness": "{Side} current collector thickness [m]",
    "collector_density": "{Side} current collector density [kg.m-3]",
    "collector_specific_heat": "{Side} current collector specific heat capacity [J.kg-1.K-1]",
}


def _scalars() -> dict[str, str]:
    found = _CELL | {f"side_reactions.{key}": name for key, name in SIDE_REACTIONS.items()}
    for part, layer in (
        ("negative", "Negative electrode"),
        ("separator", "Separator"),
        ("positive", "Positive electrode"),
    ):
        found |= {f"{part}.{key}": f"{layer} {name}" for key, name in _LAYER.items()}
    for side, Side in _SIDES.items():
        found |= {f"{side}.{key}": name.format(side=side, Side=Side) for key, name in _ELECTRODE.items()}
    return found


SCALARS = _scalars()  # path -> PyBaMM's name, of the numbers of a set
FUNCTIONS = {  # path -> PyBaMM's name, of functions that a constant may replace
    "negative.diffusivity": "Negative particle diffusivity [m2.s-1]",
    "positive.diffusivity": "Positive particle diffusivity [m2.s-1]",
    "electrolyte.diffusivity": "Electrolyte diffusivity [m2.s-1]",
    "electrolyte.conductivity": "Electrolyte conductivity [S.m-1]",
    "electrolyte.transference_number": "Cation transference number",
    "electrolyte.thermodynamic_factor": "Thermodynamic factor",
}
_TOGETHER = ("cell.ambient_temperature", "cell.initial_temperature")  # the field temperature sets both
_PATHS = {name: path for path, name in (SCALARS | FUNCTIONS).items() if path not in _TOGETHER} | {
    "Ambient temperature [K]": "temperature",
    "Initial temperature [K]": "initial_temperature",
    "Negative electrode diffusivity [m2.s-1]": "negative.diffusivity",  # PyBaMM's names of before 2023
    "Positive electrode diffusivity [m2.s-1]": "positive.diffusivity",
}
_MICRO = ("thickness", "particle_radius")  # in um by our path
_REASONS = {
    "Current function [A]": "the protocol sets the current",
    "Number of cells connected in series to make a battery": "one cell is modelled",
    "Negative electrode OCP [V]": "a function, which no number can replace",
    "Positive electrode OCP [V]": "a function, which no number can replace",
    "Negative electrode OCP entropic change [V.K-1]": "a function, which no number can replace",
    "Positive electrode OCP entropic change [V.K-1]": "a function, which no number can replace",
    "Negative electrode exchange-current density [A.m-2]": "a function: set "
    "negative.exchange_current_density_factor",
    "Positive electrode exchange-current density [A.m-2]": "a function: set "
    "positive.exchange_current_density_factor",
}
_UNUSED = (  # part of a name, why no model has it
    ("charge transfer coefficient", "charge transfer is symmetric: the coefficient is 1/2"),
    ("Butler-Volmer transfer coefficient", "charge transfer is symmetric: the coefficient is 1/2"),
    ("double-layer capacity", "double-layer capacitance is not modelled"),
    ("thermal conductivity", "the thermal model is lumped: one temperature for the cell"),
    (
        "current collector conductivity",
        "current collector resistance is not modelled; use cell.contact_resistance",
    ),
    ("surface heat transfer coefficient", "cooling is by heat_transfer_coefficient alone"),
    ("tab ", "tabs are not modelled"),
    ("Edge heat transfer", "cooling is by heat_transfer_coefficient alone"),
    ("emissivity", "cooling is by heat_transfer_coefficient alone"),
    ("tortuosity factor", "transport follows bruggeman_electrolyte or transport_efficiency"),
    ("Separator Bruggeman coefficient (electrode)", "the separator is an electronic insulator"),
    ("surface area to volume ratio", "it follows from active_fraction and particle_radius"),
    ("SEI", "SEI growth is reaction limited or solvent-diffusion limited; see side_reactions.sei"),
    ("EC ", "SEI growth is reaction limited or solvent-diffusion limited; see side_reactions.sei"),
    (
        "interstitial",
        "SEI growth is reaction limited or solvent-diffusion limited; see side_reactions.sei",
    ),
    ("Exchange-current density for", "plating follows side_reactions.plating_rate_constant"),
    ("Initial plated lithium", "a cell starts without plated lithium"),
    ("Typical plated lithium", "a scaling factor of PyBaMM's solver"),
    ("Dead lithium", "dead lithium forms at the rate side_reactions.dead_lithium_decay"),
    ("Lithium metal", "the volume of plated lithium is neglected"),
    ("LAM", "loss of active material is not modelled"),
    ("Paris' law", "particle mechanics is not modelled"),
    ("crack", "particle mechanics is not modelled"),
    ("Poisson", "particle mechanics is not modelled"),
    ("Young", "particle mechanics is not modelled"),
    ("critical stress", "particle mechanics is not modelled"),
    ("partial molar volume", "particle mechanics is not modelled"),
    ("volume change", "particle mechanics is not modelled"),
    ("free of deformation", "particle mechanics is not modelled"),
    ("thermal expansion", "particle mechanics is not modelled"),
    ("hysteresis", "hysteresis of the open-circuit potential is not modelled"),
    ("lithiation", "hysteresis of the open-circuit potential is not modelled"),
)


def unit_of(name: str) -> str:
    """Return the unit in which PyBaMM takes a bare number: ``m2 s-1`` of ``..

    [m2.s-1]``, ``1`` where it names none.
    """
    match = _UNIT.search(name)
    return match[1].replace(".", " ").replace("Ohm", "ohm") if match else "1"


def path_of(name: str) -> tuple[str, str] | None:
    """Return (path, unit of bare numbers) of the field that PyBaMM calls ``name``, None if it is no field."""
    return (_PATHS[name], unit_of(name)) if name in _PATHS else None


def name_of(path: str) -> tuple[str, float] | None:
    """Return (PyBaMM's name, factor from our unit to PyBaMM's) of the field at ``path``, None if PyBaMM has
    no such number.
    """
    name = (SCALARS | FUNCTIONS).get(path)
    if name is None:
        return None
    return name, 1e-6 if path.split(".")[-1].removeprefix("collector_") in _MICRO else 1.0


def refusal(name: str) -> str | None:
    """Return why a parameter that PyBaMM knows is no field, None if it is a field or unknown."""
    if name in _PATHS or name.startswith("design."):  # no name of PyBaMM's
        return None
    if name in _REASONS:
        return _REASONS[name]
    return next((why for part, why in _UNUSED if part in name), None)
