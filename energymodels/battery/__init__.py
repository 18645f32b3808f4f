"""Lithium-ion and sodium-ion cells: ``design`` of cells, charging ``schedules``, fast charging within limits,
parameter sets and protocols.
"""

from energymodels.core.lazy import lazily

__all__ = ["design", "fast_charge", "schedules"]

__getattr__, __dir__ = lazily(__name__, {name: f"energymodels.battery.{name}" for name in __all__})
