"""What a cell is to the kernel, and what it finds: names and places."""

import numpy as np

from energymodels.kernels.pv.metals.layout import CENTRES

ROW = np.dtype(
    [
        ("temperature", "f8"),  # K
        ("thickness", "f8"),  # m
        ("n0", "f8"),  # equilibrium densities and ionised dopants, m-3
        ("p0", "f8"),
        ("ions", "f8"),
        ("narrowing", "f8"),  # in equilibrium, eV
        ("tau_n", "f8"),  # SRH capture times, s
        ("tau_p", "f8"),
        ("n1", "f8"),  # SRH level densities, m-3
        ("p1", "f8"),
        ("auger", "i8"),
        ("auger_doped", "f8"),  # Richter: doping part, m3 s-1
        ("auger_injected", "f8"),  # Richter: factor of dn^0.92
        ("j0_radiative", "f8"),  # A m-2
        ("j0_front", "f8"),
        ("j0_rear", "f8"),
        ("j0_passivated", "f8"),  # both surfaces before metallisation
        ("series", "f8"),  # ohm m2, contacts included
        ("shunt", "f8"),  # S m-2
        ("generation", "f8"),  # A m-2
        ("irradiance", "f8"),  # W m-2
        ("n_i", "f8"),  # without narrowing, m-3
        ("density", "f8", (CENTRES,)),  # of centres of metals, m-3, and which of the sets of levels ...
        ("pick", "i4", (CENTRES,)),  # ... of all cases each has
    ]
)
SPLIT = ("radiative", "auger", "srh", "front", "rear", "shunt")
RESULTS = (
    "v_oc", "j_sc", "v_mp", "j_mp", "implied_v_oc", "fill_factor", "pseudo_fill_factor", "efficiency",
    "excess_density_mp", "excess_density_oc", "ideality_mp", "ideality_oc", "bulk_lifetime_mpp",
    "bulk_lifetime_1e15",
    *(f"j_{by}_{point}" for point in ("mp", "oc") for by in SPLIT),
)  # fmt: skip
SCALARS = len(RESULTS)
V_OC, J_SC, V_MP, J_MP, IMPLIED, FF, PFF, ETA, DN_MP, DN_OC, M_MP, M_OC, TAU_MP, TAU_15 = range(14)
MP, OC = (RESULTS.index(f"j_{SPLIT[0]}_{point}") for point in ("mp", "oc"))  # where blocks of SPLIT begin
