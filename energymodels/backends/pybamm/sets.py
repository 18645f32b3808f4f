"""PyBaMM's parameter sets as materials, evaluated by PyBaMM itself, so that clips, regularisation and
asymptotes are its own.

``battery.parameters`` asks for one by name, once for each version of PyBaMM, and keeps its tables on disk.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.metadata import version

import numpy as np

from energymodels.backends.pybamm.quiet import pybamm
from energymodels.battery.parameters.functions import (
    CONCENTRATION,
    Array,
    Material,
    Surface,
    factored,
)
from energymodels.battery.parameters.names import ASKED_FOR, SCALARS, name_of
from energymodels.core.errors import Fault, InputError
from energymodels.core.values import Tree

STEP = 1.25  # by which a number is changed to see what it does
SAME = 1e-9  # relative spread of what counts as a number
TEMPERATURES = (250.0, 275.0, 298.15, 325.0, 350.0)  # K, over which a number must be the same
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)  # stoichiometries, or positions in units of 0.1 mm
LAYERS = ("negative", "separator", "positive")
THERMAL = (
    *(f"{layer}.{key}" for layer in LAYERS for key in ("density", "specific_heat")),
    *(f"{side}.collector_{key}" for side in ("negative", "positive") for key in ("thickness", "density",
    "specific_heat")),
    "cell.volume", "cell.cooling_area",
)  # fmt: skip
BESIDE = tuple(path for path in SCALARS if path.startswith("side_reactions."))
OPTIONAL = {*THERMAL, *BESIDE, "heat_transfer_coefficient", "cell.heat_capacity", "cell.contact_resistance"}
CHEMISTRIES = ("lithium_ion", "sodium_ion")
SODIUM = (
    "a sodium-ion cell: outputs named after lithium are of sodium, potentials are vs Na/Na+",
    "no function of the set depends on temperature",
)
OF_TEMPERATURE = ("conductivity", "specific_heat", "density", "contact_resistance")


def read(name: str) -> Material:
    """Return the material of the set ``name``; InputError says why a set cannot be used."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of PyBaMM's own dependencies
        given = dict(pybamm.parameter_sets[name])
        fault = _unsupported(given)
        if fault:
            raise InputError(Fault("parameters", name, hint=fault))
        values = pybamm.ParameterValues(given)
        scalars, refused = _scalars(values, name)
        scalars |= _asked_for(values)
        curves = _curves(values, scalars["cell.reference_temperature"])
        powers = _powers(values)
    sources = (
        f"PyBaMM {version('pybamm')}, parameter set {name}",
        *(f"{key}, as PyBaMM cites it" for key in given.get("citations", [])),
    )
    notes = SODIUM if given.get("chemistry") == "sodium_ion" else ()
    return Material(
        name, f"{name}, a parameter set of PyBaMM", scalars, curves, sources, notes, refused, powers=powers
    )


def _unsupported(values: Tree) -> str:
    """Return why a set, as it is written, is no full cell of one material an electrode, or nothing."""
    names = list(values)
    if values.get("chemistry", "lithium_ion") not in CHEMISTRIES:
        kind = str(values["chemistry"]).replace("_", " ").replace("ecm", "equivalent circuits")
        return f"a set for {kind}; lithium-ion and sodium-ion cells with two porous electrodes are modelled"
    if any(name.startswith(("Primary: ", "Secondary: ")) for name in names):
        return "an electrode of two materials; electrodes of one are modelled"
    if any("host site" in name for name in names):
        return "a set for the MSMR model, which has no potential as a function of stoichiometry"
    for side in ("Negative", "Positive"):
        if f"{side} electrode porosity" not in names:
            return "a half cell; cells with two porous electrodes are modelled"
        if f"{side} electrode OCP [V]" not in names and f"{side} electrode lithiation OCP [V]" in names:
            return "a potential with two branches; one is modelled"
    if float(values.get("Number of cells connected in series to make a battery", 1)) != 1.0:
        return "several cells in series; one is modelled"
    return ""


def _asked_for(values: pybamm.ParameterValues) -> dict[str, float]:
    """Return {path: number} of what only PyBaMM asks for, where that is a number in its ``values``."""
    found = {f"side_reactions.{key}": values[name] for key, name in ASKED_FOR.items() if name in values}
    return {path: float(value) for path, value in found.items() if isinstance(value, int | float)}


def _scalars(values: pybamm.ParameterValues, set_name: str) -> tuple[dict[str, float], dict[str, str]]:
    """Return ({path: number in our unit}, {what the set cannot be used for: why})."""
    found: dict[str, float] = {}
    refused: dict[str, str] = {}
    faults: list[Fault] = []
    T_ref = float(values["Reference temperature [K]"])
    for path, name in SCALARS.items():
        if name not in values:
            if path not in OPTIONAL:
                faults.append(Fault(path, hint=f"the set {set_name} has no {name}"))
            continue
        results = _numbers(values, name, path, T_ref)
        _, factor = name_of(path) or ("", 1.0)
        if np.ptp(results) <= SAME * np.abs(results).max():
            found[path] = float(f"{results[0] / factor:.15g}")
        elif path.endswith(("specific_heat", "density")):
            refused.setdefault("lumped", f"{name} of the set {set_name} is no constant")
        elif path in ("cell.contact_resistance", "negative.conductivity", "positive.conductivity"):
            found[path] = float(f"{results[0] / factor:.15g}")
            refused["temperature"] = (
                f"{name} of the set {set_name} is no constant: its value at {T_ref:g} K is used"
            )
            refused.setdefault("lumped", f"{name} of the set {set_name} is no constant")
        elif path not in BESIDE:
            faults.append(Fault(path, hint=f"{name} of the set {set_name} is no constant"))
    if faults:
        raise InputError(faults)
    missing = [SCALARS[path] for path in THERMAL if SCALARS[path] not in values]
    if missing:
        refused.setdefault("lumped", f"the set {set_name} has no {missing[0]}")
    return found, refused


def _numbers(values: pybamm.ParameterValues, name: str, path: str, T_ref: float) -> Array:
    """Return a parameter's values: one of a number, several of a function, the first at the reference
    temperature.
    """
    value = values[name]
    if not callable(value):
        return np.array([_value(values, value)])
    count = len([p for p in inspect.signature(value).parameters.values() if p.default is p.empty])
    thermal = path.split(".")[-1].removeprefix("collector_") in OF_TEMPERATURE
    first: Iterable[Sequence[float]] = [(*[0.5] * (count - 1), T_ref)] if thermal else []
    grid = (
        [(*[p] * (count - 1), T) for p in PLACES for T in TEMPERATURES]
        if thermal
        else [(1e-4 * p,) * count for p in PLACES]
    )
    return np.array([_value(values, value(*map(pybamm.Scalar, arguments))) for arguments in (*first, *grid)])


def _value(values: pybamm.ParameterValues, symbol: pybamm.Symbol) -> float:
    return (
        float(symbol)
        if isinstance(symbol, int | float)
        else float(np.ravel(values.process_symbol(symbol).evaluate())[0])
    )


def _curves(values: pybamm.ParameterValues, T_ref: float) -> dict[str, Surface]:
    """Return the material functions by key, each evaluated at once for all its arguments."""
    param = pybamm.LithiumIonParameters(pybamm.BatteryModelOptions({}))
    on = partial(_evaluated, values)
    curves: dict[str, Surface] = {
        "KAPPA": on(param.kappa_e),
        "D_E": on(param.D_e),
        "TDF": on(param.thermodynamic_factor),
        "T_PLUS": on(param.t_plus),
    }
    for side, electrode in (("negative", param.n.prim), ("positive", param.p.prim)):
        end = side[0].upper()
        curves |= {f"{key}_{end}": on(f) for key, f in _of_electrode(electrode, param.T_ref).items()}
        most = float(values[f"Maximum concentration in {side} electrode [mol.m-3]"])
        curves |= factored(side, partial(_over_stoichiometry, on(electrode.j0), most), T_ref)
    return curves


def _powers(values: pybamm.ParameterValues) -> dict[str, dict[str, float]]:
    """Return {E_N and E_P: {path: power of that number by which exchange currents grow at one stoichiometry
    and concentration}}.
    """
    param = pybamm.LithiumIonParameters(pybamm.BatteryModelOptions({}))
    found: dict[str, dict[str, float]] = {}
    for side, electrode in (("negative", param.n.prim), ("positive", param.p.prim)):
        end = found[f"E_{side[0].upper()}"] = {}
        before = _middle(values, electrode)
        for path in (f"{side}.maximum_concentration", "electrolyte.initial_concentration"):
            changed = values.copy()
            changed.update({SCALARS[path]: STEP * values[SCALARS[path]]})
            power = float(np.log(_middle(changed, electrode) / before) / np.log(STEP))
            if abs(power) > 1e-4:  # less is the regularisation's
                end[path] = round(power, 6)
    return found


def _middle(values: pybamm.ParameterValues, electrode: pybamm.BaseParameters) -> float:
    """Return the exchange current density at stoichiometry 1/2, A m-2."""
    j0 = _evaluated(values, lambda c_e, sto: electrode.j0(c_e, sto * electrode.c_max, pybamm.Scalar(298.15)))
    return float(j0(np.array([CONCENTRATION]), np.array([0.5]))[0])


def _of_electrode(
    electrode: pybamm.BaseParameters, T_ref: pybamm.Symbol
) -> dict[str, Callable[..., pybamm.Symbol]]:
    """Return functions of PyBaMM's symbols; the entropic change has the bounds on stoichiometry that the
    potential has.
    """
    edge = pybamm.settings.tolerances["U__c_s"]
    return {
        "U": lambda sto, T: electrode.U(sto, T_ref),
        "DUDT": lambda sto, T: electrode.dUdT(pybamm.maximum(pybamm.minimum(sto, 1 - edge), edge)),
        "D": lambda sto, T: electrode.D(sto * electrode.c_max, T),
    }


def _over_stoichiometry(j0: Callable[..., Array], most: float, c_e: Array, sto: Array, T: Array) -> Array:
    return j0(c_e, most * sto, T)


def _evaluated(
    values: pybamm.ParameterValues, function: Callable[..., pybamm.Symbol]
) -> Callable[..., Array]:
    """Return a function of arrays of one shape that evaluates a function of PyBaMM's symbols."""

    def f(*arguments: Array) -> Array:
        shape = np.shape(arguments[0])
        n = int(np.prod(shape))
        states = [pybamm.StateVector(slice(i * n, (i + 1) * n)) for i in range(len(arguments))]
        with np.errstate(all="ignore"):
            result = values.process_symbol(function(*states)).evaluate(
                t=0.0, y=np.concatenate([np.ravel(a) for a in arguments])
            )
        return np.broadcast_to(np.ravel(np.asarray(result, dtype=np.float64)), (n,)).reshape(shape).copy()

    return f
