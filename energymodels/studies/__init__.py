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
    """Run a study: write its files to ``folder``, tell results through ``say``, return the files."""
    return get_study(name).run(Path(folder), say)


def get_study(name: str) -> Study:
    """Return a study by name; unknown names get the closest valid one."""
    if name not in _FILES:
        raise unknown("study", name, STUDIES)
    return cast(Study, import_module(f"energymodels.studies.{_FILES[name]}"))
