"""The verdict on a statement: one rule for all, and nothing in the data can name one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CONSISTENT, UNUSUAL, INCONSISTENT, UNPUBLISHED, UNCHECKED = VERDICTS = (
    "consistent", "needs unusual assumptions", "inconsistent", "not enough published", "not checked",
)  # fmt: skip
RELATIONS = ("at_least", "at_most", "equals", "shown")
Band = tuple[float, float]


@dataclass(frozen=True)
class Outcome:
    """How a statement fares under one set of assumptions.

    ``met``: per check whether the model meets it, None where that cannot be said; ``skipped``: checks that
    could not be run; ``contradictions``: where the statement disagrees with itself.
    """

    met: tuple[bool | None, ...] = ()
    skipped: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether something was checked, all of it met, and nothing contradicts."""
        known = [one for one in self.met if one is not None]
        return bool(known) and all(known) and not self.contradictions and not self.skipped


def meets(relation: str, claimed: Band, band: Band, tolerance: float = 0.0) -> bool | None:
    """Return whether the model's ``band`` (low, high) holds what is ``claimed`` (low, high); None if only
    shown.

    at_least: the model may reach the least that is claimed; at_most: it may stay below the most; equals: both
    overlap. ``tolerance`` is relative and the model's own error.
    """
    if relation == "shown":
        return None
    low, high = band[0] - tolerance * abs(band[0]), band[1] + tolerance * abs(band[1])
    reaches, stays = high >= claimed[0], low <= claimed[1]
    return {"at_least": reaches, "at_most": stays, "equals": reaches and stays}[relation]


def verdict(plain: Outcome, assumptions: Sequence[tuple[str, Outcome]] = ()) -> tuple[str, tuple[str, ...]]:
    """Return (verdict, the assumptions under which the statement holds) of the plain outcome and of each
    named assumption's.

    Consistent: all checks are met as the statement stands. Needs unusual assumptions: not so, but under a
    named one. Inconsistent: under none of them. Not enough published: nothing can be compared. Not checked:
    what the checks run on is not there.
    """
    if plain.holds:
        return CONSISTENT, ()
    holding = tuple(name for name, outcome in assumptions if outcome.holds)
    if holding:
        return UNUSUAL, holding
    if plain.contradictions or False in plain.met:
        return INCONSISTENT, ()
    return (UNCHECKED if plain.skipped else UNPUBLISHED), ()
