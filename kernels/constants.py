"""Physical constants, SI, exact by definition (CODATA 2018, key ``codata2018``)."""

Q = 1.602176634e-19  # elementary charge, C
K_B = 1.380649e-23  # Boltzmann constant, J K-1
H = 6.62607015e-34  # Planck constant, J s
C = 299792458.0  # speed of light, m s-1
K_B_EV = K_B / Q  # Boltzmann constant, eV K-1

ZERO_CELSIUS = 273.15  # K

CM3 = 1e-6  # one cm3 in m3
PER_CM3 = 1e6  # one cm-3 in m-3
FARADAY = 96485.33212331001  # charge of a mole of elementary charges, C mol-1 (N_A e)
GAS = 8.31446261815324  # molar gas constant, J K-1 mol-1 (N_A k)
