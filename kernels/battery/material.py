"""Material functions f(x, T) = sum of g_m(x) h_m(T), both tables; a case's factor or constant comes on top."""

from math import exp, isnan

from energymodels.kernels.battery.layout import D_E, D_N, D_P, E_N, E_P, FUNCTIONS, KAPPA, T_PLUS, TDF
from energymodels.kernels.battery.tables import BUCKETS, add, fill, lookup
from energymodels.kernels.battery.work import GAIN
from energymodels.kernels.jit import inline, inner

DEPLETED = 1e-2  # mol m-3: below it the exchange current falls exponentially, so that ln j0 keeps a finite slope
SMALLEST = 1e-7  # of the exchange current's dependence on stoichiometry: full and empty surfaces keep a trace of it


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
def exchange_of_electrolyte(tables, index, coefficients, f, c):
    """Return (E, E'/E) of the exchange current's dependence on the electrolyte; positive for every ``c``."""
    if c > DEPLETED:
        e, slope = value(tables, index, coefficients, f, c)
        return e, slope / e
    e, slope = value(tables, index, coefficients, f, DEPLETED)
    steep = 1.0 / DEPLETED
    return e * exp(max((c - DEPLETED) * steep, -500.0)), steep


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
    coefficients[KAPPA, GAIN] = c.factor_kappa
    coefficients[D_E, GAIN] = c.factor_d_e
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
