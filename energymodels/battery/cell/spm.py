"""``battery.spm``: single-particle cell: one particle an electrode, no electrolyte."""

from energymodels.battery.cell.model import Battery


class SingleParticle(Battery):
    """See ``energymodels.battery.cell.model``."""

    name = "battery.spm"
    summary = "single-particle cell: one particle an electrode, no electrolyte"
    sources = ("marquis2019",)


MODEL = SingleParticle()
