"""A model against its reference backend on the same spec."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.entries import Values
from energymodels.core.errors import Fault, InputError, NoteWarning
from energymodels.core.model import Agreement, Array, Model, Output
from energymodels.core.registry import get_model
from energymodels.core.solution import Solution
from energymodels.core.spec import Spec, load
from energymodels.core.sweep import solve
from energymodels.core.table import Column, table
from energymodels.kernels import status

if TYPE_CHECKING:
    from xarray import Dataset

TIME = "time"  # the axis along which cases end, so that series have different lengths


COLUMNS = {
    "output": Column("output that is compared", kind=str),
    "unit": Column("unit of the output, and so of the numbers beside it", kind=str),
    "ours": Column("value of our kernel"),
    "reference": Column("value of the reference backend"),
    "deviation": Column("|ours - reference|"),
    "rms": Column("root mean square deviation of the series; NaN of a scalar"),
    "tolerance": Column("deviation that is allowed"),
    "within": Column("all values compared are within their tolerance", kind=bool),
    "past": Column("a value is past its tolerance", kind=bool),
    "lacking": Column("values of cases that the reference did not solve to the end", "1", int),
    "failed": Column("statuses of cases that our kernel did not solve", kind=str),
    "reason": Column("why the tolerance is as large as it is", kind=str),
    "setting": Column("mesh taken from the reference", kind=str),
    "own": Column("scalar of the first case with our own mesh; NaN where no setting was made"),
    "change": Column("own less ours"),
}


def compare(
    spec: Spec | str | Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    *,
    over: Mapping[Any, Values] | None = None,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
) -> Dataset:
    """Compare a model with its reference backend.

    Parameters
    ----------
    spec, values, over, points
        As in ``sweep``.
    backend : str, optional
        A reference backend of the model, such as ``"pybamm"``; its first by default.

    Returns
    -------
    xarray.Dataset
        A place along ``output`` for each output that both have. The numbers are of the value that comes
        closest to its tolerance or lies farthest past it, in ``unit``. A time series is compared up to the
        earlier end, and may be shifted by as much as ``duration`` may differ. The model takes the reference's
        mesh unless somebody chose one: ``setting`` says which, ``own`` what our own mesh gives.

    Raises
    ------
    InputError
        If the input is wrong, or the model has no such backend.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.compare("pv.diode", {"resistance_series": 0.3})
    >>> bool(ds.within.all()), ds.sel(output="v_oc").unit.item()
    (True, 'V')
    """
    entries, model, backend = _compared(spec, values or {}, over, points, backend)
    attrs = {"title": f"{model.name} compared with {backend}", "model": model.name, "backend": backend}
    attrs["sources"] = " ".join(model.sources)
    return table("output", entries, COLUMNS, attrs)


def _compared(
    spec: Spec | str | Mapping[str, Any],
    values: Mapping[str, Any],
    over: Mapping[Any, Values] | None,
    points: Mapping[str, Values] | None,
    backend: str,
) -> tuple[list[dict[str, Any]], Model, str]:
    """Return (an entry per output, model, backend)."""
    base = spec if isinstance(spec, Spec) else load(spec)
    base = base.replace(values)
    model = get_model(base.model)
    if not model.references:
        raise InputError(Fault("backend", hint=f"{model.name} has no reference backend"))
    backend = backend or next(iter(model.references))
    chosen = {*base.values, *(over or {}), *(points or {})}
    setting = {path: value for path, value in model.alike.get(backend, {}).items() if path not in chosen}
    same = base.replace(setting)
    ours = solve(same, over or {}, points=points)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)  # of the same fields, once is enough
        theirs = solve(same, over or {}, points=points, backend=backend)
        own = solve(base, over or {}, points=points, keep=lambda output: not output.dims) if setting else None
    tolerances = model.references[backend]
    words = ", ".join(f"{path}={value}" for path, value in setting.items())
    entries = [
        _entry(output, ours, theirs, tolerances) | {"setting": words} | _without(output, ours, own)
        for output in theirs.outputs
    ]
    return entries, model, backend


def _without(output: Output, ours: Solution, own: Solution | None) -> dict[str, float | None]:
    """Return what a scalar of the first case is without the setting, and by how much that differs."""
    if own is None or output.dims or "flag_values" in output.attrs:
        return {"own": None, "change": None}
    value = float(own.values[output.name].ravel()[0])
    return {"own": value, "change": value - float(ours.values[output.name].ravel()[0])}


def _entry(
    output: Output, ours: Solution, theirs: Solution, tolerances: Mapping[str, Agreement]
) -> dict[str, Any]:
    """Return the entry of one output."""
    tolerance = tolerances[output.name]
    a = np.asarray(ours.values[output.name], dtype=float)
    b = np.asarray(theirs.values[output.name], dtype=float)
    # (case, place along the output's own axes)
    a, b = (values.reshape(ours.status.size, -1) for values in (a, b))
    deviation = np.abs(a - b)
    allowed = tolerance.absolute + tolerance.relative * np.abs(b)
    if output.dims == (TIME,):
        allowed = allowed + _shift(b, theirs, tolerances)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.where(deviation == 0.0, 0.0, deviation / allowed)
    excess = np.where(np.isnan(excess), np.inf, excess)
    failed = (ours.status != status.OK)[:, None] & np.ones(a.shape, dtype=bool)
    lacking = ~np.isfinite(b) & (theirs.status != status.OK)[:, None] & ~failed
    excess = np.where(failed | lacking | (np.isnan(a) & np.isnan(b) & bool(output.absent)), -np.inf, excess)
    if output.dims == (TIME,):
        excess = np.where(_outside(a, b), -np.inf, excess)
    past = bool(np.any(excess > 1.0))
    case, place = np.unravel_index(int(np.argmax(excess)), excess.shape)
    return {
        "output": output.name,
        "unit": output.unit,
        "ours": float(a[case, place]),
        "reference": float(b[case, place]),
        "deviation": float(deviation[case, place]),
        "rms": _rms(deviation[case]) if output.dims else None,
        "tolerance": float(allowed[case, place]),
        "within": not past and not np.any(lacking | failed),
        "past": past,
        "lacking": int(np.count_nonzero(lacking)),
        "failed": ", ".join(
            status.MEANINGS[code] for code in np.unique(ours.status[ours.status != status.OK]).tolist()
        ),
        "reason": tolerance.reason,
    }


def _outside(a: Array, b: Array) -> Array:
    """Return where series (case, time) are not compared: after the earlier end; a case that one of them lacks
    has no such place.
    """
    one = np.isnan(a) | np.isnan(b)
    outside: Array = one & ~np.all(one, axis=1, keepdims=True)
    return outside


def _shift(reference: Array, theirs: Solution, tolerances: Mapping[str, Agreement]) -> Array:
    """Return how much a series (case, time) may differ because the end time may: the steeper slope beside
    each time times that.
    """
    time = theirs.output_axes[TIME]
    if "duration" not in tolerances or time.size < 2:
        return np.zeros_like(reference)
    if "duration" in theirs.values:
        duration = np.asarray(theirs.values["duration"], dtype=float).reshape(-1, 1)
    else:
        duration = np.full((reference.shape[0], 1), time[-1] - time[0])
    slope = np.abs(np.diff(reference, axis=1) / np.diff(time))
    gap = np.full((reference.shape[0], 1), np.nan)
    slopes = np.stack([np.hstack([gap, slope]), np.hstack([slope, gap])])
    steeper = np.max(np.where(np.isnan(slopes), 0.0, slopes), axis=0)
    shift: Array = steeper * (tolerances["duration"].absolute + tolerances["duration"].relative * duration)
    return shift


def _rms(deviation: Array) -> float:
    """Return the root mean square of the finite deviations, NaN if there is none."""
    finite = deviation[np.isfinite(deviation)]
    return float(np.sqrt(np.mean(finite**2))) if finite.size else float("nan")
