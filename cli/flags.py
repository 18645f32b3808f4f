"""What the codes and flags among the results mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUS = {
    "not_run": "not reached: the sweep was interrupted",
    "ok": "solved",
    "no_convergence": "the solver found no solution; where there is a tolerance or a step, a smaller one "
    "may help",
    "no_generation": "no light, or none that is absorbed: there is no power to find",
    "out_of_range": "values that are allowed one by one but not together; a run of the case by itself often "
    "says which",
    "too_many_steps": "more time steps than a case is given: a shorter protocol, or a larger tolerance",
    "electrolyte_depleted": "the electrolyte ran out of salt somewhere in the cell, and cannot carry the "
    "current asked for",
    "power_out_of_reach": "the cell cannot give or take the power asked for at any voltage",
    "not_finite": "a result is not a finite number, though the solver ended well",
    "end_out_of_reach": "a step without a time limit went on for years: what it waits for never comes",
}


def status_rows() -> list[tuple[str, str, str]]:
    """Return (code, name, meaning) of every status a case can have."""
    from energymodels.kernels.status import MEANINGS

    return [(str(code), name, STATUS.get(name, "")) for code, name in MEANINGS.items()]


def flag_rows(attrs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (code or bit, name, meaning) of an output with flags; none of another."""
    codes = attrs.get("flag_values", attrs.get("flag_masks", ()))
    names = str(attrs.get("flag_meanings", "")).split()
    words = str(attrs.get("flag_comments", "")).split("; ") if "flag_comments" in attrs else [""] * len(names)
    return [(str(code), name, word) for code, name, word in zip(codes, names, words, strict=True)]
