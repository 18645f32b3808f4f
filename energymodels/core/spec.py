"""Specs: the checked input of a model, as somebody wrote it.

Overrides come first, the check comes last, and it collects every fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from energymodels import datasets
from energymodels.core import files, registry
from energymodels.core.errors import Fault, InputError, closest, unknown
from energymodels.core.field import FieldInfo, in_unit
from energymodels.core.files import Stamp, stamp
from energymodels.core.registry import get_model, resolve
from energymodels.core.schema import groups, own_defaults, schema
from energymodels.core.values import FieldDict, Given, Tree

if TYPE_CHECKING:
    from energymodels.core.model import Model

SPECS = datasets.ROOT / "specs"
RESERVED = ("model", "title", "provenance")


@dataclass(frozen=True)
class Spec:
    """The input of a model as somebody wrote it.

    Parameters
    ----------
    model : str
        Name of the model, one of ``energymodels.MODELS``.
    values : mapping, optional
        {path of a field: number in its unit, label or text with a unit}, as written.
    name, title : str, optional
        What the spec is called, and a line that describes it.
    provenance : mapping, optional
        {path of a field: source key or words on where its value is from}.
    faults : tuple of Fault, optional
        What is wrong with the writing itself.

    Examples
    --------
    >>> import energymodels as em
    >>> spec = em.load("industrial-topcon-2023")
    >>> spec.model, spec.replace({"wafer.thickness": "120 um"}).checked()["wafer.thickness"]
    ('pv.cell', 120.0)
    """

    model: str
    values: Given = field(default_factory=dict)
    name: str = ""
    title: str = ""
    provenance: Given = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def fields(self) -> dict[str, FieldInfo]:
        """The model's fields, with those that the values bring along; InputError if these cannot be known."""
        return get_model(self.model).fields(self.values)

    @property
    def _brought(self) -> set[str]:
        """The paths of the fields that the values bring along, none where these cannot be known."""
        try:
            return set(_brought(self.fields, schema(get_model(self.model).spec)))
        except InputError:
            return set()

    def replace(self, changes: Given) -> Spec:
        """Return a spec with ``changes`` (path or alias: number, label or text with a unit).

        Alternatives of what is set are dropped, and so are values of fields that what was replaced brought
        along.
        """
        spec = replace(self, model=str(changes.get("model", self.model)))
        model = get_model(spec.model)
        changes, faults = _resolved(
            model, {name: value for name, value in changes.items() if name != "model"}
        )
        fields = schema(model.spec)
        known = [path for path in changes if path in fields]
        faults += [
            Fault(path, hint=f"excludes {other}, which is given too; leave one out")
            for i, path in enumerate(known)
            for other in fields[path].conflicts
            if other in known[:i]
        ]
        dropped = {other for path in known for other in fields[path].replaces}
        kept = {path: value for path, value in spec.values.items() if path not in dropped}
        new = replace(spec, values=kept | changes, faults=(*spec.faults, *faults))
        gone = (self._brought - new._brought) & (kept.keys() - changes.keys())
        return (
            replace(new, values={path: value for path, value in new.values.items() if path not in gone})
            if gone
            else new
        )

    def checked(self) -> FieldDict:
        """Return every field in use with its value, defaults filled in. InputError lists all faults."""
        found = self.filled()
        if faults := get_model(self.model).reviewed(found).faults():
            raise InputError(faults)
        return found

    def filled(self) -> FieldDict:
        """Return what ``checked`` does of fields that are valid one by one, whether they go together or
        not.
        """
        model = get_model(self.model)
        table = schema(model.spec)
        faults = list(self.faults)
        try:
            fields, given = self.fields, self.values
        except InputError as error:  # which names are known then depends on what is wrong
            faults += error.faults
            fields, given = table, {path: value for path, value in self.values.items() if path in table}
        values, wrong = _parsed(fields, given)
        brought = _brought(fields, table)
        defaults, missing = _defaults(model, brought, self.values)
        faults += [*wrong, *missing, *_clashes(model, brought)]
        if faults:
            raise InputError(faults)
        known = own_defaults(model.spec) | values | defaults
        return {path: known[path] for path in fields if known.get(path) is not None}


def _brought(fields: Mapping[str, FieldInfo], table: Mapping[str, FieldInfo]) -> dict[str, FieldInfo]:
    """Return the ``fields`` that are not those of a model's ``table``."""
    if fields is table:
        return {}
    return {path: info for path, info in fields.items() if info is not table.get(path)}


def _resolved(model: Model, changes: Given) -> tuple[FieldDict, list[Fault]]:
    """Return (changes by path, faults): aliases become the paths they stand for, their bare numbers get the
    alias' unit.
    """
    faults: list[Fault] = []
    names: dict[str, str] = {}
    found: FieldDict = {}
    for name, value in changes.items():
        try:
            path, unit = resolve(model, name)
        except InputError as error:
            faults += error.faults
            continue
        if path in names:
            faults.append(Fault(path, hint=f"given twice, as {names[path]} and as {name}"))
        names[path] = name
        found[path] = in_unit(value, unit)
    return found, faults


def _defaults(model: Model, brought: Mapping[str, FieldInfo], given: Given) -> tuple[FieldDict, list[Fault]]:
    """Return (defaults by path, faults) of alternatives and brought fields that are in use and not given."""
    found: FieldDict = {}
    faults: list[Fault] = []
    for group in groups(model.spec):
        used = next((c for c in group if any(path in given for path in c)), group[0])
        for path, default in used.items():
            if path not in given:
                if default is None:
                    faults.append(
                        Fault(path, hint=f"needed together with {next(p for p in used if p in given)}")
                    )
                else:
                    found[path] = default
    for path, info in brought.items():
        if path not in given:
            if info.default is not None:
                found[path] = info.default
            elif not info.optional:
                faults.append(Fault(path, hint=f"needs a value: {info.meaning}"))
    return found, faults


def _clashes(model: Model, brought: Mapping[str, FieldInfo]) -> list[Fault]:
    """Return the fields brought along whose name stands for something else already, here or in the result."""
    if not brought:
        return []
    taken = {*RESERVED, "status", "point", *(path.replace(".", "_") for path in schema(model.spec))}
    taken |= {name for output in model.outputs for name in (output.name, *output.dims)}
    return [
        Fault(path, hint="is a name of the model's own; choose another")
        for path in brought
        if path.replace(".", "_") in taken
    ]


def _parsed(fields: Mapping[str, FieldInfo], raw: Given) -> tuple[FieldDict, list[Fault]]:
    """Return (values by path, faults) of what somebody wrote: unknown names and bad values are faults."""
    faults: list[Fault] = []
    parsed: FieldDict = {}
    for path, value in raw.items():
        if path not in fields:
            faults.append(Fault(path, hint="unknown field", known=fields, fold=True))
            continue
        try:
            parsed[path] = fields[path].parse(value)
        except InputError as error:
            faults += error.faults
    return parsed, faults


def _flat(tree: Tree, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return flat


def bundled() -> dict[str, Path]:
    """Return the bundled specs.

    Returns
    -------
    dict of str to Path
        {name: TOML file}.

    Examples
    --------
    >>> import energymodels as em
    >>> "industrial-topcon-2023" in em.specs()
    True
    """
    return {path.stem: path for path in sorted(SPECS.glob("*.toml"))}


def load(source: str | Path | Tree) -> Spec:
    """Return a spec: a bundled one, one of a file, or the defaults of a model.

    Parameters
    ----------
    source : str, Path or mapping
        Name of a bundled spec or of a model, path of a TOML file, or nested mapping with ``model``.

    Returns
    -------
    Spec
        The spec as written; ``checked`` returns its values and raises ``InputError`` for what is wrong.

    Raises
    ------
    InputError
        No such name or file, no TOML, or no known ``model``.

    Examples
    --------
    >>> import energymodels as em
    >>> em.load("industrial-topcon-2023").model
    'pv.cell'
    >>> em.load({"model": "pv.cell", "wafer": {"thickness": "120 um"}}).values
    {'wafer.thickness': '120 um'}
    """
    if isinstance(source, Mapping):
        return _from_tree(source, "")
    name = str(source)
    if name in registry.MODELS:
        return Spec(name)
    own = SPECS / f"{name}.toml"
    return _read(name, stamp(own if Path(name).name == name and own.is_file() else name))


@lru_cache(maxsize=256)
def _read(source: str, known: Stamp) -> Spec:
    """Return the spec in a file, read once for each state of it; ``source`` is what somebody called it."""
    path = Path(known[0])
    if files.absent(path) == files.NO_FILE:
        near = closest(source, [*bundled(), *registry.MODELS])
        hint = f"neither a bundled spec, a file nor a model; {near}".rstrip("; ")
        raise InputError(Fault(source, hint=hint))
    try:
        text = files.text(path, ".toml")
    except ValueError as error:
        raise InputError(Fault(source, hint=f"not a TOML file: {error}")) from error
    return loads(text, source)


def loads(text: str, name: str) -> Spec:
    """Return the spec written as TOML in a text.

    Parameters
    ----------
    text : str
        TOML that begins with ``model = "..."``.
    name : str
        What the spec is called in messages and results.

    Returns
    -------
    Spec
        The spec as written.

    Raises
    ------
    InputError
        No TOML, or no known ``model``.

    Examples
    --------
    >>> from energymodels.core.spec import loads
    >>> loads('model = "pv.shockley_queisser"', "limit").model
    'pv.shockley_queisser'
    """
    try:
        tree = files.toml(text)
    except ValueError as error:
        raise InputError(Fault(name, hint=f"not a TOML file: {error}")) from error
    return _from_tree(tree, name)


def _provenance(tree: Tree) -> dict[str, object]:
    found = tree.get("provenance", {})
    if not isinstance(found, Mapping):
        raise InputError(Fault("provenance", found, hint="must be a table of fields and their sources"))
    return dict(found)


def _from_tree(tree: Tree, name: str) -> Spec:
    model = tree.get("model")
    if not isinstance(model, str):
        more = "energymodels sweep reads this sweep file" if "sweep" in tree else closest("", registry.MODELS)
        raise InputError(Fault("model", model, hint=f'the spec must begin with model = "..."; {more}'))
    if model not in registry.MODELS:
        raise unknown("model", model, registry.MODELS)
    spec = Spec(model, {}, name, str(tree.get("title", "")), _provenance(tree))
    return spec.replace(_flat({key: value for key, value in tree.items() if key not in RESERVED}))
