"""``energymodels sweep SPEC -v PATH=VALUES -o FILE``"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click

from energymodels.cli.common import assignments, command_line, read_spec, sets_option, spec_options
from energymodels.cli.completion import assignment
from energymodels.cli.target import force_option, result_target


@click.command("sweep")
@spec_options
@click.option(
    "-v", "--vary", "axes", multiple=True, required=True, metavar="PATH=VALUES", shell_complete=assignment,
    help="An axis: 80um:180um:11, 1e-5:1e-1:41:log, or B,Ga,P. Several make a grid; A,B=VALUES ties fields "
         "to one axis.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where the result goes (.nc, .zarr, .csv)."
)
@force_option
@click.option("--keep", metavar="NAMES", help="Only these outputs, comma-separated.")
@sets_option
@click.option("--threads", type=click.IntRange(1), help="Worker threads; all processors by default.")
def command(
    spec: str,
    changes: tuple[str, ...],
    backend: str,
    axes: tuple[str, ...],
    output: str,
    force: bool,
    keep: str | None,
    sets: str | None,
    threads: int | None,
) -> None:
    """Sweep fields of SPEC, a bundled name or a TOML file, over a grid and write the result."""
    from energymodels.core.sweep import solve

    base = read_spec(spec, changes)
    over = assignments(axes, "-v")
    result_target(output, force)
    bar: AbstractContextManager[Any] = (
        click.progressbar(length=1000, label="sweep", file=sys.stderr)
        if sys.stderr.isatty()
        else nullcontext()
    )
    with bar as shown:

        def progress(done: int, cases: int) -> None:
            if shown is not None:
                shown.update(1000 * done // cases - shown.pos)

        solution = solve(
            base,
            over,
            backend=backend,
            threads=threads,
            keep=[k.strip() for k in keep.split(",")] if keep else None,
            sets=sets,
            progress=progress,
        )
    from energymodels.core.dataset import to_dataset
    from energymodels.core.store import write

    write(to_dataset(solution, command_line()), output)
    cases = solution.status.size
    click.echo(
        f"{output}: {cases} cases, {cases / max(solution.seconds, 1e-9):.0f} per second, "
        f"{solution.failed} failed",
        err=True,
    )
    for name, many in solution.failures().items():
        click.echo(f"  {many} {name}", err=True)
    if solution.interrupted:
        sys.exit(130)
