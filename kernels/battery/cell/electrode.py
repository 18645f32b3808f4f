"""A porous electrode: intercalation at every node, and Newton's equations in electrolyte concentration c and
interfacial current j.

With u = phi_s - phi_e = U(theta) + (2RT/F) asinh(j/(2 j0)), Ohm's law in both phases leaves one current for
each pair of neighbours (Doyle, Fuller and Newman 1993, key ``doyle1993``; symbols as there):

    i_e = (u' - u + X (c' - c) + I dx/sigma) / (dx/kappa + dx/sigma),  X = 2 (1 - t+) (1 + dlnf/dlnc) RT/(F c)
    charge:   i_e(right) - i_e(left) = a j dx
    lithium:  F eps dc/dt dx + F N(right) - F N(left) = a j dx,  F N = -F D dc/dx + t+ i_e

j in both is the current of all reactions; beside intercalation there may be side reactions, which follow u.

Each electrode is walked from its current collector to the separator, ``step`` being +1 or -1 along x;
``total`` is the current that arrives there. The walk eliminates 2 x 2 blocks and leaves the changes of c and
j as a function of c in the separator's first node.
"""

from math import sqrt

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.history import copy
from energymodels.kernels.battery.cell.layout import D_E, KAPPA, T_PLUS, TDF
from energymodels.kernels.battery.cell.material import (
    DEPLETED,
    SMALLEST,
    exchange_of_electrolyte,
    keep_positive,
    mix,
    values,
)
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.elementary import log
from energymodels.kernels.jit import inner


@inner
def interfaces(node, first, last, tables, index, coefficients, u_f, s_f, e_f, dudt_f, temperature, dt):
    """Set u and its derivatives by j (through the surface stoichiometry A + G j too) and c at nodes ``first``
    to ``last``.
    """
    theta, c = node[at.THETA, first:last], node[at.C, first:last]
    j, g = node[at.J, first:last], node[at.G, first:last]
    ocp, ocp_slope = node[at.OCP, first:last], node[at.OCP_SLOPE, first:last]
    entropic, entropic_slope = node[at.ENTROPIC, first:last], node[at.ENTROPIC_SLOPE, first:last]
    s, s_slope = node[at.S, first:last], node[at.S_SLOPE, first:last]
    e, e_slope = node[at.E, first:last], node[at.E_SLOPE, first:last]
    a = node[at.A, first:last]
    for k in range(theta.size):
        theta[k] = a[k] + g[k] * j[k]
    values(tables, index, coefficients, u_f, theta, ocp, ocp_slope)
    values(tables, index, coefficients, dudt_f, theta, entropic, entropic_slope)
    values(tables, index, coefficients, s_f, theta, s, s_slope)
    values(tables, index, coefficients, e_f, c, e, e_slope)
    for k in range(theta.size):
        if c[k] <= DEPLETED:
            e[k], e_slope[k] = exchange_of_electrolyte(tables, index, coefficients, e_f, c[k])
            e_slope[k] *= e[k]
        if s[k] < SMALLEST:
            s[k] = SMALLEST
            s_slope[k] = 0.0
    copy(node[at.U0, first:last], ocp)
    copy(node[at.U0_SLOPE, first:last], ocp_slope)
    eta, u, u_j, u_c = (
        node[at.ETA, first:last],
        node[at.U, first:last],
        node[at.U_J, first:last],
        node[at.U_C, first:last],
    )
    volt = 2.0 * GAS * temperature / FARADAY
    for k in range(theta.size):
        twice = 2.0 * e[k] * s[k]
        root = sqrt(j[k] * j[k] + twice * twice)
        size = volt * log((abs(j[k]) + root) / twice)
        eta[k] = size if j[k] >= 0.0 else -size
        ocp[k] += dt * entropic[k]
        ocp_slope[k] += dt * entropic_slope[k]
        u[k] = ocp[k] + eta[k]
        root = volt / root
        u_j[k] = ocp_slope[k] * g[k] + root * (1.0 - j[k] * s_slope[k] / s[k] * g[k])
        u_c[k] = -root * j[k] * e_slope[k] / e[k]


@inner
def electrolytes(node, tables, index, coefficients, temperature, solid):
    """Set kappa, D, X and t+ with their derivatives by c at every node; ``solid`` is the conductivity beside
    the liquid's.
    """
    c, tor = node[at.C], node[at.EFFICIENCY]
    kappa, kappa_slope = node[at.KAPPA], node[at.D_KAPPA]
    d, d_slope = node[at.DIFFUSIVITY], node[at.D_DIFFUSIVITY]
    t, t_slope = node[at.T_PLUS], node[at.D_T_PLUS]
    chi, chi_slope = node[at.CHI], node[at.D_CHI]
    values(tables, index, coefficients, KAPPA, c, kappa, kappa_slope)
    values(tables, index, coefficients, D_E, c, d, d_slope)
    keep_positive(d, d_slope)
    values(tables, index, coefficients, T_PLUS, c, t, t_slope)
    values(tables, index, coefficients, TDF, c, chi, chi_slope)
    if solid > 0.0:
        mix(solid, kappa, kappa_slope, t, t_slope)
    scale = 2.0 * GAS * temperature / FARADAY
    for k in range(c.size):
        kappa[k] *= tor[k]
        kappa_slope[k] *= tor[k]
        d[k] *= tor[k]
        d_slope[k] *= tor[k]
        per = scale / max(c[k], LEAST)
        f = chi[k]
        chi[k] = per * (1.0 - t[k]) * f
        slope = per * ((1.0 - t[k]) * chi_slope[k] - t_slope[k] * f)
        chi_slope[k] = slope - chi[k] / c[k] if c[k] > LEAST else slope


LEAST = 1e-2  # mol m-3: the diffusion potential's 1/c goes no further


@inner
def means(node, k, o, pybamm):
    """Return kappa, X, D and t+ between neighbours ``k`` and ``o`` with their derivatives by c at either, and
    the distance.

    kappa and D are means by distance of the bulk's, times the pores' efficiency of the stretch between the
    nodes; X is a harmonic mean. ``pybamm``: kappa by distance and D harmonic, pores and all.
    """
    w = node[at.DX, k] / (node[at.DX, k] + node[at.DX, o])
    v = 1.0 - w
    distance = 0.5 * (node[at.DX, k] + node[at.DX, o])
    d1 = node[at.DIFFUSIVITY, k]
    d2 = node[at.DIFFUSIVITY, o]
    if pybamm:
        part1 = v
        part2 = w
        d = d1 * d2 / (w * d2 + v * d1)
        r = d / d1
        dd1 = w * r * r
        r = d / d2
        dd2 = v * r * r
    else:
        edge = min(k, o)
        part1 = node[at.PART, edge]
        part2 = node[at.PART_NEXT, edge]
        if k > o:
            part1, part2 = part2, part1
        d = part1 * d1 + part2 * d2
        dd1 = part1
        dd2 = part2
    kappa = part1 * node[at.KAPPA, k] + part2 * node[at.KAPPA, o]
    x1 = node[at.CHI, k]
    x2 = node[at.CHI, o]
    chi = x1 * x2 / (w * x2 + v * x1)
    r = chi / x1
    chi1 = w * r * r * node[at.D_CHI, k]
    r = chi / x2
    chi2 = v * r * r * node[at.D_CHI, o]
    t = v * node[at.T_PLUS, k] + w * node[at.T_PLUS, o]
    return (
        kappa, part1 * node[at.D_KAPPA, k], part2 * node[at.D_KAPPA, o], chi, chi1, chi2,
        d, dd1 * node[at.D_DIFFUSIVITY, k], dd2 * node[at.D_DIFFUSIVITY, o],
        t, v * node[at.D_T_PLUS, k], w * node[at.D_T_PLUS, o], distance,
    )  # fmt: skip


@inner
def eliminate(node, first, step, count, total, sign, sigma, a, alpha, border, pybamm):
    """Eliminate an electrode of ``count`` nodes from its collector (``first``) to the separator.

    ``total`` = sign I arrives at the separator, ``a`` is the surface per volume, ``alpha`` the leading
    coefficient of d/dt. With ``border`` the response to a unit of I is eliminated too. Return what the
    separator's first node gains: the coefficient of its change, a right side, and the right side of a unit of
    I.
    """
    # rows of the current node, lithium (n) and charge (i); columns c and j; right sides r, and b for a unit
    # of I
    nc = 0.0
    nj = 0.0
    ic = 0.0
    ij = 0.0
    rn = 0.0
    ri = 0.0
    bn = 0.0
    bi = 0.0
    n = 0.0
    n_c1 = 0.0
    n_c2 = 0.0
    per_n = 0.0
    for m in range(count):
        k = first + step * m
        o = k + step
        area = a * node[at.DX, k]
        hold = FARADAY * node[at.POROSITY, k] * node[at.DX, k] * alpha
        kappa, kappa1, kappa2, chi, chi1, chi2, d, d1, d2, t, t1, t2, distance = means(node, k, o, pybamm)
        rise = node[at.C, o] - node[at.C, k]
        r = distance / kappa
        if m == count - 1:  # to the separator
            i = total
            i_c1 = 0.0
            i_c2 = 0.0
            i_j1 = 0.0
            i_j2 = 0.0
            per_i = sign
        else:
            q = 1.0 / (r + distance / sigma)
            i = q * (node[at.U, o] - node[at.U, k] + chi * rise + total * distance / sigma)
            s = i * q * r / kappa
            i_c1 = q * (rise * chi1 - node[at.U_C, k] - chi) + s * kappa1
            i_c2 = q * (rise * chi2 + node[at.U_C, o] + chi) + s * kappa2
            i_j1 = -q * node[at.U_J, k]
            i_j2 = q * node[at.U_J, o]
            per_i = q * sign * distance / sigma
        node[at.FLOW, k] = i
        node[at.DROP, k] = chi * rise - r * i
        d *= FARADAY / distance
        s = rise * FARADAY / distance
        n_c1 = d - s * d1 + t * i_c1 + i * t1
        n_c2 = -d - s * d2 + t * i_c2 + i * t2
        n_j1 = t * i_j1
        n_j2 = t * i_j2
        n = -d * rise + t * i
        nc += hold + n_c1 - area * node[at.TOTAL_C, k]
        nj += n_j1 - area * node[at.TOTAL_J, k]
        ic += i_c1 - area * node[at.TOTAL_C, k]
        ij += i_j1 - area * node[at.TOTAL_J, k]
        rn += area * node[at.TOTAL, k] - n - hold * (node[at.C, k] - node[at.C_BACK, k])
        ri += area * node[at.TOTAL, k] - i
        det = 1.0 / (nc * ij - nj * ic)
        f1 = (ij * rn - nj * ri) * det
        f2 = (nc * ri - ic * rn) * det
        e11 = (ij * n_c2 - nj * i_c2) * det
        e12 = (ij * n_j2 - nj * i_j2) * det
        e21 = (nc * i_c2 - ic * n_c2) * det
        e22 = (nc * i_j2 - ic * n_j2) * det
        node[at.R1, k] = f1
        node[at.R2, k] = f2
        node[at.E11, k] = e11
        node[at.E12, k] = e12
        node[at.E21, k] = e21
        node[at.E22, k] = e22
        s = i * r / kappa
        node[at.DROP_C1, k] = rise * chi1 - chi - r * i_c1 + s * kappa1
        node[at.DROP_C2, k] = rise * chi2 + chi - r * i_c2 + s * kappa2
        node[at.DROP_J1, k] = -r * i_j1
        node[at.DROP_J2, k] = -r * i_j2
        node[at.DROP_I, k] = -r * per_i
        if border:
            per_n = t * per_i
            bn -= per_n
            bi -= per_i
            b1 = (ij * bn - nj * bi) * det
            b2 = (nc * bi - ic * bn) * det
            node[at.B1, k] = b1
            node[at.B2, k] = b2
            bn = per_n + n_c1 * b1 + n_j1 * b2
            bi = per_i + i_c1 * b1 + i_j1 * b2
        # the neighbour's rows lose these flows: its lower block is -(n_c1, n_j1; i_c1, i_j1)
        nc = n_c1 * e11 + n_j1 * e21 - n_c2
        nj = n_c1 * e12 + n_j1 * e22 - n_j2
        ic = i_c1 * e11 + i_j1 * e21 - i_c2
        ij = i_c1 * e12 + i_j1 * e22 - i_j2
        rn = n + n_c1 * f1 + n_j1 * f2
        ri = i + i_c1 * f1 + i_j1 * f2
    return nc, rn, bn


@inner
def substitute(node, first, step, count, row1, row2):
    """Back-substitute rows ``row1`` (c) and ``row2`` (j) from the separator, whose change is final, to the
    collector.
    """
    k = first + step * count
    c = node[row1, k]
    j = 0.0
    for _ in range(count):
        k -= step
        a = node[row1, k] - node[at.E11, k] * c - node[at.E12, k] * j
        j = node[row2, k] - node[at.E21, k] * c - node[at.E22, k] * j
        c = a
        node[row1, k] = c
        node[row2, k] = j
