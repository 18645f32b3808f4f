"""Integer status of a case. Kernels report it; the library decides what to do with it."""

NOT_RUN = -1
OK = 0
NO_CONVERGENCE = 1
NO_GENERATION = 2
OUT_OF_RANGE = 3
TOO_MANY_STEPS = 4
ELECTROLYTE_DEPLETED = 5
POWER_OUT_OF_REACH = 6
NOT_FINITE = 7
END_OUT_OF_REACH = 8
MEANINGS = {
    NOT_RUN: "not_run",
    OK: "ok",
    NO_CONVERGENCE: "no_convergence",
    NO_GENERATION: "no_generation",
    OUT_OF_RANGE: "out_of_range",
    TOO_MANY_STEPS: "too_many_steps",
    ELECTROLYTE_DEPLETED: "electrolyte_depleted",
    POWER_OUT_OF_REACH: "power_out_of_reach",
    NOT_FINITE: "not_finite",
    END_OUT_OF_REACH: "end_out_of_reach",
}
