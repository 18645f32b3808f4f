"""Figures on disk that say what drew them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 100_000_000  # bytes of a figure of ours
# suffix -> (where its format keeps a description, what would be the date)
KEYS = {".png": ("Description", ""), ".svg": ("Description", "Date"), ".pdf": ("Subject", "CreationDate")}


def save(figure: Figure, path: Path, verb: str, dpi: float) -> Path:
    """Write a figure in the format of the suffix, without a date; it says that ``energymodels <verb>`` drew
    it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    description, date = KEYS[path.suffix.lower()]
    figure.savefig(
        path, dpi=dpi, metadata={description: f"energymodels {verb}"} | ({date: None} if date else {})
    )
    return path


def is_drawn_by(path: Path, verb: str) -> bool:
    """Return whether a file is a figure that ``energymodels <verb>`` drew."""
    return (
        path.suffix.lower() in KEYS
        and path.is_file()
        and path.stat().st_size <= LARGEST
        and f"energymodels {verb}".encode() in path.read_bytes()
    )
