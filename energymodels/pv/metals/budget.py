"""Metal budgets, or how much of a metal a cell bears: the amount that costs a given efficiency, in the wafer
and back in the feedstock.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.dataset import origin
from energymodels.core.errors import Fault, InputError, NoteWarning, unknown
from energymodels.core.model import Array
from energymodels.core.registry import get_model
from energymodels.core.solution import Solution
from energymodels.core.spec import Spec, load
from energymodels.core.sweep import solve
from energymodels.pv.metals import data
from energymodels.pv.metals.inventory import FEED

if TYPE_CHECKING:
    from xarray import Dataset

LOSSES = (0.1, 0.5, 1.0)  # percent absolute
# cm-3 before gettering; 100 a decade: loss met to 1e-4
AMOUNTS = np.concatenate([[0.0], np.geomspace(1e3, 4e22, 1961)])
FLAT = 1e-9  # percent absolute
MOST = 1e9  # ppbw: all of the feedstock
REASONS = (
    "reached", "no_such_loss", "stays_in_the_melt", "more_than_the_feedstock", "precipitates_before",
    "no_cell", "above_efficiency",
)  # fmt: skip
REACHED, NO_LOSS, STAYS, MORE, PRECIPITATES, NO_CELL, ABOVE = range(len(REASONS))
QUANTITIES = {
    "wafer": ("cm-3", "metal concentration in the finished wafer that causes the efficiency loss"),
    "before_gettering": ("cm-3", "metal concentration before gettering that causes the efficiency loss"),
    "feed": ("ppbw", "metal concentration in the feedstock that causes the efficiency loss, by mass"),
}


def metal_budget(
    specs: str | Spec | Sequence[str | Spec],
    elements: Sequence[str],
    losses: Sequence[float] = LOSSES,
    types: Sequence[str] = (),
    sets: str | int | None = None,
) -> Dataset:
    """Go from a loss of efficiency back to the metal that costs it, in the wafer and in the feedstock.

    Parameters
    ----------
    specs : str, Spec or sequence of these
        Specs of ``pv.cell``; each is taken without metals of its own.
    elements : sequence of str
        Metals by their symbols.
    losses : sequence of float, optional
        Losses of efficiency, percent absolute.
    types : sequence of str, optional
        Base types ``"n"``, ``"p"``; by default the spec's own, then the other.
    sets : str or int, optional
        As in ``sweep``: adds lowest and highest over the published sets, infinite where a set never reaches
        the loss.

    Returns
    -------
    xarray.Dataset
        Along ``cell``, ``element``, ``loss``: ``wafer`` and ``before_gettering`` in cm-3, ``feed`` in ppbw by
        mass. NaN, with a ``reason``, where no amount does it: the loss ends where the metal precipitates,
        which does not recombine here.

    Raises
    ------
    InputError
        Lists wrong names, and a place that no crystal has.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.metal_budget("industrial-hjt-2023", ["Cr"], losses=[0.1], types=["n"])
    >>> round(ds.feed.item(), 2), ds.feed.units
    (0.75, 'ppbw')
    """
    import xarray as xr

    elements, losses = list(dict.fromkeys(elements)), list(dict.fromkeys(losses))
    _check(elements, losses)
    cells = [
        cell for spec in ([specs] if isinstance(specs, str | Spec) else specs) for cell in _cells(spec, types)
    ]
    shape = (len(cells), len(elements), len(losses))
    found = {name + end: np.full(shape, np.nan) for name in QUANTITIES for end in ("", "_low", "_high")}
    reason = np.zeros(shape, dtype=np.int8)
    clean = np.empty(len(cells))
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)
        for i, (*_, cell, notes) in enumerate(cells):
            clean[i], more = _clean(cell, elements)
            said += [*notes, *more]
            for k, element in enumerate(elements):
                amounts, reason[i, k] = _amounts(cell, element, losses, sets)
                for name, values in amounts.items():
                    found[name][i, k] = values
    variables: dict[str, Any] = {}
    for name, (unit, meaning) in QUANTITIES.items():
        for end, words in (
            ("", ""),
            ("_low", ", minimum over published data sets"),
            ("_high", ", maximum over published data sets"),
        ):
            if not end or sets is not None:
                variables[name + end] = (
                    ("cell", "element", "loss"),
                    found[name + end],
                    {"units": unit, "long_name": meaning + words},
                )
    flags = {"flag_values": np.arange(len(REASONS), dtype=np.int8), "flag_meanings": " ".join(REASONS)}
    variables["reason"] = (
        ("cell", "element", "loss"),
        reason,
        {"units": "1", "long_name": "reason for a missing value", **flags},
    )
    variables["efficiency"] = ("cell", clean, {"units": "percent", "long_name": "efficiency without metals"})
    names = np.array([[spec, kind, dopant] for spec, kind, dopant, *_ in cells])
    coords = {
        "spec": ("cell", names[:, 0], {"long_name": "spec of the cell"}),
        "type": ("cell", names[:, 1], {"long_name": "base type"}),
        "dopant": ("cell", names[:, 2], {"long_name": "dopant of the wafer"}),
        "element": ("element", np.array(elements), {"long_name": "chemical element"}),
        "loss": (
            "loss",
            np.array(losses, dtype=float),
            {"units": "percent", "long_name": "efficiency loss, absolute"},
        ),
    }
    comment = "; ".join(dict.fromkeys(said))
    return xr.Dataset(
        variables,
        coords,
        {
            "Conventions": "CF-1.11",
            "title": "Metal budget of cells",
            "model": "pv.cell",
            "sources": " ".join(get_model("pv.cell").sources),
            "comment": comment,
            **origin(),
        },
    )


def _clean(cell: Spec, elements: Sequence[str]) -> tuple[float, list[str]]:
    """Return (efficiency without metals, notes on the cell and all elements together)."""
    fields = cell.replace({f"feedstock.metals.{element}": 0.0 for element in elements}).checked()
    review = get_model("pv.cell").reviewed(fields)
    if faults := review.impossible():
        raise InputError(faults)
    run = solve(cell, {}, keep=["efficiency"])
    return float(run.values["efficiency"].item()), [*review.notes(), *run.notes]


def _check(elements: Sequence[str], losses: Sequence[float]) -> None:
    for element in elements:
        if element not in data.metals():
            raise unknown("metal", element, data.metals())
    faults = [Fault("loss", loss, "above 0 to 100", "percent") for loss in losses if not 0.0 < loss <= 100.0]
    if faults or not elements or not losses:
        raise InputError(faults or Fault("element" if not elements else "loss", hint="none is given"))


def _cells(spec: str | Spec, types: Sequence[str]) -> Iterator[tuple[str, str, str, Spec, list[str]]]:
    """Yield (name, type, dopant, spec without metals, what is left out of it) of a spec in each type."""
    base = spec if isinstance(spec, Spec) else load(spec)
    if base.model != "pv.cell":
        raise InputError(Fault(base.name or base.model, hint="a metal budget needs a spec of pv.cell"))
    if faulty := list(base.faults):
        raise InputError(faulty)
    tables = (*FEED, "wafer.metals", "feedstock")
    own_metals = [
        path for path in base.values if path.rpartition(".")[0] in tables and path != "feedstock.carbon"
    ]
    bare = replace(
        base, values={path: value for path, value in base.values.items() if path not in own_metals}
    )
    name = base.name or base.model
    notes = [f"{name}: its own metals are left out ({', '.join(own_metals)})"] if own_metals else []
    fields = bare.checked()
    dopant = fields.get("wafer.dopant", "Ga" if fields.get("wafer.type") == "p" else "P")
    own = "n" if dopant == "P" else "p"
    for kind in dict.fromkeys(types) or (own, "p" if own == "n" else "n"):
        if kind not in ("n", "p"):
            raise unknown("type", kind, ("n", "p"))
        mine = dopant if kind == own else {"n": "P", "p": "Ga"}[kind]
        yield name, kind, mine, bare.replace({"wafer.dopant": mine}), notes


def _place(solution: Solution, name: str, element: str) -> Array:
    """Return an output of one metal over the grid."""
    values = solution.values[name]
    where = solution.output_axes["element"].tolist().index(element)
    return np.broadcast_to(values[..., where], solution.shape)


def _amounts(
    cell: Spec, element: str, losses: Sequence[float], sets: str | int | None
) -> tuple[dict[str, Array], Array]:
    """Return (amounts by name over losses, reasons) of one metal in one cell."""
    path = f"process.contamination.{element}"
    fields = cell.replace({path: 1.0}).checked()
    if sets is not None and not get_model("pv.cell").reviewed(fields).alternatives():
        sets = None  # one published set of everything
    swept = solve(cell, {path: AMOUNTS}, keep=["efficiency", "wafer_metals", "wafer_active"], sets=sets)
    grown = solve(cell, {f"feedstock.metals.{element}": [1.0]}, keep=["grown_metals"], sets=sets)
    members = (AMOUNTS.size, -1)
    efficiency = _grid(swept, "efficiency").reshape(members)
    wafer, active = (
        _place(swept, name, element).reshape(members) for name in ("wafer_metals", "wafer_active")
    )
    per_ppbw = _place(grown, "grown_metals", element).ravel()
    every = np.full((3, len(losses), efficiency.shape[1]), np.nan)
    for m in range(efficiency.shape[1]):
        before, left = _crossings(efficiency[0, m] - efficiency[:, m], active[:, m], wafer[:, m], losses)
        feed = before / per_ppbw[m] if per_ppbw[m] > 0.0 else np.full(before.shape, np.nan)
        every[:, :, m] = left, before, np.where(feed <= MOST, feed, np.nan)
    amounts: dict[str, Array] = {}
    for name, values in zip(QUANTITIES, every, strict=True):
        some = np.isfinite(values).any(axis=1)
        amounts[name] = values[:, 0]
        unreached = np.where(np.isnan(values), np.inf, values)
        amounts[f"{name}_low"] = np.where(some, unreached.min(axis=1), np.nan)
        amounts[f"{name}_high"] = np.where(some, unreached.max(axis=1), np.nan)
    no_loss, no_feed = np.isnan(amounts["before_gettering"]), np.isnan(amounts["feed"])
    never = _unreached(efficiency[:, 0], element, losses)
    return amounts, np.where(
        no_loss, never, np.where(no_feed, STAYS if per_ppbw[0] == 0.0 else MORE, REACHED)
    ).astype(np.int8)


def _unreached(efficiency: Array, element: str, losses: Sequence[float]) -> Array:
    """Return why a loss is not reached by an ``efficiency`` over ``AMOUNTS``."""
    if np.isnan(efficiency[0]):
        return np.full(len(losses), NO_CELL)
    if efficiency[-1] >= efficiency[0]:
        return np.full(len(losses), NO_LOSS)
    within = PRECIPITATES if data.elements()[element].solubility else NO_LOSS
    return np.where(np.asarray(losses) >= efficiency[0], ABOVE, within)


def _grid(solution: Solution, name: str) -> Array:
    """Return a scalar output over the grid."""
    return solution.values[name].reshape(solution.shape)


def _crossings(loss: Array, active: Array, wafer: Array, losses: Sequence[float]) -> tuple[Array, Array]:
    """Return (amount at which ``loss`` over ``AMOUNTS`` first reaches each of ``losses``, that in the
    ``wafer``); NaN where never.

    Straight between logarithms. Where the metal starts to precipitate between two amounts, the ``active``
    density, proportional to the amount until then as that in the wafer is, says at which.
    """
    found = np.full((2, len(losses)), np.nan)
    for i, target in enumerate(losses):
        over = np.flatnonzero(loss >= target)
        if over.size and over[0] > 1 and loss[over[0] - 1] > 0.0:
            k = int(over[0])
            share = np.log(target / loss[k - 1]) / np.log(loss[k] / loss[k - 1])
            flat = k + 1 < loss.size and abs(loss[k + 1] - loss[k]) < FLAT
            for j, amounts in enumerate((AMOUNTS, wafer)):
                found[j, i] = (
                    amounts[k - 1]
                    * ((active if flat else amounts)[k] / (active if flat else amounts)[k - 1]) ** share
                )
    return found[0], found[1]
