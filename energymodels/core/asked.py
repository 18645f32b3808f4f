"""A sweep as somebody asked for it: what a plan is made from, here, on another machine or next year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from energymodels.core.axes import Over
from energymodels.core.entries import Values
from energymodels.core.model import Output
from energymodels.core.spec import Spec
from energymodels.core.values import Given

Keep: TypeAlias = list[str] | Callable[[Output], bool] | None
Source: TypeAlias = Spec | str | Given


@dataclass(frozen=True)
class Asked:
    """A sweep as it was asked for.

    ``spec`` has the values set on top of it; ``over`` are the axes of the grid, ``points`` equally long lists
    of values by path. ``design`` is a drawn one: its ``kind`` such as ``"sobol:4096"``, the distributions
    ``over`` {path: text}, a ``seed`` and a ``covariance`` file.
    """

    spec: Spec
    over: Over = field(default_factory=dict)
    points: Mapping[str, Values] = field(default_factory=dict)
    design: Given = field(default_factory=dict)
    sets: str | int | None = None
    keep: Keep = None
    backend: str = ""
