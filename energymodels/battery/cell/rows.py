"""Fields of the battery models as kernel rows: SI, gaps filled from the parameter sets, functions
as tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from energymodels.battery.cell import built, start
from energymodels.battery.parameters.sets import ParameterSet, parameter_set
from energymodels.battery.protocol.profiles import temperatures
from energymodels.battery.protocol.program import parse, programs
from energymodels.core.columns import power
from energymodels.core.model import Array
from energymodels.kernels.battery.cell.layout import BRUGGEMAN, FUNCTIONS, RANK
from energymodels.kernels.battery.cell.row import PLATING, SEI
from energymodels.kernels.constants import ZERO_CELSIUS

ONE = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0])  # the table of the constant 1, at offset 0
# of pores and active material together: more than files round to is more than an electrode holds
FULL = 1.0 + 1e-6
LAYERS = {"n": "negative", "s": "separator", "p": "positive"}
CONSTANTS = {
    "constant_d_n": "negative.diffusivity",
    "constant_d_p": "positive.diffusivity",
    "constant_kappa": "electrolyte.conductivity",
    "constant_d_e": "electrolyte.diffusivity",
    "constant_tdf": "electrolyte.thermodynamic_factor",
    "constant_t_plus": "electrolyte.transference_number",
}
FACTORS = {
    "factor_d_n": "negative.diffusivity_factor",
    "factor_d_p": "positive.diffusivity_factor",
    "factor_kappa": "electrolyte.conductivity_factor",
    "factor_d_e": "electrolyte.diffusivity_factor",
}


SIDE_DEFAULTS = {  # of what a set and the fields leave open; NaN: it has to be known where it is used
    "plating_rate_constant": np.nan,
    "plating_transfer_coefficient": np.nan,
    "plating_activation_energy": 0.0,
    "dead_lithium_decay": np.nan,
    "sei_initial_thickness": 1e-9,
    "sei_resistivity": np.nan,
    "sei_partial_molar_volume": np.nan,
    "sei_lithium_per_mole": 1.0,
    "sei_reaction_exchange_current_density": np.nan,
    "sei_open_circuit_potential": np.nan,
    "sei_solvent_diffusivity": np.nan,
    "sei_solvent_concentration": np.nan,
    "sei_activation_energy": 0.0,
}


class Columns:
    """Columns of fields, {path: array}, what they leave open taken from design and parameter set, NaN where
    these have nothing.
    """

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.shapes, self.of_design = built.geometry(columns)
        self.columns = self.shapes | dict(columns)
        names, self.which = np.unique(columns["parameters"], return_inverse=True)
        self.which = self.which.reshape(columns["parameters"].shape)
        self.sets = [parameter_set(str(name)) for name in names]

    def __contains__(self, path: str) -> bool:
        return path in self.columns

    def __getitem__(self, path: str) -> Array:
        return self.columns[path] if path in self.columns else self.of_set(path)

    def get(self, path: str, default: float) -> Array:
        """Return the column or what the sets say, ``default`` where neither says anything."""
        found = self[path]
        return np.where(np.isnan(found), default, found)

    def of_set(self, path: str) -> Array:
        """Return what the parameter sets say."""
        return np.array([s.scalars.get(path, np.nan) for s in self.sets])[self.which]


def kernel_rows(columns: Columns, labels: Mapping[str, Sequence[str]]) -> dict[str, Array]:
    """Return the numbers of the kernel's rows, all but the program's."""
    c = columns
    liquid = c.get("electrolyte.liquid_fraction", 1.0)
    rows: dict[str, Array] = {
        "area": c["cell.electrode_height"] * c["cell.electrode_width"] * c["cell.electrode_pairs"]
    }
    for short, layer in LAYERS.items():
        rows[f"thickness_{short}"] = c[f"{layer}.thickness"] * 1e-6
        rows[f"porosity_{short}"] = c[f"{layer}.porosity"] * liquid
        rows[f"efficiency_{short}"] = efficiency(c, layer)
    for short, layer in (("n", "negative"), ("p", "positive")):
        rows[f"active_{short}"] = c[f"{layer}.active_fraction"]
        rows[f"radius_{short}"] = c[f"{layer}.particle_radius"] * 1e-6
        rows[f"c_max_{short}"] = c[f"{layer}.maximum_concentration"]
        rows[f"theta_{short}"] = c[f"{layer}.initial_concentration"] / rows[f"c_max_{short}"]
        if c.shapes and f"{layer}.initial_concentration" not in c:
            rows[f"theta_{short}"] = np.array([built.empty(s.name)[short == "p"] for s in c.sets])[c.which]
        solid = power(1.0 - c[f"{layer}.porosity"], c[f"{layer}.bruggeman_electrode"])
        rows[f"sigma_{short}"] = c[f"{layer}.conductivity"] * solid
        rows[f"factor_e_{short}"] = c[f"{layer}.exchange_current_density_factor"] * scaling(
            c, f"E_{short.upper()}"
        )
        full = rows[f"active_{short}"] + c[f"{layer}.porosity"] > FULL
        rows["area"] = np.where(full, np.nan, rows["area"])
    rows |= {name: c[path] for name, path in FACTORS.items()}
    rows |= {
        name: c.columns.get(path, np.full(1, np.nan).reshape((1,) * c.which.ndim))
        for name, path in CONSTANTS.items()
    }
    rows["c_e"] = c["electrolyte.initial_concentration"]
    rows["nominal"] = c["cell.nominal_capacity"] * 3600.0
    rows["nominal_is_cell"] = np.asarray(
        c["rate_basis"] == list(labels["rate_basis"]).index("cell"), dtype=float
    )
    rows |= {
        name: c[f"cell.{name}"]
        for name in ("voltage_min", "voltage_max", "ocv_min", "ocv_max", "reference_temperature")
    }
    for name in ("voltage", "ocv"):
        rows["area"] = np.where(rows[f"{name}_min"] < rows[f"{name}_max"], rows["area"], np.nan)
    rows["contact"] = np.nan_to_num(c["cell.contact_resistance"])
    rows["interface"] = c.get("cell.interface_resistance", 0.0) * 1e-4
    rows["energy_interface"] = c.get("cell.interface_activation_energy", 0.0)
    rows["liquid"] = liquid
    rows["kappa_solid"] = c.get("electrolyte.solid_conductivity", 0.0)
    rows["energy_solid"] = c.get("electrolyte.solid_activation_energy", 0.0)
    rows |= limits(c, rows["voltage_max"]) | side_reactions(c, labels)
    rows |= starts(c)
    rows["most_salt"] = most_salt(c, rows)
    for bound, beyond in (("min", np.less), ("max", np.greater)):
        lowest = np.minimum if bound == "min" else np.maximum
        missed = beyond(rows["start_voltage"], lowest(rows[f"voltage_{bound}"], rows[f"ocv_{bound}"]))
        rows["area"] = np.where(missed, np.nan, rows["area"])
    lumped = np.asarray(c["thermal"] == list(labels["thermal"]).index("lumped"))
    rows["lumped"] = lumped.astype(float)
    heat = heat_capacity(c)
    rows["heat_capacity"] = np.where(lumped, heat, np.nan_to_num(heat))
    rows["cooling"] = np.where(lumped, c["heat_transfer_coefficient"] * c["cell.cooling_area"], 0.0)
    rows["tolerance"] = c["tolerance"]
    rows["set"] = c.which
    return rows


def most_salt(c: Columns, rows: Mapping[str, Array]) -> Array:
    """Return up to which concentration transport in the electrolyte holds at the first temperature; no end
    where it is constant.
    """
    found = np.full((1,) * c.which.ndim, np.inf)
    for key in ("kappa", "d_e"):
        # (set, case ..)
        by_set = np.array([np.interp(rows["temperature"], *s.reaches[key.upper()]) for s in c.sets])
        every, which = np.broadcast_arrays(by_set, c.which[np.newaxis])
        own = np.take_along_axis(every, which, axis=0)[0]
        found = np.minimum(found, np.where(np.isnan(rows[f"constant_{key}"]), own, np.inf))
    return found


def limits(c: Columns, voltage_max: Array) -> dict[str, Array]:
    """Return the limits of a charge at limits; the upper cut-off voltage is always one."""
    return {
        "limit_negative": c["limits.negative_potential"],
        "limit_voltage": np.minimum(c.get("limits.voltage", np.inf), voltage_max),
        "limit_temperature": c["limits.temperature"] + ZERO_CELSIUS,
        "limit_rate": c["limits.c_rate"],
        "limit_salt": c["limits.salt_concentration"],
    }


def side_reactions(c: Columns, labels: Mapping[str, Sequence[str]]) -> dict[str, Array]:
    """Return the coefficients of the side reactions; ``checks.NEEDED`` lists which are required."""
    of = {key: c.get(f"side_reactions.{key}", default) for key, default in SIDE_DEFAULTS.items()}
    kinds = {}
    for name, known in (("plating", PLATING), ("sei", SEI)):
        positions = np.array([known.index(label) for label in labels[f"side_reactions.{name}"]])
        kinds[name] = positions[np.asarray(c[f"side_reactions.{name}"], dtype=int)]
    return kinds | {
        "k_plating": of["plating_rate_constant"],
        "alpha_plating": of["plating_transfer_coefficient"],
        "energy_plating": of["plating_activation_energy"],
        "decay": of["dead_lithium_decay"],
        "j0_sei": of["sei_reaction_exchange_current_density"],
        "u_sei": of["sei_open_circuit_potential"],
        "supply_sei": of["sei_solvent_diffusivity"] * of["sei_solvent_concentration"],
        "energy_sei": of["sei_activation_energy"],
        "volume_sei": of["sei_partial_molar_volume"] / of["sei_lithium_per_mole"],
        "resistivity_sei": of["sei_resistivity"],
        "thickness_sei": of["sei_initial_thickness"],
    }


def efficiency(c: Columns, layer: str) -> Array:
    """Return effective over bulk transport: the one given, or porosity to the Bruggeman exponent; a field
    goes before the set.
    """
    if f"{layer}.transport_efficiency" in c:
        return c[f"{layer}.transport_efficiency"]
    bruggeman = power(c[f"{layer}.porosity"], c[f"{layer}.bruggeman_electrolyte"])
    if f"{layer}.bruggeman_electrolyte" in c:
        return bruggeman
    own = c.of_set(f"{layer}.transport_efficiency")
    if f"{layer}.porosity" in c.shapes:  # a design's pores, of the set's tortuosity beyond Bruggeman's
        own = own * power(c[f"{layer}.porosity"] / c.of_set(f"{layer}.porosity"), np.array(BRUGGEMAN))
    return np.where(np.isnan(own), bruggeman, own)


def scaling(c: Columns, key: str) -> Array:
    """Return the scaling of the exchange current density by changed fields of the set's formula."""
    factor = np.ones((1,) * c.which.ndim)
    for path in {path for s in c.sets for path in s.powers.get(key, {})}:
        if path in c:
            exponent = np.array([s.powers.get(key, {}).get(path, 0.0) for s in c.sets])[c.which]
            factor = factor * power(c[path] / c.of_set(path), exponent)
    return factor


def heat_capacity(c: Columns) -> Array:
    """Return the heat capacity of the whole cell, J K-1: the volume's, or that of its layers by their
    thicknesses.
    """
    heat = c["cell.heat_capacity"]
    mass = np.zeros(())
    length = np.zeros(())
    for layer, prefix in (
        ("negative", ""),
        ("separator", ""),
        ("positive", ""),
        ("negative", "collector_"),
        ("positive", "collector_"),
    ):
        thickness = c[f"{layer}.{prefix}thickness"]
        mass = mass + thickness * c[f"{layer}.{prefix}density"] * c[f"{layer}.{prefix}specific_heat"]
        length = length + thickness
    return np.where(np.isnan(heat), mass / length, heat) * c["cell.volume"]


def starts(c: Columns) -> dict[str, Array]:
    """Return the initial state: SOC, voltage or the set's concentrations, and temperatures."""
    nothing = np.full((1,) * c.which.ndim, np.nan)
    as_given = c.columns.get("initial_state", nothing)  # "set" is the only label
    first = (
        c["initial_temperature"] if "temperature" not in c else c.columns.get("initial_temperature", nothing)
    )
    return {
        "soc": c["initial_soc"] if "initial_soc" in c else start.socs(c["protocol"], c.of_set("initial_soc")),
        "start_voltage": c.columns.get("initial_voltage", nothing),
        "as_given": np.where(np.isnan(as_given), 0.0, 1.0),
        "temperature": c.get("temperature", start.USUAL_TEMPERATURE) + ZERO_CELSIUS,
        "first_temperature": first + ZERO_CELSIUS,
    }


def program(columns: Mapping[str, Array]) -> tuple[dict[str, Array], Array, Array]:
    """Return (rows ``first_step`` and ``steps``, the programs of all cases (row, STEP), profiles
    (row, 2)).
    """
    parsed = {str(name): parse(str(name)) for name in np.unique(columns["protocol"])}
    names = {name for p in parsed.values() for name in p.placeholders if name in columns}
    shape = np.broadcast_shapes(columns["protocol"].shape, *(columns[name].shape for name in names))
    texts = np.broadcast_to(columns["protocol"], shape).ravel()
    values = {name: np.broadcast_to(columns[name], shape).ravel() for name in names}
    steps, first, many, profiles = programs([parsed[str(t)] for t in texts], values)
    rows = {"first_step": first.reshape(shape), "steps": many.reshape(shape)}
    warm, warmth = temperature_profiles(columns, len(profiles))
    return rows | warm, steps, np.concatenate([profiles, *warmth])


def temperature_profiles(columns: Mapping[str, Array], above: int) -> tuple[dict[str, Array], list[Array]]:
    """Return (rows ``first_warmth`` and ``warmths``, the profiles of temperature), to stand behind ``above``
    rows of others.
    """
    if "temperature_profile" not in columns:
        return {"first_warmth": np.zeros(1, dtype=int), "warmths": np.zeros(1, dtype=int)}, []
    names, which = np.unique(columns["temperature_profile"], return_inverse=True)
    found = [temperatures(str(name)) for name in names]
    counts = np.array([len(rows) for rows in found])
    begins = above + np.concatenate([[0], np.cumsum(counts)[:-1]])
    shape = columns["temperature_profile"].shape
    return {"first_warmth": begins[which].reshape(shape), "warmths": counts[which].reshape(shape)}, found


def shared_tables(sets: Sequence[ParameterSet]) -> tuple[Array, Array]:
    """Return (tables of all sets in one array that begins with the constant 1, index (set, FUNCTIONS, 1 + 2
    RANK)).
    """
    index = np.zeros((len(sets), FUNCTIONS, 1 + 2 * RANK), dtype=np.int64)
    offset = ONE.size
    for i, one in enumerate(sets):
        index[i] = one.index
        index[i, :, 1:] += offset
        offset += one.tables.size
    return np.concatenate([ONE, *(one.tables for one in sets)]), index
