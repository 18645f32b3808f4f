"""Runs of the models for statements: a value, the band of what is not known, and why there is none."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from energymodels.claims.entries import Check, Run
from energymodels.core.errors import Fault, InputError, NoteWarning, RenamedWarning
from energymodels.core.model import Array
from energymodels.core.registry import MODELS, get_model, resolve
from energymodels.core.solution import Solution
from energymodels.core.spec import Spec, bundled, load
from energymodels.core.sweep import solve

CHUNK = 4  # cases of a charge that a thread takes at a time


@dataclass(frozen=True)
class Found:
    """What a run gives: ``values`` by case, the first as given, the others with one change each, NaN where
    one failed.

    ``names`` say what changes; ``reason`` why there is no value, or not one of every case; ``skipped``: not
    run.
    """

    values: Array = field(default_factory=lambda: np.empty(0))
    names: tuple[str, ...] = ()
    unit: str = "1"
    reason: str = ""
    skipped: bool = False

    @property
    def band(self) -> tuple[float, float] | None:
        """Lowest and highest of all cases, None if all failed."""
        finite = self.values[np.isfinite(self.values)]
        return (float(finite.min()), float(finite.max())) if finite.size else None


class Runner:
    """Runs checks; what was run once is kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Solution] = {}

    def found(self, check: Check, run: Run) -> Found:
        """Return what ``run`` gives of the output of ``check``."""
        runs = [run] if check.baseline is None else [run, run.changed(check.baseline)]
        for one in runs:
            if one.spec not in bundled() and one.spec not in MODELS and not Path(one.spec).is_file():
                return Found(reason=f"the spec {one.spec} is not there", skipped=True)
        solutions = [self._solution(one, check) for one in runs]
        values, unit = _values(solutions[0], check), _unit(solutions[0], check)
        if check.baseline is not None:
            other = _values(solutions[1], check)
            values = values / other if check.against == "ratio" else values - other
            unit = "1" if check.against == "ratio" else unit
        failed = {words.replace("_", " "): 0 for solution in solutions for words in solution.failures()}
        return Found(values, _names(solutions[0]), unit, "; ".join(failed))

    def _solution(self, run: Run, check: Check) -> Solution:
        keep = [name for name in (check.output, check.per) if name]
        key = repr((run, keep))
        if key not in self._kept:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NoteWarning)
                warnings.simplefilter("default", RenamedWarning)
                self._kept[key] = _solve(run, keep)
        return self._kept[key]


def _solve(run: Run, keep: list[str]) -> Solution:
    """Return the run as given, then with one value of ``vary`` changed at a time, each with the alternatives
    of its data.
    """
    spec = load(run.spec).replace(run.set)
    points = _points(run.vary)
    sets = run.sets if run.sets and _has_sets(spec, run.vary) else None
    chunk = CHUNK if spec.model.startswith("battery.") else None
    return solve(spec, {}, points=points or None, keep=keep, sets=sets, chunk=chunk)


def _has_sets(spec: Spec, vary: Mapping[str, list[Any]]) -> bool:
    """Return whether there are published alternatives to the data in use, beside what varies."""
    model = get_model(spec.model)
    fields = spec.replace({name: values[0] for name, values in vary.items()}).checked()
    along = {path: np.array([fields[path]]) for path in (resolve(model, name)[0] for name in vary)}
    return bool(model.reviewed(fields, along).alternatives())


def _points(vary: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    cases = [dict.fromkeys(vary, 0)]
    cases += [cases[0] | {path: i} for path, values in vary.items() for i in range(1, len(values))]
    return {path: [values[case[path]] for case in cases] for path, values in vary.items()}


def _names(solution: Solution) -> tuple[str, ...]:
    """Return what each case changes, in the order of the values."""
    found = [""]
    for axis in solution.axes:
        if axis.names is not None:
            own = ["" if name == "as given" else str(name) for name in axis.names]
        else:
            own = [
                ", ".join(
                    f"{path}={values[i]}" for path, values in axis.values.items() if values[i] != values[0]
                )
                for i in range(axis.size)
            ]
        found = [", ".join(filter(None, (before, after))) for before in found for after in own]
    return tuple(name or "as given" for name in found)


def _values(solution: Solution, check: Check) -> Array:
    values = _over(solution, check.output)
    if check.per:
        values = values / _over(solution, check.per)
    return np.where(solution.status == 0, values, np.nan)


def _over(solution: Solution, name: str) -> Array:
    values = solution.values[name]
    if next(output.dims for output in solution.outputs if output.name == name):
        raise InputError(Fault("output", name, hint="is a series; a statement is held against a number"))
    if values.ndim == len(solution.shape) and values.ndim > 1:  # derived: on the axes it depends on
        values = np.broadcast_to(values, solution.shape)
    return np.broadcast_to(values.ravel(), solution.status.shape).astype(float)


def _unit(solution: Solution, check: Check) -> str:
    unit = {output.name: output.unit for output in solution.outputs}
    if not check.per:
        return unit[check.output]
    return "1" if unit[check.output] == unit[check.per] else f"{unit[check.output]} / ({unit[check.per]})"


def named(error: InputError, claim: str, check: Check) -> InputError:
    """Return the error of a run with where it is from before it."""
    return InputError(
        [replace(fault, field=f"{claim}.checks.{check.name}: {fault.field}") for fault in error.faults]
    )
