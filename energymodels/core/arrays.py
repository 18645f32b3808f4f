"""Arrays as the library hands them on."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def label_index(labels: tuple[str, ...], values: list[str]) -> Array:
    """Return the indices of ``values`` in ``labels``."""
    return np.array([labels.index(value) for value in values], dtype=np.int8)
