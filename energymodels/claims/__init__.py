"""Manufacturers' statements against physics: what each says, what it implies by arithmetic, what the models
give, and a verdict.

A statement is an entry of ``datasets/claims.toml``, or of a file of one's own; nothing here knows any of them
by name.

The package has the name of its function, and can be called as it is: ``energymodels.claims("name")``.
"""

from __future__ import annotations

import sys
from inspect import signature
from types import ModuleType

from energymodels.claims.evaluate import claims

__all__ = ["claims"]


class _Callable(ModuleType):
    """A module that is called as its function is."""

    __call__ = staticmethod(claims)


__signature__ = signature(claims)
sys.modules[__name__].__class__ = _Callable
