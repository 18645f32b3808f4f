"""What the tests of battery kernels share: tables written by hand, and a way into the work arrays
of a case.
"""

import inspect
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from numba.core import config

from energymodels.core.model import Block, scalar_outputs
from energymodels.core.plan import plan
from energymodels.core.registry import get_model
from energymodels.core.spec import load
from energymodels.kernels.battery.cell import drive, layout
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at

FAST = config.DISABLE_JIT


def table(*coefficients, low=0.0, high=1.0, below=0.0, above=0.0):
    """Return a table of one cubic: ``coefficients`` are those of powers of x."""
    width = high - low
    shifted = np.polynomial.Polynomial(coefficients)(np.polynomial.Polynomial([low, width])).coef
    pieces = np.zeros(4)
    pieces[: shifted.size] = shifted
    return np.array([low, high, 1.0, 1.0 / width, below, above, 8.0, 1.0, *pieces])


def constant(value):
    """Return the table of a constant."""
    return np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, value])


def material(functions):
    """Return (tables, index, coefficients) of functions {number: table} of x alone; those left out are 1."""
    index = np.zeros((layout.FUNCTIONS, 1 + 2 * layout.RANK), dtype=np.int64)
    index[:, 0] = 1
    tables = [constant(1.0)]
    for function, one in functions.items():
        index[function, 1] = sum(t.size for t in tables)
        tables.append(one)
    return np.concatenate(tables), index, np.ones((layout.FUNCTIONS, layout.RANK + 1))


def solve_case(model="battery.dfn", values=None, time=()):
    """Run one case straight through the kernel; return its row, results and work arrays, which stand at the
    case's end.
    """
    spec = load(model).replace(values or {})
    found = get_model(spec.model)
    columns = {path: column.ravel() for path, column in plan(spec).columns.items()}
    prepared = found.prepare(columns)
    rows = np.zeros(1, to.ROW).view(np.recarray)
    for name in to.ROW.names:
        rows[name] = np.ravel(prepared.rows[name])[0]
    axis = np.asarray(time, dtype=float)
    outputs = [output for output in found.outputs if output.dims == ("time",)]
    block = Block(
        np.empty((len(scalar_outputs(found)), 2))[:, :1],
        {output.name: np.empty((1, axis.size)) for output in outputs if axis.size},
        np.empty(1, dtype=np.int8),
    )
    parts = inspect.signature(getattr(drive.solve, "py_func", drive.solve)).parameters
    kept = {}

    def solve(*arguments):
        """Call the kernel and keep what it was given, results as it left them."""
        drive.solve(*arguments)
        kept.update(zip(parts, arguments, strict=True))
        kept["out"] = kept["out"][:, 0].copy()

    shim = SimpleNamespace(ROW=to.ROW, solve=solve)
    with np.errstate(all="ignore"), mock.patch.object(type(found), "kernel", return_value=shim):
        found.solve(rows, {"time": axis, **prepared.shared}, block)
    work, tables = kept["w"], kept["tables"]
    by_modes = [
        work.index[f, 0] == 1 and tables[work.index[f, 1] + 2] == 0.0 for f in (layout.D_N, layout.D_P)
    ]
    return SimpleNamespace(
        by_modes=by_modes, row=rows[0], work=work, tables=tables, mesh=kept["mesh"], out=kept["out"],
        series=kept["series"][:, 0] if axis.size else kept["series"][:, :0],
        status=int(block.status[0]), fidelity=kept["fidelity"], point=work.points[work.now[at.HEAD]],
        profile=work.profiles[work.now[at.HEAD]],
    )  # fmt: skip


@pytest.fixture(scope="session")
def tools():
    """Return the helpers of this file."""
    return SimpleNamespace(
        table=table, constant=constant, material=material, solve_case=solve_case, fast=FAST
    )
