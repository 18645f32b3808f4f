"""Silicon cell with flat quasi-Fermi levels: everything is an explicit function of one excess density dn.

Internal voltage: V = kT/q ln(n p / n_ie^2), with n_ie by gap narrowing at the same injection. Recombination:
emission of the slab,
 Auger, SRH, and the two surfaces as J0 (exp(qV/kT) - 1). Terminal voltage: V - J R_s. The solvers step in u =
 ln dn.

Cases go through ``lanes`` in groups; a group is always full (its last case is repeated), so a case never
depends on its neighbours.
"""

from math import exp, log

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.constants import PER_CM3
from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.cell import lanes as at
from energymodels.kernels.pv.cell.power import peak
from energymodels.kernels.pv.cell.reverse import in_reverse, is_reversed
from energymodels.kernels.pv.cell.row import (
    DN_MP,
    DN_OC,
    ETA,
    FF,
    IMPLIED,
    J_MP,
    J_SC,
    M_MP,
    M_OC,
    MP,
    OC,
    PFF,
    TAU_15,
    TAU_MP,
    V_MP,
    V_OC,
)
from energymodels.kernels.pv.cell.row import RESULTS as RESULTS
from energymodels.kernels.pv.cell.row import ROW as ROW
from energymodels.kernels.pv.cell.voltage import at_voltage, open_circuit
from energymodels.kernels.pv.cell.writing import bulk_lifetime, write_centres, write_dark, write_point
from energymodels.kernels.pv.metals.capture import at_temperature
from energymodels.kernels.pv.metals.layout import AT_T, CENTRES, LEVELS

DN_15 = log(1e15 * PER_CM3)
# A m-2: less is dark, since powers would not be normal numbers; what is searched with then
FAINT, BRIGHT = 1e-130, 100.0


@inline
def _metallised(c):
    """Return whether metal or a shunt sets the cell apart from its precursor."""
    return c.shunt > 0.0 or c.j0_passivated != c.j0_front + c.j0_rear


@inline
def _judge(c):
    """Return the status of a case before it is solved."""
    if not (c.n0 > 0.0 and c.p0 > 0.0 and c.generation >= 0.0):  # NaN: a resistivity that no doping gives
        return status.OUT_OF_RANGE
    lossy = c.shunt + c.series + c.j0_front + c.j0_rear + c.j0_passivated
    return status.OK if lossy < np.inf and c.generation < np.inf else status.OUT_OF_RANGE


@inline
def _possible(c, out, k):
    """Return whether what was found of a case in the light can be.

    Far beyond the range of gap narrowing, such as at a compensation of 1e20 cm-3, the voltage falls
    with injection: the equations then have roots of negative voltage, or of more power than the
    light's.
    """
    if c.generation < FAINT:
        return True
    power = out[V_MP, k] * out[J_MP, k]
    return (
        min(out[V_OC, k], out[IMPLIED, k], out[V_MP, k]) >= 0.0
        and out[J_MP, k] <= c.generation
        and power <= c.irradiance
    )


@inline
def _load(w, lane, c, levels, now, centres):
    """Put a case into a lane, its levels brought to its temperature: ``now`` keeps those of the last case,
    row -1 its T and n_i.
    """
    last = now[-1, 0]
    if centres[1] > 0 and (last[0] != c.temperature or last[1] != c.n_i):
        for k in range(levels.shape[0]):
            at_temperature(levels[k], c.temperature, c.n_i, now[k])
        last[0] = c.temperature
        last[1] = c.n_i
    at.load(w, lane, c, now, centres)


@jit
def _solve_group(rows, first, levels, now, owners, centres, out, split, w):
    """Solve the cases from ``first`` on, as many as there are lanes."""
    cases = min(at.LANES, rows.size - first)
    resistive = False
    dark = False
    precursor = False
    hilly = False
    for i in range(at.LANES):
        c = rows[first + min(i, cases - 1)]
        _load(w, i, c, levels, now, centres)
        w[at.FAILED + i] = 0.0
        w[at.TARGET + i] = 0.0
        resistive = resistive or c.series > 0.0
        hilly = hilly or w[at.HILLS + i] > 0.0
        precursor = precursor or _metallised(c)
        if c.generation < FAINT:  # any other current for the searches: in the dark nothing is left to find
            w[at.JG + i] = BRIGHT
            dark = True
    for i in range(at.LANES):
        w[at.U + i] = DN_15
    at.state(w, centres)
    for i in range(cases):
        out[TAU_15, first + i] = bulk_lifetime(w, i, rows[first + i])
    for i in range(at.LANES):
        w[at.U + i] = at.U_START
    open_circuit(w, centres)
    for i in range(cases):
        k = first + i
        out[V_OC, k] = out[IMPLIED, k] = w[at.V + i]
        out[DN_OC, k] = exp(w[at.U + i])
        out[M_OC, k] = write_point(w, i, rows[k], out, k, OC)
        out[J_SC, k] = w[at.JG + i]
    for i in range(at.LANES):  # a guess: from open circuit down to a few percent of the current
        w[at.OC_U + i] = w[at.U + i]
        lost = log(w[at.KT + i] / (max(w[at.V + i], 0.0) + 1e-6))
        w[at.U + i] += min(lost, -0.1) / max(0.5 + 0.5 * w[at.DTOTAL + i] / w[at.TOTAL + i], 0.5)
    peak(w, centres, hilly)
    for i in range(cases):
        k = first + i
        j = w[at.JG + i] - w[at.TOTAL + i]
        v = w[at.V + i] - j * w[at.SERIES + i]
        out[J_MP, k] = j
        out[V_MP, k] = v
        out[DN_MP, k] = exp(w[at.U + i])
        out[M_MP, k] = write_point(w, i, rows[k], out, k, MP)
        out[TAU_MP, k] = bulk_lifetime(w, i, rows[k])
        if split.size > 0:
            write_centres(w, i, owners, centres[2], split[k])
        out[PFF, k] = v * j
    if resistive:
        for i in range(at.LANES):
            w[at.SERIES + i] = 0.0
        peak(w, centres, hilly)
        for i in range(cases):  # only where it is asked for: a case's bits must not depend on its group
            if rows[first + i].series > 0.0:
                out[PFF, first + i] = w[at.V + i] * (w[at.JG + i] - w[at.TOTAL + i])
        for i in range(at.LANES):
            w[at.SERIES + i] = rows[first + min(i, cases - 1)].series
        at_voltage(w, centres)
        for i in range(cases):
            if w[at.SERIES + i] > 0.0:
                out[J_SC, first + i] = w[at.JG + i] - w[at.TOTAL + i]
    if precursor:
        for i in range(at.LANES):
            w[at.SHUNT + i] = 0.0
            w[at.J0S + i] = rows[first + min(i, cases - 1)].j0_passivated
            w[at.U + i] = w[at.OC_U + i]
        open_circuit(w, centres)
        for i in range(cases):
            if _metallised(rows[first + i]):
                out[IMPLIED, first + i] = w[at.V + i]
    for i in range(cases):
        k = first + i
        out[FF, k] = out[V_MP, k] * out[J_MP, k] / (out[V_OC, k] * out[J_SC, k])
        # the current at zero voltage without series resistance
        out[PFF, k] /= out[V_OC, k] * rows[k].generation
        out[ETA, k] = out[V_MP, k] * out[J_MP, k] / rows[k].irradiance
    if dark:
        for i in range(at.LANES):
            w[at.U + i] = at.U_DARK
        at.state(w, centres)
        for i in range(cases):
            if rows[first + i].generation < FAINT:
                write_dark(out, first + i, bulk_lifetime(w, i, rows[first + i]), rows[first + i].irradiance)
                if split.size > 0:
                    split[first + i] = 0.0


@jit
def solve(rows, levels, owners, single, out, split, codes):
    """Solve every row (``ROW``): scalars to ``out[SCALARS, row]`` in SI, a status to ``codes[row]``; NaN
    where it is not OK.

    ``levels`` (set, LEVELS, COLUMNS) are the levels of centres as ``impurity.capture`` takes them. Each case
    has ``owners.size`` centres and picks a set for each; the first ``single`` of them have one level in every
    set. What they recombine at maximum power goes, unless ``split`` is empty, to ``split[row, owner]``, A
    m-2.
    """
    w = np.empty(at.SLOTS)
    now = np.full((levels.shape[0] + 1, LEVELS, AT_T), np.nan)
    centres = (single, owners.size, np.empty((CENTRES, at.COLUMNS, at.LANES)))
    for first in range(0, rows.size, at.LANES):
        _solve_group(rows, first, levels, now, owners, centres, out, split, w)
        for i in range(min(at.LANES, rows.size - first)):
            k = first + i
            code = _judge(rows[k])
            if code == status.OK and w[at.FAILED + i] != 0.0:
                code = status.NO_CONVERGENCE
            elif code == status.OK and not _possible(rows[k], out, k):
                code = status.OUT_OF_RANGE
            codes[k] = code
            if codes[k] != status.OK:
                out[:, k] = np.nan
                if split.size > 0:
                    split[k] = np.nan


@jit
def curves(rows, levels, owners, single, voltage, out, codes):
    """Write J, A m-2, of every row at every terminal ``voltage`` (V) to ``out[row, voltage]``.

    NaN beyond the voltage at which the excess density passes the largest, and for rows whose ``codes`` are
    not OK; a voltage at which no current was found makes that of its row.
    """
    w = np.empty(at.SLOTS)
    now = np.full((levels.shape[0] + 1, LEVELS, AT_T), np.nan)
    current = np.empty(at.LANES)
    centres = (single, owners.size, np.empty((CENTRES, at.COLUMNS, at.LANES)))
    for k in range(rows.size):
        for first in range(0, voltage.size, at.LANES):
            if codes[k] != status.OK:
                out[k, first : first + at.LANES] = np.nan
                continue
            below = False
            for i in range(at.LANES):
                _load(w, i, rows[k], levels, now, centres)
                w[at.FAILED + i] = 0.0
                w[at.TARGET + i] = voltage[min(first + i, voltage.size - 1)]
                below = below or is_reversed(w, i)
                w[at.TARGET + i] = max(w[at.TARGET + i], -w[at.SERIES + i] * w[at.JG + i])
            at_voltage(w, centres)
            for i in range(min(at.LANES, voltage.size - first)):
                out[k, first + i] = w[at.JG + i] - w[at.TOTAL + i] if w[at.DONE + i] > 0.0 else np.nan
                if w[at.FAILED + i] != 0.0:
                    codes[k] = status.NO_CONVERGENCE
            if below:
                for i in range(at.LANES):
                    w[at.TARGET + i] = voltage[min(first + i, voltage.size - 1)]
                in_reverse(w, centres, current)
                for i in range(min(at.LANES, voltage.size - first)):
                    if is_reversed(w, i):
                        out[k, first + i] = current[i]
