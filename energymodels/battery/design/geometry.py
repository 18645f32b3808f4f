"""A design as the electrochemical models see it: the same rows, the same kernel, other words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from energymodels.battery.design.rows import rows_of
from energymodels.core import si
from energymodels.core.columns import of_fields
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.schema import schema
from energymodels.core.values import FieldDict, Given, Tree
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
    """Return what a cell design comes to, as the kernel gives it.

    Parameters
    ----------
    columns : mapping of str to ndarray
        {path: array} of every field of ``battery.design``, as ``design_columns`` gives them: numbers in the
        fields' units, labels as indices. They broadcast.

    Returns
    -------
    results : ndarray, shape (SCALARS, ...)
        Results in SI units, in the order of ``layout.RESULTS`` (``place`` finds one by name); the other
        dimensions are the common shape of the columns.
    masses : ndarray, shape (..., COMPONENTS)
        Mass of each component, kg, in the order of ``layout``.
    reasons : ndarray of int8, shape (...)
        Why a design is none, 0 where it is one; what is worked out after that reason is NaN.

    Examples
    --------
    >>> from energymodels.battery.design import geometry
    >>> found, masses, reasons = geometry.results(geometry.design_columns("design-blade-135"))
    >>> found.shape, masses.shape, int(reasons)
    ((36,), (8,), 0)
    >>> round(float(found[geometry.place("specific_energy")]) / 3600.0), "W h kg-1"
    (154, 'W h kg-1')
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
    """Return the fields of the battery models that a cell design sets.

    Parameters
    ----------
    columns : mapping of str to ndarray
        {path: array} of every field of ``battery.design``, as ``design_columns`` gives them: numbers in the
        fields' units, labels as indices. They broadcast.

    Returns
    -------
    dict of str to ndarray
        {path: values in the field's unit}, in the common shape of the columns; NaN where a design is none.
        Height x width x pairs is the area of the positive coating, all coated sides together. Of a lithium-
        metal electrode the thickness is that in the charged cell and the active material volume fraction is
        1: it is no porous electrode.

    Examples
    --------
    >>> from energymodels.battery.design import geometry
    >>> fields = geometry.electrochemical(geometry.design_columns("design-blade-135"))
    >>> round(float(fields["cell.nominal_capacity"])), "A h"
    (124, 'A h')
    """
    found, _masses, reasons = results(columns)
    return of_results(columns, found, reasons)


def of_results(columns: Mapping[str, Array], found: Array, reasons: Array) -> dict[str, Array]:
    """Return the fields of ``electrochemical`` from what ``results`` returned.

    Parameters
    ----------
    columns : mapping of str to ndarray
        {path: array} of every field of ``battery.design``, as ``design_columns`` gives them: numbers in the
        fields' units, labels as indices. They broadcast.
    found : ndarray, shape (SCALARS, ...)
        Results of the kernel, SI units.
    reasons : ndarray, shape (...)
        Why a design is none.

    Returns
    -------
    dict of str to ndarray
        As ``electrochemical``.

    Examples
    --------
    >>> from energymodels.battery.design import geometry
    >>> columns = geometry.design_columns("design-blade-135")
    >>> found, _, reasons = geometry.results(columns)
    >>> fields = geometry.of_results(columns, found, reasons)
    >>> round(float(fields["positive.thickness"]), 1), "um"
    (65.4, 'um')
    """
    from energymodels.battery.cell.fields import BatterySpec

    fits, infos = reasons == layout.FITS, schema(BatterySpec)
    fields = {
        path: np.where(fits, si.scale(infos[path].unit).from_si(found[place(name)]), np.nan)
        for path, name in FROM_RESULTS.items()
    }
    return fields | {path: columns[path] for path in AS_GIVEN}


def place(name: str) -> int:
    """Return the index of a result among those of the kernel.

    Parameters
    ----------
    name : str
        Name of a result, as ``layout.RESULTS`` lists them.

    Returns
    -------
    int
        Index along the first dimension of ``results``.

    Raises
    ------
    ValueError
        An unknown name.

    Examples
    --------
    >>> from energymodels.battery.design import geometry
    >>> geometry.place("capacity")
    0
    """
    found: int = layout.RESULTS.index(name)
    return found


def design_fields(source: str | Path | Tree, overrides: Given | None = None) -> FieldDict:
    """Return the checked fields of a cell design.

    Parameters
    ----------
    source : str, Path or mapping
        Name of a bundled spec, path of a TOML file, or nested mapping with ``model``.
    overrides : mapping, optional
        {path: number in the field's unit, or text with a unit}, on top of the spec.

    Returns
    -------
    dict of str to object
        {path: value}: every field in use, defaults included, numbers in the field's unit.

    Raises
    ------
    InputError
        A spec of another model; or lists every fault of the input.

    Examples
    --------
    >>> from energymodels.battery.design import geometry
    >>> geometry.design_fields("design-blade-135", {"negative.thickness": "70 um"})["negative.thickness"]
    70.0
    """
    from energymodels.core.spec import load

    spec = load(source)
    if spec.model != "battery.design":
        raise InputError(Fault(str(source), hint=f"is a spec of {spec.model}, not of battery.design"))
    return spec.replace(overrides or {}).checked()


def design_columns(source: str | Path | Tree, overrides: Given | None = None) -> dict[str, Array]:
    """Return the checked fields of a cell design as columns of one case.

    Put an array in place of any number to sweep it; check it against the field's range first.

    Parameters
    ----------
    source : str, Path or mapping
        Name of a bundled spec, path of a TOML file, or nested mapping with ``model``.
    overrides : mapping, optional
        {path: number in the field's unit, or text with a unit}, on top of the spec.

    Returns
    -------
    dict of str to ndarray
        {path: array of shape ()}: numbers in the fields' units, labels as indices.

    Raises
    ------
    InputError
        A spec of another model; or lists every fault of the input.

    Examples
    --------
    >>> import numpy as np
    >>> from energymodels.battery.design import geometry
    >>> columns = geometry.design_columns("design-blade-135")
    >>> columns["negative.thickness"] = np.array([60.0, 65.0])
    >>> geometry.electrochemical(columns)["cell.nominal_capacity"].shape
    (2,)
    """
    from energymodels.battery.design.fields import DesignSpec

    return of_fields(schema(DesignSpec), design_fields(source, overrides), 0)
