"""What the battery models give, by the kernels' names, and how closely PyBaMM is to be met."""

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
    Output("capacity", "A h", "charge moved, whichever way"),
    Output("capacity_discharged", "A h", "charge delivered less charge taken", attrs=SIGN),
    Output("energy", "W h", "energy moved at the terminals, whichever way"),
    Output("energy_discharged", "W h", "energy delivered less energy taken", attrs=SIGN),
    Output("duration", "s", "time from the protocol's begin to its end"),
    Output("temperature_max", "degC", "highest temperature of the cell"),
    Output(
        "negative_potential_min",
        "V",
        "least potential of the negative electrode against lithium, phi_s - phi_e",
        absent="where the case ends before its first step",
    ),
    Output(
        "heat_total",
        "W h",
        "heat released in the cell; below 0 where reversible heat cools more than losses warm",
    ),
    Output("cell_capacity", "A h", "charge between the open-circuit limits"),
    Output("termination", "1", "what ended the last step", attrs=ENDS),
    Output("termination_step", "1", "number of the step that ended the case, counted from 1 as they are run"),
    Output("time_steps", "1", "steps of the time integration; one along a profile has two stages"),
    Output(
        "time_10_to_80",
        "s",
        "time from a state of charge of 10 % to 80 %",
        absent="where the charge does not pass both",
    ),
    Output(
        "time_0_to_80",
        "s",
        "time from a state of charge of 0 to 80 %",
        absent="where the charge does not begin at 0 and pass 80 %",
    ),
    Output(
        "plating_onset_capacity",
        "A h",
        "charge taken, less delivered, until the negative electrode first fell below 0 V against lithium",
        absent="where it never does",
    ),
    Output(
        "mean_c_rate",
        "1",
        "charge moved over the duration, in nominal capacities an hour",
        absent="where that is 0",
    ),
    Output("peak_c_rate", "1", "largest current, in nominal capacities an hour"),
    Output("charged_capacity", "A h", "charge taken less charge delivered"),
    Output("heat_rejected", "W h", "heat given off to the surroundings"),
    Output("lithium_plated", "A h", "lithium metal that can still dissolve"),
    Output("lithium_dead", "A h", "lithium metal that cannot dissolve any more"),
    Output("lithium_in_sei", "A h", "lithium in the growth of the interphase"),
    Output("lithium_gained", "1", "relative change of all lithium: what its balance misses"),
    Output(
        "validity",
        "1",
        "functions used outside their range, and ends that the mesh does not resolve",
        attrs={
            "flag_masks": np.array([1 << i for i in range(len(VALIDITIES))], np.int8),
            "flag_meanings": " ".join(VALIDITIES),
        },
    ),
)
SERIES = (
    Output("voltage", "V", "terminal voltage", dims=("time",)),
    Output("current", "A", "current", dims=("time",), attrs=SIGN),
    Output("cell_temperature", "degC", "temperature of the cell", dims=("time",)),
    Output(
        "state_of_charge",
        "1",
        "charge left over that between the open-circuit limits at the reference temperature; at another "
        "one, or while a held cell "
        "evens out, it may pass 1",
        dims=("time",),
    ),
    Output(
        "negative_potential_vs_lithium",
        "V",
        "least phi_s - phi_e across the negative electrode",
        dims=("time",),
    ),
    Output("heat", "W", "heat released in the cell", dims=("time",)),
    Output("open_circuit_voltage", "V", "open-circuit voltage of the mean stoichiometries", dims=("time",)),
    Output("reaction_overpotential", "V", "share of the voltage: charge transfer", dims=("time",)),
    Output(
        "particle_overpotential", "V", "share of the voltage: concentration in the particles", dims=("time",)
    ),
    Output(
        "electrolyte_overpotential",
        "V",
        "share of the voltage: concentration in the electrolyte",
        dims=("time",),
    ),
    Output(
        "ohmic_overpotential",
        "V",
        "share of the voltage: resistance of electrolyte, electrodes, contacts",
        dims=("time",),
    ),
    Output("lithium_lost", "A h", "lithium that side reactions took from the particles", dims=("time",)),
)
PROFILES = (
    Output("electrolyte_concentration", "mol m-3", "salt in the electrolyte", dims=("time", "x"),
    on_request=True),
    Output(
        "negative_surface_stoichiometry", "1", "lithium at the particles' surface over what fits in",
        dims=("time", "x_negative"), on_request=True,
    ),
    Output(
        "positive_surface_stoichiometry", "1", "lithium at the particles' surface over what fits in",
        dims=("time", "x_positive"), on_request=True,
    ),
)  # fmt: skip
OF_DESIGN = (
    Output("mass", "g", "mass of the cell as designed", derived=True, absent=UNDESIGNED),
    Output("specific_energy", "W h kg-1", "energy as designed by mass", derived=True, absent=UNDESIGNED),
    Output(
        "energy_density",
        "W h L-1",
        "energy as designed by volume",
        derived=True,
        absent=UNDESIGNED,
    ),
)
OUTPUTS = (*SCALARS, *OF_DESIGN, *SERIES, *PROFILES)

_TIME = Agreement(2e-4, 1e-6, "0.02 % of the end time; past ends take an instant here")
_CHARGE = Agreement(2e-4, 1e-9, "0.02 %")
_VOLT = Agreement(
    0.0, 1e-3, "1 mV, and 0.02 % of the end time along the slope: time integration and interpolation of both"
)
_LITHIUM = Agreement(
    1e-2,
    1e-6,
    "1 % of what side reactions take; single particles: with PyBaMM's mesh, whose kinetics they then have",
)
_HEAT = Agreement(
    1e-2, 1e-3, "1 %: PyBaMM sums losses node by node, here they are what energy's balance leaves"
)
REFERENCES = {
    "capacity": _CHARGE,
    "capacity_discharged": _CHARGE,
    "energy": Agreement(3e-4, 1e-9, "0.02 % of charge and 1 mV"),
    "energy_discharged": Agreement(3e-4, 1e-9, "0.02 % of charge and 1 mV"),
    "duration": _TIME,
    "temperature_max": Agreement(0.0, 0.1, "0.1 K"),
    "negative_potential_min": Agreement(0.0, 2e-3, "2 mV: a least value between time points"),
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
}
