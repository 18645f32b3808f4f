"""``energymodels compare SPEC``"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from energymodels.cli.common import json_option, print_json, print_table, read_spec, spec_options
from energymodels.cli.target import Save, table_option

NO_REFERENCE = 4  # exit status


@click.command("compare")
@spec_options
@table_option
@json_option
def command(spec: str, changes: tuple[str, ...], backend: str, save: Save, as_json: bool) -> None:
    """Run SPEC by its model and by the model's reference backend.

    Exit status 1 if they differ by more than the tolerance, 4 if the reference did not converge.
    """
    from energymodels.core.table import rows
    from energymodels.report.compare import compare

    base = read_spec(spec, changes)
    found = compare(base, backend=backend)
    save(lambda: found)
    entries = rows(found, "output")
    if as_json:
        print_json(
            [
                {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in e.items()}
                for e in entries
            ]
        )
    else:
        lines = []
        for e in entries:
            rms = "-" if math.isnan(e["rms"]) else f"{e['rms']:.2e}"
            figures = (
                f"{e['ours']:.10g}",
                f"{e['reference']:.10g}",
                f"{e['deviation']:.2e}",
                rms,
                f"{e['tolerance']:.2e}",
            )
            lines.append((e["output"], *figures, e["unit"], _verdict(e)))
        print_table(lines, ("output", "ours", "reference", "deviation", "rms", "tolerance", "unit", ""))
        _setting(entries)
    lacking = [
        f"{e['output']} ({e['lacking']})" if e["lacking"] > 1 else e["output"]
        for e in entries
        if e["lacking"]
    ]
    if lacking:
        click.echo(
            f"error: the reference did not converge, no comparison is possible: {', '.join(lacking)}",
            err=True,
        )
    failed = next((e["failed"] for e in entries if e["failed"]), "")
    if failed:
        click.echo(f"error: the case failed: {failed}", err=True)
    if failed or any(e["past"] for e in entries):
        sys.exit(1)
    if lacking:
        sys.exit(NO_REFERENCE)


def _verdict(entry: Mapping[str, Any]) -> str:
    """Return notes on an entry that is not within its tolerance."""
    if entry["past"]:
        return "PAST TOLERANCE"
    return "NOT CONVERGED" if entry["lacking"] else ""


def _setting(entries: Sequence[Mapping[str, Any]]) -> None:
    """Say which mesh was compared, and show what the default makes of the scalars."""
    setting = next((e["setting"] for e in entries), "")
    if not setting:
        return
    path = setting.split("=")[0]
    click.echo(
        f"\nwith {setting}, as the reference has it; -p {path}=default compares the default instead, "
        f"which changes:\n"
    )
    changed = [e for e in entries if not math.isnan(e["change"])]
    lines = [
        (e["output"], f"{e['ours']:.10g}", f"{e['own']:.10g}", f"{e['change']:.2e}", e["unit"])
        for e in changed
    ]
    print_table(lines, ("output", setting, "default", "change", "unit"))
