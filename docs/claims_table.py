"""Writes the table of statements into ``claims.md``: ``python docs/claims_table.py``, half a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent / "claims.md"
HEAD = "| statement | implies | model | verdict |\n|--|--|--|--|\n"


def line(claim: dict[str, Any]) -> str:
    """Return a statement's row."""
    from energymodels.claims.words import row

    _, statement, implies, model, verdict = row(claim)
    said = ", ".join(word for word in (claim["by"], claim["date"], claim["evidence"]) if word)
    cells = (f"{claim['subject']}: {statement} ({said})", implies, model, verdict.replace(" | ", "; or "))
    return ("| " + " | ".join(cells) + " |").replace("degC", "°C")


if __name__ == "__main__":
    from energymodels.claims import claims

    text = PAGE.read_text(encoding="utf-8")
    before = text[: text.index(HEAD)]
    PAGE.write_text(before + HEAD + "\n".join(map(line, claims())) + "\n", encoding="utf-8")
