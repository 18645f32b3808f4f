"""``energymodels rerun FILE -o FILE``"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energymodels.cli.common import print_table
from energymodels.cli.progress import Progress
from energymodels.cli.signals import Signals, caught
from energymodels.cli.target import force_option
from energymodels.core.errors import Fault, InputError

if TYPE_CHECKING:
    import xarray as xr

    from energymodels.core.sweep_files.sweep_file import SweepFile

SHOWN = 10  # variables that differ are named, further ones counted
DIFFERENT = 1  # exit status


@click.command("rerun")
@click.argument("file")
@click.option("-o", "--output", metavar="FILE", help="Where the new result goes: a .zarr store, .nc, .csv.")
@force_option
@click.option("--resume", is_flag=True, help="Go on with a store that was begun.")
@click.option("--threads", type=click.IntRange(1), help="Worker threads; all processors by default.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors and the last line.")
def command(
    file: str, output: str | None, force: bool, resume: bool, threads: int | None, quiet: bool
) -> None:
    """Make the result in FILE (.nc, .zarr, .csv) again from the sweep that lies in it.

    Without -o it is compared with FILE: exit status 1 if a number differs.
    """
    from energymodels.core.store import opened
    from energymodels.core.sweep_files.rerun import sweep_in

    before = opened(file)
    if output and Path(output).resolve() == Path(file).resolve():
        raise InputError(Fault("-o", output, hint="is the result itself; name another file"))
    found = sweep_in(before, file)
    progress = Progress(quiet=quiet)
    with caught() as signals:
        try:
            if output:
                status = _written(
                    found, output, force, {"resume": resume, "threads": threads}, progress, signals
                )
            else:
                status = _compared(file, before, found, threads, progress)
        except KeyboardInterrupt:
            progress.end()
            click.echo(f"{file}: stopped, nothing is compared", err=True)
            status = signals.exit_status
    if status:
        sys.exit(status)


def _written(
    found: SweepFile, output: str, force: bool, options: dict[str, Any], progress: Progress, signals: Signals
) -> int:
    """Make the result again in a file or store; return the exit status."""
    from energymodels.cli.sweep import OF_STORES, Wanted

    options = dict.fromkeys(OF_STORES) | options
    return Wanted(output, found, force, options, progress, signals, not progress.shown).solve()


def _compared(
    file: str, before: xr.Dataset, found: SweepFile, threads: int | None, progress: Progress
) -> int:
    """Make the result again in memory and say what differs; return the exit status."""
    from energymodels.core.sweep_files.rerun import differences, made_again

    now = made_again(found, threads=threads, progress=progress)
    progress.end()
    apart = differences(before, now)
    number = len({*before.variables, *now.variables})
    text = f"{file}: {number - len(apart)} of {number} variables are equal bit for bit"
    if not apart:
        click.echo(text)
        return 0
    click.echo(f"{text}; the largest relative difference of the others is {max(apart.values()):.3g}")
    worst = sorted(apart.items(), key=lambda one: -one[1])
    print_table([(name, f"{by:.3g}") for name, by in worst[:SHOWN]], ("variable", "relative difference"))
    if len(worst) > SHOWN:
        click.echo(f"and {len(worst) - SHOWN} more")
    return DIFFERENT
