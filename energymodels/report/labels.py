"""Words for figures: what a variable of a result is called, in typography people read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Hashable
from typing import Any

import numpy as np
import xarray as xr

from energymodels.core.errors import plain

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"um": "µm", "us": "µs", "uV": "µV", "uA": "µA", "ohm": "Ω", "percent": "%", "degC": "°C", "1": ""}
# word of a name -> symbol of a quantity; the words behind it are its index
QUANTITIES = {"v": "V", "j": "J", "i": "I", "p": "P", "j0": "J_0", "tau": r"\tau"}
WRITTEN = {"soc": "SOC", "sei": "SEI", "c rate": "C-rate"}


def path_of(ds: xr.Dataset, name: str) -> str:
    """Return the field path behind a coordinate, or the name itself."""
    return str(ds[name].attrs.get("field", name)) if name in ds.variables else name


def dims_of(ds: xr.Dataset, *names: str | None) -> set[Hashable]:
    """Return the dimensions of the variables named."""
    return {d for name in names if name for d in ds[name].dims}


def unique(array: xr.DataArray) -> list[Any]:
    """Return the values of a variable once each: labels in their order, numbers ascending without NaN."""
    if array.dtype.kind in "UO":
        return list(dict.fromkeys(array.values.flat))
    return [v for v in np.unique(array.values).tolist() if v == v]


def unit_text(array: xr.DataArray) -> str:
    """Return the unit of a variable as it is printed; empty for a pure number or a label."""
    parts = []
    for word in re.split(r"[ .]+", str(array.attrs.get("units", ""))):
        match = re.fullmatch(r"(\D+?)(-?\d+)", word)
        symbol, power = match.groups() if match else (word, "")
        parts.append(escaped(SYMBOLS.get(symbol, symbol)) + (f"$^{{{power}}}$" if power else ""))
    return " ".join(part for part in parts if part)


def shortened(text: str, most: int) -> str:
    """Return ``text`` cut where a thought ends, or at a word, if it is longer than ``most``."""
    for mark in (";", ": ", ","):
        end = text.rfind(mark, 0, most)
        if len(text) > most and end > most // 3:
            text = text[:end]
    return escaped(textwrap.shorten(text, most, placeholder=" ..."))


def short_name(ds: xr.Dataset, name: str) -> str:
    """Return the name of a variable in words: ``wafer thickness``, symbols of quantities set as such."""
    return " ".join(map(_worded, path_of(ds, name).split(".")))


def _worded(part: str) -> str:
    """Return one part of a path in words; one with a capital, Fe_i, or with signs is a name already."""
    if part != part.lower() or not re.fullmatch(r"\w*", part):
        return escaped(part)
    words = part.split("_")
    place = next((i for i, word in enumerate(words) if word in QUANTITIES), None)
    tail = ""
    if place is not None:
        index = ",".join(words[place + 1 :])
        symbol = QUANTITIES[words[place]]
        tail = f"${symbol}_{{\\mathrm{{{index}}}}}$" if index and "_" not in symbol else f"${symbol}$"
        words = words[:place] + ([] if "_" not in symbol else words[place + 1 :])
    text = " ".join(words)
    for word, written in WRITTEN.items():
        text = re.sub(rf"\b{word}\b", written, text)
    return f"{tail} {text}".strip() if place == 0 else f"{text} {tail}".strip()


def label(ds: xr.Dataset, *names: str, width: int = 60) -> str:
    """Return the short names of variables of one unit with the unit in brackets, in lines of about
    ``width``.
    """
    unit = unit_text(ds[names[0]]).replace(" ", NBSP)
    text = ", ".join(short_name(ds, name).replace(" ", NBSP if len(names) > 1 else " ") for name in names)
    unseen = sum(len(mark) for mark in re.findall(r"\\mathrm|[${}^_]", text + unit))
    return textwrap.fill(f"{text} ({unit})" if unit else text, width + unseen, break_long_words=False)


def escaped(text: str) -> str:
    """Return a text in which a dollar is a dollar, not the begin of a formula, and that a font can show."""
    return plain(text).replace("$", r"\$")


def amount(value: Any, unit: str = "") -> str:
    """Return a value as people read it."""
    if isinstance(value, str):
        return f"{escaped(value)} {unit}".rstrip().replace(" ", NBSP)
    text = "∞" if np.isposinf(value) else f"{value:.4g}"
    return f"{text} {unit}".rstrip().replace(" ", NBSP)
