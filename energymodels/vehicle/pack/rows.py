"""Fields of a car and of its pack's cell as kernel rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from energymodels.battery.cell import rows as battery_rows
from energymodels.battery.cell.fields import BatterySpec
from energymodels.battery.cell.mesh import make_mesh
from energymodels.battery.cell.results import OF_DESIGN
from energymodels.battery.parameters.sets import ParameterSet
from energymodels.core.model import Array
from energymodels.core.schema import schema
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.vehicle.pack import cell as pack_cell
from energymodels.vehicle.pack.fields import DriveSpec
from energymodels.vehicle.range.rows import prepare as prepare_car

Columns: TypeAlias = dict[str, Array]
NOTHING = {  # of a program, and of another start than the pack's
    "first_step": 0, "steps": 0, "first_warmth": 0, "warmths": 0,
    "start_voltage": np.nan, "as_given": 0.0, "first_temperature": np.nan,
}  # fmt: skip
# W K-1, where a heater warms cells that give no heat off: its heat comes the way that of the surroundings
# does
FAINT = 1e-9
DERIVED = {
    "mass": "pack_mass",
    "specific_energy": "pack_specific_energy",
    "energy_density": "pack_energy_density",
}


def prepare(columns: Mapping[str, Array]) -> tuple[Columns, Columns, Columns]:
    """Return (rows of car and cell, SI, results of the cell's design for the pack, what the
    kernels share).
    """
    car = prepare_car(columns)
    cell, derived, shared = _cells(columns)
    shape = (1,) * columns[pack_cell.FIELD].ndim
    cell |= {name: np.full(shape, value) for name, value in NOTHING.items()}
    cell["soc"] = columns["pack.soc_start"]
    cell["temperature"] = pack_cell.temperature(columns) + ZERO_CELSIUS
    pack = {
        "units": columns["pack.series"] * columns["pack.parallel"],
        "resistance": columns["pack.resistance"] * columns["pack.parallel"] / columns["pack.series"],
        "around": columns["ambient_temperature"] + ZERO_CELSIUS,
    }
    derived = {name: derived.get(name, np.full(shape, np.nan)) for name in DERIVED.values()}
    road = {name: np.asarray(values) for name, values in car.rows.items()}
    return road | cell | pack, derived, dict(car.shared) | shared


def of_drive(columns: Mapping[str, Array], rows: Mapping[str, Array]) -> Columns:
    """Return the rows of a drive, SI, that the cell's own (``rows``) have not, and those that
    change with it.
    """
    cells = columns["pack.series"] * columns["pack.parallel"]
    derates = schema(DriveSpec)["pack.derating"].labels.index("derate")
    heater = 1e3 * columns["pack.heating.power"] / cells
    return {
        "soc_min": columns["pack.soc_min"],
        "time_step": columns["time_step"],
        "most_cycles": columns["cycles_max"],
        "derates": np.where(columns["pack.derating"] == derates, 1.0, 0.0),
        "short_most": columns["pack.short_max"],
        "heater": heater,
        "warm": columns["pack.heating.target"] + ZERO_CELSIUS,
        "cooling": np.where(heater > 0.0, np.maximum(rows["cooling"], FAINT), rows["cooling"]),
        "contact": rows["contact"] + rows["resistance"],  # the kernel's terminals are the pack's
    }


def _cells(columns: Mapping[str, Array]) -> tuple[Columns, Columns, Columns]:
    """Return (rows of the cells, results of their designs for the pack, tables and mesh)."""
    labels = {path: info.labels for path, info in schema(BatterySpec).items() if info.labels}
    names, which = np.unique(columns[pack_cell.FIELD], return_inverse=True)
    which = which.reshape(columns[pack_cell.FIELD].shape)
    rows: dict[str, Array] = {}
    derived: dict[str, Array] = {}
    sets: list[ParameterSet] = []
    meshes = []
    for i, name in enumerate(names):
        of = pack_cell.cell_columns(str(name), columns)
        filled = battery_rows.Columns(of)
        mine = battery_rows.kernel_rows(filled, labels)
        mine["set"] = mine["set"] + len(sets)
        sets += filled.sets
        meshes.append({path: int(v.ravel()[0]) for path, v in of.items() if path.startswith("points.")})
        rows = {key: np.where(which == i, values, rows.get(key, 0)) for key, values in mine.items()}
        packed = _of_pack(columns, filled.of_design)
        derived = {
            key: np.where(which == i, packed.get(key, np.nan), derived.get(key, np.nan))
            for key in DERIVED.values()
        }
    tables, index = battery_rows.shared_tables(sets)
    mesh = make_mesh(meshes[0])
    shared = {
        "tables": tables, "index": index, "widths": mesh.widths, "counts": mesh.counts, "radial": mesh.radial,
        "pybamm": np.array([mesh.pybamm]), "fidelity": columns["pack.fidelity"].ravel()[:1],
    }  # fmt: skip
    return rows, derived, shared


def _of_pack(columns: Mapping[str, Array], design: Mapping[str, Array]) -> dict[str, Array]:
    """Return mass and energy densities of the pack from those of its cell, where a design says them."""
    if not design:
        return {}
    cells = columns["pack.series"] * columns["pack.parallel"]
    assert {output.name for output in OF_DESIGN} == DERIVED.keys()
    return {
        "pack_mass": cells * design["mass"] / columns["pack.mass_ratio"],
        "pack_specific_energy": design["specific_energy"] * columns["pack.mass_ratio"],
        "pack_energy_density": design["energy_density"] * columns["pack.volume_ratio"],
    }
