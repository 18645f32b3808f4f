"""Protocols: text to steps, steps to numbers."""

from energymodels.core.lazy import lazily

__all__ = ["Protocol", "describe", "parse", "programs"]

__getattr__, __dir__ = lazily(__name__, dict.fromkeys(__all__, "energymodels.battery.protocol.program"))
