"""Sweep files: a sweep as somebody wrote it in TOML, and as it lies in its result."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from energymodels.core.asked import Asked
from energymodels.core.axes import dim_name
from energymodels.core.entries import Values
from energymodels.core.errors import Fault, InputError
from energymodels.core.registry import get_model, resolve
from energymodels.core.spec import Spec, load
from energymodels.core.sweep_files import toml
from energymodels.core.sweep_files.named_files import digests
from energymodels.core.sweep_files.sweep_reader import Reader
from energymodels.core.sweep_files.sweep_values import Coordinates, written_values
from energymodels.core.values import FieldDict, Given, Tree

if TYPE_CHECKING:
    from energymodels.core.plan import Plan


@dataclass(frozen=True)
class SweepFile:
    """A sweep as it was asked for, and how its result is kept.

    ``store`` is the path of the result, empty for none; ``chunk`` cases are a chunk of it; ``files`` {path:
    SHA-256} are the files that the spec names, as they were.
    """

    asked: Asked
    store: str = ""
    float32: bool = False
    chunk: int | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def reads(text: str, name: str, coordinates: Coordinates | None = None) -> SweepFile:
    """Return the sweep written as TOML in a text; InputError lists every fault.

    ``name`` is the path of the file that holds it, from which paths in it start. ``coordinates`` returns a
    coordinate of the result that holds it by name.
    """
    tree = _tree(text, name)
    if "sweep" not in tree:
        what = "; this is a spec, which begins with model" if "model" in tree else ""
        raise InputError(Fault(name, hint=f'a sweep file must begin with sweep = "SPEC"{what}'))
    try:
        return SweepFile(**Reader(tree, Path(name).parent, coordinates).read())
    except RecursionError as error:
        raise InputError(Fault(name, hint="tables nested too deeply")) from error


def load_sweep(path: str | Path) -> SweepFile:
    """Return the sweep of a file; InputError lists every fault."""
    return reads(_content(path), str(path))


def is_sweep(path: str | Path) -> bool:
    """Return whether a path is a sweep file, well written or not, and not a spec."""
    try:
        return Path(path).is_file() and "sweep" in _tree(_content(path), str(path))
    except (InputError, OSError, ValueError):
        return False


def _content(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(Fault(str(path), hint=f"not a sweep file: {error}")) from error


def _tree(text: str, name: str) -> Tree:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))  # a byte order mark
    except (ValueError, RecursionError) as error:
        raise InputError(Fault(name, hint=f"not a TOML file: {error}")) from error


def written(sweep: SweepFile, *, whole: bool = False) -> str:
    """Return a sweep as TOML that ``reads`` reads back, every number to the last bit.

    ``whole``: with the spec itself in place of its name. Lists of more than ``LONG`` values are not written:
    their place in the result is.
    """
    asked, spec = sweep.asked, sweep.asked.spec
    values = None if whole else _beyond(spec)
    head = {
        "sweep": spec.name or spec.model, "outputs": _names(asked), "sets": asked.sets,
        "backend": asked.backend or None, "store": sweep.store or None, "float32": sweep.float32 or None,
        "chunk": sweep.chunk,
    }  # fmt: skip
    named = partial(resolve, get_model(spec.model))
    design = {key: one for key, one in asked.design.items() if key not in ("over", "table")}
    tables: dict[str, Tree] = {
        "values": values or {},
        "axes": {key: one for names, vals in asked.over.items() for key, one in [_axis(names, vals, named)]},
        "points": {name: written_values([named(name)], vals, "point") for name, vals in asked.points.items()},
        "table": {"file": str(asked.design["table"])} if "table" in asked.design else {},
        "design": {key: str(one) if isinstance(one, Path) else one for key, one in design.items()},
        "design.over": dict(asked.design.get("over", {})),  # type: ignore[call-overload]
        "files": sweep.files,
    }
    if values is None:
        title = {"title": spec.title} if spec.title else {}
        tables |= {"spec": {"model": spec.model, **title, **spec.values}, "spec.provenance": spec.provenance}
    return toml.lines({key: one for key, one in head.items() if one is not None}) + "".join(
        toml.table(name, entries) for name, entries in tables.items()
    )


def _beyond(spec: Spec) -> Given | None:
    """Return the values of a spec on top of what its name stands for, None if it is another spec."""
    try:
        base = load(spec.name or spec.model)
        values = {p: v for p, v in spec.values.items() if p not in base.values or base.values[p] != v}
        return values if base.replace(values) == spec else None
    except InputError:
        return None


def _names(asked: Asked) -> list[str] | None:
    """Return the outputs that are kept, None for those that come by themselves."""
    if asked.keep is None or isinstance(asked.keep, list):
        return asked.keep
    outputs = get_model(asked.spec.model).outputs
    return [output.name for output in outputs if not output.on_request and asked.keep(output)]


def _axis(
    names: str | tuple[str, ...], values: Values, named: Callable[[str], tuple[str, str]]
) -> tuple[str, object]:
    """Return (key, what TOML holds for the values) of an axis."""
    key = names if isinstance(names, str) else ",".join(names)
    fields = [named(name.strip()) for name in key.split(",")]
    return key, written_values(fields, values, f"{dim_name(fields[0][0])}_index")


def recorded(plan: Plan, kept: Iterable[str], *, float32: bool = False, chunk: int | None = None) -> str:
    """Return the sweep of a plan as it lies in its result, whose outputs are ``kept``: nothing that it needs
    lies outside but files named in texts, of which it has the digests.
    """
    asked = plan.asked
    changes: FieldDict = {"keep": list(kept)} if callable(asked.keep) else {}
    if isinstance(asked.design.get("covariance"), str | Path):
        changes["design"] = {**asked.design, "covariance": _matrix(str(asked.design["covariance"]))}
    if "table" in asked.design:  # its rows are in the result
        paths = [path for axis in plan.axes if axis.dim == "point" for path in axis.values]
        changes |= {"design": {}, "points": {path: {"coordinate": dim_name(path)} for path in paths}}
    texts = [
        str(word)
        for path in plan.fields
        if plan.infos[path].kind == "text"
        for word in plan.context.words(path)
    ]
    asked = replace(asked, **changes) if changes else asked
    return written(SweepFile(asked, "", float32, chunk, digests(texts)), whole=True)


def _matrix(file: str) -> Tree:
    """Return the covariance in a file: its paths and matrix."""
    from energymodels.core.designs.csv_rows import csv_rows

    head, *rows = csv_rows(file)
    return {"paths": head, "matrix": [[float(cell) for cell in row] for row in rows]}
