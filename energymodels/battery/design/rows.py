"""From the fields of designs to kernel rows, SI. Columns broadcast, and so do rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.design.fields import DesignSpec, Housing, Whole
from energymodels.battery.design.layers import Electrolyte, Negative, Positive, Separator
from energymodels.battery.design.materials import KEY_OF, metals, values
from energymodels.core.case import filled, view
from energymodels.core.columns import take
from energymodels.core.model import Array
from energymodels.kernels.battery.design import layout

DEFAULT_HEIGHT, DEFAULT_WIDTH = 0.1, 0.2  # m, of electrodes in a housing without dimensions


def rows_of(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return kernel rows (``layout.ROW``) from columns {path: array}, numbers in the fields' units, labels as
    indices.
    """
    return rows(view(DesignSpec, columns, lambda path: _of_material(columns, path)))


def _of_material(columns: Mapping[str, Array], path: str) -> Array | None:
    """Return what the material says of a field of an electrode that is not set."""
    side, _, name = path.partition(".")
    if side not in ("positive", "negative") or name not in KEY_OF:
        return None
    return take(values(side, KEY_OF[name]), columns[f"{side}.material"])


def rows(case: DesignSpec) -> dict[str, Array]:
    """Return kernel rows (``layout.ROW``)."""
    positive = _electrode("positive", case.positive, None)
    ratio = case.negative.np_ratio
    negative = _electrode("negative", case.negative, None if ratio is None else ratio * positive["capacity"])
    metal = metals("negative")[case.negative.material.index]
    found = {f"positive_{key}": array for key, array in positive.items()}
    found |= {f"negative_{key}": array for key, array in negative.items()}
    found |= _separator(case.separator) | _electrolyte(case.electrolyte) | _housing(case.housing)
    found |= _size(case.cell) | {
        "metal": metal.astype(float),
        "metal_capacity": case.negative.specific_capacity * case.negative.active_density,
        "prelithiation": case.negative.prelithiation,
    }
    between = case.positive.potential - case.negative.potential
    return found | {"voltage": between if case.mean_voltage is None else case.mean_voltage}


def _electrode(side: str, of: Positive | Negative, facing: Array | None) -> dict[str, Array]:
    """Return the fields of a row for one electrode; ``facing`` is its areal capacity, C m-2, by an n/p
    ratio.
    """
    metal = metals(side)[of.material.index]
    share = np.where(metal, 1.0, of.active_mass_fraction)
    solid = 1.0 / (share / of.active_density + (1.0 - share) / of.inactive_density)
    charge = share * of.specific_capacity  # C per kg of coating
    density = np.where(metal, solid, _density(of, solid))
    loading = _loading(of, facing, charge, density)
    return {
        "loading": loading,
        "density": density,
        "solid": solid,
        "capacity": loading * charge,
        "efficiency": of.first_cycle_efficiency,
        "active": share / of.active_density,
        "foil": of.collector_thickness,
        "foil_density": of.collector_density,
        "heat": of.specific_heat,
        "foil_heat": of.collector_specific_heat,
    }


def _density(of: Positive | Negative, solid: Array) -> Array:
    """Return the density of a porous coating, kg m-3, as given or from that of its ``solid``."""
    if of.coating_density is not None:
        return of.coating_density
    assert of.porosity is not None  # one of the two is always given
    return solid * (1.0 - of.porosity)


def _loading(of: Positive | Negative, facing: Array | None, charge: Array, density: Array) -> Array:
    """Return the mass of a coating per area, kg m-2, by whatever says it."""
    if of.loading is not None:
        return of.loading
    if of.thickness is not None:
        return of.thickness * density
    if of.areal_capacity is not None:
        return of.areal_capacity / charge
    assert facing is not None  # an n/p ratio is what is left
    return facing / charge


def _separator(of: Separator) -> dict[str, Array]:
    """Return the fields of a row for the separator."""
    mass = of.areal_mass
    if mass is None:
        assert of.solid_density is not None  # one of the two is always given
        mass = of.thickness * (1.0 - of.porosity) * of.solid_density
    return {
        "separator": of.thickness,
        "separator_porosity": of.porosity,
        "separator_mass": mass,
        "separator_heat": of.specific_heat,
    }


def _electrolyte(of: Electrolyte) -> dict[str, Array]:
    """Return the fields of a row for the electrolyte."""
    return {
        "electrolyte_density": of.density,
        "filling": filled(of.filling, 0.0, of.density),
        "electrolyte_mass": filled(of.mass_per_capacity, 0.0, of.density),
        "electrolyte_heat": of.specific_heat,
    }


def _housing(of: Housing) -> dict[str, Array]:
    """Return the fields of a row for the housing."""
    like = of.seam
    return {
        "wall": filled(of.wall_thickness, 0.0, like) + filled(of.laminate_thickness, 0.0, like),
        "wall_density": filled(of.density, 0.0, like),
        "laminate": filled(of.laminate_mass, 0.0, like),
        "seam": of.seam,
        "housing_share": filled(of.mass_fraction, 0.0, like),
        "housing_heat": of.specific_heat,
        "terminals": of.terminals_mass,
    }


def _size(of: Whole) -> dict[str, Array]:
    """Return the fields of a row for format and size."""
    like = of.overhang
    cylinder = of.format.means("cylindrical")
    mode, amount = _amount(of)
    outer = of.height is not None
    return {
        "mode": np.full((1,) * like.ndim, float(mode)),
        "amount": amount,
        "cylinder": cylinder.astype(float),
        "length": filled(of.length, 0.0, like),
        "height": filled(of.height, 0.0, like),
        "thickness": np.where(cylinder, filled(of.diameter, 0.0, like), filled(of.thickness, 0.0, like)),
        "core": of.core_diameter,
        "room_height": of.room_height,
        "room_length": of.room_length,
        "electrode_height": filled(of.electrode_height, 0.0 if outer else DEFAULT_HEIGHT, like),
        "electrode_width": filled(of.electrode_width, 0.0 if outer else DEFAULT_WIDTH, like),
        "overhang": of.overhang,
        "separator_overhang": of.separator_overhang,
        "extra_sheets": of.extra_negative_sheets,
    }


def _amount(of: Whole) -> tuple[int, Array]:
    """Return (what says the size, how much of it)."""
    for mode, amount in (
        (layout.CAPACITY, of.capacity),
        (layout.SHEETS, of.positive_sheets),
        (layout.LENGTH, of.positive_length),
        (layout.PAIRS, of.electrode_pairs),
        (layout.FILL, of.fill),
    ):
        if amount is not None:
            return mode, amount
    raise AssertionError("one of them is always given")
