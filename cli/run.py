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
    sets_option,
    spec_options,
)
from energymodels.cli.target import force_option, result_target


@click.command("run")
@spec_options
@click.option("-o", "--output", metavar="FILE", help="Write the result (.nc, .zarr, .csv).")
@force_option
@sets_option
@json_option
def command(
    spec: str,
    changes: tuple[str, ...],
    backend: str,
    output: str | None,
    force: bool,
    sets: str | None,
    as_json: bool,
) -> None:
    """Run one case of SPEC, a bundled name or a TOML file, and print its scalar results.

    With --sets: as given, minimum and maximum over the sets; status counts the sets that failed.
    """
    from energymodels.core.sweep import solve

    base = read_spec(spec, changes)
    if output:
        result_target(output, force)
    solution = solve(base, {}, backend=backend, keep=None if output else lambda o: o.brief, sets=sets)
    found = solution.scalars() if sets is None else solution.band()
    if output:
        from energymodels.core.dataset import to_dataset
        from energymodels.core.store import write

        write(to_dataset(solution, command_line()), output)
    if as_json:
        print_json(found)
    else:
        rows = [
            (o.name + place, *numbers, o.unit, o.meaning if numbers[0] == "-" else o.long_name)
            for o in solution.outputs
            if o.brief
            for place, numbers in _places(found[o.name], sets is not None)
        ]
        print_table(
            rows, ("output", "value", *(("low", "high") if sets is not None else ()), "unit", "meaning")
        )
    if solution.failed:
        what, why = "the case", ", ".join(solution.failures())
        if sets is not None:
            what = f"{solution.failed} of {solution.status.size} sets"
            why = ", ".join(f"{many} {name}" for name, many in solution.failures().items())
        click.echo(f"error: {what} failed: {why}", err=True)
        sys.exit(1)


def _places(value: Any, band: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Return (place, value, and its band if wanted) of each number of a brief result."""
    if isinstance(value, dict) and "low" not in value:
        return [(f"[{word}]", numbers) for word, one in value.items() for _, numbers in _places(one, band)]
    if isinstance(value, dict):
        return [("", (number(value["value"]), number(value["low"]), number(value["high"])))]
    return [("", (number(value), *(("", "") if band else ())))]
