"""Side reactions on the negative electrode's particles: lithium plating and growth of the SEI,
implicit in time.

With u the potential of the surface vs Li/Li+, before the drop across the film, a the surface per volume
and f = F/RT (O'Kane et al. 2022, key ``okane2022``; Marquis 2020, key ``marquis2020``, equations 5.91 and
5.92):

    plating   j = F k (c_Li exp((1 - alpha) f u) - c exp(-alpha f u)),  dc_Li/dt = -a j/F - gamma c_Li,  gamma
    = gamma_0 L_0/L SEI       j = -F D c_sol/L   or   j = -j_0 exp(-f (u - U_SEI)/2),   dL/dt = -j V/F film
    phi_s - phi_e = u + L rho (j_intercalation + j_plating + j_SEI)

c_Li, metal that can dissolve, enters its own current linearly, and the diffusion-limited thickness a square:
both implicit equations are solved in closed form, so that Newton's method never sees them. Currents are
positive when lithium leaves the surface.
"""

from math import exp, sqrt

import numpy as np

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.material import arrhenius
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import inner

STEEPEST = 200.0  # of an exponent
REVERSIBLE, IRREVERSIBLE, PARTIAL = np.arange(1, 4)  # of plating
CONSTANT, REACTION, DIFFUSION = np.arange(1, 4)  # of the SEI
# states by negative node, behind the others of a point; the last is a thickness
PLATED, DEAD, GROWN = np.arange(3)


@inner
def reacts(c):
    """Return whether a case has side reactions or a film."""
    return c.plating > 0 or c.sei > 0


@inner
def first_state(mesh):
    """Return where the states of the side reactions begin in a point."""
    return at.FIRST + 3 * (mesh.n + mesh.s + mesh.p)


@inner
def begin(w, mesh, c, point):
    """Set the states of a fresh cell: no metal, and the SEI as thick as the case says."""
    first = first_state(mesh)
    for k in range(mesh.n):
        point[first + 2 * mesh.n + k] = c.thickness_sei
        for row in range(at.PLATING, at.NODE):
            w.node[row, k] = 0.0


@inner
def growth(c, u, thickness, alpha, f, warm):
    """Return (current of the SEI, by u, thickness); ``thickness`` is the weighted past, ``warm`` Arrhenius'
    factor.
    """
    if c.sei == DIFFUSION:
        supply = c.supply_sei * warm
        new = 0.5 * (thickness + sqrt(thickness * thickness + 4.0 * supply * c.volume_sei / alpha))
        return -FARADAY * supply / new, 0.0, new
    if c.sei == REACTION:
        j = -c.j0_sei * warm * exp(min(-0.5 * f * (u - c.u_sei), STEEPEST))
        return j, -0.5 * f * j, thickness - j * c.volume_sei / (FARADAY * alpha)
    return 0.0, 0.0, thickness


@inner
def plating(c, u, salt, plated, decay, alpha, a, f, k):
    """Return (current of plating, its derivatives by u and by the salt's concentration); ``plated`` is the
    weighted past.
    """
    salt = max(salt, 0.0)
    on = exp(min(max(-c.alpha_plating * f * u, -STEEPEST), STEEPEST))
    if c.plating == IRREVERSIBLE:
        j = -FARADAY * k * salt * on
        return j, -c.alpha_plating * f * j, -FARADAY * k * on
    off = exp(min(max((1.0 - c.alpha_plating) * f * u, -STEEPEST), STEEPEST))
    pivot = 1.0 / (alpha + decay + a * k * off)
    metal = (alpha * plated + a * k * salt * on) * pivot
    slope = -f * a * k * (c.alpha_plating * salt * on + (1.0 - c.alpha_plating) * metal * off) * pivot
    j_u = (
        FARADAY
        * k
        * (slope * off + f * ((1.0 - c.alpha_plating) * metal * off + c.alpha_plating * salt * on))
    )
    return FARADAY * k * (metal * off - salt * on), j_u, -FARADAY * k * on * (alpha + decay) * pivot


@inner
def currents(w, mesh, c, k, u, salt, alpha, a, f, k_plating, warm):
    """Return (plating's current, by u, by c, the SEI's, by u, film resistance in ohm m2) at node ``k``."""
    past = w.points[at.PAST]
    first = first_state(mesh)
    gr, gr_u, thickness = growth(c, u, past[first + 2 * mesh.n + k], alpha, f, warm)
    film = c.resistivity_sei * thickness if c.sei > 0 else 0.0
    if c.plating == 0:
        return 0.0, 0.0, 0.0, gr, gr_u, film
    pl, pl_u, pl_c = plating(c, u, salt, past[first + k], decay(c, thickness), alpha, a, f, k_plating)
    return pl, pl_u, pl_c, gr, gr_u, film


@inner
def decay(c, thickness):
    """Return the rate at which plated lithium loses contact, s-1."""
    return c.decay * c.thickness_sei / thickness if c.plating == PARTIAL else 0.0


@inner
def rates(c, temperature):
    """Return (surface per volume in m-1, F/RT in V-1, rate constant of plating in m s-1, Arrhenius' factor of
    the SEI's growth).
    """
    k_plating = c.k_plating * arrhenius(c.energy_plating, c, temperature)
    return (
        3.0 * c.active_n / c.radius_n,
        FARADAY / (GAS * temperature),
        k_plating,
        arrhenius(c.energy_sei, c, temperature),
    )


@inner
def react(w, mesh, c, alpha, temperature):
    """Set total currents of the negative nodes and their derivatives, and add the film's drop to u, which
    came without it.
    """
    node = w.node
    a, f, k_plating, warm = rates(c, temperature)
    for k in range(mesh.n):
        u_j, u_c = node[at.U_J, k], node[at.U_C, k]
        pl, pl_u, pl_c, gr, gr_u, film = currents(
            w, mesh, c, k, node[at.U, k], node[at.C, k], alpha, a, f, k_plating, warm
        )
        node[at.PLATING, k] = pl
        node[at.PLATING_J, k] = pl_u * u_j
        node[at.PLATING_C, k] = pl_u * u_c + pl_c
        node[at.GROWTH, k] = gr
        node[at.GROWTH_J, k] = gr_u * u_j
        node[at.GROWTH_C, k] = gr_u * u_c
        total = node[at.J, k] + pl + gr
        total_j = 1.0 + (pl_u + gr_u) * u_j
        total_c = (pl_u + gr_u) * u_c + pl_c
        node[at.TOTAL, k] = total
        node[at.TOTAL_J, k] = total_j
        node[at.TOTAL_C, k] = total_c
        node[at.U, k] += film * total
        node[at.U_J, k] += film * total_j
        node[at.U_C, k] += film * total_c


@inner
def follow(node, n):
    """Let the side currents follow the last changes R1 of c and R2 of j, along their tangents: no lithium is
    lost to curvature.
    """
    for k in range(n):
        node[at.PLATING, k] += node[at.PLATING_J, k] * node[at.R2, k] + node[at.PLATING_C, k] * node[at.R1, k]
        node[at.GROWTH, k] += node[at.GROWTH_J, k] * node[at.R2, k] + node[at.GROWTH_C, k] * node[at.R1, k]


@inner
def settle(w, mesh, c, new, alpha):
    """Set the states of row ``new`` of the points to what the side currents leave."""
    n = mesh.n
    first = first_state(mesh)
    past, point = w.points[at.PAST], w.points[new]
    a = 3.0 * c.active_n / c.radius_n
    for k in range(n):
        thickness = past[first + 2 * n + k] - w.node[at.GROWTH, k] * c.volume_sei / (FARADAY * alpha)
        point[first + 2 * n + k] = thickness
        gone = a * w.node[at.PLATING, k] / FARADAY
        if c.plating == IRREVERSIBLE:
            point[first + k] = past[first + k]
            point[first + n + k] = past[first + n + k] - gone / alpha
        else:
            rate = decay(c, thickness)
            metal = (alpha * past[first + k] - gone) / (alpha + rate)
            point[first + k] = metal
            point[first + n + k] = past[first + n + k] + rate * metal / alpha


@inner
def held(w, mesh, c, point, which):
    """Return the lithium, A s, that a point holds as PLATED or DEAD metal, or in what the SEI has
    GROWN by.
    """
    n = mesh.n
    first = first_state(mesh) + which * n
    total = 0.0
    for k in range(n):
        total += point[first + k] * w.node[at.DX, k]
    if which == GROWN:
        total = (total - c.thickness_sei * c.thickness_n) * 3.0 * c.active_n / c.radius_n / c.volume_sei
    return total * FARADAY * c.area


@inner
def lost(w, mesh, c, point):
    """Return the lithium, A s, that side reactions took from the particles until a point."""
    if not reacts(c):
        return 0.0
    grown = held(w, mesh, c, point, GROWN) if c.sei > CONSTANT else 0.0
    return held(w, mesh, c, point, PLATED) + held(w, mesh, c, point, DEAD) + grown


@inner
def heat(w, mesh, c):
    """Return what the heat balance loses to the SEI's own potential, W m-2: minus the sum of a j_SEI
    U_SEI dx.
    """
    if c.sei <= CONSTANT:
        return 0.0
    total = 0.0
    for k in range(mesh.n):
        total -= w.node[at.GROWTH, k] * w.node[at.DX, k]
    return total * 3.0 * c.active_n / c.radius_n * c.u_sei
