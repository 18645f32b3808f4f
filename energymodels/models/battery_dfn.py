"""``battery.dfn``: Doyle-Fuller-Newman cell: porous electrodes, electrolyte and particles resolved."""

from energymodels.battery.model import Battery


class DoyleFullerNewman(Battery):
    """See ``energymodels.battery.model``."""

    name = "battery.dfn"
    summary = "Doyle-Fuller-Newman cell: porous electrodes, electrolyte and particles resolved"
    sources = ("doyle1993",)


MODEL = DoyleFullerNewman()
