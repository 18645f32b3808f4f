"""Designs: fields drawn from distributions, or rows of a table."""
