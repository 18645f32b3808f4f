"""pvlib as reference backend of ``pv.diode``: Bishop's curve, solved by its vectorised Newton iteration.

That iteration may end anywhere, with or without saying so. So every number it gives is put back into the
single-diode equation, and what does not solve it is NaN: the reference has not converged.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.values import Fields
from energymodels.kernels import status

NEWTON: dict[str, Any] = {"method": "newton", "method_kwargs": {"tol": 1e-12, "maxiter": 200}}
NAMES = ("photocurrent", "saturation_current", "resistance_series", "resistance_shunt", "nNsVth")
CLOSE = 1e-10  # fraction of a number by which it may miss the root: a tenth of what it is held against
ROUND_OFF = 1e-12  # the same of the light-generated current, from which small currents are left over


def solve(
    model: str, fields: Fields, columns: Mapping[str, Array], axes: Mapping[str, Array]
) -> tuple[dict[str, Array], Array]:
    """Return (outputs of ``pv.diode``, status) for columns of equal length.

    pvlib has no second diode: InputError.

    A case with a number that does not solve the equation has the status no_convergence; its other numbers
    stay.
    """
    from pvlib import singlediode

    if np.any(columns["saturation_current_2"] > 0.0):
        raise InputError(
            Fault("saturation_current_2", hint="pvlib has no second diode; set it to 0 to compare")
        )
    cells = [columns[name] for name in NAMES]
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # its iterations pass through overflow
        warnings.simplefilter("ignore")  # that some have not converged is seen below
        found = {
            "i_sc": _current(singlediode, np.zeros(cells[0].size), cells),
            "v_oc": _open_circuit(singlediode, cells),
            **dict(zip(("i_mp", "v_mp", "p_mp"), _maximum_power(singlediode, cells), strict=True)),
        }
        if "voltage" in axes:
            shape = (cells[0].size, axes["voltage"].size)
            voltage, *flat = [
                np.broadcast_to(a, shape).ravel() for a in (axes["voltage"], *(a[:, None] for a in cells))
            ]
            found["i"] = _current(singlediode, voltage, flat).reshape(shape)
    lost = np.any(
        [np.isnan(values).reshape(cells[0].size, -1).any(axis=1) for values in found.values()], axis=0
    )
    return found, np.where(lost, status.NO_CONVERGENCE, status.OK).astype(np.int8)


def _ask(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what pvlib finds; None where it finds nothing for any case."""
    try:
        return function(*arguments, **NEWTON)
    except RuntimeError:
        return None


def _miss(voltage: Array, current: Array, cells: list[Array]) -> tuple[Array, Array]:
    """Return (what a point misses of the single-diode equation, A; -dI/dV_d there, S)."""
    light, saturation, series, shunt, a = cells
    inner = voltage + current * series
    slope = saturation / a * np.exp(inner / a) + 1.0 / shunt
    return light - saturation * np.expm1(inner / a) - inner / shunt - current, slope


def _solves(voltage: Array, current: Array, cells: list[Array]) -> Array:
    """Return where the current is that at the voltage; False for NaN."""
    miss, slope = _miss(voltage, current, cells)
    return np.asarray(
        np.abs(miss) / (1.0 + cells[2] * slope) <= CLOSE * np.abs(current) + ROUND_OFF * cells[0]
    )


def _current(pvlib: Any, voltage: Array, cells: list[Array]) -> Array:
    """Return the current at a voltage, NaN where it was not found."""
    current = _ask(pvlib.bishop88_i_from_v, voltage, *cells)
    if current is None:
        return np.full(voltage.size, np.nan)
    return np.where(_solves(voltage, current, cells), current, np.nan)


def _open_circuit(pvlib: Any, cells: list[Array]) -> Array:
    """Return the open-circuit voltage, NaN where it was not found."""
    nothing = np.zeros(cells[0].size)
    voltage = _ask(pvlib.bishop88_v_from_i, nothing, *cells)
    if voltage is None:
        return np.full(nothing.size, np.nan)
    miss, slope = _miss(voltage, nothing, cells)
    return np.where(np.abs(miss) <= slope * CLOSE * np.abs(voltage), voltage, np.nan)


def _maximum_power(pvlib: Any, cells: list[Array]) -> tuple[Array, ...]:
    """Return (current, voltage, power) at maximum power, NaN where it was not found."""
    point = _ask(pvlib.bishop88_mpp, *cells)
    if point is None:
        return tuple(np.full((3, cells[0].size), np.nan))
    current, voltage, _ = point
    inner = voltage + current * cells[2]
    # by V_d: of current and voltage, and of the power's slope by V
    _, _, _, current_slope, voltage_slope, _, slope, curvature = pvlib.bishop88(inner, *cells, gradients=True)
    # what is left of Newton's way to the top
    step = np.abs(slope / np.where(curvature == 0.0, 1.0, curvature))
    on_top = (step * np.abs(current_slope) <= CLOSE * current) & (step * voltage_slope <= CLOSE * voltage)
    good = on_top & _solves(voltage, current, cells)
    return tuple(np.where(good, values, np.nan) for values in point)
