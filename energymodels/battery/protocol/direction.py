"""Main direction of a protocol, charge or discharge, from which the default initial SOC follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from energymodels.battery.protocol.words import Step
from energymodels.core.model import Array
from energymodels.kernels.battery.cell import layout

Direction: TypeAlias = Literal["charge", "discharge", "rest"]
PULSE = 0.05  # of a capacity: what moves less does not decide
NOISE = 0.2  # of the farthest that a profile moves charge from its start: what is nearer does not decide
MARGIN = 0.01  # of a state of charge, left to what goes the other way before
SIGNS = {"charge": -1.0, "charge at limits": -1.0, "discharge": 1.0}


@dataclass(frozen=True)
class Course:
    """Which way charge goes first, rest for neither, and whether some of it goes the other way
    ``before``.
    """

    direction: Direction
    before: bool = False

    @property
    def soc(self) -> float:
        """The state of charge from which that can be done."""
        margin = MARGIN if self.before else 0.0
        return margin if self.direction == "charge" else 1.0 - margin


def course(steps: Sequence[Step], rows: Array, order: Array, profiles: Array) -> Course:
    """Return which way the protocol of ``steps`` and ``rows``, run in ``order``, first moves more than a
    pulse.

    Where it never does, the farthest it comes decides.
    """
    found = [_moved(step, row, profiles) for step, row in zip(steps, rows, strict=True)]
    each = np.array([amount for amount, _ in found])[order]
    within = np.array([before for _, before in found])[order]
    way, place = _side(np.cumsum(each), PULSE)
    return Course(way, bool(_against(way, each[:place]) or within[: place + 1].any()))


def _moved(step: Step, row: Array, profiles: Array) -> tuple[float, bool]:
    """Return about what a step discharges, in capacities, and whether some of it goes the other way before.

    It is a whole one where the step ends neither by time nor by a known amount. A current or power counts as
    1C: what that is, the cell says.
    """
    if step.file:
        of = _of_profile(row, profiles)
        return {"charge": -1.0, "discharge": 1.0, "rest": 0.0}[of.direction], of.before
    sign = SIGNS.get(step.kind, 0.0)
    rate = abs(float(row[layout.VALUE])) if row[layout.VALUE_PER_C] == 1.0 else 1.0
    amount = rate * float(row[layout.END_TIME]) / 3600.0
    return sign * (1.0 if np.isnan(amount) else min(amount, 1.0)), False


def _of_profile(row: Array, profiles: Array) -> Course:
    """Return which way a profile first moves charge, or energy, beyond its noise."""
    first, count = int(row[layout.PROFILE_FIRST]), int(row[layout.PROFILE_COUNT])
    time, value = profiles[first : first + count].T
    value = -value if row[layout.VALUE] < 0.0 else value
    last = (
        int(np.searchsorted(time, row[layout.END_TIME])) if np.isfinite(row[layout.END_TIME]) else count - 1
    )
    charge = np.cumsum(0.5 * (value[1:] + value[:-1]) * np.diff(time))[: max(last, 1)]
    way, place = _side(charge, NOISE * float(np.abs(charge).max()))
    return Course(way, _against(way, value[: place + 1]))


def _side(charge: Array, least: float) -> tuple[Direction, int]:
    """Return (the side on which ``charge``, moved by the end of each step, is first farther than ``least``,
    or farthest, where).
    """
    beyond = np.flatnonzero(np.abs(charge) > least)
    place = int(beyond[0]) if beyond.size else int(np.argmax(np.abs(charge)))
    found = float(charge[place])
    if found > 0.0:
        return "discharge", place
    return "charge" if found < 0.0 else "rest", place


def _against(way: Direction, amounts: Array) -> bool:
    """Return whether any of ``amounts``, discharged, goes the other way."""
    return bool((amounts > 0.0).any() if way == "charge" else (amounts < 0.0).any())
