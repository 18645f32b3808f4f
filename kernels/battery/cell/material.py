"""Material functions f(x, T) = sum of g_m(x) h_m(T), both tables; a case's factor or constant
comes on top.
"""

from math import exp, isnan

from energymodels.kernels.battery.cell.layout import (
    BRUGGEMAN,
    D_E,
    D_N,
    D_P,
    E_N,
    E_P,
    FUNCTIONS,
    KAPPA,
    T_PLUS,
    TDF,
)
from energymodels.kernels.battery.cell.tables import BUCKETS, add, fill, lookup
from energymodels.kernels.battery.cell.work import GAIN
from energymodels.kernels.constants import GAS
from energymodels.kernels.jit import inline, inner

# mol m-3: below it the exchange current falls exponentially, so that ln j0 keeps a finite slope
DEPLETED = 1e-2
STILL = 1e-17  # m2 s-1
# of the exchange current's dependence on stoichiometry: full and empty surfaces keep a trace of it
SMALLEST = 1e-7


@inline
def value(tables, index, coefficients, f, x):
    """Return (f, df/dx) of function ``f`` at ``x`` and the temperature ``coefficients`` were last set to."""
    a, b = lookup(tables, index[f, 1], x)
    a *= coefficients[f, 0]
    b *= coefficients[f, 0]
    for m in range(1, index[f, 0]):
        more, slope = lookup(tables, index[f, 1 + 2 * m], x)
        a += more * coefficients[f, m]
        b += slope * coefficients[f, m]
    return a, b


@inner
def values(tables, index, coefficients, f, x, y, slope):
    """Set ``y`` and ``slope`` to function ``f`` and its slope at every ``x``."""
    fill(tables, index[f, 1], coefficients[f, 0], x, y, slope)
    for m in range(1, index[f, 0]):
        add(tables, index[f, 1 + 2 * m], coefficients[f, m], x, y, slope)


@inner
def keep_positive(d, slope):
    """Keep diffusivities of the electrolyte at ``STILL`` or above: a fitted sum can fall below 0 where the
    salt all but stands.
    """
    for k in range(d.size):
        if d[k] < STILL:
            d[k] = STILL
            slope[k] = 0.0


@inner
def exchange_of_electrolyte(tables, index, coefficients, f, c):
    """Return (E, E'/E) of the exchange current's dependence on the electrolyte; positive for every ``c``."""
    if c > DEPLETED:
        e, slope = value(tables, index, coefficients, f, c)
        return e, slope / e
    e, slope = value(tables, index, coefficients, f, DEPLETED)
    steep = 1.0 / DEPLETED
    return e * exp(max((c - DEPLETED) * steep, -500.0)), steep


@inner
def arrhenius(energy, c, temperature):
    """Return Arrhenius' factor of an activation energy, J mol-1; 1 at the case's reference temperature."""
    return exp(energy / GAS * (1.0 / c.reference_temperature - 1.0 / temperature)) if energy != 0.0 else 1.0


@inner
def in_series(c, temperature):
    """Return the resistance in series with the cell, ohm m2: contacts, and an interface whose conductance
    follows Arrhenius.
    """
    return c.contact * c.area + c.interface / arrhenius(c.energy_interface, c, temperature)


@inner
def solid_conductivity(c, temperature):
    """Return what the solid fraction of the electrolyte adds to its conductivity, S m-1."""
    if c.liquid >= 1.0:
        return 0.0
    return c.kappa_solid * arrhenius(c.energy_solid, c, temperature) * (1.0 - c.liquid) ** BRUGGEMAN


@inner
def mix(solid, kappa, d_kappa, t_plus, d_t_plus):
    """Let a single-ion conductor of conductivity ``solid`` lie beside the liquid at every node.

    It adds to the conductivity and, its transference number being 1, pulls the mean one up by its fraction of
    the conductivity.
    """
    for k in range(kappa.size):
        total = kappa[k] + solid
        share = kappa[k] / total
        d_t_plus[k] = share * d_t_plus[k] - (1.0 - t_plus[k]) * d_kappa[k] * solid / (total * total)
        t_plus[k] = 1.0 - share * (1.0 - t_plus[k])
        kappa[k] = total


@inner
def is_constant(tables, index, f):
    """Return whether function ``f`` does not depend on x."""
    return index[f, 0] == 1 and tables[index[f, 1] + BUCKETS] == 0.0


@inner
def _replace(index, coefficients, f, constant):
    """Put a constant in the place of a function: the table at offset 0, which is 1, times the constant."""
    if not isnan(constant):
        index[f, 0] = 1
        index[f, 1] = 0
        index[f, 2] = 0
        coefficients[f, GAIN] *= constant


@inner
def set_case(index, coefficients, c):
    """Set factors and constants of the case on its own copy of the index."""
    for f in range(FUNCTIONS):
        coefficients[f, GAIN] = 1.0
    coefficients[D_N, GAIN] = c.factor_d_n
    coefficients[D_P, GAIN] = c.factor_d_p
    coefficients[E_N, GAIN] = c.factor_e_n
    coefficients[E_P, GAIN] = c.factor_e_p
    share = c.liquid**BRUGGEMAN
    coefficients[KAPPA, GAIN] = c.factor_kappa * share
    coefficients[D_E, GAIN] = c.factor_d_e * share
    _replace(index, coefficients, D_N, c.constant_d_n)
    _replace(index, coefficients, D_P, c.constant_d_p)
    _replace(index, coefficients, KAPPA, c.constant_kappa)
    _replace(index, coefficients, D_E, c.constant_d_e)
    _replace(index, coefficients, TDF, c.constant_tdf)
    _replace(index, coefficients, T_PLUS, c.constant_t_plus)


@inner
def set_temperature(tables, index, coefficients, temperature):
    """Set the factors of every table to ``temperature`` (K)."""
    for f in range(FUNCTIONS):
        for m in range(index[f, 0]):
            coefficients[f, m] = coefficients[f, GAIN] * lookup(tables, index[f, 2 + 2 * m], temperature)[0]
