"""What the tests of battery kernels share: tables written by hand, and a way into the work arrays of a case."""

from types import SimpleNamespace

import numpy as np
import pytest
from numba.core import config

from energymodels.axes import make_axes
from energymodels.engine import _columns
from energymodels.kernels.battery import drive, layout
from energymodels.kernels.battery import row as to
from energymodels.kernels.battery import work as at
from energymodels.model import get_model
from energymodels.spec import load

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
    """Run one case straight through the kernel; return its row, results and work arrays, which stand at the case's end."""
    spec = load(model).replace(values or {})
    found = get_model(spec.model)
    axes = make_axes(spec.fields, {}, {}, lambda name: (name, ""))
    columns = {path: column.ravel() for path, column in _columns(spec.fields, spec.checked(), axes).items()}
    prepared = found.prepare(columns)
    rows = np.zeros(1, to.ROW).view(np.recarray)
    for name in to.ROW.names:
        rows[name] = np.ravel(prepared.rows[name])[0]
    shared = prepared.shared
    n, s, p = shared["counts"].tolist()
    single = found.name != "battery.dfn"
    work = at.make_work(n + s + p, 1 if single else n, 1 if single else p, shared["radial"].shape[1])
    mesh = at.Mesh(n, s, p, shared["radial"], bool(shared["pybamm"][0]))
    axis = np.asarray(time, dtype=float)
    series = np.empty((to.SERIES, 1, axis.size))
    out = np.empty((to.SCALARS, 2))[:, :1]
    codes = np.empty(1, dtype=np.int8)
    fidelity = ("battery.spm", "battery.spme", "battery.dfn").index(found.name)
    with np.errstate(all="ignore"):
        drive.solve(
            rows, work, mesh, shared["tables"], shared["index"], shared["widths"], shared["program"], shared["profiles"], fidelity,
            axis, series, out, codes,
        )  # fmt: skip
    by_modes = [work.index[f, 0] == 1 and shared["tables"][work.index[f, 1] + 2] == 0.0 for f in (layout.D_N, layout.D_P)]
    return SimpleNamespace(
        by_modes=by_modes, row=rows[0], work=work, mesh=mesh, out=out[:, 0], series=series[:, 0], status=int(codes[0]), fidelity=fidelity,
        point=work.points[work.now[at.HEAD]], profile=work.profiles[work.now[at.HEAD]],
    )  # fmt: skip


@pytest.fixture(scope="session")
def tools():
    """Return the helpers of this file."""
    return SimpleNamespace(table=table, constant=constant, material=material, solve_case=solve_case, fast=FAST)
