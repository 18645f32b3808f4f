"""Which way a protocol mainly moves charge, to begin with: what decides where a cell had better start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from energymodels.battery.protocol_words import Step
from energymodels.kernels.battery import layout
from energymodels.model import Array

Direction: TypeAlias = Literal["charge", "discharge", "rest"]
PULSE = 0.05  # of a capacity: what moves less does not decide
NOISE = 0.2  # of the farthest that a profile moves charge from its begin: what is nearer does not decide
SIGNS = {"charge": -1.0, "charge at limits": -1.0, "discharge": 1.0}


def direction(steps: Sequence[Step], rows: Array, order: Array, profiles: Array) -> Direction:
    """Return which way the protocol of ``steps`` and ``rows``, run in ``order``, first moves more than a pulse; rest: neither way.

    Where it never does, the farthest it comes decides.
    """
    each = np.array([moved(step, row, profiles) for step, row in zip(steps, rows, strict=True)])
    return _side(np.cumsum(each[order]), PULSE)


def moved(step: Step, row: Array, profiles: Array) -> float:
    """Return about what a step discharges, in capacities: all of one where it ends neither by time nor by a known amount.

    A current or power counts as 1C: what that is, the cell says.
    """
    if step.file:
        return {"charge": -1.0, "discharge": 1.0, "rest": 0.0}[_of_profile(row, profiles)]
    sign = SIGNS.get(step.kind, 0.0)
    rate = abs(float(row[layout.VALUE])) if row[layout.VALUE_PER_C] == 1.0 else 1.0
    amount = rate * float(row[layout.END_TIME]) / 3600.0
    return sign * min(amount, 1.0) if amount == amount else sign


def _of_profile(row: Array, profiles: Array) -> Direction:
    """Return which way a profile first moves charge, or energy, beyond its noise."""
    first, count = int(row[layout.PROFILE_FIRST]), int(row[layout.PROFILE_COUNT])
    time, value = profiles[first : first + count].T
    charge = np.cumsum(0.5 * (value[1:] + value[:-1]) * np.diff(time))
    ended = time[:-1] < row[layout.END_TIME] if np.isfinite(row[layout.END_TIME]) else np.full(charge.shape, True)
    charge = charge[ended]
    return _side(charge if not row[layout.VALUE] < 0.0 else -charge, NOISE * float(np.abs(charge).max()))


def _side(charge: Array, least: float) -> Direction:
    """Return the side on which ``charge``, discharged by the end of each step, is first farther than ``least``, or farthest."""
    beyond = np.flatnonzero(np.abs(charge) > least)
    place = int(beyond[0]) if beyond.size else int(np.argmax(np.abs(charge)))
    found = float(charge[place])
    return "discharge" if found > 0.0 else "charge" if found < 0.0 else "rest"
