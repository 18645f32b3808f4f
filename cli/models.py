"""``energymodels models``"""

import click

from energymodels.cli.common import print_table


@click.command("models")
def command() -> None:
    """List the models."""
    from energymodels.core.registry import MODELS, get_model

    rows = [(name, ", ".join(get_model(name).references) or "-", get_model(name).summary) for name in MODELS]
    print_table(rows, ("model", "backends", "what it is"))
