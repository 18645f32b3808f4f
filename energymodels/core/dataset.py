"""Results as xarray Datasets that explain themselves."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

import energymodels
from energymodels.core.arrays import Array
from energymodels.core.axes import Axis, dim_name, swept_values
from energymodels.core.field import FieldInfo
from energymodels.core.model import Output
from energymodels.core.solution import Solution
from energymodels.core.stores import digests
from energymodels.core.sweep_files.sweep_file import recorded
from energymodels.kernels import jit

if TYPE_CHECKING:
    import xarray as xr


Coordinate: TypeAlias = tuple[str, Array, dict[str, str]]  # dimension, values, attributes


def to_dataset(solution: Solution, history: str = "") -> xr.Dataset:
    """Return the Dataset of a solution: one dimension per axis, units and provenance as attributes."""
    if solution.axes or any(output.dims for output in solution.outputs):
        found = _built(solution)
    else:
        found = _filled(solution)
    found.attrs = root_attrs(solution, history)
    return found


_plain: dict[tuple[str, ...], xr.Dataset] = {}  # a single case's, by model and outputs


def _filled(solution: Solution) -> xr.Dataset:
    """Return the variables of a single case: those of an earlier one with the same outputs, other numbers."""
    key = (solution.model.name, *(output.name for output in solution.outputs))
    if key not in _plain:
        _plain[key] = _built(solution)
    values = {o.name: solution.values[o.name].reshape(()) for o in solution.outputs}
    found = _plain[key].copy(data=values | {"status": solution.status.reshape(())})
    for output in solution.outputs:
        if "flag_values" in output.attrs:
            _comment(found.variables[output.name].attrs, solution, output)
    return found


def _comment(attrs: dict[str, object], solution: Solution, output: Output) -> None:
    """Say beside a code of a single case what it stands for."""
    attrs.pop("comment", None)
    if not output.dims and solution.status.size == 1 and (word := solution.word(output)):
        attrs["comment"] = word


def _built(solution: Solution) -> xr.Dataset:
    """Return the variables and coordinates of a solution."""
    import xarray as xr

    dims = tuple(axis.dim for axis in solution.axes)
    data = {output.name: _variable(solution, output, dims) for output in solution.outputs}
    data["status"] = (dims, solution.status.reshape(solution.shape), status_attrs())
    return xr.Dataset(data, _coordinates(solution))


def _variable(
    solution: Solution, output: Output, dims: tuple[str, ...]
) -> tuple[tuple[str, ...], Array, dict[str, object]]:
    """Return (dimensions, values, attributes) of an output."""
    attrs = output_attrs(output)
    values = solution.values[output.name]
    if output.derived:  # lives on the axes it depends on
        grid, own = values.shape[: len(dims)], values.shape[len(dims) :]
        mine = tuple(d for d, n in zip(dims, grid, strict=True) if n > 1)
        return mine + output.dims, values.reshape([n for n in grid if n > 1] + list(own)), attrs
    if "flag_values" in attrs:
        _comment(attrs, solution, output)
    return dims + output.dims, values.reshape(solution.shape + values.shape[1:]), attrs


def output_attrs(output: Output) -> dict[str, object]:
    """Return the attributes of an output's variable."""
    attrs = {"units": output.unit, "long_name": output.long_name, **output.attrs}
    return {**attrs, "absent": output.absence} if output.absence else attrs


def _coordinates(solution: Solution) -> dict[str, object]:
    """Return the coordinates of the axes, and those of outputs with dimensions of their own."""
    coords: dict[str, object] = {}
    for axis in solution.axes:
        coords |= axis_coordinates(axis, solution.infos)
    used = {dim for output in solution.outputs for dim in output.dims}
    own = {dim: values for dim, values in solution.output_axes.items() if dim in used}
    return coords | {dim: (dim, values, dict(AXIS_ATTRS[dim])) for dim, values in own.items()}


def axis_coordinates(axis: Axis, infos: Mapping[str, FieldInfo], first: int = 0) -> dict[str, Coordinate]:
    """Return the coordinates of an axis, or of a part of it that begins at the place ``first``."""
    coords: dict[str, Coordinate] = {}
    if axis.dim == "point" and axis.names is None:
        places = np.arange(first, first + axis.size)
        coords["point"] = ("point", places, {"units": "1", "long_name": "design"})
    if axis.names is not None:
        attrs = dict(AXIS_ATTRS.get(axis.dim, {"long_name": "index of the series"}))
        coords[axis.names_as] = (axis.dim, axis.names, attrs)
    for path, values in {**axis.values, **axis.given}.items():
        about = {"long_name": infos[path].meaning, "field": path}
        if path in axis.typed:  # figures are drawn in it
            about["typed_unit"] = axis.typed[path]
        unit = infos[path].unit
        coords[dim_name(path)] = (axis.dim, values, {"units": unit, **about} if unit else about)
    return coords


AXIS_ATTRS: Mapping[str, Mapping[str, str]] = {
    "component": {"long_name": "component of the cell"},
    "element": {"long_name": "chemical element"},
    "set": {"long_name": "parameter set: as given in the spec, then the alternative used"},
    "time": {"units": "s", "long_name": "time"},
    "voltage": {"units": "V", "long_name": "terminal voltage"},
    "x": {
        "units": "1",
        "long_name": "position through the cell: 0 to 1 negative electrode, 1 to 2 separator, 2 to "
        "3 positive "
        "electrode",
    },
    "x_negative": {
        "units": "1",
        "long_name": "position in the negative electrode, from the current collector",
    },
    "x_positive": {"units": "1", "long_name": "position in the positive electrode, from the separator"},
}


def status_attrs() -> dict[str, object]:
    from energymodels.kernels.status import MEANINGS

    return {
        "long_name": "status of the case",
        "units": "1",
        "flag_values": np.array(list(MEANINGS), dtype=np.int8),
        "flag_meanings": " ".join(MEANINGS.values()),
    }


_version = cache(version)  # reading it takes longer than solving a cell
_of_kernels = cache(jit.source_digest)


def origin(history: str = "", backend: str = "") -> dict[str, str]:
    """Return the attributes that say what made a Dataset, and when: versions, command or ``history``."""
    return {
        "energymodels_version": str(energymodels.__version__),
        "kernels_digest": _of_kernels(),
        "data_digest": digests.of_data(),
        "numpy_version": np.__version__,
        "numba_version": _version("numba"),
        "scipy_version": _version("scipy"),
        "python_version": platform.python_version(),
        "history": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {history or 'energymodels, from Python'}",
        **({"backend": backend, f"{backend}_version": _version(backend)} if backend else {}),
    }


def root_attrs(
    solution: Solution, history: str, *, float32: bool = False, chunk: int | None = None
) -> dict[str, object]:
    """Return the root attributes: model, versions, the whole spec, its digest, the sweep as it was asked for,
    sources, threads, history.
    """
    swept = swept_values(solution.axes)
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
    attrs: dict[str, object] = {
        "Conventions": "CF-1.11",
        "title": solution.spec.title or f"{solution.model.name}: {solution.model.summary}",
        "model": solution.model.name,
        "spec": spec,
        "spec_sha256": hashlib.sha256(spec.encode()).hexdigest(),
        "sweep": recorded(
            solution.plan, (output.name for output in solution.outputs), float32=float32, chunk=chunk
        ),
        "sources": " ".join(solution.model.sources),
        **origin(history, solution.backend),
        "threads": solution.threads,
        "seconds": solution.seconds,
    }
    if cited := solution.plan.review.sources():
        attrs["data_sources"] = "; ".join(cited)
    if solution.notes:
        attrs["comment"] = "; ".join(solution.notes)
    return attrs
