"""Ranges of assumed or differently published parameters: alternatives to a parameter set, one at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.cell.fields import BatterySpec
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.model import Array
from energymodels.core.schema import schema
from energymodels.core.values import FieldDict, Fields
from energymodels.kernels.battery.cell.layout import BRUGGEMAN

Members = list[tuple[str, Fields]]
SIDE = "side_reactions."
DESIGNED = (".thickness", ".porosity")  # which a cell design gives


def ranges(fields: Fields, along: Mapping[str, Array]) -> dict[str, tuple[float, tuple[float, float]]]:
    """Return {path: (value in use, (low, high))} of the set's ranges that act and that nobody overrode."""
    names = np.unique(along.get("parameters", [fields["parameters"]])).tolist()
    if len(names) > 1:  # each set has its own: a range of one is none of another
        return {}
    of, known = parameter_set(str(names[0])), schema(BatterySpec)
    found = {}
    for path, ends in of.ranges.items():
        if (
            path not in known
            or not _acts(path, fields)
            or any(other in fields for other in known[path].replaces)
        ):
            continue
        if "cell_design" in fields and path.endswith(DESIGNED):
            continue
        default = known[path].default
        if fields.get(path, default) == default:
            found[path] = (float(of.scalars.get(path, 1.0 if default is None else default)), ends)
    return found


def _acts(path: str, fields: Fields) -> bool:
    """Return whether a coefficient of a side reaction is used; all others are."""
    if not path.startswith(SIDE):
        return True
    reaction = "sei" if path.startswith(f"{SIDE}sei") else "plating"
    return bool(fields[SIDE + reaction] != "none")


def members(fields: Fields, along: Mapping[str, Array]) -> Members:
    """Return (name, {path: value}) of both ends of every range; the first holds what is in use."""
    found = ranges(fields, along)
    if not found:
        return []
    of = dict(parameter_set(str(fields["parameters"])).scalars) | dict(fields)
    ends: Members = []
    now: FieldDict = {}
    for path, (used, both) in found.items():
        now |= _with(path, used, used, of)
        ends += [
            (f"{path}={end:g}", _with(path, end, used, of)) for end in dict.fromkeys(both) if end != used
        ]
    return [("as given", now), *ends]


def _with(path: str, end: float, used: float, of: Fields) -> dict[str, float]:
    """Return a value and what changes with it: with a porosity the solid, in proportion, and transport, by
    Bruggeman's exponent.
    """
    layer, _, key = path.partition(".")
    if key != "porosity":
        return {path: end}
    by = {"active_fraction": (1.0 - end) / (1.0 - used), "transport_efficiency": (end / used) ** BRUGGEMAN}
    return {path: end} | {
        f"{layer}.{k}": float(of[f"{layer}.{k}"]) * f for k, f in by.items() if f"{layer}.{k}" in of
    }


def remarks(fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return notes on a cell that is assumed within ranges."""
    count = sum(not path.startswith(SIDE) for path in ranges(fields, along))
    if not count:
        return []
    name = str(along["parameters"][0] if "parameters" in along else fields["parameters"])
    return [
        f"{name}: {count} values are assumed or differ between publications; --sets shows the "
        f"effect of their ranges"
    ]
