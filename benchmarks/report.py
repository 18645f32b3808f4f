"""Time ours and pvlib in one run, both warm, in turn, and print a table: run ``python benchmarks/report.py``.

Every time is the median of its repeats, its range in brackets. pvlib's is that of its fastest method, in
blocks of the fastest size (its arrays then stay in the cache); it has no threads of its own. The error stands
beside the time.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import pvlib
from pvlib import pvsystem, singlediode

import energymodels as em
from energymodels.core import errors as em_errors
from energymodels.core import sweep as engine
from energymodels.core.model import Array

if __package__:  # asv looks into every module of this folder
    from benchmarks import cases
else:
    import cases

REPEATS = 5
BLOCKS = (10_000, 30_000, 100_000, 1_000_000)
METHODS = ("lambertw", "newton", "chandrupatla")
TIGHT = {"method": "newton", "method_kwargs": {"tol": 1e-12, "maxiter": 200}}


class Line(NamedTuple):
    """A line of the table."""

    quantity: str
    ours: str
    peer: str
    ratio: str
    error: str
    target: str


def seconds(call: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turn(*calls: Callable[[], object], repeats: int = REPEATS) -> list[list[float]]:
    """Return the times of every call: each once to warm up, then A B A B."""
    for call in calls:
        call()
    rounds = [[seconds(call) for call in calls] for _ in range(repeats)]
    return [list(times) for times in zip(*rounds, strict=True)]


def blockwise(function: Callable[..., Any], arrays: tuple[Array, ...], block: int) -> Callable[[], list[Any]]:
    """Return a call of ``function`` on all of ``arrays``, ``block`` cases at a time."""
    return lambda: [function(*(a[i : i + block] for a in arrays)) for i in range(0, arrays[0].size, block)]


def fastest_block(function: Callable[..., Any], arrays: tuple[Array, ...]) -> int:
    """Return the block size at which ``function`` is fastest, each tried twice."""
    sizes = [block for block in BLOCKS if block <= arrays[0].size]
    return min(sizes, key=lambda block: min(seconds(blockwise(function, arrays, block)) for _ in range(2)))


def judged(text: str, met: bool) -> str:
    """Return a target with how it went."""
    return f"{text}: {'met' if met else 'MISSED'}"


def shown(times: list[float], cases_: int) -> str:
    """Return the median and the range of ``times`` per case."""
    us = [t / cases_ * 1e6 for t in times]
    return f"{median(us):.3f} us ({min(us):.3f}-{max(us):.3f})"


def rate_line(
    quantity: str, number: int, ours: list[float], peer: list[float], error: str, at_least: float
) -> Line:
    """Return a line on two times per case."""
    ratio = median(peer) / median(ours)
    target = judged(f">= {at_least:g}", ratio >= at_least) if at_least else "-"
    return Line(quantity, shown(ours, number), shown(peer, number), f"{ratio:.2f}", error, target)


def diode_lines() -> list[Line]:
    """Hold five points per curve against pvlib's."""
    points = cases.diode_points(1_000_000)
    arrays = tuple(points.values())
    part = tuple(a[:100_000] for a in arrays)
    error = diode_error(part)

    def method(name: str) -> Callable[..., Any]:
        return lambda *args: pvsystem.singlediode(*args, method=name)

    name = min(METHODS, key=lambda m: min(seconds(blockwise(method(m), part, 10_000)) for _ in range(2)))
    block = fastest_block(method(name), part)
    lines = []
    for count in (100_000, 1_000_000):
        some = {field: values[:count] for field, values in points.items()}
        kernel = cases.bare_kernel("pv.diode", cases.kernel_rows("pv.diode", {}, points=some))
        peer = blockwise(method(name), tuple(some.values()), block)
        sweep, bare, theirs = in_turn(lambda some=some: em.sweep("pv.diode", {}, points=some), kernel, peer)
        what = f"pv.diode, five points, 1e{len(str(count)) - 1} curves"
        rival = f"singlediode, {name}, blocks of {block}"
        lines.append(rate_line(f"{what}: em.sweep, all threads / {rival}", count, sweep, theirs, error, 20.0))
        lines.append(rate_line(f"{what}: bare kernel, one thread / {rival}", count, bare, theirs, error, 0.0))
    return lines


def diode_error(arrays: tuple[Array, ...]) -> str:
    """Return the largest relative deviation of the five points from Newton's method driven to 1e-12."""
    ours = em.sweep("pv.diode", {}, points=dict(zip(cases.DIODE_FIELDS, arrays, strict=True)))
    i_mp, v_mp, p_mp = singlediode.bishop88_mpp(*arrays, **TIGHT)
    i_sc = singlediode.bishop88_i_from_v(0.0, *arrays, **TIGHT)
    v_oc = singlediode.bishop88_v_from_i(0.0, *arrays, **TIGHT)
    reference = dict(zip(cases.FIVE, (i_sc, v_oc, i_mp, v_mp, p_mp), strict=True))
    return (
        f"{max(float(np.max(np.abs(ours[k].values / v - 1.0))) for k, v in reference.items()):.1e} from pvlib"
    )


def cell_lines() -> list[Line]:
    """Count cells per second, against pvlib's maximum power of bare diodes."""
    grid = cases.cell_grid()
    rows = cases.kernel_rows("pv.cell", grid, cases.CELL)
    diodes = cases.equivalent_diodes()
    error = f"p_mp {cases.power_deviation():.1e} from the top of j(v)"

    def mpp(*args: Array) -> Any:
        return singlediode.bishop88_mpp(*args, method="newton")

    block = fastest_block(mpp, diodes)
    number = rows.size
    threads = engine.available_threads()
    solve, bare, theirs, whole = in_turn(
        lambda: engine.solve("pv.cell", grid, cases.CELL),
        cases.bare_kernel("pv.cell", rows),
        blockwise(mpp, diodes, block),
        lambda: mpp(*diodes),
    )
    speed = [number / t for t in solve]
    mid = median(speed)
    what = "pv.cell, 1e6 mixed cells"
    rival = "bishop88_mpp of a diode"
    shown_speed = f"{mid:.0f} ({min(speed):.0f}-{max(speed):.0f})"
    target = judged(">= 500000 on two cores", mid >= 500_000)
    return [
        Line(f"{what}: cells per second, {threads} threads", shown_speed, "-", "-", error, target),
        rate_line(
            f"{what}: sweep, all threads / {rival}, blocks of {block}", number, solve, theirs, error, 1.0
        ),
        rate_line(f"{what}: sweep, all threads / {rival}, one call", number, solve, whole, error, 1.0),
        rate_line(
            f"{what}: bare kernel, one thread / {rival}, blocks of {block}", number, bare, theirs, error, 0.0
        ),
    ]


def machinery_lines() -> list[Line]:
    """Show what the sweep takes beside its kernel."""
    grid = cases.cell_grid()
    counts = (1, engine.available_threads())
    shares: dict[int, list[cases.Share]] = {n: [] for n in counts}
    for _ in range(REPEATS):
        for n in counts:
            shares[n].append(cases.machinery_share("pv.cell", grid, cases.CELL, threads=n))
    lines = []
    for n, found in shares.items():
        for clock in cases.Share._fields:
            parts = [100.0 * getattr(share, clock) for share in found]
            what = (
                f"sweep machinery over kernel time ({clock}), pv.cell, 1e6 cells, {n} thread{'s' * (n > 1)}"
            )
            text = f"{median(parts):.1f} % ({min(parts):.1f}-{max(parts):.1f})"
            lines.append(Line(what, text, "-", "-", "-", judged("< 15 %", median(parts) < 15.0)))
    return lines


def start_lines() -> list[Line]:
    """Time the command line's start."""
    quick, warm = in_turn(lambda: cases.start(cases.HELP), lambda: cases.start(cases.RUN))
    cold = []
    said = ""
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            said = cases.start(cases.RUN, NUMBA_CACHE_DIR=folder)
            cold.append(time.perf_counter() - began)
    shows = "says that it compiles" if "compiling" in said else "SILENT while it compiles"
    found = [
        ("--help", quick, 0.3, "-"),
        ("run --json, warm", warm, 1.5, "-"),
        ("first use, empty cache", cold, 30.0, shows),
    ]
    return [
        Line(
            name,
            f"{median(t):.2f} s ({min(t):.2f}-{max(t):.2f})",
            "-",
            "-",
            note,
            judged(f"< {limit:g} s", median(t) < limit),
        )
        for name, t, limit, note in found
    ]


def busy() -> tuple[float, float]:
    """Return the seconds that all processors (NaN where the system does not say) and that we and our children
    have worked.
    """
    ours = sum(os.times()[:4])
    try:
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _idle, _wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    except OSError:
        return float("nan"), ours
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK"), ours


def main() -> None:
    """Print the table, and what others took of the processors: that costs a run on all threads, hardly one on
    a single thread.
    """
    before = busy()
    warnings.simplefilter("ignore", RuntimeWarning)  # pvlib's iterations pass through overflow
    warnings.simplefilter("ignore", em_errors.ValidityWarning)  # the cells are meant to be mixed
    began = time.perf_counter()
    lines = [*diode_lines(), *cell_lines(), *machinery_lines(), *start_lines()]
    print("| " + " | ".join(Line._fields) + " |")
    print("|---" * len(Line._fields) + "|")
    for line in lines:
        print("| " + " | ".join(line) + " |")
    print(
        f"\nenergymodels {em.__version__}, pvlib {pvlib.__version__}, numpy {np.__version__}, Python "
        f"{platform.python_version()}"
    )
    whole, ours = (after - start for after, start in zip(busy(), before, strict=True))
    took = time.perf_counter() - began
    processors = engine.available_threads()
    others = max(whole - ours, 0.0) / (took * processors)
    print(
        f"{processors} processors, of which other processes took {100.0 * others:.0f} %; {took:.0f} s in all"
    )


if __name__ == "__main__":
    main()
