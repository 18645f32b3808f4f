"""Notes on a car's values, and alternatives: the ends of their ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from energymodels.core.model import Array
from energymodels.core.values import FieldDict, Fields
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.kernels.vehicle.longitudinal import COLD
from energymodels.vehicle.data.cars import GENERIC, Car, car
from energymodels.vehicle.range.fields import ASSUMED, ASSUMPTION, BODY, BOUNDS, ROAD_LOAD
from energymodels.vehicle.range.rows import used_group

NOTED = ("recalled", "claimed", "assumed", "typical")
Members = list[tuple[str, Fields]]


def cars_in_use(fields: Fields, along: Mapping[str, Array]) -> list[Car]:
    """Return the cars of a sweep, each once."""
    return [
        car(name)
        for name in dict.fromkeys(along["vehicle"].tolist() if "vehicle" in along else [fields["vehicle"]])
    ]


def _in_use(one: Car, fields: Fields) -> list[str]:
    """Return the paths whose value is the car's."""
    unused = set(BODY if used_group(fields, one) is ROAD_LOAD else ROAD_LOAD)
    return [path for path in one.entries if path not in fields and path not in unused]


def members(fields: Fields, along: Mapping[str, Array]) -> Members:
    """Return (name, {path: label}) of both ends of each range that a car in use states; the first holds what
    is in use.
    """
    cars = cars_in_use(fields, along)
    ranges = {
        p: [one.entries[p] for one in cars if p in _in_use(one, fields) and one.entries[p].assumed]
        for p in ASSUMED
    }
    now: FieldDict = {}
    found: Members = []
    for path, entries in ranges.items():
        if not entries:
            continue
        field = ASSUMPTION + ASSUMED[path]
        now[field] = fields[field]
        for label in BOUNDS:
            values = [getattr(entry, label) for entry in entries]
            if label == fields[field] or all(
                value == getattr(e, fields[field]) for value, e in zip(values, entries, strict=True)
            ):
                continue
            found.append((f"{path}={values[0]:g}" if len(cars) == 1 else f"{path} {label}", {field: label}))
    return [("as given", now), *found] if found else []


def remarks(fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return notes: how many values of each car are recalled, claimed, typical or assumed."""
    found = []
    for one in cars_in_use(fields, along):
        methods = Counter(one.entries[path].method for path in _in_use(one, fields))
        parts = [f"{methods[method]} {method}" for method in NOTED if methods[method]]
        if parts:
            where = " and ".join(f"vehicle/cars/{name}" for name in dict.fromkeys((one.name, GENERIC)))
            found.append(
                f"values of the car {one.name}: {', '.join(parts)} (data {where}; ranges run by sets)"
            )
    return found


def cold_battery(fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return the note on a cold battery without a cell model."""
    coldest = (
        float(np.min(along["ambient_temperature"]))
        if "ambient_temperature" in along
        else fields["ambient_temperature"]
    )
    if coldest >= COLD - ZERO_CELSIUS:
        return []
    return [
        f"at {coldest:g} degC the battery is an energy buffer without a cell model: same usable energy and "
        f"efficiency as warm, no heating; vehicle.drive has cells"
    ]


def inert(fields: Fields, swept: set[str]) -> dict[str, str]:
    """Return {swept path: why it does not act}."""
    found: dict[str, str] = {}
    if fields["cabin.climate"] == "off" and "cabin.climate" not in swept:
        found |= {path: "cabin.climate is off" for path in swept if path.startswith("cabin.")}
    if "vehicle" not in swept:
        one = car(fields["vehicle"])
        used = _in_use(one, fields)
        for path, name in ASSUMED.items():
            if ASSUMPTION + name in swept and not (path in used and one.entries[path].assumed):
                found[ASSUMPTION + name] = f"the car's file states no range of {path}, or it is not in use"
    return found


def sources(cars: Sequence[Car]) -> list[str]:
    """Return the citation keys of the cars' values."""
    return list(
        dict.fromkeys(
            e.source for one in cars for e in one.entries.values() if e.source not in ("", "unsourced")
        )
    )
