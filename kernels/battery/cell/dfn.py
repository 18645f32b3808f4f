"""The Doyle-Fuller-Newman cell: one implicit time step solved by Newton's method.

Particles hand the electrodes theta_surface = A + G j, electrodes hand the separator one number each, the
separator is a scalar tridiagonal system. The terminal voltage or power closes the system by one border row
where it is controlled.
"""

from math import log, sinh, sqrt

import numpy as np

from energymodels.kernels.battery.cell import electrode, particle, side
from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.history import copy
from energymodels.kernels.battery.cell.material import (
    DEPLETED,
    in_series,
    is_constant,
    set_temperature,
    solid_conductivity,
    values,
)
from energymodels.kernels.constants import FARADAY
from energymodels.kernels.jit import inner

ITERATIONS = 16
SETTLED = 0.05  # of the tolerance: what Newton's method may leave
# how the estimate of the curvature grows while nothing measures it, and shrinks when it was measured smaller
WARY = 1.05
FORGETFUL = 0.8
UNKNOWN = 1e9  # the estimate grows no further: nothing but a change of 0 is trusted then
HOPELESS = 1e9  # tolerances
FAR = 0.3  # of a concentration or current, or V: a change after which Newton's method has not settled
START, RIGHT, LEFT = np.array((0, 1, -1))


@inner
def set_nodes(node, tables, index, coefficients, n, s, p, temperature, dt, solid):
    """Evaluate every material function at every node; ``solid`` is the conductivity of a solid fraction of
    the electrolyte.
    """
    electrode.electrolytes(node, tables, index, coefficients, temperature, solid)
    electrode.interfaces(
        node, START, n, tables, index, coefficients, of.U_N, of.S_N, of.E_N, of.DUDT_N, temperature, dt
    )
    first = n + s
    electrode.interfaces(
        node,
        first,
        first + p,
        tables,
        index,
        coefficients,
        of.U_P,
        of.S_P,
        of.E_P,
        of.DUDT_P,
        temperature,
        dt,
    )
    copy(node[at.TOTAL], node[at.J])


@inner
def solve_changes(node, c, n, s, p, current, alpha, border, pybamm):
    """Set rows R1, R2 to the changes of c and j at fixed ``current`` (A m-2), with ``border`` B1, B2 to those
    of a unit more.
    """
    a_n = 3.0 * c.active_n / c.radius_n
    a_p = 3.0 * c.active_p / c.radius_p
    last = n + s + p - 1
    gain, right, unit = electrode.eliminate(
        node, START, RIGHT, n, current, 1.0, c.sigma_n, a_n, alpha, border, pybamm
    )
    gain_p, right_p, unit_p = electrode.eliminate(
        node, last, LEFT, p, -current, -1.0, c.sigma_p, a_p, alpha, border, pybamm
    )
    for k in range(n, n + s):
        hold = FARADAY * node[at.POROSITY, k] * node[at.DX, k] * alpha
        diagonal = gain + hold
        right -= hold * (node[at.C, k] - node[at.C_BACK, k])
        if k == n + s - 1:
            diagonal += gain_p
            right += right_p
            unit += unit_p
            n_c2 = 0.0
            flow = 0.0
            n_c1 = 0.0
            t = 0.0
        else:
            o = k + 1
            kappa, kappa1, kappa2, chi, chi1, chi2, d, d1, d2, t, t1, t2, distance = electrode.means(
                node, k, o, pybamm
            )
            rise = node[at.C, o] - node[at.C, k]
            d *= FARADAY / distance
            slope = rise * FARADAY / distance
            n_c1 = d - slope * d1 + current * t1
            n_c2 = -d - slope * d2 + current * t2
            flow = -d * rise + t * current
            r = distance / kappa
            node[at.FLOW, k] = current
            node[at.DROP, k] = chi * rise - r * current
            node[at.DROP_C1, k] = rise * chi1 - chi + current * r / kappa * kappa1
            node[at.DROP_C2, k] = rise * chi2 + chi + current * r / kappa * kappa2
            node[at.DROP_I, k] = -r
            diagonal += n_c1
            right -= flow
            unit -= t
        pivot = 1.0 / diagonal
        f = right * pivot
        b = unit * pivot
        e = n_c2 * pivot
        node[at.R1, k] = f
        node[at.B1, k] = b
        node[at.E11, k] = e
        gain = n_c1 * e - n_c2
        right = flow + n_c1 * f
        unit = t + n_c1 * b
    for k in range(n + s - 2, n - 1, -1):
        node[at.R1, k] -= node[at.E11, k] * node[at.R1, k + 1]
        node[at.B1, k] -= node[at.E11, k] * node[at.B1, k + 1]
    electrode.substitute(node, START, RIGHT, n, at.R1, at.R2)
    electrode.substitute(node, last, LEFT, p, at.R1, at.R2)
    if border:
        electrode.substitute(node, START, RIGHT, n, at.B1, at.B2)
        electrode.substitute(node, last, LEFT, p, at.B1, at.B2)


@inner
def voltage(node, c, n, s, p, current, linear):
    """Return the potential difference of the collectors, V, from the nodes' u and drops; without contact
    resistance.

    ``linear``: the potential at the positive collector extrapolated from two nodes, as PyBaMM has it, instead
    of by Ohm's law.
    """
    last = n + s + p - 1
    phi = -current * 0.5 * node[at.DX, 0] / c.sigma_n - node[at.U, 0]
    for k in range(n + s - 1):
        phi += node[at.DROP, k]
    # walked from the collector: from the first positive node to the separator's last
    phi -= node[at.DROP, n + s]
    for k in range(n + s, last):
        phi -= node[at.DROP, k + 1]
    phi += node[at.U, last]
    if linear:
        return (
            phi
            - 0.5
            * (current + node[at.FLOW, last])
            * 0.5
            * (node[at.DX, last] + node[at.DX, last - 1])
            / c.sigma_p
        )
    return phi - 0.5 * current * node[at.DX, last] / c.sigma_p


@inner
def voltage_change(node, c, n, s, p, row1, row2, per_current):
    """Return the derivative of ``voltage`` along changes ``row1`` of c and ``row2`` of j, the current rising
    by ``per_current``.
    """
    last = n + s + p - 1
    change = -per_current * 0.5 * (node[at.DX, 0] / c.sigma_n + node[at.DX, last] / c.sigma_p)
    change -= node[at.U_C, 0] * node[row1, 0] + node[at.U_J, 0] * node[row2, 0]
    change += node[at.U_C, last] * node[row1, last] + node[at.U_J, last] * node[row2, last]
    for k in range(n + s - 1):
        change += (
            node[at.DROP_C1, k] * node[row1, k]
            + node[at.DROP_C2, k] * node[row1, k + 1]
            + per_current * node[at.DROP_I, k]
        )
        if k < n - 1:
            change += node[at.DROP_J1, k] * node[row2, k] + node[at.DROP_J2, k] * node[row2, k + 1]
    for k in range(n + s, last + 1):
        change -= (
            node[at.DROP_C1, k] * node[row1, k]
            + node[at.DROP_C2, k] * node[row1, k - 1]
            + per_current * node[at.DROP_I, k]
        )
        if k > n + s:
            change -= node[at.DROP_J1, k] * node[row2, k] + node[at.DROP_J2, k] * node[row2, k - 1]
    return change


@inner
def reversible_and_stored(node, c, n, s, p, temperature):
    """Return the sum over the electrodes of a j (T dU/dT - U) dx, W m-2: heat but for the
    terminal's share.
    """
    total = 0.0
    a = 3.0 * c.active_n / c.radius_n
    for k in range(n):
        total += a * node[at.J, k] * node[at.DX, k] * (temperature * node[at.ENTROPIC, k] - node[at.OCP, k])
    a = 3.0 * c.active_p / c.radius_p
    for k in range(n + s, n + s + p):
        total += a * node[at.J, k] * node[at.DX, k] * (temperature * node[at.ENTROPIC, k] - node[at.OCP, k])
    return total


@inner
def heat_change(node, c, n, s, p, temperature, row2):
    """Return the derivative of ``reversible_and_stored`` along changes ``row2`` of j."""
    total = 0.0
    a = 3.0 * c.active_n / c.radius_n
    for k in range(n + s + p):
        if k == n:
            a = 3.0 * c.active_p / c.radius_p
        if k < n or k >= n + s:
            own = temperature * node[at.ENTROPIC, k] - node[at.OCP, k]
            own += (
                node[at.J, k]
                * node[at.G, k]
                * (temperature * node[at.ENTROPIC_SLOPE, k] - node[at.OCP_SLOPE, k])
            )
            total += a * own * row2[k] * node[at.DX, k]
    return total


@inner
def face(node, c, n, current, pybamm):
    """Return phi_s - phi_e of the negative electrode where it meets the separator, V: half a cell of Ohm's
    law from its last node.

    At the face the electrolyte carries all of ``current``. The reaction being even within a cell, the solid
    has a quarter of the cell's own on the mean of the way. ``pybamm``: extrapolated from two nodes, as PyBaMM
    has it.
    """
    k = n - 1
    if pybamm:
        return 1.5 * node[at.U, k] - 0.5 * node[at.U, k - 1]
    half = 0.5 * node[at.DX, k]
    solid = 0.75 * c.active_n / c.radius_n * node[at.DX, k] * node[at.TOTAL, k]
    drop = half * ((current - solid) / node[at.KAPPA, k] - solid / c.sigma_n)
    return node[at.U, k] + drop - node[at.CHI, k] * within(node, k) * (node[at.C, n] - node[at.C, k])


@inner
def face_change(node, c, n, current, pybamm, row1, row2, per_current):
    """Return the derivative of ``face`` along changes ``row1`` of c and ``row2`` of j, the current rising by
    ``per_current``.
    """
    k = n - 1
    change = node[at.U_J, k] * node[row2, k] + node[at.U_C, k] * node[row1, k]
    if pybamm:
        return 1.5 * change - 0.5 * (
            node[at.U_J, k - 1] * node[row2, k - 1] + node[at.U_C, k - 1] * node[row1, k - 1]
        )
    half = 0.5 * node[at.DX, k]
    quarter = 0.75 * c.active_n / c.radius_n * node[at.DX, k]
    kappa, part = node[at.KAPPA, k], within(node, k)
    solid = quarter * (node[at.TOTAL_J, k] * node[row2, k] + node[at.TOTAL_C, k] * node[row1, k])
    change += half * ((per_current - solid) / kappa - solid / c.sigma_n)
    change -= (
        half * (current - quarter * node[at.TOTAL, k]) / (kappa * kappa) * node[at.D_KAPPA, k] * node[row1, k]
    )
    change -= node[at.D_CHI, k] * node[row1, k] * part * (node[at.C, n] - node[at.C, k])
    return change - node[at.CHI, k] * part * (node[row1, n] - node[row1, k])


@inner
def within(node, k):
    """Return how much of the way through the pores from node ``k`` to the next lies in its own cell."""
    own = node[at.DX, k] / node[at.EFFICIENCY, k]
    return own / (own + node[at.DX, k + 1] / node[at.EFFICIENCY, k + 1])


@inner
def lowest(node, c, n, current, rise, pybamm):
    """Return (place of the least phi_s - phi_e in the negative electrode after changes R1, R2 and ``rise`` of
    c, j, I; that in V).

    The place is a node, or ``n`` for the separator's face.
    """
    least = face(node, c, n, current, pybamm) + face_change(node, c, n, current, pybamm, at.R1, at.R2, rise)
    where = n
    for k in range(n):
        u = node[at.U, k] + node[at.U_J, k] * node[at.R2, k] + node[at.U_C, k] * node[at.R1, k]
        if u < least:
            least = u
            where = k
    return where, least


@inner
def lowest_change(node, c, n, where, current, pybamm):
    """Return by how much phi_s - phi_e at a place of ``lowest`` rises with a unit of current, B1 and B2 being
    its response.
    """
    if where == n:
        return face_change(node, c, n, current, pybamm, at.B1, at.B2, 1.0)
    return node[at.U_J, where] * node[at.B2, where] + node[at.U_C, where] * node[at.B1, where]


@inner
def behind(w, values):
    """Return the mean of ``values`` over the back of the negative electrode, next to its collector, where
    salt runs out on charge.

    That is a quarter of it where reactions can even out within the electrode, which can empty a single node
    while no current flows.
    """
    many = int(w.memory[at.REAR])
    total = 0.0
    for k in range(many):
        total += values[k]
    return total / many


@inner
def _damped(j, change, twice, root):
    """Return the change of a current j = ``twice`` sinh(x) that Newton's ``change`` stands for.

    Where the electrolyte is nearly gone the exchange current vanishes, and a straight step towards 0 shoots
    far beyond it; there the step is taken in x, in which u is straight.
    """
    new = j + change
    if (new * j > 0.0 and abs(new) > 0.3 * abs(j)) or abs(change) < 0.3 * root:
        return change
    x = log((abs(j) + root) / twice)
    x = (x if j >= 0.0 else -x) + min(max(change / root, -3.0), 3.0)
    return twice * sinh(x) - j


@inner
def _update(node, n, nodes, p, c_scale, tolerance):
    """Add the changes to c and j, damped.

    Return (size of the changes as Newton had them, in units of the tolerance; whether one was damped, which
    keeps neither salt nor charge: a step must not end with it).
    """
    size_c = 0.0
    size_u = 0.0
    damped = False
    for k in range(nodes):
        change = node[at.R1, k]
        old = node[at.C, k]
        size_c += change * change
        if old > DEPLETED and old + change < 0.1 * old:
            change = -0.9 * old
            node[at.R1, k] = change
            damped = True
        node[at.C, k] = old + change
        if k < n or k >= nodes - p:
            twice = 2.0 * node[at.E, k] * node[at.S, k]
            j = node[at.J, k]
            change = node[at.G, k] * node[at.R2, k]
            size_u += change * change
            change = _damped(j, node[at.R2, k], twice, sqrt(j * j + twice * twice))
            damped = damped or change != node[at.R2, k]
            node[at.R2, k] = change
            node[at.J, k] += change
    return max(sqrt(size_c / nodes) / c_scale, sqrt(size_u / (n + p))) / tolerance, damped


@inner
def left_over(w, iteration, size, previous, tolerance, trusted):
    """Return what Newton's method leaves after a change of ``size`` that followed a ``previous`` one, in
    tolerances; -1: it fails.

    The curvature measured in earlier steps tells of the first change too, if it can be ``trusted`` to. After
    a change of the order of the quantities themselves nothing is known of the curvature here.
    """
    curvature = w.memory[at.CURVATURE]
    if iteration == 0:
        if not trusted or size * tolerance > FAR:
            return size
        w.memory[at.CURVATURE] = min(WARY * curvature, UNKNOWN)
        return curvature * size * size
    if iteration > 5 and size > previous:
        return -1.0
    if previous * tolerance > FAR:
        return size
    curvature = max(FORGETFUL * curvature, min(size, previous) / (previous * previous))
    w.memory[at.CURVATURE] = curvature
    return min(curvature * size * size, size)


@inner
def remainder(node, tables, index, coefficients, u_f, first, last):
    """Return (root mean square, mean) of what Newton's linear model left of the open-circuit potentials after
    the changes R2 of j.

    Potentials bend more than all else; to look at them alone is quick and finds the kinks that no earlier
    step could tell of.
    """
    theta, ocp, slope = node[at.THETA, first:last], node[at.S, first:last], node[at.S_SLOPE, first:last]
    for k in range(theta.size):
        theta[k] += node[at.G, first + k] * node[at.R2, first + k]
    values(tables, index, coefficients, u_f, theta, ocp, slope)
    total = 0.0
    mean = 0.0
    for k in range(theta.size):
        left = (
            ocp[k]
            - node[at.U0, first + k]
            - node[at.U0_SLOPE, first + k] * node[at.G, first + k] * node[at.R2, first + k]
        )
        total += left * left
        mean += left
    return sqrt(total / theta.size), mean / theta.size


@inner
def advance(w, mesh, c, tables, new, alpha, kind, target, tolerance):
    """Solve one implicit step: fill row ``new`` of profiles and points.

    Return whether Newton's method converged.

    The rows HISTORY of the profiles and PAST of the points hold the weighted past, PREDICTED the predictor;
    with a diffusivity that depends on theta the new row of profiles holds its predictor too. ``kind`` and
    ``target`` (A, V, W) say what is controlled.
    """
    n, s, p = mesh.n, mesh.s, mesh.p
    nodes = n + s + p
    first_p = n + s
    split = n * mesh.radial.shape[1]
    node = w.node
    lumped = c.lumped != 0.0
    border = kind != of.CURRENT
    reacting = side.reacts(c)
    straight = is_constant(tables, w.index, of.D_N) and is_constant(tables, w.index, of.D_P)
    predicted, past = w.points[at.PREDICTED], w.points[at.PAST]
    temperature = predicted[at.T] if lumped else w.memory[at.AROUND]
    current = predicted[at.I] if border else target / c.area
    for k in range(nodes):
        node[at.C, k] = predicted[at.FIRST + k]
        node[at.C_BACK, k] = past[at.FIRST + k]
        node[at.J, k] = predicted[at.FIRST + 2 * nodes + k]
    size = 0.0
    low = 0.0
    for iteration in range(ITERATIONS):
        first = iteration == 0
        if lumped or (first and c.warmths > 0):
            set_temperature(tables, w.index, w.coefficients, temperature)
        particle.eliminate_side(
            w, mesh, c, tables, particle.NEGATIVE, START, n, START, new, alpha, first or lumped
        )
        particle.eliminate_side(
            w, mesh, c, tables, particle.POSITIVE, first_p, p, split, new, alpha, first or lumped
        )
        dt = temperature - c.reference_temperature
        solid = solid_conductivity(c, temperature)
        set_nodes(node, tables, w.index, w.coefficients, n, s, p, temperature, dt, solid)
        if reacting:
            side.react(w, mesh, c, alpha, temperature)
        solve_changes(node, c, n, s, p, current, alpha, border, mesh.pybamm)
        resistance = in_series(c, temperature)
        volt = voltage(node, c, n, s, p, current, mesh.pybamm) - current * resistance
        heat = reversible_and_stored(node, c, n, s, p, temperature) - current * volt + side.heat(w, mesh, c)
        change = voltage_change(node, c, n, s, p, at.R1, at.R2, 0.0)
        previous = size
        size = 0.0
        step = 0.0
        if border:
            per_current = voltage_change(node, c, n, s, p, at.B1, at.B2, 1.0) - resistance
            if kind == of.VOLTAGE:
                step = (target - volt - change) / per_current
            elif kind == of.POWER:
                step = (target / c.area - (volt + change) * current) / (volt + per_current * current)
            elif kind == of.NEGATIVE:
                where, low = lowest(node, c, n, current, 0.0, mesh.pybamm)
                step = (target - low) / lowest_change(node, c, n, where, current, mesh.pybamm)
            elif kind == of.SALT:
                step = (target - behind(w, node[at.C]) - behind(w, node[at.R1])) / behind(w, node[at.B1])
            else:  # the temperature is held where cooling takes away all heat
                surplus = heat + heat_change(node, c, n, s, p, temperature, node[at.R2]) - current * change
                surplus -= c.cooling * (temperature - w.memory[at.AROUND]) / c.area
                step = -surplus / (
                    heat_change(node, c, n, s, p, temperature, node[at.B2]) - volt - current * per_current
                )
            current += step
            change += per_current * step
            for k in range(nodes):
                node[at.R1, k] += step * node[at.B1, k]
                node[at.R2, k] += step * node[at.B2, k]
            size = abs(step) / ((abs(current) + 0.01 * c.nominal / 3600.0 / c.area) * tolerance)
        low = lowest(node, c, n, current - step, step, mesh.pybamm)[1]
        updated, damped = _update(node, n, nodes, p, c.c_e, tolerance)
        size = max(size, updated, abs(change) / tolerance)
        moved = particle.change_side(w, mesh, c, tables, particle.NEGATIVE, START, n, START, new, alpha)
        moved = max(
            moved, particle.change_side(w, mesh, c, tables, particle.POSITIVE, first_p, p, split, new, alpha)
        )
        size = max(size, moved / tolerance)
        if lumped:
            rate = 1.0 / (c.heat_capacity * alpha)
            step = (past[at.T] + rate * (heat * c.area + c.cooling * w.memory[at.AROUND])) / (
                1.0 + rate * c.cooling
            ) - temperature
            temperature += step
            size = max(size, abs(step) / (100.0 * tolerance))
        if not size < HOPELESS:
            return False
        bent_n, mean_n = remainder(node, tables, w.index, w.coefficients, of.U_N, START, n)
        bent_p, mean_p = remainder(node, tables, w.index, w.coefficients, of.U_P, n + s, nodes)
        change += mean_p - mean_n
        left = left_over(
            w, iteration, size, previous, tolerance, straight and (not border or kind == of.NEGATIVE)
        )
        if left < 0.0:
            return False
        if max(left, max(bent_n, bent_p) / tolerance) < SETTLED and not damped:
            break
    else:
        return False
    particle.finish_side(w, mesh, c, tables, particle.NEGATIVE, START, n, START, new, alpha)
    particle.finish_side(w, mesh, c, tables, particle.POSITIVE, first_p, p, split, new, alpha)
    store(w, c, new, alpha, volt + change, temperature, current, heat * c.area)
    w.points[new, at.OCP_MEAN] = mean_ocp(node, n, s, p)
    point = w.points[new]
    for k in range(nodes):
        point[at.FIRST + k] = node[at.C, k]
        point[at.FIRST + nodes + k] = node[at.A, k] + node[at.G, k] * node[at.J, k]
        point[at.FIRST + 2 * nodes + k] = node[at.J, k]
    point[at.LOW] = low
    if reacting:
        side.follow(node, n)
        side.settle(w, mesh, c, new, alpha)
    return True


@inner
def mean_ocp(node, n, s, p):
    """Return the mean open-circuit potential of the positive nodes less that of the negative ones, V."""
    total = 0.0
    for k in range(n):
        total -= node[at.SHARE, k] * node[at.OCP, k]
    for k in range(n + s, n + s + p):
        total -= node[at.SHARE, k] * node[at.OCP, k]
    return total


@inner
def throughput(i0, i1, charge, duration):
    """Return the integral of |I| over a step that moves ``charge``, in its unit, from the currents at both
    ends.

    Where the current turns it is taken for straight.
    """
    if i0 * i1 >= 0.0:
        return abs(charge)
    return max(abs(charge), 0.5 * duration * (i0 * i0 + i1 * i1) / (abs(i0) + abs(i1)))


@inner
def store(w, c, new, alpha, volt, temperature, current, heat):
    """Fill the scalar part of a point: V, T, I, and charge and heat, which step by the same formula as the
    states do.
    """
    point = w.points[new]
    rate = c.area / alpha
    point[at.V] = volt
    point[at.T] = temperature
    point[at.I] = current
    point[at.CHARGE] = w.points[at.PAST, at.CHARGE] + current * rate
    before = w.points[w.now[at.HEAD]]
    duration = w.weights[at.TIMES, new] - w.weights[at.TIMES, w.now[at.HEAD]]
    charge = point[at.CHARGE] - before[at.CHARGE]
    point[at.MOVED] = before[at.MOVED] + throughput(before[at.I], current, charge, c.area * duration)
    point[at.HEAT] = w.points[at.PAST, at.HEAT] + heat / alpha
    w.memory[at.HEAT_NOW] = heat
