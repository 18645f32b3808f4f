"""Currents of cells whose voltage inside is below 0."""

from math import expm1, log, sqrt

from energymodels.kernels.jit import inline, jit
from energymodels.kernels.pv.cell import lanes as at


@inline
def is_reversed(w, i):
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
def in_reverse(w, centres, current):
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
