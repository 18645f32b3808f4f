"""Meanings of status codes and flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUS = {
    "not_run": "not run: the sweep was interrupted before this case",
    "ok": "solved",
    "no_convergence": "the solver did not converge; a smaller tolerance or time step may help",
    "no_generation": "no photogeneration (in the dark, or no absorption): there is no maximum power point",
    "out_of_range": "combination of field values out of range; run the case by itself to see which fields",
    "too_many_steps": "maximum number of time steps reached; use a shorter protocol or a larger tolerance",
    "electrolyte_depleted": "electrolyte depletion: the salt concentration reached 0 and cannot "
    "support the current",
    "power_out_of_reach": "the requested power is beyond the cell's maximum at any voltage",
    "not_finite": "a result is not a finite number although the solver converged",
    "end_out_of_reach": "a step without a time limit ran for years: its end condition is never reached",
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
