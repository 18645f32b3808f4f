"""Raw result of a sweep, before it becomes a Dataset: plain arrays, statuses and notes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import NoteWarning
from energymodels.core.values import Fields
from energymodels.kernels import status

if TYPE_CHECKING:
    from energymodels.core.axes import Axis
    from energymodels.core.field import FieldInfo
    from energymodels.core.model import Model, Output
    from energymodels.core.plan import Plan
    from energymodels.core.spec import Spec


@dataclass
class Solution:
    """Raw results of a sweep: arrays by output name, over the axes and then the output's own dimensions."""

    plan: Plan
    outputs: list[Output]
    values: dict[str, Array]
    status: Array
    output_axes: dict[str, Array]
    validity: Array | None = None  # flags of formulas used outside their range
    threads: int = 1
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    # of the notes, those that came up while it was solved
    said: list[tuple[str, type[NoteWarning]]] = field(default_factory=list)
    # every scalar output, kept or not, until the plan is solved
    found: Mapping[str, Array] = field(default_factory=dict)

    @property
    def spec(self) -> Spec:
        return self.plan.spec

    @property
    def model(self) -> Model:
        return self.plan.model

    @property
    def infos(self) -> Mapping[str, FieldInfo]:
        """Every field by path, those that swept texts bring along included."""
        return self.plan.infos

    @property
    def fields(self) -> Fields:
        """Every field in use, swept ones at their first value."""
        return self.plan.fields

    @property
    def axes(self) -> list[Axis]:
        return self.plan.axes

    @property
    def backend(self) -> str:
        return self.plan.backend

    @property
    def shape(self) -> tuple[int, ...]:
        return self.plan.shape

    @property
    def failed(self) -> int:
        """How many cases ended with a status other than ok."""
        return int(np.count_nonzero(self.status))

    def failures(self) -> dict[str, int]:
        """Return how many cases ended in each status other than ok, by its name."""
        codes, counts = np.unique(self.status[self.status != status.OK], return_counts=True)
        return {status.MEANINGS[int(code)]: int(count) for code, count in zip(codes, counts, strict=True)}

    @property
    def interrupted(self) -> bool:
        """Whether cases were left out."""
        return bool(np.any(self.status == status.NOT_RUN))

    def scalars(self) -> dict[str, Any]:
        """Return the brief results of the first case by name, codes as the words they stand for, None for
        what is not there.
        """
        found: dict[str, Any] = {}
        for output in self.outputs:
            if output.dims and output.brief:
                words = self.output_axes[output.dims[0]]
                numbers = self.values[output.name].reshape(-1, words.size)[0]
                found[output.name] = {
                    str(w): float(x) if math.isfinite(x) else None
                    for w, x in zip(words, numbers, strict=True)
                }
            elif not output.dims:
                value = self.values[output.name].ravel()[0].item()
                if "flag_values" in output.attrs:
                    value = self.word(output)
                found[output.name] = None if isinstance(value, float) and not math.isfinite(value) else value
        return found | {"status": int(self.status[0])}

    def word(self, output: Output) -> str | None:
        """Return the meaning of a code of the first case, None if it has none."""
        names = str(output.attrs["flag_meanings"]).split()
        found = dict(zip(output.attrs["flag_values"].tolist(), names, strict=True)).get(
            self.values[output.name].ravel()[0].item()
        )
        return None if found is None else self.plan.review.label(output.name, found, self)

    def band(self) -> dict[str, Any]:
        """Return ``scalars`` of the first case as {"value", "low", "high"}: minimum and maximum over all
        cases, of numbers only.

        ``status`` counts the cases that failed.
        """
        found: dict[str, Any] = {}
        for name, value in self.scalars().items():
            output = next((o for o in self.outputs if o.name == name), None)
            if output is None or "flag_values" in output.attrs or "flag_masks" in output.attrs:
                found[name] = value
            elif isinstance(value, dict):
                every = self.values[name].reshape(-1, len(value))
                found[name] = {word: _spread(value[word], every[:, i]) for i, word in enumerate(value)}
            else:
                found[name] = _spread(value, self.values[name])
        return found | {"status": self.failed}


def _spread(value: float | None, every: Array) -> dict[str, float | None]:
    finite = every[np.isfinite(every)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return {"value": value, "low": low, "high": high}
