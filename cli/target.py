"""Where output goes: tried before the work, and nothing foreign is overwritten."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from energymodels.cli.common import command_line
from energymodels.core.errors import Fault, InputError
from energymodels.core.stores.places import is_url, place

if TYPE_CHECKING:
    from xarray import Dataset

F = TypeVar("F", bound=Callable[..., object])
Save: TypeAlias = "Callable[[Callable[[], Dataset]], None]"  # of a table, by what makes it
# on what is computed: option -> its words
WITHOUT_EFFECT = {
    "--force": 0, "--json": 0, "--quiet": 0, "--resume": 0, "--threads": 1, "--workers": 1, "--cluster": 1,
    "--scheduler-file": 1, "--chunk": 1, "-o": 1, "--output": 1,
}  # fmt: skip


def force_option(function: F) -> F:
    """Add --force to a command."""
    return click.option(
        "--force", is_flag=True, help="Overwrite a file that is not a result of this very command."
    )(function)


def table_option(function: Callable[..., None]) -> Callable[..., None]:
    """Add -o and --force to a command whose result is a table: its argument ``save`` writes the Dataset that
    it is given the making of, if -o names a file, which was tried before the command began.
    """

    @wraps(function)
    def command(*, output: str | None, force: bool, **options: object) -> None:
        if output:
            result_target(output, force)
        function(save=partial(_save, output), **options)

    option = click.option("-o", "--output", metavar="FILE", help="Write the table (.nc, .zarr, .csv).")
    return option(force_option(command))


def _save(path: str | None, make: Callable[[], Dataset]) -> None:
    """Write a table as a result of this command."""
    if path is None:
        return
    from energymodels.core.dataset import origin
    from energymodels.core.store import write

    write(make().assign_attrs(history=origin(command_line())["history"]), path)


def result_target(path: str, force: bool) -> Path:
    """Return the path of a result; InputError if it cannot be written, or holds anything but a result of the
    same command.
    """
    from energymodels.core.store import check_suffix

    target = check_suffix(path)
    _try(target, folder=target.suffix == ".zarr")
    if target.exists() and not force:
        _own(target)
    return target


def _own(target: str | Path) -> None:
    """InputError if what is there is anything but a result of this very command."""
    from energymodels.core.store import written_by

    by = written_by(target)
    if _essence(_split(by)) != _essence(shlex.split(command_line())):
        what = f"is a result of another command: {by}" if by else "is not a result of this command"
        raise _foreign(target, what)


def store_target(path: str, force: bool) -> None:
    """InputError if a store cannot be written, or something is there that nobody means to lose.

    A sweep that is not done is gone on with, or given up by --force; a folder that is no store is never
    removed.
    """
    from energymodels.core.stores.stream import begun, foreign_entries

    if not is_url(path):
        target = Path(path)
        _try(target, folder=True)
        if target.is_dir() and any(target.iterdir()) and not (target / "zarr.json").is_file():
            raise InputError(Fault("output", path, hint="is a folder that is no Zarr store; it stays"))
        if target.is_file() and not force:
            raise _foreign(target, "is not a result of this command")
        if target.is_dir() and (found := foreign_entries(target)):
            raise InputError(
                Fault("output", path, hint=f"holds what is no part of the store: {', '.join(found)}")
            )
    elif path.startswith("memory:"):
        raise InputError(Fault("output", path, hint="a store in memory is gone when this command ends"))
    elif not path.endswith(".zarr"):
        raise InputError(Fault("output", path, hint="a store at a URL ends in .zarr"))
    if begun(path) and not force:
        hint = "holds a sweep that is not done: --resume goes on with it, --force gives it up"
        raise InputError(Fault("output", path, hint=hint))
    if not force and (place(path).get("zarr.json") is not None or Path(path).exists()):
        _own(path)


def figure_target(path: str, verb: str, force: bool) -> Path:
    """Return the path of a figure; InputError if it cannot be written, or is there and not drawn by the same
    verb.
    """
    from energymodels.report.figures import is_drawn_by

    target = Path(path)
    _try(target)
    if target.exists() and not force and not is_drawn_by(target, verb):
        raise _foreign(target, f"is not a figure by energymodels {verb}")
    return target


def study_targets(folder: str, names: Iterable[str], verb: str, force: bool) -> None:
    """InputError if a study's files cannot be written to a folder, or there are others by these names.

    Files of one study belong together: the figure says whose they are.
    """
    from energymodels.report.figures import is_drawn_by

    targets = [Path(folder) / name for name in names]
    for target in targets:
        _try(target)
    there = [target for target in targets if target.exists()]
    if there and not force and not any(is_drawn_by(target, verb) for target in there):
        raise _foreign(there[0], f"is not of energymodels {verb}")


def _split(command: str) -> list[str]:
    """Return the words of a command that a file says it is from, as one word if it is none."""
    try:
        return shlex.split(command)
    except ValueError:
        return [command]


def _foreign(target: str | Path, what: str) -> InputError:
    return InputError(Fault("output", str(target), hint=f"exists and {what}; --force overwrites it"))


def _essence(words: Sequence[str]) -> list[str]:
    """Return the words of a command without the options that do not change what is computed."""
    found: list[str] = []
    skip = 0
    for word in words:
        option = word.partition("=")[0]
        if skip:
            skip -= 1
        elif option in WITHOUT_EFFECT:
            skip = WITHOUT_EFFECT[option] if option == word else 0
        else:
            found.append(word)
    return found


def _try(target: Path, *, folder: bool = False) -> None:
    """InputError if ``target`` cannot be written; nothing is left behind.

    A ``folder`` may stand in its place.
    """
    if target.is_dir() and not folder:
        raise InputError(Fault("output", str(target), hint="is a folder"))
    place = next(parent for parent in target.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise InputError(
            Fault("output", str(target), hint=f"cannot write to {place}: {error.strerror}")
        ) from error
