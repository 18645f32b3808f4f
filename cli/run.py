"""``energymodels run SPEC``"""

from __future__ import annotations

import sys
from typing import Any

import click

from energymodels.cli.common import (
    command_line,
    json_option,
    number,
    print_json,
    print_table,
    read_spec,
    spec_options,
)


@click.command("run")
@spec_options
@click.option("-o", "--output", metavar="FILE", help="Write the result (.nc, .zarr, .csv).")
@json_option
def command(spec: str, changes: tuple[str, ...], backend: str, output: str | None, as_json: bool) -> None:
    """Run one case of SPEC, a bundled name or a TOML file, and print its scalar results."""
    from energymodels import engine
    from energymodels.result import check_suffix

    if output:
        check_suffix(output)
    base = read_spec(spec, changes)
    solution = engine.solve(base, {}, backend=backend, keep=None if output else lambda o: o.brief)
    found = solution.scalars()
    if output:
        from energymodels.result import to_dataset, write

        write(to_dataset(solution, command_line()), output)
    if as_json:
        print_json(found)
    else:
        rows = [
            (o.name + place, number(value), o.unit, o.long_name)
            for o in solution.outputs
            if o.brief
            for place, value in _places(found[o.name])
        ]
        print_table(rows, ("output", "value", "unit", "meaning"))
    if solution.failed:
        click.echo(f"error: the case failed: {', '.join(solution.failures())}", err=True)
        sys.exit(1)


def _places(value: Any) -> list[tuple[str, Any]]:
    """Return (place, number) of each number of a brief result."""
    return [(f"[{word}]", number) for word, number in value.items()] if isinstance(value, dict) else [("", value)]
