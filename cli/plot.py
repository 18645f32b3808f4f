"""``energymodels plot FILE -x PATH -y OUTPUT``"""

from __future__ import annotations

from pathlib import Path

import click

from energymodels.cli.target import figure_target, force_option


@click.command("plot")
@click.argument("file")
@click.option(
    "-x",
    "x",
    required=True,
    metavar="PATH",
    help="What runs along x: a swept field, or an axis such as voltage.",
)
@click.option(
    "-y",
    "y",
    required=True,
    metavar="OUTPUT",
    help="What is drawn; a second swept field for a heat map of --hue.",
)
@click.option("--hue", metavar="PATH", help="One line or colour per value; an output for a heat map.")
@click.option("--facet", metavar="PATH", help="One panel per value.")
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    help="Where the figure goes (.png, .svg, .pdf); FILE with .png by default.",
)
@force_option
def command(
    file: str, x: str, y: str, hue: str | None, facet: str | None, output: str | None, force: bool
) -> None:
    """Draw the results in FILE (.nc, .zarr, .csv): lines, points or a heat map."""
    from energymodels.core.store import read
    from energymodels.report.plot import check_suffix, plot, save

    target = figure_target(str(check_suffix(output or Path(file).with_suffix(".png"))), "plot", force)
    click.echo(save(plot(read(file), x, y, hue, facet), target))
