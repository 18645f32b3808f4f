"""Data with provenance: every value names its unit, its source and how it was obtained."""

if __name__ != "energymodels.datasets":
    raise ImportError("this folder is the package energymodels.datasets; import it by that name")
