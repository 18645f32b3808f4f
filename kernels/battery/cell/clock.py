"""Time in a case: a local clock that shows small numbers, and the moments it counts from.

The times of the points count from a moment that moves on with the case, so that a step of 1 ns is as exact
after ten years as at the start: ``BEGAN`` is when the step of the protocol began, ``ELAPSED`` how long after
that the local clock stood at 0, both in s.
"""

from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.jit import inner


@inner
def elapsed(w, t):
    """Return the time since the step of the protocol began, s, of ``t`` on the local clock."""
    return w.memory[at.ELAPSED] + t


@inner
def absolute(w, t):
    """Return the time since the case began, s, of ``t`` on the local clock."""
    return w.memory[at.BEGAN] + elapsed(w, t)


@inner
def set_clock(w, zero, since):
    """Let the local clock count from what it called ``zero``, which is the time ``since`` after the
    protocol's step began, s.
    """
    times = w.weights[at.TIMES]
    for q in range(at.HISTORY):
        times[q] -= zero
    w.memory[at.ELAPSED] = since


@inner
def begin_step(w):
    """Let a step of the protocol begin now, the local clock standing at 0."""
    w.memory[at.BEGAN] += w.memory[at.ELAPSED]
    w.memory[at.ELAPSED] = 0.0
