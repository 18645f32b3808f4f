"""Writes a page of fields and outputs per model from the schemas: ``python docs/fields.py``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent / "fields"
FIELDS = ("field", "unit", "allowed", "default", "meaning")
OUTPUTS = ("output", "unit", "dimensions", "meaning")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def text(name: str) -> str:
    """Return the page of a model."""
    from energymodels.cli.flags import flag_rows
    from energymodels.cli.folding import folded_rows
    from energymodels.core.registry import get_model

    model = get_model(name)
    outputs = [(f"`{o.name}`", o.unit, ", ".join(o.dims) or "-", o.meaning) for o in model.outputs]
    fields = [(f"`{path}`", *rest) for path, *rest in folded_rows(model.fields({}))]
    parts = [
        f"# Fields of {name}",
        f"Written by `python docs/fields.py`; `energymodels "
        f"describe {name} PATH` shows the same, one by one.",
        model.summary,
        table(FIELDS, fields),
        "## Outputs",
        table(OUTPUTS, outputs),
    ]
    for output in model.outputs:
        if rows := flag_rows(output.attrs):
            parts += [f"### Codes of `{output.name}`", table(("value", "name", "meaning"), rows)]
    if model.sources:
        parts += [
            "## Sources",
            ", ".join(f"`{key}`" for key in model.sources) + ": see the [bibliography](../bibliography.md).",
        ]
    return "\n\n".join(parts) + "\n"


def statuses() -> str:
    """Return the page of what a status means."""
    from energymodels.cli.flags import status_rows

    head = "# Status of a case\n\nWritten by `python docs/fields.py`.\n\n"
    return head + table(("value", "name", "meaning"), status_rows()) + "\n"


def pages() -> dict[str, str]:
    """Return {file name: text} of all pages."""
    from energymodels.core.registry import MODELS

    return {f"{name}.md": text(name) for name in MODELS} | {"status.md": statuses()}


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, page in pages().items():
        (HERE / name).write_text(page, encoding="utf-8")
