"""Results on disk: netCDF, Zarr and CSV that read back as they were written."""

from __future__ import annotations

import contextlib
import csv
import glob
import json
import os
import shutil
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from energymodels.core import files, hdf5
from energymodels.core.arrays import Array
from energymodels.core.errors import Fault, InputError
from energymodels.core.stores.places import is_url, place, zarr_store

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


def forget(target: Path) -> None:
    """Remove what was put aside for ``target``."""
    for old in target.parent.glob(f".{glob.escape(target.name)}.*.old"):
        remove(old)


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
    url = is_url(path)
    source = Path(path) if url else check_suffix(path)
    try:
        if not url:
            _check_kind(source)
        return _decode(_loaded(path, whole=whole))
    except Exception as error:  # the libraries raise anything on a damaged file
        raise InputError(Fault(str(path), hint=_unreadable(path, error))) from None


def _check_kind(path: Path) -> None:
    """Raise ValueError unless a path is of a file, or of a folder where results of its suffix are folders."""
    why = files.absent(path)
    if path.suffix == ".zarr" and path.is_dir():
        files.text(path / "zarr.json", ".json")
    elif why:
        raise ValueError(why)


def _unreadable(path: str | Path, error: Exception) -> str:
    """Return why a file is no result, in words."""
    if is_url(path) and place(path).get("zarr.json") is None:
        return "no such store"
    if not is_url(path) and not Path(path).exists():
        return files.NO_FILE
    return f"not a result file: {error or type(error).__name__}"


def _loaded(path: str | Path, *, whole: bool) -> xr.Dataset:
    """Return the content of a file as it is written; whatever the libraries raise if it is damaged."""
    import xarray as xr

    if is_url(path):
        found: xr.Dataset = xr.open_zarr(zarr_store(path, read_only=True), consolidated=False).load()
        return found
    path = Path(path)
    if path.suffix == ".csv":
        return _read_csv(path)
    if path.suffix == ".zarr" and not whole:
        ds: xr.Dataset = xr.open_zarr(path, consolidated=False, chunks=None)
        return ds
    if path.suffix == ".nc":
        hdf5.check(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the libraries pass over
        with (
            xr.open_zarr(path, consolidated=False)
            if path.suffix == ".zarr"
            else xr.open_dataset(path, engine="h5netcdf")
        ) as ds:
            _check_size(ds)
            return ds.load()


def _check_size(ds: xr.Dataset) -> None:
    """Raise ValueError for what this machine cannot hold, of a damaged file a number without meaning."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not known here
        return
    if ds.nbytes > memory:
        raise ValueError(
            f"it would take {ds.nbytes / 1e9:.3g} GB of memory; xarray opens such files piecewise"
        )


def written_by(path: str | Path) -> str:
    """Return the command line that wrote a result, as its history says it; empty of what is no result."""
    try:
        if not is_url(path):
            _check_kind(Path(path))
        history = str(_history(path))
    except Exception:  # the libraries raise anything on a damaged file
        return ""
    _, blank, command = history.partition("Z ")
    return command if blank else ""


def _history(where: str | Path) -> Any:
    """Return the attribute ``history`` of a file, which is not read whole."""
    path = Path(where)
    if path.suffix == ".zarr":
        return files.from_json((place(where).get("zarr.json") or b"").decode())["attributes"]["history"]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as file:
            return _head(file)["attrs"]["history"]
    import h5py

    hdf5.check(path)
    with h5py.File(path) as file:
        return file.attrs["history"]


def _head(file: TextIO) -> Any:
    """Return what the first line of a CSV result says of it; ValueError of any other file."""
    line = file.readline(files.LARGEST[".json"])
    if not line.startswith("# {"):
        raise ValueError("its first line does not say what it holds")
    return files.from_json(line[2:])


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
    if dtype.kind not in "biufUM":
        raise ValueError(f"a column of {dtype}")
    if dtype.kind == "U":  # as wide as its longest text
        return texts
    return texts == "True" if dtype.kind == "b" else texts.astype(dtype)


def _read_csv(path: Path) -> xr.Dataset:
    import xarray as xr

    with path.open(encoding="utf-8", newline="") as file:
        meta = _head(file)
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
