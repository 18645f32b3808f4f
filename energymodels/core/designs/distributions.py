"""Distributions of a field: what is written is checked against the field, and its quantiles are SciPy's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.core import units
from energymodels.core.arrays import Array
from energymodels.core.designs.written import ARGUMENTS, Written, read_written
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo, in_unit

SHOWN = 80  # characters of a text that an error repeats
ENDLESS = (("truncnormal", "low"), ("truncnormal", "high"))  # may be infinite: cut at one end


@dataclass(frozen=True)
class Distribution:
    """A distribution of one field: ``numbers`` are its arguments in the field's unit, of ``choice`` what may
    be drawn; ``whole`` numbers are rounded.
    """

    name: str
    numbers: tuple[Any, ...]
    whole: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end, infinite if there is none; of numbers only."""
        if self.name == "choice":
            return min(self.numbers), max(self.numbers)
        given = dict(zip(ARGUMENTS[self.name], self.numbers, strict=True))
        return given.get("low", -math.inf), given.get("high", math.inf)

    @property
    def words(self) -> list[str]:
        """The labels or texts that may be drawn, each once; none if it is of numbers."""
        return list(dict.fromkeys(word for word in self.numbers if isinstance(word, str)))

    def quantile(self, u: Array) -> Array:
        """Return the values below which a fraction ``u``, above 0 and below 1, of all lies."""
        if self.name == "choice":
            places = np.minimum((u * len(self.numbers)).astype(np.intp), len(self.numbers) - 1)
            return np.array(self.numbers)[places]
        with np.errstate(over="ignore"):  # inf is what a lognormal of huge factor has
            values = np.asarray(_scipy(self.name, self._continuous).ppf(u), dtype=np.float64)
        # the last digit of a quantile may round beyond an end
        return np.clip(np.rint(values) if self.whole else values, *self.ends)

    @property
    def _continuous(self) -> tuple[float, ...]:
        """The arguments of the distribution before rounding: half a step wider, so that a whole number at
        an end is as probable as its neighbours.
        """
        wider = {"low": -0.5, "high": 0.5} if self.whole else {}
        arguments = zip(ARGUMENTS[self.name], self.numbers, strict=True)
        return tuple(number + wider.get(name, 0.0) for name, number in arguments)


@lru_cache(maxsize=1024)
def _scipy(name: str, numbers: tuple[float, ...]) -> Any:
    """Return SciPy's distribution; ``factor`` of a lognormal is the geometric standard deviation."""
    from scipy import stats

    def triangular(low: float, mode: float, high: float) -> Any:
        return stats.triang((mode - low) / (high - low), low, high - low)

    def truncnormal(mean: float, sd: float, low: float, high: float) -> Any:
        return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)

    makers: dict[str, Callable[..., Any]] = {
        "uniform": lambda low, high: stats.uniform(low, high - low),
        "loguniform": stats.loguniform,
        "normal": stats.norm,
        "lognormal": lambda median, factor: stats.lognorm(math.log(factor), scale=median),
        "triangular": triangular,
        "truncnormal": truncnormal,
    }
    return makers[name](*numbers)


def read_distribution(info: FieldInfo, text: str, unit: str = "") -> Distribution:
    """Return the distribution of a field that is written as ``text``; bare numbers are in the unit behind
    it, ``unit``, or the field's.

    A standard deviation is a difference: 5 degC of a field in kelvin are 5 K. InputError lists every fault.
    """
    try:
        written = read_written(text)
    except ValueError as error:
        raise InputError(Fault(info.path, text[:SHOWN], hint=str(error))) from error
    if written.name == "choice":
        return _choice(info, written, unit)
    if info.kind not in ("number", "integer"):
        raise InputError(Fault(info.path, text[:SHOWN], hint="words are drawn by choice(a, b, ...)"))
    whole = info.kind == "integer"
    found = Distribution(written.name, tuple(_numbers(info, written, written.unit or unit)), whole)
    if hint := _disorder(found):
        raise InputError(Fault(info.path, text[:SHOWN], hint=hint))
    return found


def _choice(info: FieldInfo, written: Written, unit: str) -> Distribution:
    """Return a choice; every entry has to be one that the field may have."""
    wordy = info.kind in ("label", "text")
    if wordy and written.unit:
        raise InputError(Fault(info.path, written.unit[:SHOWN], hint="words have no unit"))
    entries = [entry if wordy else in_unit(entry, written.unit or unit) for entry in written.arguments]
    found: list[Any] = []
    faults: list[Fault] = []
    for entry in entries:
        try:
            found.append(info.parse(entry))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return Distribution("choice", tuple(found if wordy else map(float, found)))


def _numbers(info: FieldInfo, written: Written, unit: str) -> list[float]:
    """Return the arguments as numbers in the field's unit; InputError lists all that are none."""
    found: list[float] = []
    faults: list[Fault] = []
    for role, text in zip(ARGUMENTS[written.name], written.arguments, strict=True):
        try:
            number = _number(info, role, text, unit)
            if not math.isfinite(number) and (written.name, role) not in ENDLESS:
                raise ValueError("not finite")
            # a mean that lies outside may still have values inside where the distribution is cut
            if role not in ("sd", "factor") and (written.name, role) != ("truncnormal", "mean"):
                _check_range(info, role, number, text)
            found.append(number)
        except ValueError as error:  # InputError is one
            faults += getattr(error, "faults", [Fault(info.path, hint=f"{role} {text[:SHOWN]!r}: {error}")])
    if faults:
        raise InputError(faults)
    return found


def _number(info: FieldInfo, role: str, text: str, unit: str) -> float:
    """Return one argument: a place on the field's scale, a difference, or a factor."""
    if role == "factor":
        return units.parse(text, "1")
    if role != "sd":
        return info.number(in_unit(text, unit))
    number, given = units.split(text)
    step = given or unit
    if step in ("", info.unit):
        return number
    return number * (units.parse(f"1 {step}", info.unit) - units.parse(f"0 {step}", info.unit))


def _check_range(info: FieldInfo, role: str, number: float, text: str) -> None:
    """Refuse a place outside the field's range; an end may be one that the range leaves out, for it is never
    drawn.
    """
    at_end = role in ("low", "high") and number in (info.low, info.high) and info.kind == "number"
    if not info.holds(number) and not at_end:
        raise InputError(info.fault(text))
    if info.kind == "integer" and role in ("low", "mode", "high") and number % 1.0 > 0.0:
        raise InputError(info.fault(text, "a whole number"))


def _disorder(of: Distribution) -> str:
    """Return why the numbers make no distribution; empty if they do."""
    given = dict(zip(ARGUMENTS[of.name], of.numbers, strict=True))
    low, high = of.ends
    if not low < high:
        return f"low has to be below high ({low:g}, {high:g})"
    if not low <= given.get("mode", low) <= high:
        return f"the mode has to lie between low and high ({low:g}, {high:g})"
    if given.get("sd", 1.0) <= 0.0:
        return "a standard deviation has to be above 0"
    if given.get("factor", 2.0) <= 1.0:
        return "the factor of a lognormal is its geometric standard deviation, exp(sigma), above 1"
    if (of.name == "loguniform" and low <= 0.0) or given.get("median", 1.0) <= 0.0:
        return f"a {of.name} distribution needs numbers above 0"
    return ""
