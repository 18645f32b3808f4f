"""BPX files and bundled cells as PyBaMM's parameter values.

Their formulas are read by our grammar, never run as a program.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from pathlib import Path

import numpy as np

from energymodels.backends.pybamm.quiet import pybamm
from energymodels.battery.parameters import bpx, expression
from energymodels.battery.parameters.names import ASKED_FOR, SIDE_REACTIONS
from energymodels.battery.parameters.sets import read_bundled
from energymodels.battery.parameters.sheet import Sheet
from energymodels.core.errors import Fault, InputError
from energymodels.core.values import Tree

# what PyBaMM is given in a formula's place, to be replaced afterwards
POINTS = {"x": [0.0, 1.0], "y": [0.0, 0.0]}
OPERATIONS: dict[object, Callable[..., pybamm.Symbol]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.negative: operator.neg,
    np.positive: lambda x: x,
    np.abs: abs,
    np.tan: lambda x: np.sin(x) / np.cos(x),
}  # PyBaMM's symbols take NumPy's other functions
TITLES = {"negative": "Negative electrode", "positive": "Positive electrode"}
OVER_CONCENTRATION = {
    "transference_number": "Cation transference number",
    "thermodynamic_factor": "Thermodynamic factor",
}
BARE = {ours: bare for bare, ours in bpx.KEYS.items()}


def from_file(path: Path) -> pybamm.ParameterValues:
    """Return the parameter values of a BPX file; InputError says what is wrong with it."""
    bpx.read(path)  # every fault, in our words
    raw, _ = bpx.validated(bpx.parsed(path), path.name)
    return _values(bpx.completed(raw))


def from_bundled(name: str) -> pybamm.ParameterValues:
    """Return the parameter values of a bundled cell, with its side reactions."""
    sheet = read_bundled(name)
    values = _values(_written(sheet))
    for key, parameter in OVER_CONCENTRATION.items():
        text = sheet.sections["electrolyte"].get(key)
        if isinstance(text, str):
            values[parameter] = _function(
                text, f"electrolyte.{key}", 0.0, values["Reference temperature [K]"]
            )
    values.update(_side_reactions(sheet.sections["side_reactions"]))
    return values


def _side_reactions(entries: Tree) -> dict[str, object]:
    """Return PyBaMM's parameters of side reactions; rates of plating and of dead lithium are those of its set
    OKane2022.
    """
    found: dict[str, object] = {(SIDE_REACTIONS | ASKED_FOR)[key]: value for key, value in entries.items()}
    if "plating_rate_constant" in entries:
        rate = pybamm.constants.F * pybamm.Parameter(SIDE_REACTIONS["plating_rate_constant"])
        found["Exchange-current density for plating [A.m-2]"] = lambda c_e, c_Li, T: rate * c_e
        found["Exchange-current density for stripping [A.m-2]"] = lambda c_e, c_Li, T: rate * c_Li
    if {"dead_lithium_decay", "sei_initial_thickness"} <= entries.keys():
        decay, first = (
            pybamm.Parameter(SIDE_REACTIONS[key]) for key in ("dead_lithium_decay", "sei_initial_thickness")
        )
        found["Dead lithium decay rate [s-1]"] = lambda thickness: decay * first / thickness
    return found


def _values(raw: Tree) -> pybamm.ParameterValues:
    """Return what PyBaMM makes of a BPX file's content, in the layout of BPX 1."""
    texts = dict(bpx.formulas(raw["Parameterisation"]))
    parts = {
        title: {
            key: POINTS if isinstance(value, str) else value
            for key, value in entries.items()
            if value is not None
        }
        for title, entries in raw["Parameterisation"].items()
        if title in bpx.SECTIONS.values()
    }
    given = raw["Parameterisation"].get("User-defined") or {}
    parts["User-defined"] = {
        key: value for key, value in given.items() if key in bpx.USER and isinstance(value, int | float)
    }
    state = {
        key: dict(entries)
        for key, entries in (raw.get("State") or {}).items()
        if key != "Degradation" and entries
    }
    state.get("Initial conditions", {}).pop("Initial state-of-charge", None)  # the case says it
    values = pybamm.ParameterValues.create_from_bpx_obj(
        {"Header": raw["Header"], "Parameterisation": parts, "State": state}
    )
    T_ref = values["Reference temperature [K]"]
    for place, text in texts.items():
        title, _, key = place.partition(" / ")
        if title in parts and title != "User-defined":
            name, energy = _target(title, key.split(" [")[0])
            values[name] = _function(text, place, float(values.get(energy, 0.0)) if energy else 0.0, T_ref)
    return values


def _target(title: str, bare: str) -> tuple[str, str]:
    """Return PyBaMM's names of a BPX function and of its activation energy, empty if it has none."""
    if title == "Electrolyte" and bare in ("Conductivity", "Diffusivity"):
        unit = "S.m-1" if bare == "Conductivity" else "m2.s-1"
        return f"Electrolyte {bare.lower()} [{unit}]", (
            f"Electrolyte {bare.lower()} activation energy [J.mol-1]"
        )
    if bare == "Diffusivity":
        particle = title.replace("electrode", "particle")
        return f"{particle} diffusivity [m2.s-1]", f"{particle} diffusivity activation energy [J.mol-1]"
    names = {"OCP": "OCP [V]", "Entropic change coefficient": "OCP entropic change [V.K-1]"}
    if bare not in names:
        raise InputError(Fault(f"{title} / {bare}", hint="PyBaMM takes no formula here"))
    return f"{title} {names[bare]}", ""


def _function(text: str, place: str, energy: float, T_ref: float) -> Callable[..., pybamm.Symbol]:
    """Return a function of PyBaMM's symbols: of x, and of temperature (K) by Arrhenius' law if ``energy`` (J
    mol-1) is not 0.
    """
    steps = expression.parse(text, place).steps

    def f(x: pybamm.Symbol, T: pybamm.Symbol = T_ref) -> pybamm.Symbol:
        stack: list[pybamm.Symbol] = []
        for step in steps:
            if step is None or isinstance(step, float):
                stack.append(x if step is None else step)
            else:
                function, count = step
                stack[-count:] = [OPERATIONS.get(function, function)(*stack[-count:])]
        return (
            stack[0] * pybamm.exp(energy / pybamm.constants.R * (1.0 / T_ref - 1.0 / T))
            if energy
            else stack[0]
        )

    return f


def _written(sheet: Sheet) -> dict[str, object]:
    """Return a sheet in the layout of BPX 1."""
    from bpx import schema

    tables = {"cell": schema.Cell, "electrolyte": schema.Electrolyte, "separator": schema.Contact}
    parts: dict[str, object] = {}
    for section in bpx.SECTIONS:
        entries = {
            key: 0.5 if key in OVER_CONCENTRATION and isinstance(v, str) else v
            for key, v in sheet.sections[section].items()
        }
        fields = tables.get(section, schema.ElectrodeSingle).model_fields.values()
        names = {str(field.alias).split(" [")[0]: str(field.alias) for field in fields}
        parts[bpx.SECTIONS[section]] = {
            names[BARE[key]]: {"x": list(entry[0]), "y": list(entry[1])}
            if isinstance(entry, tuple)
            else entry
            for key, entry in entries.items()
            if BARE.get(key) in names
        }
    parts["User-defined"] = {
        name: sheet.sections[section][key]
        for name, (section, key) in bpx.USER.items()
        if isinstance(sheet.sections[section].get(key), int | float)
    }
    state: dict[str, dict[str, object]] = {}
    for (part, name), (section, key) in bpx.STATE.items():
        if key in sheet.sections[section]:
            state.setdefault(part, {})[name] = sheet.sections[section][key]
    return {
        "Header": {"BPX": "1.1.0", "Title": sheet.title, "Model": "DFN"},
        "Parameterisation": parts,
        "State": state,
    }
