"""``energymodels claims [NAME]``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from energymodels.cli.common import json_option, number, print_json, print_table
from energymodels.cli.target import Save, table_option


@click.command("claims")
@click.argument("name", required=False)
@click.option(
    "-f", "--file", "path", metavar="FILE", help="A TOML file of statements in place of the bundled ones."
)
@table_option
@json_option
def command(name: str | None, path: str | None, save: Save, as_json: bool) -> None:
    """Manufacturers' claims against physics: arithmetic, models with uncertainty bands, verdict.

    NAME shows one claim in full.

    The verdict is computed: consistent, needs unusual assumptions (which), inconsistent, or not enough
    published.
    """
    from energymodels.claims.evaluate import evaluated, tabled

    found = evaluated([name] if name else (), path, _say)
    save(lambda: tabled(found))
    if as_json:
        print_json(found)
    elif name:
        _show(found[0])
    else:
        _print(found)


def _print(found: list[dict[str, Any]]) -> None:
    from energymodels.claims.words import HEADER, row, verdict

    print_table([(*row(claim)[:-1], claim["verdict"]) for claim in found], HEADER)
    click.echo(
        "\nmodel: as given, and in brackets minimum and maximum over the ranges of unknown inputs, "
        "one at a time"
    )
    click.echo(
        "* an assumption went into it; energymodels claims NAME shows a statement in full, with its sources\n"
    )
    for claim in found:
        if verdict(claim) != claim["verdict"]:
            click.echo(f"{claim['name']}: {verdict(claim)}")


def _say(done: int, of: int, name: str) -> None:
    """Tell on standard error how far it is, on a terminal only: in place, and gone with the last."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{done + 1}/{of} {name}" if done + 1 < of else "\r\x1b[K", err=True, nl=False)


def _show(claim: dict[str, Any]) -> None:
    from energymodels.claims.words import verdict

    click.echo(f"{claim['subject']}: {claim['statement']}")
    click.echo(
        "; ".join(
            (f"{claim['by']}, {claim['date'] or 'date not known'}", claim["evidence"], claim["category"])
        )
    )
    click.echo(f"\nverdict: {verdict(claim)}\n")
    rows = [
        (name, _span(value), value["unit"], value["method"], _from(value))
        for name, value in claim["quantities"].items()
    ]
    _table("stated", rows, ("quantity", "value", "unit", "method", "source"))
    rows = [
        (one["quantity"], _span(one), one["unit"], one["relation"], _besides(one)) for one in claim["implied"]
    ]
    _table("implied", rows, ("quantity", "value", "unit", "by", ""))
    _lines("it contradicts itself", claim["contradictions"])
    _checks("models, as it stands", claim["checks"])
    for assumption in claim["assumptions"]:
        holds = "it holds" if assumption["holds"] else "it does not hold"
        _checks(f"assuming: {assumption['name']} ({assumption['why']}): {holds}", assumption["checks"])
        _lines("it contradicts itself still", assumption["contradictions"])
    _lines("conflicts of the sources", claim["conflicts"])
    _lines("not published", claim["missing"])
    _lines("sources", [f"{key}: {_source(source)}" for key, source in claim["sources"].items()])


def _table(title: str, rows: Sequence[tuple[str, ...]], header: tuple[str, ...]) -> None:
    if rows:
        click.echo(f"{title}:")
        print_table(rows, header)
        click.echo()


def _lines(title: str, texts: list[str]) -> None:
    if texts:
        click.echo("\n".join((f"{title}:", *(f"  {text}" for text in texts), "")))


def _checks(title: str, checks: list[dict[str, Any]]) -> None:
    rows = [
        (
            f"{check['name']} ({check['spec']})", check["output"], check["unit"],
            check["relation"].replace("_", " "),
            _span(check["claimed"]) if "claimed" in check else "-", number(check["model"].get("value")),
            *(number(check["model"].get(end)) for end in ("low", "high")), _met(check),
        )
        for check in checks
    ]  # fmt: skip
    _table(title, rows, ("check", "output", "unit", "is", "claimed", "model", "low", "high", "met"))
    _lines("notes", [f"{check['name']}: {check['note']}" for check in checks if check["note"]])


def _met(check: dict[str, Any]) -> str:
    if check["skipped"] or check["met"] is None:
        return check["reason"] or "shown only"
    if check["met_with"]:
        return f"with {' | '.join(check['met_with'])}"
    return ("yes" if check["met"] else "no") + (f" ({check['reason']})" if check["reason"] else "")


def _span(value: dict[str, Any]) -> str:
    text = number(float(value["value"]))
    return (
        f"{text} ({number(float(value['low']))} to {number(float(value['high']))})"
        if "low" in value
        else text
    )


def _from(value: dict[str, Any]) -> str:
    return "; ".join(value[key] for key in ("source", "via", "note") if key in value)


def _besides(one: dict[str, Any]) -> str:
    stated = f"stated: {number(one['stated'])}" if "stated" in one else ""
    return stated or ("with an assumption" if one.get("method") == "assumed" else "")


def _source(source: dict[str, Any]) -> str:
    return ", ".join(
        str(source[key])
        for key in ("authors", "title", "published_in", "year", "doi", "url")
        if key in source
    )
