"""An axis of published alternatives: what a result owes to the choice of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.axes import Axis
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.review import Alternative
from energymodels.core.values import FieldDict

SEED = 1  # the same draws each time
DRAWS = 100_000


def sets_axis(
    alternatives: Sequence[Alternative],
    infos: Mapping[str, FieldInfo],
    along: Mapping[str, Array],
    sets: str | int,
) -> Axis:
    """Return the axis ``set``: the spec as it stands, then each alternative in place of it, or ``sets``
    random combinations.

    Fields that are swept, with values ``along``, keep their own axis.
    """
    members = [(name, dict(change)) for name, change in alternatives]
    first = {path: value for path, value in (members[0][1] if members else {}).items() if path not in along}
    members = [(name, change) for name, change in members[1:] if not along.keys() & change.keys()]
    if not members:
        raise InputError(
            Fault("sets", str(sets), hint="the data in use by this spec have no published alternatives")
        )
    if sets != "all":
        members = _drawn(members, _number(sets))
    values = {}
    for path, now in first.items():
        column = [now, *(change.get(path, now) for _, change in members)]
        values[path] = np.array(column, dtype=str if infos[path].kind in ("label", "text") else float)
    return Axis("set", values, np.array(["as given", *(name for name, _ in members)]))


def _number(sets: str | int) -> int:
    try:
        number = int(sets)
    except ValueError:
        number = 0
    if not 1 <= number <= DRAWS:
        raise InputError(Fault("sets", sets, f"all, or a number of draws from 1 to {DRAWS}"))
    return number


def _drawn(members: list[tuple[str, FieldDict]], number: int) -> list[tuple[str, FieldDict]]:
    """Return random combinations: for each group of fields that change together, the spec's own or one of its
    alternatives.
    """
    groups: dict[tuple[str, ...], list[FieldDict]] = {}
    for _, change in members:
        groups.setdefault(tuple(sorted(change)), [{}]).append(change)
    draw = np.random.default_rng(SEED)
    found = []
    for i in range(number):
        merged: FieldDict = {}
        for choices in groups.values():
            merged |= choices[int(draw.integers(len(choices)))]
        found.append((f"draw {i + 1}", merged))
    return found
