"""Lithium-ion cells: parameter sets, their material functions as tables, and the names of parameters."""
