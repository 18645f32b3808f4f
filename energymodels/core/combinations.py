"""Labels and texts that meet in a grid: of all their combinations those are checked that can differ.

What a check reads is written down. Combinations that agree in all that was read come out the same, so one of
them stands for all.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from energymodels.core.axes import Axis
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.pace import told
from energymodels.core.registry import get_model
from energymodels.core.spec import Spec
from energymodels.core.values import FieldDict, Given

MOST = 1_000_000  # combinations of labels and texts that are checked
Words: TypeAlias = dict[str, str]  # a label or text by path
Lines: TypeAlias = list[list[Words]]  # what meets: an entry of each line


class Noted(Mapping[str, Any]):
    """Fields of which is noted whose value is ``read``; to ask whether there is one reads none."""

    def __init__(self, fields: Given) -> None:
        self._fields = fields
        self.read: set[str] = set()

    def __getitem__(self, path: str) -> Any:
        self.read.add(path)
        return self._fields[path]

    def __contains__(self, path: object) -> bool:
        return path in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def lines(infos: Mapping[str, FieldInfo], axes: Sequence[Axis]) -> Lines:
    """Return the labels and texts along the axes: a line for each that is drawn by itself."""
    found: Lines = []
    for axis in axes:
        wordy = [path for path in axis.values if infos[path].kind in ("label", "text")]
        alone = [[path] for path in wordy] if axis.drawn is not None else [wordy] * bool(wordy)
        found += [[dict(zip(p, words, strict=True)) for words in axis.words(p)] for p in alone]
    return found


def number(of: Lines) -> int:
    """Return how many combinations there are."""
    return math.prod(map(len, of))


def parts(of: Lines, look: Callable[[Words], Collection[str]]) -> Iterator[Lines]:
    """Yield the combinations in parts, in each of which ``look`` finds the same: it is called with one
    combination of each and returns the paths whose words it read.
    """
    stack: list[tuple[Lines, Collection[str] | None]] = [(of, None)]
    while stack:
        rest, read = stack.pop()
        if read is None:
            read = look(one(rest))
        grouped = [_grouped(line, read) for line in rest]
        split = next((i for i, groups in enumerate(grouped) if len(groups) > 1), None)
        if split is None:
            yield rest
        else:
            first, *others = ([*rest[:split], group, *rest[split + 1 :]] for group in grouped[split])
            stack += [(other, None) for other in reversed(others)]
            stack.append((first, read))


def one(of: Lines) -> Words:
    """Return the first combination."""
    return {path: word for line in of for path, word in line[0].items()}


def _grouped(line: list[Words], read: Collection[str]) -> list[list[Words]]:
    """Return the entries of a line in groups that agree in what was read."""
    paths = [path for path in line[0] if path in read]
    if not paths or len(line) == 1:
        return [line]
    groups: dict[tuple[str, ...], list[Words]] = {}
    for entry in line:
        groups.setdefault(tuple(entry[path] for path in paths), []).append(entry)
    return list(groups.values())


@dataclass
class Known:
    """What a check read of combinations: sets of paths, and the words that these had."""

    _by_paths: dict[tuple[str, ...], set[tuple[str, ...]]] = field(default_factory=dict)

    def find(self, words: Words) -> Collection[str] | None:
        """Return what was read of a combination that comes out the same, None if there was none."""
        for paths, known in self._by_paths.items():
            if tuple(words[path] for path in paths) in known:
                return paths
        return None

    def keep(self, words: Words, read: Collection[str]) -> Collection[str]:
        """Keep what was read of a combination, and return it."""
        paths = tuple(path for path in words if path in read)
        self._by_paths.setdefault(paths, set()).add(tuple(words[path] for path in paths))
        return paths


class Check:
    """The check of a spec with ``first`` values and all combinations of words: ``fields`` are those in use,
    of the first combination that has them, ``faults`` what is wrong with any.
    """

    def __init__(self, base: Spec, first: Given, of: Lines) -> None:
        self.base, self.first, self.lines = base, first, of
        self.model = get_model(base.model)
        self.fields: FieldDict = {}
        self.faults: list[Fault] = []
        self._filled: FieldDict = {}  # of the last combination, empty where it has faults
        self._read: set[str] = set()
        self._known: dict[tuple[object, ...], Known] = {}  # by the fields that are no words
        self._now = Known()

    def run(self) -> None:
        """Check all combinations."""
        say, done, many = told("checking combinations of labels and texts"), 0, number(self.lines)
        for some in parts(self.lines, self._fill):
            for part in parts(some, self._review) if self._filled else [some]:
                if not done:
                    self._bound()
                done += number(part)
                say(done, many)

    def _bound(self) -> None:
        """Refuse more combinations than anybody waits for, by what was read of the first."""
        paths = [path for path in one(self.lines) if path in self._read]
        many = math.prod(len(_grouped(line, self._read)) for line in self.lines)
        if many > MOST:
            hint = f"these labels and texts make {many:,} combinations to check: at most {MOST:,}"
            raise InputError(Fault(", ".join(paths), hint=hint))

    def _fill(self, words: Words) -> Collection[str]:
        """Find the fields in use, defaults filled in; return what decides which these are."""
        spec = self.base.replace({**self.first, **words})
        self._filled = {}
        try:
            self._filled = spec.filled()
            self.fields = self._filled | self.fields
        except InputError as error:
            self._add(error.faults)
        rest = tuple((path, value) for path, value in self._filled.items() if path not in words)
        self._now = self._known.setdefault(rest, Known())
        read = self._deciding(spec)
        self._read.update(read)
        return read

    def _deciding(self, spec: Spec) -> Collection[str]:
        """Return the paths whose values tell which fields there are, before and after values are dropped."""
        found: set[str] = set()
        for values in (spec.values, {**self.base.values, **spec.values}):
            noted = Noted(values)
            with contextlib.suppress(InputError):  # the paths that led to it were read too
                self.model.fields(noted)
            found |= noted.read
        return found

    def _review(self, words: Words) -> Collection[str]:
        """Look for faults in a combination; return what was read for that, or would be."""
        found = self._now.find(words)
        if found is None:
            noted = Noted({**self._filled, **words})
            self._add(self.model.reviewed(noted).faults())
            found = self._now.keep(words, noted.read)
            self._read |= noted.read
        return found

    def _add(self, faults: Sequence[Fault]) -> None:
        self.faults += [fault for fault in faults if fault not in self.faults]
