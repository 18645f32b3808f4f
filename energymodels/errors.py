"""What the library raises and warns about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


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
        text = (
            self.field
            if self.value is None
            else f"{self.field} = {self.value}{unit if isinstance(self.value, float | int) else ''}"
        )
        if self.allowed:
            text += f": allowed {self.allowed}{unit}"
        if self.hint:
            text += f": {self.hint}" if not self.allowed else f" ({self.hint})"
        return text


class InputError(ValueError):
    """Input that cannot be honoured; ``faults`` lists every one found."""

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class ValidityWarning(UserWarning):
    """A formula was used outside the range it was measured or fitted in."""


class InertWarning(UserWarning):
    """A swept field cannot change the result."""


class ProvenanceWarning(UserWarning):
    """A value in use is recalled, claimed or assumed, or the data lack what a full answer needs."""


class EndWarning(UserWarning):
    """A case ended before all of it was done, or went where the data do not reach."""


def closest(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest of ``known``, or listing them if few."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5) or [n for n in names if n.split(".")[-1] == name.split(".")[-1]][:1]
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if len(names) <= 12 else ""


def unknown(kind: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among ``known``."""
    return InputError(Fault(name, hint=f"unknown {kind}; {closest(name, known)}".rstrip("; ")))
