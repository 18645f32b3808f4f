"""From the fields of designs to kernel rows, SI. Columns broadcast, and so do rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.design.materials import field_of, metals, values
from energymodels.core.columns import column, take
from energymodels.core.model import Array
from energymodels.kernels.battery.design import layout

UM, MM, GRAM_PER_CM3, MG_PER_CM2 = 1e-6, 1e-3, 1e3, 1e-2
AH = 3600.0  # C
MAH_PER_CM2 = 3.6e4  # C m-2
SIZES = {
    "cell.capacity": (layout.CAPACITY, AH),
    "cell.positive_sheets": (layout.SHEETS, 1.0),
    "cell.positive_length": (layout.LENGTH, 1.0),
    "cell.electrode_pairs": (layout.PAIRS, 1.0),
    "cell.fill": (layout.FILL, 1.0),
}
CYLINDRICAL = 3  # index of its label among the formats
DEFAULT_HEIGHT, DEFAULT_WIDTH = 0.1, 0.2  # m, of electrodes in a housing without dimensions


def rows(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return kernel rows (``layout.ROW``) from columns {path: array}, numbers in the fields' units, labels as
    indices.
    """
    positive = _electrode(columns, "positive", None)
    negative = _electrode(columns, "negative", positive["capacity"])
    found = {f"positive_{key}": values for key, values in positive.items()}
    found |= {f"negative_{key}": values for key, values in negative.items()}
    found |= _between(columns) | _housing(columns) | _size(columns)
    metal = metals("negative")[columns["negative.material"]]
    charge = (
        _of(columns, "negative", "specific_capacity")
        * AH
        * _of(columns, "negative", "density")
        * GRAM_PER_CM3
    )
    found |= {
        "metal": metal.astype(float),
        "metal_capacity": charge,
        "prelithiation": columns["negative.prelithiation"],
    }
    if "mean_voltage" in columns:
        return found | {"voltage": columns["mean_voltage"]}
    return found | {"voltage": _of(columns, "positive", "potential") - _of(columns, "negative", "potential")}


def _of(columns: Mapping[str, Array], side: str, key: str) -> Array:
    """Return a column of an electrode, or what its material says."""
    path = f"{side}.{field_of(key)}"
    return columns[path] if path in columns else take(values(side, key), columns[f"{side}.material"])


def _electrode(columns: Mapping[str, Array], side: str, facing: Array | None) -> dict[str, Array]:
    """Return the fields of a row for one electrode; ``facing`` is the areal capacity, C m-2, that an n/p
    ratio refers to.
    """
    metal = metals(side)[columns[f"{side}.material"]]
    share = np.where(metal, 1.0, _of(columns, side, "active_mass_fraction"))
    true = _of(columns, side, "density") * GRAM_PER_CM3
    inactive = _of(columns, side, "inactive_density") * GRAM_PER_CM3
    solid = 1.0 / (share / true + (1.0 - share) / inactive)
    if f"{side}.coating_density" in columns:
        density = columns[f"{side}.coating_density"] * GRAM_PER_CM3
    else:
        density = solid * (1.0 - columns[f"{side}.porosity"])
    density = np.where(metal, solid, density)
    charge = share * _of(columns, side, "specific_capacity") * AH  # C per kg of coating
    loading = _loading(columns, side, facing, charge, density)
    return {
        "loading": loading,
        "density": density,
        "solid": solid,
        "capacity": loading * charge,
        "efficiency": _of(columns, side, "first_cycle_efficiency"),
        "active": share / true,
        "foil": columns[f"{side}.collector_thickness"] * UM,
        "foil_density": columns[f"{side}.collector_density"],
        "heat": _of(columns, side, "specific_heat"),
        "foil_heat": columns[f"{side}.collector_specific_heat"],
    }


def _loading(
    columns: Mapping[str, Array], side: str, facing: Array | None, charge: Array, density: Array
) -> Array:
    """Return the mass of a coating per area, kg m-2, by whatever says it."""
    if f"{side}.loading" in columns:
        return columns[f"{side}.loading"] * MG_PER_CM2
    if f"{side}.thickness" in columns:
        return columns[f"{side}.thickness"] * UM * density
    if f"{side}.areal_capacity" in columns:
        return columns[f"{side}.areal_capacity"] * MAH_PER_CM2 / charge
    assert facing is not None
    return columns[f"{side}.np_ratio"] * facing / charge


def _between(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the fields of a row for separator and electrolyte."""
    thickness = columns["separator.thickness"] * UM
    if "separator.areal_mass" in columns:
        mass = columns["separator.areal_mass"] * MG_PER_CM2
    else:
        mass = (
            thickness
            * (1.0 - columns["separator.porosity"])
            * columns["separator.solid_density"]
            * GRAM_PER_CM3
        )
    return {
        "separator": thickness,
        "separator_porosity": columns["separator.porosity"],
        "separator_mass": mass,
        "separator_heat": columns["separator.specific_heat"],
        "electrolyte_density": columns["electrolyte.density"] * GRAM_PER_CM3,
        "filling": column(columns, "electrolyte.filling"),
        "electrolyte_mass": column(columns, "electrolyte.mass_per_capacity") * 1e-3 / AH,
        "electrolyte_heat": columns["electrolyte.specific_heat"],
    }


def _housing(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the fields of a row for the housing."""
    wall = column(columns, "housing.wall_thickness") + column(columns, "housing.laminate_thickness")
    return {
        "wall": wall * MM,
        "wall_density": column(columns, "housing.density") * GRAM_PER_CM3,
        "laminate": column(columns, "housing.laminate_mass") * MG_PER_CM2,
        "seam": columns["housing.seam"] * MM,
        "housing_share": column(columns, "housing.mass_fraction"),
        "housing_heat": columns["housing.specific_heat"],
        "terminals": columns["housing.terminals_mass"] * 1e-3,
    }


def _size(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the fields of a row for format and size."""
    cylinder = columns["cell.format"] == CYLINDRICAL
    path = next(path for path in SIZES if path in columns)
    mode, scale = SIZES[path]
    across = np.where(cylinder, column(columns, "cell.diameter"), column(columns, "cell.thickness"))
    outer = "cell.height" in columns
    one = np.ones((1,) * cylinder.ndim)
    return {
        "mode": mode * one,
        "amount": columns[path] * scale,
        "cylinder": cylinder.astype(float),
        "length": column(columns, "cell.length") * MM,
        "height": column(columns, "cell.height") * MM,
        "thickness": across * MM,
        "core": columns["cell.core_diameter"] * MM,
        "room_height": columns["cell.room_height"] * MM,
        "room_length": columns["cell.room_length"] * MM,
        "electrode_height": column(columns, "cell.electrode_height", 0.0 if outer else DEFAULT_HEIGHT),
        "electrode_width": column(columns, "cell.electrode_width", 0.0 if outer else DEFAULT_WIDTH),
        "overhang": columns["cell.overhang"] * MM,
        "separator_overhang": columns["cell.separator_overhang"] * MM,
        "extra_sheets": columns["cell.extra_negative_sheets"],
    }
