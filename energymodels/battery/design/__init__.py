"""Cell design: fields, materials with their sources, and the way to the kernel.

``electrochemical`` gives the fields of the battery models that a design sets.
"""

from energymodels.core.lazy import lazily

__all__ = ["design_columns", "design_fields", "electrochemical", "geometry"]

__getattr__, __dir__ = lazily(__name__, dict.fromkeys(__all__, "energymodels.battery.design.geometry"))
