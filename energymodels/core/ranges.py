"""Arrays against the range they must lie in."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.errors import Fault


def outside(
    field: str, values: ArrayLike, low: float, high: float, unit: str, open_low: bool = False
) -> list[Fault]:
    """Return the fault of the first of ``values``, NaN included, not from (``open_low``: above) ``low`` to
    ``high``, if any.
    """
    array = np.asarray(values, dtype=np.float64)
    wrong = ~(((array > low) if open_low else (array >= low)) & (array <= high))
    if not wrong.any():
        return []
    allowed = f"{'above' if open_low else 'from'} {low:g}" + ("" if high == inf else f" to {high:g}")
    return [Fault(field, float(array[wrong].flat[0]), allowed, unit)]
