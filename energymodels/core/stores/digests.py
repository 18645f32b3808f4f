"""What a sweep rests on, as digests: it goes on only where it began."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import energymodels
from energymodels import datasets
from energymodels.core.sweep_files import named_files
from energymodels.kernels import jit

if TYPE_CHECKING:
    from energymodels.core.axes import Axis
    from energymodels.core.plan import Plan

WORDS = {  # part: what is said if it differs
    "model": "the model",
    "spec": "the spec or a value set on it",
    "axes": "an axis, a design or a table",
    "outputs": "the outputs kept",
    "backend": "the backend",
    "float32": "the precision of the outputs",
    "version": "the version of energymodels",
    "kernels": "the kernels",
    "data": "the data sets",
    "files": "a file that the spec or an axis names",
    "numpy": "the version of NumPy",
    "numba": "the version of Numba",
}


def digest(*parts: bytes) -> str:
    """Return a digest of some bytes, told apart."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "little") + part)
    return found.hexdigest()[:16]


@cache
def of_data() -> str:
    """Return the digest of the data that come with the package."""
    root = datasets.ROOT
    files = sorted(path for path in root.rglob("*") if path.suffix in (".toml", ".csv"))
    return digest(
        *(part for path in files for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()))
    )


def _of_axis(axis: Axis) -> list[bytes]:
    """Return what tells an axis from another: its name, fields and values, of a drawn one the first."""
    parts = [axis.dim.encode(), str(axis.size).encode()]
    parts += [] if axis.drawn is None else [axis.drawn.digest.encode()]
    held = {**axis.values, **axis.given} | ({} if axis.names is None else {"": axis.names})
    for path, values in held.items():
        parts += [path.encode(), np.ascontiguousarray(values).tobytes()]
    return parts


def of_plan(plan: Plan, outputs: Iterable[str], float32: bool) -> dict[str, str]:
    """Return {part: digest} of a plan: what must be the same for its cases to be the same to the last bit."""
    import numba

    fields = {path: repr(float(v)) if isinstance(v, float) else v for path, v in plan.fields.items()}
    swept = [values for axis in plan.axes for values in axis.values.values() if values.dtype.kind == "U"]
    texts = [v for v in plan.fields.values() if isinstance(v, str)]
    texts += itertools.chain(*(np.unique(values).tolist() for values in swept))
    return {
        "model": plan.model.name,
        "spec": digest(json.dumps(fields, sort_keys=True).encode()),
        "axes": digest(*(part for axis in plan.axes for part in _of_axis(axis))),
        "outputs": digest(*(name.encode() for name in outputs)),
        "backend": plan.backend,
        "float32": str(float32),
        "version": str(energymodels.__version__),
        "kernels": jit.source_digest(),
        "data": of_data(),
        "files": digest(json.dumps(named_files.digests(texts)).encode()),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def differences(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    """Return what differs between two digests of plans, in words."""
    found = []
    for part, word in WORDS.items():
        if now.get(part) != then.get(part):
            short = part in ("model", "backend", "version", "numpy", "numba", "float32")
            found.append(f"{word} ({then.get(part)}, now {now.get(part)})" if short else word)
    return found
