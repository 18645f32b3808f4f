"""Cars: values with their sources and, where they are assumed, the range they may lie in.

A file names values by the fields of ``vehicle.range``, as in a data file or plainly: ``mass = 2000``,
``road_load_a = "37 lbf"``. What it does not say is the generic car's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from energymodels import datasets
from energymodels.core import files
from energymodels.core.errors import Fault, InputError, closest, hinted
from energymodels.core.field import FieldInfo, in_unit
from energymodels.core.files import Stamp, stamp
from energymodels.core.schema import schema
from energymodels.core.values import Tree
from energymodels.vehicle.range.fields import BODY, ROAD_LOAD, VehicleSpec

GENERIC = "generic"
SUFFIX = ".toml"
FOLDER = datasets.ROOT / "vehicle" / "cars"


@dataclass(frozen=True)
class Entry:
    """One value of a car, in the unit of its field, the ends of its range, and where it is from."""

    given: float
    low: float
    high: float
    method: str = ""
    source: str = ""

    @property
    def assumed(self) -> bool:
        """Whether it has a range."""
        return self.low < self.high


@dataclass(frozen=True)
class Car:
    """A car's values by field: its own, and the generic car's for the rest."""

    name: str
    title: str
    entries: Mapping[str, Entry]
    own: frozenset[str]


def names() -> list[str]:
    """Return the names of the bundled cars."""
    return sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))


@cache
def paths() -> dict[str, FieldInfo]:
    """Return the fields that a car may fill in."""
    return {
        p: i
        for p, i in schema(VehicleSpec).items()
        if i.kind == "number" and i.default is None and p != "rotating_factor"
    }


def car(text: str) -> Car:
    """Return the car that ``text`` names: a bundled one, or the path of a TOML file.

    InputError says what is wrong with it.
    """
    if text in names():
        return _car(text, stamp(str(FOLDER / f"{text}{SUFFIX}")))
    if text.lower().endswith(SUFFIX):
        return _car(Path(text).stem, stamp(text))
    hint = f"unknown car; {closest(text, names())}".rstrip("; ") + f"; or the path of a {SUFFIX} file"
    raise InputError(Fault("vehicle", text, hint=hint))


@lru_cache(maxsize=256)
def _car(name: str, known: Stamp) -> Car:
    path = Path(known[0])
    if why := files.absent(path):
        raise InputError(Fault("vehicle", str(path), hint=why))
    try:
        tree = files.toml(files.text(path, ".toml"))
    except (OSError, ValueError) as error:
        raise InputError(Fault("vehicle", str(path), hint=f"not a TOML file: {error}")) from error
    title = str(tree.pop("title", name))
    own = _entries(path, tree)
    groups = [group for group in (ROAD_LOAD, BODY) if own.keys() & set(group)]
    faults = [
        Fault(f"{path}: {group[0]}", hint=f"needs {', '.join(group)} together")
        for group in groups
        if set(group) - own.keys()
    ]
    if len(groups) > 1:
        faults.append(
            Fault(
                f"{path}: {ROAD_LOAD[0]}",
                hint=f"excludes {', '.join(BODY)}, which are given too; leave one out",
            )
        )
    if faults:
        raise InputError(faults)
    if path == FOLDER / f"{GENERIC}{SUFFIX}":
        return Car(name, title, own, frozenset(own))
    lent = dict(car(GENERIC).entries)
    if groups:
        lent = {field: entry for field, entry in lent.items() if field not in (*ROAD_LOAD, *BODY)}
    return Car(name, title, lent | own, frozenset(own))


def _entries(path: Path, tree: Tree) -> dict[str, Entry]:
    """Return the values that a file states; InputError lists what is wrong with them."""
    known, found = paths(), {}
    faults: list[Fault] = []
    for field, value in _leaves(tree):
        if field not in known:
            hint = hinted("a car has no such field", field, known, faults)
            faults.append(Fault(f"{path}: {field}", hint=hint))
            continue
        try:
            found[field] = _entry(known[field], value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _leaves(tree: Tree, prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and "value" not in value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _entry(info: FieldInfo, value: object) -> Entry:
    if not isinstance(value, Mapping):
        number = info.parse(value)
        return Entry(number, number, number)
    unit = str(value.get("unit", ""))
    unit = "" if unit == "1" else unit
    given = info.parse(in_unit(value["value"], unit))
    low, high = (info.parse(in_unit(value.get(end, value["value"]), unit)) for end in ("low", "high"))
    if not low <= given <= high:
        raise InputError(info.fault(given, f"lies outside its own range, {low:g} to {high:g}"))
    return Entry(given, low, high, str(value.get("method", "")), str(value.get("source", "")))
