"""How much of a metal a cell bears: the amount that costs a given efficiency, in the wafer and back in the feedstock."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels import engine
from energymodels.errors import Fault, InputError, ProvenanceWarning, ValidityWarning, unknown
from energymodels.impurity import data
from energymodels.impurity.inventory import FEED
from energymodels.model import Array, get_model
from energymodels.solution import Solution
from energymodels.spec import Spec, load

if TYPE_CHECKING:
    from xarray import Dataset

LOSSES = (0.1, 0.5, 1.0)  # percent absolute
AMOUNTS = np.concatenate([[0.0], np.geomspace(1e3, 4e22, 981)])  # cm-3 before gettering; 50 a decade: loss met to 1e-5
MOST = 1e9  # ppbw: all of the feedstock
REASONS = ("reached", "no_such_loss", "stays_in_the_melt", "more_than_the_feedstock", "precipitates_before")
QUANTITIES = {
    "wafer": ("cm-3", "metal in the finished wafer that costs the efficiency"),
    "before_gettering": ("cm-3", "the same before gettering"),
    "feed": ("ppbw", "the same in the feedstock, by mass"),
}


def tolerance(
    specs: str | Spec | Sequence[str | Spec],
    elements: Sequence[str],
    losses: Sequence[float] = LOSSES,
    types: Sequence[str] = (),
    sets: str | int | None = None,
) -> Dataset:
    """Return the amount of each metal that costs ``losses`` (percent absolute) of efficiency: dims cell, element, loss.

    Each spec is taken without metals of its own, as ``types`` (its own, then the other by default). ``sets`` as in ``sweep``
    adds lowest and highest, infinite where a set never reaches the loss. NaN, with a ``reason``, where no amount does it: the loss
    ends where the metal precipitates, which does not recombine here. InputError lists wrong names.
    """
    import xarray as xr

    _check(elements, losses)
    cells = [cell for spec in ([specs] if isinstance(specs, str | Spec) else specs) for cell in _cells(spec, types)]
    shape = (len(cells), len(elements), len(losses))
    found = {name + end: np.full(shape, np.nan) for name in QUANTITIES for end in ("", "_low", "_high")}
    reason = np.zeros(shape, dtype=np.int8)
    clean = np.empty(len(cells))
    with warnings.catch_warnings():
        for category in (ProvenanceWarning, ValidityWarning):
            warnings.simplefilter("ignore", category)
        for i, (_, _, _, cell) in enumerate(cells):
            for k, element in enumerate(elements):
                clean[i], amounts, reason[i, k] = _amounts(cell, element, losses, sets)
                for name, values in amounts.items():
                    found[name][i, k] = values
    variables: dict[str, Any] = {}
    for name, (unit, meaning) in QUANTITIES.items():
        for end, words in (("", ""), ("_low", ", lowest over published sets"), ("_high", ", highest over published sets")):
            if not end or sets is not None:
                variables[name + end] = (
                    ("cell", "element", "loss"),
                    found[name + end],
                    {"units": unit, "long_name": meaning + words},
                )
    flags = {"flag_values": np.arange(len(REASONS), dtype=np.int8), "flag_meanings": " ".join(REASONS)}
    variables["reason"] = (("cell", "element", "loss"), reason, {"units": "1", "long_name": "why an amount is missing", **flags})
    variables["efficiency"] = ("cell", clean, {"units": "percent", "long_name": "efficiency without metals"})
    said = [r for *_, c in cells for e in elements for r in _remarks(c, e)]
    names = np.array([[spec, kind, dopant] for spec, kind, dopant, _ in cells])
    coords = {
        "spec": ("cell", names[:, 0]),
        "type": ("cell", names[:, 1]),
        "dopant": ("cell", names[:, 2]),
        "element": ("element", np.array(elements)),
        "loss": ("loss", np.array(losses, dtype=float), {"units": "percent", "long_name": "loss of efficiency, absolute"}),
    }
    return xr.Dataset(
        variables, coords, {"title": "Metals that cells bear", "model": "pv.cell", "comment": "; ".join(dict.fromkeys(said))}
    )


def _remarks(cell: Spec, element: str) -> list[str]:
    return get_model("pv.cell").remarks(cell.replace({f"feedstock.metals.{element}": 1.0}).checked(), {})


def _check(elements: Sequence[str], losses: Sequence[float]) -> None:
    for element in elements:
        if element not in data.metals():
            raise unknown("metal", element, data.metals())
    faults = [Fault("loss", loss, "above 0 to 100", "percent") for loss in losses if not 0.0 < loss <= 100.0]
    if faults or not elements or not losses:
        raise InputError(faults or Fault("element" if not elements else "loss", hint="none is given"))


def _cells(spec: str | Spec, types: Sequence[str]) -> Iterator[tuple[str, str, str, Spec]]:
    """Yield (name, type, dopant, spec without metals) of a spec in each type."""
    base = spec if isinstance(spec, Spec) else load(spec)
    if base.model != "pv.cell":
        raise InputError(Fault(base.name or base.model, hint="tolerance needs a spec of pv.cell"))
    taken = (*FEED, "wafer.metals", "feedstock")
    bare = Spec(
        base.model,
        {path: value for path, value in base.values.items() if path.rpartition(".")[0] not in taken},
        base.name, base.title, base.provenance, base.faults,
    )  # fmt: skip
    fields = bare.checked()
    dopant = fields.get("wafer.dopant", "Ga" if fields.get("wafer.type") == "p" else "P")
    own = "n" if dopant == "P" else "p"
    for kind in types or (own, "p" if own == "n" else "n"):
        if kind not in ("n", "p"):
            raise unknown("type", kind, ("n", "p"))
        mine = dopant if kind == own else {"n": "P", "p": "Ga"}[kind]
        yield base.name or base.model, kind, mine, bare.replace({"wafer.dopant": mine})


def _place(solution: Solution, name: str, element: str) -> Array:
    """Return an output of one metal over the grid."""
    values = solution.values[name]
    where = solution.output_axes["element"].tolist().index(element)
    return np.broadcast_to(values[..., where], solution.shape)


def _amounts(cell: Spec, element: str, losses: Sequence[float], sets: str | int | None) -> tuple[float, dict[str, Array], Array]:
    """Return (efficiency without metals, amounts by name over losses, reasons) of one metal in one cell."""
    path = f"process.contamination.{element}"
    if sets is not None and not get_model("pv.cell").members(cell.replace({path: 1.0}).checked(), {}):
        sets = None  # one published set of everything
    keep = ["efficiency", "wafer_metals"]
    swept = engine.solve(cell, {path: AMOUNTS}, keep=keep, sets=sets)
    grown = engine.solve(cell, {f"feedstock.metals.{element}": [1.0]}, keep=["grown_metals"], sets=sets)
    members = (AMOUNTS.size, -1)
    efficiency = _grid(swept, "efficiency").reshape(members)
    wafer = _place(swept, "wafer_metals", element).reshape(members)
    per_ppbw = _place(grown, "grown_metals", element).ravel()
    every = np.full((3, len(losses), efficiency.shape[1]), np.nan)
    for m in range(efficiency.shape[1]):
        before = _crossings(AMOUNTS, efficiency[0, m] - efficiency[:, m], losses)
        feed = before / per_ppbw[m] if per_ppbw[m] > 0.0 else np.full(before.shape, np.nan)
        every[:, :, m] = np.interp(before, AMOUNTS, wafer[:, m]), before, np.where(feed <= MOST, feed, np.nan)
    amounts: dict[str, Array] = {}
    for name, values in zip(QUANTITIES, every, strict=True):
        some = np.isfinite(values).any(axis=1)
        amounts[name] = values[:, 0]
        unreached = np.where(np.isnan(values), np.inf, values)
        amounts[f"{name}_low"] = np.where(some, unreached.min(axis=1), np.nan)
        amounts[f"{name}_high"] = np.where(some, unreached.max(axis=1), np.nan)
    no_loss, no_feed = np.isnan(amounts["before_gettering"]), np.isnan(amounts["feed"])
    never = 4 if efficiency[-1, 0] < efficiency[0, 0] and data.elements()[element].solubility else 1
    reasons = np.where(no_loss, never, np.where(no_feed, 2 if per_ppbw[0] == 0.0 else 3, 0)).astype(np.int8)
    return float(efficiency[0, 0]), amounts, reasons


def _grid(solution: Solution, name: str) -> Array:
    """Return a scalar output over the grid."""
    return solution.values[name].reshape(solution.shape)


def _crossings(amounts: Array, loss: Array, losses: Sequence[float]) -> Array:
    """Return the amount at which ``loss`` first reaches each of ``losses``, straight between logarithms; NaN where it does not."""
    found = np.full(len(losses), np.nan)
    for i, target in enumerate(losses):
        over = np.flatnonzero(loss >= target)
        if over.size and over[0] > 1 and loss[over[0] - 1] > 0.0:
            k = int(over[0])
            share = np.log(target / loss[k - 1]) / np.log(loss[k] / loss[k - 1])
            found[i] = amounts[k - 1] * (amounts[k] / amounts[k - 1]) ** share
    return found
