"""Where a run starts: by what a field says, else the file of the parameter set, else by what its protocol mainly does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from energymodels.battery.parameters import parameter_set
from energymodels.battery.protocol import Protocol, parse
from energymodels.model import Array

USUAL_TEMPERATURE = 25.0  # degC
GIVEN = ("initial_soc", "initial_voltage", "initial_state")
PLAIN = {"charge": "charge", "discharge": "discharge", "charge at limits": "charge"}  # first steps that leave no choice


def soc_of(protocol: Protocol) -> float:
    """Return the state of charge from which a protocol can do what it mainly does."""
    return 0.0 if protocol.direction == "charge" else 1.0


def soc(fields: Mapping[str, Any]) -> float:
    """Return the state of charge from which a case starts whose fields do not say it."""
    own = parameter_set(str(fields["parameters"])).scalars.get("initial_soc")
    return soc_of(parse(str(fields["protocol"]))) if own is None else own


def socs(protocols: Array, own: Array) -> Array:
    """Return ``soc`` of columns; ``own`` is what the parameter sets say, NaN where they say nothing."""
    names, which = np.unique(protocols, return_inverse=True)
    found = np.array([soc_of(parse(str(name))) for name in names])[which].reshape(protocols.shape)
    return np.where(np.isnan(own), found, own)


def temperature(fields: Mapping[str, Any]) -> float:
    """Return the temperature of the surroundings at the start, degC: the field's, else the set's, else the usual one."""
    own = parameter_set(str(fields["parameters"])).scalars.get("temperature", USUAL_TEMPERATURE)
    return float(fields.get("temperature", own))


def remarks(fields: Mapping[str, Any], swept: Mapping[str, Array]) -> list[str]:
    """Return where the runs start, a line for each of the sets and protocols in use that leave a choice."""
    sets = np.unique(swept.get("parameters", [fields["parameters"]])).tolist()
    files = [text for name in sets if (text := _by_file(str(name), fields))]
    said = any(path in fields for path in GIVEN) or all("initial_soc" in parameter_set(str(name)).scalars for name in sets)
    return files if said else files + _by_protocol(fields, swept)


def _by_file(name: str, fields: Mapping[str, Any]) -> str:
    """Return what the file of a set says of the start that no field says otherwise."""
    scalars = parameter_set(name).scalars
    found = []
    if "initial_soc" in scalars and not any(path in fields for path in GIVEN):
        found.append(f"a state of charge of {scalars['initial_soc']:g}")
    if "temperature" not in fields and scalars.get("temperature", USUAL_TEMPERATURE) != USUAL_TEMPERATURE:
        found.append(f"{scalars['temperature']:g} degC around it")
    first = scalars.get("initial_temperature")
    if first is not None and "initial_temperature" not in fields and fields["thermal"] == "lumped":
        found.append(f"{first:g} degC of its own")
    return f"{name}: starts at {' and '.join(found)}, as its State says; initial_soc, temperature set others" if found else ""


def _by_protocol(fields: Mapping[str, Any], swept: Mapping[str, Array]) -> list[str]:
    """Return the choice made for protocols whose first step does not make it."""
    texts = dict.fromkeys(map(str, np.ravel(swept.get("protocol", [fields["protocol"]]))))
    chosen: dict[str, list[float]] = {}
    for protocol in map(parse, texts):
        if PLAIN.get(protocol.steps[0].kind) != protocol.direction:
            chosen.setdefault(protocol.direction, []).append(soc_of(protocol))
    many = f"{sum(map(len, chosen.values()))} of the protocols" if len(texts) > 1 else "the protocol"
    return [
        f"starts at a state of charge of {found[0]:g}, since {many} {_does(direction)}; initial_soc, initial_voltage or "
        "initial_state=set choose another"
        for direction, found in chosen.items()
    ]


def _does(direction: str) -> str:
    return "moves no charge of its own" if direction == "rest" else f"mainly {direction}s"
