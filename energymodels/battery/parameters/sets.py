"""Parameter sets of lithium-ion and sodium-ion cells by name: PyBaMM's, bundled ones, and BPX files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from energymodels import datasets
from energymodels.battery.parameters import bpx, pybamm_sets, sheet
from energymodels.battery.parameters import cache as disk
from energymodels.battery.parameters.functions import Material
from energymodels.battery.parameters.material import material
from energymodels.core import files
from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError, unknown
from energymodels.core.values import Fields, Tree
from energymodels.kernels.battery.cell.tables import BUCKETS, HIGH, LOW


@dataclass(frozen=True)
class ParameterSet:
    """A cell: numbers by dotted path, in the fields' units, and material functions as tables.

    ``tables`` holds all tables of all functions; ``index`` (function, 1 + 2 * rank) holds [rank, g0, h0, g1,
    h1 ..], the number of products g(x) h(T) that make up a function and where their tables begin; neither is
    to be changed. ``errors`` are the largest of the tables by function, V for potentials, else relative.
    ``refused`` says what the set cannot be used for, and why. ``powers`` {function: {path: power}} says by
    what power of a number a function grows when that number is changed. ``reaches`` {function: (temperatures,
    K, concentrations, mol m-3)} says up to where transport in the electrolyte holds. ``ranges`` {path of a
    field: (low, high)} are in the field's unit, of what the literature gives no one value for.
    """

    name: str
    title: str
    scalars: dict[str, float]
    tables: NDArray[np.float64]
    index: NDArray[np.int64]
    errors: dict[str, float]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    refused: dict[str, str]
    powers: dict[str, dict[str, float]]
    reaches: dict[str, tuple[list[float], list[float]]]
    ranges: dict[str, tuple[float, float]]

    @property
    def temperatures(self) -> tuple[float, float]:
        """The lowest and highest temperature, K, that all tables over temperature cover; beyond them these
        keep an end's value.
        """
        over = self.index[:, 2::2]
        places = np.unique(over[over != 0])  # offset 0 is the constant 1
        places = places[self.tables[places + BUCKETS] != 0.0]
        return float(np.max(self.tables[places + LOW], initial=0.0)), float(
            np.min(self.tables[places + HIGH], initial=np.inf)
        )


def bundled() -> list[str]:
    """Return the names of the bundled sets."""
    return sorted(path.stem for path in (datasets.ROOT / "battery").glob("*.toml"))


def names() -> list[str]:
    """Return the names of the bundled sets and of PyBaMM's, of which those that cannot be used
    are refused.
    """
    return sorted({*bundled(), *pybamm_sets.known()})


def parameter_set(name: str) -> ParameterSet:
    """Return the set ``name``: one of PyBaMM's, a bundled one, or the path of a BPX file; InputError with the
    closest names.
    """
    if not name.endswith(".json"):
        return _named(name)
    path = Path(name)
    if why := files.absent(path):
        raise InputError(Fault("parameters", name, hint=why))
    return _from_file(str(path.resolve()), path.stat().st_mtime_ns)


@cache
def _from_file(path: str, changed: int) -> ParameterSet:
    key = disk.digest(f"{Path(path).name}\0{bpx.source(Path(path))}".encode())
    return _kept(f"bpx-{key}", bpx.stamp(), lambda: bpx.read(Path(path)))


@cache
def _named(name: str) -> ParameterSet:
    if name in bundled():
        content = repr(datasets.table(f"battery/{name}")).encode()
        return _kept(f"{name}-{disk.digest(content)}", "", lambda: material(read_bundled(name)))
    found = _kept(name, pybamm_sets.stamp(), lambda: _of_pybamm(name))
    if found.name != name:  # a name in other letters, for which the disk has the same file
        raise unknown("parameter set", name, names())
    return found


def _of_pybamm(name: str) -> Material:
    if name not in pybamm_sets.known():
        raise unknown("parameter set", name, names())
    return pybamm_sets.read(name)


def _kept(key: str, stamp: str, read: Callable[[], Material]) -> ParameterSet:
    arrays, meta = disk.kept(key, stamp, lambda: _made(read()))
    tables, index = (np.ascontiguousarray(arrays[part]) for part in ("tables", "index"))
    sources, notes = tuple(meta.pop("sources")), tuple(meta.pop("notes"))
    ranges = {path: (low, high) for path, (low, high) in meta.pop("ranges").items()}
    reaches = {key: (T, c) for key, (T, c) in meta.pop("reaches").items()}
    return ParameterSet(
        tables=tables, index=index, sources=sources, notes=notes, ranges=ranges, reaches=reaches, **meta
    )


def remarks(fields: Fields, swept: Mapping[str, Array]) -> list[str]:
    """Return a line for each parameter set in use that has notes."""
    used = np.unique(swept.get("parameters", [fields["parameters"]])).tolist()
    return [f"{name}: {'; '.join(notes)}" for name in used if (notes := parameter_set(str(name)).notes)]


def _made(material: Material) -> disk.Content:
    from energymodels.battery.parameters.tabulate import tabulate

    try:
        tables, index, errors, notes, reaches = tabulate(material)
    except InputError:
        raise
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:  # of formulas in absurd ranges
        hint = f"its functions cannot be tabulated: {error}"
        raise InputError(Fault("parameters", material.name, hint=hint)) from error
    meta = {
        "name": material.name, "title": material.title, "scalars": dict(material.scalars),
        "refused": dict(material.refused),
        "reaches": reaches, "powers": {key: dict(powers) for key, powers in material.powers.items()},
        "ranges": dict(material.ranges), "errors": errors, "sources": list(material.sources),
        "notes": [*material.notes, *notes],
    }  # fmt: skip
    return {"tables": tables, "index": index}, meta


def read_bundled(name: str) -> sheet.Sheet:
    """Return the sheet of a bundled set; ValueError if an entry is unknown, in another unit or outside its
    own range.
    """
    table: Tree = datasets.table(f"battery/{name}")
    sections: dict[str, dict[str, sheet.Entry]] = {}
    sources: dict[str, None] = {}
    ranges: dict[tuple[str, str], tuple[float, float]] = {}
    for section, units in sheet.UNITS.items():
        sections[section] = {}
        for key, entry in table.get(section, {}).items():
            if key not in units:
                raise ValueError(f"battery/{name}: {section}.{key} is unknown")
            if entry["unit"] != units[key]:
                raise ValueError(f"battery/{name}: {section}.{key} is in {entry['unit']}, not {units[key]}")
            sources |= dict.fromkeys(
                entry[role] for role in ("source", "via") if entry.get(role, "unsourced") != "unsourced"
            )
            if "low" in entry or "high" in entry:
                if not entry["low"] <= entry["value"] <= entry["high"]:
                    raise ValueError(f"battery/{name}: {section}.{key} lies outside its range")
                ranges[section, key] = (float(entry["low"]), float(entry["high"]))
            sections[section][key] = (
                (tuple(entry["x"]), tuple(entry["y"]))
                if "x" in entry
                else entry.get("formula", entry.get("value"))
            )
    return sheet.Sheet(
        name, table["title"], sections, tuple(sources), tuple(table.get("notes", ())), ranges=ranges
    )
