"""Bundled studies: a sweep, a file and a figure each.

A study is a module with ``TITLE``, ``FILES`` and ``run``; a new one is a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from energymodels.core.errors import unknown

_FILES = {
    "charge-rate": "charge_rate.study",
    "claims": "claims",
    "frontier": "frontier.study",
    "must-be-true": "must_be_true.study",
    "operating-conditions": "operating_conditions",
    "p-vs-n": "p_vs_n",
    "polysilicon": "polysilicon",
}
STUDIES = tuple(_FILES)


class Study(Protocol):
    """What a study module offers."""

    TITLE: str
    FILES: tuple[str, ...]  # what it writes; one is a figure

    def run(self, folder: Path, say: Callable[[str], object]) -> list[Path]:
        """Write the study's files to ``folder``, tell results through ``say``, return the files."""


def study(name: str, folder: str | Path = "results", say: Callable[[str], object] = print) -> list[Path]:
    """Run a bundled study.

    Parameters
    ----------
    name : str
        One of ``energymodels.studies.STUDIES``.
    folder : str or Path, optional
        Folder for the study's files; ``results`` by default.
    say : callable, optional
        Called with each line of results; ``print`` by default.

    Returns
    -------
    list of Path
        The files written, one of them a figure.

    Raises
    ------
    InputError
        An unknown study.

    Examples
    --------
    >>> import energymodels as em
    >>> em.study("p-vs-m")
    Traceback (most recent call last):
    ...
    energymodels.core.errors.InputError: p-vs-m: unknown study; did you mean p-vs-n?
    """
    return get_study(name).run(Path(folder), say)


def get_study(name: str) -> Study:
    """Return the module of a bundled study.

    Parameters
    ----------
    name : str
        One of ``STUDIES``.

    Returns
    -------
    Study
        A module with ``TITLE``, ``FILES`` and ``run``.

    Raises
    ------
    InputError
        An unknown study.

    Examples
    --------
    >>> from energymodels.studies import get_study
    >>> "p-vs-n.png" in get_study("p-vs-n").FILES
    True
    """
    if name not in _FILES:
        raise unknown("study", name, STUDIES)
    return cast(Study, import_module(f"energymodels.studies.{_FILES[name]}"))
