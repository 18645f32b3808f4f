"""What the tests of battery kernels share: tables written by hand, and a way into a case's work arrays."""

import inspect
from types import SimpleNamespace
from unittest import mock

import handmade
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
    rows["side_by_side"] = 0  # the kernel of single cases, whose work arrays are looked at
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


@pytest.fixture
def quick_reference(monkeypatch):
    """Let PyBaMM solve to 1e-6, four times as fast as to 1e-8 and still far closer than what is compared."""
    from energymodels.backends.pybamm import solver

    monkeypatch.setattr(solver, "TOLERANCE", 1e-6)


@pytest.fixture(scope="session")
def tools():
    """Return the helpers of this file."""
    return SimpleNamespace(
        table=handmade.table, constant=handmade.constant, material=handmade.material,
        solve_case=solve_case, fast=FAST,
    )  # fmt: skip
