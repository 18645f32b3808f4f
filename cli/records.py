"""``energymodels records``"""

from __future__ import annotations

import sys
from typing import Any

import click

from energymodels.cli.common import json_option, print_json, print_table


@click.command("records")
@click.option("--auger", default="both", metavar="MODEL", help="niewelt2022 (gated), richter2012, or both.  [default: both]")
@json_option
def command(auger: str, as_json: bool) -> None:
    """Hold the physics against the certified records; exit status 1 if a prediction misses V_oc by 4 mV or fill factor by 0.8."""
    from energymodels.audit import AUGER, records

    entries = records(AUGER if auger == "both" else (auger,))
    if as_json:
        print_json(entries)
    else:
        _show(entries)
    if any(entry["passed"] is False for entry in entries):
        sys.exit(1)


def _show(entries: list[dict[str, Any]]) -> None:
    click.echo("Predictions from published inputs (current imposed; V_oc and fill factor gated for niewelt2022)")
    rows = []
    for e in (e for e in entries if e["tier"] == "prediction"):
        for name, scale, unit in (
            ("v_oc", 1e3, "mV"),
            ("j_sc", 1.0, "mA cm-2"),
            ("fill_factor", 1.0, "%"),
            ("efficiency", 1.0, "%"),
        ):
            if name in e["residual"]:
                tolerance = f"{e['tolerance'][name] * scale:g}" if name in e["tolerance"] else "-"
                numbers = [f"{x * scale:.2f}" for x in (e["measured"][name], e["modelled"][name])]
                rows.append(
                    (e["record"], e["auger"], f"{name} ({unit})", *numbers, f"{e['residual'][name] * scale:+.2f}", tolerance)
                )
    print_table(rows, ("record", "auger", "quantity", "measured", "modelled", "residual", "tolerance"))
    gates = [e for e in entries if e["passed"] is not None]
    click.echo(f"{sum(e['passed'] for e in gates)} of {len(gates)} gated predictions within tolerance\n")

    click.echo(
        "What would explain V_oc and fill factor (a fit: J0 in fA cm-2, R_s in ohm cm2, by SRH lifetime); * wafer data assumed"
    )
    rows = []
    for e in (e for e in entries if "audit" in e):
        cells = [_explained(a) for a in e["audit"]]
        rows.append((e["record"] + ("*" if e["assumed"] else ""), e["auger"], *cells, f"{100.0 * e['limit']['fraction']:.1f}"))
    lifetimes = next(e["audit"] for e in entries if "audit" in e)
    names = ["tau inf" if a["tau"] is None else f"tau {a['tau'] * 1e3:g} ms" for a in lifetimes]
    print_table(rows, ("record", "auger", *names, "% of limit"))

    click.echo("\nEnvelope only (no V_oc or fill factor published): efficiency and its share of the limit at the wafer's thickness")
    rows = [
        (
            e["record"] + ("*" if e["assumed"] else ""),
            e["auger"],
            f"{e['measured']['efficiency']:.2f}",
            f"{100.0 * e['limit']['fraction']:.1f}",
        )
        for e in entries
        if e["tier"] == "envelope"
    ]
    print_table(rows, ("record", "auger", "efficiency (%)", "% of limit"))


def _explained(audit: dict[str, Any]) -> str:
    if audit["j0"] is None:
        return "no J0 >= 0"
    return f"J0 {audit['j0']:.2f}, " + ("no R_s >= 0" if audit["r_s"] is None else f"R_s {audit['r_s']:.3f}")
