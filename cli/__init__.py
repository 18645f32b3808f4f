"""The command line: one file per verb, thin, generic over the model registry."""

if __name__ != "energymodels.cli":
    raise ImportError("this folder is the package energymodels.cli; import it by that name")
