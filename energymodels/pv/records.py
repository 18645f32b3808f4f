"""The certified records against the physics: forward where the inputs are published, inverse where only the
outputs are.

Tiers: ``prediction`` runs a bundled spec of the record's name; ``fit`` asks which surface J0 and series
resistance would explain V_oc and fill factor for stated lifetimes, current imposed; ``envelope`` only holds
an efficiency against the limit at the wafer's thickness.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels import datasets
from energymodels.core.errors import InertWarning, PlausibilityWarning, ValidityWarning, unknown
from energymodels.core.model import Array
from energymodels.core.solution import Solution
from energymodels.core.spec import bundled, load
from energymodels.core.sweep import solve
from energymodels.core.table import Column, column, table

if TYPE_CHECKING:
    from xarray import Dataset

AUGER = ("niewelt2022", "richter2012")
GATED = AUGER[0]
QUANTITIES = {"v_oc": "V", "j_sc": "mA cm-2", "fill_factor": "percent", "efficiency": "percent"}
# certificate plus input uncertainty; j_sc is imposed and efficiency follows from it, both are shown and not
# gated
TOLERANCE = {"v_oc": 0.004, "fill_factor": 0.8, "efficiency": 0.4}
GATES = ("v_oc", "fill_factor")
LIFETIMES = (1e-3, 1e-2, float("inf"))  # s, for which a record is explained
# um, ohm cm, where a record does not state them; shown as assumed
ASSUMED = {"thickness": 150.0, "resistivity": 1.0}
J0_HIGH, R_HIGH = 1e4, 10.0  # fA cm-2, ohm cm2: ends of the search
ROUNDS, CANDIDATES = 6, 33


@dataclass(frozen=True)
class _Wafer:
    """What a record says of its wafer, with what had to be assumed."""

    doping_type: str
    thickness: float
    resistivity: float
    assumed: tuple[str, ...]


def _value(record: dict[str, Any], name: str) -> float | None:
    entry = record.get(name, {})
    if "value" in entry:
        return float(entry["value"])
    return (entry["low"] + entry["high"]) / 2.0 if "low" in entry else None


def _wafer(record: dict[str, Any]) -> _Wafer:
    found = {name: _value(record, name) for name in ASSUMED}
    assumed = [name for name, value in found.items() if value is None]
    if "base" not in record:
        assumed.append("type")
    doping_type = str(record.get("base", {}).get("value", "n"))
    numbers = {name: ASSUMED[name] if value is None else value for name, value in found.items()}
    return _Wafer(doping_type, numbers["thickness"], numbers["resistivity"], tuple(assumed))


def records(auger: Sequence[str] = AUGER) -> Dataset:
    """Hold certified record cells against the models.

    Parameters
    ----------
    auger : sequence of str, optional
        Auger models: ``"niewelt2022"``, which is gated, and ``"richter2012"``.

    Returns
    -------
    xarray.Dataset
        Along ``entry``, a certified record with an Auger model each: ``record``, ``auger``, ``tier``
        (prediction from published inputs, fit, or envelope), ``passed`` (yes, no, or empty where not gated),
        efficiency of the ideal cell of that thickness and the fraction of it that is reached, what had to be
        assumed. Along ``quantity`` (V_oc in V, J_sc in mA cm-2, fill factor and efficiency in percent) too:
        measured, modelled, residual, tolerance. Along ``lifetime``, s, too: the J0, fA cm-2, and series
        resistance, ohm cm2, that would explain V_oc and fill factor. NaN where there is none.

    Raises
    ------
    InputError
        For an unknown Auger model.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.records(["niewelt2022"])
    >>> bool((ds.passed == "yes").any()), bool((ds.passed == "no").any())
    (True, False)
    """
    return tabled(audited(auger))


def audited(auger: Sequence[str] = AUGER) -> list[dict[str, Any]]:
    """Return one entry per certified record and Auger model, as dictionaries.

    Keys: record, row, tier, auger, measured, modelled, residual, tolerance, passed (None where not gated),
    limit, assumed and, for records with V_oc and fill factor, audit: per lifetime (s, or "inf") the J0 and
    R_s that would explain them.
    """
    for name in auger:
        if name not in AUGER:
            raise unknown("Auger model", name, AUGER)
    table, specs = datasets.table("pv/records")["record"], bundled()
    found = []
    for name in auger:
        limits = _limits([_wafer(r) for r in table], name)
        audits = _explain([r for r in table if _explainable(r)], name)
        for record, limit in zip(table, limits, strict=True):
            found.append(
                _entry(record, record["key"] in specs, name, float(limit), audits.get(record["key"]))
            )
    order = [record["key"] for record in table]
    return sorted(found, key=lambda entry: order.index(entry["record"]))


COLUMNS = {
    "entry": Column("record and Auger model", kind=str),
    "record": Column("certified record", kind=str),
    "row": Column("row of the efficiency tables", kind=str),
    "auger": Column("Auger model", kind=str),
    "tier": Column("prediction from published inputs, fit of J0 and R_s, or envelope", kind=str),
    "passed": Column("within the gate: yes, no, or empty where there is none", kind=str),
    "limit_efficiency": Column("efficiency of the ideal cell of that thickness", "percent"),
    "limit_fraction": Column("measured efficiency over that of the ideal cell", "1"),
    "assumed": Column("wafer data that no publication states", kind=str),
}
OF_QUANTITY = {
    "measured": "certified value", "modelled": "value of the model", "residual": "modelled less measured",
    "tolerance": "residual that is allowed, of predictions",
}  # fmt: skip
OF_LIFETIME = {
    "j0": ("recombination J0 that would explain V_oc", "fA cm-2"),
    "r_s": ("series resistance that would explain the fill factor", "ohm cm2"),
}
PASSED = {None: "", True: "yes", False: "no"}


def tabled(found: Sequence[dict[str, Any]]) -> Dataset:
    """Return audited records as a Dataset; see ``records``."""
    flat = [
        {
            "entry": f"{one['record']} {one['auger']}",
            **{name: one[name] for name in ("record", "row", "auger", "tier")},
            "passed": PASSED[one["passed"]],
            "limit_efficiency": one["limit"]["efficiency"],
            "limit_fraction": one["limit"]["fraction"],
            "assumed": ", ".join(one["assumed"]),
        }
        for one in found
    ]
    attrs = {"title": "Certified cells against the models", "model": "pv.cell", "sources": _sources(found)}
    ds = table("entry", flat, COLUMNS, attrs)
    units = list(QUANTITIES.values())
    ds = ds.assign_coords(
        quantity=("quantity", list(QUANTITIES), {"long_name": "quantity of the J-V curve"}),
        unit=("quantity", units, {"long_name": "unit of the quantity"}),
        lifetime=("lifetime", list(LIFETIMES), {"units": "s", "long_name": "SRH lifetime"}),
    )
    for name, meaning in OF_QUANTITY.items():
        values = [column([one[name].get(key) for key in QUANTITIES], float) for one in found]
        ds[name] = (("entry", "quantity"), np.array(values), {"long_name": meaning})
    for name, (meaning, unit) in OF_LIFETIME.items():
        values = [_audit(one, name) for one in found]
        ds[name] = (("entry", "lifetime"), np.array(values), {"long_name": meaning, "units": unit})
    return ds


def _sources(found: Sequence[dict[str, Any]]) -> str:
    """Return the keys of the sources of audited records, once each."""
    names = {one["record"] for one in found}
    records = [record for record in datasets.table("pv/records")["record"] if record["key"] in names]
    values = [value for record in records for value in record.values() if isinstance(value, dict)]
    keys = dict.fromkeys(value["source"] for value in values if "source" in value)
    return " ".join(key for key in keys if key != "unsourced")


def _audit(one: dict[str, Any], name: str) -> Array:
    """Return what explains a record, by lifetime; NaN where nothing does."""
    audit = one.get("audit") or [{name: None}] * len(LIFETIMES)
    return column([each[name] for each in audit], float)


def _explainable(record: dict[str, Any]) -> bool:
    return (
        all(_value(record, name) is not None for name in ("v_oc", "fill_factor"))
        and _current(record) is not None
    )


def _current(record: dict[str, Any]) -> float | None:
    """Return J_sc as certified, or as it follows from the other three."""
    if _value(record, "j_sc") is not None:
        return _value(record, "j_sc")
    v_oc, ff, eta = (_value(record, name) for name in ("v_oc", "fill_factor", "efficiency"))
    return eta / (v_oc * ff / 100.0) if v_oc and ff and eta else None


def _entry(
    record: dict[str, Any], predicted: bool, auger: str, limit: float, audit: list[dict[str, Any]] | None
) -> dict[str, Any]:
    measured = {name: value for name in QUANTITIES if (value := _value(record, name)) is not None}
    efficiency = measured["efficiency"]
    modelled: dict[str, float] = {}
    if predicted:
        result = solve(load(record["key"]), {}, {"auger": auger}).scalars()
        modelled = {name: float(value) for name in QUANTITIES if (value := result[name]) is not None}
    elif audit:
        modelled = next((dict(a["modelled"]) for a in audit if a["explained"]), dict(audit[-1]["modelled"]))
    residual = {name: modelled[name] - value for name, value in measured.items() if name in modelled}
    gated = predicted and auger == GATED
    entry: dict[str, Any] = {
        "record": record["key"],
        "row": record["row"],
        "tier": _tier(predicted, bool(audit)),
        "auger": auger,
        "measured": measured,
        "modelled": modelled,
        "residual": residual,
        "tolerance": {name: t for name, t in TOLERANCE.items() if predicted and name in residual},
        "passed": all(abs(residual.get(name, np.inf)) <= TOLERANCE[name] for name in GATES)
        if gated
        else None,
        "limit": {"efficiency": limit, "fraction": efficiency / limit},
        "assumed": list(_wafer(record).assumed),
    }
    return entry | (
        {"audit": [{k: v for k, v in a.items() if k != "modelled"} for a in audit]} if audit else {}
    )


def _limits(wafers: list[_Wafer], auger: str) -> Array:
    """Return the efficiency, percent, of the ideal undoped cell at each thickness."""
    points = {"wafer.thickness": np.array([w.thickness for w in wafers])}
    return solve(
        "pv.cell", {}, {"wafer.doping": 1e8, "optical_loss": 0.0, "auger": auger}, points=points
    ).values["efficiency"]


def _run(cases: list[tuple[_Wafer, float, float]], j0: Array, series: Array, auger: str) -> Solution:
    """Run (wafer, lifetime, current) cases with J0 and R_s."""
    wafers = [case[0] for case in cases]
    points: dict[str, Any] = {
        "wafer.type": [w.doping_type for w in wafers],
        "wafer.thickness": np.array([w.thickness for w in wafers]),
        "wafer.resistivity": np.array([w.resistivity for w in wafers]),
        "wafer.tau": np.array([case[1] for case in cases]),
        "generation_current_density": np.array([case[2] for case in cases]),
        "front.j0": j0,
        "series_resistance": series,
    }
    keep = ["v_oc", "j_sc", "fill_factor", "efficiency"]
    with warnings.catch_warnings():
        # thickness under imposed generation is what is meant here
        warnings.simplefilter("ignore", InertWarning)
        # of lifetimes and surfaces that explain nothing
        for category in (PlausibilityWarning, ValidityWarning):
            warnings.simplefilter("ignore", category)
        return solve("pv.cell", {}, {"auger": auger}, points=points, keep=keep)


def _search(
    cases: list[tuple[_Wafer, float, float]],
    auger: str,
    output: str,
    target: Array,
    high: float,
    j0: Array | None,
) -> Array:
    """Return per case the J0 (or, given J0, the R_s) that brings a falling ``output`` to ``target``; NaN
    where zero is too much.
    """
    low_end, high_end = np.zeros(len(cases)), np.full(len(cases), high)
    share = np.linspace(0.0, 1.0, CANDIDATES) ** 3  # finer towards zero
    rows = np.arange(len(cases))
    reachable = np.ones(len(cases), dtype=bool)
    for number in range(ROUNDS):
        trial = low_end[:, None] + (high_end - low_end)[:, None] * share
        many = [case for case in cases for _ in share]
        zero = np.zeros(trial.size)
        j0_flat = trial.ravel() if j0 is None else np.repeat(j0, share.size)
        values = (
            _run(many, j0_flat, zero if j0 is None else trial.ravel(), auger)
            .values[output]
            .reshape(trial.shape)
        )
        if number == 0:
            reachable = values[:, 0] >= target
        # the last candidate still above the target
        above = np.maximum((values >= target[:, None]).sum(axis=1) - 1, 0)
        low_end, high_end = trial[rows, above], trial[rows, np.minimum(above + 1, share.size - 1)]
    return np.where(reachable, 0.5 * (low_end + high_end), np.nan)


def _explain(table: list[dict[str, Any]], auger: str) -> dict[str, list[dict[str, Any]]]:
    """Return per record and lifetime the J0 and R_s that explain V_oc and fill factor, or why none does."""
    cases = [
        (_wafer(record), tau, float(_current(record) or np.nan)) for record in table for tau in LIFETIMES
    ]
    v_oc, ff = (
        np.array([_value(r, name) for r in table for _ in LIFETIMES], dtype=float)
        for name in ("v_oc", "fill_factor")
    )
    j0 = _search(cases, auger, "v_oc", v_oc, J0_HIGH, None)
    usable = np.where(np.isnan(j0), 0.0, j0)
    series = _search(cases, auger, "fill_factor", ff, R_HIGH, usable)
    best = _run(cases, usable, np.where(np.isnan(series), 0.0, series), auger)
    found: dict[str, list[dict[str, Any]]] = {}
    for i, case in enumerate(cases):
        no_j0, no_series = bool(np.isnan(j0[i])), bool(np.isnan(series[i]))
        why = _why_not(no_j0, no_series)
        found.setdefault(table[i // len(LIFETIMES)]["key"], []).append(
            {
                "tau": case[1] if np.isfinite(case[1]) else "inf",
                "j0": None if no_j0 else float(j0[i]),
                "r_s": None if no_j0 or no_series else float(series[i]),
                "explained": not why,
                "why": why,
                "modelled": {name: float(best.values[name][i]) for name in QUANTITIES},
            }
        )
    return found


def _tier(predicted: bool, audited: bool) -> str:
    """Return what kind of answer an entry is."""
    if predicted:
        return "prediction"
    return "fit" if audited else "envelope"


def _why_not(no_j0: bool, no_series: bool) -> str:
    """Return why no cell explains a record, empty if one does."""
    if no_j0:
        return "V_oc above what the bulk alone allows"
    return "fill factor above the pseudo fill factor: no R_s >= 0" if no_series else ""
