"""One file per model: its schema and its adapter to a kernel. The registry is in ``energymodels.model``."""
