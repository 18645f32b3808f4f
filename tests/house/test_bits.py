"""The numbers of a small set of runs, as they were kept. A change that moves one says so in docs/changes.

``python tests/house/test_bits.py`` keeps today's.
"""

import json
from pathlib import Path

import bits
import numpy as np
import pytest

KEPT = Path(__file__).with_name("bits.json")
SAME = 1e-11  # processors differ in the last digits of what their vector instructions give


@pytest.fixture(scope="module")
def kept():
    return json.loads(KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", bits.SMALL)
def test_numbers_are_those_that_were_kept(kept, name):
    found = bits.outputs(bits.SMALL[name])
    assert found.keys() == kept[name].keys()
    for variable, values in found.items():
        assert np.allclose(values, np.array(kept[name][variable]), rtol=SAME, atol=0.0, equal_nan=True), (
            variable
        )


def test_differences_are_found():
    one = {"a": np.array([1.0, np.nan]), "b": np.array([1.0])}
    other = {"a": np.array([1.0 + 1e-15, np.nan]), "c": np.array([1.0])}
    assert bits.differences(one, one) == {}
    apart = bits.differences(one, other)
    assert 0.0 < apart.pop("a") < 2e-15
    assert apart == {"b": np.inf, "c": np.inf}


if __name__ == "__main__":
    found = {name: bits.outputs(case) for name, case in bits.SMALL.items()}
    text = {name: {k: v.tolist() for k, v in values.items()} for name, values in found.items()}
    KEPT.write_text(json.dumps(text), encoding="utf-8")
