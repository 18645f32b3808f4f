"""``energymodels metal-budget SPEC --element Fe,Cr``"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from energymodels.cli.common import (
    json_option,
    number,
    print_json,
    print_table,
    read_spec,
    set_option,
    sets_option,
)
from energymodels.cli.completion import spec_or_file
from energymodels.core.errors import Fault, InputError

if TYPE_CHECKING:
    from xarray import Dataset


@click.command("metal-budget")
@click.argument("specs", metavar="SPEC", nargs=-1, required=True, shell_complete=spec_or_file)
@set_option("Set a field in every SPEC; repeatable.")
@click.option("--element", "elements", required=True, metavar="NAMES", help="Metals, e.g. Fe,Cr,Co.")
@click.option(
    "--loss",
    "losses",
    default="0.1,0.5,1",
    show_default=True,
    metavar="NUMBERS",
    help="Efficiency losses, % absolute.",
)
@click.option(
    "--type",
    "types",
    default="",
    metavar="p,n",
    help="Base types; the spec's own and then the other by default.",
)
@sets_option
@json_option
def command(
    specs: tuple[str, ...],
    changes: tuple[str, ...],
    elements: str,
    losses: str,
    types: str,
    sets: str | None,
    as_json: bool,
) -> None:
    """Metal budget: metal concentrations in the wafer of SPEC, before gettering and in the feedstock that
    cause a given efficiency loss.
    """
    from energymodels.pv.metals.budget import metal_budget

    found = metal_budget(
        [read_spec(spec, changes) for spec in specs], _words(elements), _numbers(losses), _words(types), sets
    )
    if as_json:
        print_json(_tree(found))
    else:
        _print(found)
    for remark in str(found.attrs["comment"]).split("; "):
        if remark:
            click.echo(f"note: {remark}", err=True)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in _words(text)]
    except ValueError:
        raise InputError(Fault("--loss", text, "numbers above 0 to 100", "percent")) from None


def _value(found: Dataset, name: str, **place: int) -> float | None:
    value = float(found[name].isel(place))
    return None if math.isnan(value) else value


def _finite(value: float | None) -> float | None:
    """Return null for JSON where some published set never reaches the loss."""
    return value if value is not None and math.isfinite(value) else None


def _unbounded(found: Dataset, **place: int) -> dict[str, list[str]]:
    """Return which amounts some published set never reaches, with sets only."""
    names = _names(found)
    return (
        {"unbounded": [n for n in names if (_value(found, n, **place) or 0.0) == math.inf]}
        if "feed_high" in names
        else {}
    )


def _names(found: Dataset) -> list[str]:
    return [str(name) for name in found.data_vars if name not in ("reason", "efficiency")]


def _tree(found: Dataset) -> dict[str, Any]:
    reasons = str(found.reason.attrs["flag_meanings"]).split()
    cells = []
    for i in range(found.sizes["cell"]):
        entry: dict[str, Any] = {c: str(found[c].values[i]) for c in ("spec", "type", "dopant")}
        entry |= {"efficiency": _value(found, "efficiency", cell=i), "elements": {}}
        for k, element in enumerate(found.element.values):
            entry["elements"][str(element)] = {
                f"{loss:g}": {
                    name: _finite(_value(found, name, cell=i, element=k, loss=m)) for name in _names(found)
                }
                | {
                    "reason": reasons[int(found.reason[i, k, m])],
                    **_unbounded(found, cell=i, element=k, loss=m),
                }
                for m, loss in enumerate(found.loss.values)
            }
        cells.append(entry)
    units = {name: str(found[name].attrs["units"]) for name in [*_names(found), "efficiency", "loss"]}
    return {"units": units, "cells": cells}


def _print(found: Dataset) -> None:
    names = _names(found)
    rows = []
    reasons = str(found.reason.attrs["flag_meanings"]).split()
    for i in range(found.sizes["cell"]):
        head = (str(found.spec.values[i]), f"{found.type.values[i]} ({found.dopant.values[i]})")
        for k, element in enumerate(found.element.values):
            for m, loss in enumerate(found.loss.values):
                cells = [_short(_value(found, name, cell=i, element=k, loss=m)) for name in names]
                why = int(found.reason[i, k, m])
                rows.append(
                    (
                        *head,
                        str(element),
                        number(float(loss)),
                        *cells,
                        reasons[why].replace("_", " ") if why else "",
                    )
                )
    header = [f"{name} ({found[name].attrs['units']})" for name in names]
    print_table(rows, ("spec", "base", "metal", "loss (%)", *header, "remark"))
    click.echo(
        "\nloss: percent absolute; wafer: concentration in the finished wafer; feed: at the position in the "
        "crystal that the spec has"
    )


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return "unbounded" if math.isinf(value) else f"{value:.3g}"
