"""The published alternatives to the data that a spec uses: parameter sets, coefficients, priors, ranges of
what is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from energymodels.core.model import Array
from energymodels.core.values import FieldDict, Fields
from energymodels.pv.metals import data, recipes
from energymodels.pv.metals.inventory import ACCEPTORS, compositions, elements_in_use, stated

# path, value in use, the others
Alternatives: TypeAlias = tuple[str, object, Sequence[object]]
Members = list[tuple[str, Fields]]
# of elements, and the tables of fields that choose among them
ALTERNATIVES = ("segregation", "diffusivity", "solubility")
TABLES = {
    "segregation": "crystal.segregation",
    "diffusivity": "process.diffusivity",
    "solubility": "wafer.solubility",
}


def members(fields: Fields, along: Mapping[str, Array]) -> Members:
    """Return (name, {path: value}) of every alternative; the first holds what is in use."""
    now: FieldDict = {}
    found: Members = []
    for path, used, others in _alternatives(fields, along):
        now[path] = used
        found += [
            (f"{path}={other:g}" if isinstance(other, float) else f"{path}={other}", {path: other})
            for other in others
        ]
    return [("as given", now), *found] if found else []


def _alternatives(fields: Fields, along: Mapping[str, Array]) -> Iterator[Alternatives]:
    """Yield (path, value in use, the others)."""
    priors = compositions(fields, along)
    if "feedstock.composition" in fields:
        mixed = [key for key, shares in data.compositions().items() if len(shares) > 1]
        alone = dict.fromkeys(metal for key in mixed for metal in data.compositions()[key])
        now = fields["feedstock.composition"]
        priors = [*mixed, *alone]
        yield "feedstock.composition", now, [p for p in priors if p != now]
    used = elements_in_use(fields, priors)
    every = np.unique(along.get("process.gettering", [fields["process.gettering"]])).tolist()
    processes = [process for process in every if process != "none"]
    given = stated(fields)
    for symbol in () if given else used:
        yield from _of_element(data.elements()[symbol], fields, hot=bool(processes))
    for name in _centres(used, fields, along):
        yield from _labels(f"defects.{name}", [s.key for s in data.centres()[name].sets], fields)
    spreads = [recipes.assumed_factors(process) for process in processes]
    if used and spreads and not given:
        bounds = min(low for low, _ in spreads), max(high for _, high in spreads)
        yield (
            "process.segregation_factor",
            fields["process.segregation_factor"],
            [float(f) for f in bounds if f != 1.0],
        )


def _labels(path: str, keys: list[str], fields: Fields) -> Iterator[Alternatives]:
    if len(keys) > 1:
        now = fields.get(path, keys[0])
        yield path, now, [key for key in keys if key != now]


def _of_element(element: data.Element, fields: Fields, hot: bool) -> Iterator[Alternatives]:
    for quantity in ALTERNATIVES:
        if hot or quantity != "diffusivity":
            keys = [c.key for c in getattr(element, quantity)]
            yield from _labels(f"{TABLES[quantity]}.{element.symbol}", keys, fields)
    value, low, high = element.active
    path = f"wafer.active.{element.symbol}"
    if low < high and path not in fields:
        yield path, value, [bound for bound in (low, high) if bound != value]


def _centres(used: tuple[str, ...], fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return the centres that the metals can form in the wafers of a sweep."""
    dopants = set(np.unique(along.get("wafer.dopant", [fields.get("wafer.dopant", "")])).tolist())
    types = set(np.unique(along.get("wafer.type", [fields.get("wafer.type", "")])).tolist())
    acceptors = {"", *(dopants & {*ACCEPTORS}), *({"Ga"} if "p" in types and not dopants - {""} else set())}
    given = {path.removeprefix("wafer.metals.") for path in fields if path.startswith("wafer.metals.")}
    found = [
        name
        for name, c in data.centres().items()
        if c.element in used
        and (name in given or ((not given or c.element in given) and c.acceptor in acceptors))
    ]
    return [*found, "BO"] if fields["wafer.bo_active"] or "wafer.bo_active" in along else found
