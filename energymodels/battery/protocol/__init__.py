"""Protocols: text to steps, steps to numbers."""
