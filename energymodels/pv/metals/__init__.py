"""Metals from the feedstock to the wafer: ``stages`` of the chain as functions of arrays, metal budgets."""

from energymodels.core.lazy import lazily

__all__ = ["metal_budget", "stages"]

__getattr__, __dir__ = lazily(
    __name__,
    {"metal_budget": "energymodels.pv.metals.budget", "stages": "energymodels.pv.metals.stages"},
)
