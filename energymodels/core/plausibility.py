"""Plausibility warnings: values outside the usual range of a field, and those of the model.

A warning never stops a run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import PlausibilityWarning as PlausibilityWarning
from energymodels.core.field import FieldInfo
from energymodels.core.review import Remark, Review


def remarks(review: Review, infos: Mapping[str, FieldInfo], shape: tuple[int, ...]) -> list[str]:
    """Return the plausibility warnings of a grid of ``shape``, each with its number of cases."""
    found = [*_unusual(infos, review.of.columns, review.of.given), *review.doubts()]
    counts = [int(np.count_nonzero(np.broadcast_to(remark.where, shape))) for remark in found]
    return [
        remark.text + _cases(count, prod(shape)) for remark, count in zip(found, counts, strict=True) if count
    ]


def _cases(count: int, of: int) -> str:
    if of == 1:
        return ""
    return f" (all {of} cases)" if count == of else f" ({count} of {of} cases)"


def _unusual(
    infos: Mapping[str, FieldInfo], columns: Mapping[str, Array], given: Collection[str]
) -> list[Remark]:
    """Return a remark for every given field with values outside of its usual range."""
    found = []
    for path in given:
        if path in columns and infos[path].usual:
            where = ~infos[path].is_usual(columns[path])
            if np.any(where):
                found.append(Remark(infos[path].doubt(float(columns[path][where][0])), where))
    return found
