"""What high-temperature steps leave of a dissolved metal in a wafer: the residual share, as a function of
thickness, and profiles.

The share does not depend on how much metal there is. Metals without a published diffusivity do not move:
their share is 1. Precipitates, pairs and what happens on cooling after the process are not part of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.ranges import outside
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.kernels.pv.metals import gettering as kernel
from energymodels.kernels.pv.metals import interpolation
from energymodels.kernels.pv.metals import layers as layout
from energymodels.kernels.status import OK
from energymodels.pv.metals import data
from energymodels.pv.metals.recipes import Layer, Recipe, Step, is_assumed, process_keys, recipe

__all__ = ["Profile", "is_assumed", "process_keys", "profile", "recipe", "residual"]

Diffusivity: TypeAlias = str | tuple[float, float] | None
Limits: TypeAlias = tuple[float | None, float, float, bool, str]

UM, CM2 = 1e-6, 1e-4
THINNEST, THICKEST = 1.0, 10000.0  # um
NODES = 81  # of the table over ln thickness, each solved when first needed
CELLS = 60
TOLERANCE = 1e-4  # of a time step: metal misplaced over metal in the wafer
FATES = {"keep": layout.KEEP, "strip": layout.STRIP, "release": layout.RELEASE}
GRID = np.linspace(log(THINNEST * UM), log(THICKEST * UM), NODES)


@dataclass(frozen=True)
class Profile:
    """A metal across a wafer at the start and after every step, for a concentration of 1 at the start.

    ``depth`` from the front and ``width`` of the cells, um; ``concentration`` (state, cell); ``front``,
    ``rear`` (state,): what the layers hold before it is taken away or given back, and ``removed``: what has
    left, all over the amount at the start.
    """

    names: tuple[str, ...]
    depth: Array
    width: Array
    concentration: Array
    front: Array
    rear: Array
    removed: Array


@dataclass(frozen=True)
class _Case:
    """The arguments of the kernel but the thickness; empty ``layers``: nothing can take up the metal, or it
    does not move.
    """

    times: Array
    kelvin: Array
    first: Array
    layers: Array
    diffusion: Array


def residual(
    element: str,
    process: str,
    thickness_um: ArrayLike,
    *,
    temperature: float | None = None,
    time: float | None = None,
    factor: float = 1.0,
    diffusivity: Diffusivity = None,
) -> Array:
    """Return the fraction of a dissolved metal left in wafers of ``thickness_um`` after a gettering
    process, an array of their shape.

    ``temperature``, degC, and ``time``, s, replace those of the process's plateau; ``factor`` multiplies
    every segregation coefficient that is assumed; ``diffusivity`` is the key of a published one or (prefactor
    in cm2 s-1, activation in eV). InputError for what is unknown or out of range. Interpolated over ln
    thickness; of wafers of 50 to 300 um the share is good to 2e-4, of metals slower than chromium in
    processes with layers on both faces to 5e-4.
    """
    thickness = np.asarray(thickness_um, dtype=np.float64)
    faults = outside("thickness_um", thickness, THINNEST, THICKEST, "um")
    case = _case(element, process, temperature, time, factor, diffusivity, tuple(faults))
    if not case.layers.size:
        return np.ones(thickness.shape)
    table = _table(element, process, temperature, time, factor, diffusivity)
    flat = np.log(thickness.ravel() * UM)
    _fill(table, case, flat)
    found: Array = interpolation.look_up(GRID[0], GRID[1] - GRID[0], table, flat)
    return found.reshape(thickness.shape)


def profile(
    element: str,
    process: str,
    thickness_um: float,
    *,
    temperature: float | None = None,
    time: float | None = None,
    factor: float = 1.0,
    diffusivity: Diffusivity = None,
    cells: int = CELLS,
) -> Profile:
    """Return how a metal lies in one wafer at the start and after every step; arguments as of ``residual``,
    ``cells`` even.
    """
    faults = outside("thickness_um", thickness_um, THINNEST, THICKEST, "um") + outside(
        "cells", cells, 4, 10000, "1"
    )
    case = _case(element, process, temperature, time, factor, diffusivity, tuple(faults))
    cells += cells % 2
    steps = recipe(process).steps
    layers = case.layers if case.layers.size else np.zeros((len(steps), 2, layout.LAYER))
    work = np.zeros((layout.ROWS, cells + 2))
    states, removed = np.empty((len(steps) + 1, cells + 2)), np.empty(len(steps) + 1)
    held = np.zeros((len(steps) + 1, 2))
    length = kernel.diffusion_length(case.times, case.kelvin, case.first, case.diffusion)
    status = kernel.process(
        thickness_um * UM, case.times, case.kelvin, case.first, layers, case.diffusion, length, TOLERANCE, 1,
        work, states, held, removed,
    )  # fmt: skip
    _require(status)
    width = work[layout.VOLUME, 1:-1] / UM
    share = 1.0 / (thickness_um * UM)
    return Profile(
        ("start", *(step.name for step in steps)),
        np.cumsum(width) - 0.5 * width,
        width,
        states[:, 1:-1].copy(),
        held[:, 0] * share,
        held[:, 1] * share,
        removed * share,
    )


def _check(
    temperature: float | None, time: float | None, factor: float, diffusivity: Diffusivity
) -> list[Fault]:
    found = outside("factor", factor, 0.0, 1e6, "1", open_low=True)
    if temperature is not None:
        found += outside("temperature", temperature, 200.0, 1300.0, "degC")
    if time is not None:
        found += outside("time", time, 0.0, 1e7, "s")
    if isinstance(diffusivity, tuple):
        found += outside("diffusivity[0]", diffusivity[0], 0.0, 1.0, "cm2 s-1")
        found += outside("diffusivity[1]", diffusivity[1], 0.0, 10.0, "eV")
    return found


def _require(status: int) -> None:
    if status != OK:  # not within any range that the arguments may have
        raise RuntimeError("gettering: the time steps did not come to an end")


@lru_cache(maxsize=4096)
def _case(
    element: str,
    process: str,
    temperature: float | None,
    time: float | None,
    factor: float,
    diffusivity: Diffusivity,
    faults: tuple[Fault, ...] = (),
) -> _Case:
    """Return the arguments of the kernel. InputError with ``faults`` and those of the arguments."""
    way = recipe(process)
    if found := [*faults, *_check(temperature, time, factor, diffusivity)]:
        raise InputError(found)
    diffusion = _diffusion(element, diffusivity)
    profiles = [_profile(way, i, temperature, time) for i in range(len(way.steps))]
    points = np.array([point for profile in profiles for point in profile])
    first = np.cumsum([0, *(len(profile) for profile in profiles)])
    layers = np.array(
        [[_layer(step, face, element, factor) for face in (step.front, step.rear)] for step in way.steps]
    )
    if diffusion[0] == 0.0 or not layers[:, :, layout.CAPACITY].any():
        layers = layers[:0]
    return _Case(points[:, 0].copy(), points[:, 1] + ZERO_CELSIUS, first, layers, diffusion)


def _diffusion(element: str, diffusivity: Diffusivity) -> Array:
    """Return (D0 in m2 s-1, activation in eV) of an element; D0 is 0 where nothing is published."""
    if isinstance(diffusivity, tuple):
        return np.array([diffusivity[0] * CM2, diffusivity[1]])
    known = data.element(element).diffusivity
    if not known and diffusivity is None:
        return np.zeros(2)
    choice = data.chosen(f"diffusivity of {element}", known, diffusivity)
    return np.array([choice.value, choice.activation])


def _layer(step: Step, layer: Layer | None, element: str, factor: float) -> Sequence[float]:
    """Return the row of one face, ``layout.LAYER``."""
    coefficient = layer.coefficient(element) if layer else None
    if layer is None or coefficient is None:
        return 0.0, 0.0, inf, FATES[step.after]
    prefactor = coefficient.prefactor * (factor if coefficient.assumed else 1.0)
    return prefactor * layer.thickness * UM, coefficient.activation, layer.transport, FATES[step.after]


def _profile(
    way: Recipe, number: int, temperature: float | None, time: float | None
) -> list[tuple[float, float]]:
    """Return the points of a step, (s, degC), with the plateau that is asked for; the rest is nowhere hotter
    than that.
    """
    points = list(way.steps[number].profile)
    if number != way.plateau or (temperature is None and time is None):
        return points
    hottest = max(point[1] for point in points)
    on = [t for t, T in points if hottest == T]
    peak = hottest if temperature is None else temperature
    longer = 0.0 if time is None else time - (on[-1] - on[0])
    return [(t + (longer if t >= on[-1] else 0.0), peak if hottest == T else min(T, peak)) for t, T in points]


def hottest(process: str, temperature: float | None) -> float:
    """Return the highest temperature of a process, degC, with ``temperature`` in place of its plateau's;
    -273.15 without steps.
    """
    way = recipe(process)
    return max(
        (T for i in range(len(way.steps)) for _, T in _profile(way, i, temperature, None)),
        default=-ZERO_CELSIUS,
    )


@lru_cache(maxsize=4096)
def _table(
    element: str,
    process: str,
    temperature: float | None,
    time: float | None,
    factor: float,
    diffusivity: Diffusivity,
) -> Array:
    """Return the logit of the residual share at ``GRID``, NaN where it has not been asked for yet."""
    return np.full(NODES, np.nan)


def _fill(table: Array, case: _Case, wanted: Array) -> None:
    """Solve for the thicknesses of the table that interpolation to the ``wanted`` ones (ln m) needs."""
    needed = interpolation.nodes(GRID[0], GRID[1] - GRID[0], NODES, wanted)
    missing = np.flatnonzero(needed & np.isnan(table))
    if missing.size:
        left, taken, status = kernel.residuals(
            np.exp(GRID[missing]),
            case.times,
            case.kelvin,
            case.first,
            case.layers,
            case.diffusion,
            CELLS,
            TOLERANCE,
        )
        _require(status)
        table[missing] = np.log(np.maximum(left, 1e-300)) - np.log(np.maximum(taken, 1e-300))
