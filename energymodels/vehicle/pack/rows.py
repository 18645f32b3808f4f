"""Fields of a car and of its pack's cell as kernel rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from energymodels.battery.cell import rows as battery_rows
from energymodels.battery.cell.mesh import make_mesh
from energymodels.battery.cell.results import OF_DESIGN
from energymodels.battery.parameters.sets import ParameterSet
from energymodels.core.model import Array
from energymodels.vehicle.pack import cell as pack_cell
from energymodels.vehicle.pack.fields import DrivePack, DriveSpec, Pack, StopPack
from energymodels.vehicle.range.rows import prepare as prepare_car

Columns: TypeAlias = dict[str, Array]
NOTHING = {  # of a program, and of another start than the pack's
    "first_step": 0, "steps": 0, "first_warmth": 0, "warmths": 0, "side_by_side": 0,
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


def prepare(
    columns: Mapping[str, Array], pack: DrivePack | StopPack, around: Array
) -> tuple[Columns, Columns, Columns]:
    """Return (rows of car and cell, SI, results of the cell's design for the pack, what the
    kernels share).

    ``columns`` in the fields' units hold the cell's, of which ``pack`` knows nothing; ``around`` is the
    temperature of the air, K.
    """
    car = prepare_car(columns)
    cell, derived, shared = _cells(columns, pack)
    shape = (1,) * around.ndim
    cell |= {name: np.full(shape, value) for name, value in NOTHING.items()}
    cell["soc"] = pack.soc_start
    cell["temperature"] = around if pack.temperature is None else pack.temperature
    of_pack = {
        "units": pack.series * pack.parallel,
        "resistance": pack.resistance * pack.parallel / pack.series,
        "around": around,
    }
    derived = {name: derived.get(name, np.full(shape, np.nan)) for name in DERIVED.values()}
    road = {name: np.asarray(values) for name, values in car.rows.items()}
    return road | cell | of_pack, derived, dict(car.shared) | shared


def of_drive(case: DriveSpec, rows: Mapping[str, Array]) -> Columns:
    """Return the rows of a drive, SI, that the cell's own (``rows``) have not, and those that
    change with it.
    """
    pack = case.pack
    heater = pack.heating.power / (pack.series * pack.parallel)
    return {
        "soc_min": pack.soc_min,
        "time_step": case.time_step,
        "most_cycles": case.cycles_max,
        "derates": pack.derating.take({"end": 0.0, "derate": 1.0}),
        "short_most": pack.short_max,
        "heater": heater,
        "warm": pack.heating.target,
        "cooling": np.where(heater > 0.0, np.maximum(rows["cooling"], FAINT), rows["cooling"]),
        "contact": rows["contact"] + rows["resistance"],  # the kernel's terminals are the pack's
    }


def _cells(columns: Mapping[str, Array], pack: Pack) -> tuple[Columns, Columns, Columns]:
    """Return (rows of the cells, results of their designs for the pack, tables and mesh)."""
    names, which = np.unique(pack.cell, return_inverse=True)
    which = which.reshape(pack.cell.shape)
    rows: dict[str, Array] = {}
    derived: dict[str, Array] = {}
    sets: list[ParameterSet] = []
    meshes = []
    for i, name in enumerate(names):
        of = pack_cell.cell_columns(str(name), columns)
        cells = battery_rows.Cells(of)
        mine = battery_rows.kernel_rows(cells)
        mine["set"] = mine["set"] + len(sets)
        sets += cells.sets
        meshes.append({path: int(v.ravel()[0]) for path, v in of.items() if path.startswith("points.")})
        rows = {key: np.where(which == i, values, rows.get(key, 0)) for key, values in mine.items()}
        packed = _of_pack(pack, cells.of_design)
        derived = {
            key: np.where(which == i, packed.get(key, np.nan), derived.get(key, np.nan))
            for key in DERIVED.values()
        }
    tables, index = battery_rows.shared_tables(sets)
    mesh = make_mesh(meshes[0])
    shared = {
        "tables": tables, "index": index, "widths": mesh.widths, "counts": mesh.counts, "radial": mesh.radial,
        "pybamm": np.array([mesh.pybamm]), "fidelity": pack.fidelity.index.ravel()[:1],
    }  # fmt: skip
    return rows, derived, shared


def _of_pack(pack: Pack, design: Mapping[str, Array]) -> dict[str, Array]:
    """Return mass and energy densities of the pack from those of its cell, where a design says them."""
    if not design:
        return {}
    cells = pack.series * pack.parallel
    assert {output.name for output in OF_DESIGN} == DERIVED.keys()
    return {
        "pack_mass": cells * design["mass"] / pack.mass_ratio,
        "pack_specific_energy": design["specific_energy"] * pack.mass_ratio,
        "pack_energy_density": design["energy_density"] * pack.volume_ratio,
    }
