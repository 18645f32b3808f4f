"""``energymodels describe MODEL [PATH]``"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from energymodels.cli.common import number, print_table, print_text, read_spec
from energymodels.cli.completion import path_of_model, spec_or_file

if TYPE_CHECKING:
    from energymodels.core.field import FieldInfo
    from energymodels.core.model import Model, Output
    from energymodels.core.spec import Spec

HEADER = ("field", "unit", "allowed", "default", "meaning")
FLAGS = ("value", "name", "meaning")


@click.command("describe")
@click.argument("model", shell_complete=spec_or_file)
@click.argument("path", required=False, shell_complete=path_of_model)
def command(model: str, path: str | None) -> None:
    """Show the fields and outputs of MODEL, or of a spec with what it sets: unit, range, default, meaning.

    PATH narrows it to one field, table or output; status and validity list what their values mean. Without
    it, what is alike is one line: a table of many fields that differ in a name only, {front,rear}.j0 for the
    same field of both.
    """
    spec = read_spec(model, ())
    spec.checked()
    found = spec_model(spec)
    fields, outputs = found.fields(spec.values), {o.name: o for o in found.outputs}
    if path:
        _show_part(found, spec, path)
        return
    title = f" ({spec.title})" if spec.title else ""
    print_text(f"{found.name}: {found.summary}")
    if spec.name:
        print_text(f"spec {spec.name}{title}")
    click.echo()
    _show_fields(fields, spec.values, fold=True)
    click.echo()
    print_text(
        f"all fields of a table with * or braces, codes of an output: energymodels describe {model} "
        f"TABLE|status|OUTPUT"
    )
    click.echo()
    _show_outputs(outputs)
    if found.sources:
        click.echo()
        print_text(f"sources: {', '.join(found.sources)}")


def spec_model(spec: Spec) -> Model:
    """Return the model of a spec."""
    from energymodels.core.registry import get_model

    return get_model(spec.model)


def _show_part(model: Model, spec: Spec, wanted: str) -> None:
    """Show one field, table or output, or what the codes of an output mean."""
    from energymodels.cli.flags import flag_rows, status_rows
    from energymodels.core.errors import unknown
    from energymodels.core.registry import resolve

    path = resolve(model, wanted.removesuffix(".*"))[0]
    if path == "status":
        print_table(status_rows(), FLAGS)
        return
    every, outputs = model.fields(spec.values), {o.name: o for o in model.outputs}
    tables = {".".join(f.split(".")[:n]) for f in every for n in range(1, f.count(".") + 1)}
    known = {*every, *outputs, *tables, "status"}
    if path not in known:
        raise unknown("field or output", path, known, fold=True)
    fields = {p: f for p, f in every.items() if p == path or p.startswith(path + ".")}
    if fields:
        _show_fields(fields, spec.values, fold=False)
    if path in outputs:
        if fields:
            click.echo()
        _show_outputs({path: outputs[path]})
        if rows := flag_rows(outputs[path].attrs):
            click.echo()
            print_table(
                rows if any(row[2] for row in rows) else [row[:2] for row in rows],
                FLAGS[: 3 if any(row[2] for row in rows) else 2],
            )


def _show_fields(fields: Mapping[str, FieldInfo], given: Mapping[str, Any], fold: bool) -> None:
    """Print a row per field or several that are alike; with a column of what a spec sets if it sets any."""
    from energymodels.cli.folding import folded_rows, plain_rows

    rows = folded_rows(fields, given) if fold else plain_rows(fields)
    if given:
        rows = [(*row[:4], number(given[row[0]]) if row[0] in given else "", *row[4:]) for row in rows]
    print_table(rows, (*HEADER[:4], "spec", *HEADER[4:]) if given else HEADER)


def _show_outputs(outputs: Mapping[str, Output]) -> None:
    lines = [(o.name, o.unit, ", ".join(o.dims) or "-", o.meaning) for o in outputs.values()]
    print_table(lines, ("output", "unit", "dims", "meaning"))
