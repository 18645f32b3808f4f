"""The fourteen material functions of a lithium-ion cell: what they are, where they are tabulated and how
closely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from energymodels.core.errors import Fault, InputError
from energymodels.kernels.battery.cell import layout

Array: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = Callable[[Array], Array]
Surface: TypeAlias = Callable[[Array, Array], Array]  # f(x, T) of arrays of one shape

LOW_T, HIGH_T = 233.15, 373.15  # K, the temperatures of every table
# V: potentials beyond only guard the ends of stoichiometry; they are tabulated to a relative error
LARGEST = 10.0
LITTLE = 1e-4  # mol m-3 of electrolyte, below which exchange currents stay as they are, above zero
CLIP, MOST = 10.0, 8000.0  # mol m-3 of electrolyte, between which transport properties change
CONCENTRATION = 1000.0  # mol m-3, a usual one
# K and mol m-3, in which f(x, T) is fitted where no few products equal it
WINDOW_T, WINDOW_C = (253.15, 343.15), 6000.0
MEASURED = 3000.0  # mol m-3: electrolytes are measured up to about here
FLOOR = 0.1  # of the largest value at a temperature, below which errors of a fit are relative to it
FACTORS = 1e-6  # relative error to which an exchange current must be a product


@dataclass(frozen=True)
class Function:
    """One function f(x, T): ``x`` is a stoichiometry or the electrolyte's concentration in mol m-3.

    Its table covers ``low`` to ``high`` by ``buckets`` equal stretches and stays at its ends' values; a
    potential's covers one more stretch on either side and goes on along its slope. ``tolerance`` is V for a
    potential, else relative to the local value.
    """

    key: str
    meaning: str
    unit: str
    low: float
    high: float
    buckets: int
    thermal: bool = False  # depends on temperature too
    tolerance: float = 9e-7
    potential: bool = False
    floor: float = 1e-9  # of the largest value, below which errors are relative to it

    @property
    def typical(self) -> float:
        """An x well inside the range."""
        return 0.5 if self.high == 1.0 else CONCENTRATION

    def grid(self, buckets: int) -> tuple[float, float, int]:
        """Return (low, high, buckets) of a table with ``buckets`` between ``low`` and ``high``, whose ends
        stay on edges.
        """
        margin = (self.high - self.low) / buckets if self.potential else 0.0
        return self.low - margin, self.high + margin, buckets + 2 * self.potential

    def allowed(self, x: Array, value: Array, most: float) -> Array:
        """Return the error allowed of a table where the function has ``value``; ``most`` is its largest
        magnitude.
        """
        if self.potential:
            guard = (np.abs(value) > LARGEST) | (x < self.low) | (x > self.high)
            return np.where(guard, 1e-5 * np.maximum(np.abs(value), LARGEST), self.tolerance)
        return self.tolerance * np.maximum(np.abs(value), self.floor * most)


def _of_electrode(side: str) -> tuple[Function, ...]:
    end = side[0].upper()
    return (
        Function(f"U_{end}", f"open-circuit potential of the {side} electrode at the reference temperature",
        "V",
                 0.0, 1.0, 256, tolerance=1.8e-6, potential=True),
        Function(f"DUDT_{end}", f"entropic change of the {side} electrode's potential", "V K-1", 0.0, 1.0, 64,
        floor=0.1),
        Function(f"D_{end}", f"diffusivity in the {side} electrode's particles", "m2 s-1",
                 0.0, 1.0, 64, thermal=True, tolerance=6e-7),
        Function(f"S_{end}", f"exchange current of the {side} electrode over stoichiometry, 1 at its largest",
        "1", 0.0, 1.0, 128),
        Function(f"E_{end}",
        f"exchange current density of the {side} electrode at its largest over stoichiometry", "A m-2",
                 LITTLE, MOST, 448, thermal=True, tolerance=6e-7),
    )  # fmt: skip


_ALL = (
    *_of_electrode("negative"),
    *_of_electrode("positive"),
    Function(
        "KAPPA",
        "conductivity of the electrolyte",
        "S m-1",
        CLIP,
        MOST,
        64,
        thermal=True,
        tolerance=6e-7,
        floor=1e-3,
    ),
    Function("D_E", "diffusivity in the electrolyte", "m2 s-1", CLIP, MOST, 64, thermal=True, tolerance=6e-7),
    Function(
        "TDF", "thermodynamic factor of the electrolyte", "1", 0.0, MOST, 64, thermal=True, tolerance=6e-7
    ),
    Function("T_PLUS", "transference number of the cation", "1", 0.0, MOST, 64, thermal=True, tolerance=6e-7),
)
FUNCTIONS = tuple(sorted(_ALL, key=lambda function: int(getattr(layout, function.key))))
KEYS = tuple(function.key for function in FUNCTIONS)


@dataclass(frozen=True)
class Material:
    """What is read of a set, before its functions become tables: numbers in the fields' units and functions
    in SI units.

    ``kinks`` holds where a function is not smooth; ``refused`` holds what the set cannot be used for, and
    why; ``powers`` holds the power of a number {function: {path: power}} by which a function grows when that
    number is changed, its own x being the same; ``ranges`` holds {path of a field: (low, high)} where the
    literature has no one value.
    """

    name: str
    title: str
    scalars: Mapping[str, float]
    curves: Mapping[str, Surface]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    kinks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    powers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def factored(side: str, j0: Callable[[Array, Array, Array], Array], T_ref: float) -> dict[str, Surface]:
    """Return S and E of j0(c_e, theta, T) = E(c_e, T) S(theta); InputError where an exchange current is no
    such product.
    """
    theta = np.linspace(0.0, 1.0, 2001)
    shape = j0(np.full_like(theta, CONCENTRATION), theta, np.full_like(theta, T_ref))
    best = theta[int(np.argmax(shape))]
    largest = shape.max()

    def over_theta(x: Array, T: Array) -> Array:
        return np.asarray(j0(np.full_like(x, CONCENTRATION), x, np.full_like(x, T_ref)) / largest)

    def over_concentration(x: Array, T: Array) -> Array:
        return j0(x, np.full_like(x, best), T)

    places = (np.geomspace(1e-2, MOST, 12), np.linspace(0.002, 0.998, 12), np.linspace(LOW_T, HIGH_T, 5))
    c, s, T = (a.ravel() for a in np.meshgrid(*places))
    exact = j0(c, s, T)
    if not (np.abs(over_concentration(c, T) * over_theta(s, T) - exact) <= FACTORS * np.abs(exact)).all():
        hint = "not a product of a function of concentration and temperature and one of stoichiometry"
        raise InputError(Fault(f"{side}.exchange_current_density", hint=hint))
    end = side[0].upper()
    return {f"S_{end}": over_theta, f"E_{end}": over_concentration}
