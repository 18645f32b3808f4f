"""Kernels and models agree on results by name."""

from importlib import import_module

import numpy as np
import pytest

from energymodels.core.model import hand_out, scalar_outputs
from energymodels.core.registry import MODELS, get_model
from energymodels.kernels.battery.cell import row
from energymodels.kernels.battery.design import layout
from energymodels.kernels.pv.cell import row as cell
from energymodels.kernels.vehicle import pack_row

CONSTANTS = {
    "battery.design": layout,
    "battery.spm": row,
    "battery.spme": row,
    "battery.dfn": row,
    "pv.cell": cell,
    "vehicle.drive": pack_row,
}
OF_CYCLES = {"duration", "distance"}  # whose names in capitals are rows of the table of cycles
SERIES = {
    "battery.dfn": row,
    "vehicle.range": import_module("energymodels.kernels.vehicle.longitudinal"),
    "vehicle.drive": pack_row,
}


@pytest.mark.parametrize("name", MODELS)
def test_results_of_the_kernel_are_the_outputs_without_dimensions(name):
    model = get_model(name)
    results = model.kernel().RESULTS
    assert len(set(results)) == len(results)
    assert set(results) == {o.name for o in model.outputs if not o.dims and not o.derived}
    assert [output.name for output in scalar_outputs(model)] == list(results)


@pytest.mark.parametrize("name", MODELS)
def test_constants_of_the_kernel_stand_where_the_name_does(name):
    """A constant that has the name of a result is its place."""
    kernel = CONSTANTS.get(name, get_model(name).kernel())
    assert len(kernel.RESULTS) == kernel.SCALARS
    named = set(kernel.RESULTS) - OF_CYCLES if name == "vehicle.range" else set(kernel.RESULTS)
    found = {result: getattr(kernel, result.upper()) for result in named if hasattr(kernel, result.upper())}
    assert found
    assert found == {r: kernel.RESULTS.index(r) for r in found}


@pytest.mark.parametrize("name", SERIES)
def test_series_of_the_kernel_are_outputs_along_time(name):
    known = {output.name for output in get_model(name).outputs if output.dims == ("time",)}
    assert set(SERIES[name].SERIES_RESULTS) == known


def test_results_are_handed_out_by_name():
    arrays = {"second": np.zeros((1, 2))}
    hand_out(("first", "second"), np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), arrays)
    assert arrays["second"].tolist() == [[3.0, 4.0]]
    with pytest.raises(ValueError, match="argument"):
        hand_out(("first",), np.zeros((2, 1, 2)), arrays)
