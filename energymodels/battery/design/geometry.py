"""A design as the electrochemical models see it: the same rows, the same kernel, other words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from energymodels.battery.design.rows import rows_of
from energymodels.core import si
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.schema import schema
from energymodels.kernels.battery.design import layout

FROM_RESULTS = {  # field of the battery models -> result of the design
    "positive.thickness": "thickness_positive",
    "negative.thickness": "thickness_negative",
    "positive.porosity": "porosity_positive",
    "negative.porosity": "porosity_negative",
    "positive.active_fraction": "active_fraction_positive",
    "negative.active_fraction": "active_fraction_negative",
    "cell.electrode_height": "electrode_height",
    "cell.electrode_width": "electrode_width",
    "cell.electrode_pairs": "electrode_pairs",
    "cell.nominal_capacity": "capacity",
    "cell.volume": "volume",
    "cell.cooling_area": "cooling_area",
    "cell.heat_capacity": "heat_capacity",
}
BLOCK = 16384  # designs whose rows are in memory at once
AS_GIVEN = (
    "positive.collector_thickness",
    "negative.collector_thickness",
    "separator.thickness",
    "separator.porosity",
)


def results(columns: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Return (kernel results (``layout.SCALARS``, *shape), masses (*shape, ``layout.COMPONENTS``), reasons
    (*shape)), SI.

    ``columns`` {path: array that broadcasts} hold numbers in the fields' units and labels as indices, as in
    ``Model.prepare``. What comes after the reason why a design is none is NaN.
    """
    from energymodels.kernels.battery.design import cell

    found = rows_of(columns)
    shape = np.broadcast_shapes(*(np.shape(values) for values in found.values()))
    cases = int(np.prod(shape))
    buffer = np.empty(min(cases, BLOCK), layout.ROW).view(np.recarray)
    # no part of it is contiguous: one memory layout to compile for
    out = np.empty((layout.SCALARS, cases + 1))[:, :cases]
    masses, reasons = np.empty((cases, layout.COMPONENTS)), np.empty(cases, dtype=np.int8)
    for first in range(0, cases, BLOCK):
        part = slice(first, min(first + BLOCK, cases))
        block = buffer[: part.stop - first]
        for name, values in found.items():
            block[name] = values.ravel()[0] if values.size == 1 else np.broadcast_to(values, shape).flat[part]
        with np.errstate(all="ignore"):
            cell.examine(block, out[:, part], masses[part], reasons[part])
    return (
        out.reshape(layout.SCALARS, *shape),
        masses.reshape(*shape, layout.COMPONENTS),
        reasons.reshape(shape),
    )


def electrochemical(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return the fields of ``battery.fields.BatterySpec`` that a design sets, in these fields' units: {path:
    array}.

    ``columns`` are those of ``results``, which ``design_columns`` gives for a bundled design; they broadcast,
    so does the result. height x width x pairs is the area of the positive coating, all sides together. NaN
    where a design is none. Of a metal the thickness is that in the charged cell and the volume fraction is 1:
    no porous electrode.
    """
    found, _masses, reasons = results(columns)
    return of_results(columns, found, reasons)


def of_results(columns: Mapping[str, Array], found: Array, reasons: Array) -> dict[str, Array]:
    """Return the fields of ``electrochemical`` from what ``results`` returned for ``columns``."""
    from energymodels.battery.cell.fields import BatterySpec

    fits, infos = reasons == layout.FITS, schema(BatterySpec)
    fields = {
        path: np.where(fits, si.scale(infos[path].unit).from_si(found[place(name)]), np.nan)
        for path, name in FROM_RESULTS.items()
    }
    return fields | {path: columns[path] for path in AS_GIVEN}


def place(name: str) -> int:
    """Return where a result of the kernel stands."""
    found: int = layout.RESULTS.index(name)
    return found


def design_fields(
    source: str | Path | Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the checked fields {path: value} of a design: bundled name, path or mapping, with ``overrides``
    {path: value} on top.

    InputError if it is no design, or lists what is wrong with it.
    """
    from energymodels.core.spec import load

    spec = load(source)
    if spec.model != "battery.design":
        raise InputError(Fault(str(source), hint=f"is a spec of {spec.model}, not of battery.design"))
    return spec.replace(overrides or {}).checked()


def design_columns(
    source: str | Path | Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> dict[str, Array]:
    """Return ``design_fields`` as columns of one case, shape (): labels as indices, numbers in the fields'
    units.

    Put an array in place of any number to sweep it; check it against the field's range first.
    """
    from energymodels.battery.design.fields import DesignSpec

    return of_fields(schema(DesignSpec), design_fields(source, overrides), 0)
