"""A case's fields as PyBaMM's parameter values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np

from energymodels.backends.pybamm import files as pybamm_files
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.backends.pybamm.sets import CHEMISTRIES
from energymodels.battery.parameters.names import FUNCTIONS, SCALARS, name_of
from energymodels.battery.parameters.sets import bundled, names
from energymodels.core import files
from energymodels.core.errors import Fault, InputError, unknown
from energymodels.core.values import Fields
from energymodels.kernels.constants import ZERO_CELSIUS

Function: TypeAlias = Callable[..., pybamm.Symbol]
COOLING = SCALARS["heat_transfer_coefficient"]
EXCHANGE = {
    f"{side.lower()}.exchange_current_density": f"{side} electrode exchange-current density [A.m-2]"
    for side in ("Negative", "Positive")
}
LAYERS = (
    "Negative current collector",
    "Negative electrode",
    "Separator",
    "Positive electrode",
    "Positive current collector",
)
PARTS = {"negative": "Negative electrode", "separator": "Separator", "positive": "Positive electrode"}
DENSITIES = tuple(f"{layer} density [kg.m-3]" for layer in LAYERS)
CAPACITIES = tuple(f"{layer} specific heat capacity [J.kg-1.K-1]" for layer in LAYERS)
THICKNESSES = tuple(f"{layer} thickness [m]" for layer in LAYERS)
NEEDED = tuple(
    f"{part} electrode {what}"
    for part in ("Negative", "Positive")
    for what in ("OCP [V]", "active material volume fraction")
)
# asked for, with no effect
UNUSED = tuple(f"{side} current collector conductivity [S.m-1]" for side in ("Negative", "Positive"))
ENTROPIC = tuple(f"{side} electrode OCP entropic change [V.K-1]" for side in ("Negative", "Positive"))
THERMAL = (
    *DENSITIES,
    *CAPACITIES,
    *THICKNESSES,
    *ENTROPIC,
    "Cell volume [m3]",
    "Cell cooling surface area [m2]",
    COOLING,
)


@dataclass(frozen=True)
class Cell:
    """PyBaMM's parameter values of a case, charged to its initial state, and what is known of its
    electrodes.
    """

    values: pybamm.ParameterValues
    empty: float  # stoichiometry of the negative electrode at state of charge 0
    full: float  # at 1
    capacity: float  # A s between the two
    nominal: float  # A s that 1C moves in an hour
    soc: float  # at the start
    ocv: float  # V, at the start
    voltage_min: float  # V
    voltage_max: float  # V
    contact: float  # ohm
    ambient: float  # K
    pairs: float  # of electrodes
    negative_volume: float  # m3, of the negative electrodes of all pairs


@cache
def _loaded(name: str, changed: float) -> pybamm.ParameterValues:
    """Return the parameter values of a set; ``changed`` is a file's time, so that an edited one is read
    again.
    """
    if name.endswith(".json"):
        return pybamm_files.from_file(Path(name))
    return pybamm_files.from_bundled(name) if name in bundled() else pybamm.ParameterValues(name)


def load(name: str) -> pybamm.ParameterValues:
    """Return the parameter values of a PyBaMM set, a bundled one or a BPX file, to be changed at will;
    InputError if none fits.
    """
    if name.endswith(".json"):
        path = Path(name)
        if why := files.absent(path):
            raise InputError(Fault("parameters", name, hint=why))
        return _loaded(name, path.stat().st_mtime).copy()
    if name not in names():
        raise unknown("parameter set", name, names())
    values = _loaded(name, 0.0).copy()
    if values.get("chemistry", "lithium_ion") not in CHEMISTRIES or any(
        need not in values for need in NEEDED
    ):
        raise InputError(
            Fault(
                "parameters",
                name,
                hint="is no intercalation cell of two electrodes with one active material each",
            )
        )
    return values


def cell(case: Fields, soc: float) -> Cell:
    """Return the cell of a case {path: value in the field's unit, labels as text}.

    It starts at state of charge ``soc``, which counts from ``cell.ocv_min`` to ``cell.ocv_max`` at the
    reference temperature, at the lithium inventory of the set, unless ``initial_voltage`` or
    ``initial_state`` say otherwise. InputError if the set or the file cannot be had, or lacks what the case
    asks for.
    """
    name = str(case["parameters"])
    values = load(name)
    _set_scalars(values, case)
    _set_functions(values, case)
    _set_heat(values, case, of_bpx=name.endswith(".json") or name in bundled())
    param = pybamm.LithiumIonParameters()
    low, high, positive_high, positive_low = (
        float(np.ravel(v)[0]) for v in pybamm.lithium_ion.get_min_max_stoichiometries(values)
    )
    if "initial_voltage" in case:
        voltage = f"{float(case['initial_voltage'])!r} V"
        soc = (_number(pybamm.lithium_ion.get_initial_stoichiometries(voltage, values)[0]) - low) / (
            high - low
        )
    elif "initial_state" in case:
        of = float(values["Initial concentration in negative electrode [mol.m-3]"])
        soc = (of / float(values["Maximum concentration in negative electrode [mol.m-3]"]) - low) / (
            high - low
        )
    for side, theta in (
        ("negative", low + soc * (high - low)),
        ("positive", positive_low + soc * (positive_high - positive_low)),
    ):
        most = values[f"Maximum concentration in {side} electrode [mol.m-3]"]
        values[f"Initial concentration in {side} electrode [mol.m-3]"] = theta * most
    capacity = 3600.0 * _number(values.evaluate(param.n.Q_init)) * (high - low)
    nominal = (
        capacity
        if case.get("rate_basis") == "cell"
        else 3600.0 * float(values["Nominal cell capacity [A.h]"])
    )
    low_voltage, high_voltage, contact, ambient = (
        float(values.get(name, 0.0))
        for name in (
            "Lower voltage cut-off [V]",
            "Upper voltage cut-off [V]",
            "Contact resistance [Ohm]",
            "Ambient temperature [K]",
        )
    )
    pairs = float(values["Number of electrodes connected in parallel to make a cell"])
    volume = pairs * math.prod(
        float(values[name])
        for name in ("Negative electrode thickness [m]", "Electrode height [m]", "Electrode width [m]")
    )
    ocv = _number(values.evaluate(param.ocv_init))
    limits = (low_voltage, high_voltage, contact, ambient)
    return Cell(values, low, high, capacity, nominal, soc, ocv, *limits, pairs=pairs, negative_volume=volume)


def _number(value: pybamm.Symbol | float) -> float:
    return float(np.ravel(value)[0])


def _set_scalars(values: pybamm.ParameterValues, case: Fields) -> None:
    """Set what the case gives; a transport efficiency becomes the Bruggeman exponent that gives it at the
    case's porosity.
    """
    given = {}
    for path in SCALARS.keys() & case.keys() - {"cell.heat_capacity"}:
        name, factor = name_of(path) or ("", 1.0)
        given[name] = float(case[path]) * factor
    if "temperature" in case:
        kelvin = float(case["temperature"]) + ZERO_CELSIUS
        first = float(case.get("initial_temperature", case["temperature"])) + ZERO_CELSIUS
        given |= {"Ambient temperature [K]": kelvin, "Initial temperature [K]": first}
    values.update(given)
    for part, layer in PARTS.items():
        efficiency = case.get(f"{part}.transport_efficiency", values.get(f"{layer} transport efficiency"))
        if efficiency is not None and f"{part}.bruggeman_electrolyte" not in case:
            exponent = math.log(float(efficiency)) / math.log(values[f"{layer} porosity"])
            values[f"{layer} Bruggeman coefficient (electrolyte)"] = exponent


def _set_functions(values: pybamm.ParameterValues, case: Fields) -> None:
    """Replace functions by the constants, and multiply them by the factors, that the case gives."""
    for path, name in (FUNCTIONS | EXCHANGE).items():
        if path in case:
            values[name] = float(case[path])
        if f"{path}_factor" in case:
            values[name] = _times(values[name], float(case[f"{path}_factor"]))


def _times(original: Function | float, factor: float) -> Function | float:
    """Return a parameter, a number or a function, times ``factor``."""
    if not callable(original):
        return factor * original
    function = original
    return lambda *arguments: factor * function(*arguments)


def _set_heat(values: pybamm.ParameterValues, case: Fields, *, of_bpx: bool) -> None:
    """Check that a lumped cell has its thermal parameters; give an isothermal one those PyBaMM asks for,
    which cancel out.
    """
    if "cell.heat_capacity" in case:
        values.update(
            dict.fromkeys(DENSITIES, 1.0) | dict.fromkeys(CAPACITIES, float(case["cell.heat_capacity"]))
        )
        # all layers have one heat capacity a volume
        values.update({name: 0.0 for name in THICKNESSES if name not in values})
    values.update({name: 1.0 for name in UNUSED if name not in values})
    missing = [name for name in THERMAL if name not in values]
    if case.get("thermal") != "lumped":
        values.update({name: 0.0 if name in (*THICKNESSES, *ENTROPIC) else 1.0 for name in missing})
    elif missing:
        raise InputError(Fault("thermal", "lumped", hint=f"the set {case['parameters']} has no {missing[0]}"))
    elif of_bpx and "heat_transfer_coefficient" not in case and not values[COOLING]:
        raise InputError(
            Fault(
                "heat_transfer_coefficient",
                hint=f"{case['parameters']} gives none, and lumped heat needs one",
            )
        )
