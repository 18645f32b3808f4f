"""Results on disk: netCDF, Zarr and CSV that read back as they were written."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError
from energymodels.core.places import is_url, place, zarr_store

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES = (".nc", ".zarr", ".csv")
TRIES = 10
LARGEST = {".nc": 1e9, ".csv": 2e8}  # bytes of results that such a file is for; larger ones go to a store


def check_suffix(path: str | Path) -> Path:
    """Return ``path``; InputError if results cannot be written in its format."""
    if is_url(path):
        raise InputError(Fault("output file", str(path), hint="only a sweep writes to a URL, a .zarr store"))
    if Path(path).suffix not in SUFFIXES:
        raise InputError(
            Fault("output file", str(path), hint=f"results are written as {', '.join(SUFFIXES)}")
        )
    return Path(path)


def _encode(ds: xr.Dataset) -> xr.Dataset:
    """Write labels and texts as integers."""
    for name, variable in list(ds.variables.items()):
        if variable.dtype.kind in "UO":
            codes, attrs = coded(variable.values, variable.attrs, None, label=name in ds.coords)
            ds = _replaced(ds, name, codes, attrs)
    return ds


def coded(
    values: Array, attrs: Mapping[Any, Any], words: Sequence[str] | None, *, label: bool
) -> tuple[Array, dict[Any, Any]]:
    """Return (values, attributes), labels and texts as integers: with flag_values and flag_meanings where
    each is a single word and ``label`` is set, else with flag_values and, as JSON, flag_texts.

    ``words`` are those that may come up, by default those that do.
    """
    if values.dtype.kind not in "UO":
        return values, dict(attrs)
    texts = [str(value) for value in values.flat]
    known = {word: code for code, word in enumerate(words or dict.fromkeys(texts))}
    kind = np.int8 if len(known) < 128 else np.int32
    codes = np.array([known[text] for text in texts], dtype=kind).reshape(values.shape)
    flags: dict[Any, Any] = {"flag_values": np.arange(len(known), dtype=kind)}
    if label and all(word.split() == [word] for word in known):
        flags["flag_meanings"] = " ".join(known)
    else:
        flags["flag_texts"] = json.dumps(list(known))
    return codes, {**attrs, **flags}


def _replaced(ds: xr.Dataset, name: Any, values: Array, attrs: dict[Any, Any]) -> xr.Dataset:
    """Return ``ds`` with other values of a variable or coordinate."""
    new = {name: (ds[name].dims, values, attrs)}
    return ds.assign_coords(new) if name in ds.coords else ds.assign(new)


def _decode(ds: xr.Dataset) -> xr.Dataset:
    """Restore labels and texts, and flags to the type of their variable."""
    for variable in ds.variables.values():
        for key in ("flag_values", "flag_masks"):
            if key in variable.attrs:
                variable.attrs[key] = np.array(variable.attrs[key], dtype=variable.dtype)
    flags = ("flag_values", "flag_meanings", "flag_texts")
    for name, variable in list(ds.variables.items()):
        text = str(variable.attrs.get("flag_texts", ""))
        if text or (name in ds.coords and "flag_meanings" in variable.attrs):
            words = json.loads(text) if text else str(variable.attrs["flag_meanings"]).split()
            labels = np.array(words, dtype=str)[variable.values.astype(int)]
            attrs = {key: value for key, value in variable.attrs.items() if key not in flags}
            ds = _replaced(ds, name, labels, attrs)
    return ds


def write(ds: xr.Dataset, path: str | Path) -> Path:
    """Write a result to a file.

    A file in the way is replaced only after the new one is complete.

    Parameters
    ----------
    ds : xarray.Dataset
        A result of ``run``, ``sweep`` or another function of this package.
    path : str or Path
        File to write; its suffix, ``.nc`` (netCDF), ``.zarr`` or ``.csv``, chooses the format. Folders that
        lack are made.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        Another suffix.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import energymodels as em
    >>> ds = em.run("pv.shockley_queisser")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = em.write(ds, Path(folder) / "limit.csv")
    ...     file.name, em.read(file).equals(ds)
    ('limit.csv', True)
    """
    target = check_suffix(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _new(target) as part:
        if target.suffix == ".csv":
            _write_csv(ds, part)
        elif target.suffix == ".nc":  # first in memory: HDF5 ends the process where a disk is full
            part.write_bytes(_encode(ds).to_netcdf(engine="h5netcdf"))
        else:
            _encode(ds).to_zarr(part, mode="w", consolidated=False)
    return target


@contextlib.contextmanager
def _new(target: Path) -> Iterator[Path]:
    """Yield a name of its own beside ``target`` for what is written, which takes its place when it is
    whole.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        yield part
        put_in_place(part, target)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        part.unlink(missing_ok=True)


def put_in_place(new: Path, target: Path) -> None:
    """Give a whole file or folder its name; what was there is removed only afterwards."""
    if not target.is_dir() and not new.is_dir():
        new.replace(target)
        return
    for _ in range(TRIES):  # of two at once, the last one stays
        old = aside(target)
        try:
            new.rename(target)
        except OSError:
            continue
        finally:
            remove(old)
        return
    raise OSError(f"{target}: others write it again and again")


def aside(target: Path) -> Path:
    """Give what is at ``target``, if anything, a name of its own beside it, and return that."""
    old = target.with_name(f".{target.name}.{uuid.uuid4().hex}.old")
    with contextlib.suppress(FileNotFoundError):
        target.rename(old)
    return old


def remove(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def read(path: str | Path) -> xr.Dataset:
    """Return a result that ``write`` wrote.

    Parameters
    ----------
    path : str or Path
        A file ``.nc``, ``.zarr`` or ``.csv``, or the URL of a store, such as ``s3://bucket/out.zarr``.

    Returns
    -------
    xarray.Dataset
        The result with its labels, units and attributes.

    Raises
    ------
    InputError
        No such file, another suffix, or a file that is no result.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import energymodels as em
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = em.write(em.run("pv.shockley_queisser", {"band_gap": 1.34}), Path(folder) / "limit.nc")
    ...     ds = em.read(file)
    >>> round(float(ds.efficiency), 1), ds.efficiency.units
    (33.2, 'percent')
    """
    return opened(path, whole=True)


def opened(path: str | Path, *, whole: bool = False) -> xr.Dataset:
    """Return what ``read`` does; of a ``.zarr`` store that is not read ``whole``, outputs are read when they
    are used.
    """
    import xarray as xr

    if is_url(path):
        return _read_url(str(path))
    source = check_suffix(path)
    if not source.exists():
        raise InputError(Fault(str(path), hint="no such file"))
    try:
        if source.suffix == ".csv":
            return _read_csv(source)
        if source.suffix == ".zarr":
            ds = xr.open_zarr(source, consolidated=False, chunks=None)
            return _decode(ds.load() if whole else ds)
        with xr.open_dataset(source, engine="h5netcdf") as ds:
            return _decode(ds.load())
    except (OSError, ValueError, KeyError, IndexError, TypeError, csv.Error) as error:
        raise InputError(Fault(str(path), hint=f"not a result file: {error}")) from error


def _read_url(url: str) -> xr.Dataset:
    """Return the result in a store at a URL."""
    import xarray as xr

    if place(url).get("zarr.json") is None:
        raise InputError(Fault(url, hint="no such store"))
    try:
        return _decode(xr.open_zarr(zarr_store(url, read_only=True), consolidated=False).load())
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise InputError(Fault(url, hint=f"not a result: {error}")) from error


def written_by(path: str | Path) -> str:
    """Return the command line that wrote a result, as its history says it; empty of what is no result."""
    try:
        history = str(_history(path))
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return ""
    _, blank, command = history.partition("Z ")
    return command if blank else ""


def _history(where: str | Path) -> Any:
    """Return the attribute ``history`` of a file, which is not read whole."""
    path = Path(where)
    if path.suffix == ".zarr":
        return json.loads(place(where).get("zarr.json") or b"")["attributes"]["history"]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as file:
            return json.loads(file.readline()[2:])["attrs"]["history"]
    import h5py

    with h5py.File(path) as file:
        return file.attrs["history"]


def plain(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return attributes as JSON has them."""
    return {k: v.tolist() if isinstance(v, np.ndarray | np.generic) else v for k, v in attrs.items()}


def _write_csv(ds: xr.Dataset, path: Path) -> None:
    """Write one row per case; the first line, a comment, holds dimensions and attributes as JSON."""
    names = [*ds.coords, *ds.data_vars]
    meta = {
        "sizes": {str(d): int(n) for d, n in ds.sizes.items()},
        "variables": {
            str(n): {"dims": ds[n].dims, "dtype": ds[n].dtype.str, "attrs": plain(ds[n].attrs)} for n in names
        },
        "coords": [str(n) for n in ds.coords],
        "attrs": plain(ds.attrs),
    }
    full = [
        np.broadcast_to(
            ds[n].broadcast_like(ds).transpose(*ds.sizes).values, tuple(ds.sizes.values())
        ).ravel()
        for n in names
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("# " + json.dumps(meta) + "\n")
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(names)
        lines.writerows(zip(*(_texts(column) for column in full), strict=True))


def _texts(column: Array) -> list[object]:
    """Return a column as Python values, times as text."""
    found: list[object] = (np.datetime_as_string(column) if column.dtype.kind == "M" else column).tolist()
    return found


def _typed(texts: Array, dtype: np.dtype[Any]) -> Array:
    """Return the texts of a column as what they are."""
    return texts == "True" if dtype.kind == "b" else texts.astype(dtype)


def _read_csv(path: Path) -> xr.Dataset:
    import xarray as xr

    with path.open(encoding="utf-8", newline="") as file:
        meta = json.loads(file.readline()[2:])
        columns = list(zip(*list(csv.reader(file))[1:], strict=True))
    sizes = meta["sizes"]
    variables = {}
    for (name, info), column in zip(meta["variables"].items(), columns, strict=True):
        grid = _typed(np.array(column), np.dtype(info["dtype"])).reshape(tuple(sizes.values()))
        index = tuple(slice(None) if d in info["dims"] else 0 for d in sizes)
        order = [d for d in sizes if d in info["dims"]]
        attrs = {
            k: np.array(v, dtype=np.int8) if k in ("flag_values", "flag_masks") else v
            for k, v in info["attrs"].items()
        }
        variables[name] = xr.DataArray(grid[index], dims=order, attrs=attrs).transpose(*info["dims"])
    coords = {n: variables.pop(n) for n in meta["coords"]}
    return xr.Dataset(variables, coords, meta["attrs"])
