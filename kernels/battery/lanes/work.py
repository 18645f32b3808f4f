"""What a step in lanes adds to the integrals of V I; see ``battery.cell.energy``, whose quadrature it is."""

from energymodels.kernels.battery.cell.energy import BENT, CUTS, LEFT
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.observe import mean_potential
from energymodels.kernels.battery.lanes.state import cases, lanes
from energymodels.kernels.battery.lanes.stepping import inside, inside_weights
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import anywhere, load, lower, opposite, size, upper, where


@inner
def _inside(w, shape, tables, part):
    """Return (voltage, current) at a ``part`` of the step just taken, by its own polynomial."""
    inside_weights(w, -(1.0 - part) * load(lanes(w.lane).psi, 0))
    volt = mean_potential(w, shape, tables) + inside(w, of.REST)
    return volt, inside(w, of.I)


@inner
def energy(w, shape, tables, before, current, charge, moved, flat, tolerance):
    """Return the integral of V I over the step just taken, J; it began with the voltage ``before`` and
    ``current`` and moved ``charge``, |I| ``moved``.

    ``flat``: V is the new one all through.
    """
    s, area = lanes(w.lane), cases(w.case).area
    volt, new = s.volt, load(w.past, 0, of.I)
    resting = (current == 0.0) & (new == 0.0)
    plain = flat | resting
    centre = 0.5 * (before + volt)
    low, high = lower(before, volt), upper(before, volt)
    ends = (before - centre) * current + (volt - centre) * new
    here, amount = _inside(w, shape, tables, 0.5 + 0.0 * volt)
    low, high = lower(here, low), upper(here, high)
    even = (here - centre) * amount
    found = (ends + 4.0 * even) / 6.0
    enough = LEFT * tolerance * upper(size(current), size(new))
    left = LEFT / BENT * size(even)
    many = 2
    for _ in range(CUTS):
        open_ = (left > enough) & opposite(plain)
        if not anywhere(open_):
            break
        odd = 0.0 * volt
        for q in range(many):
            here, amount = _inside(w, shape, tables, (q + 0.5) / many + 0.0 * volt)
            low = where(open_, lower(here, low), low)
            high = where(open_, upper(here, high), high)
            odd += (here - centre) * amount
        many *= 2
        finer = (ends + 4.0 * odd + 2.0 * even) / (3.0 * many)
        left = where(open_, size(finer - found), left)
        found = where(open_, finer, found)
        even = where(open_, even + odd, even)
    middle, half = 0.5 * (low + high), 0.5 * (high - low) * moved
    beyond = (centre - middle) * charge + found * load(s.psi, 0) * area
    bent = middle * charge + upper(lower(beyond, half), -half)
    return where(plain, volt * charge, bent)


@inner
def gross(before, volt, current, new, net, duration):
    """Return the integral of |V I| over a step of the energy ``net``, J; where the current turns, it and V
    count as straight.
    """
    i0, i1 = size(current), size(new)
    part = where(i0 + i1 > 0.0, i0 / (i0 + i1), 0.0)
    rise = volt - before
    first = i0 * part * (before + rise * part / 3.0)
    second = i1 * (1.0 - part) * (volt - rise * (1.0 - part) / 3.0)
    turned = upper(size(net), 0.5 * duration * (first + second))
    return where(current * new >= 0.0, size(net), turned)
