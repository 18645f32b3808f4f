"""Fields of the battery models as kernel rows: SI, gaps filled from the parameter sets, functions
as tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from energymodels.battery.cell import built, start
from energymodels.battery.cell.fields import (
    BatterySpec,
    Electrode,
    Electrolyte,
    Layer,
    Limits,
    SideReactions,
    Whole,
)
from energymodels.battery.parameters.sets import ParameterSet, parameter_set
from energymodels.battery.protocol.profiles import temperatures
from energymodels.battery.protocol.program import parse, programs
from energymodels.core import si
from energymodels.core.case import filled, view
from energymodels.core.columns import power
from energymodels.core.model import Array
from energymodels.kernels.battery.cell.layout import BRUGGEMAN, FUNCTIONS, RANK
from energymodels.kernels.battery.cell.row import PLATING, SEI

ONE = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0])  # the table of the constant 1, at offset 0
# of pores and active material together: more than files round to is more than an electrode holds
FULL = 1.0 + 1e-6
THIN = 1e-9  # m, initial SEI thickness where none is given
DEGREES = si.scale("degC")
CONSTANTS = (  # fields that stand in place of a function, which no set's number does
    "negative.diffusivity", "positive.diffusivity", "electrolyte.conductivity", "electrolyte.diffusivity",
    "electrolyte.thermodynamic_factor", "electrolyte.transference_number",
)  # fmt: skip
# tables whose fields a set fills in where they are not set
OF_SETS = ("negative", "separator", "positive", "electrolyte", "cell", "side_reactions")


class Cells:
    """The cells of a grid: ``case`` has what the fields say, what they leave open taken from design and
    parameter set, NaN where these have nothing.
    """

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.shapes, self.of_design = built.geometry(columns)
        self.columns = self.shapes | dict(columns)
        names, which = np.unique(columns["parameters"], return_inverse=True)
        self.which = which.reshape(columns["parameters"].shape)
        self.sets = [parameter_set(str(name)) for name in names]
        self.case = view(BatterySpec, self.columns, self._fill)

    def states(self, path: str) -> bool:
        """Return whether a field or a design says what ``path`` is, so that no set is asked."""
        return path in self.columns

    def of_set(self, path: str) -> Array:
        """Return what the parameter sets say, in the field's unit, NaN where one says nothing."""
        return np.array([s.scalars.get(path, np.nan) for s in self.sets])[self.which]

    def by_set(self, numbers: Sequence[float]) -> Array:
        """Return the number that belongs to the set of each cell."""
        return np.array(numbers)[self.which]

    def changed(self, path: str) -> Array:
        """Return what a number is over that of the set."""
        return self.columns[path] / self.of_set(path)

    def _fill(self, path: str) -> Array | None:
        if path in CONSTANTS:
            return np.full((1,) * self.which.ndim, np.nan)
        if path.partition(".")[0] in OF_SETS or path == "heat_transfer_coefficient":
            return self.of_set(path)
        return None


def _known(values: Array, default: float) -> Array:
    """Return ``values``, ``default`` where nobody says any."""
    return np.where(np.isnan(values), default, values)


def kernel_rows(cells: Cells) -> dict[str, Array]:
    """Return the numbers of the kernel's rows, all but the program's."""
    case = cells.case
    rows = {"area": case.cell.electrode_height * case.cell.electrode_width * case.cell.electrode_pairs}
    liquid = _known(case.electrolyte.liquid_fraction, 1.0)
    layers = {"negative": case.negative, "separator": case.separator, "positive": case.positive}
    for name, layer in layers.items():
        rows |= _layer(cells, name, layer, liquid)
    for name, electrode in (("negative", case.negative), ("positive", case.positive)):
        rows |= _electrode(cells, name, electrode)
        full = electrode.active_fraction + electrode.porosity > FULL
        rows["area"] = np.where(full, np.nan, rows["area"])
    rows |= _electrolyte(case.electrolyte, liquid) | _whole(case.cell)
    rows["nominal_is_cell"] = case.rate_basis.means("cell").astype(float)
    for name in ("voltage", "ocv"):
        rows["area"] = np.where(rows[f"{name}_min"] < rows[f"{name}_max"], rows["area"], np.nan)
    rows |= limits(case.limits, rows["voltage_max"]) | side_reactions(case.side_reactions)
    rows |= starts(cells)
    rows["most_salt"] = most_salt(cells, rows)
    for bound, beyond in (("min", np.less), ("max", np.greater)):
        lowest = np.minimum if bound == "min" else np.maximum
        missed = beyond(rows["start_voltage"], lowest(rows[f"voltage_{bound}"], rows[f"ocv_{bound}"]))
        rows["area"] = np.where(missed, np.nan, rows["area"])
    return rows | _heat(case) | {"tolerance": case.tolerance, "set": cells.which}


def _layer(cells: Cells, name: str, layer: Layer, liquid: Array) -> dict[str, Array]:
    """Return what electrodes and separator share."""
    end = name[0]
    return {
        f"thickness_{end}": layer.thickness,
        f"porosity_{end}": layer.porosity * liquid,
        f"efficiency_{end}": efficiency(cells, name, layer),
    }


def _electrode(cells: Cells, name: str, electrode: Electrode) -> dict[str, Array]:
    """Return what an electrode alone has."""
    end = name[0]
    theta = electrode.initial_concentration / electrode.maximum_concentration
    if cells.shapes and not cells.states(f"{name}.initial_concentration"):
        theta = cells.by_set([built.empty(s.name)[end == "p"] for s in cells.sets])
    solid = power(1.0 - electrode.porosity, electrode.bruggeman_electrode)
    exchange = electrode.exchange_current_density_factor * scaling(cells, f"E_{end.upper()}")
    return {
        f"active_{end}": electrode.active_fraction,
        f"radius_{end}": electrode.particle_radius,
        f"c_max_{end}": electrode.maximum_concentration,
        f"theta_{end}": theta,
        f"sigma_{end}": electrode.conductivity * solid,
        f"factor_e_{end}": exchange,
        f"factor_d_{end}": electrode.diffusivity_factor,
        f"constant_d_{end}": electrode.diffusivity,
    }


def _electrolyte(of: Electrolyte, liquid: Array) -> dict[str, Array]:
    """Return what the electrolyte has."""
    return {
        "factor_kappa": of.conductivity_factor,
        "factor_d_e": of.diffusivity_factor,
        "constant_kappa": of.conductivity,
        "constant_d_e": of.diffusivity,
        "constant_tdf": of.thermodynamic_factor,
        "constant_t_plus": of.transference_number,
        "c_e": of.initial_concentration,
        "liquid": liquid,
        "kappa_solid": _known(of.solid_conductivity, 0.0),
        "energy_solid": _known(of.solid_activation_energy, 0.0),
    }


def _whole(cell: Whole) -> dict[str, Array]:
    """Return what the cell has as a whole."""
    return {
        "nominal": cell.nominal_capacity,
        "voltage_min": cell.voltage_min,
        "voltage_max": cell.voltage_max,
        "ocv_min": cell.ocv_min,
        "ocv_max": cell.ocv_max,
        "reference_temperature": cell.reference_temperature,
        "contact": np.nan_to_num(cell.contact_resistance),
        "interface": _known(cell.interface_resistance, 0.0),
        "energy_interface": _known(cell.interface_activation_energy, 0.0),
    }


def _heat(case: BatterySpec) -> dict[str, Array]:
    """Return what makes a cell warm."""
    lumped, heat = case.thermal.means("lumped"), heat_capacity(case)
    return {
        "lumped": lumped.astype(float),
        "heat_capacity": np.where(lumped, heat, np.nan_to_num(heat)),
        "cooling": np.where(lumped, case.heat_transfer_coefficient * case.cell.cooling_area, 0.0),
    }


def most_salt(cells: Cells, rows: Mapping[str, Array]) -> Array:
    """Return up to which concentration transport in the electrolyte holds at the first temperature; no end
    where it is constant.
    """
    found = np.full((1,) * cells.which.ndim, np.inf)
    for key in ("kappa", "d_e"):
        # (set, case ..)
        by_set = np.array([np.interp(rows["temperature"], *s.reaches[key.upper()]) for s in cells.sets])
        every, which = np.broadcast_arrays(by_set, cells.which[np.newaxis])
        own = np.take_along_axis(every, which, axis=0)[0]
        found = np.minimum(found, np.where(np.isnan(rows[f"constant_{key}"]), own, np.inf))
    return found


def limits(of: Limits, voltage_max: Array) -> dict[str, Array]:
    """Return the limits of a charge at limits; the upper cut-off voltage is always one."""
    return {
        "limit_negative": of.negative_potential,
        "limit_voltage": np.minimum(np.inf if of.voltage is None else of.voltage, voltage_max),
        "limit_temperature": of.temperature,
        "limit_rate": of.c_rate,
        "limit_salt": of.salt_concentration,
    }


def side_reactions(of: SideReactions) -> dict[str, Array]:
    """Return the coefficients of the side reactions, NaN where nobody says one; ``checks.NEEDED`` lists which
    are required.
    """
    return {
        "plating": of.plating.take({word: i for i, word in enumerate(PLATING)}).astype(int),
        "sei": of.sei.take({word: i for i, word in enumerate(SEI)}).astype(int),
        "k_plating": of.plating_rate_constant,
        "alpha_plating": of.plating_transfer_coefficient,
        "energy_plating": _known(of.plating_activation_energy, 0.0),
        "decay": of.dead_lithium_decay,
        "j0_sei": of.sei_reaction_exchange_current_density,
        "u_sei": of.sei_open_circuit_potential,
        "supply_sei": of.sei_solvent_diffusivity * of.sei_solvent_concentration,
        "energy_sei": _known(of.sei_activation_energy, 0.0),
        "volume_sei": of.sei_partial_molar_volume / _known(of.sei_lithium_per_mole, 1.0),
        "resistivity_sei": of.sei_resistivity,
        "thickness_sei": _known(of.sei_initial_thickness, THIN),
    }


def efficiency(cells: Cells, name: str, layer: Layer) -> Array:
    """Return effective over bulk transport: the one given, or porosity to the Bruggeman exponent; a field
    goes before the set.
    """
    own = layer.transport_efficiency
    if cells.states(f"{name}.transport_efficiency"):
        return own
    bruggeman = power(layer.porosity, layer.bruggeman_electrolyte)
    if cells.states(f"{name}.bruggeman_electrolyte"):
        return bruggeman
    if f"{name}.porosity" in cells.shapes:  # a design's pores, of the set's tortuosity beyond Bruggeman's
        own = own * power(cells.changed(f"{name}.porosity"), np.array(BRUGGEMAN))
    return np.where(np.isnan(own), bruggeman, own)


def scaling(cells: Cells, key: str) -> Array:
    """Return the scaling of the exchange current density by changed fields of the set's formula."""
    factor = np.ones((1,) * cells.which.ndim)
    for path in {path for s in cells.sets for path in s.powers.get(key, {})}:
        if cells.states(path):
            exponent = cells.by_set([s.powers.get(key, {}).get(path, 0.0) for s in cells.sets])
            factor = factor * power(cells.changed(path), exponent)
    return factor


def heat_capacity(case: BatterySpec) -> Array:
    """Return the heat capacity of the whole cell, J K-1: the volume's, or that of its layers by their
    thicknesses.
    """
    n, s, p = case.negative, case.separator, case.positive
    layers = (
        (n.thickness, n.density, n.specific_heat),
        (s.thickness, s.density, s.specific_heat),
        (p.thickness, p.density, p.specific_heat),
        (n.collector_thickness, n.collector_density, n.collector_specific_heat),
        (p.collector_thickness, p.collector_density, p.collector_specific_heat),
    )
    mass, length = np.zeros(()), np.zeros(())
    for thickness, density, heat in layers:
        mass = mass + thickness * density * heat
        length = length + thickness
    by_volume = case.cell.heat_capacity
    return np.where(np.isnan(by_volume), mass / length, by_volume) * case.cell.volume


def starts(cells: Cells) -> dict[str, Array]:
    """Return the initial state: SOC, voltage or the set's concentrations, and temperatures."""
    case, nothing = cells.case, np.full((1,) * cells.which.ndim, np.nan)
    soc = case.initial_soc
    if soc is None:
        soc = start.socs(case.protocol, cells.of_set("initial_soc"))
    as_given = case.initial_state  # "set" is the only label
    around, first = case.temperature, case.initial_temperature
    if first is None:
        first = nothing if around is not None else DEGREES.to_si(cells.of_set("initial_temperature"))
    if around is None:
        around = DEGREES.to_si(_known(cells.of_set("temperature"), start.USUAL_TEMPERATURE))
    return {
        "soc": soc,
        "start_voltage": filled(case.initial_voltage, np.nan, nothing),
        "as_given": np.zeros_like(nothing) if as_given is None else np.ones(as_given.index.shape),
        "temperature": around,
        "first_temperature": first,
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
    """Return (tables of all sets in one array that starts with the constant 1, index (set, FUNCTIONS, 1 + 2
    RANK)).
    """
    index = np.zeros((len(sets), FUNCTIONS, 1 + 2 * RANK), dtype=np.int64)
    offset = ONE.size
    for i, one in enumerate(sets):
        index[i] = one.index
        index[i, :, 1:] += offset
        offset += one.tables.size
    return np.concatenate([ONE, *(one.tables for one in sets)]), index
