"""How a sweep lies in a Zarr store: its variables, their chunks, and the metadata that says so."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.axes import Axis, dim_name
from energymodels.core.dataset import axis_coordinates, status_attrs, to_dataset
from energymodels.core.grid import block_shape
from energymodels.core.solution import Solution
from energymodels.core.store import coded, plain
from energymodels.kernels import status

if TYPE_CHECKING:
    from energymodels.core.plan import Plan

ROOT = "zarr.json"
CODEC: Mapping[str, Any] = {
    "cname": "lz4",
    "clevel": 5,
    "shuffle": 1,
}  # results are nearly random: others are slower, not smaller


@dataclass(frozen=True)
class Variable:
    """A variable of the store: its dimensions, shape and chunks, type, and what stands where nothing is."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    fill: float | int
    attrs: Mapping[str, Any]
    words: tuple[str, ...] = ()  # of a coordinate of labels or texts, by code

    def key(self, at: Mapping[str, int]) -> str:
        """Return the key of the chunk at the block ``at`` of the grid."""
        return "/".join([self.name, "c", *(str(at.get(dim, 0)) for dim in self.dims)])

    def encode(self, values: Array) -> bytes:
        """Return the bytes of a chunk: those at the end of an axis are filled up."""
        from numcodecs import Blosc

        whole = np.asarray(values, dtype=self.dtype)
        if whole.shape != self.chunks:
            whole = np.full(self.chunks, self.fill, dtype=self.dtype)
            whole[tuple(slice(0, n) for n in np.shape(values))] = values
        found: bytes = Blosc(**CODEC).encode(np.ascontiguousarray(whole))
        return found

    def decode(self, data: bytes) -> Array:
        """Return the values of a chunk, filled up as it is."""
        from numcodecs import Blosc

        return np.frombuffer(Blosc(**CODEC).decode(data), dtype=self.dtype).reshape(self.chunks)


@dataclass(frozen=True)
class Layout:
    """All variables of a store: ``outputs`` of the cases, ``status``, and ``drawn`` coordinates, which are
    written with the cases; ``held`` coordinates with their values.
    """

    block: tuple[int, ...]  # shape of a block of the grid
    grid: tuple[str, ...]  # its dimensions
    shape: tuple[int, ...]
    outputs: Mapping[str, Variable]
    status: Variable
    drawn: Mapping[str, Variable]
    held: Mapping[str, tuple[Variable, Array]]

    @property
    def blocks(self) -> tuple[int, ...]:
        """The number of blocks along each axis."""
        return tuple(-(-n // count) for n, count in zip(self.shape, self.block, strict=True))

    @property
    def number(self) -> int:
        """How many blocks there are."""
        return math.prod(self.blocks)

    def where(self, number: int) -> tuple[dict[str, int], tuple[slice, ...]]:
        """Return (its place among the blocks by dimension, its place in the grid) of a block."""
        places = [int(i) for i in np.unravel_index(number, self.blocks)] if self.blocks else []
        index = tuple(
            slice(i * count, min((i + 1) * count, n))
            for i, count, n in zip(places, self.block, self.shape, strict=True)
        )
        return dict(zip(self.grid, places, strict=True)), index

    def variables(self) -> list[Variable]:
        """Return every variable."""
        held = [variable for variable, _ in self.held.values()]
        return [*self.outputs.values(), self.status, *self.drawn.values(), *held]


def corner(plan: Plan) -> Plan:
    """Return the plan of the smallest grid with as many axes, which shows what variables there are."""
    return plan.part(tuple(slice(0, min(2, axis.size)) for axis in plan.axes))


def layout(plan: Plan, tried: Solution, size: int, *, float32: bool) -> Layout:
    """Return the layout of a plan in blocks of at most ``size`` cases; ``tried`` is its corner, solved."""
    grid = tuple(axis.dim for axis in plan.axes)
    block = block_shape(plan.shape, size)
    sizes, cuts = dict(zip(grid, plan.shape, strict=True)), dict(zip(grid, block, strict=True))
    ds = to_dataset(tried)
    own = {str(dim): int(n) for dim, n in ds.sizes.items() if dim not in sizes}

    def variable(name: str, dims: tuple[str, ...], dtype: Any, attrs: Mapping[Any, Any]) -> Variable:
        shape, chunks = (tuple((part | own)[dim] for dim in dims) for part in (sizes, cuts))
        return Variable(name, dims, shape, chunks, np.dtype(dtype), _fill(dtype, attrs), plain(attrs))

    outputs = {}
    for output in tried.outputs:
        found = ds[output.name]
        thin = float32 and found.dtype == np.float64
        attrs = {key: value for key, value in found.attrs.items() if key != "comment"}
        dims = tuple(str(dim) for dim in found.dims)
        outputs[output.name] = variable(output.name, dims, np.dtype("f4") if thin else found.dtype, attrs)
    code = Variable("status", grid, plan.shape, block, np.dtype("i1"), status.NOT_RUN, plain(status_attrs()))
    drawn = {}
    held = {dim: _held(dim, dim, ds[dim].values, ds[dim].attrs) for dim in own}
    for axis in plan.axes:
        for name, (dim, values, about) in axis_coordinates(axis, plan.infos).items():
            if axis.drawn is None:
                held[name] = _held(name, dim, values, about)
            else:
                words = _words(axis, name)
                codes, attrs = coded(values, about, words, label=True)
                drawn[name] = replace(variable(name, (dim,), codes.dtype, attrs), words=words)
    return Layout(block, grid, plan.shape, outputs, code, drawn, held)


def _held(name: str, dim: str, values: Array, attrs: Mapping[Any, Any]) -> tuple[Variable, Array]:
    """Return a coordinate that is written whole before any case, and its values."""
    codes, more = coded(values, attrs, None, label=True)
    fill = _fill(codes.dtype, {})
    return Variable(name, (dim,), codes.shape, codes.shape, codes.dtype, fill, plain(more)), codes


def _words(axis: Axis, name: str) -> tuple[str, ...]:
    """Return every label or text of a drawn coordinate, in the order of their codes."""
    assert axis.drawn is not None
    found = {dim_name(path): (*words, "") for path, words in axis.drawn.words.items()}  # "" where it lacks
    return found.get(name, ())


def _fill(dtype: Any, attrs: Mapping[Any, Any]) -> float | int:
    """Return what stands where no case has been solved."""
    if np.dtype(dtype).kind == "f":
        return float("nan")
    return -1 if "flag_values" in attrs else 0


def metadata(of: Layout, attrs: Mapping[str, Any]) -> dict[str, bytes]:
    """Return {key: bytes} of the metadata of a store, that of the root last."""
    import zarr
    from zarr.codecs import BloscCodec, BloscShuffle
    from zarr.storage import MemoryStore

    held: dict[str, Any] = {}
    group = zarr.open_group(MemoryStore(held), mode="w")
    codec = BloscCodec(cname="lz4", clevel=CODEC["clevel"], shuffle=BloscShuffle.shuffle)
    for one in of.variables():
        group.create_array(
            one.name,
            shape=one.shape,
            chunks=one.chunks or "auto",
            dtype=one.dtype,
            fill_value=one.fill,
            compressors=codec,
            dimension_names=one.dims,
            attributes=dict(one.attrs),
        )
    names = {*of.drawn, *of.held}
    beside = " ".join(sorted(names - set(of.grid) - {dim for one in of.outputs.values() for dim in one.dims}))
    group.attrs.update(plain({**attrs, **({"coordinates": beside} if beside else {})}))
    with warnings.catch_warnings():  # others than Python may not read it; they read the rest
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(group.store)
    found = {key: held[key].to_bytes() for key in held}
    root = found.pop(ROOT)
    return found | {ROOT: root}


def with_attrs(root: bytes, attrs: Mapping[str, Any]) -> bytes:
    """Return the metadata of a root with some attributes more."""
    found = json.loads(root)
    found["attributes"] |= plain(attrs)
    return json.dumps(found, indent=2).encode()
