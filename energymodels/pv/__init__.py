"""Silicon solar cells: ``silicon`` as a material, ``stages`` of metals from feedstock to wafer, metal
budgets, certified ``records``.
"""

from energymodels.core.lazy import lazily

__all__ = ["metal_budget", "records", "silicon", "stages"]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "metal_budget": "energymodels.pv.metals.budget",
        "records": "energymodels.pv.records",
        "silicon": "energymodels.pv.silicon",
        "stages": "energymodels.pv.metals.stages",
    },
)
