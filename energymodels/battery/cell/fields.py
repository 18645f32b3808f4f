"""The fields of the battery models. What is not set comes from the parameter set."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from energymodels.core.schema import Count, Filled, Label, Number, Table, Text, choice, count, quantity, text

THICKNESS = (1.0, 2e3)  # um, usual


def of_set(unit: str, meaning: str, **limits: Any) -> Any:
    """Return a number field that the parameter set fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the parameter set's", **limits)


class Layer(Table):
    """What electrodes and separator share."""

    agreeing = (("bruggeman_electrolyte", "transport_efficiency"),)

    thickness: Filled = of_set("um", "thickness", usual=THICKNESS, gt=0.0, le=1e4)
    porosity: Filled = of_set("1", "volume fraction of electrolyte", gt=0.0, lt=1.0)
    bruggeman_electrolyte: Filled = of_set(
        "1", "Bruggeman exponent of the electrolyte's transport", ge=0.0, le=10.0
    )
    transport_efficiency: Filled = of_set(
        "1", "effective over bulk transport in the electrolyte", gt=0.0, le=1.0
    )
    density: Filled = of_set("kg m-3", "density", gt=0.0, le=1e5)
    specific_heat: Filled = of_set("J kg-1 K-1", "specific heat capacity", gt=0.0, le=1e5)


class Electrode(Layer):
    """A porous electrode of spherical particles and its current collector."""

    active_fraction: Filled = of_set("1", "volume fraction of active material", gt=0.0, lt=1.0)
    particle_radius: Filled = of_set("um", "radius of the particles", usual=(0.01, 100.0), gt=0.0, le=1e3)
    maximum_concentration: Filled = of_set("mol m-3", "lithium in the full particle", gt=0.0, le=1e6)
    initial_concentration: Filled = of_set(
        "mol m-3",
        "lithium in the particles of both electrodes at one and the same time: the cell's inventory",
        ge=0.0,
        le=1e6,
    )
    conductivity: Filled = of_set(
        "S m-1", "electronic conductivity before its Bruggeman factor", gt=0.0, le=1e8
    )
    bruggeman_electrode: Filled = of_set(
        "1", "Bruggeman exponent of the electronic conductivity", ge=0.0, le=10.0
    )
    diffusivity: Filled = of_set(
        "m2 s-1", "diffusivity in the particles, a constant in place of the function", gt=0.0, le=1e-6
    )
    diffusivity_factor: Number = quantity(
        1.0, "1", "factor of the diffusivity in the particles", gt=0.0, le=1e6
    )
    exchange_current_density_factor: Number = quantity(
        1.0, "1", "factor of the exchange current density", gt=0.0, le=1e6
    )
    collector_thickness: Filled = of_set(
        "um", "thickness of the current collector", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Filled = of_set("kg m-3", "density of the current collector", gt=0.0, le=1e5)
    collector_specific_heat: Filled = of_set(
        "J kg-1 K-1", "specific heat capacity of the current collector", gt=0.0, le=1e5
    )


class Electrolyte(Table):
    """The liquid."""

    initial_concentration: Filled = of_set("mol m-3", "salt at the start", usual=(50.0, 5e3), gt=0.0, le=1e4)
    diffusivity: Filled = of_set(
        "m2 s-1", "diffusivity of the salt, a constant in place of the function", gt=0.0, le=1e-6
    )
    diffusivity_factor: Number = quantity(1.0, "1", "factor of the diffusivity", gt=0.0, le=1e6)
    conductivity: Filled = of_set(
        "S m-1", "ionic conductivity, a constant in place of the function", gt=0.0, le=1e3
    )
    conductivity_factor: Number = quantity(1.0, "1", "factor of the conductivity", gt=0.0, le=1e6)
    transference_number: Filled = of_set(
        "1", "of the cation, a constant in place of the function", ge=0.0, lt=1.0
    )
    thermodynamic_factor: Filled = of_set(
        "1", "1 + dlnf/dlnc, a constant in place of the function", gt=0.0, le=100.0
    )
    liquid_fraction: Filled = of_set(
        "1", "volume of liquid in the electrolyte, the rest being solid", gt=0.0, le=1.0
    )
    solid_conductivity: Filled = of_set(
        "S m-1", "ionic conductivity of the solid part of the electrolyte", ge=0.0, le=1e3
    )
    solid_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of that conductivity", ge=0.0, le=3e5
    )


class Whole(Table):
    """The cell as a whole."""

    electrode_height: Filled = of_set("m", "height of the electrodes", usual=(1e-3, 3.0), gt=0.0, le=1e3)
    electrode_width: Filled = of_set("m", "width of the electrodes", gt=0.0, le=1e3)
    electrode_pairs: Filled = of_set("1", "pairs of electrodes in parallel", gt=0.0, le=1e6)
    nominal_capacity: Filled = of_set("A h", "capacity that C-rates count", usual=(1e-6, 2e3), gt=0.0, le=1e6)
    voltage_min: Filled = of_set("V", "terminal voltage at which every discharge ends", ge=0.0, le=10.0)
    voltage_max: Filled = of_set("V", "terminal voltage at which every charge ends", gt=0.0, le=10.0)
    ocv_min: Filled = of_set("V", "open-circuit voltage at state of charge 0", ge=0.0, le=10.0)
    ocv_max: Filled = of_set("V", "open-circuit voltage at state of charge 1", gt=0.0, le=10.0)
    contact_resistance: Filled = of_set("ohm", "resistance in series with the cell", ge=0.0, le=1e3)
    interface_resistance: Filled = of_set(
        "ohm cm2",
        "resistance in series by electrode area: an interphase or a layer of solid electrolyte",
        ge=0.0,
        le=1e6,
    )
    interface_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of the conductance of that", ge=0.0, le=3e5
    )
    cooling_area: Filled = of_set("m2", "surface that gives off heat", ge=0.0, le=1e4)
    volume: Filled = of_set(
        "m3", "volume of the cell, for its heat capacity", usual=(1e-9, 0.1), gt=0.0, le=1e3
    )
    heat_capacity: Filled = of_set(
        "J K-1 m-3", "heat capacity of the cell, in place of its layers'", gt=0.0, le=1e8
    )
    reference_temperature: Filled = of_set(
        "K", "temperature at which the set gives its potentials", gt=0.0, le=1e3
    )


class SideReactions(Table):
    """What else happens on the negative electrode."""

    plating: Label[Literal["none", "reversible", "irreversible", "partially reversible"]] = choice(
        "none",
        "whether lithium plates, and whether the metal dissolves again, never, or until it loses contact",
    )
    sei: Label[Literal["none", "constant", "reaction limited", "solvent-diffusion limited"]] = choice(
        "none", "growth of the interphase (SEI), whose film resists the current; constant: the film alone"
    )
    plating_rate_constant: Filled = of_set("m s-1", "rate constant of plating and stripping", ge=0.0, le=1.0)
    plating_transfer_coefficient: Filled = of_set("1", "transfer coefficient of plating", gt=0.0, lt=1.0)
    plating_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of the rate constant", ge=0.0, le=3e5
    )
    dead_lithium_decay: Filled = of_set(
        "s-1", "rate at which plated lithium loses contact at first", ge=0.0, le=1.0
    )
    sei_initial_thickness: Filled = of_set("m", "thickness of the interphase at the start", gt=0.0, le=1e-5)
    sei_resistivity: Filled = of_set("ohm m", "resistivity of the interphase", ge=0.0, le=1e12)
    sei_partial_molar_volume: Filled = of_set(
        "m3 mol-1", "partial molar volume of the interphase", gt=0.0, le=1.0
    )
    sei_lithium_per_mole: Filled = of_set("1", "lithium in a mole of the interphase, mol", gt=0.0, le=100.0)
    sei_reaction_exchange_current_density: Filled = of_set(
        "A m-2", "of the reaction that makes it", ge=0.0, le=1.0
    )
    sei_open_circuit_potential: Filled = of_set(
        "V", "potential of that reaction against lithium", ge=-5.0, le=5.0
    )
    sei_solvent_diffusivity: Filled = of_set(
        "m2 s-1", "diffusivity of the solvent in the interphase", ge=0.0, le=1e-6
    )
    sei_solvent_concentration: Filled = of_set("mol m-3", "solvent outside of the interphase", ge=0.0, le=1e6)
    sei_activation_energy: Filled = of_set("J mol-1", "activation energy of the growth", ge=0.0, le=3e5)


class Limits(Table):
    """What a charge at the limits keeps to; each that is given holds at every instant."""

    negative_potential: Number = quantity(
        0.0,
        "V",
        "least potential of the negative electrode against lithium, phi_s - phi_e; -inf for none",
        le=5.0,
    )
    voltage: Number | None = quantity(
        None, "V", "terminal voltage; not set: cell.voltage_max", gt=0.0, le=10.0
    )
    temperature: Number = quantity(math.inf, "degC", "temperature of a lumped cell", gt=-100.0)
    salt_concentration: Number = quantity(
        10.0,
        "mol m-3",
        "least concentration of the electrolyte behind the negative electrode, where it runs dry",
        ge=0.1,
        le=1e3,
    )
    c_rate: Number = quantity(
        10.0, "1", "current in multiples of what empties the nominal capacity in an hour", gt=0.0
    )


class Points(Table):
    """How finely the cell is cut; not set: what ``mesh`` says."""

    negative: Count | None = count(None, "finite volumes across the negative electrode", ge=2, le=1000)
    separator: Count | None = count(None, "finite volumes across the separator", ge=1, le=1000)
    positive: Count | None = count(None, "finite volumes across the positive electrode", ge=2, le=1000)
    particle: Count | None = count(None, "finite volumes along the radius of a particle", ge=3, le=1000)


class Series(Table):
    """The shared time axis of the series."""

    points: Count = count(101, "points of the time axis; 0 for no series", ge=0, le=1_000_000)
    end: Number | None = quantity(
        None, "s", "end of the time axis; not set: that of the longest case", fixed=True, gt=0.0, le=1e12
    )


class BatterySpec(Table):
    """A lithium-ion cell of two porous electrodes and what is done to it."""

    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = (
        (("initial_soc",), ("initial_voltage",), ("initial_state",)),
    )

    parameters: Text = text(
        "lfp-18650",
        "parameter set: a bundled one, one of PyBaMM's by name, or the path of a BPX file (.json)",
    )
    cell_design: Text | None = text(
        None,
        "design of battery.design, bundled or a file, whose geometry and mass the cell has; its own "
        "fields begin with design.",
    )
    protocol: Text = text(
        "Discharge at 1C",
        "what is done to the cell, in the words of PyBaMM's experiments, steps separated by ;",
    )
    initial_soc: Number | None = quantity(
        None, "1",
        "state of charge at the start; not set: the set's file's, else 0 if the protocol mainly "
        "charges, else 1",
        ge=0.0, le=1.0,
    )  # fmt: skip
    initial_voltage: Number | None = quantity(
        None,
        "V",
        "open-circuit voltage at the start, of the settled cell, in place of a state of charge",
        gt=0.0,
        le=10.0,
    )
    initial_state: Label[Literal["set"]] | None = choice(
        None,
        "in place of a state of charge at the start, the concentrations of lithium that the parameter "
        "set gives",
    )
    temperature: Number | None = quantity(
        None,
        "degC",
        "of the surroundings, and of the cell at the start; not set: the set's file's, else 25",
        ge=-60.0,
        le=150.0,
    )
    initial_temperature: Number | None = quantity(
        None, "degC",
        "of a lumped cell at the start; not set: temperature, or where this is not set either the "
        "set's file's",
        ge=-60.0, le=150.0,
    )  # fmt: skip
    temperature_profile: Text | None = text(
        None,
        "of the surroundings over time, in place of temperature: 0 s 25 degC, 90 s 50 degC, straight in "
        "between, or a CSV file",
    )
    thermal: Label[Literal["isothermal", "lumped"]] = choice(
        "isothermal", "whether the cell keeps its temperature or heats up as a whole"
    )
    heat_transfer_coefficient: Filled = of_set(
        "W m-2 K-1", "from the cooled surface to the surroundings", ge=0.0, le=1e6
    )
    rate_basis: Label[Literal["nominal", "cell"]] = choice(
        "nominal",
        "what 1C empties in an hour: the nominal capacity, or what this very cell holds between "
        "its open-circuit limits",
    )
    mesh: Label[Literal["default", "pybamm"]] = choice(
        "default", "our own discretisation, or exactly PyBaMM's for comparison", fixed=True
    )
    tolerance: Number = quantity(1e-4, "1", "relative error of a time step", ge=1e-9, le=1e-2)
    negative: Electrode = Electrode()
    separator: Layer = Layer()
    positive: Electrode = Electrode()
    electrolyte: Electrolyte = Electrolyte()
    cell: Whole = Whole()
    side_reactions: SideReactions = SideReactions()
    limits: Limits = Limits()
    points: Points = Points()
    series: Series = Series()
