"""Notes on the results of a store, found when all its cases are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import EndWarning, NoteWarning, ValidityWarning
from energymodels.core.review import Review
from energymodels.core.solution import Solution
from energymodels.core.solve import validity_note

if TYPE_CHECKING:
    from energymodels.core.stores.job import Job

COUNTED = re.compile(r"(?:(\d+) of|all) (\d+) (?P<what>.*?)(?P<first>, the first .*)?$")


class _Stored(Mapping[str, Array]):
    """The outputs of a block, each read when it is asked for."""

    def __init__(self, job: Job, blocks: Mapping[str, int], sizes: tuple[slice, ...]) -> None:
        self.job, self.blocks, self.sizes = job, blocks, sizes

    def __getitem__(self, name: str) -> Array:
        variable = self.job.layout.outputs[name]
        data = self.job.place.get(variable.key(self.blocks))
        assert data is not None
        return variable.decode(data)[self.sizes].ravel()

    def __iter__(self) -> Iterator[str]:
        scalar = len(self.job.layout.grid)
        return (name for name, one in self.job.layout.outputs.items() if len(one.dims) == scalar)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self.job.layout.outputs


def final_notes(job: Job) -> list[tuple[str, type[NoteWarning]]]:
    """Return notes on the results of all blocks, and what kind of warning each is."""
    found: list[str] = []
    flags = 0
    reviewed = type(job.plan.review).outcome is not Review.outcome
    for number in range(job.layout.number):
        if not reviewed and "validity" not in job.layout.outputs:
            break
        blocks, index = job.layout.where(number)
        sizes = tuple(slice(0, part.stop - part.start) for part in index)
        stored = _Stored(job, blocks, sizes)
        flags |= _flags(job, blocks)
        if reviewed:
            codes = job.layout.status
            data = job.place.get(codes.key(blocks))
            assert data is not None
            part = job.plan.part(index)
            solution = Solution(part, [], {}, codes.decode(data)[sizes].ravel(), dict(job.output_axes))
            found += part.review.outcome(solution, stored)
    note = validity_note(job.plan.model, flags)
    said: list[tuple[str, type[NoteWarning]]] = [(note, ValidityWarning)] if note else []
    return said + [(text, EndWarning) for text in summed(found)]


def _flags(job: Job, blocks: Mapping[str, int]) -> int:
    """Return the flags of formulas used outside their range in a block, 0 where another block has them."""
    variable = job.layout.outputs.get("validity")
    if variable is None or not job.owned(variable, blocks):
        return 0
    data = job.place.get(variable.key(blocks))
    assert data is not None
    return int(np.bitwise_or.reduce(variable.decode(data).astype(np.int64).ravel()))


def summed(notes: Iterable[str]) -> list[str]:
    """Return notes once each, their numbers of cases added."""
    counts: dict[str, list[int]] = {}
    whole: dict[str, str] = {}
    for note in notes:
        match = COUNTED.match(note)
        key = match["what"] if match else note
        some, of = (int(match[1] or match[2]), int(match[2])) if match else (0, 0)
        known = counts.setdefault(key, [0, 0])
        known[0] += some
        known[1] += of
        whole.setdefault(key, (match["what"] + (match["first"] or "")) if match else note)
    return [f"{some} of {of} {whole[key]}" if of else whole[key] for key, (some, of) in counts.items()]
