"""Metals from the feedstock to the wafer."""
