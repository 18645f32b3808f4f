"""What a case is to the kernels: one record of SI numbers, and where its results stand."""

import numpy as np

FLOATS = (
    "area",  # m2: electrode area, all pairs
    "thickness_n", "thickness_s", "thickness_p",  # m
    "porosity_n", "porosity_s", "porosity_p",
    "efficiency_n", "efficiency_s", "efficiency_p",  # effective over bulk transport in the electrolyte
    "active_n", "active_p",  # volume fraction of active material
    "radius_n", "radius_p",  # m
    "c_max_n", "c_max_p",  # mol m-3
    "sigma_n", "sigma_p",  # S m-1, effective
    "c_e", "most_salt",  # mol m-3: electrolyte at the start, up to which its functions hold
    "liquid",  # volume fraction of liquid in the electrolyte; the rest is a solid electrolyte
    "kappa_solid", "energy_solid",  # S m-1 at the reference temperature, J mol-1: of the solid electrolyte
    "theta_n", "theta_p",  # stoichiometries that carry the lithium inventory
    "factor_d_n", "factor_d_p", "factor_e_n", "factor_e_p", "factor_kappa", "factor_d_e",  # of the tables
    # for a table; NaN: none
    "constant_d_n", "constant_d_p", "constant_kappa", "constant_d_e", "constant_tdf", "constant_t_plus",
    "nominal",  # A s: what 1C moves in an hour
    "nominal_is_cell",  # 1: a C-rate counts the capacity between ocv_min and ocv_max instead
    "voltage_min", "voltage_max",  # V: limits of the terminal voltage
    "ocv_min", "ocv_max",  # V: open circuit at state of charge 0 and 1
    "contact",  # ohm
    # ohm m2 of electrode area at the reference temperature, its activation energy, J mol-1
    "interface", "energy_interface",
    "soc",  # at the start, unless the two below say otherwise
    "start_voltage",  # V: open circuit at the start, of the settled cell; NaN: none given
    "as_given",  # 1: the cell starts at theta_n and theta_p themselves
    # K: of the surroundings unless a profile of temperature is given, and of the cell at the start
    "temperature",
    # K: of a lumped cell at the start, where it is not that of the surroundings; NaN: it is
    "first_temperature",
    "reference_temperature",  # K
    "lumped",  # 1: one temperature of the whole cell, 0: that of the surroundings
    "heat_capacity",  # J K-1
    "cooling",  # W K-1
    "tolerance",  # relative error of a time step
    # V, V, K, C-rate, mol m-3
    "limit_negative", "limit_voltage", "limit_temperature", "limit_rate", "limit_salt",
    "k_plating", "alpha_plating", "energy_plating", "decay",  # m s-1, 1, J mol-1, s-1: lithium plating
    # A m-2, V, mol m-1 s-1 (diffusivity times concentration of solvent), J mol-1
    "j0_sei", "u_sei", "supply_sei", "energy_sei",
    "volume_sei", "resistivity_sei", "thickness_sei",  # m3 per mol of lithium, ohm m, m
)  # fmt: skip
INTEGERS = (
    "set", "first_step", "steps",
    "plating", "sei",  # positions in PLATING and SEI
    # rows of the temperature profile: time, s, and temperature, K, linear between them
    "first_warmth", "warmths",
    "side_by_side",  # 1: may be solved in the lanes of ``battery.lanes``, beside other cases
)  # fmt: skip
PLATING = ("none", "reversible", "irreversible", "partially reversible")
SEI = ("none", "constant", "reaction limited", "solvent-diffusion limited")
ROW = np.dtype([(name, "f8") for name in FLOATS] + [(name, "i8") for name in INTEGERS])

# scalar results, and where each stands
RESULTS = (
    "capacity", "capacity_discharged", "energy", "energy_discharged", "duration", "temperature_max",
    "negative_potential_min", "heat_total", "cell_capacity", "termination", "termination_step",
    "time_steps", "time_10_to_80", "time_0_to_80", "plating_onset_capacity", "mean_c_rate",
    "peak_c_rate", "charged_capacity", "heat_rejected", "lithium_plated", "lithium_dead",
    "lithium_in_sei", "lithium_gained", "validity",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    CAPACITY,  # A s, integral of |I|
    CAPACITY_DISCHARGED,  # A s, integral of I
    ENERGY,  # J, integral of |V I|
    ENERGY_DISCHARGED,  # J, integral of V I
    DURATION,  # s
    TEMPERATURE_MAX,  # K
    NEGATIVE_POTENTIAL_MIN,  # V
    HEAT,  # J, integral of the heat
    CELL_CAPACITY,  # A s between ocv_min and ocv_max
    TERMINATION,
    LAST_STEP,  # number, from 1, of the step in which the case ended
    TIME_STEPS,
    TIME_10_TO_80,  # s between these states of charge
    TIME_0_TO_80,
    PLATING_ONSET,  # A s charged until the minimum anode potential first fell below 0
    MEAN_RATE,  # 1: charge moved over duration, in nominal capacities an hour
    PEAK_RATE,
    CHARGED,  # A s, charged less discharged
    HEAT_REJECTED,  # J, given off to the surroundings
    LITHIUM_PLATED,  # A s, metal that can dissolve again
    LITHIUM_DEAD,  # A s, metal that cannot
    LITHIUM_SEI,  # A s, in the growth of the SEI
    LITHIUM_GAINED,  # part of all lithium by which it seems to have grown: round-off
    VALIDITY,  # sum of flags: 1 << position in ``VALIDITIES``
) = np.arange(SCALARS)
VALIDITIES = (
    "electrolyte_functions",  # more salt somewhere than the functions of the electrolyte hold for
    # the last step ended at a voltage because somewhere the salt was gone: as sharp as the mesh
    "electrolyte_exhausted",
    # the last step ended at a voltage before lithium moved across the outermost cell of a particle
    "particle_surface",
)

# series: what is known of every time step; the first of them are results
SERIES_RESULTS = (
    "voltage", "current", "cell_temperature", "state_of_charge", "negative_potential_vs_lithium", "heat",
    "open_circuit_voltage", "reaction_overpotential", "particle_overpotential",
    "electrolyte_overpotential", "ohmic_overpotential", "lithium_lost", "discharge_capacity",
)  # fmt: skip
SERIES = len(SERIES_RESULTS)
(
    VOLTAGE,
    CURRENT,
    TEMPERATURE,
    SOC,
    NEGATIVE_POTENTIAL,
    HEAT_RATE,
    OCV,
    REACTION,
    PARTICLE,
    ELECTROLYTE,
    OHMIC,
    LOST,  # A s, lithium that side reactions took from the particles
    CHARGE,  # A s, discharged
    # voltage without mean potentials and overpotentials of the surfaces: what is left is smooth in time,
    # those have kinks
    SMOOTH,
    SMOOTH_NEGATIVE,  # the same of NEGATIVE_POTENTIAL
) = np.arange(15)
RECORDED = 15  # the rest serves interpolation
