"""``battery.dfn``: Doyle-Fuller-Newman cell: porous electrodes, electrolyte and particles resolved."""

from energymodels.battery.cell.model import Battery


class DoyleFullerNewman(Battery):
    """See ``energymodels.battery.cell.model``."""

    name = "battery.dfn"
    summary = "Doyle-Fuller-Newman cell: porous electrodes, electrolyte and particles resolved"
    sources = ("doyle1993",)


MODEL = DoyleFullerNewman()
