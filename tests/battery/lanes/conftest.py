"""Interpreted, the kernels of lanes are as quiet as compiled ones: what is no number is found by masks."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield
