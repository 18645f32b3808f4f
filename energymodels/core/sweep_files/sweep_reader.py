"""Reading the tables of a sweep file, with every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from energymodels.core.asked import Asked
from energymodels.core.entries import Values
from energymodels.core.errors import Fault, InputError, unknown_each
from energymodels.core.registry import MODELS
from energymodels.core.spec import Spec, bundled, load
from energymodels.core.sweep_files import toml
from energymodels.core.sweep_files.sweep_values import Coordinates, flattened, read_values
from energymodels.core.values import FieldDict, Tree

Kinds: TypeAlias = Mapping[str, tuple[Callable[[Any], bool], str]]  # key: a test, and what passes it
SHOWN = 40  # characters of a value that an error repeats


def _is(*kinds: type) -> Callable[[Any], bool]:
    """Return a test of a value's type; a truth value is no number."""
    return lambda found: type(found) in kinds


SETTINGS: Kinds = {
    "outputs": (
        lambda found: isinstance(found, list) and all(isinstance(name, str) for name in found),
        "a list of names",
    ),
    "sets": (_is(str, int), '"all" or a number of draws'),
    "backend": (_is(str), "the name of a reference backend"),
    "store": (_is(str), "the path of the result"),
    "float32": (_is(bool), "true or false"),
    "chunk": (lambda found: type(found) is int and found > 0, "a whole number of cases from 1"),
}
DESIGN: Kinds = {
    "kind": (_is(str), 'a kind and a number, such as "sobol:4096"'),
    "over": (_is(dict), "a table of fields and their distributions"),
    "seed": (_is(int), "a whole number"),
    "covariance": (_is(str, dict), "a CSV file, or a table of paths and their matrix"),
}
TABLE: Kinds = {"file": (_is(str), "a CSV or Parquet file")}
TABLES = ("values", "axes", "points", "table", "design", "files", "spec")


class Reader:
    """A sweep file: ``folder`` is what paths in it start from, ``coordinates`` those of the result that holds
    it.
    """

    def __init__(self, tree: Tree, folder: Path, coordinates: Coordinates | None) -> None:
        self.tree, self.folder, self.coordinates = tree, folder, coordinates
        self.faults: list[Fault] = []

    def read(self) -> dict[str, Any]:
        """Return the arguments of a ``SweepFile``; InputError lists every fault."""
        self._known(self.tree, ("sweep", *SETTINGS, *TABLES))
        found = self._settings(self.tree, SETTINGS)
        keep, sets, backend = found.pop("outputs", None), found.pop("sets", None), found.pop("backend", "")
        axes = self._values("axes")
        design = self._listed() or self._design()
        asked = Asked(self._spec(), axes, self._values("points"), design, sets, keep, backend)
        found["files"] = {name: str(digest) for name, digest in self._table("files").items()}
        if self.faults:
            raise InputError(self.faults)
        store = found.get("store", "")
        if store and "://" not in store:  # not of another machine
            found["store"] = str(self.folder / store)
        return found | {"asked": asked}

    def _tried(self, make: Callable[[], Any], otherwise: Any) -> Any:
        """Return what is made; its faults join the others."""
        try:
            return make()
        except InputError as error:
            self.faults += error.faults
            return otherwise

    def _known(self, tree: Tree, names: Collection[str], of: str = "") -> None:
        """Note the keys that are none."""
        wrong = [of + key for key in tree if key not in names]
        self.faults += unknown_each("key", wrong, [of + name for name in names]).faults

    def _settings(self, tree: Tree, kinds: Kinds, of: str = "") -> FieldDict:
        """Return the entries of a table that are of their kind, and note the others."""
        found = {}
        for key, (fits, words) in kinds.items():
            if key in tree and fits(tree[key]):
                found[key] = tree[key]
            elif key in tree:
                self.faults.append(Fault(of + key, toml.value(tree[key])[:SHOWN], allowed=words))
        return found

    def _table(self, key: str) -> Tree:
        """Return a table, empty if it is not there."""
        found = self.tree.get(key, {})
        if isinstance(found, Mapping):
            return found
        self.faults.append(Fault(key, toml.value(found)[:SHOWN], hint=f"must be a table, [{key}]"))
        return {}

    def _spec(self) -> Spec:
        """Return the spec with its values."""
        base: Spec = self._tried(self._base, Spec(MODELS[0]))
        values = self._tried(partial(flattened, self._table("values")), {})
        return base.replace(values) if values else base

    def _base(self) -> Spec:
        source = self.tree["sweep"]
        if not isinstance(source, str):
            raise InputError(
                Fault("sweep", toml.value(source)[:SHOWN], allowed="a spec, the file of one, or a model")
            )
        if "spec" in self.tree:
            return replace(load(self._table("spec")), name="" if source in MODELS else source)
        try:
            return load(source if source in (*MODELS, *bundled()) else self.folder / source)
        except OSError as error:  # no name that a file can have
            raise InputError(Fault("sweep", source[:SHOWN], hint=f"{error.strerror}")) from error

    def _values(self, key: str) -> dict[str, Values]:
        """Return {field or tied fields: values} of a table."""
        entries = self._tried(partial(flattened, self._table(key)), {})
        return {
            name: self._tried(partial(read_values, name, entry, self.coordinates), "")
            for name, entry in entries.items()
        }

    def _listed(self) -> FieldDict:
        """Return the design that a table lists, empty for none."""
        table = self._table("table")
        if not table:
            return {}
        self._known(table, TABLE, "table.")
        self.faults += [
            Fault("table", hint=f"excludes {key}; leave one out")
            for key in ("points", "design")
            if key in self.tree
        ]
        if "file" not in table:
            self.faults.append(Fault("table.file", hint=f"needs {TABLE['file'][1]}"))
        file = self._settings(table, TABLE, "table.").get("file")
        return {} if file is None else {"table": str(self.folder / file)}

    def _design(self) -> FieldDict:
        """Return what is drawn, empty for nothing."""
        table = self._table("design")
        if not table:
            return {}
        self._known(table, DESIGN, "design.")
        found = self._settings(table, DESIGN, "design.")
        if "kind" not in table:
            self.faults.append(Fault("design.kind", hint=f"needs {DESIGN['kind'][1]}"))
        found["over"] = self._tried(partial(flattened, found.get("over", {})), {})
        if isinstance(found.get("covariance"), str):
            found["covariance"] = str(self.folder / found["covariance"])
        return found
