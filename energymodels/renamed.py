"""Old names of modules: they work for one version, with one warning.

An old module holds nothing of its own; what is asked of it is looked up where it lives now.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

HOUSE = "energymodels."
MODULES = {  # old name: where it is now, and where else what it had
    "audit": ("pv.records",),
    "axes": ("core.axes", "core.entries"),
    "columns": ("core.columns",),
    "comparison": ("report.compare",),
    "design": ("battery.design",),
    "design.fields": ("battery.design.fields", "battery.design.layers"),
    "design.rules": ("battery.design.checks",),
    "engine": ("core.sweep", "core.plan"),
    "ensemble": ("core.ensemble",),
    "errors": ("core.errors",),
    "figures": ("report.figures",),
    "impurity": ("pv.metals",),
    "impurity.chain": ("pv.metals.chain", "pv.metals.grown", "pv.metals.gettered", "pv.metals.states"),
    "impurity.members": ("pv.metals.alternatives",),
    "impurity.remarks": ("pv.metals.checks",),
    "labels": ("report.labels",),
    "model": ("core.model", "core.registry"),
    "plausibility": ("core.plausibility",),
    "ranges": ("core.ranges",),
    "result": ("core.store", "core.dataset"),
    "schema": ("core.schema", "core.field", "core.values"),
    "silicon": ("pv.silicon",),
    "solution": ("core.solution",),
    "spec": ("core.spec",),
    "tolerances": ("pv.metals.budget",),
    "units": ("core.units",),
    "workers": ("core.workers",),
    "battery.bpx": ("battery.parameters.bpx",),
    "battery.fastcharge": ("battery.fast_charge",),
    "battery.fields": ("battery.cell.fields",),
    "battery.profiles": ("battery.protocol.profiles",),
    "vehicle.cars": ("vehicle.data.cars",),
    "vehicle.cycles": ("vehicle.data.cycles",),
    "vehicle.fields": ("vehicle.range.fields",),
}
NAMES = {"tolerance": "metal_budget"}  # what is in them under another name


def homes(old: str) -> tuple[str, ...]:
    """Return where a module is now, empty if ``old`` is no old name; names are without ``energymodels.``."""
    head, _, rest = old.partition(".")
    if old in MODULES or head not in MODULES or not rest:
        return MODULES.get(old, ())
    return tuple(f"{home}.{rest}" for home in MODULES[head])


def look_up(modules: Sequence[str], name: str) -> Any:
    """Return what the first of ``modules`` that has ``name`` calls so."""
    for module in modules:
        found = import_module(HOUSE + module)
        if hasattr(found, NAMES.get(name, name)):
            return getattr(found, NAMES.get(name, name))
    raise AttributeError(f"module '{HOUSE}{modules[0]}' has no attribute {name!r}")


class Finder:
    """Finds old modules before Python looks for files."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to load an old module; None for any other."""
        if not name.startswith(HOUSE) or not homes(name.removeprefix(HOUSE)):
            return None
        return ModuleSpec(name, self)  # type: ignore[arg-type]  # a loader by what it does

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Warn, and refer the module to where it is now."""
        old = module.__name__.removeprefix(HOUSE)
        now = homes(old)
        import_module(HOUSE + now[0])
        if old.partition(".")[0] not in MODULES or "." not in old:  # its package has warned
            from energymodels.core.errors import warn_renamed

            warn_renamed(module.__name__, HOUSE + now[0])
        module.__dict__["__getattr__"] = partial(look_up, now)


def install() -> None:
    """Have Python find old modules, once."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
