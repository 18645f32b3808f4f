"""The populations that are timed, and how kernel rows and kernel time are had from a sweep.

Seeds are fixed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import energymodels as em
from energymodels.core import sweep as engine
from energymodels.core.model import Array, Block, Model, scalar_outputs
from energymodels.core.registry import get_model
from energymodels.kernels.constants import K_B_EV

SEED = 20230901
FIVE = ("i_sc", "v_oc", "i_mp", "v_mp", "p_mp")
DIODE_FIELDS = ("photocurrent", "saturation_current", "resistance_series", "resistance_shunt", "nNsVth")

# A million cells in which every search runs: series resistance (MPP without it, J_SC), metal (the precursor's
# V_OC), and lifetimes that rise with injection (a second MPP).
CELL = {
    "front.j0": 20.0, "front.j0_metal": 600.0, "front.metal_fraction": 0.0275,
    "front.contact_resistivity": 2e-3,
    "rear.j0": 3.5, "rear.j0_metal": 65.0, "rear.metal_fraction": 0.0275, "rear.contact_resistivity": 1.5e-3,
    "series_resistance": 0.26, "optical_loss": 0.05,
}  # fmt: skip


def cell_grid(taus: int = 50) -> dict[str, Any]:
    """Return the axes of a grid of 20000 cells per lifetime: a million by default."""
    return {
        "wafer.type": "p,n",
        "wafer.tau": f"1e-5:1e-1:{taus}:log",
        "wafer.capture_ratio": "0.01:100:20:log",
        "wafer.resistivity": "0.3:30:25:log",
        "wafer.thickness": "80um:180um:20",
    }


def cell_points(number: int) -> dict[str, Any]:
    """Return ``number`` cells drawn from the range of ``cell_grid``, as a list of designs."""
    rng = np.random.default_rng(SEED)
    return {
        "wafer.type": list(rng.choice(["p", "n"], number)),
        "wafer.tau": 10.0 ** rng.uniform(-5.0, -1.0, number),
        "wafer.capture_ratio": 10.0 ** rng.uniform(-2.0, 2.0, number),
        "wafer.resistivity": 10.0 ** rng.uniform(-0.5, 1.5, number),
        "wafer.thickness": rng.uniform(80.0, 180.0, number),
    }


def diode_points(number: int) -> dict[str, Array]:
    """Return curves of modules drawn from the CEC's list (pvlib carries it) at 100-1100 W m-2 and 0-70 C, by
    De Soto's formulas.
    """
    from pvlib import pvsystem

    rng = np.random.default_rng(SEED)
    listed = pvsystem.retrieve_sam("CECMod")
    which = rng.integers(0, listed.shape[1], number)
    names = ("alpha_sc", "a_ref", "I_L_ref", "I_o_ref", "R_sh_ref", "R_s", "Adjust")
    modules = {name: listed.loc[name].to_numpy(dtype=float)[which] for name in names}
    found = pvsystem.calcparams_cec(
        rng.uniform(100.0, 1100.0, number), rng.uniform(0.0, 70.0, number), **modules
    )
    return {name: np.array(values, dtype=float) for name, values in zip(DIODE_FIELDS, found, strict=True)}


@contextmanager
def replaced(model: Model, solve: Callable[..., None]) -> Iterator[None]:
    """Let ``model`` solve its blocks with another function."""
    model.solve = solve  # type: ignore[method-assign]
    try:
        yield
    finally:
        del model.solve


@contextmanager
def clocked(name: str) -> Iterator[list[float]]:
    """Yield a list to which each call of a model's kernel adds how much of a processor's time it took, s."""
    model = get_model(name)
    kernel, taken = model.solve, []

    def timed(*block: Any) -> None:
        begin = time.thread_time()
        kernel(*block)
        taken.append(time.thread_time() - begin)

    with replaced(model, timed):
        yield taken


def kernel_rows(name: str, *args: Any, **options: Any) -> Array:
    """Return the rows that the sweep of model ``name`` hands to its kernel, in one array."""
    taken: list[Array] = []
    with replaced(get_model(name), lambda rows, _axes, _out: taken.append(rows.copy())):
        engine.solve(name, *args, threads=1, **options)
    return np.concatenate(taken).view(np.recarray)


def bare_kernel(name: str, rows: Array) -> Callable[[], None]:
    """Return a call of the kernel alone, one thread, on rows and room that are there already."""
    model = get_model(name)
    shared: list[Mapping[str, Array]] = []
    with replaced(model, lambda _rows, axes, _out: shared.append(axes)):
        engine.solve(name, {}, threads=1)
    out = Block(np.zeros((len(scalar_outputs(model)), rows.size)), {}, np.zeros(rows.size, dtype=np.int8))
    return lambda: model.solve(rows, shared[-1], out)


class Share(NamedTuple):
    """What a sweep takes outside its kernel, over what it takes inside."""

    work: float  # of the processors' time
    wall: float  # of the threads' wall time, waiting included


def machinery_share(name: str, *args: Any, **options: Any) -> Share:
    """Return the time of ``engine.solve`` outside the kernel over that inside it.

    Two clocks run around every block's kernel call, the thread's processor time and the wall; over all
    threads they add up to the kernel's time. Machinery is the rest: of the process's processor time, and of
    the number of threads times the wall time. It reads and checks the axes, converts, fills rows, scales
    results and hands out blocks; by the wall it also waits, for the last block and for whatever else the
    machine does.
    """
    model = get_model(name)
    kernel = model.solve
    inside: list[tuple[float, float]] = []

    def clocked(*block: Any) -> None:
        work, wall = time.thread_time(), time.perf_counter()
        kernel(*block)
        inside.append((time.thread_time() - work, time.perf_counter() - wall))

    with replaced(model, clocked):
        work, wall = time.process_time(), time.perf_counter()
        solution = engine.solve(name, *args, **options)
        work, wall = time.process_time() - work, time.perf_counter() - wall
    kernel_work, kernel_wall = (sum(times) for times in zip(*inside, strict=True))
    return Share(work / kernel_work - 1.0, wall * solution.threads / kernel_wall - 1.0)


def equivalent_diodes(taus: int = 50) -> tuple[Array, ...]:
    """Return pvlib's five arguments (A m-2, ohm m2, V) of one diode per cell of ``cell_grid``.

    It has the cell's J_SC, V_OC, series resistance and ideality at maximum power.
    """
    found = engine.solve("pv.cell", cell_grid(taus), CELL)
    rows = kernel_rows("pv.cell", cell_grid(taus), CELL)
    current = found.values["j_sc"] * 10.0
    a = found.values["ideality_mp"] * K_B_EV * 298.15
    saturation = current / np.expm1(found.values["v_oc"] / a)
    return current, saturation, np.array(rows.series), np.full(rows.size, 1e3), a


def power_deviation(number: int = 200, points: int = 4001) -> float:
    """Return the largest relative deviation of p_mp from the top of a fine j(v), which the kernel finds by
    another search.

    The top is that of the parabola through the three highest points.
    """
    ds = em.sweep("pv.cell", {}, CELL | {"curve.points": points}, points=cell_points(number))
    power = ds.j.values * ds.voltage.values
    top = np.argmax(power, axis=1)
    low, mid, high = (power[np.arange(number), top + k] for k in (-1, 0, 1))
    peak = mid + (high - low) ** 2 / (8.0 * (2.0 * mid - high - low))
    return float(np.max(np.abs(ds.j_mp.values * ds.v_mp.values / peak - 1.0)))


def command() -> list[str]:
    """Return the words that start the command line of this environment."""
    script = shutil.which("energymodels", path=str(Path(sys.executable).parent))
    return (
        [script]
        if script
        else [sys.executable, "-c", "from energymodels.cli import main; main(prog_name='energymodels')"]
    )


def start(words: tuple[str, ...], **changes: str) -> str:
    """Run the command line with ``words`` to its end and return what it said beside its result."""
    line, environment = [*command(), *words], os.environ | changes
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 our own command
    return done.stderr


HELP = ("--help",)
RUN = ("run", "industrial-topcon-2023", "--json")
