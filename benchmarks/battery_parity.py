"""Hold the battery models on PyBaMM's mesh against PyBaMM, set by set: run ``python
benchmarks/battery_parity.py -o FILE.csv``.

PyBaMM is IDAKLU at relative and absolute tolerance 1e-8. A row is written as soon as it is known; started
again with the same file the run goes on where it stopped, and rows of other versions are done anew. PyBaMM's
solutions stay in a folder beside the file.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import energymodels as em
from energymodels.backends.pybamm.quiet import pybamm
from energymodels.core.errors import InputError
from energymodels.core.model import Array
from energymodels.kernels import status

if __package__:  # asv looks into every module of this folder
    from benchmarks.battery_peer import Case, Curve, kept
else:
    from battery_peer import Case, Curve, kept

SETS = (
    "Chen2020", "Marquis2019", "Prada2013", "Ecker2015", "Mohtat2020", "Ai2020", "OKane2022", "NCA_Kim2011",
    "Ramadass2004",
    "lfp-18650", "ORegan2022",
)  # fmt: skip
UNGATED = ("ORegan2022",)  # converges poorly on PyBaMM's mesh
MODELS = ("spm", "spme", "dfn")
RATES = (0.1, 1.0, 2.0, 4.0)
DIRECTIONS = ("discharge", "charge")

RMS = 0.5  # mV
LARGEST = 1.0  # mV, where the voltage is
FLAT = 5e-4  # V s-1; elsewhere that, and the slope times
SHIFT = 2e-4  # of the duration
CAPACITY = 0.02  # %
REACHED = 0.05  # of the nominal capacity, by PyBaMM
START, END = 0.05, 0.95  # of the duration: what is told apart

COLUMNS = (
    "parameters", "model", "direction", "rate", "gated", "verdict", "rms_mV", "max_mV", "capacity_%",
    "worst_at", "start_mV",
    "middle_mV", "end_mV", "default_rms_mV", "default_max_mV", "default_capacity_%", "pybamm_capacity",
    "of_nominal",
    "least_electrolyte", "pybamm_end", "our_end", "tolerance", "pybamm", "sources",
)  # fmt: skip
Row = dict[str, Any]


def digest() -> str:
    """Return what tells one state of the battery sources from another."""
    package = Path(em.__file__).parent
    root = package if (package / "kernels").is_dir() else package.parent
    files = sorted(
        [
            *(root / "kernels").rglob("*.py"),
            *(package / "battery").rglob("*.py"),
            *(root / "datasets/battery").glob("*"),
        ]
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def ours(case: Case, curve: Curve, tolerance: float) -> tuple[Array, float, str]:
    """Return (voltage in V at the times of ``curve``, capacity in A h, how it ended) of our model on PyBaMM's
    mesh.
    """
    values = {
        "parameters": case.parameters,
        "protocol": f"{case.direction.capitalize()} at {case.rate:g}C",
        "initial_soc": case.soc,
        "temperature": 25.0,
        "mesh": "pybamm",
        "tolerance": tolerance,
        "series.points": max(curve.time.size, 2),
        "series.end": curve.time[-1] if curve.time.size else 1.0,
    }
    found = em.run({"model": f"battery.{case.model}"}, values)
    word = status.MEANINGS[int(found.status)]
    return found.voltage.values, float(found.capacity), word


def deviation(curve: Curve, voltage: Array, capacity: float) -> Row:
    """Return rms, largest and capacity deviation (mV, mV, %), where the largest lies, and the mean at start,
    middle and end.
    """
    blank = dict.fromkeys(
        ("rms_mV", "max_mV", "capacity_%", "worst_at", "start_mV", "middle_mV", "end_mV"), float("nan")
    )
    both = np.isfinite(voltage)
    if not curve.time.size or not both.any():
        return blank
    part = curve.time / curve.time[-1]
    off = np.where(both, voltage - curve.voltage, np.nan) * 1e3
    slope = np.abs(np.gradient(curve.voltage, curve.time))
    beyond = np.abs(off) - np.where(slope < FLAT, 0.0, slope * SHIFT * curve.time[-1] * 1e3)
    worst = int(np.nanargmax(beyond))
    start, end = part <= START, part >= END
    means = [
        float(np.mean(off[both & some])) if (both & some).any() else float("nan")
        for some in (start, ~start & ~end, end)
    ]
    return {
        "rms_mV": float(np.sqrt(np.nanmean(off**2))),
        "max_mV": float(beyond[worst]),
        "capacity_%": 100.0 * (capacity / curve.capacity - 1.0),
        "worst_at": float(part[worst]),
        "start_mV": means[0],
        "middle_mV": means[1],
        "end_mV": means[2],
    }


def within(row: Row) -> bool:
    """Return whether a row meets every limit; NaN does not."""
    return bool(row["rms_mV"] <= RMS and row["max_mV"] <= LARGEST and abs(row["capacity_%"]) <= CAPACITY)


def compare(case: Case, folder: Path, tolerance: float, sources: str) -> Row:
    """Return the row of a case."""
    curve = kept(case, folder)
    row: Row = {
        "parameters": case.parameters,
        "model": case.model,
        "direction": case.direction,
        "rate": case.rate,
    }
    try:
        tight = ours(case, curve, tolerance)
        usual = ours(case, curve, 1e-4)
    except InputError as error:
        nothing = np.full(curve.time.size, np.nan)
        tight = usual = nothing, float("nan"), f"refused: {' '.join(str(error).split())[:200]}"
    row |= deviation(curve, *tight[:2])
    row |= {
        f"default_{name}": value
        for name, value in deviation(curve, *usual[:2]).items()
        if f"default_{name}" in COLUMNS
    }
    gated = case.parameters not in UNGATED and curve.capacity >= REACHED * curve.nominal
    missed = "BEYOND" if curve.time.size else "PyBaMM fails"
    verdict = "within" if within(row) else missed
    return row | {
        "gated": int(gated), "verdict": verdict, "pybamm_capacity": curve.capacity,
        "of_nominal": curve.capacity / curve.nominal,
        "least_electrolyte": curve.least_electrolyte, "pybamm_end": curve.ended, "our_end": tight[2],
        "tolerance": tolerance,
        "pybamm": pybamm.__version__, "sources": sources,
    }  # fmt: skip


def key(row: Row) -> tuple[str, ...]:
    """Return what makes two rows the same: case, tolerance and versions."""
    names = ("parameters", "model", "direction", "rate", "tolerance", "pybamm", "sources")
    return tuple(
        f"{float(row[name]):g}" if name in ("rate", "tolerance") else str(row[name]) for name in names
    )


def read(path: Path) -> list[Row]:
    """Return the rows of a file, their numbers as numbers; none if there is no such file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if None not in row.values()]
    return [{name: _number(value) for name, value in row.items()} for row in rows]


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def run(cases: list[Case], path: Path, tolerance: float) -> list[Row]:
    """Compare ``cases``, row by row into ``path``; return their rows."""
    sources = digest()
    known = {key(row): row for row in read(path)}
    rows: list[Row] = []
    wanted = {key(_head(case, tolerance, sources)) for case in cases}
    keep = [row for name, row in known.items() if name in wanted or row["sources"] == sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(keep)
        for number, case in enumerate(cases, 1):
            row = known.get(key(_head(case, tolerance, sources)))
            if row is None:
                row = compare(case, path.with_suffix(".pybamm"), tolerance, sources)
                writer.writerow(row)
                file.flush()
                print(
                    f"{number}/{len(cases)} {time.perf_counter() - began:.0f} s: {said(row)}",
                    file=sys.stderr,
                    flush=True,
                )
            rows.append(row)
    return rows


def _head(case: Case, tolerance: float, sources: str) -> Row:
    """Return the part of a case's row that is known beforehand."""
    return {**case._asdict(), "tolerance": tolerance, "pybamm": pybamm.__version__, "sources": sources}


def said(row: Row) -> str:
    """Return a row in a line."""
    case = Case(*(row[name] for name in Case._fields))
    numbers = (
        f"rms {row['rms_mV']:.4f} mV, max {row['max_mV']:.3f} mV at {row['worst_at']:.3f}, capacity "
        f"{row['capacity_%']:+.4f} %"
    )
    means = f"start, middle, end {row['start_mV']:+.3f} {row['middle_mV']:+.3f} {row['end_mV']:+.3f} mV"
    gate = "" if row["gated"] else " (not gated)"
    return f"{case.text}: {row['verdict']}{gate}; {numbers}; {means}; {row['our_end']}"


def largest(rows: Iterable[Row], name: str) -> str:
    """Return the largest magnitude of a column; "-" without rows."""
    values = [abs(row[name]) for row in rows]
    if not values:
        return "-"
    return f"{max(values):.3f}" if np.isfinite(values).all() else "none"


def markdown(rows: list[Row]) -> str:
    """Return a table of the worst of every set."""
    lines = [
        "| set | worst rms, mV | worst maximum, mV | worst capacity deviation, % | cases within | the same "
        "at default tolerance |",
        "|--" * 6 + "|",
    ]
    for name in dict.fromkeys(row["parameters"] for row in rows):
        some = [
            row
            for row in rows
            if row["parameters"] == name and (row["gated"] or name in UNGATED) and row["pybamm_capacity"]
        ]
        good = sum(row["verdict"] == "within" for row in some)
        numbers = " | ".join(largest(some, column) for column in ("rms_mV", "max_mV", "capacity_%"))
        usual = ", ".join(largest(some, f"default_{column}") for column in ("rms_mV", "max_mV", "capacity_%"))
        lines.append(
            f"| {name}{' (reported)' if name in UNGATED else ''} | {numbers} | {good} of "
            f"{len(some)} | {usual} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Battery models on PyBaMM's mesh against PyBaMM.")
    parser.add_argument("--sets", nargs="+", default=SETS, metavar="SET")
    parser.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    parser.add_argument("--rates", nargs="+", default=RATES, type=float, metavar="C")
    parser.add_argument(
        "--tolerance",
        type=float,
        default=1e-6,
        help="of ours: so small that errors of time hide none of the equations",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("battery_parity.csv"), metavar="FILE.csv")
    parser.add_argument("--markdown", action="store_true", help="print the table for the README")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # PyBaMM's on its sets
    cases = [
        Case(s, m, d, r) for s in given.sets for m in given.models for d in DIRECTIONS for r in given.rates
    ]
    rows = run(cases, given.output, given.tolerance)
    if given.markdown:
        print(markdown(rows))
        return
    beyond = [row for row in rows if row["gated"] and row["verdict"] != "within"]
    print("\n".join(said(row) for row in beyond))
    gated = sum(row["gated"] for row in rows)
    print(f"{gated - len(beyond):.0f} of {gated:.0f} gated cases within, {len(rows)} in all; {given.output}")


if __name__ == "__main__":
    main()
