"""Backward differentiation in lanes, each with its own steps and order.

A step is that of ``battery.cell.history``, on modified divided differences in place of past values (Brenan,
Campbell and Petzold 1996, key ``brenan1996``, section 5.2.1). With psi_m = t_n - t_(n-m), and phi_m the
differences at the last point, the predictor of order k and its slope are

    y0 = sum of beta_m phi_m, y0' = sum of gamma_m beta_m phi_m, m = 0 .. k
    beta_m = beta_(m-1) psi_m(n)/psi_m(n-1), gamma_m = sum of 1/psi_j, j = 1 .. m

The slope at t_n of the polynomial through the new point and the k last ones is y' = y0' + gamma_k (y - y0),
so alpha = gamma_k and back = y0 - y0'/alpha. What the predictor missed, y - y0, gives the local error
(y - y0)/(gamma_k psi_(k+1)); that of the order below misses phi_k beta_k more, the one above
beta_(k+1) phi_(k+1) less.
"""

from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.particles import first_surface
from energymodels.kernels.battery.lanes.state import cases, lanes
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import (
    exp,
    load,
    log,
    lower,
    opposite,
    put,
    root,
    size,
    store,
    upper,
    where,
)

NOTHING = 1e300  # s: how far away a point is that is not there
GROWTH = (0.0, 4.0, 2.0, 2.0, 1.5, 1.5)  # most that a step grows, by order


@inner
def by_order(order, numbers):
    """Return the entry of ``numbers`` that belongs to each lane's order."""
    found = 0.0 * order
    for k in range(1, of.ORDER + 1):
        found = where(order == 1.0 * k, numbers[k], found)
    return found


@inner
def coefficients(w):
    """Set the coefficients of a step of size h and order k in every lane."""
    s = lanes(w.lane)
    h, order = s.h, s.order
    beta, gamma, reach, lead = 1.0 + 0.0 * h, 0.0 * h, h, 0.0 * h
    for m in range(1, of.ORDER + 2):
        before = load(s.psi, m - 1)
        store(reach, s.psi_next, m - 1)
        beta = beta * reach / before
        gamma += 1.0 / reach
        reach = before + h
        lead = where(order == 1.0 * m, gamma, lead)
        store(beta, s.beta, m)
        store(gamma, s.gamma, m)
        store(1.0 / (gamma * reach), s.part, m)
    store(reach, s.psi_next, of.ORDER + 1)
    s.alpha = lead
    for m in range(1, of.ORDER + 2):
        beta = load(s.beta, m)
        inside = order >= 1.0 * m
        store(where(order == 1.0 * m, beta, 0.0), s.top, m)
        store(where(order == 1.0 * (m - 1), beta, 0.0), s.above, m)
        store(where(inside, beta, 0.0), s.beta, m)
        store(where(inside, beta * (1.0 - load(s.gamma, m) / lead), 0.0), s.rear, m)


@inner
def of_order(s, numbers, shift):
    """Return the entry of ``numbers`` that belongs to each lane's order and ``shift``."""
    found = 0.0 * s.h
    for m in range(1, of.ORDER + 2):
        found = where(s.order == 1.0 * (m - shift), load(numbers, m), found)
    return found


@inner
def predict(w):
    """Set the predictor and the weighted past."""
    s = lanes(w.lane)
    b1, b2, b3, b4, b5 = _rows(s.beta)
    r1, r2, r3, r4, r5 = _rows(s.rear)
    for q in range(w.now.shape[0]):
        p0, p1, p2 = load(w.past, 0, q), load(w.past, 1, q), load(w.past, 2, q)
        p3, p4, p5 = load(w.past, 3, q), load(w.past, 4, q), load(w.past, 5, q)
        store(p0 + b1 * p1 + b2 * p2 + b3 * p3 + b4 * p4 + b5 * p5, w.ahead, q)
        store(p0 + r1 * p1 + r2 * p2 + r3 * p3 + r4 * p4 + r5 * p5, w.back, q)


@inner
def commit(w, which):
    """Take the step just solved into the past of the lanes ``which``."""
    s = lanes(w.lane)
    b1, b2, b3, b4, b5 = _rows(s.beta)
    t1, t2, t3, t4, t5 = _marks(s.order)
    for q in range(w.now.shape[0]):
        miss = load(w.now, q) - load(w.ahead, q)
        p1, p2, p3 = load(w.past, 1, q), load(w.past, 2, q), load(w.past, 3, q)
        p4, p5 = load(w.past, 4, q), load(w.past, 5, q)
        n5 = b5 * p5 + t5 * miss
        n4 = b4 * p4 + t4 * miss + n5
        n3 = b3 * p3 + t3 * miss + n4
        n2 = b2 * p2 + t2 * miss + n3
        n1 = b1 * p1 + t1 * miss + n2
        put(which, load(w.now, q), w.past, 0, q)
        put(which, n1, w.past, 1, q)
        put(which, n2 + t1 * miss, w.past, 2, q)
        put(which, n3 + t2 * miss, w.past, 3, q)
        put(which, n4 + t3 * miss, w.past, 4, q)
        put(which, n5 + t4 * miss, w.past, 5, q)
        put(which, t5 * miss, w.past, 6, q)
    for m in range(of.ORDER + 2):
        put(which, load(s.psi_next, m), s.psi, m)


@inner
def _rows(numbers):
    """Return the entries of orders 1 to 5."""
    return load(numbers, 1), load(numbers, 2), load(numbers, 3), load(numbers, 4), load(numbers, 5)


@inner
def _marks(order):
    """Return 1 where a lane's order is 1, 2 .. 5, else 0."""
    return (
        where(order == 1.0, 1.0, 0.0),
        where(order == 2.0, 1.0, 0.0),
        where(order == 3.0, 1.0, 0.0),
        where(order == 4.0, 1.0, 0.0),
        where(order == 5.0, 1.0, 0.0),
    )


@inner
def _above(s):
    """Return the entries of orders 2 to 6 that mark the difference above a lane's order."""
    return load(s.above, 2), load(s.above, 3), load(s.above, 4), load(s.above, 5), load(s.above, 6)


@inner
def begin(w, which):
    """Forget the past of the lanes ``which``: what follows has a kink; their state is ``now``."""
    s = lanes(w.lane)
    for q in range(w.now.shape[0]):
        put(which, load(w.now, q), w.past, 0, q)
        for m in range(1, of.ORDER + 2):
            put(which, 0.0, w.past, m, q)
    for m in range(of.ORDER + 2):
        put(which, NOTHING, s.psi, m)
    s.order = where(which, 1.0, s.order)
    s.points = where(which, 1.0, s.points)
    s.since = where(which, 0.0, s.since)


@inner
def _differences(w, q, top, above):
    """Return (what the predictor missed, the same an order lower, an order higher) of row ``q``."""
    miss = load(w.now, q) - load(w.ahead, q)
    p2, p3, p4, p5 = load(w.past, 2, q), load(w.past, 3, q), load(w.past, 4, q), load(w.past, 5, q)
    last = top[0] * load(w.past, 1, q) + top[1] * p2 + top[2] * p3 + top[3] * p4 + top[4] * p5
    before = above[0] * p2 + above[1] * p3 + above[2] * p4 + above[3] * p5 + above[4] * load(w.past, 6, q)
    return miss, miss + last, miss - before


@inner
def norms(w, shape):
    """Return the norms of what the predictor missed and of the same an order lower and an order higher.

    The largest of T (100 K), I (1C), the concentrations' and the surfaces' root mean squares, these as
    stoichiometries and as potentials (1 V), and the mean potential (50 V); see ``battery.cell.stepper``.
    """
    c, s = cases(w.case), lanes(w.lane)
    zero = 0.0 * s.h
    top, above = _rows(s.top), _above(s)
    found = (zero, zero, zero)
    unit = c.area * 3600.0 / s.nominal
    found = _larger(found, _differences(w, of.T, top, above), 0.01 + zero)
    found = _larger(found, _differences(w, of.OCP, top, above), 0.02 + zero)
    found = _larger(found, _differences(w, of.I, top, above), unit)
    if shape.nodes > 2:
        squares = (zero, zero, zero)
        for k in range(shape.nodes):
            squares = _added(squares, _differences(w, of.FIRST + k, top, above), 1.0 + zero)
        found = _larger(found, _roots(squares, shape.nodes), 1.0 / c.c_e)
    for side in range(2):
        many = shape.particles_n if side == 0 else shape.particles_p
        node = 0 if side == 0 else shape.nodes - shape.p
        squares = (zero, zero, zero)
        for x in range(many):
            slope = load(w.node, of.OCP_SLOPE, node + x)
            weight = upper(slope * slope, 1.0)
            squares = _added(squares, _differences(w, first_surface(shape, side) + x, top, above), weight)
        found = _larger(found, _roots(squares, many), 1.0 + zero)
    return found


@inner
def _larger(found, more, factor):
    return (
        upper(size(more[0]) * factor, found[0]),
        upper(size(more[1]) * factor, found[1]),
        upper(size(more[2]) * factor, found[2]),
    )


@inner
def _added(squares, more, weight):
    return (
        squares[0] + weight * more[0] * more[0],
        squares[1] + weight * more[1] * more[1],
        squares[2] + weight * more[2] * more[2],
    )


@inner
def _roots(squares, many):
    return root(squares[0] / many), root(squares[1] / many), root(squares[2] / many)


@inner
def choose(w, misses, tolerance, ready):
    """Return (order, factor of the step) that follow a step whose predictor missed by ``misses``.

    Only where ``ready``, after enough steps of this order, another is looked at.
    """
    s = lanes(w.lane)
    order = s.order
    own, below, next_ = of_order(s, s.part, 0), of_order(s, s.part, -1), of_order(s, s.part, 1)
    best = _factor(own * misses[0] / tolerance, order + 1.0, 1.2)
    lower_ = _factor(below * misses[1] / tolerance, order, 1.3)
    higher = _factor(next_ * misses[2] / tolerance, order + 2.0, 1.4)
    down = ready & (order > 1.0) & (lower_ > best)
    choice = where(down, order - 1.0, order)
    best = where(down, lower_, best)
    up = ready & (order < 1.0 * of.ORDER) & (higher > best) & (s.points > order + 1.0)
    choice = where(up, order + 1.0, choice)
    best = where(up, higher, best)
    return choice, lower(best, by_order(choice, GROWTH))


@inner
def _factor(error, power, safety):
    """Return by what a step may change whose error, in tolerances, goes with its ``power``."""
    return 1.0 / (safety * exp(log(upper(error, 1e-12)) / power) + 1e-6)


@inner
def inside_weights(w, time):
    """Set ``weight`` of the differences for the state at ``time`` of the last step, s before its end (below
    0), after ``commit``.
    """
    s = lanes(w.lane)
    order = s.last
    c = 1.0 + 0.0 * time
    ratio = time / load(s.psi, 0)
    for m in range(1, of.ORDER + 1):
        c = c * ratio
        store(where(order >= 1.0 * m, c, 0.0), s.weight, m)
        ratio = (time + load(s.psi, m - 1)) / load(s.psi, m)


@inner
def inside(w, q):
    """Return row ``q`` of the state at the time of ``inside_weights``."""
    c1, c2, c3, c4, c5 = _rows(lanes(w.lane).weight)
    found = load(w.past, 0, q) + c1 * load(w.past, 1, q) + c2 * load(w.past, 2, q)
    return found + c3 * load(w.past, 3, q) + c4 * load(w.past, 4, q) + c5 * load(w.past, 5, q)


@inner
def never(which):
    """Return a mask that says no in every lane."""
    return which & opposite(which)
