"""The ends of a protocol's step in lanes: how far the step just solved lies past each; see
``battery.cell.events``.
"""

from energymodels.kernels.battery.cell.events import (
    E_CAPACITY,
    E_CURRENT,
    E_HIGH,
    E_LOW,
    E_ONSET,
    E_SOC,
    E_TEMPERATURE,
    E_VOLTAGE,
    MET,
)
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.state import cases, lanes
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    load,
    put,
    size,
    store,
    where,
)

NONE = -1.0
WATCHED = (E_VOLTAGE, E_CURRENT, E_TEMPERATURE, E_CAPACITY, E_SOC, E_LOW, E_HIGH, E_ONSET)
NEAR = 1e-13  # of the time, and 1e-12 s: a bracket as narrow holds nothing any more
FAR = -1e-300  # before an end at least


@inner
def measure(w, moved):
    """Set ``g``: how far the step just solved lies past each end, in the end's scale, -1 for no end."""
    s, area = lanes(w.lane), cases(w.case).area
    current = load(w.now, of.I)
    nominal = s.nominal
    volt = s.volt
    _past(s, E_VOLTAGE, volt, 1.0 + 0.0 * volt)
    _past(s, E_CURRENT, size(current) * area, nominal / 3600.0)
    _past(s, E_TEMPERATURE, load(w.now, of.T), 1.0 + 0.0 * volt)
    _past(s, E_CAPACITY, moved, nominal)
    _past(s, E_SOC, s.soc - load(w.now, of.CHARGE) / s.cell, 1.0 + 0.0 * volt)
    _past(s, E_LOW, volt, 1.0 + 0.0 * volt)
    store(where(current > 0.0, load(s.g, E_LOW), -1.0), s.g, E_LOW)
    _past(s, E_HIGH, volt, 1.0 + 0.0 * volt)
    store(where(current < 0.0, load(s.g, E_HIGH), -1.0), s.g, E_HIGH)
    _past(s, E_ONSET, s.least, 1.0 + 0.0 * volt)


@inner
def _past(s, event, value, scale):
    sign = load(s.signs, event)
    g = (value - load(s.goals, event)) * sign / scale
    store(where(sign == 0.0, -1.0, g), s.g, event)


@inner
def first_passed(s):
    """Return the end that the step just solved passes first, -1 for none."""
    found = NONE + 0.0 * s.h
    part = 2.0 + 0.0 * found
    for event in WATCHED:
        g = load(s.g, event)
        before = load(s.g_before, event)
        before = where(before < 0.0, before, 0.0)
        at = where(g > before, before / (before - g), 0.0)
        first = (load(s.signs, event) != 0.0) & (g >= 0.0) & (at < part)
        part = where(first, at, part)
        found = where(first, 1.0 * event, found)
    return found


@inner
def remember(s, which):
    """Keep how far the step just taken lies past each end."""
    for event in WATCHED:
        put(which, load(s.g, event), s.g_before, event)


@inner
def land(one, found):
    """Look at a step that passed an end, or was taken to meet one, in one lane; ``found`` is what it passes
    first.

    Set ``accepted`` and ``event`` where it ends as it should, else the size of the next trial. Regula falsi
    (Illinois), every value a step of its own.
    """
    h = one.h
    if one.landing == NONE:
        one.landing = found
        one.low = 0.0
        one.g_low = min(one.g_before[int(found)], FAR)
        one.high = h
        one.g_high = one.g[int(found)]
        one.side = 0.0
    elif found >= 0.0 and found != one.landing:
        one.landing = found
        one.low = 0.0
        one.g_low = min(one.g_before[int(found)], FAR)
        one.side = 0.0
    g = one.g[int(one.landing)]
    narrow = one.high - one.low < NEAR * (one.time + one.high) + 1e-12
    if abs(g) <= MET or narrow:
        one.accepted = 1.0
        one.event = one.landing if g >= -MET else NONE
        one.landing = NONE
        return
    if g > 0.0:
        one.high = h
        one.g_high = g
        if one.side == 1.0:
            one.g_low *= 0.5
        one.side = 1.0
    else:
        one.low = h
        one.g_low = g
        if one.side == -1.0:
            one.g_high *= 0.5
        one.side = -1.0
    low, high, g_low, g_high = one.low, one.high, one.g_low, one.g_high
    following = (low * g_high - high * g_low) / (g_high - g_low)
    if high - low < NEAR * (one.time + high) + 1e-12:
        following = high
    elif not low < following < high:
        following = 0.5 * (low + high)
    one.h = following
    one.final = 0.0
