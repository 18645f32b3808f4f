"""The order of the material functions in an index of tables, and of the fields of a protocol step."""

import numpy as np

(U_N, U_P, DUDT_N, DUDT_P, D_N, D_P, S_N, S_P, E_N, E_P, KAPPA, D_E, TDF, T_PLUS) = np.arange(14)
FUNCTIONS = 14
BRUGGEMAN = 1.5  # exponent of volume fractions in transport, where nobody gives another
RANK = 6  # most terms g(x) h(T) of a function

# A protocol is a program: one row of numbers a step. Current and power are positive when the cell delivers
# them. LIMITS asks for the fastest charge that the case's limits allow; NEGATIVE, WARM and SALT are held only
# on its way: the minimum anode potential, the temperature, the concentration at the back of
# the negative electrode.
CURRENT, VOLTAGE, POWER, CURRENT_PROFILE, POWER_PROFILE, LIMITS, NEGATIVE, WARM, SALT = np.arange(9)  # KIND
(
    KIND,
    VALUE,  # A, V or W; factor of a profile's values
    VALUE_PER_C,  # 1: VALUE counts nominal capacities an hour
    END_VOLTAGE,  # V; NaN where the step has no such end
    END_CURRENT,  # A, magnitude
    END_CURRENT_PER_C,
    END_TIME,  # s since the step began; inf where there is none
    END_TEMPERATURE,  # K
    END_CAPACITY,  # A s moved since the step began, magnitude
    END_CAPACITY_PER_C,  # 1: END_CAPACITY counts nominal capacities times 3600 s
    END_SOC,  # state of charge, 0 to 1
    PROFILE_FIRST,  # rows of the profile array (time since the step began in s, value), linear between them
    PROFILE_COUNT,
) = np.arange(13)
STEP = 13

# How a case ended; the first seven are ends that its last step asked for.
TERMINATIONS = (
    "none",
    "end_voltage",
    "end_current",
    "end_time",
    "end_temperature",
    "end_capacity",
    "end_soc",
    "voltage_min",  # the cell's own limits end every protocol
    "voltage_max",
    "no_current",  # the limits of a charge as fast as they allow leave it none
)
