"""What the design model gives, by the kernel's names."""

from __future__ import annotations

from energymodels.core.model import Output

COMPONENTS = (
    "positive coating", "negative coating", "positive foil", "negative foil", "separator", "electrolyte",
    "housing", "terminals",
)  # fmt: skip
SCALARS = (
    Output("capacity", "A h", "capacity after the first cycle"),
    Output("energy", "W h", "energy: capacity times mean discharge voltage"),
    Output("mass", "g", "mass of the cell"),
    Output("specific_energy", "W h kg-1", "specific energy of the cell"),
    Output(
        "energy_density",
        "W h L-1",
        "volumetric energy density; without outer dimensions that of the stack",
    ),
    Output("stack_energy_density", "W h L-1", "volumetric energy density of the stack"),
    Output(
        "dead_volume",
        "1",
        "dead volume fraction of the cell (housing, headspace, gas); 0 without outer dimensions",
    ),
    Output("volume", "L", "outer volume; without outer dimensions that of the stack"),
    Output("areal_capacity", "mA h cm-2", "reversible areal capacity of the positive electrode"),
    Output("usable_areal_capacity", "mA h cm-2", "usable areal capacity of the cell, per positive area"),
    Output("first_charge", "mA h cm-2", "first charge capacity, per positive area"),
    Output("charge_consumed", "mA h cm-2", "first-cycle loss of the negative electrode, per positive area"),
    Output(
        "charge_stranded",
        "mA h cm-2",
        "lithium left in the negative electrode after discharge, as the positive is full; negative "
        "values: taken from a lithium reserve",
    ),
    Output("first_cycle_efficiency", "1", "first-cycle (initial coulombic) efficiency of the cell"),
    Output("np_ratio", "1", "N/P ratio: reversible areal capacity of negative over positive"),
    Output("voltage", "V", "mean discharge voltage"),
    Output("thickness_positive", "um", "positive coating thickness per side"),
    Output(
        "thickness_negative",
        "um",
        "negative coating thickness per side; with the lithium that the charge plates",
    ),
    Output("stack_thickness", "mm", "stack thickness, or diameter of the winding"),
    Output("porosity_positive", "1", "porosity of the positive coating"),
    Output("porosity_negative", "1", "porosity of the negative coating"),
    Output("density_positive", "g cm-3", "positive coating density, pores included"),
    Output("density_negative", "g cm-3", "negative coating density, pores included"),
    Output("loading_positive", "mg cm-2", "positive loading per side"),
    Output("loading_negative", "mg cm-2", "negative loading per side"),
    Output("active_fraction_positive", "1", "active material volume fraction of the positive coating"),
    Output("active_fraction_negative", "1", "active material volume fraction of the negative coating"),
    Output("electrode_area", "m2", "total positive electrode area, both sides"),
    Output("electrode_height", "m", "positive coating height"),
    Output("electrode_width", "m", "positive coating width; cylindrical cell: sheet length"),
    Output("electrode_pairs", "1", "number of electrode pairs: positive coatings that face a negative"),
    Output("sheet_length", "m", "length of the positive sheet, double-side coated"),
    Output("electrolyte_per_capacity", "g A-1 h-1", "electrolyte mass per capacity (E/C ratio)"),
    Output(
        "cooling_area",
        "m2",
        "cooling area: outer surface; without outer dimensions that of a cuboid around the stack",
    ),
    Output("heat_capacity", "J K-1 m-3", "volumetric heat capacity of the cell"),
    Output("stack_volume", "L", "stack volume"),
)
OUTPUTS = (*SCALARS, Output("component_mass", "g", "component masses", ("component",)))
