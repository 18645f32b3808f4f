"""Silicon cell with flat quasi-Fermi levels: everything is an explicit function of one excess density dn.

Internal voltage: V = kT/q ln(n p / n_ie^2), with n_ie by gap narrowing at the same injection. Recombination:
emission of the slab,
 Auger, SRH, and the two surfaces as J0 (exp(qV/kT) - 1). Terminal voltage: V - J R_s. The solvers step in u =
 ln dn.

Cases go through ``lanes`` in groups; a group is always full (its last case is repeated), so a case never
depends on its neighbours.
"""

from math import exp, expm1, log, sqrt

import numpy as np

from energymodels.kernels import elementary, status
from energymodels.kernels.constants import PER_CM3, Q
from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.cell import lanes as at
from energymodels.kernels.pv.metals.capture import at_temperature
from energymodels.kernels.pv.metals.layout import AT_T, CENTRES, LEVELS

ROW = np.dtype(
    [
        ("temperature", "f8"),  # K
        ("thickness", "f8"),  # m
        ("n0", "f8"),  # equilibrium densities and ionised dopants, m-3
        ("p0", "f8"),
        ("ions", "f8"),
        ("narrowing", "f8"),  # in equilibrium, eV
        ("tau_n", "f8"),  # SRH capture times, s
        ("tau_p", "f8"),
        ("n1", "f8"),  # SRH level densities, m-3
        ("p1", "f8"),
        ("auger", "i8"),
        ("auger_doped", "f8"),  # Richter: doping part, m3 s-1
        ("auger_injected", "f8"),  # Richter: factor of dn^0.92
        ("j0_radiative", "f8"),  # A m-2
        ("j0_front", "f8"),
        ("j0_rear", "f8"),
        ("j0_passivated", "f8"),  # both surfaces before metallisation
        ("series", "f8"),  # ohm m2, contacts included
        ("shunt", "f8"),  # S m-2
        ("generation", "f8"),  # A m-2
        ("irradiance", "f8"),  # W m-2
        ("n_i", "f8"),  # without narrowing, m-3
        ("density", "f8", (CENTRES,)),  # of centres of metals, m-3, and which of the sets of levels ...
        ("pick", "i4", (CENTRES,)),  # ... of all cases each has
    ]
)
SPLIT = ("radiative", "auger", "srh", "front", "rear", "shunt")
RESULTS = (
    "v_oc", "j_sc", "v_mp", "j_mp", "implied_v_oc", "fill_factor", "pseudo_fill_factor", "efficiency",
    "excess_density_mp", "excess_density_oc", "ideality_mp", "ideality_oc", "bulk_lifetime_mpp",
    "bulk_lifetime_1e15",
    *(f"j_{by}_{point}" for point in ("mp", "oc") for by in SPLIT),
)  # fmt: skip
SCALARS = len(RESULTS)
V_OC, J_SC, V_MP, J_MP, IMPLIED, FF, PFF, ETA, DN_MP, DN_OC, M_MP, M_OC, TAU_MP, TAU_15 = range(14)
MP, OC = (RESULTS.index(f"j_{SPLIT[0]}_{point}") for point in ("mp", "oc"))  # where blocks of SPLIT begin
DN_15 = log(1e15 * PER_CM3)
# share of its equation that a search may leave open when it ends: the last steps are far smaller
CLOSE = 1e-6
NO_VOLTAGE = 1e-15  # V, below which round-off of the gap is all there is
# A m-2: less is dark, since powers would not be normal numbers; what is searched with then
FAINT, BRIGHT = 1e-130, 100.0


@jit
def _open_circuit(w, centres):
    """Take every lane from its u to where recombination equals generation, by Newton's method on
    ln J(ln dn).
    """
    at.begin(w)
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            residual = elementary.log(max(w[at.TOTAL + i] / w[at.JG + i], 1e-300))
            at.advance(w, i, -residual * w[at.TOTAL + i] / w[at.DTOTAL + i], residual > 0.0, 1e-8, number)
        if at.all_done(w):
            break
    at.finish(w, centres)
    for i in range(at.LANES):
        if not abs(w[at.TOTAL + i] - w[at.JG + i]) <= CLOSE * w[at.JG + i]:
            w[at.FAILED + i] = 1.0


@jit
def _maximum_power(w, centres):
    """Take every lane from its u, within its brackets, to the largest (V - J R_s) J.

    There J = s (V - 2 R_s J) with s = dJ_rec/dV; the logarithm of the ratio of both sides is nearly a
    straight line in u: one step with the slope of ln J_rec, then secants.
    """
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            j = w[at.JG + i] - w[at.TOTAL + i]
            lever = w[at.V + i] - 2.0 * w[at.SERIES + i] * j
            f = (
                elementary.log(w[at.DTOTAL + i] * lever / (w[at.DV + i] * j))
                if lever > 0.0 and j > 0.0
                else np.nan
            )
            secant = (w[at.U + i] - w[at.LAST_U + i]) / (f - w[at.LAST_F + i])
            usable = secant > 0.0  # False for NaN, as in the first round
            step = -f * (secant if usable else w[at.TOTAL + i] / w[at.DTOTAL + i])
            w[at.LAST_U + i] = w[at.U + i]
            w[at.LAST_F + i] = f
            # J is a difference: what is small in u must be small in J
            close = 3e-6 * min(1.0, abs(j) / w[at.DTOTAL + i])
            at.advance(w, i, step, f > 0.0 or j <= 0.0, close, number)
        if at.all_done(w):
            break
    at.finish(w, centres)


@inline
def _power(w, i):
    j = w[at.JG + i] - w[at.TOTAL + i]
    return (w[at.V + i] - j * w[at.SERIES + i]) * j


@inline
def _spacing(w, i):
    """Return the spacing of the scan, which ends where recombination at low injection is below a percent of
    the light's.
    """
    return (w[at.HILLS + i] + 6.0) / at.SCAN


@jit
def _scan(w, centres):
    """Scan the power from open circuit down and note the two highest hills among the samples."""
    for i in range(at.LANES):
        w[at.U + i] = w[at.OC_U + i]
        w[at.PREV_P + i] = 0.0
        w[at.RISES + i] = 0.0
        w[at.BEST_P + i] = -1.0
        w[at.NEXT_P + i] = -1.0
    for _ in range(at.SCAN):
        for i in range(at.LANES):
            w[at.U + i] -= _spacing(w, i)
        at.state(w, centres)
        for i in range(at.LANES):
            power = _power(w, i)
            top = w[at.PREV_P + i] if w[at.RISES + i] == 1.0 and power < w[at.PREV_P + i] else -2.0
            place = w[at.U + i] + _spacing(w, i)
            best = top > w[at.BEST_P + i]
            second = not best and top > w[at.NEXT_P + i]
            next_u = place if second else w[at.NEXT_U + i]
            next_p = top if second else w[at.NEXT_P + i]
            w[at.NEXT_U + i] = w[at.BEST_U + i] if best else next_u
            w[at.NEXT_P + i] = w[at.BEST_P + i] if best else next_p
            w[at.BEST_U + i] = place if best else w[at.BEST_U + i]
            w[at.BEST_P + i] = top if best else w[at.BEST_P + i]
            w[at.RISES + i] = 1.0 if power >= w[at.PREV_P + i] else 0.0
            w[at.PREV_P + i] = power


@inline
def _bracket(w, i, u):
    w[at.LOW + i] = u - _spacing(w, i)
    w[at.HIGH + i] = u + _spacing(w, i)
    w[at.U + i] = u


@jit
def _peak(w, centres, hilly):
    """Take every lane from its guess u to the highest power; where there may be two hills of nearly one
    height, climb both.
    """
    at.begin(w)
    if hilly:
        for i in range(at.LANES):
            w[at.LAST_F + i] = w[at.U + i]
        _scan(w, centres)
        for i in range(at.LANES):
            w[at.U + i] = w[at.LAST_F + i]
            if w[at.HILLS + i] > 0.0 and w[at.BEST_P + i] > 0.0:
                _bracket(w, i, w[at.BEST_U + i])
    _maximum_power(w, centres)
    again = False
    for i in range(at.LANES):
        close = hilly and w[at.HILLS + i] > 0.0 and w[at.NEXT_P + i] > 0.9 * w[at.BEST_P + i]
        w[at.BEST_U + i] = w[at.U + i]
        w[at.BEST_P + i] = _power(w, i) if close else np.inf
        if close:
            _bracket(w, i, w[at.NEXT_U + i])
            w[at.DONE + i] = 0.0
            w[at.LAST_U + i] = np.nan
            again = True
    if again:
        _maximum_power(w, centres)
        for i in range(at.LANES):
            w[at.U + i] = w[at.U + i] if _power(w, i) > w[at.BEST_P + i] else w[at.BEST_U + i]
        at.state(w, centres)
    for i in range(at.LANES):
        if not _on_top(w, i):
            w[at.FAILED + i] = 1.0


@inline
def _on_top(w, i):
    """Return whether a lane stands where J = s (V - 2 R_s J)."""
    j = w[at.JG + i] - w[at.TOTAL + i]
    lever = w[at.V + i] - 2.0 * w[at.SERIES + i] * j
    return j > 0.0 and abs(w[at.DTOTAL + i] * lever - w[at.DV + i] * j) <= 0.1 * w[at.DV + i] * j


@jit
def _at_voltage(w, centres):
    """Take every lane to the terminal voltage in its TARGET slot, by Newton's method; the voltage inside is
    not below 0.

    DONE becomes -1 where the excess density would pass the largest.
    """
    at.begin(w)
    for i in range(at.LANES):
        v = (w[at.TARGET + i] + w[at.JG + i] * w[at.SERIES + i]) / (1.0 + w[at.SERIES + i] * w[at.SHUNT + i])
        half = 0.5 * (w[at.N0 + i] + w[at.P0 + i])
        pair = w[at.N0 + i] * w[at.P0 + i] * expm1(min(v / (w[at.KT + i]), 60.0))
        w[at.U + i] = min(
            max(log(max(pair / (half + sqrt(half * half + pair)), 1e-300)), at.U_MIN + 0.7), at.U_MAX - 0.1
        )
    for number in range(at.ROUNDS):
        at.state(w, centres)
        for i in range(at.LANES):
            j = w[at.JG + i] - w[at.TOTAL + i]
            beyond = w[at.V + i] - w[at.SERIES + i] * j - w[at.TARGET + i]
            at.advance(
                w,
                i,
                -beyond / (w[at.DV + i] + w[at.SERIES + i] * w[at.DTOTAL + i]),
                beyond > 0.0,
                1e-8,
                number,
            )
        if at.all_done(w):
            break
    at.finish(w, centres)
    for i in range(at.LANES):
        beyond = w[at.V + i] + w[at.SERIES + i] * (w[at.TOTAL + i] - w[at.JG + i]) - w[at.TARGET + i]
        if (
            not abs(beyond)
            <= CLOSE * (abs(w[at.TARGET + i]) + w[at.V + i] + w[at.SERIES + i] * w[at.JG + i]) + NO_VOLTAGE
        ):
            if w[at.U + i] > at.U_MAX - 1e-6:
                w[at.DONE + i] = -1.0
            else:
                w[at.FAILED + i] = 1.0


@inline
def _reversed(w, i):
    """Return whether the voltage inside is below 0 at the lane's TARGET: there is next to no recombination
    then.
    """
    return w[at.TARGET + i] + w[at.SERIES + i] * w[at.JG + i] < 0.0


@inline
def _enter_reverse(w, i, v):
    """Put a lane to the internal voltage ``v`` below 0, where gap narrowing is that of equilibrium."""
    half = 0.5 * (w[at.N0 + i] + w[at.P0 + i])
    pair = w[at.N0 + i] * w[at.P0 + i] * expm1(v / w[at.KT + i])
    most = min(w[at.N0 + i], w[at.P0 + i]) * (1.0 - 1e-12)
    lacking = min(-pair / (half + sqrt(max(half * half + pair, 0.0))), most)
    w[at.SIGN + i] = -1.0
    w[at.U + i] = max(log(max(lacking, 1e-300)), at.U_MIN)


@jit
def _in_reverse(w, centres, current):
    """Write the current, A m-2, of every lane at its TARGET, which leaves the inside below 0 V, to
    ``current[lane]``.

    What recombines is at most 0 and rises with the voltage inside, which is found by bisection.
    """
    for i in range(at.LANES):
        w[at.LOW + i] = min(
            (w[at.TARGET + i] + w[at.SERIES + i] * w[at.JG + i]) / (1.0 + w[at.SERIES + i] * w[at.SHUNT + i]),
            0.0,
        )
        w[at.HIGH + i] = w[at.LOW + i] if w[at.SERIES + i] == 0.0 else 0.0
    for _ in range(at.ROUNDS):
        for i in range(at.LANES):
            _enter_reverse(w, i, 0.5 * (w[at.LOW + i] + w[at.HIGH + i]))
        at.state(w, centres)
        for i in range(at.LANES):
            v = 0.5 * (w[at.LOW + i] + w[at.HIGH + i])
            j0 = w[at.J0R + i] + w[at.J0S + i]
            current[i] = (
                w[at.JG + i]
                - w[at.AUG + i]
                - w[at.SRH + i]
                - j0 * expm1(v / w[at.KT + i])
                - w[at.SHUNT + i] * v
            )
            above = v - w[at.SERIES + i] * current[i] > w[at.TARGET + i]
            w[at.HIGH + i] = v if above else w[at.HIGH + i]
            w[at.LOW + i] = w[at.LOW + i] if above else v


@inline
def _write_point(w, lane, c, out, k, first):
    """Write the recombination split to ``out[first:first+6, k]``; return the local ideality."""
    out[first, k] = w[at.J0R + lane] * w[at.EM1 + lane]
    out[first + 1, k] = w[at.AUG + lane]
    out[first + 2, k] = w[at.SRH + lane]
    out[first + 3, k] = c.j0_front * w[at.EM1 + lane]
    out[first + 4, k] = c.j0_rear * w[at.EM1 + lane]
    out[first + 5, k] = w[at.SHUNT + lane] * w[at.V + lane]
    return w[at.TOTAL + lane] * w[at.DV + lane] / (w[at.DTOTAL + lane] * w[at.KT + lane])


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
def _bulk_lifetime(w, i, c):
    """Return the lifetime, s, that emission, Auger and all levels leave the bulk."""
    return Q * c.thickness * w[at.DN + i] / (w[at.J0R + i] * w[at.EM1 + i] + w[at.AUG + i] + w[at.SRH + i])


@inline
def _write_centres(w, lane, owners, table, out):
    """Add what each centre recombines, A m-2, to its owner's place in ``out``."""
    out[:] = 0.0
    for k in range(owners.size):
        out[owners[k]] += at.recombined(w, lane, table[k])


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


@inline
def _write_dark(out, k, lifetime, irradiance):
    """Write a case without generation: no voltage and no current, and none of what is a ratio to them."""
    at_1e15 = out[TAU_15, k]
    out[:, k] = 0.0
    out[TAU_15, k], out[TAU_MP, k] = at_1e15, lifetime
    out[FF, k] = out[PFF, k] = out[M_MP, k] = out[M_OC, k] = np.nan
    if irradiance == 0.0:
        out[ETA, k] = np.nan


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
        out[TAU_15, first + i] = _bulk_lifetime(w, i, rows[first + i])
    for i in range(at.LANES):
        w[at.U + i] = at.U_START
    _open_circuit(w, centres)
    for i in range(cases):
        k = first + i
        out[V_OC, k] = out[IMPLIED, k] = w[at.V + i]
        out[DN_OC, k] = exp(w[at.U + i])
        out[M_OC, k] = _write_point(w, i, rows[k], out, k, OC)
        out[J_SC, k] = w[at.JG + i]
    for i in range(at.LANES):  # a guess: from open circuit down to a few percent of the current
        w[at.OC_U + i] = w[at.U + i]
        lost = log(w[at.KT + i] / (w[at.V + i] + 1e-6))
        w[at.U + i] += min(lost, -0.1) / max(0.5 + 0.5 * w[at.DTOTAL + i] / w[at.TOTAL + i], 0.5)
    _peak(w, centres, hilly)
    for i in range(cases):
        k = first + i
        j = w[at.JG + i] - w[at.TOTAL + i]
        v = w[at.V + i] - j * w[at.SERIES + i]
        out[J_MP, k] = j
        out[V_MP, k] = v
        out[DN_MP, k] = exp(w[at.U + i])
        out[M_MP, k] = _write_point(w, i, rows[k], out, k, MP)
        out[TAU_MP, k] = _bulk_lifetime(w, i, rows[k])
        if split.size > 0:
            _write_centres(w, i, owners, centres[2], split[k])
        out[PFF, k] = v * j
    if resistive:
        for i in range(at.LANES):
            w[at.SERIES + i] = 0.0
        _peak(w, centres, hilly)
        for i in range(cases):  # only where it is asked for: a case's bits must not depend on its group
            if rows[first + i].series > 0.0:
                out[PFF, first + i] = w[at.V + i] * (w[at.JG + i] - w[at.TOTAL + i])
        for i in range(at.LANES):
            w[at.SERIES + i] = rows[first + min(i, cases - 1)].series
        _at_voltage(w, centres)
        for i in range(cases):
            if w[at.SERIES + i] > 0.0:
                out[J_SC, first + i] = w[at.JG + i] - w[at.TOTAL + i]
    if precursor:
        for i in range(at.LANES):
            w[at.SHUNT + i] = 0.0
            w[at.J0S + i] = rows[first + min(i, cases - 1)].j0_passivated
            w[at.U + i] = w[at.OC_U + i]
        _open_circuit(w, centres)
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
                _write_dark(out, first + i, _bulk_lifetime(w, i, rows[first + i]), rows[first + i].irradiance)
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
            codes[k] = status.NO_CONVERGENCE if code == status.OK and w[at.FAILED + i] != 0.0 else code
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
                below = below or _reversed(w, i)
                w[at.TARGET + i] = max(w[at.TARGET + i], -w[at.SERIES + i] * w[at.JG + i])
            _at_voltage(w, centres)
            for i in range(min(at.LANES, voltage.size - first)):
                out[k, first + i] = w[at.JG + i] - w[at.TOTAL + i] if w[at.DONE + i] > 0.0 else np.nan
                if w[at.FAILED + i] != 0.0:
                    codes[k] = status.NO_CONVERGENCE
            if below:
                for i in range(at.LANES):
                    w[at.TARGET + i] = voltage[min(first + i, voltage.size - 1)]
                _in_reverse(w, centres, current)
                for i in range(min(at.LANES, voltage.size - first)):
                    if _reversed(w, i):
                        out[k, first + i] = current[i]
