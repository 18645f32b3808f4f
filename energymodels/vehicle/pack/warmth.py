"""Cell temperature of a driving pack: notes on cold cells, and fields of heating without effect."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.core.model import Array
from energymodels.core.values import Fields
from energymodels.kernels.constants import ZERO_CELSIUS
from energymodels.kernels.vehicle.longitudinal import COLD
from energymodels.vehicle.pack import cell as pack_cell

HEATING = "pack.heating."
THERMAL = pack_cell.named("thermal")
KEPT = f"the cells are isothermal; set {THERMAL}=lumped and {pack_cell.named('heat_transfer_coefficient')}"
DERATE = "derate (pack.derating=derate), "
HEAT = "heat the battery (pack.heating.power{}) or precondition it (pack.temperature)"


def remarks(fields: Fields, along: Mapping[str, Array], warms: bool) -> list[str]:
    """Return notes on cells that start cold and unheated; ``warms``: they have a lumped thermal model."""
    path = (
        "pack.temperature"
        if "pack.temperature" in fields or "pack.temperature" in along
        else "ambient_temperature"
    )
    coldest = float(np.min(along[path])) if path in along else float(fields[path])
    heated = HEATING + "power" in along or fields[HEATING + "power"] > 0.0
    if coldest >= COLD - ZERO_CELSIUS or heated:
        return []
    kept = "" if THERMAL in along or warms else f" and stay so ({THERMAL}=isothermal)"
    derates = fields["pack.derating"] == "derate"
    ends = "" if derates else ", and the drive ends where a power takes them to the lower cut-off voltage"
    remedy = ("" if derates else DERATE) + HEAT.format(f", with {THERMAL}=lumped" if kept else "")
    return [
        f"cells start at {coldest:g} degC ({path}){kept}: cold cells have a large voltage drop{ends}; real "
        f"cars {remedy}"
    ]


def inert(fields: Fields, swept: set[str], warms: bool) -> dict[str, str]:
    """Return {swept path: why it does not act} of heating and derating; ``warms`` as for ``remarks``."""
    found = {}
    heating = {path for path in swept if path.startswith(HEATING)}
    if THERMAL not in swept and not warms:
        found = dict.fromkeys(heating, KEPT)
    elif HEATING + "power" not in swept and fields[HEATING + "power"] == 0.0:
        found = dict.fromkeys(heating, "pack.heating.power is 0")
    if "pack.short_max" in swept and "pack.derating" not in swept and fields["pack.derating"] == "end":
        found["pack.short_max"] = "pack.derating is end"
    return found
