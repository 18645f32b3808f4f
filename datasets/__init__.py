"""Data with provenance: every value names its unit, its source and how it was obtained."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

if __name__ != "energymodels.datasets":
    raise ImportError("this folder is the package energymodels.datasets; import it by that name")

ROOT = Path(__file__).parent
METHODS = (
    "measured",
    "published",
    "computed",
    "derived",
    "fitted",
    "digitised",
    "recalled",
    "assumed",
    "claimed",
    "typical",
)


@dataclass(frozen=True)
class Series:
    """A published series: columns by name, their units, and the sidecar's other entries."""

    columns: dict[str, npt.NDArray[np.float64]]
    units: dict[str, str]
    meta: dict[str, Any]


@cache
def table(key: str) -> dict[str, Any]:
    """Return the TOML table ``key`` (``"sources"``, ``"pv/records"``)."""
    return tomllib.loads((ROOT / f"{key}.toml").read_text(encoding="utf-8"))


@cache
def series(key: str) -> Series:
    """Return the series ``key`` (``"pv/am15g"``); ValueError if the file does not match its digest."""
    meta = dict(table(key))
    raw = (ROOT / f"{key}.csv").read_bytes()
    if hashlib.sha256(raw).hexdigest() != meta["sha256"]:
        raise ValueError(f"{key}.csv does not match the sha256 in {key}.toml")
    units = meta.pop("columns")
    names = raw.split(b"\n", 1)[0].decode().strip().split(",")
    values = np.array([line.split(b",") for line in raw.split(b"\n")[1:] if line.strip()], dtype=float)
    columns = {name: np.ascontiguousarray(values[:, i]) for i, name in enumerate(names)}
    return Series(columns, units, meta)


def keys() -> list[str]:
    """Return the keys of everything in the folder."""
    return sorted(
        str(path.relative_to(ROOT).with_suffix("")).replace("\\", "/") for path in ROOT.rglob("*.toml")
    )
