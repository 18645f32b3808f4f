"""Texts that designs take, known before the fields are: a protocol brings fields along."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from energymodels.core.designs.distributions import read_distribution
from energymodels.core.designs.table_columns import Texts, read_columns
from energymodels.core.field import FieldInfo
from energymodels.core.values import Given


def texts(
    fields: Mapping[str, FieldInfo], design: Given, named: Callable[[str], tuple[str, str]]
) -> dict[str, list[str]]:
    """Return {path: every text} of the fields of a design that hold texts."""

    def wordy(name: str) -> bool:
        path = named(name)[0]
        return path in fields and fields[path].kind == "text"

    if "table" in design:
        columns = read_columns(str(design["table"]), wordy) if _has_texts(fields) else {}
        found = {name: column for name, column in columns.items() if wordy(name)}
        return {
            named(name)[0]: list(filter(None, column.known))
            for name, column in found.items()
            if isinstance(column, Texts)
        }
    over: Mapping[str, str] = design.get("over", {})  # type: ignore[assignment]
    paths = {named(name)[0]: text for name, text in over.items() if wordy(name)}
    return {path: read_distribution(fields[path], text).words for path, text in paths.items()}


def _has_texts(fields: Mapping[str, FieldInfo]) -> bool:
    return any(info.kind == "text" for info in fields.values())
