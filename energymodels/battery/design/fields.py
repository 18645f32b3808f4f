"""Fields of a cell design. Electrode fields that are not set come from the material."""

from __future__ import annotations

from typing import ClassVar, Literal

from energymodels.battery.design.layers import Electrolyte, Negative, Positive, Separator
from energymodels.battery.design.materials import part
from energymodels.core.schema import Choice, Label, Number, Table, choice, quantity


class Housing(Table):
    """The housing: a fraction of the cell mass, a can wall, or a pouch laminate."""

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
        None, "1", "housing mass fraction of the cell; the housing then has no thickness", ge=0.0, lt=1.0
    )
    wall_thickness: Number | None = quantity(None, "mm", "can wall thickness, on all faces", ge=0.0, le=1e3)
    density: Number | None = quantity(None, "g cm-3", "can wall density; not set: aluminium", gt=0.0, le=25.0)
    laminate_mass: Number | None = quantity(None, "mg cm-2", "pouch laminate areal mass", ge=0.0, le=1e4)
    laminate_thickness: Number | None = quantity(None, "mm", "pouch laminate thickness", ge=0.0, le=10.0)
    seam: Number = quantity(
        0.0, "mm", "pouch seam width; on all edges, outside of the outer dimensions", ge=0.0, le=1e3
    )
    terminals_mass: Number = quantity(
        0.0, "g", "mass of terminals, tabs, lid, insulation and other parts", ge=0.0, le=1e6
    )
    specific_heat: Number = quantity(
        part("aluminium", "specific_heat", "J kg-1 K-1"),
        "J kg-1 K-1",
        "specific heat capacity of housing and terminals",
        gt=0.0,
        le=1e5,
    )


class Whole(Table):
    """Cell format and dimensions. Give all outer dimensions or none; a cylindrical cell needs them."""

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
        "prismatic", "cell format; prismatic, blade and pouch cells are rectangular"
    )
    capacity: Number | None = quantity(
        None,
        "A h",
        "target cell capacity; the number of electrode pairs follows, not rounded",
        gt=0.0,
        le=1e6,
    )
    positive_sheets: Number | None = quantity(
        None, "1", "number of positive sheets, double-side coated", gt=0.0, le=1e5
    )
    positive_length: Number | None = quantity(
        None, "m", "length of the positive sheet, double-side coated, all windings together", gt=0.0, le=1e5
    )
    electrode_pairs: Number | None = quantity(
        None, "1", "number of electrode pairs: positive coatings that face a negative", gt=0.0, le=1e6
    )
    fill: Number | None = quantity(
        None,
        "1",
        "fill factor: stack thickness over inner thickness, or winding over inner cross-section",
        gt=0.0,
        le=1.0,
    )
    electrode_height: Number | None = quantity(
        None,
        "m",
        "positive coating height; not set: as the outer height allows, else 0.1 m",
        gt=0.0,
        le=1e3,
    )
    electrode_width: Number | None = quantity(
        None, "m",
        "positive coating width; not set: as the outer length allows, else 0.2 m; in a cylindrical cell "
"it is a result",
        gt=0.0, le=1e3,
    )  # fmt: skip
    overhang: Number = quantity(
        1.0, "mm", "overhang of the negative over the positive electrode, on each edge", ge=0.0, le=100.0
    )
    separator_overhang: Number = quantity(
        1.0, "mm", "overhang of the separator over the negative electrode, on each edge", ge=0.0, le=100.0
    )
    extra_negative_sheets: Number = quantity(
        0.0, "1", "extra negative sheets: more than one per positive sheet", ge=0.0, le=100.0
    )
    length: Number | None = quantity(None, "mm", "outer length, along the electrodes' width", gt=0.0, le=1e5)
    height: Number | None = quantity(None, "mm", "outer height, along the electrodes' height", gt=0.0, le=1e5)
    thickness: Number | None = quantity(None, "mm", "outer thickness, across the stack", gt=0.0, le=1e5)
    diameter: Number | None = quantity(None, "mm", "outer diameter of a cylindrical cell", gt=0.0, le=1e4)
    core_diameter: Number = quantity(
        0.0, "mm", "core diameter of the winding of a cylindrical cell", ge=0.0, le=1e4
    )
    room_height: Number = quantity(
        0.0, "mm", "headspace in height inside the housing for tabs and terminals", ge=0.0, le=1e4
    )
    room_length: Number = quantity(
        0.0, "mm", "headspace in length inside the housing for tabs and terminals", ge=0.0, le=1e4
    )


class DesignSpec(Table):
    """A cell design."""

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
        "mean discharge voltage; not set: difference of the mean electrode potentials",
        gt=0.0,
        le=10.0,
    )
