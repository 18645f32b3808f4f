"""``energymodels describe MODEL [PATH]``"""

from __future__ import annotations

import click

from energymodels.cli.common import number, print_table


@click.command("describe")
@click.argument("model")
@click.argument("path", required=False)
def command(model: str, path: str | None) -> None:
    """Show the fields and outputs of MODEL, or of a bundled spec's: unit, range, default, meaning.

    PATH narrows it to one field, table or output.
    """
    from energymodels.errors import unknown
    from energymodels.model import MODELS, get_model, resolve
    from energymodels.spec import bundled, load

    found = get_model(model if model in MODELS else load(model).model if model in bundled() else model)
    fields = found.fields({})
    outputs = {o.name: o for o in found.outputs}
    if path:
        path = resolve(found, path)[0]
        known = {*fields, *outputs, *(f.rsplit(".", 1)[0] for f in fields if "." in f)}
        if path not in known:
            raise unknown("field or output", path, known)
        fields = {p: f for p, f in fields.items() if p == path or p.startswith(path + ".")}
        outputs = {n: o for n, o in outputs.items() if n == path}
    else:
        click.echo(f"{found.name}: {found.summary}\n")
    if fields:
        rows = []
        for f in fields.values():
            excludes = f"; excludes {', '.join(f.conflicts)}" if f.conflicts else ""
            default = "not set" if f.default is None else number(f.default)
            rows.append((f.path, f.unit or "-", f.allowed, default, f.meaning + excludes))
        print_table(rows, ("field", "unit", "allowed", "default", "meaning"))
    if fields and outputs:
        click.echo()
    if outputs:
        lines = [(o.name, o.unit, ", ".join(o.dims) or "-", o.long_name) for o in outputs.values()]
        print_table(lines, ("output", "unit", "dims", "meaning"))
    if not path and found.sources:
        click.echo(f"\nsources: {', '.join(found.sources)}")
