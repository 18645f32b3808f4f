"""A battery cell written by hand, so simple that what it does is known: straight potentials, one exchange
current.

At the stoichiometry x of the negative electrode that of the positive one is 1 - x, as both hold the same, and

    OCV = U_P(1 - x) - U_N(x) = 3.1 V + 1.2 V x,      0.1 <= x <= 0.9 from empty to full

so that the OCV is 3.22 V + 0.96 V times the state of charge. Diffusion in the particles settles in seconds.
"""

from types import SimpleNamespace

import numpy as np

from energymodels.battery.cell.mesh import radial_mesh
from energymodels.kernels.battery.cell import drive, layout
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY, GAS

SPM, SPME, DFN = range(3)
TEMPERATURE = 298.15
NONE = np.nan
ROW = {
    "area": 0.1,
    "thickness_n": 50e-6, "thickness_s": 20e-6, "thickness_p": 50e-6,
    "porosity_n": 0.3, "porosity_s": 0.5, "porosity_p": 0.3,
    "efficiency_n": 0.3**1.5, "efficiency_s": 0.5**1.5, "efficiency_p": 0.3**1.5,
    "active_n": 0.6, "active_p": 0.6,
    "radius_n": 5e-6, "radius_p": 5e-6,
    "c_max_n": 30000.0, "c_max_p": 30000.0,
    "sigma_n": 100.0, "sigma_p": 100.0,
    "c_e": 1000.0, "most_salt": 4000.0, "liquid": 1.0,
    "theta_n": 0.1, "theta_p": 0.9,
    "factor_d_n": 1.0, "factor_d_p": 1.0, "factor_e_n": 1.0, "factor_e_p": 1.0, "factor_kappa": 1.0,
    "factor_d_e": 1.0,
    "constant_d_n": 1e-12, "constant_d_p": 1e-12, "constant_kappa": 1.0, "constant_d_e": 3e-10,
    "constant_tdf": 1.0, "constant_t_plus": 0.4,
    "voltage_min": 2.0, "voltage_max": 5.0, "ocv_min": 3.22, "ocv_max": 4.18,
    "contact": 0.02,
    "soc": 0.5, "start_voltage": NONE,
    "temperature": TEMPERATURE, "first_temperature": NONE, "reference_temperature": TEMPERATURE,
    "heat_capacity": 50.0, "cooling": 0.2,
    "tolerance": 1e-5,
    "limit_negative": -np.inf, "limit_voltage": 5.0, "limit_temperature": np.inf, "limit_rate": np.inf,
    "limit_salt": -np.inf,
}  # fmt: skip
EXCHANGE = 5.0  # A m-2
U_N, U_P = (0.5, -0.4), (4.4, -0.8)  # V, coefficients of powers of stoichiometry
FULL = FARADAY * 0.6 * 50e-6 * 0.1 * 30000.0  # A s of either electrode
CAPACITY = 0.8 * FULL  # A s of the cell
ONE_C = CAPACITY / 3600.0  # A


def table(*coefficients, low=0.0, high=1.0, below=0.0, above=0.0):
    """Return a table of one cubic: ``coefficients`` are those of powers of x."""
    width = high - low
    shifted = np.polynomial.Polynomial(coefficients)(np.polynomial.Polynomial([low, width])).coef
    pieces = np.zeros(4)
    pieces[: shifted.size] = shifted
    return np.array([low, high, 1.0, 1.0 / width, below, above, 8.0, 1.0, *pieces])


def constant(value):
    """Return the table of a constant."""
    return np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, value])


def material(functions):
    """Return (tables, index, coefficients) of functions {number: table} of x alone; those left out are 1."""
    index = np.zeros((layout.FUNCTIONS, 1 + 2 * layout.RANK), dtype=np.int64)
    index[:, 0] = 1
    tables = [constant(1.0)]
    for function, one in functions.items():
        index[function, 1] = sum(t.size for t in tables)
        tables.append(one)
    return np.concatenate(tables), index, np.ones((layout.FUNCTIONS, layout.RANK + 1))


def rows(**changes):
    """Return the kernel's row of the cell, but for ``changes``."""
    found = np.zeros(1, to.ROW).view(np.recarray)
    for name, value in (ROW | {"nominal": CAPACITY} | changes).items():
        found[name] = value
    return found


def step(kind, value=0.0, **ends):
    """Return one step of a program: ``ends`` by the names of ``layout``, in small letters."""
    found = np.zeros(layout.STEP)
    found[layout.KIND], found[layout.VALUE] = kind, value
    missing = ("END_VOLTAGE", "END_CURRENT", "END_TEMPERATURE", "END_CAPACITY", "END_SOC")
    for name in missing:
        found[getattr(layout, name)] = np.nan
    found[layout.END_TIME] = np.inf
    for name, end in ends.items():
        found[getattr(layout, name.upper())] = end
    return found


def functions(changes=None):
    """Return {number: table} of the cell's functions, but for ``changes``."""
    kept = {
        layout.U_N: table(*U_N, below=1.0, above=1.0),
        layout.U_P: table(*U_P, below=1.0, above=1.0),
        layout.E_N: constant(EXCHANGE),
        layout.E_P: constant(EXCHANGE),
        layout.DUDT_N: constant(0.0),
        layout.DUDT_P: constant(0.0),
    }
    return kept | (changes or {})


def room(fidelity=SPM, counts=(1, 1, 1), cells=6, reacting=0):
    """Return (work arrays, mesh, widths) for ``counts`` nodes by layer."""
    n, s, p = counts
    radial = radial_mesh(cells, 2.5, steady=True)
    many = (n, p) if fidelity == DFN else (1, 1)
    arrays = at.make_work(n + s + p, *many, cells, reacting)
    return arrays, at.Mesh(n, s, p, radial, False), np.concatenate([np.full(k, 1.0 / k) for k in counts])


def run(program, *, row=None, time=(), changes=None, fidelity=SPM, counts=(1, 1, 1), cells=6, profiles=()):
    """Run the cell through the kernel's entry; return its results, its series and what it ran with."""
    one = rows() if row is None else row
    w, mesh, widths = room(fidelity, counts, cells, counts[0] if (one.plating + one.sei).any() else 0)
    tables, index, _ = material(functions(changes))
    one["steps"] = len(program)
    axis = np.asarray(time, dtype=float)
    series = np.empty((to.SERIES, 1 if axis.size else 0, axis.size))
    inside = np.empty((1 if axis.size else 0, axis.size, 2 * widths.size))
    out = np.empty((to.SCALARS, 2))[:, :1]
    codes = np.empty(1, dtype=np.int8)
    with np.errstate(all="ignore"):
        drive.solve(
            one, w, mesh, tables, index[np.newaxis], widths, np.array(program).reshape(-1, layout.STEP),
            np.array(profiles, dtype=float).reshape(-1, 2), fidelity, axis, series, inside, out, codes,
        )  # fmt: skip
    return SimpleNamespace(
        out=out[:, 0], status=int(codes[0]), series=series[:, 0] if axis.size else series[:, :0], work=w,
        inside=inside[0] if axis.size else inside, mesh=mesh, row=one[0], tables=tables, time=axis,
    )  # fmt: skip


def ocv(soc):
    """Return the open-circuit voltage at a state of charge, V."""
    return 3.22 + 0.96 * soc


def density(current):
    """Return the interfacial current density of a cell's current, A m-2: the same size in both electrodes."""
    return current / (0.1 * 3.0 * 0.6 / 5e-6 * 50e-6)


def overpotential(current, exchange=EXCHANGE):
    """Return the reaction overpotential of one electrode, V, positive on discharge at the negative one."""
    return 2.0 * GAS * TEMPERATURE / FARADAY * np.arcsinh(density(current) / (2.0 * exchange))


def depletion(current, diffusivity=1e-12):
    """Return how far below the mean a surface's stoichiometry lies under a steady current that leaves it."""
    return density(current) * 5e-6 / (5.0 * FARADAY * diffusivity * 30000.0)


def voltage(soc, current, contact=0.02):
    """Return the voltage of the cell at a current that has lasted, V; discharge positive."""
    return ocv(soc) - 1.2 * depletion(current) - 2.0 * overpotential(current) - contact * current
