"""Schemas: what fields a model has.

A schema is a pydantic class whose fields carry unit, range and meaning once; checks, help and metadata read
them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypedDict, Unpack, get_args, get_origin

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field

from energymodels.core.field import FieldInfo
from energymodels.core.values import FieldDict, Given

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


class Limits(TypedDict, total=False):
    """The range of a number: above, from, below, up to."""

    gt: float
    ge: float
    lt: float
    le: float


class Usual(Limits, total=False):
    """The range of a number, and that outside which it is remarked upon."""

    usual: tuple[float, float]


def quantity(
    default: float | None,
    unit: str,
    meaning: str,
    *,
    fixed: bool = False,
    usual: tuple[float, float] | None = None,
    **limits: Unpack[Limits],
) -> Any:
    """Return a number field; ``limits`` are gt, ge, lt, le (none above: inf is legal).

    A ``fixed`` one shapes the result.

    Values outside the ``usual`` range, but for 0 and inf, are remarked upon: they are often in another unit
    than the field's.
    """
    extra: dict[str, Any] = {"unit": unit, "fixed": fixed, "usual": list(usual) if usual else None}
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


def count(default: int | None, meaning: str, *, fixed: bool = True, **limits: Unpack[Limits]) -> Any:
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


def without(prefix: str, values: Given) -> FieldDict:
    """Return the entries whose path starts with ``prefix``, by the rest of it."""
    return {path.removeprefix(prefix): values[path] for path in values if path.startswith(prefix)}


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


def _kind(
    labels: tuple[str, ...], options: Sequence[object]
) -> Literal["number", "integer", "label", "text"]:
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
def own_defaults(table: type[Table], prefix: str = "") -> FieldDict:
    """Return {path: default} of every field that has one, whatever else is set: not of alternatives."""
    found: FieldDict = {}
    for name, info in table.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Table):
            found |= own_defaults(info.annotation, f"{prefix}{name}.")
        elif info.default is not None:
            found[prefix + name] = info.default
    return found
