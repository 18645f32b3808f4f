"""What the verbs share: options, reading PATH=VALUE, messages, tables."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from energymodels.errors import Fault, InputError

if TYPE_CHECKING:
    from energymodels.spec import Spec

F = TypeVar("F", bound=Callable[..., Any])


def spec_options(function: F) -> F:
    """Add SPEC, -p and -b to a command."""
    function = click.option("-b", "--backend", default="", metavar="BACKEND", help="Compute with a reference backend instead.")(
        function
    )
    function = click.option(
        "-p", "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Set a field, e.g. wafer.thickness=130um; repeatable."
    )(function)
    return click.argument("spec")(function)


def sets_option(function: F) -> F:
    """Add --sets to a command."""
    return click.option(
        "--sets", metavar="all|N",
        help="Add an axis of the published alternatives to the data in use: each once, or N random combinations of them.",
    )(function)  # fmt: skip


def json_option(function: F) -> F:
    """Add --json to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def assignments(pairs: Sequence[str], option: str) -> dict[str, str]:
    """Return {path: value} from PATH=VALUE words; a later word for the same path wins."""
    found: dict[str, str] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip() or not value.strip():
            raise InputError(Fault(f"{option} {pair}", hint="write PATH=VALUE"))
        if option == "-v" and path.strip() in found:
            raise InputError(Fault(path.strip(), hint="swept twice"))
        found[path.strip()] = value.strip()
    return found


def read_spec(spec: str, changes: Sequence[str]) -> Spec:
    """Return the spec named on the command line, with its changes; ``-`` reads TOML from standard input."""
    from energymodels.spec import load, loads

    base = loads(sys.stdin.read(), "-") if spec == "-" else load(spec)
    return base.replace(assignments(changes, "-p"))


def command_line() -> str:
    """Return the command line as it was given."""
    return shlex.join(["energymodels", *sys.argv[1:]])


def print_json(value: object) -> None:
    """Print JSON without NaN or infinity."""
    click.echo(json.dumps(value, indent=1, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Print rows in aligned columns; columns of numbers are aligned to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(header))]
    for row in [header, ["-" * w for w in widths], *rows]:
        cells = [cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _is_number(text: str) -> bool:
    try:
        float(text.replace("+-", "")) if text not in ("", "-") else 0.0
    except ValueError:
        return False
    return True


def number(value: Any) -> str:
    """Return a number as people read it."""
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
