"""The battery cell of a pack: a spec of a battery model, whose fields are ``battery_cell.*`` of the car's, to
be set and swept like all others.

What the battery model calls ``cell.voltage_max`` is ``battery_cell.voltage_max`` of a car, and every other
field, such as ``negative.thickness``, is ``battery_cell.negative.thickness``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from energymodels.battery.cell.model import FIDELITIES, Battery
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError, warn_renamed
from energymodels.core.field import FieldInfo, brought_along
from energymodels.core.model import Array
from energymodels.core.registry import get_model
from energymodels.core.spec import Spec, load
from energymodels.core.values import FieldDict, Fields, Given

FIELD, PREFIX = "pack.cell", "battery_cell."
OWN = "cell."  # of the battery model: the cell as a whole
OLD = "cell."  # what stood before every path of the battery model, its ``cell.*`` too
DESIGN = "cell_design"
OF_PACK = (
    "protocol", "initial_soc", "initial_voltage", "initial_state", "temperature", "initial_temperature",
    "temperature_profile",
    "mesh", "rate_basis", "series.points", "series.end",
)  # fmt: skip
# of a drive, unless battery_cell.points.* say otherwise
POINTS = {"negative": 5, "separator": 3, "positive": 5, "particle": 6}
TOLERANCE = 1e-3


def battery(fields: Fields | None = None) -> Battery:
    """Return the battery model that ``pack.fidelity`` names."""
    found = get_model(fields["pack.fidelity"] if fields else FIDELITIES[1])
    assert isinstance(found, Battery)
    return found


def named(path: str) -> str:
    """Return what a car calls the field ``path`` of the battery model."""
    return PREFIX + path.removeprefix(OWN)


@lru_cache
def _paths() -> dict[str, str]:
    """Return {path in a car: path of the battery model} of all fields that a cell can have."""
    return {named(path): path for path in battery().fields({DESIGN: ""}) if path not in OF_PACK}


def of_cell(values: Given) -> FieldDict:
    """Return the entries that are of the cell, by the battery model's paths."""
    known = _paths()
    return {known[path]: values[path] for path in values if path in known}


def renamed(name: str) -> str | None:
    """Return the path of a field or table of the cell by its old name, which is warned of; None if it is
    none.
    """
    old = name.removeprefix(OLD)
    if old == name or not any(path == old or path.startswith(f"{old}.") for path in _paths().values()):
        return None
    warn_renamed(name, named(old))
    return named(old)


def brought(values: Given) -> dict[str, FieldInfo]:
    """Return the fields that the cell brings along, by path; what is not given is the cell's spec's."""
    return _infos(DESIGN in of_cell(values) or _designed(values))


@lru_cache
def _infos(designed: bool) -> dict[str, FieldInfo]:
    infos = battery().fields({DESIGN: ""} if designed else {})
    return brought_along({path: info for path, info in infos.items() if path not in OF_PACK}, named, "cell")


def _designed(values: Given) -> bool:
    name = values.get(FIELD)
    try:
        return isinstance(name, str) and DESIGN in load(name).values
    except InputError:  # ``check`` says so
        return False


def drives(fields: Fields) -> bool:
    """Return whether ``fields`` are of a drive, whose currents are small enough for a coarse mesh."""
    return "time_step" in fields


def cell_spec(name: str, fidelity: str, coarse: bool) -> Spec:
    """Return the spec of the cell ``name``, as a pack uses it; InputError if it is no cell."""
    try:
        found = load(name)
    except InputError as error:
        raise InputError([replace(fault, field=FIELD, value=name) for fault in error.faults]) from None
    if found.model not in FIDELITIES:
        raise InputError(
            Fault(FIELD, name, hint=f"is a spec of {found.model}, not of a cell: {', '.join(FIDELITIES)}")
        )
    defaults: FieldDict = {f"points.{layer}": many for layer, many in POINTS.items()} if coarse else {}
    defaults["tolerance"] = TOLERANCE
    # one mesh for all
    given = {
        p: value for p, value in found.values.items() if p not in OF_PACK and not p.startswith("points.")
    }
    return replace(found, model=fidelity, values=defaults | given | {"protocol": "Rest for 1 s"})


def cell_fields(fields: Fields) -> FieldDict:
    """Return the checked fields of the cell that ``fields`` name and change; InputError lists
    what is wrong.
    """
    spec = cell_spec(fields[FIELD], fields["pack.fidelity"], drives(fields))
    return spec.replace(of_cell(fields) | {"temperature": temperature(fields)}).checked()


def named_fault(fault: Fault) -> Fault:
    """Return a fault of the cell by the name that its field has here."""
    known = battery().fields({DESIGN: ""})
    if fault.field == "temperature":
        return replace(fault, field="pack.temperature")
    return replace(fault, field=named(fault.field)) if fault.field in known else fault


def temperature(fields: Fields) -> Any:
    """Return the temperature of the cells at the start, degC."""
    return fields["pack.temperature"] if "pack.temperature" in fields else fields["ambient_temperature"]


def cell_columns(name: str, columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the columns of the cell ``name``, with those of ``columns`` in place of what they set."""
    changes, ndim = of_cell(columns), columns[FIELD].ndim
    infos = battery().fields({DESIGN: ""} if DESIGN in changes else {})
    first = {path: _word(infos[path], values.ravel()[0]) for path, values in changes.items()}
    base = cell_spec(name, FIDELITIES[1], drives(columns)).replace(first).checked()
    infos = battery().fields({DESIGN: ""} if DESIGN in base else {})
    return of_fields(infos, base, ndim) | changes | {"temperature": temperature(columns)}


def _word(info: FieldInfo, value: np.generic) -> str | float:
    """Return an entry of a column as somebody would write it."""
    if info.labels:
        return info.labels[int(value.item())]
    return str(value) if info.kind == "text" else value.item()
