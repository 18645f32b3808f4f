"""BPX files: validated by the package ``bpx``, translated here.

Their formulas are read by our own grammar and never executed.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from energymodels.battery.parameters import expression, sheet
from energymodels.battery.parameters.functions import Material
from energymodels.battery.parameters.material import material
from energymodels.battery.parameters.names import SCALARS
from energymodels.core import files
from energymodels.core.errors import Fault, InputError
from energymodels.core.values import Given, Tree
from energymodels.kernels.constants import ZERO_CELSIUS

File: TypeAlias = dict[str, Any]  # the tables of a file, which may be changed
COLDEST, HOTTEST = 213.15, 423.15  # K, as of the fields
USUAL = 1000.0  # mol m-3, BPX's reference concentration of the electrolyte
SECTIONS = {  # ours -> BPX's
    "cell": "Cell", "electrolyte": "Electrolyte", "separator": "Separator",
    "negative": "Negative electrode", "positive": "Positive electrode",
}  # fmt: skip
KEYS = {  # BPX's -> ours, without the unit in brackets
    "Electrode area": "electrode_area",
    "Number of electrode pairs connected in parallel to make a cell": "electrode_pairs",
    "External surface area": "cooling_area",
    "Volume": "volume",
    "Lower voltage cut-off": "voltage_min",
    "Upper voltage cut-off": "voltage_max",
    "Nominal cell capacity": "nominal_capacity",
    "Reference temperature": "reference_temperature",
    "Density": "density",
    "Specific heat capacity": "specific_heat",
    "Cation transference number": "transference_number",
    "Conductivity": "conductivity",
    "Conductivity activation energy": "conductivity_activation_energy",
    "Diffusivity": "diffusivity",
    "Diffusivity activation energy": "diffusivity_activation_energy",
    "Thickness": "thickness",
    "Porosity": "porosity",
    "Transport efficiency": "transport_efficiency",
    "Particle radius": "particle_radius",
    "Surface area per unit volume": "surface_area",
    "Maximum concentration": "maximum_concentration",
    "Minimum stoichiometry": "minimum_stoichiometry",
    "Maximum stoichiometry": "maximum_stoichiometry",
    "OCP": "open_circuit_potential",
    "Entropic change coefficient": "entropic_change",
    "Reaction rate constant": "reaction_rate",
    "Reaction rate constant activation energy": "reaction_rate_activation_energy",
}
STATE = {  # BPX's section and key -> our section and key
    ("Initial conditions", "Initial temperature [K]"): ("cell", "initial_temperature"),
    ("Initial conditions", "Initial electrolyte concentration [mol.m-3]"): (
        "electrolyte",
        "initial_concentration",
    ),
    ("Initial conditions", "Initial state-of-charge"): ("cell", "initial_soc"),
    ("Thermal environment", "Ambient temperature [K]"): ("cell", "ambient_temperature"),
    ("Thermal environment", "Heat transfer coefficient [W.m-2.K-1]"): ("cell", "heat_transfer_coefficient"),
}
BRANCHES = ("OCP (lithiation)", "OCP (delithiation)", "OCP hysteresis decay constant")
USER = {"Thermodynamic factor": ("electrolyte", "thermodynamic_factor")}  # PyBaMM's names that a file may add
# what stands for what a file of a single-particle model does not give, which that model does not see
UNMODELLED = {
    "Electrolyte": {
        "Cation transference number": 0.3,
        "Conductivity [S.m-1]": 1.0,
        "Diffusivity [m2.s-1]": 3e-10,
    },
    "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.5, "Transport efficiency": 0.5},
    "Negative electrode": {"Porosity": 0.3, "Transport efficiency": 0.2, "Conductivity [S.m-1]": 10.0},
    "Positive electrode": {"Porosity": 0.3, "Transport efficiency": 0.2, "Conductivity [S.m-1]": 10.0},
}
LEAST_PORES = 1e-6  # where the active material leaves no room for the porosity above
USER |= {SCALARS[f"cell.{key}"]: ("cell", key) for key in ("contact_resistance", "ocv_min", "ocv_max")}


def stamp() -> str:
    """Return what the values depend on beside the file."""
    try:
        return f"bpx {version('bpx')}"
    except PackageNotFoundError:
        return "bpx absent"


def source(path: Path) -> str:
    """Return the text of a file; InputError if it cannot be had."""
    if why := files.absent(path):
        raise InputError(Fault("parameters", str(path), hint=why))
    try:
        return files.text(path, ".json")
    except (OSError, ValueError) as error:
        raise InputError(Fault("parameters", str(path), hint=f"cannot be read as JSON: {error}")) from None


def parsed(path: Path) -> File:
    """Return the content of a BPX file, not yet validated; InputError if it is none."""
    text = source(path)
    try:
        raw = files.from_json(text)
    except ValueError as error:
        raise InputError(Fault("parameters", str(path), hint=f"cannot be read as JSON: {error}")) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("Parameterisation"), dict):
        raise InputError(Fault("parameters", str(path), hint="no BPX file: it has no Parameterisation"))
    return raw


def read(path: Path) -> Material:
    """Return the material of a BPX file; InputError lists what is wrong with it."""
    raw, notes = validated(parsed(path), path.name)
    refused = (
        {"electrolyte": f"{path.name} is of a single-particle model: battery.spm"}
        if single_particle(raw)
        else {}
    )
    return material(_sheet(completed(raw), path.name, notes, refused))


def validated(raw: File, name: str) -> tuple[File, list[str]]:
    """Return (content in the layout of BPX 1, notes); InputError lists what the package ``bpx`` objects to.

    The package would execute formulas as Python: it is given points in their place, after our grammar and its
    own have read them.
    """
    for place, text in formulas(raw["Parameterisation"]):
        expression.parse(text, place)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")  # of the package's own dependencies
        try:
            import bpx
        except ImportError:
            raise InputError(Fault("parameters", name, hint="BPX files need the package bpx")) from None
        warnings.simplefilter("always", UserWarning)
        notes = []
        try:
            if bpx.is_legacy_bpx(raw):
                raw = _converted(raw, bpx.convert_v0_to_v1(raw))
                notes.append("written for BPX 0; converted to BPX 1, without thermal conductivity")
            if single_particle(raw) and set(SECTIONS.values()) <= raw["Parameterisation"].keys():
                raw = raw | {"Header": raw["Header"] | {"Model": "DFN"}}
                notes.append("its model is SPM, but it gives the whole cell, which is used")
            for _, text in formulas(raw["Parameterisation"]):
                bpx.Function.validate(text)
            bpx.BPX.model_validate(_without_formulas(copy.deepcopy(raw)))
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            raise InputError(_faults(error, name)) from None
        except RecursionError:
            hint = "a formula, or a table, is nested too deeply"
            raise InputError(Fault("parameters", name, hint=hint)) from None
    return raw, notes + [str(warning.message) for warning in caught if warning.category is UserWarning]


def _converted(old: Tree, new: File) -> File:
    """Return a file of BPX 0 as converted, without the state that the conversion makes up."""
    cell, state = old["Parameterisation"].get("Cell", {}), new["State"]
    state["Initial conditions"].pop("Initial state-of-charge", None)
    for part, key in (
        ("Initial conditions", "Initial temperature [K]"),
        ("Thermal environment", "Ambient temperature [K]"),
    ):
        if cell.get(key) is None:
            state[part].pop(key, None)
    return new


def single_particle(raw: Tree) -> bool:
    """Return whether a file is of a single-particle model, which has no electrolyte."""
    return isinstance(raw.get("Header"), dict) and raw["Header"].get("Model") == "SPM"


def completed(raw: File) -> File:
    """Return a validated file in the layout of a whole cell; what a single-particle model does not see is
    filled in.
    """
    if not single_particle(raw):
        return raw
    parts = dict(raw["Parameterisation"])
    for title, entries in UNMODELLED.items():
        parts[title] = entries | parts.get(title, {})
        if "Surface area per unit volume [m-1]" in parts[title]:
            active = (
                parts[title]["Surface area per unit volume [m-1]"] * parts[title]["Particle radius [m]"] / 3.0
            )
            parts[title] |= {"Porosity": max(min(parts[title]["Porosity"], 1.0 - active), LEAST_PORES)}
    state = dict(raw.get("State") or {})
    salt = {"Initial electrolyte concentration [mol.m-3]": USUAL}
    state["Initial conditions"] = salt | (state.get("Initial conditions") or {})
    return raw | {"Header": raw["Header"] | {"Model": "DFN"}, "Parameterisation": parts, "State": state}


def _faults(error: Exception, name: str) -> list[Fault]:
    """Return the faults in an error of pydantic's, or one of another error."""
    if not isinstance(error, ValidationError):
        return [Fault("parameters", name, hint=str(error))]
    return [
        Fault(" / ".join(str(part) for part in fault["loc"]) or name, hint=str(fault["msg"]))
        for fault in error.errors()
    ]


def formulas(tree: Tree, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, text) of every formula."""
    for key, value in tree.items():
        where = f"{place} / {key}" if place else str(key)
        if isinstance(value, str) and key != "description":
            yield where, value
        elif isinstance(value, dict):
            yield from formulas(value, where)


def _without_formulas(raw: File) -> File:
    def walk(tree: File) -> None:
        for key, value in tree.items():
            if isinstance(value, str) and key != "description":
                tree[key] = {"x": [0.0, 1.0], "y": [0.0, 0.0]}
            elif isinstance(value, dict):
                walk(value)

    walk(raw["Parameterisation"])
    return raw


def _sheet(raw: Tree, name: str, notes: list[str], refused: dict[str, str]) -> sheet.Sheet:
    """Return the sheet of a validated file; InputError if it holds no full cell with one material an
    electrode.
    """
    header, parts = raw["Header"], raw["Parameterisation"]
    absent = [title for title in SECTIONS.values() if title not in parts]
    if absent:
        raise InputError(Fault("parameters", name, hint=f"the file has no section {absent[0]}"))
    sections: dict[str, dict[str, sheet.Entry]] = {}
    for section, title in SECTIONS.items():
        if "Particle" in parts[title]:
            hint = f"{title}: an electrode of several materials; electrodes of one are modelled"
            raise InputError(Fault("parameters", name, hint=hint))
        sections[section] = {}
        for key, value in parts[title].items():
            bare = key.split(" [")[0]
            if bare in BRANCHES:
                refused["hysteresis"] = "hysteresis of the open-circuit potential is not modelled"
                notes.append(
                    f"{title} / {key} is not used: hysteresis of the open-circuit potential is not modelled"
                )
            elif value is not None:
                sections[section][KEYS[bare]] = _entry(value)
    _add_state(raw.get("State") or {}, sections, notes)
    _add_user_defined(parts.get("User-defined") or {}, sections, notes)
    if raw.get("Validation"):
        notes.append(f"the measured curves of Validation are not used: {', '.join(raw['Validation'])}")
    sources = [f"BPX file {name}: {header.get('Title') or 'untitled'}"]
    sources += [text for text in (header.get("References"), header.get("Description")) if text]
    return sheet.Sheet(name, header.get("Title") or name, sections, tuple(sources), tuple(notes), refused)


def _entry(value: dict[str, Sequence[float]] | str | float) -> sheet.Entry:
    if isinstance(value, dict):
        return value["x"], value["y"]
    return value if isinstance(value, str) else float(value)


def _add_state(state: Tree, sections: dict[str, dict[str, sheet.Entry]], notes: list[str]) -> None:
    for (part, key), (section, ours) in STATE.items():
        value = (state.get(part) or {}).get(key)
        if value is not None:
            if key.endswith("[K]") and not COLDEST <= float(value) <= HOTTEST:
                hint = "in degC?" if COLDEST <= float(value) + ZERO_CELSIUS <= HOTTEST else ""
                allowed = f"from {COLDEST:g} to {HOTTEST:g}"
                raise InputError(
                    Fault(f"State / {part} / {key.removesuffix(' [K]')}", float(value), allowed, "K", hint)
                )
            sections[section][ours] = float(value)
    if "initial_concentration" not in sections["electrolyte"]:
        sections["electrolyte"]["initial_concentration"] = USUAL
        notes.append(f"no initial concentration of the electrolyte: {USUAL:g} mol m-3 is used")
    for part, entries in state.items():
        unread = [
            key for key, value in (entries or {}).items() if value is not None and (part, key) not in STATE
        ]
        if unread:
            notes.append(f"State / {part} / {', '.join(unread)}: not used")


def _add_user_defined(given: Given, sections: dict[str, dict[str, sheet.Entry]], notes: list[str]) -> None:
    for name, value in given.items():
        if name in USER and isinstance(value, int | float):
            section, key = USER[name]
            sections[section][key] = float(value)
        elif name != "description":
            notes.append(f"the user-defined {name} is not used")
