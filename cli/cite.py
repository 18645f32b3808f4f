"""``energymodels cite FILE``"""

from __future__ import annotations

import click


@click.command("cite")
@click.argument("source", metavar="FILE|SPEC")
def command(source: str) -> None:
    """Print BibTeX of everything that a result (.nc, .zarr, .csv) rests on, or the result of a spec would."""
    from energymodels.core.sweep_files.cite import cite

    click.echo(cite(source), nl=False)
