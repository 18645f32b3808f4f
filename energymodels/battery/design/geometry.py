"""A design as the electrochemical models see it: the same rows, the same kernel, other words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from energymodels.battery.design.rows import rows
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.kernels.battery.design import layout

# path of battery.fields.BatterySpec -> (place in the kernel's results, factor from SI to the field's unit)
FROM_RESULTS = {
    "positive.thickness": (layout.THICKNESS_P, 1e6),
    "negative.thickness": (layout.THICKNESS_N, 1e6),
    "positive.porosity": (layout.POROSITY_P, 1.0),
    "negative.porosity": (layout.POROSITY_N, 1.0),
    "positive.active_fraction": (layout.FRACTION_P, 1.0),
    "negative.active_fraction": (layout.FRACTION_N, 1.0),
    "cell.electrode_height": (layout.HEIGHT, 1.0),
    "cell.electrode_width": (layout.WIDTH, 1.0),
    "cell.electrode_pairs": (layout.PAIRS_OUT, 1.0),
    "cell.nominal_capacity": (layout.CHARGE, 1.0 / 3600.0),
    "cell.volume": (layout.VOLUME, 1.0),
    "cell.cooling_area": (layout.COOLING_AREA, 1.0),
    "cell.heat_capacity": (layout.HEAT_CAPACITY, 1.0),
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

    found = rows(columns)
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
    fits = reasons == layout.FITS
    fields = {
        path: np.where(fits, found[place] * scale, np.nan) for path, (place, scale) in FROM_RESULTS.items()
    }
    return fields | {path: columns[path] for path in AS_GIVEN}


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
    from energymodels.core.schema import schema

    return of_fields(schema(DesignSpec), design_fields(source, overrides), 0)
