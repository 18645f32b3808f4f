"""Cases that are none: refused one by one, a status in a sweep; sources of the sets used."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.protocol.program import parse
from energymodels.battery.protocol.rules import out_of_limits
from energymodels.core.errors import InputError
from energymodels.kernels import status

CELL = "battery-lfp-18650"
SHORT = {"protocol": "Discharge at 1C for 1 minute", "model": "battery.spm", "series.points": 0}


def refusal(values: dict[str, object]) -> str:
    with pytest.raises(InputError) as caught:
        em.run(CELL, values)
    return str(caught.value)


def test_an_overfull_electrode_is_refused() -> None:
    assert "negative.active_fraction = 0.75681" in refusal({"negative.porosity": 0.3})
    assert "positive.porosity = 0.20359" in refusal({"positive.active_fraction": 0.9})


@pytest.mark.skipif(config.DISABLE_JIT, reason="time steps, interpreted")
def test_in_a_sweep_it_has_a_status() -> None:
    found = em.sweep(CELL, {"negative.porosity": [0.3, 0.2]}, SHORT)
    assert found.status.values.tolist() == [status.OUT_OF_RANGE, status.OK]
    assert np.isnan(found.capacity.values).tolist() == [True, False]


@pytest.mark.parametrize(
    ("protocol", "faults"),
    [
        ("Charge at 1C until 3.65 V; Hold at 3.65 V until C/20; Discharge at 1C until 2 V", []),
        ("Charge at 1C until {v} V", []),
        ("Charge at 1C until 3.7 V", ["voltage_max"]),
        ("Discharge at 1C until 1.9 V", ["voltage_min"]),
        ("(Charge at 1C until 3700 mV; Hold at 3.7 V for 1 minute) x 2", ["voltage_max", "voltage_max"]),
    ],
)
def test_voltages_past_the_limits(protocol: str, faults: list[str]) -> None:
    found = out_of_limits(parse(protocol).blocks, 2.0, 3.65)
    assert len(found) == len(faults)
    assert all(
        fault.field == "protocol" and name in fault.hint for fault, name in zip(found, faults, strict=True)
    )


def test_limits_are_those_of_the_case() -> None:
    assert "limit of 3.65 V" in refusal({"protocol": "Charge at 1C until 3.7 V"})
    assert "limit of 3.6 V" in refusal({"protocol": "Charge at 1C until 3.65 V", "cell.voltage_max": 3.6})
    assert "limit of 2.5 V" in refusal({"protocol": "Discharge at 1C until 2.4 V", "parameters": "Chen2020"})


@pytest.mark.skipif(config.DISABLE_JIT, reason="time steps, interpreted")
def test_a_result_cites_its_parameter_sets() -> None:
    one, two = em.run(CELL, SHORT), em.sweep(CELL, {"parameters": ["lfp-18650", "Chen2020"]}, SHORT)
    assert one.attrs["data_sources"].split("; ") == list(parameter_set("lfp-18650").sources)
    assert set(two.attrs["data_sources"].split("; ")) == {
        *parameter_set("lfp-18650").sources,
        *parameter_set("Chen2020").sources,
    }
