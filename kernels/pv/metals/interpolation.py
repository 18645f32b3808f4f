"""Shares of metal between the thicknesses that were solved for."""

from math import exp

import numpy as np

from energymodels.kernels.jit import jit

POINTS = 6  # of an interpolation


@jit
def _stencil(low: float, spacing: float, size: int, at: float) -> tuple[int, float]:
    """Return the first of the ``POINTS`` neighbours on an equally spaced grid that interpolate at ``at``, and
    how far on it is.
    """
    place = (at - low) / spacing
    first = min(max(int(place) - POINTS // 2 + 1, 0), size - POINTS)
    return first, place - first


@jit
def nodes(low: float, spacing: float, size: int, at: np.ndarray) -> np.ndarray:
    """Return which nodes of a grid interpolation ``at`` these places needs."""
    needed = np.zeros(size, dtype=np.bool_)
    for i in range(at.size):
        first = _stencil(low, spacing, size, at[i])[0]
        for j in range(first, first + POINTS):
            needed[j] = True
    return needed


@jit
def look_up(low: float, spacing: float, logits: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return shares by ln thickness from their logits on an equally spaced grid: Lagrange's polynomial
    through the neighbours.

    The logit runs straight where the metal spreads evenly (share W/(k d) of thin wafers) and where it hardly
    moves (loss 1/W of thick ones), and bends between.
    """
    found = np.empty(at.size)
    for i in range(at.size):
        first, x = _stencil(low, spacing, logits.size, at[i])
        logit = 0.0
        for j in range(POINTS):
            weight = 1.0
            for m in range(POINTS):
                if m != j:
                    weight *= (x - m) / (j - m)
            logit += weight * logits[first + j]
        found[i] = 1.0 / (1.0 + exp(-logit)) if logit > -700.0 else 0.0
    return found
