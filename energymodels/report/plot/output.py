"""Where a figure goes: its format, its file, its size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from energymodels.core.errors import Fault, InputError
from energymodels.report import figures

SUFFIXES = (".png", ".svg", ".pdf")
WIDTH, DPI = 8.0, 150  # inches and pixels per inch: 1200 pixels
LONGEST = 80  # characters of a name made of several


def check_suffix(path: str | Path) -> Path:
    """Return ``path``; InputError if figures cannot be written in its format."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise InputError(Fault("figure", str(path), hint=f"figures are written as {', '.join(SUFFIXES)}"))
    return Path(path)


def default_target(paths: Sequence[str]) -> Path:
    """Return where the figure of some results goes, beside the first: ``a.png``, of several ``a-b.png``.

    InputError if that would be a long name.
    """
    name = "-".join(Path(path).stem for path in paths)
    if len(paths) > 1 and len(name) > LONGEST:
        raise InputError(Fault("output", hint=f"name the figure of {len(paths)} files with -o"))
    if not Path(paths[0]).name:
        raise InputError(Fault("FILE", paths[0], hint="is the name of no file"))
    return Path(paths[0]).with_name(name + ".png")


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure in the format of the suffix, without a date, and return its path."""
    return figures.save(figure, check_suffix(path), "plot", DPI)
