"""What statements imply by arithmetic: quantities with their units, and the relations between them.

Each relation gives one quantity from others. All that apply are used, also on what others gave, so that a
number that is stated and follows from other stated ones as well is checked. Numbers with ranges are taken at
both ends (every relation is monotone in each).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ROUNDING = 0.05  # relative: statements are rounded, and named by whole numbers
ROUND_OFF = 1e-9
PER_HOUR, KILO = 60.0, 1000.0  # durations are in minutes; energies of packs in kW h, what is specific in W h

QUANTITIES: dict[str, tuple[str, str]] = {
    "soc_start": ("1", "initial SOC"),
    "soc_end": ("1", "final SOC"),
    "window": ("1", "charged fraction of the capacity (SOC window)"),
    "duration": ("min", "time it takes"),
    "gained_range": ("km", "range gained by the charge"),
    "range": ("km", "range on a full charge"),
    "mean_c_rate": ("1", "mean C-rate"),
    "named_c_rate": ("1", "C-rate in the name of the cell"),
    "peak_c_rate": ("1", "highest C-rate"),
    "window_at_named_rate": ("1", "fraction of the capacity charged at the named C-rate in the time"),
    "pack_energy": ("kW h", "pack energy"),
    "usable_energy": ("kW h", "usable pack energy"),
    "mean_power": ("kW", "mean pack power"),
    "peak_power": ("kW", "peak pack power"),
    "consumption": ("W h km-1", "pack energy per range"),
    "trip": ("km", "distance driven"),
    "trip_consumption": ("W h km-1", "energy consumption on the trip"),
    "trip_energy": ("kW h", "energy used on the trip"),
    "charge_left": ("1", "SOC after the trip"),
    "trip_range": ("km", "range on a full charge, extrapolated from the trip"),
    "mean_speed": ("km h-1", "mean speed"),
    "temperature": ("degC", "temperature"),
    "pack_mass": ("kg", "pack mass"),
    "cells_mass": ("kg", "mass of the cells in the pack"),
    "pack_length": ("mm", "pack length"),
    "pack_width": ("mm", "pack width"),
    "pack_height": ("mm", "pack height"),
    "pack_volume": ("L", "pack volume"),
    "pack_specific_energy": ("W h kg-1", "pack specific energy"),
    "pack_energy_density": ("W h L-1", "pack energy density"),
    "cell_specific_energy": ("W h kg-1", "cell specific energy"),
    "cells_share": (
        "1",
        "cell-to-pack mass ratio: specific energy of the pack over that of the cell",
    ),
    "gain": ("1", "ratio to the reference"),
    "efficiency": ("percent", "efficiency"),
    "metals": ("ppbw", "total metal concentration, by mass"),
}


@dataclass(frozen=True)
class Value:
    """A number with the ends of its range; ``method`` and the rest say where it is from.

    ``through``: all it was computed from.
    """

    value: float
    low: float
    high: float
    method: str = ""
    source: str = ""
    via: str = ""
    note: str = ""
    through: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Relation:
    """A quantity from others: ``text`` is the formula as people read it."""

    target: str
    inputs: tuple[str, ...]
    text: str
    formula: Callable[..., float]


RELATIONS = (
    Relation("window", ("soc_start", "soc_end"), "soc_end - soc_start", lambda a, b: b - a),
    Relation("window", ("gained_range", "range"), "gained_range / range", lambda a, b: a / b),
    Relation("mean_c_rate", ("window", "duration"), "window / duration", lambda w, t: w * PER_HOUR / t),
    Relation(
        "window_at_named_rate",
        ("named_c_rate", "duration"),
        "named_c_rate duration",
        lambda c, t: min(c * t / PER_HOUR, 1.0),
    ),
    Relation("pack_energy", ("peak_power", "peak_c_rate"), "peak_power / peak_c_rate", lambda p, c: p / c),
    Relation("pack_energy", ("consumption", "range"), "consumption range", lambda q, s: q * s / KILO),
    Relation("consumption", ("pack_energy", "range"), "pack_energy / range", lambda e, s: e * KILO / s),
    Relation("peak_c_rate", ("peak_power", "pack_energy"), "peak_power / pack_energy", lambda p, e: p / e),
    Relation("mean_power", ("pack_energy", "mean_c_rate"), "pack_energy mean_c_rate", lambda e, c: e * c),
    Relation("trip_energy", ("trip", "trip_consumption"), "trip trip_consumption", lambda s, q: s * q / KILO),
    Relation(
        "usable_energy",
        ("trip_energy", "charge_left"),
        "trip_energy / (1 - charge_left)",
        lambda e, z: e / (1.0 - z),
    ),
    Relation("trip_range", ("trip", "charge_left"), "trip / (1 - charge_left)", lambda s, z: s / (1.0 - z)),
    Relation(
        "pack_volume",
        ("pack_length", "pack_width", "pack_height"),
        "their product",
        lambda x, y, z: x * y * z * 1e-6,
    ),
    Relation(
        "pack_specific_energy",
        ("pack_energy", "pack_mass"),
        "pack_energy / pack_mass",
        lambda e, m: e * KILO / m,
    ),
    Relation(
        "pack_energy_density",
        ("pack_energy", "pack_volume"),
        "pack_energy / pack_volume",
        lambda e, v: e * KILO / v,
    ),
    Relation("cells_share", ("cells_mass", "pack_mass"), "cells_mass / pack_mass", lambda c, p: c / p),
    Relation(
        "cells_share",
        ("pack_energy", "pack_mass", "cell_specific_energy"),
        "pack_energy / (pack_mass cell_specific_energy)",
        lambda e, m, c: e * KILO / (m * c),
    ),
    Relation(
        "cells_share",
        ("pack_specific_energy", "cell_specific_energy"),
        "pack_specific_energy / cell_specific_energy",
        lambda p, c: p / c,
    ),
    Relation(
        "cell_specific_energy",
        ("pack_specific_energy", "cells_share"),
        "pack_specific_energy / cells_share",
        lambda p, s: p / s,
    ),
)
BOUNDS = (  # (what cannot be above, what)
    ("mean_c_rate", "named_c_rate"),
    ("mean_c_rate", "peak_c_rate"),
    ("named_c_rate", "peak_c_rate"),
    ("mean_power", "peak_power"),
    ("gained_range", "range"),
    ("usable_energy", "pack_energy"),
    ("trip_energy", "pack_energy"),
    ("cells_share", "1"),
    ("pack_specific_energy", "cell_specific_energy"),
)


@dataclass(frozen=True)
class Implied:
    """What a relation gives of a quantity, and what it is besides: as stated, or by another relation."""

    relation: Relation
    value: Value
    other: Value | None


def implied(stated: Mapping[str, Value]) -> list[Implied]:
    """Return all that the relations give of ``stated``; of what is not stated the first result is used
    further.
    """
    known, found = dict(stated), []
    left = list(RELATIONS)
    while relation := next((r for r in left if known.keys() >= set(r.inputs)), None):
        left.remove(relation)
        value = _by(relation, [known[name] for name in relation.inputs])
        if relation.target not in value.through:  # else back to where it is from
            found.append(Implied(relation, value, known.get(relation.target)))
            known.setdefault(relation.target, value)
    return found


def _by(relation: Relation, parts: list[Value]) -> Value:
    ends = [
        relation.formula(*corner) for corner in itertools.product(*((part.low, part.high) for part in parts))
    ]
    method = "assumed" if any(part.method == "assumed" for part in parts) else "derived"
    through = frozenset(relation.inputs).union(*(part.through for part in parts))
    return Value(
        relation.formula(*(part.value for part in parts)), min(ends), max(ends), method, through=through
    )


def all_values(stated: Mapping[str, Value], results: list[Implied]) -> dict[str, Value]:
    """Return stated and implied values by name; what is stated goes first, then what was implied first."""
    return {one.relation.target: one.value for one in reversed(results)} | dict(stated)


def contradictions(stated: Mapping[str, Value], results: list[Implied]) -> list[str]:
    """Return in words where statements contradict themselves by more than rounding."""
    found = []
    for one in results:
        if one.other and _apart(one.value, one.other):
            name, how = one.relation.target, "follows" if one.other.through else "is stated"
            found.append(
                f"{name} {how} as {_text(name, one.other)} and is {_text(name, one.value)} by "
                f"{one.relation.text}"
            )
    values = all_values(stated, results) | {"1": Value(1.0, 1.0, 1.0)}
    for below, above in BOUNDS:
        if below in values and above in values and _above(values[below], values[above]):
            found.append(
                f"{below} of {_text(below, values[below])} is above {above} of {_text(above, values[above])}"
            )
    return found


def _above(one: Value, other: Value) -> bool:
    return one.low > other.high * (1.0 + ROUNDING) * (1.0 + ROUND_OFF)


def _apart(one: Value, other: Value) -> bool:
    return _above(one, other) or _above(other, one)


def _text(name: str, value: Value) -> str:
    unit = QUANTITIES.get(name, ("1", ""))[0]
    return f"{value.value:.4g}" + ("" if unit == "1" else f" {unit}")


def plain(value: Value) -> dict[str, Any]:
    """Return a value as JSON has it: range and notes only where there are any."""
    found: dict[str, Any] = {"value": value.value}
    if value.low < value.high:
        found |= {"low": value.low, "high": value.high}
    return found | {key: text for key in ("method", "source", "via", "note") if (text := getattr(value, key))}
