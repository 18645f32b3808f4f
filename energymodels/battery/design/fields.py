"""The fields of a cell design. What an electrode does not say, its material does."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from energymodels.battery.design.materials import part
from energymodels.core.schema import Choice, Filled, Label, Number, Table, choice, quantity


def of_material(unit: str, meaning: str, **limits: Any) -> Any:
    """Return a number field that the material fills in where it is not set."""
    return quantity(None, unit, f"{meaning}; not set: the material's", **limits)


class Coating(Table):
    """What both electrodes share. Everything per area is of one side of a sheet."""

    specific_capacity: Filled = of_material(
        "mA h g-1", "reversible capacity of the active material", gt=0.0, le=1e4
    )
    first_cycle_efficiency: Filled = of_material(
        "1", "charge given back over charge taken up in the first cycle", gt=0.0, le=1.0
    )
    active_density: Filled = of_material("g cm-3", "true density of the active material", gt=0.0, le=25.0)
    potential: Filled = of_material(
        "V", "mean potential against lithium (of sodium cells: sodium)", ge=-1.0, le=6.0
    )
    active_mass_fraction: Filled = of_material(
        "1", "share of the coating's mass that is active material", gt=0.0, le=1.0
    )
    inactive_density: Filled = of_material("g cm-3", "density of binder and carbon together", gt=0.0, le=25.0)
    specific_heat: Filled = of_material("J kg-1 K-1", "specific heat capacity of the coating", gt=0.0, le=1e5)
    areal_capacity: Number | None = quantity(
        None, "mA h cm-2", "reversible capacity per area of one side", ge=0.0, le=100.0
    )
    loading: Number | None = quantity(
        None, "mg cm-2", "mass of the coating per area of one side", ge=0.0, le=1e3
    )
    thickness: Number | None = quantity(
        None,
        "um",
        "thickness of the coating of one side; of lithium metal: of the foil",
        usual=(1.0, 2e3),
        ge=0.0,
        le=1e4,
    )
    porosity: Number | None = quantity(
        None, "1", "volume fraction of pores; lithium metal has none", ge=0.0, lt=1.0
    )
    coating_density: Number | None = quantity(
        None, "g cm-3", "density of the coating with its pores", gt=0.0, le=25.0
    )


class Positive(Coating):
    """The positive electrode, on aluminium."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"areal_capacity": 3.0}, {"loading": None}, {"thickness": None}),
        ({"porosity": 0.3}, {"coating_density": None}),
    )

    material: Label[Literal["lfp", "lmfp", "nmc811", "ni-rich", "na-layered"]] = choice(
        "lfp", "active material, which fills in what is not set"
    )
    collector_thickness: Number = quantity(
        12.0, "um", "thickness of the foil", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Number = quantity(
        part("aluminium", "density", "kg m-3"), "kg m-3", "density of the foil", gt=0.0, le=3e4
    )
    collector_specific_heat: Number = quantity(
        part("aluminium", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity of the foil",
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
        "graphite", "active material, which fills in what is not set"
    )
    np_ratio: Number | None = quantity(
        None, "1",
        "reversible capacity per area over the positive's; of lithium metal: what is there before the "
        "first charge",
        ge=0.0, le=100.0,
    )  # fmt: skip
    prelithiation: Number = quantity(
        0.0, "1", "share of its first-cycle loss made good before assembly", ge=0.0, le=1.0
    )
    collector_thickness: Number = quantity(
        6.0, "um", "thickness of the foil", usual=(1.0, 1e3), ge=0.0, le=1e3
    )
    collector_density: Number = quantity(
        part("copper", "density", "kg m-3"), "kg m-3", "density of the foil", gt=0.0, le=3e4
    )
    collector_specific_heat: Number = quantity(
        part("copper", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity of the foil",
        gt=0.0,
        le=1e5,
    )


class Separator(Table):
    """The separator."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"solid_density": part("separator", "density", "g cm-3")}, {"areal_mass": None}),
    )

    thickness: Number = quantity(
        part("separator", "thickness", "um"), "um", "thickness", usual=(1.0, 2e3), gt=0.0, le=1e4
    )
    porosity: Number = quantity(
        part("separator", "porosity", "1"), "1", "volume fraction of pores", ge=0.0, lt=1.0
    )
    solid_density: Number | None = quantity(
        None, "g cm-3", "density of its solid, polymer and ceramic together", gt=0.0, le=25.0
    )
    areal_mass: Number | None = quantity(None, "mg cm-2", "mass per area", ge=0.0, le=1e3)
    specific_heat: Number = quantity(
        part("separator", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity",
        gt=0.0,
        le=1e5,
    )


class Electrolyte(Table):
    """The electrolyte: as much as the pores hold, times a factor, or by capacity."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"filling": 1.0}, {"mass_per_capacity": None}),
    )

    density: Number = quantity(part("electrolyte", "density", "g cm-3"), "g cm-3", "density", gt=0.0, le=10.0)
    filling: Number | None = quantity(
        None, "1", "volume over that of the pores of electrodes and separator", ge=0.0, le=100.0
    )
    mass_per_capacity: Number | None = quantity(
        None, "g A-1 h-1", "mass per capacity of the cell", gt=0.0, le=1e3
    )
    specific_heat: Number = quantity(
        part("electrolyte", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity",
        gt=0.0,
        le=1e5,
    )


class Housing(Table):
    """What holds the cell: a share of its mass, a wall, or a laminate."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        (
            {"mass_fraction": 0.1},
            {"wall_thickness": None, "density": part("aluminium", "density", "kg m-3") * 1e-3},
            {
                "laminate_mass": part("laminate", "mass", "mg cm-2"),
                "laminate_thickness": part("laminate", "thickness", "mm"),
            },
        ),
    )

    mass_fraction: Number | None = quantity(
        None, "1", "share of the cell's mass; the housing then has no thickness", ge=0.0, lt=1.0
    )
    wall_thickness: Number | None = quantity(None, "mm", "thickness of the wall on all sides", ge=0.0, le=1e3)
    density: Number | None = quantity(
        None, "g cm-3", "density of the wall; not set: aluminium", gt=0.0, le=25.0
    )
    laminate_mass: Number | None = quantity(
        None, "mg cm-2", "mass of a pouch's laminate per area", ge=0.0, le=1e4
    )
    laminate_thickness: Number | None = quantity(
        None, "mm", "thickness of a pouch's laminate", ge=0.0, le=10.0
    )
    seam: Number = quantity(
        0.0, "mm", "width of the laminate's seam, all around and beyond the outer dimensions", ge=0.0, le=1e3
    )
    terminals_mass: Number = quantity(
        0.0, "g", "terminals, tabs, lid beyond the wall, insulation and all else", ge=0.0, le=1e6
    )
    specific_heat: Number = quantity(
        part("aluminium", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity of housing and terminals",
        gt=0.0,
        le=1e5,
    )


class Whole(Table):
    """Format and size. Outer dimensions are given all together or not at all; a cylinder needs them."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        (
            {"capacity": 100.0},
            {"positive_sheets": None},
            {"positive_length": None},
            {"electrode_pairs": None},
            {"fill": None},
        ),
    )

    format: Label[Literal["prismatic", "blade", "pouch", "cylindrical"]] = choice(
        "prismatic", "format; all but the cylinder are boxes"
    )
    capacity: Number | None = quantity(
        None, "A h", "capacity asked for: the number of pairs follows, not rounded", gt=0.0, le=1e6
    )
    positive_sheets: Number | None = quantity(
        None, "1", "positive sheets, coated on both sides", gt=0.0, le=1e5
    )
    positive_length: Number | None = quantity(
        None, "m", "length of positive sheet, coated on both sides, of all windings together", gt=0.0, le=1e5
    )
    electrode_pairs: Number | None = quantity(
        None, "1", "coated sides of positives that face a negative", gt=0.0, le=1e6
    )
    fill: Number | None = quantity(
        None,
        "1",
        "share that the stack takes of the thickness inside, or the winding of the cross-section inside",
        gt=0.0,
        le=1.0,
    )
    electrode_height: Number | None = quantity(
        None,
        "m",
        "height of the positive coating; not set: what the outer height leaves, else 0.1 m",
        gt=0.0,
        le=1e3,
    )
    electrode_width: Number | None = quantity(
        None, "m",
        "width of the positive coating; not set: what the outer length leaves, else 0.2 m; follows in a "
        "cylinder",
        gt=0.0, le=1e3,
    )  # fmt: skip
    overhang: Number = quantity(
        1.0, "mm", "of the negative over the positive, on each edge", ge=0.0, le=100.0
    )
    separator_overhang: Number = quantity(
        1.0, "mm", "of the separator over the negative, on each edge", ge=0.0, le=100.0
    )
    extra_negative_sheets: Number = quantity(
        0.0, "1", "negative sheets beyond one for each positive sheet", ge=0.0, le=100.0
    )
    length: Number | None = quantity(None, "mm", "outer length, along the electrodes' width", gt=0.0, le=1e5)
    height: Number | None = quantity(None, "mm", "outer height, along the electrodes' height", gt=0.0, le=1e5)
    thickness: Number | None = quantity(None, "mm", "outer thickness, across the stack", gt=0.0, le=1e5)
    diameter: Number | None = quantity(None, "mm", "outer diameter of a cylinder", gt=0.0, le=1e4)
    core_diameter: Number = quantity(
        0.0, "mm", "diameter of the hole in the winding of a cylinder", ge=0.0, le=1e4
    )
    room_height: Number = quantity(
        0.0, "mm", "inside the housing beside the separators' height, for tabs and terminals", ge=0.0, le=1e4
    )
    room_length: Number = quantity(
        0.0, "mm", "inside the housing beside the separators' width, for tabs and terminals", ge=0.0, le=1e4
    )


class DesignSpec(Table):
    """A cell as it is built."""

    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = (
        (("mean_voltage",), ("positive.potential", "negative.potential")),
    )

    positive: Positive = Positive()
    negative: Negative = Negative()
    separator: Separator = Separator()
    electrolyte: Electrolyte = Electrolyte()
    housing: Housing = Housing()
    cell: Whole = Whole()
    mean_voltage: Number | None = quantity(
        None,
        "V",
        "mean voltage of discharge; not set: the difference of the mean potentials",
        gt=0.0,
        le=10.0,
    )
