"""How centres and their levels are laid out in arrays."""

# columns of a level: 1 if ENERGY, eV, counts down from the conduction band, 0 if up from the valence band;
# capture coefficients of electrons and holes, m3 s-1: C T^POWER exp(-BARRIER/kT)
FROM_C, ENERGY, C_N, POWER_N, BARRIER_N, C_P, POWER_P, BARRIER_P = range(8)
COLUMNS = 8
# columns of a level at a temperature: 1/c_n, 1/c_p, s m-3; n1, p1, m-3
INV_C_N, INV_C_P, N1, P1 = range(4)
AT_T = 4

LEVELS = 3  # that a centre has at most: rows from the lowest up; those that capture nothing stand at the end
CENTRES = 24  # that a wafer has room for
