"""``energymodels study [NAME]``"""

from __future__ import annotations

from pathlib import Path

import click

from energymodels.cli.common import print_table
from energymodels.cli.completion import study as study_names
from energymodels.cli.target import force_option, study_targets


@click.command("study")
@click.argument("name", required=False, shell_complete=study_names)
@click.option(
    "-o", "--output", default="results", metavar="FOLDER", show_default=True, help="Where the files go."
)
@force_option
def command(name: str | None, output: str, force: bool) -> None:
    """Run the bundled study NAME: a sweep, a file, a figure. Without NAME, list the studies."""
    from energymodels.studies import STUDIES, get_study

    if name is None:
        print_table([(s, get_study(s).TITLE) for s in STUDIES], ("study", "what it shows"))
        return
    study = get_study(name)
    study_targets(output, study.FILES, f"study {name}", force)
    for path in study.run(Path(output), click.echo):
        click.echo(path)
