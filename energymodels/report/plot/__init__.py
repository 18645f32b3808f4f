"""Figures of results: lines, points or a map, labelled from the metadata of the datasets."""

from energymodels.report.plot.draw import plot
from energymodels.report.plot.output import SUFFIXES, check_suffix, default_target, save

__all__ = ["SUFFIXES", "check_suffix", "default_target", "plot", "save"]
