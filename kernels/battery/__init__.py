"""Lithium-ion cells: material functions, discretisation, time stepping, single-particle and
Doyle-Fuller-Newman models.
"""
