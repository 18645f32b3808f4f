"""Schemas: what fields a model has.

A schema is a pydantic class whose fields carry unit, range and meaning once; checks, help and metadata read
them there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, get_args, get_origin

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field

from energymodels.core import units
from energymodels.core.errors import Fault, InputError, nearest

if TYPE_CHECKING:  # what a model sees of its fields (``case.view``)
    from energymodels.core.case import Label as Label

    Number: TypeAlias = npt.NDArray[np.float64]
    Filled: TypeAlias = Number  # where it is not set, the model finds it elsewhere
    Count: TypeAlias = npt.NDArray[np.int64]
    Text: TypeAlias = npt.NDArray[np.str_]
else:  # what a spec holds
    Number, Count, Text = float, int, str
    Filled = float | None

    class Label:
        """``Label[Literal[...]]`` stands for one of the words."""

        def __class_getitem__(cls, words):
            return words


Choice: TypeAlias = Mapping[str, float | None]


class Table(BaseModel):
    """A table of fields.

    ``alternatives`` lists groups of which exactly one choice is used; the first is the default.

    A choice maps its fields to their defaults, None where the field must be given. Names are relative to the
    table and may be dotted. ``exclusive`` lists groups of choices none of which need be used; a name there
    may be a table's, for all its fields. ``agreeing`` pairs say the same thing twice: both may be given if
    they agree, but overriding one drops the other. ``by_name``: the fields come from data; a model gets those
    that are set by their names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=True)
    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = ()
    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = ()
    agreeing: ClassVar[tuple[tuple[str, str], ...]] = ()
    by_name: ClassVar[bool] = False


def quantity(
    default: float | None,
    unit: str,
    meaning: str,
    *,
    fixed: bool = False,
    usual: tuple[float, float] | None = None,
    **limits: Any,
) -> Any:
    """Return a number field; ``limits`` are gt, ge, lt, le (none above: inf is legal).

    A ``fixed`` one shapes the result.

    Values outside the ``usual`` range, but for 0 and inf, are remarked upon: they are often in another unit
    than the field's.
    """
    extra: dict[str, Any] = {"unit": unit, "fixed": fixed, "usual": list(usual) if usual else None}
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


def count(default: int | None, meaning: str, *, fixed: bool = True, **limits: Any) -> Any:
    """Return a whole-number field; a ``fixed`` one shapes the result."""
    return Field(default, description=meaning, json_schema_extra={"unit": "1", "fixed": fixed}, **limits)


def choice(default: str | None, meaning: str, *, fixed: bool = False) -> Any:
    """Return a field annotated with a ``Literal`` of the labels it may take; a ``fixed`` one shapes the
    result.
    """
    return Field(default, description=meaning, json_schema_extra={"fixed": fixed})


def text(default: str | None, meaning: str) -> Any:
    """Return a field for any text but an empty one, annotated with ``str``."""
    return Field(default, description=meaning)


@dataclass(frozen=True)
class FieldInfo:
    """Metadata of one field; ``group`` names the alternative fields that setting it replaces."""

    path: str
    kind: Literal["number", "integer", "label", "text"]
    meaning: str
    default: Any
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    usual: tuple[float, float] | None = None  # beyond, a value is remarked upon
    labels: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    fixed: bool = False  # shapes the output and cannot be swept
    optional: bool = False  # of a field that a text brings along: it may be left out

    @property
    def allowed(self) -> str:
        """The allowed values as text."""
        if self.kind == "text":
            return "text"
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

    def is_usual(self, values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Return where ``values`` are in the usual range; 0 (none) and inf (no limit) always are."""
        low, high = self.usual or (-math.inf, math.inf)
        inside = (values >= low) & (values <= high)
        return np.asarray(inside | (values == 0.0) | ~np.isfinite(values), dtype=np.bool_)

    def doubt(self, value: float) -> str:
        """Return the warning on a ``value`` outside the usual range."""
        low, high = self.usual or (-math.inf, math.inf)
        unit = "" if self.unit == "1" else f" {self.unit}"
        meant = self._meant(value, lambda number: low <= number <= high)
        hint = f": did you mean {' or '.join(meant)}?" if meant else ""
        return f"{self.path} = {value:g}{unit} is outside the usual range, {low:g} to {high:g}{unit}{hint}"

    def fault(self, value: object, hint: str = "") -> Fault:
        """Return the fault of ``value`` in this field; a bare number gets the unit with which it would be
        right.
        """
        meant = [] if hint else self._meant(value, self.holds)
        return Fault(
            self.path,
            value,
            self.allowed,
            self.unit,
            hint or (f"did you mean {' or '.join(meant)}?" if meant else ""),
        )

    def _meant(self, value: object, fits: Callable[[float], bool]) -> list[str]:
        """Return a bare number with the units with which it ``fits``."""
        if self.kind != "number" or isinstance(value, bool | np.bool_):
            return []
        try:
            number, unit = units.split(value) if isinstance(value, str) else (float(value), "")  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return []
        return [] if unit or not math.isfinite(number) else units.meant(number, self.unit, fits)

    def number(self, value: object) -> float:
        """Return the number that ``value`` (text with or without a unit, or a number) is in the field's unit,
        in range or not.
        """
        try:
            if isinstance(value, bool | np.bool_):
                raise ValueError("not a number")
            return units.parse(value, self.unit) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise InputError(self.fault(value, str(error))) from error

    def parse(self, value: object) -> Any:
        """Return ``value`` (text with or without a unit, or a number) as this field holds it; InputError with
        range and unit.
        """
        if self.kind == "label":
            if isinstance(value, str) and value.strip() in self.labels:
                return value.strip()
            raise InputError(
                self.fault(value, nearest(str(value), self.labels) if isinstance(value, str) else "")
            )
        if self.kind == "text":
            if isinstance(value, str) and value.strip() and "\0" not in value:
                return str(value).strip()
            raise InputError(self.fault(value))
        number = self.number(value)
        if not self.holds(number):
            raise InputError(self.fault(value if isinstance(value, str) else number))
        if self.kind == "integer":
            if number != int(number):
                raise InputError(self.fault(number, "a whole number"))
            return int(number)
        return number


def brought_along(
    infos: Mapping[str, FieldInfo], named: Callable[[str], str], owner: str
) -> dict[str, FieldInfo]:
    """Return another model's fields as fields that a text brings along, by the path that ``named`` gives;
    left out, the owner's.
    """
    return {
        named(path): replace(
            info,
            path=named(path),
            default=None,
            optional=True,
            meaning=f"{info.meaning.split('; not set')[0]}; not set: the {owner}'s",
            replaces=tuple(map(named, info.replaces)),
            conflicts=tuple(map(named, info.conflicts)),
        )
        for path, info in infos.items()
    }


def without(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries whose path begins with ``prefix``, by the rest of it."""
    return {path.removeprefix(prefix): value for path, value in values.items() if path.startswith(prefix)}


def in_unit(value: object, unit: str) -> object:
    """Return a bare number with ``unit`` written behind it; anything else, and with ``unit`` empty
    everything, as it is.
    """
    if not unit or isinstance(value, bool | np.bool_):
        return value
    if isinstance(value, int | float | np.number):
        return f"{float(value)!r} {unit}"
    try:
        bare = isinstance(value, str) and not units.split(value)[1]
    except ValueError:
        return value
    return f"{value} {unit}" if bare else value


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
        limits: dict[str, Any] = {}
        for limit in info.metadata:
            if isinstance(limit, Ge | Gt):
                limits |= {
                    "low": limit.ge if isinstance(limit, Ge) else limit.gt,
                    "low_open": isinstance(limit, Gt),
                }
            elif isinstance(limit, Le | Lt):
                limits |= {
                    "high": limit.le if isinstance(limit, Le) else limit.lt,
                    "high_open": isinstance(limit, Lt),
                }
        found[prefix + name] = FieldInfo(
            path=prefix + name,
            kind=_kind(labels, options),
            meaning=info.description or "",
            default=info.default,
            unit=str(extra.get("unit", "")),
            labels=labels,
            usual=_pair(extra.get("usual")),
            fixed=bool(extra.get("fixed")),
            **limits,
        )
    return found | _grouped(table, prefix, found)


def _kind(labels: tuple[str, ...], options: Sequence[Any]) -> Literal["number", "integer", "label", "text"]:
    """Return what kind of value a field has whose annotation leaves these ``options``."""
    if labels:
        return "label"
    if str in options:
        return "text"
    return "integer" if int in options else "number"


def _pair(ends: Any) -> tuple[float, float] | None:
    return (float(ends[0]), float(ends[1])) if ends else None


def _grouped(table: type[Table], prefix: str, found: Mapping[str, FieldInfo]) -> dict[str, FieldInfo]:
    """Return the fields that are in groups of ``table``, with what they replace and exclude, and their
    defaults.
    """
    changed: dict[str, FieldInfo] = {}
    for pair in table.agreeing:
        for name, other in (pair, pair[::-1]):
            info = changed.get(prefix + name, found[prefix + name])
            changed[prefix + name] = replace(info, replaces=(*info.replaces, prefix + other))
    for group in (*table.alternatives, *table.exclusive):
        choices = [_members(choice, prefix, found) for choice in group]
        for path in dict.fromkeys(p for choice in choices for p in choice):
            mine = {p for choice in choices if path in choice for p in choice}
            others = tuple(dict.fromkeys(p for choice in choices for p in choice if p not in mine))
            info = changed.get(path, found[path])
            changed[path] = replace(
                info, replaces=(*info.replaces, *others), conflicts=(*info.conflicts, *others)
            )
    for group in table.alternatives:
        for path in {prefix + name for choice in group for name in choice}:
            changed[path] = replace(changed[path], default=group[0].get(path.removeprefix(prefix)))
    return changed


def _members(choice: Iterable[str], prefix: str, found: Mapping[str, FieldInfo]) -> list[str]:
    """Return the paths of a choice: a table's name stands for its fields."""
    return [p for name in choice for p in found if p == prefix + name or p.startswith(f"{prefix}{name}.")]


@cache
def groups(table: type[Table], prefix: str = "") -> list[tuple[dict[str, float | None], ...]]:
    """Return every group of alternatives of ``table``, fields by dotted path."""
    found = [tuple({prefix + n: d for n, d in c.items()} for c in group) for group in table.alternatives]
    for name, info in table.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Table):
            found += groups(info.annotation, f"{prefix}{name}.")
    return found


@cache
def own_defaults(table: type[Table], prefix: str = "") -> dict[str, Any]:
    """Return {path: default} of every field that has one, whatever else is set: not of alternatives."""
    found: dict[str, Any] = {}
    for name, info in table.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Table):
            found |= own_defaults(info.annotation, f"{prefix}{name}.")
        elif info.default is not None:
            found[prefix + name] = info.default
    return found
