"""What ``vehicle.drive`` gives, by the kernel's names, and what is known of a pack."""

from __future__ import annotations

import numpy as np

from energymodels.battery.cell.results import UNDESIGNED
from energymodels.core.model import Output
from energymodels.kernels.vehicle.pack_drive import TERMINATIONS
from energymodels.vehicle.range.results import DRAWN, ENDLESS, UNIT

SIGN = {"sign_convention": "current delivered by the cell is positive: discharge above 0, charge below"}
ENDS = {
    "flag_values": np.arange(-1, len(TERMINATIONS), dtype=np.int8),
    "flag_meanings": " ".join(("not_finished", *TERMINATIONS)),
}
OF_PACK = (
    Output("pack_mass", "kg", "mass of the pack by the design of its cell", derived=True, absent=UNDESIGNED),
    Output(
        "pack_specific_energy", "W h kg-1", "energy of the pack by mass, by the design of its cell",
        derived=True, absent=UNDESIGNED,
    ),
    Output(
        "pack_energy_density", "W h L-1", "energy of the pack by volume, by the design of its cell",
        derived=True, absent=UNDESIGNED,
    ),
)  # fmt: skip
SCALARS = (
    Output("range", "km", "range: distance until the cells give no more", absent=ENDLESS),
    Output(
        "consumption",
        UNIT,
        "energy out of the pack's terminals, less what came back, over distance",
        absent="where no distance is driven",
    ),
    Output("cycles_driven", "1", "cycles driven"),
    Output("duration", "s", "time until the end of the drive"),
    Output("energy_delivered", "kW h", "energy out of the pack's terminals"),
    Output("energy_recovered", "kW h", "energy into the pack's terminals"),
    Output("energy_refused", "kW h", "energy that the cells' limits leave to friction brakes"),
    Output("pack_resistance_loss", "kW h", "energy lost in the pack's resistance"),
    Output("energy_of_cells", "kW h", "energy out of the cells' terminals, less what came back"),
    Output("heat_total", "kW h", "heat released in cells and pack's resistance"),
    Output("capacity_used", "A h", "charge that a cell delivered, less what came back"),
    Output("cell_capacity", "A h", "charge of a cell between its open-circuit limits"),
    Output("soc_end", "1", "state of charge at the end"),
    Output("cell_voltage_min", "V", "lowest voltage of a cell"),
    Output("cell_voltage_max", "V", "highest voltage of a cell"),
    Output("temperature_max", "degC", "highest temperature of the cells"),
    Output("temperature_min", "degC", "lowest temperature of the cells"),
    Output(
        "negative_potential_min",
        "V",
        "least potential of the negative electrode against lithium, phi_s - phi_e",
    ),
    Output("discharge_rate_max", "1", "highest current out, in nominal capacities an hour"),
    Output("charge_rate_max", "1", "highest current in, in nominal capacities an hour"),
    Output("termination", "1", "what ended the drive", attrs=ENDS),
    Output(
        "energy_balance",
        "1",
        "what the cells' energy less that of terminals and resistance leaves: closeness of the power",
    ),
    Output("distance_driven", "km", "distance driven"),
    Output(
        "energy_short",
        "kW h",
        "energy that the cycle asked for and cells at their lowest voltage did not give",
    ),
    Output(
        "distance_behind",
        "km",
        "distance behind the trace: its share is that of energy_short in the net energy asked",
    ),
    Output("time_derated", "1", "share of the time with less power than the cycle asked for"),
    Output("heating_energy", "kW h", "energy out of the pack's terminals that heated its cells"),
)


def _series(name: str, unit: str, long_name: str, **attrs: str) -> Output:
    return Output(
        name,
        unit,
        f"{long_name} at the end of the step that ends at the time",
        dims=("time",),
        attrs=attrs,
        on_request=True,
    )


SERIES = (
    _series("cell_voltage", "V", "voltage of a cell"),
    _series("cell_current", "A", "current of a cell", **SIGN),
    _series("cell_temperature", "degC", "temperature of the cells"),
    _series("state_of_charge", "1", "charge left over that between the open-circuit limits"),
    _series("negative_potential_vs_lithium", "V", "least phi_s - phi_e across the negative electrode"),
    _series("battery_power", "W", "power at the pack's terminals", **DRAWN),
)
OUTPUTS = (*SCALARS, *OF_PACK, *SERIES)
