"""Which sources the data on the metals of a spec come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from energymodels.core.values import Used
from energymodels.pv.metals import data, recipes
from energymodels.pv.metals.inventory import elements_in_use


def citations(used: Used) -> list[str]:
    """Return the citation keys of what the fields {path: values in use} call for, each once."""
    priors = used.get("feedstock.composition", [])
    metals = elements_in_use(used, priors)
    return list(dict.fromkeys(key for key in _keys(used, metals) if key != "unsourced"))


def _keys(used: Used, metals: Sequence[str]) -> Iterator[str]:
    for grade in used.get("feedstock.grade", []):
        yield str(data.grades()[grade]["total"]["source"])
    for metal in metals:
        element = data.elements()[metal]
        yield from _chosen(used, f"crystal.segregation.{metal}", element.segregation)
        yield from _chosen(used, f"wafer.solubility.{metal}", element.solubility)
        for process in used["process.gettering"]:
            coefficients = list(recipes.recipe(process).coefficients(metal))
            yield from (c.source for c in coefficients)
            if coefficients:
                yield from _chosen(used, f"process.diffusivity.{metal}", element.diffusivity)
    for name, centre in data.centres().items():
        if centre.element in metals:
            yield from _chosen(used, f"defects.{name}", centre.sets)


def _chosen(used: Used, path: str, choices: Sequence[data.Choice | data.CentreSet]) -> Iterator[str]:
    """Yield the sources of the choices in use, the first where the field is not set."""
    keys = used.get(path) or [choice.key for choice in choices[:1]]
    yield from (choice.source for choice in choices if choice.key in keys)
