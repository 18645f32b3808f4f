"""``energymodels plot FILE ... -y OUTPUT``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from energymodels.cli.target import figure_target, force_option
from energymodels.core.errors import Fault, InputError

if TYPE_CHECKING:
    import xarray as xr

X = "What runs along x: a swept field, an axis such as time, or an output. By default the axis of the output."
Y = "What is drawn, several with commas; a swept field for a heat map of --hue."


@click.command("plot")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-x", "x", metavar="NAME", help=X)
@click.option("-y", "y", required=True, metavar="NAME,...", help=Y)
@click.option("--hue", metavar="NAME", help="One line or colour per value; an output for a heat map.")
@click.option("--facet", metavar="NAME", help="One panel per value.")
@click.option("--log", metavar="AXIS,...", default="", help="Make x, y or hue logarithmic.")
@click.option("--linear", metavar="AXIS,...", default="", help="Make x, y or hue linear.")
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    help="Where the figure goes (.png, .svg, .pdf); FILE with .png by default, of several a-b.png.",
)
@force_option
def command(
    files: tuple[str, ...],
    x: str | None,
    y: str,
    hue: str | None,
    facet: str | None,
    log: str,
    linear: str,
    output: str | None,
    force: bool,
) -> None:
    """Draw the results in FILE (.nc, .zarr, .csv): lines, points or a heat map.

    Several files are told apart by their names. Outputs of one unit share an axis, others have panels below
    each other.
    """
    from energymodels.report.plot import check_suffix, default_target, plot, save

    target = figure_target(str(check_suffix(output or default_target(files))), "plot", force)
    figure = plot(_read(files), x, _words(y), hue, facet, log=_words(log), linear=_words(linear))
    click.echo(save(figure, target))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _read(files: tuple[str, ...]) -> dict[str, xr.Dataset]:
    """Return the results by the names of their files, by their paths where names are not enough."""
    from energymodels.core.store import read

    twice = next((file for file in files if files.count(file) > 1), None)
    if twice:
        raise InputError(Fault(twice, hint="given twice"))
    names = [Path(file).name for file in files]
    if len(set(names)) < len(names):
        names = list(files)
    return {name: read(file) for name, file in zip(names, files, strict=True)}
