"""Sweeps and runs: a plan, solved, as a Dataset. A run is a sweep over nothing."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from energymodels.core.axes import Over
from energymodels.core.entries import Values
from energymodels.core.plan import Keep, Source, plan
from energymodels.core.solution import Solution
from energymodels.core.values import Given
from energymodels.core.workers import available_threads

if TYPE_CHECKING:
    from xarray import Dataset

    from energymodels.core.stores.stream import Runner


def run(spec: Source, values: Given | None = None, *, backend: str = "") -> Dataset:
    """Run a spec once.

    Parameters
    ----------
    spec : Spec, str or mapping
        A spec, the name of a bundled one or of a model, the path of a TOML file, or a nested mapping with
        ``model``.
    values : mapping, optional
        {path: number in the field's unit, or text with a unit}, on top of the spec.
    backend : str, optional
        A reference backend, such as ``"pvlib"``, that solves the case in place of our kernel.

    Returns
    -------
    xarray.Dataset
        A variable per output, with units, and ``status``; the spec, sources and notes as attributes.

    Raises
    ------
    InputError
        Lists every fault of the input.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.run("pv.shockley_queisser", {"band_gap": 1.34})
    >>> round(float(ds.efficiency), 1), ds.efficiency.units
    (33.2, 'percent')
    """
    return sweep(spec, {}, values, backend=backend)


def sweep(
    spec: Source,
    over: Over,
    values: Given | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    design: Given | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int | None = None,
    keep: Keep = None,
    sets: str | int | None = None,
    progress: Callable[[int, int], None] | None = None,
    store: str | Path | None = None,
    resume: bool = False,
    float32: bool = False,
    workers: int | None = None,
    cluster: str = "",
) -> Dataset:
    """Sweep fields of a spec.

    Parameters
    ----------
    spec : Spec, str or mapping
        As in ``run``.
    over : mapping
        {path: array, list or text such as ``"80um:180um:11"``}, an axis each; a key ``"A,B"`` ties two fields
        to one axis.
    values : mapping, optional
        Set on top of the spec.
    points : mapping, optional
        {path: array}, equally long: a list of designs, along the dimension ``point``.
    design : mapping, optional
        Designs drawn from distributions, along the dimension ``point``: ``kind`` such as ``"sobol:4096"``,
        ``over`` {path: distribution}, and optionally ``seed`` and ``covariance``, a file.
    backend : str, optional
        A reference backend in place of our kernel.
    threads, chunk : int, optional
        Worker threads, and cases per block of work; by default all processors and the model's number.
    keep : list of str or callable, optional
        Outputs by name, or a test of an ``Output``.
    sets : str or int, optional
        Adds an axis ``set`` of published alternatives to the data in use: ``"all"`` takes each once in place
        of the default, a number draws so many random combinations. Its first place is the spec as it stands.
    progress : callable, optional
        Called with (cases done, cases) after each block.
    store : str or Path, optional
        A Zarr store, ``.zarr`` or a URL, that results go to block by block, so that they need not fit in
        memory.
    resume : bool, optional
        Go on with a store that was begun.
    float32 : bool, optional
        Outputs of the store in single precision.
    workers : int, optional
        Worker processes on this machine that fill the store, each with ``threads`` threads.
    cluster : str, optional
        Address of a Dask cluster that fills the store, such as ``"tcp://10.0.0.1:8786"``.

    Returns
    -------
    xarray.Dataset
        One dimension per axis; of a store, values are read when they are used.

    Raises
    ------
    InputError
        Lists every fault of the input.
    KeyboardInterrupt
        Stopped before the store was whole; ``resume`` does the rest.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.sweep("pv.shockley_queisser", {"band_gap": "1.1:1.4:4"})
    >>> ds.efficiency.dims, float(ds.efficiency.idxmax())
    (('band_gap',), 1.4)
    """
    from energymodels.core.dataset import to_dataset

    found = plan(spec, over, values, points=points, design=design, sets=sets, keep=keep, backend=backend)
    if store is None:
        return to_dataset(found.solve(threads=threads, chunk=chunk, progress=progress))
    from energymodels.core.store import opened
    from energymodels.core.stores.stream import Stream, stream, target, tell

    with _runner(workers, cluster, threads) as (run, number):
        told = tell(progress)
        how = Stream(target(store), resume, False, number, chunk, float32, run=run, progress=told)
        tally = stream(found, how)
    if tally.stopped is not None:
        raise tally.stopped
    for text, category in (*found.notes, *tally.notes):
        warnings.warn(text, category, stacklevel=2)
    return opened(store)


@contextlib.contextmanager
def _runner(workers: int | None, cluster: str, threads: int | None) -> Iterator[tuple[Runner | None, int]]:
    """Yield (what solves the blocks of a store, how many at once): threads here, or a cluster."""
    if workers is None and not cluster:
        yield None, threads or available_threads()
        return
    from energymodels.core.stores.cluster import on_cluster

    with on_cluster(workers, address=cluster, threads=threads) as found:
        yield found


def solve(
    spec: Source,
    over: Over,
    values: Given | None = None,
    *,
    points: Mapping[str, Values] | None = None,
    design: Given | None = None,
    backend: str = "",
    threads: int | None = None,
    chunk: int | None = None,
    keep: Keep = None,
    sets: str | int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Solution:
    """Do what ``sweep`` does and return the raw arrays; interrupted, it returns what it has, the rest not
    run.
    """
    planned = plan(spec, over, values, points=points, design=design, sets=sets, keep=keep, backend=backend)
    return planned.solve(threads=threads, chunk=chunk, progress=progress)
