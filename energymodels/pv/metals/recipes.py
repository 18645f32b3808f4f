"""Gettering processes as the data have them: steps with their temperature profiles, layers and what these
take up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf

from energymodels import datasets
from energymodels.core.errors import unknown
from energymodels.core.values import Tree
from energymodels.pv.metals import data

OTHER = "other"


@dataclass(frozen=True)
class Coefficient:
    """A segregation coefficient k = prefactor exp(activation/kT), eV, and the factors ``low``, ``high``
    within which it may lie.
    """

    prefactor: float
    activation: float
    low: float
    high: float
    source: str
    method: str
    note: str

    @property
    def assumed(self) -> bool:
        """Whether it has a range instead of a published value."""
        return self.low < self.high


@dataclass(frozen=True)
class Layer:
    """A gettering layer: thickness in um, transport across its interface in m s-1 (inf: no barrier),
    coefficients by element.
    """

    key: str
    title: str
    thickness: float
    transport: float
    segregation: Mapping[str, Coefficient]

    def coefficient(self, element: str) -> Coefficient | None:
        """Return the coefficient of an element; None: the layer does not take it up."""
        return self.segregation.get(element, self.segregation.get(OTHER))


@dataclass(frozen=True)
class Step:
    """A heat treatment: (s, degC) with straight lines between, layers on the faces, and what follows for what
    they hold.
    """

    name: str
    profile: tuple[tuple[float, float], ...]
    front: Layer | None
    rear: Layer | None
    after: str  # keep, strip or release

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in (self.front, self.rear) if layer is not None)


@dataclass(frozen=True)
class Recipe:
    """A gettering process.

    ``plateau``: number of the step whose hottest stretch a stated temperature or time replaces.
    """

    key: str
    title: str
    steps: tuple[Step, ...]
    plateau: int

    def coefficients(self, element: str) -> Iterator[Coefficient]:
        """Yield the coefficient of an element in every layer of the process that takes it up."""
        for step in self.steps:
            for layer in step.layers:
                if found := layer.coefficient(element):
                    yield found


def _data() -> Tree:
    found: Tree = datasets.table("pv/metals/processes")
    return found


def _coefficient(entry: Tree) -> Coefficient:
    low, high = float(entry.get("low", 1.0)), float(entry.get("high", 1.0))
    prefactor, activation = float(entry["prefactor"]), float(entry["activation"])
    return Coefficient(
        prefactor, activation, low, high, entry["source"], entry["method"], entry.get("note", "")
    )


@cache
def layers() -> Mapping[str, Layer]:
    """Return every gettering layer by key."""
    return {
        key: Layer(
            key,
            entry["title"],
            float(entry["thickness"]["value"]),
            float(entry["transport"]["value"]) if "transport" in entry else inf,
            {element: _coefficient(found) for element, found in entry["segregation"].items()},
        )
        for key, entry in _data()["layers"].items()
    }


def _step(entry: Tree) -> Step:
    front, rear = (layers()[entry[face]] if face in entry else None for face in ("front", "rear"))
    profile = tuple((float(time), float(temperature)) for time, temperature in entry["profile"])
    return Step(entry["name"], profile, front, rear, entry["after"])


def process_keys() -> tuple[str, ...]:
    """Return the names of all gettering processes, in the order of the data."""
    return tuple(_data()["processes"])


@cache
def recipe(key: str) -> Recipe:
    """Return a gettering process; InputError if there is none of that name."""
    if key not in process_keys():
        raise unknown("gettering process", key, process_keys())
    entry = _data()["processes"][key]
    return Recipe(
        key, entry["title"], tuple(_step(step) for step in entry["steps"]), int(entry.get("plateau", 0))
    )


def is_assumed(process: str, element: str) -> bool:
    """Return whether what a process does to an element rests on a coefficient that is not published."""
    moves = bool(data.element(element).diffusivity)
    return moves and any(c.assumed for c in recipe(process).coefficients(element))


def assumed_factors(process: str) -> tuple[float, float]:
    """Return the factors, low and high, that span the ranges of every coefficient of a process; (1, 1) where
    it has none.
    """
    found = [c for step in recipe(process).steps for layer in step.layers for c in layer.segregation.values()]
    return min((c.low for c in found), default=1.0), max((c.high for c in found), default=1.0)
