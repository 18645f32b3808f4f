"""The models by name."""

from __future__ import annotations

from importlib import import_module

from energymodels.core.errors import unknown
from energymodels.core.model import Model
from energymodels.core.schema import schema

HOMES = {
    "battery.design": "battery.design.model",
    "battery.dfn": "battery.cell.dfn",
    "battery.spm": "battery.cell.spm",
    "battery.spme": "battery.cell.spme",
    "pv.cell": "pv.cell.model",
    "pv.diode": "pv.diode.model",
    "pv.shockley_queisser": "pv.shockley_queisser.model",
    "vehicle.charge_stop": "vehicle.charge_stop.model",
    "vehicle.drive": "vehicle.drive.model",
    "vehicle.range": "vehicle.range.model",
}
MODELS = tuple(HOMES)


def get_model(name: str) -> Model:
    """Return a registered model; unknown names get the closest valid one."""
    if name not in HOMES:
        raise unknown("model", name, MODELS)
    model = import_module(f"energymodels.{HOMES[name]}").MODEL
    assert isinstance(model, Model)
    return model


def resolve(model: Model, name: str) -> tuple[str, str]:
    """Return (path, unit of bare numbers, empty for the field's own) of a field's path or alias; unknown
    names pass.
    """
    return (name, "") if name in schema(model.spec) else model.alias(name) or (name, "")
