"""Manufacturers' statements against physics: what each says, what it implies by arithmetic, what the models
give, and a verdict.

A statement is an entry of ``datasets/claims.toml``, or of a file of one's own; nothing here knows any of them
by name.
"""

from energymodels.claims.evaluate import claims

__all__ = ["claims"]
