"""Outputs of the battery models by the kernels' names, and the agreement expected with PyBaMM."""

from __future__ import annotations

import numpy as np

from energymodels.core.model import Agreement, Output
from energymodels.kernels.battery.cell.layout import TERMINATIONS
from energymodels.kernels.battery.cell.row import VALIDITIES

SIGN = {"sign_convention": "current delivered by the cell is positive: discharge above 0, charge below"}
UNDESIGNED = "unless a battery.design spec gives the cell"
ENDS = {
    "flag_values": np.arange(-1, len(TERMINATIONS), dtype=np.int8),
    "flag_meanings": " ".join(("not_finished", *TERMINATIONS)),
}

SCALARS = (
    Output("capacity", "A h", "charge throughput: charge and discharge added up"),
    Output("capacity_discharged", "A h", "net discharged capacity: discharge minus charge", attrs=SIGN),
    Output("energy", "W h", "energy throughput at the terminals: charge and discharge added up"),
    Output("energy_discharged", "W h", "net discharged energy: discharge minus charge", attrs=SIGN),
    Output("duration", "s", "duration of the protocol"),
    Output("temperature_max", "degC", "maximum cell temperature"),
    Output(
        "negative_potential_min",
        "V",
        "minimum anode potential vs Li/Li+ (phi_s - phi_e)",
        absent="where the case ends before its first step",
    ),
    Output(
        "heat_total",
        "W h",
        "heat generation in the cell; negative where reversible (entropic) cooling exceeds the losses",
    ),
    Output("cell_capacity", "A h", "cell capacity between the open-circuit voltage limits (0 to 100 % SOC)"),
    Output("termination", "1", "termination reason of the last step", attrs=ENDS),
    Output("termination_step", "1", "number of the last step run; counted from 1 in the order of execution"),
    Output("time_steps", "1", "number of time steps; a step along a profile has two stages"),
    Output(
        "time_10_to_80",
        "s",
        "charge time from 10 % to 80 % SOC",
        absent="where the charge does not pass both",
    ),
    Output(
        "time_0_to_80",
        "s",
        "charge time from 0 to 80 % SOC",
        absent="where the charge does not start at 0 and pass 80 %",
    ),
    Output(
        "plating_onset_capacity",
        "A h",
        "plating onset capacity: net charged capacity when the anode potential first falls below 0 V vs "
        "Li/Li+",
        absent="where it never does",
    ),
    Output(
        "mean_c_rate",
        "1",
        "mean C-rate",
        absent="where that is 0",
    ),
    Output("peak_c_rate", "1", "peak C-rate"),
    Output("charged_capacity", "A h", "net charged capacity: charge minus discharge"),
    Output("heat_rejected", "W h", "heat rejected to the surroundings"),
    Output("lithium_plated", "A h", "plated lithium that can still be stripped"),
    Output("lithium_dead", "A h", "dead lithium"),
    Output("lithium_in_sei", "A h", "lithium consumed by SEI growth"),
    Output("lithium_gained", "1", "lithium balance error: relative change of the total lithium"),
    Output(
        "validity",
        "1",
        "validity flags: functions used outside their range, and depletion that the mesh does not resolve",
        attrs={
            "flag_masks": np.array([1 << i for i in range(len(VALIDITIES))], np.int8),
            "flag_meanings": " ".join(VALIDITIES),
        },
    ),
)
SERIES = (
    Output("voltage", "V", "terminal voltage", dims=("time",)),
    Output("current", "A", "current", dims=("time",), attrs=SIGN),
    Output("cell_temperature", "degC", "cell temperature", dims=("time",)),
    Output(
        "state_of_charge",
        "1",
        "state of charge (SOC) relative to the capacity between the open-circuit voltage limits at the "
        "reference temperature; it can exceed 1 at other temperatures or while concentrations relax",
        dims=("time",),
    ),
    Output(
        "negative_potential_vs_lithium",
        "V",
        "anode potential vs Li/Li+: minimum of phi_s - phi_e across the negative electrode",
        dims=("time",),
    ),
    Output("heat", "W", "heat generation rate in the cell", dims=("time",)),
    Output("open_circuit_voltage", "V", "open-circuit voltage at the mean stoichiometries", dims=("time",)),
    Output("reaction_overpotential", "V", "reaction overpotential (charge transfer)", dims=("time",)),
    Output(
        "particle_overpotential", "V", "particle overpotential (solid-phase concentration)", dims=("time",)
    ),
    Output(
        "electrolyte_overpotential",
        "V",
        "electrolyte overpotential (salt concentration)",
        dims=("time",),
    ),
    Output(
        "ohmic_overpotential",
        "V",
        "ohmic overpotential (electrolyte, electrodes, contacts)",
        dims=("time",),
    ),
    Output(
        "lithium_lost",
        "A h",
        "loss of lithium inventory: lithium taken from the particles by side reactions",
        dims=("time",),
    ),
    Output(
        "discharge_capacity",
        "A h",
        "discharge capacity since the start: net charge delivered",
        dims=("time",),
        attrs=SIGN,
    ),
)
PROFILES = (
    Output("electrolyte_concentration", "mol m-3", "salt concentration in the "
                                                   "electrolyte", dims=("time", "x"),
    on_request=True),
    Output(
        "negative_surface_stoichiometry", "1", "negative particle surface stoichiometry",
        dims=("time", "x_negative"), on_request=True,
    ),
    Output(
        "positive_surface_stoichiometry", "1", "positive particle surface stoichiometry",
        dims=("time", "x_positive"), on_request=True,
    ),
)  # fmt: skip
OF_DESIGN = (
    Output("mass", "g", "mass of the cell design", derived=True, absent=UNDESIGNED),
    Output(
        "specific_energy", "W h kg-1", "specific energy of the cell design", derived=True, absent=UNDESIGNED
    ),
    Output(
        "energy_density",
        "W h L-1",
        "energy density of the cell design",
        derived=True,
        absent=UNDESIGNED,
    ),
)
OUTPUTS = (*SCALARS, *OF_DESIGN, *SERIES, *PROFILES)

_TIME = Agreement(
    2e-4, 1e-6, "0.02 % of the end time; a step whose end is already passed takes a single point here"
)
_CHARGE = Agreement(2e-4, 1e-9, "0.02 %")
_VOLT = Agreement(
    0.0, 1e-3, "1 mV, and 0.02 % of the end time along the slope: time integration and interpolation of both"
)
_LITHIUM = Agreement(
    1e-2,
    1e-6,
    "1 % of the charge of side reactions; single particles: with PyBaMM's mesh, whose kinetics they "
    "then have",
)
_HEAT = Agreement(
    1e-2, 1e-3, "1 %: PyBaMM sums losses node by node, here they follow from the energy balance"
)
REFERENCES = {
    "capacity": _CHARGE,
    "capacity_discharged": _CHARGE,
    "energy": Agreement(3e-4, 1e-9, "0.02 % of charge and 1 mV"),
    "energy_discharged": Agreement(3e-4, 1e-9, "0.02 % of charge and 1 mV"),
    "duration": _TIME,
    "temperature_max": Agreement(0.0, 0.1, "0.1 K"),
    "negative_potential_min": Agreement(0.0, 2e-3, "2 mV: a minimum between time points"),
    "lithium_plated": _LITHIUM,
    "lithium_dead": _LITHIUM,
    "lithium_in_sei": _LITHIUM,
    "termination": Agreement(0.0, 0.0, "the same end"),
    "voltage": _VOLT,
    "current": Agreement(
        1e-3, 1e-6, "0.1 %: under voltage control the current answers to the voltage's error"
    ),
    "cell_temperature": Agreement(0.0, 0.1, "0.1 K"),
    "state_of_charge": Agreement(0.0, 2e-4, "0.02 %"),
    "negative_potential_vs_lithium": Agreement(0.0, 2e-3, "2 mV"),
    "heat": _HEAT,
    "discharge_capacity": Agreement(0.0, 1e-3, "1 mA h"),
}
