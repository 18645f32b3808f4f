"""Initial state of a run: from the fields, else the file of the parameter set, else from the protocol."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.protocol.direction import Course
from energymodels.battery.protocol.program import parse
from energymodels.core.model import Array
from energymodels.core.values import Fields

USUAL_TEMPERATURE = 25.0  # degC
GIVEN = ("initial_soc", "initial_voltage", "initial_state")
ISOTHERMAL = "an isothermal cell is at ambient temperature"
# first steps that leave no choice
PLAIN = {"charge": "charge", "discharge": "discharge", "charge at limits": "charge"}


def _file(fields: Fields) -> Mapping[str, float]:
    """Return the numbers of a set that is a file, {path: number}; of all sets only a file says where a cell
    starts.
    """
    name = str(fields["parameters"])
    return parameter_set(name).scalars if name.endswith(".json") else {}


def soc(fields: Fields) -> float:
    """Return the state of charge from which a case starts whose fields do not say it."""
    own = _file(fields).get("initial_soc")
    return parse(str(fields["protocol"])).course.soc if own is None else own


def socs(protocols: Array, own: Array) -> Array:
    """Return ``soc`` of columns; ``own`` is what the parameter sets say, NaN where they say nothing."""
    names, which = np.unique(protocols, return_inverse=True)
    found = np.array([parse(str(name)).course.soc for name in names])[which].reshape(protocols.shape)
    return np.where(np.isnan(own), found, own)


def temperature(fields: Fields) -> float:
    """Return the temperature of the surroundings at the start, degC: the field's, else the set's, else the
    usual one.
    """
    return float(fields.get("temperature", _file(fields).get("temperature", USUAL_TEMPERATURE)))


def temperatures(fields: Fields) -> dict[str, float]:
    """Return {path: degC} of the surroundings and of a lumped cell at the start."""
    around = temperature(fields)
    own = {} if "temperature" in fields else _file(fields)
    first = fields.get("initial_temperature", own.get("initial_temperature", around))
    return {"temperature": around, "initial_temperature": float(first)}


def remarks(fields: Fields, swept: Mapping[str, Array]) -> list[str]:
    """Return where the runs start, a line for each of the sets and protocols in use that leave a choice."""
    sets = np.unique(swept.get("parameters", [fields["parameters"]])).tolist()
    files = [text for name in sets if (text := _by_file(str(name), fields))]
    said = any(path in fields for path in GIVEN) or all(
        "initial_soc" in parameter_set(str(name)).scalars for name in sets
    )
    found = files if said else files + _by_protocol(fields, swept)
    if "initial_temperature" in fields and fields["thermal"] != "lumped":
        found.append(f"initial_temperature has no effect: {ISOTHERMAL}")
    return found


def _by_file(name: str, fields: Fields) -> str:
    """Return what the file of a set says of the start that no field says otherwise."""
    scalars = parameter_set(name).scalars
    found = []
    if "initial_soc" in scalars and not any(path in fields for path in GIVEN):
        found.append(f"an SOC of {scalars['initial_soc']:g}")
    around = not {"temperature", "temperature_profile"} & fields.keys()
    if around and scalars.get("temperature", USUAL_TEMPERATURE) != USUAL_TEMPERATURE:
        found.append(f"{scalars['temperature']:g} degC ambient temperature")
    first = scalars.get("initial_temperature")
    if (
        first is not None
        and not {"temperature", "initial_temperature"} & fields.keys()
        and fields["thermal"] == "lumped"
    ):
        found.append(f"{first:g} degC initial cell temperature")
    return (
        f"{name}: starts at {' and '.join(found)}, as the State section of its file says; "
        f"initial_soc and temperature override it"
        if found
        else ""
    )


def _by_protocol(fields: Fields, swept: Mapping[str, Array]) -> list[str]:
    """Return the choice made for protocols whose first step does not make it."""
    texts = dict.fromkeys(map(str, np.ravel(swept.get("protocol", [fields["protocol"]]))))
    chosen: dict[Course, int] = {}
    for protocol in map(parse, texts):
        if PLAIN.get(protocol.steps[0].kind) != protocol.course.direction or protocol.course.before:
            chosen[protocol.course] = chosen.get(protocol.course, 0) + 1
    return [
        f"starts at an SOC of {course.soc:g}, since "
        f"{f'{many} of the protocols' if len(texts) > 1 else 'the protocol'} "
        f"{_does(course.direction)}; initial_soc, initial_voltage or initial_state=set override it"
        for course, many in chosen.items()
    ]


def _does(direction: str) -> str:
    return "neither charges nor discharges" if direction == "rest" else f"mainly {direction}s"
