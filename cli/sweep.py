"""``energymodels sweep SPEC -v PATH=VALUES -o FILE``"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from energymodels.cli.common import assignments, command_line, read_spec, sets_option, spec_options
from energymodels.cli.completion import assignment
from energymodels.cli.progress import Progress
from energymodels.cli.signals import Signals, caught
from energymodels.cli.target import force_option, result_target, store_target
from energymodels.core.asked import Asked
from energymodels.core.errors import Fault, InputError
from energymodels.core.plan import planned
from energymodels.core.store import check_suffix
from energymodels.core.stores.places import is_url
from energymodels.core.workers import available_threads
from energymodels.kernels.status import NOT_RUN

if TYPE_CHECKING:
    from energymodels.core.plan import Plan
    from energymodels.core.stores.estimate import Estimate
    from energymodels.core.stores.stream import Runner, Tally
    from energymodels.core.sweep_files.sweep_file import SweepFile

MANY = 10_000  # cases in memory from which size and time are said before
FAILED = 1  # exit status: cases failed
OF_STORES = ("resume", "workers", "cluster", "scheduler_file", "float32", "chunk")  # options of .zarr alone


@click.command("sweep")
@spec_options
@click.option(
    "-v",
    "--vary",
    "axes",
    multiple=True,
    metavar="PATH=VALUES",
    shell_complete=assignment,
    help="An axis: 80um:180um:11, 1e-5:1e-1:41:log, or B,Ga,P. Several make a grid; A,B=VALUES ties fields "
    "to one axis.",
)
@click.option("--design", metavar="KIND:N", help="Draw N designs: sobol:4096, lhs:1000, random:1e5.")
@click.option(
    "--over",
    "drawn",
    multiple=True,
    metavar="PATH=DISTRIBUTION",
    shell_complete=assignment,
    help="What a field of the designs is drawn from: 100um:180um, 1e-5:1e-2:log, normal(12, 2) fA/cm2, "
    "choice(B, Ga).",
)
@click.option("--seed", type=click.IntRange(0), help="Seed of the designs; 1 by default.")
@click.option("--covariance", metavar="FILE", help="Covariances of fields of the designs, a CSV file.")
@click.option("--table", metavar="FILE", help="Designs as rows of a CSV or Parquet file, a column a field.")
@click.option("-o", "--output", metavar="FILE", help="Where the result goes: a .zarr store, .nc, .csv.")
@force_option
@click.option("--resume", is_flag=True, help="Go on with a store that was begun.")
@click.option("--keep", metavar="NAMES", help="Only these outputs, comma-separated.")
@sets_option
@click.option("--threads", type=click.IntRange(1), help="Threads, of each worker; all processors by default.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes on this machine.")
@click.option("--cluster", metavar="ADDRESS", default="", help="Use a Dask cluster: tcp://host:port.")
@click.option("--scheduler-file", metavar="FILE", default="", help="Use the Dask cluster of this file.")
@click.option("--chunk", type=click.IntRange(1), help="Cases a chunk; by default about a second's.")
@click.option("--float32", is_flag=True, help="Outputs in single precision, half the size.")
@click.option("--dry-run", is_flag=True, help="Check everything, say size and time, solve nothing.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors and the last line.")
def command(
    spec: str,
    changes: tuple[str, ...],
    backend: str,
    output: str | None,
    force: bool,
    dry_run: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Sweep fields of SPEC, a bundled name, a TOML file or a sweep file, and write the result.

    Exit status: 0 all cases solved, 1 some failed, 2 wrong input or no room, 130, 143 or 129 interrupted
    (Ctrl-C, SIGTERM, SIGHUP) with a readable result.
    """
    progress = Progress(quiet=quiet)
    if quiet:
        warnings.simplefilter("ignore")
    with caught() as signals:
        try:
            found = _found(spec, changes, backend, options)
            how = Wanted(output or found.store, found, force, options, progress, signals, quiet)
            status = how.estimate() if dry_run else how.solve()
        except KeyboardInterrupt:
            progress.end()
            click.echo(_stopped(output or spec), err=True)
            status = signals.exit_status
    if status:
        sys.exit(status)


def _stopped(where: str) -> str:
    """Return what is to be said of a sweep that was stopped before it could say how far it came."""
    from energymodels.core.stores.stream import begun

    stored = is_url(where) or Path(where).suffix == ".zarr"
    if stored and begun(where):
        return f"{where}: stopped; what is done stays, --resume does the rest"
    return f"{where}: stopped before a case was solved"


def _found(spec: str, changes: tuple[str, ...], backend: str, options: Mapping[str, Any]) -> SweepFile:
    """Return the sweep of a sweep file or spec with what the options add to it."""
    from energymodels.core.sweep_files.sweep_file import SweepFile, is_sweep, load_sweep

    if spec != "-" and is_sweep(spec):
        file = load_sweep(spec)
        base = file.asked.spec.replace(assignments(changes, "-p"))
    else:
        base = read_spec(spec, changes)
        file = SweepFile(Asked(base))
    keep = options["keep"]
    asked = Asked(
        base,
        {**file.asked.over, **assignments(options["axes"], "-v")},
        file.asked.points,
        _design(options) or file.asked.design,
        options["sets"] or file.asked.sets,
        file.asked.keep if keep is None else [name.strip() for name in keep.split(",")],
        backend or file.asked.backend,
    )
    if not (asked.over or asked.points or asked.design or asked.sets):
        hint = "nothing to sweep: give an axis with -v, a --design, a --table, --sets or a sweep file"
        raise InputError(Fault(spec, hint=hint))
    return replace(
        file,
        asked=asked,
        float32=options["float32"] or file.float32,
        chunk=options["chunk"] or file.chunk,
    )


def _design(options: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the design that the options ask for."""
    over = assignments(options["drawn"], "--over")
    more = {name: options[name] for name in ("seed", "covariance") if options[name] is not None}
    if options["table"] is not None:
        if options["design"] is not None or over or more:
            raise InputError(
                Fault("--table", hint="lists the designs; leave out --design, --over, --seed, --covariance")
            )
        return {"table": options["table"]}
    if options["design"] is None:
        if over or more:
            raise InputError(Fault("--design", hint="needed with --over, --seed and --covariance: KIND:N"))
        return {}
    if not over:
        raise InputError(Fault("--over", hint="says what the designs are drawn from: PATH=DISTRIBUTION"))
    return {"kind": options["design"], "over": over, **more}


@dataclass(frozen=True)
class Wanted:
    """A sweep, where its result goes, and how it is solved."""

    where: str
    file: SweepFile
    force: bool
    options: Mapping[str, Any]
    progress: Progress
    signals: Signals
    quiet: bool

    @property
    def stored(self) -> bool:
        """Whether the result is a store, which is written chunk by chunk."""
        return is_url(self.where) or Path(self.where).suffix == ".zarr"

    def estimate(self) -> int:
        """Say what the sweep is going to take."""
        from energymodels.core.stores.stream import Stream, estimated

        if self.where and not self.stored:
            check_suffix(self.where)
        plan = planned(self.file.asked)
        self._notes(plan)
        workers = self.options["workers"] or self.options["threads"] or available_threads()
        how = Stream("", workers=workers, chunk=self.file.chunk, float32=self.file.float32)
        click.echo(f"{estimated(plan, how)} with {workers} at work", err=True)
        return 0

    def solve(self) -> int:
        """Solve the sweep into its file or store; return the exit status."""
        if not self.where:
            raise InputError(Fault("-o", hint="where does the result go? A .zarr store, .nc or .csv"))
        return self._into_store() if self.stored else self._into_file()

    def _notes(self, plan: Plan) -> None:
        for text, category in plan.notes:
            warnings.warn(text, category, stacklevel=2)

    def _into_file(self) -> int:
        """Solve the sweep in memory and write a file."""
        from energymodels.core.dataset import to_dataset
        from energymodels.core.store import LARGEST, write
        from energymodels.core.stores.stream import Stream, estimated

        wrong = [f"--{name.replace('_', '-')}" for name in OF_STORES if self.options[name]]
        if wrong:
            raise InputError(Fault(", ".join(wrong), hint="for .zarr stores only"))
        target = result_target(self.where, self.force)
        plan = planned(self.file.asked)
        room = LARGEST[target.suffix]
        if plan.cases > MANY and not plan.backend:
            self._say(estimated(plan, Stream("", workers=self.options["threads"] or available_threads())))
        solution = plan.solve(threads=self.options["threads"], progress=self.progress, most=room)
        with self.signals.held():
            write(to_dataset(solution, command_line()), target)
        done = int(np.count_nonzero(solution.status != NOT_RUN))
        return self._said(done, plan.cases, solution.failures(), solution.seconds)

    def _into_store(self) -> int:
        """Solve the sweep into a store, chunk by chunk."""
        from energymodels.core.stores.layout import ROOT
        from energymodels.core.stores.places import place
        from energymodels.core.stores.stream import Stream, stream, target

        if not self.options["resume"]:
            store_target(self.where, self.force)
        elif place(self.where).get(ROOT) is None:
            click.echo(f"{self.where}: no store there to resume, a new one begins", err=True)
        plan = planned(self.file.asked)
        self._notes(plan)
        with self._runner() as (runner, workers):
            how = Stream(
                target(self.where), self.options["resume"], True, workers, self.file.chunk, self.file.float32,
                command_line(), runner, self._step, self._say,
            )  # fmt: skip
            tally = stream(plan, how)
        for text, category in tally.notes:
            warnings.warn(text, category, stacklevel=2)
        code = self._said(tally.done, tally.cases, tally.failures(), tally.seconds, tally.done - tally.found)
        if isinstance(tally.stopped, OSError | MemoryError):
            raise tally.stopped
        return code

    @contextlib.contextmanager
    def _runner(self) -> Iterator[tuple[Runner | None, int]]:
        """Yield what solves the chunks, and how many at once: threads here, or workers of a cluster."""
        workers, threads = self.options["workers"], self.options["threads"]
        address, file = self.options["cluster"], self.options["scheduler_file"]
        if not (workers or address or file):
            yield None, threads or available_threads()
            return
        from energymodels.core.stores.cluster import on_cluster

        with on_cluster(workers, address=address, scheduler_file=file, threads=threads) as found:
            yield found

    def _step(self, tally: Tally) -> None:
        self.progress(tally.done, tally.cases, tally.failed)

    def _say(self, estimate: Estimate) -> None:
        if not self.quiet:
            click.echo(f"{self.where}: {estimate}", err=True)

    def _said(
        self, done: int, cases: int, failures: Mapping[str, int], seconds: float, now: int | None = None
    ) -> int:
        """Say how it went, and return the exit status."""
        self.progress.end()
        failed = {name: many for name, many in failures.items() if name != "not_run"}
        for name, many in failed.items():
            click.echo(f"  {many:,} {name}", err=True)
        rate = (done if now is None else now) / max(seconds, 1e-9)
        text = f"{self.where}: {done:,} of {cases:,} cases done, {sum(failed.values()):,} failed"
        if done == cases and now == 0:
            click.echo(f"{text}; nothing was left to do", err=True)
            return FAILED if failed else 0
        if done == cases:
            click.echo(f"{text}, {rate:,.0f} per second", err=True)
            return FAILED if failed else 0
        click.echo(text + ("; --resume does the rest" if self.stored else ""), err=True)
        return self.signals.exit_status
