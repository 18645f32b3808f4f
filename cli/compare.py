"""``energymodels compare SPEC``"""

from __future__ import annotations

import math
import sys

import click

from energymodels.cli.common import json_option, print_json, print_table, read_spec, spec_options


@click.command("compare")
@spec_options
@json_option
def command(spec: str, changes: tuple[str, ...], backend: str, as_json: bool) -> None:
    """Run SPEC by its model and by the model's reference backend; exit status 1 if they differ by more than the tolerance."""
    from energymodels.comparison import compare

    base = read_spec(spec, changes)
    entries = compare(base, backend=backend)
    if as_json:
        print_json([{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in e.items()} for e in entries])
    else:
        rows = []
        for e in entries:
            rms = "-" if e["rms"] is None else f"{e['rms']:.2e}"
            figures = (f"{e['ours']:.10g}", f"{e['reference']:.10g}", f"{e['deviation']:.2e}", rms, f"{e['tolerance']:.2e}")
            rows.append((e["output"], *figures, e["unit"], "" if e["within"] else "PAST TOLERANCE"))
        print_table(rows, ("output", "ours", "reference", "deviation", "rms", "tolerance", "unit", ""))
    if not all(e["within"] for e in entries):
        sys.exit(1)
