"""A sweep into a store as a job: numbered blocks, each solved and written by whoever takes it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.asked import Asked
from energymodels.core.dataset import axis_coordinates
from energymodels.core.errors import Fault, InputError
from energymodels.core.plan import Plan, planned
from energymodels.core.solution import Solution
from energymodels.core.solve import solved
from energymodels.core.store import coded
from energymodels.core.stores import digests
from energymodels.core.stores.layout import Layout, Variable
from energymodels.core.stores.places import Place, place

if TYPE_CHECKING:
    from energymodels.core.model import Output


@dataclass(frozen=True)
class Done:
    """A block that is written: its number, how many cases ended in each status, and how long it took."""

    number: int
    codes: Mapping[int, int]
    seconds: float

    @property
    def cases(self) -> int:
        """How many cases it has."""
        return sum(self.codes.values())


@dataclass(frozen=True)
class Job:
    """What a worker needs to solve any block of a sweep and to write it: no more than what was asked for.

    ``parts`` are the digests of the plan, which a worker of another version does not share.
    """

    asked: Asked
    url: str
    layout: Layout
    output_axes: Mapping[str, Array]
    parts: Mapping[str, str]
    float32: bool = False

    @cached_property
    def place(self) -> Place:
        """Where the store lies."""
        return place(self.url)

    @cached_property
    def plan(self) -> Plan:
        """The plan, read and checked where it is worked on; InputError where it would not be the same one."""
        key = json.dumps([self.url, dict(self.parts)], sort_keys=True)
        if key not in _plans:
            plan = planned(self.asked)
            here = digests.of_plan(plan, list(self.layout.outputs), self.float32)
            if differ := digests.differences(here, self.parts):
                hint = f"not what the sweep was begun with: {'; '.join(differ)}"
                raise InputError(Fault("worker", hint=hint))
            _plans.clear()
            _plans[key] = plan
        return _plans[key]

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels to a worker: not what was made here."""
        return {name: value for name, value in vars(self).items() if name not in ("place", "plan")}

    def work(self, number: int) -> Done:
        """Solve a block and write it, its statuses last: then, and only then, it is done."""
        begun = time.perf_counter()
        blocks, index = self.layout.where(number)
        part = self.plan.part(index)
        solution = solved(replace(part, output_axes=self.output_axes), 1)
        if solution.interrupted:
            raise KeyboardInterrupt
        self.place.put_all(self._files(solution, part, blocks, index))
        self._put(self.layout.status, blocks, solution.status.reshape(solution.shape))
        codes, counts = np.unique(solution.status, return_counts=True)
        found = dict(zip(codes.tolist(), counts.tolist(), strict=True))
        return Done(number, found, time.perf_counter() - begun)

    def _put(self, variable: Variable, blocks: Mapping[str, int], values: Array) -> None:
        self.place.put(variable.key(blocks), variable.encode(values))

    def _files(
        self, solution: Solution, part: Plan, blocks: Mapping[str, int], index: tuple[slice, ...]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (key, bytes) of the outputs of a block, and of the coordinates of designs and long ranges."""
        for output in solution.outputs:
            variable = self.layout.outputs[output.name]
            if self.owned(variable, blocks):
                yield variable.key(blocks), variable.encode(self._shaped(solution, output))
        for axis, places in zip(part.axes, index, strict=True):
            for name, (_, values, attrs) in axis_coordinates(axis, part.infos, places.start).items():
                drawn = self.layout.drawn.get(name)
                if drawn is not None and self.owned(drawn, blocks):
                    codes, _ = coded(values, attrs, drawn.words, label=True)
                    yield drawn.key(blocks), drawn.encode(codes)

    def owned(self, variable: Variable, blocks: Mapping[str, int]) -> bool:
        """Return whether a block writes a variable: the first along axes that it does not depend on."""
        return all(dim in variable.dims or blocks[dim] == 0 for dim in self.layout.grid)

    def _shaped(self, solution: Solution, output: Output) -> Array:
        """Return an output of a block over the dimensions of its variable."""
        values = solution.values[output.name]
        if not output.derived:
            return values.reshape(solution.shape + values.shape[1:])
        dims = self.layout.outputs[output.name].dims
        mine = zip(self.layout.grid, solution.shape, strict=True)
        sizes = [n for dim, n in mine if dim in dims]
        return values.reshape((*sizes, *values.shape[len(solution.shape) :]))


_plans: dict[str, Plan] = {}  # the last one of this process, by what tells its job from others
