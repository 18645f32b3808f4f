"""Battery cells, the entry: cases one after the other through their protocols."""

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import particle, side
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.clock import absolute, elapsed
from energymodels.kernels.battery.cell.events import END_VOLTAGE, VOLTAGE_MAX, VOLTAGE_MIN
from energymodels.kernels.battery.cell.history import least
from energymodels.kernels.battery.cell.inventory import lithium
from energymodels.kernels.battery.cell.row import RESULTS as RESULTS
from energymodels.kernels.battery.cell.row import ROW as ROW
from energymodels.kernels.battery.cell.start import EXACTLY, begin
from energymodels.kernels.battery.cell.steps import run_step
from energymodels.kernels.jit import inner, jit

EXHAUSTED = 0.01  # of the salt at the start
KEPT = 1e-4  # of the lithium: what is lost beyond is more than any rounding
ROOM = 0.05  # stoichiometry: how far a mean may lie outside of 0 to 1, where no electrode is


@inner
def validity(w, mesh, c, tables, ended):
    """Return the flags of ``row.VALIDITIES`` that a case deserves which ``ended`` as it did."""
    flags = 1.0 if w.memory[at.MOST_SALT] > c.most_salt else 0.0
    if ended not in (END_VOLTAGE, VOLTAGE_MIN, VOLTAGE_MAX):
        return flags
    point = w.points[w.now[at.HEAD]]
    if least(point[at.FIRST :], mesh.n + mesh.s + mesh.p) < EXHAUSTED * c.c_e:
        flags += 2.0
    last = elapsed(w, w.weights[at.TIMES, w.now[at.HEAD]])  # how long the last step took
    if particle.reached(w, mesh, c, tables, last) < mesh.radial[particle.VOLUME, -1] ** 2:
        flags += 4.0
    return flags


@inner
def report(w, mesh, c, tables, fidelity, out, case, ended, last, steps):
    """Write the scalar results of a case, which ``ended`` in its step number ``last``."""
    point = w.points[w.now[at.HEAD]]
    out[to.CAPACITY, case] = point[at.MOVED]
    out[to.CAPACITY_DISCHARGED, case] = point[at.CHARGE]
    out[to.ENERGY, case] = point[at.WORK]
    out[to.ENERGY_DISCHARGED, case] = point[at.ENERGY]
    out[to.DURATION, case] = absolute(w, w.weights[at.TIMES, w.now[at.HEAD]])
    out[to.TEMPERATURE_MAX, case] = w.memory[at.HOTTEST]
    out[to.NEGATIVE_POTENTIAL_MIN, case] = w.memory[at.LEAST_POTENTIAL]
    out[to.HEAT, case] = point[at.HEAT]
    out[to.CELL_CAPACITY, case] = w.memory[at.CELL]
    out[to.TERMINATION, case] = ended
    out[to.LAST_STEP, case] = last
    out[to.TIME_STEPS, case] = steps
    out[to.TIME_10_TO_80, case] = w.memory[at.AT_80] - w.memory[at.AT_10]
    out[to.TIME_0_TO_80, case] = w.memory[at.AT_80] if w.memory[at.SOC] <= EXACTLY else np.nan
    out[to.PLATING_ONSET, case] = w.memory[at.ONSET]
    unit = w.memory[at.NOMINAL] / 3600.0
    out[to.MEAN_RATE, case] = point[at.MOVED] / (out[to.DURATION, case] * unit)
    out[to.PEAK_RATE, case] = w.memory[at.LARGEST_CURRENT] / unit
    out[to.CHARGED, case] = -point[at.CHARGE]
    out[to.HEAT_REJECTED, case] = point[at.HEAT] - c.heat_capacity * (point[at.T] - w.memory[at.FIRST_T])
    out[to.LITHIUM_PLATED, case] = 0.0
    out[to.LITHIUM_DEAD, case] = 0.0
    out[to.LITHIUM_SEI, case] = 0.0
    if side.reacts(c):
        out[to.LITHIUM_PLATED, case] = side.held(w, mesh, c, point, side.PLATED)
        out[to.LITHIUM_DEAD, case] = side.held(w, mesh, c, point, side.DEAD)
        if c.sei > side.CONSTANT:
            out[to.LITHIUM_SEI, case] = side.held(w, mesh, c, point, side.GROWN)
    total = lithium(w, mesh, c, tables, w.now[at.HEAD], fidelity)
    out[to.LITHIUM_GAINED, case] = total / w.memory[at.LITHIUM] - 1.0
    out[to.VALIDITY, case] = validity(w, mesh, c, tables, ended)


@inner
def holds(w, out, case):
    """Return whether a case that ended keeps its lithium, and its electrodes hold between nothing and all.

    A cell so small that the instant with which a step begins takes more than there is does not.
    """
    moved = w.points[w.now[at.HEAD], at.CHARGE]
    lost = out[to.LITHIUM_PLATED, case] + out[to.LITHIUM_DEAD, case] + out[to.LITHIUM_SEI, case]
    negative = w.memory[at.THETA_N] - (moved + lost) / w.memory[at.CHARGE_N]
    positive = w.memory[at.THETA_P] + moved / w.memory[at.CHARGE_P]
    within = min(negative, positive) > -ROOM and max(negative, positive) < 1.0 + ROOM
    return within and abs(out[to.LITHIUM_GAINED, case]) < KEPT


@jit
def solve(
    rows, w, mesh, tables, index, widths, program, profiles, fidelity, axis, series, inside, out, codes
):
    """Run every row (``ROW``) on ``mesh`` with the work arrays ``w``.

    Scalars go to ``out[SCALARS, row]``, series to ``series[SERIES, row, time]`` at the times of ``axis`` (s,
    may be empty), c_e and the surface stoichiometries of the nodes to ``inside[row, time, 2 nodes]`` unless
    that is empty; a status to ``codes[row]``. What a failed case did not reach is NaN. ``tables`` starts with
    the constant 1.
    """
    for row in range(rows.size):
        c = rows[row]
        for q in range(out.shape[0]):
            out[q, row] = np.nan
        for q in range(series.shape[0]):
            for k in range(axis.size):
                series[q, row, k] = np.nan
        if inside.shape[0] > 0:
            for k in range(axis.size):
                for q in range(inside.shape[2]):
                    inside[row, k, q] = np.nan
        codes[row] = (
            begin(w, mesh, c, tables, index, widths, profiles, fidelity)
            if c.area > 0.0
            else status.OUT_OF_RANGE
        )
        if codes[row] != status.OK:
            continue
        total = 0
        ended = 0
        last = 0
        for q in range(c.steps):
            codes[row], ended, steps = run_step(
                w, mesh, c, tables, program[c.first_step + q], profiles, fidelity, axis, series, inside, row
            )
            total += steps
            last = q + 1
            if codes[row] != status.OK or ended in (VOLTAGE_MIN, VOLTAGE_MAX):
                break
        if codes[row] == status.OK:
            report(w, mesh, c, tables, fidelity, out, row, ended, last, total)
            if not holds(w, out, row):
                codes[row] = status.OUT_OF_RANGE
                for q in range(out.shape[0]):
                    out[q, row] = np.nan
