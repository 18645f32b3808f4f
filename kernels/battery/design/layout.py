"""How a design and its results are laid out in arrays. SI."""

import numpy as np

ROW = np.dtype(
    [(f"{side}_{name}", "f8") for side in ("positive", "negative") for name in (
        "loading",  # kg m-2, coating of one side
        "density",  # kg m-3, of the coating with its pores
        "solid",  # kg m-3, of the coating without pores
        "capacity",  # C m-2, reversible, of one side; of a metal: what is there before the first charge
        "efficiency",  # of the first cycle
        "active",  # m3 of active material per kg of coating
        "foil",  # m
        "foil_density",  # kg m-3
        "heat",  # J K-1 kg-1, of the coating
        "foil_heat",  # J K-1 kg-1
    )]
    + [(name, "f8") for name in (
        "metal",  # 1 if the negative electrode is one that is plated, 0 if a host
        "metal_capacity",  # C m-3 of that metal
        "prelithiation",  # fraction of the negative electrode's first loss compensated before assembly
        "separator",  # m
        "separator_porosity",
        "separator_mass",  # kg m-2
        "separator_heat",  # J K-1 kg-1
        "electrolyte_density",  # kg m-3
        "filling",  # volume of electrolyte over that of the pores; unused where the next is above 0
        "electrolyte_mass",  # kg C-1
        "electrolyte_heat",  # J K-1 kg-1
        "mode",  # what ``amount`` is of: CAPACITY ..
        "amount",  # C, 1, m, 1, 1
        "cylinder",  # 1 for a cylinder, whose thickness is the diameter, 0 for a box
        "length",  # m, outer, along the electrodes' width; 0 where none is given
        "height",  # m, outer, along the electrodes' height
        "thickness",  # m, outer, across the stack
        "core",  # m, diameter of the hole in a winding
        "wall",  # m
        "wall_density",  # kg m-3
        "laminate",  # kg m-2
        "seam",  # m, by which a laminate is wider than the cell, all around
        "housing_share",  # of the mass of the cell
        "housing_heat",  # J K-1 kg-1
        "room_height",  # m, inside the housing beside the separators, for tabs and terminals
        "room_length",  # m
        "electrode_height",  # m, of the positive coating; 0: as much as fits
        "electrode_width",  # m
        "overhang",  # m, of the negative over the positive, on each edge
        "separator_overhang",  # m, of the separator over the negative
        "extra_sheets",  # negative sheets beyond one for each positive sheet
        "terminals",  # kg
        "voltage",  # V
    )]
)  # fmt: skip
CAPACITY, SHEETS, LENGTH, PAIRS, FILL = range(5)

RESULTS = (
    "capacity", "energy", "mass", "specific_energy", "energy_density", "stack_energy_density",
    "dead_volume", "volume", "areal_capacity", "usable_areal_capacity", "first_charge",
    "charge_consumed", "charge_stranded", "first_cycle_efficiency", "np_ratio", "voltage",
    "thickness_positive", "thickness_negative", "stack_thickness", "porosity_positive",
    "porosity_negative", "density_positive", "density_negative", "loading_positive", "loading_negative",
    "active_fraction_positive", "active_fraction_negative", "electrode_area", "electrode_height",
    "electrode_width", "electrode_pairs", "sheet_length", "electrolyte_per_capacity", "cooling_area",
    "heat_capacity", "stack_volume",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    CHARGE, ENERGY, MASS, SPECIFIC_ENERGY, ENERGY_DENSITY, STACK_ENERGY_DENSITY, DEAD_VOLUME, VOLUME,
    AREAL_CAPACITY,
    USABLE, FIRST_CHARGE, CONSUMED, STRANDED, CELL_EFFICIENCY, NP_RATIO, VOLTAGE, THICKNESS_P, THICKNESS_N,
    STACK_THICKNESS,
    POROSITY_P, POROSITY_N, DENSITY_P, DENSITY_N, LOADING_P, LOADING_N, FRACTION_P, FRACTION_N, AREA, HEIGHT,
    WIDTH, PAIRS_OUT,
    WINDING, ELECTROLYTE, COOLING_AREA, HEAT_CAPACITY, STACK_VOLUME,
) = range(SCALARS)  # fmt: skip

COMPONENTS = 8
COATING_P, COATING_N, FOIL_P, FOIL_N, SEPARATOR, LIQUID, HOUSING, TERMINALS = range(COMPONENTS)

# why a design is none
(
    FITS,
    POROSITY_OF_P,
    POROSITY_OF_N,
    NO_CHARGE,
    NO_ELECTRODE,
    TOO_HIGH,
    TOO_LONG,
    TOO_THICK,
    TOO_FULL,
    UNDEFINED,
) = range(10)
