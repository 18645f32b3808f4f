"""What no result may be, model by model: the one list that the benchmark of robustness and the tests go by.

A rule takes ``out``, the results of a sweep by name, and ``of``, its fields by path, both as arrays over
the cases in the units of outputs and fields, and returns where a result is impossible, whatever the input.
It is asked only of cases that ended well, and what is absent (NaN) breaks no rule. This module stands
alone, so that tests import it too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from energymodels.core.model import Model, Output
from energymodels.core.solution import Solution
from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV

Numbers: TypeAlias = npt.NDArray[Any]
Named: TypeAlias = Mapping[str, Numbers]
Rule: TypeAlias = Callable[[Named, Named], Numbers]

ROUND_OFF = 1e-9  # relative
VOLT = 0.02  # V: how far a sample between steps, or a relaxed start at another temperature, lies past a limit
NEARLY = 1e-3  # of energies and charges: what time steps of the default tolerance leave, with room
SLACK = 0.1  # of a capacity between voltages: how much it differs at other temperatures and rates
# limiting efficiency at 298.15 K and one sun: 29.1 to 29.6 % as published, by the Auger parametrisation
SILICON = 0.30


def _above(one: Numbers, other: Numbers | float) -> Numbers:
    """Return where ``one`` is above ``other`` by more than round-off."""
    return one > other + ROUND_OFF * np.abs(other) + 1e-300


def _silicon_limit(of: Named) -> Numbers:
    """Return a generous limit of a silicon cell's efficiency, percent: that of one sun at 298.15 K; the
    voltage gains kT/q ln of the suns, and about what the gap leaves on cooling.
    """
    T, suns = of["temperature"], np.maximum(of["irradiance"] / 1000.0, 1.0)
    gain = 1.0 + (K_B_EV * T * np.log(suns) + 1.21 * np.maximum(1.0 - T / 298.15, 0.0)) / 0.7
    return 100.0 * SILICON * gain


def _given_light(of: Named) -> Numbers | bool:
    """Return where the generation is the light's, not imposed."""
    return "generation_current_density" not in of


JUNCTION: Mapping[str, Rule] = {
    "negative open-circuit voltage": lambda out, of: out["v_oc"] < 0.0,
    "voltage at maximum power above that of open circuit": lambda out, of: _above(out["v_mp"], out["v_oc"]),
}
CELL: Mapping[str, Rule] = JUNCTION | {
    "short-circuit current above generation": lambda out, of: _above(out["j_sc"], out["j_generation"]),
    "current at maximum power above that of short circuit": lambda out, of: _above(out["j_mp"], out["j_sc"]),
    "fill factor outside 0 to 100 %": lambda out, of: (
        (out["fill_factor"] <= 0.0) | (out["fill_factor"] >= 100.0) | (out["pseudo_fill_factor"] >= 100.0)
    ),
    "efficiency above 100 %": lambda out, of: _above(out["efficiency"], 100.0),
    "efficiency above silicon's limit": lambda out, of: (
        (out["efficiency"] > _silicon_limit(of)) & _given_light(of)
    ),
    "negative lifetime or excess density": lambda out, of: (
        (out["bulk_lifetime_mpp"] < 0.0) | (out["excess_density_oc"] < 0.0)
    ),
}
DIODE: Mapping[str, Rule] = JUNCTION | {
    "short-circuit current above the photocurrent": lambda out, of: _above(out["i_sc"], of["photocurrent"]),
    "current at maximum power above that of short circuit": lambda out, of: _above(out["i_mp"], out["i_sc"]),
    "fill factor outside 0 to 1": lambda out, of: (
        (out["p_mp"] < 0.0) | _above(out["p_mp"], out["i_sc"] * out["v_oc"])
    ),
    "power is not voltage times current": lambda out, of: (
        np.abs(out["p_mp"] - out["i_mp"] * out["v_mp"]) > ROUND_OFF * np.abs(out["p_mp"])
    ),
}
LIMIT: Mapping[str, Rule] = JUNCTION | {
    "efficiency outside 0 to 100 %": lambda out, of: (out["efficiency"] < 0.0) | (out["efficiency"] > 100.0),
    "fill factor outside 0 to 100 %": lambda out, of: (
        (out["fill_factor"] < 0.0) | (out["fill_factor"] > 100.0)
    ),
}
DESIGN: Mapping[str, Rule] = {
    "specific energy above that of its coatings": lambda out, of: _above(
        out["specific_energy"],
        1e3 * out["areal_capacity"] * out["voltage"] / (out["loading_positive"] + out["loading_negative"]),
    ),
    "energy density above that of its stack": lambda out, of: _above(
        out["energy_density"], out["stack_energy_density"]
    ),
    "first-cycle efficiency above 1": lambda out, of: _above(out["first_cycle_efficiency"], 1.0),
    "more capacity than the positive electrode has": lambda out, of: _above(
        out["usable_areal_capacity"], out["areal_capacity"]
    ),
    "mass, volume or thickness not above 0": lambda out, of: (
        (out["mass"] <= 0.0) | (out["volume"] <= 0.0) | (out["stack_thickness"] <= 0.0)
    ),
    "porosity outside 0 to 1": lambda out, of: (
        (np.minimum(out["porosity_positive"], out["porosity_negative"]) < -ROUND_OFF)
        | (np.maximum(out["porosity_positive"], out["porosity_negative"]) > 1.0)
    ),
    "a component of negative mass": lambda out, of: (out["component_mass"] < 0.0).any(axis=-1),
}
RANGE: Mapping[str, Rule] = {
    "consumption below what height and speed gained": lambda out, of: (
        out["consumption"]
        < out["potential_energy_gain"] + out["kinetic_energy_gain"] + out["road_load_energy"]
        - NEARLY * (1.0 + out["tractive_energy"] + out["braking_energy"])
    ),
    "negative consumption on a level road": lambda out, of: (
        (out["consumption"] < 0.0) & (out["potential_energy_gain"] <= 0.0)
        & (out["potential_energy_gain"] + out["road_load_energy"] >= 0.0)
    ),
    "negative loss": lambda out, of: (
        np.minimum.reduce([
            out["drivetrain_loss"], out["battery_loss"], out["friction_brake_loss"], out["auxiliary_energy"],
            out["cabin_energy"],
        ]) < -NEARLY
    ),
    "more recovered than braked": lambda out, of: _above(
        out["recovered_energy"], out["braking_energy"] + NEARLY
    ),
    "energy not kept": lambda out, of: np.abs(out["energy_balance"]) > 1e-6,
    "negative range": lambda out, of: out["range"] < 0.0,
}  # fmt: skip


def _window(out: Named, of: Named) -> Numbers:
    """Return where a discharge goes on below its cut-off voltage, or a charge above: but for the instant
    with which a case begins, and may end.
    """
    voltage, current = out["voltage"][..., 1:], out["current"][..., 1:]
    low, high = (of[f"cell.voltage_{end}"][:, np.newaxis] for end in ("min", "max"))
    wrong = ((current > 0.0) & (voltage < low - VOLT)) | ((current < 0.0) & (voltage > high + VOLT))
    return np.asarray(wrong.any(axis=-1))


def _closed(out: Named) -> Numbers:
    """Return where a protocol ends with the charge it began with, having moved some."""
    return (np.abs(out["capacity_discharged"]) < 1e-6 * out["cell_capacity"]) & (
        out["capacity"] > NEARLY * out["cell_capacity"]
    )


def _outside_one(out: Named, of: Named) -> Numbers:
    """Return where a surface of the particles holds less than nothing or more than it can."""
    wrong = np.zeros_like(out["capacity"], dtype=bool)
    for side in ("negative", "positive"):
        surface = out[f"{side}_surface_stoichiometry"]
        wrong |= np.fmin.reduce(surface, axis=(-2, -1)) < -NEARLY
        wrong |= np.fmax.reduce(surface, axis=(-2, -1)) > 1.0 + NEARLY
    return wrong


BATTERY: Mapping[str, Rule] = {
    "voltage outside its window": _window,
    "energy from a closed cycle": lambda out, of: (
        _closed(out) & (out["energy_discharged"] > NEARLY * out["energy"])
    ),
    "more discharged than the window holds": lambda out, of: (
        out["capacity_discharged"] > (of["initial_soc"] + SLACK) * out["cell_capacity"]
    ),
    "more charged than the window holds": lambda out, of: (
        out["charged_capacity"] > (1.0 - of["initial_soc"] + SLACK) * out["cell_capacity"]
    ),
    "heat from an adiabatic or isothermal cell that is not its own": lambda out, of: (
        (of["heat_transfer_coefficient"] == 0.0) & (of["thermal"] == "lumped")
        & (np.abs(out["heat_rejected"]) > NEARLY * (out["energy"] + np.abs(out["heat_total"])))
    ),
    "hottest below the start": lambda out, of: (
        out["temperature_max"] < np.minimum(of["temperature"], of["initial_temperature"]) - 1e-6
    ),
    "charge moved less than its balance": lambda out, of: _above(
        np.abs(out["capacity_discharged"]), out["capacity"]
    ),
    "negative throughput or duration": lambda out, of: (
        (out["capacity"] < 0.0) | (out["energy"] < 0.0) | (out["duration"] < 0.0)
    ),
    "lithium not kept": lambda out, of: np.abs(out["lithium_gained"]) > 1e-4,
    "negative concentration": lambda out, of: (
        np.fmin.reduce(out["electrolyte_concentration"], axis=(-2, -1)) < -NEARLY * 1e3
    ),
    "stoichiometry outside 0 to 1": _outside_one,
}  # fmt: skip


CHARGE: Mapping[str, Rule] = BATTERY | {
    "anode potential below its limit": lambda out, of: (
        (out["negative_potential_min"] < of["limits.negative_potential"] - 1e-3)
        & (out["charged_capacity"] > 0.0)
    ),
    "faster than its limit": lambda out, of: _above(out["peak_c_rate"], of["limits.c_rate"] * (1.0 + 1e-4)),
    "discharged": lambda out, of: out["charged_capacity"] < -NEARLY * out["cell_capacity"],
}  # fmt: skip
DRIVE: Mapping[str, Rule] = {
    "negative consumption on a level road": lambda out, of: (out["consumption"] < 0.0) & (of["grade"] == 0.0),
    "energy not kept": lambda out, of: np.abs(out["energy_balance"]) > 0.05,
    "more given than the cells hold": lambda out, of: (
        out["capacity_used"] > (of["pack.soc_start"] + SLACK) * out["cell_capacity"]
    ),
    "state of charge outside 0 to 1": lambda out, of: (
        (out["soc_end"] < -SLACK) | (out["soc_end"] > 1.0 + SLACK)
    ),
    "ends below the least state of charge": lambda out, of: out["soc_end"] < of["pack.soc_min"] - NEARLY,
    "negative distance or duration": lambda out, of: (
        (out["distance_driven"] < 0.0) | (out["duration"] < 0.0) | (out["range"] < 0.0)
    ),
    "hottest below coldest": lambda out, of: out["temperature_max"] < out["temperature_min"],
    "more recovered than delivered on a level road": lambda out, of: (
        _above(out["energy_recovered"], out["energy_delivered"] + out["energy_short"]) & (of["grade"] == 0.0)
    ),
}  # fmt: skip
STOP: Mapping[str, Rule] = {
    "more stored than added": lambda out, of: (
        out["energy_stored"] > out["energy_added"] * (1.0 + 0.01) + 1e-6
    ),
    "more at the cells than at the pack": lambda out, of: _above(
        out["energy_added"], out["energy_in"] + 1e-9
    ),
    "more power than the station has": lambda out, of: (
        out["power_peak"] > of["station.power"] * (1.0 + NEARLY)
    ),
    "longer than the stay": lambda out, of: out["duration"] > 60.0 * of["minutes"] * (1.0 + ROUND_OFF),
    "state of charge outside 0 to 1": lambda out, of: (out["soc_end"] < 0.0) | (out["soc_end"] > 1.0 + SLACK),
    "negative energy or range": lambda out, of: (
        (out["energy_added"] < 0.0) | (out["range_added"] < 0.0) | (out["duration"] < 0.0)
    ),
}
RULES: Mapping[str, Mapping[str, Rule]] = {
    "pv.diode": DIODE,
    "pv.cell": CELL,
    "pv.shockley_queisser": LIMIT,
    "battery.design": DESIGN,
    "vehicle.range": RANGE,
    "battery.spm": BATTERY,
    "battery.spme": BATTERY,
    "battery.dfn": BATTERY,
    "charges at limits": CHARGE,
    "vehicle.drive": DRIVE,
    "vehicle.charge_stop": STOP,
}
# of cells that are resolved, on request; what a fidelity does not resolve it does not have
PROFILES: Mapping[str, tuple[str, ...]] = {
    "battery.spm": (),
    "battery.spme": ("electrolyte_concentration",),
    "battery.dfn": (
        "electrolyte_concentration", "negative_surface_stoichiometry", "positive_surface_stoichiometry"
    ),
}  # fmt: skip


def kept(model: Model) -> list[str] | Callable[[Output], bool]:
    """Return which outputs of a model the rules look at."""
    if model.name not in PROFILES:
        return lambda output: "time" not in output.dims
    return [
        output.name
        for output in model.outputs
        if not output.on_request or output.name in PROFILES[model.name]
    ]


def _fields(solution: Solution) -> dict[str, Numbers]:
    """Return every field over the cases, words as words; what is not set and stands in the cell's parameter
    set by that.
    """
    from energymodels.battery.parameters.sets import parameter_set

    found: dict[str, Numbers] = {}
    for path, column in solution.plan.columns.items():
        labels = solution.infos[path].labels
        values = np.asarray(labels)[np.asarray(column, dtype=int)] if labels else np.asarray(column)
        found[path] = np.broadcast_to(values, solution.shape).ravel()
    if "parameters" in found:
        own = [parameter_set(name).scalars for name in found["parameters"].tolist()]
        for path in set(own[0]) - found.keys():
            found[path] = np.array([of.get(path, np.nan) for of in own])
        found.setdefault("initial_temperature", found.get("temperature", np.full(len(own), np.nan)))
    return found


def _results(solution: Solution) -> dict[str, Numbers]:
    """Return every output over the cases."""
    found = {}
    for output in solution.outputs:
        values = solution.values[output.name]
        if output.derived:
            own = values.shape[len(solution.shape) :]
            values = np.broadcast_to(values, solution.shape + own).reshape(-1, *own)
        found[output.name] = values
    return found


def breaches(name: str, solution: Solution) -> dict[str, Numbers]:
    """Return where each rule of a population is broken, by its words.

    A rule that asks for what a model or a spec does not have is left out.
    """
    out, of = _results(solution), _fields(solution)
    good = solution.status == status.OK
    found = {}
    for words, rule in RULES[name].items():
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                found[words] = good & np.asarray(rule(out, of), dtype=bool)
            except KeyError:
                continue
    return found
