"""What the library raises and warns about."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from difflib import get_close_matches

LISTED = 80  # names that an error lists at most
TOLD = 10  # faults that a message tells, further ones are counted
LONGEST = 100  # characters of a value, of a word or of a quotation that a message repeats
MOST = 3000  # characters of a hint, whatever it is put together from
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LONG = re.compile(rf"(?<!\w)'[^']{{{LONGEST},}}'|\"[^\"]{{{LONGEST},}}\"|[^\s'\"]{{{LONGEST + 1},}}")


def plain(text: str) -> str:
    """Return ``text`` as a terminal may have it, on one line: with an escape for each control character."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return ``text``, of a long one its beginning and its end."""
    if len(text) <= longest:
        return text
    return f"{text[: longest * 6 // 10]} ... {text[-longest * 3 // 10 :]}"


def shown(value: object) -> str:
    """Return a value as a message repeats it: short, and on one line."""
    try:
        return plain(shortened(str(value)))
    except (RecursionError, ValueError):  # nested deeply, or a whole number of thousands of digits
        return f"({type(value).__name__} that is too long to be shown)"


def told(hint: str) -> str:
    """Return a hint with what it repeats of somebody's input shortened."""
    text = shortened(hint, MOST)
    return plain(" ".join(_LONG.sub(lambda found: shortened(found[0]), text).splitlines()))


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input: the field, its value, what is allowed, the unit, and a hint.

    Of a field that is unknown, ``known`` are those that there are: as text the fault says which is closest,
    ``fold`` as in ``closest``.
    """

    field: str
    value: object = None
    allowed: str = ""
    unit: str = ""
    hint: str = ""
    known: Iterable[str] = attribute(default=(), compare=False, repr=False)
    fold: bool = attribute(default=False, compare=False, repr=False)

    def __str__(self) -> str:
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        behind = unit if isinstance(self.value, float | int) else ""
        name = plain(shortened(self.field, 2 * LONGEST))
        text = name if self.value is None else f"{name} = {shown(self.value)}{behind}"
        if self.allowed:
            text += f": allowed {self.allowed}{unit}"
        near = closest(self.field, self.known, fold=self.fold) if self.known else ""
        if hint := told("; ".join(filter(None, (self.hint, near)))):
            text += f": {hint}" if not self.allowed else f" ({hint})"
        return text


class InputError(ValueError):
    """Invalid input; ``faults`` lists every fault found, the message the first ten of them."""

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """The message, a line for each fault, and how many more there are."""
        more = len(self.faults) - TOLD
        return [*map(str, self.faults[:TOLD]), *([f"... and {more} more"] if more > 0 else [])]

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
    if len(name) > LONGEST:
        return ""
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


def hinted(text: str, name: str, known: Iterable[str], faults: Sequence[Fault]) -> str:
    """Return ``text`` with the closest of ``known``; without it behind so many faults that it is not told."""
    near = closest(name, known) if len(faults) < TOLD else ""
    return f"{text}; {near}".rstrip("; ")


def unknown(kind: str, name: str, known: Iterable[str], *, fold: bool = False) -> InputError:
    """Return the error for a name that is not among ``known``; ``fold`` as in ``closest``."""
    return unknown_each(kind, [name], known, fold=fold)


def unknown_each(kind: str, names: Iterable[str], known: Iterable[str], *, fold: bool = False) -> InputError:
    """Return the error for names none of which is among ``known``; ``fold`` as in ``closest``."""
    known = tuple(known)
    return InputError(
        [Fault(name, hint=f"unknown {kind}", known=known, fold=fold) for name in dict.fromkeys(names)]
    )
