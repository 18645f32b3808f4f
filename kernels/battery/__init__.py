"""Lithium-ion cells: tables of material functions, discretisation, time stepping, single-particle and Doyle-Fuller-Newman models."""
