"""What ``vehicle.charge_stop`` gives, by the kernel's names."""

from __future__ import annotations

from energymodels.battery.cell.results import ENDS
from energymodels.core.model import Output
from energymodels.vehicle.pack.results import OF_PACK
from energymodels.vehicle.range.results import UNIT

SCALARS = (
    Output("range_added", "km", "distance that the stored energy lasts for"),
    Output("range_per_minute", "km min-1", "distance gained in a minute of charging, mean"),
    Output("energy_added", "kW h", "energy into the cells' terminals"),
    Output("energy_stored", "kW h", "charge taken times open-circuit voltage"),
    Output("energy_in", "kW h", "energy into the pack's terminals"),
    Output("soc_end", "1", "state of charge at the end"),
    Output("duration", "s", "time until the car leaves, or no limit leaves any current"),
    Output("power_mean", "kW", "mean power at the pack's terminals"),
    Output("power_peak", "kW", "highest power at the pack's terminals"),
    Output("mean_c_rate", "1", "mean current, in nominal capacities an hour"),
    Output("peak_c_rate", "1", "highest current, in nominal capacities an hour"),
    Output("time_to_80", "s", "time to a state of charge of 80 %",
    absent="where it is not passed while the car stays"),
    Output(
        "negative_potential_min", "V",
        "least potential of the negative electrode against lithium, phi_s - phi_e",
        absent="where the limits leave no current",
    ),
    Output("temperature_max", "degC", "highest temperature of the cells"),
    Output("heat_total", "kW h", "heat released in cells and pack's resistance"),
    Output("consumption_used", UNIT, "consumption that turns energy into distance"),
    Output("termination", "1", "what ended the charge", attrs=ENDS),
)  # fmt: skip
OUTPUTS = (*SCALARS, *OF_PACK)
