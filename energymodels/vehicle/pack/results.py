"""Outputs of ``vehicle.drive``, by the kernel's names, and those of the pack."""

from __future__ import annotations

import numpy as np

from energymodels.battery.cell.results import UNDESIGNED
from energymodels.core.model import Output
from energymodels.kernels.vehicle.pack_row import TERMINATIONS
from energymodels.vehicle.range.results import DRAWN, ENDLESS, UNIT

SIGN = {"sign_convention": "current delivered by the cell is positive: discharge above 0, charge below"}
ENDS = {
    "flag_values": np.arange(-1, len(TERMINATIONS), dtype=np.int8),
    "flag_meanings": " ".join(("not_finished", *TERMINATIONS)),
}
OF_PACK = (
    Output("pack_mass", "kg", "pack mass, from the cell design", derived=True, absent=UNDESIGNED),
    Output(
        "pack_specific_energy", "W h kg-1", "pack specific energy, from the cell design",
        derived=True, absent=UNDESIGNED,
    ),
    Output(
        "pack_energy_density", "W h L-1", "pack energy density, from the cell design",
        derived=True, absent=UNDESIGNED,
    ),
)  # fmt: skip
SCALARS = (
    Output("range", "km", "range: distance until the pack is empty", absent=ENDLESS),
    Output(
        "consumption",
        UNIT,
        "energy consumption: net energy out of the pack terminals per distance",
        absent="where no distance is driven",
    ),
    Output("cycles_driven", "1", "number of cycles driven"),
    Output("duration", "s", "duration of the drive"),
    Output("energy_delivered", "kW h", "energy delivered at the pack terminals"),
    Output("energy_recovered", "kW h", "energy into the pack terminals"),
    Output(
        "energy_refused",
        "kW h",
        "regenerative energy refused by the cell limits, dissipated in friction brakes",
    ),
    Output("pack_resistance_loss", "kW h", "energy loss in the pack resistance"),
    Output("energy_of_cells", "kW h", "net energy out of the cell terminals"),
    Output("heat_total", "kW h", "heat generation in cells and pack resistance"),
    Output("capacity_used", "A h", "net discharged capacity of a cell"),
    Output("cell_capacity", "A h", "cell capacity between the open-circuit voltage limits"),
    Output("soc_end", "1", "final SOC"),
    Output("cell_voltage_min", "V", "minimum cell voltage"),
    Output("cell_voltage_max", "V", "maximum cell voltage"),
    Output("temperature_max", "degC", "maximum cell temperature"),
    Output("temperature_min", "degC", "minimum cell temperature"),
    Output(
        "negative_potential_min",
        "V",
        "minimum anode potential vs Li/Li+ (phi_s - phi_e)",
    ),
    Output("discharge_rate_max", "1", "maximum discharge C-rate"),
    Output("charge_rate_max", "1", "maximum charge C-rate"),
    Output("termination", "1", "termination reason of the drive", attrs=ENDS),
    Output(
        "energy_balance",
        "1",
        "energy balance error: cell energy minus energy at the terminals and in the pack resistance, "
        "relative",
    ),
    Output("distance_driven", "km", "distance driven"),
    Output(
        "energy_short",
        "kW h",
        "energy shortfall: energy demanded by the cycle and not delivered at the lower cut-off voltage",
    ),
    Output(
        "distance_behind",
        "km",
        "distance behind the speed trace; its fraction of the distance equals that of energy_short in "
        "the net energy demand",
    ),
    Output("time_derated", "1", "derated time fraction: fraction of time with less power than demanded"),
    Output("heating_energy", "kW h", "battery heating energy, from the pack terminals"),
)


def _series(name: str, unit: str, long_name: str, **attrs: str) -> Output:
    return Output(
        name,
        unit,
        f"{long_name}; at the end of the step that ends at the time",
        dims=("time",),
        attrs=attrs,
        on_request=True,
    )


SERIES = (
    _series("cell_voltage", "V", "cell voltage"),
    _series("cell_current", "A", "cell current", **SIGN),
    _series("cell_temperature", "degC", "cell temperature"),
    _series("state_of_charge", "1", "state of charge (SOC)"),
    _series(
        "negative_potential_vs_lithium",
        "V",
        "anode potential vs Li/Li+: minimum of phi_s - phi_e across the negative electrode",
    ),
    _series("battery_power", "W", "power at the pack terminals", **DRAWN),
)
OUTPUTS = (*SCALARS, *OF_PACK, *SERIES)
