"""``energymodels data [KEY]``"""

from __future__ import annotations

from typing import Any

import click

from energymodels.cli.common import number, print_table


@click.command("data")
@click.argument("key", required=False)
def command(key: str | None) -> None:
    """Show the data behind KEY (a table, a series, a record, a citation key) with sources; without KEY, list
    what there is.
    """
    from energymodels import datasets
    from energymodels.core.errors import Fault, InputError, closest, nearest

    keys, entries = datasets.keys(), dict(datasets.table("sources"))
    entries |= {record["key"]: record for record in datasets.table("pv/records")["record"]}
    if key is None:
        print_table(
            [(k, str(datasets.table(k).get("title", "")) or "citations") for k in keys], ("key", "title")
        )
        click.echo(f"\nand {len(entries)} single entries: citation keys and certified records")
    elif key in keys:
        _show(datasets.table(key), 0)
        if (datasets.ROOT / f"{key}.csv").is_file():
            click.echo()
            _show_series(key)
    elif key in entries:
        _show(entries[key], 0)
    else:
        hint = nearest(key, [*keys, *entries]) or f"{closest(key, keys)}; and {len(entries)} single entries"
        raise InputError(Fault(key, hint=f"unknown data key; {hint}"))


def _show(tree: dict[str, Any], depth: int) -> None:
    for name, value in tree.items():
        lead = "  " * depth
        if isinstance(value, dict) and "source" in value:
            click.echo(f"{lead}{name}: {_value(value)}")
        elif isinstance(value, dict):
            click.echo(f"{lead}{name}:")
            _show(value, depth + 1)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                click.echo(f"{lead}{name}:")
                _show(item, depth + 1)
        else:
            click.echo(f"{lead}{name}: {number(value)}")


def _value(entry: dict[str, Any]) -> str:
    """Return one sourced value on a line: value or range, unit, method, source."""
    text = number(entry["value"]) if "value" in entry else ""
    if "low" in entry:
        text += (
            f" ({number(entry['low'])} to {number(entry['high'])})"
            if text
            else f"{number(entry['low'])} to {number(entry['high'])}"
        )
    unit = f" {entry['unit']}" if entry.get("unit", "1") != "1" else ""
    rest = [str(entry[k]) for k in ("method", "confidence", "source", "place", "note") if k in entry]
    return f"{text}{unit} [{'; '.join(rest)}]".strip()


def _show_series(key: str) -> None:
    from energymodels import datasets

    found = datasets.series(key)
    header = [f"{name} ({found.units[name]})" for name in found.columns]
    rows = [tuple(f"{v:g}" for v in row) for row in zip(*found.columns.values(), strict=True)]
    print_table(rows, header)
