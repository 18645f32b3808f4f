"""How many random cases fail, give what cannot be, or hang.

Run ``python -m benchmarks.robustness [NAME ...] [--cases N | --part 0.1] [--only usual | whole]``.

Every population is one sweep of points, in usual ranges and in the whole ranges that the fields allow. The
table has the share of each status, of unphysical results (``unphysical.py``), and how long the slowest
block of cases took over the median block, by the processor's time; a hundred medians are a hang.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Mapping

import numpy as np

from benchmarks import draws, unphysical
from benchmarks.cases import clocked
from energymodels.core.plan import Plan, plan
from energymodels.core.registry import get_model
from energymodels.core.solution import Solution
from energymodels.kernels import status

CASES = {
    "pv.diode": 1_000_000,
    "pv.cell": 1_000_000,
    "pv.shockley_queisser": 10_000,
    "battery.design": 100_000,
    "vehicle.range": 100_000,
    "battery.spm": 20_000,
    "battery.spme": 10_000,
    "battery.dfn": 5_000,
    "charges at limits": 1_000,
    "vehicle.drive": 1_000,
    "vehicle.charge_stop": 1_000,
}
BLOCK = {"battery": 1, "charges at limits": 1, "vehicle.drive": 1, "vehicle.charge_stop": 1}
SMALL = 8  # cases of quick models that are timed together
HANGS = 100.0  # medians


def block(name: str) -> int:
    """Return how many cases are timed together."""
    return next(
        (many for start, many in BLOCK.items() if name.startswith(start) and name != "battery.design"), SMALL
    )


def planned(population: draws.Population, cases: slice) -> Plan:
    """Return the sweep over some of a population's cases."""
    points = {path: values[cases] for path, values in population.points.items()}
    keep = unphysical.kept(get_model(population.model))
    return plan(population.model, None, population.values, points=points, keep=keep)


def solved(name: str, population: draws.Population) -> tuple[Solution, float]:
    """Return (the solution, the slowest block over the median), compiled kernels being loaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        planned(population, slice(2)).solve(chunk=block(name))
        with clocked(population.model) as taken:
            solution = planned(population, slice(None)).solve(chunk=block(name))
    return solution, float(max(taken) / np.median(taken))


def shares(name: str, solution: Solution) -> dict[str, float]:
    """Return the share of every status and of every breach that occurred."""
    many = solution.status.size
    found = {status.MEANINGS[status.OK]: float((solution.status == status.OK).mean())}
    found |= {word: count / many for word, count in solution.failures().items()}
    broken = {word: float(where.mean()) for word, where in unphysical.breaches(name, solution).items()}
    return found | {f"UNPHYSICAL {word}": share for word, share in broken.items() if share}


def table(title: str, sizes: Mapping[str, int], draw: Callable[[str, int], draws.Population]) -> None:
    """Print one table, a row a population of so many cases."""
    print(f"\n{title}\n")
    print("| population | cases | shares, % | slowest over median |\n|---|---|---|---|")
    for name, cases in sizes.items():
        solution, slowest = solved(name, draw(name, cases))
        words = ", ".join(f"{word} {100.0 * share:.4g}" for word, share in shares(name, solution).items())
        print(
            f"| {name} | {cases} | {words} | {slowest:.3g}{' HANGS' if slowest > HANGS else ''} |", flush=True
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="*", choices=[*CASES, []], help="populations; all by default")
    parser.add_argument("--cases", type=int, help="cases of each, in place of its full number")
    parser.add_argument("--part", type=float, default=1.0, help="of the full number of cases")
    parser.add_argument("--seed", type=int, default=draws.SEED)
    parser.add_argument("--only", choices=["usual", "whole"], help="one of the tables")
    given = parser.parse_args()
    sizes = {name: given.cases or max(1, int(CASES[name] * given.part)) for name in given.name or CASES}
    if given.only != "whole":
        table("Usual ranges", sizes, lambda name, cases: draws.usual(name, cases, given.seed))
    if given.only != "usual":
        table("Whole ranges", sizes, lambda name, cases: draws.whole(name, cases, given.seed))


if __name__ == "__main__":
    main()
