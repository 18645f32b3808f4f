"""What a result rests on, as BibTeX: the package, the model's sources and those of the data in use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import energymodels
from energymodels import datasets
from energymodels.core.errors import InputError
from energymodels.core.plan import Plan, plan, planned
from energymodels.core.spec import load
from energymodels.core.store import SUFFIXES, opened
from energymodels.core.sweep_files import bibtex
from energymodels.core.sweep_files.sweep_file import is_sweep, load_sweep, recorded

if TYPE_CHECKING:
    import xarray as xr

BACKENDS = {"pvlib": "pvlib2023", "pybamm": "pybamm-parameter-sets"}


def cite(source: str | Path | xr.Dataset) -> str:
    """Return BibTeX of everything that a result rests on.

    Parameters
    ----------
    source : str, Path or xarray.Dataset
        A result or its file; or a spec or sweep file, for what its result would rest on.

    Returns
    -------
    str
        An entry for this package, one for each source of the model, the data and the values of the spec. Keys
        without an entry are listed in a comment.

    Raises
    ------
    InputError
        No such file or spec.

    Examples
    --------
    >>> import energymodels as em
    >>> text = em.cite(em.run("pv.shockley_queisser"))
    >>> [line for line in text.splitlines() if line.startswith("@article")]
    ['@article{shockley1961,', '@article{ruhle2016,', '@article{codata2018,']
    """
    attrs = _attrs(source)
    known = datasets.table("sources")
    keys = list(dict.fromkeys(_keys(attrs)))
    entries = [bibtex.entry(key, known[key]) for key in keys if key in known]
    lacking = ", ".join(" ".join(key.replace("@", " at ").split()) for key in keys if key not in known)
    comment = [f"% without an entry: {lacking}\n"] if lacking else []
    return "\n".join([_package(attrs), *entries, *comment])


def _attrs(source: str | Path | xr.Dataset) -> Mapping[str, Any]:
    """Return the attributes of a result, or those that say what the result of a spec would rest on."""
    if not isinstance(source, str | Path):
        return source.attrs
    if Path(source).suffix in SUFFIXES:
        return opened(source).attrs
    found = planned(load_sweep(source).asked) if is_sweep(source) else plan(str(source))
    return _of_plan(found)


def _of_plan(found: Plan) -> dict[str, str]:
    cited = {"sources": " ".join(found.model.sources), "data_sources": "; ".join(found.review.sources())}
    return cited | {"sweep": recorded(found, ()), "backend": found.backend}


def _keys(attrs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that a result names."""
    yield from str(attrs.get("sources", "")).split()
    yield from filter(None, str(attrs.get("data_sources", "")).split("; "))
    yield from _of_values(str(attrs.get("sweep", "")))
    if attrs.get("backend"):
        yield BACKENDS.get(str(attrs["backend"]), str(attrs["backend"]))


def _of_values(text: str) -> Iterator[str]:
    """Yield the sources of the values in a spec that are as its author wrote them."""
    try:
        tree = tomllib.loads(text)
        own = load(tree.get("sweep", "")).values
    except InputError:  # its file is gone: what is in the result is all there is
        own = tree.get("spec", {})
    except ValueError:  # written by hand
        return
    spec = tree.get("spec", {})
    tables = (tree.get("axes", {}), tree.get("points", {}), tree.get("design", {}).get("over", {}))
    swept = {name.strip() for one in tables for key in one for name in key.split(",")}
    for path, entry in spec.get("provenance", {}).items():
        unchanged = path in own and own[path] == spec.get(path) and path not in swept
        key = str(entry.get("source", "")) if isinstance(entry, Mapping) else ""
        if unchanged and key not in ("", "unsourced"):
            yield key


def _package(attrs: Mapping[str, Any]) -> str:
    """Return the entry of this package in the version that made a result; as ``CITATION.cff`` has it."""
    version = attrs.get("energymodels_version", energymodels.__version__)
    fields = {
        "author": "{the energymodels authors}",
        "title": "{energymodels}",
        "howpublished": "Software",
        "note": bibtex.escaped(f"Version {version}, BSD-3-Clause"),
    }
    return bibtex.formatted("misc", "energymodels", fields)
