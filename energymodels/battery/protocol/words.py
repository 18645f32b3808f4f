"""The words of a protocol: amounts with their units, steps and repeats, and how they are written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from energymodels.core.arrays import Array
from energymodels.core.field import FieldInfo

Kind: TypeAlias = Literal[
    "charge", "discharge", "hold", "rest", "current profile", "power profile", "charge at limits"
]


Number = TypeVar("Number", float, Array)


@dataclass(frozen=True)
class Unit:
    """A unit: SI value = scale * number + offset, or scale / number.

    Numbers lie above ``low``, or from it on if ``closed``.
    """

    quantity: str
    scale: float = 1.0
    offset: float = 0.0
    inverse: bool = False
    low: float = 0.0
    high: float = math.inf
    closed: bool = False
    field: str = ""  # how a field with this unit states it, if not as here

    def holds(self, number: float) -> bool:
        """Return whether a number is in range."""
        return self.low <= number <= self.high if self.closed else self.low < number < self.high

    def si(self, number: Number) -> Number:
        """Return a number, or an array of numbers, in V, A, W, s, K, A s, or as a C-rate, a state of charge,
        a factor.
        """
        return self.scale / number if self.inverse else self.scale * number + self.offset


UNITS: Mapping[str, Unit] = {
    "C": Unit("rate", field="1"),
    "C/": Unit("rate", inverse=True, field="1"),
    "A": Unit("current"),
    "mA": Unit("current", 1e-3),
    "V": Unit("voltage"),
    "mV": Unit("voltage", 1e-3),
    "W": Unit("power"),
    "mW": Unit("power", 1e-3),
    "kW": Unit("power", 1e3),
    "s": Unit("time"),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "degC": Unit("temperature", offset=273.15, low=-273.15),
    "K": Unit("temperature"),
    "A h": Unit("capacity", 3600.0),
    "mA h": Unit("capacity", 3.6),
    "% SOC": Unit("state of charge", 0.01, high=100.0, closed=True, field="percent"),
    "SOC": Unit("state of charge", high=1.0, closed=True, field="1"),
    "1": Unit("factor", low=-math.inf),
}
SPELLINGS = {
    **{unit.lower(): unit for unit in UNITS if unit not in ("C/", "1")},
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("deg c", "°c", "° c"), "degC"),
    "ah": "A h",
    "mah": "mA h",
    "percent soc": "% SOC",
}


@dataclass(frozen=True)
class Amount:
    """A number with its unit; a name stands for the number of a placeholder."""

    number: float | str
    unit: str

    @property
    def quantity(self) -> str:
        return UNITS[self.unit].quantity

    @property
    def si(self) -> float:
        """The amount in SI; NaN for a placeholder."""
        return math.nan if isinstance(self.number, str) else float(UNITS[self.unit].si(self.number))

    def __str__(self) -> str:
        text = f"{{{self.number}}}" if isinstance(self.number, str) else repr(self.number).removesuffix(".0")
        forms = {"C": "{}C", "C/": "C/{}", "% SOC": "{}% SOC", "1": "{}"}
        return forms.get(self.unit, f"{{}} {self.unit}").format(text)


@dataclass(frozen=True)
class Step:
    """One step: what is applied (nothing at rest; a profile's factor), what ends it, and a profile's file."""

    kind: Kind
    value: Amount | None
    ends: tuple[Amount, ...] = ()
    file: str = ""

    def __str__(self) -> str:
        words = self.kind.capitalize()
        if self.file:
            words = f"Run {self.kind.split()[0]} from {_quoted(self.file)}" + (
                "" if self.value == ONE else f" times {self.value}"
            )
        elif self.value:
            words += f" at {self.value}"
        ends = [("for " if end.quantity == "time" else "until ") + str(end) for end in self.ends]
        return " ".join([words, " or ".join(ends)]).strip()


@dataclass(frozen=True)
class Repeat:
    """Steps that are run several times."""

    times: int
    blocks: tuple[Step | Repeat, ...]

    def __str__(self) -> str:
        return f"({written(self.blocks)}) x {self.times}"


Blocks: TypeAlias = Sequence[Step | Repeat]
ONE = Amount(1.0, "1")


def _quoted(file: str) -> str:
    if not re.search(r"[\s;()]", file) and file[0] not in "\"'":
        return file
    return f"'{file}'" if '"' in file else f'"{file}"'


def written(blocks: Blocks) -> str:
    """Return blocks as text."""
    return "; ".join(map(str, blocks))


def once(blocks: Blocks) -> Iterator[Step]:
    """Yield the steps as they are written, repeated ones once."""
    for block in blocks:
        yield from [block] if isinstance(block, Step) else once(block.blocks)


def length(blocks: Blocks) -> int:
    """Return how many steps are run."""
    return sum(1 if isinstance(block, Step) else block.times * length(block.blocks) for block in blocks)


def order(blocks: Blocks, first: int = 0) -> list[int]:
    """Return which of the steps, counted as they are written, is run after which."""
    found: list[int] = []
    for block in blocks:
        if isinstance(block, Step):
            found.append(first)
            first += 1
        else:
            found += block.times * order(block.blocks, first)
            first += sum(1 for _ in once(block.blocks))
    return found


@dataclass(frozen=True)
class RateField(FieldInfo):
    """The field of a C-rate, or of n in C/n (``inverse``): 4C and C/4 are understood beside a bare number."""

    inverse: bool = False

    def parse(self, value: object) -> Any:
        match = (
            re.fullmatch(r"\s*C\s*/(.+)|([-+.eE0-9\s]+)C\s*", value, re.IGNORECASE)
            if isinstance(value, str)
            else None
        )
        if match is None:
            return super().parse(value)
        number = super().parse(match[1] or match[2])
        return number if (match[2] is None) == self.inverse else 1.0 / number
