"""What a time step adds to the integrals of V I: the charge it moves at its mean voltage, and how V bends
within it.

The charge of a step is known as exactly as the states. So the energy is that charge times the mean of the
voltages at both ends, and only the integral of (V - mean) I is left to quadrature: Simpson's rule, cut finer
until its error is small against the tolerance. It may not lead beyond the charge moved times the lowest and
the highest voltage of the step.

A step can be long where the states are straight in time while potentials bend. So potentials of the surfaces
are looked up within the step, and what is left of the voltage is taken for a parabola through a third point
that is not too close to tell of a bend.
"""

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.history import combine, extrapolate
from energymodels.kernels.battery.cell.observe import surface_ocv
from energymodels.kernels.jit import inner

CLOSE = 0.25  # of a step: an older point nearer than that tells nothing of its bend
CUTS = 6  # most times that Simpson's intervals are halved
LEFT = 0.5  # of the tolerance, V: what quadrature may leave of the mean voltage
# tolerances, V: where the middle lies further off the mean of the ends, Simpson's rule is checked
BENT = 30.0


@inner
def third_point(w, start):
    """Return how many points before the newest a third one lies that shows how the step from slot ``start``
    bends; 0 for none.
    """
    new = at.new_slot(w)
    times = w.weights[at.TIMES]
    if start != w.now[at.HEAD]:  # a point within the step
        return 1
    for m in range(1, w.now[at.COUNT]):
        if times[start] - times[(start - m) % at.HISTORY] >= CLOSE * (times[new] - times[start]):
            return m + 1
    return 0


@inner
def rest_of(point):
    """Return what of a point's voltage is not the potential of the surfaces, V."""
    return point[at.V] - point[at.OCP_MEAN]


@inner
def curvature(w, start):
    """Return the second divided difference of ``rest_of``, V s-2, that the parabola through the step and a
    third point has.
    """
    back = third_point(w, start)
    if back == 0:
        return 0.0
    new = at.new_slot(w)
    other = (new - back) % at.HISTORY
    times = w.weights[at.TIMES]
    r0, r1, r2 = rest_of(w.points[start]), rest_of(w.points[new]), rest_of(w.points[other])
    slope = (r1 - r0) / (times[new] - times[start])
    return (slope - (r2 - r0) / (times[other] - times[start])) / (times[new] - times[other])


@inner
def inside(w, mesh, c, tables, fidelity, start, bend, part):
    """Return (voltage, current in A m-2) at a ``part`` of the step from slot ``start``, by the step's own
    polynomial.
    """
    new = at.new_slot(w)
    times, state = w.weights[at.TIMES], w.points[at.PREDICTED]
    h = times[new] - times[start]
    many = min(w.now[at.NEXT_ORDER], w.now[at.COUNT]) + 1
    extrapolate(times, new, many, times[start] + part * h, w.weights[at.LOWER])
    combine(w.points, new, w.weights[at.LOWER], many, state)
    rest = (
        rest_of(w.points[start]) * (1.0 - part)
        + rest_of(w.points[new]) * part
        - bend * part * (1.0 - part) * h * h
    )
    return surface_ocv(w, mesh, c, tables, state, fidelity) + rest, state[at.I]


@inner
def deviation(w, mesh, c, tables, fidelity, start, centre):
    """Return (mean of (V - centre) I over the step in W m-2, lowest and highest voltage met)."""
    before, point = w.points[start], w.points[at.new_slot(w)]
    bend = curvature(w, start)
    low, high = min(before[at.V], point[at.V]), max(before[at.V], point[at.V])
    ends = (before[at.V] - centre) * before[at.I] + (point[at.V] - centre) * point[at.I]
    volt, current = inside(w, mesh, c, tables, fidelity, start, bend, 0.5)
    low, high = min(low, volt), max(high, volt)
    middle = (volt - centre) * current
    found = (ends + 4.0 * middle) / 6.0
    even = middle  # sum over the nodes of the coarser rule, but for the ends
    many = 2
    most = LEFT * c.tolerance * max(abs(before[at.I]), abs(point[at.I]))
    left = LEFT / BENT * abs(middle)
    for _ in range(CUTS):
        if left <= most:
            break
        odd = 0.0
        for q in range(many):
            volt, current = inside(w, mesh, c, tables, fidelity, start, bend, (q + 0.5) / many)
            low, high = min(low, volt), max(high, volt)
            odd += (volt - centre) * current
        many *= 2
        finer = (ends + 4.0 * odd + 2.0 * even) / (3.0 * many)
        left = abs(finer - found)
        found = finer
        even += odd
    return found, low, high


@inner
def energy(w, mesh, c, tables, fidelity, start, flat):
    """Return the integral of V I over the step from slot ``start`` to the new one, J; ``flat``: V is the new
    one all through.
    """
    before, point = w.points[start], w.points[at.new_slot(w)]
    charge = point[at.CHARGE] - before[at.CHARGE]
    if flat or (before[at.I] == 0.0 and point[at.I] == 0.0):
        return point[at.V] * charge
    h = w.weights[at.TIMES, at.new_slot(w)] - w.weights[at.TIMES, start]
    centre = 0.5 * (before[at.V] + point[at.V])
    found, low, high = deviation(w, mesh, c, tables, fidelity, start, centre)
    moved = point[at.MOVED] - before[at.MOVED]
    middle = 0.5 * (low + high)
    most = 0.5 * (high - low) * moved
    beyond = (centre - middle) * charge + found * h * c.area
    return middle * charge + min(max(beyond, -most), most)


@inner
def gross(before, point, net, duration):
    """Return the integral of |V I| over a step of the energy ``net``, J.

    Where the current turns, it and V count as straight.
    """
    i0, i1 = abs(before[at.I]), abs(point[at.I])
    if before[at.I] * point[at.I] >= 0.0:
        return abs(net)
    part = i0 / (i0 + i1)
    rise = point[at.V] - before[at.V]
    first = i0 * part * (before[at.V] + rise * part / 3.0)
    return max(
        abs(net), 0.5 * duration * (first + i1 * (1.0 - part) * (point[at.V] - rise * (1.0 - part) / 3.0))
    )
