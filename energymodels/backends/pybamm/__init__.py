"""PyBaMM as reference backend of the battery models."""

from energymodels.backends.pybamm.solver import solve as solve
