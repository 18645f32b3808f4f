"""Parameter sets of cells: bundled, PyBaMM's and BPX files; their functions as tables."""

from energymodels.core.lazy import lazily

__all__ = ["ParameterSet", "bundled", "parameter_set"]

__getattr__, __dir__ = lazily(__name__, dict.fromkeys(__all__, "energymodels.battery.parameters.sets"))
