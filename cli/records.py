"""``energymodels records``"""

from __future__ import annotations

import sys
from typing import Any

import click

from energymodels.cli.common import json_option, print_json, print_table
from energymodels.cli.target import Save, table_option


@click.command("records")
@click.option(
    "--auger",
    default="both",
    metavar="MODEL",
    help="niewelt2022 (gated), richter2012, or both.  [default: both]",
)
@table_option
@json_option
def command(auger: str, save: Save, as_json: bool) -> None:
    """Compare the models with certified record cells; exit status 1 if a prediction misses V_oc by 4 mV or
    fill factor by 0.8.
    """
    from energymodels.pv.records import AUGER, audited, tabled

    entries = audited(AUGER if auger == "both" else (auger,))
    save(lambda: tabled(entries))
    if as_json:
        print_json(entries)
    else:
        _show(entries)
    if any(entry["passed"] is False for entry in entries):
        sys.exit(1)


FORMS = (("measured", ".2f"), ("modelled", ".2f"), ("residual", "+.2f"))
SHOWN = (
    ("v_oc", "V_oc (mV)", 1e3),
    ("j_sc", "J_sc (mA cm-2)", 1.0),
    ("fill_factor", "FF (%)", 1.0),
    ("efficiency", "eta (%)", 1.0),
)


def _show(entries: list[dict[str, Any]]) -> None:
    click.echo(
        "Certified cells: measured, modelled, residual; prediction from published inputs | fit of J0 and "
        "R_s | envelope only"
    )
    rows = [
        (_name(e), e["tier"], e["auger"], *_cells(e), f"{100.0 * e['limit']['fraction']:.1f}")
        for e in entries
    ]
    print_table(rows, ("record", "tier", "auger", *(title for _, title, _ in SHOWN), "% of limit"))
    click.echo(
        "* wafer data assumed where not published; % of limit: efficiency over that of the ideal cell of "
        "the same thickness\n"
    )

    click.echo("What would explain V_oc and fill factor, by SRH lifetime: J0 in fA cm-2, R_s in ohm cm2")
    audited = [e for e in entries if "audit" in e]
    names = ["tau inf" if a["tau"] == "inf" else f"tau {a['tau'] * 1e3:g} ms" for a in audited[0]["audit"]]
    print_table(
        [(_name(e), e["auger"], *map(_explained, e["audit"])) for e in audited], ("record", "auger", *names)
    )

    gates = [e for e in entries if e["passed"] is not None]
    if gates:
        limits = ", ".join(
            f"{title} {gates[0]['tolerance'][name] * scale:g}" for name, title, scale in SHOWN[:3:2]
        )
        kept = f"{sum(e['passed'] for e in gates)} of {len(gates)} predictions within the gate"
        click.echo(f"\n{kept} ({gates[0]['auger']}: {limits}; eta follows: certificate 0.4)")


def _name(entry: dict[str, Any]) -> str:
    return str(entry["record"]) + ("*" if entry["assumed"] else "")


def _cells(entry: dict[str, Any]) -> list[str]:
    """Return measured, modelled and residual of each quantity, as far as they are known."""
    cells = []
    for name, _, scale in SHOWN:
        parts = [
            f"{round(entry[kind][name] * scale, 2) + 0.0:{form}}"
            for kind, form in FORMS
            if name in entry[kind]
        ]
        cells.append(" ".join(parts) or "-")
    return cells


def _explained(audit: dict[str, Any]) -> str:
    if audit["j0"] is None:
        return "no J0 >= 0"
    return f"J0 {audit['j0']:.2f}, " + ("no R_s >= 0" if audit["r_s"] is None else f"R_s {audit['r_s']:.3f}")
