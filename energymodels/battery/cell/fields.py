"""Fields of the battery cell models. Fields that are not set come from the parameter set."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal, Unpack

from energymodels.core.schema import (
    Count,
    Filled,
    Label,
    Number,
    Table,
    Text,
    Usual,
    choice,
    count,
    quantity,
    text,
)

THICKNESS = (1.0, 2e3)  # um, usual


def of_set(unit: str, meaning: str, **limits: Unpack[Usual]) -> Any:
    """Return a number field that the parameter set fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the parameter set's", **limits)


class Layer(Table):
    """Fields common to both electrodes and the separator."""

    agreeing = (("bruggeman_electrolyte", "transport_efficiency"),)

    thickness: Filled = of_set("um", "layer thickness", usual=THICKNESS, gt=0.0, le=1e4)
    porosity: Filled = of_set("1", "porosity: electrolyte volume fraction", gt=0.0, lt=1.0)
    bruggeman_electrolyte: Filled = of_set(
        "1", "Bruggeman exponent of electrolyte transport (porosity ** exponent)", ge=0.0, le=10.0
    )
    transport_efficiency: Filled = of_set(
        "1",
        "electrolyte transport efficiency: effective over bulk diffusivity and conductivity (porosity / "
        "tortuosity)",
        gt=0.0,
        le=1.0,
    )
    density: Filled = of_set("kg m-3", "layer density", gt=0.0, le=1e5)
    specific_heat: Filled = of_set("J kg-1 K-1", "layer specific heat capacity", gt=0.0, le=1e5)


class Electrode(Layer):
    """A porous electrode of spherical particles and its current collector."""

    active_fraction: Filled = of_set("1", "active material volume fraction", gt=0.0, lt=1.0)
    particle_radius: Filled = of_set("um", "particle radius", usual=(0.01, 100.0), gt=0.0, le=1e3)
    maximum_concentration: Filled = of_set(
        "mol m-3", "maximum lithium concentration in the particles", gt=0.0, le=1e6
    )
    initial_concentration: Filled = of_set(
        "mol m-3",
        "initial lithium concentration in the particles; both electrodes' values together set the "
        "cyclable lithium inventory",
        ge=0.0,
        le=1e6,
    )
    conductivity: Filled = of_set(
        "S m-1", "electronic conductivity of the solid phase; before the Bruggeman correction", gt=0.0, le=1e8
    )
    bruggeman_electrode: Filled = of_set(
        "1", "Bruggeman exponent of electronic conductivity", ge=0.0, le=10.0
    )
    diffusivity: Filled = of_set(
        "m2 s-1",
        "solid-phase diffusivity of lithium in the particles; a constant replaces the set's function",
        gt=0.0,
        le=1e-6,
    )
    diffusivity_factor: Number = quantity(
        1.0, "1", "scaling factor of the solid-phase diffusivity", gt=0.0, le=1e6
    )
    exchange_current_density_factor: Number = quantity(
        1.0, "1", "scaling factor of the exchange current density", gt=0.0, le=1e6
    )
    collector_thickness: Filled = of_set(
        "um", "current collector thickness", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Filled = of_set("kg m-3", "current collector density", gt=0.0, le=1e5)
    collector_specific_heat: Filled = of_set(
        "J kg-1 K-1", "current collector specific heat capacity", gt=0.0, le=1e5
    )


class Electrolyte(Table):
    """The electrolyte."""

    initial_concentration: Filled = of_set(
        "mol m-3", "initial salt concentration", usual=(50.0, 5e3), gt=0.0, le=1e4
    )
    diffusivity: Filled = of_set(
        "m2 s-1", "salt diffusivity; a constant replaces the set's function", gt=0.0, le=1e-6
    )
    diffusivity_factor: Number = quantity(1.0, "1", "scaling factor of the salt diffusivity", gt=0.0, le=1e6)
    conductivity: Filled = of_set(
        "S m-1", "ionic conductivity; a constant replaces the set's function", gt=0.0, le=1e3
    )
    conductivity_factor: Number = quantity(
        1.0, "1", "scaling factor of the ionic conductivity", gt=0.0, le=1e6
    )
    transference_number: Filled = of_set(
        "1", "cation transference number; a constant replaces the set's function", ge=0.0, lt=1.0
    )
    thermodynamic_factor: Filled = of_set(
        "1", "thermodynamic factor 1 + dlnf/dlnc; a constant replaces the set's function", gt=0.0, le=100.0
    )
    liquid_fraction: Filled = of_set(
        "1", "liquid volume fraction of a hybrid electrolyte; the rest is solid electrolyte", gt=0.0, le=1.0
    )
    solid_conductivity: Filled = of_set(
        "S m-1", "ionic conductivity of the solid electrolyte phase", ge=0.0, le=1e3
    )
    solid_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of the solid electrolyte's conductivity", ge=0.0, le=3e5
    )


class Whole(Table):
    """The cell as a whole."""

    electrode_height: Filled = of_set("m", "electrode height", usual=(1e-3, 3.0), gt=0.0, le=1e3)
    electrode_width: Filled = of_set("m", "electrode width", gt=0.0, le=1e3)
    electrode_pairs: Filled = of_set("1", "number of electrode pairs in parallel", gt=0.0, le=1e6)
    nominal_capacity: Filled = of_set(
        "A h", "nominal capacity; defines the C-rate", usual=(1e-6, 2e3), gt=0.0, le=1e6
    )
    voltage_min: Filled = of_set("V", "lower cut-off voltage", ge=0.0, le=10.0)
    voltage_max: Filled = of_set("V", "upper cut-off voltage", gt=0.0, le=10.0)
    ocv_min: Filled = of_set("V", "open-circuit voltage at 0 % SOC", ge=0.0, le=10.0)
    ocv_max: Filled = of_set("V", "open-circuit voltage at 100 % SOC", gt=0.0, le=10.0)
    contact_resistance: Filled = of_set("ohm", "contact resistance; in series with the cell", ge=0.0, le=1e3)
    interface_resistance: Filled = of_set(
        "ohm cm2",
        "area-specific interface resistance in series, such as a film or a solid electrolyte layer",
        ge=0.0,
        le=1e6,
    )
    interface_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of the interface conductance", ge=0.0, le=3e5
    )
    cooling_area: Filled = of_set("m2", "cooling area: surface with convective heat transfer", ge=0.0, le=1e4)
    volume: Filled = of_set("m3", "cell volume; for the heat capacity", usual=(1e-9, 0.1), gt=0.0, le=1e3)
    heat_capacity: Filled = of_set(
        "J K-1 m-3", "volumetric heat capacity of the cell; replaces that of its layers", gt=0.0, le=1e8
    )
    reference_temperature: Filled = of_set(
        "K", "reference temperature of the set's open-circuit potentials", gt=0.0, le=1e3
    )


class SideReactions(Table):
    """Side reactions on the negative electrode: lithium plating and SEI growth."""

    plating: Label[Literal["none", "reversible", "irreversible", "partially reversible"]] = choice(
        "none",
        "lithium plating model; partially reversible: plated lithium strips until it becomes dead lithium",
    )
    sei: Label[Literal["none", "constant", "reaction limited", "solvent-diffusion limited"]] = choice(
        "none", "SEI growth model; the SEI adds a film resistance, constant: no growth"
    )
    plating_rate_constant: Filled = of_set(
        "m s-1", "rate constant of lithium plating and stripping", ge=0.0, le=1.0
    )
    plating_transfer_coefficient: Filled = of_set(
        "1", "transfer coefficient of lithium plating", gt=0.0, lt=1.0
    )
    plating_activation_energy: Filled = of_set(
        "J mol-1", "activation energy of the plating rate constant", ge=0.0, le=3e5
    )
    dead_lithium_decay: Filled = of_set(
        "s-1",
        "dead lithium decay rate: initial rate at which plated lithium becomes dead lithium",
        ge=0.0,
        le=1.0,
    )
    sei_initial_thickness: Filled = of_set("m", "initial SEI thickness", gt=0.0, le=1e-5)
    sei_resistivity: Filled = of_set("ohm m", "SEI resistivity", ge=0.0, le=1e12)
    sei_partial_molar_volume: Filled = of_set("m3 mol-1", "SEI partial molar volume", gt=0.0, le=1.0)
    sei_lithium_per_mole: Filled = of_set("1", "moles of lithium per mole of SEI", gt=0.0, le=100.0)
    sei_reaction_exchange_current_density: Filled = of_set(
        "A m-2", "exchange current density of the SEI reaction", ge=0.0, le=1.0
    )
    sei_open_circuit_potential: Filled = of_set(
        "V", "open-circuit potential of the SEI reaction vs Li/Li+", ge=-5.0, le=5.0
    )
    sei_solvent_diffusivity: Filled = of_set("m2 s-1", "solvent diffusivity in the SEI", ge=0.0, le=1e-6)
    sei_solvent_concentration: Filled = of_set(
        "mol m-3", "solvent concentration in the electrolyte", ge=0.0, le=1e6
    )
    sei_activation_energy: Filled = of_set("J mol-1", "activation energy of SEI growth", ge=0.0, le=3e5)


class Limits(Table):
    """Limits of a charge at limits; every given limit holds at all times."""

    negative_potential: Number = quantity(
        0.0,
        "V",
        "anode potential limit: minimum potential of the negative electrode vs Li/Li+ (phi_s - phi_e); "
        "-inf: no limit",
        le=5.0,
    )
    voltage: Number | None = quantity(
        None, "V", "terminal voltage limit; not set: cell.voltage_max", gt=0.0, le=10.0
    )
    temperature: Number = quantity(
        math.inf, "degC", "cell temperature limit; with the lumped thermal model", gt=-100.0
    )
    salt_concentration: Number = quantity(
        10.0,
        "mol m-3",
        "minimum salt concentration limit; at the negative current collector, where the salt is depleted "
        "first in a charge",
        ge=0.1,
        le=1e3,
    )
    c_rate: Number = quantity(10.0, "1", "C-rate limit", gt=0.0)


class Points(Table):
    """Mesh: number of finite volumes; not set: as ``mesh`` says."""

    negative: Count | None = count(None, "finite volumes across the negative electrode", ge=2, le=1000)
    separator: Count | None = count(None, "finite volumes across the separator", ge=1, le=1000)
    positive: Count | None = count(None, "finite volumes across the positive electrode", ge=2, le=1000)
    particle: Count | None = count(None, "finite volumes along the radius of a particle", ge=3, le=1000)


class Series(Table):
    """Common time axis of the time series."""

    points: Count = count(101, "number of points of the time axis; 0: no time series", ge=0, le=1_000_000)
    end: Number | None = quantity(
        None, "s", "end of the time axis; not set: that of the longest case", fixed=True, gt=0.0, le=1e12
    )


class BatterySpec(Table):
    """A lithium-ion cell with two porous electrodes, and the protocol it follows."""

    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = (
        (("initial_soc",), ("initial_voltage",), ("initial_state",)),
    )

    parameters: Text = text(
        "lfp-18650",
        "parameter set: a bundled set, a PyBaMM set by name, or the path of a BPX file (.json)",
    )
    cell_design: Text | None = text(
        None,
        "cell design: a bundled battery.design spec or the path of a file; sets geometry and mass, and "
        "its own fields start with design.",
    )
    protocol: Text = text(
        "Discharge at 1C",
        "protocol: steps in PyBaMM's experiment syntax, separated by ;",
    )
    initial_soc: Number | None = quantity(
        None, "1",
        "initial SOC; not set: that of the BPX file, else 0 if the protocol mainly charges, else 1",
        ge=0.0, le=1.0,
    )  # fmt: skip
    initial_voltage: Number | None = quantity(
        None,
        "V",
        "initial open-circuit voltage, of the relaxed cell; replaces initial_soc",
        gt=0.0,
        le=10.0,
    )
    initial_state: Label[Literal["set"]] | None = choice(
        None,
        "initial state; set: the initial lithium concentrations of the parameter set replace initial_soc",
    )
    temperature: Number | None = quantity(
        None,
        "degC",
        "ambient temperature, and the cell's at the start; not set: that of the BPX file, else 25",
        ge=-60.0,
        le=150.0,
    )
    initial_temperature: Number | None = quantity(
        None, "degC",
        "initial cell temperature, with the lumped thermal model; not set: temperature, else that of the "
"BPX file",
        ge=-60.0, le=150.0,
    )  # fmt: skip
    temperature_profile: Text | None = text(
        None,
        "ambient temperature profile; replaces temperature: 0 s 25 degC, 90 s 50 degC with linear "
        "interpolation, or a CSV file",
    )
    thermal: Label[Literal["isothermal", "lumped"]] = choice(
        "isothermal",
        "thermal model; isothermal, or lumped: one temperature for the whole cell, with heat generation "
        "and cooling",
    )
    heat_transfer_coefficient: Filled = of_set(
        "W m-2 K-1",
        "convective heat transfer coefficient; from the cooling area to the surroundings",
        ge=0.0,
        le=1e6,
    )
    rate_basis: Label[Literal["nominal", "cell"]] = choice(
        "nominal",
        "capacity that defines 1C; the nominal capacity, or the cell's capacity between its open-circuit "
        "voltage limits",
    )
    mesh: Label[Literal["default", "pybamm"]] = choice(
        "default", "mesh; default: own discretisation, pybamm: PyBaMM's, for comparison", fixed=True
    )
    tolerance: Number = quantity(1e-4, "1", "relative tolerance of a time step", ge=1e-9, le=1e-2)
    negative: Electrode = Electrode()
    separator: Layer = Layer()
    positive: Electrode = Electrode()
    electrolyte: Electrolyte = Electrolyte()
    cell: Whole = Whole()
    side_reactions: SideReactions = SideReactions()
    limits: Limits = Limits()
    points: Points = Points()
    series: Series = Series()
