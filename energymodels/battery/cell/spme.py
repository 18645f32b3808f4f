"""``battery.spme``: single-particle cell with electrolyte."""

from energymodels.battery.cell.model import Battery


class SingleParticleElectrolyte(Battery):
    """See ``energymodels.battery.cell.model``."""

    name = "battery.spme"
    summary = "single-particle cell with electrolyte"
    sources = ("marquis2019",)


MODEL = SingleParticleElectrolyte()
