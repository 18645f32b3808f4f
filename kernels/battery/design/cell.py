"""One cell design: first cycle, packing, masses, volumes.

Inputs and outputs by ``kernels.battery.design.layout``.

A pair is one coated side of a positive sheet that faces one of a negative sheet through a separator, with
half of each foil. Charges are per area of the positive coating. With the reversible capacities C and
first-cycle efficiencies e of both electrodes the negative host consumes L = C_n (1/e_n - 1) of what the first
charge brings, q = min(C_p/e_p, C_n + L), and the next discharge returns min(C_p, q - L): either the positive
takes back no more, or no more is left. L is that of the whole host that faces the positive, however much of
it is charged; overhangs take no part. A metal is plated with the efficiency e_n, any amount of it, and what
was there before is a reserve: min(C_p, e_n C_p/e_p + C_n).
"""

from math import pi, sqrt

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.design import layout as at
from energymodels.kernels.jit import inner, jit

ROW, RESULTS = at.ROW, at.RESULTS
ROUND_OFF = 1e-9  # by which a design may exceed what it must fit into


@inner
def first_cycle(c):
    """Return (charge, what the negative consumes of it, what the next discharge returns), C m-2."""
    released = c.positive_capacity / c.positive_efficiency
    if c.metal > 0.5:
        consumed = released * (1.0 - c.negative_efficiency)
        return released, consumed, min(c.positive_capacity, released - consumed + c.negative_capacity)
    consumed = c.negative_capacity * (1.0 / c.negative_efficiency - 1.0) * (1.0 - c.prelithiation)
    charge = min(released, c.negative_capacity + consumed)
    return charge, consumed, min(c.positive_capacity, charge - consumed)


@inner
def _layers(c, plated, out, row):
    """Write thicknesses, porosities and volume fractions; return the thickness of a charged pair.

    ``plated``: of a metal, C m-2.
    """
    out[at.DENSITY_P, row] = c.positive_density
    out[at.DENSITY_N, row] = c.negative_density
    out[at.LOADING_P, row] = c.positive_loading
    out[at.LOADING_N, row] = c.negative_loading
    positive = c.positive_loading / c.positive_density
    negative = c.negative_loading / c.negative_density
    if c.metal > 0.5:
        negative += plated / c.metal_capacity
    out[at.THICKNESS_P, row] = positive
    out[at.THICKNESS_N, row] = negative
    out[at.POROSITY_P, row] = 1.0 - c.positive_density / c.positive_solid
    out[at.POROSITY_N, row] = 1.0 - c.negative_density / c.negative_solid
    out[at.FRACTION_P, row] = c.positive_density * c.positive_active
    out[at.FRACTION_N, row] = c.negative_density * c.negative_active
    return positive + negative + c.separator + 0.5 * (c.positive_foil + c.negative_foil)


@inner
def _sheet(c, out, row):
    """Write height and width of the positive coating; return why they are none, or FITS."""
    margin = 2.0 * (c.overhang + c.separator_overhang)
    free_height = c.height - 2.0 * c.wall - c.room_height - margin
    free_width = c.length - 2.0 * c.wall - c.room_length - margin
    height = c.electrode_height if c.electrode_height > 0.0 else free_height
    width = c.electrode_width if c.electrode_width > 0.0 else free_width
    out[at.HEIGHT, row] = height
    out[at.WIDTH, row] = width
    if not height > 0.0 or not (width > 0.0 or c.cylinder > 0.5):
        return at.NO_ELECTRODE
    if c.height > 0.0 and height > free_height + ROUND_OFF:
        return at.TOO_HIGH
    if c.cylinder < 0.5 and c.length > 0.0 and width > free_width + ROUND_OFF:
        return at.TOO_LONG
    return at.FITS


@inner
def _count(c, pair, extra, usable, out, row):
    """Write pairs, their width, area and thickness; return why they are none, or FITS."""
    height = out[at.HEIGHT, row]
    across = c.thickness - 2.0 * c.wall
    if c.cylinder > 0.5:
        if not across > c.core:
            return at.NO_ELECTRODE
        room = 0.25 * pi * (across * across - c.core * c.core)
        if c.mode == at.FILL:
            width = c.amount * room / (2.0 * pair)
        elif c.mode == at.LENGTH:
            width = c.amount
        else:
            width = c.amount / (2.0 * height * usable)
        out[at.WIDTH, row] = width
        out[at.WINDING, row] = width
        out[at.PAIRS_OUT, row] = 2.0
        out[at.STACK_THICKNESS, row] = sqrt(c.core * c.core + 8.0 * pair * width / pi)
        fits = 2.0 * pair * width <= room * (1.0 + ROUND_OFF)
        pairs = 2.0
    else:
        width = out[at.WIDTH, row]
        if c.mode == at.CAPACITY:
            pairs = c.amount / (usable * height * width)
        elif c.mode == at.SHEETS:
            pairs = 2.0 * c.amount
        elif c.mode == at.LENGTH:
            pairs = 2.0 * c.amount / width
        elif c.mode == at.PAIRS:
            pairs = c.amount
        else:
            pairs = (c.amount * across - extra) / pair
        out[at.PAIRS_OUT, row] = pairs
        out[at.WINDING, row] = 0.5 * pairs * width
        out[at.STACK_THICKNESS, row] = pairs * pair + extra
        fits = c.thickness == 0.0 or out[at.STACK_THICKNESS, row] <= across + ROUND_OFF
    out[at.AREA, row] = pairs * height * width
    if not out[at.AREA, row] > 0.0:
        return at.NO_ELECTRODE
    return at.FITS if fits else at.TOO_THICK


@inner
def _box(length, height, thickness):
    """Return (volume, surface) of a box."""
    return length * height * thickness, 2.0 * (length * height + height * thickness + thickness * length)


@inner
def _outside(c, length, height, thickness):
    """Return (volume, surface, volume of the wall) of the housing; without outer dimensions it lies tight
    around the stack.
    """
    if c.cylinder > 0.5:
        outer = 0.25 * pi * c.thickness**2 * c.height
        inner = 0.25 * pi * (c.thickness - 2.0 * c.wall) ** 2 * (c.height - 2.0 * c.wall)
        return outer, pi * c.thickness * (c.height + 0.5 * c.thickness), outer - inner
    if c.thickness > 0.0:
        length, height, thickness = c.length, c.height, c.thickness
    else:
        length, height, thickness = length + 2.0 * c.wall, height + 2.0 * c.wall, thickness + 2.0 * c.wall
    outer, surface = _box(length, height, thickness)
    inner, _inside = _box(length - 2.0 * c.wall, height - 2.0 * c.wall, thickness - 2.0 * c.wall)
    return outer, surface, outer - inner


@inner
def _laminate(c, surface, length, height):
    """Return the area of a laminate: the surface, and a seam of both of its halves."""
    if c.thickness > 0.0:
        length, height = c.length, c.height
    return surface + 4.0 * c.seam * (length + height + 2.0 * c.seam)


@inner
def _weigh(c, usable, out, masses, row):
    """Write masses of the components, volumes and heat capacity; return TOO_FULL if the layers do not fit
    inside, or FITS.
    """
    area, pairs = out[at.AREA, row], out[at.PAIRS_OUT, row]
    height, width = out[at.HEIGHT, row], out[at.WIDTH, row]
    sides = pairs + 2.0 * c.extra_sheets
    over = c.overhang + c.separator_overhang
    high, long = height + 2.0 * over, width + 2.0 * over
    negative = (height + 2.0 * c.overhang) * (width + 2.0 * c.overhang) * sides
    separator = high * long * sides
    as_made = c.negative_loading / c.negative_density
    plated = area * (out[at.THICKNESS_N, row] - as_made)

    charge = usable * area
    pores = (
        area * out[at.THICKNESS_P, row] * out[at.POROSITY_P, row]
        + negative * as_made * max(out[at.POROSITY_N, row], 0.0)
        + separator * c.separator * c.separator_porosity
    )
    masses[row, at.COATING_P] = area * c.positive_loading
    masses[row, at.COATING_N] = negative * c.negative_loading
    masses[row, at.FOIL_P] = 0.5 * area * c.positive_foil * c.positive_foil_density
    masses[row, at.FOIL_N] = 0.5 * negative * c.negative_foil * c.negative_foil_density
    masses[row, at.SEPARATOR] = separator * c.separator_mass
    liquid = (
        charge * c.electrolyte_mass if c.electrolyte_mass > 0.0 else pores * c.filling * c.electrolyte_density
    )
    masses[row, at.LIQUID] = liquid
    masses[row, at.TERMINALS] = c.terminals

    outer, surface, wall = _outside(c, long, high, out[at.STACK_THICKNESS, row])
    shell = wall * c.wall_density + _laminate(c, surface, long, high) * c.laminate
    mass = shell
    for i in range(at.COMPONENTS):
        if i != at.HOUSING:
            mass += masses[row, i]
    mass /= 1.0 - c.housing_share
    masses[row, at.HOUSING] = shell + mass * c.housing_share

    stack = (
        area * (out[at.THICKNESS_P, row] + 0.5 * c.positive_foil)
        + negative * (as_made + 0.5 * c.negative_foil)
        + separator * c.separator
        + plated
    )
    given = c.thickness > 0.0
    volume = outer if given else stack
    out[at.STACK_VOLUME, row] = stack
    out[at.VOLUME, row] = volume
    out[at.DEAD_VOLUME, row] = 1.0 - stack / volume
    out[at.COOLING_AREA, row] = surface
    out[at.CHARGE, row] = charge
    out[at.ENERGY, row] = charge * c.voltage
    out[at.MASS, row] = mass
    out[at.SPECIFIC_ENERGY, row] = charge * c.voltage / mass
    out[at.ENERGY_DENSITY, row] = charge * c.voltage / volume
    out[at.STACK_ENERGY_DENSITY, row] = charge * c.voltage / stack
    out[at.ELECTROLYTE, row] = liquid / charge
    out[at.HEAT_CAPACITY, row] = _heat(c, masses, row) / volume
    return at.TOO_FULL if given and stack > (outer - wall) * (1.0 + ROUND_OFF) else at.FITS


@inner
def _heat(c, masses, row):
    """Return the heat capacity of the cell, J K-1; terminals are counted as housing."""
    return (
        masses[row, at.COATING_P] * c.positive_heat
        + masses[row, at.COATING_N] * c.negative_heat
        + masses[row, at.FOIL_P] * c.positive_foil_heat
        + masses[row, at.FOIL_N] * c.negative_foil_heat
        + masses[row, at.SEPARATOR] * c.separator_heat
        + masses[row, at.LIQUID] * c.electrolyte_heat
        + (masses[row, at.HOUSING] + masses[row, at.TERMINALS]) * c.housing_heat
    )


@inner
def _examine_one(c, out, masses, row):
    """Write what can be said of a design; return why it is none, or FITS."""
    charge, consumed, usable = first_cycle(c)
    out[at.AREAL_CAPACITY, row] = c.positive_capacity
    out[at.FIRST_CHARGE, row] = charge
    out[at.CONSUMED, row] = consumed
    out[at.USABLE, row] = usable
    out[at.STRANDED, row] = charge - consumed - usable
    out[at.CELL_EFFICIENCY, row] = usable / charge
    out[at.NP_RATIO, row] = c.negative_capacity / c.positive_capacity
    out[at.VOLTAGE, row] = c.voltage
    pair = _layers(c, charge - consumed, out, row)
    if not out[at.POROSITY_P, row] > -ROUND_OFF:
        return at.POROSITY_OF_P
    if not out[at.POROSITY_N, row] > -ROUND_OFF:
        return at.POROSITY_OF_N
    if not usable > 0.0:
        return at.NO_CHARGE
    why = _sheet(c, out, row)
    if why != at.FITS:
        return why
    extra = c.extra_sheets * (2.0 * (c.negative_loading / c.negative_density + c.separator) + c.negative_foil)
    why = _count(c, pair, extra, usable, out, row)
    if why != at.FITS:
        return why
    why = _weigh(c, usable, out, masses, row)
    if why != at.FITS:
        return why
    return at.FITS if out[at.MASS, row] > 0.0 and c.voltage > 0.0 else at.UNDEFINED


@jit
def examine(rows: np.ndarray, out: np.ndarray, masses: np.ndarray, reasons: np.ndarray) -> None:
    """Examine every row (``ROW``): scalars to ``out[SCALARS, row]``, masses, kg, to ``masses[row,
    COMPONENTS]``, as far as they are defined, else NaN; why a design is none (FITS ..) to ``reasons[row]``.
    """
    for row in range(rows.size):
        for i in range(at.SCALARS):
            out[i, row] = np.nan
        for i in range(at.COMPONENTS):
            masses[row, i] = np.nan
        reasons[row] = _examine_one(rows[row], out, masses, row)


@jit
def solve(rows, out, masses, codes):
    """Solve every row (``ROW``): scalars to ``out[SCALARS, row]``, masses to ``masses[row, COMPONENTS]``,
    status to ``codes[row]``.

    A design that does not fit its housing, has less than no pores or returns no charge is out of range, and
    all of it NaN.
    """
    for row in range(rows.size):
        if _examine_one(rows[row], out, masses, row) == at.FITS:
            codes[row] = status.OK
        else:
            codes[row] = status.OUT_OF_RANGE
            for i in range(at.SCALARS):
                out[i, row] = np.nan
            for i in range(at.COMPONENTS):
                masses[row, i] = np.nan
