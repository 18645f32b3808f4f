"""Materials of the lanes: what ``battery.cell.material`` has for one case."""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell.layout import BRUGGEMAN
from energymodels.kernels.battery.cell.material import DEPLETED
from energymodels.kernels.battery.lanes.tables import value
from energymodels.kernels.constants import GAS
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import anywhere, exp, log, upper, where


@inner
def arrhenius(energy, c, temperature):
    """Return Arrhenius' factor of an activation energy, J mol-1; 1 at the case's reference temperature."""
    return exp(energy / GAS * (1.0 / c.reference_temperature - 1.0 / temperature))


@inner
def in_series(c, temperature):
    """Return the resistance in series with the cell, ohm m2: contacts, and an interface whose conductance
    follows Arrhenius.
    """
    contact = c.contact * c.area
    interface = c.interface
    if anywhere(interface > 0.0):
        return contact + interface / arrhenius(c.energy_interface, c, temperature)
    return contact + 0.0 * interface


@inner
def solid_conductivity(c, temperature):
    """Return what the solid fraction of the electrolyte adds to its conductivity, S m-1."""
    solid = 1.0 - c.liquid
    if anywhere(solid > 0.0):
        share = exp(BRUGGEMAN * log(where(solid > 0.0, solid, 1.0)))
        own = c.kappa_solid * arrhenius(c.energy_solid, c, temperature) * share
        return where(solid > 0.0, own, 0.0)
    return 0.0 * solid


@inner
def mix(solid, kappa, kappa_slope, t, t_slope):
    """Return (conductivity, its slope, mean transference number, its slope) of the liquid beside a single-ion
    conductor of conductivity ``solid``, where there is one.
    """
    has = solid > 0.0
    total = kappa + solid
    share = kappa / total
    slope = share * t_slope - (1.0 - t) * kappa_slope * solid / (total * total)
    return total, kappa_slope, where(has, 1.0 - share * (1.0 - t), t), where(has, slope, t_slope)


@inner
def exchange(w, tables, f, salt):
    """Return (E, E'/E) of the exchange current's dependence on the electrolyte; positive for any salt."""
    least = upper(salt, DEPLETED)
    e, slope = value(w, tables, f, least)
    slope = slope / e
    low = salt <= DEPLETED
    if anywhere(low):
        steep = 1.0 / DEPLETED
        fallen = e * exp(upper((salt - DEPLETED) * steep, -500.0))
        e = where(low, fallen, e)
        slope = where(low, steep, slope)
    return e, slope


@inner
def relative(salt, average):
    """Return ln of a concentration over the average; below ``DEPLETED`` it goes on along its slope there."""
    bounded = upper(salt, DEPLETED)
    return log(bounded / average) + where(salt < DEPLETED, (salt - DEPLETED) / DEPLETED, 0.0)


@inner
def ocv_of(w, tables, x, y, dt):
    """Return the open-circuit voltage at stoichiometries ``x`` and ``y``, ``dt`` K above the reference
    temperature.
    """
    u_n = value(w, tables, to.U_N, x)[0] + dt * value(w, tables, to.DUDT_N, x)[0]
    u_p = value(w, tables, to.U_P, y)[0] + dt * value(w, tables, to.DUDT_P, y)[0]
    return u_p - u_n
