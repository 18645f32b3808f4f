"""Results made again from what lies in them, and what is different then."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.dataset import origin, to_dataset
from energymodels.core.errors import Fault, InputError, OriginWarning
from energymodels.core.files import stamp
from energymodels.core.plan import planned
from energymodels.core.store import opened
from energymodels.core.sweep_files.named_files import sha256
from energymodels.core.sweep_files.sweep_file import SweepFile, reads
from energymodels.kernels import status

if TYPE_CHECKING:
    import xarray as xr

MADE_BY = {"kernels_digest": "the kernels", "data_digest": "the data sets"}  # others end in "_version"


def rerun(path: str | Path, *, threads: int | None = None) -> xr.Dataset:
    """Make a result again from what lies in it.

    The numbers are the same to the last bit with the same versions of what made them; a warning says which
    differ.

    Parameters
    ----------
    path : str or Path
        A file of ``run`` or ``sweep``: ``.nc``, ``.zarr`` or ``.csv``.
    threads : int, optional
        Worker threads; by default all processors.

    Returns
    -------
    xarray.Dataset
        The result, made now.

    Raises
    ------
    InputError
        No such file, one without a sweep in it, or one whose input files changed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import energymodels as em
    >>> ds = em.sweep("pv.shockley_queisser", {"band_gap": "1.1:1.4:4"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = em.rerun(em.write(ds, Path(folder) / "limit.nc"))
    >>> again.equals(ds)
    True
    """
    return made_again(sweep_in(opened(path), str(path)), threads=threads)


def made_again(
    sweep: SweepFile,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    history: str = "",
) -> xr.Dataset:
    """Return the result of a sweep, made in memory; KeyboardInterrupt if that was stopped."""
    solution = planned(sweep.asked).solve(threads=threads, progress=progress)
    if solution.interrupted:
        raise KeyboardInterrupt
    return to_dataset(solution, history)


def sweep_in(ds: xr.Dataset, name: str) -> SweepFile:
    """Return the sweep that lies in a result, with the spec it was made from; InputError if there is none or
    its input files changed. Warns of other versions.
    """
    text = ds.attrs.get("sweep")
    if not isinstance(text, str):
        _, made, by = str(ds.attrs.get("history", "")).partition("Z ")
        hint = "holds no sweep to run again" + (f"; it was made by: {by}" if made else "")
        raise InputError(Fault(name, hint=hint))
    found = reads(text, name, lambda coordinate: _coordinate(ds, name, coordinate))
    if faults := [Fault(file, hint=hint) for file, hint in _changed(found.files)]:
        raise InputError(faults)
    for note in other_versions(ds.attrs):
        warnings.warn(note, OriginWarning, stacklevel=3)
    single = any(variable.dtype == np.float32 for variable in ds.data_vars.values())
    return replace(found, float32=found.float32 or single)


def _coordinate(ds: xr.Dataset, name: str, coordinate: str) -> Array:
    if coordinate not in ds.coords:
        raise InputError(Fault(name, hint=f"lacks the coordinate {coordinate}, which its sweep names"))
    if "status" in ds and bool((ds["status"] == status.NOT_RUN).any()) and ds[coordinate].dims == ("point",):
        raise InputError(Fault(name, hint="is not done, and has its table only as far; --resume it first"))
    return np.asarray(ds[coordinate].values)


def _changed(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the input files that are not as they were, and why."""
    for file, digest in files.items():
        known = stamp(file)
        if known[1] < 0:
            yield file, "is an input of this result, and is gone"
        elif not Path(file).is_file() or sha256(known) != digest:
            yield file, f"is an input of this result, and has changed since: its SHA-256 was {digest}"


def other_versions(attrs: Mapping[str, object]) -> Iterator[str]:
    """Yield notes on what made a result in another version than there is now."""
    for key, now in origin(backend=str(attrs.get("backend", ""))).items():
        what = MADE_BY.get(key, key.removesuffix("_version") if key.endswith("_version") else "")
        if what not in ("", "python") and attrs.get(key) != now:
            yield f"made with another version of {what}: {attrs.get(key, 'unknown')}, now {now}"


def differences(before: xr.Dataset, now: xr.Dataset) -> dict[str, float]:
    """Return {variable: largest relative difference} of those that are not equal to the last bit, infinite
    where there is none.

    Cases that were not run before are left out; single precision is compared as such.
    """
    found = {}
    for name in dict.fromkeys([*map(str, before.variables), *map(str, now.variables)]):
        if name not in before or name not in now or before[name].dims != now[name].dims:
            found[name] = np.inf
            continue
        if before[name].shape != now[name].shape:
            found[name] = np.inf
            continue
        one, other = _ran(before, before[name]), _ran(before, now[name])
        if one.dtype == np.float32:
            other = other.astype(np.float32)
        if not _same(one, other):
            found[name] = _apart(one, other)
    return found


def _ran(of: xr.Dataset, variable: xr.DataArray) -> Array:
    """Return the values of a variable in the cases that were run; of one on fewer axes where any was.

    Cases go by their places: a coordinate of cases that were not run says nothing.
    """
    values = np.asarray(variable.values)
    if "status" not in of or not set(of["status"].dims) & set(variable.dims):
        return values
    ran = of["status"].variable != status.NOT_RUN
    if ran.all():
        return values
    ran = ran.any([dim for dim in ran.dims if dim not in variable.dims])
    places = np.asarray(ran.transpose(*(dim for dim in variable.dims if dim in ran.dims)).values)
    shape = tuple(n if dim in ran.dims else 1 for dim, n in variable.sizes.items())
    return np.asarray(values[np.broadcast_to(places.reshape(shape), values.shape)])


def _same(one: Array, other: Array) -> bool:
    """Return whether arrays are equal to the last bit; one NaN is as good as another."""
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.kind != "f":
        return bool(np.array_equal(one, other))
    nan = np.isnan(one)
    equal = np.array_equal(nan, np.isnan(other)) and np.array_equal(one[~nan], other[~nan])
    return bool(equal and np.array_equal(np.signbit(one[~nan]), np.signbit(other[~nan])))


def _apart(one: Array, other: Array) -> float:
    """Return the largest relative difference, infinite of what is no number in one of them or no array of the
    same shape.
    """
    if one.shape != other.shape or not {one.dtype.kind, other.dtype.kind} <= set("fiu"):
        return np.inf
    one, other = (np.asarray(values, dtype=float) for values in (one, other))
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return float(np.where(same, 0.0, np.nan_to_num(apart, nan=np.inf)).max())
