"""Material functions of a sheet.

The equations are those that PyBaMM makes of a BPX file, with its bounds on arguments, regularised roots and
guards of potentials.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from energymodels.battery.parameters import expression, plausibility
from energymodels.battery.parameters.functions import CLIP, Array, Curve, Material, Surface, factored
from energymodels.battery.parameters.sheet import (
    EXTRA,
    SIDES,
    Points,
    Sheet,
    checked,
)
from energymodels.core.errors import Fault, InputError
from energymodels.kernels.constants import FARADAY, GAS, ZERO_CELSIUS

PER_CM2 = 1e4  # ohm cm2 in an ohm m2
EDGE = 1e-10  # of stoichiometry, kept from its ends
ROOT = 1e-3  # of a root's argument relative to its scale, below which the root becomes a straight line
# V, and two of stoichiometry: 1 V at 0 and 1 mV at 0.001
GUARD = (205.0568621937484, 6910.192179565431, -7.7e-4)
_FACTORS = {
    "diffusivity": "diffusivity_factor",
    "reaction_rate": "exchange_current_density_factor",
}  # in whose place a range stands
_AS_THEY_ARE = (
    "porosity",
    "transport_efficiency",
    "maximum_concentration",
    "initial_concentration",
    "voltage_max",
)


def material(sheet: Sheet) -> Material:
    """Return the material of a sheet."""
    checked(sheet)
    curves: dict[str, Surface] = {}
    kinks: dict[str, tuple[float, ...]] = {}
    for key, name in (("KAPPA", "conductivity"), ("D_E", "diffusivity")):
        curves[key], kinks[key] = _activated(sheet, "electrolyte", name, lambda x: np.maximum(x, CLIP))
    for key, name, default in (("TDF", "thermodynamic_factor", 1.0), ("T_PLUS", "transference_number", None)):
        over_concentration, kinks[key] = function(sheet, "electrolyte", name, default)
        curves[key] = _at_any_temperature(over_concentration)
    for side in SIDES:
        end = side[0].upper()
        curves[f"D_{end}"], kinks[f"D_{end}"] = _activated(sheet, side, "diffusivity", _inside)
        potential, kinks[f"U_{end}"] = function(sheet, side, "open_circuit_potential")
        curves[f"U_{end}"] = _guarded(potential)
        change, kinks[f"DUDT_{end}"] = function(sheet, side, "entropic_change", 0.0)
        curves[f"DUDT_{end}"] = _bounded(change)
        curves |= factored(
            side, _exchange_current(sheet, side), sheet.number("cell", "reference_temperature")
        )
    notes = (*sheet.notes, *_limits(sheet, curves), *plausibility.remarks(sheet, curves))
    # k, not j0, is the material's
    powers = {f"E_{side[0].upper()}": {f"{side}.maximum_concentration": 1.0} for side in SIDES}
    return Material(
        sheet.name,
        sheet.title,
        _scalars(sheet),
        curves,
        sheet.sources,
        notes,
        _refused(sheet),
        kinks,
        powers,
        _ranges(sheet),
    )


def function(
    sheet: Sheet, section: str, key: str, default: float | None = None
) -> tuple[Curve, tuple[float, ...]]:
    """Return (function of x, where it has kinks) of a number, a formula or points, which a straight line
    joins.
    """
    entry = sheet.sections[section].get(key, default)
    if isinstance(entry, str):
        return expression.parse(entry, f"{section}.{key}"), ()
    if isinstance(entry, tuple):
        return joined(entry, f"{section}.{key}"), tuple(float(x) for x in entry[0])
    value = sheet.number(section, key, default)
    return lambda x: np.full_like(x, value), ()


def joined(points: Points, field: str) -> Curve:
    """Return straight lines between points, the first and last of which go on beyond."""
    x, y = (np.asarray(values, dtype=np.float64) for values in points)
    order = np.argsort(x)
    x, y = x[order], y[order]
    if x.size < 2 or x.size != y.size or not np.isfinite([x, y]).all() or (np.diff(x) <= 0.0).any():
        raise InputError(Fault(field, hint="points need as many y as x, two or more, all finite, no x twice"))
    slopes = np.diff(y) / np.diff(x)

    def f(at: Array) -> Array:
        i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, slopes.size - 1)
        return np.asarray(y[i] + slopes[i] * (at - x[i]))

    return f


def guard(x: Array) -> Array:
    """Return what keeps a potential from leaving stoichiometries of 0 to 1, V."""
    height, steepness, shift = GUARD
    low, high = (np.logaddexp(0.0, -steepness * (s - shift)) for s in (x, 1.0 - x))
    return np.asarray(height * (low - high))


def root(x: Array) -> Array:
    """Return the square root of ``x``, a straight line where x is far below ``ROOT``."""
    return np.asarray(x * (x * x + ROOT * ROOT) ** -0.25)


def _inside(x: Array) -> Array:
    return np.clip(x, EDGE, 1.0 - EDGE)


def _guarded(f: Curve) -> Surface:
    return lambda x, T: f(_inside(x)) + guard(x)


def _bounded(f: Curve) -> Surface:
    return lambda x, T: f(_inside(x))


def _at_any_temperature(f: Curve) -> Surface:
    return lambda x, T: f(x)


def _arrhenius(sheet: Sheet, section: str, key: str) -> Curve:
    energy = sheet.number(section, key, 0.0)
    T_ref = sheet.number("cell", "reference_temperature")
    return lambda T: np.exp(energy / GAS * (1.0 / T_ref - 1.0 / T))


def _activated(sheet: Sheet, section: str, key: str, bounded: Curve) -> tuple[Surface, tuple[float, ...]]:
    """Return a function of x times an Arrhenius factor, and its kinks."""
    f, kinks = function(sheet, section, key)
    factor = _arrhenius(sheet, section, f"{key}_activation_energy")
    return lambda x, T: f(bounded(x)) * factor(T), kinks


def _exchange_current(sheet: Sheet, side: str) -> Callable[[Array, Array, Array], Array]:
    """Return F k sqrt(c_e / c_e0) sqrt(theta (1 - theta)) of (c_e, theta, T)."""
    rate = sheet.number(side, "reaction_rate")
    factor = _arrhenius(sheet, side, "reaction_rate_activation_energy")
    usual = sheet.number("electrolyte", "initial_concentration")

    def j0(c_e: Array, theta: Array, T: Array) -> Array:
        theta = np.clip(theta, 0.0, 1.0)
        return np.asarray(
            FARADAY * rate * factor(T) * root(np.maximum(c_e, 0.0) / usual) * root(theta) * root(1.0 - theta)
        )

    return j0


def _scalars(sheet: Sheet) -> dict[str, float]:
    """Return {path: number in the field's unit}."""
    side_length = math.sqrt(sheet.number("cell", "electrode_area"))
    found = {"cell.electrode_height": side_length, "cell.electrode_width": side_length}
    found["electrolyte.initial_concentration"] = sheet.number("electrolyte", "initial_concentration")
    for key in ("electrode_pairs", "voltage_min", "voltage_max", "nominal_capacity", "reference_temperature"):
        found[f"cell.{key}"] = sheet.number("cell", key)
    for key, default in (
        ("ocv_min", found["cell.voltage_min"]),
        ("ocv_max", found["cell.voltage_max"]),
        ("contact_resistance", 0.0),
        ("ambient_temperature", found["cell.reference_temperature"]),
        ("initial_temperature", found["cell.reference_temperature"]),
    ):
        found[f"cell.{key}"] = sheet.number("cell", key, default)
    for key in ("cooling_area", "volume"):
        if sheet.has("cell", key):
            found[f"cell.{key}"] = sheet.number("cell", key)
    if sheet.has("cell", "heat_transfer_coefficient"):
        found["heat_transfer_coefficient"] = sheet.number("cell", "heat_transfer_coefficient")
    if sheet.has("cell", "density", "specific_heat"):
        found["cell.heat_capacity"] = sheet.number("cell", "density") * sheet.number("cell", "specific_heat")
    for part in ("separator", *SIDES):
        found[f"{part}.thickness"] = _micro(sheet.number(part, "thickness"))
        for key in ("porosity", "transport_efficiency"):
            found[f"{part}.{key}"] = sheet.number(part, key)
    for side, full in (("negative", "maximum"), ("positive", "minimum")):
        radius, most = sheet.number(side, "particle_radius"), sheet.number(side, "maximum_concentration")
        found |= {
            f"{side}.particle_radius": _micro(radius),
            f"{side}.active_fraction": sheet.number(side, "surface_area") * radius / 3.0,
            f"{side}.maximum_concentration": most,
            f"{side}.conductivity": sheet.number(side, "conductivity"),
            f"{side}.bruggeman_electrode": 0.0,  # the conductivity is that of the porous electrode
            f"{side}.initial_concentration": sheet.number(side, f"{full}_stoichiometry") * most,
        }
    return found | _start(sheet) | _extra(sheet)


def _start(sheet: Sheet) -> dict[str, float]:
    """Return what the sheet says of the start, {path: number}: state of charge, and temperatures in degC."""
    found = {}
    if sheet.has("cell", "initial_soc"):
        found["initial_soc"] = sheet.number("cell", "initial_soc")
        if not 0.0 <= found["initial_soc"] <= 1.0:
            raise InputError(Fault("cell.initial_soc", found["initial_soc"], "from 0 to 1"))
    given = [
        sheet.number("cell", key)
        for key in ("ambient_temperature", "initial_temperature")
        if sheet.has("cell", key)
    ]
    if given:
        found["temperature"] = _celsius(given[0])
    if len(set(given)) > 1:
        found["initial_temperature"] = _celsius(given[1])
    return found


def _celsius(kelvin: float) -> float:
    return float(f"{kelvin - ZERO_CELSIUS:.12g}")


def _extra(sheet: Sheet) -> dict[str, float]:
    """Return what the sheet says of hybrid electrolytes and side reactions, {path: number}; InputError for
    one out of its range.
    """
    found = {
        path: _unit(key) * sheet.number(section, key)
        for (section, key), path in EXTRA.items()
        if sheet.has(section, key)
    }
    for path, value in found.items():
        most = (
            1.0
            if path in ("electrolyte.liquid_fraction", "side_reactions.plating_transfer_coefficient")
            else math.inf
        )
        if not 0.0 <= value <= most:
            raise InputError(Fault(path, value, "0 to 1" if most == 1.0 else "0 or more"))
    return found


def _ranges(sheet: Sheet) -> dict[str, tuple[float, float]]:
    """Return {path of a field: (low, high)}; what has no field of its own is a factor's, relative to the
    value.
    """
    found = {}
    for (section, key), ends in sheet.ranges.items():
        path, scale = EXTRA.get((section, key), f"{section}.{key}"), 1.0
        if key in ("thickness", "particle_radius"):
            scale = 1e6
        elif key == "interface_resistance":
            scale = _unit(key)
        elif key in _FACTORS:
            path, scale = f"{section}.{_FACTORS[key]}", 1.0 / sheet.number(section, key)
        elif path not in EXTRA.values() and key not in _AS_THEY_ARE:
            raise InputError(Fault(f"{section}.{key}", hint="no field takes its range"))
        found[path] = (float(f"{ends[0] * scale:.15g}"), float(f"{ends[1] * scale:.15g}"))
    return found


def _unit(key: str) -> float:
    """Return the factor from a sheet's unit to the field's."""
    return PER_CM2 if key == "interface_resistance" else 1.0


def _micro(metres: float) -> float:
    return float(f"{metres * 1e6:.15g}")


def _refused(sheet: Sheet) -> dict[str, str]:
    """Return {capability: why the sheet does not serve it}."""
    missing = [
        f"cell.{key}"
        for key in ("density", "specific_heat", "volume", "cooling_area")
        if not sheet.has("cell", key)
    ]
    missing += [f"{side}.entropic_change" for side in SIDES if not sheet.has(side, "entropic_change")]
    found = dict(sheet.refused or {})
    return found | ({"lumped": f"{sheet.name} gives no {missing[0]}"} if missing else {})


def _limits(sheet: Sheet, curves: Mapping[str, Surface]) -> list[str]:
    """Return notes on stoichiometry limits whose open-circuit voltage lies outside the cut-offs by more than
    1 mV.
    """
    T = np.array([sheet.number("cell", "reference_temperature")])
    notes = []
    for word, ends, bound, sign in (
        ("full", ("maximum", "minimum"), "voltage_max", 1.0),
        ("empty", ("minimum", "maximum"), "voltage_min", -1.0),
    ):
        at = [
            np.array([sheet.number(side, f"{end}_stoichiometry")])
            for side, end in zip(SIDES, ends, strict=True)
        ]
        voltage = float((curves["U_P"](at[1], T) - curves["U_N"](at[0], T))[0])
        if sign * (voltage - sheet.number("cell", bound)) > 1e-3:
            notes.append(f"the stoichiometry limits give {voltage:.4f} V when {word}, outside {bound}")
    return notes
