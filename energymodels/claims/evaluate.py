"""Statements evaluated: arithmetic, runs, assumptions one by one, verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels import datasets
from energymodels.claims.entries import Assumption, Check, Claim, entries, in_unit, without
from energymodels.claims.relations import Implied, Value, all_values, contradictions, implied, plain
from energymodels.claims.runs import Found, Runner, named
from energymodels.claims.verdict import Outcome, meets, verdict
from energymodels.core.errors import InputError, unknown
from energymodels.core.table import Column, table

if TYPE_CHECKING:
    from xarray import Dataset

TEXTS = ("subject", "statement", "by", "date", "evidence", "category", "verdict")
CHECK = {
    "check": Column("name of the check", kind=str),
    "of": Column("the claim it is of", kind=str),
    "output": Column("output of the model", kind=str),
    "unit": Column("unit of the numbers beside it", kind=str),
    "relation": Column("what the claim says of the output", kind=str),
    "claimed": Column("value claimed"),
    "claimed_low": Column("low end of the range claimed; NaN where one number is"),
    "claimed_high": Column("high end of the range claimed"),
    "model": Column("value of the model as given"),
    "model_low": Column("minimum over the ranges of unknown inputs"),
    "model_high": Column("maximum over the ranges of unknown inputs"),
    "met": Column("whether the claim is met: yes, no, or why it is not held against it", kind=str),
}
NOTHING = Assumption("", "", {})
Progress = Callable[[int, int, str], None]


def claims(
    names: str | Sequence[str] = (), path: str | Path | None = None, progress: Progress | None = None
) -> Dataset:
    """Hold manufacturers' claims against physics.

    Parameters
    ----------
    names : str or sequence of str, optional
        Claims by name; all by default.
    path : str or Path, optional
        A TOML file of claims in place of the bundled ones, written like ``datasets/claims.toml``.
    progress : callable, optional
        Called with (done, of, name) before each.

    Returns
    -------
    xarray.Dataset
        Along ``claim``: subject, statement, by, date, evidence, category, verdict, and ``evaluation``, all
        of it as JSON. Along ``check``, every number that a model was asked for, as the claim stands: which
        claim, the output, its unit, what is claimed and what the model gives, each with a range.

    Raises
    ------
    InputError
        For an unknown name, with the closest, and for faults of the file.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.claims("blade")
    >>> ds.verdict.item()
    'consistent'
    """
    found = evaluated(names, path, progress)
    return tabled(found)


def evaluated(
    names: str | Sequence[str] = (), path: str | Path | None = None, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Return the claims as ``claims`` does, a dictionary each, JSON without NaN: name, subject, statement,
    by, date, evidence, category, quantities, implied, contradictions, checks, assumptions, verdict,
    holds_under, missing, conflicts, sources.
    """
    known = entries(path)
    wanted = [names] if isinstance(names, str) else list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise unknown("claim", name, known)
    runner, found = Runner(), []
    for done, name in enumerate(wanted):
        if progress:
            progress(done, len(wanted), name)
        found.append(evaluate(known[name], runner))
    return found


def tabled(found: Sequence[dict[str, Any]]) -> Dataset:
    """Return evaluated claims as a Dataset; see ``claims``."""
    columns = {"claim": Column("name of the claim", kind=str)}
    columns |= {name: Column(name, kind=str) for name in TEXTS}
    columns["evaluation"] = Column("all that is known of it, as JSON", kind=str)
    entries = [
        {"claim": one["name"], **{name: one[name] for name in TEXTS}, "evaluation": json.dumps(one)}
        for one in found
    ]
    sources = dict.fromkeys(key for one in found for key in one["sources"])
    attrs = {"title": "Manufacturers' claims against physics", "sources": " ".join(sources)}
    checks = table("check", [_row(one, check) for one in found for check in one["checks"]], CHECK, attrs)
    return checks.merge(table("claim", entries, columns, attrs)).assign_attrs(checks.attrs)


def _row(claim: dict[str, Any], check: dict[str, Any]) -> dict[str, Any]:
    """Return a check as the entry of a table."""
    claimed, model = check.get("claimed", {}), check["model"]
    met = "yes" if check["met"] else "no"
    if check["skipped"] or check["met"] is None:
        met = check["reason"]
    return {
        "check": check["name"], "of": claim["name"], "output": check["output"], "unit": check["unit"],
        "relation": check["relation"], "met": met,
        "claimed": claimed.get("value"),
        "claimed_low": claimed.get("low"), "claimed_high": claimed.get("high"),
        "model": model.get("value"), "model_low": model.get("low"), "model_high": model.get("high"),
    }  # fmt: skip


def entries_of(ds: Dataset) -> list[dict[str, Any]]:
    """Return the claims of a Dataset as ``evaluated`` does."""
    return [json.loads(text) for text in ds.evaluation.values.tolist()]


def evaluate(claim: Claim, runner: Runner | None = None) -> dict[str, Any]:
    """Return a statement with its verdict, as ``claims`` does."""
    runner = runner or Runner()
    outcome, checks = _under(claim, NOTHING, runner)
    given = outcome.holds and all(check["met_as_given"] is not False for check in checks)
    tried = [] if given else [(a, *_under(claim, a, runner)) for a in claim.unusual]
    word, holding = verdict(outcome, [(a.name, result) for a, result, _ in tried])
    results = implied(claim.quantities)
    return {
        "name": claim.name,
        **claim.texts,
        "quantities": {
            name: {**plain(value), "unit": claim.units[name]} for name, value in claim.quantities.items()
        },
        "implied": [_implied(one, claim) for one in results],
        "contradictions": list(outcome.contradictions),
        "checks": checks,
        "assumptions": [
            {
                "name": a.name,
                "why": a.why,
                "holds": result.holds,
                "contradictions": list(result.contradictions),
                "checks": found,
            }
            for a, result, found in tried
        ],
        "verdict": word,
        "holds_under": list(holding),
        "missing": list(claim.missing),
        "conflicts": list(claim.conflicts),
        "sources": {key: datasets.table("sources").get(key, {}) for key in claim.sources},
    }


def _under(claim: Claim, assumption: Assumption, runner: Runner) -> tuple[Outcome, list[dict[str, Any]]]:
    """Return (how a statement fares under an assumption, its checks)."""
    stated = without(claim.quantities, assumption.drop)
    results = implied(stated)
    values = all_values(claim.quantities, implied(claim.quantities))
    found = []
    for check in claim.checks:
        run = check.run.changed(assumption.runs.get(check.name, {}))
        try:
            result = runner.found(check, run)
        except InputError as error:
            raise named(error, claim.name, check) from error
        found.append(_held(claim, check, result, values.get(check.quantity)) | {"spec": run.spec})
    skipped = tuple(one["reason"] for one in found if one["skipped"])
    met = tuple(one["met"] for one in found)
    return Outcome(met, skipped, tuple(contradictions(stated, results))), found


def _held(claim: Claim, check: Check, found: Found, value: Value | None) -> dict[str, Any]:
    """Return a check and whether it is met, by the band and as given, and which changes meet it."""
    output = f"{check.output} / {check.per}" if check.per else check.output
    one: dict[str, Any] = {
        "name": check.name, "quantity": check.quantity, "relation": check.relation, "output": output,
        "unit": found.unit,
        "tolerance": check.tolerance, "note": check.note, "skipped": found.skipped, "reason": found.reason,
        "met": None,
        "met_as_given": None, "met_with": [], "model": {}, "cases": len(found.values),
    }  # fmt: skip
    if found.band:
        low, high = found.band
        given = {} if math.isnan(found.values[0]) else {"value": float(found.values[0])}
        by = {
            f"{end}_with": found.names[int(pick(found.values))]
            for end, pick in (("low", np.nanargmin), ("high", np.nanargmax))
        }
        one["model"] = given | ({"low": low, "high": high} | by if low < high else {})
    if check.relation == "shown" or found.skipped:
        return one
    if value is None:
        return one | {"reason": f"{check.quantity} is neither stated nor implied"}
    value = in_unit(value, claim.units[check.quantity], found.unit)
    claimed = (value.low, value.high)
    first = found.values[0]
    # between as given and one change
    pairs = [(float(np.fmin(first, x)), float(np.fmax(first, x))) for x in found.values]
    alone = [bool(meets(check.relation, claimed, pair, check.tolerance)) for pair in pairs]
    return one | {
        "claimed": {key: number for key, number in plain(value).items() if key in ("value", "low", "high")},
        "met": bool(found.band and meets(check.relation, claimed, found.band, check.tolerance)),
        "met_as_given": alone[0],
        "met_with": [name for name, well in zip(found.names, alone, strict=True) if well and not alone[0]],
    }


def _implied(one: Implied, claim: Claim) -> dict[str, Any]:
    target = one.relation.target
    found = {
        "quantity": target,
        "relation": one.relation.text,
        "unit": claim.units[target],
        **plain(one.value),
    }
    return found | ({"stated": one.other.value} if one.other and not one.other.through else {})
