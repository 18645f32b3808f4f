"""The published data on impurities, as the kernels take them: SI, capture coefficients in place of cross
sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from energymodels import datasets
from energymodels.core.errors import Fault, InputError, unknown
from energymodels.core.model import Array
from energymodels.core.values import Tree
from energymodels.kernels.constants import K_B_EV, PER_CM3
from energymodels.kernels.pv.metals import layout

CM2, CM = 1e-4, 1e-2  # in m2, in m
GREEN_N, GREEN_P = 2.05e7, 1.69e7  # thermal velocities at 300 K, cm s-1 (``green1990``)
GAP = 1.124  # eV, of silicon at 300 K; for the order of levels only
AVOGADRO = 6.02214076e23  # mol-1, exact
DENSITY = 2.329  # of silicon, g cm-3


@dataclass(frozen=True)
class Choice:
    """One published value, or formula prefactor exp(-activation/kT), of a quantity; SI, activation in eV."""

    key: str
    value: float
    activation: float
    source: str

    def at(self, T: ArrayLike) -> Array:
        """Return the formula's value at ``T`` K."""
        return np.asarray(self.value * np.exp(-self.activation / (K_B_EV * np.asarray(T, dtype=float))))


@dataclass(frozen=True)
class Element:
    """What is known of an element in silicon; the first of several choices is the default."""

    symbol: str
    name: str
    group: str
    mass: float  # g mol-1
    segregation: tuple[Choice, ...]
    diffusivity: tuple[Choice, ...]  # m2 s-1
    solubility: tuple[Choice, ...]  # m-3
    active: tuple[float, float, float]  # fraction of the dissolved metal that recombines: value, low, high

    @property
    def per_ppbw(self) -> float:
        """Atoms per m3 of silicon at one part per billion of mass."""
        return 1e-9 * DENSITY * AVOGADRO / self.mass * PER_CM3


@dataclass(frozen=True)
class CentreSet:
    """A published set of parameters of a centre: ``levels`` (level, ``layout.COLUMNS``) from the lowest up,
    and the type each acts in, "" for both.
    """

    key: str
    levels: Array
    bases: tuple[str, ...]
    source: str

    def chain(self, base: str) -> Array:
        """Return the levels that act in silicon of type ``base``, which share one occupancy:
        (``layout.LEVELS``, ``COLUMNS``).
        """
        found = np.zeros((layout.LEVELS, layout.COLUMNS))
        mine = [level for level, b in zip(self.levels, self.bases, strict=True) if b in ("", base)]
        found[: len(mine)] = mine
        return found

    @property
    def longest(self) -> int:
        """How many levels act together at most."""
        return max(sum(b in ("", base) for b in self.bases) for base in "np")


@dataclass(frozen=True)
class Centre:
    """A recombination centre: an element by itself or paired with an ``acceptor``."""

    name: str
    element: str
    acceptor: str
    title: str
    sets: tuple[CentreSet, ...]


def _entries(key: str) -> dict[str, Tree]:
    """Return the tables of a data file by name, without what is said of the file."""
    return {
        name: entry for name, entry in datasets.table(f"pv/metals/{key}").items() if isinstance(entry, dict)
    }


def _choices(entries: list[Tree], scale: float) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            e["key"],
            float(e.get("value", e.get("prefactor", 0.0))) * scale,
            float(e.get("activation", 0.0)),
            e["source"],
        )
        for e in entries
    )


T = TypeVar("T", Choice, CentreSet)


@cache
def elements() -> Mapping[str, Element]:
    """Return every element by symbol."""
    found = {}
    for symbol, entry in _entries("elements").items():
        active = entry.get("active", {"value": 1.0})
        found[symbol] = Element(
            symbol,
            entry["name"],
            entry["group"],
            float(entry["mass"]["value"]),
            _choices(entry.get("segregation", []), 1.0),
            _choices(entry.get("diffusivity", []), CM2),
            _choices(entry.get("solubility", []), PER_CM3),
            (active["value"], active.get("low", active["value"]), active.get("high", active["value"])),
        )
    return found


def element(symbol: str) -> Element:
    """Return an element; InputError if there is none of that symbol."""
    if symbol not in elements():
        raise unknown("element", symbol, elements())
    return elements()[symbol]


def chosen(kind: str, choices: Sequence[T], key: str | None) -> T:
    """Return the choice named ``key``, the first if None; InputError names the ``kind`` where
    there is none.
    """
    found = {choice.key: choice for choice in choices}
    if key is not None and key not in found:
        raise unknown(kind, key, found)
    if not choices:
        raise InputError(Fault(kind, hint="none is published"))
    return choices[0] if key is None else found[key]


@cache
def metals() -> tuple[str, ...]:
    """Return the symbols of all metals."""
    return tuple(symbol for symbol, element in elements().items() if element.group == "metal")


def _capture(section: Mapping[str, float], velocity: float) -> tuple[float, float, float]:
    """Return (C, power, barrier) of the capture coefficient C T^power exp(-barrier/kT), m3 s-1: the velocity
    goes with sqrt(T).
    """
    prefactor = section["prefactor"] * CM2 * velocity * CM / sqrt(300.0)
    return prefactor, section.get("power", 0.0) + 0.5, section.get("activation", 0.0)


def _level(level: Tree, velocities: tuple[float, float]) -> list[float]:
    row = [0.0] * layout.COLUMNS
    row[layout.FROM_C] = 1.0 if "below_c" in level else 0.0
    row[layout.ENERGY] = float(level["below_c"] if "below_c" in level else level["above_v"])
    row[layout.C_N], row[layout.POWER_N], row[layout.BARRIER_N] = _capture(level["n"], velocities[0])
    row[layout.C_P], row[layout.POWER_P], row[layout.BARRIER_P] = _capture(level["p"], velocities[1])
    return row


def _height(level: Tree) -> float:
    """Return the energy of a level above the valence band, eV: the lower one is the first to take an
    electron.
    """
    return float(level["above_v"] if "above_v" in level else GAP - level["below_c"])


@cache
def centres() -> Mapping[str, Centre]:
    """Return every recombination centre by name."""
    found = {}
    for name, entry in _entries("defects").items():
        sets = []
        for s in entry["sets"]:
            velocities = (float(s.get("velocity_n", GREEN_N)), float(s.get("velocity_p", GREEN_P)))
            chain = sorted(s["levels"], key=_height)
            levels = np.array([_level(level, velocities) for level in chain])
            bases = tuple(level.get("base", "") for level in chain)
            sets.append(CentreSet(s["key"], levels, bases, s["source"]))
        found[name] = Centre(name, entry["element"], entry.get("acceptor", ""), entry["title"], tuple(sets))
    return found


@cache
def compositions() -> Mapping[str, Mapping[str, float]]:
    """Return how named priors split a total: shares by mass. Every metal by itself is one too."""
    found: dict[str, Mapping[str, float]] = {}
    for key, entry in datasets.table("pv/metals/feedstocks")["composition"].items():
        total = sum(entry["elements"].values())
        found[key] = {symbol: share / total for symbol, share in entry["elements"].items()}
    return found | {symbol: {symbol: 1.0} for symbol in metals()}


@cache
def grades() -> Mapping[str, Tree]:
    """Return the grades and product statements that give a total of metals by mass."""
    every = datasets.table("pv/metals/feedstocks")["grade"]
    return {key: entry for key, entry in every.items() if entry.get("total", {}).get("unit") == "ppbw"}


@cache
def pairing() -> Mapping[str, Tree]:
    """Return how metals pair with acceptors, by metal."""
    return _entries("pairing")


@cache
def boron_oxygen() -> Mapping[str, tuple[float, float]]:
    """Return (attempt frequency, s-1; barrier, eV) of the reactions between the states of the boron-oxygen
    centre.
    """
    return {k: (e["attempt"], e["barrier"]) for k, e in _entries("boron-oxygen").items()}
