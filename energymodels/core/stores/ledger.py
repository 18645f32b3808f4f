"""Which blocks of a store are done: those whose statuses are written, and whose files are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.stores.places import Folder

if TYPE_CHECKING:
    from energymodels.core.stores.job import Job

HEADER = 16  # bytes at the beginning of a chunk; the last four are its length


@dataclass
class Ledger:
    """Blocks that are done, and how many of their cases ended in each status."""

    numbers: set[int] = field(default_factory=set)
    codes: Counter[int] = field(default_factory=Counter)


def done_blocks(job: Job) -> Ledger:
    """Return the blocks that are done.

    A file that the system lost when the power failed is shorter than it says: its block is done again.
    """
    found, of = Ledger(), job.layout
    for key, data in job.place.get_all(_whole(job)):
        number = _number(job, key)
        _, index = of.where(number)
        sizes = tuple(slice(0, part.stop - part.start) for part in index)
        codes, counts = np.unique(of.status.decode(data)[sizes], return_counts=True)
        found.numbers.add(number)
        found.codes.update(dict(zip(codes.tolist(), counts.tolist(), strict=True)))
    return found


def _number(job: Job, key: str) -> int:
    """Return the number of the block whose statuses have a key."""
    places = [int(part) for part in key[len(job.layout.status.name) :].split("/")[2:] if part]
    return int(np.ravel_multi_index(places, job.layout.blocks)) if places else 0


def _whole(job: Job) -> Iterator[str]:
    """Yield the keys of statuses whose blocks are whole; others are removed, so that they are done again."""
    for key in job.place.keys(f"{job.layout.status.name}/c"):
        if _is_whole(job, _number(job, key)):
            yield key
        else:
            job.place.drop(key)


def _is_whole(job: Job, number: int) -> bool:
    """Return whether the files of a block are as long as they say; objects elsewhere always are."""
    store, of = job.place, job.layout
    if not isinstance(store, Folder):
        return True
    blocks, _ = of.where(number)
    for variable in (*of.outputs.values(), *of.drawn.values(), of.status):
        if job.owned(variable, blocks):
            head = store.head(variable.key(blocks), HEADER)
            if head is None or len(head[0]) < HEADER or int.from_bytes(head[0][12:], "little") != head[1]:
                return False
    return True
