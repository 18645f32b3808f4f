"""Words for figures: what a variable of a result is called, in typography people read."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import numpy as np
import xarray as xr

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"um": "µm", "us": "µs", "uV": "µV", "uA": "µA", "ohm": "Ω", "percent": "%", "degC": "°C", "1": ""}


def path_of(ds: xr.Dataset, name: str) -> str:
    """Return the field path behind a coordinate, or the name itself."""
    return str(ds[name].attrs.get("field", name)) if name in ds.variables else name


def dims_of(ds: xr.Dataset, *names: str | None) -> set[Any]:
    """Return the dimensions of the variables named."""
    return {d for name in names if name for d in ds[name].dims}


def unique(array: xr.DataArray) -> list[Any]:
    """Return the values of a variable once each: labels in their order, numbers ascending without NaN."""
    if array.dtype.kind in "UO":
        return list(dict.fromkeys(array.values.flat))
    return [v for v in np.unique(array.values).tolist() if v == v]


def groups(ds: xr.Dataset, name: str | None) -> list[tuple[Any, xr.Dataset]]:
    """Cut ``ds`` into the parts that share a value of a variable with one dimension."""
    if name is None:
        return [(None, ds)]
    return [(v, ds.isel({ds[name].dims[0]: np.flatnonzero(ds[name].values == v)})) for v in unique(ds[name])]


def unit_text(array: xr.DataArray) -> str:
    """Return the unit of a variable as it is printed; empty for a pure number or a label."""
    parts = []
    for word in re.split(r"[ .]+", str(array.attrs.get("units", ""))):
        match = re.fullmatch(r"(\D+?)(-?\d+)", word)
        symbol, power = match.groups() if match else (word, "")
        parts.append(SYMBOLS.get(symbol, symbol) + (f"$^{{{power}}}$" if power else ""))
    return " ".join(part for part in parts if part)


def shortened(text: str, most: int) -> str:
    """Return ``text`` cut where a thought ends, or at a word, if it is longer than ``most``."""
    for mark in (";", ": ", ","):
        text = (
            text[: text.rfind(mark, 0, most)]
            if len(text) > most and text.rfind(mark, 0, most) > most // 3
            else text
        )
    return textwrap.shorten(text, most, placeholder=" ...").replace("$", r"\$")


def label(ds: xr.Dataset, name: str, width: int = 60) -> str:
    """Return a variable's meaning with its unit in brackets, in lines of about ``width``."""
    text = shortened(re.split("[;:] ", str(ds[name].attrs.get("long_name", name)))[0], 60)
    owner = path_of(ds, name).rpartition(".")[0].replace(".", " ").replace("_", " ")
    unit = unit_text(ds[name]).replace(" ", NBSP)
    return textwrap.fill(
        " ".join(filter(None, (owner, text, f"({unit})" if unit else ""))), width + 6 * unit.count("^")
    )


def amount(value: Any, unit: str = "") -> str:
    """Return a value as people read it."""
    text = value if isinstance(value, str) else "∞" if np.isposinf(value) else f"{value:.4g}"
    return f"{text} {unit}".rstrip().replace(" ", NBSP)
