"""The air outside and the climate in the cabin."""

from __future__ import annotations

import numpy as np

from energymodels.core.model import Array
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.vehicle.range.fields import Cabin

# the standard atmosphere, ISO 2533 (``iso2533``)
PRESSURE = 101325.0  # Pa at sea level
SEA_LEVEL = 288.15  # K
LAPSE = 0.0065  # K m-1
GRAVITY = 9.80665  # m s-2
GAS_OF_AIR = 287.05287  # J kg-1 K-1, dry
# K: coast-down coefficients are stated for air between these
COEFFICIENTS_HOLD = (20.0 + ZERO_CELSIUS, 25.0 + ZERO_CELSIUS)


def pressure(altitude: Array) -> Array:
    """Return the pressure (Pa) of the standard atmosphere at ``altitude`` (m), below 11 km."""
    exponent = GRAVITY / (GAS_OF_AIR * LAPSE)
    # ``**`` of a single number is libm's
    return np.asarray(PRESSURE * np.power(1.0 - LAPSE * altitude / SEA_LEVEL, exponent))


def air_density(temperature: Array, altitude: Array) -> Array:
    """Return the density (kg m-3) of dry air as an ideal gas at ``temperature`` (K), standard pressure at
    ``altitude`` (m).
    """
    return np.asarray(pressure(altitude) / (GAS_OF_AIR * temperature))


def density_ratio(temperature: Array, altitude: Array) -> Array:
    """Return the density of the air over that in which coast-down coefficients hold: 1 from 20 to 25 degC at
    sea level.
    """
    held = np.clip(temperature, *COEFFICIENTS_HOLD)
    return np.asarray(air_density(temperature, altitude) / air_density(held, np.zeros_like(altitude)))


def cabin_power(temperature: Array, cabin: Cabin) -> Array:
    """Return the electric power (W) that keeps the cabin between its two temperatures, the air outside at
    ``temperature`` (K).
    """
    warm, cool = cabin.heating_temperature, cabin.cooling_temperature
    transfer, gain = cabin.heat_transfer, cabin.heat_gain
    heating = np.maximum(transfer * (warm - temperature) - gain, 0.0)
    cooling = np.where(
        transfer * (temperature - cool) + gain > 0.0, transfer * (temperature - cool) + gain, 0.0
    )
    performance = np.where(cabin.heater.means("resistance"), 1.0, heating_cop(temperature, cabin))
    return np.asarray(heating / performance + cooling / cooling_cop(temperature, cabin))


def heating_cop(temperature: Array, cabin: Cabin) -> Array:
    """Return heat into the cabin over electric energy of the heat pump; at least 1."""
    hot = cabin.heating_temperature + cabin.approach_inside
    cold = temperature - cabin.approach_outside
    lift = np.maximum(hot - cold, 1e-3)
    return np.asarray(np.clip(cabin.carnot_share * hot / lift, 1.0, cabin.cop_max))


def cooling_cop(temperature: Array, cabin: Cabin) -> Array:
    """Return heat out of the cabin over electric energy of the heat pump."""
    hot = temperature + cabin.approach_outside
    cold = cabin.cooling_temperature - cabin.approach_inside
    lift = np.maximum(hot - cold, 1e-3)
    return np.asarray(np.minimum(cabin.carnot_share * cold / lift, cabin.cop_max))
