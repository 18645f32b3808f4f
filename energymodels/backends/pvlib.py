"""pvlib as reference backend of ``pv.diode``: Bishop's curve, solved by its vectorised Newton iteration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from energymodels.errors import Fault, InputError
from energymodels.kernels import status
from energymodels.model import Array

NEWTON: dict[str, Any] = {"method": "newton", "method_kwargs": {"tol": 1e-12, "maxiter": 200}}


def solve(
    model: str, fields: Mapping[str, Any], columns: Mapping[str, Array], axes: Mapping[str, Array]
) -> tuple[dict[str, Array], Array]:
    """Return (outputs of ``pv.diode``, status) for columns of equal length. pvlib has no second diode: InputError."""
    from pvlib import singlediode

    if np.any(columns["saturation_current_2"] > 0.0):
        raise InputError(Fault("saturation_current_2", hint="pvlib has no second diode; set it to 0 to compare"))
    arguments = tuple(
        columns[name] for name in ("photocurrent", "saturation_current", "resistance_series", "resistance_shunt", "nNsVth")
    )
    with np.errstate(all="ignore"):  # its iterations pass through overflow
        i_mp, v_mp, p_mp = singlediode.bishop88_mpp(*arguments, **NEWTON)
        found = {
            "i_sc": singlediode.bishop88_i_from_v(0.0, *arguments, **NEWTON),
            "v_oc": singlediode.bishop88_v_from_i(0.0, *arguments, **NEWTON),
            "i_mp": i_mp,
            "v_mp": v_mp,
            "p_mp": p_mp,
        }
        if "voltage" in axes:
            shape = (arguments[0].size, axes["voltage"].size)
            flat = [np.broadcast_to(a, shape).ravel() for a in (axes["voltage"], *(a[:, None] for a in arguments))]
            found["i"] = singlediode.bishop88_i_from_v(*flat, **NEWTON).reshape(shape)
    return found, np.where(np.isnan(found["p_mp"]), status.NO_CONVERGENCE, status.OK).astype(np.int8)
