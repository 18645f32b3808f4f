"""A car at a charger as kernel rows: what pack and station allow, as limits of the cell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.protocol.program import parse, programs
from energymodels.core.case import filled, view
from energymodels.core.model import Array, Prepared
from energymodels.vehicle.pack import rows as pack_rows
from energymodels.vehicle.pack.fields import ChargeStopSpec, Station, StopPack

PROTOCOL = "Charge at limits for {seconds} seconds"
SWITCH = 1.0  # s, in which the surroundings of preheated cells turn to the air's temperature


def prepare(columns: Mapping[str, Array]) -> Prepared:
    """Return the rows of car, cell and charge, SI, and what the kernels share."""
    case = view(ChargeStopSpec, columns)
    stay = case.minutes
    rows, derived, shared = pack_rows.prepare(columns, case.pack, case.ambient_temperature)
    rows |= limits(case.pack, case.station, rows)
    rows["seconds"] = stay
    rows["consumption"] = filled(case.consumption, np.nan, stay)
    program, first, many, _ = programs([parse(PROTOCOL)], {"seconds": stay.ravel()})
    rows["first_step"], rows["steps"] = first.reshape(stay.shape), many.reshape(stay.shape)
    warm, profiles = preheated(rows)
    return Prepared(rows | warm, derived, shared | {"program": program, "profiles": profiles})


def limits(pack: StopPack, station: Station, rows: Mapping[str, Array]) -> dict[str, Array]:
    """Return voltage and rate that pack and station leave to the cell.

    The station's power counts at the cell's upper cut-off voltage, U, so that it holds at every lower one
    too: of
    the pack's current I it takes I (n U + R I). Its voltage counts with what the pack's resistance takes at
    that current.
    """
    series, parallel, resistance, power = pack.series, pack.parallel, pack.resistance, station.power
    voltage = series * rows["limit_voltage"]
    with np.errstate(invalid="ignore"):
        root = np.sqrt(voltage * voltage + 4.0 * resistance * power)
        by_power = np.where(np.isfinite(power), 2.0 * power / (voltage + root), np.inf)
    own = rows["limit_rate"] * rows["nominal"] / 3600.0 * parallel
    current = np.minimum(np.minimum(by_power, station.current), np.minimum(pack.current_max, own))
    drop = np.where(np.isfinite(current), resistance * np.where(np.isfinite(current), current, 0.0), 0.0)
    return {
        "limit_voltage": np.minimum(rows["limit_voltage"], (station.voltage - drop) / series),
        "limit_rate": current / parallel * 3600.0 / rows["nominal"],
    }


def preheated(rows: Mapping[str, Array]) -> tuple[dict[str, Array], Array]:
    """Return (rows ``first_warmth`` and ``warmths``, profiles) of surroundings that are not as warm as the
    cells at the start.

    An isothermal cell keeps its temperature and has none.
    """
    start, around, lumped = np.broadcast_arrays(rows["temperature"], rows["around"], rows["lumped"])
    differs = (start != around) & (lumped != 0.0)
    pairs, which = np.unique(np.stack([start.ravel(), around.ravel()], axis=1), axis=0, return_inverse=True)
    times = np.tile([0.0, SWITCH], len(pairs))
    first = np.where(differs, 2 * which.reshape(start.shape), 0)
    return {"first_warmth": first, "warmths": np.where(differs, 2, 0)}, np.stack(
        [times, pairs.ravel()], axis=1
    )
