"""Outputs of a model with their units, and the agreement required with a reference."""

from __future__ import annotations

from dataclasses import dataclass, field

from energymodels.core import si
from energymodels.core.values import Attrs

# dimensions whose places are words: few, so that such an output is shown with the scalars
LABELLED = frozenset({"component", "element"})


@dataclass(frozen=True)
class Output:
    """One result, which kernels give in SI and users get in ``unit``; ``derived`` results come from the
    fields alone.

    With ``flag_values`` in ``attrs`` it is a code: int8 in the result, -1 where the kernel left NaN.
    ``on_request``: given only to whom names it in ``keep``. ``absent`` says where a case that ends well has
    no such number; without it all numbers of such a case are finite, or the case gets the status not_finite.
    """

    name: str
    unit: str
    long_name: str
    dims: tuple[str, ...] = ()
    derived: bool = False
    attrs: Attrs = field(default_factory=dict)
    on_request: bool = False
    absent: str = ""

    @property
    def scale(self) -> si.Scale:
        """Scale from SI to ``unit``."""
        return si.scale(self.unit)

    @property
    def meaning(self) -> str:
        """Meaning, and where the output is absent."""
        return f"{self.long_name}; none {self.absence}" if self.absence else self.long_name

    @property
    def absence(self) -> str:
        """Where a case that ends well has none: what ``absent`` says, and along time what lies after its end;
        empty if nowhere.
        """
        return self.absent or ("after the end of the case" if "time" in self.dims else "")

    @property
    def brief(self) -> bool:
        """Whether it is a number a case, or one for each of a few words."""
        return LABELLED.issuperset(self.dims)


@dataclass(frozen=True)
class Agreement:
    """Agreement required with a reference: |a - b| <= absolute + relative |b|, with the reason."""

    relative: float
    absolute: float
    reason: str
