"""Comparisons with a reference backend, as tests look at them."""

import energymodels as em
from energymodels.core.table import rows


def compare(*arguments, **options):
    """Return the entries of ``em.compare``, one an output."""
    return rows(em.compare(*arguments, **options), "output")
