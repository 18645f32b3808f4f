"""Designs: values of several fields that belong together, drawn when they are needed."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from energymodels.core.arrays import Array
from energymodels.core.designs.covariance import Mixing, Source, read_covariance
from energymodels.core.designs.distributions import Distribution, read_distribution
from energymodels.core.designs.drawing import WHOLE, points, read_kind
from energymodels.core.designs.refusals import refusal
from energymodels.core.designs.written import FORMS
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo

NUMBERS = 5 * WHOLE // 2  # of a Latin hypercube, designs times fields: it lies in memory as a whole
SEEDS = 2**63  # those that a TOML file can hold
Made = TypeVar("Made")


@dataclass(frozen=True)
class Design(ABC):
    """``size`` designs of the fields ``paths``; ``asked`` are the arguments it was made from."""

    paths: tuple[str, ...]
    size: int
    asked: Mapping[str, Any]

    @property
    @abstractmethod
    def words(self) -> dict[str, list[str]]:
        """{path: every label or text that it can take} of the fields with words."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """A text that differs if any value can differ."""

    @property
    def notes(self) -> list[str]:
        """What is to be said of it."""
        return []

    def draw(self, start: int, stop: int) -> dict[str, Array]:
        """Return {path: values} of designs ``start`` to ``stop`` - 1: float64 in the field's unit, or str.

        However the designs are cut, they are the same bit for bit. A value may be out of the field's range;
        one that is missing from a table is NaN, a word is empty.
        """
        if not 0 <= start <= stop <= self.size:
            raise IndexError(f"designs {start} to {stop} of {self.size}")
        return self._draw(start, stop)

    @abstractmethod
    def _draw(self, start: int, stop: int) -> dict[str, Array]: ...


@dataclass(frozen=True)
class Drawn(Design):
    """Designs from distributions, by points of a sequence in the unit cube."""

    kind: str
    seed: int
    over: Mapping[str, Distribution]
    mixing: Mixing | None = None

    @property
    def words(self) -> dict[str, list[str]]:
        return {path: one.words for path, one in self.over.items() if one.words}

    @property
    def digest(self) -> str:
        from scipy import __version__  # another version may draw other points

        told = (self.kind, self.size, self.seed, dict(self.over), self.mixing, __version__)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @property
    def notes(self) -> list[str]:
        if self.kind != "sobol" or not self.size & (self.size - 1):
            return []
        near = 1 << self.size.bit_length()
        return [
            f"sobol:{self.size}: a Sobol' sequence covers its ranges evenly where the number of designs is a "
            f"power of two, as {near // 2} or {near}"
        ]

    def _draw(self, start: int, stop: int) -> dict[str, Array]:
        cube = points(self.kind, self.size, len(self.paths), self.seed, start, stop)
        u = dict(zip(self.paths, cube, strict=True))
        u = self.mixing(u) if self.mixing else u
        return {path: self.over[path].quantile(u[path]) for path in self.paths}


def _by_itself(name: str) -> tuple[str, str]:
    return name, ""


def make_design(
    fields: Mapping[str, FieldInfo],
    kind: str,
    over: Mapping[str, str],
    *,
    seed: int = 1,
    covariance: Source | None = None,
    named: Callable[[str], tuple[str, str]] = _by_itself,
) -> Drawn:
    """Return the design ``kind`` (``sobol:4096``) over distributions of fields, ``over`` {path: text}.

    ``covariance`` correlates them, as ``read_covariance`` takes it. ``named`` returns (path, unit of bare
    numbers, empty for the field's own) for a name. InputError lists every fault.
    """
    faults: list[Fault] = []
    name, size = _tried(faults, lambda: read_kind(kind)) or ("", 0)
    _tried(faults, lambda: _check_seed(seed))
    found: dict[str, Distribution] = {}
    for key, text in over.items():
        _tried(faults, partial(_add, found, fields, key, text, named))
    if not over:
        faults.append(Fault("design", kind, hint="no field is drawn: give one a distribution"))
    if name == "lhs" and size * len(over) > NUMBERS:
        hint = f"an lhs lies in memory: designs times fields up to {NUMBERS:,}; sobol and halton draw more"
        faults.append(Fault("design", kind, hint=hint))
    mixing = None
    if covariance is not None and not faults:
        mixing = _tried(faults, lambda: read_covariance(covariance, found))
    if faults:
        raise InputError(faults)
    asked = {"kind": kind, "over": dict(over), "seed": seed}
    if covariance is not None:
        asked["covariance"] = dict(covariance) if isinstance(covariance, Mapping) else str(covariance)
    return Drawn(tuple(found), size, asked, name, seed, found, mixing)


def _tried(faults: list[Fault], call: Callable[[], Made]) -> Made | None:
    """Return what a call returns; its faults join the others."""
    try:
        return call()
    except InputError as error:
        faults.extend(error.faults)
        return None


def _check_seed(seed: object) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise InputError(Fault("seed", str(seed)[:40], hint="a whole number from 0, below 2**63"))


def _add(
    found: dict[str, Distribution],
    fields: Mapping[str, FieldInfo],
    name: str,
    text: object,
    named: Callable[[str], tuple[str, str]],
) -> None:
    """Add the distribution of one field to those found."""
    path, unit = named(name)
    fault = refusal(fields, path, found)
    if fault or not isinstance(text, str):
        raise InputError(fault or Fault(path, str(text)[:40], hint=f"a distribution is a text: {FORMS}"))
    found[path] = read_distribution(fields[path], text, unit)
