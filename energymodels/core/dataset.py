"""Results as xarray Datasets that explain themselves, and their way to and from netCDF, Zarr and CSV."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import platform
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import energymodels
from energymodels.core.axes import dim_name, swept_values
from energymodels.core.errors import Fault, InputError
from energymodels.core.model import Array
from energymodels.core.solution import Solution

if TYPE_CHECKING:
    import xarray as xr

SUFFIXES = (".nc", ".zarr", ".csv")


def to_dataset(solution: Solution, history: str = "") -> xr.Dataset:
    """Return the Dataset of a solution: one dimension per axis, units and provenance as attributes."""
    import xarray as xr

    dims = tuple(axis.dim for axis in solution.axes)
    data: dict[str, Any] = {}
    for output in solution.outputs:
        attrs = {"units": output.unit, "long_name": output.long_name, **output.attrs}
        if output.absence:
            attrs["absent"] = output.absence
        values = solution.values[output.name]
        if output.derived:  # lives on the axes it depends on
            grid = values.shape[: len(dims)]
            mine = tuple(d for d, n in zip(dims, grid, strict=True) if n > 1)
            own = values.shape[len(dims) :]
            data[output.name] = (
                mine + output.dims,
                values.reshape([n for n in grid if n > 1] + list(own)),
                attrs,
            )
        else:
            if (
                "flag_values" in attrs
                and not output.dims
                and solution.status.size == 1
                and (word := solution.word(output))
            ):
                attrs["comment"] = word
            data[output.name] = (dims + output.dims, values.reshape(solution.shape + values.shape[1:]), attrs)
    data["status"] = (dims, solution.status.reshape(solution.shape), _status_attrs())
    coords: dict[str, Any] = {}
    for axis in solution.axes:
        if axis.dim == "point" and axis.names is None:
            coords["point"] = ("point", np.arange(axis.size), {"units": "1", "long_name": "design"})
        if axis.names is not None:
            coords[axis.names_as] = (
                axis.dim,
                axis.names,
                dict(AXIS_ATTRS.get(axis.dim, {"long_name": "index of the series"})),
            )
        for path, values in {**axis.values, **axis.given}.items():
            info = solution.infos[path]
            attrs = {"long_name": info.meaning, "field": path}
            if path in axis.typed:  # figures are drawn in it
                attrs["typed_unit"] = axis.typed[path]
            coords[dim_name(path)] = (axis.dim, values, {"units": info.unit, **attrs} if info.unit else attrs)
    used = {dim for output in solution.outputs for dim in output.dims}
    for dim, values in solution.output_axes.items():
        if dim in used:
            coords[dim] = (dim, values, dict(AXIS_ATTRS[dim]))
    return xr.Dataset(data, coords, _root_attrs(solution, history))


AXIS_ATTRS: Mapping[str, Mapping[str, str]] = {
    "component": {"long_name": "component of a cell"},
    "element": {"long_name": "chemical element"},
    "set": {"long_name": "parameter set: as the spec says, then what differs from it"},
    "time": {"units": "s", "long_name": "time"},
    "voltage": {"units": "V", "long_name": "terminal voltage"},
    "x": {
        "units": "1",
        "long_name": "place across the cell: 0 to 1 negative electrode, to 2 separator, to "
        "3 positive electrode",
    },
    "x_negative": {
        "units": "1",
        "long_name": "place across the negative electrode, from its current collector",
    },
    "x_positive": {"units": "1", "long_name": "place across the positive electrode, from the separator"},
}


def _status_attrs() -> dict[str, Any]:
    from energymodels.kernels.status import MEANINGS

    return {
        "long_name": "how the case ended",
        "units": "1",
        "flag_values": np.array(list(MEANINGS), dtype=np.int8),
        "flag_meanings": " ".join(MEANINGS.values()),
    }


def _root_attrs(solution: Solution, history: str) -> dict[str, Any]:
    """Return the root attributes: model, versions, the whole spec, its digest, sources, threads, history."""
    swept = swept_values(solution.axes)
    wordy = ("text", "label")
    used = {
        path: np.unique(swept[path]).tolist()
        if path in swept and solution.infos[path].kind in wordy
        else [value]
        for path, value in solution.fields.items()
    }
    spec = json.dumps(
        {
            "model": solution.model.name,
            "name": solution.spec.name,
            "fields": {
                p: str(v) if v in (math.inf, -math.inf) else v
                for p, v in solution.fields.items()
                if p not in swept
            },
            "swept": sorted(swept),
        }
    )
    attrs: dict[str, Any] = {
        "Conventions": "CF-1.11",
        "title": solution.spec.title or f"{solution.model.name}: {solution.model.summary}",
        "model": solution.model.name,
        "spec": spec,
        "spec_sha256": hashlib.sha256(spec.encode()).hexdigest(),
        "sources": " ".join(solution.model.sources),
        "energymodels_version": energymodels.__version__,
        "numpy_version": np.__version__,
        "numba_version": version("numba"),
        "python_version": platform.python_version(),
        "threads": solution.threads,
        "seconds": solution.seconds,
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {history or 'energymodels, from Python'}",
    }
    if solution.backend:
        attrs |= {"backend": solution.backend, f"{solution.backend}_version": version(solution.backend)}
    if cited := solution.model.data_sources(used):
        attrs["data_sources"] = "; ".join(cited)
    if solution.notes:
        attrs["comment"] = "; ".join(solution.notes)
    return attrs


def check_suffix(path: str | Path) -> Path:
    """Return ``path``; InputError if results cannot be written in its format."""
    if Path(path).suffix not in SUFFIXES:
        raise InputError(
            Fault("output file", str(path), hint=f"results are written as {', '.join(SUFFIXES)}")
        )
    return Path(path)


def _encode(ds: xr.Dataset) -> xr.Dataset:
    """Write labels and texts as integers with flag_values and flag_meanings, texts of several words as JSON
    in flag_texts.
    """
    for name in list(ds.coords):
        coord = ds.coords[name]
        if coord.dtype.kind in "UO":
            words = [str(v) for v in coord.values.flat]
            known = {word: code for code, word in enumerate(dict.fromkeys(words))}
            codes = np.array([known[word] for word in words], dtype=np.int8 if len(known) < 128 else np.int32)
            attrs = {**coord.attrs, "flag_values": np.arange(len(known), dtype=codes.dtype)}
            if all(word.split() == [word] for word in known):
                attrs["flag_meanings"] = " ".join(known)
            else:
                attrs["flag_texts"] = json.dumps(list(known))
            ds = ds.assign_coords({name: (coord.dims, codes.reshape(coord.shape), attrs)})
    return ds


def _decode(ds: xr.Dataset) -> xr.Dataset:
    """Restore labels, and flags to the type of their variable."""
    for variable in ds.variables.values():
        for key in ("flag_values", "flag_masks"):
            if key in variable.attrs:
                variable.attrs[key] = np.array(variable.attrs[key], dtype=variable.dtype)
    for name in list(ds.coords):
        coord = ds.coords[name]
        text = str(coord.attrs.get("flag_texts", ""))
        if text or "flag_meanings" in coord.attrs:
            labels = np.array(json.loads(text) if text else str(coord.attrs["flag_meanings"]).split())
            attrs = {
                k: v
                for k, v in coord.attrs.items()
                if k not in ("flag_values", "flag_meanings", "flag_texts")
            }
            ds = ds.assign_coords({name: (coord.dims, labels[coord.values.astype(int)], attrs)})
    return ds


def write(ds: xr.Dataset, path: str | Path) -> Path:
    """Write a result to ``.nc``, ``.zarr`` or ``.csv``; a file in the way is replaced only after the new one
    is complete.
    """
    target = check_suffix(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    encoded = _encode(ds)
    part = target.with_name(target.name + ".part")
    if target.suffix == ".csv":
        _write_csv(ds, part)
    elif target.suffix == ".nc":
        encoded.to_netcdf(part, engine="h5netcdf")
    else:
        encoded.to_zarr(part, mode="w", consolidated=False)
        if target.is_file():
            target.unlink()
        shutil.rmtree(target, ignore_errors=True)
    part.replace(target)
    return target


def read(path: str | Path) -> xr.Dataset:
    """Return a result written by ``write``, labels restored."""
    import xarray as xr

    source = check_suffix(path)
    if not source.exists():
        raise InputError(Fault(str(path), hint="no such file"))
    try:
        if source.suffix == ".csv":
            return _read_csv(source)
        if source.suffix == ".zarr":
            return _decode(xr.open_zarr(source, consolidated=False).load())
        with xr.open_dataset(source, engine="h5netcdf") as ds:
            return _decode(ds.load())
    except (OSError, ValueError, KeyError, IndexError, TypeError, csv.Error) as error:
        raise InputError(Fault(str(path), hint=f"not a result file: {error}")) from error


def written_by(path: str | Path) -> str:
    """Return the command line that wrote a result, as its history says it; empty of what is no result."""
    try:
        history = str(_history(Path(path)))
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return ""
    _, blank, command = history.partition("Z ")
    return command if blank else ""


def _history(path: Path) -> Any:
    """Return the attribute ``history`` of a file, which is not read whole."""
    if path.suffix == ".zarr":
        return json.loads((path / "zarr.json").read_text(encoding="utf-8"))["attributes"]["history"]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as file:
            return json.loads(file.readline()[2:])["attrs"]["history"]
    import h5py

    with h5py.File(path) as file:
        return file.attrs["history"]


def _plain(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.tolist() if isinstance(v, np.ndarray | np.generic) else v for k, v in attrs.items()}


def _write_csv(ds: xr.Dataset, path: Path) -> None:
    """Write one row per case; the first line, a comment, holds dimensions and attributes as JSON."""
    names = [*ds.coords, *ds.data_vars]
    meta = {
        "sizes": {str(d): int(n) for d, n in ds.sizes.items()},
        "variables": {
            str(n): {"dims": ds[n].dims, "dtype": ds[n].dtype.str, "attrs": _plain(ds[n].attrs)}
            for n in names
        },
        "coords": [str(n) for n in ds.coords],
        "attrs": _plain(ds.attrs),
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


def _texts(column: Array) -> list[Any]:
    """Return a column as Python values, times as text."""
    found: list[Any] = (np.datetime_as_string(column) if column.dtype.kind == "M" else column).tolist()
    return found


def _read_csv(path: Path) -> xr.Dataset:
    import xarray as xr

    with path.open(encoding="utf-8", newline="") as file:
        meta = json.loads(file.readline()[2:])
        columns = list(zip(*list(csv.reader(file))[1:], strict=True))
    sizes = meta["sizes"]
    variables = {}
    for (name, info), column in zip(meta["variables"].items(), columns, strict=True):
        grid = np.array(column).reshape(tuple(sizes.values())).astype(np.dtype(info["dtype"]))
        index = tuple(slice(None) if d in info["dims"] else 0 for d in sizes)
        order = [d for d in sizes if d in info["dims"]]
        attrs = {
            k: np.array(v, dtype=np.int8) if k in ("flag_values", "flag_masks") else v
            for k, v in info["attrs"].items()
        }
        variables[name] = xr.DataArray(grid[index], dims=order, attrs=attrs).transpose(*info["dims"])
    coords = {n: variables.pop(n) for n in meta["coords"]}
    return xr.Dataset(variables, coords, meta["attrs"])
