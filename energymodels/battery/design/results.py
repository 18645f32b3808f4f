"""What the design model gives, by the kernel's names."""

from __future__ import annotations

from energymodels.core.model import Output

COMPONENTS = (
    "positive coating", "negative coating", "positive foil", "negative foil", "separator", "electrolyte",
    "housing", "terminals",
)  # fmt: skip
SCALARS = (
    Output("capacity", "A h", "capacity after the first cycle"),
    Output("energy", "W h", "energy: capacity times mean voltage"),
    Output("mass", "g", "mass of the cell"),
    Output("specific_energy", "W h kg-1", "energy per mass of the cell"),
    Output(
        "energy_density",
        "W h L-1",
        "energy per outer volume; without outer dimensions per volume of the stack",
    ),
    Output("stack_energy_density", "W h L-1", "energy per volume of the layers"),
    Output(
        "dead_volume",
        "1",
        "share of the outer volume that is no layer: housing, room and gas; 0 without outer dimensions",
    ),
    Output("volume", "L", "outer volume; without outer dimensions that of the stack"),
    Output("areal_capacity", "mA h cm-2", "reversible capacity of the positive per area"),
    Output("usable_areal_capacity", "mA h cm-2", "capacity of the cell per area of the positive"),
    Output("first_charge", "mA h cm-2", "first charge per area of the positive"),
    Output("charge_consumed", "mA h cm-2", "what the negative consumes of the first charge"),
    Output(
        "charge_stranded",
        "mA h cm-2",
        "what stays in the negative since the positive takes back no more; negative: drawn from a reserve",
    ),
    Output("first_cycle_efficiency", "1", "first discharge over first charge of the cell"),
    Output("np_ratio", "1", "reversible capacity of the negative over that of the positive per area"),
    Output("voltage", "V", "mean voltage of discharge"),
    Output("thickness_positive", "um", "thickness of the positive coating of one side"),
    Output(
        "thickness_negative",
        "um",
        "thickness of the negative coating of one side, with what the charge plates",
    ),
    Output("stack_thickness", "mm", "thickness of the stack, or diameter of the winding"),
    Output("porosity_positive", "1", "volume fraction of pores in the positive"),
    Output("porosity_negative", "1", "volume fraction of pores in the negative"),
    Output("density_positive", "g cm-3", "density of the positive coating with its pores"),
    Output("density_negative", "g cm-3", "density of the negative coating with its pores"),
    Output("loading_positive", "mg cm-2", "mass of the positive coating per area of one side"),
    Output("loading_negative", "mg cm-2", "mass of the negative coating per area of one side"),
    Output("active_fraction_positive", "1", "volume fraction of active material in the positive"),
    Output("active_fraction_negative", "1", "volume fraction of active material in the negative"),
    Output("electrode_area", "m2", "area of the positive coating, all sides together"),
    Output("electrode_height", "m", "height of the positive coating"),
    Output("electrode_width", "m", "width of the positive coating; of a cylinder its length"),
    Output("electrode_pairs", "1", "coated sides of positives that face a negative"),
    Output("sheet_length", "m", "length of positive sheet, coated on both sides"),
    Output("electrolyte_per_capacity", "g A-1 h-1", "mass of electrolyte per capacity"),
    Output("cooling_area", "m2", "outer surface; without outer dimensions of a box around the stack"),
    Output("heat_capacity", "J K-1 m-3", "heat capacity per volume"),
    Output("stack_volume", "L", "volume of the layers"),
)
OUTPUTS = (*SCALARS, Output("component_mass", "g", "mass by component", ("component",)))
