"""Review of a plan before it is solved: faults, notes, fields without effect, published alternatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import Fault
from energymodels.core.values import Fields, Used

if TYPE_CHECKING:
    from energymodels.core.solution import Solution

Alternative: TypeAlias = tuple[str, Fields]  # its name, and what it sets: {path: value}


@dataclass(frozen=True)
class Remark:
    """A plausibility warning and its cases: ``where`` is a boolean array that broadcasts over the grid."""

    text: str
    where: Array


@dataclass(frozen=True)
class Context:
    """The fields of a plan, and what is swept of them.

    ``fields`` {path: value} are those in use, swept ones at their first value; ``along`` {path: values} are
    the swept ones. ``columns`` {path: array} broadcast over the grid; ``given`` are the paths that somebody
    wrote or sweeps.
    """

    model: str
    fields: Fields
    along: Mapping[str, Array] = field(default_factory=dict)
    columns: Mapping[str, Array] = field(default_factory=dict)
    given: Collection[str] = ()

    @property
    def swept(self) -> set[str]:
        """The paths of the swept fields."""
        return set(self.along)

    @cached_property
    def used(self) -> Used:
        """{path: every label or text in use, or one number} of all fields."""
        return {
            path: np.unique(self.along[path]).tolist()
            if path in self.along and self.along[path].dtype.kind in "UO"
            else [value]
            for path, value in self.fields.items()
        }

    def words(self, path: str) -> list[Any]:
        """Return every value of a field in use, once each and in their order."""
        return list(dict.fromkeys(self.along[path].tolist())) if path in self.along else [self.fields[path]]


class Review:
    """Checks and notes of a model on a ``Context``; a model with its own checks has a subclass."""

    def __init__(self, of: Context) -> None:
        self.of = of

    def faults(self) -> list[Fault]:
        """Return faults in the combination of fields that are valid one by one."""
        return []

    def impossible(self) -> list[Fault]:
        """Return why a case cannot exist although each field is valid; in a sweep such a case gets a
        status.
        """
        return []

    def notes(self) -> list[str]:
        """Return notes on the fields in use: recalled or assumed values, missing data."""
        return []

    def without_effect(self) -> dict[str, str]:
        """Return {swept path: why it has no effect, or not everywhere}."""
        return {}

    def doubts(self) -> list[Remark]:
        """Return plausibility warnings; the ``usual`` ranges of fields are checked elsewhere."""
        return []

    def alternatives(self) -> list[Alternative]:
        """Return the published alternatives to the data in use, one at a time.

        The first is what is in use, with every path that the others change.
        """
        return []

    def sources(self) -> list[str]:
        """Return the citation keys of the data in use."""
        return []

    def outcome(self, solution: Solution, found: Mapping[str, Array]) -> list[str]:
        """Return notes on the results; ``found`` holds every scalar output by name, kept or not."""
        return []

    def label(self, name: str, word: str, solution: Solution) -> str:
        """Return the text shown for ``word``, the code of output ``name`` in the first case."""
        return word
