"""Statements as a file has them, checked: ``datasets/claims.toml``, or a file of one's own.

One table a statement, by its key: ``subject statement by date evidence category``, ``quantities`` {name:
value, low, high, unit, method, source, via, note}, ``missing`` and ``conflicts`` (texts), ``checks`` {name: a
run of a model and what it is held against} and ``unusual``, a list of named assumptions: what each changes in
the checks' runs, and which quantities it does not take at their word. The table ``quantity`` names quantities
beyond those of ``relations``: {name: unit, meaning}; ``run`` has what several runs set, by a name that checks
use as ``like``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from energymodels import datasets
from energymodels.claims.relations import QUANTITIES, Value
from energymodels.claims.verdict import RELATIONS
from energymodels.core import files, units
from energymodels.core.errors import Fault, InputError, hinted

EVIDENCE = ("claimed", "measured", "press")
OWN = ("quantity", "run", "title")  # tables that are no statements
TEXTS = ("subject", "statement", "by", "date", "evidence", "category")
LISTS = ("missing", "conflicts")


@dataclass(frozen=True)
class Run:
    """A run of a model: a spec, what is set on it, and what makes its band, one change at a time.

    ``vary`` {path: values} has the value in use first and then its alternatives; ``sets`` asks for those that
    the data have.
    """

    spec: str
    set: Mapping[str, Any] = field(default_factory=dict)
    vary: Mapping[str, list[Any]] = field(default_factory=dict)
    sets: str | None = None

    def changed(self, changes: Mapping[str, Any]) -> Run:
        """Return the run under an assumption; what is set is not varied any more, and another spec starts
        anew.
        """
        spec, fresh = str(changes.get("spec", self.spec)), "spec" in changes
        setting = {**({} if fresh else self.set), **changes.get("set", {})}
        kept = {} if fresh else {path: values for path, values in self.vary.items() if path not in setting}
        return Run(spec, setting, changes.get("vary", kept), changes.get("sets", self.sets))


@dataclass(frozen=True)
class Check:
    """A run and what its result is held against; with ``baseline`` the result is a ratio to, or a difference
    from, another run.
    """

    name: str
    run: Run
    output: str
    per: str = ""  # another output that it is divided by
    quantity: str = ""
    relation: str = "at_least"
    tolerance: float = 0.0
    baseline: Mapping[str, Any] | None = None
    against: str = "ratio"
    note: str = ""


@dataclass(frozen=True)
class Assumption:
    """A named way out: changes of runs by check, and quantities not taken at their word."""

    name: str
    why: str
    runs: Mapping[str, Mapping[str, Any]]
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A statement and how it is checked."""

    name: str
    texts: Mapping[str, str]
    quantities: Mapping[str, Value]
    checks: tuple[Check, ...] = ()
    unusual: tuple[Assumption, ...] = ()
    missing: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The citation keys of its numbers, each once."""
        named = [key for value in self.quantities.values() for key in (value.source, value.via)]
        return [key for key in dict.fromkeys(named) if key and key != "unsourced"]


def entries(path: str | Path | None = None) -> dict[str, Claim]:
    """Return the bundled statements, or those of a TOML file, by key.

    InputError lists all that is wrong with them.
    """
    if path is None:
        return read(datasets.table("claims"))
    if why := files.absent(Path(path)):
        raise InputError(Fault(str(path), hint=why))
    try:
        tree = files.toml(files.text(Path(path), ".toml"))
    except (OSError, ValueError) as error:
        raise InputError(Fault(str(path), hint=f"not a TOML file: {error}")) from error
    return read(tree)


def read(tree: Mapping[str, Any]) -> dict[str, Claim]:
    """Return the statements of a parsed file."""
    faults: list[Fault] = []
    for name in ("quantity", "run"):
        if not isinstance(tree.get(name, {}), Mapping):
            raise InputError(Fault(name, tree[name], hint="must be a table"))
    known = {name: unit for name, (unit, _) in QUANTITIES.items()} | {
        name: str(entry.get("unit", "1")) for name, entry in tree.get("quantity", {}).items()
    }
    found = {}
    for name, entry in tree.items():
        if name not in OWN:
            try:
                found[name] = _claim(name, entry, known, tree.get("run", {}), faults)
            # a number where a table or a list belongs
            except (TypeError, AttributeError, ValueError, OverflowError) as error:
                faults.append(Fault(name, hint=f"is not written as a statement is: {error}"))
    if faults:
        raise InputError(faults)
    return found


def _claim(
    name: str, entry: Any, known: Mapping[str, str], like: Mapping[str, Any], faults: list[Fault]
) -> Claim:
    if not isinstance(entry, Mapping):
        faults.append(Fault(name, entry, hint="must be the table of a statement"))
        return Claim(name, {}, {})
    _names(name, entry, (*TEXTS, *LISTS, "quantities", "checks", "unusual"), faults)
    faults += [Fault(f"{name}.{key}", hint="is missing") for key in TEXTS if key not in entry]
    if entry.get("evidence", EVIDENCE[0]) not in EVIDENCE:
        faults.append(Fault(f"{name}.evidence", entry["evidence"], ", ".join(EVIDENCE)))
    quantities = {}
    for key, value in entry.get("quantities", {}).items():
        if key not in known:
            hint = hinted("unknown quantity", key, known, faults)
            faults.append(Fault(f"{name}.quantities.{key}", hint=hint))
        else:
            quantities[key] = _value(f"{name}.quantities.{key}", value, known[key], faults)
    checks = tuple(
        _check(
            f"{name}.checks.{key}", key, _filled(f"{name}.checks.{key}", value, like, faults), known, faults
        )
        for key, value in entry.get("checks", {}).items()
    )
    unusual = tuple(
        _assumption(f"{name}.unusual", value, {c.name for c in checks}, quantities, faults)
        for value in entry.get("unusual", ())
    )
    lists = {key: tuple(str(text) for text in entry.get(key, ())) for key in LISTS}
    return Claim(
        name,
        {key: str(entry.get(key, "")) for key in TEXTS},
        quantities,
        checks,
        unusual,
        **lists,
        units=known,
    )


def _names(where: str, entry: Mapping[str, Any], allowed: tuple[str, ...], faults: list[Fault]) -> None:
    for key in entry:
        if key not in allowed:
            faults.append(Fault(f"{where}.{key}", hint=hinted("unknown entry", key, allowed, faults)))


def _value(where: str, entry: Any, unit: str, faults: list[Fault]) -> Value:
    """Return a stated number in ``unit``: a table with its unit and source."""
    if not isinstance(entry, Mapping) or "value" not in entry:
        faults.append(
            Fault(
                where,
                hint="must be a table with value, unit, method and source; a number "
                "nobody states is left out",
            )
        )
        return Value(0.0, 0.0, 0.0)
    _names(where, entry, ("value", "low", "high", "unit", "method", "source", "via", "note"), faults)
    given = str(entry.get("unit", "1"))
    try:
        given = "" if given == "1" else given
        number, low, high = (
            units.parse(f"{float(entry.get(k, entry['value']))!r} {given}", unit)
            for k in ("value", "low", "high")
        )
    except (TypeError, ValueError, OverflowError) as error:
        faults.append(Fault(where, entry["value"], unit=given, hint=str(error)))
        return Value(0.0, 0.0, 0.0)
    if not low <= number <= high:
        faults.append(Fault(where, number, f"{low:g} to {high:g}", unit, "its own range"))
    if entry.get("method") not in datasets.METHODS:
        faults.append(Fault(f"{where}.method", entry.get("method"), ", ".join(datasets.METHODS)))
    method, source, via, note = (str(entry.get(key, "")) for key in ("method", "source", "via", "note"))
    return Value(number, low, high, method, source, via, note)


def _filled(
    where: str, entry: Mapping[str, Any], like: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Return a check with what the runs that it is like set."""
    name = entry.get("like")
    if name is None:
        return dict(entry)
    if name not in like:
        faults.append(Fault(f"{where}.like", name, hint=hinted("unknown run", str(name), like, faults)))
    setting = {**like.get(name, {}), **entry.get("set", {})}
    return {key: value for key, value in entry.items() if key != "like"} | {"set": setting}


def _check(
    where: str, name: str, entry: Mapping[str, Any], known: Mapping[str, str], faults: list[Fault]
) -> Check:
    fields = (
        "spec",
        "set",
        "vary",
        "sets",
        "output",
        "per",
        "quantity",
        "relation",
        "tolerance",
        "baseline",
        "against",
        "note",
    )
    _names(where, entry, fields, faults)
    relation, quantity = str(entry.get("relation", "at_least")), str(entry.get("quantity", ""))
    faults += [Fault(f"{where}.{key}", hint="is missing") for key in ("spec", "output") if key not in entry]
    if relation not in RELATIONS:
        faults.append(Fault(f"{where}.relation", relation, ", ".join(RELATIONS)))
    if quantity not in known and relation != "shown":
        hint = hinted("unknown quantity", quantity, known, faults)
        faults.append(Fault(f"{where}.quantity", quantity, hint=hint))
    if entry.get("against", "ratio") not in ("ratio", "difference"):
        faults.append(Fault(f"{where}.against", entry["against"], "ratio, difference"))
    for path, values in entry.get("vary", {}).items():
        if not isinstance(values, list) or len(values) < 2:
            faults.append(
                Fault(
                    f"{where}.vary.{path}",
                    values,
                    hint="must be a list: the value in use, then its alternatives",
                )
            )
    for key in ("set", "vary", "baseline"):
        if not isinstance(entry.get(key, {}), Mapping):
            faults.append(Fault(f"{where}.{key}", entry[key], hint="must be a table"))
    if not isinstance(entry.get("tolerance", 0.0), int | float):
        faults.append(Fault(f"{where}.tolerance", entry["tolerance"], hint="must be a number"))
    run = Run(str(entry.get("spec", "")), entry.get("set", {}), entry.get("vary", {}), entry.get("sets"))
    rest = {key: entry[key] for key in ("per", "tolerance", "baseline", "against", "note") if key in entry}
    return Check(name, run, str(entry.get("output", "")), quantity=quantity, relation=relation, **rest)


def _assumption(
    where: str, entry: Mapping[str, Any], checks: set[str], stated: Mapping[str, Value], faults: list[Fault]
) -> Assumption:
    where = f"{where}.{entry.get('name', '')}"
    _names(where, entry, ("name", "why", "runs", "drop"), faults)
    faults += [Fault(f"{where}.{key}", hint="is missing") for key in ("name", "why") if key not in entry]
    runs, drop = entry.get("runs", {}), tuple(entry.get("drop", ()))
    for key, changes in runs.items():
        _names(f"{where}.runs.{key}", changes, ("spec", "set", "vary", "sets"), faults)
        if key not in checks:
            faults.append(Fault(f"{where}.runs.{key}", hint=hinted("unknown check", key, checks, faults)))
    for key in drop:
        if key not in stated:
            faults.append(Fault(f"{where}.drop", key, hint=hinted("is not stated", key, stated, faults)))
    return Assumption(str(entry.get("name", "")), str(entry.get("why", "")), runs, drop)


def without(stated: Mapping[str, Value], drop: tuple[str, ...]) -> dict[str, Value]:
    """Return ``stated`` without what an assumption does not take at its word."""
    return {name: value for name, value in stated.items() if name not in drop}


def in_unit(value: Value, unit: str, other: str) -> Value:
    """Return a value in another unit."""
    if unit == other:
        return value
    number, low, high = (units.parse(f"{x!r} {unit}", other) for x in (value.value, value.low, value.high))
    return replace(value, value=number, low=low, high=high)
