"""Drive cycles: bundled ones by name, a constant speed such as ``90 km/h``, or a CSV file.

Bundled: CLTC-P (``gb38146-2019``), WLTC class 3b, UDDS, HWFET, US06, NEDC by its break-points, FTP-75 put
together from the UDDS.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from energymodels import datasets
from energymodels.core import units
from energymodels.core.errors import Fault, InputError, closest
from energymodels.core.model import Array
from energymodels.vehicle.data.cycle_file import read_cycle
from energymodels.vehicle.data.trace import FASTEST
from energymodels.vehicle.data.trace import KMH as KMH
from energymodels.vehicle.data.trace import Cycle as Cycle

NAMES = ("cltc_p", "wltc_3b", "udds", "hwfet", "us06", "nedc", "ftp75")
SUFFIX = ".csv"
STEADY = 600  # s of a constant speed: any number gives the same results, series show this many


def cycle(text: str) -> Cycle:
    """Return the cycle that ``text`` names: a bundled one, a constant speed with its unit, or the path of a
    CSV file.

    InputError says what is wrong with it.
    """
    if text in NAMES:
        return _bundled(text)
    if text.lower().endswith(SUFFIX):
        return read_cycle(text)
    return _steady(text)


@cache
def _bundled(name: str) -> Cycle:
    meta = datasets.table(f"vehicle/cycles/{name}")
    sources = tuple(meta[key] for key in ("source", "via") if key in meta)
    if "parts" in meta:
        time, speed = _joined([(_bundled(part["cycle"]), part["end"]) for part in meta["parts"]])
        return Cycle(name, time, speed, np.zeros(time.size), sources)
    series = datasets.series(f"vehicle/cycles/{name}")
    time, speed = series.columns["time"], series.columns["speed"]
    if "sampling" in meta:
        points = time
        time = np.arange(points[0], points[-1] + 0.5 * meta["sampling"], meta["sampling"])
        speed = np.interp(time, points, speed)
    speed = speed * (KMH if series.units["speed"] == "km h-1" else 1.0)
    return Cycle(name, time.copy(), speed, np.zeros(time.size), sources)


def _joined(parts: list[tuple[Cycle, float]]) -> tuple[Array, Array]:
    """Return (time, speed) of the first ``end`` seconds of each cycle, one after the other; they begin and
    end at rest.
    """
    times, speeds, begin = [], [], 0.0
    for one, end in parts:
        mine = (one.time <= end) & ((one.time > 0.0) | (begin == 0.0))
        times.append(begin + one.time[mine])
        speeds.append(one.speed[mine])
        begin += end
    return np.concatenate(times), np.concatenate(speeds)


def _steady(text: str) -> Cycle:
    try:
        number, unit = units.split(text)
    except ValueError:
        hint = (
            f"unknown cycle; {closest(text, NAMES)}; or the path of a {SUFFIX} file, or a constant speed "
            f"such as 90 km/h"
        )
        raise InputError(Fault("cycle", text, hint=hint)) from None
    try:
        speed = units.parse(text, "m s-1") if unit else np.nan
    except ValueError as error:
        raise InputError(Fault("cycle", text, hint=str(error))) from error
    if not 0.0 < speed <= FASTEST:
        hint = "a constant speed needs its unit" if not unit else ""
        raise InputError(Fault("cycle", text, f"a speed above 0 to {FASTEST / KMH:g} km/h", hint=hint))
    time = np.arange(STEADY + 1.0)
    return Cycle(f"{number:g} {unit}", time, np.full(time.size, speed), np.zeros(time.size))
