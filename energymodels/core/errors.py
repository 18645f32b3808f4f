"""What the library raises and warns about."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

LISTED = 80  # names that an error lists at most


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input: the field, its value, what is allowed, the unit, and a hint."""

    field: str
    value: object = None
    allowed: str = ""
    unit: str = ""
    hint: str = ""

    def __str__(self) -> str:
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        behind = unit if isinstance(self.value, float | int) else ""
        text = self.field if self.value is None else f"{self.field} = {self.value}{behind}"
        if self.allowed:
            text += f": allowed {self.allowed}{unit}"
        if self.hint:
            text += f": {self.hint}" if not self.allowed else f" ({self.hint})"
        return text


class InputError(ValueError):
    """Invalid input; ``faults`` lists every fault found."""

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__("\n".join(str(f) for f in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[Fault]]]:
        """Return what makes it again in another process."""
        return type(self), (self.faults,)


class NoteWarning(UserWarning):
    """A warning about a result."""


class ValidityWarning(NoteWarning):
    """A formula was used outside the range it was measured or fitted in."""


class EntryWarning(NoteWarning):
    """A value along an axis is NaN or out of range, so that its cases are not solved."""


class InertWarning(NoteWarning):
    """A swept field cannot change the result."""


class ProvenanceWarning(NoteWarning):
    """A value in use is recalled, claimed or assumed, or data are missing."""


class EndWarning(NoteWarning):
    """A case ended early, or left the range of the data."""


class PlausibilityWarning(NoteWarning):
    """A value is possible but implausible, or the model has no such effect."""


class OriginWarning(NoteWarning):
    """A result was made by other versions than there are now."""


class RenamedWarning(NoteWarning):
    """A deprecated name was used; it works for one more version."""


def warn_renamed(old: str, new: str) -> None:
    """Say that ``old`` is the old name of ``new``."""
    text = f"{old} is now called {new}; the old name still works, for this version only"
    warnings.warn(text, RenamedWarning, stacklevel=3)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest of ``known``, empty if none is near."""
    names = sorted(known)
    near = (
        get_close_matches(name, names, n=1, cutoff=0.5)
        or [n for n in names if n.split(".")[-1] == name.split(".")[-1]][:1]
    )
    return f"did you mean {near[0]}?" if near else ""


def closest(name: str, known: Iterable[str], *, fold: bool = False) -> str:
    """Return a hint naming the closest of ``known``, or what there is; ``fold``: of dotted paths the first
    parts only.
    """
    names = sorted(known)
    if hint := nearest(name, names):
        return hint
    if fold:
        tables = {name.partition(".")[0] for name in names if "." in name}
        names = sorted(
            {*(f"{table}.*" for table in tables), *(n for n in names if "." not in n and n not in tables)}
        )
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"known: {', '.join(names[:LISTED])}{more}" if names else ""


def unknown(kind: str, name: str, known: Iterable[str], *, fold: bool = False) -> InputError:
    """Return the error for a name that is not among ``known``; ``fold`` as in ``closest``."""
    return unknown_each(kind, [name], known, fold=fold)


def unknown_each(kind: str, names: Iterable[str], known: Iterable[str], *, fold: bool = False) -> InputError:
    """Return the error for names none of which is among ``known``; ``fold`` as in ``closest``."""
    known = list(known)
    hints = {name: f"unknown {kind}; {closest(name, known, fold=fold)}".rstrip("; ") for name in names}
    return InputError([Fault(name, hint=hint) for name, hint in hints.items()])
