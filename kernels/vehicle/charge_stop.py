"""What a charge of a cell is to its pack and car: power at the pack, energy stored, distance.

The charge itself is ``battery.drive``'s. Energy counts as stored at the open-circuit voltage: what a slow
discharge gives back.
"""

from math import isnan, nan

import numpy as np

from energymodels.kernels import status
from energymodels.kernels.battery.cell import row as at
from energymodels.kernels.battery.cell.row import ROW as CELL
from energymodels.kernels.jit import jit
from energymodels.kernels.vehicle.longitudinal import ROW as CAR

STOP = np.dtype(
    [
        ("units", "f8"),  # cells, in series times in parallel
        ("resistance", "f8"),  # ohm, the pack's, as a part of it stands behind each cell
        ("around", "f8"),  # K, of the surroundings
        ("seconds", "f8"),  # how long the car stays
        ("consumption", "f8"),  # J m-1; NaN: the car's on its cycle
    ]
)
ROW = np.dtype(CAR.descr + CELL.descr + STOP.descr)
RESULTS = (
    "range_added", "range_per_minute", "energy_added", "energy_stored", "energy_in", "soc_end",
    "duration", "power_mean", "power_peak", "mean_c_rate", "peak_c_rate", "time_to_80",
    "negative_potential_min", "temperature_max", "heat_total", "consumption_used", "termination",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    RANGE_ADDED, PER_SECOND, ENERGY_ADDED, ENERGY_STORED, ENERGY_IN, SOC_END, DURATION, MEAN_POWER,
    PEAK_POWER, MEAN_RATE,
    PEAK_RATE, TO_80, LEAST_POTENTIAL, HOTTEST, HEAT, CONSUMPTION, ENDED,
) = np.arange(SCALARS)  # fmt: skip
GOAL = 0.8  # state of charge


@jit
def solve(cells, stops, found, series, axis, consumption, out, codes):
    """Write ``out[SCALARS, case]``, SI, from a charge's results ``found[battery SCALARS, case]`` and
    ``series[.., case, time]``.

    ``consumption`` (J m-1, case) turns stored energy into distance. What a case with a status in ``codes``
    has is NaN.
    """
    for case in range(cells.size):
        for q in range(SCALARS):
            out[q, case] = nan
        if codes[case] != status.OK or not consumption[case] > 0.0:
            codes[case] = codes[case] if codes[case] != status.OK else status.OUT_OF_RANGE
            continue
        c, stop = cells[case], stops[case]
        if found[at.DURATION, case] == 0.0:  # the limits leave no current
            for q in range(SCALARS):
                out[q, case] = 0.0
            out[SOC_END, case], out[HOTTEST, case], out[TO_80, case] = (
                c.soc,
                found[at.TEMPERATURE_MAX, case],
                nan,
            )
            out[LEAST_POTENTIAL, case], out[CONSUMPTION, case] = nan, consumption[case]
            out[ENDED, case] = found[at.TERMINATION, case]
            continue
        whole = found[at.CELL_CAPACITY, case]
        stored, lost, peak, to_80, soc = 0.0, 0.0, 0.0, nan, c.soc
        last = series[at.OCV, case, 0]
        moved = 0.0
        for k in range(axis.size):
            if isnan(series[at.VOLTAGE, case, k]):
                break
            current = -series[at.CURRENT, case, k]
            peak = max(peak, (series[at.VOLTAGE, case, k] + stop.resistance * current) * current)
            if k > 0:
                before = -series[at.CURRENT, case, k - 1]
                lost += (
                    stop.resistance
                    * (before * before + current * before + current * current)
                    / 3.0
                    * (axis[k] - axis[k - 1])
                )
                step = (series[at.SOC, case, k] - soc) * whole
                stored += 0.5 * step * (last + series[at.OCV, case, k])
                moved += step
                if isnan(to_80) and soc <= GOAL <= series[at.SOC, case, k] and step > 0.0:
                    to_80 = axis[k - 1] + (GOAL - soc) * whole / step * (axis[k] - axis[k - 1])
            soc, last = series[at.SOC, case, k], series[at.OCV, case, k]
        stored += (found[at.CHARGED, case] - moved) * last
        added = -found[at.ENERGY_DISCHARGED, case]
        out[ENERGY_ADDED, case] = added * stop.units
        out[ENERGY_STORED, case] = stored * stop.units
        out[ENERGY_IN, case] = (added + lost) * stop.units
        out[RANGE_ADDED, case] = stored * stop.units / consumption[case]
        out[DURATION, case] = found[at.DURATION, case]
        out[PER_SECOND, case] = out[RANGE_ADDED, case] / out[DURATION, case]
        out[SOC_END, case] = c.soc + found[at.CHARGED, case] / whole
        out[MEAN_POWER, case] = out[ENERGY_IN, case] / out[DURATION, case]
        out[PEAK_POWER, case] = peak * stop.units
        out[MEAN_RATE, case] = found[at.MEAN_RATE, case]
        out[PEAK_RATE, case] = found[at.PEAK_RATE, case]
        out[TO_80, case] = to_80
        out[LEAST_POTENTIAL, case] = found[at.NEGATIVE_POTENTIAL_MIN, case]
        out[HOTTEST, case] = found[at.TEMPERATURE_MAX, case]
        out[HEAT, case] = found[at.HEAT, case] * stop.units + (out[ENERGY_IN, case] - out[ENERGY_ADDED, case])
        out[CONSUMPTION, case] = consumption[case]
        out[ENDED, case] = found[at.TERMINATION, case]
