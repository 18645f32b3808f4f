"""One field: its kind, unit and range, and what it makes of what is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from energymodels.core import units
from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError, nearest

if TYPE_CHECKING:  # what a model sees of its fields (``case.view``)
    from energymodels.core.case import Label as Label

    Number: TypeAlias = npt.NDArray[np.float64]
    Filled: TypeAlias = Number  # where it is not set, the model finds it elsewhere
    Count: TypeAlias = npt.NDArray[np.int64]
    Text: TypeAlias = npt.NDArray[np.str_]
else:  # what a spec holds
    Number, Count, Text = float, int, str
    Filled = float | None

    class Label:
        """``Label[Literal[...]]`` stands for one of the words."""

        def __class_getitem__(cls, words):
            return words


@dataclass(frozen=True)
class FieldInfo:
    """Metadata of one field; ``group`` names the alternative fields that setting it replaces."""

    path: str
    kind: Literal["number", "integer", "label", "text"]
    meaning: str
    default: Any
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    usual: tuple[float, float] | None = None  # beyond, a value is remarked upon
    labels: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    fixed: bool = False  # shapes the output and cannot be swept
    optional: bool = False  # of a field that a text brings along: it may be left out

    @property
    def allowed(self) -> str:
        """The allowed values as text."""
        if self.kind == "text":
            return "text"
        if self.labels:
            return ", ".join(self.labels)
        above, below = "above" if self.low_open else "from", "below" if self.high_open else "to"
        low = f"{above} {self.low:g}" if self.low > -math.inf else ""
        high = f"{below} {self.high:g}" if self.high < math.inf else ""
        return f"{low} {high}".strip() or "any number"

    def holds(self, value: float) -> bool:
        """Return whether a number is in range; NaN never is."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def is_usual(self, values: Array) -> npt.NDArray[np.bool_]:
        """Return where ``values`` are in the usual range; 0 (none) and inf (no limit) always are."""
        low, high = self.usual or (-math.inf, math.inf)
        inside = (values >= low) & (values <= high)
        return np.asarray(inside | (values == 0.0) | ~np.isfinite(values), dtype=np.bool_)

    def doubt(self, value: float) -> str:
        """Return the warning on a ``value`` outside the usual range."""
        low, high = self.usual or (-math.inf, math.inf)
        unit = "" if self.unit == "1" else f" {self.unit}"
        meant = self._meant(value, lambda number: low <= number <= high)
        hint = f": did you mean {' or '.join(meant)}?" if meant else ""
        return f"{self.path} = {value:g}{unit} is outside the usual range, {low:g} to {high:g}{unit}{hint}"

    def fault(self, value: object, hint: str = "") -> Fault:
        """Return the fault of ``value`` in this field; a bare number gets the unit with which it would be
        right.
        """
        meant = [] if hint else self._meant(value, self.holds)
        return Fault(
            self.path,
            value,
            self.allowed,
            self.unit,
            hint or (f"did you mean {' or '.join(meant)}?" if meant else ""),
        )

    def _meant(self, value: object, fits: Callable[[float], bool]) -> list[str]:
        """Return a bare number with the units with which it ``fits``."""
        if self.kind != "number" or isinstance(value, bool | np.bool_):
            return []
        try:
            number, unit = units.split(value) if isinstance(value, str) else (float(value), "")  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return []
        return [] if unit or not math.isfinite(number) else units.meant(number, self.unit, fits)

    def number(self, value: object) -> float:
        """Return the number that ``value`` (text with or without a unit, or a number) is in the field's unit,
        in range or not.
        """
        try:
            if isinstance(value, bool | np.bool_):
                raise ValueError("not a number")
            return units.parse(value, self.unit) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(self.fault(value, str(error))) from error

    def parse(self, value: object) -> Any:
        """Return ``value`` (text with or without a unit, or a number) as this field holds it; InputError with
        range and unit.
        """
        if self.kind == "label":
            if isinstance(value, str) and value.strip() in self.labels:
                return value.strip()
            raise InputError(
                self.fault(value, nearest(str(value), self.labels) if isinstance(value, str) else "")
            )
        if self.kind == "text":
            if isinstance(value, str) and value.strip() and "\0" not in value:
                return str(value).strip()
            raise InputError(self.fault(value))
        number = self.number(value)
        if not self.holds(number):
            raise InputError(self.fault(value if isinstance(value, str) else number))
        if self.kind == "integer":
            if number != int(number):
                raise InputError(self.fault(number, "a whole number"))
            return int(number)
        return number


def brought_along(
    infos: Mapping[str, FieldInfo], named: Callable[[str], str], owner: str
) -> dict[str, FieldInfo]:
    """Return another model's fields as fields that a text brings along, by the path that ``named`` gives;
    left out, the owner's.
    """
    return {
        named(path): replace(
            info,
            path=named(path),
            default=None,
            optional=True,
            meaning=f"{info.meaning.split('; not set')[0]}; not set: the {owner}'s",
            replaces=tuple(map(named, info.replaces)),
            conflicts=tuple(map(named, info.conflicts)),
        )
        for path, info in infos.items()
    }


def in_unit(value: object, unit: str) -> object:
    """Return a bare number with ``unit`` written behind it; anything else, and with ``unit`` empty
    everything, as it is.
    """
    if not unit or isinstance(value, bool | np.bool_):
        return value
    try:
        if isinstance(value, int | float | np.number):
            return f"{float(value)!r} {unit}"
        bare = isinstance(value, str) and not units.split(value)[1]
    except (ValueError, OverflowError):
        return value
    return f"{value} {unit}" if bare else value
