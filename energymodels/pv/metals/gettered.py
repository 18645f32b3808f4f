"""What gettering and precipitation leave of a metal, by wafer."""

from __future__ import annotations

import numpy as np

from energymodels.core.case import chosen, filled
from energymodels.core.columns import by_value, take
from energymodels.core.model import Array
from energymodels.kernels.constants import K_B_EV, ZERO_CELSIUS
from energymodels.pv.metals import data, gettering
from energymodels.pv.metals.fields import Process, WaferMetals
from energymodels.pv.metals.recipes import process_keys

NOT_SET = -1.0  # stands for a time or a temperature, K, that is not set


def gettered(
    process: Process, wafer: WaferMetals, metal: str, total: Array, thickness: Array
) -> tuple[Array, Array]:
    """Return (total, active) density of a metal in the finished wafer, m-3.

    What is above the solubility at the freezing temperature has precipitated and does not recombine here. A
    process dissolves up to the solubility at its highest temperature, and getters that.
    """
    element = data.elements()[metal]
    freeze = wafer.freeze_temperature
    dissolved = np.minimum(total, _solubility(wafer, element, _dissolving(process, freeze)))
    left = dissolved * _residual(process, element, thickness)
    active = filled(wafer.active.get(metal), element.active[0], freeze)
    return total - dissolved + left, np.minimum(left, _solubility(wafer, element, freeze)) * active


def _dissolving(process: Process, freeze: Array) -> Array:
    """Return the temperature up to which metals dissolve, K: the freezing temperature or the process's
    highest.
    """

    def solve(key: float, temperature: float, freeze: Array) -> Array:
        hottest = gettering.hottest(process_keys()[int(key)], _celsius(temperature))
        return np.maximum(freeze, hottest + ZERO_CELSIUS)

    keys = [process.gettering.index, filled(process.temperature, NOT_SET, freeze)]
    return by_value(solve, keys, freeze)


def _if_set(value: float) -> float | None:
    """Return a number, None for what stands for a field that is not set."""
    return None if value == NOT_SET else value


def _celsius(kelvin: float) -> float | None:
    """Return a temperature, K, in degC as ``gettering`` takes it, to a part in 1e12, which the way there and
    back costs.
    """
    return None if kelvin == NOT_SET else round(kelvin - ZERO_CELSIUS, 9)


def _solubility(wafer: WaferMetals, element: data.Element, T: Array) -> Array:
    """Return the solubility of an element, m-3, at ``T`` K; inf where none is published."""
    if not element.solubility:
        return np.array(np.inf)
    which = chosen(wafer.solubility, element.symbol, wafer.freeze_temperature)
    kt = K_B_EV * T
    return take([c.value for c in element.solubility], which) * np.exp(
        -take([c.activation for c in element.solubility], which) / kt
    )


def _residual(process: Process, element: data.Element, thickness: Array) -> Array:
    """Return the fraction of the dissolved metal that the process leaves."""
    keys = [c.key for c in element.diffusivity]

    def solve(
        key: float, temperature: float, time: float, factor: float, diffusivity: float, thick: Array
    ) -> Array:
        return gettering.residual(
            element.symbol, process_keys()[int(key)], thick * 1e6,
            temperature=_celsius(temperature), time=_if_set(time), factor=factor,
            diffusivity=keys[int(diffusivity)] if keys else None,
        )  # fmt: skip

    return by_value(
        solve,
        [
            process.gettering.index,
            filled(process.temperature, NOT_SET, thickness),
            filled(process.time, NOT_SET, thickness),
            process.segregation_factor,
            chosen(process.diffusivity, element.symbol, thickness),
        ],
        thickness,
    )
