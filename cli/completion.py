"""What the shell offers: specs, models, fields and their labels.

Nothing here may fail: what cannot be known offers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

if TYPE_CHECKING:
    from energymodels.core.spec import Spec

Items = list[CompletionItem]


class Bash(BashComplete):
    """Bash, which takes = for the end of a word, and would write a blank behind what is not finished, such as
    ``wafer.``.
    """

    source_template = BashComplete.source_template.replace(
        "COMPREPLY+=($value)", "COMPREPLY+=($value)\n            [[ $value == *[=.] ]] && compopt -o nospace"
    )

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return (words before, word to complete), with what bash took apart at = put together."""
        before, last = super().get_completion_args()
        words: list[str] = []
        for word in (*before, last):
            if words and (word.startswith("=") or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return an item as bash reads it: behind =, what follows only."""
        _, equals, value = item.value.partition("=")
        return f"{item.type},{value if equals and value else item.value}"


def register() -> None:
    """Let click use our bash."""
    add_completion_class(Bash, "bash")


def spec_or_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer bundled specs, models and files."""
    from energymodels.core.registry import MODELS
    from energymodels.core.spec import bundled

    found = [name for name in (*bundled(), *MODELS) if name.startswith(incomplete)]
    return _items(found) or [CompletionItem(incomplete, type="file")]


def assignment(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer ``path=`` for -p and -v, a level at a time, and behind = the labels of the field."""
    path, equals, value = incomplete.partition("=")
    *tied, last = path.split(",")
    lead = "".join(f"{part}," for part in tied)
    spec = _spec(ctx)
    if spec is None:
        return []
    fields = spec.fields
    if not equals:
        return _items(f"{lead}{part}" for part in _level(last, fields, "="))
    *before, word = value.split(",")
    labels = fields[last].labels if last in fields else ()
    return _items(
        f"{path}={''.join(f'{one},' for one in before)}{label}" for label in labels if label.startswith(word)
    )


def path_of_model(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer what ``describe`` shows a part of: fields, outputs, status."""
    from energymodels.core.registry import get_model

    spec = _spec(ctx)
    if spec is None:
        return []
    outputs = [output.name for output in get_model(spec.model).outputs]
    return _items(_level(incomplete, [*spec.fields, *outputs, "status"], ""))


def study(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the bundled studies."""
    from energymodels.studies import STUDIES

    return _items(name for name in STUDIES if name.startswith(incomplete))


def _spec(ctx: click.Context) -> Spec | None:
    """Return the spec that the words before name, None if there is none."""
    from energymodels.core.errors import InputError
    from energymodels.core.spec import load

    given: list[Any] = [
        ctx.params.get("spec"),
        ctx.params.get("model"),
        *(ctx.params.get("specs") or ()),
        *ctx.args,
    ]
    # behind an option that waits for its value, click leaves it in args
    named = next((name for name in given if name), None)
    try:
        spec = load(str(named)) if named else None
        return spec if spec is None or spec.fields else None
    except (InputError, OSError):
        return None


def _level(start: str, names: Iterable[str], end: str) -> list[str]:
    """Return the names that begin with ``start``, each to its next dot, or whole with ``end``."""
    found = []
    for name in names:
        if name.startswith(start):
            part, dot, _ = name[len(start) :].partition(".")
            found.append(f"{start}{part}{'.' if dot else end}")
    return list(dict.fromkeys(found))


def _items(words: Iterable[str]) -> Items:
    return [CompletionItem(word) for word in words]
