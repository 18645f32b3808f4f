"""Outputs of ``vehicle.charge_stop``, by the kernel's names."""

from __future__ import annotations

from energymodels.battery.cell.results import ENDS
from energymodels.core.model import Output
from energymodels.vehicle.pack.results import OF_PACK
from energymodels.vehicle.range.results import UNIT

SCALARS = (
    Output("range_added", "km", "range added: distance that the stored energy lasts for"),
    Output("range_per_minute", "km min-1", "range added per minute of charging, mean"),
    Output("energy_added", "kW h", "energy into the cell terminals"),
    Output("energy_stored", "kW h", "energy stored: charged capacity times open-circuit voltage"),
    Output("energy_in", "kW h", "energy into the pack terminals"),
    Output("soc_end", "1", "final SOC"),
    Output("duration", "s", "charge time: until the car leaves or the limits allow no current"),
    Output("power_mean", "kW", "mean charge power at the pack terminals"),
    Output("power_peak", "kW", "peak charge power at the pack terminals"),
    Output("mean_c_rate", "1", "mean C-rate"),
    Output("peak_c_rate", "1", "peak C-rate"),
    Output("time_to_80", "s", "time to 80 % SOC",
    absent="where it is not passed while the car stays"),
    Output(
        "negative_potential_min", "V",
        "minimum anode potential vs Li/Li+ (phi_s - phi_e)",
        absent="where the limits allow no current",
    ),
    Output("temperature_max", "degC", "maximum cell temperature"),
    Output("heat_total", "kW h", "heat generation in cells and pack resistance"),
    Output("consumption_used", UNIT, "energy consumption used to convert energy to distance"),
    Output("termination", "1", "termination reason of the charge", attrs=ENDS),
)  # fmt: skip
OUTPUTS = (*SCALARS, *OF_PACK)
