"""What is recorded of the lanes: see ``battery.cell.observe``."""

from energymodels.kernels.battery.cell import layout as to
from energymodels.kernels.battery.cell import row
from energymodels.kernels.battery.cell.material import SMALLEST
from energymodels.kernels.battery.cell.observe import SCARCE
from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.materials import exchange, ocv_of
from energymodels.kernels.battery.lanes.particles import first_current, first_node, first_surface
from energymodels.kernels.battery.lanes.state import cases, lane_of, lanes
from energymodels.kernels.battery.lanes.stepping import inside, inside_weights
from energymodels.kernels.battery.lanes.tables import set_temperature, value
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import inner
from energymodels.kernels.simd import anywhere, load, log, root, size, store, upper, where


@inner
def particles_of(shape, side):
    """Return how many particles stand for an electrode."""
    return shape.particles_n if side == 0 else shape.particles_p


@inner
def mean_potential(w, shape, tables):
    """Return the open-circuit voltage of the mean surfaces at the time of ``inside_weights``, V."""
    dt = inside(w, of.T) - cases(w.case).reference_temperature
    found = 0.0 * dt
    for side in range(2):
        many, first, node = particles_of(shape, side), first_surface(shape, side), first_node(shape, side)
        u_f, dudt_f = (to.U_N, to.DUDT_N) if side == 0 else (to.U_P, to.DUDT_P)
        total, length = 0.0 * dt, 0.0 * dt
        for x in range(many):
            theta = inside(w, first + x)
            u = value(w, tables, u_f, theta)[0] + dt * value(w, tables, dudt_f, theta)[0]
            weight = load(w.node, of.WEIGHT, node + x)
            total += weight * u
            length += weight
        mean = total / length
        found += mean if side == 1 else -mean
    return found


@inner
def surfaces(w, shape, tables, rows):
    """Return (OCV of the surfaces, reaction overpotential, phi_s - phi_e of the negative electrode at the
    separator, or its mean where one particle stands for it) of a state, V.

    Concentrations count as no less than ``SCARCE``: where one falls through decades within a step, its
    logarithm cannot be interpolated.
    """
    temperature = load(rows, of.T)
    dt = temperature - cases(w.case).reference_temperature
    volt = 2.0 * GAS / FARADAY * temperature
    ocv, reaction, edge = 0.0 * dt, 0.0 * dt, 0.0 * dt
    for side in range(2):
        u_f, dudt_f = (to.U_N, to.DUDT_N) if side == 0 else (to.U_P, to.DUDT_P)
        s_f, e_f = (to.S_N, to.E_N) if side == 0 else (to.S_P, to.E_P)
        particles, first, node = (
            particles_of(shape, side),
            first_surface(shape, side),
            first_node(shape, side),
        )
        many = shape.n if side == 0 else shape.p
        ocp, s, j = 0.0 * dt, 0.0 * dt, 0.0 * dt
        total, mean, length = 0.0 * dt, 0.0 * dt, 0.0 * dt
        last = 0.0 * dt
        for x in range(many):
            if x < particles:
                theta = load(rows, first + x)
                ocp = value(w, tables, u_f, theta)[0] + dt * value(w, tables, dudt_f, theta)[0]
                s = upper(value(w, tables, s_f, theta)[0], SMALLEST)
                j = load(rows, first_current(shape, side) + x)
            salt = upper(load(rows, of.FIRST + node + x), SCARCE)
            twice = 2.0 * exchange(w, tables, e_f, salt)[0] * s
            eta = log((size(j) + root(j * j + twice * twice)) / twice)
            eta = where(j >= 0.0, eta, -eta) * volt
            weight = load(w.node, of.WEIGHT, node + x)
            total += weight * ocp
            mean += weight * eta
            length += weight
            last = ocp + eta
        if side == 0:
            edge = last if particles > 1 else ocp + mean / length
        sign = 1.0 if side == 1 else -1.0
        ocv += sign * total / length
        reaction += sign * mean / length
    return ocv, reaction, edge


@inner
def smooth(w, shape, tables):
    """Set in the state just solved what is left of voltage and minimum anode potential without potentials and
    overpotentials of the surfaces: it is smooth in time, those have kinks.
    """
    s, now = lanes(w.lane), w.now
    ocv, reaction, edge = surfaces(w, shape, tables, now)
    store(s.volt - ocv - reaction, now, of.SMOOTH)
    store(s.least - edge, now, of.SMOOTH_NEGATIVE)


@inner
def sample(w, shape, tables, axis, series):
    """Write the series at the times of ``axis`` that the steps just taken reached."""
    s = lanes(w.lane)
    many = w.now.shape[1]
    warm = anywhere(cases(w.case).lumped != 0.0)
    while True:
        pending = 0
        for lane in range(many):
            one = lane_of(w.lane, lane)
            one.hold = -1.0
            k = int(one.sample)
            if one.accepted != 0.0 and k < axis.size:
                behind = axis[k] - (one.began + one.elapsed + one.time)
                if behind <= 0.0:
                    one.hold = -max(behind, -one.psi[0])
                    pending += 1
        if pending == 0:
            return
        behind = upper(s.hold, 0.0)
        inside_weights(w, -behind)
        for q in range(of.FIRST + shape.nodes + 2 * (shape.particles_n + shape.particles_p)):
            store(inside(w, q), w.here, q)
        if warm:
            set_temperature(w, tables, load(w.here, of.T), cases(w.case).lumped != 0.0)
        _fill(w, shape, tables, series)


@inner
def _fill(w, shape, tables, series):
    c, s, seen = cases(w.case), lanes(w.lane), w.seen
    here = w.here
    temperature, charge, left = load(here, of.T), load(here, of.CHARGE), load(here, of.SMOOTH)
    ocv, reaction, edge = surfaces(w, shape, tables, here)
    dt = temperature - c.reference_temperature
    x = s.theta_n - charge / s.charge_n
    y = s.theta_p + charge / s.charge_p
    open_ = ocv_of(w, tables, x, y, dt)
    diffusion = load(here, of.DIFFUSION)
    store(ocv + reaction + left, seen, row.VOLTAGE)
    store(load(here, of.I) * c.area, seen, row.CURRENT)
    store(temperature, seen, row.TEMPERATURE)
    store(s.soc - charge / s.cell, seen, row.SOC)
    store(edge + load(here, of.SMOOTH_NEGATIVE), seen, row.NEGATIVE_POTENTIAL)
    store(load(here, of.HEAT_RATE), seen, row.HEAT_RATE)
    store(open_, seen, row.OCV)
    store(reaction, seen, row.REACTION)
    store(ocv - open_, seen, row.PARTICLE)
    store(diffusion, seen, row.ELECTROLYTE)
    store(left - diffusion, seen, row.OHMIC)
    store(0.0 * charge, seen, row.LOST)
    store(charge, seen, row.CHARGE)
    for lane in range(w.now.shape[1]):
        one = lane_of(w.lane, lane)
        if one.hold < 0.0:
            continue
        case, k = int(one.row), int(one.sample)
        for q in range(row.SERIES):
            series[q, case, k] = seen[q, lane]
        one.sample += 1.0
