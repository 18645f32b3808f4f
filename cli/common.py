"""What the verbs share: options, reading PATH=VALUE, messages, tables."""

from __future__ import annotations

import itertools
import json
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from energymodels.cli.completion import assignment, spec_or_file
from energymodels.core.errors import Fault, InputError

if TYPE_CHECKING:
    from energymodels.core.spec import Spec

NARROW, READABLE = 8, 30  # characters: a column of text is not squeezed further, the last one not

F = TypeVar("F", bound=Callable[..., Any])


def spec_options(function: F) -> F:
    """Add SPEC, -p and -b to a command."""
    function = click.option(
        "-b", "--backend", default="", metavar="BACKEND", help="Compute with a reference backend instead."
    )(function)
    return spec_argument(set_option("Set a field, e.g. wafer.thickness=130um; repeatable.")(function))


def spec_argument(function: F) -> F:
    """Add SPEC to a command."""
    return click.argument("spec", shell_complete=spec_or_file)(function)


def set_option(text: str) -> Callable[[F], F]:
    """Return what adds -p to a command."""
    return click.option(
        "-p", "--set", "changes", multiple=True, metavar="PATH=VALUE", shell_complete=assignment, help=text
    )


def sets_option(function: F) -> F:
    """Add --sets to a command."""
    return click.option(
        "--sets", metavar="all|N",
        help="Add an axis of the published alternatives to the data in use: each once, or N random "
             "combinations of them.",
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
    from energymodels.core.spec import load, loads

    base = loads(_standard_input(), "-") if spec == "-" else load(spec)
    return base.replace(assignments(changes, "-p"))


def _standard_input() -> str:
    """Return the text on standard input; InputError if it is closed, too long or no text."""
    from energymodels.core.files import LARGEST, decoded

    if sys.stdin is None or sys.stdin.closed:
        raise InputError(Fault("-", hint="standard input is closed; give a file, or a spec's name"))
    try:
        return decoded(sys.stdin.buffer.read(LARGEST[".toml"] + 1), ".toml")
    except (OSError, ValueError) as error:
        raise InputError(Fault("-", hint=f"standard input cannot be read: {error}")) from error


def command_line() -> str:
    """Return the command line as it was given."""
    return shlex.join(["energymodels", *sys.argv[1:]])


def print_json(value: object) -> None:
    """Print JSON without NaN or infinity."""
    click.echo(json.dumps(value, indent=1, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Print rows in aligned columns, those of numbers to the right; on a terminal wrapped to its width, else
    a row is a line.
    """
    click.echo("\n".join(table_lines(rows, header, terminal_width())))


def terminal_width() -> int | None:
    """Return how many characters a line of the terminal has, None if standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


def print_text(text: str) -> None:
    """Print a line of text, on a terminal wrapped between words."""
    click.echo(textwrap.fill(text, terminal_width() or len(text) or 1))


def table_lines(rows: Sequence[Sequence[str]], header: Sequence[str], width: int | None) -> list[str]:
    """Return the lines of a table; with a ``width`` its texts are wrapped within their columns, or the last
    below the others.
    """
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    if width:
        widths = _fitted(rows, widths, width)
        if sum(widths) + 2 * (len(widths) - 1) > width:
            return [line for row in rows for line in _stacked(row, width)]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(header))]
    lines = []
    for row in [header, ["-" * w for w in widths], *rows]:
        parts = [_wrapped(cell, w) for cell, w in zip(row, widths, strict=True)]
        for pieces in itertools.zip_longest(*parts, fillvalue=""):
            cells = [p.rjust(w) if r else p.ljust(w) for p, w, r in zip(pieces, widths, right, strict=True)]
            lines.append("  ".join(cells).rstrip())
    return lines


def _wrapped(cell: str, width: int) -> list[str]:
    return [cell] if len(cell) <= width else textwrap.wrap(cell, width, break_on_hyphens=False)


def _fitted(rows: Sequence[Sequence[str]], widths: Sequence[int], width: int) -> list[int]:
    """Return the widths of columns that fit ``width`` if they can: step by step that one gives way that costs
    fewest lines.

    The first, which holds names, keeps its own, the others their longest word, the last what can be read.
    """
    found = list(widths)
    words = [
        max((len(word) for row in rows for word in row[i].split()), default=0) for i in range(len(widths))
    ]
    least = [widths[0], *(max(NARROW, word) for word in words[1:-1]), max(READABLE, words[-1])]

    def lines(i: int) -> int:
        tried = [w - (j == i) for j, w in enumerate(found)]
        return sum(
            max(-(-len(cell) // max(w, 1)) for cell, w in zip(row, tried, strict=True)) for row in rows
        )

    while sum(found) + 2 * (len(found) - 1) > width:
        free = [i for i in range(len(found)) if found[i] > least[i]]
        if not free:
            break
        found[min(free, key=lines)] -= 1
    return found


def _stacked(row: Sequence[str], width: int) -> list[str]:
    """Return a row on lines of its own: its last text, indented, below the others."""
    head = "  ".join(cell for cell in row[:-1] if cell)
    return [
        *textwrap.wrap(head, width, subsequent_indent="  "),
        *textwrap.wrap(row[-1], width, initial_indent="    ", subsequent_indent="    "),
    ]


def _is_number(text: str) -> bool:
    try:
        float(text.replace("+-", "")) if text not in ("", "-") else 0.0
    except ValueError:
        return False
    return True


def number(value: Any) -> str:
    """Return a number as people read it."""
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
