"""Specs: the checked input of a model.

A model's schema is a pydantic class whose fields carry unit, range and meaning once; checks, help and metadata read them there.
A ``Spec`` is a model's name and the fields somebody wrote. Overrides come first, the check comes last, and it collects every fault.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from energymodels import units
from energymodels.errors import Fault, InputError, closest, unknown

RESERVED = ("model", "title", "provenance")
Choice: TypeAlias = Mapping[str, float | None]


class Table(BaseModel):
    """A table of fields. ``alternatives`` lists groups of which exactly one choice is used; the first is the default.

    A choice maps its fields to their defaults, None where the field must be given. ``agreeing`` pairs say the same thing twice:
    both may be given if they agree, but overriding one drops the other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=True)
    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = ()
    agreeing: ClassVar[tuple[tuple[str, str], ...]] = ()


def quantity(default: float | None, unit: str, meaning: str, **limits: Any) -> Any:
    """Return a number field; ``limits`` are gt, ge, lt, le. inf is legal where no upper limit is set."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **limits)


def count(default: int, meaning: str, **limits: Any) -> Any:
    """Return a whole-number field."""
    return Field(default, description=meaning, json_schema_extra={"unit": "1", "fixed": True}, **limits)


def choice(default: str | None, meaning: str) -> Any:
    """Return a field annotated with a ``Literal`` of the labels it may take."""
    return Field(default, description=meaning)


@dataclass(frozen=True)
class FieldInfo:
    """What is known of one field; ``group`` names the alternative fields that setting it replaces."""

    path: str
    kind: Literal["number", "integer", "label"]
    meaning: str
    default: Any
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    labels: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    fixed: bool = False  # shapes the output and cannot be swept

    @property
    def allowed(self) -> str:
        """The allowed values as text."""
        if self.labels:
            return ", ".join(self.labels)
        low = ("above " if self.low_open else "from ") + f"{self.low:g}" if self.low > -math.inf else ""
        high = ("below " if self.high_open else "to ") + f"{self.high:g}" if self.high < math.inf else ""
        return f"{low} {high}".strip() or "any number"

    def holds(self, value: float) -> bool:
        """Return whether a number is in range; NaN never is."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def fault(self, value: object, hint: str = "") -> Fault:
        """Return the fault of ``value`` in this field."""
        return Fault(self.path, value, self.allowed, self.unit, hint)

    def parse(self, value: object) -> Any:
        """Return ``value`` (text with or without a unit, or a number) as this field holds it; InputError with range and unit."""
        if self.kind == "label":
            if isinstance(value, str) and value.strip() in self.labels:
                return value.strip()
            raise InputError(self.fault(value, closest(str(value), self.labels) if isinstance(value, str) else ""))
        try:
            if isinstance(value, bool):
                raise ValueError("not a number")
            number = units.parse(value, self.unit) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise InputError(self.fault(value, str(error))) from error
        if not self.holds(number):
            raise InputError(self.fault(value if isinstance(value, str) else number))
        if self.kind == "integer":
            if number != int(number):
                raise InputError(self.fault(number, "a whole number"))
            return int(number)
        return number


@cache
def schema(table: type[Table], prefix: str = "") -> dict[str, FieldInfo]:
    """Return every field of ``table`` by dotted path."""
    found: dict[str, FieldInfo] = {}
    for name, info in table.model_fields.items():
        annotation = info.annotation
        if isinstance(annotation, type) and issubclass(annotation, Table):
            found |= schema(annotation, f"{prefix}{name}.")
            continue
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        options = [a for a in (get_args(annotation) or (annotation,)) if a is not type(None)]
        labels = get_args(annotation) if get_origin(annotation) is Literal else get_args(options[0])
        default, replaces, conflicts = _grouped(table, name, info.default, prefix)
        limits: dict[str, Any] = {}
        for limit in info.metadata:
            if isinstance(limit, Ge | Gt):
                limits |= {"low": limit.ge if isinstance(limit, Ge) else limit.gt, "low_open": isinstance(limit, Gt)}
            elif isinstance(limit, Le | Lt):
                limits |= {"high": limit.le if isinstance(limit, Le) else limit.lt, "high_open": isinstance(limit, Lt)}
        found[prefix + name] = FieldInfo(
            path=prefix + name,
            kind="label" if labels else "integer" if int in options else "number",
            meaning=info.description or "",
            default=default,
            unit=str(extra.get("unit", "")),
            labels=labels,
            replaces=replaces,
            conflicts=conflicts,
            fixed=bool(extra.get("fixed")),
            **limits,
        )
    return found


def _grouped(table: type[Table], name: str, default: Any, prefix: str) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Return (default, fields an override replaces, fields that exclude this one) of field ``name``."""
    replaces: list[str] = []
    conflicts: list[str] = []
    for group in table.alternatives:
        mine = [choice for choice in group if name in choice]
        if mine:
            conflicts += [prefix + other for choice in group if choice not in mine for other in choice]
            default = group[0].get(name)
    for pair in table.agreeing:
        if name in pair:
            replaces += [prefix + other for other in pair if other != name]
    return default, tuple(replaces + conflicts), tuple(conflicts)


def _groups(table: type[Table], prefix: str = "") -> list[tuple[dict[str, float | None], ...]]:
    found = [tuple({prefix + n: d for n, d in c.items()} for c in group) for group in table.alternatives]
    for name, info in table.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Table):
            found += _groups(info.annotation, f"{prefix}{name}.")
    return found


@dataclass(frozen=True)
class Spec:
    """A model's name and the fields somebody wrote, by dotted path, in the fields' units."""

    model: str
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    title: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, FieldInfo]:
        """The model's fields."""
        from energymodels.model import get_model

        return schema(get_model(self.model).spec)

    def replace(self, changes: Mapping[str, Any]) -> Spec:
        """Return a spec with ``changes`` (path: number, label or text with a unit); alternatives of what is set are dropped."""
        changes = dict(changes)
        spec = replace(self, model=str(changes.pop("model", self.model)))
        written = _read_fields(spec.fields, changes)
        dropped = {other for path in written for other in spec.fields[path].replaces}
        kept = {path: value for path, value in spec.values.items() if path not in dropped}
        return replace(spec, values=kept | written)

    def without(self, paths: set[str]) -> Spec:
        """Return a spec that leaves out ``paths``."""
        return replace(self, values={p: v for p, v in self.values.items() if p not in paths})

    def checked(self) -> dict[str, Any]:
        """Return every field in use with its value, defaults filled in. InputError lists all faults."""
        from energymodels.model import get_model

        table = get_model(self.model).spec
        values = dict(self.values)
        faults: list[Fault] = []
        for group in _groups(table):
            used = next((c for c in group if any(path in values for path in c)), group[0])
            for path, default in used.items():
                if path not in values:
                    if default is None:
                        faults.append(Fault(path, hint=f"needed together with {next(p for p in used if p in values)}"))
                    else:
                        values[path] = default
        if faults:
            raise InputError(faults)
        try:
            checked = table.model_validate(_nested(values))
        except ValidationError as error:
            raise InputError(_faults(self.fields, values, error)) from None
        return {path: value for path, value in _flat(checked.model_dump()).items() if value is not None}


def _read_fields(fields: Mapping[str, FieldInfo], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Parse one source of field values; unknown names, bad values and two members of one alternative are faults."""
    faults: list[Fault] = []
    parsed: dict[str, Any] = {}
    for path, value in raw.items():
        if path not in fields:
            faults.append(Fault(path, hint=f"unknown field; {closest(path, fields)}".rstrip("; ")))
            continue
        both = [other for other in fields[path].conflicts if other in parsed]
        if both:
            faults.append(Fault(path, hint=f"excludes {both[0]}, which is given too; leave one out"))
        try:
            parsed[path] = fields[path].parse(value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return parsed


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, leaf = path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[leaf] = value
    return tree


def _faults(fields: Mapping[str, FieldInfo], values: Mapping[str, Any], error: ValidationError) -> list[Fault]:
    faults = []
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        if path in fields:
            faults.append(fields[path].fault(values.get(path)))
        else:
            message = str(item["ctx"]["error"]) if "error" in item.get("ctx", {}) else item["msg"]
            faults.append(Fault(path or "spec", hint=message))
    return faults


def bundled() -> dict[str, Path]:
    """Return the bundled specs: name -> file."""
    from energymodels import datasets

    return {path.stem: path for path in sorted((Path(datasets.__file__).parent / "specs").glob("*.toml"))}


def load(source: str | Path | Mapping[str, Any]) -> Spec:
    """Return the spec bundled under a name, in a TOML file, in a (nested) mapping that holds ``model``, or a model's defaults."""
    from energymodels.model import MODELS

    if isinstance(source, Mapping):
        return _from_tree(source, "")
    if source in MODELS:
        return Spec(str(source))
    names = bundled()
    path = names.get(str(source), Path(source))
    if not path.is_file():
        raise InputError(
            Fault(
                str(source),
                hint=f"neither a bundled spec, a file nor a model; {closest(str(source), [*names, *MODELS])}".rstrip("; "),
            )
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(Fault(str(source), hint=f"not a TOML file: {error}")) from error
    return loads(text, str(source))


def loads(text: str, name: str) -> Spec:
    """Return the spec written as TOML in ``text``; ``name`` is for messages and results."""
    try:
        return _from_tree(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Fault(name, hint=f"not a TOML file: {error}")) from error


def _from_tree(tree: Mapping[str, Any], name: str) -> Spec:
    from energymodels.model import MODELS

    model = tree.get("model")
    if not isinstance(model, str):
        raise InputError(Fault("model", model, hint=f'the spec must begin with model = "..."; {closest("", MODELS)}'))
    if model not in MODELS:
        raise unknown("model", model, MODELS)
    spec = Spec(model, {}, name, str(tree.get("title", "")), dict(tree.get("provenance", {})))
    return spec.replace(_flat({key: value for key, value in tree.items() if key not in RESERVED}))
