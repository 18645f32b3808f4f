"""A model against its reference backend on the same spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from energymodels.axes import Values
from energymodels.engine import solve
from energymodels.errors import Fault, InputError
from energymodels.model import get_model
from energymodels.spec import Spec, load


def compare(
    spec: Spec | str | Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    *,
    over: Mapping[Any, Values] | None = None,
    points: Mapping[str, Values] | None = None,
    backend: str = "",
) -> list[dict[str, Any]]:
    """Return one entry per output: output, unit, ours, reference, deviation, tolerance, within, reason.

    All figures are of the case that comes closest to its tolerance or lies farthest past it. ``backend`` is the model's first by
    default; InputError if the model has none.
    """
    base = spec if isinstance(spec, Spec) else load(spec)
    base = base.replace(values or {})
    model = get_model(base.model)
    if not model.references:
        raise InputError(Fault("backend", hint=f"{model.name} has no reference backend"))
    backend = backend or next(iter(model.references))
    theirs = solve(base, over or {}, points=points, backend=backend)
    ours = solve(base, over or {}, points=points)
    found = []
    for output in theirs.outputs:
        tolerance = model.references[backend][output.name]
        a, b = ours.values[output.name].ravel(), theirs.values[output.name].ravel()
        allowed = tolerance.absolute + tolerance.relative * np.abs(b)
        excess = np.abs(a - b) / allowed
        worst = int(np.nanargmax(np.where(np.isnan(excess), np.inf, excess)))
        found.append(
            {
                "output": output.name,
                "unit": output.unit,
                "ours": float(a[worst]),
                "reference": float(b[worst]),
                "deviation": float(abs(a[worst] - b[worst])),
                "tolerance": float(allowed[worst]),
                "within": bool(excess[worst] <= 1.0),
                "reason": tolerance.reason,
            }
        )
    return found
