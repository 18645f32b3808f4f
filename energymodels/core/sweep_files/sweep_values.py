"""Values of axes and designs as a sweep file holds them: texts, numbers, lists, arrays of the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.axes import dim_name
from energymodels.core.entries import Values, unindexed
from energymodels.core.errors import Fault, InputError
from energymodels.core.values import Tree

LONG = 1000  # values: a longer list is read from the coordinate of the result that holds the text
ARRAY = {"values", "coordinate", "index", "dtype"}  # keys of an entry that is an array
FORMS = "a text such as 80um:180um:11, a number, or a list of them"
Coordinates: TypeAlias = Callable[[str], Array]


def flattened(tree: Tree) -> dict[str, Any]:
    """Return {dotted path: entry} of nested tables; InputError names what is given twice."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []

    def add(prefix: str, of: Tree) -> None:
        for name, entry in of.items():
            if isinstance(entry, Mapping) and not _is_array(entry):
                add(f"{prefix}{name}.", entry)
            elif prefix + name in found:
                faults.append(Fault(prefix + name, hint="given twice"))
            else:
                found[prefix + name] = entry

    add("", tree)
    if faults:
        raise InputError(faults)
    return found


def _is_array(entry: Tree) -> bool:
    return entry.keys() <= ARRAY and ("values" in entry) != ("coordinate" in entry)


def written_values(fields: Sequence[tuple[str, str]], values: Values, index_name: str) -> object:
    """Return what TOML holds for the values of ``fields``, (path, unit of bare numbers) each, along one axis.

    ``index_name`` is the coordinate of a result that holds their index. An array is a list, unless its
    numbers have another unit than their field: lists are converted number by number.
    """
    if isinstance(values, Mapping):  # where they are in the result
        return dict(values)
    values, index = unindexed(values)
    if isinstance(values, str) or np.ndim(values) == 0:
        return values
    numeric = isinstance(values, np.ndarray) and values.dtype.kind in "fiu"
    listed = np.asarray(values, dtype=float).ravel().tolist() if numeric else list(values)
    if len(listed) > LONG and _held(fields, numeric or not any(isinstance(one, str) for one in listed)):
        found = {"coordinate": dim_name(fields[0][0])}
        return found if index is None else found | {"index": index_name}
    if index is not None:
        return {"values": listed, "index": _listed(index), "dtype": index.dtype.str}
    return {"values": listed} if numeric and any(unit for _, unit in fields) else listed


def _held(fields: Sequence[tuple[str, str]], numbers: bool) -> bool:
    """Return whether the coordinate of the first field holds what was given for all."""
    return not any(unit for _, unit in fields) and (numbers or len(fields) == 1)


def _listed(index: Array) -> list[object]:
    """Return an index as TOML holds it, times as text."""
    found: list[object] = (np.datetime_as_string(index) if index.dtype.kind == "M" else index).tolist()
    return found


def read_values(name: str, entry: object, coordinates: Coordinates | None) -> Values:
    """Return the values that TOML holds for the field or fields ``name``; InputError if they are none."""
    if not isinstance(entry, Mapping):
        written: Values = _plain(name, entry)
        return written
    values = np.asarray(_part(name, entry, "coordinate" if "coordinate" in entry else "values", coordinates))
    if "index" not in entry:
        return values
    return _indexed(name, values, _part(name, entry, "index", coordinates), entry.get("dtype"))


def _plain(name: str, entry: object) -> Any:
    """Return a text, a number or a list of them as it is."""
    if all(isinstance(one, str | int | float) for one in (entry if isinstance(entry, list) else [entry])):
        return entry
    raise InputError(Fault(name, hint=f"values are {FORMS}"))


def _part(name: str, entry: Tree, key: str, coordinates: Coordinates | None) -> Any:
    """Return the list that an entry holds under ``key``, or the coordinate that it names."""
    found = entry[key]
    if isinstance(found, list) and key != "coordinate":
        return _plain(name, found)
    if coordinates is None or not isinstance(found, str):
        hint = f"{key} = {found!r:.40} names a coordinate: such values stand in results only"
        raise InputError(Fault(name, hint=hint))
    return coordinates(found)


def _indexed(name: str, values: Array, index: Any, dtype: object) -> Values:
    """Return a pandas Series."""
    import pandas as pd

    try:
        listed = values.tolist() if values.dtype.kind not in "fiu" else values
        found: Values = pd.Series(listed, index=np.asarray(index, dtype=dtype))  # type: ignore[call-overload]
        return found
    except (TypeError, ValueError) as error:
        raise InputError(Fault(name, hint=f"no index of these values: {error}")) from error
