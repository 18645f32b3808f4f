"""``energymodels specs``"""

import click

from energymodels.cli.common import print_table


@click.command("specs")
def command() -> None:
    """List the bundled specs."""
    from energymodels.core.spec import bundled, load

    specs = [load(name) for name in bundled()]
    print_table([(s.name, s.model, s.title) for s in specs], ("spec", "model", "what it is"))
