"""What a car with a pack of cells is to the kernel, and what it finds: names and places."""

import numpy as np

from energymodels.kernels.battery.cell.row import ROW as CELL
from energymodels.kernels.vehicle.longitudinal import ROW as CAR

PACK = np.dtype(
    [
        ("units", "f8"),  # cells, in series times in parallel
        ("resistance", "f8"),  # ohm, the pack's, as a part of it stands behind each cell
        ("soc_min", "f8"),
        ("around", "f8"),  # K, of the surroundings
        ("time_step", "f8"),  # s, longest
        ("most_cycles", "f8"),
        ("derates", "f8"),  # 1: drives on with what the cell gives at its lower cut-off voltage
        ("short_most", "f8"),  # of the energy that a cycle asks for
        ("heater", "f8"),  # W a cell
        ("warm", "f8"),  # K, up to which it heats
    ]
)
ROW = np.dtype(CAR.descr + CELL.descr + PACK.descr)
TERMINATIONS = (
    "soc_min", "voltage_min", "power_out_of_reach", "cycles_max", "no_consumption",
    "voltage_min_of_cold_cells", "power_short",
)  # fmt: skip
SOC_MIN, VOLTAGE_MIN, OUT_OF_REACH, MOST_CYCLES, NO_CONSUMPTION, COLD_VOLTAGE_MIN, POWER_SHORT = np.arange(7)
RESULTS = (
    "range", "consumption", "cycles_driven", "duration", "energy_delivered", "energy_recovered",
    "energy_refused", "pack_resistance_loss", "energy_of_cells", "heat_total", "capacity_used",
    "cell_capacity", "soc_end", "cell_voltage_min", "cell_voltage_max", "temperature_max",
    "temperature_min", "negative_potential_min", "discharge_rate_max", "charge_rate_max", "termination",
    "energy_balance", "distance_driven", "energy_short", "distance_behind", "time_derated",
    "heating_energy",
)  # fmt: skip
SCALARS = len(RESULTS)
(
    RANGE, CONSUMPTION, CYCLES, DURATION, DELIVERED, RECOVERED, REFUSED, PACK_LOSS, CELL_ENERGY, HEAT,
    CAPACITY_USED, CELL_CAPACITY,
    SOC_END, LEAST_VOLTAGE, MOST_VOLTAGE, HOTTEST, COLDEST, LEAST_POTENTIAL, PEAK_DISCHARGE, PEAK_CHARGE,
    ENDED, BALANCE, DISTANCE,
    SHORT, BEHIND, DERATED, HEATING,
) = np.arange(SCALARS)  # fmt: skip
SERIES_RESULTS = (
    "cell_voltage", "cell_current", "cell_temperature", "state_of_charge",
    "negative_potential_vs_lithium", "battery_power",
)  # fmt: skip
SERIES = len(SERIES_RESULTS)
VOLTAGE, CURRENT, TEMPERATURE, SOC, POTENTIAL, POWER = np.arange(SERIES)
