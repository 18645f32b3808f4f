"""Fields of the layers of a cell as built: coatings, separator, electrolyte."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Unpack

from energymodels.battery.design.materials import part
from energymodels.core.schema import Choice, Filled, Label, Number, Table, Usual, choice, quantity


def of_material(unit: str, meaning: str, **limits: Unpack[Usual]) -> Any:
    """Return a number field that the material fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the material's", **limits)


class Coating(Table):
    """Fields common to both electrodes. Areal values are per coated side of a sheet."""

    specific_capacity: Filled = of_material(
        "mA h g-1", "reversible specific capacity of the active material", gt=0.0, le=1e4
    )
    first_cycle_efficiency: Filled = of_material(
        "1", "first-cycle (initial coulombic) efficiency of the material", gt=0.0, le=1.0
    )
    active_density: Filled = of_material("g cm-3", "active material density, without pores", gt=0.0, le=25.0)
    potential: Filled = of_material(
        "V", "mean potential vs Li/Li+ (sodium cells: vs Na/Na+)", ge=-1.0, le=6.0
    )
    active_mass_fraction: Filled = of_material(
        "1", "active material mass fraction of the coating", gt=0.0, le=1.0
    )
    inactive_density: Filled = of_material(
        "g cm-3", "density of the inactive material (binder and conductive carbon)", gt=0.0, le=25.0
    )
    specific_heat: Filled = of_material("J kg-1 K-1", "coating specific heat capacity", gt=0.0, le=1e5)
    areal_capacity: Number | None = quantity(
        None, "mA h cm-2", "areal capacity per coated side, reversible", ge=0.0, le=100.0
    )
    loading: Number | None = quantity(
        None, "mg cm-2", "loading: coating mass per area and coated side", ge=0.0, le=1e3
    )
    thickness: Number | None = quantity(
        None,
        "um",
        "coating thickness per side; lithium metal: foil thickness",
        usual=(1.0, 2e3),
        ge=0.0,
        le=1e4,
    )
    porosity: Number | None = quantity(
        None, "1", "coating porosity; lithium metal has no pores", ge=0.0, lt=1.0
    )
    coating_density: Number | None = quantity(
        None, "g cm-3", "coating density, pores included", gt=0.0, le=25.0
    )


class Positive(Coating):
    """The positive electrode, on aluminium."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"areal_capacity": 3.0}, {"loading": None}, {"thickness": None}),
        ({"porosity": 0.3}, {"coating_density": None}),
    )

    material: Label[Literal["lfp", "lmfp", "nmc811", "ni-rich", "na-layered"]] = choice(
        "lfp", "active material; provides the values that are not set"
    )
    collector_thickness: Number = quantity(
        12.0, "um", "current collector thickness", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Number = quantity(
        part("aluminium", "density", "kg m-3"), "kg m-3", "current collector density", gt=0.0, le=3e4
    )
    collector_specific_heat: Number = quantity(
        part("aluminium", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "current collector specific heat capacity",
        gt=0.0,
        le=1e5,
    )


class Negative(Coating):
    """The negative electrode, on copper.

    Lithium metal is a reserve that the first charge adds to; none is an anode-free cell.
    """

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"np_ratio": 1.1}, {"areal_capacity": None}, {"loading": None}, {"thickness": None}),
        ({"porosity": 0.3}, {"coating_density": None}),
    )

    material: Label[Literal["graphite", "silicon-graphite", "hard-carbon", "lithium"]] = choice(
        "graphite", "active material; provides the values that are not set"
    )
    np_ratio: Number | None = quantity(
        None, "1",
        "N/P ratio: reversible areal capacity of negative over positive; lithium metal: excess lithium "
"before the first charge",
        ge=0.0, le=100.0,
    )  # fmt: skip
    prelithiation: Number = quantity(
        0.0,
        "1",
        "prelithiation: fraction of the first-cycle loss of the negative electrode that is compensated "
        "before assembly",
        ge=0.0,
        le=1.0,
    )
    collector_thickness: Number = quantity(
        6.0, "um", "current collector thickness", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Number = quantity(
        part("copper", "density", "kg m-3"), "kg m-3", "current collector density", gt=0.0, le=3e4
    )
    collector_specific_heat: Number = quantity(
        part("copper", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "current collector specific heat capacity",
        gt=0.0,
        le=1e5,
    )


class Separator(Table):
    """The separator."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"solid_density": part("separator", "density", "g cm-3")}, {"areal_mass": None}),
    )

    thickness: Number = quantity(
        part("separator", "thickness", "um"), "um", "separator thickness", usual=(1.0, 2e3), gt=0.0, le=1e4
    )
    porosity: Number = quantity(part("separator", "porosity", "1"), "1", "separator porosity", ge=0.0, lt=1.0)
    solid_density: Number | None = quantity(
        None, "g cm-3", "separator solid density (polymer and ceramic), without pores", gt=0.0, le=25.0
    )
    areal_mass: Number | None = quantity(None, "mg cm-2", "separator areal mass", ge=0.0, le=1e3)
    specific_heat: Number = quantity(
        part("separator", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "separator specific heat capacity",
        gt=0.0,
        le=1e5,
    )


class Electrolyte(Table):
    """The electrolyte: pore volume times a filling factor, or mass per capacity."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"filling": 1.0}, {"mass_per_capacity": None}),
    )

    density: Number = quantity(
        part("electrolyte", "density", "g cm-3"), "g cm-3", "electrolyte density", gt=0.0, le=10.0
    )
    filling: Number | None = quantity(
        None,
        "1",
        "electrolyte filling: electrolyte volume over pore volume of electrodes and separator",
        ge=0.0,
        le=100.0,
    )
    mass_per_capacity: Number | None = quantity(
        None, "g A-1 h-1", "electrolyte mass per cell capacity (E/C ratio)", gt=0.0, le=1e3
    )
    specific_heat: Number = quantity(
        part("electrolyte", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "electrolyte specific heat capacity",
        gt=0.0,
        le=1e5,
    )
