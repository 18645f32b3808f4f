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
    "c_e",  # mol m-3: electrolyte at the start
    "theta_n", "theta_p",  # stoichiometries that carry the lithium inventory
    "factor_d_n", "factor_d_p", "factor_e_n", "factor_e_p", "factor_kappa", "factor_d_e",  # of the tables
    "constant_d_n", "constant_d_p", "constant_kappa", "constant_d_e", "constant_tdf", "constant_t_plus",  # for a table; NaN: none
    "nominal",  # A s: what 1C moves in an hour
    "nominal_is_cell",  # 1: a C-rate counts the capacity between ocv_min and ocv_max instead
    "voltage_min", "voltage_max",  # V: limits of the terminal voltage
    "ocv_min", "ocv_max",  # V: open circuit at state of charge 0 and 1
    "contact",  # ohm
    "soc",  # at the start
    "temperature",  # K: at the start and of the surroundings
    "reference_temperature",  # K
    "lumped",  # 1: one temperature of the whole cell, 0: isothermal
    "heat_capacity",  # J K-1
    "cooling",  # W K-1
    "tolerance",  # relative error of a time step
)  # fmt: skip
ROW = np.dtype([(name, "f8") for name in FLOATS] + [(name, "i8") for name in ("set", "first_step", "steps")])

# scalar results
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
    TIME_STEPS,
) = np.arange(11)
SCALARS = 11

# series: what is known of every time step
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
    SMOOTH,  # voltage without mean potentials and overpotentials of the surfaces: what is left is smooth in time, those have kinks
    SMOOTH_NEGATIVE,  # the same of NEGATIVE_POTENTIAL
    CHARGE,  # A s, discharged
) = np.arange(14)
SERIES = 11  # of them are results; the rest serves interpolation
RECORDED = 14
