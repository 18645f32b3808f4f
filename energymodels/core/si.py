"""Units of fields and outputs, and their conversion to and from SI.

Fields and outputs use few units, so their factors are made from the table below, exactly, and rounded once.
Text that a user types may be in any unit: ``units`` reads it with pint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce

import numpy as np
import numpy.typing as npt

from energymodels.kernels.constants import ZERO_CELSIUS

MILLI, MICRO, FEMTO, CENTI = (Fraction(1, 10**n) for n in (3, 6, 15, 2))
IN_SI = {
    "1": Fraction(1), "percent": CENTI,
    "um": MICRO, "mm": MILLI, "cm": CENTI, "m": Fraction(1), "km": Fraction(1000), "L": MILLI,
    "mg": MICRO, "g": MILLI, "kg": Fraction(1), "mol": Fraction(1),
    "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600), "K": Fraction(1),
    "fA": FEMTO, "mA": MILLI, "A": Fraction(1), "V": Fraction(1), "ohm": Fraction(1), "S": Fraction(1),
    "N": Fraction(1), "J": Fraction(1), "W": Fraction(1), "kW": Fraction(1000),
}  # fmt: skip
# Units that computations use as they are: an energy of one carrier, and a fraction of mass.
KEPT = {"eV": Fraction(1), "ppbw": Fraction(1)}
_PART = re.compile(r"(?P<over>/?)(?P<symbol>1|[A-Za-z]+)(?P<exponent>-?\d+)?")


@dataclass(frozen=True)
class Scale:
    """A number times ``factor`` plus ``offset`` is in SI; less ``offset`` and times ``inverse`` it is back.

    Both factors are the ratio of the units rounded once: one over the other is not always the other.
    """

    factor: float
    inverse: float
    offset: float = 0.0

    def to_si(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return ``values`` in SI."""
        found = values if self.factor == 1.0 else values * self.factor
        return found if self.offset == 0.0 else found + self.offset

    def from_si(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return SI ``values`` in the unit."""
        found = values if self.offset == 0.0 else values - self.offset
        return found if self.inverse == 1.0 else found * self.inverse

    def bring_back(self, values: npt.NDArray[np.float64]) -> None:
        """Take SI ``values`` to the unit in place."""
        if self.offset != 0.0:
            values -= self.offset
        if self.inverse != 1.0:
            values *= self.inverse


@cache
def scale(unit: str) -> Scale:
    """Return the scale of ``unit``, in UDUNITS' notation; ValueError if a part of it is not in the table."""
    if unit == "degC":
        return Scale(1.0, 1.0, ZERO_CELSIUS)
    ratio = reduce(lambda product, part: product * _ratio(part, unit), _parts(unit), Fraction(1))
    return Scale(float(ratio), float(1 / ratio))


def _parts(unit: str) -> list[str]:
    """Return the factors of a unit as text: "mA", "cm-2", "/min"."""
    return unit.replace("/", " /").split()


def _ratio(part: str, unit: str) -> Fraction:
    found = _PART.fullmatch(part)
    known = IN_SI | KEPT
    if found is None or found["symbol"] not in known:
        raise ValueError(f"unit {unit!r}: {part!r} is not in the table of units that fields and outputs have")
    ratio = known[found["symbol"]] ** int(found["exponent"] or 1)
    return 1 / ratio if found["over"] else ratio
