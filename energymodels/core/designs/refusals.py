"""Which fields can run along an axis."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from energymodels.core.errors import Fault
from energymodels.core.field import FieldInfo


def refusal(fields: Mapping[str, FieldInfo], path: str, seen: Collection[str]) -> Fault | None:
    """Return why a field cannot be swept beside those ``seen`` before, None if it can."""
    if path not in fields:
        return Fault(path, hint="unknown field", known=fields, fold=True)
    if fields[path].fixed:
        return Fault(path, hint="shapes the result, so it cannot be swept; set it for the whole sweep")
    if path in seen:
        return Fault(path, hint="swept twice")
    clash = [other for other in fields[path].replaces if other in seen]
    return Fault(path, hint=f"is the same field as {clash[0]}; sweep one of them") if clash else None
