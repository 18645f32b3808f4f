"""Evaluated statements in words: what a table has of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEADER = ("claim", "statement", "implies", "model", "verdict")
SHARES = ("capacity / cell_capacity",)  # said in percent
IMPLIED = {  # what is worth a word, and how it is said
    "mean_c_rate": "{}C mean",
    "peak_c_rate": "{}C peak",
    "mean_power": "{} kW",
    "pack_energy": "{} kWh",
    "usable_energy": "{} kWh usable",
    "consumption": "{} W h/km",
    "trip_range": "{} km a charge",
    "cell_specific_energy": "cell {} W h/kg",
    "pack_specific_energy": "pack {} W h/kg",
    "pack_energy_density": "pack {} W h/L",
    "cells_share": "cells' share {}",
}


def row(claim: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of ``HEADER`` of an evaluated statement."""
    return (
        claim["name"],
        claim["statement"],
        implies(claim),
        "; ".join(map(result, claim["checks"])) or "-",
        verdict(claim),
    )


def implies(claim: Mapping[str, Any]) -> str:
    """Return what a statement implies; ``*`` marks what an assumption of ours went into."""
    seen: dict[str, str] = {}
    for one in claim["implied"]:
        if one["quantity"] in IMPLIED and one["quantity"] not in seen:
            star = "*" if one.get("method") == "assumed" else ""
            seen[one["quantity"]] = IMPLIED[one["quantity"]].format(span(one, "1")) + star
    return ", ".join(text for name, text in ((name, seen.get(name)) for name in IMPLIED) if text) or "-"


def span(value: Mapping[str, Any], unit: str, form: str = ".3g") -> str:
    """Return a value, and its range in its place where there is one."""
    if value.get("low") is None:
        return amount(value["value"], unit, form)
    return f"{amount(value['low'], '1', form)} to {amount(value['high'], unit, form)}"


def amount(number: float, unit: str, form: str = ".3g") -> str:
    """Return a number of three digits, or all before the point, with its unit."""
    text = f"{number:.0f}" if abs(number) >= 100.0 else f"{number:{form}}"
    return text if unit == "1" else f"{text} {unit}"


def result(check: Mapping[str, Any]) -> str:
    """Return what the model gives: the value as given and its band."""
    if check["skipped"] or not check["model"]:
        return f"{check['name']}: {check['reason'] or 'no result'}"
    unit, scale, form = plain_unit(check["unit"]), 1.0, ".4g"
    if check["output"] in SHARES:
        unit, scale, form = "%", 100.0, ".3g"
    elif check["output"].endswith("c_rate"):
        unit = "C"
    numbers = {key: number * scale for key, number in check["model"].items() if isinstance(number, float)}
    value = amount(numbers["value"], "1", form) if "value" in numbers else "-"
    band = (
        f" ({amount(numbers['low'], '1', form)} to {amount(numbers['high'], '1', form)})"
        if "low" in numbers
        else ""
    )
    return f"{check['name']} {value}{band}" + ("" if unit == "1" else f" {unit}")


def plain_unit(unit: str) -> str:
    """Return a unit as people write it: ``W h/kg`` for ``W h kg-1``."""
    written = {
        "W h kg-1": "W h/kg",
        "W h L-1": "W h/L",
        "W h km-1": "W h/km",
        "kW h": "kWh",
        "percent": "%",
        "degC": "°C",
    }
    return written.get(unit, unit)


def verdict(claim: Mapping[str, Any]) -> str:
    """Return the verdict with what it rests on: the assumptions, or the end of the band that it takes."""
    word = str(claim["verdict"])
    if claim["holds_under"]:
        return f"{word}: {' | '.join(claim['holds_under'])}"
    ends = [check for check in claim["checks"] if check["met"] and not check["met_as_given"]]
    if word == "consistent" and ends:
        return (
            f"{word} at an end of the band: "
            f"{' | '.join(dict.fromkeys(w for check in ends for w in check['met_with']))}"
        )
    return (
        f"{word}: {'; '.join(claim['contradictions'])}"
        if word == "inconsistent" and claim["contradictions"]
        else word
    )


def markdown(claims: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of all statements as Markdown."""
    lines = ["| statement | implies | model | verdict |", "|--|--|--|--|"]
    for claim in claims:
        _, said, *rest = row(claim)
        said = (
            f"{claim['subject']}: {said} "
            f"({', '.join(filter(None, (claim['by'], claim['date'], claim['evidence'])))})"
        )
        lines.append(
            "| " + " | ".join(cell.replace(" | ", "; or ").replace("|", "/") for cell in (said, *rest)) + " |"
        )
    return "\n".join(lines).replace("degC", "°C") + "\n"
