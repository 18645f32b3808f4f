"""``energymodels fastcharge SPEC``"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from energymodels.cli.common import (
    json_option,
    number,
    print_json,
    print_table,
    read_spec,
    set_option,
    spec_argument,
)
from energymodels.cli.target import figure_target, force_option

PICTURES = (".png", ".pdf", ".svg")


@click.command("fastcharge")
@spec_argument
@set_option("Set a field, e.g. limits.negative_potential=10mV; repeatable.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Draw current, voltage, potential and temperature (.png, .pdf, .svg); default: fastcharge.png.",
)
@force_option
@json_option
def command(spec: str, changes: tuple[str, ...], output: str | None, force: bool, as_json: bool) -> None:
    """How fast the cell of SPEC can be charged to 80 % SOC within all limits in limits.* at all times.

    A protocol with its own "Charge at limits" is run as it is. With --json a figure is drawn only if -o names
    one.
    """
    from energymodels.battery.fast_charge import ANSWERS, charge, charged, figure
    from energymodels.core.errors import Fault, InputError
    from energymodels.report.figures import save

    picture = output or ("" if as_json else "fastcharge.png")
    if picture and not picture.lower().endswith(PICTURES):
        raise InputError(Fault("--output", picture, ", ".join(PICTURES)))
    base = read_spec(spec, changes)
    if picture:
        figure_target(picture, "fastcharge", force)
    solution = charge(base)
    found = solution.scalars()
    if as_json:
        print_json({name: found[name] for name in (*ANSWERS, "status")})
    else:
        outputs = {output.name: output for output in solution.outputs}
        print_table(
            [(name, number(found[name]), outputs[name].unit, outputs[name].long_name) for name in ANSWERS],
            ("output", "value", "unit", "meaning"),
        )
    if solution.failed:
        click.echo(f"error: the case failed: {', '.join(solution.failures())}", err=True)
        sys.exit(1)
    if picture and not charged(solution):
        click.echo("note: the limits leave no charge to draw", err=True)
    elif picture:
        save(figure(solution), Path(picture), "fastcharge", 130)
        click.echo(f"figure: {picture}", err=True)
