"""Cell designs: a ``battery.design`` spec that sets geometry, mass and volume of a battery cell model.

The field ``cell_design`` names the design, and the design's own fields follow it as ``design.*``, to be set
and swept like all others. A field of the battery model goes before the design, the design before the
parameter set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo, brought_along
from energymodels.core.model import Array
from energymodels.core.schema import schema, without
from energymodels.core.values import Fields
from energymodels.kernels.battery.cell import layout as functions
from energymodels.kernels.battery.design import layout

FIELD, PREFIX = "cell_design", "design."
RESULTS = ("mass", "specific_energy", "energy_density")  # of the design, that the battery model gives too
PLACES = 20001  # of stoichiometry, to find the empty cell


def _infos() -> dict[str, FieldInfo]:
    from energymodels.battery.design.fields import DesignSpec

    return schema(DesignSpec)


@lru_cache
def brought() -> dict[str, FieldInfo]:
    """Return the fields that a design brings along, by path; what is not given is the design's own."""
    return brought_along(_infos(), PREFIX.__add__, "design")


def check(fields: Fields) -> list[Fault]:
    """Return what is wrong with the design that ``fields`` name and change."""
    from energymodels.battery.design.geometry import design_fields

    if FIELD not in fields:
        return []
    try:
        found = design_fields(fields[FIELD], without(PREFIX, fields))
        if found["negative.material"] == "lithium":
            return [
                Fault(
                    FIELD,
                    fields[FIELD],
                    hint="its negative electrode is lithium metal, and the battery models need "
                    "porous electrodes",
                )
            ]
    except InputError as error:
        known = {path.removeprefix(PREFIX) for path in fields if path.startswith(PREFIX)}
        return [
            replace(f, field=PREFIX + f.field if f.field in known or "." in f.field else FIELD)
            for f in error.faults
        ]
    return []


def geometry(columns: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return (fields of the battery model, results of the design) by the designs in ``columns``; nothing
    without a design.
    """
    from energymodels.battery.design.geometry import of_results, place, results

    if FIELD not in columns:
        return {}, {}
    names, which = np.unique(columns[FIELD], return_inverse=True)
    which = which.reshape(columns[FIELD].shape)
    fields: dict[str, Array] = {}
    found: dict[str, Array] = {}
    for i, name in enumerate(names):
        design = _columns(str(name), without(PREFIX, columns), columns[FIELD].ndim)
        out, _masses, reasons = results(design)
        for path, values in of_results(design, out, reasons).items():
            fields[path] = np.where(which == i, values, fields.get(path, np.nan))
        for key in RESULTS:
            values = np.where(reasons == layout.FITS, out[place(key)], np.nan)
            found[key] = np.where(which == i, values, found.get(key, np.nan))
    return fields, found


def _columns(name: str, changes: Mapping[str, Array], ndim: int) -> dict[str, Array]:
    """Return the columns of a design with arrays in place of what they replace."""
    from energymodels.battery.design.geometry import design_fields

    infos = _infos()
    dropped = {other for path in changes for other in infos[path].replaces}
    base = {path: value for path, value in design_fields(name).items() if path not in dropped}
    return of_fields(infos, base, ndim) | dict(changes)


@lru_cache
def empty(name: str) -> tuple[float, float]:
    """Return the stoichiometries (negative, positive) of the empty cell of a parameter set, whose own
    geometry balances them.

    A cell is built with its lithium in the positive electrode: another geometry keeps these, not those of the
    full cell.
    """
    from energymodels.battery.parameters.tabulate import summed

    of = parameter_set(name)
    s = of.scalars
    full = {
        side: s[f"{side}.active_fraction"] * s[f"{side}.thickness"] * s[f"{side}.maximum_concentration"]
        for side in ("negative", "positive")
    }
    start = {side: s[f"{side}.initial_concentration"] / s[f"{side}.maximum_concentration"] for side in full}
    lithium = sum(start[side] * full[side] for side in full)
    x = np.linspace(0.0, start["negative"], PLACES)
    y = (lithium - full["negative"] * x) / full["positive"]
    T = np.full_like(x, s["cell.reference_temperature"])
    voltage = summed(of.tables, of.index[functions.U_P], y, T) - summed(
        of.tables, of.index[functions.U_N], x, T
    )
    usable = (y <= 1.0) & (voltage >= s["cell.ocv_min"])
    first = int(np.argmax(usable))  # the voltage rises with x
    return float(x[first]), float(y[first])
